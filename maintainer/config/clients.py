"""What the package managers' own configuration says: which registries, and who we are there.

Everything comes from an environment, a home folder and the checkout that are arguments.
"""

import netrc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from maintainer.config.client_file import read
from maintainer.config.composer_client import read_composer
from maintainer.config.npm_client import Npm, ask_npm, read_npm
from maintainer.config.python_client import SYSTEM, Python, read_python, usual_index
from maintainer.credentials import Credential, Credentials, basic
from maintainer.errors import ConfigurationError


@dataclass(frozen=True)
class Clients:
    """`credentials` are everyone's; `unsupported` are sentences on what was configured and can't be used."""

    credentials: Credentials
    unsupported: tuple[str, ...] = ()
    npm: Npm = field(default_factory=Npm)
    python: Python = field(default_factory=Python)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    home: Path = Path("/")

    @cached_property
    def npm_registry(self) -> str:
        """npm's default registry; npm is run for it when nothing states it. Raises `errors.ConfigurationError`."""
        return self.npm.registry or ask_npm(self.environment, self.home)

    @property
    def npm_scopes(self) -> Mapping[str, str]:
        return self.npm.scopes

    @cached_property
    def pypi_indexes(self) -> tuple[str, ...]:
        """Python indexes in the order to ask: extra ones go before the default. Raises `errors.ConfigurationError`."""
        return (*self.python.extra, self.python.default or usual_index())

    def bases(self) -> dict[str, str | Callable[[], str]]:
        """For `Http`: `npm`, `npm:@scope` for each scope, `pypi`. Nothing is run or raised before they are used."""
        scoped = {f"npm:{scope}": url for scope, url in self.npm_scopes.items()}
        return {"npm": lambda: self.npm_registry, "pypi": lambda: " ".join(self.pypi_indexes), **scoped}


def read_clients(environment: Mapping[str, str], home: Path, root: Path, system: Path = SYSTEM) -> Clients:
    """Read it all, but run nothing. Raises `errors.ConfigurationError` with file and line, and without what it says."""
    npm = read_npm(environment, home, root)
    python = read_python(environment, home, root, system)
    composer, unsupported = read_composer(environment, home, root)
    entries = (*npm.credentials, *python.credentials, *composer, *_netrc(environment, home))
    return Clients(Credentials(entries), unsupported, npm, python, environment, home)


def _netrc(environment: Mapping[str, str], home: Path) -> Iterator[Credential]:
    """The machines of a .netrc. Its `default` is left out: it would tell a password to any host."""
    path = Path(environment.get("NETRC") or home / ".netrc")
    if read(path) is None:
        return
    try:
        found = netrc.netrc(str(path)).hosts
    except netrc.NetrcParseError as error:
        raise ConfigurationError(f"{path}, line {error.lineno}: this is no .netrc. Correct it.") from None
    for host, (login, account, password) in found.items():
        if host != "default":
            yield Credential(host.lower(), basic(login or account or "", password or ""), any_port=True)

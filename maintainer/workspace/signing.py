"""How commits are signed: by an SSH or GPG key of the bot's own (https://git-scm.com/docs/git-config, gpg.*)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from maintainer.errors import ConfigurationError

VARIABLE = "MAINTAINER_SIGNING_KEY"


@dataclass(frozen=True, slots=True)
class Signing:
    """What git is told: settings for each commit, and variables for the program that signs."""

    settings: Sequence[tuple[str, str]]
    environment: Mapping[str, str]


@contextmanager
def signing(kind: Literal["none", "ssh", "gpg", "forge"], environment: Mapping[str, str]) -> Iterator[Signing | None]:
    """What signs as long as this is open; None where nothing does here.

    The variable names a private key's file, or holds the key itself, which is then in a file of ours meanwhile; for
    GPG it is the key's id in the keyring. Raises `errors.ConfigurationError` when there is none, or no such file.
    """
    if kind in ("none", "forge"):
        yield None
        return
    key = environment.get(VARIABLE, "")
    if not key:
        what = "the private key, or the path of its file" if kind == "ssh" else "the id of the key"
        raise ConfigurationError(f"updates.author.signing: {kind} needs {VARIABLE}: set it to {what}.")
    if kind == "gpg":
        home = {name: environment[name] for name in ("GNUPGHOME",) if environment.get(name)}
        yield Signing((("gpg.format", "openpgp"), ("gpg.program", "gpg"), ("user.signingKey", key)), home)
        return
    with TemporaryDirectory(prefix="maintainer-key-") as folder:
        file = Path(key)
        if "PRIVATE KEY-----" in key:
            file = Path(folder) / "key"
            file.touch(mode=0o600)
            file.write_text(key.strip().replace("\\n", "\n") + "\n")
        elif not file.is_file():
            raise ConfigurationError(f"{VARIABLE}: there is no file {key[:200]}, and it is no private key either.")
        yield Signing((("gpg.format", "ssh"), ("gpg.ssh.program", "ssh-keygen"), ("user.signingKey", str(file))), {})

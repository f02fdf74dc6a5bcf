"""npm's own configuration: registries, also by scope, and who we are there (npm documentation, "npmrc")."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from maintainer.config.client_file import read
from maintainer.credentials import DEFAULT_PORTS, Credential, basic, bearer, split_userinfo
from maintainer.errors import ConfigurationError, ToolFailed
from maintainer.process import minimal, run

#: Where `npm config get registry` may look that a minimal environment would not tell it.
PASSED_ON = ("NPM_CONFIG_GLOBALCONFIG", "NPM_CONFIG_PREFIX", "npm_config_globalconfig", "npm_config_prefix")

_VARIABLE = re.compile(r"(?<!\\)\$\{([^}?]+)(\??)\}")


@dataclass(frozen=True, slots=True)
class Npm:
    """`registry` is empty when nothing of what was read states one; `scopes` maps `@scope` to a registry."""

    registry: str = ""
    scopes: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[Credential, ...] = ()


def read_npm(environment: Mapping[str, str], home: Path, root: Path) -> Npm:
    """What the environment, the project's .npmrc and the user's say. Raises `errors.ConfigurationError`."""
    settings: dict[str, tuple[str, str]] = {}
    for name, value, where in _settings(environment, home, root):
        settings.setdefault(name, (value, where))
    registries = {name: _address(*settings[name]) for name in settings if re.fullmatch(r"(@[^:/]+:)?registry", name)}
    credentials = [own for _, own in registries.values() if own]
    plain = {_key(url) for url, _ in registries.values() if url.startswith("http://")}
    registry = registries.get("registry", ("", None))[0]
    for place in dict.fromkeys(name.rpartition(":")[0] for name in settings if name.startswith("//")):
        if headers := _headers(settings, f"{place}:"):
            host, _, path = place.removeprefix("//").partition("/")
            credentials.append(Credential(host.lower(), headers, f"/{path}", plain=host.lower() in plain))
    theirs = f"{root / '.npmrc'}, "
    sources = {name: where.startswith(theirs) for name, (_, where) in settings.items()}
    # A credential that names no host is for the registry its owner chose, not for one that a repository names.
    lured = sources.get("registry", False) and not any(map(sources.get, ("_authToken", "_password", "_auth")))
    if registry and not lured and (headers := _headers(settings, "")):
        path = urlsplit(registry).path or "/"
        credentials.append(Credential(_key(registry), headers, path, plain=registry.startswith("http://")))
    scopes = {name.partition(":")[0]: url for name, (url, _) in registries.items() if name != "registry"}
    return Npm(registry, scopes, tuple(credentials))


def ask_npm(environment: Mapping[str, str], home: Path) -> str:
    """The registry npm itself would use, run in the user's home. Raises `errors.ConfigurationError`."""
    passed = {name: environment[name] for name in PASSED_ON if name in environment}
    try:
        finished = run(
            ["npm", "config", "get", "registry"],
            cwd=home,
            environment=minimal(environment, HOME=str(home), **passed),
            seconds=60,
            limit=10_000,
        )
        address = finished.text.strip()
    except ToolFailed:
        address = ""
    if not address.startswith(("http://", "https://")) or len(address.split()) != 1:
        raise ConfigurationError(
            "No npm registry is known: npm could not be asked for its own (`npm config get registry`). Install npm, or "
            "set registries.urls.npm in maintainer.yml or the environment variable MAINTAINER_NPM_URL."
        )
    return address.rstrip("/")


def _settings(environment: Mapping[str, str], home: Path, root: Path) -> Iterator[tuple[str, str, str]]:
    """Name, value and where it stands, of all settings, those that win first."""
    user = home / ".npmrc"
    for name, value in environment.items():
        if name.lower() == "npm_config_userconfig" and value:
            user = Path(value)
        if name.lower().startswith("npm_config_") and value:
            setting = name[len("npm_config_") :]
            yield setting if setting.startswith(("//", "@", "_")) else setting.lower(), value, name
    for path in dict.fromkeys((root / ".npmrc", user)):
        content = read(path)
        for number, line in enumerate((content or "").splitlines(), 1):
            name, equals, value = line.strip().partition("=")
            if not equals or name.startswith((";", "#", "[")):
                continue
            value = value.strip().strip("\"'")
            unset = [found[1] for found in _VARIABLE.finditer(value) if not found[2] and found[1] not in environment]
            if unset and not name.strip().endswith("registry"):
                continue  # npm would send the text itself; no credential is better than a wrong one.
            if unset:
                raise ConfigurationError(f"{path}, line {number}: {unset[0]} is not set in the environment. Set it.")
            value = _VARIABLE.sub(lambda found: environment.get(found[1], ""), value)
            yield name.strip(), value, f"{path}, line {number}"


def _address(value: str, where: str) -> tuple[str, Credential | None]:
    try:
        url, own = split_userinfo(value)
        usable = urlsplit(url).scheme in DEFAULT_PORTS and bool(urlsplit(url).hostname)
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(f"{where}: a registry must be an http:// or https:// address. Correct it.")
    return url.rstrip("/"), own


def _key(url: str) -> str:
    """The host as credentials name it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return host if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def _headers(settings: Mapping[str, tuple[str, str]], prefix: str) -> Mapping[str, str]:
    """By npm's precedence: a token, else user and password, else both as one."""
    if token := settings.get(f"{prefix}_authToken"):
        return bearer(_printable(*token))
    user, password = settings.get(f"{prefix}username"), settings.get(f"{prefix}_password")
    if user and password:
        return basic(_printable(*user), _decoded(*password))
    if both := settings.get(f"{prefix}_auth"):
        _decoded(*both)
        return {"authorization": f"Basic {_printable(*both)}"}
    return {}


def _printable(value: str, where: str) -> str:
    if not value.isprintable():
        raise ConfigurationError(f"{where}: a credential must be on one line. Correct it.")
    return value


def _decoded(value: str, where: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except ValueError:
        raise ConfigurationError(f"{where}: npm wants this credential encoded in Base64. Encode it.") from None

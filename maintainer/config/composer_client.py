"""Composer's credentials: COMPOSER_AUTH, auth.json and the `config` of composer.json.

The kinds are those of getcomposer.org/doc/articles/authentication-for-private-packages.md.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from maintainer.config.client_file import read, read_json, table, text
from maintainer.credentials import Credential, basic, bearer

#: Hosts Composer gives GitHub's and Bitbucket's token.
ALSO = {
    "github.com": ("github.com", "api.github.com", "codeload.github.com"),
    "bitbucket.org": ("bitbucket.org", "api.bitbucket.org"),
}


def read_composer(
    environment: Mapping[str, str], home: Path, root: Path
) -> tuple[tuple[Credential, ...], tuple[str, ...]]:
    """Credentials, the first of a host wins; and sentences on what is configured but can't be used.

    Raises `errors.ConfigurationError`.
    """
    found: list[Credential] = []
    unsupported: list[str] = []
    for where, stated in _places(environment, home, root):
        for kind, hosts in stated.items():
            if kind == "client-certificate" and hosts:
                unsupported.append(f"{where}: client certificates are not supported; their hosts will refuse us.")
            if kind not in KINDS:
                continue
            for host, value in table(hosts, f"{where}: {kind}").items():
                headers = KINDS[kind](value, f"{where}: {kind}.{host}")
                if headers is None:
                    unsupported.append(
                        f"{where}: {kind}.{host} has no access-token; the consumer's key alone is unused."
                    )
                else:
                    name = host.lower()
                    found += [Credential(each, headers) for each in ALSO.get(name, (name,))]
    return tuple(found), tuple(unsupported)


def _places(environment: Mapping[str, str], home: Path, root: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where credentials stand and what stands there, in Composer's order of precedence."""
    if stated := environment.get("COMPOSER_AUTH"):
        yield "COMPOSER_AUTH", read_json(stated, "COMPOSER_AUTH")
    own = root / "auth.json"
    if (content := read(own)) is not None:
        yield str(own), read_json(content, str(own))
    folder = environment.get("COMPOSER_HOME")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "composer"
    for place in (Path(folder),) if folder else (config, home / ".composer"):
        if (content := read(place / "auth.json")) is not None:
            yield str(place / "auth.json"), read_json(content, str(place / "auth.json"))
        if (content := read(place / "config.json")) is not None:
            settings = read_json(content, str(place / "config.json")).get("config")
            if isinstance(settings, dict):
                yield str(place / "config.json"), settings


def _http_basic(value: object, where: str) -> Mapping[str, str]:
    stated = table(value, where)
    user, password = (text(stated.get(name, ""), f"{where}.{name}") for name in ("username", "password"))
    return basic(user, password)


def _token(value: object, where: str) -> Mapping[str, str]:
    if isinstance(value, dict):
        value = value.get("token")
    return bearer(text(value, where))


def _gitlab_token(value: object, where: str) -> Mapping[str, str]:
    if isinstance(value, dict):
        return basic(text(value.get("username", ""), where), text(value.get("token"), where))
    return {"private-token": text(value, where)}


def _forgejo_token(value: object, where: str) -> Mapping[str, str]:
    stated = table(value, where)
    return basic(text(stated.get("username", ""), where), text(stated.get("token"), where))


def _bitbucket(value: object, where: str) -> Mapping[str, str] | None:
    token = table(value, where).get("access-token")
    return None if token is None else bearer(text(token, where))


def _custom_headers(value: object, where: str) -> Mapping[str, str]:
    lines = [text(line, where) for line in value] if isinstance(value, list) else [text(value, where)]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): content.strip() for name, _, content in pairs if name.strip()}


KINDS: Mapping[str, Callable[[object, str], Mapping[str, str] | None]] = {
    "http-basic": _http_basic,
    "bearer": _token,
    "github-oauth": _token,
    "gitlab-oauth": _token,
    "gitlab-token": _gitlab_token,
    "forgejo-token": _forgejo_token,
    "bitbucket-oauth": _bitbucket,
    "custom-headers": _custom_headers,
}

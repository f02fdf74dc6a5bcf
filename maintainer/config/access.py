"""What the configuration names and the environment holds: keys, tokens, and services that need one."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from maintainer.config.names import Service
from maintainer.config.registries import Registries
from maintainer.credentials import Credential, Credentials, basic, bearer
from maintainer.datasources import wordfence


def named(registries: Registries) -> tuple[str, ...]:
    """The environment variables the configuration names, sorted."""
    names = [registries.wordfence_key_env, *(vendor.key_env for vendor in registries.vendors)]
    for host in registries.hosts:
        names += [host.token_env, host.user_env, host.password_env]
    return tuple(sorted({name for name in names if name}))


def secrets(registries: Registries, environment: Mapping[str, str]) -> dict[str, str]:
    """The values of those that are set, by name: what `Http.filled` puts into addresses."""
    return {name: environment[name] for name in named(registries) if environment.get(name)}


def services(registries: Registries, environment: Mapping[str, str]) -> dict[str, str]:
    """Base URLs by service, with those that are asked only where there is a key."""
    urls = {str(name): url for name, url in registries.urls.items()}
    if registries.wordfence_key_env and environment.get(registries.wordfence_key_env):
        urls.setdefault("wordfence", wordfence.BASE)
    return urls


def credentials(registries: Registries, environment: Mapping[str, str]) -> Credentials:
    """Who we are to the hosts that are configured, as far as the environment says it."""
    known = secrets(registries, environment)
    entries = list(_forges(registries, environment))
    for host in registries.hosts:
        if host.token_env in known:
            entries.append(Credential(host.host, bearer(known[host.token_env])))
        elif host.user_env in known and host.password_env in known:
            entries.append(Credential(host.host, basic(known[host.user_env], known[host.password_env])))
    feed = services(registries, environment).get("wordfence")
    if feed and registries.wordfence_key_env in known:
        parts = urlsplit(feed)
        entries.append(Credential(parts.netloc, bearer(known[registries.wordfence_key_env]), parts.path or "/"))
    return Credentials(entries)


def _forges(registries: Registries, environment: Mapping[str, str]) -> Iterator[Credential]:
    """The forges' own tokens under the names their CI and their command lines use; without one they limit look-ups."""
    for service, usual, names in _FORGES:
        token = next((environment[name] for name in names if environment.get(name)), "")
        if token:
            parts = urlsplit(registries.urls.get(service) or usual)
            yield Credential(parts.netloc, bearer(token), parts.path or "/")


_FORGES: tuple[tuple[Service, str, tuple[str, ...]], ...] = (
    ("github", "https://api.github.com", ("GITHUB_TOKEN", "GH_TOKEN")),
    ("gitlab", "https://gitlab.com", ("GITLAB_TOKEN",)),
)

"""The edges of a run, made from its surroundings and its configuration: HTTP, tools, managers."""

from pathlib import Path
from typing import Any

from maintainer import catalog
from maintainer.commands.bought import with_vendors
from maintainer.commands.context import Context
from maintainer.config import access
from maintainer.config.clients import read_clients
from maintainer.config.load import Config, load
from maintainer.http import Http
from maintainer.managers.base import Manager
from maintainer.workspace.toolbox import Toolbox


def home(context: Context) -> Path:
    """The user's home folder, as the clients' configuration is found by it."""
    return Path(context.environment.get("HOME") or "/")


def cache(context: Context) -> Path:
    """Where answers and material are kept between runs (https://specifications.freedesktop.org/basedir-spec)."""
    return Path(context.environment.get("XDG_CACHE_HOME") or home(context) / ".cache") / "maintainer"


def open_http(context: Context, config: Config, root: Path) -> Http:
    """All HTTP of this run: base URLs, credentials and keys as configured here and for the clients."""
    registries = config.settings.registries
    clients = read_clients(context.environment, home(context), root)
    for sentence in clients.unsupported:
        context.say(sentence)
    services = access.services(registries, context.environment)
    credentials = clients.credentials + access.credentials(registries, context.environment)
    secrets = access.secrets(registries, context.environment)
    ca = root / registries.ca_file if registries.ca_file else None
    given: dict[str, Any] = {
        "bases": clients.bases() | services,
        "credentials": credentials,
        "secrets": secrets,
        "cache": cache(context) / "http",
        "environment": context.environment,
        "ca": ca,
        "per_host": 32,
    }
    if context.member is None:
        return Http(**given)
    trusted = ca.read_bytes() if ca else b""
    same = (clients.npm, clients.python, services, credentials.entries, secrets, trusted, context.environment)
    return context.member.lookups.open(same, **given)


def configuration(context: Context, root: Path) -> Config:
    """What the user wants of the repository at `root`, and what its fleet lays beneath. Raises ConfigurationError."""
    central = context.member.central if context.member else None
    return load(root, context.environment, file=context.config, central=central)


def configured_managers(config: Config) -> dict[str, Manager]:
    """Ours, then those the configuration describes: a place two managers state is the first one's."""
    custom = {made.name: made.manager() for made in config.settings.updates.custom}
    return with_vendors(catalog.MANAGERS, config.settings) | custom


def open_tools(context: Context) -> Toolbox:
    """The package managers of this machine, with the user's own configuration of them."""
    return Toolbox(context.environment, cache(context) / "tools")

"""Where the repositories of a fleet are, who we are there, and what a site may know of it."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from maintainer.commands import platform
from maintainer.commands.context import Context
from maintainer.config.inventory import Entry
from maintainer.config.load import SERVICES, variable
from maintainer.config.updates import Author
from maintainer.credentials import LOOPBACK
from maintainer.errors import ConfigurationError
from maintainer.http import Http
from maintainer.platforms.listing import Listing
from maintainer.process import INHERITED
from maintainer.workspace.git import Git
from maintainer.workspace.history import Here, History
from maintainer.workspace.remote import Remote, basic

#: Who commits what is no site's own.
NOBODY = Author()

#: What every site's own configuration may see of the environment, beside the addresses of services.
HARMLESS = (
    *INHERITED, "HOME", "XDG_CACHE_HOME", "CI", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
)  # fmt: skip
#: Where a forge is, as its own CI says it.
PLACES = ("GITHUB_ACTIONS", "GITHUB_API_URL", "GITHUB_SERVER_URL", "CI_API_V4_URL", "CI_SERVER_URL")
APP = ("MAINTAINER_APP_ID", "MAINTAINER_APP_PRIVATE_KEY")


def forge_of(entry: Entry) -> str:
    """The platform of its proposals."""
    return entry.where.kind if entry.where.kind in ("github", "gitlab") else "local"


def secret(subject: str, variable: str, environment: Mapping[str, str]) -> str:
    """The token in the variable the inventory names, if any. Raises ConfigurationError when it is empty."""
    if variable and not environment.get(variable):
        raise ConfigurationError(
            f"{subject}: its token is in {variable}, and that variable is empty: set it in the CI."
        )
    return environment[variable] if variable else ""


def seen(entry: Entry, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment a site's own configuration is read with.

    The forges' addresses are the fleet's, so that no site can have its proposals' token sent elsewhere.
    """
    names = (*HARMLESS, *map(variable, SERVICES), *entry.environment)
    made = {name: environment[name] for name in names if environment.get(name)}
    github = environment.get("GITHUB_API_URL") or "https://api.github.com"
    gitlab = environment.get("CI_SERVER_URL") or "https://gitlab.com"
    return {variable("github"): github, variable("gitlab"): gitlab} | made


def spoken(entry: Entry, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment its forge is found and spoken to with; nothing of the repository we run in is in it."""
    forge = forge_of(entry)
    made = {"MAINTAINER_PLATFORM": forge}
    if forge == "local":
        return made
    names = (*PLACES, *map(variable, ("github", "gitlab")), *APP, *platform.TOKENS[forge])
    made |= {name: environment[name] for name in names if environment.get(name)}
    own = secret(entry.name, entry.token_env, environment)
    if own:  # it alone: an App would go before it
        made = {name: value for name, value in made.items() if name not in APP} | {"MAINTAINER_TOKEN": own}
    return made | {"MAINTAINER_REPOSITORY": entry.where.place}


def known(forge: Mapping[str, str]) -> bool:
    """Whether there is a token or an App to speak to a forge with, in what `spoken` made."""
    names = (APP[0], *platform.TOKENS.get(forge["MAINTAINER_PLATFORM"], ()))
    return any(forge.get(name) for name in names)


def address(entry: Entry, folder: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """The URL to clone a site from, and the header that says who we are, empty for a public one.

    Raises ConfigurationError, also rather than send a token over plain HTTP.
    """
    forge = forge_of(entry)
    if entry.where.kind == "path":
        return (folder / entry.where.place).resolve().as_uri(), ""
    if forge == "local":
        token = secret(entry.name, entry.token_env, environment)
        return entry.where.place, _guarded(entry.where.place, basic("oauth2", token)) if token else ""
    said = spoken(entry, environment)
    url = _address(forge, said).git
    token = _token(forge, said)
    return url, _guarded(url, basic(_user(forge, token, said), token)) if token else ""


def listing(context: Context, forge: str, owner: str, token_env: str) -> Listing:
    """Who lists the repositories of the forge's owners, by that token or the usual one. Raises ConfigurationError."""
    environment = context.environment
    own = secret(forge, token_env, environment)
    token = own or platform.token(forge, environment)[0]
    api = _address(forge, {**environment, "MAINTAINER_REPOSITORY": "any/any"}).api
    http = Http(environment=environment)
    _guarded(api, "")
    if forge == "github":
        from maintainer.platforms.github_client import open_client
        from maintainer.platforms.github_listing import GithubListing

        return GithubListing(open_client(http, api, owner, token))
    from maintainer.platforms.gitlab_client import GitlabClient
    from maintainer.platforms.gitlab_listing import GitlabListing

    return GitlabListing(GitlabClient(http, api, owner, token, job=token == environment.get("CI_JOB_TOKEN")))


def history(context: Context) -> History | None:
    """The history kept in the repository we run in; None where there is none. Raises as the forge does."""
    git = Git(context.root, context.environment)
    if git.run("rev-parse", "--git-dir", check=False).code != 0:
        return None
    forge = platform.chosen(context.environment)
    if forge == "local":
        return History(git, Here(git), platform.pause, NOBODY.name, NOBODY.email)
    url, token = _address(forge, context.environment).git, _token(forge, context.environment)
    if not token:
        platform.token(forge, context.environment)
    header = _guarded(url, basic(_user(forge, token, context.environment), token))
    return History(git, Remote(git, url, lambda: header), platform.pause, NOBODY.name, NOBODY.email)


def _address(forge: str, environment: Mapping[str, str]) -> platform.Address:
    bases = {name: environment[variable(name)] for name in ("github", "gitlab") if environment.get(variable(name))}
    return platform.address(forge, environment, Http(bases=bases))


def _token(forge: str, environment: Mapping[str, str]) -> str:
    """The token for git, empty where there is none: an App's is made for its repository."""
    app, key = (environment.get(name, "") for name in APP)
    if forge == "github" and app and key:
        from maintainer.platforms.github_client import App, open_client

        place = _address(forge, environment)
        return open_client(Http(environment=environment), place.api, place.path, App(app, key)).token
    return next((environment[name] for name in platform.TOKENS[forge] if environment.get(name)), "")


def _user(forge: str, token: str, environment: Mapping[str, str]) -> str:
    if forge == "github":
        return "x-access-token"
    return "gitlab-ci-token" if token == environment.get("CI_JOB_TOKEN") else "oauth2"


def _guarded(url: str, header: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ConfigurationError(f"{url}: no token is sent over anything but HTTPS. Write https://.")
    return header

"""Where a site's proposals live: in its own repository, on GitHub or on GitLab, as the surroundings say."""

import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from maintainer import errors
from maintainer.commands.context import Context
from maintainer.config.load import Config
from maintainer.http import Http
from maintainer.model import Proposal
from maintainer.planning import bisect
from maintainer.platforms.approvals import approved as approved_here
from maintainer.platforms.base import Asked, Board, Checks, Deployments, Issue, Proposals
from maintainer.platforms.branches import Branches
from maintainer.platforms.cases import Cases
from maintainer.platforms.local import LocalProposals
from maintainer.platforms.pages import GithubPages, GitlabPages
from maintainer.platforms.releases import Releases
from maintainer.text.description import boxes
from maintainer.workspace.checkout import Checkout
from maintainer.workspace.git import Git
from maintainer.workspace.history import BRANCH, History
from maintainer.workspace.remote import Remote, basic

#: Where a repository keeps what is ours, inside its git folder.
FOLDER = "maintainer"

#: The branch of the proposal that sets maintainer up: no update, so no run renews or closes it.
ONBOARDING = "maintainer/onboarding"
#: What branches of proposals to change the calendar begin with, for which the same holds. No update's branch does: the
#: name of a group has no two hyphens beside each other, that of a package begins with its datasource.
FREEZE = "maintainer/freeze--"
#: The same of releases that are proposed; the version follows.
RELEASE = "maintainer/release--"
#: The label of the issue that shows all.
DASHBOARD = "maintainer-dashboard"

NAMES = ("local", "github", "gitlab")
#: Environment variables that may hold the token, the first that is set wins.
TOKENS = {
    "github": ("MAINTAINER_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"),
    "gitlab": ("MAINTAINER_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"),
}


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform at hand. `base` is the commit changes are built on, of the branch `branch`.

    `board` is None where nobody is told anything (local); `asked` is what people asked of proposals, `checks` what
    the checks of the open ones say, by number.
    """

    name: str
    proposals: Proposals
    branch: str
    base: str
    folder: Path
    board: Board | None = None
    #: What became of proposals, kept on the forge; None where the records beside the repository tell it (local).
    history: History | None = None
    #: The issue people look at, as it was when this run began.
    dashboard: Issue | None = None
    existing: Sequence[Proposal] = ()
    #: The newest proposal that sets maintainer up; `existing` has none of them, nor calendar's and releases'.
    onboarding: Proposal | None = None
    asked: Sequence[Asked] = ()
    checks: Mapping[int, Checks] = field(default_factory=dict)
    #: Branches of changes a person has approved.
    approved: frozenset[str] = frozenset()

    @property
    def local(self) -> LocalProposals:
        """The local platform; only where `board` is None."""
        assert isinstance(self.proposals, LocalProposals)
        return self.proposals


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is on its forge: `api` and `web` without a slash at the end, `path` as `owner/name`."""

    forge: str
    api: str
    web: str
    path: str

    @property
    def git(self) -> str:
        return f"{self.web}/{self.path}.git"


def git_folder(checkout: Checkout) -> Path:
    """Where the records are kept: in the git folder all worktrees share."""
    assert checkout.git
    return checkout.git.folder / FOLDER


def chosen(environment: Mapping[str, str]) -> str:
    """The platform's name: as `MAINTAINER_PLATFORM` says, else by the CI that runs us, else local.

    Raises `errors.ConfigurationError` for a name that is none.
    """
    stated = environment.get("MAINTAINER_PLATFORM", "")
    if stated and stated != "auto":
        if stated not in NAMES:
            raise errors.ConfigurationError(
                f"MAINTAINER_PLATFORM: {stated!r} is no platform. Write auto, {', '.join(NAMES[:-1])} or {NAMES[-1]}."
            )
        return stated
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "gitlab" if environment.get("GITLAB_CI") == "true" else "local"


def address(forge: str, environment: Mapping[str, str], http: Http) -> Address:
    """Where this run's repository is. Raises `errors.ConfigurationError` when nothing says it."""
    github = forge == "github"
    # What runs us knows its own address; what is configured may be where releases of others are looked up.
    stated = environment.get("GITHUB_API_URL" if github else "CI_API_V4_URL", "").rstrip("/")
    api = stated or http.base(forge, "https://api.github.com" if github else "https://gitlab.com/api/v4")
    if not github and not api.endswith("/api/v4"):
        api += "/api/v4"
    web = environment.get("GITHUB_SERVER_URL" if github else "CI_SERVER_URL", "").rstrip("/") or _web(api)
    path = environment.get("MAINTAINER_REPOSITORY") or environment.get(
        "GITHUB_REPOSITORY" if github else "CI_PROJECT_PATH", ""
    )
    if path.count("/") < 1 or (github and path.count("/") > 1) or not all(path.split("/")):
        says = f"says {path!r}" if path else "is not set"
        raise errors.ConfigurationError(
            f"Which repository on {forge} is this? MAINTAINER_REPOSITORY {says}: give owner/name."
        )
    return Address(forge, api, web, path)


def _web(api: str) -> str:
    """The address people use, by the API's: GitHub's own clouds have a host for their API, all others a path.

    https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency: `api.acme.ghe.com` is of `acme.ghe.com`.
    """
    parts = urlsplit(api)
    host = parts.hostname or ""
    if host == "api.github.com" or (host.startswith("api.") and host.endswith(".ghe.com")):
        return f"https://{host.removeprefix('api.')}"
    return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/api/v3').removesuffix('/api/v4')}"


def token(forge: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """The token, and the variable that holds it. Raises `errors.ConfigurationError` when there is none."""
    for name in TOKENS[forge]:
        if environment.get(name):
            return environment[name], name
    names = " or ".join(TOKENS[forge])
    raise errors.ConfigurationError(
        f"No token for {forge}: set {names} (docs/{forge}.md#tokens), or MAINTAINER_PLATFORM=local to keep proposals "
        "in this repository."
    )


def open_platform(context: Context, config: Config, checkout: Checkout, http: Http) -> Platform | None:
    """The platform of this run, None where there is no git or no commit yet.

    Raises `errors.ConfigurationError` when a forge is meant and something about it isn't said, `errors.OutsideError`
    when it doesn't answer.
    """
    git = checkout.git
    if git is None or git.commit("HEAD") is None:
        return None
    folder = git_folder(checkout)
    name = chosen(context.forge)
    if config.settings.updates.author.signing == "forge" and name != "github":
        raise errors.ConfigurationError(
            f"updates.author.signing: only GitHub signs what others commit, and this run is for {name}. Use ssh or gpg."
        )
    if name == "local":
        local = LocalProposals(git, folder, git.branch() or git.head(), context.now)
        return Platform(name, local, local.base, git.head(), folder, approved=approved_here(folder))
    forge = connect(context, config, checkout, http)
    base, author = forge.proposals.base, config.settings.updates.author
    forge.branches.fetch([base])
    head = forge.branches.head(base)
    if not head:
        # Were it believed, all that stands would look deleted.
        raise errors.BadAnswer(
            f"{forge.remote.url} shows no branch {base}, which is the default one there. Try again later; if it stays "
            "so, something on the way answers in its place, or the token may not read the repository's contents."
        )
    history = History(git, forge.remote, pause, author.name, author.email, forge.branches.head(BRANCH))
    return Platform(name, forge.proposals, base, head, folder, forge.board, history)


@dataclass(frozen=True, slots=True)
class Connected:
    """A forge that can be spoken to; nothing was asked of it yet."""

    proposals: Proposals
    board: Board
    branches: Branches
    remote: Remote
    deployments: Deployments
    cases: Cases
    releases: Releases


def open_releases(context: Context, config: Config, checkout: Checkout, http: Http) -> Releases:
    """Where this run's releases are published; on a forge nothing is asked yet, so this needs no commit there.

    Raises `errors.ConfigurationError` where there is no git, or a forge is meant and something about it isn't said.
    """
    git = checkout.git
    if git is None:
        raise errors.ConfigurationError(f"{checkout.root} is no git repository: a release needs one. Run `git init`.")
    if chosen(context.forge) != "local":
        return connect(context, config, checkout, http).releases
    from maintainer.platforms.local_releases import LocalReleases

    folder = git_folder(checkout)
    return LocalReleases(git, folder, LocalProposals(git, folder, git.branch() or git.head(), context.now))


def pause(turn: int) -> None:
    """Wait before the n-th further try to write where others write too: up to a minute, each run differently."""
    time.sleep(random.uniform(0, min(60.0, 0.2 * 2**turn)))  # noqa: S311 - spreads load, guards nothing


def connect(
    context: Context, config: Config, checkout: Checkout, http: Http, labels: Collection[str] = ()
) -> Connected:
    """The forge this run is for; `labels` are those that `cases` tells who put there.

    Raises `errors.ConfigurationError`.
    """
    assert checkout.git, "only a repository has a forge"
    name, ca = chosen(context.forge), config.settings.registries.ca_file
    place = address(name, context.forge, http)
    opened = _github if name == "github" else _gitlab
    return opened(context, place, http, checkout.git, checkout.root / ca if ca else None, labels)


def _github(
    context: Context, place: Address, http: Http, git: Git, ca: Path | None, labels: Collection[str]
) -> Connected:
    """GitHub, as an App where there is one, else by a token; its SDK is imported only now."""
    from maintainer.platforms.github import GithubProposals
    from maintainer.platforms.github_board import GithubBoard
    from maintainer.platforms.github_cases import GithubCases
    from maintainer.platforms.github_client import App, open_client
    from maintainer.platforms.github_deployments import GithubDeployments
    from maintainer.platforms.github_releases import GithubReleases

    app, key = (context.forge.get(f"MAINTAINER_APP_{part}", "") for part in ("ID", "PRIVATE_KEY"))
    if bool(app) != bool(key):
        raise errors.ConfigurationError(
            "A GitHub App needs both MAINTAINER_APP_ID and MAINTAINER_APP_PRIVATE_KEY (docs/github.md#tokens)."
        )
    secret, held_by = ("", "") if app else token("github", context.forge)
    actions = held_by == "GITHUB_TOKEN" and context.forge.get("GITHUB_ACTIONS") == "true"
    client = open_client(http, place.api, place.path, App(app, key) if app else secret, actions=actions)
    remote = Remote(git, place.git, lambda: basic("x-access-token", client.token), ca)
    branches = Branches(remote, git)
    proposals = GithubProposals(client, branches)
    board = GithubBoard(client, proposals, context.now)
    cases = GithubCases(client, labels)
    releases = GithubReleases(client, GithubPages(place.web, place.path))
    return Connected(proposals, board, branches, remote, GithubDeployments(client), cases, releases)


def _gitlab(
    context: Context, place: Address, http: Http, git: Git, ca: Path | None, labels: Collection[str]
) -> Connected:
    """GitLab; its SDK is imported only now."""
    from maintainer.platforms.gitlab import GitlabProposals
    from maintainer.platforms.gitlab_board import GitlabBoard
    from maintainer.platforms.gitlab_cases import GitlabCases
    from maintainer.platforms.gitlab_client import GitlabClient
    from maintainer.platforms.gitlab_deployments import GitlabDeployments
    from maintainer.platforms.gitlab_releases import GitlabReleases

    secret, held_by = token("gitlab", context.forge)
    job = held_by == "CI_JOB_TOKEN"
    client = GitlabClient(http, place.api, place.path, secret, job=job)
    header = basic("gitlab-ci-token" if job else "oauth2", secret)
    remote = Remote(git, place.git, lambda: header, ca)
    branches = Branches(remote, git)
    proposals = GitlabProposals(client, branches)
    cases = GitlabCases(client, labels)
    own = job and context.forge.get("CI_PROJECT_PATH") == place.path
    base = context.forge.get("CI_DEFAULT_BRANCH", "") if own else ""
    releases = GitlabReleases(client, GitlabPages(place.web, place.path), base)
    return Connected(proposals, GitlabBoard(client), branches, remote, GitlabDeployments(client), cases, releases)


def looked_at(platform: Platform) -> Platform:
    """The platform with what stands on it and what people ask for; their wishes are marked on the proposals."""
    found = platform.proposals.all()
    existing = [one for one in found if one.branch != ONBOARDING and not one.branch.startswith((FREEZE, RELEASE))]
    ours = [one for one in found if one.branch == ONBOARDING]
    platform = replace(platform, existing=existing, onboarding=ours[-1] if ours else None)
    if platform.board is None:
        return platform
    standing = [one for one in existing if one.state == "open"]
    asked = platform.board.asked(standing)
    checks = platform.board.checks(standing)
    # Where the base branch fails too, a failure is no fault of what is proposed.
    telling = {} if platform.board.base_checks == "failure" else checks
    dashboard = platform.board.issue(DASHBOARD)
    ticked = [box for box in boxes(dashboard.body if dashboard and dashboard.open else "") if box.ticked]
    wishes = {box.subject: box.verb for box in ticked}
    wishes |= {str(one.number): one.verb for one in asked if one.verb in ("rebase", "recreate")}
    existing = [_judged(_with_wish(one, wishes.get(str(one.number), "")), telling) for one in existing]
    approved = {box.subject for box in ticked if box.verb == "approve"}
    # Who wants to have back what was closed needs no second word for it.
    approved |= {bisect.whole(one.branch) for one in existing if one.state == "closed" and one.wanted_anew}
    return replace(
        platform,
        existing=existing,
        asked=asked,
        checks=checks,
        dashboard=dashboard,
        approved=frozenset(approved),
    )


def _with_wish(proposal: Proposal, verb: str) -> Proposal:
    if proposal.state == "open" and (verb == "recreate" or (verb == "rebase" and not proposal.wanted_anew)):
        return replace(proposal, wanted_anew="recreate" if verb == "recreate" else "rebase")
    if proposal.state == "closed" and verb == "retry":
        return replace(proposal, wanted_anew="recreate")
    return proposal


def _judged(proposal: Proposal, checks: Mapping[int, Checks]) -> Proposal:
    """Whether its checks failed is known of what we pushed, not of what people made of it."""
    failed = checks.get(proposal.number) == "failure" and proposal.head == proposal.pushed
    return replace(proposal, failed=proposal.failed or failed)


def heeded(platform: Platform) -> Platform:
    """Close what people want to hear no more of, and forget the closing of what they want after all."""
    ignored = {one.number: one for one in platform.asked if one.verb == "ignore"}
    return replace(platform, existing=[_heeded(platform.proposals, one, ignored) for one in platform.existing])


def _heeded(proposals: Proposals, one: Proposal, ignored: Mapping[int, Asked]) -> Proposal:
    if one.state == "open" and (wish := ignored.get(one.number)):
        whom = f" by {wish.by}" if wish.by else ""
        proposals.close(one, f"ignored, as asked{whom}", ours=False, handled=wish.id)
        return replace(one, state="closed", closed_by_us=False)
    if one.state == "closed" and one.wanted_anew and not one.closed_by_us:
        proposals.allow_again(one)
        return replace(one, closed_by_us=True, wanted_anew="")
    return one

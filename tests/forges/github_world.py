"""What the fake GitHub remembers. Facts of git are in the bare repositories; times are as GitHub writes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.forges.github_objects import ObjectStore

#: GitHub's roles in order (https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories).
ROLES = ("none", "read", "triage", "write", "maintain", "admin")
#: The longest body of an issue, pull request or comment, in characters.
LONGEST_BODY = 65536


@dataclass
class Account:
    """`kind` is `User`, `Bot` or `Organization`; `role` is what it may do in repositories that say nothing else."""

    id: int
    login: str
    kind: str = "User"
    role: str = "none"

    @property
    def by(self) -> str:
        """As an author of commits."""
        return self.login.removesuffix("[bot]")


@dataclass
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None
    #: When it was made or edited last; empty for the beginning of time.
    updated: str = ""


@dataclass
class Labelling:
    """A label that was put on an issue or taken off it, by the name it had then."""

    id: int
    issue: int
    label: str
    added: bool
    by: str
    at: str


@dataclass
class Review:
    """`state` is `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`; `sha` the head that was looked at."""

    id: int
    issue: int
    author: str
    state: str
    sha: str
    at: str
    body: str = ""


@dataclass
class Activity:
    """A branch that moved; `before` or `after` are zeros where it began or ended."""

    id: int
    ref: str
    before: str
    after: str
    kind: str
    by: str
    at: str


@dataclass
class Team:
    """`members` are logins, with `active` or `pending` (invited). A `secret` one is seen by who is in it."""

    id: int
    organisation: str
    slug: str
    members: dict[str, str] = field(default_factory=dict)
    parent: str = ""
    secret: bool = False


@dataclass
class Milestone:
    id: int
    number: int
    title: str
    creator: str
    created: str
    state: str = "open"
    description: str | None = None
    closed: str | None = None


@dataclass
class Comment:
    id: int
    issue: int
    author: str
    body: str
    created: str
    updated: str
    edited: str | None = None


@dataclass
class AutoMerge:
    by: str
    method: str
    at: str


@dataclass
class Pull:
    """The half of a pull request that an issue doesn't have. `head_repository` is None when the fork was deleted."""

    head_repository: str | None
    head: str
    sha: str
    base: str
    base_sha: str
    draft: bool = False
    merged: str | None = None
    merged_by: str | None = None
    merge_commit: str | None = None
    reviewers: list[str] = field(default_factory=list)
    auto_merge: AutoMerge | None = None
    owner: str = ""


@dataclass
class Issue:
    """An issue, or with `pull` a pull request: on GitHub every pull request is an issue."""

    id: int
    number: int
    title: str
    body: str | None
    author: str
    created: str
    updated: str
    state: str = "open"
    reason: str | None = None
    closed: str | None = None
    closed_by: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    milestone: int | None = None
    pull: Pull | None = None


@dataclass
class Status:
    id: int
    sha: str
    context: str
    state: str
    description: str | None
    target: str | None
    creator: str
    created: str


@dataclass
class CheckRun:
    id: int
    name: str
    sha: str
    status: str
    conclusion: str | None
    started: str | None
    completed: str | None
    details: str | None = None
    external: str = ""
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class DeploymentStatus:
    id: int
    state: str
    url: str
    description: str
    creator: str
    created: str


@dataclass
class Deployment:
    id: int
    sha: str
    environment: str
    creator: str
    created: str
    statuses: list[DeploymentStatus] = field(default_factory=list)


@dataclass
class Asset:
    """`state` is `uploaded`, or `starter` where the upload broke off; `digested` says that GitHub tells its digest."""

    id: int
    name: str
    label: str | None
    kind: str
    data: bytes
    uploader: str
    created: str
    state: str = "uploaded"
    digested: bool = True


@dataclass
class Release:
    id: int
    tag: str
    target: str
    name: str | None
    body: str | None
    draft: bool
    prerelease: bool
    author: str
    created: str
    published: str | None
    assets: list[Asset] = field(default_factory=list)


@dataclass
class Protection:
    """`push` are the logins that may push to the branch directly, nobody by default."""

    checks: tuple[str, ...] = ()
    approvals: int = 0
    push: tuple[str, ...] = ()


@dataclass
class Repository:
    """`heads` are the branches as they were when last looked at."""

    id: int
    owner: str
    name: str
    git: ObjectStore
    created: str
    private: bool = False
    archived: bool = False
    fork_of: str | None = None
    former_names: list[str] = field(default_factory=list)
    allow_auto_merge: bool = False
    #: How pull requests may be merged.
    methods: frozenset[str] = frozenset({"merge", "squash", "rebase"})
    #: Off while GitHub still works out whether pull requests conflict: `mergeable` is null then.
    mergeability_known: bool = True
    #: "Allow GitHub Actions to create and approve pull requests", off in new organisations.
    actions_may_open: bool = True
    delete_branch_on_merge: bool = False
    description: str | None = None
    topics: list[str] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    protected: dict[str, Protection] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    checks: list[CheckRun] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    #: So many uploads of files break off within GitHub.
    broken_uploads: int = 0
    deployments: list[Deployment] = field(default_factory=list)
    #: Whole SHAs of commits that were asked for before, and are there.
    known: set[str] = field(default_factory=set)
    #: SHAs of the commits GitHub itself made and signed.
    signed: set[str] = field(default_factory=set)
    reviews: list[Review] = field(default_factory=list)
    labellings: list[Labelling] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def default_branch(self) -> str:
        return self.git.default_branch

    def label(self, name: str) -> Label | None:
        """Labels are the same whatever their case."""
        return next((label for label in self.labels.values() if label.name.lower() == name.lower()), None)

    def approvers(self, number: int) -> list[str]:
        """Who approves a pull request: by the last review of each that takes a side."""
        taken = {one.author: one.state for one in self.reviews if one.issue == number and one.state != "COMMENTED"}
        return [login for login, state in taken.items() if state == "APPROVED"]

    def pulls(self) -> Iterator[tuple[Issue, Pull]]:
        """Every pull request and its issue, oldest first."""
        for issue in self.issues.values():
            if issue.pull:
                yield issue, issue.pull


class World:
    """`tick` gives the time of a write, see `server.ForgeServer.tick`; `clock` the time as it is."""

    def __init__(self, tick: Callable[[], str], clock: Callable[[], str]) -> None:
        self.tick = tick
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        #: `organisation/slug` in lower case -> team.
        self.teams: dict[str, Team] = {}
        self._ids = 0

    def id(self) -> int:
        self._ids += 1
        return self._ids

    def account(self, login: str, kind: str = "User", role: str | None = None) -> Account:
        """The account of that name, made when there is none."""
        known = self.accounts.get(login.lower())
        if known is None:
            kind = "Bot" if login.endswith("[bot]") else kind
            known = self.accounts[login.lower()] = Account(self.id(), login, kind)
        if role is not None:
            known.role = role
        return known

    def team(self, name: str) -> Team:
        """The team `organisation/slug`, made when there is none."""
        organisation, _, slug = name.partition("/")
        return self.teams.setdefault(name.lower(), Team(self.id(), organisation, slug))

    def repository(self, name: str) -> Repository | None:
        """By `owner/name`, in whatever case; by a former one too, as git and GraphQL do."""
        moved = (one for one in self.repositories.values() if name.lower() in one.former_names)
        return self.repositories.get(name.lower()) or next(moved, None)

    def role(self, repository: Repository, login: str) -> str:
        """What a person may do there. Everyone reads what is public."""
        account = self.accounts.get(login.lower())
        if account is None:
            return "none"
        role = repository.roles.get(login.lower(), account.role)
        if repository.owner.lower() == login.lower():
            role = "admin"
        return "read" if role == "none" and not repository.private else role


def at_least(role: str, wanted: str) -> bool:
    return ROLES.index(role) >= ROLES.index(wanted)

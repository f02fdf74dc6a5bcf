"""What the fake GitLab remembers: users, tokens, projects, merge requests, issues. Git remembers the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.forges.repository import BareRepository

#: Access levels (https://docs.gitlab.com/api/members/#roles).
GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 20, 30, 40, 50
#: In characters: titles, descriptions (https://docs.gitlab.com/api/merge_requests/#create-mr) and notes.
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_NOTE = 255, 1_048_576, 1_000_000

_DRAFT = re.compile(r"^\s*(?:draft:|\[draft\]|\(draft\))\s*", re.IGNORECASE)


@dataclass(eq=False)
class User:
    """`level` is what they may do in every project; a project's or group's members may have more."""

    id: int
    username: str
    name: str
    level: int = 0
    bot: bool = False


@dataclass(eq=False)
class Token:
    """`kind` is `personal`, `project`, `group` or `job`; a job's `project` is where the job runs."""

    id: int
    text: str
    kind: str
    user: User
    scopes: tuple[str, ...]
    project: "Project | None" = None
    revoked: bool = False
    expired: bool = False


@dataclass(eq=False)
class Award:
    id: int
    name: str
    user: User
    created: str


@dataclass(eq=False)
class Note:
    """`system` notes are written by GitLab itself, in the name of who did it; `action` is of what kind they are.

    `edited` is when a person changed its words, and `edited_by` who.
    """

    id: int
    author: User
    body: str
    created: str
    updated: str
    system: bool = False
    action: str | None = None
    edited: str | None = None
    edited_by: User | None = None
    awards: list[Award] = field(default_factory=list)


@dataclass(eq=False)
class Milestone:
    id: int
    iid: int
    title: str
    state: str = "active"
    description: str = ""


@dataclass(eq=False)
class Label:
    id: int
    name: str
    color: str = "#6699cc"
    description: str | None = None
    #: When it was made or edited last; empty for the beginning of time.
    updated: str = ""


@dataclass(eq=False)
class Labelling:
    """A label that was put there or taken off. It has the name the label has now, None once that is deleted."""

    id: int
    label: Label | None
    added: bool
    user: User
    created: str


@dataclass(eq=False)
class Version:
    """A merge request's diff as it was from `created` on."""

    id: int
    head: str
    base: str | None
    created: str


@dataclass(eq=False)
class Push:
    """A branch that was pushed; the commits are None where more than three were pushed at once."""

    id: int
    user: User
    branch: str | None
    before: str | None
    after: str | None
    created: str


@dataclass(eq=False)
class Issuable:
    """What issues and merge requests have in common; `state` is `opened`, `closed` or (merge requests) `merged`."""

    id: int
    iid: int
    project: "Project"
    author: User
    title: str
    description: str | None
    created: str
    updated: str
    state: str = "opened"
    labels: list[str] = field(default_factory=list)
    labellings: list[Labelling] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    milestone: Milestone | None = None
    notes: list[Note] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    closed: str | None = None
    closed_by: User | None = None
    discussion_locked: bool | None = None


@dataclass(eq=False)
class Issue(Issuable):
    confidential: bool = False


@dataclass(eq=False)
class MergeRequest(Issuable):
    """`project` is the target's; `sha` is the head of the last diff, which outlives its branch."""

    source_project: "Project | None" = None
    source_branch: str = ""
    target_branch: str = ""
    sha: str | None = None
    start_sha: str | None = None
    reviewers: list[User] = field(default_factory=list)
    approved_by: list[User] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    merged: str | None = None
    merged_by: User | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    #: Who wants it merged once it can be; and whether its branch goes then.
    auto_merge: User | None = None
    remove_source_branch: bool | None = None
    force_remove_source_branch: bool | None = None
    squash: bool = False
    #: How many answers still say that the merge status is being checked.
    unchecked: int = 0

    @property
    def draft(self) -> bool:
        return bool(_DRAFT.match(self.title))

    @property
    def ref(self) -> str:
        return f"refs/merge-requests/{self.iid}/head"

    @property
    def from_fork(self) -> bool:
        return self.source_project is not self.project


@dataclass(eq=False)
class Status:
    id: int
    sha: str
    name: str
    state: str
    author: User
    created: str
    ref: str
    pipeline: "Pipeline"
    description: str | None = None
    target_url: str | None = None


@dataclass(eq=False)
class Deployment:
    """`url` is the environment's `external_url`."""

    id: int
    iid: int
    sha: str
    ref: str
    status: str
    environment: str
    url: str | None
    author: User
    created: str


@dataclass(eq=False)
class Pipeline:
    """`status` is GitLab's: created, pending, running, success, failed, canceled, skipped, manual.

    One of a merge request has `refs/merge-requests/1/head` for its `ref`, one of a branch the branch's name. One of
    merged results has the head as `source_sha`, and a commit of its own.

    `built` is what its own job says, empty where it has only statuses that were posted.
    """

    id: int
    iid: int
    sha: str
    ref: str
    status: str
    created: str
    updated: str
    source: str = "push"
    built: str = ""
    source_sha: str = ""


@dataclass(eq=False)
class Link:
    """What a release has beside it; `path` is where it is found below the release's own address."""

    id: int
    name: str
    url: str
    kind: str
    path: str | None = None


@dataclass(eq=False)
class Release:
    tag: str
    name: str
    description: str
    author: User
    created: str
    released: str
    links: list[Link] = field(default_factory=list)


@dataclass(eq=False)
class PackageFile:
    id: int
    name: str
    data: bytes
    created: str


@dataclass(eq=False)
class Package:
    """Of the kind `generic`."""

    id: int
    name: str
    version: str
    created: str
    files: list[PackageFile] = field(default_factory=list)


@dataclass(eq=False)
class Protected:
    """Who may push to and merge into branches named so (`*` stands for anything)."""

    id: int
    name: str
    push: int = MAINTAINER
    merge: int = MAINTAINER
    allow_force_push: bool = False


@dataclass(eq=False)
class Freeze:
    """Cron expressions in the zone (https://docs.gitlab.com/api/freeze_periods/)."""

    id: int
    start: str
    end: str
    timezone: str = "UTC"


@dataclass(eq=False)
class Project:
    id: int
    path: str
    repository: BareRepository
    created: str
    visibility: str = "private"
    topics: list[str] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)
    archived: bool = False
    issues_enabled: bool = True
    merge_method: str = "merge"
    only_allow_merge_if_pipeline_succeeds: bool = False
    approvals_before_merge: int = 0
    remove_source_branch_after_merge: bool = True
    job_tokens_may_push: bool = False
    forked_from: "Project | None" = None
    former_paths: list[str] = field(default_factory=list)
    merge_requests: list[MergeRequest] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    pipelines: list[Pipeline] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    #: A group may allow each file of a package once only.
    duplicate_files: bool = True
    protected: list[Protected] = field(default_factory=list)
    freezes: list[Freeze] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[1]

    @property
    def namespace(self) -> str:
        return self.path.rsplit("/", 1)[0]

    def merge_request(self, iid: int) -> MergeRequest | None:
        return next((mr for mr in self.merge_requests if mr.iid == iid), None)

    def issue(self, iid: int) -> Issue | None:
        return next((issue for issue in self.issues if issue.iid == iid), None)

    def head_pipeline(self, mr: MergeRequest) -> Pipeline | None:
        """The newest for the head of a merge request: of its own, else of its branch
        (`app/finders/ci/pipelines_for_merge_request_finder.rb`)."""
        of_head = [one for one in self.pipelines_of(mr) if mr.sha in (one.sha, one.source_sha)]
        own = [one for one in of_head if one.ref == mr.ref]
        return next(reversed(own or of_head), None)

    def pipelines_of(self, mr: MergeRequest) -> list[Pipeline]:
        """Oldest first."""
        return [one for one in self.pipelines if one.ref in (mr.ref, mr.source_branch)]


@dataclass
class World:
    users: list[User] = field(default_factory=list)
    tokens: dict[str, Token] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)
    #: Group's path -> its members' levels; a group exists where a project's path says so, too.
    groups: dict[str, dict[str, int]] = field(default_factory=dict)
    _groups: dict[str, int] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def id(self) -> int:
        return next(self._ids)

    def user(self, username: str) -> User | None:
        return next((user for user in self.users if user.username == username), None)

    def user_by_id(self, number: int) -> User | None:
        return next((user for user in self.users if user.id == number), None)

    def project(self, name: str | int) -> Project | None:
        """By number, path, or a path it had."""
        for project in self.projects:
            if str(name) == str(project.id) or str(name).lower() == project.path.lower():
                return project
        return next((project for project in self.projects if name in project.former_paths), None)

    def group(self, name: str) -> tuple[int, str] | None:
        """Number and path of a group, by either."""
        for path in sorted(self.group_paths()):
            number = self._groups.setdefault(path, len(self._groups) + 1)
            if name in (path, str(number)):
                return number, path
        return None

    def group_paths(self) -> set[str]:
        """Namespaces of projects and their parents."""
        found = set(self.groups)
        for project in self.projects:
            parts = project.namespace.split("/")
            found |= {"/".join(parts[:size]) for size in range(1, len(parts) + 1)}
        return found

    def membership(self, user: User, path: str) -> int:
        """What a member of the group, or of one above it, may do there; 0 for who is none."""
        above = (members for group, members in self.groups.items() if f"{path}/".startswith(f"{group}/"))
        return max((members.get(user.username, 0) for members in above), default=0)

    def level(self, user: User | None, project: Project) -> int:
        """What a user may do in a project: their own, the project's and its groups' say, whichever is most."""
        if user is None:
            return 0
        of_groups = (
            members.get(user.username, 0)
            for path, members in self.groups.items()
            if f"{project.namespace}/".startswith(f"{path}/")
        )
        return max(user.level, project.members.get(user.username, 0), *of_groups, 0)

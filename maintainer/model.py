"""The vocabulary: every value that passes from step to step.

Texts are `str` decoded as UTF-8 with `surrogateescape`, newlines untouched, so that encoding them back gives the
file's own bytes. Offsets count characters of that text. Paths are POSIX, relative to the repository's root.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Bump = Literal["patch", "minor", "major", "prerelease", "digest", "none", "other"]
Strategy = Literal["bump", "widen", "lock"]
Severity = Literal["low", "medium", "high", "critical", "unknown"]

#: What a dependency is to the site: a package; a `pin` of a runtime (PHP, Node), moved by planning/runtime alone;
#: or a `support` declaration (`require.php`, `engines`, a CI matrix), checked or widened and never narrowed.
Role = Literal["package", "pin", "support"]


class Span(NamedTuple):
    """Characters `start` (inclusive) to `end` (exclusive) of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A file a manager asked for beside its own: a lock file, a readme."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A tracked file, with the neighbours its manager asked for."""

    path: str
    text: str
    beside: tuple[Neighbour, ...] = ()

    def neighbour(self, name: str) -> Neighbour | None:
        """The neighbour with this file name, nearest first."""
        return next((near for near in self.beside if near.path.rsplit("/", 1)[-1] == name), None)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a package is published: a datasource of the catalog, the package's name there, its registries in order.

    No registries means the datasource's default one.
    """

    datasource: str
    package: str
    registries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependency:
    """One place in one file that states a version.

    `text` is exactly what the file says at `at`; `constraint` is the part of it that the scheme reads. They differ
    only where more is pinned beside the version (`php:8.2@sha256:...`, `<commit> # v4.1.2`): then `digest` is that
    other part. `current` is the version in use as the repository tells it: locked, or pinned, or the lowest allowed.
    """

    manager: str
    file: str
    name: str
    source: Source
    scheme: str
    at: Span
    text: str
    constraint: str
    current: str | None = None
    locked: str | None = None
    digest: str | None = None
    role: Role = "package"
    #: The part of the file it stands in, as the format calls it: `require-dev`, `devDependencies`, `services`.
    section: str = ""
    #: Whether it is the version of code that lies in the repository (plugin, theme, core), in the folder `root`.
    committed: bool = False
    root: str = ""
    #: What the installed version itself requires, as `Release.requires`.
    requires: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: The 1-based line of `at`, for people; set where the file's text is at hand.
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Archive:
    """Code to download: `folder` is the single top folder inside, empty when the files lie at its root.

    `digests` maps an algorithm of hashlib to the hex digest of the whole archive, as published.
    """

    url: str
    folder: str = ""
    digests: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Release:
    """A published version.

    `requires` maps what it needs to a constraint, under the names `php`, `node`, `python`, `wordpress`,
    `woocommerce`, `mysql`, `mariadb`, and `plugin:<slug>`. `published` is None when unknown. `withdrawn` says why
    nobody should take it (yanked, deprecated).
    """

    version: str
    published: datetime | None = None
    requires: Mapping[str, str] = field(default_factory=dict, hash=False)
    archive: Archive | None = None
    changelog: str = ""
    digest: str | None = None
    withdrawn: str = ""
    supported_until: datetime | None = None
    lts: bool = False
    #: The sha256 hex digests of all its files, for requirements that pin hashes; only `details` fills it.
    hashes: tuple[str, ...] = ()
    #: Where its source is, when only `details` could tell.
    repository: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a datasource knows of a package.

    `recommended` is the version its publisher calls current (npm's `latest`, wordpress.org's version);
    `untouched_since` is a time after which nothing was published: every release is at least that old, even undated.
    `status` is why nobody should build on it any more, with `status_note` in the publisher's words.
    """

    releases: tuple[Release, ...]
    recommended: str | None = None
    untouched_since: datetime | None = None
    status: Literal["active", "closed", "abandoned", "deprecated"] = "active"
    status_note: str = ""
    replacement: str = ""
    homepage: str = ""
    repository: str = ""
    registry: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a publisher says of one version: Markdown, plain text or HTML from outside, never trusted."""

    version: str
    text: str
    url: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Advisory:
    """A known vulnerability: `affected` are constraints in the dependency's scheme, `fixed` versions that end it."""

    id: str
    summary: str
    severity: Severity = "unknown"
    aliases: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """A dependency and the release it could move to; `text` is what the file will say at `dependency.at`."""

    dependency: Dependency
    release: Release
    text: str
    bump: Bump
    advisories: tuple[Advisory, ...] = ()


@dataclass(frozen=True, slots=True)
class Allow:
    """Proposed at once."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """Proposed once a person approves."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Waits; `until` is when it may move, None while that can't be known."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deny:
    """Not proposed; the reason says whose rule it is and what would lift it."""

    reason: str


Decision = Allow | Ask | Hold | Deny


@dataclass(frozen=True, slots=True)
class Decided:
    """An update with what policy says of it, and the group it would travel in (empty: alone)."""

    update: Update
    decision: Decision
    group: str = ""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `old` at `at` in `file`; refused when the file says something else there."""

    file: str
    at: Span
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Command:
    """Run a package manager in `cwd`. It may change `writes` (paths from the root), and must leave all else alone.

    `tool` names it in errors and `doctor`; `versions` are what the lock file asks of it (`{"pnpm": "9.1.0"}`).
    `environment` is added to the minimal one.
    """

    tool: str
    argv: tuple[str, ...]
    cwd: str
    writes: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    versions: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Unpack:
    """Replace the committed code in folder `into` by an archive's, after comparing the installed code with `installed`.

    `kind` is what the code is; core (`into` may be empty: the root) never touches `wp-content`.
    """

    kind: Literal["plugin", "theme", "core", "file"]
    source: Source
    installed: str
    release: Release
    into: str


Step = Edit | Command | Unpack


@dataclass(frozen=True, slots=True)
class Limits:
    """Proposals one run may open, and that may be open at the same time; security counts for neither."""

    per_run: int = 5
    open: int = 10


#: (file, package, from, to), sorted: what a change is, whatever it is called.
Identity = tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What travels together in one proposal."""

    title: str
    branch: str
    updates: tuple[Update, ...]
    steps: tuple[Step, ...] = ()
    group: str = ""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    #: Why it is sent at once, out of limits and age, when it is: the advisories' ids.
    security: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        stated = ((update.dependency, update.release.version) for update in self.updates)
        return tuple(sorted((d.file, d.name, d.current or d.constraint, version) for d, version in stated))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the forge holds: `pushed` we pushed last, `head` is the branch now; `merges`: by itself, by our word."""

    number: int
    branch: str
    title: str
    identity: Identity
    state: Literal["open", "merged", "closed"]
    pushed: str
    head: str
    base: str
    body: str = ""
    conflicted: bool = False
    closed_by_us: bool = False
    #: A person asked for it anew, `recreate` even without what people added; or the last run was cut off.
    wanted_anew: Literal["", "interrupted", "rebase", "recreate"] = ""
    failed: bool = False
    url: str = ""
    merges: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    change: Change


@dataclass(frozen=True, slots=True)
class Refresh:
    change: Change
    proposal: Proposal
    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    proposal: Proposal
    reason: str
    #: The branch of the change that takes its place, if one does.
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing is done about a wanted change or an open proposal, and why."""

    subject: Change | Proposal
    reason: str


Action = Open | Refresh | Close | Leave


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know that no update mends; `kind` is a row of docs/findings.md."""

    kind: str
    file: str
    subject: str
    sentence: str
    severity: Severity = "low"
    line: int = 1


#: What a manager finds in a file.
Found = Dependency | Finding


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is broken, what it costs, and what to do; `exit_code` as in `errors`, 0 where it costs nothing."""

    where: str
    subject: str
    sentence: str
    exit_code: int = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """A dependency after its look-up: what is newest, what may move, or why nothing is known."""

    dependency: Dependency
    latest: str | None = None
    updates: tuple[Decided, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything intended, before anything is touched."""

    dependencies: tuple[Looked, ...]
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    problems: tuple[Problem, ...]

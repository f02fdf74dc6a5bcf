"""The vocabulary of a release: all that is told of it, each part with the sources it is known from.

    Range, Merges, Moves -> Contents -> changelog, release notes, a release on the forge

Texts are in their authors' words, and as hostile as those can be. Times are aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from maintainer.changes import Changed, Source
from maintainer.evidence import Outcome, Unit
from maintainer.model import Advisory, Bump, Identity, Note


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged proposal, anyone's. `mark` is how its forge writes numbers, `#` or `!`.

    `commit` is what merging it made on the base branch (a merge or a squash; of a rebase the last one), empty where the
    forge doesn't tell; `head` the last commit of its branch. `identity` is there for updates that maintainer proposed.
    """

    number: int
    title: str
    at: datetime
    body: str = ""
    url: str = ""
    author: str = ""
    bot: bool = False
    labels: tuple[str, ...] = ()
    commit: str = ""
    head: str = ""
    identity: Identity = ()
    mark: Literal["#", "!"] = "#"


#: How large a release is, as https://semver.org has it.
Step = Literal["major", "minor", "patch"]

#: What a part of a site is to people.
Part = Literal["core", "plugin", "theme", "runtime", "package", "image", "action"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A part of the site whose version differs between the two ends of a range, as its manager reads both trees.

    `before` is empty where it was added, `after` where it was removed; `bump` is `none` then. `name` is for people,
    `package` as its datasource names it (`php` for PHP). `between` are versions it stood at on the way, oldest first.
    `fixes` are advisories that `before` has and `after` hasn't, `open` those that `after` still has. `notes` are the
    publisher's words on each version passed, newest first. `supported` is until when `after` has security support,
    `ended` since when `before` had none: None where it isn't known or isn't so.
    """

    part: Part
    name: str
    package: str
    manager: str
    before: str
    after: str
    bump: Bump
    sources: tuple[Source, ...]
    files: tuple[str, ...] = ()
    downgrade: bool = False
    #: Only what developers use (`devDependencies`, `require-dev`, a CI action): no visitor meets it.
    development: bool = False
    between: tuple[str, ...] = ()
    fixes: tuple[Advisory, ...] = ()
    open: tuple[Advisory, ...] = ()
    notes: tuple[Note, ...] = ()
    supported: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that was measured with the change, and `before` it (None: not measured)."""

    check: str
    metric: str
    where: str
    unit: Unit
    value: float
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What `verify` saw of one commit: how many verdicts of each kind, by which checks."""

    verdict: Outcome
    counts: Mapping[Outcome, int]
    checks: tuple[str, ...]
    at: datetime
    source: Source
    proposal: int | None = None
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """An override: who let a proposal through a closed gate, why, and what it passed."""

    by: str
    reason: str
    at: datetime
    passed: tuple[str, ...]
    source: Source
    agreed: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What waits: an open proposal's title, why, and until when (None: nobody knows)."""

    title: str
    reason: str
    until: datetime | None
    source: Source


#: Why something has to be done: it breaks (`breaking`), the servers must run another version (`runtime`), the
#: publisher says so (`publisher`), or a person wrote it into the proposal (`stated`).
Cause = Literal["breaking", "runtime", "publisher", "stated"]


@dataclass(frozen=True, slots=True)
class Required:
    """What someone must do; `text` in its author's words, empty for a runtime: `subject` is its name."""

    cause: Cause
    text: str
    sources: tuple[Source, ...]
    subject: str = ""
    version: str = ""


#: What may show a fault first, by what moved: see `planning/watching.py`.
Sign = Literal["payments", "orders", "taxes", "shipping", "mail", "speed", "errors", "search", "forms", "unverified"]


@dataclass(frozen=True, slots=True)
class Watch:
    """What to look at after this release, because `subject` moved."""

    sign: Sign
    subject: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A known issue: `text` is its title; of what `failed` the proposal's, empty where the whole did."""

    text: str
    sources: tuple[Source, ...]
    cause: Literal["issue", "failed"] = "issue"


#: What may be missing: what moved in a file, who knows of vulnerabilities, how long a runtime is supported, what
#: publishers say, the forge's proposals and issues, what history has, what the calendar holds.
Missing = Literal["moved", "advisories", "support", "publishers", "proposals", "history", "issues", "held"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be found out: `said` in English, as whoever failed says it; empty where nobody was asked.

    `subjects` are the files (`moved`), the runtime (`support`) or the parts (`publishers`) that it is of.
    """

    of: Missing
    said: str = ""
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rollback:
    """How to go back: to which commit and tag, and which parts may have changed the database on the way."""

    commit: str
    tag: str
    database: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a release. `version` is empty while it has none; `base` is empty for a first release.

    `range` is the source of what is said of the whole (the newest commit); `compare` an address that shows it all.
    """

    site: str
    version: str
    at: datetime
    base: str
    head: str
    range: Source
    changed: Changed
    moved: tuple[Moved, ...] = ()
    merges: tuple[Merge, ...] = ()
    required: tuple[Required, ...] = ()
    watch: tuple[Watch, ...] = ()
    known: tuple[Known, ...] = ()
    held: tuple[Held, ...] = ()
    proofs: tuple[Proof, ...] = ()
    passed: tuple[Passed, ...] = ()
    rollback: Rollback | None = None
    compare: str = ""
    #: It is said in the notes, too: what is left out never looks like nothing.
    missing: tuple[Gap, ...] = ()

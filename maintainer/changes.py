"""The vocabulary of what changed between two states of a site.

    Range of Commits -> Changed(entries, left_out, doubts)

Whatever is told of a range has a `Source`, so that every line of a changelog or a report can be traced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

#: The type of an entry whose commit is no Conventional Commit.
OTHER = "other"


class Source(NamedTuple):
    """Where something is known from: `id` is a commit's whole hash, a proposal's number, a measurement's name."""

    kind: Literal["commit", "proposal", "issue", "measurement", "event"]
    id: str
    url: str = ""


class Reference(NamedTuple):
    """What a message refers to, as written: `#12`, `shop/site#12`, `!12`, `GH-12`, `SHOP-12`."""

    id: str
    closes: bool = False


class Commit(NamedTuple):
    """A commit as git has it, its message in Unicode. `at` is when its author wrote it.

    `paths` are the files it changed, None where nobody asked. `patch` names its change whatever commit it is in
    (git-patch-id), empty where no other commit could hold the same.
    """

    sha: str
    parents: tuple[str, ...]
    author: str
    email: str
    at: datetime
    message: str
    paths: tuple[str, ...] | None = None
    patch: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """The commits of `head` that are none of `base`, newest first and none before what it stands on.

    `base` is empty for all of the history. `published` are the commits of `base` that are none of `head` (a fix that
    was released from another branch), in the same order. `earlier` are commits of `base` that the range names, by
    the name it uses for them. `cut` says that the history here ends within the range.
    """

    base: str
    head: str
    commits: tuple[Commit, ...]
    published: tuple[Commit, ...] = ()
    earlier: Mapping[str, Commit] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """What a revert took back that had been published before the range; `commit` is empty where it isn't known."""

    type: str
    text: str
    scopes: tuple[str, ...] = ()
    commit: str = ""


class Entry(NamedTuple):
    """One change that is told. `text` is one line, in its author's words and as hostile as they can be.

    `type` is in lower case: one of Conventional Commits, `revert`, or `other`. `text` is empty where a commit says
    nothing at all. `breaking` says what breaks: empty when nothing does. `details` is the rest of what the author
    wrote, without trailers. `restored` was published once, undone before the range, and is there again.
    """

    type: str
    text: str
    sources: tuple[Source, ...]
    scopes: tuple[str, ...] = ()
    breaking: tuple[str, ...] = ()
    details: str = ""
    references: tuple[Reference, ...] = ()
    undoes: tuple[Undone, ...] = ()
    restored: bool = False


#: Why a commit is told nowhere. `cancelled`: it undoes another of the range, or is undone by it.
Omission = Literal["merge", "fixup", "cancelled", "published", "restated", "elsewhere"]


class LeftOut(NamedTuple):
    """A commit that no entry comes from, and why."""

    source: Source
    why: Omission


#: What a person should look at. `nearly-breaking`: `breaking change:` or `BREAKING:` announces nothing by the letter of
#: the specification. `malformed`: almost a Conventional Commit. `merge`: a merge alone says that something breaks.
#: `cut`: the history here ends within the range.
Question = Literal["nearly-breaking", "malformed", "merge", "cut"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that may be meant otherwise than it is written; `text` is the place in the author's words."""

    why: Question
    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed in a range, newest first. Every commit of it is a source of an entry or is left out."""

    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...] = ()
    doubts: tuple[Doubt, ...] = ()

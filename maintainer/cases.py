"""A proposal as the gate judges it: where it stands and what people said of it. What counts is policy's to say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: The name our answer is posted under.
GATE = "gate"


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment: `by` is its author's login, `at` when it was written; `edited` whether its words changed since."""

    id: str
    by: str
    at: datetime
    body: str
    edited: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label that stands now: `by` and `at` are who put it there last under this very name, None where not known."""

    name: str
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A review that approves and was neither dismissed nor taken back. `commit` is what was reviewed, empty where the
    forge doesn't tell."""

    by: str
    at: datetime
    commit: str = ""
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the newest verdict `maintainer/gate` on the head says."""

    state: Literal["pending", "success", "failure"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """When a head came to be the head, by the forge's own clock; `by` is who pushed it, empty where not known."""

    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal to the base branch. `fork` says that its head is in another repository.

    `pipeline` is the id of the pipeline of its head by which it is merged; 0 where there is none, or no such thing.
    """

    number: int
    title: str
    author: str
    branch: str
    head: str
    base: str
    state: Literal["open", "merged", "closed"] = "open"
    fork: bool = False
    draft: bool = False
    labels: tuple[Labelled, ...] = ()
    remarks: tuple[Remark, ...] = ()
    approvals: tuple[Approval, ...] = ()
    told: Told | None = None
    url: str = ""
    pipeline: int = 0

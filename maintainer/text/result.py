"""What a run over a fleet keeps of one site: a JSON file that later jobs merge and the next plan is balanced by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

Severity = Literal["critical", "high", "medium", "low", "unknown"]
#: The gravest first.
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "unknown")

#: What is counted, in the order people are told.
COUNTS = (
    "dependencies", "behind", "vulnerable", "held", "approve", "by_hand", "problems", "opened", "refreshed", "closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """A package with a newer release; `decision` is the plan's word for the step that goes furthest."""

    name: str
    current: str
    to: str
    bump: str
    decision: str


@dataclass(frozen=True, slots=True)
class Vulnerable:
    """A package with known vulnerabilities; `to` mends them, empty while nothing does."""

    name: str
    current: str
    to: str
    severity: Severity
    advisories: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """An update that waits; `until` is ISO 8601, empty while it can't be known."""

    name: str
    to: str
    reason: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read, looked up or done, and what to do about it; `exit_code` as in `errors`."""

    subject: str
    sentence: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a site stands: counts of all there is, and the first of each list, the gravest first."""

    counts: Mapping[str, int]
    behind: tuple[Behind, ...] = ()
    vulnerable: tuple[Vulnerable, ...] = ()
    held: tuple[Held, ...] = ()
    problems: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One site's result. `standing` is None when the site could not be planned: then `error` says why.

    `plan` names the plan it was made for, `entry` is the digest of the site's entry in the inventory, `at` ISO 8601.
    """

    site: str
    repository: str
    plan: str
    entry: str
    story: Literal["plan", "run"]
    at: str
    seconds: float
    requests: int
    exit_code: int
    tags: tuple[str, ...] = ()
    standing: Standing | None = None
    error: str = ""
    schema: Literal[1] = 1
    kind: Literal["result"] = "result"

    def count(self, name: str) -> int:
        """One of `COUNTS`, 0 while nothing is known."""
        return self.standing.counts.get(name, 0) if self.standing else 0


_KIND = TypeAdapter(Result)


def text(result: Result) -> str:
    """The result as its file holds it; of names that are not UTF-8 the odd bytes are question marks."""
    made = json.dumps(_KIND.dump_python(result), indent=1, ensure_ascii=False)
    return made.encode("utf-8", "replace").decode() + "\n"


def read(data: bytes) -> Result:
    """What `text` made. Raises ValueError for anything else."""
    try:
        return _KIND.validate_python(json.loads(data))
    except RecursionError:
        raise ValueError("nested absurdly") from None

"""Moving a constraint in its author's style: what `rewrite`, `pinned` and `lowest` of the schemes share.

A constraint is alternatives, each of clauses that all hold. Only the version texts of clauses are replaced; all else
(operators, spacing, `v`, flags, order) stays as written, so no clause can get lost. Candidates are tried from the
one nearest to the author's precision, and the scheme's own `satisfies` judges them: `^9.1` moves to `^9.4` for 9.4.2,
but `==9.1` to `==9.4.2`.

* `bump` moves lower bounds and exact versions to the version, up or down, and raises an upper bound only where it
  has to (`>=1.2,<2.0` and 2.3.0: `>=2.3,<3.0`). Exclusions and `>` stay. A disjunction (`^1.0 || ^2.0`) states
  what is supported and is never narrowed: there `bump` is `widen`.
* `widen` moves a lone range of comparators apart (`>=1.2,<2.0` and 2.3.0: `>=1.2,<3.0`); anything else gets an
  alternative which begins at the new version's line (`^1.2` and 2.3.1: `^1.2 || ^2.0`).
* `lock` is `bump` where the version isn't allowed yet, and nothing where it is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Strategy

Kind = Literal["lower", "above", "exact", "below", "upto", "fixed", "any"]

#: What a person writes is far shorter; the work grows with the square.
_LONGEST = 500

_CLAUSE = re.compile(r"(?:(?P<operator>===|~=|~>|<=|>=|==|!=|<>|[<>=^~])\s*)?(?P<atom>[^\s,|<>=!^~][^\s,|]*)")
_VERSION = re.compile(
    r"(?P<v>[vV=]*)(?P<epoch>[0-9]+!)?(?P<release>[0-9]+(?:\.[0-9]+)*)(?P<wild>(?:\.[xX*])*)"
    r"(?P<tail>[^@]*)(?P<flag>@[A-Za-z]+)?"
)
_ANY = re.compile(r"[vV]?[xX*](?:\.[xX*])*(?:@[A-Za-z]+)?")
#: A tail that means "before the first pre-release": part of a bound's style, not of its version.
_LOWEST = re.compile(r"-0|[-.]?dev0?|a0")
_KINDS: dict[str, Kind] = {
    "^": "lower", "~": "lower", "~>": "lower", "~=": "lower", ">=": "lower", ">": "above",
    "": "exact", "=": "exact", "==": "exact", "===": "exact",
    "<": "below", "<=": "upto", "!=": "fixed", "<>": "fixed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grammar:
    """What rewriting has to know of a scheme."""

    satisfies: Callable[[str, str], bool]
    is_constraint: Callable[[str], bool]
    #: What stands between alternatives; None when the scheme has none.
    alternative: re.Pattern[str] | None
    #: How many of a tilde's parts its upper bound keeps, by how many are written.
    tilde_keeps: Callable[[int], int]
    #: How many parts an exact version has to have to be one.
    exact_parts: int = 1


@dataclass(frozen=True, slots=True)
class _Written:
    """A version as a text states it; `text` is what a rewriting replaces."""

    epoch: str
    parts: tuple[str, ...]
    wild: str
    tail: str

    @property
    def text(self) -> str:
        return self.epoch + ".".join(self.parts) + self.wild + self.tail

    @property
    def plain(self) -> str:
        """Without wildcards."""
        return self.epoch + ".".join(self.parts) + self.tail

    @property
    def numbers(self) -> tuple[int, ...]:
        """As they order, whatever the precision: trailing zeros are nothing."""
        return _numbers(self.parts)

    @property
    def line(self) -> int:
        """The place of the part whose change breaks, as carets see it."""
        return next((i for i, part in enumerate(self.parts) if int(part[:18])), len(self.parts) - 1)


@dataclass(frozen=True, slots=True)
class _Clause:
    """`start` and `end` are where `version.text` stands in the alternative."""

    kind: Kind
    start: int
    end: int
    operator: str = ""
    prefix: str = ""
    version: _Written | None = None
    flag: str = ""


def rewrite(grammar: Grammar, constraint: str, version: str, strategy: Strategy) -> str:
    """The constraint moved by the strategy; raises InvalidConstraint where that can't be done faithfully."""
    allowed = grammar.satisfies(constraint, version)
    if allowed and strategy != "bump":
        return constraint
    if len(constraint) > _LONGEST:
        raise InvalidConstraint(f"{constraint[:80]!r}... of {len(constraint)} characters isn't moved: edit it by hand.")
    alternatives = _alternatives(grammar, constraint)
    several = len(alternatives) > 1
    if allowed and several:
        return constraint
    target = _written(version)
    if target is not None:
        widening = strategy == "widen" or several
        candidates = _widened(grammar, constraint, alternatives, target) if widening else _bumped(constraint, target)
        for candidate in candidates:
            if _allows(grammar, candidate, version) and _faithful(grammar, constraint, candidate, widening):
                return candidate
    elif allowed:
        return constraint
    raise InvalidConstraint(
        f"{constraint!r} can't be moved to {version!r} and keep every bound, exclusion and operator: edit it by hand."
    )


def pinned(grammar: Grammar, constraint: str) -> str | None:
    """The version of a constraint that is one exact clause."""
    if not grammar.is_constraint(constraint) or len(_alternatives(grammar, constraint)) > 1:
        return None
    clauses = _clauses(constraint)
    if len(clauses) != 1 or clauses[0].kind != "exact":
        return None
    clause = clauses[0]
    if clause.version is None or clause.version.wild or len(clause.version.parts) < grammar.exact_parts:
        return None
    return clause.prefix + clause.version.text


def lowest(grammar: Grammar, constraint: str) -> str | None:
    """The lower bound of the lowest alternative, as written; None when one of them has none."""
    if not grammar.is_constraint(constraint):
        return None
    found: list[tuple[tuple[int, ...], bool, str]] = []
    for start, end in _alternatives(grammar, constraint):
        clauses = _clauses(constraint[start:end])
        bounds = [
            (clause.version.numbers, not clause.version.tail, clause.prefix + clause.version.plain)
            for clause in clauses
            if clause.version is not None and clause.kind in ("lower", "above", "exact")
        ]
        if bounds:
            found.append(max(bounds))
        elif not clauses or any(clause.kind != "fixed" or clause.version for clause in clauses):
            return None
    return min(found)[2] if found else None


def _numbers(parts: tuple[str, ...]) -> tuple[int, ...]:
    numbers = [int(part[:18]) for part in parts]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _written(text: str) -> _Written | None:
    match = _VERSION.fullmatch(text.strip())
    if match is None or match["wild"]:
        return None
    return _Written(match["epoch"] or "", tuple(match["release"].split(".")), "", match["tail"])


def _alternatives(grammar: Grammar, constraint: str) -> list[tuple[int, int]]:
    """Where each alternative starts and ends."""
    if grammar.alternative is None:
        return [(0, len(constraint))]
    breaks = [match.span() for match in grammar.alternative.finditer(constraint)]
    return list(zip([0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(constraint)], strict=True))


@lru_cache(maxsize=1024)
def _clauses(text: str) -> tuple[_Clause, ...]:
    matches = list(_CLAUSE.finditer(text))
    atoms = [match["atom"] for match in matches]
    if "as" in atoms:
        return tuple(_Clause("fixed", match.start(), match.end()) for match in matches)
    clauses = []
    for i, match in enumerate(matches):
        if atoms[i] == "-":
            continue
        clause = _clause(match)
        if clause.version and i + 1 < len(atoms) and atoms[i + 1] == "-":
            clause = _as("lower", clause)
        elif clause.version and i and atoms[i - 1] == "-":
            clause = _as("upto", clause)
        clauses.append(clause)
    return tuple(clauses)


def _as(kind: Kind, clause: _Clause) -> _Clause:
    return _Clause(kind, clause.start, clause.end, "-", clause.prefix, clause.version, clause.flag)


def _clause(match: re.Match[str]) -> _Clause:
    operator, start = match["operator"] or "", match.start("atom")
    if _ANY.fullmatch(match["atom"]):
        return _Clause("any", start, match.end())
    version = _VERSION.fullmatch(match["atom"])
    if version is None or (version["wild"] and version["tail"]):
        return _Clause("fixed", start, match.end())
    written = _Written(
        version["epoch"] or "", tuple(version["release"].split(".")), version["wild"], version["tail"]
    )  # fmt: skip
    at = start + len(version["v"])
    return _Clause(
        _KINDS[operator],
        at,
        at + len(written.text),
        operator,
        version["v"].replace("=", ""),
        written,
        version["flag"] or "",
    )


def _faithful(grammar: Grammar, old: str, new: str, widening: bool) -> bool:
    """Whether exclusions still exclude (no alternative lets them in again), and widening kept what is at the bounds."""
    for clause in _clauses(old):
        if clause.version is None:
            continue
        parts = clause.version.parts
        bounds = {clause.version.plain, *(".".join(parts + (fill,) * (3 - len(parts))) for fill in ("0", "99999"))}
        clause_text = clause.operator + clause.version.text
        for bound in bounds:
            before, after = _allows(grammar, old, bound), _allows(grammar, new, bound)
            if before and not after and widening:
                return False
            if after and not before and clause.kind == "fixed" and not _allows(grammar, clause_text, bound):
                return False
    return True


def _allows(grammar: Grammar, candidate: str, version: str) -> bool:
    try:
        return grammar.satisfies(candidate, version)
    except (InvalidConstraint, InvalidVersion):
        return False


def _replaced(text: str, clauses: tuple[_Clause, ...], new: Callable[[_Clause, _Written], str]) -> str:
    for clause in reversed(clauses):
        if clause.version is not None:
            text = text[: clause.start] + new(clause, clause.version) + text[clause.end :]
    return text


def _at(old: _Written, target: _Written, detail: int) -> str:
    """The target in the place of `old`: 0 with its precision, 1 in full, 2 with build metadata."""
    if old.text == target.text or ("+" in old.tail and "+" in target.tail):
        return target.text
    if detail and not old.wild:
        return target.text if detail == 2 else target.text.partition("+")[0]
    tail = old.tail if _LOWEST.fullmatch(old.tail) else ""
    return target.epoch + ".".join(_sized(target.parts, len(old.parts))) + old.wild + tail


def _sized(parts: tuple[str, ...], length: int) -> tuple[str, ...]:
    return (*parts[:length], *("0",) * (length - len(parts)))


def _raised(clause: _Clause, old: _Written, target: _Written, detail: int) -> str:
    """The upper bound just high enough, never lower than it was."""
    if clause.kind == "upto":
        return _at(old, target, detail) if _numbers(target.parts) >= old.numbers else old.text
    last = max((i for i, part in enumerate(old.parts) if int(part[:18])), default=len(old.parts) - 1)
    kept = _sized(target.parts, last + 1)
    parts = _sized((*kept[:-1], str(int(kept[-1][:18]) + 1)), len(old.parts))
    tail = old.tail if _LOWEST.fullmatch(old.tail) else ""
    return old.epoch + ".".join(parts) + tail if _numbers(parts) > old.numbers else old.text


def _bumped(constraint: str, target: _Written) -> Iterator[str]:
    clauses = _clauses(constraint)
    for raising, low, high in product((False, True), (0, 1, 2), (0, 1, 2)):

        def new(clause: _Clause, old: _Written, raising: bool = raising, low: int = low, high: int = high) -> str:
            if clause.kind in ("lower", "exact"):
                return _at(old, target, low)
            return _raised(clause, old, target, high) if raising and clause.kind in ("below", "upto") else old.text

        if raising or not high:
            yield _replaced(constraint, clauses, new)


def _widened(grammar: Grammar, constraint: str, spans: list[tuple[int, int]], target: _Written) -> Iterator[str]:
    """Candidates that allow all the constraint allows, in the style of the last alternative that has one."""
    for start, end in reversed(spans):
        text = constraint[start:end]
        clauses = _clauses(text)
        styled = [clause for clause in clauses if clause.version and clause.kind in ("lower", "exact", "below", "upto")]
        model = next((clause for clause in styled if clause.operator not in (">=", "<", "<=", "-")), None)
        if styled and model is None and len(spans) == 1:
            yield from _stretched(text, clauses, target)
        elif styled and grammar.alternative is not None:
            joint = constraint[spans[-2][1] : spans[-1][0]] if len(spans) > 1 else " || "
            added = _bumped(text, target) if model is None else _begun(grammar, text, model, target)
            yield from (constraint.rstrip() + joint + alternative.strip() for alternative in added)
        if styled:
            return


def _begun(grammar: Grammar, text: str, model: _Clause, target: _Written) -> Iterator[str]:
    """An alternative that begins where the target's line does, written as the clause `model` of `text` is."""
    if model.version is None:
        return
    gap = text[: model.start].rpartition(model.operator)[2] if model.operator else model.prefix
    old, size = model.version, len(model.version.parts)
    keeps = {"^": target.line + 1, "~": grammar.tilde_keeps(size), "~>": grammar.tilde_keeps(size)}.get(
        model.operator, size
    )
    line = _Written(target.epoch, _sized(target.parts[:keeps], len(target.parts)), "", "")
    for version in (_at(old, line, 0), _at(old, target, 0), _at(old, target, 1), _at(old, target, 2)):
        yield model.operator + gap + version + model.flag


def _stretched(text: str, clauses: tuple[_Clause, ...], target: _Written) -> Iterator[str]:
    """A bound that names a pre-release also lets that release's others in (npm, PEP 440): it stays."""
    for low, high in product((0, 1, 2), (0, 1, 2)):

        def new(clause: _Clause, old: _Written, low: int = low, high: int = high) -> str:
            if old.tail and not _LOWEST.fullmatch(old.tail):
                return old.text
            if clause.kind == "lower":
                below = (target.numbers, not target.tail) < (old.numbers, not old.tail)
                return _at(old, target, low) if below else old.text
            return _raised(clause, old, target, high) if clause.kind in ("below", "upto") else old.text

        yield _replaced(text, clauses, new)

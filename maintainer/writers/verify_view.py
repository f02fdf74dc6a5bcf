"""What the page on a site shows, as values: the verdict, why, and for each check what it looked at and saw."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from maintainer.evidence import ORDER, Artifact, Measurement, Outcome, Side, Verdict, concluded, worst
from maintainer.text.language import ENGLISH, Language
from maintainer.writers import verify_kept, verify_rows
from maintainer.writers.verify_charts import Strip, finite, strip
from maintainer.writers.verify_json import Report
from maintainer.writers.verify_kept import Files, Kept, Link, Picture
from maintainer.writers.verify_rows import Row
from maintainer.writers.verify_words import CHECKS, metric, value

#: So many rows, places and charts of a check are shown; the rest is counted, and in the files.
ROWS, PLACES, STRIPS = 300, 60, 40
#: Things told at the top, and pictures with each.
CARDS, PICTURES = 30, 4
#: What checks measure for their own verdicts, and says nothing to people.
INTERNAL = frozenset({"pairs", "silence", "medians", "p50-parts", "p95-parts"})
#: Of fewer runs a difference in time says nothing.
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Results:
    """All that there is to show. `site` is what the site is called, `head` and `base` are the addresses looked at.

    `files` has the content of artifacts as far as it is small enough, `names` the other files in the folder.
    """

    report: Report
    site: str = ""
    head: str = ""
    base: str = ""
    measurements: tuple[Measurement, ...] = ()
    files: Files = field(default_factory=dict)
    names: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Number:
    """One metric of a place in words: what it was, what it is, and the worst that is judged of it."""

    name: str
    before: str
    after: str
    change: str
    runs: int
    limit: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Place:
    """The numbers of one place."""

    where: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A row, with its numbers in words and what was kept of it; `below`: more of that is drawn at its check."""

    row: Row
    numbers: tuple[str, ...]
    pictures: tuple[Picture, ...]
    links: tuple[Link, ...]
    below: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A check: `first` failed or could not be judged, `rest` passed; the charts that are `telling` are of `first`.

    What passed without a word is in `plain`, rule by rule and in how many places, and `where` these are.
    """

    name: str
    says: str
    outcome: Outcome
    counts: tuple[tuple[Outcome, int], ...]
    brief: str
    first: tuple[Said, ...]
    rest: tuple[Said, ...]
    plain: tuple[tuple[str, int], ...]
    where: tuple[str, ...]
    telling: tuple[Strip, ...]
    strips: tuple[Strip, ...]
    places: tuple[Place, ...]
    kept: tuple[Kept, ...]
    more: int = 0

    @property
    def passed(self) -> int:
        """How many verdicts passed."""
        return dict(self.counts).get("pass", 0)


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    results: Results
    outcome: Outcome
    counts: tuple[tuple[Outcome, int], ...]
    sections: tuple[Section, ...]
    why: tuple[Said, ...]
    blind: tuple[Said, ...]
    left_out: tuple[Row, ...]


def view(results: Results, language: Language = ENGLISH) -> View:
    """The page of these results; of verdicts in that language, other words are the template's to say."""
    verdicts = results.report.verdicts
    said = verify_rows.rows(verdicts, language)
    checks = dict.fromkeys([*(one.check for one in verdicts), *(one.check for one in results.measurements)])
    sections = tuple(_section(name, results, [row for row in said if row.check == name], language) for name in checks)
    whole = {row.check for row in said if row.outcome != "skipped"}
    return View(
        results=results,
        outcome=concluded(verdicts),
        counts=_counts(verdicts),
        sections=tuple(section for section in sections if section.name in whole or section.places),
        why=tuple(_said(row, results.files) for row in said if row.outcome == "fail"),
        blind=tuple(_said(row, results.files) for row in said if row.outcome == "inconclusive"),
        left_out=tuple(row for row in said if row.outcome == "skipped"),
    )


def _counts(verdicts: Iterable[Verdict]) -> tuple[tuple[Outcome, int], ...]:
    counted = Counter(verdict.outcome for verdict in verdicts)
    return tuple((outcome, counted[outcome]) for outcome in ORDER if counted[outcome])


def _section(name: str, results: Results, said: Sequence[Row], language: Language) -> Section:
    measured = [one for one in results.measurements if one.check == name]
    verdicts = [verdict for row in said for verdict in row.verdicts]
    outcome = worst({verdict.outcome for verdict in verdicts} - {"skipped"}) if verdicts else "inconclusive"
    shown = [_said(row, results.files) for row in said if row.outcome != "skipped"]
    first = tuple(one for one in shown if one.row.outcome in ("fail", "inconclusive"))
    passed = [one for one in shown if one.row.outcome == "pass"]
    rest = tuple(one for one in passed if one.row.reason)
    silent = [verdict for one in passed if not one.row.reason for verdict in one.row.verdicts]
    judged = _judged(verdicts)
    telling, strips = _strips(measured, judged)
    artifacts = [
        *(artifact for verdict in verdicts for artifact in verdict.artifacts),
        *(artifact for one in measured for artifact in one.artifacts),
    ]
    return Section(
        name=name,
        says=CHECKS.get(name, ""),
        outcome=outcome,
        counts=_counts(verdicts),
        brief=verify_rows.brief(name, outcome, said, language),
        first=first,
        rest=rest[:ROWS],
        plain=tuple(Counter(verdict.rule for verdict in silent).items()),
        where=tuple(dict.fromkeys(verdict.where for verdict in silent if verdict.where)),
        telling=telling,
        strips=strips,
        places=_places(measured, judged),
        kept=tuple(one for one in verify_kept.read(artifacts, results.files) if not _told_above(one, first)),
        more=max(len(rest) - ROWS, 0),
    )


def _told_above(kept: Kept, first: Sequence[Said]) -> bool:
    """Whether a picture stands with what it is of: each is in the page once."""
    return isinstance(kept, Picture) and any(kept in said.pictures for said in first)


def _said(row: Row, files: Files) -> Said:
    artifacts: dict[str, Artifact] = {one.path: one for verdict in row.verdicts for one in verdict.artifacts}
    kept = verify_kept.read(artifacts.values(), files)
    return Said(
        row,
        numbers=_in_words(row.verdicts[0]) if len(row.verdicts) == 1 else (),
        pictures=tuple(one for one in kept if isinstance(one, Picture))[:PICTURES],
        links=tuple(one for one in kept if isinstance(one, Link)),
        below=any(not isinstance(one, Picture | Link) for one in kept),
    )


def _in_words(verdict: Verdict) -> tuple[str, ...]:
    """`2.9 s`, `limit 2.5 s`, `before 2.1 s`, `12 runs`: what there is of it."""
    if verdict.value is None:
        return ()
    said = [value(verdict.value, verdict.unit)]
    said += [f"limit {value(verdict.limit, verdict.unit)}"] if verdict.limit is not None else []
    said += [f"before {value(verdict.baseline, verdict.unit)}"] if verdict.baseline is not None else []
    said += [f"{verdict.samples} samples"] if verdict.samples > 1 else []
    return tuple(said)


#: Of a metric in a place: the limit of its own, and the worst that is judged of it.
Judged = Mapping[tuple[str, str], tuple[float | None, Outcome]]


def _judged(verdicts: Sequence[Verdict]) -> Judged:
    found: dict[tuple[str, str], tuple[float | None, Outcome]] = {}
    for verdict in verdicts:
        name = verdict.rule.removesuffix("-growth")
        limit, outcome = found.get((name, verdict.where), (None, verdict.outcome))
        own = verdict.limit if verdict.rule == name else None
        found[name, verdict.where] = limit if own is None else own, worst({outcome, verdict.outcome})
    return found


def _groups(measured: Sequence[Measurement]) -> dict[tuple[str, str], dict[Side, Measurement]]:
    """Both sides of each metric in each place."""
    groups: dict[tuple[str, str], dict[Side, Measurement]] = {}
    for one in measured:
        if finite(one.samples) and one.metric not in INTERNAL:
            groups.setdefault((one.metric, one.where), {})[one.side] = one
    return groups


def _strips(measured: Sequence[Measurement], judged: Judged) -> tuple[tuple[Strip, ...], tuple[Strip, ...]]:
    """Those of metrics that failed or could not be judged, and the others."""
    telling: list[Strip] = []
    others: list[Strip] = []
    for key, sides in _groups(measured).items():
        limit, outcome = judged.get(key, (None, "pass"))
        if drawn := strip(list(sides.values()), limit):
            (telling if outcome in ("fail", "inconclusive") else others).append(drawn)
    return tuple(telling[:STRIPS]), tuple(others[:STRIPS])


def _places(measured: Sequence[Measurement], judged: Judged) -> tuple[Place, ...]:
    places: dict[str, list[Number]] = {}
    for (name, where), sides in _groups(measured).items():
        limit, outcome = judged.get((name, where), (None, None))
        places.setdefault(where, []).append(_number(name, sides, limit, outcome))
    return tuple(Place(where, tuple(numbers)) for where, numbers in list(places.items())[:PLACES])


def _number(name: str, sides: Mapping[Side, Measurement], limit: float | None, outcome: Outcome | None) -> Number:
    head, base = sides.get("head"), sides.get("base")
    unit = (head or sides["base"]).unit
    after = median(finite(head.samples)) if head else None
    before = median(finite(base.samples)) if base else None
    change = ""
    if after is not None and before is not None:
        runs = min(len(one.samples) for one in sides.values())
        share = f"{(after / before - 1) * 100:+.1f} %" if before > 0 else value(after - before, unit)
        change = "same" if after == before else "" if unit in ("s", "ms") and runs < FEWEST else share
    return Number(
        name=metric(name),
        before="" if before is None else value(before, unit),
        after="" if after is None else value(after, unit),
        change=change,
        runs=len((head or sides["base"]).samples),
        limit="" if limit is None else value(limit, unit),
        outcome=outcome,
    )

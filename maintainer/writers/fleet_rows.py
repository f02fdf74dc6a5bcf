"""What a fleet's results say to people: one row a site, and what is the same over many sites, told once."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from maintainer.text.result import COUNTS, SEVERITIES, Result, Severity

#: `failed`: nothing could be planned. `missing`: no result came, so nothing is known.
State = Literal["vulnerable", "failed", "missing", "incomplete", "behind", "held", "fine"]

#: The order in which a person wants to read them.
ORDER: tuple[State, ...] = get_args(State)

#: A path on a forge; anything else is not made a link of.
PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+", re.ASCII)

#: In words, for one site.
WORDS: Mapping[State, str] = {
    "vulnerable": "vulnerable",
    "failed": "failed",
    "missing": "no result",
    "incomplete": "in part unknown",
    "behind": "behind",
    "held": "held",
    "fine": "up to date",
}
MARKS: Mapping[State, str] = {
    "vulnerable": "✘", "failed": "✘", "missing": "◌", "incomplete": "◌", "behind": "–", "held": "–", "fine": "✔",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A site. `worst` is the gravest of its vulnerabilities' severities, `note` what to look at first."""

    site: str
    state: State
    note: str
    result: Result | None = None
    worst: Severity = "unknown"

    @property
    def link(self) -> str:
        """Where its repository can be looked at; empty for a forge of one's own, whose address nothing here tells."""
        kind, _, place = (self.result.repository if self.result else "").partition(":")
        hosts = {"github": "https://github.com", "gitlab": "https://gitlab.com"}
        return f"{hosts[kind]}/{place}" if kind in hosts and PATH.fullmatch(place) else ""


@dataclass(frozen=True, slots=True)
class Common:
    """A vulnerable package over all sites that have it."""

    name: str
    severity: Severity
    advisories: tuple[str, ...]
    to: tuple[str, ...]
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that is held on some sites; `until` is the earliest time, as far as any is known."""

    name: str
    to: str
    reason: str
    until: str
    sites: tuple[str, ...]

    @property
    def when(self) -> str:
        """`until` for people."""
        return moment(self.until)


@dataclass(frozen=True, slots=True)
class Summary:
    rows: tuple[Row, ...]
    vulnerable: tuple[Common, ...]
    held: tuple[Waiting, ...]
    behind: tuple[tuple[str, int], ...]

    @property
    def states(self) -> Mapping[State, int]:
        """How many sites are in each state that any is in, the gravest first."""
        count = Counter(row.state for row in self.rows)
        return {state: count[state] for state in ORDER if count[state]}

    @property
    def totals(self) -> Mapping[str, int]:
        """The counts of all sites together."""
        results = [row.result for row in self.rows if row.result]
        return {name: sum(result.count(name) for result in results) for name in COUNTS}

    @property
    def seconds(self) -> float:
        return sum(row.result.seconds for row in self.rows if row.result)

    @property
    def requests(self) -> int:
        return sum(row.result.requests for row in self.rows if row.result)

    def sentence(self) -> str:
        """`2 of 40 sites are vulnerable, 30 behind, 1 failed, 7 up to date`."""
        states = self.states
        told = [f"{count} {WORDS[state]}" for state, count in states.items()]
        total = len(self.rows)
        if not total:
            return "no site has a result"
        first = f"{total} site{'' if total == 1 else 's'}"
        return f"{first}: {', '.join(told)}"


def summary(results: Iterable[Result], missing: Sequence[str] = ()) -> Summary:
    """All of it; `missing` are names of sites that should have a result and have none."""
    listed = list(results)
    rows = [_row(result) for result in listed]
    rows += [
        Row(name, "missing", "No result came: look at the log of its shard, then run it again.") for name in missing
    ]
    rows.sort(key=lambda row: (ORDER.index(row.state), SEVERITIES.index(row.worst), -_much(row), row.site.casefold()))
    behind = Counter(one.name for result in listed if result.standing for one in _distinct(result))
    return Summary(tuple(rows), _vulnerable(listed), _held(listed), tuple(behind.most_common(50)))


def moment(text: str) -> str:
    """A time in ISO 8601 as people read it; sites are in many zones, so it is told in UTC."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text


def _distinct(result: Result) -> Iterable[Any]:
    assert result.standing
    return {one.name: one for one in result.standing.behind}.values()


def _much(row: Row) -> int:
    return row.result.count("vulnerable") * 1000 + row.result.count("behind") if row.result else 0


def _row(result: Result) -> Row:
    standing = result.standing
    if standing is None:
        return Row(result.site, "failed", result.error, result)
    if standing.vulnerable:
        worst = standing.vulnerable[0]
        more = result.count("vulnerable") - 1
        mends = f" → {worst.to}" if worst.to else ", and nothing mends it yet"
        note = f"{worst.name} {worst.current}{mends} ({worst.severity})" + (f" and {more} more" if more > 0 else "")
        return Row(result.site, "vulnerable", note, result, worst.severity)
    if standing.problems:
        first, more = standing.problems[0], result.count("problems") - 1
        note = f"{first.subject}: {first.sentence}" + (f" And {more} more." if more > 0 else "")
        return Row(result.site, "incomplete", note, result)
    held = result.count("held")
    if result.count("behind") > held:
        majors = sum(one.bump == "major" for one in standing.behind)
        return Row(result.site, "behind", f"{majors} of them major" if majors else "minor and patch", result)
    if held:
        first_held = min(standing.held, key=lambda one: one.until or "9", default=None)
        until = f"until {moment(first_held.until)}: " if first_held and first_held.until else ""
        return Row(result.site, "held", until + (first_held.reason if first_held else ""), result)
    return Row(result.site, "fine", "", result)


def _vulnerable(results: Sequence[Result]) -> tuple[Common, ...]:
    found: dict[str, list[tuple[str, Any]]] = {}
    for result in results:
        for one in result.standing.vulnerable if result.standing else ():
            found.setdefault(one.name, []).append((result.site, one))
    made = []
    for name, pairs in found.items():
        severity = min((one.severity for _, one in pairs), key=SEVERITIES.index)
        ids = dict.fromkeys(id_ for _, one in pairs for id_ in one.advisories)
        to = dict.fromkeys(one.to for _, one in pairs if one.to)
        made.append(Common(name, severity, tuple(ids), tuple(to), tuple(dict.fromkeys(site for site, _ in pairs))))
    return tuple(sorted(made, key=lambda one: (SEVERITIES.index(one.severity), -len(one.sites), one.name)))


def _held(results: Sequence[Result]) -> tuple[Waiting, ...]:
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for result in results:
        for one in result.standing.held if result.standing else ():
            found.setdefault((one.name, one.to, one.reason), []).append((result.site, one.until))
    made = [
        Waiting(*key, min((until for _, until in pairs if until), default=""), tuple(site for site, _ in pairs))
        for key, pairs in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (-len(one.sites), one.until or "9", one.name)))

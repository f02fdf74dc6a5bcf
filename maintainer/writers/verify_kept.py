"""What checks kept, as the page shows it: pictures, before and after, a page's requests and frames, curves over time.

A file is known by what it says, not by the check that left it:

    image/*              a picture; `…before.png`, `…after.png` and `…difference.png` of one name belong together
    Lighthouse's JSON    the requests of a load as a waterfall, its frames as a filmstrip
    *.curves.json        {"title", "x": {"label", "unit"}, "y": {"label", "unit"}, "limit", "series": [{"name", "side",
                         "points": [[x, y], …]}]}, or a list of these
    load/curves.json     {"head": {"second": […], "p95": […], …}, "base": {…}} (checks/load_curves.py)
    *.steps.json         {"title", "steps": [{"name", "outcome", "seconds", "said", "picture"}]}, or a list of these

Anything else is a link. All of it comes from outside: what doesn't fit is left out, never an error.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, get_args
from urllib.parse import quote, urlsplit

from maintainer.evidence import Artifact, Outcome, Unit
from maintainer.writers.verify_charts import BEFORE, Curves, Series, curves

#: A file's content, as far as it is small enough to be shown: bytes by the path from the folder of results.
Files = Mapping[str, bytes]

KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_PART = re.compile(r"^(.*?)[-_./]?\b(before|base|after|head|difference|diff)\.(?:png|jpe?g|webp)$", re.IGNORECASE)
_SAID = re.compile(r",? ?\b(?:before|after|with the change|before the change)\b.*", re.DOTALL)
_ROLES = {"base": "before", "head": "after", "diff": "difference"}
_FRAME = re.compile(r"data:image/(?:jpeg|png|webp);base64,[A-Za-z0-9+/=]+")
#: So much is drawn of one file.
REQUESTS, FRAMES, SERIES, STEPS = 60, 12, 12, 60


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its address (a data URL, or a relative link where it is too large), and its size where it is known."""

    what: str
    path: str
    address: str
    inline: bool
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Shots:
    """One place before and with the change, and where they differ."""

    name: str
    before: Picture
    after: Picture
    difference: Picture | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A bar of a waterfall: `start` and `length` are percent of the whole."""

    name: str
    kind: str
    start: float
    length: float
    words: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The requests of one load of a page; `more` are not shown."""

    what: str
    requests: tuple[Request, ...]
    seconds: float
    more: int = 0


@dataclass(frozen=True, slots=True)
class Film:
    """What a load looked like, by time: (milliseconds, data URL)."""

    what: str
    frames: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a flow, and the picture that was taken when it failed."""

    name: str
    outcome: Outcome
    seconds: float | None
    said: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """What was done, one thing after the other."""

    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A file that is only named."""

    what: str
    path: str
    address: str


Kept = Picture | Shots | Waterfall | Film | Flow | Curves | Link


def read(artifacts: Iterable[Artifact], files: Files) -> tuple[Kept, ...]:
    """What is to be shown of these files, in their order; a file whose content isn't in `files` is a link."""
    unique = {artifact.path: artifact for artifact in artifacts}
    pictures = {path: picture(one, files) for path, one in unique.items() if path.lower().endswith(PICTURES)}
    shots, together = _shots(pictures)
    found: list[Kept] = list(shots)
    in_flows: set[str] = set()
    for path, artifact in unique.items():
        if path in together:
            continue
        if path in pictures:
            found.append(pictures[path])
            continue
        told = list(_told(artifact, files, unique))
        in_flows |= {step.picture.path for one in told if isinstance(one, Flow) for step in one.steps if step.picture}
        found += [*told, _link(artifact)]
    return tuple(one for one in found if not (isinstance(one, Picture) and one.path in in_flows))


def picture(artifact: Artifact, files: Files) -> Picture:
    """A picture within the page where its content is at hand, else a link to it."""
    data = files.get(artifact.path, b"")
    kind = next((kind for start, kind in KINDS.items() if data.startswith(start)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    if not kind:
        return Picture(artifact.what, artifact.path, address(artifact.path), inline=False)
    width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20)) if kind == "image/png" else (0, 0)
    inline = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return Picture(artifact.what, artifact.path, inline, inline=True, width=width, height=height)


def address(path: str) -> str:
    """A relative link to a file in the folder of results; never another scheme, and never out of the folder."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "./" + "/".join(quote(part, safe="") for part in parts)


def _link(artifact: Artifact) -> Link:
    return Link(artifact.what, artifact.path, address(artifact.path))


def _shots(pictures: Mapping[str, Picture]) -> tuple[list[Shots], set[str]]:
    """Those that belong together by their names, and their paths."""
    groups: dict[str, dict[str, Picture]] = {}
    for path, one in pictures.items():
        if found := _PART.match(path):
            role = found[2].lower()
            groups.setdefault(found[1], {})[_ROLES.get(role, role)] = one
    made, together = [], set[str]()
    for name, group in groups.items():
        if "before" in group and "after" in group:
            what = _SAID.sub("", group["after"].what) or name.rpartition("/")[2]
            made.append(Shots(what, group["before"], group["after"], group.get("difference")))
            together |= {one.path for one in group.values()}
    return made, together


def _told(artifact: Artifact, files: Files, beside: Mapping[str, Artifact]) -> Iterator[Kept]:
    """What a JSON file tells that can be drawn."""
    data = files.get(artifact.path)
    if data is None or not artifact.path.endswith(".json"):
        return
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return
    each = [_map(one) for one in (told if isinstance(told, list) else [told])][:SERIES]
    if artifact.path.endswith(".curves.json"):
        yield from (drawn for one in each if (drawn := _curves(one, artifact)))
    elif artifact.path.endswith(".steps.json"):
        yield from (flow for one in each if (flow := _flow(one, artifact, files, beside)).steps)
    elif artifact.path.endswith("/curves.json"):
        yield from _columns({side: _map(one) for side, one in _map(told).items()})
    elif isinstance(told, dict) and "lighthouseVersion" in told:
        audits = _map(told.get("audits"))
        frames = tuple(_frames(_items(audits, "screenshot-thumbnails")))
        if len(frames) > 1:
            yield Film(artifact.what, frames)
        if waterfall := _waterfall(artifact.what, _items(audits, "network-requests")):
            yield waterfall


def _frames(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[float, str]]:
    for one in items[:FRAMES]:
        data, at = one.get("data"), _number(one.get("timing"))
        if isinstance(data, str) and len(data) < 60_000 and _FRAME.fullmatch(data) and at is not None:
            yield at, data


def _waterfall(what: str, items: Sequence[Mapping[str, Any]]) -> Waterfall | None:
    """By https://github.com/GoogleChrome/lighthouse/blob/v12.8.2/core/audits/network-requests.js; times are ms."""
    timed = []
    for one in items:
        start, end = _number(one.get("networkRequestTime")), _number(one.get("networkEndTime"))
        url = one.get("url")
        if isinstance(url, str) and start is not None and end is not None and end >= start:
            timed.append((start, end, url, one))
    if not timed:
        return None
    timed.sort(key=lambda row: (row[0], row[1]))
    first, last = timed[0][0], max(end for _, end, _, _ in timed)
    whole = max(last - first, 1.0)
    made = tuple(
        _request(url, (start - first) / whole * 100, (end - start) / whole * 100, end - start, one)
        for start, end, url, one in timed[:REQUESTS]
    )
    return Waterfall(what, made, whole / 1000, max(len(timed) - REQUESTS, 0))


def _request(url: str, start: float, length: float, took: float, one: Mapping[str, Any]) -> Request:
    parts = urlsplit(url) if not url.startswith("data:") else urlsplit("")
    name = parts.path.rstrip("/").rpartition("/")[2] or parts.hostname or url[:40]
    status, size = _number(one.get("statusCode")), _number(one.get("transferSize"))
    said = [f"{took:.0f} ms"]
    said += [f"{size / 1000:.3g} kB"] if size else []
    failed = status is not None and status >= 400
    said += [f"answered {status:.0f}"] if failed and status else []
    kind = re.sub(r"[^a-z]", "", str(one.get("resourceType") or "other").lower())[:12]
    return Request(name[:80], kind, round(start, 2), round(max(length, 0.4), 2), ", ".join(said), failed)


def _curves(told: Mapping[str, Any], artifact: Artifact) -> Curves | None:
    x, y = _map(told.get("x")), _map(told.get("y"))
    series = [
        Series(_text(one.get("name")), tuple(_pairs(one.get("points"))), _side(one.get("side")))
        for one in map(_map, _list(told.get("series"))[:SERIES])
    ]
    return curves(
        _text(told.get("title")) or artifact.what,
        series,
        x=_text(x.get("label")) or "time",
        x_unit=_unit(x.get("unit"), "s"),
        y=_text(y.get("label")),
        y_unit=_unit(y.get("unit"), ""),
        limit=_number(told.get("limit")),
    )


#: Charts of a load second by second: what each shows, and of which columns.
_LOAD: tuple[tuple[str, str, Unit, tuple[str, ...]], ...] = (
    ("Latency", "from when a request was meant for to its last byte", "ms", ("p50", "p95", "p99")),
    ("Requests", "a second", "per_s", ("offered", "answered", "failed")),
    ("Waiting", "requests without an answer yet", "count", ("open",)),
)


def _columns(sides: Mapping[str, Mapping[str, Any]]) -> Iterator[Curves]:
    """What was before is drawn first: nothing hides what is there with the change."""
    for title, words, unit, names in _LOAD:
        series = []
        for side in ("base", "head"):
            table = sides.get(side, {})
            for name in names:
                pairs = [list(pair) for pair in zip(_list(table.get("second")), _list(table.get(name)), strict=False)]
                label = name if side == "head" else f"{name}{BEFORE}"
                series.append(Series(label, tuple(_pairs(pairs)), side))
        if drawn := curves(title, series, y=words, y_unit=unit):
            yield drawn


def _flow(told: Mapping[str, Any], artifact: Artifact, files: Files, beside: Mapping[str, Artifact]) -> Flow:
    steps = []
    for one in map(_map, _list(told.get("steps"))[:STEPS]):
        shot = beside.get(_text(one.get("picture")))
        steps.append(
            Step(
                _text(one.get("name")),
                _outcome(one.get("outcome")),
                _number(one.get("seconds")),
                _text(one.get("said"), 600),
                picture(shot, files) if shot else None,
            )
        )
    return Flow(_text(told.get("title")) or artifact.what, tuple(steps))


def _items(audits: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [_map(one) for one in _list(_map(_map(audits.get(name)).get("details")).get("items"))]


def _pairs(told: object) -> Iterator[tuple[float, float]]:
    for one in _list(told)[:100_000]:
        if isinstance(one, list) and len(one) == 2:
            x, y = _number(one[0]), _number(one[1])
            if x is not None and y is not None:
                yield x, y


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object, most: int = 200) -> str:
    return " ".join(value.split())[:most] if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) else None


def _unit(value: object, usual: Unit) -> Unit:
    return next((unit for unit in get_args(Unit) if unit == value), usual)


def _outcome(value: object) -> Outcome:
    return next((outcome for outcome in get_args(Outcome) if outcome == value), "inconclusive")


def _side(value: object) -> str:
    return value if value in ("head", "base") else ""

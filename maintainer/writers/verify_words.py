"""How verdicts and numbers are said: marks, units, durations."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite

from maintainer.evidence import Outcome, Unit

MARKS: Mapping[Outcome, str] = {"pass": "✔", "fail": "✘", "inconclusive": "◌", "skipped": "–"}
WORDS: Mapping[Outcome, str] = {"pass": "pass", "fail": "fail", "inconclusive": "inconclusive", "skipped": "skipped"}
SAYS: Mapping[Outcome, str] = {
    "pass": "Nothing that was looked at is worse than before.",
    "fail": "This must not go live as it is.",
    "inconclusive": "Not everything could be looked at, so this is no yes.",
    "skipped": "Nothing was looked at, so this is no yes.",
}
#: What each check asks.
CHECKS: Mapping[str, str] = {
    "environment": "Are both sites there, and fit to be compared?",
    "smoke": "Do the pages that matter answer, whole and without errors?",
    "integrations": "Do feeds, webhooks and whatever else talks to the site still work?",
    "security": "What does the change expose, and what is known to be vulnerable?",
    "e2e": "Can a customer still do what brings them here?",
    "visual": "Do pages still look as they did?",
    "lighthouse": "How long do pages take, what do they weigh, and did the change make that worse?",
    "load": "Does it hold when many come at once?",
}
#: Metrics that people know by these names; the others are written as they are, with spaces.
METRICS: Mapping[str, str] = {
    "lcp": "LCP",
    "fcp": "FCP",
    "si": "Speed Index",
    "tbt": "TBT",
    "cls": "CLS",
    "ttfb": "TTFB",
    "inp": "INP",
    "score_seo": "SEO score",
    "bytes": "page weight",
}
_SCALES: Mapping[Unit, tuple[tuple[float, float, str], ...]] = {
    "s": ((60, 60, "min"), (1, 1, "s"), (0, 1e-3, "ms")),
    "ms": ((1000, 1000, "s"), (0, 1, "ms")),
    "bytes": ((1e6, 1e6, "MB"), (1e3, 1e3, "kB"), (0, 1, "B")),
    "per_s": ((0, 1, "/s"),),
    "share": ((0, 0.01, "%"),),
    "score": ((0, 0.01, "of 100"),),
}


def value(number: float, unit: Unit) -> str:
    """A number as people write it: `2.51 s`, `180 ms`, `1.25 MB`, `0.5 %`, `93 of 100`."""
    if not isfinite(number):
        return "?"
    size = abs(number)
    for least, per, word in _SCALES.get(unit, ()):
        if size >= least or (not size and per == 1):
            return f"{_plain(number / per)} {word}".replace(" /s", "/s")
    return _plain(number)


def metric(name: str) -> str:
    """A metric or rule in words: `lcp-growth` is `LCP growth`, `bytes_script` is `script bytes`."""
    head, dash, tail = name.partition("-")
    if head not in METRICS:
        head = re.sub(r"^(bytes|requests|score)_(.+)", r"\2 \1", head)
    return f"{METRICS.get(head, head)}{dash}{tail}".replace("_", " ").replace("-", " ")


def duration(seconds: float) -> str:
    """`850 ms`, `3.1 s`, `4 min 5 s`, `1 h 2 min`."""
    if seconds < 60:
        return value(seconds, "s")
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def count(number: int, one: str, many: str = "") -> str:
    """`1 page`, `34 pages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def moment(at: datetime) -> str:
    """`Sat 21 Nov 2026, 09:00 CET`."""
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M %Z}".strip()


def _plain(number: float) -> str:
    """Three digits that matter; whole numbers whole."""
    if abs(number) >= 100 or number == int(number):
        return f"{round(number):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{number:.3g}"

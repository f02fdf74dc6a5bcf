"""Keeping a changelog takes time that grows with its length and the number of its lines, whatever it says."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from maintainer.changes import Entry, Source
from maintainer.errors import ConfigurationError
from maintainer.writers.changelog import Line, lines
from maintainer.writers.changelog_keep import inserted
from maintainer.writers.changelog_release import released
from tests.writers.changelogs import DAY, words

pytestmark = pytest.mark.bench

SIZES = (12_500, 25_000, 50_000)
#: Four times as much takes four times as long, and what is quadratic sixteen times.
GROWTH = 8


def told(count: int, first: int = 0) -> tuple[Line, ...]:
    types = ("feat", "fix", "perf", "security")
    return lines(
        (
            Entry(types[at % 4], f"change {at} of the `shop`", (Source("commit", f"{at:040x}"),), ("cart",))
            for at in range(first, count)
        ),
        words=words(),
    )


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, the best of three."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def grows(name: str, work: dict[int, Callable[[], object]]) -> None:
    took = {size: seconds(one) for size, one in work.items()}
    print(f"\n{name:40}" + "  ".join(f"{size:>6}: {each:5.2f} s" for size, each in took.items()), end="")
    assert took[SIZES[-1]] <= max(GROWTH * took[SIZES[0]], 0.2)


def works(size: int) -> dict[str, Callable[[], object]]:
    now, half = told(size), told(size, size // 2)
    keep = partial(inserted, head="a" * 40, words=words())
    first, whole = keep("", half, None).text, keep("", now, None).text
    return {
        "lines": partial(told, size),
        "a new file": partial(keep, "", now, None),
        "half of it is new": partial(keep, first, now, half),
        "half of it is gone": partial(keep, whole, half, now),
        "nobody knows what was told": partial(keep, whole, now, None),
        "released": partial(released, whole, "1.0.0", DAY, words=words()),
    }


def test_a_long_file_is_kept_in_time() -> None:
    made = {size: works(size) for size in SIZES}
    for name in made[SIZES[0]]:
        grows(name, {size: made[size][name] for size in SIZES})


HOSTILE: dict[str, Callable[[int], str]] = {
    "sections": lambda count: "## [1.0.0]\n" * count,
    "sections that are not released": lambda count: "## Unreleased\n" * count,
    "parts": lambda count: "## Unreleased\n" + "### Added\n" * count,
    "comments": lambda count: "## Unreleased\n" + "<!-- maintainer: told up to 1234567 -->\n" * count,
    "open comments": lambda count: "<!--" * count,
    "definitions": lambda count: "## Unreleased\n\n" + "[1.0.0]: https://a.example\n" * count,
    "one long item": lambda count: "## Unreleased\n- " + "(#1" * count,
    "brackets": lambda count: "## Unreleased\n- " + "(a" * count + ")" * count,
    "items of one word": lambda count: "## Unreleased\n" + "- #1\n" * count,
    "lists in lists": lambda count: "## Unreleased\n" + "- " * count,
    "a long heading": lambda count: "## " + "1." * count,
    "underlines": lambda count: "a\n" * count + "=" * count,
    "emoji": lambda count: "## Unreleased\n### " + ":_" * count,
    "quotes": lambda count: "> " * count + "\n" + "> a\n" * count,
    "anchors": lambda count: "<a name='" * count,
}


def keep(text: str) -> None:
    """As far as it goes: a file may end in the middle of a comment."""
    with suppress(ConfigurationError):
        inserted(text, told(50), None, "a" * 40, words=words())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_kept_in_time(name: str) -> None:
    grows(name, {size: partial(keep, HOSTILE[name](size)) for size in SIZES})

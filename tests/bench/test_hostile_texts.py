"""Texts that are made to be slow, at full size: twice as much takes about twice as long, not four times."""

import gc
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest

from maintainer.checks import smoke_page, smoke_robots
from maintainer.checks.integrations_document import read_xml
from maintainer.checks.smoke_markup import read as read_page
from maintainer.planning.changed import changed
from maintainer.planning.required import notices
from maintainer.text.conventional import merged, read, title
from tests.checks.test_integrations_document import feed
from tests.checks.test_smoke_markup import HOSTILE as PAGES
from tests.checks.test_smoke_markup import HOSTILE_ERRORS as ERRORS
from tests.checks.test_smoke_markup import hostile_errors
from tests.checks.test_smoke_reading import HOSTILE_FORMS as FORMS
from tests.checks.test_smoke_reading import hostile_robots, lost
from tests.planning.test_changed_laws import HOSTILE as HISTORIES
from tests.planning.test_changed_laws import linear
from tests.planning.test_required import hostile as hostile_note
from tests.text.test_conventional import BOMBS

pytestmark = pytest.mark.bench

MEBIBYTE = 1 << 20
#: Twice as much takes the square twice as long again; what is linear stays well below, on noisy machines too.
MOST = 3
#: So short a time, in seconds, is mostly what starting costs.
SHORT = 0.02

Text = TypeVar("Text")


def seconds(work: Callable[[], object]) -> float:
    """The best of three, of this processor: machines are shared."""
    return min(map(_seconds, [work] * 3))


def _seconds(work: Callable[[], object]) -> float:
    # Looking for garbage takes the longer the more a test run holds; the program does it as rarely.
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        work()
        return time.process_time() - began
    finally:
        gc.enable()


def grows_with_its_size(made: Callable[[int], Text], size: int, work: Callable[[Text], object]) -> None:
    half, whole = (seconds(partial(work, made(each))) for each in (size // 2, size))
    print(f" {half * 1000:.0f} ms, twice as much {whole * 1000:.0f} ms", end="")
    assert whole < MOST * max(half, SHORT)


@pytest.mark.parametrize("name", BOMBS)
def test_a_commit_message(name: str) -> None:
    grows_with_its_size(BOMBS[name], MEBIBYTE, lambda text: (read(text), merged(text), title(text)))


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history(name: str) -> None:
    # A revert by number takes back 250 changes at most, and so many are kept of each.
    size = 4_000 if name == "a number of all" else 20_000
    grows_with_its_size(lambda count: linear(HISTORIES[name](count)), size, changed)


def test_a_publishers_note() -> None:
    grows_with_its_size(hostile_note, MEBIBYTE, lambda text: list(notices(text)))


@pytest.mark.parametrize("unit", PAGES)
def test_a_page(unit: str) -> None:
    grows_with_its_size(lambda size: unit * (size // len(unit)), MEBIBYTE, read_page)
    grows_with_its_size(lambda size: unit * (size // len(unit)), MEBIBYTE, lambda text: list(smoke_page.traces(text)))


@pytest.mark.parametrize("unit", ERRORS)
def test_errors_on_a_page(unit: str) -> None:
    grows_with_its_size(partial(hostile_errors, unit), 2 * MEBIBYTE, lambda text: list(smoke_page.errors(text)))


@pytest.mark.parametrize("unit", FORMS)
def test_forms(unit: str) -> None:
    grows_with_its_size(lambda size: unit * (size // len(unit)), MEBIBYTE // 2, lambda html: lost(html, html))


def test_a_pattern_of_robots() -> None:
    path = "/" + "a" * 500_000
    grows_with_its_size(hostile_robots, MEBIBYTE, lambda text: smoke_robots.sends_away(smoke_robots.rules(text), path))


def test_a_feed() -> None:
    grows_with_its_size(feed, 100_000, lambda body: read_xml(body, "pubDate"))

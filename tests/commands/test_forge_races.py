"""Two runs at once, and people at work meanwhile: nothing twice, nothing lost, nothing of a person's overwritten."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.forge_ends import differences, settled
from tests.commands.forge_scene import Scene, beside, forked, fresh, run, scene, written
from tests.commands.forge_stories import STORIES
from tests.commands.stage import FORGES, Forge, Stage

#: In `make test` every so many-th write is one to be overtaken at; `make bench` takes each in turn.
STRIDE = 5

Ended = tuple[int, str, str]


def together(site: Stage) -> list[Ended]:
    """Two runs that start at the same moment."""
    other, gate = beside(site), threading.Barrier(2)
    fresh(site)
    ended: list[Ended] = []

    def one(mine: Stage) -> None:
        mine.check_out()
        gate.wait()
        ended.append(forked(lambda: mine.maintainer("run", expected=None)))

    other.here.git("init", "--quiet", "--initial-branch=main")
    threads = [threading.Thread(target=one, args=(mine,)) for mine in (site, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def overtaken(site: Stage, at: int, meanwhile: Callable[[], Any]) -> tuple[Ended, Any]:
    """How a run ends before whose write of this number something else is done, and what came of that."""
    count, came = 0, None

    def pause(what: str) -> None:
        nonlocal count, came
        count += 1
        if count == at + 1:
            site.forge.before_write = lambda _: None
            came = meanwhile()

    site.forge.before_write = pause
    ended = run(site)
    site.forge.before_write = lambda _: None
    return ended, came


def says(ended: Ended) -> str:
    code, out, err = ended
    said = out + err
    assert code in (0, 3, 4), said
    assert "Traceback" not in said and "bug in maintainer" not in said
    return said


def raced(site: Stage, at: int, expected: dict[str, Any]) -> list[str]:
    """A second run overtakes the first at its write of this number; a third finds nothing to do."""
    first, second = overtaken(site, at, lambda: forked(lambda: run(beside(site))))
    for ended in (first, second):
        says(ended)
    if first[0] == 4:
        assert "nothing was overwritten" in first[1] + first[2] or "Run again" in first[1] + first[2], first
    code, out, err = run(site)
    assert code == 0, (out, err)
    wrong = differences(settled(site.state()), expected)
    assert written(site) == [], "a run after that has nothing to do"
    return wrong


def undisturbed(site: Stage) -> tuple[list[str], dict[str, Any]]:
    return written(site), settled(site.state())


def trials(moment: Scene, stride: int) -> int:
    writes, expected = moment.tried(lambda: undisturbed(moment.site))
    chosen = range(len(writes))[stride // 2 :: stride]
    for at in chosen:
        wrong = moment.tried(lambda at=at: raced(moment.site, at, expected))  # type: ignore[misc]
        assert not wrong, f"overtaken before {writes[at]}:\n" + "\n".join(wrong)
    return len(chosen)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("forge", FORGES)
def test_a_run_that_is_overtaken_by_another_does_nothing_twice(tmp_path: Path, forge: Forge, story: str) -> None:
    with scene(forge, tmp_path, STORIES[story]) as moment:
        trials(moment, STRIDE)


@pytest.mark.bench
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("forge", FORGES)
def test_a_run_that_is_overtaken_at_each_write_does_nothing_twice(tmp_path: Path, forge: Forge, story: str) -> None:
    with scene(forge, tmp_path, STORIES[story]) as moment:
        many = trials(moment, 1)
    print(f"\n{forge}, {story}: overtaken at {many} writes")

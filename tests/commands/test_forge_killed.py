"""A run on a forge that is killed at any write to it, before or after, and run again ends as one that never was."""

from pathlib import Path
from typing import Any

import pytest

from tests.commands.forge_ends import differences, remembered, settled
from tests.commands.forge_scene import Scene, killed, run, scene, written
from tests.commands.forge_stories import SOON, STORIES
from tests.commands.stage import FORGES, Forge, Stage

#: In `make test` every so many-th moment is one to die at; `make bench` takes each in turn.
STRIDE = 9


End = tuple[dict[str, Any], list[tuple[str, str]]]


def end(site: Stage) -> End:
    return settled(site.state()), remembered(site)


def undisturbed(site: Stage) -> tuple[list[str], End]:
    """The writes of a run, and what is there then; another run has nothing to do."""
    writes = written(site)
    found = end(site)
    assert written(site, 10) == [], "a second run writes nothing"
    return writes, found


def resumed(site: Stage, at: int, *, done: bool) -> tuple[str, End]:
    """The write at which a run was killed, and what is there once the next one has ended, minutes later."""
    what = killed(site, at, done=done)
    code, out, err = run(site, 10)
    assert code == 0, (out, err)
    found = end(site)
    assert written(site, 20) == [], f"killed at {what}: a run after the next has something to do"
    return what, found


def trials(moment: Scene, stride: int) -> list[str]:
    """Die at every so many-th moment; which they were."""
    writes, (expected, events) = moment.tried(lambda: undisturbed(moment.site))
    moments = [(at, done) for at in range(len(writes)) for done in (False, True)]
    died, wrong = [], []
    for at, done in moments[stride // 2 :: stride]:
        what, (found, told) = moment.tried(lambda at=at, done=done: resumed(moment.site, at, done=done))  # type: ignore[misc]
        when = f"killed {'after' if done else 'before'} {at}: {what}"
        assert what == writes[at], when
        wrong += [f"{when}: {line}" for line in differences(found, expected)]
        wrong += [f"{when}: history says {told}"] if told != events else []
        died.append(when)
    assert not wrong, "\n".join(wrong)
    return died


@pytest.mark.parametrize("story", SOON)
@pytest.mark.parametrize("forge", FORGES)
def test_a_killed_run_is_finished_by_the_next(tmp_path: Path, forge: Forge, story: str) -> None:
    with scene(forge, tmp_path, STORIES[story]) as moment:
        assert trials(moment, STRIDE)


@pytest.mark.bench
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("forge", FORGES)
def test_a_run_killed_before_and_after_each_write_is_finished_by_the_next(
    tmp_path: Path, forge: Forge, story: str
) -> None:
    with scene(forge, tmp_path, STORIES[story]) as moment:
        died = trials(moment, 1)
    print(f"\n{forge}, {story}: killed at {len(died)} moments of {len(died) // 2} writes")

"""A run on a forge that is killed at any write to it, before or after, and run again ends as one that never was."""

from pathlib import Path
from typing import Any

import pytest

from tests.commands.forge_scene import Scene, killed, run, scene, written
from tests.commands.forge_stories import STORIES
from tests.commands.stage import FORGES, Forge, Stage

#: In `make test` every so many-th moment is one to die at; `make bench` takes each in turn.
STRIDE = 9


def undisturbed(site: Stage) -> tuple[list[str], dict[str, Any]]:
    """The writes of a run, and what is there then; another run has nothing to do."""
    writes = written(site)
    state = site.state()
    assert written(site) == [], "a second run writes nothing"
    assert site.state() == state
    return writes, state


def resumed(site: Stage, at: int, *, done: bool) -> tuple[str, dict[str, Any]]:
    """The write at which a run was killed, and what is there once the next has ended."""
    what = killed(site, at, done=done)
    code, out, err = run(site)
    assert code == 0, (out, err)
    return what, site.state()


def trials(moment: Scene, stride: int) -> list[str]:
    """Die at every so many-th moment; which they were."""
    writes, expected = moment.tried(lambda: undisturbed(moment.site))
    moments = [(at, done) for at in range(len(writes)) for done in (False, True)]
    died = []
    for at, done in moments[stride // 2 :: stride]:
        what, found = moment.tried(lambda at=at, done=done: resumed(moment.site, at, done=done))  # type: ignore[misc]
        assert what == writes[at]
        when = f"{'after' if done else 'before'} {what}"
        for part, wanted in expected.items():
            assert found[part] == wanted, f"{part} differs once it was killed {when}"
        died.append(when)
    return died


@pytest.mark.parametrize("story", STORIES)
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

"""A release that is killed at any effect, and run again, ends as one that never was; nothing of it is there twice."""

import os
import signal
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands import effects
from tests.commands.forge_scene import KILLED, Scene
from tests.commands.release_scene import SEMVER, Shop, Where, shop
from tests.forges.server import Dropped

FORGES: tuple[Where, ...] = ("github", "gitlab")
BOTH = SEMVER + "  notes: {languages: [en, pl]}\n  assets: [readme.txt]\n"
#: In `make test` every so many-th moment is one to die at; `make bench` takes each in turn.
STRIDE = 7

End = dict[str, Any]


def released(site: Shop) -> tuple[list[str], End]:
    """The writes of a release that nothing disturbs, and what is there then; another has nothing to do."""
    found: list[str] = []
    site.forge.before_write = found.append
    site.release()
    done, end = list(found), site.state()
    assert site.release()[0].startswith("Nothing to release"), "a second run releases nothing"
    assert found == done, "a second run writes nothing"
    return done, end


def killed(site: Shop, at: int, *, done: bool) -> str:
    """Release in a process that is killed before its write of this number is done, or once it is; which it was."""
    count, hit, pid = 0, "", 0
    born = threading.Event()

    def kill(what: str) -> None:
        nonlocal count, hit
        if count == at:
            hit = what
            born.wait()
            os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        count += 1
        if hit:
            raise Dropped

    name = "after_write" if done else "before_write"
    setattr(site.forge, name, kill)
    pid = os.fork()
    if pid == 0:
        try:
            site.release()
        finally:
            os._exit(0)
    born.set()
    _, status = os.waitpid(pid, 0)
    setattr(site.forge, name, lambda _: None)
    assert os.waitstatus_to_exitcode(status) == KILLED, f"there is no write {at}"
    return hit


def resumed(site: Shop, at: int, *, done: bool) -> tuple[str, End]:
    """The write at which a release was killed, and what is there once the next run has ended, minutes later."""
    what = killed(site, at, done=done)
    site.now += timedelta(minutes=10)
    out, _ = site.release()
    assert out.startswith(("released Shop 0.1.0", "Nothing to release since v0.1.0")), out
    end = site.state()
    found: list[str] = []
    site.forge.before_write = found.append
    site.release()
    assert found == [], f"killed at {what}: a run after the next has something to do"
    return what, end


def trials(forge: Where, folder: Path, stride: int) -> int:
    with shop(forge, folder, BOTH) as site:
        site.person().milestone("0.1.0")
        site.commit("feat: gift cards")
        assert site.stage
        moment = Scene(site.stage, folder)
        writes, expected = moment.tried(lambda: released(site))
        assert len(writes) >= 6, writes
        moments = [(at, done) for at in range(len(writes)) for done in (False, True)][::stride]
        for at, done in moments:
            what, end = moment.tried(lambda at=at, done=done: resumed(site, at, done=done))  # type: ignore[misc]
            assert what == writes[at]
            assert told(end) == told(expected), f"killed {'after' if done else 'before'} {at}: {what}"
        return len(moments)


def told(end: End) -> End:
    """Without the time at which it was recorded, and that of the day it was told, minutes later."""
    history = [(one["head"], one["data"]) for one in end["history"]]
    shown = {tag: (one.title, one.body, one.draft, sorted(one.assets)) for tag, one in end["releases"].items()}
    return {"tags": end["tags"], "releases": shown, "history": history}


@pytest.mark.parametrize("forge", FORGES)
def test_a_killed_release_is_finished_by_the_next_run(forge: Where, tmp_path: Path) -> None:
    assert trials(forge, tmp_path, STRIDE)


@pytest.mark.bench
@pytest.mark.parametrize("forge", FORGES)
def test_a_release_killed_before_and_after_each_write_is_finished(forge: Where, tmp_path: Path) -> None:
    print(f"\n{forge}: killed at {trials(forge, tmp_path, 1)} moments")


def local(tmp_path: Path, stride: int) -> int:
    """Without a forge: at every so many-th effect on the disk."""
    with shop("local", tmp_path / "expected", BOTH) as site:
        site.commit("feat: gift cards")
        number = effects.count(lambda: site.release())
        site.release()
        expected = told(site.state())
    moments = range(1, number + 1, stride)
    for at in moments:
        with shop("local", tmp_path / f"{at}", BOTH) as site:
            site.commit("feat: gift cards")
            assert effects.killed_at(at, lambda site=site: site.release()), at  # type: ignore[misc]
            site.now += timedelta(minutes=1)
            site.release()
            assert told(site.state()) == expected, at
            assert site.release()[0].startswith("Nothing to release"), at
    return len(moments)


def test_a_killed_release_without_a_forge_is_finished_by_the_next_run(tmp_path: Path) -> None:
    assert local(tmp_path, 41)


@pytest.mark.bench
def test_a_release_killed_at_each_effect_is_finished(tmp_path: Path) -> None:
    print(f"\nlocal: killed at {local(tmp_path, 1)} moments")

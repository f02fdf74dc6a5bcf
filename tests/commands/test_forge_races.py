"""Two runs at once, and people at work meanwhile: nothing twice, nothing lost, nothing of a person's overwritten."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.forge_ends import differences, settled
from tests.commands.forge_scene import Scene, beside, forked, fresh, run, scene, written
from tests.commands.forge_stories import SOON, STORIES
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


def raced(site: Stage, at: int, expected: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A second run overtakes the first at its write of this number: what is wrong, and what a third one writes.

    Both make the same commits, so both can go on; but what a person asked to have anew is a new one in each, and the
    one that comes second says so.
    """
    first, second = overtaken(site, at, lambda: forked(lambda: run(beside(site), 1)))
    assert second[0] == 0, second
    if first[0]:
        assert "meanwhile" in says(first), first
    third = written(site, 10)
    wrong = differences(settled(site.state()), expected)
    wrong += [f"a fourth run has to {what}" for what in written(site, 20)]
    return wrong, third


def undisturbed(site: Stage) -> tuple[list[str], dict[str, Any]]:
    return written(site), settled(site.state())


def trials(moment: Scene, stride: int) -> tuple[int, int]:
    """How often a run was overtaken, and how often a third one had something to mend."""
    writes, expected = moment.tried(lambda: undisturbed(moment.site))
    mended, wrong = 0, []
    chosen = range(len(writes))[stride // 2 :: stride]
    for at in chosen:
        found, third = moment.tried(lambda at=at: raced(moment.site, at, expected))  # type: ignore[misc]
        wrong += [f"overtaken before {writes[at]}: {one}" for one in found]
        mended += bool(third)
    assert not wrong, "\n".join(wrong)
    return len(chosen), mended


@pytest.mark.parametrize("story", SOON)
@pytest.mark.parametrize("forge", FORGES)
def test_a_run_that_is_overtaken_by_another_does_nothing_twice(tmp_path: Path, forge: Forge, story: str) -> None:
    with scene(forge, tmp_path, STORIES[story]) as moment:
        trials(moment, STRIDE)


@pytest.mark.bench
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("forge", FORGES)
def test_a_run_that_is_overtaken_at_each_write_does_nothing_twice(tmp_path: Path, forge: Forge, story: str) -> None:
    with scene(forge, tmp_path, STORIES[story]) as moment:
        many, mended = trials(moment, 1)
    print(f"\n{forge}, {story}: overtaken at {many} writes; a third run had something to mend after {mended}")
    # Only between the push and the description of what was asked for anew.
    assert mended <= (1 if story in ("renewed", "heeded") else 0)


@pytest.mark.parametrize("story", ["first"])
@pytest.mark.parametrize("forge", FORGES)
def test_two_runs_that_start_together_do_nothing_twice(tmp_path: Path, forge: Forge, story: str) -> None:
    def both() -> tuple[list[Ended], list[str]]:
        ended = together(moment.site)
        run(moment.site, 10)
        wrong = differences(settled(moment.site.state()), expected)
        return ended, [*wrong, *written(moment.site, 20)]

    with scene(forge, tmp_path, STORIES[story]) as moment:
        _, expected = moment.tried(lambda: undisturbed(moment.site))
        ended, wrong = moment.tried(both)
        assert not wrong, (ended, wrong)
        for one in ended:
            says(one)


def pushed(made: Scene) -> Callable[[], str]:
    """A person pushes to the branch that a run is about to move; what must still hold, said when it doesn't."""
    branch = made.branch("newer")
    made.push(branch, {"newer/note.txt": b"mine"})
    git = made.git()
    mine = git.branches()[branch]
    return lambda: "" if git.is_ancestor(mine, git.branches().get(branch, "")) else "a person's push was overwritten"


def edited(made: Scene) -> Callable[[], str]:
    number = made.number("newer")
    made.edit(number, "Looked at by ada.\n\n" + made.body(number))
    return lambda: "" if "Looked at by ada." in made.body(number) else "a person's words are gone"


def noted(made: Scene) -> Callable[[], str]:
    """Words on the dashboard."""
    issue = made.dashboard()
    made.edit(issue, "Ask ada first.\n\n" + made.body(issue))
    return lambda: "" if "Ask ada first." in made.body(issue) else "a person's words on the dashboard are gone"


def closed(made: Scene) -> Callable[[], str]:
    number = made.number("newer")
    made.site.person().close(number)
    return lambda: "" if made.state(number) == "closed" else "what a person closed is open"


#: What people do meanwhile, and the write right before which a forge can't tell us of it: none takes a condition.
MEANWHILE: dict[str, tuple[Callable[[Scene], Callable[[], str]], tuple[str, ...]]] = {
    "pushed": (pushed, ()),
    "edited": (edited, ("pulls/3", "merge_requests/3")),
    "noted": (noted, ("issues/4", "issues/1")),
    "closed": (closed, ()),
}


def met(forge: Forge, folder: Path, what: str, stride: int) -> int:
    """Have a person do it before every so many-th write of a run; how often that was."""
    does, blind = MEANWHILE[what]

    def meanwhile(at: int) -> list[str]:
        ended, holds = overtaken(moment.site, at, lambda: does(moment))
        wrong = [holds()]
        says(ended)
        code, out, err = run(moment.site, 10)
        assert code == 0, (out, err)
        return [*wrong, holds(), *written(moment.site, 20)]

    with scene(forge, folder, STORIES["renewed"]) as moment:
        writes, _ = moment.tried(lambda: undisturbed(moment.site))
        chosen = [at for at, write in enumerate(writes) if not write.endswith(blind)][stride // 2 :: stride]
        for at in chosen:
            wrong = [one for one in moment.tried(lambda at=at: meanwhile(at)) if one]  # type: ignore[misc]
            assert not wrong, f"{what} before {writes[at]}: {wrong}"
    return len(chosen)


@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("forge", FORGES)
def test_what_people_do_meanwhile_is_not_overwritten(tmp_path: Path, forge: Forge, what: str) -> None:
    assert met(forge, tmp_path, what, STRIDE)


@pytest.mark.bench
@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("forge", FORGES)
def test_what_people_do_before_any_write_is_not_overwritten(tmp_path: Path, forge: Forge, what: str) -> None:
    print(f"\n{forge}: {what} before {met(forge, tmp_path, what, 1)} writes")

"""A release as a proposal, killed at any effect and run again, ends as one that never was, and nothing is there twice.

Each story is of a run that has something to propose: the first proposal, more in it, a newer version in its place, and
a merged one that is released before the next is proposed.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maintainer.commands.platform import RELEASE
from tests.commands import effects
from tests.commands.forge_scene import Scene
from tests.commands.release_scene import SEMVER, Shop, Where, shop
from tests.commands.test_release_killed import killed, told

PROPOSE = SEMVER + "  propose: true\n  files: [{path: package.json}]\n"
FILES = {"package.json": '{\n  "version": "0.0.0"\n}\n'}
#: In `make test` every so many-th moment is one to die at; `make bench` takes each in turn.
STRIDES: Mapping[Where, int] = {"github": 13, "gitlab": 13, "local": 97}
_SHA = re.compile(r"\b[0-9a-f]{7,40}\b")

End = dict[str, Any]


def first(site: Shop) -> None:
    site.commit("feat: gift cards")


def renewed(site: Shop) -> None:
    first(site)
    site.release()
    site.commit("fix: rounding of VAT")


def replaced(site: Shop) -> None:
    first(site)
    site.release()
    site.commit("feat!: another checkout")


def merged(site: Shop) -> None:
    first(site)
    site.release()
    site.commit("fix: late")
    site.merge(1)
    site.commit("feat: wish lists")


STORIES: dict[str, Callable[[Shop], None]] = {one.__name__: one for one in (first, renewed, replaced, merged)}


def end(site: Shop) -> End:
    """All that is there, but for the names of commits, which hold the time at which they were made."""
    if site.stage:
        state = site.stage.state()
        known = [one for one in state.get("pulls") or state["merge_requests"] if "release" in json.dumps(one)]
    else:
        folder = site.here.root / ".git/maintainer/proposals"
        known = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        known = [(one["written"], one["state"], one["settled"], one["reason"]) for one in known]
    open_ones = [branch for _, branch, state in site.proposals() if state == "open" and branch.startswith(RELEASE)]
    files = {branch: [site.read(branch, path) for path in ("CHANGELOG.md", "package.json")] for branch in open_ones}
    found = {**told(site.state()), "proposals": known, "files": files}
    return dict(json.loads(_SHA.sub("…", json.dumps(found, sort_keys=True, default=str))))


def settled(site: Shop) -> End:
    """What is there once a run has ended, which leaves the next one nothing to do."""
    found: list[str] = []
    site.release()
    before = end(site)
    if site.stage:
        site.forge.before_write = found.append
    assert " is up to date" in site.release()[0].splitlines()[-1]
    assert (found, end(site)) == ([], before)
    return before


def forge_trials(forge: Where, story: Callable[[Shop], None], folder: Path, stride: int) -> int:
    with shop(forge, folder, PROPOSE, FILES) as site:
        story(site)
        assert site.stage
        moment = Scene(site.stage, folder)

        def whole() -> tuple[list[str], End]:
            found: list[str] = []
            site.forge.before_write = found.append
            site.release()
            done = list(found)
            site.forge.before_write = lambda _: None
            return done, settled(site)

        def resumed(at: int, done: bool) -> tuple[str, End]:
            what = killed(site, at, done=done)
            site.now += timedelta(minutes=10)
            return what, settled(site)

        writes, expected = moment.tried(whole)
        moments = [(at, done) for at in range(len(writes)) for done in (False, True)][::stride]
        for at, done in moments:
            what, found = moment.tried(lambda at=at, done=done: resumed(at, done))  # type: ignore[misc]
            assert what == writes[at]
            assert found == expected, f"killed {'after' if done else 'before'} {at}: {what}"
        return len(moments)


def local_trials(story: Callable[[Shop], None], folder: Path, stride: int) -> int:
    """Without a forge: at every so many-th effect on the disk."""
    with shop("local", folder / "expected", PROPOSE, FILES) as site:
        story(site)
        number = effects.count(lambda: site.release())
    with shop("local", folder / "whole", PROPOSE, FILES) as site:
        story(site)
        site.release()
        expected = settled(site)
    moments = range(1, number + 1, stride)
    for at in moments:
        with shop("local", folder / f"{at}", PROPOSE, FILES) as site:
            story(site)
            assert effects.killed_at(at, lambda site=site: site.release()), at  # type: ignore[misc]
            site.now += timedelta(minutes=10)
            assert settled(site) == expected, f"killed before effect {at} of {number}"
    return len(moments)


def trials(where: Where, story: Callable[[Shop], None], folder: Path, stride: int) -> int:
    return local_trials(story, folder, stride) if where == "local" else forge_trials(where, story, folder, stride)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("where", ["local", "github"])
def test_a_killed_proposal_is_finished_by_the_next_run(where: Where, story: str, tmp_path: Path) -> None:
    assert trials(where, STORIES[story], tmp_path, STRIDES[where])


@pytest.mark.bench
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("where", ["local", "github", "gitlab"])
def test_a_proposal_killed_at_each_effect_is_finished(where: Where, story: str, tmp_path: Path) -> None:
    print(f"\n{where}, {story}: killed at {trials(where, STORIES[story], tmp_path, 1)} moments")

"""A run killed anywhere and run again ends as one that was never killed."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.commands.effects import count, killed_at
from tests.commands.site import Site, packument, site

#: In `make test` every so many-th effect is one to die at; `make bench` takes each in turn.
STRIDE = 12


def copied(shop: Site, into: Path) -> Site:
    """The same site, untouched by any run, with its own home."""
    shutil.copytree(shop.root, into / "site", symlinks=True)
    return Site(into / "site", into / "home", shop.server)


def prepared(shop: Site, history: str) -> None:
    """What happened before the run that is killed."""
    if history == "first":
        return
    shop.maintainer("run")
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    shop.write({"maintainer.yml": b"updates:\n  rules:\n    - packages: [shop-cart]\n      act: ignore\n"}, "ignore it")


def trials(tmp_path: Path, history: str, stride: int) -> None:
    with site(tmp_path / "origin") as shop:
        prepared(shop, history)
        whole = copied(shop, tmp_path / "whole")
        effects = count(partial(whole.maintainer, "run"))
        expected = whole.state()
        assert effects > 50
        assert len(expected["refs"]) > 2
        for number in range(1, effects + 1, stride):
            trial = copied(shop, tmp_path / f"{number}")
            killed_at(number, partial(trial.maintainer, "run"))
            assert trial.maintainer("run")[0] == 0
            assert trial.state() == expected, f"killed before effect {number} of {effects}"
            shutil.rmtree(trial.root.parent)


@pytest.mark.parametrize("history", ["first", "later"])
def test_a_run_killed_anywhere_is_finished_by_the_next(tmp_path: Path, history: str) -> None:
    trials(tmp_path, history, STRIDE)


@pytest.mark.bench
@pytest.mark.parametrize("history", ["first", "later"])
def test_a_run_killed_at_each_effect_in_turn_is_finished_by_the_next(tmp_path: Path, history: str) -> None:
    trials(tmp_path, history, 1)

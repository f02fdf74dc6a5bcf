"""Whatever people do between a release's proposal and its merge: the changelog tells each change once."""

import random
from pathlib import Path

import pytest

from tests.commands.release_scene import SEMVER, Shop, shop

PROPOSE = SEMVER + "  propose: true\n"


def step(site: Shop, dice: random.Random, told: list[str]) -> None:
    """One thing that people or a job do."""
    match dice.choice(("commit", "commit", "commit", "hidden", "release", "release", "merge", "merge", "keep")):
        case "commit":
            told.append(f"word-{len(told)}")
            site.commit(f"{dice.choice(('feat', 'fix', 'perf'))}: {told[-1]}")
        case "hidden":
            site.commit("chore: nothing to tell")
        case "release":
            site.release()
        case "merge":
            merge(site)
        case "keep":
            site.run("changelog")
            if site.here.git("status", "--porcelain").text:
                site.here.git("commit", "--quiet", "--all", "--message", "docs: the changelog")


def merge(site: Shop) -> None:
    """The open proposal, where git can; where not, the next release renews it."""
    for number, branch, state in site.proposals():
        base = site.here.git("merge-base", "main", branch).text.strip() if state == "open" else "main"
        ahead = site.here.git("rev-list", f"main..{branch}").text if state == "open" else ""
        if ahead and not site.here.git("diff", "--name-only", base, "main", "--", "CHANGELOG.md").text:
            site.merge(number)


@pytest.mark.parametrize("seed", range(5))
def test_each_change_is_told_once(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path, 14)


@pytest.mark.bench
@pytest.mark.parametrize("seed", range(5, 40))
def test_each_change_is_told_once_in_long_histories(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path, 40)


def check(seed: int, folder: Path, steps: int) -> None:
    dice, told = random.Random(seed), list[str]()
    with shop("local", folder, PROPOSE, {"CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n"}) as site:
        for _ in range(steps):
            step(site, dice, told)
        site.release()
        merge(site)
        site.release()
        site.commit("feat: the last")
        site.release()
        merge(site)
        site.release()
        text = site.read("main", "CHANGELOG.md")
        assert text.count("- the last (") == 1, text
        numbers = {word: text.count(f"- {word} (") for word in told}
        assert numbers == dict.fromkeys(told, 1), text
        assert text.count("\n## ") == len(site.tags()) + 1, (text, site.tags())
        assert len(site.events()) == len(site.tags())

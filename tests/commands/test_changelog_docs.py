"""The page about the changelog is true: its commits are told as it shows, its types stand where it says."""

import re
from pathlib import Path

from maintainer.changes import Entry
from maintainer.writers.changelog import TYPES, lines
from tests.commands.test_changelog import Site
from tests.planning.histories import Step, commit, revert, tag
from tests.writers.changelogs import words

PAGE = (Path(__file__).parents[2] / "docs/changelog.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HASH = re.compile(r"\b[0-9a-f]{7}\b")


def step(message: str) -> Step:
    reverted = re.fullmatch(r'Revert "(.*)"', message)
    return revert(reverted[1]) if reverted else commit(message)


def test_the_commits_are_told_as_the_page_shows(tmp_path: Path) -> None:
    commits, told, mark = BLOCK.findall(PAGE)
    site = Site(tmp_path / "site", commit("feat: the shop"), tag("v2026.40"), *map(step, commits.splitlines()))
    printed, _ = site.run("--print")
    assert HASH.sub("1a2b3c4", printed) == told
    site.run()
    assert re.sub("[0-9a-f]{40}", "", mark) in re.sub("[0-9a-f]{40}", "", site.file.read_text())


def test_types_stand_where_the_page_says() -> None:
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", PAGE, re.MULTILINE)
    said = {name: place for types, place in rows for name in re.findall(r"`(\w+)`", types)}
    assert set(said) <= set(TYPES) and len(said) == 14
    for name, place in said.items():
        told = lines([Entry(name, "x", ())], words=words())
        assert [one.kind for one in told] == ([] if place.startswith("nowhere") else [place])

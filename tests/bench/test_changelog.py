"""What changed, beside other tools: right or wrong of the same histories, and how long a long one takes."""

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from maintainer.changes import Entry
from maintainer.planning.changed import changed
from maintainer.workspace.commits import between
from maintainer.workspace.git import Git
from tests.bench import commit_history
from tests.bench.changelog_tools import TOOLS, Told, installed, words
from tests.bench.measure import ROOT, best
from tests.planning.changed_cases import CASES, TRAPS
from tests.planning.histories import Case, line, made
from tests.workspace.repositories import ENVIRONMENT

pytestmark = pytest.mark.bench

#: What all of the tools have a place for.
NOTABLE = ("feat", "fix", "perf", "refactor", "revert")
TRAILERS = re.compile(r"(?i)(signed-off|co-authored|reviewed)-by|change-id|cherry picked")
SIZES = (12_500, 25_000, 50_000)


def meant(entries: Iterable[Entry]) -> Told:
    """What a history says, in as far as every tool could tell it."""
    entries = list(entries)
    told = {(one.type, words(one.text)) for one in entries if one.type in NOTABLE}
    return told, any(one.breaking for one in entries), ""


def is_right(told: Told, wanted: Told) -> bool:
    return told[:2] == wanted[:2] and not TRAILERS.search(told[2])


def test_the_traps_side_by_side(tmp_path: Path) -> None:
    programs = {name: installed(name) for name in TOOLS}
    cases = [case for case in CASES if not case.restated and not case.under]
    right = {
        name: [is_case_right(name, programs.get(name), case, tmp_path) for case in cases] for name in ("ours", *TOOLS)
    }
    print(f"\n{'':44}" + "".join(f"{name:>25}" for name in right))
    for at, case in enumerate(cases):
        marks = ("-" if answers[at] is None else "right" if answers[at] else "wrong" for answers in right.values())
        print(f"{case.name:44}" + "".join(f"{mark:>25}" for mark in marks))
    for title, count in (("of the nine traps", len(TRAPS)), ("of all", len(cases))):
        print(f"{title:44}" + "".join(f"{sum(map(bool, answers[:count])):>22}/{count}" for answers in right.values()))
    assert all(right["ours"])


def is_case_right(name: str, programs: Path | None, case: Case, tmp_path: Path) -> bool | None:
    """Whether the tool tells the history as it was meant; None where there is no such tool."""
    root = tmp_path / name / case.name
    hand = made(root, case.steps)
    git = Git(root, ENVIRONMENT)
    base = "v1" if git.commit("v1") else ""
    entries = changed(between(git, base, "main")).entries
    if name == "ours":
        return sorted(map(line, entries)) == sorted(case.told)
    if programs is None:
        return None
    if base:
        # They know releases by versions of three numbers.
        hand.git("tag", "v1.0.0", "v1^{}")
        hand.git("tag", "-d", "v1")
    found = is_right(TOOLS[name](programs, root, "v1.0.0" if base else ""), meant(entries))
    shutil.rmtree(root)
    return found


def test_a_long_history_is_told_in_time(tmp_path: Path) -> None:
    programs = installed("git-cliff")
    ours, theirs, work = {}, {}, {}
    for size in SIZES:
        root = tmp_path / str(size)
        commit_history.written(root, size)
        argv: list[str | Path] = [sys.executable, "-m", "tests.bench.commit_history", root]
        ours[size] = best(argv, ROOT, ENVIRONMENT, tmp_path / "ours", 3)
        assert ours[size].code == 0
        work[size] = float((tmp_path / "ours").read_text().splitlines()[-1])
        figures = f"{ours[size].seconds:5.2f} s, {work[size]:5.2f} s of work, {ours[size].mebibytes:5.0f} MiB"
        print(f"\n{size:>7} commits: {figures}", end="")
        if programs:
            argv = [programs / "git-cliff", "--offline", "--repository", root]
            theirs[size] = best(argv, root, ENVIRONMENT, tmp_path / "theirs", 1)
            assert theirs[size].code == 0
            ratio = ours[size].seconds / theirs[size].seconds
            print(
                f"; git-cliff {theirs[size].seconds:5.2f} s {theirs[size].mebibytes:5.0f} MiB; ratio {ratio:.2f}",
                end="",
            )
            assert ratio <= 1
    print()
    # Of a machine that others use too, the work is what is ours.
    assert work[SIZES[-1]] <= 5
    assert ours[SIZES[-1]].mebibytes <= 200
    assert work[SIZES[-1]] <= 1.3 * SIZES[-1] / SIZES[0] * work[SIZES[0]]

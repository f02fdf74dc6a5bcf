"""What is told of histories that real git made, and the laws that hold of all."""

import re
from pathlib import Path

import pytest

from maintainer.changes import Changed, Range
from maintainer.planning.changed import changed, folded
from maintainer.workspace.commits import between
from maintainer.workspace.git import Git
from tests.planning.changed_cases import CASES
from tests.planning.histories import Case, Hand, line, made
from tests.workspace.repositories import ENVIRONMENT

TRAILER = re.compile(r"(?i)(signed-off|co-authored|reviewed)-by|change-id|^cc:|cherry picked|breaking change:")


def told(hand: Hand, case: Case) -> tuple[Range, Changed]:
    git = Git(hand.root, ENVIRONMENT)
    history = between(git, "v1" if git.commit("v1") else "", "main", paths=bool(case.under))
    restated = {hand.sha(subject): messages for subject, messages in case.restated.items()}
    return history, changed(history, restated=restated, under=case.under)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_history_is_told_as_it_was_meant(case: Case, tmp_path: Path) -> None:
    history, found = told(made(tmp_path, case.steps), case)
    assert sorted(line(entry) for entry in found.entries) == sorted(case.told)
    shas = [one.sha for one in history.commits]
    sources = {source.id for entry in found.entries for source in entry.sources}
    left = [one.source.id for one in found.left_out]
    assert all(entry.sources for entry in found.entries)
    assert sources.isdisjoint(left)
    assert sorted([*sources, *left]) == sorted(shas)
    assert folded(found.entries) == found.entries
    for entry in found.entries:
        prose = re.sub(r"```.*?```", "", entry.details, flags=re.DOTALL)
        assert not TRAILER.search("\n".join((entry.text, prose, *entry.breaking)))


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 50

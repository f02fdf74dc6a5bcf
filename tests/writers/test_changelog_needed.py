"""Up to the commit that a changelog remembers, all is told that is told at the end: what came after it says nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.changes import Range
from maintainer.planning.changed import changed
from maintainer.planning.ledger import Restated
from maintainer.planning.reaching import reaching
from maintainer.workspace.commits import between
from maintainer.workspace.git import Git
from maintainer.writers.changelog import Line, lines, needed
from tests.planning.changed_cases import CASES
from tests.planning.histories import Case, made
from tests.planning.test_changed_laws import SUBJECTS, commit, sha
from tests.workspace.repositories import ENVIRONMENT
from tests.writers.changelogs import words

WORDS = words()


def told(history: Range, restated: Restated, under: tuple[str, ...] = ()) -> tuple[tuple[Line, ...], str]:
    """The lines, and the commit that has all behind it that they need."""
    found = changed(history, restated=restated, under=under)
    now = lines(found.entries, words=WORDS)
    return now, reaching(history, needed(found, now)) or history.head


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_of_histories_that_git_made(case: Case, tmp_path: Path) -> None:
    hand = made(tmp_path, case.steps)
    git = Git(hand.root, ENVIRONMENT)
    base = git.commit("v1") or ""
    restated = {hand.sha(subject): messages for subject, messages in case.restated.items()}

    def until(head: str) -> tuple[tuple[Line, ...], str]:
        return told(between(git, base, head, paths=bool(case.under)), restated, tuple(case.under))

    now, up_to = until("main")
    if not base or git.is_ancestor(base, up_to):
        assert until(up_to)[0] == now


def behind(parents: dict[int, list[int]], at: int) -> set[int]:
    """A commit and all before it."""
    return {at}.union(*(behind(parents, parent) for parent in parents[at]))


@given(
    st.lists(
        st.tuples(st.sampled_from([*SUBJECTS, "revert"]), st.integers(0, 5), st.integers(0, 5)),
        min_size=1,
        max_size=10,
    )
)
def test_of_any_shape(shape: list[tuple[str, int, int]]) -> None:
    parents = {
        at: sorted({at - 1 - one for one in pair if at - 1 - one >= 0}, reverse=True)
        for at, (_, *pair) in enumerate(shape)
    }
    messages = [
        f"Undo\n\nThis reverts commit {sha(parents[at][0])}." if message == "revert" and parents[at] else message
        for at, (message, *_) in enumerate(shape)
    ]

    def until(head: int) -> tuple[tuple[Line, ...], str]:
        inside = sorted(behind(parents, head), reverse=True)
        commits = (commit(at, messages[at], *(sha(one) for one in parents[at])) for at in inside)
        return told(Range("", sha(head), tuple(commits)), {})

    now, up_to = until(len(shape) - 1)
    assert until(next(at for at in range(len(shape)) if sha(at) == up_to))[0] == now

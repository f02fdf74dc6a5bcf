"""Laws of what changed, on made-up ranges."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.changes import Changed, Commit, Range
from maintainer.planning.brought import Graph
from maintainer.planning.changed import changed, folded
from tests.planning.histories import line

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SUBJECTS = [
    "feat: a",
    "feat(cart)!: b",
    "fix: c (#1)",
    "Update d",
    "x\n\n* feat: e\n\n* fix: f",
    "chore: g\n\nSigned-off-by: H <h@i.example>",
]


def sha(number: int) -> str:
    return hashlib.sha1(str(number).encode()).hexdigest()


def commit(number: int, message: str, *parents: str) -> Commit:
    return Commit(sha(number), parents, "Ada", "ada@shop.example", NOW + timedelta(minutes=number), message)


def linear(messages: list[str]) -> Range:
    """A range without merges; the first message is the oldest."""
    commits = [commit(at, message, *([sha(at - 1)] if at else [])) for at, message in enumerate(messages)]
    return Range("", sha(len(messages) - 1) if messages else "", tuple(reversed(commits)))


def reverting(messages: list[str], at: int) -> str:
    subject = messages[at].partition("\n")[0]
    return f'Revert "{subject}"\n\nThis reverts commit {sha(at)}.'


@st.composite
def histories(draw: st.DrawFn) -> list[str]:
    """Messages, each new or a revert of one before that is in force: git has nothing to take back of another."""
    messages: list[str] = []
    did: list[tuple[int, bool]] = []
    state: dict[int, bool] = {}
    for at in range(draw(st.integers(0, 12))):
        again = draw(st.booleans())
        standing = [one for one, (change, made) in enumerate(did) if state[change] == made]
        if standing and again:
            back = draw(st.sampled_from(standing))
            messages.append(reverting(messages, back))
            did.append((did[back][0], not did[back][1]))
        else:
            messages.append(draw(st.sampled_from(SUBJECTS)))
            did.append((at, True))
        state[did[at][0]] = did[at][1]
    return messages


def lines(found: Changed) -> list[str]:
    return sorted(line(entry) for entry in found.entries)


@given(histories())
def test_every_commit_is_a_source_or_left_out(messages: list[str]) -> None:
    history = linear(messages)
    found = changed(history)
    sources = {source.id for entry in found.entries for source in entry.sources}
    left = [one.source.id for one in found.left_out]
    assert sorted([*sources, *left]) == sorted(one.sha for one in history.commits)
    assert all(entry.sources for entry in found.entries)
    assert folded(found.entries) == found.entries


@given(histories(), st.data())
def test_a_revert_of_a_revert_changes_nothing(messages: list[str], data: st.DataObject) -> None:
    if not messages:
        return
    before = changed(linear(messages))
    # The last commit is what stands: to take it back twice is to leave it.
    once = [*messages, reverting(messages, len(messages) - 1)]
    twice = [*once, reverting(once, len(once) - 1)]
    assert changed(linear(twice)).entries == before.entries
    without = changed(linear(messages[:-1]))
    assert lines(changed(linear(once))) == lines(without)


@given(st.permutations([*SUBJECTS, "docs: j", "fix(cart): k\n\nBREAKING CHANGE: l"]))
def test_without_reverts_the_order_tells_the_same(messages: list[str]) -> None:
    assert lines(changed(linear(messages))) == lines(changed(linear(sorted(messages))))


@given(histories(), st.integers(0, 12))
def test_what_was_published_and_what_was_told_is_everything(messages: list[str], cut: int) -> None:
    """A range in two parts: nothing that the parts tell and the whole doesn't, but what was undone between them."""
    whole = linear(messages)
    cut = min(cut, len(messages))
    older, newer = whole.commits[len(messages) - cut :], whole.commits[: len(messages) - cut]
    earlier = {one.sha: one for one in older}
    first = changed(replace(whole, commits=older))
    second = changed(replace(whole, base=older[0].sha if older else "", commits=newer, earlier=earlier))
    told = {entry.text for entry in (*first.entries, *second.entries)}
    assert {entry.text for entry in changed(whole).entries} <= told


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=2, max_size=12))
def test_a_merge_brought_what_its_main_line_lacks(shape: list[tuple[int, int]]) -> None:
    parents = {
        at: sorted({at - 1 - one for one in pair if at - 1 - one >= 0}, reverse=True) for at, pair in enumerate(shape)
    }
    commits = [commit(at, "feat: a", *(sha(one) for one in parents[at])) for at in parents]
    graph = Graph(commits[::-1])

    def reach(at: int) -> set[int]:
        return {at}.union(*(reach(parent) for parent in parents[at]))

    for at, above in parents.items():
        if len(above) == 2:
            assert set(graph.brought(commits[at])) == {sha(one) for one in reach(above[1]) - reach(above[0])}
            assert set(graph.brought(commits[at], sha(above[1])[:9])) == {
                sha(one) for one in reach(above[0]) - reach(above[1])
            }


#: So many messages each, of which a careless reader compares each with each; tests/bench reads ten thousands.
HOSTILE: dict[str, Callable[[int], list[str]]] = {
    "items": lambda count: ["Cart\n\n" + "\n".join(f"* feat: {number}" for number in range(count))],
    "reverts of one": lambda count: ["feat: a", *[reverting(["feat: a"], 0)] * count],
    "reverts of the last": lambda count: [
        "feat: a", *[f"Undo\n\nThis reverts commit {sha(at)}." for at in range(count)]
    ],
    "fixups": lambda count: ["feat: a", *["fixup! feat: a"] * count],
    "the same": lambda count: ["Sync"] * count,
    "a number of all": lambda count: [*["feat: a (#1)"] * (count // 2), *["x\n\nReverts a/b#1"] * (count // 2)],
    "hashes of nobody": lambda count: [
        "revert: a\n\nRefs: " + ", ".join(sha(at)[: 7 + at % 50] for at in range(1_000, 2_000))
    ] * (count // 20),
    "quotes": lambda count: ['Revert "' * 500 + "feat: a" + '"' * 500] * (count // 20),
}  # fmt: skip


#: What is told of forty of them; of the others, one thing.
TOLD = {"items": 40, "reverts of one": 0, "a number of all": 0}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_history_is_told(name: str) -> None:
    history = linear(HOSTILE[name](40))
    found = changed(history)
    assert len(found.entries) == TOLD.get(name, 1)
    told = [*(source.id for entry in found.entries for source in entry.sources),
            *(one.source.id for one in found.left_out)]  # fmt: skip
    assert set(told) == {one.sha for one in history.commits}

"""What is told of histories that real git made, and the laws that hold of all."""

import re
from pathlib import Path

import pytest

from maintainer.changes import Changed, Range
from maintainer.planning.changed import changed, folded
from maintainer.workspace.commits import between
from maintainer.workspace.git import Git
from tests.planning.changed_cases import CASES
from tests.planning.histories import Case, Hand, branch, commit, line, made, merge, on, pick, revert, tag
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


def reasons(hand: Hand, found: Changed) -> dict[str, str]:
    """The first line of each commit that is left out, and why it is."""
    return {hand.git("log", "-1", "--format=%s", one.source.id, clock=False): one.why for one in found.left_out}


def test_what_is_left_out_has_a_reason(tmp_path: Path) -> None:
    steps = (
        commit("chore: first"),
        branch("release"),
        on("main"),
        commit("fix: a"),
        on("release"),
        pick("fix: a"),
        tag("v1"),
        on("main"),
        commit("feat: b", "x/b"),
        revert("feat: b"),
        commit("fixup! feat: of yore"),
        branch("y"),
        commit("feat: c", "x/c"),
        on("main"),
        commit("fix: d", "z/d"),
        merge("y", "Merge it"),
        commit("wip"),
    )
    hand = made(tmp_path, steps)
    history = between(Git(tmp_path, ENVIRONMENT), "v1", "main", paths=True)
    found = changed(history, restated={hand.sha("wip"): ()}, under=("x",))
    assert [line(entry) for entry in found.entries] == ["feat: c"]
    assert reasons(hand, found) == {
        "fix: a": "published",
        "feat: b": "cancelled",
        'Revert "feat: b"': "cancelled",
        "fixup! feat: of yore": "fixup",
        "fix: d": "elsewhere",
        "Merge it": "merge",
        "wip": "restated",
    }


def test_doubts_are_told_with_their_commits(tmp_path: Path) -> None:
    steps = (
        commit("feat: a\n\nbreaking change: b"),
        commit("fix!(cart): c"),
        commit("fix: d\n\nBREAKING: e"),
        branch("x"),
        commit("wip"),
        on("main"),
        merge("x", "Merge pull request #1 from shop/x\n\nfeat!: f"),
        branch("y"),
        commit("feat!: g"),
        on("main"),
        merge("y", "Merge pull request #2 from shop/y\n\nfeat!: g"),
    )
    hand = made(tmp_path, steps)
    found = changed(between(Git(tmp_path, ENVIRONMENT), "", "main"))
    assert {(one.why, one.text, one.sources[0].id) for one in found.doubts} == {
        ("nearly-breaking", "breaking change: b", hand.sha("feat: a")),
        ("nearly-breaking", "BREAKING: e", hand.sha("fix: d")),
        ("malformed", "fix!(cart): c", hand.sha("fix!(cart): c")),
        ("merge", "f", hand.sha("Merge pull request #1 from shop/x")),
    }
    assert not any("breaking change" in entry.details for entry in found.entries)


def test_entries_come_newest_first_with_all_their_sources(tmp_path: Path) -> None:
    steps = (commit("feat: a"), commit("fix: b"), commit("fixup! feat: a"), commit("docs: c"), commit("Fix: B (#3)"))
    hand = made(tmp_path, steps)
    found = changed(between(Git(tmp_path, ENVIRONMENT), "", "main")).entries
    assert [line(entry) for entry in found] == ["fix: B [#3]", "docs: c", "feat: a"]
    assert [[source.id for source in entry.sources] for entry in found] == [
        [hand.sha("Fix: B (#3)"), hand.sha("fix: b")],
        [hand.sha("docs: c")],
        [hand.sha("fixup! feat: a"), hand.sha("feat: a")],
    ]


def test_files_that_were_not_read_are_asked_for(tmp_path: Path) -> None:
    made(tmp_path, (commit("feat: a"),))
    with pytest.raises(ValueError, match="read the range with `paths`"):
        changed(between(Git(tmp_path, ENVIRONMENT), "", "main"), under=("x",))


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 50

"""Reading a range from real git: what it has of each commit, and what it says when there isn't all of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from maintainer.changes import Range
from maintainer.errors import ConfigurationError, ToolFailed
from maintainer.planning.changed import changed
from maintainer.workspace.commits import between
from maintainer.workspace.git import Git
from maintainer.workspace.remote import Remote
from tests.planning.histories import Hand, branch, commit, made, merge, on, pick, revert, tag
from tests.workspace.repositories import ENVIRONMENT


def subjects(history: Range) -> list[str]:
    return [one.message.partition("\n")[0] for one in history.commits]


def git(hand: Hand) -> Git:
    return Git(hand.root, ENVIRONMENT)


def test_a_range_is_read_newest_first(tmp_path: Path) -> None:
    hand = made(
        tmp_path,
        (
            commit("feat: a"),
            tag("v1"),
            branch("x"),
            commit("feat: b", "src/żółw b"),
            on("main"),
            commit("fix: c\n\nwords\n"),
            merge("x"),
        ),
    )
    found = between(git(hand), "v1", "main", paths=True)
    assert (found.base, found.head, found.cut) == (hand.sha("feat: a"), hand.git("rev-parse", "main"), False)
    newest, *rest = found.commits
    assert subjects(found)[0] == "Merge branch 'x'"
    assert newest.parents == (hand.sha("fix: c"), hand.sha("feat: b"))
    assert newest.paths == ()
    assert {one.sha: one.paths for one in rest}[hand.sha("feat: b")] == ("src/żółw b",)
    fix = next(one for one in rest if one.sha == hand.sha("fix: c"))
    assert (fix.author, fix.email, fix.message, fix.patch) == ("Ada", "ada@shop.example", "fix: c\n\nwords\n", "")
    assert f"{fix.at:%z}" == "+0000"


def test_without_a_base_it_is_all_of_the_history(tmp_path: Path) -> None:
    hand = made(tmp_path, (commit("feat: a"), commit("feat: b")))
    assert subjects(between(git(hand), "", "main")) == ["feat: b", "feat: a"]
    assert between(git(hand), "main", "main").commits == ()


def test_the_same_change_has_the_same_patch(tmp_path: Path) -> None:
    hand = made(
        tmp_path,
        (commit("feat: a"), branch("x"), commit("fix: b"), on("main"), commit("fix: c"), pick("fix: b"), merge("x")),
    )
    found = between(git(hand), "", "main")
    patches = [one.patch for one in found.commits if one.message.startswith("fix: b")]
    assert len(patches) == 2
    assert len(set(patches)) == 1
    assert patches[0]
    assert {one.patch for one in found.commits if not one.message.startswith("fix: b")} == {""}


def test_what_was_published_from_another_branch_is_read(tmp_path: Path) -> None:
    hand = made(
        tmp_path, (commit("feat: a"), branch("release"), commit("fix: b"), tag("v1"), on("main"), commit("fix: c"))
    )
    found = between(git(hand), "v1", "main")
    assert (subjects(found), [one.sha for one in found.published]) == (["fix: c"], [hand.sha("fix: b")])


def test_commits_that_are_named_are_read(tmp_path: Path) -> None:
    hand = made(
        tmp_path,
        (
            commit("feat: a"),
            commit("feat: b"),
            tag("v1"),
            branch("x"),
            commit("feat: c"),
            on("main"),
            revert("feat: a"),
            commit(lambda hand: f"revert: b\n\nRefs: {hand.sha('feat: b')[:8]}, {hand.sha('feat: c')}"),
        ),
    )
    found = between(git(hand), "v1", "main")
    assert {name: one.sha for name, one in found.earlier.items()} == {
        hand.sha("feat: a"): hand.sha("feat: a"),
        hand.sha("feat: b")[:8]: hand.sha("feat: b"),
    }


def test_a_message_in_no_encoding_is_read(tmp_path: Path) -> None:
    hand = made(tmp_path, (commit("fix: a"),))
    tree = hand.git("rev-parse", "main^{tree}")
    raw = f"tree {tree}\nauthor A\xe9 <a> 1 +0000\ncommitter A <a> 1 +0000\n\nfix: za\xbf\n"
    sha = hand.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode("latin-1"))
    (found,) = between(git(hand), "", sha).commits
    assert (found.author, found.message) == ("A\N{REPLACEMENT CHARACTER}", "fix: za\N{REPLACEMENT CHARACTER}\n")


def test_what_the_user_configured_changes_nothing(tmp_path: Path) -> None:
    hand = made(tmp_path, (commit("fix: a"), commit("fix: b", "x y")))
    settings = {
        "log.showRoot": "false", "log.decorate": "full", "format.pretty": "oneline", "log.follow": "true",
        "i18n.logOutputEncoding": "ISO-8859-2", "log.diffMerges": "on", "color.ui": "always", "log.mailmap": "true",
        "diff.noprefix": "true", "diff.external": "false",
    }  # fmt: skip
    for name, value in settings.items():
        hand.git("config", name, value)
    found = between(git(hand), "", "main", paths=True)
    assert [(one.message.strip(), one.paths) for one in found.commits] == [
        ("fix: b", ("x y",)),
        ("fix: a", ("file-0",)),
    ]


def test_an_unknown_name_is_told(tmp_path: Path) -> None:
    hand = made(tmp_path, (commit("fix: a"),))
    with pytest.raises(ConfigurationError, match="'v9' is no commit here"):
        between(git(hand), "v9", "main")
    with pytest.raises(ConfigurationError, match="no commit"):
        between(git(hand), "--all", "main")


def shallow(tmp_path: Path, depth: int) -> tuple[Hand, Git, Mapping[str, str]]:
    hand = made(
        tmp_path / "origin", (commit("feat: a"), tag("v1"), commit("fix: b"), commit("fix: c"), commit("fix: d"))
    )
    Git(tmp_path, ENVIRONMENT).run("clone", "-q", f"--depth={depth}", hand.root.as_uri(), "clone")
    refs = {"refs/heads/main": hand.sha("fix: d"), "refs/tags/v1": hand.git("rev-parse", "v1")}
    return hand, Git(tmp_path / "clone", ENVIRONMENT), refs


def test_a_shallow_history_is_completed(tmp_path: Path) -> None:
    hand, clone, refs = shallow(tmp_path, 2)
    found = between(clone, hand.sha("feat: a"), "main", remote=Remote(clone, hand.root.as_uri()), refs=refs)
    assert (subjects(found), found.cut) == (["fix: d", "fix: c", "fix: b"], False)


def test_a_shallow_history_says_so(tmp_path: Path) -> None:
    hand, clone, _ = shallow(tmp_path, 2)
    with pytest.raises(ConfigurationError, match="shallow clone: fetch its history"):
        between(clone, hand.sha("feat: a"), "main")
    found = between(clone, "", "main")
    assert (subjects(found), found.cut) == (["fix: d", "fix: c"], True)
    told = changed(found)
    assert [(one.why, one.text) for one in told.doubts] == [("cut", hand.sha("fix: c"))]
    assert between(clone, "main~1", "main").cut is False


@pytest.mark.parametrize("piece", [1, 7, 64, 1_000])
def test_it_matters_not_in_which_pieces_git_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    hand = made(tmp_path, tuple(commit(f"fix: zażółć {number}\n\nbody") for number in range(9)))
    monkeypatch.setattr("maintainer.process.PIECE", piece)
    found = between(git(hand), "", "main")
    assert subjects(found) == [f"fix: zażółć {number}" for number in reversed(range(9))]
    assert {one.message for one in found.commits} == {f"fix: zażółć {number}\n\nbody" for number in range(9)}


def test_a_message_without_end_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = made(tmp_path, (commit("fix: a"), commit("fix: b\n\n" + "long " * 100)))
    monkeypatch.setattr("maintainer.process.PIECE", 50)
    monkeypatch.setattr("maintainer.workspace.commits.LIMIT", 300)
    with pytest.raises(ToolFailed, match="message has more than"):
        between(git(hand), "", "main")


def test_paths_are_those_of_each_commit(tmp_path: Path) -> None:
    hand = made(tmp_path, (commit("fix: a", "a" * 40), commit("fix: b", "b/c")))
    assert [one.paths for one in between(git(hand), "", "main", paths=True).commits] == [("b/c",), ("a" * 40,)]

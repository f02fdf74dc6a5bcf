"""What commits are to be read as, once it is known which proposal brought each."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from maintainer.changes import Changed, Commit, Range, Source
from maintainer.planning.changed import changed
from maintainer.planning.joined import Joined, joined, stated, traced
from maintainer.releasing import Merge

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LABELS = {"bug": "fix", "enhancement": "feat", "breaking": "!", "skip-changelog": ""}
UPDATE = (("composer.json", "acme/cart", "1.0", "1.1"),)


def sha(name: str) -> str:
    return hashlib.sha1(name.encode()).hexdigest()


def history(**commits: tuple[str, str]) -> Range:
    """By name: its parents' names and its message; the oldest first."""
    found = [
        Commit(sha(name), tuple(map(sha, parents.split())), "Ada", "ada@shop.example", NOW + timedelta(hours=at), text)
        for at, (name, (parents, text)) in enumerate(commits.items())
    ]
    return Range("", found[-1].sha, tuple(reversed(found)))


SQUASH = history(a=("", "chore: begin"), b=("a", "Gift cards (#7)\n\n* wip\n\n* more of it"))
TYPED = history(a=("", "chore: begin"), b=("a", "feat(cart): gift cards (#7)"))
MERGED = history(
    a=("", "chore: begin"), b=("a", "wip"), c=("b", "tests"), m=("a c", "Merge pull request #7 from x/y\n\nGift cards")
)
MIXED = history(a=("", "chore: begin"), b=("a", "wip"), c=("b", "fix: d"), m=("a c", "Merge branch 'x'"))


def merge(at: str, title: str = "Gift cards", **more: object) -> Merge:
    return Merge(**({"number": 7, "title": title, "at": NOW, "commit": sha(at), "url": "https://f.example/7"} | more))  # type: ignore[arg-type]


def override(*lines: str) -> str:
    return "\n".join(["Words", "BEGIN_COMMIT_OVERRIDE", *lines, "END_COMMIT_OVERRIDE", "more"])


CASES: Mapping[str, tuple[Range, Merge, list[tuple[str, str]]]] = {
    "a title where commits say nothing": (MERGED, merge("m"), [("other", "Gift cards")]),
    "a label tells the type": (MERGED, merge("m", labels=("Bug",)), [("fix", "Gift cards")]),
    "a label says that it breaks": (MERGED, merge("m", labels=("breaking",)), [("feat", "Gift cards")]),
    "a typed title needs no label": (MERGED, merge("m", "perf: carts", labels=("bug",)), [("perf", "carts")]),
    "a title that only looks typed": (MERGED, merge("m", "Note: carts"), [("note", "carts")]),
    "typed commits say it themselves": (MIXED, merge("m"), [("fix", "d"), ("other", "wip")]),
    "a label leaves it out": (MIXED, merge("m", labels=("skip-changelog",)), []),
    "a squash by its title": (SQUASH, merge("b", labels=("enhancement",)), [("feat", "Gift cards")]),
    "a typed squash": (TYPED, merge("b", "Other words", labels=("bug",)), [("feat", "gift cards")]),
    "by the number where the forge names no commit": (
        SQUASH,
        merge("b", commit="", labels=("bug",)),
        [("fix", "Gift cards")],
    ),
    "a number that someone else wrote": (TYPED, merge("b", commit=sha("elsewhere")), [("feat", "gift cards")]),
    "fast-forwarded": (MIXED, merge("c", "Words", commit="", head=sha("c")), [("fix", "d"), ("other", "wip")]),
    "an override": (
        MIXED,
        merge("m", body=override("feat(cart): cards", "", "BREAKING CHANGE: keys", "fix: sums", "chore: x")),
        [("chore", "x"), ("feat", "cards"), ("fix", "sums")],
    ),
    "an override with CRLF": (SQUASH, merge("b", body=override("fix: a").replace("\n", "\r\n")), [("fix", "a")]),
    "an override of nothing": (SQUASH, merge("b", body=override("")), []),
    "an override without an end": (SQUASH, merge("b", body="BEGIN_COMMIT_OVERRIDE\nfix: a"), [("other", "Gift cards")]),
    "an update is the diff's to tell": (SQUASH, merge("b", identity=UPDATE), []),
    "what people added to an update": (MIXED, merge("m", identity=UPDATE), [("fix", "d")]),
}  # fmt: skip


def told(found: Changed) -> list[tuple[str, str]]:
    return sorted((one.type, one.text) for one in found.entries if one.text != "begin")


def both(range_: Range, one: Merge) -> tuple[Joined, Changed]:
    made = joined(range_, [one], LABELS)
    found = changed(range_, restated=made.restated)
    return made, traced(found, made, "https://f.example/c/{}".format, "https://f.example/i/{}".format)


@pytest.mark.parametrize("name", CASES)
def test_what_is_told_of_a_proposal(name: str) -> None:
    range_, one, expected = CASES[name]
    _, found = both(range_, one)
    assert told(found) == expected
    everyone = {source.id for entry in found.entries for source in entry.sources} | {
        left.source.id for left in found.left_out
    }
    assert {commit.sha for commit in range_.commits} <= everyone


def test_breaking_notes_of_an_override_and_of_a_label() -> None:
    _, found = both(*CASES["an override"][:2])
    assert [one.breaking for one in found.entries if one.type == "feat"] == [("keys",)]
    _, found = both(*CASES["a label says that it breaks"][:2])
    assert [one.breaking for one in found.entries if one.type == "feat"] == [("Gift cards",)]


def test_entries_name_their_proposal_first_and_each_issue_once() -> None:
    range_ = history(a=("", "chore: begin"), b=("a", "feat: cards (#7)\n\nCloses #3\nRefs: shop/site#4"))
    made, found = both(range_, merge("b"))
    assert made.merges == (merge("b"),)
    entry = next(one for one in found.entries if one.type == "feat")
    assert entry.sources == (
        Source("proposal", "7", "https://f.example/7"),
        Source("commit", sha("b"), f"https://f.example/c/{sha('b')}"),
        Source("issue", "#3", "https://f.example/i/#3"),
        Source("issue", "shop/site#4", "https://f.example/i/shop/site#4"),
    )


def test_a_proposal_into_anothers_branch_brought_its_own() -> None:
    range_ = history(
        a=("", "chore: begin"), b=("a", "feat: inner"), m=("a b", "Merge pull request #1 from x/y\n\nInner"),
        c=("m", "feat: outer"), n=("a c", "Merge pull request #2 from x/z\n\nOuter"),
    )  # fmt: skip
    inner, outer = merge("m", "Inner", number=1), merge("n", "Outer", number=2)
    made = joined(range_, [outer, inner], LABELS)
    assert {name: made.brought[sha(name)].number for name in "bmcn"} == {"b": 1, "m": 1, "c": 2, "n": 2}
    assert [one.number for one in made.merges] == [2, 1]


def test_merges_of_another_range_are_left_out() -> None:
    assert joined(TYPED, [merge("nowhere", commit=sha("nowhere"))], LABELS) == Joined((), {}, {})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("## Required actions\n\n- [ ] Clear the cache\n- [x] Tell us\n\n## More\nx", "Clear the cache Tell us"),
        ("## Action required:\nRun the migration.", "Run the migration."),
        ("### Trzeba zrobić\nZmień klucz\n#### jak\nw panelu\n## Inne\nx", "Zmień klucz jak w panelu"),
        ("## Required actions\nNone.", ""),
        ("## Trzeba zrobić\nnic", ""),
        ("## Required actions\n<!-- say what -->\n", ""),
        ("Required actions: none of this is a heading", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_a_proposal_says_has_to_be_done(body: str, text: str) -> None:
    found = stated([merge("b", body=body)])
    assert [one.text for one in found] == ([text] if text else [])
    assert all(one.sources == (Source("proposal", "7", "https://f.example/7"),) for one in found)

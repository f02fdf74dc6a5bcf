"""A commit message by Conventional Commits 1.0.0, and whatever else people, forges and enemies write."""

from collections.abc import Callable
from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.changes import Reference
from maintainer.text.commit_header import header, tail
from maintainer.text.commit_undoing import Undoing, quoted, undoing
from maintainer.text.conventional import merged, read, title

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = SHA[::-1]


@pytest.mark.parametrize(
    ("line", "type", "scopes", "breaking", "description"),
    [
        ("feat: a", "feat", (), False, "a"),
        ("feat(cart)!: a", "feat", ("cart",), True, "a"),
        ("feat!: a", "feat", (), True, "a"),
        ("FEAT(Cart): A", "feat", ("Cart",), False, "A"),
        ("feat( cart ,checkout,cart): a", "feat", ("cart", "checkout"), False, "a"),
        ("feat(): a", "feat", (), False, "a"),
        ("feat:   a   b ", "feat", (), False, "a b"),
        ("shop-front: a", "shop-front", (), False, "a"),
        ("feat: ✨ a: b (c)", "feat", (), False, "✨ a: b (c)"),
        (":art::fire: feat: a", "feat", (), False, "a"),
        ("[WIP] [SHOP-1] fix: a", "fix", (), False, "a"),
        ("Merged PR 12: fix: a", "fix", (), False, "a"),
        ("SHOP-1 - fix: a", "fix", (), False, "a"),
    ],
)
def test_a_header(line: str, type: str, scopes: tuple[str, ...], breaking: bool, description: str) -> None:
    found = header(line)
    assert found and found[:4] == (type, scopes, breaking, description)


@pytest.mark.parametrize(
    "line",
    ["", "feat:", "feat: ", "feat:a", "feat (a): b", "feat!(a): b", "feat(a: b", "feat((a)): b", "two words: a", ": a",
     "1: a", "http://shop.example", "UTF-8 is: here", "[WIP] a: b", "✨ a", "żółw: a"],
)  # fmt: skip
def test_no_header(line: str) -> None:
    assert header(line) is None


def test_references_stand_apart() -> None:
    assert tail("a (#1) (backport #2) (shop/site#3)") == ("a", ["#1", "#2", "shop/site#3"])
    assert tail("a (b) [skip ci]") == ("a (b)", [])
    found = header("fix: as #1 says, not x&#2; or a#3 (!4)")
    assert found and [one.id for one in found.references] == ["#1", "!4"]


def test_footers_end_values_of_others() -> None:
    found = read(
        "fix: a\n\nWhy.\n\nBREAKING CHANGE: one\n  two\n\nthree\n"
        "Reviewed-by: Z\nAcked-by: Y\n  and X\nRefs #133\nCloses: #1, !2"
    )
    assert found.body == "Why."
    assert found.breaking == ("one\n  two\n\nthree",)
    assert found.references == (Reference("#133"), Reference("#1", True), Reference("!2", True))


def test_a_footer_of_another_kind_is_one_in_the_last_paragraph_only() -> None:
    found = read("fix: a\n\nNote: this stays.\n\nBack-end: this, too\nand that\n\nDeployed: yes\nRisk: none")
    assert found.body == "Note: this stays.\n\nBack-end: this, too\nand that"


@pytest.mark.parametrize(
    ("message", "breaking"),
    [
        ("fix: a\nBREAKING CHANGE: b", ("b",)),
        ("fix: a\n\nBREAKING-CHANGE: b", ("b",)),
        ("fix: a\n\n**BREAKING CHANGE:** b", ("b",)),
        ("fix: a\n\nBREAKING CHANGES: b", ("b",)),
        ("fix: a\n\nBREAKING CHANGE(api): b", ("b",)),
        ("fix!: a\n\nBREAKING CHANGE: b\n\nBREAKING CHANGE: c", ("b", "c")),
        ("update\n\nBREAKING CHANGE: b", ("b",)),
        ("fix: a\n\nBREAKING CHANGE b", ()),
        ("fix: a\n\nno BREAKING CHANGE: b", ()),
        ("fix: a\n\nBreaking Change: b", ()),
        ("fix: a\n\nbreaking-change: b", ()),
    ],
)
def test_what_breaks(message: str, breaking: tuple[str, ...]) -> None:
    assert read(message).breaking == breaking


def test_lower_case_is_a_doubt_and_no_text() -> None:
    found = read("fix: a\n\nWhy.\n\nbreaking change: b\ngoes on\n\nMore.")
    assert (found.body, found.breaking, found.nearly) == ("Why.\n\nMore.", (), ("breaking change: b",))


@pytest.mark.parametrize(
    ("subject", "body", "found"),
    [
        ('Revert "feat: a"', "", Undoing(subject="feat: a")),
        ('Reapply "feat: a"', "", Undoing(subject='Revert "feat: a"')),
        ("x", f"This reverts commit {SHA}.", Undoing((SHA,))),
        ("x", f"This reverts commit {SHA[:7]}", Undoing((SHA[:7],))),
        ("x", f"This reverts commits {SHA}, {SHA[:8]} and {SHA[:9]}.", Undoing((SHA, SHA[:8], SHA[:9]))),
        (
            "x",
            f"This reverts commit {SHA}, reversing\nchanges made to {SHA[::-1]}.",
            Undoing((SHA,), mainline=SHA[::-1]),
        ),
        ("x", f"This reverts commit {SHA} (feat: a).", Undoing((SHA,))),
        ("x", "Reverts shop/site#12", Undoing((), ("#12",))),
        ("x", "This reverts merge request shop/site!12", Undoing((), ("!12",))),
    ],
)
def test_what_is_taken_back(subject: str, body: str, found: Undoing) -> None:
    assert undoing(subject, body) == (found, "")


@pytest.mark.parametrize(
    "body",
    [
        f"This reverts commit {SHA} in part.",
        f"This partly reverts commit {SHA}.",
        "It Reverts a#12 as well",
        "This reverts commit bad.",
    ],
)
def test_a_part_is_no_revert(body: str) -> None:
    assert undoing("x", body) == (None, body)


def test_a_revert_is_known_by_its_type() -> None:
    assert read(f"revert: feat: a\n\nRefs: {SHA}, {SHA[:7]}").undoing == Undoing((SHA, SHA[:7]), (), "feat: a")
    assert read('Revert: "feat: a"').undoing == Undoing((), (), "feat: a")


def test_items_have_bodies_of_their_own() -> None:
    found = read(
        "Cart (#12)\n\n* feat: a\n\nWhy a.\n\n- one\n- two\n\n* wip\n\nnothing\n\n"
        "* fix: b\n  Refs #4\n---------\n\nCo-authored-by: B"
    )
    assert [(one.description, one.body) for one in found.items] == [("a", "Why a.\n\n- one\n- two"), ("b", "")]
    assert found.items[1].references == (Reference("#4"),)
    assert found.is_container
    assert found.body == "* wip\n\nnothing\n\n---------"


def test_a_title_is_what_a_merge_brought() -> None:
    github = "Merge pull request #12 from shop/x\n\nfeat: a"
    gitlab = "Merge branch 'x' into 'main'\n\nfeat: a\n\nSee merge request shop/site!12"
    assert [title(github), title(gitlab), title("feat: b")] == ["feat: a", "feat: a", "feat: b"]
    assert [merged(github), merged(gitlab), merged("a (#1) (#2)"), merged("a")] == ["#12", "!12", "#2", ""]


#: Texts of about so many characters, made to be slow to read; tests/bench reads a mebibyte of each.
BOMBS: dict[str, Callable[[int], str]] = {
    "spaces": lambda size: "feat: " + " " * size,
    "words": lambda size: "feat: " + "a " * (size // 2),
    "hex": lambda size: "x\n\nThis reverts commit " + "a" * size,
    "hashes": lambda size: "x\n\nThis reverts commits " + (SHA + ", ") * (size // 42),
    "reverts": lambda size: "x\n\n" + "This reverts commit \n" * (size // 21),
    "quotes": lambda size: 'Revert "' * (size // 8) + '"' * 9,
    "parens": lambda size: "feat: a" + " (#1)" * (size // 5),
    "open parens": lambda size: "feat" + "(" * size + ")",
    "brackets": lambda size: "[a] " * (size // 4) + "feat: a",
    "skips": lambda size: "feat: a" + " \t" * (size // 2) + "[skip",
    "comments": lambda size: "a\n\n" + "<!--" * (size // 4),
    "bullets": lambda size: "a\n\n" + "* feat: a\n" * (size // 10),
    "items": lambda size: "a\n\n" + "\n".join(f"* feat: {n}" for n in range(size // 14)),
    "indented": lambda size: "a\n\n" + "\n".join(" " * n + "* feat: a" for n in range(isqrt(2 * size))),
    "notes": lambda size: "a\n\n" + "BREAKING CHANGE: a\n\n" * (size // 20),
    "footers": lambda size: "a\n\n" + "Signed-off-by: a\n" * (size // 17),
    "hyphens": lambda size: "a\n\n" + "a-" * (size // 2),
    "tokens": lambda size: "a\n\n" + "\n".join("a-" * 50 + "b" for _ in range(size // 102)),
    "newlines": lambda size: "feat: a" + "\n" * size + "b",
    "fences": lambda size: "a\n" + "```\n" * (size // 4),
    "robot": lambda size: "a\n\n" + "updated-dependencies:\n" * (size // 22),
    "colons": lambda size: ":a:" * (size // 3),
    "emoji": lambda size: "✨" * (size // 3),
    "fixups": lambda size: "fixup! " * (size // 7),
    "picked": lambda size: "a\n\n" + "(cherry picked from commit " * (size // 27),
    "merge": lambda size: "See merge request " + "a/" * (size // 2),
    "pull": lambda size: "Merged " + "(pull request #1" * (size // 16),
}


#: Type, items and notes of a bomb of 4,200 characters, where it has any.
FOUND = {
    **dict.fromkeys(["words", "parens", "skips", "newlines"], ("feat", 0, 0)),
    "quotes": ("revert", 0, 0),
    "bullets": ("", 1, 0),
    "indented": ("", 1, 0),
    "items": ("", 300, 0),
    "notes": ("", 0, 210),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read(name: str) -> None:
    text = BOMBS[name](4_200)
    found = read(text)
    assert (found.type, len(found.items), len(found.breaking)) == FOUND.get(name, ("", 0, 0))
    assert merged(text) == ("#1" if name == "parens" else "")
    assert title(text) == text.partition("\n")[0].strip()


PIECES = st.lists(
    st.sampled_from(
        ["feat: a", "* fix(b)!: c", "- wip", "BREAKING CHANGE: d", "breaking change: e",
         "Signed-off-by: F <f@g.example>", "", "  more",
         "```", "Refs #1", "(cherry picked from commit " + SHA + ")", 'Revert "x"', "This reverts commit " + SHA + ".",
         "---------",
         "<!--", "-->", "words", "\tCc: h", "commit " + SHA, "Author: A", "Co-authored-by: B"]
    ),
    max_size=14,
)  # fmt: skip


@given(PIECES)
def test_no_trailer_is_in_what_is_told(lines: list[str]) -> None:
    found = read("\n".join(line for line in lines if line != "```"))
    for one in (found, *found.items):
        words = "\n".join((one.description, one.body, *one.breaking))
        assert not any(trailer in words for trailer in ("Signed-off-by", "Co-authored-by", "cherry picked", "Cc:"))
        assert one.items == () or one is found
        assert not one.breaking or "\n".join(lines).count("BREAKING") or "!: c" in "\n".join(lines)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = read(text)
    assert "\n" not in found.description
    assert quoted(f'Revert "{found.subject}"') == found.subject

"""Lines of a changelog: where each change stands, in which words, known from where; outsiders' words do nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maintainer.changes import Entry, Reference, Source, Undone
from maintainer.model import Advisory
from maintainer.releasing import Moved
from maintainer.writers import sanitise
from maintainer.writers.changelog import Line, lines, prose
from tests.writers.changelogs import commit, proposal, words

SHA = commit(1)


def said(*entries: Entry, language: str = "en") -> list[str]:
    return [shown(one) for one in lines(entries, words=words(language))]


def shown(line: Line) -> str:
    return f"{line.kind}: {line.words}"


def entry(type: str, text: str = "x", *scopes: str, breaking: tuple[str, ...] = (), **more: bool) -> Entry:
    return Entry(type, text, (SHA,), scopes, breaking, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (entry("feat"), ["Added: x"]),
        (entry("fix", "x", "cart"), ["Fixed: **cart:** x"]),
        (entry("perf", "x", "cart", "tax"), ["Changed: **cart, tax:** x"]),
        (entry("deprecate"), ["Deprecated: x"]),
        (entry("remove"), ["Removed: x"]),
        (entry("security"), ["Security: x"]),
        (entry("other"), ["Changed: x"]),
        (entry("nobody-knows"), ["Changed: x"]),
        (entry("chore"), []),
        (entry("docs"), []),
        (entry("feat", ""), []),
        (entry("chore", "drop PHP 7", breaking=("drop PHP 7",)), ["Changed: **Breaking:** drop PHP 7"]),
        (entry("feat", "x", breaking=("y", "z")), ["Added: **Breaking:** x: y: z"]),
        (entry("feat", "x.", breaking=("y",)), ["Added: **Breaking:** x. y"]),
        (entry("feat", "", breaking=("y",)), ["Added: **Breaking:** y"]),
        (Entry("revert", "cards", (SHA,), undoes=(Undone("feat", "cards"),)), ["Changed: Reverted: cards"]),
        (entry("feat", "gift cards", restored=True), ["Added: Restored: gift cards"]),
    ],
)  # fmt: skip
def test_an_entry_is_a_line(told: Entry, expected: list[str]) -> None:
    assert said(told) == expected


def test_the_order_is_that_of_keep_a_changelog_and_what_breaks_comes_first() -> None:
    told = [entry(kind, kind) for kind in ("security", "fix", "remove", "deprecate", "perf", "feat")]
    assert [one.split(":")[0] for one in said(*told)] == [
        "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security",
    ]  # fmt: skip
    assert said(entry("feat", "a"), entry("feat", "b", breaking=("b",))) == ["Added: **Breaking:** b", "Added: a"]


def test_types_are_configured() -> None:
    made = lines([entry("chore"), entry("feat"), entry("new")], words=words(), types={
        "chore": "Changed", "feat": None, "other": "Security",
    })  # fmt: skip
    assert [one.kind for one in made] == ["Changed", "Security"]


# references


@pytest.mark.parametrize(
    ("sources", "ending"),
    [
        ((proposal(12), commit(1)), "([#12](https://forge.example/shop/site/pull/12))"),
        ((Source("proposal", "12", "https://git.example/a/-/merge_requests/12"),),
         "([!12](https://git.example/a/-/merge_requests/12))"),
        ((Source("commit", "a" * 40),), "(aaaaaaa)"),
        ((Source("commit", "a" * 40), Source("issue", "#7")), "(#7, aaaaaaa)"),
        ((Source("commit", "a" * 40), Source("issue", "other/site#7")), "(aaaaaaa)"),
        ((Source("proposal", "12", "javascript:alert(1)"),), "(#12)"),
        ((Source("proposal", "12", "https://a.example/) [x](https://b.example"),), "(#12)"),
        ((Source("proposal", "12](x)"),), ""),
        (tuple(Source("commit", f"{number}" * 40) for number in range(1, 8)),
         "(1111111, 2222222, 3333333, 4444444, 5555555, …)"),
    ],
)  # fmt: skip
def test_a_line_ends_with_what_it_is_known_from(sources: tuple[Source, ...], ending: str) -> None:
    (line,) = lines([Entry("feat", "x", sources)], words=words())
    assert (line.text, line.references) == (f"x {ending}".strip(), ending)
    assert line.sources == sources


def test_references_of_a_message_are_told_where_nobody_asked_a_forge() -> None:
    (line,) = lines([Entry("fix", "x", (Source("commit", "a" * 40),), references=(Reference("#7"),))], words=words())
    assert line.text == "x (#7, aaaaaaa)"


# dependencies


def moved(before: str, after: str, name: str = "WooCommerce", **more: object) -> Moved:
    return Moved("plugin", name, name, "composer", before, after, "patch", (proposal(20),), **more)  # type: ignore[arg-type]


FIXED = (Advisory("CVE-2026-1", "", "high"), Advisory("GHSA-x", "", "unknown", ("CVE-2026-2",)))


@pytest.mark.parametrize(
    ("part", "language", "expected"),
    [
        (moved("9.4.2", "9.4.4"), "en", "Changed: WooCommerce 9.4.2 → 9.4.4"),
        (moved("", "9.4.4"), "en", "Added: WooCommerce 9.4.4"),
        (moved("9.4.4", ""), "en", "Removed: WooCommerce 9.4.4"),
        (moved("9.4.4", "9.4.2", downgrade=True), "en", "Changed: Downgraded WooCommerce 9.4.4 → 9.4.2"),
        (moved("1", "2", fixes=FIXED), "en", "Security: WooCommerce 1 → 2: fixes CVE-2026-1 (high) and CVE-2026-2"),
        (moved("1", "2", fixes=FIXED), "pl", "Security: WooCommerce 1 → 2: usuwa CVE-2026-1 (wysokie) i CVE-2026-2"),
        (moved("8.1", "8.3", "PHP", ended=datetime(2025, 12, 31, tzinfo=UTC)), "en",
         "Changed: PHP 8.1 → 8.3: 8.1 has had no security support since 31 December 2025"),
    ],
)  # fmt: skip
def test_a_part_that_moved_is_a_line(part: Moved, language: str, expected: str) -> None:
    (line,) = lines((), [part], words=words(language))
    assert shown(line) == expected


def test_what_only_developers_use_is_left_out_or_one_line() -> None:
    parts = [moved("1", "2", "eslint", development=True), moved("", "3", "vitest", development=True)]
    assert lines((), parts, words=words()) == ()
    (line,) = lines((), parts, words=words(), development=True)
    assert shown(line) == "Changed: For developers: eslint 1 → 2, added vitest 3"


def test_the_same_part_of_two_files_is_one_line() -> None:
    (line,) = lines((), [moved("1", "2"), moved("1", "2")], words=words())
    assert line.sources == (proposal(20),)


# outsiders' words

HOSTILE = ["@ada", "fixes #1", "<img src=x>", "[x](https://e.example)", "`", "``", "`a`", "https://e.example", "\\",
           "*", "_", "<!--", "-->", "\n## [9.9.9]", "![", "](", "&lt;", "|", " ", "word", "www.e.example",
           "#1", "\r"]  # fmt: skip


@given(st.lists(st.sampled_from(HOSTILE), max_size=8))
def test_outsiders_words_are_one_line_that_does_nothing(parts: list[str]) -> None:
    text = prose("".join(parts))
    assert "\n" not in text and "\r" not in text and "<!--" not in text
    tokens = [part for one in MarkdownIt("commonmark").parse(f"- {text} end") for part in one.children or ()]
    assert {one.type for one in tokens} <= {"text", "code_inline", "text_special"}
    plain = "".join(one.content for one in tokens if one.type != "code_inline")
    assert "@ada" not in plain and "#1" not in plain and "://" not in plain


@given(st.text(alphabet="wW.aé1 -(),'=%!?;GHh", max_size=12))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert prose(text) == sanitise.line(text)


def test_code_stays_code() -> None:
    assert prose("add `--dry_run` to `run`, not_this") == r"add `--dry_run` to `run`, not\_this"


def test_long_words_are_cut() -> None:
    assert prose("a" * 10_000) == "a" * 399 + "…"

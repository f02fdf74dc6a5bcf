"""Headings and items are where CommonMark has them, by the word of markdown-it, whatever the text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maintainer.text.markdown_blocks import Block, blocks

LINES = [
    "# a", "## [1.0.0]", "- x", "* y", "  z", "word", "---", "===", "```", "~~~", "<!-- c", "-->", "<!-- c -->", "", "",
    "> q", "1. n", "2. n", "    code", "<div>", "</div>", "[a]: b", "  ## h", "-", "   # q", "\tt", "- # h", "- ```",
    "<a name='x'></a>", "### b ###", "+  w", "  - n", ">", "* * *", "<?", "?>", "- - z", "-\tt", "<pre>", "</pre>",
]  # fmt: skip


def found(text: str, kind: str) -> list[tuple[int, int]]:
    """The lines at which blocks begin, with the levels of headings."""
    return [(text.count("\n", 0, one.at.start), one.level) for one in blocks(text) if one.kind == kind]


def meant(text: str, opening: str, level: int) -> list[tuple[int, int]]:
    tokens = [one for one in MarkdownIt("commonmark").parse(text) if one.type == opening and one.level == level]
    return [(one.map[0], int(one.tag[1]) if one.tag[0] == "h" else 0) for one in tokens if one.map]


@given(st.lists(st.sampled_from(LINES), max_size=9))
@example(["- a", "", "      code", "b", "---"])
@example(["<a name='1.0.0'></a>", "# [1.0.0]"])
def test_headings_and_items_are_those_of_commonmark(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    assert found(text, "heading") == meant(text, "heading_open", 0)
    assert found(text, "item") == meant(text, "list_item_open", 1)


@given(st.lists(st.sampled_from(LINES), max_size=9), st.sampled_from(["\n", "\r\n", "\r"]))
def test_blocks_are_whole_lines_in_their_order(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    there = blocks(text)
    ends = [0, *(one.at.end for one in there)]
    assert all(end <= one.at.start < one.at.end for end, one in zip(ends, there, strict=False))
    assert all(not text[end : one.at.start].strip() for end, one in zip(ends, there, strict=False))
    assert all(one.at.start == 0 or text[one.at.start - 1] in "\r\n" for one in there)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Added ##\n", Block("heading", (0, 12), "Added", "#", 2)),  # type: ignore[arg-type]
        ("Added\nof late\n---\n", Block("heading", (0, 18), "Added of late", "=", 2)),  # type: ignore[arg-type]
        (" * a\n   b\n", Block("item", (0, 10), "a\n   b", " * ")),  # type: ignore[arg-type]
        ("[1.0.0]: https://a.example 'x'\n", Block("definition", (0, 31), "1.0.0", "https://a.example")),  # type: ignore[arg-type]
        ("<!-- a\n\n## b -->\n", Block("comment", (0, 17), "<!-- a\n\n## b -->\n")),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_block_tells_its_words(text: str, expected: Block) -> None:
    assert blocks(text) == [expected]


@pytest.mark.parametrize(
    "text", ["<!--" * 900, "[" * 900, "> " * 900, "- " * 900 + "x", "-" * 900 + "x", "# " + "#" * 900 + "x", "`" * 900]
)
def test_a_hostile_line_is_one_block(text: str) -> None:
    assert len(blocks(text)) == 1

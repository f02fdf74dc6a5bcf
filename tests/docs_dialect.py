"""Pages as the site's renderer reads them: from CommonMark, which forges render, to Python-Markdown's dialect.

Python-Markdown wants what stands in a list indented by four spaces a level, and an empty line before a list
(https://python-markdown.github.io/#differences). Pages are written for people who read them on a forge.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt

READER = MarkdownIt("commonmark").enable("table")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")


class Item(NamedTuple):
    """An item of a list: its lines, how deep it is, from 1, and the column its content begins in."""

    first: int
    end: int
    depth: int
    content: int


def rendered(page: str) -> str:
    """The page for Python-Markdown."""
    lines = page.splitlines()
    innermost: dict[int, Item] = {}
    for item in items(page, lines):
        innermost |= dict.fromkeys(range(item.first, item.end), item)
    starts = {token.map[0] for token in READER.parse(page) if token.map and token.type.endswith("_list_open")}
    written: list[str] = []
    for number, line in enumerate(lines):
        if number in starts and number - 1 not in innermost and written and written[-1].strip():
            written.append("")
        written.append(moved(line, number, innermost.get(number)))
    return "\n".join(written) + "\n"


def items(page: str, lines: list[str]) -> Iterator[Item]:
    """The items of all lists, the outer before the inner."""
    within: list[Item] = []
    for token in READER.parse(page):
        if token.type == "list_item_open" and token.map:
            first, end = token.map
            outer = within[-1].content if within else 0
            marker = re.match(r" *(?:[-*+]|\d+[.)]) *", lines[first][outer:])
            assert marker is not None, lines[first]
            within.append(Item(first, end, len(within) + 1, outer + marker.end()))
            yield within[-1]
        elif token.type == "list_item_close":
            within.pop()


def moved(line: str, number: int, item: Item | None) -> str:
    """A line, at the column where Python-Markdown looks for it."""
    if item is None or not line.strip():
        return line.rstrip() if item else line
    if number == item.first:
        return " " * 4 * (item.depth - 1) + line[: item.content].strip() + " " + line[item.content :]
    hanging = len(line) - len(line.lstrip())
    return " " * 4 * item.depth + line[min(hanging, item.content) :]

"""Whatever a release holds: every line of every rendering is a line of the document, and nothing from outside acts."""

import json
import re
from html.parser import HTMLParser
from typing import Any, get_args
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maintainer.changes import Source
from maintainer.releasing import Contents
from maintainer.writers.notes_document import document, explain
from maintainer.writers.notes_html import html
from maintainer.writers.notes_json import machine
from maintainer.writers.notes_markdown import LIMITS, markdown
from maintainer.writers.notes_pieces import Document, Line, Piece, Tone
from maintainer.writers.notes_slack import slack
from maintainer.writers.notes_text import COLUMNS, text
from maintainer.writers.words import Words, languages
from tests.test_docs import ROOT
from tests.writers.notes_scene import RICH
from tests.writers.notes_strategies import CONTENTS

SCHEMA = json.loads((ROOT / "docs/schemas/notes.schema.json").read_text(encoding="utf-8"))
PAGE = "https://pages.example/2026.48"
WORDS = {one: Words(one, ZoneInfo("Europe/Warsaw")) for one in languages()}
CASES = given(CONTENTS, st.sampled_from(languages()), st.sampled_from(get_args(Tone)))
BRIEF = settings(max_examples=25, phases=(Phase.generate, Phase.shrink))


def letters(said: str) -> str:
    """What is left when all markup, spaces and numbers of footnotes are gone."""
    return "".join(sign for sign in re.sub(r"\s?\[\d+\]", "", said) if sign.isalnum()).casefold()


def known(made: Document, words: Words) -> set[str]:
    """Every line there is, alone and behind its section's label; and the frame's own words."""
    found = {letters(line.text) for line in made.lines()}
    found |= {letters(section.heading + line.text) for section in made.level("summary") for line in section.lines}
    found |= {letters(section.heading) for section in made.sections}
    frame = ("All of it as a page", "Details", "To the details", "Links")
    return found | {letters(words.say(one)) for one in frame} | {""}


def addresses(made: Document) -> set[str]:
    return {piece.url for line in made.lines() for piece in line.pieces if piece.url}


def test_a_line_without_a_source_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="from"):
        Line((Piece("trust me"),), ())


@CASES
@BRIEF
def test_every_line_of_the_document_has_a_source(contents: Contents, language: str, tone: Tone) -> None:
    made = document(contents, WORDS[language], tone)
    assert all(line.sources and line.text.strip() for line in made.lines())
    explained = explain(made).split("\n")
    for at, said in enumerate(explained[:-1]):
        assert said.startswith("    ") or explained[at + 1].startswith("    ")
    jsonschema.validate(json.loads(machine(made)), SCHEMA)


@CASES
@BRIEF
def test_markdown_is_the_document_and_only_shows(contents: Contents, language: str, tone: Tone) -> None:
    words = WORDS[language]
    made = document(contents, words, tone)
    told = markdown(made, words, page=PAGE)
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    # Where a `%` stands for nothing, the parser writes it anew.
    lines, links = known(made, words), {parser.normalizeLink(one) for one in addresses(made)} | {PAGE}
    for token in parser.parse(told):
        if token.type == "html_block":
            folded = re.fullmatch(r"<details><summary>([^<>]*)</summary>\n?|</details>\n?", token.content)
            assert folded and letters(folded[1] or "") in lines
        assert token.type not in ("fence", "code_block", "table_open", "blockquote_open", "hr"), told
        if token.type == "inline":
            children = token.children or []
            assert not {one.type for one in children} & {"html_inline", "image"}, token.content
            seen = "".join(one.content for one in children if one.type in ("text", "code_inline"))
            assert letters(seen) in lines, (seen, told)
            prose = "".join(one.content if one.type == "text" else "`" for one in children)
            assert not re.search(r"@[A-Za-z0-9]|(?:#|!|\bGH-)\d|https?:|\bwww\.", prose), prose
            assert {str(one.attrs["href"]) for one in children if one.type == "link_open"} <= links


@CASES
@BRIEF
def test_plain_text_is_the_document_within_its_columns(contents: Contents, language: str, tone: Tone) -> None:
    words = WORDS[language]
    made = document(contents, words, tone)
    told = text(made, words, PAGE)
    body, _, links = told.partition(f"\n\n\n{words.say('Links')}\n\n")
    assert {line.partition(" ")[2] for line in links.split("\n") if line} == addresses(made)
    assert all(len(line) <= COLUMNS for line in body.split("\n") if line != PAGE)
    items: list[str] = []
    for line in body.split("\n"):
        if not line.startswith(" ") or line.lstrip().startswith("* "):
            items.append(line)
        elif items:
            items[-1] += line
    lines = known(made, words)
    paragraphs = {letters("".join(items[at : at + many])) for at in range(len(items)) for many in (1,)}
    whole = letters(body.replace(PAGE, ""))
    assert all(line in whole for line in (letters(one.text) for one in made.lines()))
    assert all(one in lines or any(one in line for line in lines) for one in paragraphs - {letters(PAGE)})


@CASES
@BRIEF
def test_a_slack_message_keeps_its_limits_and_notifies_nobody(contents: Contents, language: str, tone: Tone) -> None:
    words = WORDS[language]
    made = document(contents, words, tone)
    told = slack(made, words, PAGE)
    assert 2 <= len(told["blocks"]) <= 50
    lines = known(made, words)
    for block in told["blocks"]:
        said: Any = block.get("text") or block["elements"][0]
        assert 0 < len(said["text"]) <= (150 if block["type"] == "header" else 3000)
        if said["type"] == "plain_text":
            continue
        for found in re.findall(r"<([^>]*)>", said["text"]):
            assert found.partition("|")[0] in addresses(made) | {PAGE}
        for line in re.sub(r"<[^|>]*\|([^>]*)>", r"\1", said["text"]).split("\n"):
            plain = letters(line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
            assert plain in lines or any(one.startswith(plain) for one in lines), line


class Page(HTMLParser):
    """The tags of a page, its links, and the words of each of its lines."""

    LINES = frozenset({"li", "p", "h1", "h2", "title", "a"})
    VOID = frozenset({"meta", "img"})

    def __init__(self, told: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.lines: list[list[str]] = [[]]
        self.open: list[tuple[str, list[str]]] = []
        self.feed(told)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        assert not any(name.startswith("on") or name == "style" for name in given)
        if tag == "a":
            self.links.add(given["href"] or "")
        if tag in self.VOID:
            return
        line = self.open[-1][1] if self.open else self.lines[0]
        if given.get("aria-hidden") == "true" or tag == "style":
            line = []
        elif tag in self.LINES and (tag != "a" or given.get("class") == "skip"):
            line = []
            self.lines.append(line)
        self.open.append((tag, line))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.open[-1][1].append(data) if self.open else None


@CASES
@BRIEF
def test_a_page_is_the_document_and_only_shows(contents: Contents, language: str, tone: Tone) -> None:
    words = WORDS[language]
    made = document(contents, words, tone)
    told = html(made, words)
    page = Page(told)
    assert page.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "header",
        "div",
        "p",
        "h1",
        "h2",
        "main",
        "section",
        "span",
        "ul",
        "ol",
        "li",
        "nav",
        "details",
        "summary",
        "strong",
        "code",
        "sup",
        "footer",
    }
    assert {link for link in page.links if not link.startswith("#")} <= addresses(made)
    lines = known(made, words) | set(map(letters, addresses(made)))
    assert [line for said in page.lines if (line := letters("".join(said))) not in lines] == []
    assert not page.open


def test_a_note_too_long_for_a_forge_loses_details_and_says_so() -> None:
    words = WORDS["en"]
    made = document(RICH, words, "technical")
    whole = markdown(made, words)
    assert len(whole) <= LIMITS["github"] and "left out" not in whole
    for limit in (6_000, 3_000, 1_800):
        short = markdown(made, words, limit)
        assert len(short) <= limit
        assert "too long for this page; left out: " in short
        assert "Contact Form 7** 5.9.8 closes" in short
    # What few people read goes first, then what is longest; how to go back stays.
    short = markdown(made, words, len(whole) - 200)
    assert "### Parts of the site" in short and "Worth a second look</summary>" not in short
    assert "left out: Worth a second look)" in short
    short = markdown(made, words, 6_000)
    assert "### Parts of the site" not in short and "### How to go back" in short


def test_what_is_known_from_where_is_told_in_full() -> None:
    made = document(RICH, WORDS["en"], "client")
    said = explain(made)
    assert "6 updates (Black Week).\n    proposal 123 https://github.example/shop/site/pull/123\n" in said
    assert "nothing is" not in said
    found = json.loads(machine(made))
    (security,) = (one for one in found["sections"] if one["key"] == "security")
    assert security["lines"][0]["sources"][0] == {
        "kind": "proposal",
        "id": "118",
        "url": "https://github.example/shop/site/pull/118",
    }
    assert Source("proposal", "118", "https://github.example/shop/site/pull/118") in made.sections[0].lines[0].sources

"""Release notes as a page: one file, self-contained, without scripts or requests, for a phone, a desk and paper.

Texts are escaped by the template; the page's policy lets nothing load but the logo within it and its own style, by its
digest (https://www.w3.org/TR/CSP3/).
"""

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache, partial

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from maintainer.writers.notes_brand import Brand
from maintainer.writers.notes_pieces import Document, Line, Piece, Section, capital
from maintainer.writers.notes_text import Footnotes
from maintainer.writers.verify_words import MARKS
from maintainer.writers.words import ENGLISH, Words

#: No line ends between a number and its word, nor after a word of one letter where typesetters frown at that.
_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d])")
_LETTER = re.compile(r"(?<![^\s(„“])([^\W\d_]) (?=\S|\Z)")
_NO_BREAK = "\N{NO-BREAK SPACE}"


def html(document: Document, words: Words, brand: Brand | None = None) -> str:
    """The page."""
    environment = _environment()
    assert environment.loader
    brand = brand or Brand()
    colours = f":root {{ --brand: {brand.colour}; --ink: {brand.ink}; }}\n"
    style = colours + environment.loader.get_source(environment, "notes.css")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    say = words.say
    notes = Footnotes()
    return environment.get_template("notes.html").render(
        document=document,
        brand=brand,
        summary=document.level("summary"),
        details=document.level("details"),
        says={"contents": say("Details"), "skip": say("To the details"), "links": say("Links")},
        quiet=partial(_quiet, document),
        said=partial(_said, document.language, notes),
        capital=_capital,
        notes=notes,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=f"sha256-{digest}",
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maintainer.writers"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def _quiet(document: Document, section: Section) -> bool:
    """Whether all a section says is that there is nothing."""
    ranged = document.title.sources
    return len(section.lines) == 1 and section.lines[0].sources == ranged and section.key in ("security", "required")


def _capital(line: Line) -> tuple[Piece, ...]:
    return capital(line.pieces)


def _said(language: str, notes: Footnotes, pieces: tuple[Piece, ...]) -> Markup:
    made = []
    for before, piece in zip(("", *(one.text for one in pieces)), pieces, strict=False):
        word = before[-1:].isdigit() and piece.text[:1] == " " and piece.text[1:2].isalpha()
        made.append(_piece(language, notes, replace(piece, text=_NO_BREAK + piece.text[1:]) if word else piece))
    return Markup("").join(made)


def _piece(language: str, notes: Footnotes, piece: Piece) -> Markup:
    text = escape(piece.text if piece.code else _set(language, piece.text))
    if piece.url and not piece.code and len(piece.text) < 20:
        text = Markup('<span class="nb">{}</span>').format(text)
    if piece.code:
        text = Markup("<code>{}</code>").format(text)
    if piece.mark:
        mark = Markup('<span class="m {}" aria-hidden="true">{}</span>').format(piece.mark, MARKS[piece.mark])
        text = Markup('<span class="nb">{}\N{NO-BREAK SPACE}{}</span>').format(mark, text)
    if piece.strong:
        text = Markup("<strong>{}</strong>").format(text)
    if piece.url:
        number = notes.number(piece.url)
        paper = Markup('<sup class="paper" aria-hidden="true">{}</sup>').format(number)
        text = Markup('<a href="{}" rel="noreferrer">{}</a>{}').format(piece.url, text, paper)
    return text


def _set(language: str, text: str) -> str:
    """As a typesetter would break its lines."""
    text = _NUMBER.sub(_NO_BREAK, text)
    return text if language == ENGLISH else _LETTER.sub(rf"\1{_NO_BREAK}", text)

"""Release notes as plain text for an e-mail: 72 columns, no markup; where links go is told at the end."""

import textwrap
import unicodedata
from collections.abc import Iterator

from maintainer.text.inert import shown
from maintainer.writers.notes_brand import Brand
from maintainer.writers.notes_pieces import Document, Line, Piece, Section, capital
from maintainer.writers.verify_words import MARKS
from maintainer.writers.words import Words

#: https://www.rfc-editor.org/rfc/rfc3676#section-4.2 has lines of no more than 78, to be quoted once and still fit.
COLUMNS = 72


class Footnotes:
    """Addresses by the number they are told under, each once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, url: str) -> int:
        return self.numbers.setdefault(url, len(self.numbers) + 1)


def text(document: Document, words: Words, page: str = "", brand: Brand | None = None, *, whole: bool = True) -> str:
    """The notes; `page` is where they are shown with all links, without `whole` only the half page is told."""
    notes = Footnotes()
    title = shown(document.title.text)
    lines = [
        *_wrapped(title, ""),
        "=" * min(_width(title), COLUMNS),
        *_wrapped(_said(document.about.pieces, notes), ""),
    ]
    for section in document.level("summary"):
        lines += ["", *_short(section, notes)]
    if page:
        lines += ["", words.say("All of it as a page") + ":", page]
    for section in document.level("details") if whole else ():
        heading = shown(section.heading)
        lines += ["", "", heading, "-" * min(_width(heading), COLUMNS), *_items(section.lines, notes)]
    if notes.numbers:
        lines += ["", "", words.say("Links"), ""]
        lines += [f"[{number}] {url}" for url, number in notes.numbers.items()]
    if brand and brand.foot:
        lines += ["", "", *_wrapped(brand.foot, "")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _short(section: Section, notes: Footnotes) -> Iterator[str]:
    label = f"{shown(section.heading)}:"
    if len(section.lines) == 1:
        yield from _wrapped(f"{label} {_said(section.lines[0].pieces, notes)}", "")
    else:
        yield label
        yield from _items(section.lines, notes)


def _items(lines: tuple[Line, ...], notes: Footnotes, depth: int = 0) -> Iterator[str]:
    for line in lines:
        yield from _wrapped(_said(capital(line.pieces), notes), "  " * depth + "* ")
        yield from _items(line.below, notes, depth + 1)


def _wrapped(said: str, lead: str) -> list[str]:
    """Lines of at most the columns; a word that is longer is broken."""
    return textwrap.wrap(
        said, COLUMNS, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    ) or [lead]


def _said(pieces: tuple[Piece, ...], notes: Footnotes) -> str:
    return shown("".join(_piece(piece, notes) for piece in pieces)).strip()


def _piece(piece: Piece, notes: Footnotes) -> str:
    marked = f"{MARKS[piece.mark]} {piece.text}" if piece.mark else piece.text
    return f"{marked} [{notes.number(piece.url)}]" if piece.url else marked


def _width(text: str) -> int:
    """In columns of a terminal: what is wide takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)

"""A release note before it is Markdown, HTML or anything else: pieces of text in lines, and where each line is from.

    Document -> Section -> Line(pieces, sources, below) -> Piece(text)

A line without a source can't be made: nothing is invented. Texts are plain words, each renderer escapes them for its
format; of what is from outside nothing is left that is not words (no markup, no addresses).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from maintainer.changes import Source
from maintainer.evidence import Outcome
from maintainer.text.inert import CONTROL
from maintainer.writers import sanitise
from maintainer.writers.words import Words, slots

Tone = Literal["client", "technical"]
#: The half page in plain words, or what is behind it.
Level = Literal["summary", "details"]

#: An address as RFC 3986 writes it, without brackets and quotes: nothing in it can end a link in any format.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&*+,;=%]{3,1000}")
_PLAIN_WORD = re.compile(r"[^\W\d_A-Z]+(?=[\s,:;!?]|\.(?:\s|\Z)|\Z)")
_CODE = re.compile(r"`{1,3}([^`\n]{1,200})`{1,3}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in one manner. `url` is http(s) or nothing; with a `mark` the text stands beside an outcome's mark."""

    text: str
    url: str = ""
    strong: bool = False
    code: bool = False
    mark: Outcome | Literal[""] = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", CONTROL.sub("", self.text.replace("\n", " ")))
        if not _ADDRESS.fullmatch(self.url):
            object.__setattr__(self, "url", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, the sources it is known from, and what belongs under it. Raises ValueError where there is no source."""

    pieces: tuple[Piece, ...]
    sources: tuple[Source, ...]
    below: tuple["Line", ...] = ()

    def __post_init__(self) -> None:
        if not self.sources:
            raise ValueError(f"nothing says where this is known from: {self.text!r}")

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(piece.text for piece in self.pieces)

    def each(self) -> Iterator["Line"]:
        """Itself and all that is under it."""
        yield self
        for line in self.below:
            yield from line.each()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading. `key` names it in every language; what is `folded` few people want to read."""

    key: str
    heading: str
    lines: tuple[Line, ...]
    level: Level
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """Release notes in one language: `title` is what was released, `about` when and from where."""

    title: Line
    about: Line
    sections: tuple[Section, ...]
    language: str
    tone: Tone

    def level(self, level: Level) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.level == level)

    def lines(self) -> Iterator[Line]:
        """Every line, in the order of reading."""
        yield self.title
        yield self.about
        for section in self.sections:
            for line in section.lines:
                yield from line.each()


Said = str | Piece | tuple[Piece, ...]


def sentence(template: str, **said: Said) -> tuple[Piece, ...]:
    """A template of `Words` with pieces in its slots."""
    found: list[Piece] = []
    for text, name in slots(template):
        found.append(Piece(text))
        if name:
            found.extend(pieces(said[name]))
    return tuple(piece for piece in found if piece.text)


def pieces(said: Said) -> tuple[Piece, ...]:
    """Whatever can be said, as pieces."""
    if isinstance(said, str):
        return (Piece(said),) if said else ()
    return (said,) if isinstance(said, Piece) else said


def listed(words: Words, items: Iterable[Said]) -> tuple[Piece, ...]:
    """`a, b and c`, of pieces."""
    made = [one for one in map(pieces, items) if any(piece.text.strip() for piece in one)]
    named = {f"item{n}": item for n, item in enumerate(made)}
    return sentence(words.listed(f"{{{name}}}" for name in named), **named)


def joined(items: Iterable[Said], between: str = " · ") -> tuple[Piece, ...]:
    """Several beside each other."""
    found: list[Piece] = []
    for item in items:
        if made := pieces(item):
            found.extend((Piece(between), *made) if found else made)
    return tuple(found)


def told(text: str, limit: int = 200) -> tuple[Piece, ...]:
    """Words from outside: one line of at most about `limit` characters, what stood in backticks as code."""
    flat = sanitise.bare(text, limit)
    found: list[Piece] = []
    for n, part in enumerate(_CODE.split(flat)):
        if part:
            found.append(Piece(part, code=n % 2 == 1))
    return tuple(found)


def called(name: str, limit: int = 80, url: str = "", *, strong: bool = False, code: bool = False) -> Piece:
    """A name, a version or the like from outside, in one manner."""
    return Piece(sanitise.bare(name, limit), url, strong, code)


def capital(said: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """With a capital at its start, where a plain word is there: a name (`vite`, `wp-cli`, `iPhone`) stays as it is."""
    if not said or said[0].code or said[0].strong or not _PLAIN_WORD.match(said[0].text):
        return said
    return (replace(said[0], text=said[0].text[0].upper() + said[0].text[1:]), *said[1:])


def stopped(said: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """With a full stop at its end, where nothing else ends it."""
    return said if not said or said[-1].text.rstrip().endswith((".", "!", "?", "…", ":")) else (*said, Piece("."))

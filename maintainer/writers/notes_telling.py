"""What all parts of release notes are told with: contents, words and tone; how names and sources are said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from maintainer.changes import Source
from maintainer.model import Advisory, Severity
from maintainer.releasing import Contents, Moved
from maintainer.text import advisory
from maintainer.writers.notes_pieces import Line, Piece, Said, Tone, called, joined, listed, pieces, sentence, told
from maintainer.writers.words import Words, message

SEVERITIES: dict[Severity, str] = {
    "critical": message("critical"),
    "high": message("high"),
    "medium": message("medium"),
    "low": message("low"),
    "unknown": message("severity unknown"),
}
_WORST: tuple[Severity, ...] = tuple(SEVERITIES)
#: Sources shown beside one line; `explain` shows them all.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Telling:
    """The contents of a release, about to be told."""

    contents: Contents
    words: Words
    tone: Tone
    #: How the forge marks a proposal, by its number.
    marks: Mapping[str, str]
    #: What is said in the same words of several scopes, by `wording`: the scope is told with it.
    alike: frozenset[str] = frozenset()

    @property
    def technical(self) -> bool:
        return self.tone == "technical"

    @property
    def range(self) -> tuple[Source, ...]:
        """The source of what is said of the whole."""
        return (self.contents.range,)

    def line(self, said: Said, sources: Iterable[Source] = (), below: Iterable[Line] = ()) -> Line:
        """A line; without sources of its own it is known from the range."""
        return Line(pieces(said), distinct(sources) or self.range, worded(below))

    def say(self, message: str, **slots: Said) -> tuple[Piece, ...]:
        """As `Words.say`, with pieces in the slots."""
        return sentence(self.words.template(message), **slots)

    def say_n(self, one: str, many: str, n: int, **slots: Said) -> tuple[Piece, ...]:
        """As `Words.say_n`, with pieces in the slots; the number stands out."""
        return sentence(self.words.template_n(one, many, n), n=Piece(self.words.number(n), strong=True), **slots)

    def referred(self, said: Said, sources: Iterable[Source]) -> tuple[Piece, ...]:
        """With links to its proposals and issues behind it, and to its commits where developers read."""
        shown = [made for source in distinct(sources) if (made := self.reference(source)) and made.text]
        if not shown:
            return pieces(said)
        more = (Piece("…"),) if len(shown) > _SHOWN else ()
        inside = joined([*shown[:_SHOWN], *((more,) if more else ())], ", ")
        return (*pieces(said), Piece(" ("), *inside, Piece(")"))

    def reference(self, source: Source) -> Piece | None:
        """`#12`, `!12`, `1a2b3c4`: None where this tone doesn't speak of it."""
        match source.kind:
            case "proposal":
                return called(self.proposal(source.id), 40, source.url)
            case "issue":
                return called(f"#{source.id}" if source.id.isdecimal() else source.id, 40, source.url)
            case "commit" if self.technical:
                return called(source.id[:7], 7, source.url, code=True)
            case _:
                return None

    def proposal(self, number: object) -> str:
        """`#12`, as its forge writes it."""
        return f"{self.marks.get(str(number), '#')}{number}"

    def advisories(self, found: Iterable[Advisory], most: int = 3) -> tuple[Piece, ...]:
        """`CVE-2026-1234 (high) and 2 more`, the worst first."""
        ordered = sorted(found, key=lambda one: _WORST.index(one.severity))
        said: list[Said] = [
            (called(advisory.name(one), 60, one.url), Piece(f" ({self.words.say(SEVERITIES[one.severity])})"))
            for one in ordered[:most]
        ]
        if more := len(ordered) - most:
            said += [self.words.say_n("{n} more", "{n} more", more)] if more > 0 else []
        return listed(self.words, said)

    def shortened(self, lines: Sequence[Line], most: int) -> tuple[Line, ...]:
        """At most so many lines; how many more there are is said, with their sources."""
        if len(lines) <= most:
            return tuple(lines)
        rest = [source for line in lines[most:] for source in line.sources]
        said = self.words.say_n("and {n} more, told below", "and {n} more, told below", len(lines) - most)
        return (*lines[:most], self.line(said, rest))


def worded(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those that say something: of hostile text nothing may be left."""
    return tuple(line for line in lines if line.text.strip())


def worst(found: Iterable[Advisory]) -> int:
    """How bad the worst is, 0 for critical: to sort by."""
    return min((_WORST.index(one.severity) for one in found), default=len(_WORST))


def wording(text: str) -> str:
    """What texts have in common that read alike."""
    return "".join(piece.text for piece in told(text)).casefold().rstrip(" .!")


def distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(sources))


def named(moved: Moved) -> Piece:
    return called(moved.name or moved.package, strong=True)


def updated(telling: Telling) -> tuple[Moved, ...]:
    """The parts that visitors can meet, the worst fixed first, then as they come."""
    found = [one for one in telling.contents.moved if not one.development]
    return tuple(sorted(found, key=lambda one: worst(one.fixes)))

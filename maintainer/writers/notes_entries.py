"""What commits and proposals tell of: improvements, fixes, the rest in groups, what breaks, what is undone."""

from collections.abc import Iterable, Iterator, Sequence

from maintainer.changes import OTHER, Changed, Entry, Question, Reference, Source
from maintainer.writers.notes_pieces import Line, Piece, capital, joined, told
from maintainer.writers.notes_telling import Telling, wording
from maintainer.writers.words import message

#: The heading over what breaks, which the other sections refer to.
BREAKING = message("What works differently")
#: What no visitor and no owner meets.
DEVELOPERS = frozenset({"build", "chore", "ci", "docs", "refactor", "style", "test"})
#: Told in sections of their own.
_IMPROVED = frozenset({"feat", "perf"})
_APART = _IMPROVED | {"fix", "security"}
#: Scopes under which updates of dependencies are committed: the parts tell of them.
_UPDATES = frozenset({"deps", "deps-dev", "dependencies"})
_TYPES = {
    "docs": message("Documentation"),
    "refactor": message("Refactoring"),
    "style": message("Code style"),
    "test": message("Tests"),
    "build": message("Build"),
    "ci": message("Continuous integration"),
    "chore": message("Chores"),
    "revert": message("Reverts"),
    OTHER: message("Other"),
}
_QUESTIONS: dict[Question, str] = {
    "nearly-breaking": message(
        "“{text}” is not counted as breaking: by the letter of Conventional Commits only BREAKING CHANGE: and ! are."
    ),
    "malformed": message("“{text}” is almost a Conventional Commit: it is told as it stands."),
    "merge": message("“{text}”: only the merge says that something breaks."),
}


def features(telling: Telling) -> list[Entry]:
    """Improvements that visitors or editors can meet."""
    return [one for one in _entries(telling) if one.type in _IMPROVED]


def fixes(telling: Telling) -> list[Entry]:
    return [one for one in _entries(telling) if one.type == "fix"]


def secured(telling: Telling) -> list[Entry]:
    """Fixes of the site's own code that close a hole."""
    return [one for one in _entries(telling) if one.type == "security" and one.text]


def alike(changed: Changed) -> frozenset[str]:
    """The wordings that a client would read of several scopes."""
    scopes: dict[str, set[tuple[str, ...]]] = {}
    for one in changed.entries:
        if one.breaking or one.type not in DEVELOPERS:
            scopes.setdefault(wording(one.text), set()).add(one.scopes)
            for other in one.undoes:
                scopes.setdefault(wording(other.text), set()).add(other.scopes)
    return frozenset(text for text, found in scopes.items() if len(found) > 1)


def listing(telling: Telling, entries: Iterable[Entry]) -> list[Line]:
    """A line for each entry; what breaks is told in full in a section of its own, and counted here."""
    found = list(entries)
    lines = [telling.line(_said(telling, one), one.sources) for one in found if not one.breaking]
    return [*lines, *elsewhere(telling, [one.sources for one in found if one.breaking])]


def elsewhere(telling: Telling, told: Sequence[tuple[Source, ...]]) -> Iterator[Line]:
    """How many changes, each known from its sources, are told with what breaks; no line for none."""
    if told:
        heading = telling.words.say(BREAKING)
        said = telling.say_n(
            "{n} change is told under “{heading}”", "{n} changes are told under “{heading}”", len(told), heading=heading
        )
        yield telling.line(said, (source for sources in told for source in sources))


def plain(telling: Telling, entry: Entry) -> tuple[Piece, ...]:
    """An entry for the half page: its text, with its scope where that alone tells it from another."""
    text = capital(told(entry.text))
    return (*_scope(entry.scopes), *text) if text and wording(entry.text) in telling.alike else text


def others(telling: Telling) -> list[Line]:
    """The rest, by type; developers' own changes are one line for a client."""
    rest = [one for one in _entries(telling) if one.type not in _APART and not one.breaking and not one.undoes]
    if telling.technical:
        return list(_grouped(telling, rest))
    seen = [one for one in rest if one.type not in DEVELOPERS]
    quiet = [one for one in rest if one not in seen]
    said = listing(telling, (one for one in seen if one.text))
    if quiet:
        count = telling.words.say_n(
            "{n} change that only developers see.", "{n} changes that only developers see.", len(quiet)
        )
        said.append(telling.line(count, (source for one in quiet for source in one.sources)))
    return said


def breaking(telling: Telling) -> list[Line]:
    """What works differently now, with what its author says of it."""
    found = []
    for entry in _entries(telling):
        if entry.breaking:
            below = [
                telling.line(capital(told(note, 600)), entry.sources)
                for note in entry.breaking
                if note.strip() and note.strip() != entry.text.strip()
            ]
            found.append(telling.line(_said(telling, entry), entry.sources, below))
    return found


def undone(telling: Telling) -> list[Line]:
    """What had been published and is taken back."""
    return [
        telling.line(telling.referred(_scoped(telling, one.scopes, one.text), entry.sources), entry.sources)
        for entry in telling.contents.changed.entries
        for one in entry.undoes
        if one.text
    ]


def doubts(telling: Telling) -> list[Line]:
    """What may be meant otherwise than it is written: for developers."""
    return [
        telling.line(
            telling.referred(telling.say(_QUESTIONS[one.why], text=told(one.text)), one.sources),
            one.sources,
        )
        for one in telling.contents.changed.doubts
        if one.why in _QUESTIONS and telling.technical
    ]


def _entries(telling: Telling) -> list[Entry]:
    """All but those that the parts tell of."""
    moved = {source for one in telling.contents.moved for source in one.sources}
    return [
        one
        for one in telling.contents.changed.entries
        if one.breaking or not (_UPDATES & set(one.scopes) and moved & set(one.sources))
    ]


def _grouped(telling: Telling, entries: list[Entry]) -> Iterator[Line]:
    by_type: dict[str, list[Entry]] = {}
    for one in entries:
        by_type.setdefault(one.type, []).append(one)
    order = list(_TYPES)
    for kind in sorted(by_type, key=lambda kind: (order.index(kind) if kind in order else len(order) - 1, kind)):
        group = by_type[kind]
        name = (Piece(telling.words.say(_TYPES[kind])),) if kind in _TYPES else capital(told(kind, 40))
        sources = [source for one in group for source in one.sources]
        strong = tuple(Piece(piece.text, strong=True) for piece in name)
        yield telling.line(strong, sources, listing(telling, group))


def _said(telling: Telling, entry: Entry) -> tuple[Piece, ...]:
    """`Checkout: Gift cards (#12)`."""
    said = _scoped(telling, entry.scopes, entry.text)
    if entry.restored:
        said = telling.say("{text}, which is there again", text=said)
    shown = {made.text for source in entry.sources if (made := telling.reference(source))}
    if telling.technical and (others := [one for one in entry.references if one.id not in shown]):
        said = (*said, Piece(" · "), *joined((_reference(one) for one in others[:3]), ", "))
    return telling.referred(said, entry.sources)


def _scoped(telling: Telling, scopes: Iterable[str], text: str) -> tuple[Piece, ...]:
    words = capital(told(text)) or (Piece(telling.words.say("(a commit without a message)")),)
    return (*_scope(scopes), *words) if telling.technical or wording(text) in telling.alike else words


def _scope(scopes: Iterable[str]) -> tuple[Piece, ...]:
    """`cart, checkout: `, nothing for none."""
    scope = joined((told(one, 40) for one in scopes), ", ")
    return (*(Piece(piece.text, strong=True) for piece in scope), Piece(": ", strong=True)) if scope else ()


def _reference(one: Reference) -> tuple[Piece, ...]:
    return told(one.id, 60)

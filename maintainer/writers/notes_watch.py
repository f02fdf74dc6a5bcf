"""What to look at after a release, in words of a shop's owner."""

from maintainer.releasing import Sign
from maintainer.writers.notes_pieces import Line, Piece, listed, told
from maintainer.writers.notes_telling import Telling
from maintainer.writers.words import message

#: What shows a fault first. In Polish these stand in the accusative: "obserwować odsetek…".
SIGNS: dict[Sign, str] = {
    "payments": message("the share of declined payments"),
    "orders": message("the number of orders"),
    "taxes": message("tax in new orders"),
    "shipping": message("shipping costs in new orders"),
    "mail": message("whether mails to customers arrive"),
    "speed": message("how fast pages load"),
    "errors": message("the number of server errors"),
    "search": message("whether the search finds what it should"),
    "forms": message("whether forms arrive"),
}


def watch(telling: Telling) -> list[Line]:
    """What to watch, a line for each set of parts it is watched because of. What wasn't verified is told elsewhere."""
    reasons: dict[Sign, dict[str, None]] = {}
    for one in telling.contents.watch:
        if one.sign != "unverified":
            reasons.setdefault(one.sign, {})[one.subject] = None
    together: dict[tuple[str, ...], list[Sign]] = {}
    for sign in (sign for sign in SIGNS if sign in reasons):
        together.setdefault(tuple(reasons[sign]), []).append(sign)
    return [_line(telling, subjects, signs) for subjects, signs in together.items()]


def _line(telling: Telling, subjects: tuple[str, ...], signs: list[Sign]) -> Line:
    words = telling.words
    said = telling.say_n(
        "{what} for 24 h, because {subjects} changed.",
        "{what} for 24 h, because {subjects} changed.",
        len(subjects),
        what=listed(words, (words.say(SIGNS[sign]) for sign in signs)),
        subjects=listed(words, (tuple(Piece(p.text, strong=True) for p in told(one, 80)) for one in subjects)),
    )
    sources = [s for one in telling.contents.watch if one.sign in signs for s in one.sources]
    return telling.line(said, sources)

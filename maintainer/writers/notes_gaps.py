"""What could not be found out: one sentence of what may be missing, and behind it what each failure said."""

from collections.abc import Iterable, Iterator

from maintainer.releasing import Gap, Missing
from maintainer.writers.notes_pieces import Line, Piece, Said, listed, sentence, told
from maintainer.writers.notes_telling import Telling
from maintainer.writers.words import Words, message

#: What may be missing. In Polish these stand in the genitive: "może brakować znanych luk…".
_TOPICS: dict[Missing, str] = {
    "moved": message("changed parts of the site"),
    "advisories": message("known vulnerabilities"),
    "support": message("ends of support"),
    "publishers": message("publishers' notes"),
    "proposals": message("merged proposals"),
    "history": message("results of checks"),
    "issues": message("open issues"),
    "held": message("held updates"),
}
_QUESTIONS: dict[Missing, str] = {
    "moved": message("what moved in {subjects}"),
    "advisories": message("which vulnerabilities are known"),
    "support": message("how long {subjects} gets security updates"),
    "publishers": message("what publishers say of {subjects}"),
    "proposals": message("which proposals brought this"),
    "history": message("what was verified and overridden"),
    "issues": message("which issues are known"),
    "held": message("what is held"),
}
_QUOTED = message("{question}: “{answer}”")
#: Subjects of one failure that are named, and characters that are quoted of it.
_NAMED, _LONGEST = 5, 500


def lacking(telling: Telling) -> list[Line]:
    """One line for the half page, or none."""
    missing = telling.contents.missing
    if not missing:
        return []
    topics = _topics(telling.words, missing)
    return [telling.line(telling.say("not everything could be found out, so {what} may be missing here.", what=topics))]


def gaps(telling: Telling) -> list[Line]:
    """Each failure with what it was to tell, in its own words."""
    missing = telling.contents.missing
    lines = [telling.line(said) for said in _told(telling.words, missing)]
    if unasked := [one for one in missing if not one.said]:
        topics = _topics(telling.words, unasked)
        lines.append(telling.line(telling.say("no service was asked (--offline): {what} may be missing.", what=topics)))
    return lines


def sentences(missing: Iterable[Gap], words: Words) -> list[str]:
    """The failures for a log, each once: `which issues are known: “forge.example answered 503.”`"""
    return list(dict.fromkeys("".join(piece.text for piece in said) for said in _told(words, missing)))


def _told(words: Words, missing: Iterable[Gap]) -> Iterator[tuple[Piece, ...]]:
    for one in missing:
        if one.said:
            question = sentence(words.template(_QUESTIONS[one.of]), subjects=_subjects(words, one.subjects))
            yield sentence(words.template(_QUOTED), question=question, answer=told(one.said, _LONGEST))


def _subjects(words: Words, subjects: tuple[str, ...]) -> tuple[Piece, ...]:
    said: list[Said] = [told(one, 120) for one in subjects[:_NAMED]]
    if (more := len(subjects) - _NAMED) > 0:
        said.append(words.say_n("{n} more", "{n} more", more))
    return listed(words, said)


def _topics(words: Words, missing: Iterable[Gap]) -> tuple[Piece, ...]:
    """Each once, in the order of the table."""
    found = {one.of for one in missing}
    return listed(words, (words.say(topic) for of, topic in _TOPICS.items() if of in found))

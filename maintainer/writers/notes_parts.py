"""The parts of the site that moved: from what to what, what that closes, what their publishers say."""

import re
from collections import Counter
from collections.abc import Iterator

from maintainer.changes import Source
from maintainer.model import Advisory, Note
from maintainer.releasing import Moved, Part
from maintainer.text import advisory
from maintainer.writers import sanitise
from maintainer.writers.notes_pieces import Line, Piece, Said, called, capital, joined, listed, told
from maintainer.writers.notes_telling import SEVERITIES, Telling, named, updated
from maintainer.writers.words import message

KINDS: dict[Part, str] = {
    "core": message("core"),
    "plugin": message("plugin"),
    "theme": message("theme"),
    "runtime": message("runtime"),
    "package": message("package"),
    "image": message("image"),
    "action": message("CI action"),
}
#: Versions whose publisher is heard, and what is quoted of each.
_VERSIONS, _QUOTED, _LONGEST = 3, 3, 160
_ENDED, _SUPPORTED = message("security updates ended on {until}"), message("security updates until {until}")
_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(.+)$", re.MULTILINE)
#: How publishers label items: `Fix - `, `Tweak: `, `[Dev] `.
_LABEL = re.compile(
    r"^\[?(?:fix(?:ed)?|dev|add(?:ed)?|new|tweak|update|enhancement|improvement|performance|feature)\]?"
    r"(?:\s*[:\u2013\u2014]\s*|\s+-\s+|(?<=\])\s+)",
    re.IGNORECASE,
)
_DEVELOPERS = re.compile(r"^\[?dev\b|^(?:build|chore|ci|internal|test)s?\s*[:\u2013-]", re.IGNORECASE)
#: A number of the publisher's own tracker at the end.
_REFERRING = re.compile(r"[\s(\[]{0,3}#\d{1,9}[\s)\].]{0,3}$")
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}[ \t]|={2,}|\*\*[^*\n]{1,80}\*\*[ \t]*$)")


def parts(telling: Telling) -> list[Line]:
    """Those that visitors can meet."""
    found = updated(telling)
    names = Counter(one.name or one.package for one in found)
    return [_part(telling, one, exact=telling.technical or names[one.name or one.package] > 1) for one in found]


def development(telling: Telling) -> list[Line]:
    """Those only developers use: one line for a client."""
    found = [one for one in telling.contents.moved if one.development]
    if telling.technical:
        return [_part(telling, one, exact=True, quoted=False) for one in found]
    if not found:
        return []
    said = telling.words.say_n(
        "{n} tool that only developers use was updated.", "{n} tools that only developers use were updated.", len(found)
    )
    return [telling.line(said, (source for one in found for source in one.sources))]


def versions(telling: Telling, one: Moved) -> tuple[Piece, ...]:
    """`9.4.2 → 9.4.4`."""
    before, after = (told(version, 60) for version in (one.before, one.after))
    if not before:
        return telling.say("new, {version}", version=after)
    if not after:
        return telling.say("removed, was {version}", version=before)
    return (*before, Piece(" → "), *after)


def _part(telling: Telling, one: Moved, *, exact: bool, quoted: bool = True) -> Line:
    """`WooCommerce 9.4.2 → 9.4.4`; `exact` tells it from another of its name, `quoted` has the publisher's words."""
    kind = telling.words.say(KINDS[one.part])
    said = (named(one), Piece(" "), *versions(telling, one))
    if exact:
        said = (*said, Piece(f" · {kind}"))
        if one.package and one.package.lower() != one.name.lower():
            said = (*said, Piece(" "), called(one.package, 120, code=True))
    if one.downgrade:
        said = joined((said, telling.words.say("a step back")))
    return telling.line(telling.referred(said, one.sources), one.sources, _below(telling, one, quoted))


def _below(telling: Telling, one: Moved, quoted: bool) -> Iterator[Line]:
    words = telling.words
    for each in one.fixes:
        yield telling.line((Piece(words.say("closes") + " "), *_advisory(telling, each)), one.sources)
    for each in one.open if one.after else ():
        yield telling.line((Piece(words.say("still open:") + " "), *_advisory(telling, each)), one.sources)
    if one.ended and one.after:
        dated = words.date(one.ended)
        said = telling.say(
            "{before} has had no security updates since {ended}", before=told(one.before, 60), ended=dated
        )
        yield telling.line(said, one.sources)
    if one.supported and one.after:
        dated = words.date(one.supported)
        ended = one.supported <= telling.contents.at
        yield telling.line(telling.say(_ENDED if ended else _SUPPORTED, until=dated), one.sources)
    if one.between:
        passed = listed(words, (told(version, 40) for version in one.between[:8]))
        yield telling.line(telling.say("on the way: {versions}", versions=passed), one.sources)
    if telling.technical and one.files:
        files = joined((called(path, 200, code=True) for path in one.files[:4]), ", ")
        more = (Piece(f" (+{len(one.files) - 4})"),) if len(one.files) > 4 else ()
        yield telling.line((*files, *more), one.sources)
    if quoted:
        yield from _publisher(telling, one.notes, one.sources)


def _advisory(telling: Telling, each: Advisory) -> tuple[Piece, ...]:
    """`CVE-2026-1234 (high): Stored XSS`."""
    severity = telling.words.say(SEVERITIES[each.severity])
    summary = capital(told(each.summary, _LONGEST))
    return (
        called(advisory.name(each), 60, each.url),
        Piece(f" ({severity})"),
        *((Piece(": "), *summary) if summary else ()),
    )


def _publisher(telling: Telling, notes: tuple[Note, ...], sources: tuple[Source, ...]) -> Iterator[Line]:
    """The publishers' words on each version passed, newest first, shortened: whole changelogs are a link away."""
    words = telling.words
    heard = [(note, items) for note in notes if (items := highlights(note))]
    for note, items in heard[:_VERSIONS]:
        below = [telling.line(capital(told(item, _LONGEST)), sources) for item in items[:_QUOTED]]
        if (more := len(items) - _QUOTED) > 0:
            rest = words.say_n("{n} more in its changelog", "{n} more in its changelog", more)
            below.append(telling.line(Piece(rest, note.url), sources))
        version: Said = called(note.version, 40, note.url, strong=True)
        if note.published:
            version = (*joined((version, words.date(note.published)), ", "),)
        yield telling.line(telling.say("the publisher on {version}:", version=version), sources, below)
    if (older := len(heard) - _VERSIONS) > 0:
        said = words.say_n("and {n} older version", "and {n} older versions", older)
        yield telling.line(said, sources)


def highlights(note: Note) -> list[str]:
    """What a publisher lists for one version, in plain words, developers' items last; without a list its paragraphs."""
    text = sanitise.from_html(note.text) if sanitise.is_html(note.text) else note.text[: sanitise.MOST_HTML]
    items = _ITEM.findall(text) or [line for line in text.split("\n") if not _HEADING.match(line)]
    found = [
        (_DEVELOPERS.match(said) is not None, _LABEL.sub("", _REFERRING.sub("", said)))
        for item in items
        if len(said := sanitise.bare(item, _LONGEST)) > 3
    ]
    return [said for _, said in sorted(found, key=lambda one: one[0])]

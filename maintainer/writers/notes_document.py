"""Release notes: two levels in one document, the half page an owner reads and the details behind it.

    document(contents, Words("pl", zone), "client") -> Document -> notes_markdown, notes_html, notes_text, notes_slack

Every line says what it is known from. The tone is for whom it is: a client reads no hashes, types or developers' tools.
"""

from collections.abc import Iterator

from maintainer.releasing import Contents, Passed
from maintainer.writers import sanitise
from maintainer.writers.notes_checked import evidence
from maintainer.writers.notes_entries import (
    BREAKING,
    alike,
    breaking,
    doubts,
    features,
    fixes,
    listing,
    others,
    secured,
    undone,
)
from maintainer.writers.notes_gaps import gaps
from maintainer.writers.notes_held import held
from maintainer.writers.notes_parts import development, parts, versions
from maintainer.writers.notes_pieces import Document, Line, Piece, Section, Tone, called, joined, listed, told
from maintainer.writers.notes_summary import shortened, summary
from maintainer.writers.notes_telling import Telling, named, worded
from maintainer.writers.words import Words

#: Sections that few people want to read: a page folds them, a long note is shortened by them first.
FOLDED = frozenset({"others", "development", "doubts", "evidence", "gaps"})


def document(contents: Contents, words: Words, tone: Tone) -> Document:
    """The notes of a release, in the language and the zone of `words`."""
    marks = {str(one.number): one.mark for one in contents.merges}
    telling = Telling(contents, words, tone, marks, alike(contents.changed))
    return Document(
        title=telling.line(Piece(_title(contents), strong=True)),
        about=telling.line(_about(telling)),
        sections=(*summary(telling), *_details(telling)),
        language=words.language,
        tone=tone,
    )


def explain(document: Document) -> str:
    """Each line in plain text, and below it every source it is known from."""
    said = []
    for line in document.lines():
        said.append(sanitise.plain(line.text))
        for source in line.sources:
            # A hash is as short as people know it; its address has the whole.
            known = source.id[:12] if source.kind == "commit" else source.id
            said.append("    " + sanitise.plain(f"{source.kind} {known} {source.url}").strip())
    return "\n".join(said) + "\n"


def _title(contents: Contents) -> str:
    return f"{called(contents.site).text} {called(contents.version, 40).text}".strip() or "–"


def _about(telling: Telling) -> tuple[Piece, ...]:
    """`24 November 2026 · since 2026.47`, with a link to all of it."""
    contents, say = telling.contents, telling.words.say
    parts = [Piece(telling.words.date(contents.at))]
    if contents.base:
        base = called(contents.base, 12 if len(contents.base) == 40 else 60).text
        parts.append(Piece(say("since {base}", base=base), contents.compare))
    if not contents.version:
        parts.append(Piece(say("not released yet")))
    return joined(parts)


def _details(telling: Telling) -> Iterator[Section]:
    say = telling.words.say
    yield from shortened(telling)
    for key, heading, found in (
        ("breaking", say(BREAKING), breaking(telling)),
        ("parts", say("Parts of the site"), parts(telling)),
        ("features", say("Improvements"), listing(telling, features(telling))),
        ("secured", say("Security fixes"), listing(telling, secured(telling))),
        ("fixes", say("Fixes"), listing(telling, fixes(telling))),
        ("undone", say("Taken back"), undone(telling)),
        ("others", say("Other changes"), others(telling)),
        ("held", say("What waits"), held(telling)),
        ("passed", say("Overrides"), [_passed(telling, one) for one in telling.contents.passed]),
        ("evidence", say("What was checked"), evidence(telling)),
        ("gaps", say("What could not be found out"), gaps(telling)),
        ("rollback", say("How to go back"), _rollback(telling)),
        ("development", say("For developers only"), development(telling)),
        ("doubts", say("Worth a second look"), doubts(telling)),
    ):
        if lines := worded(found):
            yield Section(key, heading, lines, "details", folded=key in FOLDED)


def _passed(telling: Telling, one: Passed) -> Line:
    """Who let what through, why, agreed by whom, until when."""
    words = telling.words
    said = telling.say(
        "{by} overrode {what} on {moment}",
        by=told(one.by, 60),
        what=listed(words, (told(name, 80) for name in one.passed)),
        moment=Piece(words.moment(one.at), one.source.url),
    )
    below = [telling.line(telling.say("“{reason}”", reason=told(one.reason, 300)), (one.source,))]
    if one.agreed:
        agreed = telling.say("agreed by {who}", who=told(one.agreed, 60))
        below.append(telling.line(agreed, (one.source,)))
    if one.until:
        below.append(telling.line(words.say("good until {moment}", moment=words.moment(one.until)), (one.source,)))
    return telling.line(said, (one.source,), below)


def _rollback(telling: Telling) -> list[Line]:
    """Where to go back to, and what the code alone doesn't bring back."""
    back, words = telling.contents.rollback, telling.words
    if back is None:
        return []
    commit = called(back.commit[:7], code=True)
    if back.tag:
        tag = called(back.tag, 60, code=telling.technical, strong=not telling.technical)
        said = telling.say("deploy {tag} again ({commit}).", tag=tag, commit=commit)
        if not telling.technical:
            said = telling.say("deploy {tag} again.", tag=tag)
    else:
        said = telling.say("deploy the commit before it again: {commit}.", commit=commit)
    lines = [telling.line(said)]
    if not back.database:
        return [*lines, telling.line(words.say("no part of it is known to change the database."))]
    sources = [source for one in back.database for source in one.sources]
    names = listed(words, ((named(one), Piece(" "), *versions(telling, one)) for one in back.database))
    said = telling.say("{names} may have changed the database: restore that from its backup, too.", names=names)
    lines.append(telling.line(said, sources))
    lines.append(
        telling.line(words.say("orders placed since then are not in that backup: export them first."), sources)
    )
    return lines

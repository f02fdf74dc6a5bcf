"""The first half page of release notes: what an owner has to know, in plain words, the most pressing first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from maintainer.changes import OTHER, Source
from maintainer.releasing import Known, Moved, Required
from maintainer.text import advisory
from maintainer.writers.notes_checked import checked
from maintainer.writers.notes_entries import elsewhere, features, fixes, plain, secured
from maintainer.writers.notes_gaps import lacking
from maintainer.writers.notes_held import waiting
from maintainer.writers.notes_pieces import Line, Piece, Said, Section, called, capital, joined, listed, stopped, told
from maintainer.writers.notes_telling import Telling, named, updated, worded, wording
from maintainer.writers.notes_watch import watch
from maintainer.writers.words import message

#: Lines of one section before the rest is counted.
_MOST = 5
#: How long before security support ends it is worth a word.
_SOON = timedelta(days=180)
_ENDED = message("{name} {version} has had no security updates since {until}.")
_ENDS = message("{name} {version} gets security updates only until {until}.")
_NOT_SEEN = message("the history ends within this release: what is older could not be read")


def summary(telling: Telling) -> Iterator[Section]:
    """Its sections: what there is nothing to say of is left out, except where nothing is the news."""
    for key, title, lines in _sections(telling):
        if shown := telling.shortened(worded(lines), _MOST):
            told_of = (replace(line, pieces=stopped(line.pieces)) for line in shown)
            yield Section(key, title, tuple(told_of), "summary")


def shortened(telling: Telling) -> Iterator[Section]:
    """What the half page had no room for, whole, where no other section of the details tells of it."""
    for key, title, lines in _sections(telling):
        if key in ("required", "watch", "known", "unchecked") and len(worded(lines)) > _MOST:
            whole = _required_below(telling) if key == "required" else lines
            yield Section(f"all-{key}", title, worded(whole), "details")


def _sections(telling: Telling) -> tuple[tuple[str, str, list[Line]], ...]:
    say = telling.words.say
    heading, held_lines = waiting(telling)
    return (
        ("security", say("Security"), security(telling)),
        ("required", say("To do"), required(telling)),
        ("watch", say("To watch"), watch(telling)),
        ("known", say("Known issues"), known(telling)),
        ("held", heading, held_lines),
        ("new", say("What is new"), new(telling)),
        ("checked", say("Checked"), checked(telling)),
        ("unchecked", say("Not checked"), unchecked(telling)),
    )


def security(telling: Telling) -> list[Line]:
    """Which part closes what; whose security support had run out; that there is nothing of the kind."""
    say = telling.words.say
    lines = [telling.line(_closes(telling, one), one.sources) for one in updated(telling) if one.fixes]
    for one in (one for one in updated(telling) if one.ended and one.after):
        assert one.ended
        said = telling.say(
            "{name} {after} replaces {before}, which has had no security updates since {ended}.",
            name=named(one),
            after=told(one.after, 60),
            before=told(one.before, 60),
            ended=telling.words.date(one.ended),
        )
        lines.append(telling.line(said, one.sources))
    lines += [telling.line(plain(telling, one), one.sources) for one in secured(telling)]
    if lines:
        return lines
    if telling.contents.missing:
        return [telling.line(say("no fixes that we know of; not everything could be checked, see below."))]
    return [telling.line(say("no security fixes this time."))]


def _closes(telling: Telling, one: Moved) -> tuple[Piece, ...]:
    fixes = telling.advisories(one.fixes)
    if not one.after:
        return telling.say("{name} is gone, and {advisories} with it.", name=named(one), advisories=fixes)
    return telling.say(
        "{name} {version} closes {advisories}.", name=named(one), version=told(one.after, 60), advisories=fixes
    )


def required(telling: Telling) -> list[Line]:
    """What someone must do, or that it is nothing."""
    lines = [telling.line(_required(telling, one), one.sources) for one in telling.contents.required]
    return lines or [telling.line(telling.words.say("nothing."))]


def _required_below(telling: Telling) -> list[Line]:
    """All of it, but for what the section of what breaks tells."""
    contents = telling.contents
    broken = {source for one in contents.changed.entries if one.breaking for source in one.sources}
    there = [one for one in contents.required if one.cause == "breaking" and broken.issuperset(one.sources)]
    lines = [telling.line(_required(telling, one), one.sources) for one in contents.required if one not in there]
    return [*lines, *elsewhere(telling, [one.sources for one in there])]


def _required(telling: Telling, one: Required) -> tuple[Piece, ...]:
    text = told(one.text, 300)
    subject = told(" ".join(part for part in (one.subject, one.version) if part), 80)
    match one.cause:
        case "runtime":
            strong = tuple(Piece(piece.text, strong=True) for piece in subject)
            said = telling.say("the servers must run {subject} before this goes live.", subject=strong)
            return (*said, Piece(" "), *text) if text else said
        case "publisher":
            lead = telling.say("the publisher of {subject} asks:", subject=subject) if subject else ()
            return (*lead, Piece(" "), *text) if lead else capital(text)
        case "breaking" if telling.technical and subject:
            return (*(Piece(piece.text, strong=True) for piece in (*subject, Piece(": "))), *text)
        case "breaking" | "stated":
            return capital(text)


def known(telling: Telling) -> list[Line]:
    """Known issues: vulnerabilities that are still there, support that ends soon, and what else is known."""
    date, at = telling.words.date, telling.contents.at
    lines: list[Line] = []
    names: list[str] = []
    for one in (one for one in updated(telling) if one.open and one.after):
        names += [advisory.name(each) for each in one.open]
        said = telling.say(
            "{name} {version} still has {advisories}.",
            name=named(one),
            version=told(one.after, 60),
            advisories=telling.advisories(one.open),
        )
        lines.append(telling.line(said, one.sources))
    lines += [
        telling.line(telling.referred(_issue(telling, issue), issue.sources), issue.sources)
        for issue in telling.contents.known
        if not any(name in issue.text for name in names)
    ]
    for one in (one for one in updated(telling) if one.after and one.supported and one.supported < at + _SOON):
        assert one.supported
        template = _ENDED if one.supported <= at else _ENDS
        said = telling.say(template, name=named(one), version=told(one.after, 60), until=date(one.supported))
        lines.append(telling.line(said, one.sources))
    return lines


def _issue(telling: Telling, one: Known) -> tuple[Piece, ...]:
    text = told(one.text)
    if one.cause == "issue":
        return capital(text)
    return telling.say("checks failed: {title}", title=text) if text else telling.say("checks of the whole failed")


def new(telling: Telling) -> list[Line]:
    """What is new, counted, and the first improvements in their authors' words, but for what is told to be done."""
    words, contents = telling.words, telling.contents
    improved, mended, parts = features(telling), fixes(telling), updated(telling)
    added = [one for one in parts if not one.before]
    removed = [one for one in parts if one.before and not one.after]
    moved = [one for one in parts if one.before and one.after]
    counts: list[Said] = []
    sources: list[Source] = []
    for count, said in (
        (improved, telling.say_n("{n} improvement", "{n} improvements", len(improved))),
        (mended, telling.say_n("{n} fix", "{n} fixes", len(mended))),
        (moved, telling.say_n("{n} part updated", "{n} parts updated", len(moved))),
        (added, telling.say_n("{n} part added", "{n} parts added", len(added))),
        (removed, telling.say_n("{n} part removed", "{n} parts removed", len(removed))),
    ):
        if count:
            counts.append(said)
            sources += [source for one in count for source in one.sources]
    lines = []
    if not contents.base:
        lines.append(telling.line(words.say("this is the first release.")))
    if counts:
        lines.append(telling.line(joined(counts, ", "), sources))
    elif contents.base:
        lines.append(telling.line(_nothing(telling)))
    asked = {wording(one.text) for one in contents.required}
    news = [one for one in improved if one.text and wording(one.text) not in asked]
    lines += [telling.line(plain(telling, one), one.sources) for one in news[:3]]
    return lines


def _nothing(telling: Telling) -> str:
    say, contents = telling.words.say, telling.contents
    if any(one.type != OTHER or one.text for one in contents.changed.entries):
        return say("only what developers see.")
    if contents.moved:
        return say("only tools that developers use.")
    return say("nothing since {base}.", base=called(contents.base, 60).text)


def unchecked(telling: Telling) -> list[Line]:
    """What nobody could look at: never shown as fine."""
    say, contents = telling.words.say, telling.contents
    lines = lacking(telling)
    blind = [one for one in contents.watch if one.sign == "unverified"]
    if blind:
        names = listed(telling.words, (told(one.subject, 80) for one in blind))
        said = telling.say("{names}: worth a look by hand.", names=names)
        lines.append(telling.line(said, (source for one in blind for source in one.sources)))
    cut = [one for one in contents.changed.doubts if one.why == "cut"]
    if cut:
        lines.append(telling.line(f"{say(_NOT_SEEN)}.", (source for one in cut for source in one.sources)))
    if not contents.proofs and (contents.moved or contents.changed.entries):
        lines.append(telling.line(say("no check was run on these changes.")))
    return lines

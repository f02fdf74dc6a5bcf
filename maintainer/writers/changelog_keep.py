"""What is missing in a changelog's section `Unreleased`, put there; what people wrote is never changed.

    inserted(text, now, then, head) -> Kept(text, ...)

`now` are the lines as they are to be told, `then` as they were when the section was last told, up to the commit that a
comment in it names. So a line that a person reworded or deleted stays so: it is in both. A line of `then` that is no
more is taken away, and one that says something else by now is replaced, as long as nobody touched it: what a person
changed is left, and told. Where nobody knows `then`, references tell what is there already.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from maintainer.changes import Source
from maintainer.errors import ConfigurationError
from maintainer.model import Span
from maintainer.text.changelog_names import KINDS, Kind
from maintainer.text.keep_a_changelog import Changelog, Item, Part, Section, marked, read, without_mark
from maintainer.writers.changelog import Line, name
from maintainer.writers.changelog_edits import Edits, with_section
from maintainer.writers.changelog_style import Style, style
from maintainer.writers.words import Words

#: The references at an entry's end.
_ENDING = re.compile(r"\((?:[^()]|\([^()]{0,2000}\)){1,4000}\)[.]?$")
_NUMBER = re.compile(r"(?<![\w&])(?:[#!]\d{1,9}|GH-\d{1,9}|[A-Z][A-Z0-9_]{1,15}-\d{1,9})\b")
_LINE_END = re.compile(r"[ \t]*(?:\r\n|\r|\n)?")
_HASH = re.compile(r"(?<![\w/.-])[0-9a-f]{7,64}(?![\w-])")


@dataclass(frozen=True, slots=True)
class Kept:
    """The file as it is to be. `added` and `removed` are lines of ours, `left` sentences on what people changed.

    `section` is what its section tells by then, without the heading.
    """

    text: str
    section: str = ""
    added: tuple[Line, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class _Work:
    """What is to be done in the section."""

    new: list[Line] = field(default_factory=list)
    gone: list[Item] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def inserted(
    text: str,
    now: Sequence[Line],
    then: Sequence[Line] | None,
    head: str,
    *,
    words: Words,
    file: str = "CHANGELOG.md",
    version: str = "",
) -> Kept:
    """The file `text` (empty: there is none) with what is missing in it.

    `now` and `then` are in the order of `changelog.lines`; `then` is None where it isn't known. `head` is the commit
    that is remembered: one that has behind it whatever is in `now`. `version` is that of the section, which is there;
    empty for what isn't released.
    """
    read_first = read(text)
    if read_first.unreleased is None and not version:
        if _are_released(now, read_first.sections):
            return Kept(text)
        text = with_section(read_first, words)
        read_first = read(text)
    changelog, section = read_first, read_first.released(version) if version else read_first.unreleased
    if section is None:
        raise ConfigurationError(
            f"{file}: nothing can be put into it, as a code fence or a comment in it is never closed. Close it, then "
            "run again."
        )
    work = _compared(changelog, section, now, then, file)
    edits = Edits(text, changelog.newline)
    others = [one for one in changelog.sections if one is not section]
    _remember(changelog, section, "" if not version and _are_released(now, others) else head, edits)
    _write(changelog, section, now, work, style(changelog, words), edits)
    told = without_mark(edits.apply(Span(section.heading.end, section.end))).strip("\r\n")
    gone = tuple(one.words for one in work.gone)
    return Kept(edits.apply(), told, tuple(work.new), gone, tuple(dict.fromkeys(work.left)))


# what is to be done


def _compared(
    changelog: Changelog, section: Section, now: Sequence[Line], then: Sequence[Line] | None, file: str
) -> _Work:
    work = _Work()
    ours = {one.text for one in (*now, *(then or ()))}
    there: dict[str, list[Item]] = {}
    for item in section.items:
        there.setdefault(item.words, []).append(item)
    foreign = _Foreign(changelog, [item for item in section.items if item.words not in ours], file)
    elsewhere = {item.words for one in changelog.sections if one is not section for item in one.items}
    wanted, known = {(one.kind, one.text) for one in now}, {(one.kind, one.text) for one in then or ()}
    stale = [one for one in then or () if (one.kind, one.text) not in wanted]
    before: dict[tuple[str, str], list[Line]] = {}
    for one in stale:
        for source in _own(one):
            before.setdefault((source.kind, source.id), []).append(one)
    done: set[int] = set()
    for line in now:
        if (line.kind, line.text) in known:
            continue
        olds = _olds(line, before) if before else []
        done.update(map(id, olds))
        found = [item for one in olds for item in there.get(one.text, ())]
        if then is None and line.text not in there:
            found = foreign.same(line)
        if found:
            work.gone += found
            work.new.append(line)
        elif line.text in there or (line.references and line.text in elsewhere):
            continue
        elif told := foreign.telling((line, *olds)):
            what = "would say by now" if olds else "tells of it: not added is"
            work.left.append(f"{told} is in a person's words, and left as it is. It {what}: {line.text}")
        elif not olds:
            work.new.append(line)
    for one in stale:
        if found := there.get(one.text, []):
            work.gone += found
        elif id(one) not in done and (told := foreign.telling((one,))):
            work.left.append(
                f"{told} is in a person's words, and left as it is. What it tells is so no more: {one.text}"
            )
    work.gone = list({one.at: one for one in work.gone}.values())
    return work


def _olds(line: Line, before: Mapping[tuple[str, str], Sequence[Line]]) -> list[Line]:
    """The lines of then that told of the same; those in the same words where there are any."""
    found = {id(one): one for source in _own(line) for one in before.get((source.kind, source.id), ())}.values()
    return [one for one in found if one.words == line.words] or list(found)


def _own(line: Line) -> Iterator[Source]:
    """The sources that are one change's alone: many may refer to an issue."""
    return (one for one in line.sources if one.kind in ("commit", "proposal"))


class _Foreign:
    """The entries that no line of ours says, by what they refer to."""

    def __init__(self, changelog: Changelog, items: Iterable[Item], file: str) -> None:
        self._changelog = changelog
        self._file = file
        self._by_words: dict[str, list[Item]] = {}
        self._by_name: dict[str, Item] = {}
        for item in items:
            said = item.words
            ending = _ENDING.search(said[-5_000:])
            if ending and (_NUMBER.search(ending[0]) or _HASH.search(ending[0])):
                self._by_words.setdefault(said[: len(said) - len(ending[0])].rstrip(), []).append(item)
            for named in _HASH.findall(said):
                self._by_name.setdefault(named[:7], item)
            for named in _NUMBER.findall(said):
                self._by_name.setdefault(named, item)

    def same(self, line: Line) -> list[Item]:
        """Those in the line's words, with other references: the history was rewritten since."""
        return self._by_words.get(line.words, [])

    def telling(self, lines: Iterable[Line]) -> str:
        """Where a change is told in other words, `CHANGELOG.md:12`; empty where it isn't."""
        for one in lines if self._by_name else ():
            for source in one.sources:
                if item := self._by_name.get(name(source)):
                    return f"{self._file}:{self._changelog.line(item.at.start)}"
        return ""


def _are_released(lines: Sequence[Line], sections: Iterable[Section]) -> bool:
    """Whether these sections, which have a version by now, tell all the lines."""
    told = {item.words for one in sections for item in one.items} if lines else set()
    return all(one.references and one.text in told for one in lines)


# where it is done


def _remember(changelog: Changelog, section: Section, head: str, edits: Edits) -> None:
    """Keep the commit up to which the section is told, in a comment below its heading."""
    mark, newline = changelog.mark(section), changelog.newline
    text = marked(head) + newline
    if mark is None and head:
        edits.insert(section.heading.end, newline + text)
    elif mark and not head:
        between = changelog.text[section.heading.end : mark.at.start]
        edits.delete(section.heading.end if not between.strip() else mark.at.start, mark.at.end)
    elif mark and mark.commit != head:
        edits.replace(*mark.at, text)


def _write(changelog: Changelog, section: Section, now: Sequence[Line], work: _Work, made: Style, edits: Edits) -> None:
    parts: dict[Kind, Part] = {}
    for part in section.parts:
        if part.kind:
            parts.setdefault(part.kind, part)
    into = {kind: section.parts[0] if made.flat else parts.get(kind) for kind in KINDS}
    new, gone = {id(one) for one in work.new}, {one.at for one in work.gone}
    filled: set[int] = set()
    for part in dict.fromkeys(one for one in into.values() if one):
        lines = [one for one in now if into[one.kind] is part]
        if any(id(one) in new for one in lines):
            filled.add(part.heading.start)
            _fill(changelog, part, lines, new, gone, made, edits)
    _clear(changelog, section, gone, filled, edits)
    places: dict[int, str] = {}
    for kind in KINDS:
        lines = [one for one in work.new if one.kind == kind]
        if lines and into[kind] is None:
            items = (made.newline * made.loose).join(made.item(one.text) for one in lines)
            at = place(section, kind)
            places[at] = places.get(at, "") + made.newline * made.above + made.part(kind) + items
    for at, text in places.items():
        apart = is_text(changelog.text, at) and (made.above or changelog.text[at] != "#")
        edits.insert(at, text + made.newline * apart)


def place(section: Section, kind: Kind) -> int:
    """Where a new part belongs: before the first of a later kind, or at the end."""
    later = KINDS[KINDS.index(kind) + 1 :]
    at = next((at for at, part in enumerate(section.parts) if part.kind in later), len(section.parts))
    return section.parts[at - 1].end


def _fill(
    changelog: Changelog, part: Part, lines: Sequence[Line], new: set[int], gone: set[Span], made: Style,
    edits: Edits,
) -> None:  # fmt: skip
    """Put the new ones of `lines` beside their neighbours that are there; else at the end."""
    there: dict[str, Item] = {}
    for item in part.items:
        if item.at not in gone:
            there.setdefault(item.words, item)
    after: list[Item | None] = [None] * len(lines)
    following: Item | None = None
    for at in range(len(lines) - 1, -1, -1):
        after[at] = following
        if id(lines[at]) not in new and lines[at].text in there:
            following = there[lines[at].text]
    before: Item | None = None
    fresh: list[str] = []
    for at, line in enumerate(lines):
        if id(line) not in new:
            before = there.get(line.text, before)
        elif neighbour := after[at]:
            edits.insert(neighbour.at.start, made.item(line.text, neighbour.lead) + made.newline * made.loose)
        elif before:
            edits.insert(before.at.end, made.newline * made.loose + made.item(line.text, before.lead))
        else:
            fresh.append(line.text)
    if fresh:
        _append(changelog, part, fresh, gone, made, edits)


def _append(changelog: Changelog, part: Part, fresh: Sequence[str], gone: set[Span], made: Style, edits: Edits) -> None:
    """Put lines at the end of a part, where none of ours is beside which they could stand."""
    last = next((one for one in reversed(part.items) if one.at not in gone), None)
    example = last or (part.items[0] if part.items else None)
    lead = example.lead if example and example.lead.strip() in "-*+" else made.lead
    text = (made.newline * made.loose).join(made.item(one, lead) for one in fresh)
    if last:
        edits.insert(last.at.end, made.newline * (made.loose or lead != last.lead) + text)
    elif example:
        edits.insert(example.at.start, text)
    else:
        apart = made.gap or not part.title or part.end > part.heading.end
        edits.insert(part.end, made.newline * apart + text + made.newline * is_text(changelog.text, part.end))


def _clear(changelog: Changelog, section: Section, gone: set[Span], filled: set[int], edits: Edits) -> None:
    """Take entries away, and with them the heading that would stand there alone."""
    template = any(part.title and not part.items and part.end == part.heading.end for part in section.parts)
    end = section.heading.end
    for part in section.parts:
        emptied = bool(part.items) and all(one.at in gone for one in part.items)
        alone = emptied and part.heading.start not in filled
        if alone and part.kind and not template and _has_only_items(changelog.text, part):
            edits.delete(end, part.end)
        elif any(one.at in gone for one in part.items):
            _take(changelog.text, part, gone, alone, edits)
        end = part.end


def _take(text: str, part: Part, gone: set[Span], alone: bool, edits: Edits) -> None:
    """Take entries of a part away, each with the empty lines that part it from its neighbour."""
    items = part.items
    last = max((at for at, one in enumerate(items) if one.at not in gone), default=-1)
    for at, one in enumerate(items):
        start, end = one.at
        if one.at not in gone:
            continue
        if at < last and not text[end : items[at + 1].at.start].strip():
            end = items[at + 1].at.start
        elif at > last and at and not text[items[at - 1].at.end : start].strip():
            start = items[at - 1].at.end
        elif alone and not at:
            start = _blank_before(text, start, part.heading.end)
        edits.delete(start, end)


def _has_only_items(text: str, part: Part) -> bool:
    ends = [part.heading.end, *(one.at.end for one in part.items)]
    starts = [*(one.at.start for one in part.items), part.end]
    return not any(text[end:start].strip() for end, start in zip(ends, starts, strict=True))


def _blank_before(text: str, at: int, least: int) -> int:
    """Where the empty lines before a line begin."""
    bare = len(text[least:at].rstrip())
    found = _LINE_END.match(text, least + bare, at) if bare else None
    return found.end() if found else least


def is_text(text: str, at: int) -> bool:
    """Whether words follow at once, which an empty line has to part."""
    return text[at : at + 1] not in ("", "\r", "\n")

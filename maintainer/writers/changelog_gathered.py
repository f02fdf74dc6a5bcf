"""A changelog at the release that pre-releases led to: what they told is told of it, too.

gathered(text, versions, words) -> text
"""

from collections.abc import Sequence

from maintainer.text.changelog_names import KINDS
from maintainer.text.keep_a_changelog import Changelog, Item, Part, read
from maintainer.writers.changelog_edits import Edits, with_section
from maintainer.writers.changelog_keep import is_text, place
from maintainer.writers.changelog_style import Style, style
from maintainer.writers.words import Words


def gathered(text: str, versions: Sequence[str], words: Words) -> str:
    """The file with the entries of these versions (the newest first) in the section of what isn't released, as well.

    Each stands there once, as people left it, below the heading it had. The sections of the versions stay as they are,
    and so does what else is in them.
    """
    changelog = read(text)
    if changelog.unreleased is None:
        changelog = read(with_section(changelog, words))
    section = changelog.unreleased
    if section is None:
        return text
    told = {item.words for item in section.items}
    parts: dict[str, tuple[Part, list[Item]]] = {}
    for version in versions:
        known = changelog.released(version)
        for part in known.parts if known else ():
            items = parts.setdefault(_name(part), (part, []))[1]
            items += (one for one in part.items if one.words not in told)
            told.update(one.words for one in part.items)
    edits, made = Edits(changelog.text, changelog.newline), style(changelog, words)
    there = {_name(part): part for part in reversed(section.parts)}
    for name, (part, items) in sorted(parts.items(), key=lambda one: _rank(one[1][0])):
        if items and (into := there.get(name)):
            _append(changelog, into, items, made, edits)
        elif items:
            at = place(section, part.kind) if part.kind else section.end
            heading = changelog.text[part.heading.start : part.heading.end]
            copied = made.newline * made.above + heading + made.newline * made.gap + _copied(changelog, items, made)
            apart = is_text(changelog.text, at) and (made.above or changelog.text[at] != "#")
            edits.insert(at, copied + made.newline * apart)
    return edits.apply()


def _name(part: Part) -> str:
    return part.kind or part.title.casefold()


def _rank(part: Part) -> int:
    return KINDS.index(part.kind) if part.kind else len(KINDS)


def _copied(changelog: Changelog, items: Sequence[Item], made: Style) -> str:
    texts = (changelog.text[one.at.start : one.at.end] for one in items)
    lines = (text if text.endswith(("\r", "\n")) else text + made.newline for text in texts)
    return (made.newline * made.loose).join(lines)


def _append(changelog: Changelog, into: Part, items: Sequence[Item], made: Style, edits: Edits) -> None:
    copied = _copied(changelog, items, made)
    if into.items:
        edits.insert(into.items[-1].at.end, made.newline * made.loose + copied)
    else:
        apart = made.gap or not into.title or into.end > into.heading.end
        below = is_text(changelog.text, into.end) and made.above
        edits.insert(into.end, made.newline * apart + copied + made.newline * below)

"""What someone must do because of a release, as its commits, its runtimes and its packages' publishers tell.

    required(moved, changed) -> tuple[Required, ...]

What people write into a proposal (`stated`) is not found here.
"""

import re
from collections.abc import Iterable, Iterator

from maintainer.changes import Changed
from maintainer.releasing import Moved, Required

#: Of one notice: they come from outside, and are meant to be short.
LONGEST = 2_000
#: What is read of one version's notes.
MOST_CHARACTERS = 200_000

#: The section of a WordPress readme (https://developer.wordpress.org/plugins/wordpress-org/how-your-readme-txt-works/)
#: and its like elsewhere, as a heading of Markdown, of a readme, or of HTML.
_NOTICE = r"(?:upgrad(?:e|ing)|update|action|important)[ \t]+(?:notices?|notes?|required)"
_HEADING = re.compile(
    rf"^[ \t]*(?:#{{1,6}}[ \t]*|={{1,3}}[ \t]*|\*\*|<h[1-6][^<>\n]{{0,200}}>[ \t]*){_NOTICE}"
    r"(?:[ \t]*:?[ \t]*</h[1-6]>|[ \t:*#=]{0,40}$)",
    re.IGNORECASE | re.MULTILINE,
)
_NEXT = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]|={1,3}[ \t]|\*\*[^*\n]{1,100}\*\*[ \t]*$|<h[1-6])", re.IGNORECASE | re.MULTILINE
)


def required(moved: Iterable[Moved], changed: Changed) -> tuple[Required, ...]:
    """What breaks first, then runtimes, then publishers' notices; what is said twice is one with both sources."""
    listed = tuple(moved)
    found: dict[tuple[str, ...], Required] = {}
    for one in (*_breaking(changed), *_runtimes(listed), *_notices(listed)):
        key = one.cause, one.text, one.subject, one.version
        known = found.get(key)
        sources = dict.fromkeys((*known.sources, *one.sources) if known else one.sources)
        found[key] = Required(one.cause, one.text, tuple(sources), one.subject, one.version)
    return tuple(found.values())


def notices(text: str) -> Iterator[str]:
    """The sections of a publisher's notes that tell what to know or do before one updates."""
    text = text[:MOST_CHARACTERS]
    for heading in _HEADING.finditer(text):
        after = _NEXT.search(text, heading.end())
        if found := text[heading.end() : after.start() if after else len(text)].strip():
            yield found[:LONGEST]


def _breaking(changed: Changed) -> Iterator[Required]:
    for entry in changed.entries:
        yield from (Required("breaking", text, entry.sources) for text in entry.breaking)


def _runtimes(moved: Iterable[Moved]) -> Iterator[Required]:
    """Runtimes of another line: a patch is nobody's work, and what only CI runs, no server's."""
    for one in moved:
        small = one.bump in ("patch", "digest", "none")
        if one.part == "runtime" and one.before and one.after and not small and not one.development:
            yield Required("runtime", "", one.sources, one.name, one.after)


def _notices(moved: Iterable[Moved]) -> Iterator[Required]:
    for one in moved:
        if one.development or one.downgrade:
            continue
        for note in one.notes:
            yield from (Required("publisher", text, one.sources, one.name, note.version) for text in notices(note.text))

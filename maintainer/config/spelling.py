"""What somebody may have meant."""

import json
from collections.abc import Iterable
from difflib import get_close_matches

from maintainer.config.secrets import MASK, looks_secret

LONGEST = 60


def quoted(text: str) -> str:
    """A text to repeat in a message: in quotes, on one line, not too long, and no secret."""
    if looks_secret(text):
        return f'"{MASK}"'
    return printable(json.dumps(text if len(text) <= LONGEST else text[:LONGEST] + "…", ensure_ascii=False))


def printable(text: str) -> str:
    """The text with what no terminal should be told (control characters, changes of direction) as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def nearest(text: str, allowed: Iterable[str]) -> str:
    """` Did you mean "patch"?`, or nothing when nothing is near."""
    names = {name.lower(): name for name in allowed}
    found = get_close_matches(text.lower()[:LONGEST], names, n=1, cutoff=0.6)
    return f' Did you mean "{names[found[0]]}"?' if found else ""

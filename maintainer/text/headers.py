"""The headers at the top of a WordPress plugin or theme, read as WordPress reads them.

Source of the rule: `get_file_data` and `_cleanup_header_comment`
(https://developer.wordpress.org/reference/functions/get_file_data/).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from maintainer.model import Span

#: What WordPress looks at; a header further down does not count.
BYTES = 8 * 1024

#: What PHP's `trim` takes away: no form feed, and nothing beyond ASCII.
_BLANKS = " \t\n\r\0\x0b"
_END_OF_COMMENT = re.compile(r"(?<![ \t\x0b\x0c])[ \t\x0b\x0c]*(?:\*/|\?>).*")


class Header(NamedTuple):
    """A header's value as WordPress shows it, and where exactly it stands."""

    value: str
    at: Span


def headers(text: str, *names: str) -> Mapping[str, Header]:
    """The headers among `names` that have a value; of several lines with one name the first counts.

    The first may stand on the line of `<?php`; a line may begin with comment marks; case does not matter.
    """
    head = (
        text[:BYTES].encode("utf-8", "surrogateescape")[:BYTES].decode("utf-8", "surrogateescape").replace("\r", "\n")
    )
    found = {}
    for name in names:
        line = re.search(rf"^(?:[ \t]*<\?php)?[ \t/*#@]*{re.escape(name)}:(.*)$", head, re.M | re.I | re.A)
        if line is None:
            continue
        value = _END_OF_COMMENT.sub("", line[1])
        start = line.start(1) + len(value) - len(value.lstrip(_BLANKS))
        value = value.strip(_BLANKS)
        if value:
            found[name] = Header(value, Span(start, start + len(value)))
    return found

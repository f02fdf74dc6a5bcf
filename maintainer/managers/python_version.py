"""`.python-version`: the Python of pyenv, uv, setup-python's `python-version-file` and hosting platforms.

https://github.com/pyenv/pyenv#understanding-python-version-selection,
https://docs.astral.sh/uv/concepts/python-versions/ - of several versions the first is the one in use.
"""

import re
from collections.abc import Sequence

from maintainer.model import Found, Manifest, Span, Step, Update
from maintainer.text import edits, runtime

NAME = "python_version"
FILES: tuple[str, ...] = ("**/.python-version",)
BESIDE: tuple[str, ...] = ()

_PREFIX = re.compile(r"c?python[-@]?", re.ASCII)


def extract(manifest: Manifest) -> Sequence[Found]:
    """The first version in the file, unless it is of another Python (`pypy3.10`). Raises `errors.Unreadable`."""
    start, end = runtime.first_word(manifest)
    if prefix := _PREFIX.match(manifest.text, start, end):
        start = prefix.end()
    found = runtime.stated(NAME, manifest, "python", Span(start, end))
    return (found,) if found else ()


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)

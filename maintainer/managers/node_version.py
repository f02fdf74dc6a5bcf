"""`.nvmrc` and `.node-version`: a version of Node, or the name of a line of long-term support (`lts/iron`).

https://github.com/nvm-sh/nvm#nvmrc
"""

from collections.abc import Sequence

from maintainer.model import Found, Manifest, Step, Update
from maintainer.text import edits, runtime

NAME = "node_version"
FILES: tuple[str, ...] = ("**/.nvmrc", "**/.node-version")
BESIDE: tuple[str, ...] = ()


def extract(manifest: Manifest) -> Sequence[Found]:
    """The first version in the file. Raises `errors.Unreadable`."""
    found = runtime.stated(NAME, manifest, "node", runtime.first_word(manifest))
    return (found,) if found else ()


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)

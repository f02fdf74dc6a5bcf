"""Where a file states the version of what it is part of, and the file with another one there.

Known are `package.json`, `package-lock.json` and `composer.json` (`version`), `pyproject.toml` (`project.version`), and
the `Version:` header of a WordPress plugin or theme. Of any other file people say the text around it.
"""

import posixpath
import re
from collections.abc import Sequence

from maintainer.errors import ConfigurationError, Unreadable
from maintainer.model import Span
from maintainer.text import json_tree, toml_tree
from maintainer.text.headers import headers
from maintainer.text.tree import Table

_VERSION = r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,100}"


def moved(path: str, text: str, version: str, match: str | None = None) -> str:
    """The text with this version where it states one; nothing else of it changes.

    `match` is what stands around the version, with `{version}` in it; it may be in the file several times. Raises
    `errors.ConfigurationError` where the file states none, and where `match` stands around different versions.
    """
    spans = _matching(path, text, match) if match else _known(path, text)
    for span in sorted(spans, reverse=True):
        text = text[: span.start] + version + text[span.end :]
    return text


def _matching(path: str, text: str, match: str) -> Sequence[Span]:
    before, _, after = match.partition("{version}")
    found = list(re.finditer(f"{re.escape(before)}({_VERSION}){re.escape(after)}", text))
    stated = list(dict.fromkeys(one[1] for one in found))
    if len(stated) != 1:
        how = f"is there around {', '.join(stated)}" if stated else "isn't there"
        raise ConfigurationError(f"{path}: {match} {how}, so its version can't be set. Mend release.files.")
    return [Span(*one.span(1)) for one in found]


def _known(path: str, text: str) -> Sequence[Span]:
    name = posixpath.basename(path)
    spans: list[Span] = []
    try:
        if name.endswith(".json"):
            # Its own, and that of the root package in a lock file.
            spans = _spans(json_tree.parse_table(text), ("version",), ("packages", "", "version"))
        elif name.endswith(".toml"):
            tree = toml_tree.parse(text)
            spans = _spans(tree, ("project", "version"))
        elif name.endswith((".php", ".css")) and (found := headers(text, "Version").get("Version")):
            spans = [found.at]
    except Unreadable as error:
        raise ConfigurationError(f"{path}: {error}") from None
    if not spans:
        raise ConfigurationError(
            f"{path}: it is not known where it states a version. Say what stands around it in release.files, such as "
            'match: VERSION = "{version}".'
        )
    return spans


def _spans(tree: Table, *paths: tuple[str, ...]) -> list[Span]:
    found = (tree.scalar(*path) for path in paths)
    return [one.at for one in found if one and one.quoted]

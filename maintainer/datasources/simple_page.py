"""The HTML form of a Python index's page of a project (PEP 503, 592), as the JSON form's `files` (PEP 691)."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit


def files(page: str) -> list[dict[str, Any]]:
    """One entry an anchor that names a file: `filename`, `hashes`, `requires-python`, `yanked`."""
    anchors = _Anchors()
    anchors.feed(page)
    return anchors.found


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            return
        stated = dict(attrs)
        try:
            address = urlsplit(stated.get("href") or "")
        except ValueError:
            return
        name = unquote(address.path.rpartition("/")[2])
        if not name:
            return
        entry: dict[str, Any] = {"filename": name}
        if digest := re.fullmatch(r"sha256=([0-9a-f]{64})", address.fragment):
            entry["hashes"] = {"sha256": digest[1]}
        if python := stated.get("data-requires-python"):
            entry["requires-python"] = python
        if "data-yanked" in stated:
            entry["yanked"] = stated["data-yanked"] or True
        self.found.append(entry)

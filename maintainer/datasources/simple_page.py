"""What a Python index says of a project: its files, in JSON (PEP 691, 700) or HTML (PEP 503, 592), by version."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from maintainer.text import foreign

#: An anchor whose attributes are all quoted with double quotes, and any anchor at all.
_ANCHOR = re.compile(r'<[aA]((?:[ \t\r\n]+[a-zA-Z-]+="[^"<]{0,4000}"){1,20})[ \t\r\n]*>')
_OPENED = re.compile(r"<a(?![a-z0-9-])", re.IGNORECASE)
#: What anchors can stand in that are none.
_HIDING = re.compile(r"<(?:!--|script|style)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([a-zA-Z-]+)="([^"]*)"')

_ARCHIVES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar")


@dataclass(slots=True)
class Files:
    """What the files of one version say together."""

    published: datetime | None = None
    python: str = ""
    yanked: str = ""
    files: int = 0
    gone: int = 0
    hashes: list[str] = field(default_factory=list)

    @property
    def withdrawn(self) -> str:
        if not self.files:
            return "no file of it is left"
        return self.yanked if self.files == self.gone else ""


def files(page: str) -> list[dict[str, Any]]:
    """The HTML form as PEP 691's `files`, one an anchor: `filename`, `hashes`, `requires-python`, `yanked`."""
    found = [_attributes(anchor[1]) for anchor in _ANCHOR.finditer(page)]
    # Written as indexes write it: ten times as fast as a parser, and pages are megabytes.
    if _HIDING.search(page) or len(found) != len(_OPENED.findall(page)):
        anchors = _Anchors()
        # Python's parser gives up on some declarations, and an index needs none.
        plain = re.sub(r"<!--.*?(?:-->|\Z)", "", page, flags=re.DOTALL)
        anchors.feed(re.sub(r"<(?!/?[a-zA-Z])", "&lt;", plain))
        found = anchors.found
    return [entry for stated in found if (entry := _entry(stated))]


def _attributes(written: str) -> dict[str, str | None]:
    return {name.lower(): unescape(value) if "&" in value else value for name, value in _ATTRIBUTE.findall(written)}


def _entry(stated: Mapping[str, str | None]) -> dict[str, Any] | None:
    address, _, fragment = (stated.get("href") or "").partition("#")
    name = unquote(address.partition("?")[0].rpartition("/")[2])
    if not name:
        return None
    entry: dict[str, Any] = {"filename": name}
    if digest := re.fullmatch(r"sha256=([0-9a-f]{64})", fragment):
        entry["hashes"] = {"sha256": digest[1]}
    if python := stated.get("data-requires-python"):
        entry["requires-python"] = python
    if "data-yanked" in stated:
        entry["yanked"] = stated["data-yanked"] or True
    return entry


def by_version(page: Mapping[str, Any], package: str, *, hashes: bool = False) -> dict[str, Files]:
    """The files by the version their names say; versions are spelled as `versions` (PEP 700) does, where it is."""
    listed = page.get("versions")
    found = (
        {version: Files() for version in listed if foreign.version(version) == version} if type(listed) is list else {}
    )
    spelling = _spellings(found)
    entries = page.get("files")
    known: dict[str, str] = {}
    prefixes = (f"{package}-", re.sub(r"[-_.]", "_", package).lower() + "-")
    for entry in entries if type(entries) is list else ():
        if type(entry) is not dict or type(name := entry.get("filename")) is not str:
            continue
        stated = _version_of(name, package, prefixes)
        version = known.get(stated)
        if version is None:
            version = known[stated] = stated if stated in found else spelling(stated) if foreign.version(stated) else ""
        if not version:
            continue
        each = found.get(version)
        if each is None:
            each = found[version] = Files()
        each.files += 1
        each.python = each.python or foreign.text(entry.get("requires-python"))
        yanked = entry.get("yanked", False)
        if yanked is not False and yanked is not None:
            each.gone += 1
            each.yanked = foreign.text(yanked) or each.yanked or "yanked"
        if (time := foreign.when(entry.get("upload-time"))) and (each.published is None or time < each.published):
            each.published = time
        if hashes and re.fullmatch(r"[0-9a-f]{64}", digest := foreign.text(entry, "hashes", "sha256")):
            each.hashes.append(digest)
    return found


def _spellings(versions: Mapping[str, Files]) -> Callable[[str], str]:
    """How `versions` spells the version of a file's name: the same by PEP 440, as files normalise it."""
    from packaging.version import InvalidVersion, Version

    def normal(version: str) -> str:
        try:
            return str(Version(version))
        except InvalidVersion:
            return version

    listed: dict[str, str] = {}

    def spell(version: str) -> str:
        if not listed and versions:
            listed.update({normal(each): each for each in list(versions)})
        return listed.setdefault(normal(version), normal(version))

    return spell


def _version_of(filename: str, package: str, prefixes: tuple[str, ...]) -> str:
    """The version in the name of a wheel, an egg or a source archive; empty for another file.

    `prefixes` are how the package's name is usually written there.
    """
    if filename.endswith((".whl", ".egg")):
        parts = filename[:-4].split("-")
        return parts[1] if len(parts) > 2 or (filename.endswith(".egg") and len(parts) == 2) else ""
    ending = next((ending for ending in _ARCHIVES if filename.endswith(ending)), None)
    if ending is None:
        return ""
    stem = filename[: -len(ending)]
    length = len(package)
    if (
        stem.startswith(prefixes)
        or re.sub(r"[-_.]", "-", stem[: length + 1]).lower() == re.sub(r"[-_.]", "-", f"{package}-").lower()
    ):
        return stem[length + 1 :]
    return stem.rpartition("-")[2] if "-" in stem else ""


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))

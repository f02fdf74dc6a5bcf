"""WordPress' readme.txt: its header fields, and its changelog by version.

Source of the format: https://developer.wordpress.org/plugins/wordpress-org/how-your-readme-txt-works/
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: A readme or changelog beyond this is cut: nobody reads it, and somebody could have made it to cost time.
CHARACTERS = 1024 * 1024

_FIELDS = {
    "stable tag": "stable_tag",
    "requires at least": "requires",
    "requires": "requires",
    "requires php": "requires_php",
    "tested up to": "tested",
    "tested": "tested",
}
_SECTION = re.compile(r"^(?:==[ \t]*([^=\n]{1,100}?)[ \t]*=*|##[ \t]*([^#\n]{1,100}?)[ \t]*#*)[ \t]*$", re.M)
#: `= 1.2.3 =`, `### 1.2.3`, `**1.2.3 - 2024-05-02**`: the whole line is a heading.
_LINE = re.compile(
    r"^[ \t]*(?:=[ \t]*([^=\n]{1,100})=*|#{2,6}[ \t]+([^\n]{1,100})|\*\*([^*\n]{1,100})\*\*:?)[ \t]*$", re.M
)
#: The same in HTML; a bold line counts as a heading when a version is all it says.
_TAG = re.compile(r"<(h[1-6]|strong|b|dt|p)(?:\s[^<>]{0,300})?>", re.I)
_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+(?:[.-]?(?:alpha|beta|rc|a|b|dev|p|pl)[.-]?\d*)?)(?![\w.]*\w)", re.I)
_DATE = re.compile(r"\b(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})\b")


@dataclass(frozen=True, slots=True)
class Readme:
    """What a readme.txt says; every text as its author wrote it, empty when missing."""

    stable_tag: str = ""
    requires: str = ""
    requires_php: str = ""
    tested: str = ""
    #: Version -> the text below its heading, in the order of the file.
    changelog: Mapping[str, str] = field(default_factory=dict)
    #: The same of what its author wants known before one updates.
    upgrade_notice: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> Readme:
    """Read a readme.txt or readme.md; anything is a readme, if a poor one."""
    text = text[:CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    sections = list(_SECTION.finditer(text))
    # The title is a section too when written `=== Name ===` or `# Name`; fields stand before the next one.
    first = next((s.start() for s in sections if not s[0].startswith("===")), len(text))
    fields: dict[str, str] = {}
    for line in text[:first].split("\n"):
        name, colon, value = line.partition(":")
        known = _FIELDS.get(name.strip(" \t*").lower())
        if colon and known:
            fields.setdefault(known, value.strip(" \t*")[:100])
    return Readme(
        **fields,
        changelog=_below(text, sections, "changelog", "change log"),
        upgrade_notice=_below(text, sections, "upgrade notice", "upgrade notices"),
    )


def by_version(changelog: str) -> Mapping[str, str]:
    """A changelog in HTML, as wordpress.org and vendors give it, cut at its version headings."""
    changelog = changelog[:CHARACTERS]
    headings = []
    for tag in _TAG.finditer(changelog):
        version, end = _heading(changelog, tag)
        if version:
            headings.append((tag.start(), end, version))
    return _cut(changelog, headings)


def _below(text: str, sections: list[re.Match[str]], *names: str) -> Mapping[str, str]:
    """A section by version; a heading of the section's own kind that states a version is within it."""
    for number, section in enumerate(sections):
        if (section[1] or section[2] or "").strip().lower() not in names:
            continue
        rest = (s for s in sections[number + 1 :] if _version(s[1] or s[2] or "") is None)
        body = text[section.end() : next((s.start() for s in rest), len(text))]
        lines = ((line, _version(line[1] or line[2] or line[3] or "")) for line in _LINE.finditer(body))
        return _cut(body, [(line.start(), line.end(), version) for line, version in lines if version])
    return {}


def _heading(text: str, tag: re.Match[str]) -> tuple[str | None, int]:
    """The version a heading names, and where the heading ends."""
    name = tag[1].lower()
    after = text[tag.end() : tag.end() + 400]
    close = after.lower().find(f"</{name}")
    if close < 0:
        return None, 0
    says = html.unescape(re.sub(r"<[^<>]{0,300}>", " ", after[:close]))
    if name in ("strong", "b", "p") and len(says) > 60:
        return None, 0
    end = after.find(">", close)
    return _version(says), tag.end() + (end + 1 if end >= 0 else close)


def _version(heading: str) -> str | None:
    """The version a heading states; a date is none (`2024-05-02 - version 9.3.3`)."""
    found = _VERSION.search(_DATE.sub(" ", heading[:200]))
    return found[1] if found else None


def _cut(text: str, headings: Iterable[tuple[int, int, str]]) -> Mapping[str, str]:
    """Version -> the text from its heading's end to the next heading; of several with one version the first."""
    marks = list(headings)
    parts: dict[str, str] = {}
    for number, (_, end, version) in enumerate(marks):
        until = marks[number + 1][0] if number + 1 < len(marks) else len(text)
        parts.setdefault(version, text[end:until].strip() if end <= until else "")
    return parts

"""What text from outside must not do where we write it: one judge for each kind of place.

Each gives what is wrong, empty for nothing.

    assert not neutral.markdown(body, host="127.0.0.1")
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

#: What our Markdown is made of, as HTML; `input` is a box of GitHub's and GitLab's Markdown, which this one lacks.
ELEMENTS = frozenset(
    """a blockquote br code details em h1 h2 h3 h4 h5 h6 hr li ol p pre strong summary table tbody td th thead tr
    ul""".split()  # noqa: SIM905 - a list of words
)
ATTRIBUTES = frozenset({("a", "href"), ("ol", "start"), ("td", "style"), ("th", "style")})
#: A comment of ours.
HIDDEN = re.compile(r"<!-- maintainer:(?:begin|end|identity [^<>\n]+|comment [a-z]+|do [a-z]+(?: \S+)?) -->")
#: Everything that steers, hides or reorders; U+200B is ours, by which things are kept apart.
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200c-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
MENTION = re.compile(r"@[A-Za-z0-9]")
REFERENCE = re.compile(r"(?<![&\w])[#!]\d|\bGH-\d", re.IGNORECASE)
ADDRESS = re.compile(r"(?:\b[a-z][a-z0-9+.-]+://|\b(?:mailto|javascript|data):|\bwww\.)[^\s<>()\"'`]*", re.IGNORECASE)
#: What the runners of GitHub, of Azure and of TeamCity take for a command (the first at the start of a line alone).
COMMAND = re.compile(r"^\s*::[a-z-]+[ :]|##\w*\[", re.IGNORECASE | re.MULTILINE)


class _Elements(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, host: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.prose: list[str] = []
        self._host = host
        self._code = 0
        self._open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.wrong.append(f"element <{tag}>")
        self.wrong += [f"attribute {tag} {name}" for name, _ in attrs if (tag, name) not in ATTRIBUTES]
        target = dict(attrs).get("href") or ""
        if tag == "a" and urlsplit(target).hostname != self._host:
            self.wrong.append(f"link to {target}")
        self._code += tag in ("code", "pre")
        self._open += tag == "details"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre")
        self._open -= tag == "details"
        if self._open < 0:
            self.wrong.append("a </details> that ends nothing")

    def handle_comment(self, data: str) -> None:
        if not HIDDEN.fullmatch(f"<!--{data}-->"):
            self.wrong.append(f"comment {data[:80]!r}")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.prose.append(data)


def markdown(text: str, host: str = "", ours: str = "", ticked: int = 0) -> list[str]:
    """Of Markdown we wrote. `host` may be linked to; `ours` is a pattern of references of our own; so many boxes are
    ticked."""
    wrong = [f"character {found!r}" for found in set(STEERS.findall(text.replace("\r\n", "\n")))]
    if (found := len(re.findall(r"^\s*(?:[-*+]|\d+[.)])\s+\[[xX]\]", text, re.MULTILINE))) != ticked:
        wrong.append(f"{found} boxes are ticked, not {ticked}")
    if found_action := re.search(r"^[ \t]*/[a-z]\w+", text, re.MULTILINE):
        wrong.append(f"quick action {found_action[0].strip()}")
    if text.count("<!-- maintainer:begin -->") > 1 or text.count("<!-- maintainer:end -->") > 1:
        wrong.append("the bounds of our region, more than once")
    for raw in (True, False):
        made = MarkdownIt("commonmark", {"html": raw}).enable("table").render(text)
        seen = _Elements(host)
        seen.feed(made)
        seen.close()
        wrong += seen.wrong
        if raw and seen._open:
            wrong.append("a <details> that is never closed")
        prose = HIDDEN.sub("", "".join(seen.prose))
        wrong += _acts(re.sub(ours, "", prose) if ours else prose, host)
    return sorted(set(wrong))


def _acts(prose: str, host: str = "") -> Iterator[str]:
    """What a forge would make of plain words."""
    for pattern, what in ((MENTION, "mention"), (REFERENCE, "reference")):
        for found in pattern.finditer(prose):
            yield f"{what} {prose[max(found.start() - 20, 0) : found.end() + 20]!r}"
    for found in ADDRESS.finditer(prose):
        if urlsplit(found[0]).hostname != host or not host:
            yield f"address {found[0]}"


def line(text: str) -> list[str]:
    """Of a title, a status or a commit's subject: one line, that is no Markdown but is searched for references."""
    wrong = [f"character {found!r}" for found in set(STEERS.findall(text))]
    wrong += ["more than a line"] if "\n" in text else []
    return [*wrong, *_acts(text)]


def log(text: str) -> list[str]:
    """Of what a CI's log shows, or a terminal."""
    wrong = [f"character {found!r}" for found in set(STEERS.findall(text))]
    return [*wrong, *(f"command {found[0]!r}" for found in COMMAND.finditer(text))]

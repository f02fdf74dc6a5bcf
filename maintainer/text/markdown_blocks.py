"""The blocks of a Markdown text and where each stands, as CommonMark has them (https://spec.commonmark.org/0.31.2/).

    blocks(text) -> headings, items of lists, definitions of links, comments, and all else as prose

Only what stands in the document itself is told apart: a heading within an item, a quote, a comment or a fence is part
of it. Every line is looked at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from maintainer.model import Span

Kind = Literal["heading", "item", "definition", "comment", "prose"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_BREAK = re.compile(r"(?:\*[ \t]*){3,}$|(?:-[ \t]*){3,}$|(?:_[ \t]*){3,}$")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")
_BULLET = re.compile(r"(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)")
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})")
_DEFINITION = re.compile(
    r"\[((?:[^\[\]\\]|\\.){1,999})\]:[ \t]*(<[^<>]*>|[^\s<]\S*)(?:[ \t]+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?[ \t]*$"
)
#: Lists in lists on one line.
_DEEPEST = 20
#: What begins HTML that ends with a text of its own, and that text.
_HTML = (
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"(?i)<(?:pre|script|style|textarea)(?![^ \t>])"), re.compile(r"(?i)</(?:pre|script|style|textarea)>")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
)  # fmt: skip
#: What begins HTML that ends at an empty line.
_ELEMENT = re.compile(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div"
    r"|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link"
    r"|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead"
    r"|title|tr|track|ul)(?:[ \t]|/?>|$)",
    re.IGNORECASE,
)
#: As `_ELEMENT`, but it ends no paragraph.
_TAG = re.compile(r"(?:<[a-z][a-z0-9-]*(?:[ \t][^<>]*)?>|</[a-z][a-z0-9-]*[ \t]*>)[ \t]*$", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """Whole lines of a text; the empty ones after it belong to no block.

    `text` are the words of a heading, the lines of an item without its bullet, the label of a definition, else the
    block itself. `lead` is what stands before an item's text (`- `), `#` or `=` for how a heading is written, the
    address of a definition.
    """

    kind: Kind
    at: Span
    text: str = ""
    lead: str = ""
    level: int = 0


@dataclass(slots=True)
class _Open:
    """A block that may go on."""

    kind: Literal["fence", "html", "item", "quote", "paragraph"]
    start: int
    end: int
    #: Of HTML what ends it (None: an empty line), of a fence its first characters.
    until: re.Pattern[str] | None = None
    fence: str = ""
    lead: str = ""
    #: The column at which an item's text begins.
    column: int = 0
    #: Whether a paragraph is open in an item or a quote, which goes on without its indentation.
    lazy: bool = False
    is_empty: bool = False
    is_comment: bool = False


def blocks(text: str) -> list[Block]:
    """Any text is read, in time that grows with its length."""
    reader = _Reader(text)
    for start, end, line in _lines(text):
        reader.read(start, end, line)
    reader.close()
    return reader.found


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    start = 1 if text.startswith("\ufeff") else 0
    while start < len(text):
        found = _LINE.match(text, start)
        assert found
        yield start, found.end(), found[0].rstrip("\r\n")
        start = found.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Block] = []
        self.open: _Open | None = None

    def read(self, start: int, end: int, line: str) -> None:
        body = line.lstrip(" \t")
        if not body:
            self._empty(end)
            return
        column = len(line[: len(line) - len(body)].expandtabs(4))
        if self.open and self._goes_on(self.open, end, column, body, line):
            return
        self._begin(start, end, column, body, line)

    def close(self) -> None:
        """The open block is at its end."""
        if (done := self.open) is None:
            return
        self.open = None
        at = Span(done.start, done.end)
        whole = self.text[done.start : done.end]
        if done.kind == "item":
            self.found.append(Block("item", at, whole[len(done.lead) :].rstrip("\r\n"), done.lead))
        else:
            self.found.append(Block("comment" if done.is_comment else "prose", at, whole))

    def _empty(self, end: int) -> None:
        if (now := self.open) is None:
            return
        if now.kind == "fence" or (now.kind == "html" and now.until):
            now.end = end
        elif now.kind == "item" and not now.is_empty:
            now.lazy = False
        else:
            self.close()

    def _goes_on(self, now: _Open, end: int, column: int, body: str, line: str) -> bool:
        """Whether the line belongs to the open block, or is the last of it."""
        goes_on = True
        match now.kind:
            case "fence":
                now.end = end
                if column <= 3 and body.startswith(now.fence) and not body.strip(now.fence[0]).strip():
                    self.close()
            case "html":
                now.end = end
                if now.until and now.until.search(line):
                    self.close()
            case "item" if column >= now.column:
                now.end, now.is_empty = end, False
                self._inside(now, body, column - now.column)
            case "item" | "quote" if now.lazy and not _begins(body, column):
                now.end = end
            case "quote" if column <= 3 and body.startswith(">"):
                now.end, now.lazy = end, _is_words(body[1:].strip())
            case "paragraph" if column <= 3 and _UNDERLINE.match(body):
                self.open = None
                words = " ".join(self.text[now.start : now.end].split())
                level = 1 if body[0] == "=" else 2
                self.found.append(Block("heading", Span(now.start, end), words, "=", level))
            case "paragraph" if not _begins(body, column, paragraph=True):
                now.end = end
            case _:
                self.close()
                goes_on = False
        return goes_on

    def _inside(self, now: _Open, body: str, column: int = 0) -> None:
        """Whether a paragraph is open in an item, after one more of its lines, so many columns into its text."""
        if now.fence:
            if body.startswith(now.fence) and not body.strip(now.fence[0]).strip():
                now.fence = ""
            return
        if column > 3:
            return  # code, or the paragraph goes on
        for _ in range(_DEEPEST):
            if not (nested := _BULLET.match(body)) or _is_break(body):
                break
            body = body[nested.end() :].lstrip(" \t")
        now.fence = found[0] if (found := _FENCE.match(body)) else ""
        now.lazy = not now.fence and _is_words(body)

    def _begin(self, start: int, end: int, column: int, body: str, line: str) -> None:
        """A block that begins with this line."""
        at = Span(start, end)
        if column > 3 or _is_break(body):
            self.found.append(Block("prose", at, line))
        elif body[0] == "#" and (heading := _HEADING.match(body)):
            words = _CLOSING.sub("", heading[2] or "").strip(" \t")
            self.found.append(Block("heading", at, words, "#", len(heading[1])))
        elif body[0] in "`~" and (fence := _FENCE.match(body)):
            self.open = _Open("fence", start, end, fence=fence[0])
        elif body[0] == "<" and (until := _html(body)):
            self.open = _Open("html", start, end, until, is_comment=body.startswith("<!--"))
            if until.search(body, 2):
                self.close()
        elif body[0] == "<" and (_ELEMENT.match(body) or _TAG.match(body)):
            self.open = _Open("html", start, end)
        elif bullet := _BULLET.match(body):
            self._item(start, end, column, body, bullet.end())
        elif body[0] == ">":
            self.open = _Open("quote", start, end, lazy=_is_words(body[1:].strip()))
        elif body[0] == "[" and (defined := _DEFINITION.match(body)):
            self.found.append(Block("definition", at, defined[1], defined[2].strip("<>")))
        else:
            self.open = _Open("paragraph", start, end)

    def _item(self, start: int, end: int, column: int, body: str, width: int) -> None:
        rest = body[width:]
        words = rest.lstrip(" \t")
        blank = rest[: len(rest) - len(words)]
        gap = len((" " * (column + width) + blank).expandtabs(4)) - column - width
        spaces = gap if words and gap <= 4 else 1
        lead = self.text[start : self.text.index(body, start) + width] + (blank if gap <= 4 else blank[:1])
        self.open = _Open("item", start, end, lead=lead, column=column + width + spaces, is_empty=not words)
        if gap <= 4:
            self._inside(self.open, words)


def _begins(body: str, column: int, *, paragraph: bool = False) -> bool:
    """Whether a line begins a block where a paragraph is open: right there, or in an item or a quote before it."""
    if column > 3:
        return False
    if body[0] == ">" or _is_mark(body):
        return True
    if bullet := _BULLET.match(body):
        return not paragraph or (bullet[1] in (None, "1") and bool(body[bullet.end() :].strip()))
    return False


def _is_words(body: str) -> bool:
    """Whether a line that begins with this leaves a paragraph open."""
    return bool(body) and not _is_mark(body)


def _is_mark(body: str) -> bool:
    """Whether a line begins a heading, a fence, HTML or a break."""
    match body[0]:
        case "#":
            return bool(_HEADING.match(body))
        case "`" | "~":
            return bool(_FENCE.match(body))
        case "<":
            return bool(_html(body) or _ELEMENT.match(body))
        case _:
            return _is_break(body)


def _is_break(body: str) -> bool:
    return body[0] in "*-_" and bool(_BREAK.match(body))


def _html(body: str) -> re.Pattern[str] | None:
    """What ends the HTML that begins here, None where that is an empty line."""
    return next((until for begins, until in _HTML if begins.match(body)), None)

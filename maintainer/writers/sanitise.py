"""Text from outside, made safe to stand in our Markdown: it can't notify, close, link, embed or break out.

A forge acts on what a body says: `@name` notifies people, `fixes #12` closes issues, `<img>` fetches. Publishers' own
changelogs are full of all three, by accident or not.
"""

import re
from html.parser import HTMLParser

from maintainer.text.inert import BREAK, CONTROL, ENTITY, MENTION, REFERENCE

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NO_TAG = re.compile(r"<(?!/?[a-zA-Z][^<>'\"]{0,2000}>|/?[a-zA-Z](?:[^<>'\"]|'[^<>'\"]*'|\"[^<>'\"]*\"){0,2000}>)")
#: More HTML than this is never shown.
MOST_HTML = 40_000
#: https://docs.github.com/articles/closing-issues-using-keywords and GitLab's default closing pattern.
_CLOSING = re.compile(
    r"\b(close[sd]?|closing|fix(?:e[sd])?|fixing|resolve[sd]?|resolving|implement(?:s|ed|ing)?)(?=[\s:]{1,20}\S{0,200}(?:[#!]|://))",
    re.IGNORECASE,
)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
#: What is still a link or the address of one: nested, over lines, or `[name]: address`.
_LINKING = re.compile(r"\](?=[(:\[])")
#: GitLab links whatever has a scheme, GitHub what begins with www. as well.
_ADDRESS = re.compile(
    r"(?i)(?:\b(?:https?|ftp|mailto|javascript|data|vbscript|file):(?://)?|[a-z][a-z0-9+.-]{1,30}://|\bwww\.)"
    r"[^\s<>()\"'`]*"
)
_QUICK_ACTION = re.compile(r"^([ \t]{0,100})/(?=[a-z])", re.MULTILINE)
_TASK = re.compile(r"^([ \t]{0,100}(?:[-*+]|\d{1,9}[.)])\s{1,20})\[([ xX])\]", re.MULTILINE)
#: Emphasis around whole words; what stands within a name (`wc_get_orders`, `2*3`) is none.
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,300})(?<=\S)\1(?![\w*])")
#: How deep markup may stand within itself before all that could be markup goes.
_NESTED = 5
_FENCE = re.compile(r"(`{3,}|~{3,})")


def safe(text: str, limit: int = 20_000) -> str:
    """Publishers' Markdown or plain text as Markdown that only shows; at most about `limit` characters."""
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = shortened(_TAG.sub("", _COMMENT.sub("", text)), limit)
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub("", text)
    # A forge looks for mentions in what it shows, where `&#64;` is an @.
    text = ENTITY.sub("&amp;", text)
    text = _LINKING.sub("]" + BREAK, text)
    text = _FENCE.sub("'''", text)
    text = text.replace("<", "&lt;")
    text = _CLOSING.sub(rf"\1{BREAK}", text)
    text = REFERENCE.sub(rf"\1{BREAK}", text).replace("\\", "&#92;")
    text = MENTION.sub("@" + BREAK, text)
    text = _TASK.sub(r"\1(\2)", text)
    text = _QUICK_ACTION.sub(rf"\1{BREAK}/", text)
    return text.strip()


def line(text: str, limit: int = 200) -> str:
    """As `safe`, on one line, with nothing that Markdown or a table would act on."""
    flat = " ".join(text[: 20 * limit].split())
    flat = safe(flat if len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…")
    return re.sub(r"([*_`\[\]|~])", r"\\\1", flat)


def plain(text: str, limit: int = 2_000) -> str:
    """Text for a log or a widget that shows it as it is: one line, without what reorders, hides or controls."""
    return CONTROL.sub("", " ".join(text.split()))[:limit]


def bare(text: str, limit: int = 200) -> str:
    """The words alone, on one line, not yet escaped for a format: no markup but backticks, no links."""
    flat = CONTROL.sub("", " ".join(text[: 20 * limit].split()))
    for _ in range(_NESTED):  # what is taken out may leave a tag or an address behind: `<<b>b>`
        before = flat
        flat = _LINK.sub(r"\1", _TAG.sub("", _COMMENT.sub("", flat)))
        flat = " ".join(_EMPHASIS.sub(r"\2", _ADDRESS.sub("", flat)).split())
        if flat == before:
            break
    else:
        flat = _ADDRESS.sub("", re.sub(r"[<>:\]*_]", " ", flat))
    return flat if len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…"


def code(text: str) -> str:
    """A name or version from outside as inline code; the backtick it may contain can't end it."""
    flat = CONTROL.sub("", " ".join(text.split())).replace("`", "'").replace("|", "¦")[:200]
    flat = flat.replace("<!--", f"<!{BREAK}--")  # our own marks are looked for without regard to Markdown
    return f"`{flat}`" if flat else ""


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, ending at a line where there is one, and saying that more was there."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    end = cut.rfind("\n")
    return (cut[:end] if end > limit // 2 else cut).rstrip() + "\n\n*(shortened)*"


class _Prose(HTMLParser):
    """Paragraphs, headings, lists, emphasis and code of HTML as Markdown; everything else is dropped."""

    BLOCKS = frozenset({"p", "div", "section", "article", "ul", "ol", "table", "tr", "blockquote", "pre", "br", "hr"})
    SILENT = frozenset({"script", "style", "template", "iframe", "object", "svg", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if tag in self.SILENT:
            self._silent += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n\n#### ")
        elif tag == "li":
            self.parts.append("\n" + "  " * min(max(self._depth - 1, 0), 4) + "- ")
        elif tag in self.BLOCKS:
            self._depth += tag in ("ul", "ol")
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in self.BLOCKS or re.fullmatch(r"h[1-6]", tag):
            self._depth = max(self._depth - (tag in ("ul", "ol")), 0)
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def from_html(text: str) -> str:
    """The prose of an HTML fragment, still to be made `safe`."""
    prose = _Prose()
    # Python's parser gives up on some declarations, and looks for the end of what has none again and again.
    prose.feed(_NO_TAG.sub("&lt;", _COMMENT.sub("", text[:MOST_HTML])))
    prose.close()
    lines = (
        line.rstrip() if line.lstrip().startswith("- ") else line.strip() for line in "".join(prose.parts).split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_html(text: str) -> bool:
    """Whether a publisher's text is HTML and not Markdown that has a tag somewhere."""
    return len(re.findall(r"</(?:p|ul|ol|li|h[1-6]|div)>", text, re.IGNORECASE)) > 1

"""What a page of HTML refers to and says of itself. Pages are hostile: everything here takes one pass over them."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

Kind = Literal["link", "asset"]

#: Lengths are bounded, so that a quote that never ends costs its own length once.
TAG = re.compile(
    r"<(/form|a|area|audio|base|button|embed|form|iframe|img|input|link|meta|object|script|select|source|textarea|video)\b"
    r"((?:[^<>\"']|\"[^\"]{0,8192}\"|'[^']{0,8192}'){0,8192})>",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"([a-zA-Z][\w:-]{0,60})(?:\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
#: What is inside these is no markup of the page.
RAW = re.compile(r"<(script|style|template|textarea|title)\b[^<>]{0,4096}>", re.IGNORECASE)
ANY_TAG = re.compile(r"<[^<>]{0,65536}>")
TITLE = re.compile(r"<title\b[^<>]{0,4096}>([^<]{0,1000})", re.IGNORECASE)

#: What a page can show that is no text.
SHOWS = frozenset({"audio", "embed", "iframe", "img", "input", "object", "video"})
NO_REFERENCES = frozenset({"/form", "base", "button", "form", "input", "meta", "select", "textarea"})
#: Inputs that no person fills.
UNFILLED = frozenset({"button", "hidden", "image", "reset", "submit"})
#: A page with more forms has said enough.
MOST_FORMS = 100
FEEDS = frozenset({"application/rss+xml", "application/atom+xml"})
LOADED_LINKS = frozenset({"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"})


@dataclass(frozen=True, slots=True)
class Reference:
    """An address as the page writes it, and whether the page loads it or a person may follow it."""

    address: str
    kind: Kind
    tag: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes as the page writes it, empty for the page itself, and the names of its fields.

    `fields` are those a person fills, `hidden` the others: hidden ones, and buttons. `types` are those of its inputs.
    """

    action: str
    fields: tuple[str, ...]
    hidden: tuple[str, ...]
    types: frozenset[str]
    search: bool


@dataclass(frozen=True, slots=True)
class Markup:
    """A page. `canonical`, `robots` and `feed` (its first) are None where it says nothing of them.

    `blank` means that it shows nothing, `closed` that its `</html>` is there, `tags` counts some of them.
    """

    references: tuple[Reference, ...]
    forms: tuple[Form, ...]
    title: str
    base: str | None
    canonical: str | None
    robots: str | None
    feed: str | None
    generator: str
    blank: bool
    closed: bool
    password: bool
    tags: int


def read(text: str) -> Markup:
    """The page in `text`, however broken it is."""
    bare = _without_comments(text)
    title = TITLE.search(bare)
    outside, scripts = _outside(bare)
    tags = [(match[1].lower(), _attributes(match[2])) for match in TAG.finditer(outside)]
    named = [(tag, given) for tag, given in tags if tag == "meta"]
    metas = {given.get("name", "").lower(): given.get("content", "") for _, given in reversed(named)}
    links = [given for tag, given in tags if tag == "link"]
    canonical = next((one.get("href", "") for one in links if "canonical" in one.get("rel", "").lower().split()), None)
    loads = any(tag == "script" and given.get("src") for tag, given in tags)
    words = ANY_TAG.sub(" ", outside).strip()
    return Markup(
        references=tuple(dict.fromkeys(ref for tag, given in tags for ref in _references(tag, given))),
        forms=tuple(islice(_forms(tags), MOST_FORMS)),
        title=html.unescape(" ".join(title[1].split())) if title else "",
        base=next((given["href"] for tag, given in tags if tag == "base" and given.get("href")), None),
        canonical=canonical,
        robots=metas.get("robots"),
        feed=next((one.get("href") for one in links if one.get("type", "").lower() in FEEDS), None),
        generator=metas.get("generator", ""),
        blank=not words and not loads and not scripts and not any(tag in SHOWS for tag, _ in tags),
        closed="</html" in text[-4096:].lower(),
        password=any(tag == "input" and given.get("type", "").lower() == "password" for tag, given in tags),
        tags=len(tags) + len(ANY_TAG.findall(outside[:65536])),
    )


def _references(tag: str, given: dict[str, str]) -> Iterator[Reference]:
    if tag in ("a", "area"):
        found: list[tuple[str, Kind]] = [(given.get("href", ""), "link")]
    elif tag == "link":
        rel = frozenset(given.get("rel", "").lower().split())
        found = [(given.get("href", ""), "asset")] if rel & LOADED_LINKS else []
    elif tag in NO_REFERENCES:
        found = []
    else:
        found = [(given.get("data" if tag == "object" else "src", ""), "asset")]
        # https://html.spec.whatwg.org/multipage/images.html#srcset-attributes
        found += [(one.split()[0], "asset") for one in given.get("srcset", "").split(", ") if one.split()]
    for address, kind in found:
        if address.strip():
            yield Reference(address.strip(), kind, tag)


def _forms(tags: list[tuple[str, dict[str, str]]]) -> Iterator[Form]:
    """Each form with what stands in it; one that is not closed ends where the next begins."""
    opened: dict[str, str] | None = None
    inside: list[tuple[str, dict[str, str]]] = []
    for tag, given in [*tags, ("/form", {})]:
        if tag in ("form", "/form"):
            if opened is not None:
                yield _form(opened, inside)
            opened, inside = (given, []) if tag == "form" else (None, [])
        elif tag in ("button", "input", "select", "textarea"):
            inside.append((tag, given))


def _form(opened: dict[str, str], inside: list[tuple[str, dict[str, str]]]) -> Form:
    fields: dict[str, None] = {}
    hidden: dict[str, None] = {}
    for tag, given in inside:
        if name := given.get("name", ""):
            unfilled = tag == "button" or (tag == "input" and given.get("type", "").lower() in UNFILLED)
            (hidden if unfilled else fields)[name] = None
    types = frozenset(given.get("type", "text").lower() if tag == "input" else tag for tag, given in inside)
    search = opened.get("role", "").lower() == "search" or "search" in types
    return Form(opened.get("action", "").strip(), tuple(fields), tuple(hidden), types, search)


def _attributes(text: str) -> dict[str, str]:
    """The first of each name counts, as in the standard."""
    made: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(text):
        made.setdefault(match[1].lower(), html.unescape(match[2] or match[3] or match[4] or ""))
    return made


def _without_comments(text: str) -> str:
    """One that never ends hides the rest, as in a browser."""
    parts, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        parts.append(text[at:begin])
        at = text.find("-->", begin + 4)
        if at < 0:
            return "".join(parts)
        at += 3
    return "".join((*parts, text[at:]))


def _outside(text: str) -> tuple[str, bool]:
    """The text without what is inside scripts, styles and the like; whether a script had anything inside."""
    parts, at, scripts = [], 0, False
    while opening := RAW.search(text, at):
        parts.append(text[at : opening.end()])
        closing = re.compile(rf"</{opening[1]}", re.IGNORECASE).search(text, opening.end())
        if closing is None:
            return "".join(parts), scripts
        scripts = scripts or (opening[1].lower() == "script" and closing.start() - opening.end() > 1)
        at = closing.start()
    return "".join((*parts, text[at:])), scripts

"""What one answer says: errors in its body, a blank page, what is malformed, what search engines are told."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal
from urllib.parse import urljoin, urlsplit
from xml.parsers.expat import ExpatError, ParserCreate

from maintainer.checks.smoke_facts import Fact
from maintainer.checks.smoke_markup import Markup
from maintainer.evidence import Page
from maintainer.http_visit import Seen
from maintainer.model import Severity

#: How an answer is read: a page, JSON, a feed, text, or nothing at all (wp-cron answers an empty body).
Reads = Literal["page", "json", "feed", "text", "nothing"]

#: As PHP prints errors, with `html_errors` and without (https://www.php.net/manual/en/errorfunc.configuration.php);
#: an exception says where it was thrown before its stack trace, however long that is.
LEVEL = re.compile(
    r"(Fatal error|Parse error|Recoverable fatal error|Warning|Notice|Deprecated|Strict Standards)(?:</b>)?:[ \t]{1,4}"
)
SAYS = re.compile(
    r"(.{1,1000}?)[ \t\n]in (?:<b>)?(?:([^\s<>]{1,400}?)(?:</b>)? on line (?:<b>)?(\d{1,7})"
    r"|((?:[A-Za-z]:)?[^\s<>:]{1,400}):(\d{1,7})\s{1,4}Stack trace:)",
    re.DOTALL,
)
#: So many words that begin an error are looked behind; a page with more has said enough.
MOST_ERRORS = 300
PHP_WEIGHT: Mapping[str, Severity] = {
    "Fatal error": "critical", "Parse error": "critical", "Recoverable fatal error": "critical", "Warning": "high",
}  # fmt: skip
#: What frameworks print of an exception: Python, Django, Node, Java, Laravel, Symfony, PHP's own.
TRACES = {
    "Python": re.compile(r"Traceback \(most recent call last\)"),
    "Django's debug page": re.compile(
        r"You(?:'|&#x27;|&#39;|’)re seeing this error because you have <code>DEBUG = True"
    ),
    "Node": re.compile(r"\bat [\w.<>$ \[\]]{1,120} \((?:file://)?/[^()\n]{1,300}:\d+:\d+\)"),
    "Java": re.compile(r"\bat [\w.$]{3,200}\([\w$]{1,80}\.java:\d+\)"),
    "PHP": re.compile(
        r"(?:Stack trace:\s{0,10}(?:<br ?/?>\s{0,4})?#0 )|class=\"(?:ignition|sf-dump|exception-message)"
    ),
}
#: WordPress's own error page, whatever its language (wp-includes/functions.php, `_default_wp_die_handler`).
DIED = re.compile(r"<body[^>]{0,200} id=\"error-page\"")
DIED_SAYS = re.compile(r"class=\"wp-die-message\">(?:\s{0,10}<p>)?([^<]{1,300})")
CRITICAL = "There has been a critical error on this website"


def errors(text: str) -> Iterator[Fact]:
    """What PHP and WordPress print when something broke, in the body of any answer."""
    for begun in islice(LEVEL.finditer(text), MOST_ERRORS) if " on line " in text else ():
        match = SAYS.match(text, begun.end())
        if match is None:
            continue
        level, message, file, line = begun[1], flat(match[1]), match[2] or match[4], match[3] or match[5]
        # Two checkouts of the same site differ in their root, and a line moves with what stands above it.
        short = "/".join(file.replace("\\", "/").split("/")[-3:])
        key = f"{level} {re.sub(r'/[^ ]*/|:[0-9]+', '', message)} {short}"
        weight = PHP_WEIGHT.get(level, "medium")
        yield Fact("php", key, f"PHP {level.lower()}: {message} ({short}, line {line})", weight)
    if DIED.search(text) or CRITICAL in text:
        said = DIED_SAYS.search(text)
        words = flat(said[1]) if said else CRITICAL
        yield Fact("php", f"died {words}", f"WordPress shows its error page: “{words}”", "critical")


def traces(text: str) -> Iterator[Fact]:
    """Stack traces that anybody can read."""
    for name, pattern in TRACES.items():
        if pattern.search(text):
            yield Fact("traces", name, f"shows a stack trace ({name}): the site runs with debugging on", "high")


def blank(seen: Seen, markup: Markup) -> Iterator[Fact]:
    """A white page."""
    if not seen.body.strip():
        yield Fact("blank", "empty", f"answers {seen.status} with nothing in it: a white page", "critical")
    elif markup.blank:
        yield Fact("blank", "white", f"answers {seen.status} and shows nothing: a white page", "critical")


def whole(seen: Seen, markup: Markup) -> Iterator[Fact]:
    """A page that breaks off, as PHP leaves one that dies halfway."""
    if seen.whole and not markup.closed:
        yield Fact("whole", "breaks off", "breaks off before </html>: what renders it died halfway", "high")


def content(seen: Seen, page: Page) -> Iterator[Fact]:
    """What the configuration wants to stand there, and not."""
    text = seen.text()
    for wanted in page.must:
        if wanted not in text:
            yield Fact("content", f"must {wanted}", f"doesn't say “{flat(wanted)}”", "high")
    for refused in page.must_not:
        if refused in text:
            yield Fact("content", f"must not {refused}", f"says “{flat(refused)}”", "high")


def mixed(markup: Markup, url: str) -> Iterator[Fact]:
    """Plain HTTP on a page of HTTPS: browsers block it (https://developer.mozilla.org/docs/Web/Security/Mixed_content)."""
    for reference in markup.references:
        if reference.kind == "asset":
            address = urljoin(url, reference.address)
            if address.lower().startswith("http://"):
                shown = address.partition("?")[0][:200]
                yield Fact("mixed", shown, f"loads {shown} over plain HTTP, which browsers block", "high")


def indexing(seen: Seen, markup: Markup, origin: str) -> Iterator[Fact]:
    """What it tells search engines."""
    robots = f"{markup.robots or ''},{seen.headers.get('x-robots-tag', '')}".lower()
    for word in ("noindex", "nofollow"):
        if word in robots or (word == "noindex" and re.search(r"\bnone\b", robots)):
            yield Fact("indexing", word, f"tells search engines {word}", "high")
    if markup.canonical is None:
        yield Fact("canonical", "none", "names no canonical address")
    else:
        named = within(urljoin(seen.url, markup.canonical), origin)
        yield Fact("canonical", named, f"names {named} as its canonical address")


def formed(seen: Seen, reads: Reads) -> Iterator[Fact]:
    """JSON and XML that programs can't read."""
    if not seen.whole:
        return
    if reads == "json":
        try:
            json.loads(seen.body)
        except (ValueError, RecursionError):
            kind = seen.type or "no content type"
            yield Fact("well-formed", "json", f"answers what is no JSON ({kind}, {len(seen.body)} bytes)", "high")
    if reads == "feed" and (why := malformed(seen.body)):
        yield Fact("well-formed", "xml", f"answers what is no XML: {why}", "high")


def malformed(body: bytes) -> str:
    """Why it can't be read as XML, empty when it can. Entities are refused: they are how XML bombs are built."""
    parser = ParserCreate()
    declared: list[str] = []

    def refuse(name: str, *_: object) -> None:
        declared.append(name)
        raise ValueError

    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        return str(error)[:200]
    except (ValueError, LookupError):
        return "it declares entities" if declared else "its encoding is unknown"
    return ""


def within(url: str, origin: str) -> str:
    """The address as both sides would write it: a path where it is on the site itself."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" == origin:
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return url[:300]


def flat(text: str) -> str:
    """One line, without markup, cut where it is long."""
    return " ".join(re.sub(r"<[^<>]{0,500}>", "", text).split())[:300]

"""What a page refers to, however it is written, and that no page takes long to read."""

import pytest

from maintainer.checks import smoke_page
from maintainer.checks.smoke_markup import read
from maintainer.checks.smoke_page import malformed
from maintainer.checks.smoke_robots import closed


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/a/">', [("/a/", "link")]),
        ("<A HREF=/a/?b=1&amp;c=2>", [("/a/?b=1&c=2", "link")]),
        ("<a title='x > y' href='/a'>", [("/a", "link")]),
        ('<a name="top"></a><a href="">', []),
        ('<img src="a.png" srcset="b.png 1x, c.png 2x">', [("a.png", "asset"), ("b.png", "asset"), ("c.png", "asset")]),
        ('<link rel="stylesheet" href="a.css"><link rel="next" href="/2/">', [("a.css", "asset")]),
        ('<script src="a.js"></script><script>x = \'<img src="no.png">\'</script>', [("a.js", "asset")]),
        ('<!-- <img src="no.png"> --><object data="a.swf"></object>', [("a.swf", "asset")]),
        ('<a href="/a/"><!-- <a href="/no/">', [("/a/", "link")]),
        ("<style>.a > b {}</style><iframe src=/f></iframe>", [("/f", "asset")]),
        ('<a href="/a/"', []),
    ],
)
def test_references(html: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.address, one.kind) for one in read(html).references] == expected


@pytest.mark.parametrize(
    ("html", "blank"),
    [
        ("", True),
        ("<html><head><title>a</title><style>b{}</style></head><body><div></div><!-- c --></body></html>", True),
        ("<body>a</body>", False),
        ("<body><img src=a></body>", False),
        ('<div id="root"></div><script src="/app.js"></script>', False),
        ('<div id="root"></div><script>start()</script>', False),
    ],
)
def test_a_page_that_shows_nothing_is_blank(html: str, blank: bool) -> None:
    assert read(html).blank is blank


#: Repeated, they are what a reader that goes back takes the square of a page's length for.
HOSTILE = (
    "<!--",
    "<script>",
    "<a href='",
    '<img src="',
    "<a ",
    "<",
    "<title>",
    "<textarea><",
    "<a b=c ",
    "</script>",
    "<!-->",
)
HOSTILE_ERRORS = ("Warning: a in ", "Fatal error:  x in /a ", "Warning: \n", " on line ")


def hostile_errors(unit: str, size: int) -> str:
    return unit * (size // len(unit)) + " on line "


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_pages_are_read(unit: str) -> None:
    text = unit * (1024 // len(unit))
    assert (read(text).references, list(smoke_page.traces(text))) == ((), [])


@pytest.mark.parametrize("unit", HOSTILE_ERRORS)
def test_hostile_errors_are_none(unit: str) -> None:
    assert list(smoke_page.errors(hostile_errors(unit, 1024))) == []


@pytest.mark.parametrize(
    ("text", "away"),
    [
        ("User-agent: *\nDisallow: /\n", True),
        ("user-agent: a\nUSER-AGENT: *\ndisallow: /*\n", True),
        ("User-agent: *\nDisallow:\n", False),
        ("User-agent: *\nDisallow: /wp-admin/\n", False),
        ("User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        ("User-agent: *\nAllow: /\nUser-agent: bad\nDisallow: /\n", False),
        ("# Disallow: /\n", False),
    ],
)
def test_robots_are_sent_away(text: str, away: bool) -> None:
    assert bool(list(closed(text))) is away


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<a><b/></a>", ""),
        (b'<?xml version="1.0" encoding="ISO-8859-2"?><a>\xb1</a>', ""),
        (b"<a><b></a>", "mismatched tag"),
        (b"", "no element found"),
        (b"PHP Warning\n<a/>", "syntax error"),
        (b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>', "declares entities"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "unknown"),
    ],
)
def test_xml(body: bytes, why: str) -> None:
    assert why in malformed(body)
    assert bool(malformed(body)) == bool(why)


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        (
            'PHP Parse error:  syntax error, unexpected token "}" in /srv/a/b/c.php on line 4',
            'PHP parse error: syntax error, unexpected token "}" (a/b/c.php, line 4)',
        ),
        (
            "<br />\n<b>Deprecated</b>:  Creation of dynamic property A::$b in <b>C:\\site\\a.php</b> on line <b>1</b>",
            "PHP deprecated: Creation of dynamic property A::$b (C:/site/a.php, line 1)",
        ),
        ("There has been a critical error on this website.", "WordPress shows its error page: “There has been"),
    ],
)
def test_errors_are_told_in_one_sentence(printed: str, sentence: str) -> None:
    (fact,) = smoke_page.errors(f"<p>x</p>\n{printed}\n")
    assert fact.sentence.startswith(sentence)


@pytest.mark.parametrize(
    "text", ["Warning: keep it in a dry place on line of sight", "<h1>Notice: we moved</h1>", "Fatal error: the film"]
)
def test_words_of_a_shop_are_no_errors(text: str) -> None:
    assert list(smoke_page.errors(text)) == []

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.datasources.simple_page import files

DIGEST = "0123456789abcdef" * 4
PIECES = st.sampled_from(
    [
        '<a href="../acme-1.0.tar.gz">acme-1.0.tar.gz</a><br/>\n',
        f'<a href="https://files.example/a/acme-1.1%2Blocal-py3-none-any.whl?x=1#sha256={DIGEST}">x</a>\n',
        '<A\n  HREF="acme-2.0.zip" data-requires-python="&gt;=3.8,&lt;4">x</A>',
        "<a data-requires-python='>=3.8' href='acme-2.1.zip'>x</a>",
        '<a href="acme-2.2.zip" data-yanked>x</a>',
        '<a href="acme-2.3.zip" data-yanked="broken &amp; gone" >x</a>',
        '<a href="acme-2.4.zip" data-requires-python=">=3.9" rel="internal">x</a>',
        "<a>nothing</a>",
        '<a href="">nothing</a>',
        '<abbr title="none">x</abbr>',
        "<script>var a = '<a href=\"acme-9.zip\">';</script>",
        '<a href="acme-3.0.zip"',
        '"<>',
        "\n",
    ]
)


@given(st.lists(PIECES).map("".join))
def test_the_short_cut_reads_what_a_parser_reads(page: str) -> None:
    # A comment in front is beyond the short cut.
    assert files(page) == files("<!-- -->" + page)


def test_an_anchor_is_a_file() -> None:
    page = f'<a href="/p/acme-1.0.zip#sha256={DIGEST}" data-requires-python="&gt;=3.8" data-yanked="">x</a>'
    assert files(page) == [
        {"filename": "acme-1.0.zip", "hashes": {"sha256": DIGEST}, "requires-python": ">=3.8", "yanked": True}
    ]


@pytest.mark.parametrize("piece", ["<![", "<!--", "<?", "<a ", "<a href='", "</a", "<a b='>"])
def test_a_page_of_anything_is_read_to_its_end(piece: str) -> None:
    found = files(piece * (100_000 // len(piece)) + "\n'><!x><a href='acme-1.0.zip'>")
    assert all(set(one) == {"filename"} for one in found)

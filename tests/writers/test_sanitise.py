"""Text from outside only shows: it does nothing on a forge."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.writers import sanitise
from maintainer.writers.page import rendered


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("Thanks @octocat!", "Thanks @\u200boctocat!"),
        ("Fixes #12", "Fixes\u200b #\u200b12"),
        ("closes: https://github.example/o/r/issues/3", "closes:"),
        ("9.4.2https://evil.example/x", "9.4.2"),  # GitLab links it all the same
        ("a \\ b", "a &#92; b"),
        ("See [the docs](https://evil.example/x) now", "See the docs now"),
        ("![pixel](https://evil.example/p.png)", "pixel"),
        ("<img src=x onerror=alert(1)>Text", "Text"),
        ("<scr<b>ipt>alert(1)</script>", "&lt;script>alert(1)"),
        ("a <!-- hidden --> b", "a  b"),
        ("- [ ] approve everything", "- ( ) approve everything"),
        ("/approve", "\u200b/approve"),
        ("```\ncode", "'''\ncode"),
        ("see !7 and GH-8", "see !\u200b7 and GH-\u200b8"),
        ("as in shop/site#9", "as in shop/site#\u200b9"),
        ("at www.evil.example or irc://evil.example now", "at  or  now"),
        ("line\r\nnext\x1b[31m", "line\nnext[31m"),
        ("&#64;octocat", "&amp;#\u200b64;octocat"),
    ],
)
def test_what_a_forge_would_act_on_is_disarmed(outside: str, shown: str) -> None:
    assert sanitise.safe(outside) == shown


@pytest.mark.parametrize(
    "outside",
    [
        "![x]\n\n[x]: //evil.example/a.png", "![x](//evil.example/(1).png)", "[a [b]](//evil.example)",
        "[a\nb](//evil.example)", "[a](\n//evil.example)", "[a][b]\n\n[b]: //evil.example 'x'",
    ],
)  # fmt: skip
def test_an_address_without_a_scheme_is_no_link_either(outside: str) -> None:
    assert not re.search("<(?:a|img) ", str(rendered(sanitise.safe(outside))))


@pytest.mark.parametrize(
    "piece", ["<a", "<a b='", "<![", "<!--", "<?", "</", "<a b='>", "\n", "[](", "fix:", "- ", "<"]
)
def test_a_hundred_kilobytes_of_anything_are_done(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert len(sanitise.safe(sanitise.from_html(text))) < 100_000
    assert len(sanitise.safe(text)) < 100_000


hostile = st.text(
    alphabet=st.one_of(st.sampled_from(list("<>@#!/[]()`*_-~&\\\n:;.fixesclo 12/")), st.characters()), max_size=200
)


@given(hostile)
def test_nothing_from_outside_becomes_html_or_a_mention(outside: str) -> None:
    shown = sanitise.safe(outside)
    assert "<" not in shown
    assert not re.search(r"@[A-Za-z0-9]", shown)
    html = str(rendered(shown))
    assert not re.search(r"<(?:script|img|iframe|a|input|details|svg)\b", html, re.IGNORECASE)


@given(hostile, st.integers(10, 300))
def test_a_line_stays_one_line_and_one_cell(outside: str, limit: int) -> None:
    shown = sanitise.line(outside, limit)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)\|", shown)


@given(hostile)
def test_code_can_not_be_left(outside: str) -> None:
    shown = sanitise.code(outside)
    assert shown.count("`") in (0, 2)
    assert "|" not in shown


@given(st.text(alphabet="<>/pulih1 &;abc\n", max_size=300))
def test_any_html_becomes_prose(outside: str) -> None:
    assert "<" not in sanitise.safe(sanitise.from_html(outside))


def test_a_changelog_in_html_reads_as_lists_and_headings() -> None:
    listed = "<ul><li>Fix  - rounding &amp; tax</li><li>Add<ul><li>inner</li></ul></li></ul>"
    html = f"<h4>9.4.4</h4>{listed}<script>x()</script>"
    assert sanitise.from_html(html) == "#### 9.4.4\n\n- Fix - rounding & tax\n- Add\n\n  - inner"


def test_a_long_text_is_cut_at_a_line_and_says_so() -> None:
    assert sanitise.shortened("one\ntwo\nthree", 9) == "one\ntwo\n\n*(shortened)*"


def test_a_long_line_is_cut_and_says_so() -> None:
    assert sanitise.line("one two three", 8) == "one two…"


@pytest.mark.parametrize(
    ("outside", "words"),
    [
        ("**Fix** - `wc_get_orders` of _all_ 2*3", "Fix - `wc_get_orders` of all 2*3"),
        ("[notes](https://evil.example) <b>now</b>\n\nand then", "notes now and then"),
        ("<<b>b>bold<</b>/b>", "bold"),
        ("2https://x and ht<b>tps://evil.example", "2 and"),
        ("x" * 30, "x" * 19 + "…"),
    ],
)
def test_bare_words_are_left(outside: str, words: str) -> None:
    assert sanitise.bare(outside, 20 if outside.startswith("xx") else 200) == words

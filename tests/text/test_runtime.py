"""A pin of a runtime names a version or a line of releases; what floats freely is none."""

import pytest

from maintainer.errors import Unreadable
from maintainer.model import Manifest, Span
from maintainer.text import runtime
from maintainer.versions import runtime as scheme


@pytest.mark.parametrize(
    ("text", "current"),
    [
        ("8.2", "8.2"),
        ("v20.11.0", "v20.11.0"),
        ("20.x", "20"),
        ("8.2.*", "8.2"),
        ("^20", "20"),
        ("~8.1.3", "8.1.3"),
        ("8.5.0RC1", "8.5.0RC1"),
        ("3.14.0-beta.1", "3.14.0-beta.1"),
        ("lts/iron", "lts/iron"),
        ("lts/*", None),
        ("lts/-1", None),
        ("lts", None),
    ],
)
def test_a_version_is_stated_in_terms_its_scheme_reads(text: str, current: str | None) -> None:
    found = runtime.stated("m", Manifest("f", text), "node", Span(0, len(text)))
    assert found and (found.constraint, found.current) == (text, current)
    assert scheme.is_constraint(text)
    assert current is None or scheme.compare(current, current) == 0


@pytest.mark.parametrize(
    "text", ["", "node", "latest", "system", ">=20", "pypy3.9", "ref:main", "٣.٣", "8.2 8.3", "lts/x y"]
)
def test_what_names_no_version_is_left_out(text: str) -> None:
    assert runtime.stated("m", Manifest("f", text), "node", Span(0, len(text))) is None


def test_lines_of_long_term_support_are_nodes_alone() -> None:
    assert runtime.stated("m", Manifest("f", "lts/iron"), "php", Span(0, 8)) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("8.2\n8.1", "8.2"),
        ("# 8.1\r\n\r\n  8.2 # c\r\n", "8.2"),
        ("\ufeff8.2", "8.2"),
        ("", ""),
        ("#", ""),
        ("\n\n", ""),
    ],
)
def test_the_first_word_is_behind_comments(text: str, word: str) -> None:
    assert text[slice(*runtime.first_word(Manifest("f", text)))] == word


def test_a_word_that_names_nothing_says_where_it_stands() -> None:
    with pytest.raises(Unreadable, match=r"line 2: .*UTF-8"):
        runtime.first_word(Manifest("f", "\n\udcff\udcfe8"))

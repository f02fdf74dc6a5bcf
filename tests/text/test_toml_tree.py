import json
import tomllib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maintainer.errors import Unreadable
from maintainer.text import toml_tree
from maintainer.text.tree import Array, Node, Scalar, Table

TEXTS = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters="\x7f"))
SCALARS = st.booleans() | st.integers(-(2**60), 2**60) | TEXTS | st.dates() | st.datetimes() | st.times()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=5)

EVERYTHING = '''\
# a comment with = and [brackets]
title = "TOML"   # after
"quoted key" = 'C:\\path' ; dotted."a.b".'c' = 1
multi = """
first "quoted" ""line
 second\\
   joined\\u00e9 ""\"""
raw = \'\'\'
it's ''raw\'\'\'\'\'
tail = """a"b"""
array = [ "x", # one
  [1, 2.5e3, ], { a = 1, b.c = "d" }, 1979-05-27 07:32:00Z ]
empty = []
none = {}
one = "" # x
[project . "na.me"]
v = "^1.2"
time = 07:32:00
[[list.of]]
n = 1
[list.of.sub]
m = "2"
[[list.of]]
n = 0x1F
[project]
late = true
'''.replace(" ; ", "\n")


def value(node: Node, text: str) -> Any:
    """What the tree means; numbers and dates are read by tomllib from where they stand."""
    if isinstance(node, Table):
        return {key.value: value(child, text) for key, child in node.items}
    if isinstance(node, Array):
        return [value(child, text) for child in node.items]
    raw = text[slice(*node.at)]
    if node.quoted:
        if "\\" not in raw:
            assert raw.replace("\r\n", "\n") == node.value
        return node.value
    assert raw == node.value
    return tomllib.loads(f"x = {raw}")["x"]


def written(data: Any) -> str:
    """A value in TOML."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {written(child)}" for key, child in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(written, data)) + "]"
    if isinstance(data, str):
        return f"'''{data}'''" if "'" not in data and len(data) % 3 == 0 else json.dumps(data, ensure_ascii=False)
    return str(data).lower() if isinstance(data, bool | int) else data.isoformat()


@given(DOCUMENTS, DOCUMENTS)
def test_a_tree_means_what_tomllib_says(data: dict[str, Any], more: dict[str, Any]) -> None:
    lines = [f"{json.dumps(key, ensure_ascii=False)} = {written(child)} # x" for key, child in data.items()]
    for header in ('["\\t".a]', '[["\\t".b]]', '[["\\t".b]]', '["\\t".b.c]'):
        lines += [header, *(f"{json.dumps(key, ensure_ascii=False)}={written(child)}" for key, child in more.items())]
    text = "\n".join(lines)
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(Unreadable):
            toml_tree.parse(text)
        return
    assert value(toml_tree.parse(text), text) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_all_of_the_grammar(newline: str, mark: str) -> None:
    text = mark + EVERYTHING.replace("\n", newline)
    assert value(toml_tree.parse(text), text) == tomllib.loads(EVERYTHING)


@given(st.text(st.sampled_from("ab\"'\\=[]{}.,#\n 1-:TZ"), max_size=40))
def test_anything_is_read_as_tomllib_reads_it_or_refused(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(Unreadable):
            toml_tree.parse(text)
    else:
        assert value(toml_tree.parse(text), text) == expected


@given(
    st.integers(0, len(EVERYTHING)), st.integers(0, 30), st.sampled_from(["", '"', "'''", "[", "\n", "=", "\\", "#"])
)
@example(EVERYTHING.index('"""\n') + 4, 0, "\n")
def test_damage_is_read_as_tomllib_reads_it_or_refused(start: int, length: int, put: str) -> None:
    text = EVERYTHING[:start] + put + EVERYTHING[start + length :]
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(Unreadable):
            toml_tree.parse(text)
    else:
        assert value(toml_tree.parse(text), text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = \n", "line 1"),
        ("a = 1\na = 2", "overwrite"),
        ("a = " + "[" * 100_000, "nested deeper"),
        ("a = " + "[" * 120 + "]" * 120, "nested deeper"),
        ("a = '\udcff'", "not UTF-8"),
        ("a = " + "9" * 5000, "no TOML"),
    ],
)
def test_an_error_says_what(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        toml_tree.parse(text)


def test_positions_are_of_the_content() -> None:
    text = "[a]\nb = {version = '^1.2', x = [\"é\"]}\n"
    tree = toml_tree.parse(text)
    node = tree.scalar("a", "b", "version")
    assert isinstance(node, Scalar)
    assert text[slice(*node.at)] == "^1.2"
    table = tree.table("a", "b")
    assert table and text[slice(*table.at)] == "{version = '^1.2', x = [\"é\"]}"

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import Unreadable
from maintainer.text import json_tree
from maintainer.text.tree import Array, Node, Scalar, Table

TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


def value(node: Node, text: str) -> Any:
    """What the tree means, and that each scalar stands where it says."""
    if isinstance(node, Table):
        assert text[node.at.start] + text[node.at.end - 1] == "{}"
        return {key.value: value(child, text) for key, child in node.items}
    if isinstance(node, Array):
        assert text[node.at.start] + text[node.at.end - 1] == "[]"
        return [value(child, text) for child in node.items]
    raw = text[slice(*node.at)]
    if node.quoted:
        assert json.loads(f'"{raw}"') == node.value
        return node.value
    assert raw == node.value
    return json.loads(raw)


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_a_tree_means_what_json_means(data: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    assert value(json_tree.parse(text), text) == data
    assert value(json_tree.parse(f"\ufeff{text}\r\n"), f"\ufeff{text}\r\n") == data
    assert value(json_tree.parse(text, comments=True), text) == data


@given(st.text(st.sampled_from('{}[]",:\\ntrue1.-e/* \n'), max_size=30))
def test_what_json_refuses_is_refused(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(Unreadable):
            json_tree.parse(text)
    else:
        assert value(json_tree.parse(text), text) == expected


@given(VALUES, st.data())
def test_comments_and_trailing_commas_change_nothing(data: Any, draw: st.DataObject) -> None:
    separator = draw.draw(st.sampled_from([", // x\n", ',/* " */', ",\n"]))
    text = "// first\n" + json.dumps(data, separators=(separator, ": /* { */ ")) + "/* last */"
    assert value(json_tree.parse(text, comments=True), text) == data
    listed = f"[{json.dumps(data)}, // the last\n]"
    assert value(json_tree.parse(listed, comments=True), listed) == [data]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: the end of the file"),
        ('{\n"a": 1,\n}', "line 3: '}'"),
        ("[" * 100_000, "nested deeper than 200 levels"),
        ('{"a":' * 100_000, "nested deeper than 200 levels"),
        ('{"a": "\udcff"}', "not UTF-8"),
        ('["\\x"]', "bad escape"),
        ("// no comments here\n1", "line 1: '/'"),
        ("NaN", "'N'"),
    ],
)
def test_an_error_says_what_and_where(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable) as caught:
        json_tree.parse(text)
    assert sentence in str(caught.value)


def test_of_equal_keys_all_stay_and_the_last_counts() -> None:
    tree = json_tree.parse('{"a": "1", "b": {}, "a": "2"}')
    assert isinstance(tree, Table)
    assert [key.value for key, _ in tree.items] == ["a", "b", "a"]
    assert tree.text("a") == "2"


def test_numbers_keep_their_characters() -> None:
    tree = json_tree.parse('{"php": 8.10}')
    assert isinstance(tree, Table)
    assert tree.scalar("php") == Scalar("8.10", (8, 12), quoted=False)  # type: ignore[arg-type]


def test_half_a_surrogate_pair_is_no_character() -> None:
    tree = json_tree.parse('"\\ud83d\\ude00 \\ud800"')
    assert isinstance(tree, Scalar)
    assert tree.value == "😀 \ufffd"

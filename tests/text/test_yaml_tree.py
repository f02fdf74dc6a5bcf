"""A YAML value is found where it stands, whatever stands around it."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import Unreadable
from maintainer.text import yaml_tree
from maintainer.text.tree import Array, Node, Scalar, Table


def scalars(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Array():
            return [found for item in node.items for found in scalars(item)]
        case Table():
            return [found for key, item in node.items for found in (key, *scalars(item))]


@pytest.mark.parametrize(
    ("text", "value", "raw", "quoted"),
    [
        ("a: 8.10", "8.10", "8.10", False),
        ("a: 'it''s'", "it's", "it''s", True),
        ('a: "q\\n"', "q\n", "q\\n", True),
        ("a: ''", "", "", True),
        ("a: &x 8.2", "8.2", "8.2", False),
        ('a: &x !!str "8.2"', "8.2", "8.2", True),
        ("a: !!str &x '8.2' # c", "8.2", "8.2", True),
        ("a: &x # why\n  foo", "foo", "foo", False),
        ("a: !<tag:x,y> foo", "foo", "foo", False),
        ("a: &x", "", "", False),
        ("[&x , b]", "", "", False),
        ("a: b #c", "b", "b", False),
        ("a: one\n  two", "one two", "one\n  two", False),
        ("a: |\n  foo\n", "foo\n", "|\n  foo\n", True),
        ("\ufeffa: é😀b", "é😀b", "é😀b", False),
        ("é: 😀\r\nb: z", "😀", "😀", False),
        ("# 😀\r\n\u2028# é\r\na:\r\n- b\r\n", "b", "b", False),
        ("? [k]\n: v\na: w", "w", "w", False),
        ("a: &x !!null", "", "", False),
        ("a: !foo {b: c}", "c", "c", False),
    ],
)
def test_a_scalar_spans_its_content_alone(text: str, value: str, raw: str, quoted: bool) -> None:
    found = [s for s in scalars(yaml_tree.parse(text)) if s.value == value]
    assert [(text[s.at.start : s.at.end], s.quoted) for s in found[:1]] == [(raw, quoted)]


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@given(st.lists(st.text("ab:é😀\u2028 '\"\\#\t\n\r\x85-&*!|>%@`0.8,[]{}", max_size=12), max_size=6), st.booleans())
def test_what_one_wrote_is_found_again(loader: str, values: list[str], bom: bool) -> None:
    text = "\ufeff" * bom + yaml.safe_dump(values, allow_unicode=True, default_style='"')
    before = yaml_tree._LOADER
    yaml_tree._LOADER = getattr(yaml, loader)
    try:
        found = scalars(yaml_tree.parse(text))
    finally:
        yaml_tree._LOADER = before
    assert [s.value for s in found] == values
    for s in found:
        assert (text[s.at.start - 1], text[s.at.end]) == ('"', '"')


@given(st.text("ab:é😀 '\"\\#\t\n\r\x00\udc80-&*!|>%@`0.8,[]{}<?~\ufeff", max_size=60))
def test_any_text_is_a_tree_or_unreadable(text: str) -> None:
    try:
        found = [s for node in yaml_tree.parse_all(text) for s in scalars(node)]
    except Unreadable as error:
        assert error.message.startswith("line ")
        return
    for s in found:
        raw = text[s.at.start : s.at.end]
        assert 0 <= s.at.start <= s.at.end <= len(text)
        if not s.quoted:
            assert s.value.split() == raw.split()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: {b", "line 2, column 1"),
        ("a: b\nc: d: e", "line 2, column 5"),
        ("a: *nope", "line 1, column 4"),
        ("x:\n a: !bad!t y", "line 2, column 5"),
        ("a: b\nc: \udc80", "line 2, column 4"),
        ("a: b\n\x07", "line 2, column 1"),
        ("\ta: b", "line 1, column 1"),
        ("a: &x [*x]", "line 1, column 8"),
        ("[" * 5000, "line 1, column 101"),
        ("- " * 5000, "line 1, column"),
        ("{a: " * 5000, "line 1, column"),
    ],
)
def test_what_is_not_yaml_says_where(text: str, where: str) -> None:
    with pytest.raises(Unreadable, match=where):
        yaml_tree.parse(text)


def test_an_alias_is_the_node_it_names() -> None:
    root = yaml_tree.parse_table("a: &x {i: p}\nb: *x\nc: {<<: *x, j: q}\nd: {i: own, <<: [*x]}\n")
    assert root.get("a") is root.get("b")
    assert root.get("c", "<<") is root.get("a")
    merged = yaml_tree.member(root.get("c"), "i")
    own = yaml_tree.member(root.get("d"), "i")
    assert isinstance(merged, Scalar) and merged.value == "p"
    assert isinstance(own, Scalar) and own.value == "own"


def test_an_anchor_ends_with_its_document() -> None:
    assert len(yaml_tree.parse_all("a: &x 1\nb: *x\n---\nc: 2\n")) == 2
    with pytest.raises(Unreadable, match="line 3"):
        yaml_tree.parse_all("a: &x 1\n---\nb: *x\n")


def test_a_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(Unreadable, match="aliases stand for more than"):
        yaml_tree.parse("\n".join(lines))


def test_aliases_deepen_what_they_stand_in() -> None:
    lines = ["- &a0 [x]", *(f"- &a{n} [*a{n - 1}]" for n in range(1, 500))]
    with pytest.raises(Unreadable, match="deep"):
        yaml_tree.parse("\n".join(lines))


def test_only_a_mapping_or_nothing_is_a_table() -> None:
    assert yaml_tree.parse_table("# nothing\n").items == ()
    assert yaml_tree.parse_table("---\n~\n").items == ()
    with pytest.raises(Unreadable, match="mapping"):
        yaml_tree.parse_table("- a\n")

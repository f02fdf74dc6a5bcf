"""YAML is read strictly: each way to say something else than one sees is refused, with the place."""

import pytest

from maintainer.config.yaml_file import Mark, Scalar, Sequence, Table, dotted, parse, walk
from maintainer.errors import ConfigurationError

REFUSED = {
    "a duplicate key": (
        b"a: 1\nb:\n  c: 1\n  c: 2\n",
        "m.yml:4:3: b.c: is already given in line 3. Keep one of the two.",
    ),
    "an anchor": (b"a: &x 1\n", "m.yml:1:4: a: anchors and aliases (& and *) are not used here."),
    "an alias": (b"a: *x\n", "m.yml:1:4: a: anchors and aliases"),
    "a glob without quotes": (b"packages: *.php\n", "m.yml:1:11: anchors and aliases (& and *) are not used here."),
    "a bomb": (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "m.yml:1:4: a: anchors and aliases"),
    "a Python object": (b"a: !!python/object/apply:os.system [x]\n", "m.yml:1:4: a: tags (!) are not used here."),
    "a tag of its own": (b"packages: [!acme]\n", "m.yml:1:12: tags (!) are not used here."),
    "a tab": (b"a:\n\tb: 1\n", "m.yml:2:1: a tab stands here, and YAML is indented with spaces."),
    "a scope without quotes": (b"a: @acme/x\n", "m.yml:1:4: text that starts with @, ` or % needs quotes"),
    "latin-1": (b"a: 1\nb: \xf3\n", "m.yml:2:4: is not UTF-8 here."),
    "UTF-16": ("a: 1".encode("utf-16"), "m.yml:1:1: is not UTF-8 here."),
    "a control character": (b"a: \x01\n", "m.yml:1:1: holds a character that no YAML file may have."),
    "two documents": (b"a: 1\n---\nb: 1\n", "m.yml:2:1: a second document starts here."),
    "a list": (b"- a\n", "m.yml:1:1: is no map."),
    "a word": (b"hello\n", "m.yml:1:1: is no map."),
    "a list as a key": (b"? [a]\n: b\n", "m.yml:1:3: a key is one word, no list and no map."),
    "too deep": (b"a: " + b"[" * 30, "m.yml:1:23: is nested deeper than 20 levels."),
    "absurdly deep": (b"a: " + b"[" * 300_000, "m.yml:1:23: is nested deeper than 20 levels."),
    "too large": (b"a: 1\n" + b"#" * 1024 * 1024, "m.yml:1:1: is larger than 1 MiB"),
    "too many values": (b"a: [" + b"1," * 60_000 + b"]", "more than 50000 values"),
    "half a mapping": (b"a: {b: 1\n", "m.yml:2:1: is no YAML"),
    "a wrong indentation": (
        b"a:\n  b: 1\n c: 2\n",
        "m.yml:3:2: is no YAML: did not find expected key. The line is: c: 2",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str) -> None:
    data, says = REFUSED[case]
    with pytest.raises(ConfigurationError) as caught:
        parse(data, "m.yml")
    assert says in caught.value.message
    assert "\n" not in caught.value.message


def test_a_line_with_a_token_is_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(b"a: b: glpat-abcdefghij0123456789\n", "m.yml")
    assert "glpat" not in caught.value.message


def test_scalars_keep_the_characters_of_the_file() -> None:
    tree = parse(b"php: 8.10\nname: no\nn: 010\nd: 2026-11-23\nt: 12:30\nq: '8.10'\ne:\n", "m.yml")
    assert {key: node.text for key, node in tree.items.items() if isinstance(node, Scalar)} == {
        "php": "8.10",
        "name": "no",
        "n": "010",
        "d": "2026-11-23",
        "t": "12:30",
        "q": "8.10",
        "e": "",
    }
    assert [path for path, node in walk(tree) if isinstance(node, Scalar) and node.is_null] == [("e",)]


def test_every_value_and_key_knows_its_place() -> None:
    tree = parse("\ufefffreeze:\n  - name: Święta\n    lead: 72h\n".encode(), "m.yml")
    freeze = tree.items["freeze"]
    assert isinstance(freeze, Sequence)
    item = freeze.items[0]
    assert isinstance(item, Table)
    assert item.at == Mark("m.yml", 2, 5)
    assert item.keys["lead"] == Mark("m.yml", 3, 5)
    assert item.items["lead"] == Scalar("72h", Mark("m.yml", 3, 11), plain=True)


@pytest.mark.parametrize("nothing", [b"", b"\n", b"# comment\n", b"---\n", b"~\n", b"\xef\xbb\xbf"])
def test_nothing_is_an_empty_map(nothing: bytes) -> None:
    assert parse(nothing, "m.yml").items == {}


def test_paths_read_as_people_write_them() -> None:
    assert dotted(("updates", "rules", 0, "packages", 1)) == "updates.rules[0].packages[1]"

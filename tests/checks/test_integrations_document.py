"""Pointers, counts and dates of answers, hostile ones too."""

from datetime import UTC, datetime
from typing import Any

import pytest

from maintainer.checks.integrations_document import counted, date, each, read_csv, read_json, read_xml
from maintainer.checks.integrations_schema import faults

TREE = {"a": [{"b": 1, "c/d": 2, "~": 3}, {"b": 4}], "n": 7, "s": "12", "": {"x": 5}, "*": [1, 2, 3]}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", [TREE]),
        ("/n", [7]),
        ("/a/0/b", [1]),
        ("/a/0/c~1d", [2]),
        ("/a/0/~0", [3]),
        ("/a/*/b", [1, 4]),
        ("//x", [5]),
        ("/*/1", [2]),
        ("/a/2", []),
        ("/a/01/b", []),
        ("/a/-1/b", []),
        ("/n/0", []),
    ],
)
def test_pointers(pointer: str, found: list[Any]) -> None:
    assert list(each(TREE, pointer)) == found


@pytest.mark.parametrize(
    ("pointer", "count"), [("/a", 2), ("/n", 7), ("/s", 12), ("/a/*/b", 2), ("/a/*/z", 0), ("", 5)]
)
def test_counts(pointer: str, count: int) -> None:
    assert counted(TREE, pointer) == count


@pytest.mark.parametrize("pointer", ["/z", "a", "/a/0/b/c"])
def test_what_is_not_there_is_not_counted(pointer: str) -> None:
    with pytest.raises(ValueError, match=r"there is nothing|a pointer is wanted"):
        counted(TREE, pointer)


@pytest.mark.parametrize("value", [True, None, "many", -1, 1e300, 10**20])
def test_what_is_no_number_of_things(value: Any) -> None:
    with pytest.raises(ValueError, match="no number of things"):
        counted({"a": value}, "/a")


EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T08:00:00Z",
        "2026-11-21T09:00:00+01:00",
        "2026-11-21 08:00:00",
        "Sat, 21 Nov 2026 08:00:00 GMT",
        "Sat, 21 Nov 2026 09:00:00 +0100",
        "1795248000",
        1795248000,
        1795248000.0,
        "1795248000000",
    ],
)
def test_dates(text: Any) -> None:
    assert date(text) == EIGHT


def test_a_day_alone_is_its_end() -> None:
    assert date("2026-11-20") == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", None, True, [], "2026-13-01", "12", "9999-12-31", "Sat, 99 Nov 2026"])
def test_no_dates(text: Any) -> None:
    with pytest.raises(ValueError, match="no date"):
        date(text)


BROKEN = {
    "nothing": b"",
    "deep": b"[" * 200_000,
    "no number": b'{"a": NaN}',
    "long number": b"1" * 10_000,
    "latin": '"ż"'.encode("iso8859-2"),
    "cut": b'{"a": [1, 2',
    "two": b"{}{}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match="it is no JSON"):
        read_json(body)


def test_a_byte_order_mark_is_allowed() -> None:
    assert read_json(b"\xef\xbb\xbf{}") == {}


HOSTILE = {
    "entities": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "parameter entity": b'<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><a/>',
    "external": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "cut": b"<a><b>",
    "nothing": b"",
    "encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "zeros": b"\0" * 100,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"it is no XML|it declares entities"):
        read_xml(body)


def test_elements_are_counted_with_and_without_their_prefix() -> None:
    made = read_xml(b'<f xmlns:g="urn:g"><g:id>1</g:id><g:id><b/>2</g:id><id>3</id></f>', "id")
    assert (made.root, made.counts["id"], made.counts["g:id"], made.counts["b"]) == ("f", 3, 2, 1)
    assert made.texts == ("1", "3")


def feed(items: int) -> bytes:
    return b"<rss>" + b"<item><pubDate>2026-11-21</pubDate></item>" * items + b"</rss>"


def test_each_item_of_a_feed_is_counted() -> None:
    made = read_xml(feed(2_000), "pubDate")
    assert made.counts["item"] == len(made.texts) == 2_000


TABLES = {
    "commas": (b"a,b\n1,2\n", ("a", "b"), 1),
    "tabs": (b"a\tb\r\n1\t2\r\n\r\n3\t4", ("a", "b"), 2),
    "bars": (b"a|b|c,d\n", ("a", "b", "c,d"), 0),
    "one column": (b"a\n1\n", ("a",), 1),
    "line breaks inside": (b'a,b\n"1\n2",3\n', ("a", "b"), 1),
    "nothing": (b"", (), 0),
    "not UTF-8": ("a;ż\n1;2\n".encode("cp1250"), ("a", "\ufffd"), 1),
}


@pytest.mark.parametrize(("body", "columns", "rows"), TABLES.values(), ids=TABLES)
def test_tables(body: bytes, columns: tuple[str, ...], rows: int) -> None:
    made = read_csv(body)
    assert (made.columns, made.rows) == (columns, rows)


@pytest.mark.parametrize("body", [b'a,b\n1,"2', b"a,b\n1\n", b'a\n"1"2\n', b"a\n" + b"x" * 200_000], ids=range(4))
def test_what_is_no_table(body: bytes) -> None:
    with pytest.raises(ValueError, match="it is no"):
        read_csv(body)


def test_deep_xml_is_read() -> None:
    assert read_xml(b"<a>" * 50_000 + b"</a>" * 50_000).counts["a"] == 50_000


def test_the_same_fault_in_every_item_is_one() -> None:
    schema = {"items": {"properties": {"price": {"type": "string"}}, "required": ["id"]}}
    found = [one.key for one in faults(schema, [{"price": 1}] * 30)]
    assert sorted(found) == ["* required id", "*/price type"]


def test_a_schema_that_goes_round_in_circles_is_no_crash() -> None:
    with pytest.raises(ValueError, match="round in circles"):
        list(faults({"$ref": "#"}, {}))


def test_a_schema_of_an_older_dialect() -> None:
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 5, "exclusiveMinimum": True}
    assert len(list(faults(schema, 5))) == 1


def test_formats_are_checked() -> None:
    assert len(list(faults({"format": "date"}, "21.11.2026"))) == 1

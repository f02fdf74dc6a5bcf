"""What an integration answers, read: JSON by pointers (RFC 6901), XML by the names of elements, CSV by columns.

A `*` in a pointer is each of a list or table. XML that declares entities is refused: they are how XML bombs are built
(https://docs.python.org/3/library/xml.html#xml-security).
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate

#: So many texts of an element are kept: the newest date may be in any.
MOST_TEXTS = 200_000
LONGEST_TEXT = 100
DELIMITERS = ",;\t|"
DAY_ALONE = re.compile(r"\d{4}-\d\d-\d\d")
#: Seconds since 1970 in this century, and the same in milliseconds.
EPOCH = re.compile(r"(\d{10})(?:\.\d{1,9})?|(\d{13})")


@dataclass(frozen=True, slots=True)
class Xml:
    """The name of the root, how often each element is there, and what elements that are asked for say.

    Names are as written and, with a prefix, also without it.
    """

    root: str
    counts: Mapping[str, int]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Csv:
    """The names of the columns, how many rows are below them, and what the column that is asked for says."""

    columns: tuple[str, ...]
    rows: int
    texts: tuple[str, ...]


def read_csv(body: bytes, wanted: str = "") -> Csv:
    """The table in `body` (RFC 4180; also with semicolons, tabs and bars), with the texts of the column `wanted`.

    Raises ValueError with a sentence on what is wrong, without what stands in it.
    """
    text = body.decode("utf-8-sig", "replace")
    first = text[:10_000].partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    count, texts = 0, list[str]()
    try:
        columns = tuple(name.strip() for name in next(rows, ()))
        at = columns.index(wanted) if wanted in columns else None
        for row in rows:
            if not row:
                continue
            if len(row) != len(columns):
                raise ValueError(f"it is no table: line {rows.line_num} has {len(row)} columns, not {len(columns)}")
            count += 1
            if at is not None:
                texts.append(row[at][:LONGEST_TEXT])
    except csv.Error as error:
        raise ValueError(f"it is no CSV: {error} in line {rows.line_num}") from None
    return Csv(columns, count, tuple(texts))


def read_json(body: bytes) -> Any:
    """The value in `body`. Raises ValueError with a sentence on what is wrong, without what stands in it."""
    try:
        return json.loads(body, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except UnicodeDecodeError:
        raise ValueError("it is no JSON: its characters are not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON that can be read: a number or its depth is out of all bounds") from None


def _no_number(_: str) -> NoReturn:
    raise ValueError


def read_xml(body: bytes, wanted: str = "") -> Xml:
    """The document in `body`, with the texts of the elements named `wanted`. Raises ValueError with a sentence."""
    parser = ParserCreate()
    counts: dict[str, int] = {}
    texts: list[str] = []
    inside: list[str] | None = None
    root = ""

    def begin(name: str, _: object) -> None:
        nonlocal root, inside
        root = root or name
        counts[name] = counts.get(name, 0) + 1
        if (bare := name.rpartition(":")[2]) != name:
            counts[bare] = counts.get(bare, 0) + 1
        inside = [] if wanted and _is(name, wanted) and len(texts) < MOST_TEXTS else None

    def say(text: str) -> None:
        if inside is not None and len(inside) < LONGEST_TEXT:
            inside.append(text[:LONGEST_TEXT])

    def end(_: str) -> None:
        nonlocal inside
        if inside is not None:
            texts.append("".join(inside).strip()[:LONGEST_TEXT])
            inside = None

    def refuse(*_: object) -> NoReturn:
        raise ValueError("it declares entities, by which XML is made to explode: they are refused")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, say
    parser.EntityDeclHandler = parser.ExternalEntityRefHandler = parser.UnparsedEntityDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise ValueError(f"it is no XML: {str(error)[:200]}") from None
    except LookupError:
        raise ValueError("it is no XML that can be read: its encoding is unknown") from None
    return Xml(root, counts, tuple(texts))


def _is(name: str, wanted: str) -> bool:
    return wanted in (name, name.rpartition(":")[2])


def each(value: Any, pointer: str) -> Iterator[Any]:
    """The values at a pointer, none where there is nothing."""
    found = [value]
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = [inner for one in found for inner in _inside(one, name)]
    yield from found


def _inside(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        elif name == "*":
            yield from value.values()
    elif isinstance(value, list):
        if name == "*":
            yield from value
        elif re.fullmatch(r"0|[1-9]\d{0,8}", name, re.ASCII) and int(name) < len(value):
            yield value[int(name)]


def counted(value: Any, pointer: str) -> int:
    """How many are there: the entries of a list or table, what a number says, or the places a `*` stands for.

    Raises ValueError with a sentence where nothing can be counted.
    """
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"it is JSON, of which a pointer is wanted: /{pointer}")
    found = list(each(value, pointer))
    if not found and "*" not in pointer.split("/"):
        raise ValueError(f"there is nothing at {pointer or 'its root'}")
    if "*" in pointer.split("/"):
        return len(found)
    return amount(found[0], pointer)


def amount(value: Any, pointer: str) -> int:
    """What a number says, or the length of a list or table. Raises ValueError with a sentence."""
    if isinstance(value, list | dict):
        return len(value)
    if isinstance(value, str) and re.fullmatch(r"\s{0,100}\d{1,15}\s{0,100}", value, re.ASCII):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**15:
        raise ValueError(f"what stands at {pointer or 'its root'} is no list and no number of things")
    return int(value)


def date(value: Any) -> datetime:
    """The moment a value says: ISO 8601, as mails and feeds write it (RFC 5322), or seconds since 1970.

    A day alone is its end; a time without a zone is UTC's. Raises ValueError.
    """
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if match := EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]) if match[1] else int(match[2]) / 1000, UTC)
    try:
        if DAY_ALONE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=1)
        made = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        raise ValueError("is no date") from None

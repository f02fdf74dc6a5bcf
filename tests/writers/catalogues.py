"""The messages that the sources say, and what catalogues make of them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[2] / "maintainer"
LANGUAGES = PACKAGE / "writers" / "languages"
#: Who says messages; what `verify` says are finished sentences, with catalogues of their own.
_SPEAKING = re.compile(r"from maintainer\.writers\.(?:words|notes_telling) import")
#: How many messages a function is given first. Babel's own extractor misses those in f-strings and within each other.
KEYWORDS = {"message": 1, "say": 1, "template": 1, "say_n": 2, "template_n": 2}
#: What is a message, by its context and its text; of a count, in English for one.
Name = tuple[str | None, str]


@cache
def said() -> dict[Name, tuple[str, ...]]:
    """Every message of the package: its English texts, two where there is a count."""
    found: dict[Name, tuple[str, ...]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not _SPEAKING.search(source):
            continue
        for texts in _calls(ast.parse(source)):
            assert found.setdefault((None, texts[0]), texts) == texts, f"{texts} is there with and without a count"
    return found


def _calls(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """The messages of each call that is given them as they stand."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Name(function) | ast.Attribute(attr=function) if function in KEYWORDS:
                given = node.args[: KEYWORDS[function]]
                texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if len(texts) == KEYWORDS[function]:
                    yield tuple(texts)


@cache
def catalogue(language: str) -> Catalog:
    with (LANGUAGES / language / "LC_MESSAGES" / "maintainer.po").open("rb") as written:
        return read_po(written, locale=language, abort_invalid=True)


def name(message: Message) -> Name:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def slots(text: str) -> set[str]:
    return {slot for _, slot, _, _ in Formatter().parse(text) if slot is not None}

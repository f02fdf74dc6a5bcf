"""The messages that the sources say, and what catalogues make of them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[2] / "maintainer"
LANGUAGES = PACKAGE / "writers" / "languages"
#: The functions that are given messages, as babel.messages.extract wants them.
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "message": None,
    "say": None,
    "say_n": (1, 2),
    "say_as": ((1, "c"), 2),
    "template": None,
    "template_n": (1, 2),
}
#: What is a message, by its context and its text; of a count, in English for one.
Name = tuple[str | None, str]


@cache
def said() -> dict[Name, tuple[str, ...]]:
    """Every message of the package: its English texts, two where there is a count."""
    found: dict[Name, tuple[str, ...]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "maintainer.writers.words" not in path.read_text(encoding="utf-8"):
            continue
        for _, text, _, context in extract_from_file("python", path, keywords=dict(KEYWORDS)):
            texts = text if isinstance(text, tuple) else (text,)
            name = (context, texts[0])
            assert found.setdefault(name, texts) == texts, f"{name} is there with and without a count"
    return found


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


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)

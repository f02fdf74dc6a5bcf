"""The first line of a commit message: `feat(cart,checkout)!: guests can pay (#12)`.

The rules are those of https://www.conventionalcommits.org/en/v1.0.0/#specification, 1 to 5, 13 and 15: the type in any
case, a colon and a space behind it. People and forges write before it and behind it; that is no part of it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from maintainer.changes import Reference

#: The types of @commitlint/config-conventional, and others that are common.
KNOWN = frozenset(
    ("build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test",
     "a11y", "bugfix", "deprecate", "deps", "feature", "hotfix", "i18n", "improvement", "l10n", "remove", "security")
)  # fmt: skip

_HEADER = re.compile(r"([A-Za-z][\w-]{0,40})(?:\(([^()\n]{0,200})\))?(!)?:[ \t]+(\S.*)", re.ASCII)
#: What the authors meant as one and is none: `feat:x`, `feat!(cart): x`, `feat (cart): x`, `feat : x`.
_ALMOST = re.compile(
    r"([A-Za-z]{2,20})(?:!\([^()\n]{0,200}\):|[ \t]+\([^()\n]{0,200}\)!?:|!?:(?!//)\S|!?[ \t]+!?:)", re.ASCII
)
#: A gitmoji, as a shortcode or as a character; `[SHOP-12]`, `SHOP-12:`, `#12`; `[WIP]`; Azure's `Merged PR 12:`.
_PREFIX = re.compile(
    r"""(?: :[a-z0-9_+-]{1,40}:
      | [\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]{1,16}
      | \[(?P<bracket>[^\]\n]{1,60})\]:?
      | \(?(?P<ticket>[A-Z][A-Z0-9_]{0,15}-\d{1,9} | \#\d{1,9})\)?:?
      | Merged[ ]PR[ ]\d{1,9}:
      )\ *(?:[-|]\ +)?""",
    re.VERBOSE,
)
_TICKET = re.compile(r"[A-Z][A-Z0-9_]{0,15}-\d{1,9}|#\d{1,9}")
_PREFIXES = 5

_NUMBER = r"(?:[\w.-]{1,100}/[\w.-]{1,100})?[#!]\d{1,9}|GH-\d{1,9}"
#: `(#12)` at the end, as forges put it there; `(backport #12)` as Mergify does.
_TAIL = re.compile(rf"\((?:backport |bp |fixes |closes |see )?({_NUMBER})\)$", re.IGNORECASE)
_INLINE = re.compile(rf"(?<![\w&/#!])(?:{_NUMBER})\b")
#: What tells a CI to do nothing (GitHub, GitLab, Azure).
_SKIP = re.compile(
    r"[ \t]*(?:\[(?:skip[ -](?:ci|actions|netlify|vercel)|(?:ci|actions)[ -]skip|no[ -]ci)\]|\*{3}NO_CI\*{3})",
    re.IGNORECASE,
)
#: More of an endless line has no references, which would be looked for in vain.
_LINE = 2000
#: More references at the end of a line are left there.
_NUMBERS = 20


class Header(NamedTuple):
    """`type` is in lower case. `subject` is the line without what stands before it, and the reference at its end."""

    type: str
    scopes: tuple[str, ...]
    breaking: bool
    description: str
    subject: str
    references: tuple[Reference, ...]


def header(line: str) -> Header | None:
    """The header in a line, None where it has none. What stands before a type is dropped only if the type is known."""
    line, numbers = tail(line)
    found = _HEADER.fullmatch(line)
    tickets: list[str] = []
    if not found or _type(found[1]) not in KNOWN:
        at = 0
        for _ in range(_PREFIXES):
            prefix = _PREFIX.match(line, at)
            if not prefix:
                break
            at = prefix.end()
            tickets += _TICKET.findall(prefix["ticket"] or prefix["bracket"] or "")
        behind = _HEADER.fullmatch(line, at) if at else None
        if behind and behind[1].lower() in KNOWN:
            found = behind
        else:
            tickets = []
    if not found:
        return None
    kind, scope, bang, description = found.groups()
    scopes = _scopes(scope) if scope else ()
    inline = mentioned(description) if "#" in description or "!" in description or "GH-" in description else []
    references = (
        tuple(Reference(one) for one in dict.fromkeys([*tickets, *inline, *numbers]))
        if tickets or inline or numbers
        else ()
    )
    words = " ".join(description.split())
    return Header(_type(kind), scopes, bool(bang), words, line[found.start() :], references)


# Types and scopes are the same by the thousand: each is worked out and kept once.


@lru_cache(maxsize=4_096)
def _type(word: str) -> str:
    return word.lower()


@lru_cache(maxsize=4_096)
def _scopes(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in listed.split(",") if one.strip()))


def tail(line: str) -> tuple[str, list[str]]:
    """A line without the references at its end, and these; what tells a CI to do nothing is dropped."""
    if "[" in line or "***" in line:
        line = _SKIP.sub("", line[:_LINE]) + line[_LINE:]
    line = line.strip()
    numbers: list[str] = []
    while line.endswith(")") and len(numbers) < _NUMBERS and (found := _TAIL.match(line, max(line.rfind("("), 0))):
        numbers.insert(0, found[1])
        line = line[: found.start()].rstrip()
    return line, numbers


def mentioned(text: str) -> list[str]:
    """The numbers of proposals and issues in a line."""
    return _INLINE.findall(text[:_LINE])


def almost(line: str) -> bool:
    """Whether the line looks as if a header was meant."""
    found = _ALMOST.match(line)
    return found is not None and found[1].lower() in KNOWN

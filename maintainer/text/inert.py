"""Words from outside in a title, a commit's subject or a sentence of ours: on a forge they do nothing.

A forge acts on what it finds in them: `@name` notifies, `fixes #12` closes an issue once it is in a commit of the
default branch, an address becomes a link. A CI's runner acts on what a program prints. A character that is not seen
parts what would be read as one.
"""

import re

#: A character that is not seen and separates what a forge would read as one.
BREAK = "\u200b"

#: Everything that steers a terminal, hides, or reorders; not a newline or a tab.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
MENTION = re.compile(r"@(?=[A-Za-z0-9])")
#: `#12`, `shop/site#12`, GitLab's `!12`, `GH-12`.
REFERENCE = re.compile(r"([#!]|\bGH-)(?=\d)", re.IGNORECASE)
ENTITY = re.compile(r"&(?=#?\w{1,40};)")
#: At a line's start GitHub's runner carries out `::add-mask::x`, and anywhere in it `##[add-mask]x`, which it shares
#: with Azure (`##vso[...]`) and TeamCity (`##teamcity[...]`).
_COMMAND = re.compile(r"(^|\r)([^\S\r\n]*):(?=:)|#(#\w*\[)", re.MULTILINE)
_ADDRESS = re.compile(r"(?<=:)(?=//)|\b(?<=www)(?=\.)", re.IGNORECASE)


def subject(text: str, limit: int = 250) -> str:
    """A title or a commit's subject: one line of at most `limit` characters, that is no Markdown."""
    flat = CONTROL.sub("", " ".join(text.encode("utf-8", "replace").decode().split()))
    flat = " ".join(flat.split())
    flat = _ADDRESS.sub(BREAK, REFERENCE.sub(rf"\1{BREAK}", MENTION.sub(f"@{BREAK}", flat)))
    return flat[:limit].strip()


def sentence(text: str, limit: int = 1000) -> str:
    """A sentence in Markdown, without a full stop at its end."""
    flat = ENTITY.sub("&amp;", subject(text, limit)).rstrip(".")
    return re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", flat)


def shown(text: str) -> str:
    """Text for a terminal: lines and tabs stay, nothing in it steers, hides or reorders."""
    return CONTROL.sub("", text.replace("\r\n", "\n"))


def printed(text: str, *, json: bool = False) -> str:
    """What a program prints, without anything a CI's runner would carry out; JSON still means the same."""
    if json:
        return re.sub(r"#(?=#\w*\[)", r"\\u0023", text)
    return _COMMAND.sub(lambda found: f"#{BREAK}{found[3]}" if found[3] else f"{found[1]}{found[2]}:{BREAK}", text)

"""Release notes as Markdown: a release's text on a forge, a file, a comment.

Nothing from outside acts in it: mentions, closing keywords, references and addresses are broken up as in proposals.
A text that is too long for the forge loses its folded details first, then the longest, and says so.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from maintainer.writers import sanitise
from maintainer.writers.notes_brand import Brand
from maintainer.writers.notes_pieces import Document, Line, Piece, Section, capital
from maintainer.writers.verify_words import MARKS
from maintainer.writers.words import Words

#: Characters of a release's text: https://docs.github.com/rest/releases/releases (GitHub answers 422 above them) and
#: https://docs.gitlab.com/administration/instance_limits (a description's).
LIMITS = {"github": 125_000, "gitlab": 1_000_000}
#: An address of a page or of a mailbox; or a sign of markup.
_OWN = re.compile(r"(https?://[^\s<>]{0,500}[\w/]|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})|[\\`*_\[\]<>|~&]")
#: What would begin a heading, a quote or another list.
_BLOCK = re.compile(r"^(\d{0,9})([#>+.)=-])")


def markdown(
    document: Document, words: Words, limit: int = LIMITS["github"], page: str = "", brand: Brand | None = None
) -> str:
    """The notes within `limit` characters; `page` is where the whole is shown, if anywhere."""
    details = {section.key: _long(section) for section in document.level("details")}
    headings = {section.key: section.heading for section in document.level("details")}
    folded = [section.key for section in document.level("details") if section.folded]
    dropped = [*reversed(folded), *sorted(details.keys() - set(folded), key=lambda key: (-len(details[key]), key))]
    foot = [f"*{_foot(brand.foot)}*"] if brand and brand.foot else []
    kept = dict(details)
    while True:
        cut = [headings[key] for key in details if key not in kept]
        blocks = [*_head(document, words, page, cut), *kept.values(), *foot]
        if sum(map(len, blocks)) + 2 * len(blocks) <= limit or not kept:
            return "\n\n".join(blocks) + "\n"
        del kept[dropped.pop(0)]


def _head(document: Document, words: Words, page: str, cut: list[str]) -> list[str]:
    """What is always there, and what isn't below."""
    blocks = [f"## {said(document.title.pieces, strong=False)}", said(document.about.pieces)]
    blocks += [_short(section) for section in document.level("summary")]
    if cut:
        names = words.listed(map(sanitise.line, cut))
        blocks.append(f"*({words.say('too long for this page; left out: {names}', names=names)})*")
    if page:
        blocks.append(f"[{sanitise.line(words.say('All of it as a page'))}]({_address(page)})")
    return blocks


def _foot(text: str) -> str:
    """The agency's own words: addresses in them lead somewhere, markup shows."""
    return _OWN.sub(lambda found: f"<{found[1]}>" if found[1] else f"\\{found[0]}", text)


def _short(section: Section) -> str:
    """`**Label:** words`, or a list below the label."""
    label = f"**{sanitise.line(section.heading)}:**"
    if len(section.lines) == 1 and not section.lines[0].below:
        return f"{label} {said(section.lines[0].pieces)}"
    return f"{label}\n\n" + "\n".join(_items(section.lines))


def _long(section: Section) -> str:
    heading, lines = sanitise.line(section.heading), "\n".join(_items(section.lines))
    if section.folded:
        return f"<details><summary>{heading}</summary>\n\n{lines}\n\n</details>"
    return f"### {heading}\n\n{lines}"


def _items(lines: tuple[Line, ...], depth: int = 0) -> Iterator[str]:
    for line in lines:
        yield f"{'  ' * depth}- {said(capital(line.pieces))}"
        yield from _items(line.below, depth + 1)


def said(pieces: tuple[Piece, ...], *, strong: bool = True) -> str:
    """Pieces as Markdown that only shows."""
    made = "".join(_alike(manner, list(group), strong) for manner, group in groupby(pieces, _manner)).strip()
    return _BLOCK.sub(r"\1\\\2", made)


def _manner(piece: Piece) -> Piece:
    return replace(piece, text="")


def _alike(manner: Piece, pieces: list[Piece], strong: bool) -> str:
    """Neighbours in the same manner: `**a****b**` is not what it looks like."""
    text = "".join(sanitise.code(one.text) if manner.code else _spaced(one.text) for one in pieces)
    if manner.mark:
        text = f"{MARKS[manner.mark]} {text}"
    if bare := text.strip() if manner.strong and strong else "":
        text = f"{' ' * (text[0] == ' ')}**{bare}**{' ' * (text[-1] == ' ')}"
    return f"[{text}]({_address(manner.url)})" if manner.url else text


def _address(url: str) -> str:
    """An address that Markdown reads as it is."""
    return url.replace("&", "&amp;")


def _spaced(text: str) -> str:
    """Safe, with the spaces at its ends."""
    bare = text.strip()
    if not bare:
        return text and " "
    return f"{' ' * (text[0] == ' ')}{sanitise.line(bare, len(bare))}{' ' * (text[-1] == ' ')}"

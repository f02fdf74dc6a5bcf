"""Release notes as a message in Slack's Block Kit: the half page, and a link to the rest.

Its limits: 50 blocks, 150 characters of a header, 3,000 of a section (https://docs.slack.dev/reference/block-kit/blocks).
In its mrkdwn `&`, `<` and `>` are escaped, so that nothing from outside notifies a channel or links
(https://docs.slack.dev/messaging/formatting-message-text#escaping).
"""

from typing import Any

from maintainer.text.inert import shown
from maintainer.writers.notes_brand import Brand
from maintainer.writers.notes_pieces import Document, Line, Piece, Section, capital
from maintainer.writers.verify_words import MARKS
from maintainer.writers.words import Words

BLOCKS, HEADER, SECTION, CONTEXT = 50, 150, 3_000, 2_000
#: Signs that would make text bold, slanted, struck or code; a zero-width joiner before them parts them from a word.
_MARKUP = str.maketrans({sign: f"\u2060{sign}" for sign in "*_~`"})


def slack(document: Document, words: Words, page: str = "", brand: Brand | None = None) -> dict[str, Any]:
    """`{"text": ..., "blocks": [...]}`, as `chat.postMessage` and an incoming webhook take it."""
    title = shown(document.title.text)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": _cut(title, HEADER), "emoji": False}},
        {"type": "context", "elements": [_mrkdwn(_said(document.about.pieces), CONTEXT)]},
    ]
    blocks += [{"type": "section", "text": _mrkdwn(_section(one), SECTION)} for one in document.level("summary")]
    last: list[dict[str, Any]] = []
    if page:
        more = f"<{_escaped(page)}|{_escaped(words.say('All of it as a page'))}>"
        last.append({"type": "section", "text": _mrkdwn(more, SECTION)})
    if brand and brand.foot:
        foot = {"type": "plain_text", "text": _cut(brand.foot, CONTEXT), "emoji": False}
        last.append({"type": "context", "elements": [foot]})
    return {"text": _cut(_escaped(title), SECTION), "blocks": [*blocks[: BLOCKS - len(last)], *last]}


def _section(section: Section) -> str:
    """Whole lines while there is room."""
    label = f"*{_inert(section.heading)}*"
    if len(section.lines) == 1:
        return f"{label}\n{_line(section.lines[0])}"
    said = [label]
    for line in section.lines:
        item = f"• {_line(line)}"
        if sum(map(len, said)) + len(said) + len(item) > SECTION - 2:
            said.append("…")
            break
        said.append(item)
    return "\n".join(said)


def _line(line: Line) -> str:
    return _said(capital(line.pieces))


def _said(pieces: tuple[Piece, ...]) -> str:
    return "".join(map(_piece, pieces)).strip()


def _piece(piece: Piece) -> str:
    text = _inert(piece.text)
    if piece.mark:
        text = f"{MARKS[piece.mark]} {text}"
    if piece.url:
        text = f"<{_escaped(piece.url)}|{text.replace('|', '¦')}>"
    bare = text.strip()
    if not bare or not (piece.strong or piece.code):
        return text
    sign = "`" if piece.code else "*"
    return f"{' ' * (text[0] == ' ')}{sign}{bare}{sign}{' ' * (text[-1] == ' ')}"


def _inert(text: str) -> str:
    return _escaped(shown(text)).translate(_MARKUP)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mrkdwn(text: str, limit: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": _cut(text, limit), "verbatim": True}


def _cut(text: str, limit: int) -> str:
    """Within the limit, and never within a link."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    start = cut.rfind("<")
    return (cut[:start] if start > cut.rfind(">") else cut).rstrip() + "…"

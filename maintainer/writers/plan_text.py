"""A plan for a terminal and for a CI log or summary."""

import html
import re
from collections.abc import Sequence
from io import StringIO
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from maintainer.writers import sanitise
from maintainer.writers.plan_rows import Row

#: Columns that all the cells beside one shown whole need together.
NARROWEST = 40

STYLES = {
    "SECURITY": "bold white on red",
    "propose": "green",
    "waits": "cyan",
    "approve": "yellow",
    "held": "magenta",
    "by hand": "bold yellow",
    "unknown": "bold red",
    "close": "cyan",
    "known": "dim",
    "ignored": "dim",
}


#: How a person answers a row that asks.
APPROVE = (
    "approve with: maintainer run, then maintainer proposals approve BRANCH; "
    "maintainer proposals list shows the branches"
)
TICK = "approve with: its box in the dashboard issue"


def terminal(
    headline: str, rows: Sequence[Row], summary: str, *, width: int, colour: bool, answer: str = APPROVE
) -> str:
    """The table a person reads; `width` in columns. `answer` says how to approve what asks."""
    console, out = _console(width, colour)
    console.print(_plain(headline, "bold"), end="\n\n")
    shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False, expand=False)
    shown.add_column(no_wrap=True, min_width=9)
    shown.add_column(overflow="fold", max_width=36)
    shown.add_column(overflow="fold", max_width=28)
    shown.add_column(overflow="fold", ratio=1)
    for row in rows:
        shown.add_row(Text(row.status, style=STYLES[row.status]), *map(_plain, (row.name, row.moves, row.note)))
    if rows:
        console.print(shown)
        console.print()
    if any(row.status == "approve" for row in rows):
        console.print(_plain(answer))
    console.print(_plain(summary))
    return _trimmed(out)


def table(rows: Sequence[Sequence[str]], *, width: int, colour: bool, whole: int | None = None) -> str:
    """Rows of plain cells, aligned and folded to `width`, but for the column `whole`, which is there to be copied."""
    longest = max((cell_len(row[whole]) for row in rows), default=0) if whole is not None else 0
    console, out = _console(max(width, longest + NARROWEST) if longest else width, colour)
    aligned = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for column in range(len(rows[0]) if rows else 0):
        aligned.add_column(overflow="fold", min_width=longest if column == whole else None, no_wrap=column == whole)
    for row in rows:
        aligned.add_row(*map(_plain, row))
    if rows:
        console.print(aligned)
    return _trimmed(out)


def document(markdown: str, *, width: int, colour: bool) -> str:
    """One of our Markdown documents as a terminal shows it: what is folded away is open, hidden marks are gone."""
    # With all its highlighters as slow to import as the rest of rich.
    from rich.markdown import Markdown, MarkdownElement, TableElement

    class Folded(TableElement):
        """A path that a column is too narrow for goes on in the next line; rich would cut it off."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for part in super().__rich_console__(console, options):
                for column in part.columns if isinstance(part, Table) else ():
                    column.overflow = "fold"
                yield part

    class Document(Markdown):
        elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": Folded}

    console, out = _console(min(width, 120), colour)
    shown = re.sub(r"<!--.*?-->", "", markdown, flags=re.DOTALL)
    shown = re.sub(r"<details><summary>(.*?)</summary>", r"#### \1", shown).replace("</details>", "")
    console.print(Document("".join(c for c in html.unescape(shown) if c.isprintable() or c == "\n")))
    return _trimmed(out)


def _console(width: int, colour: bool) -> tuple[Console, StringIO]:
    out = StringIO()
    return (
        Console(
            file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False
        ),
        out,
    )


def _trimmed(out: StringIO) -> str:
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _plain(text: str, style: str = "") -> Text:
    """Names come from outside: no markup, and no characters that steer a terminal."""
    return Text("".join(character for character in text if character.isprintable()), style)


def markdown(headline: str, rows: Sequence[Row], summary: str) -> str:
    """The same for a step summary or a merge request."""
    lines = [f"**{sanitise.line(headline, 400)}**", ""]
    if rows:
        lines += ["| | what | from → to | why |", "|---|---|---|---|"]
        for row in rows:
            what, moves, why = sanitise.line(row.name), sanitise.line(row.moves), sanitise.line(row.note, 600)
            lines.append(f"| {row.status} | {what} | {moves} | {why} |")
        lines.append("")
    return "\n".join([*lines, sanitise.line(summary, 400)]) + "\n"

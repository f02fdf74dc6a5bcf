"""What commands print in a terminal of 94 columns, which is what a code block of the documentation has room for."""

import io
import textwrap

COLUMNS = 94
#: What a shell tells of it (https://no-color.org), for whoever asks the environment.
ENVIRONMENT = {"COLUMNS": str(COLUMNS), "NO_COLOR": "1"}


class Terminal(io.StringIO):
    """What is printed to it."""

    def isatty(self) -> bool:
        return True


def folded(printed: str) -> str:
    """Long lines over several, at words and beneath their first one: a terminal does it at any letter."""
    return "\n".join(line if len(line) <= COLUMNS else _fold(line) for line in printed.split("\n"))


def _fold(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(line, COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)

"""Edits are values with positions, refused when stale; everything else in a file survives byte for byte."""

from collections.abc import Iterable, Sequence

from maintainer.errors import StaleEdit
from maintainer.model import Edit, Update


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits` made, whose positions are those of `text` itself.

    Raises `errors.StaleEdit` when the text says something else at a position, or when two edits overlap.
    """
    parts: list[str] = []
    done = 0
    for edit in sorted(set(edits), key=lambda edit: edit.at):
        start, end = edit.at
        if start < done:
            raise StaleEdit(f"{edit.file}: two updates want to change the same place (character {start}).")
        if text[start:end] != edit.old:
            raise StaleEdit(
                f"{edit.file}: expected {edit.old!r} at character {start}, found {text[start:end]!r}. "
                "The file changed since it was read: plan again."
            )
        parts += (text[done:start], edit.new)
        done = end
    return "".join((*parts, text[done:]))


def replacements(updates: Sequence[Update]) -> tuple[Edit, ...]:
    """One edit an update: the whole job of a manager whose files say it all."""
    return tuple(
        Edit(update.dependency.file, update.dependency.at, update.dependency.text, update.text)
        for update in updates
        if update.text != update.dependency.text
    )


def line_of(text: str, offset: int) -> int:
    """The 1-based line of a character."""
    return text.count("\n", 0, offset) + 1

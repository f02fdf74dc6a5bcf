"""How far long work has come: bars at a terminal, one line a step elsewhere, nothing when it takes no time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from maintainer.commands.context import Context

#: Fewer steps than this are done before a bar could be read.
WORTH_A_BAR = 10


@contextmanager
def progress(context: Context) -> Iterator[Callable[[str, int], Callable[[], None]]]:
    """`tick(what, how many)` returns what to call after each; threads may."""
    if not context.interactive:
        yield lambda what, count: _said(context, what, count)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(file=context.err, no_color=not context.colour)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bars:

        def tick(what: str, count: int) -> Callable[[], None]:
            if count < WORTH_A_BAR:
                return _nothing
            task = bars.add_task(what, total=count)
            return lambda: bars.advance(task)

        yield tick


def _said(context: Context, what: str, count: int) -> Callable[[], None]:
    if count >= WORTH_A_BAR and context.format == "text":
        context.say(f"{what}: {count}")
    return _nothing


def _nothing() -> None:
    pass

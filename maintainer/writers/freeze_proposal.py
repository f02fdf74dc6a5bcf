"""The proposal that changes the calendar: what it changes, why, and that it holds once it is merged."""

from collections.abc import Sequence
from dataclasses import dataclass

from maintainer.writers import sanitise


@dataclass(frozen=True, slots=True)
class Told:
    """What is known when it is written: `what` are sentences of ours on what changes; `why` is a person's, empty where
    nobody said. `into` is the branch it goes into, `next` what is to be known before it is merged."""

    title: str
    file: str
    what: Sequence[str]
    why: str
    into: str
    next: Sequence[str]


def body(told: Told) -> str:
    """The Markdown of the proposal."""
    what = " ".join(sanitise.line(sentence, 600) for sentence in told.what)
    why = sanitise.line(told.why, 600) or "nobody said."
    after = " ".join(sanitise.line(sentence, 600) for sentence in told.next)
    return (
        f"### {sanitise.line(told.title)}\n\n"
        f"**What:** {what}\n\n"
        f"**Why:** {why}\n\n"
        f"**Next:** it holds once this is merged: the calendar is {sanitise.code(told.file)} on "
        f"{sanitise.code(told.into)}. {after} Closing it says no.\n"
    )

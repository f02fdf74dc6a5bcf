"""What descriptions on a forge remember for us, and how a new one keeps what people did: one rule for every forge."""

from typing import Literal

from maintainer import errors
from maintainer.model import Identity
from maintainer.platforms.base import Draft
from maintainer.text import description
from maintainer.text.description import Mark

#: On every proposal of ours: finished ones are found by it.
LABEL = "maintainer"

State = Literal["open", "closed", "merged"]
Wanted = Literal["", "interrupted", "rebase", "recreate"]


def mark_of(draft: Draft, title: str, before: Mark | None = None) -> Mark:
    """What is remembered of a draft under the title the forge is given, over what was remembered `before`."""
    change = draft.change
    return Mark(
        change.identity,
        change.branch,
        draft.commit,
        title,
        handled=draft.handled or (before.handled if before else ""),
        labels=change.labels,
        reviewers=change.reviewers,
        assignees=change.assignees,
        milestone=draft.milestone,
    )


def described(body: str, mark: Mark, before: str = "", *, limit: int) -> str:
    """The whole description, over the one `before`: what people wrote stays, and so does a tick to ignore it.

    That tick was set while we ran: the next run does it. What else was ticked is done by writing it anew.
    """
    ignored = {(box.verb, box.subject) for box in description.boxes(before) if box.ticked and box.verb == "ignore"}
    return description.compose(description.tick(carried(body), ignored), mark, before, limit)


def wanted_anew(body: str, mark: Mark | None, state: State, pushed: str) -> Wanted:
    """Why it is to be made anew: a person's tick, or because its description tells of another commit than `pushed`."""
    if state == "merged" or (state == "closed" and mark and mark.closed_by_us):
        return ""
    ticked = {box.verb for box in description.boxes(body) if box.ticked and not box.subject}
    if "recreate" in ticked:
        return "recreate"
    if "rebase" in ticked:
        return "rebase"
    whole = mark is not None and mark.settled and mark.commit == pushed
    return "" if whole or state != "open" else "interrupted"


def is_same(draft: Draft, title: str, found: Mark | None, found_title: str) -> bool:
    """Whether a finished one proposed any of what the draft does; by its title, where its metadata is gone."""
    return bool(_pairs(draft.change.identity) & _pairs(found.identity)) if found else found_title == title


def is_ours(body: str) -> bool:
    """Whether a description has our region or metadata."""
    return description.BEGIN in body or description.read(body) is not None


def carried(text: str) -> str:
    """Text as JSON can carry it: paths that are not UTF-8 have lone surrogates in the model."""
    return text.encode("utf-8", "replace").decode()


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, saying that more was there."""
    return text if len(text) <= limit else text[: max(limit - 20, 0)].rstrip() + "\n\n*(shortened)*"


def plain(body: str | None) -> str:
    """A text without what forges change in it."""
    return (body or "").replace("\r\n", "\n").strip()


def edited(number: int) -> errors.StaleEdit:
    """Somebody was quicker with an issue."""
    return errors.StaleEdit(f"Someone edited #{number} meanwhile: nothing was overwritten. Run again.")


def _pairs(identity: Identity) -> set[tuple[str, str]]:
    return {(package, to) for _, package, _, to in identity}

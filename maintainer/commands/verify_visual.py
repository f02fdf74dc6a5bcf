"""The visual check as the configuration wants it, and what is judged of the shots."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from maintainer.checks import visual
from maintainer.checks.browser import Browser
from maintainer.checks.visual import Compared, Spot
from maintainer.checks.visual_shots import Device, Edges
from maintainer.checks.visual_shots import Shot as Seen
from maintainer.config.verify import Verify
from maintainer.evidence import Side
from maintainer.policy.visual import Box
from maintainer.policy.visual_comparison import Compared as Comparison
from maintainer.policy.visual_comparison import Shot, compare
from maintainer.policy.visual_elements import elements
from maintainer.policy.visual_exceptions import Approval, Mask, applying, expired

NO_BASELINE = "it compares with the site before the change, and there is none (environments.baseline)"


def configured(verify: Verify, environment: Mapping[str, str], now: datetime, *, baseline: bool) -> visual.Visual | str:
    """The check with the browser of this machine, or why it is left out; `now` is aware."""
    if not baseline:
        return NO_BASELINE
    wanted, today = verify.visual, now.date()
    masks = [one.mask() for one in wanted.masks]
    approvals = [one.approval() for one in wanted.approved]

    def judged(path: str, device: Device, shots: Mapping[Side, Sequence[Seen]]) -> Compared:
        here = applying(masks, path, device, today)
        before, after = ([_shot(one, here) for one in shots[side]] for side in ("base", "head"))
        found = compare(before, after)
        return _told(found, applying(approvals, path, device, today), wanted.most_masked)

    def selectors(path: str) -> list[str]:
        here = applying(masks, path, None, today)
        return list(dict.fromkeys(one.selector for one in here if one.selector))

    return visual.Visual(
        Browser(environment),
        judged,
        selectors,
        devices=wanted.devices,
        click=wanted.click,
        hide=wanted.hide,
        tallest=wanted.tallest,
        settle=wanted.settle,
        at=int(now.timestamp() * 1000) if wanted.fixed else None,
        told=expired([*masks, *approvals], today),
    )


def _shot(seen: Seen, masks: Iterable[Mask]) -> Shot:
    """A shot as policy knows it, with the boxes of the masks that hold there."""
    boxes: list[Edges] = []
    for mask in masks:
        if mask.edges:
            boxes.append(mask.edges)
        if mask.selector:
            boxes += seen.masked.get(mask.selector) or ()
    return Shot(seen.picture, elements(seen.elements), tuple(Box(*edges) for edges in boxes), seen.failed)


def _told(found: Comparison, approvals: Sequence[Approval], most: float) -> Compared:
    by = {one.digest: f"approved by {one.by} until {one.until.isoformat()}" for one in approvals}
    spots = tuple(
        Spot(
            one.sentence,
            one.digest,
            tuple((box.left, box.top, box.right, box.bottom) for box in one.boxes),
            by.get(one.digest, ""),
        )
        for one in found.differences
    )
    return Compared(spots, found.left_out, found.marks, found.hidden, found.failed, _doubt(found, most))


def _doubt(found: Comparison, most: float) -> tuple[str, str] | None:
    """Why nothing can be said of a page of which too little is left to compare."""
    if found.left_out <= most:
        return None
    mend = "Mask or hide what moves, with an owner and a last day: verify.visual.masks, verify.visual.hide"
    for when, heights in zip(("before the change", "with the change"), found.heights, strict=True):
        if len(heights) > 1:
            told = " and ".join(str(height) for height in heights[:3])
            return f"its height changes by itself {when} ({told} px), and all below moves with it", mend
    if found.restless <= most / 2:
        return f"{found.left_out:.0%} of it is masked, more than {most:.0%}", "Mask less of it: verify.visual.masks"
    return f"{found.left_out:.0%} of it moves by itself or is masked, more than {most:.0%}", mend

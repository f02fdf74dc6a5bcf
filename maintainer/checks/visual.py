"""Visual: whether pages still look as they did, on a desktop and on a phone.

    Visual(browser, compare, ...).measure(bench) -> Evidence

A place is a page on a device. It is shot before, after, after, before: what changes by itself meanwhile differs between
the two shots of a side, and is left out. Where anything else differs, more shots must say the same before it is told.
"""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from maintainer.checks.base import Bench, Site
from maintainer.checks.browser import Browser, site
from maintainer.checks.visual_pictures import kept
from maintainer.checks.visual_shots import Device, Edges, NoShot, Shot, read
from maintainer.errors import ToolFailed
from maintainer.evidence import Artifact, Blind, Evidence, Looked, Measurement, Observation, Page, Side

if TYPE_CHECKING:
    from numpy import bool_
    from numpy.typing import NDArray

NAME = "visual"
WRITES = False
RULE = "looks"
PROGRAM = "maintainer.checks.visual_work"
#: What changes steadily meanwhile differs between the first shot and the last.
ORDER: tuple[Side, ...] = ("base", "head", "head", "base")
#: So many more pairs must say the same. Of an advertisement with two faces, one series of 512 shows one face before and
#: the other after, five times each.
AGAIN = 3
MORE_TIME = "Give it more time in verify.within.check, or name fewer pages"
#: The buttons by which consent to cookies is refused, of tools that many shops have; they are clicked where they are.
REFUSALS = (
    "#onetrust-reject-all-handler",
    "#CybotCookiebotDialogBodyButtonDecline",
    ".cmplz-cookiebanner .cmplz-deny",
    ".cky-btn-reject",
    ".moove-gdpr-infobar-reject-btn",
    "#cn-refuse-cookie",
    "#cookie_action_close_header_reject",
    ".brlbs-btn-accept-only-essential",
    "#shopify-pc__banner__btn-decline",
    "[data-testid=uc-deny-all-button]",
)


@dataclass(frozen=True, slots=True)
class Spot:
    """One difference: in a sentence, by its digest, and where. `approved` says by whom, where it is."""

    sentence: str
    digest: str
    boxes: tuple[Edges, ...]
    approved: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison of all shots of a place says; `doubt` why nothing can be said, and what to do about that.

    `left_out` is the share of the page that wasn't compared; `marks` are the pixels that differ, `hidden` those that
    were left out, as tall and wide as the larger page.
    """

    spots: tuple[Spot, ...]
    left_out: float
    marks: "NDArray[bool_]" = field(repr=False)
    hidden: "NDArray[bool_]" = field(repr=False)
    causes: tuple[str, ...] = ()
    doubt: tuple[str, str] | None = None


#: Whether a selector of the configuration was on any page; None for what is no selector.
Used = dict[str, bool | None]
Compare = Callable[[str, Device, Mapping[Side, Sequence[Shot]]], Compared]


@dataclass(frozen=True, slots=True)
class Visual:
    """The check. `compare` says what a person would see; `selectors` what of a page is left out.

    `tallest` is how much of a page is compared, in pixels from its top; `settle` how many seconds it may take to come
    to rest; `again` how many pairs of shots more a difference takes. `at` is the time that all pages are told it is, in
    milliseconds since 1970; None: the true one. `told` is worth a word about all pages, such as a mask that has
    expired.
    """

    NAME: ClassVar[str] = NAME
    WRITES: ClassVar[bool] = WRITES

    browser: Browser
    compare: Compare
    selectors: Callable[[str], Sequence[str]]
    devices: tuple[Device, ...] = ("desktop", "mobile")
    click: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    tallest: int = 10_000
    settle: float = 15
    at: int | None = None
    again: int = AGAIN
    told: tuple[str, ...] = ()

    def measure(self, bench: Bench) -> Evidence:
        """All pages, one after the other. A browser that can't be started is told once."""
        if bench.base is None:
            mend = "See why the site before the change (environments.baseline) can't be looked at"
            return Evidence(blind=(Blind(NAME, "", "there is nothing to compare with", mend, "base"),))
        made, failed = Evidence(), list[str]()
        used: Used = {}
        for index, page in enumerate(bench.pages or (Page("/"),), 1):
            if not bench.left():
                made += self._blind(page, "the time was over before it was shot. " + MORE_TIME)
                continue
            try:
                shots = self._shots(bench, page, [(side, device) for device in self.devices for side in ORDER])
            except ToolFailed as error:
                failed.append(error.message)
                made += self._blind(page, error.message)
                continue
            for device in self.devices:
                mine = [shot for shot in shots if shot.device == device]
                made += self._place(bench, page, device, mine, index, used)
        if failed and set(failed) == {blind.reason for blind in made.blind} and not made.looked:
            return Evidence(blind=tuple(Blind(NAME, "", reason) for reason in dict.fromkeys(failed)))
        return made + self._words(used)

    def _blind(self, page: Page, reason: str) -> Evidence:
        """Of a page that could not be shot on any device."""
        return Evidence(blind=tuple(Blind(NAME, place_of(page, device), reason) for device in self.devices))

    def _place(
        self, bench: Bench, page: Page, device: Device, shots: list[Shot | NoShot], index: int, used: Used
    ) -> Evidence:
        """A page on a device, shot again where it differs."""
        found = self._compared(page, device, shots)
        if isinstance(found, Compared) and found.spots and not found.doubt and self.again:
            try:
                shots += self._shots(bench, page, [("base", device), ("head", device)] * self.again)
            except ToolFailed as error:
                reason = f"it differs, and could not be shot again to be sure: {error.message}"
                return Evidence(blind=(Blind(NAME, place_of(page, device), reason),))
            found = self._compared(page, device, shots)
        good = [shot for shot in shots if isinstance(shot, Shot)]
        for shot in good:
            for selector, seen in shot.used.items():
                used[selector] = None if seen is None else used.get(selector) or seen
        if not isinstance(found, Compared):
            return Evidence(blind=found)
        slug = re.sub(r"[^A-Za-z0-9]+", "-", f"{page.path} {device}").strip("-")[-80:]
        return _told(bench, page, device, good, found, f"{index:02}-{slug}")

    def _shots(self, bench: Bench, page: Page, wanted: Sequence[tuple[Side, Device]]) -> list[Shot | NoShot]:
        """One run of the program. Raises `errors.ToolFailed`."""
        assert bench.base
        sites: dict[Side, Site] = {"head": bench.head, "base": bench.base}
        with tempfile.TemporaryDirectory(prefix="visual-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            job = {
                "sites": [site(one) for one in sites.values()],
                "shots": [
                    {"side": side, "device": device, "file": f"{at}.png"} for at, (side, device) in enumerate(wanted)
                ],
                "path": page.path,
                "click": [*self.click, *REFUSALS],
                "hide": list(self.hide),
                "masks": list(self.selectors(page.path)),
                "tallest": self.tallest,
                "settle": self.settle,
                "at": self.at,
            }
            # As long as a page that never rests takes, and then its picture.
            seconds = min(bench.left(), 30 + len(wanted) * (2 * self.settle + 10))
            answer = self.browser.run(PROGRAM, job, folder=folder, seconds=seconds)
            told = answer.get("shots")
            told = told if isinstance(told, list) and len(told) == len(wanted) else [None] * len(wanted)
            return [
                read(one, side, device, folder / f"{at}.png")
                for at, (one, (side, device)) in enumerate(zip(told, wanted, strict=True))
            ]

    def _compared(self, page: Page, device: Device, shots: Sequence[Shot | NoShot]) -> Compared | tuple[Blind, ...]:
        """What all shots say, or why they can't."""
        blind = tuple(dict.fromkeys(filter(None, (_blind(page, shot) for shot in shots))))
        if blind:
            return blind
        good = [shot for shot in shots if isinstance(shot, Shot)]
        return self.compare(
            page.path, device, {side: [shot for shot in good if shot.side == side] for side in ("base", "head")}
        )

    def _words(self, used: Used) -> Evidence:
        """What is worth a word about all pages."""
        said = list(self.told)
        for selector, seen in used.items():
            if selector in REFUSALS and selector not in self.click:
                continue
            if seen is None:
                said.append(f"verify.visual: {json.dumps(selector)} is no selector, so nothing was done for it")
            elif not seen:
                said.append(f"verify.visual: {json.dumps(selector)} is on no page that was looked at")
        return Evidence(
            observations=tuple(Observation(NAME, "masks", "", one, one, told=True) for one in said),
            looked=(Looked(NAME, "masks", ""),) if said else (),
        )


def place_of(page: Page, device: Device) -> str:
    """What a page on a device is called."""
    return f"{page.path} on {device}"


def _blind(page: Page, shot: Shot | NoShot) -> Blind | None:
    """Why a shot shows nothing that could be compared."""
    place = place_of(page, shot.device)
    if isinstance(shot, NoShot):
        return Blind(NAME, place, shot.reason, shot.mend, shot.side)
    wanted = page.status or 0
    if (shot.status != wanted) if wanted else shot.status >= 400:
        mend = "Let this machine in" if shot.status in (401, 403, 429) else "Open the page: smoke says more"
        return Blind(NAME, place, f"the page answers {shot.status}", mend, shot.side)
    return None


def _told(bench: Bench, page: Page, device: Device, shots: Sequence[Shot], found: Compared, name: str) -> Evidence:
    """What is told of a place: each difference, and in which pictures it is seen."""
    place = place_of(page, device)
    artifacts: tuple[Artifact, ...] = ()
    blind: tuple[Blind, ...] = ()
    if found.spots or found.doubt:
        try:
            artifacts = tuple(_kept(bench.folder, place, shots, found, name))
        except OSError as error:
            blind = (Blind(NAME, place, f"its pictures can't be kept: {error.strerror}", "Make room"),)
    measured = Measurement(NAME, "left_out", place, "share", (found.left_out,), artifacts=artifacts)
    if found.doubt:
        return Evidence((measured,), blind=(*blind, Blind(NAME, place, *found.doubt, rule=RULE)))
    observed = [*_observed(place, found, artifacts), *_asides(place, page, shots)]
    looked = tuple(Looked(NAME, RULE, place, side, relative=True) for side in ("head", "base"))
    return Evidence((measured,), tuple(observed), blind, looked)


def _observed(place: str, found: Compared, artifacts: tuple[Artifact, ...]) -> Iterator[Observation]:
    new = [spot for spot in found.spots if not spot.approved]
    for cause in found.causes if new else ():
        yield Observation(NAME, RULE, place, cause, cause, "high", artifacts=artifacts)
    for spot in new:
        said = f"{spot.sentence} [{spot.digest}]"
        yield Observation(NAME, RULE, place, spot.digest, said, artifacts=artifacts)
    for spot in found.spots:
        if spot.approved:
            said = f"{spot.approved}: {spot.sentence}"
            yield Observation(NAME, RULE, place, spot.digest, said, artifacts=artifacts, told=True)


def _asides(place: str, page: Page, shots: Sequence[Shot]) -> Iterator[Observation]:
    """What a reader should know of how it was looked at."""
    said: dict[str, None] = {}
    tallest = max(shot.picture.shape[0] for shot in shots)
    whole = max(shot.whole for shot in shots)
    if whole > tallest:
        said[f"the first {tallest} of {whole} px were compared (verify.visual.tallest)"] = None
    for shot in shots:
        when = "with the change" if shot.side == "head" else "before it"
        led = urlsplit(shot.led)
        if led.path != urlsplit(page.path).path:
            said[f"it leads to {led.path} {when}"] = None
        for note in shot.notes:
            said[f"{note} {when}"] = None
        if shot.refused:
            hosts = ", ".join(shot.refused[:3])
            said[f"it was compared without what {hosts} would show, which may not be asked (environments.allow)"] = None
    common = set.intersection(*({*shot.failed} for shot in shots))
    for one in sorted(common):
        said[f"as before: {one}"] = None
    for one in said:
        yield Observation(NAME, RULE, place, one, one, told=True)


def _kept(folder: Path, place: str, shots: Sequence[Shot], found: Compared, name: str) -> Iterator[Artifact]:
    """The pictures, and what is on them for programs. Raises OSError."""
    base, head = (next(shot for shot in shots if shot.side == side) for side in ("base", "head"))
    boxes = [box for spot in found.spots for box in spot.boxes]
    paths = kept(base.picture, head.picture, boxes, found.marks, found.hidden, folder / NAME / name)
    sizes = [base.picture.shape, head.picture.shape, found.marks.shape]
    for path, what, size in zip(paths, ("before", "after", "difference"), sizes, strict=True):
        words = f"{place}, {what}, {size[1]} x {size[0]} px"
        yield Artifact(path.relative_to(folder).as_posix(), words)
    told: dict[str, Any] = {
        "place": place,
        "pictures": {
            what: {"file": path.name, "width": size[1], "height": size[0]}
            for path, what, size in zip(paths, ("before", "after", "difference"), sizes, strict=True)
        },
        "left_out": round(found.left_out, 4),
        "spots": [
            {
                "sentence": spot.sentence,
                "digest": spot.digest,
                "approved": spot.approved,
                "boxes": [[round(edge) for edge in box] for box in spot.boxes],
            }
            for spot in found.spots
        ],
    }
    path = folder / NAME / f"{name}.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", errors="backslashreplace")
    yield Artifact(path.relative_to(folder).as_posix(), f"{place}, each spot that differs")

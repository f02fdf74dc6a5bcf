"""The program that shoots pages: each shot in a fresh context, when the page has come to rest.

The job: `sites` (`browser.site`), `shots` ({side, device, file}), `path`, `status` (or None), `click`, `hide`, `masks`
(selectors), `tallest` (px), `settle` (seconds), `at` (milliseconds since 1970, or None: the page's own clock).
The answer: `shots`, in their order: what stands in `Shot` of `checks/visual_shots.py`, or {error, mend}.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page, Request, Response, TimeoutError

from maintainer.checks.browser_session import Session, Visit, work
from maintainer.checks.visual_script import BOXES, ELEMENTS, FIXED, FONTS, RESTS, SETTLE, SIZE

MOST_ELEMENTS = 2500
MOST_BOXES = 200
#: The layout is the same for so many looks, a tenth of a second apart; or the page's size for so many.
STILL = 3
CALM = 12
WIDEST = 6000
ALLOW = "Name it under environments.allow, or name the page it leads to"
WORDS = {
    "stylesheet": "the style sheet",
    "image": "the picture",
    "font": "the font",
    "script": "the script",
    "media": "the video",
}


def main(session: Session, job: Mapping[str, Any]) -> Mapping[str, Any]:
    """All shots; what one of them costs is told in its place."""
    sites = {site["side"]: site for site in job["sites"]}
    return {"shots": [_shot(session, job, sites[wanted["side"]], wanted) for wanted in job["shots"]]}


def _shot(session: Session, job: Mapping[str, Any], site: Mapping[str, Any], wanted: Mapping[str, Any]) -> Any:
    try:
        with session.context(site, wanted["device"], device_scale_factor=1, reduced_motion="reduce") as visit:
            try:
                return _taken(visit, job, site["url"] + job["path"], Path(job["folder"]) / wanted["file"])
            except Error as error:
                elsewhere = [
                    urlsplit(one).netloc for one in visit.guard.refused if "BLOCKED_BY_CLIENT" in error.message
                ]
                if not elsewhere:
                    raise
                return {"error": f"leads to {elsewhere[-1]}, which may not be asked", "mend": ALLOW}
    except TimeoutError:
        return {"error": f"the page did not answer within {job['settle']:.0f} s", "mend": "Open it: does it load?"}
    except Error as error:
        return {"error": f"the browser could not show the page: {_first_line(error)}", "mend": "Open it: does it load?"}


def _taken(visit: Visit, job: Mapping[str, Any], url: str, file: Path) -> Any:
    page, until = visit.page, time.monotonic() + job["settle"]
    page.set_default_timeout(job["settle"] * 1000)
    files = Files()
    # Playwright marks what it is given.
    page.on("response", lambda response: files.answered(response))
    page.on("requestfailed", lambda request: files.failed(request))
    page.on("dialog", lambda dialog: dialog.dismiss())
    if job["at"] is not None:
        page.add_init_script(f"({FIXED})({int(job['at'])})")
    response = page.goto(url, wait_until="domcontentloaded")
    notes: list[str] = []
    try:
        page.wait_for_load_state("load", timeout=max(1.0, (until - time.monotonic()) * 1000))
    except TimeoutError:
        notes.append("it never finished loading")
    hidden = page.evaluate(SETTLE, job["hide"])
    until = time.monotonic() + job["settle"]
    _scroll(page, min(int(page.evaluate(SIZE)["height"]), job["tallest"]))
    rests = _rests(page, until)
    clicked = _click(page, job["click"])
    if any(clicked.values()):
        rests = _rests(page, until)
    if not rests:
        notes.append("it does not come to rest")
    page.evaluate(SETTLE, job["hide"])
    size = page.evaluate(SIZE)
    whole, height = int(size["height"]), min(int(size["height"]), job["tallest"])
    elements = page.evaluate(ELEMENTS, [MOST_ELEMENTS, height])
    masked = {selector: _boxes(page, selector) for selector in job["masks"]}
    page.screenshot(
        timeout=max(60.0, job["settle"]) * 1000,
        path=file,
        full_page=True,
        clip={"x": 0, "y": 0, "width": min(int(size["width"]), WIDEST), "height": height},
        animations="disabled",
        caret="hide",
        scale="css",
    )
    return {
        "status": response.status if response else 200,
        "led": page.url,
        "whole": whole,
        "elements": elements,
        "masked": masked,
        "used": {**clicked, **hidden, **{one: None if boxes is None else bool(boxes) for one, boxes in masked.items()}},
        "failed": sorted({*files.words, *(f"the font “{family}” can't be loaded" for family in page.evaluate(FONTS))}),
        "refused": sorted(files.refused),
        "notes": notes,
    }


@dataclass(slots=True)
class Files:
    """The files a page wanted to show and didn't get, in words; `refused` are the hosts that may not be asked."""

    words: dict[str, None] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)

    def answered(self, response: Response) -> None:
        """An answer that is an error."""
        word = WORDS.get(response.request.resource_type)
        if word and response.status >= 400:
            self.words[f"{word} {urlsplit(response.url).path} answers {response.status}"] = None

    def failed(self, request: Request) -> None:
        """No answer at all."""
        word, why = WORDS.get(request.resource_type), request.failure or ""
        if word and "BLOCKED_BY_CLIENT" in why:
            self.refused[urlsplit(request.url).netloc] = None
        elif word and "ERR_ABORTED" not in why:
            self.words[f"{word} {urlsplit(request.url).path} can't be loaded ({why})"] = None


def _click(page: Page, selectors: list[str]) -> dict[str, bool | None]:
    """Click what is there, such as the button that says no to cookies, and tell whether it was; None: no selector."""
    found: dict[str, bool | None] = {}
    for selector in selectors:
        try:
            place = page.locator(f"css={selector}").first
            found[selector] = place.is_visible()
            if found[selector]:
                place.evaluate("one => one.click()")
                page.wait_for_timeout(100)
        except Error:
            found[selector] = None
    return found


def _scroll(page: Page, height: int) -> None:
    """Down the page and back, so that what waits to be seen is loaded."""
    step = page.viewport_size["height"] if page.viewport_size else 800
    for top in range(0, height, step):
        page.evaluate("top => scrollTo(0, top)", top)
        page.wait_for_timeout(40)
    page.evaluate("() => scrollTo(0, 0)")


def _rests(page: Page, until: float) -> bool:
    """Wait until pictures and fonts are there, and the layout stays; False when it doesn't in time.

    A slider never stops. So it is enough that the page is as tall and wide as before for longer.
    """
    last, still, calm = {"layout": "", "size": ""}, 0, 0
    while True:
        told = page.evaluate(RESTS)
        still = still + 1 if told["layout"] == last["layout"] and not told["waiting"] else 0
        calm = calm + 1 if told["size"] == last["size"] and not told["waiting"] else 0
        last = told
        if still >= STILL or calm >= CALM:
            return True
        if time.monotonic() > until:
            return False
        page.wait_for_timeout(100)


def _boxes(page: Page, selector: str) -> Any:
    """Where it stands; None for what is no selector."""
    try:
        return page.evaluate(BOXES, [selector, MOST_BOXES])
    except Error:
        return None


def _first_line(error: Error) -> str:
    return error.message.splitlines()[0][:200] if error.message else "no reason was given"


if __name__ == "__main__":
    work(main)

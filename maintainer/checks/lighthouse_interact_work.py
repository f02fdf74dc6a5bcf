"""The program that clicks on pages, and tells how long a page took to be painted again.

    job     {"sites": […], "path": "/", "click": ["button", …], "device": "mobile", "slower": 4, "seconds": 60,
            "orders": [["base", "head"], ["head", "base"], …]}
    answer  {"pairs": [{"base": 48, "head": 312}, …], "failed": {"side": "head", "reason": "…", "mend": "…"} or null}

INP as https://web.dev/articles/inp has it: of each interaction its longest event, by the Event Timing API, and of fewer
than 50 interactions the longest. The processor is slowed down as Lighthouse does for its phone. A click that leads to
another page is held back: INP ends before that, and nothing is sent.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, Route, TimeoutError

from maintainer.checks.browser_session import Session, work

#: Milliseconds for a page to load, for what goes on after it, and for what is clicked to be there.
LOADS, SETTLES, THERE = 40_000, 3_000, 5_000
#: Seconds: after a click nothing new is told for so long, and it is waited for at most so long; looked at so often.
QUIET, LONGEST, OFTEN = 0.4, 15.0, 0.1
#: What the browser tells of; an interaction that isn't told took no longer. In ms, by the Event Timing API.
LEAST = 16
#: So many looks may fail.
PATIENCE = 2
#: A page can hold this back, or say something else: it is about itself.
NAME = "__maintainer_interactions"
OBSERVE = f"""(() => {{
  const longest = new Map();
  const take = (entries) => {{
    for (const {{interactionId: id, duration}} of entries) {{
      if (id) longest.set(id, Math.max(longest.get(id) || 0, duration));
    }}
  }};
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({{type: "event", durationThreshold: {LEAST}, buffered: true}});
  observer.observe({{type: "first-input", buffered: true}});
  window.{NAME} = () => {{
    take(observer.takeRecords());
    return [performance.interactionCount, [...longest.values()]];
  }};
}})()"""


class Unusable(Exception):
    """A look that measures nothing: the `reason`, and the `mend`."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend


def main(session: Session, job: Mapping[str, Any]) -> dict[str, Any]:
    """As many pairs as there is time for; a pair that fails is left out, and the last reason told."""
    until = time.monotonic() + job["seconds"]
    sites = {site["side"]: site for site in job["sites"]}
    pairs: list[dict[str, float]] = []
    failed: dict[str, Any] | None = None
    failures = 0
    for order in job["orders"]:
        pair: dict[str, float] = {}
        for side in order:
            if time.monotonic() > until or failures >= PATIENCE:
                return {"pairs": pairs, "failed": failed}
            try:
                pair[side] = _looked(session, sites[side], job)
            except Unusable as unusable:
                failures += 1
                failed = {"side": side, "reason": unusable.reason, "mend": unusable.mend}
                break
        else:
            pairs.append(pair)
    return {"pairs": pairs, "failed": failed}


def _looked(session: Session, site: Mapping[str, Any], job: Mapping[str, Any]) -> float:
    """INP of one visit, in ms. Raises Unusable."""
    try:
        with session.context(site, job["device"]) as visit:
            page = visit.page
            page.add_init_script(OBSERVE)
            wire = visit.context.new_cdp_session(page)
            wire.send("Emulation.setCPUThrottlingRate", {"rate": job["slower"]})
            response = page.goto(site["url"] + job["path"], wait_until="load", timeout=LOADS)
            if response is None or response.status >= 400:
                status = response.status if response else "nothing"
                raise Unusable(f"the page answers {status}", "Open it: does it load?")
            with suppress(TimeoutError):  # something on it may never rest
                page.wait_for_load_state("networkidle", timeout=SETTLES)
            page.route("**/*", lambda route: _held(route, page))
            return max(_clicked(page, selector, tap=job["device"] == "mobile") for selector in job["click"])
    except Error as error:
        raise Unusable(
            f"the browser could not look at the page: {error.message.partition(chr(10))[0]}", "Open it: does it load?"
        ) from None


def _held(route: Route, page: Page) -> None:
    """Keep the page where it is; all else is for the context to decide."""
    request = route.request
    if request.is_navigation_request() and request.frame == page.main_frame:
        route.abort("aborted")
    else:
        route.fallback()


def _clicked(page: Page, selector: str, *, tap: bool) -> float:
    """How long the longest interaction took so far, in ms."""
    before, _ = _told(page)
    there = page.locator(selector).first
    try:
        (there.tap if tap else there.click)(timeout=THERE, no_wait_after=True)
    except TimeoutError:
        reason = f"nothing that can be clicked is at {selector}"
        raise Unusable(reason, "Open the page: is it there, seen, and not covered by a cookie bar?") from None
    count, durations = _rested(page)
    if count <= before:
        raise Unusable(f"the browser tells of no interaction at {selector}", "Click something on the page itself")
    return max([float(LEAST), *durations])


def _rested(page: Page) -> tuple[int, list[float]]:
    """What is told once nothing is added."""
    end = time.monotonic() + LONGEST
    told, since = _told(page), time.monotonic()
    while time.monotonic() < min(since + QUIET, end):
        page.wait_for_timeout(OFTEN * 1000)
        if (again := _told(page)) != told:
            told, since = again, time.monotonic()
    return told


def _told(page: Page) -> tuple[int, list[float]]:
    count, durations = page.evaluate(f"window.{NAME}()")
    return int(count), sorted(map(float, durations))


if __name__ == "__main__":
    work(main)

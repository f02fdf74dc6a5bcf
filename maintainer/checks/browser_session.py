"""Inside the browser's program: Chromium by Playwright, in fresh contexts that ask allowed hosts alone.

    if __name__ == "__main__":
        work(main)                       main(session, job) -> answer

    with session.context(job["sites"][0], "mobile") as visit:
        visit.page.goto(...)

Only the programs (`*_work.py`) import this: it needs Playwright.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Page, Playwright, Route, sync_playwright

from maintainer.credentials import DEFAULT_PORTS
from maintainer.http_visit import host_of
from maintainer.version import VERSION

Device = Literal["desktop", "mobile"]
DEVICES: Mapping[Device, Mapping[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "mobile": {
        "viewport": {"width": 412, "height": 823},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
SYSTEMS: Mapping[Device, tuple[str, str]] = {
    "desktop": ("X11; Linux x86_64", "Safari/537.36"),
    "mobile": ("Linux; Android 10; K", "Mobile Safari/537.36"),
}
#: What stands in the page itself.
INSIDE = frozenset({"data", "blob", "about", "chrome-error"})
#: Nothing but pages is loaded, and every frame of a page is seen by the page's guard.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-site-isolation-trials",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)


def work(main: Callable[["Session", Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """The life of a program: the job from standard input, a browser, the answer to its file."""
    job = json.load(sys.stdin)
    with session(job) as opened:
        answer = {**main(opened, job), "browser": opened.name}
    Path(job["answer"]).write_text(json.dumps(answer), encoding="utf-8")


@contextmanager
def session(job: Mapping[str, Any]) -> Iterator["Session"]:
    """Chromium, as long as it is needed. Hosts that are no site's and not allowed don't even resolve."""
    wanted = job["browser"]
    names = {urlsplit(f"//{host}").hostname for one in job.get("sites", ()) for host in _hosts(one)}
    rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {name}" for name in sorted(filter(None, names)))])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=wanted["executable"],
            chromium_sandbox=wanted["sandbox"],
            args=[*FLAGS, f"--host-resolver-rules={rules}"],
        )
        where = f" at {wanted['executable']}" if wanted["executable"] else ", Playwright's own"
        try:
            yield Session(playwright, browser, f"Chromium {browser.version}{where}")
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class Session:
    """An open browser; `name` says which."""

    playwright: Playwright
    browser: Browser
    name: str

    @contextmanager
    def context(self, site: Mapping[str, Any], device: Device, **more: Any) -> Iterator["Visit"]:
        """A fresh context with one page on a site (`browser.site`), which knows nothing of earlier ones.

        `more` goes to Playwright's `new_context`: `locale`, `timezone_id`, `reduced_motion`, `record_video_dir`.
        """
        system, end = SYSTEMS[device]
        major = self.browser.version.partition(".")[0]
        agent = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 {end}"
        options = {"service_workers": "block", "user_agent": f"{agent} maintainer/{VERSION}", **DEVICES[device], **more}
        context = self.browser.new_context(**options)
        try:
            if site["cookies"]:
                context.add_cookies([{"name": n, "value": v, "url": site["url"]} for n, v in site["cookies"].items()])
            guard = Guard(host_of(site["url"]), frozenset(_hosts(site)), site["headers"])
            context.route("**/*", lambda route: guard.route(route))
            page = context.new_page()
            guard.watch(page)
            context.on("page", lambda opened: guard.watch(opened))
            yield Visit(context, page, guard)
        finally:
            context.close()


@dataclass(slots=True)
class Guard:
    """Lets requests through to allowed hosts alone, a redirect's too, and says to the site's own host who asks.

    `refused` are the addresses that were not asked, once each. Playwright's own routing doesn't see redirects, and
    keeps the headers of a request it continues for another host, so this speaks to Chromium itself, page by page:
    https://chromedevtools.github.io/devtools-protocol/tot/Fetch/. A window that a page opens is watched a moment late:
    until then Playwright's routing keeps strange hosts out, and the site isn't told who asks.
    """

    own: str
    allowed: frozenset[str]
    headers: Mapping[str, str] = field(repr=False)
    refused: dict[str, None] = field(default_factory=dict)

    def route(self, route: Route) -> None:
        """Playwright's own: what is no redirect."""
        with suppress(Error):  # the page went away meanwhile
            if self._lets(route.request.url):
                route.continue_()
            else:
                route.abort("blockedbyclient")

    def watch(self, page: Page) -> None:
        """Every request of this page is looked at from now on."""
        with suppress(Error):  # a window that closed at once
            wire = page.context.new_cdp_session(page)
            wire.on("Fetch.requestPaused", lambda event: self._decide(wire, event))
            wire.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})

    def _decide(self, wire: CDPSession, event: Mapping[str, Any]) -> None:
        request, url = {"requestId": event["requestId"]}, event["request"]["url"]
        with suppress(Error):  # the page went away meanwhile
            if self._lets(url):
                wire.send("Fetch.continueRequest", {**request, **self._said(url, event["request"]["headers"])})
            else:
                wire.send("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"})

    def _lets(self, url: str) -> bool:
        scheme = urlsplit(url).scheme
        if scheme in INSIDE or (scheme in DEFAULT_PORTS and host_of(url) in self.allowed):
            return True
        self.refused.setdefault(url.partition("?")[0])
        return False

    def _said(self, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """The headers of a request; what an earlier hop of it carried is taken back from another host."""
        if not self.headers:
            return {}
        ours = {name.lower() for name in self.headers}
        said = {name: value for name, value in headers.items() if name.lower() not in {*ours, "cookie"}}
        if host_of(url) == self.own:
            said |= self.headers
        return {"headers": [{"name": name, "value": value} for name, value in said.items()]}


@dataclass(frozen=True, slots=True)
class Visit:
    """A context, its first page, and what was kept from other hosts."""

    context: BrowserContext
    page: Page
    guard: Guard


def _hosts(site: Mapping[str, Any]) -> list[str]:
    return [host_of(site["url"]), *site["allowed"]]

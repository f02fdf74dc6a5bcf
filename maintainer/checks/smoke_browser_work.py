"""The program that opens pages for smoke, as a customer who has agreed to nothing yet.

    job     {"sites": […], "paths": ["/", …], "seconds": 60}
    answer  {"head": [{"path": "/", "why": "", "errors": […], "console": […], "failed": [[url, why], …],
            "scripts": [url, …], "cookies": [[name, domain], …]}, …], "base": […]}

Of a page that could not be opened `why` says why.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

from maintainer.checks.browser_session import Session, Visit, work

#: So many of a kind are noted of a page, so long each.
MOST, LONGEST = 100, 1000
#: Milliseconds for a page to load, and for what goes on after it.
LOADS, SETTLES = 40_000, 3_000


def main(session: Session, job: Mapping[str, Any]) -> dict[str, Any]:
    """Every path on every site."""
    until = time.monotonic() + job["seconds"]
    return {site["side"]: list(_opened(session, site, job["paths"], until)) for site in job["sites"]}


def _opened(session: Session, site: Mapping[str, Any], paths: list[str], until: float) -> Iterator[dict[str, Any]]:
    with session.context(site, "desktop") as visit:
        known: set[tuple[str, str]] = set(site["cookies"].items())
        for path in paths:
            if time.monotonic() > until:
                yield {"path": path, "why": "the time was over before it was opened"}
                continue
            noted = _noted(visit, site["url"] + path)
            cookies = {(one["name"], one["domain"]) for one in visit.context.cookies()}
            yield {"path": path, **noted, "cookies": sorted(cookies - known)}
            known |= cookies


def _noted(visit: Visit, url: str) -> dict[str, Any]:
    """What happens on one page until it is still."""
    noted: dict[str, Any] = {"why": "", "errors": [], "console": [], "failed": [], "scripts": []}

    def note(kind: str, what: Any) -> None:
        if len(noted[kind]) < MOST and what not in noted[kind]:
            noted[kind].append(what)

    def on_console(message: ConsoleMessage) -> None:
        # What a browser says itself of a request that failed is noted there.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            note("console", message.text[:LONGEST])

    def on_request(request: Request) -> None:
        if request.resource_type == "script":
            note("scripts", request.url[:LONGEST])

    def on_failed(request: Request) -> None:
        if not _is_the_page(request, page) and request.failure not in (
            "net::ERR_ABORTED",
            "net::ERR_BLOCKED_BY_CLIENT",
        ):
            note("failed", [request.url[:LONGEST], request.failure or "it failed"])

    def on_response(response: Response) -> None:
        if response.status >= 400 and not _is_the_page(response.request, page):
            note("failed", [response.url[:LONGEST], f"answers {response.status}"])

    page = visit.context.new_page()
    page.on("console", on_console)
    page.on("pageerror", lambda error: note("errors", (error.message or str(error))[:LONGEST]))
    page.on("request", on_request)
    page.on("requestfailed", on_failed)
    page.on("response", on_response)
    try:
        page.goto(url, wait_until="load", timeout=LOADS)
    except Error as error:
        noted["why"] = error.message.partition("\n")[0].rstrip(".")[:LONGEST]
    else:
        with suppress(Error):  # something on it may never rest
            page.wait_for_load_state("networkidle", timeout=SETTLES)
    finally:
        page.close()
    return noted


def _is_the_page(request: Request, page: Page) -> bool:
    return request.is_navigation_request() and request.frame == page.main_frame


if __name__ == "__main__":
    work(main)

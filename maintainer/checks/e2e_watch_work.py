"""Inside the browser's program: what a page asked for, what came back, and what it complained about."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page, Request, Response

from maintainer.http_visit import host_of

#: Requests that carry a flow on; a font that fails stops nobody.
CARRYING = frozenset({"document", "xhr", "fetch", "script"})
#: So many of anything are told.
MOST = 5
LONGEST = 300


@dataclass(slots=True)
class Watch:
    """What happened on the pages of a context since it began, and since the last action (`mark`)."""

    host: str
    failing: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sent: int = 0
    pending: dict[Request, None] = field(default_factory=dict)
    _marked: tuple[int, int, int] = (0, 0, 0)

    def page(self, page: Page) -> None:
        """Watch this page from now on."""
        page.on("request", lambda request: self._asked(request))
        page.on("response", lambda response: self._answered(response))
        page.on("requestfinished", lambda request: self._done(request))
        page.on("requestfailed", lambda request: self._done(request))
        page.on("pageerror", lambda error: self._complained(error.message))

    def mark(self) -> None:
        """An action follows."""
        self._marked = (len(self.failing), len(self.errors), self.sent)

    def since(self) -> dict[str, Any]:
        """What happened since the last action."""
        failing, errors, sent = self._marked
        return {
            "failing": self.failing[failing:][:MOST],
            "errors": list(dict.fromkeys(self.errors[errors:]))[:MOST],
            "earlier_errors": list(dict.fromkeys(self.errors[:errors]))[-MOST:],
            "sent": self.sent - sent,
            "pending": [_named(request) for request in self.pending if _carries(request)][:MOST],
        }

    def under_way(self, part: str) -> bool:
        """Whether a request to an address with `part` in it is still unanswered."""
        return any(part in request.url for request in self.pending)

    def navigating(self, page: Page) -> bool:
        """Whether the page is on its way to another address."""
        return any(request.is_navigation_request() and _frame_is(request, page) for request in self.pending)

    def _asked(self, request: Request) -> None:
        self.sent += 1
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.pending.clear()  # what the page before it still wanted nobody waits for
        self.pending[request] = None

    def _answered(self, response: Response) -> None:
        request = response.request
        if response.status >= 400 and host_of(response.url) == self.host and request.resource_type in CARRYING:
            self.failing.append({**_named(request), "status": response.status})

    def _done(self, request: Request) -> None:
        self.pending.pop(request, None)

    def _complained(self, message: str) -> None:
        self.errors.append(message.splitlines()[0][:LONGEST] if message else "an error without words")


def _named(request: Request) -> dict[str, Any]:
    return {"method": request.method, "path": urlsplit(request.url).path[:LONGEST], "host": host_of(request.url)}


def _carries(request: Request) -> bool:
    return request.resource_type in CARRYING


def _frame_is(request: Request, page: Page) -> bool:
    try:
        return request.frame == page.main_frame
    except Error:  # its frame isn't there yet
        return True

"""Answers with which GitHub refuses for a while, for `GithubFake.fault`.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from tests.forges.github_rights import DOCS
from tests.loopback import Reply

_LIMITS = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api"
_JSON = {"Content-Type": "application/json; charset=utf-8"}


def secondary_limit(seconds: int | None = 60, status: int = 403) -> Reply:
    """Too many requests at once, 403 or 429. Without `seconds` it doesn't say how long to wait: then it is a minute."""
    said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    body = {"documentation_url": f"{_LIMITS}#about-secondary-rate-limits", "message": said}
    return Reply(status, body, _JSON | ({"Retry-After": str(seconds)} if seconds is not None else {}))


def primary_limit(reset: int, status: int = 403) -> Reply:
    """All requests of the hour are used up, until the time `reset` in seconds since the epoch."""
    said = "API rate limit exceeded for installation."
    left = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Used": "5000"}
    more = {"X-RateLimit-Reset": str(reset), "X-RateLimit-Resource": "core"}
    return Reply(status, {"documentation_url": _LIMITS, "message": said}, _JSON | left | more)


def unavailable(status: int = 502) -> Reply:
    """502, 503 or 504 from before the application: a page, or JSON that is none of its own."""
    if status == 502:
        return Reply(502, {"message": "Server Error"}, _JSON)
    return Reply(status, "<html><body>No server is currently available.</body></html>", {"Content-Type": "text/html"})

"""What goes wrong between us and a forge, in the forge's own words where it has any.

https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api,
https://docs.gitlab.com/api/rest/troubleshooting/, https://docs.gitlab.com/security/rate_limits/
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.commands.stage import Forge
from tests.forges.github_faults import primary_limit, secondary_limit, unavailable
from tests.forges.gitlab import throttled
from tests.forges.server import Asked, Failing
from tests.loopback import Reply

ALWAYS = 10**9
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_PAGE = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True)
class Trouble:
    """`times` in a row; with `wide` any request fails from then on, not only those like the first."""

    what: Reply | Failing
    times: int = 1
    wide: bool = False


def shape(asked: Asked) -> tuple[str, str]:
    """A kind of request: its method, and a regular expression for its path and query."""
    path = re.sub(r"(?<=/)\d+(?=/|$)", "@", asked.path)
    service = re.search(r"service=git-[a-z-]+", asked.query)
    kind = re.search(r"labels=[a-z-]+&.*state=[a-z]+|state=[a-z]+", asked.query)
    pattern = re.escape(path).replace("@", r"\d+")
    more = re.escape(service[0]) if service else re.escape(kind[0]) if kind else ""
    return asked.method, f"^{pattern}" + (rf"\?.*{more}" if more else r"(\?|$)")


def troubles(forge: Forge, asked: Asked) -> Mapping[str, Trouble]:
    """All that can happen to a request, by name."""
    found = {
        "500": Trouble(_refusal(forge, asked, 500, "Internal Server Error")),
        "502": Trouble(unavailable(502)),
        "503": Trouble(unavailable(503)),
        "503 for good": Trouble(unavailable(503), ALWAYS),
        "reset": Trouble("reset"),
        "reset for good": Trouble("reset", ALWAYS),
        "lost": Trouble("lost"),
        "slow": Trouble("slow"),
        "half": Trouble("half"),
        "half for good": Trouble("half", ALWAYS),
        "a page": Trouble(Reply(200, "<html><body>Please log in to the network.</body></html>", _PAGE), ALWAYS),
        "429": Trouble(_limited(forge, asked, None)),
        "429 with a time": Trouble(_limited(forge, asked, 1)),
        "429 for an hour": Trouble(_limited(forge, asked, 3600), ALWAYS),
        "expired": Trouble(expired(forge, asked.of_git), ALWAYS, wide=True),
        "no scope": Trouble(_lacking(forge, asked), ALWAYS),
        "not there": Trouble(_refusal(forge, asked, 404, _not_there(forge, asked)), ALWAYS),
    }
    if forge == "github" and not asked.of_git:
        found["secondary limit"] = Trouble(secondary_limit(1))
        found["secondary limit without a time"] = Trouble(secondary_limit(None))
        found["primary limit"] = Trouble(primary_limit(int(time.time()) + 3600), ALWAYS)
    if asked.method != "GET" and asked.path != "/api/graphql":
        found["read-only"] = Trouble(_read_only(forge, asked), ALWAYS)
    return found


def _refusal(forge: Forge, asked: Asked, status: int, said: str) -> Reply:
    if asked.of_git:
        return Reply(status, f"{said}\n", {"Content-Type": "text/plain; charset=utf-8"})
    return Reply(status, {"message": said}, _JSON)


def _not_there(forge: Forge, asked: Asked) -> str:
    if asked.of_git:
        return "Repository not found." if forge == "github" else "The project you were looking for could not be found."
    return "Not Found" if forge == "github" else "404 Not found"


def _limited(forge: Forge, asked: Asked, seconds: int | None) -> Reply:
    return secondary_limit(seconds, 429) if forge == "github" and not asked.of_git else throttled(seconds)


def expired(forge: Forge, of_git: bool) -> Reply:
    """What a token gets that is none any more."""
    if of_git:
        realm = {"WWW-Authenticate": f'Basic realm="{forge}"', "Content-Type": "text/plain"}
        return Reply(401, "HTTP Basic: Access denied.\n", realm)
    if forge == "github":
        return Reply(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, _JSON)
    return Reply(401, {"error": "invalid_token", "error_description": "Token is expired."}, _JSON)


def _lacking(forge: Forge, asked: Asked) -> Reply:
    if asked.of_git:
        said = "Permission to shop/site.git denied to maintainer." if forge == "github" else "You are not allowed to."
        return Reply(403, f"{said}\n", {"Content-Type": "text/plain"})
    if forge == "github":
        return Reply(403, {"message": "Resource not accessible by integration"}, _JSON)
    said = "The request requires higher privileges than provided by the access token."
    return Reply(403, {"error": "insufficient_scope", "error_description": said, "scope": "api"}, _JSON)


def _read_only(forge: Forge, asked: Asked) -> Reply:
    if forge == "github":
        return _refusal(forge, asked, 403, "Repository was archived so is read-only.")
    return _refusal(
        forge, asked, 403, "403 Forbidden" if not asked.of_git else "You can't push code to an archived project."
    )


def kinds(requests: Sequence[Asked]) -> dict[tuple[str, str], Asked]:
    """One of each kind, in the order they are first asked."""
    found: dict[tuple[str, str], Asked] = {}
    for one in requests:
        found.setdefault(shape(one), one)
    return found

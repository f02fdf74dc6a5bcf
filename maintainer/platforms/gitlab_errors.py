"""What GitLab refuses, in our sentences: what was tried, what GitLab said, what is missing and where to set it.

Statuses and bodies as in https://docs.gitlab.com/api/rest/troubleshooting/.
"""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from maintainer import errors
from maintainer.text import foreign

if TYPE_CHECKING:
    from gitlab.exceptions import GitlabError

#: Where all about tokens is said.
TOKENS = "docs/gitlab.md#tokens"

#: What a token needs, and where it goes.
MAKE_ONE = (
    "make a project access token with the scopes api and write_repository and the role Developer (Maintainer, to merge "
    f"by itself), and set it as the masked CI/CD variable MAINTAINER_TOKEN ({TOKENS})"
)
JOB = f"A job's own token (CI_JOB_TOKEN) can't open merge requests: {MAKE_ONE}."

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


class Refused(errors.OutsideError):
    """GitLab understood, and won't (400, 405, 406, 409, 422). `said` is what it says of it."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


def status_of(error: "GitlabError") -> int:
    """The HTTP status, 0 where there was no answer."""
    return error.response_code or 0


def said(error: "GitlabError", secret: str = "") -> str:
    """What GitLab said, on one line and short, without the secret."""
    try:
        body: Any = json.loads(error.response_body or b"")
    except ValueError:
        body = None
    stated = [body.get(key) for key in ("message", "error", "error_description")] if isinstance(body, dict) else []
    words = ", ".join(dict.fromkeys(part for one in stated for part in _parts(one))) or str(error.error_message)
    if secret:
        words = words.replace(secret, "***")
    return " ".join(_CONTROL.sub(" ", words).split()).rstrip(".")[:300] or "nothing more"


def translated(error: "GitlabError", host: str, path: str, what: str, role: str, secret: str, job: bool) -> Exception:
    """Our error for one of python-gitlab's. `what` completes "GitLab refused to", `role` is who may do it."""
    status, words = status_of(error), said(error, secret)
    if not status:
        return errors.BadAnswer(f"{host} answered what can't be used, asked to {what}: {words}. Is it a GitLab?")
    told = f"{host} refused to {what} ({status}: {words})."
    if job and status in (401, 403, 404):
        return errors.AccessDenied(f"{told} {JOB}")
    if status == 401 and what.startswith("merge"):
        return errors.AccessDenied(f"{told} The token's user may not merge into that branch: protected branches.")
    if status == 401:
        return errors.AccessDenied(
            f"{told} The token is not valid there: it has expired, was revoked, or is of another GitLab. Make a "
            f"new one and set it as MAINTAINER_TOKEN ({TOKENS})."
        )
    if status == 403 and "insufficient_scope" in words:
        scope = _scope(error)
        return errors.AccessDenied(f"{told} The token lacks the scope {scope}: {MAKE_ONE}.")
    if status == 403:
        return errors.AccessDenied(
            f"{told} The token needs the role {role} in {path}, and the project must not be archived ({TOKENS})."
        )
    if status == 404:
        return errors.NotFound(
            f"{told} Either it is not there, or the token may not see it: check that {path} is the project, and that "
            f"the token's user has the role {role} in it ({TOKENS})."
        )
    return Refused(f"{told} Try again later, or look at {path} there.", status, words)


def _parts(value: Any) -> Iterator[str]:
    """The texts in `message`: a text, a list of them, or lists by the field they are about."""
    if isinstance(value, dict):
        for name, inner in list(value.items())[:10]:
            yield f"{name}: {'; '.join(_parts(inner))}"
    elif isinstance(value, list):
        for inner in value[:10]:
            yield from _parts(inner)
    elif words := foreign.text(value, limit=300):
        yield words


def _scope(error: "GitlabError") -> str:
    """The scope GitLab names, or the one that is enough for all."""
    try:
        stated = foreign.text(json.loads(error.response_body or b""), "scope", limit=100)
    except ValueError:
        stated = ""
    named = [word for word in stated.split() if re.fullmatch(r"[a-z_]{2,40}", word)]
    return " or ".join(named) or "api"

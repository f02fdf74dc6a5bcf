"""What GitHub refuses, as our sentences: what was tried, what it said, which permission is missing and where to set it.

The permissions are those of https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps; the
messages those of https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from maintainer import errors

#: Whose token it is. `installation` is a GitHub App's or a workflow's, which look the same from outside.
Kind = Literal["actions", "installation", "classic", "fine-grained", "unknown"]

DOCS = "docs/github.md#tokens"


class Refused(errors.OutsideError):
    """GitHub understood, and won't (405, 409, 422). `said` is what it says of it."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message)
        self.said = said


class Tried(NamedTuple):
    """What a call does, and the permission it needs: its name on GitHub's pages, and `read` or `write`."""

    method: str
    path: str
    what: str
    permission: str
    level: Literal["read", "write"] = "write"


#: Teams are an organisation's, and so is the permission to see who is in them.
TEAMS = Tried("GET", ".*/orgs/[^/]+/teams/.*", "ask who is in a team, for a proposal", "Members", "read")
#: The first row that fits counts; paths are those after `/repos/{owner}/{repo}`.
CALLS = (
    Tried("GET", "", "read the repository", "Metadata", "read"),
    TEAMS,
    Tried("GET", "/activity", "ask when a branch was pushed", "Contents", "read"),
    Tried("GET", "/commits/[^/]+/pulls", "ask what a commit was merged by", "Pull requests", "read"),
    Tried("GET", "/pulls.*", "read its pull requests", "Pull requests", "read"),
    Tried("POST", "/pulls", "open a pull request", "Pull requests"),
    Tried("POST", "/pulls/.*/requested_reviewers", "ask for a review", "Pull requests"),
    Tried("PATCH", "/pulls/.*", "edit a pull request", "Pull requests"),
    Tried("PUT", "/pulls/.*/merge", "merge a pull request", "Contents"),
    Tried("GET", "/issues.*/comments", "read its comments", "Pull requests", "read"),
    Tried("POST|PATCH", "/issues/.*/?comments.*", "write a comment", "Pull requests"),
    Tried("POST", "/issues/.*/labels", "label a pull request", "Pull requests"),
    Tried("POST", "/issues/.*/assignees", "assign people", "Pull requests"),
    Tried("GET", "/issues.*", "read its issues", "Issues", "read"),
    Tried("POST", "/issues", "open an issue", "Issues"),
    Tried("PATCH", "/issues/.*", "edit an issue or a pull request", "Issues"),
    Tried("GET", "/milestones", "read its milestones", "Issues", "read"),
    Tried("PATCH", "/milestones/.*", "close a milestone", "Issues"),
    Tried("GET", "/collaborators/.*", "ask who may write to it", "Metadata", "read"),
    Tried("POST", "/statuses/.*", "post a status", "Commit statuses"),
    Tried("GET", "/commits/.*/check-runs", "read its checks", "Checks", "read"),
    Tried("POST|PATCH", "/check-runs.*", "post a check", "Checks"),
    Tried("GET", "/git/ref/tags/.*", "look for a tag", "Contents", "read"),
    Tried("GET", "/releases.*", "read its releases", "Contents", "read"),
    Tried("POST", "/releases/.*/assets", "put a file beside a release", "Contents"),
    Tried("DELETE", "/releases/assets/.*", "replace a file of a release", "Contents"),
    Tried("POST|PATCH", "/releases.*", "publish a release", "Contents"),
    Tried("GET", "/installation", "find the App's installation", "Metadata", "read"),
)
#: What GraphQL is asked for, by the operation's name in the query.
QUERIES = {
    "checks": Tried("POST", "", "read the checks of its pull requests", "Checks", "read"),
    "cases": Tried("POST", "", "read its pull requests", "Pull requests", "read"),
    "merged": Tried("POST", "", "read its merged pull requests", "Pull requests", "read"),
    "flagged": Tried("POST", "", "read its issues", "Issues", "read"),
    "viewer": Tried("POST", "", "ask whose token this is", "Metadata", "read"),
    "automerge": Tried("POST", "", "turn auto-merge on or off", "Contents"),
}
_OTHER = Tried("", "", "use its API", "Metadata", "read")
#: A message of GitHub's -> what to do about it, which no permission of the token's is.
REMEDIES = (
    ("not permitted to create or approve pull requests",
     "Allow it under Settings > Actions > General > Workflow permissions, \"Allow GitHub Actions to create and approve "
     "pull requests\", or use a GitHub App."),
    ("archived", "Unarchive the repository, or take it out of what is maintained."),
    ("SAML", "Authorise the token for the organisation's single sign-on, in the token's settings."),
    ("IP allow list", "Add this runner's address to the organisation's IP allow list."),
    ("immutable release",
     "It takes no files once it is published: publish it as a draft, put its files beside it, then publish it."),
    ("token lifetime", "The organisation refuses tokens that live this long: make one with an earlier expiry."),
)  # fmt: skip
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


def kind_of(token: str) -> Kind:
    """By its prefix: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/."""
    prefixes: Mapping[str, Kind] = {"ghs_": "installation", "ghp_": "classic", "github_pat_": "fine-grained"}
    return next((kind for prefix, kind in prefixes.items() if token.startswith(prefix)), "unknown")


def tried(method: str, path: str) -> Tried:
    """What a call of the REST API is for; `path` is the one after the repository's."""
    return next((row for row in CALLS if re.fullmatch(row.method, method) and re.fullmatch(row.path, path)), _OTHER)


def quoted(said: object, limit: int = 200) -> str:
    """GitHub's own words on one line, short, without what controls or reorders."""
    return " ".join(_UNSEEN.sub(" ", str(said or "")).split())[:limit].rstrip(".")


def refusal(call: Tried, repository: str, status: int, data: Any, kind: Kind) -> errors.MaintainerError:
    """The error for an answer of 400 or more. `data` is its body."""
    said = quoted(_said(data)) or "no reason given"
    told = f"could not {call.what} of {repository} ({status}: {said})"
    remedy = next((words for sign, words in REMEDIES if sign in said), "")
    if status == 401:
        return errors.AccessDenied(
            f"GitHub refuses the token: {told}. It is mistyped, expired or revoked: make a new one ({DOCS})."
        )
    if status in (403, 429) and "rate limit" in said.lower():
        return errors.Unreachable(f"GitHub allows no more requests for now: {told}. Run again in some minutes.")
    if status == 403:
        return errors.AccessDenied(f"GitHub does not allow it: {told}. {remedy or lacking(call, kind)}")
    if status in (404, 410):
        return errors.NotFound(
            f"GitHub finds nothing there: {told}. Is the name right, and may the token see it? What it may not see is "
            f"not there for it. {lacking(call, kind)}"
        )
    if status in (405, 409, 422, 451):
        return Refused(f"GitHub refuses: {told}. {remedy}".rstrip(), said)
    return errors.BadAnswer(f"GitHub answered what it should not: {told}.")


def graphql_refusal(query: str, repository: str, told: Any, kind: Kind) -> errors.MaintainerError:
    """The error for the `errors` of a GraphQL answer: https://docs.github.com/en/graphql/guides."""
    name = re.match(r"\s*(?:query|mutation)\s+(\w+)", query)
    call = QUERIES.get(name[1] if name else "", _OTHER)
    listed = told if isinstance(told, list) else []
    kinds = {str(one.get("type", "")) for one in listed if isinstance(one, Mapping)}
    words = {"message": "; ".join(_messages(listed)[:2])}
    denied = "Resource not accessible" in words["message"] or kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}
    if kinds & {"RATE_LIMITED", "RATE_LIMIT"}:
        return refusal(call, repository, 403, {"message": "API rate limit exceeded"}, kind)
    status = 403 if denied else 404 if kinds == {"NOT_FOUND"} else 422
    return refusal(call, repository, status, words, kind)


def lacking(call: Tried, kind: Kind) -> str:
    """Which permission to give, and where, for this kind of token."""
    scope = f"{call.permission}: {call.level}"
    if call is TEAMS:
        return _lacking_in_the_organisation(scope, kind)
    job = f"`{call.permission.lower().removeprefix('commit ').replace(' ', '-')}: {call.level}`"
    match kind:
        case "actions":
            return f"Give the workflow's job {job} under `permissions:` ({DOCS})."
        case "installation":
            return (
                f"Give the App the permission {scope} and accept it for the installation; for a workflow's own "
                f"GITHUB_TOKEN write {job} under `permissions:` ({DOCS})."
            )
        case "fine-grained" if call.permission == "Checks" and call.level == "write":
            return f"No personal access token can write checks: use a GitHub App or GITHUB_TOKEN ({DOCS})."
        case "fine-grained":
            return f"Give the token the repository permission {scope} in its settings ({DOCS})."
        case "classic":
            return f"The token needs the scope `repo`, and its owner the right to write here ({DOCS})."
    return f"The token needs the permission {scope} ({DOCS})."


def _lacking_in_the_organisation(scope: str, kind: Kind) -> str:
    match kind:
        case "actions":
            return f"GITHUB_TOKEN can't see it: use a GitHub App with the organisation permission {scope} ({DOCS})."
        case "installation":
            return (
                f"Give the App the organisation permission {scope} and accept it for the installation; a workflow's "
                f"own GITHUB_TOKEN can't have it ({DOCS})."
            )
        case "fine-grained":
            return f"Give the token the organisation permission {scope} in its settings ({DOCS})."
        case "classic":
            return f"The token needs the scope `read:org`, and its owner must be in the organisation ({DOCS})."
    return f"The token needs the organisation permission {scope} ({DOCS})."


def _said(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    return ": ".join(
        part for part in (str(data.get("message") or ""), "; ".join(_messages(data.get("errors")))) if part
    )


def _messages(listed: Any) -> list[str]:
    """What each of GitHub's `errors` says: a text, or a table with a message, or with a field and a code."""
    return [words for one in (listed if isinstance(listed, Iterable) else ()) if (words := _words(one))]


def _words(one: Any) -> str:
    if isinstance(one, Mapping):
        return str(one.get("message") or " ".join(str(one[name]) for name in ("field", "code") if one.get(name)))
    return str(one)

"""What a token can do on a repository, asked without changing anything.

A classic token's scopes stand in each answer. Of all others GitHub tells nothing: they are tried with calls that name a
commit, a branch or a title that can't be, which GitHub refuses with 422 to who may and with 403 to who may not.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from maintainer import errors
from maintainer.platforms.base import Ability
from maintainer.platforms.github_client import Client
from maintainer.platforms.github_errors import DOCS, Refused

ACTIONS_BOT = "github-actions[bot]"
NOWHERE = "maintainer/no-such-branch"

PUSH, PULLS, ISSUES = "push branches", "open pull requests", "keep the dashboard issue"
STATUSES, CHECKS, WORKFLOWS = "post statuses", "post checks with annotations", "change workflow files"
STARTS, MERGES = "have its pull requests start workflows", "have its merges start a deploy (auto-merge)"

_INSTEAD = f"use a GitHub App, or a personal access token ({DOCS})"
_NO_CHECKS = f"No personal access token can: the verdicts are posted as statuses. A GitHub App can ({DOCS})."
_ACTIONS = {
    WORKFLOWS: f"GITHUB_TOKEN never may, so PHP and Node can't be moved in workflows: {_INSTEAD}.",
    STARTS: "What GITHUB_TOKEN opens waits for a person, who approves its workflows each time; on a GitHub Enterprise "
    f"Server none start at all: {_INSTEAD}.",
    MERGES: f"GitHub starts none for what GITHUB_TOKEN merges, so nothing is merged by itself: {_INSTEAD}.",
}


class _Try(NamedTuple):
    """A call below the repository that can't come to anything."""

    what: str
    path: str
    sent: Mapping[str, Any]


def abilities(client: Client) -> Sequence[Ability]:
    """Raises `errors.OutsideError` when the repository can't even be read."""
    repository = client.repository
    login = client.login
    scopes = client.requester.oauth_scopes
    whose = Ability(f"act as {login}", True, _kind(client, login))
    if scopes is not None:
        return [whose, *_by_scopes(client, [scope for scope in scopes if scope])]
    nothing = "0" * 40
    tries = (
        _Try(PUSH, "/git/refs", {"ref": f"refs/heads/{NOWHERE}", "sha": nothing}),
        _Try(PULLS, "/pulls", {"title": NOWHERE, "head": NOWHERE, "base": repository.default_branch}),
        _Try(ISSUES, "/issues", {"title": ""}),
        _Try(STATUSES, f"/statuses/{nothing}", {"state": "pending"}),
        _Try(CHECKS, "/check-runs", {"name": "maintainer/doctor", "head_sha": nothing}),
    )
    return [whose, *(_tried(client, one) for one in tries), *_untried(client, login)]


def _tried(client: Client, one: _Try) -> Ability:
    try:
        client.requester.requestJsonAndCheck("POST", client.repository.url + one.path, input=dict(one.sent))
    except Refused:
        return Ability(one.what, True)
    except (errors.AccessDenied, errors.NotFound) as refusal:
        personal = one.what == CHECKS and client.kind == "fine-grained"
        return Ability(one.what, False, _NO_CHECKS if personal else str(refusal))
    return Ability(one.what, True)


def _untried(client: Client, login: str) -> Iterator[Ability]:
    if login == ACTIONS_BOT:
        yield from (Ability(what, False, sentence) for what, sentence in _ACTIONS.items())
        return
    granted = client.granted
    if granted is None:
        sentence = f"GitHub doesn't tell. It needs the permission Workflows: write ({DOCS})."
        yield Ability(WORKFLOWS, None, sentence)
    else:
        able = granted.get("workflows") == "write"
        yield Ability(WORKFLOWS, able, "" if able else f"Give the App the permission Workflows: write ({DOCS}).")
    yield from (Ability(STARTS, True), Ability(MERGES, True))


def _by_scopes(client: Client, scopes: Sequence[str]) -> Iterator[Ability]:
    repository = client.repository
    push = repository.permissions.push if repository.permissions else False
    whole = "repo" in scopes or ("public_repo" in scopes and not repository.private)
    stated = f"It has {', '.join(scopes)}" if scopes else "It has none"
    for what in (PUSH, PULLS, ISSUES):
        if whole and push:
            yield Ability(what, True)
        elif whole:
            yield Ability(what, False, f"The token's owner may only read {repository.full_name}: give the role Write.")
        else:
            yield Ability(what, False, f"The token needs the scope `repo`. {stated} ({DOCS}).")
    statuses = push and (whole or "repo:status" in scopes)
    yield Ability(STATUSES, statuses, "" if statuses else f"The token needs the scope `repo`. {stated} ({DOCS}).")
    yield Ability(CHECKS, False, _NO_CHECKS)
    workflows = whole and "workflow" in scopes
    yield Ability(
        WORKFLOWS, workflows, "" if workflows else f"The token needs the scope `workflow`. {stated} ({DOCS})."
    )
    yield from (Ability(STARTS, True), Ability(MERGES, True))


def _kind(client: Client, login: str) -> str:
    if login == ACTIONS_BOT:
        return "a workflow's GITHUB_TOKEN"
    match client.kind:
        case "fine-grained":
            return "a fine-grained personal access token"
        case "actions" | "installation":
            return "a GitHub App's installation"
    return "a personal access token (classic)" if client.requester.oauth_scopes is not None else ""

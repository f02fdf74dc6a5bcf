"""Where a commit was deployed to, as the CI or the forge tells it; what isn't there yet is waited for."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from maintainer.commands.context import Context
from maintainer.commands.outside import open_http
from maintainer.commands.platform import chosen, connect
from maintainer.commands.verify_target import Commits
from maintainer.config.environments import Environment
from maintainer.config.load import Config
from maintainer.config.values import address
from maintainer.errors import ToolFailed
from maintainer.evidence import Side
from maintainer.platforms.base import Deployment, Deployments
from maintainer.policy.globs import any_matches
from maintainer.text import foreign
from maintainer.workspace.checkout import Checkout

#: Seconds between two looks; a deployment takes minutes, and a forge counts what it is asked.
PAUSE = 5.0
WAIT = "Does its CI deploy proposals? Raise ready.within where it only takes longer"


class Forge:
    """Finds the addresses of both sites' commits. The forge is asked only where the CI doesn't say it."""

    def __init__(self, context: Context, config: Config, checkout: Checkout, of: Commits) -> None:
        self._context, self._config, self._checkout, self._of = context, config, checkout, of
        self._environment = context.forge
        self._event = event(self._environment)

    def __call__(self, wanted: Environment, side: Side) -> str:
        """The address. Raises `errors.ToolFailed` with the reason and what to do, `OutsideError` of the forge."""
        name = wanted.deployment or "*"
        if side == "head" and (told := told_by_ci(self._environment, self._event, name)):
            return _usable(told)
        if chosen(self._environment) == "local" or self._checkout.git is None:
            raise ToolFailed("no forge that knows of deployments is known here\nRun in its CI, or give --url")
        commits = self._heads() if side == "head" else [self._of.base]
        known = [commit for commit in dict.fromkeys(commits) if commit]
        if not known:
            raise ToolFailed(f"the commit of the {side} is not known\nFetch the branch that the change goes to")
        http = open_http(self._context, self._config, self._checkout.root)
        forge = connect(self._context, self._config, self._checkout, http)
        return _usable(deployed(forge.deployments, known, name, wanted.ready.within))

    def _heads(self) -> Sequence[str | None]:
        """The commits that may have been deployed: CI often runs on a merge of the proposal, which nobody deploys."""
        return [
            foreign.text(self._event, "pull_request", "head", "sha", limit=64),
            self._environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
            self._of.head,
        ]


def event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    """What GitHub tells a workflow of what began it; nothing elsewhere.

    https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
    """
    path = environment.get("GITHUB_EVENT_PATH")
    try:
        return foreign.table(json.loads(Path(path).read_bytes())) if path else {}
    except (OSError, ValueError, RecursionError):
        return {}


def told_by_ci(environment: Mapping[str, str], event: Mapping[str, Any], name: str) -> str:
    """The address that began a workflow (`on: deployment_status`), or that GitLab's job is for; empty otherwise.

    https://docs.gitlab.com/ci/variables/predefined_variables/ (CI_ENVIRONMENT_URL)
    """
    status = foreign.table(event, "deployment_status")
    known = foreign.text(event, "deployment", "environment", limit=300)
    if foreign.text(status, "state") == "success" and any_matches((name,), (known,)):
        return foreign.url(status, "environment_url")
    if any_matches((name,), (environment.get("CI_ENVIRONMENT_NAME", ""),)):
        return environment.get("CI_ENVIRONMENT_URL", "")
    return ""


def deployed(deployments: Deployments, commits: Sequence[str], name: str, seconds: float) -> str:
    """The address of the newest that succeeded, in an environment `name` (a glob), of one of the commits.

    Raises `errors.ToolFailed` when there is none in that time, or the last of them failed.
    """
    until = time.monotonic() + seconds
    while True:
        found = list(_matching(deployments, commits, name))
        if there := next((one.url for one in found if one.state == "success" and one.url), ""):
            return there
        if not any(one.state == "pending" for one in found) and found:
            raise ToolFailed(_why(found[0]))
        left = until - time.monotonic()
        if left <= 0:
            what = f"is not done ({found[0].environment})" if found else f"to an environment {name} is not there"
            raise ToolFailed(f"the deployment of {commits[0][:12]} {what} after {seconds:.0f} s\n{WAIT}")
        time.sleep(min(PAUSE, left))


def _matching(deployments: Deployments, commits: Sequence[str], name: str) -> Iterator[Deployment]:
    for commit in commits:
        yield from (one for one in deployments.of(commit) if any_matches((name,), (one.environment,)))


def _why(last: Deployment) -> str:
    words = f": {last.words}" if last.words else ""
    match last.state:
        case "success":
            return f"the deployment to {last.environment} says no address\nGive its environment a url where it is made"
        case "replaced":
            return f"another commit stands in {last.environment} by now\nRun again for the newest commit"
        case _:
            return f"the deployment to {last.environment} failed{words}\nMend it, and run again"


def _usable(url: str) -> str:
    try:
        return address(url).rstrip("/")
    except ValueError as error:
        raise ToolFailed(f"it was deployed to what is no address: {error}\nMend the environment's url") from None

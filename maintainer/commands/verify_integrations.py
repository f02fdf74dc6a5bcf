"""Integrations as the configuration wants them, and the verdicts on their numbers."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from maintainer import errors
from maintainer.checks.integrations import Integrations
from maintainer.checks.integrations_answer import NAME, Endpoint
from maintainer.commands.environment import production_host, value_of
from maintainer.commands.verify_tree import Repository
from maintainer.config.integrations import Integration
from maintainer.config.verify import Verify
from maintainer.errors import ToolFailed
from maintainer.evidence import Blind, Evidence, Verdict
from maintainer.http_visit import Asking
from maintainer.policy.endpoints import Limits, judge
from maintainer.workspace.checkout import decode

NONE = "no integrations are declared (verify.integrations)"


def configured(
    verify: Verify, environment: Mapping[str, str], repository: Repository | None, now: datetime
) -> Integrations | str:
    """The check, or why it is left out. An endpoint whose variable or schema is missing costs itself."""
    if not verify.integrations:
        return NONE
    endpoints, unusable = [], []
    for one in verify.integrations:
        try:
            endpoints.append(_endpoint(one, environment, repository))
        except errors.MaintainerError as error:
            reason, _, mend = error.message.partition("\n")
            unusable.append(Blind(NAME, one.name, reason, mend, "head", "answers"))
    site = repository.config.settings.site if repository else None
    return Integrations(
        tuple(endpoints),
        now,
        tuple(unusable),
        production=production_host(site.production) if site else "",
        may_write=NAME in verify.production,
    )


def judged(evidence: Evidence, verify: Verify, *, baseline: bool) -> tuple[Verdict, ...]:
    """The verdict on every number that is wanted of every endpoint."""
    return tuple(judge(evidence, [_limits(one) for one in verify.integrations], baseline=baseline))


def secrets(integrations: Sequence[Integration], environment: Mapping[str, str]) -> tuple[str, ...]:
    """What is sent and must stand nowhere in what is left."""
    named = (header.value_env for one in integrations for header in one.headers)
    return tuple(environment[name] for name in named if name and environment.get(name))


def _endpoint(one: Integration, environment: Mapping[str, str], repository: Repository | None) -> Endpoint:
    """Raises `errors.MaintainerError` with what to do in a line of its own."""
    headers = {header.name: value_of(header, environment) for header in one.headers}
    if one.body is not None and not any(name.lower() == "content-type" for name in headers):
        headers["content-type"] = "application/json" if _is_json(one.body) else "text/plain; charset=utf-8"
    return Endpoint(
        name=one.name,
        url=one.url,
        asking=Asking(one.method, headers, one.body.encode() if one.body is not None else None),
        status=one.status,
        schema=_schema(one.json_schema, repository) if isinstance(one.json_schema, str) else one.json_schema,
        xml=one.xml,
        csv=one.csv,
        items=one.items.at if one.items else None,
        fresh=one.fresh.at if one.fresh else None,
        queue=one.queue.at if one.queue else None,
        slow=one.within,
    )


def _limits(one: Integration) -> Limits:
    return Limits(
        one.name,
        latency=one.within,
        items=one.items is not None,
        fewest=one.items.fewest if one.items else None,
        most=one.items.most if one.items else None,
        loses=one.items.loses if one.items else None,
        fresh=one.fresh.within.delta.total_seconds() if one.fresh else None,
        queue=one.queue.most if one.queue else None,
        compared=one.url.startswith("/"),
    )


def _schema(path: str, repository: Repository | None) -> Any:
    if repository is None:
        raise ToolFailed(f"its JSON Schema {path} can't be read: there is no repository\nRun it in a checkout")
    try:
        return json.loads(decode(repository.checkout.read(path), path))
    except errors.Unreadable as error:
        raise ToolFailed(
            f"its JSON Schema can't be read: {error.message.rstrip('.')}\nName a file of the repository in json_schema"
        ) from None
    except (ValueError, RecursionError):
        raise ToolFailed(f"its JSON Schema {path} is no JSON\nMend that file") from None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

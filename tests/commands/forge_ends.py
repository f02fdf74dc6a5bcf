"""What a forge holds in the end, told so that two runs which did the same in another order are told the same."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.commands.stage import Stage

#: A proposal's or an issue's number in a text: `#3`, `!3`, `/pull/3`, `/-/merge_requests/3`, `maintainer:do rebase 3`.
_NUMBER = re.compile(r"(?P<before>[#!]|/(?:pull|issues|merge_requests)/|maintainer:do [a-z]+ )(?P<number>\d+)\b")
#: The digest of a text that tells numbers.
_REGION = re.compile(r'"region":"[0-9a-f]{16}"')
_SEEN = re.compile(r"^Seen [^(]*", re.MULTILINE)
HISTORY = "maintainer-history"


def settled(state: Mapping[str, Any]) -> dict[str, Any]:
    """A forge's `state()` with proposals named by their branches, sorted; the dashboard's lines are sorted too.

    Left out are the history (see `remembered`), when the dashboard was written, and closed issues: of two runs that
    open the dashboard at the very same moment, one closes its own again.
    """
    proposals = state["pulls"] if "pulls" in state else state["merge_requests"]
    names: dict[int, str] = {}
    for one in proposals:
        branch = one.get("head") if "pulls" in state else one["source_branch"]
        names[one.get("number", one.get("iid"))] = f"{branch}~{sum(branch in name for name in names.values())}"

    def named(text: str) -> str:
        return _NUMBER.sub(lambda found: found["before"] + names.get(int(found["number"]), "issue"), text)

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return _SEEN.sub("", _REGION.sub("", named(value)))
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items() if name not in ("number", "iid")}
        return value

    told: dict[str, Any] = plain(dict(state))
    told["issues"] = [_sorted(one) for one in told["issues"] if one["state"] != "closed"]
    told["refs"].pop(f"refs/heads/{HISTORY}", None)
    for part in ("pulls", "merge_requests"):
        if part in told:
            told[part] = sorted(told[part], key=lambda one: (one.get("source_branch", one["head"]), one["state"]))
    return told


def _sorted(issue: dict[str, Any]) -> dict[str, Any]:
    return {
        name: sorted(text.split("\n")) if name in ("body", "description") and text else text
        for name, text in issue.items()
    }


def bare(state: Mapping[str, Any]) -> dict[str, Any]:
    """One of `settled` without what a proposal stands without, and what a forge may leave out: people, a milestone."""
    without = {"reviewers", "assignees", "milestone"}
    return {
        part: [{name: one[name] for name in one if name not in without} for one in told]
        if part in ("pulls", "merge_requests")
        else told
        for part, told in state.items()
    }


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """What differs between two of `settled`, in a line each."""
    told = []
    for part in wanted:
        mine, theirs = found[part], wanted[part]
        if mine != theirs and isinstance(mine, list) and len(mine) == len(theirs):
            told += [f"{part}: {one} is not {other}" for one, other in zip(mine, theirs, strict=True) if one != other]
        elif mine != theirs:
            told.append(f"{part}: {mine} is not {theirs}")
    return told


def remembered(site: Stage) -> list[tuple[str, str]]:
    """What history says became of each proposal: the kind of event, and the proposal's title or what it is worth to the
    gate, sorted."""
    repository = site.forge.repository().git if site.kind == "github" else site.forge.project().repository
    if HISTORY not in repository.branches():
        return []
    names = [name for name in repository.git("ls-tree", "--name-only", HISTORY).split() if name.endswith(".jsonl")]
    lines = [line for name in names for line in repository.git("show", f"{HISTORY}:{name}").splitlines()]
    events = [json.loads(line) for line in lines]
    return sorted((event["kind"], event["data"].get("title") or json.dumps(event["data"])) for event in events)

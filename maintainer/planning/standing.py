"""How a site stands, by its plan: what is behind, what is vulnerable, what is held, what is broken.

It is made of the document that `plan --format json` prints, a stable seam, so that it can be made of a plan that
another job or another release printed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from maintainer.text.result import SEVERITIES, Behind, Broken, Held, Severity, Standing, Vulnerable

#: Of each list so many are kept; the counts are of all.
MOST = 200


def standing(document: Mapping[str, Any], by_hand: Iterable[str] = ()) -> Standing:
    """The standing by a plan's document; `by_hand` are the kinds of findings that ask for a person's hand."""
    hands = frozenset(by_hand)
    found: dict[str, dict[object, Any]] = {"behind": {}, "vulnerable": {}, "held": {}, "approve": {}}
    for dependency in document["dependencies"]:
        _look(dependency, found)
    for finding in document["findings"]:
        if finding["kind"] == "vulnerable":
            one = Vulnerable(finding["subject"], "", "", _severity([finding["severity"]]), (), finding["sentence"])
            found["vulnerable"].setdefault(("", finding["subject"], finding["sentence"]), one)
    problems = {
        (problem["subject"], problem["sentence"]): Broken(problem["subject"], problem["sentence"], problem["exit_code"])
        for problem in document["problems"]
    }
    actions = [action["action"] for action in document["actions"]]
    hand = [finding for finding in document["findings"] if finding["kind"] in hands - {"vulnerable"}]
    counts = {
        "dependencies": len(document["dependencies"]),
        "behind": len(found["behind"]),
        "vulnerable": len({one.name for one in found["vulnerable"].values()}),
        "held": len(found["held"]),
        "approve": len(found["approve"]),
        "by_hand": len({(finding["kind"], finding["subject"]) for finding in hand}),
        "problems": len(problems),
        "opened": actions.count("open"),
        "refreshed": actions.count("refresh"),
        "closed": actions.count("close"),
    }
    grave = sorted(found["vulnerable"].values(), key=lambda one: (SEVERITIES.index(one.severity), one.name))
    return Standing(
        counts,
        tuple(found["behind"].values())[:MOST],
        tuple(grave)[:MOST],
        tuple(found["held"].values())[:MOST],
        tuple(problems.values())[:MOST],
    )


def _look(dependency: Mapping[str, Any], found: dict[str, dict[object, Any]]) -> None:
    """One place that states a version: the same package at the same version elsewhere is the same thing to a person."""
    name = dependency["name"]
    current = dependency["current"] or dependency["constraint"]
    key = dependency["source"], dependency["package"], current
    moves = [update for update in dependency["updates"] if update["bump"] != "none"]
    if moves:
        far = moves[-1]
        to = dependency["latest"] or far["to"]
        found["behind"].setdefault(key, Behind(name, current, to, far["bump"], far["decision"]))
    for update in moves:
        if update["decision"] == "hold":
            held = Held(name, update["to"], update["reason"], update["until"] or "")
            found["held"].setdefault((*key, update["to"]), held)
        elif update["decision"] == "ask":
            found["approve"].setdefault((*key, update["to"]), update["to"])
    mending = [update for update in moves if update["advisories"]]
    if mending:
        advisories = [advisory for update in mending for advisory in update["advisories"]]
        ids = tuple(dict.fromkeys(advisory["id"] for advisory in advisories))
        severity = _severity(advisory["severity"] for advisory in advisories)
        found["vulnerable"].setdefault(key, Vulnerable(name, current, mending[0]["to"], severity, ids[:20]))


def _severity(told: Iterable[str]) -> Severity:
    given = set(told)
    return next((one for one in SEVERITIES if one in given), "unknown")

"""What the rules say of a dependency.

    effective(dependency, bump, rulebook) -> Effective
    names(dependency) -> tuple[str, ...]
    subject(update, what) -> Subject

`bump` None asks before there is an update: rules with a condition on bumps don't match then.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from maintainer.model import Bump, Dependency, Strategy, Update
from maintainer.policy.calendar import Subject
from maintainer.policy.globs import any_matches, path_matches
from maintainer.policy.rulebook import Act, Phase, Rule, Rulebook, Window

#: Long enough for a broken or hijacked release to be noticed and withdrawn.
MINIMUM_AGE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Effective:
    """All that rules say of one update; `reason` and `rule` belong to what decided `act`."""

    act: Act | None = None
    reason: str = ""
    group: str = ""
    strategy: Strategy | None = None
    minimum_age: timedelta = MINIMUM_AGE
    windows: tuple[Window, ...] = ()
    allowed: str = ""
    allowed_reason: str = ""
    prereleases: bool = False
    automerge: bool = False
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


def effective(dependency: Dependency, bump: Bump | None, rulebook: Rulebook) -> Effective:
    """Of all matching rules the last that says a thing wins; labels, reviewers and assignees add up.

    A major is grouped, proposed without being asked for, or merges itself, only by a rule that names majors.
    """
    known = names(dependency)
    said: dict[str, Any] = {"labels": rulebook.labels}
    for rule in rulebook.rules:
        if matches(rule, dependency, bump, known):
            _say(said, rule, of_major=bump == "major")
    return Effective(**said)


def _say(said: dict[str, Any], rule: Rule, *, of_major: bool) -> None:
    meant = not of_major or "major" in rule.bumps
    if rule.act is not None:
        said |= {"act": rule.act if meant or rule.act != "propose" else None, "reason": rule.reason}
    if rule.group is not None and meant:
        said["group"] = rule.group
    if rule.automerge is not None and (meant or not rule.automerge):
        said["automerge"] = rule.automerge
    if rule.allowed is not None:
        said |= {"allowed": rule.allowed, "allowed_reason": rule.reason}
    for thing in ("strategy", "minimum_age", "windows", "prereleases"):
        value = getattr(rule, thing)
        if value is not None:
            said[thing] = value
    for people in ("labels", "reviewers", "assignees"):
        if added := getattr(rule, people):
            said[people] = tuple(dict.fromkeys((*said.get(people, ()), *added)))


def matches(rule: Rule, dependency: Dependency, bump: Bump | None, known: tuple[str, ...]) -> bool:
    """Whether every condition the rule gives is true."""
    return (
        (not rule.managers or dependency.manager in rule.managers)
        and (not rule.datasources or dependency.source.datasource in rule.datasources)
        and (not rule.bumps or bump in rule.bumps)
        and (not rule.roles or dependency.role in rule.roles)
        and (not rule.sections or dependency.section in rule.sections)
        and (not rule.packages or any_matches(rule.packages, known))
        and (not rule.paths or path_matches(rule.paths, dependency.file))
    )


def names(dependency: Dependency) -> tuple[str, ...]:
    """What people call it: as the file does, and as its datasource does."""
    name, package = dependency.name, dependency.source.package
    return (name,) if name == package else (name, package)


def subject(update: Update, what: Phase) -> Subject:
    """An update as a calendar judges it."""
    dependency = update.dependency
    severities = tuple({advisory.severity for advisory in update.advisories})
    return Subject(what, severities, names(dependency), (dependency.file,), (dependency.manager,))

"""From settings to the values policy reads."""

from dataclasses import replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from maintainer.config.settings import Settings
from maintainer.config.updates import Group, Matching, Rule
from maintainer.model import Limits
from maintainer.policy import rulebook as policy

#: The versions a site may state that a package can require.
RUNS = ("php", "node", "python", "mysql", "mariadb", "wordpress", "woocommerce")


def rulebook(settings: Settings) -> policy.Rulebook:
    """Everything policy asks: what holds for all updates first, then groups, then rules, then own code."""
    updates, site = settings.updates, settings.site
    own = (policy.Rule(packages=updates.own, act="ignore", reason="own code (updates.own)"),) if updates.own else ()
    return policy.Rulebook(
        rules=(everything(settings), *map(group, updates.groups), *map(rule, updates.rules), *own),
        pins=tuple(
            policy.Pin(package=pin.package, owner=pin.owner, until=pin.until, reason=pin.reason, allowed=pin.allowed)
            for pin in updates.pins
        ),
        calendar=calendar(settings),
        limits=Limits(per_run=updates.limits.per_run, open=updates.limits.open),
        timezone=site.timezone,
        eol_horizon=updates.eol_horizon.delta,
        labels=updates.labels,
        runs={name: version for name in RUNS if (version := getattr(site, name))},
    )


def calendar(settings: Settings) -> policy.Calendar:
    """The configuration's own freezes and windows that are about this site."""
    name, zone = site_name(settings), ZoneInfo(settings.site.timezone)
    campaigns = [one for one in settings.campaigns if one.freeze]
    return policy.Calendar(
        freezes=tuple(freeze.frozen(zone) for freeze in (*settings.freeze, *campaigns) if freeze.concerns(name)),
        openings=tuple(window.opening(zone) for window in settings.windows if window.concerns(name)),
    )


def site_name(settings: Settings) -> str:
    """What a scope's `sites` are matched against; empty where nothing says it."""
    site = settings.site
    return site.name or (urlsplit(site.production).hostname if site.production else "") or ""


def everything(settings: Settings) -> policy.Rule:
    """The rule that matches all: what `updates` itself says."""
    updates = settings.updates
    return policy.Rule(
        strategy=None if updates.strategy == "auto" else updates.strategy,
        minimum_age=updates.minimum_age.delta,
        windows=updates.windows,
        prereleases=updates.prereleases,
        reviewers=updates.reviewers,
        assignees=updates.assignees,
    )


def group(group: Group) -> policy.Rule:
    """A group is a rule that says where to travel."""
    return replace(
        conditions(group),
        group=group.name,
        labels=group.labels,
        reviewers=group.reviewers,
        assignees=group.assignees,
    )


def rule(rule: Rule) -> policy.Rule:
    """A rule as policy reads it."""
    return replace(
        conditions(rule),
        act=rule.act,
        group=rule.group,
        strategy=rule.strategy,
        minimum_age=rule.minimum_age.delta if rule.minimum_age is not None else None,
        windows=rule.windows,
        allowed=rule.allowed,
        prereleases=rule.prereleases,
        automerge=rule.automerge,
        labels=rule.labels,
        reviewers=rule.reviewers,
        assignees=rule.assignees,
        reason=rule.reason,
    )


def conditions(matching: Matching) -> policy.Rule:
    """A rule that matches what is described, and says nothing yet."""
    return policy.Rule(
        managers=matching.managers,
        datasources=matching.datasources,
        packages=matching.packages,
        paths=matching.paths,
        bumps=matching.bumps,
        roles=matching.roles,
        sections=matching.sections,
    )

"""Whether an update may move now: the first reason against it, in one fixed order.

    decide(update, rulebook, now, *, facts, schemes, untouched_since=None, coming={}, branch_of=None, group=None)
        -> Decided

The order: ignored by a rule, withdrawn (Deny); pinned, incompatible, frozen, too young, outside the windows (Hold); a
major, a runtime, or a rule that says so (Ask, until its branch is approved); else Allow. An update that fixes an
advisory skips age and windows, and pierces a freeze only where its severity is exempt.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta, tzinfo

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Allow, Ask, Decided, Decision, Deny, Hold, Update
from maintainer.policy import windows
from maintainer.policy.calendar import Closing, closings, opens, unexempt
from maintainer.policy.compatibility import Coming, Facts, Unmet, check, lift
from maintainer.policy.globs import any_matches
from maintainer.policy.rulebook import Pin, Rulebook
from maintainer.policy.rules import Effective, effective, names, subject
from maintainer.policy.wording import aware, in_words, moment, zone
from maintainer.text import advisory
from maintainer.versions.base import Scheme

#: The branch a change with this update, in this group, would have.
BranchOf = Callable[[Update, str], str]

_NOTHING: Mapping[str, Coming] = {}
_TAG = re.compile(r"v?\d+(?:\.\d+)*", re.ASCII)


def decide(
    update: Update,
    rulebook: Rulebook,
    now: datetime,
    *,
    facts: Facts,
    schemes: Mapping[str, Scheme],
    untouched_since: datetime | None = None,
    coming: Mapping[str, Coming] = _NOTHING,
    branch_of: BranchOf | None = None,
    group: str | None = None,
) -> Decided:
    """What policy says of an update, and where it would travel.

    `untouched_since` is its listing's; `coming` what other proposals would bring; `group`, where given, replaces the
    rules' one. Without `branch_of` nothing counts as approved. `now` is aware.
    """
    said = effective(update.dependency, update.bump, rulebook)
    travels = said.group if group is None else group
    site = zone(rulebook.timezone)
    decision = (
        _denied(update, said, schemes)
        or _pinned(update, rulebook, now, site, schemes)
        or _incompatible(update, facts, schemes, coming)
        or _frozen(update, rulebook, now)
        or (None if update.advisories else _young(update, said, now, untouched_since))
        or (None if update.advisories else _outside(said, now, site))
        or _asked(update, said, rulebook, branch_of, travels)
        or Allow(_why(update, rulebook, now, site, untouched_since))
    )
    return Decided(update, decision, travels, said.labels, said.reviewers, said.assignees)


def _denied(update: Update, said: Effective, schemes: Mapping[str, Scheme]) -> Decision | None:
    if said.act == "ignore":
        return Deny(f"ignored by a rule{_because(said.reason)}; change that rule in maintainer.yml to have it back")
    allowed = _allows(said.allowed, update, schemes) if said.allowed else True
    if not allowed:
        unread = "" if allowed is False else ", which can't be read: write a range like >=9 <10"
        return Deny(f"a rule allows only {said.allowed}{_because(said.allowed_reason)}{unread}")
    if update.release.withdrawn:
        return Deny(f"withdrawn by its publisher: {update.release.withdrawn}; a later release will be proposed")
    return None


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _allows(constraint: str, update: Update, schemes: Mapping[str, Scheme]) -> bool | None:
    """Whether a person's constraint allows the release, None when it can't be read.

    People write `<10`, `9.x` or `^9` for anything. Tags and WordPress's versions have no such language of their own,
    so runtimes' one is read there first, for a tag without its variant.
    """
    own, version = update.dependency.scheme, update.release.version
    tag = _TAG.match(version) if own == "docker" else None
    for name in ("runtime", own) if own in ("docker", "wordpress") else (own, "runtime"):
        scheme = schemes.get(name)
        try:
            if scheme is not None:
                return scheme.satisfies(constraint, tag[0] if tag and name == "runtime" else version)
        except (InvalidVersion, InvalidConstraint):
            continue
    return None


def _pinned(
    update: Update, rulebook: Rulebook, now: datetime, site: tzinfo, schemes: Mapping[str, Scheme]
) -> Decision | None:
    for pin in rulebook.pins:
        end = pin_end(pin, site)
        if now >= end or not any_matches((pin.package,), names(update.dependency)):
            continue
        if pin.allowed and _allows(pin.allowed, update, schemes):
            continue
        missed = f"; it would fix {_fixes(update)}" if update.advisories else ""
        return Hold(f"pinned by {pin.owner} until {pin.until:%Y-%m-%d}{_because(pin.reason)}{missed}", end)
    return None


def pin_end(pin: Pin, site: tzinfo) -> datetime:
    """When a pin stops to hold: the end of its last day on the site's clock."""
    return datetime.combine(pin.until + timedelta(days=1), time(), site)


def _incompatible(
    update: Update, facts: Facts, schemes: Mapping[str, Scheme], coming: Mapping[str, Coming]
) -> Decision | None:
    if not update.release.requires:
        return None
    unmet = check(update.release.requires, facts, schemes, update.dependency.requires).unmet
    if not unmet:
        return None
    kind = "major · " if update.bump == "major" else ""
    return Hold(kind + "; ".join(_needs(one, lift(one, coming, schemes)) for one in unmet))


def _needs(unmet: Unmet, lifted_by: str) -> str:
    if lifted_by:
        return f'needs {unmet.needed}: see "{lifted_by}"'
    if not unmet.has:
        return f"needs {unmet.needed}, which is not in this repository: add it first"
    return f"needs {unmet.needed}, the site runs {unmet.has}"


def _frozen(update: Update, rulebook: Rulebook, now: datetime) -> Decision | None:
    if rulebook.calendar.unreadable:
        # What an unreadable calendar exempts can't be read either: nothing pierces it.
        said = rulebook.calendar.unreadable[0]
        return Hold(f"{said} A calendar that can't be read counts as a freeze: mend it, run again")
    wish = subject(update, "propose")
    held = closings(rulebook.calendar, now, wish)
    if not held:
        return None
    missed = f"; {_fixes(update)} is not severe enough to pierce it" if update.advisories else ""
    return Hold(f"{_by(held[0])}{missed}", opens(rulebook.calendar, now, wish))


def _by(closing: Closing) -> str:
    return f"frozen by {closing.name}" if closing.kind == "freeze" else f"outside its windows ({closing.name})"


def _young(update: Update, said: Effective, now: datetime, untouched_since: datetime | None) -> Decision | None:
    if said.minimum_age <= timedelta():
        return None
    published = update.release.published
    latest = published or untouched_since
    minimum = in_words(said.minimum_age)
    if latest is None:
        return Hold(f"its registry gives no release date, and minimum age is {minimum}: approve it by a rule, or wait")
    old_enough = aware(latest) + said.minimum_age
    if now >= old_enough:
        return None
    least = "" if published else "perhaps only "
    return Hold(f"released {least}{in_words(now - aware(latest))} ago, minimum age is {minimum}", old_enough)


def _outside(said: Effective, now: datetime, site: tzinfo) -> Decision | None:
    if windows.is_open(said.windows, now, site):
        return None
    opening = windows.opens(said.windows, now, site)
    return Hold("outside its update windows" if opening else "its update windows never open: give them days", opening)


def _asked(
    update: Update, said: Effective, rulebook: Rulebook, branch_of: BranchOf | None, group: str
) -> Decision | None:
    if said.act == "propose":
        return None
    fixes = f" · fixes {_fixes(update)}" if update.advisories else ""
    if update.bump == "major":
        reason = f"major{fixes}: assessed and approved separately"
    elif update.bump == "other":
        reason = f"{update.release.version} can't be ordered after {update.dependency.current}: a person decides"
    elif said.act == "approve":
        reason = f"a rule asks for approval first{_because(said.reason)}{fixes}"
    else:
        return None
    approved = branch_of is not None and branch_of(update, group) in rulebook.approved
    return None if approved else Ask(reason)


def _why(update: Update, rulebook: Rulebook, now: datetime, site: tzinfo, untouched_since: datetime | None) -> str:
    return " · ".join(_reasons(update, rulebook, now, site, untouched_since))


def _reasons(
    update: Update, rulebook: Rulebook, now: datetime, site: tzinfo, untouched_since: datetime | None
) -> Iterator[str]:
    if update.advisories:
        yield f"fixes {_fixes(update)}"
    yield "new digest" if update.bump == "digest" else update.bump
    latest = update.release.published or untouched_since
    if latest is not None and now > aware(latest):
        yield f"{in_words(now - aware(latest))} old"
    wish = subject(update, "merge")
    if held := closings(rulebook.calendar, now, wish):
        end = opens(rulebook.calendar, now, wish)
        yield f"held at merge by {held[0].name}" + (f" until {moment(end, site)}" if end else "")
    elif update.advisories and (pierced := closings(unexempt(rulebook.calendar), now, wish)):
        yield f"pierces {pierced[0].name}"


def _fixes(update: Update) -> str:
    return ", ".join(f"{advisory.name(each)} ({each.severity})" for each in update.advisories)

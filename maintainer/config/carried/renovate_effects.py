"""What a rule of Renovate's says, as effects of ours; what has no place is listed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from maintainer.config.carried import schedule
from maintainer.config.carried.carried import Draft, shown
from maintainer.config.carried.renovate_options import SILENT, is_same, unknown

#: https://github.com/vercel/ms, and months of 30 days.
_AGE = re.compile(r"(\d{1,6})\s*([a-zA-Z]+)", re.ASCII)
_MINUTES: Mapping[str, int] = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 24 * 60),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 24 * 60),
    **dict.fromkeys(("M", "month", "months"), 30 * 24 * 60),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 24 * 60),
}
STRATEGIES: Mapping[str, str] = {"bump": "bump", "widen": "widen", "replace": "lock", "update-lockfile": "lock"}
_STRATEGY_WHY: Mapping[str, str] = {
    "pin": "a range stays a range; what is pinned is kept pinned.",
    "in-range-only": "constraints are edited where they are in the way of a release.",
    "future": "this strategy is not there any more.",
}
LONGEST_GROUP = 100


class Unsaid(ValueError):
    """A value that has no place here; the text says why."""


def effects(draft: Draft, where: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The effects of a rule; an option that has none is listed."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name in SILENT:
            continue
        if key := _taken_back(draft, name, value):
            found.setdefault(key, "propose" if key == "act" else value)
        elif name in _READ and not is_same(name, value):
            try:
                key, said = _READ[name](draft, f"{where}/{name}", value)
                _put(found, key, said)
            except Unsaid as unsaid:
                draft.leave(f"{where}/{name}", shown(name, value), str(unsaid))
        elif not is_same(name, value):
            why, instead = unknown(name)
            draft.leave(f"{where}/{name}", shown(name, None if name in _SECRET else value), why, instead)
    return found


#: Options whose values may be secrets, whatever they look like.
_SECRET = frozenset({"encrypted", "env", "hostRules", "npmToken", "npmrc", "password", "secrets", "token", "username"})


def _put(found: dict[str, Any], key: str, said: Any) -> None:
    if said is None:
        return
    if isinstance(said, list) and key != "windows":
        found[key] = list(dict.fromkeys((*found.get(key, ()), *said)))
    elif key != "act" or found.get("act") != "ignore":
        found[key] = said


def _taken_back(draft: Draft, name: str, value: Any) -> str:
    """The effect of an earlier rule, ignoring, asking or merging, that this option takes back."""
    backs = {"enabled": (True, "ignore"), "dependencyDashboardApproval": (False, "approve"), "automerge": (False, True)}
    now, before = backs.get(name, (None, None))
    key = "automerge" if name == "automerge" else "act"
    rules = draft.settings.get("updates", {}).get("rules", ())
    return key if value is now and any(rule.get(key) == before for rule in rules if before is not None) else ""


def _enabled(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    if value is not False:
        raise Unsaid("it is neither true nor false.")
    return "act", "ignore"


def _approval(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    if value is not True:
        raise Unsaid("it is neither true nor false.")
    return "act", "approve"


def _group(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    if value is None:
        return "group", ""
    text = one_text(value)
    if len(text) > LONGEST_GROUP:
        raise Unsaid(f"a group's name has at most {LONGEST_GROUP} characters.")
    return "group", text


def people(_draft: Draft, where: str, value: Any) -> list[str]:
    """Users; a team needs its organisation's name, which the configuration doesn't have."""
    found = []
    for one in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if isinstance(one, str) and one.startswith("team:"):
            _draft.leave(
                where,
                shown("team", one.removeprefix("team:")),
                "a team is asked under its full name.",
                "Write organisation/team.",
            )
        elif isinstance(one, str) and one.strip("@ ") and "{{" not in one:
            found.append(one.strip("@ "))
        else:
            _draft.leave(where, shown("person", one), "it is no name.")
    return found


def _reviewers(draft: Draft, where: str, value: Any) -> tuple[str, Any]:
    return "reviewers", people(draft, where, value) or None


def _assignees(draft: Draft, where: str, value: Any) -> tuple[str, Any]:
    return "assignees", people(draft, where, value) or None


def _labels(draft: Draft, where: str, value: Any) -> tuple[str, Any]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise Unsaid("it is no list of labels.")
    found = []
    for one in listed:
        try:
            found.append(one_text(one))
        except Unsaid as unsaid:
            draft.leave(where, shown("label", one), str(unsaid))
    return "labels", found or None


def age(text: Any) -> str:
    """`3 days` or `1 week 2 days` as a duration of ours; a number is days. Raises Unsaid."""
    if text is None or text == 0:
        return "0d"
    if isinstance(text, int) and not isinstance(text, bool):
        return f"{text}d"
    if not isinstance(text, str) or not re.fullmatch(rf"\s*(?:{_AGE.pattern}\s*){{1,5}}", text, re.ASCII):
        raise Unsaid("it is no duration such as 3 days.")
    minutes = 0
    for number, unit in _AGE.findall(text):
        known = unit if unit == "M" else unit.lower()
        if known not in _MINUTES:
            raise Unsaid("it is no duration such as 3 days.")
        minutes += int(number) * _MINUTES[known]
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    return "".join(f"{n}{unit}" for n, unit in ((days, "d"), (hours, "h"), (left, "m")) if n) or "0d"


def _age(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    return "minimum_age", age(value)


def _allowed(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    text = one_text(value)
    if re.match(r"!?/", text):
        raise Unsaid("a constraint is a range here, no regular expression.")
    if text.startswith("!"):
        raise Unsaid("a constraint says what is allowed, not what isn't.")
    return "allowed", text


def _strategy(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    strategy = STRATEGIES.get(value) if isinstance(value, str) else None
    if strategy is None:
        raise Unsaid(_STRATEGY_WHY.get(value if isinstance(value, str) else "", "there is no such strategy."))
    return "strategy", strategy


def _unstable(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    if value is not False:
        raise Unsaid("it is neither true nor false.")
    return "prereleases", True


def _schedule(draft: Draft, where: str, value: Any) -> tuple[str, Any]:
    listed = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise Unsaid("it is no list of schedules.")
    said, unsaid = schedule.windows(listed)
    for text, why in unsaid:
        draft.leave(where, shown("schedule", text), why, "Run the workflow as seldom as that: its own cron.")
    if said:
        hours(draft, where)
    return "windows", None if unsaid and not said else said


def hours(draft: Draft, where: str) -> None:
    """Say, once, that hours are kept by runs that fall into them."""
    why = "the hours are carried over; how often a run comes is the workflow's to say."
    if all(entry.why != why for entry in draft.not_carried):
        draft.leave(where, "schedule", why, "Let the workflow's cron fall into these hours, such as `17 * * * *`.")


def _automerge(_draft: Draft, _where: str, value: Any) -> tuple[str, Any]:
    if not isinstance(value, bool):
        raise Unsaid("it is neither true nor false.")
    return "automerge", value


def one_text(value: Any) -> str:
    """A text that isn't a template; raises Unsaid."""
    if not isinstance(value, str) or not value.strip():
        raise Unsaid("it is no text.")
    if "{{" in value:
        raise Unsaid("templates have no place here.")
    return value.strip()


_READ: Mapping[str, Callable[[Draft, str, Any], tuple[str, Any]]] = {
    "addLabels": _labels,
    "additionalReviewers": _reviewers,
    "allowedVersions": _allowed,
    "assignees": _assignees,
    "automerge": _automerge,
    "dependencyDashboardApproval": _approval,
    "enabled": _enabled,
    "groupName": _group,
    "ignoreUnstable": _unstable,
    "labels": _labels,
    "minimumReleaseAge": _age,
    "rangeStrategy": _strategy,
    "reviewers": _reviewers,
    "schedule": _schedule,
}
#: The options of a rule that are carried over, with what they become.
CARRIED: Mapping[str, str] = {
    "addLabels": "labels",
    "additionalReviewers": "reviewers",
    "allowedVersions": "allowed",
    "assignees": "assignees",
    "automerge": "automerge",
    "dependencyDashboardApproval": "act: approve",
    "enabled": "act: ignore",
    "groupName": "group",
    "ignoreUnstable": "prereleases",
    "labels": "labels",
    "minimumReleaseAge": "minimum_age",
    "rangeStrategy": "strategy",
    "reviewers": "reviewers",
    "schedule": "windows",
}

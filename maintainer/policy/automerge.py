"""Whether a proposal may merge itself.

    wanted(updates, rulebook) -> bool
    refusal(updates, rulebook, now, checks) -> str

Only where a rule says so for each of its updates, when checks have passed, and neither a freeze of merging nor the
rules' windows stand against it. The forge's own protection decides beside this, and is never passed by.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from maintainer.model import Update
from maintainer.policy import windows
from maintainer.policy.calendar import closings
from maintainer.policy.rulebook import Rulebook
from maintainer.policy.rules import effective, subject
from maintainer.policy.wording import zone

_CHECKS = {
    "none": "nothing checked it: give the repository a check that runs on its proposals",
    "pending": "its checks are not through",
    "failure": "its checks fail",
}


def wanted(updates: Sequence[Update], rulebook: Rulebook) -> bool:
    """Whether rules let all of these merge themselves; a major only by a rule that names majors."""
    return bool(updates) and all(effective(u.dependency, u.bump, rulebook).automerge for u in updates)


def refusal(
    updates: Sequence[Update],
    rulebook: Rulebook,
    now: datetime,
    checks: Literal["none", "pending", "success", "failure"],
) -> str:
    """Why a proposal of these doesn't merge itself now, empty when it may. `now` is aware."""
    if not wanted(updates, rulebook):
        return "no rule lets it merge itself"
    if rulebook.calendar.unreadable:
        return f"{rulebook.calendar.unreadable[0]} A calendar that can't be read counts as a freeze"
    site = zone(rulebook.timezone)
    for update in updates:
        if held := closings(rulebook.calendar, now, subject(update, "merge")):
            return f"frozen by {held[0].name}"
        if not windows.is_open(effective(update.dependency, update.bump, rulebook).windows, now, site):
            return "outside its update windows"
    return _CHECKS.get(checks, "")

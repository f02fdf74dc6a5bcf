"""What is known of a proposal's change, for the gate: what it touches, what it fixes, whether it was verified.

Of what stands in the proposal itself nothing is believed: its title, labels and hidden metadata are anybody's to edit.
What counts is the commit, and what the history branch tells of exactly this commit; a fork can write neither.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Any

from maintainer import errors
from maintainer.cases import Case, Pushed
from maintainer.commands.gate_people import People
from maintainer.commands.gate_scene import Scene, of_commit
from maintainer.commands.outside import configured_managers
from maintainer.config.load import Config
from maintainer.config.validation import plain
from maintainer.model import Change, Update
from maintainer.policy import overrides
from maintainer.policy.calendar import Subject
from maintainer.policy.gate import Weighed
from maintainer.policy.rulebook import Phase
from maintainer.policy.rules import names
from maintainer.text import foreign
from maintainer.text.event import Event
from maintainer.text.globs import matcher
from maintainer.workspace.branched import Branched, branched

#: Rows of docs/history.md.
ASSESSED, VERIFIED = "assessed", "verified"
#: What verify goes by: verified under another is not verified.
WANTED = ("site", "environments", "verify")
#: Stands among the managers of a change for what none of them manages.
BY_HAND = "hand"
#: Of what can't be compared with the base.
UNKNOWN = Branched("", ())
#: Updates of one change that are told in a line of history.
MOST = 200


def digest(config: Config) -> str:
    """A name of all that says how the site is verified; freezes may change without it."""
    told = plain(config.tree)
    wanted = {key: told[key] for key in WANTED if key in told}
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def assessed(change: Change) -> Mapping[str, Any]:
    """What history is told of a change we pushed: each part as a calendar judges it."""
    return {"parts": [_part(update) for update in change.updates[:MOST]], "whole": len(change.updates) <= MOST}


def _part(update: Update) -> dict[str, Any]:
    dependency = update.dependency
    return {
        "file": dependency.file,
        "manager": dependency.manager,
        "names": list(names(dependency)),
        "severities": sorted({advisory.severity for advisory in update.advisories}),
    }


def _texts(part: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(one for one in foreign.array(part, key) if isinstance(one, str))


@dataclass
class Scales:
    """Weighs the cases of one scene; their `heads` have been fetched."""

    scene: Scene
    people: People
    heads: InitVar[Iterable[str]]
    _read: Mapping[str, Sequence[Event]] = field(init=False)
    _since: Mapping[str, Branched] = field(init=False)

    def __post_init__(self, heads: Iterable[str]) -> None:
        self._since = branched(self.scene.git, self.scene.base, heads)
        by_head: dict[str, list[Event]] = {}
        for event in self.scene.events:
            if event.at <= self.scene.context.now + overrides.SKEW:
                by_head.setdefault(event.head, []).append(event)
        self._read = by_head
        managers = configured_managers(self.scene.config)
        self._managers = {name: matcher(manager.FILES) for name, manager in managers.items()}
        self._wanted = digest(self.scene.config)

    def weigh(
        self,
        case: Case,
        what: Phase,
        pushed: Callable[[], Pushed | None],
        environment: str = "",
        frozen: str = "",
    ) -> Weighed:
        """All that is known of it. A head that isn't here, or has no common past with the base, is known nothing of."""
        fork, changed = self._since.get(case.head, UNKNOWN)
        return Weighed(
            subjects=tuple(self._subjects(case, what, changed, environment)),
            verify=self._verified(case, fork) if what == "merge" else "",
            approvals=self._approved(case, pushed) if what == "merge" else "",
            harmless=self._harmless(case, changed) if what == "merge" else "",
            frozen=frozen,
        )

    def _subjects(self, case: Case, what: Phase, changed: tuple[str, ...], environment: str) -> Iterator[Subject]:
        """Each part of a change that we pushed and nobody touched since; else the change as one."""
        known = self._last(ASSESSED, case)
        parts = list(foreign.tables(known.data, "parts")) if known and known.data.get("whole") is True else []
        for part in parts:
            severities, named = (_texts(part, key) for key in ("severities", "names"))
            yield Subject(what, severities, named, changed, (foreign.text(part, "manager"),), environment)
        if parts:
            return
        managers = tuple(name for name, wanted in self._managers.items() if any(map(wanted, changed)))
        yield Subject(what, (), (), changed, managers or ((BY_HAND,) if changed else ()), environment)

    def _last(self, kind: str, case: Case) -> Event | None:
        """The last of this kind about exactly this commit, as this proposal's head."""
        found = [one for one in self._read.get(case.head, ()) if one.kind == kind and one.proposal == case.number]
        return found[-1] if found else None

    def _verified(self, case: Case, fork: str) -> str:
        """Why what was verified isn't enough."""
        wanted = self.scene.config.settings.gate.verify
        nowhere = self.scene.local or self.scene.config.whole.environments.staging is None
        if wanted == "off" or (wanted == "auto" and nowhere):
            return ""
        short, last = case.head[:12], self._last(VERIFIED, case)
        if last is None:
            return f"verify has not looked at {short}: run `maintainer verify --post` for it"
        if not fork or last.data.get("base") != fork:
            return f"verify looked at {short} beside another commit than it is merged to: run it again"
        if last.data.get("wanted") != self._wanted:
            return f"{short} was verified by another configuration than the base branch has: rebase it, verify it again"
        if last.data.get("partial") is not False:
            return f"only some checks looked at {short} (--only or --skip): run verify without them"
        said = last.data.get("verdict")
        return "" if said == "pass" else f"verify says {foreign.text(last.data, 'verdict') or 'nothing'} of {short}"

    def _approved(self, case: Case, pushed: Callable[[], Pushed | None]) -> str:
        needed = self.scene.config.settings.gate.approvals
        if not needed:
            return ""
        lacking = needed - len(overrides.approved(case, pushed, self.people.writes))
        if lacking <= 0:
            return ""
        more = "approval" if lacking == 1 else "approvals"
        return f"{lacking} more {more} of {case.head[:12]} needed, by others who may write here"

    def _harmless(self, case: Case, changed: Sequence[str]) -> str:
        """Of a proposal that touches the configuration alone, and only adds freezes to it: that it does."""
        own = self.scene.config.file or "maintainer.yml"
        if list(changed) != [own] or self.scene.broken:
            return ""
        try:
            after = plain(of_commit(self.scene.context, self.scene.checkout, case.head).tree)
        except errors.MaintainerError:
            return ""
        before = dict(plain(self.scene.config.tree))
        was, now = before.pop("freeze", []), after.pop("freeze", [])
        added = [one for one in now if one not in was]
        kept = [one for one in now if one in was]
        return "it only adds a freeze" if added and kept == was and after == before else ""

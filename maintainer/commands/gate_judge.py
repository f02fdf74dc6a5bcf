"""Answers of the gate about one proposal after another, in one scene."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

from maintainer import errors
from maintainer.cases import Case, Pushed
from maintainer.commands.elsewhere import everywhere
from maintainer.commands.gate_people import People
from maintainer.commands.gate_scene import Scene
from maintainer.commands.gate_weigh import Scales
from maintainer.commands.gate_words import Told
from maintainer.policy import overrides
from maintainer.policy.gate import Answer, Gate, Weighed, judge
from maintainer.policy.overrides import Heard
from maintainer.policy.rulebook import Calendar, Phase
from maintainer.workspace.remote import Remote


class Judge:
    """Of these cases, whose heads it fetches; `what` may be done with them, of a deploy into `environment`."""

    def __init__(self, scene: Scene, cases: Sequence[Case], what: Phase = "merge", environment: str = "") -> None:
        self._scene, self._people = scene, People(scene)
        self._what, self._environment = what, environment
        if scene.remote and cases:
            _fetch(scene.remote, {scene.ref(case.number): case.head for case in cases})
        self._scales = Scales(scene, self._people, [case.head for case in cases])
        self._terms = scene.config.settings.gate.overrides.terms
        self.calendar = calendar(scene)
        self._gate = Gate(self.calendar, self._terms.passes)

    def of(self, weighed: Weighed, heard: Heard) -> Answer:
        """The answer about anything."""
        return judge(self._gate, self._scene.context.now, weighed, heard)

    def answer(self, case: Case, frozen: str = "") -> Answer:
        """The answer about a case now; `frozen` says of a freeze that no calendar has."""

        @cache
        def pushed() -> Pushed | None:
            return self._scene.cases.pushed(case)

        heard = Heard()
        if not self._scene.broken:
            heard = overrides.heard(case, self._terms, self._scene.context.now, pushed, self._people.refusal)
        return self.of(self._scales.weigh(case, self._what, pushed, self._environment, frozen), heard)

    def told(self, case: Case) -> Told:
        """About what is answered."""
        gate, now = self._scene.config.settings.gate, self._scene.context.now
        terms, who = (None, "") if self._scene.broken else (self._terms, self._people.named)
        return Told(
            self._what,
            now,
            self._scene.zone,
            self.calendar,
            ahead=gate.interval.delta,
            number=case.number,
            head=case.head,
            environment=self._environment,
            terms=terms,
            who=who,
        )


def _fetch(remote: Remote, heads: Mapping[str, str]) -> None:
    """All at once, else one by one: of a head that can't be had nothing is known."""
    try:
        remote.fetch(heads)
    except errors.OutsideError:
        for ref, commit in heads.items():
            with suppress(errors.OutsideError):
                remote.fetch({ref: commit})


def calendar(scene: Scene) -> Calendar:
    """All calendars as the base branch names them; closed altogether where its configuration can't be used."""
    if scene.broken:
        return Calendar(unreadable=(f"The configuration of {scene.branch} can't be used: {scene.broken}",))
    config = everywhere(scene.context, scene.config, scene.checkout.root, scene.files.read)
    return config.rulebook.calendar

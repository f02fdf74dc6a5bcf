"""What the gate let through by a person's word, kept: on the proposal, and in the site's history."""

from collections.abc import Iterator, Sequence

from maintainer import errors
from maintainer.cases import Case
from maintainer.commands import gate_words
from maintainer.commands.gate_scene import Scene
from maintainer.commands.gate_words import Told
from maintainer.policy.gate import Answer, Reason
from maintainer.text.event import Event
from maintainer.workspace.history import Read

#: Rows of docs/history.md.
OVERRIDDEN, ROLLED_BACK = "overridden", "rolled-back"
#: What the living comment is known by.
KEY = "gate"


def keep(scene: Scene, case: Case, answer: Answer) -> None:
    """Append the override that opens it, once: before anything opens by it. Raises `errors.MaintainerError`."""
    if not (answer.open and answer.override):
        return
    made = event(scene, case, answer)

    def missing(read: Read) -> Iterator[Event]:
        known = {(one.kind, one.proposal, one.head, one.data.get("by"), one.data.get("at")) for one in read.events}
        if (made.kind, made.proposal, made.head, made.data["by"], made.data["at"]) not in known:
            yield made

    scene.history.extend(missing, scene.context.now)


def tell(scene: Scene, case: Case, answer: Answer, told: Told) -> None:
    """Tell the proposal of the override, and of what doesn't count. Raises `errors.MaintainerError`."""
    if scene.board and (answer.override or answer.refused):
        scene.board.comment(case.number, KEY, gate_words.comment(answer, told))


def rolled_back(scene: Scene, head: str, environment: str, since: str, held: Answer) -> None:
    """Append that `head` went back into an environment while it was `held`; where that can't be kept it is said, and
    holds nothing up."""
    if held.open:
        return
    data = {"environment": environment[:200], "since": since, "passed": _named(held.reasons)}
    try:
        scene.history.append([Event(scene.context.now, scene.site, ROLLED_BACK, data, head)], scene.context.now)
    except errors.MaintainerError as error:
        scene.context.say(f"The rollback could not be recorded: {error}")


def event(scene: Scene, case: Case, answer: Answer) -> Event:
    """Who let what through, why, until when, and what it passed."""
    assert answer.override
    claim = answer.override.claim
    data = {
        "by": claim.by[:200],
        "how": claim.how[:200],
        "at": claim.at.isoformat(),
        "until": claim.until.isoformat(),
        "reason": claim.reason[:2000],
        "agreed": list(answer.override.agreed),
        "passed": _named(answer.passed),
        "title": case.title[:300],
    }
    return Event(scene.context.now, scene.site, OVERRIDDEN, data, case.head, case.number)


def _named(reasons: Sequence[Reason]) -> list[str]:
    return [one.closing.name[:500] if one.closing else one.sentence[:500] for one in reasons[:20]]

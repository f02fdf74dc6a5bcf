"""`maintainer gate`: whether a proposal may be merged or a commit deployed now, and the status that says so.

    gate                    the proposal of this CI job, or the one named by --number: exit code 0 open, 1 closed
    gate --all --post       every open proposal: what stands on it is posted anew where the answer changed
    gate --what deploy      this commit, into an environment

An exit code is the answer at this moment. A posted status stands until the next look, so it says open only where it
still will be then.
"""

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal, NamedTuple

from maintainer import errors
from maintainer.cases import GATE, Case
from maintainer.commands import gate_record, gate_words
from maintainer.commands.context import Context
from maintainer.commands.gate_deploy import deploys
from maintainer.commands.gate_judge import Judge
from maintainer.commands.gate_scene import Scene, open_scene
from maintainer.commands.gate_words import Told
from maintainer.commands.verify_deployments import event
from maintainer.platforms.base import Status
from maintainer.policy.gate import Answer, Reason, steady
from maintainer.text import foreign
from maintainer.text.inert import subject
from maintainer.writers import plan_text, sanitise

#: `refs/heads/gh-readonly-queue/main/pr-12-<commit>`: what a merge queue calls the group of a proposal.
#: https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group
_QUEUED = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-(\d+)-[0-9a-f]{40,64}")


def main(context: Context, args: argparse.Namespace) -> int:
    """Answer; exit code 1 for closed, 2 where the configuration can't be used (which is closed as well)."""
    scene = open_scene(context)
    if args.what == "deploy":
        return deploys(scene, args)
    if args.all:
        return _every(scene, post=args.post)
    number = args.number or _number(context.forge)
    if not number:
        raise errors.ConfigurationError("Which proposal? Give --number, or --all for every open one.")
    return _one(scene, number, post=args.post)


def _number(environment: Mapping[str, str]) -> int:
    """The proposal this CI job is for, 0 for none."""
    known = event(environment)
    stated = [
        foreign.text(known, "pull_request", "number"),
        foreign.text(known, "issue", "number") if foreign.table(known, "issue", "pull_request") else "",
        environment.get("CI_MERGE_REQUEST_IID", ""),
    ]
    queued = _QUEUED.fullmatch(foreign.text(known, "merge_group", "head_ref"))
    stated.append(queued[1] if queued else "")
    return next((int(one) for one in stated if one.isdecimal()), 0)


class Judged(NamedTuple):
    case: Case
    answer: Answer
    told: Told


def _one(scene: Scene, number: int, *, post: bool) -> int:
    case = scene.cases.case(number)
    if case.state != "open":
        raise errors.PolicyRefusal(f"#{number} is {case.state}: the gate is for open proposals. Reopen it.")
    if case.base != scene.branch:
        raise errors.PolicyRefusal(f"#{number} goes to {case.base}: the gate is for what goes to {scene.branch}.")
    queued = foreign.text(event(scene.context.forge), "merge_group", "head_sha", limit=64)
    cases = [case]
    if post and not queued:
        cases += [one for one in scene.cases.open() if one.head == case.head and one.number != number]
    judge = Judge(scene, cases)
    found = [Judged(one, judge.answer(one), judge.told(one)) for one in cases]
    first = found[0]
    if queued:
        # A queue asks at the moment it merges: its answer is for now.
        found = [first := first._replace(told=replace(first.told, ahead=timedelta()))]
    gate_record.keep(scene, case, first.answer)
    if post and scene.board:
        state, sentence = _verdict(first, found)
        for status in dict.fromkeys(_status(one.case, queued or case.head, state, sentence) for one in found):
            scene.board.status(status)
        gate_record.tell(scene, case, first.answer, first.told)
    scene.context.out.write(gate_words.text(first.answer, first.told, scene.context.format))
    return 2 if scene.broken else 0 if first.answer.open else 1


def _every(scene: Scene, *, post: bool) -> int:
    """Those that close go first: what is open a moment too long is worse than what is shut so."""
    cases = scene.cases.open()
    judge = Judge(scene, cases)
    codes = [2 if scene.broken else 0]
    found = [_judged(scene, judge, case, codes) for case in cases]
    verdicts = [(one, *_verdict(one, found)) for one in found]
    posted: set[Status] = set()
    for one, state, sentence in sorted(verdicts, key=lambda verdict: verdict[1] == "success"):
        if not post or scene.board is None:
            break
        case, answer, told = one
        try:
            gate_record.keep(scene, case, answer)
        except errors.MaintainerError as error:
            state, sentence = "failure", f"closed: its override could not be recorded: {error}"
            codes.append(error.exit_code)
        try:
            status = _status(case, case.head, state, sentence, anew=case.told is not None)
            if not _stands(case, state, sentence) and status not in posted:
                posted.add(status)
                scene.board.status(status)
            gate_record.tell(scene, case, answer, told)
        except errors.MaintainerError as error:
            scene.context.say(f"#{case.number}: its gate could not be posted: {error}")
            # GitLab takes no status of a commit that only a fork has. A stranger's proposal fails no run of ours.
            codes += [] if case.fork and isinstance(error, errors.NotFound) else [error.exit_code]
    _show(scene.context, found)
    return errors.worst(set(codes))


def _judged(scene: Scene, judge: Judge, case: Case, codes: list[int]) -> Judged:
    """One of many: what can't be told of it closes it alone."""
    try:
        answer = judge.answer(case)
    except errors.OutsideError as error:
        scene.context.say(f"#{case.number} could not be judged: {error}")
        codes.append(error.exit_code)
        answer = Answer((Reason("calendar", f"it could not be judged: {error}"),))
    return Judged(case, answer, judge.told(case))


def _verdict(one: Judged, among: Sequence[Judged]) -> tuple[Literal["success", "failure"], str]:
    """What is posted of it. A commit has one verdict, whatever has it as its head: it is open where all of them are,
    and says the same of each."""
    alike = sorted((other for other in among if other.case.head == one.case.head), key=lambda other: other.case.number)
    shut = next((other for other in alike if _state(other.answer, other.told) == "failure"), None)
    if shut is None:
        return "success", gate_words.line(alike[0].answer, alike[0].told)
    sentence = gate_words.line(shut.answer, shut.told)
    return "failure", sentence if len(alike) == 1 else f"closed: #{shut.case.number} has the same commit. {sentence}"


def _status(
    case: Case, commit: str, state: Literal["success", "failure"], sentence: str, *, anew: bool = False
) -> Status:
    """It goes where the forge looks when it merges this proposal."""
    branch = "" if case.fork else case.branch
    return Status(commit, GATE, state, sentence, anew=anew, pipeline=case.pipeline, branch=branch)


def _state(answer: Answer, told: Told) -> Literal["success", "failure"]:
    return "success" if steady(answer, told.now, told.ahead) else "failure"


def _stands(case: Case, state: str, sentence: str) -> bool:
    """Whether what is posted says so already; forges cut a sentence."""
    said = case.told
    return (
        said is not None and said.state == state and bool(said.sentence) and subject(sentence).startswith(said.sentence)
    )


def _show(context: Context, answers: Sequence[Judged]) -> None:
    """All of them, a row each."""
    rows = [
        (f"#{case.number}", "open" if answer.open else "closed", case.title, gate_words.line(answer, told))
        for case, answer, told in answers
    ]
    match context.format:
        case "json":
            found = [gate_words.document(answer, told) for _, answer, told in answers]
            context.out.write(json.dumps({"schema": 1, "proposals": found}) + "\n")
            return
        case "markdown":
            context.out.write("| | | proposal | gate |\n|---|---|---|---|\n")
            context.out.writelines(f"| {' | '.join(map(sanitise.line, row))} |\n" for row in rows)
        case "text":
            context.out.write(plan_text.table(rows, width=context.width, colour=context.colour))
    context.say(f"{len(rows)} open proposals, {sum(answer.open for _, answer, _ in answers)} may be merged now.")

"""`maintainer gate --what deploy`: whether this commit may go into an environment now.

What is deployed is all that came since the commit that runs there (`--since`): it is exempt, or overridden, only where
each change of it is. Without `--since` nothing is known of it, and only the calendar speaks.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace

from maintainer import errors
from maintainer.cases import Case
from maintainer.commands import gate_record, gate_words
from maintainer.commands.gate_judge import Judge
from maintainer.commands.gate_scene import Scene
from maintainer.commands.gate_words import Told
from maintainer.policy.calendar import Subject
from maintainer.policy.gate import Answer, Weighed
from maintainer.policy.overrides import Heard

#: More changes than this at once are looked at as one.
MOST = 50


def deploys(scene: Scene, args: argparse.Namespace) -> int:
    """Answer; exit code 1 for closed, 2 where that is so because the configuration can't be used."""
    git, environment = scene.git, args.environment or ""
    head = git.head()
    since = git.commit(args.since) if args.since else None
    if args.since and since is None:
        raise errors.ConfigurationError(f"--since: {args.since} is no commit here. Fetch it, or leave --since out.")
    if args.rollback and since and not git.is_ancestor(head, since):
        raise errors.PolicyRefusal(
            f"{head[:12]} is no rollback from {since[:12]}: it holds commits that did not run there. Deploy what ran "
            "before, or leave --rollback out."
        )
    if args.rollback:
        answer, told = _rolled_back(scene, head, since, environment)
    else:
        answer, told = answered(scene, head, since, environment)
    context = scene.context
    context.out.write(gate_words.text(answer, told, context.format))
    if answer.open:
        # A rollback, which nothing holds.
        if scene.broken:
            context.say(f"The configuration of {scene.branch} can't be used: {scene.broken}")
        return 0
    return 2 if scene.broken else 1


def answered(scene: Scene, head: str, since: str | None, environment: str) -> tuple[Answer, Told]:
    """Whether a commit may go into an environment, and about what that is said; an override that opens it is kept.

    `since` is the commit that runs there.
    """
    frozen = _frozen_by_gitlab(scene)
    cases = _brought(scene, since, head) if since else ()
    judge = Judge(scene, cases, what="deploy", environment=environment)
    answer = judge.of(Weighed((_whole(scene, head, since, environment),), frozen=frozen), Heard())
    if not answer.open and cases:
        answer = _each(scene, judge, cases, frozen) or answer
    return answer, _told(scene, judge, head, environment)


def _rolled_back(scene: Scene, head: str, since: str | None, environment: str) -> tuple[Answer, Told]:
    """The answer about going back, which nothing holds; where all else would be held, it is recorded."""
    judge = Judge(scene, (), what="deploy", environment=environment)
    whole = _whole(scene, head, since, environment)
    held = judge.of(Weighed((whole,), frozen=_frozen_by_gitlab(scene)), Heard())
    gate_record.rolled_back(scene, head, environment, since or "", held)
    answer = judge.of(Weighed((replace(whole, rollback=True),)), Heard())
    return answer, _told(scene, judge, head, environment)


def _whole(scene: Scene, head: str, since: str | None, environment: str) -> Subject:
    changed = scene.git.changed_files(since, head) if since else ()
    return Subject("deploy", paths=tuple(changed), environment=environment)


def _told(scene: Scene, judge: Judge, head: str, environment: str) -> Told:
    return Told("deploy", scene.context.now, scene.zone, judge.calendar, head=head, environment=environment)


def _brought(scene: Scene, since: str, head: str) -> Sequence[Case]:
    """The proposals that brought all of it; none where a commit came without one, or they are many."""
    rows = scene.git.run("rev-list", "--first-parent", f"--max-count={MOST + 1}", f"{since}..{head}").text.split()
    if not rows or len(rows) > MOST:
        return ()
    found: dict[int, Case] = {}
    for commit in rows:
        brought = scene.cases.of(commit)
        if not brought:
            return ()
        found |= {case.number: case for case in brought}
    return tuple(found.values())


def _each(scene: Scene, judge: Judge, cases: Sequence[Case], frozen: str) -> Answer | None:
    """The answer where every change of it may go: exempt by itself, or by an override, which is recorded."""
    answers = [(case, judge.answer(case, frozen)) for case in cases]
    if not all(answer.open for _, answer in answers):
        return None
    for case, answer in answers:
        gate_record.keep(scene, case, answer)
    return next((answer for _, answer in answers if answer.override), answers[0][1])


def _frozen_by_gitlab(scene: Scene) -> str:
    """https://docs.gitlab.com/ci/variables/predefined_variables/: CI_DEPLOY_FREEZE is there during a freeze alone.

    Where GitLab's freezes are among the calendars they are known better, with what is exempt.
    """
    asked = any(one.gitlab for one in scene.config.settings.calendars)
    if asked or not scene.context.environment.get("CI_DEPLOY_FREEZE"):
        return ""
    return "GitLab's own deploy freeze holds (CI_DEPLOY_FREEZE): see Settings, CI/CD, Deploy freezes"

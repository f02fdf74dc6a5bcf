"""Runs of the gate by the clock: when something fails in the middle, and that no status blocks or lets through for
longer than until the next run; and what a merge queue and a merge train are told, to the second."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.forge_trouble import ALWAYS
from tests.commands.gate_calendar import EMERGENCY, local
from tests.commands.gate_stage import guarded
from tests.commands.gate_week import INTERVAL, NAME, Week, said, week
from tests.commands.stage import FORGES, Forge
from tests.forges.github_faults import primary_limit, secondary_limit, unavailable
from tests.forges.github_people import Person as GithubPerson
from tests.forges.gitlab import throttled
from tests.forges.server import Failing
from tests.loopback import Reply

SECOND = timedelta(seconds=1)
#: The weekend's freeze begins, Friday afternoon.
WEEKEND = local("10-29 15:00")
POSTED = r"/check-runs$|/statuses/[0-9a-f]{40}$"
GRAVE = frozenset({"high"})


@contextmanager
def site(forge: Forge, folder: Path, count: int, since: str = "10-29 13:00") -> Iterator[Week]:
    """So many proposals of the shop, verified and known to the gate."""
    with week(forge, folder, 0, local(since)) as seen:
        for at in range(count):
            seen.propose(f"change-{at}", "shop")
        seen.written()
        yield seen


def posted(seen: Week) -> list[tuple[str, str]]:
    """Each status of ours ever posted, in order: its commit and what it says."""
    if seen.github:
        return [(one.sha, str(one.conclusion)) for one in seen.site.forge.repository().checks if one.name == NAME]
    stated = {"failed": "failure"}
    known = seen.site.forge.project().statuses
    return [(one.sha, stated.get(one.state, one.state)) for one in known if one.name == NAME]


def limited(forge: Forge) -> Reply:
    """For an hour by the real clock, which is what PyGithub waits by."""
    return primary_limit(int(datetime.now(UTC).timestamp()) + 3600) if forge == "github" else throttled(3600)


TROUBLES: dict[str, Callable[[Forge], Reply | Failing]] = {
    "503": lambda _: unavailable(503),
    "reset": lambda _: "reset",
    "limit": limited,
}


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_failure_in_the_middle_of_posting_is_told_and_mended(tmp_path: Path, forge: Forge, trouble: str) -> None:
    with site(forge, tmp_path, 6) as seen:
        seen.look(local("10-29 14:00"))
        # From now on these are open, and the others close ahead.
        fixes = [seen.propose(f"fix-{at}", "shop", fixes=GRAVE, package=f"acme-{at}") for at in range(3)]
        seen.written()
        before, forge_ = len(posted(seen)), seen.site.forge
        forge_.fault("POST", POSTED, TROUBLES[trouble](forge), times=ALWAYS, after=4)
        forge_.now = local("10-29 14:40")
        code, out, err = seen.site.maintainer("gate", "--all", "--post", now=local("10-29 14:40"), expected=None)
        assert code == 3, (out, err)
        assert [state for _, state in posted(seen)[before:]] == ["failure"] * 4
        lacking = [number for number, one in seen.world.proposals.items() if f"#{number}: its gate could not" in err]
        assert len(lacking) == 5 and set(fixes) <= set(lacking), err
        forge_._faults.clear()
        before = len(posted(seen))
        seen.look(local("10-29 14:48"))
        assert seen.wrong == []
        heads = {seen.world.proposals[number].head for number in lacking}
        assert {head for head, _ in posted(seen)[before:]} == heads and len(posted(seen)) == before + len(lacking)
        assert [state for _, state in posted(seen)[before:]] == ["failure"] * 2 + ["success"] * 3
        before = len(posted(seen))
        seen.look(local("10-29 14:55"))
        assert len(posted(seen)) == before


@pytest.mark.parametrize("forge", FORGES)
def test_a_limit_that_passes_is_waited_for(tmp_path: Path, forge: Forge) -> None:
    with site(forge, tmp_path, 4) as seen:
        seen.site.forge.fault("POST", POSTED, secondary_limit(1) if forge == "github" else throttled(1), after=1)
        seen.look(local("10-29 14:00"))
        assert seen.wrong == []


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_after_a_kill_the_next_run_posts_what_lacks(tmp_path: Path, forge: Forge, done: bool) -> None:
    with site(forge, tmp_path, 5) as seen:
        count, pid = 0, 0

        def kill(_: str) -> None:
            nonlocal count
            count += 1
            if count == 3:
                os.kill(pid, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

        seen.site.check_out()
        setattr(seen.site.forge, "after_write" if done else "before_write", kill)
        pid = os.fork()
        if pid == 0:
            try:
                seen.site.here.maintainer("gate", "--all", "--post", now=local("10-29 14:00"))
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        setattr(seen.site.forge, "after_write" if done else "before_write", lambda _: None)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        before = posted(seen)
        assert 2 <= len(before) <= 3
        seen.look(local("10-29 14:10"))
        assert seen.wrong == []
        assert len(posted(seen)) == 5 and {head for head, _ in posted(seen)} == set(said(seen.site))


@pytest.mark.parametrize("forge", FORGES)
def test_what_changed_is_told_by_the_next_run(tmp_path: Path, forge: Forge) -> None:
    """A freeze by a commit, lifted by another; a verdict of verify; a label; an override that ends, ahead."""
    with site(forge, tmp_path, 2, since="10-28 16:00") as seen:
        one, other = sorted(seen.world.proposals)

        def states() -> tuple[str, str]:
            return seen.said[seen.world.proposals[one].head], seen.said[seen.world.proposals[other].head]

        at = local("10-28 17:05")

        def look(minutes: int = 15) -> tuple[str, str]:
            nonlocal at
            at += timedelta(minutes=minutes)
            seen.look(at)
            assert seen.wrong == []
            return states()

        failure = "failure" if seen.github else "failed"
        assert look() == ("success", "success")
        frozen = seen.configuration.replace("windows:", EMERGENCY)
        seen.happens(at, lambda seen: seen.configure(frozen, emergency=True))
        assert look() == (failure, failure)
        seen.happens(at, lambda seen: seen.label(one))
        assert look() == ("success", failure)
        seen.happens(at, lambda seen: seen.unlabel(one))
        assert look() == (failure, failure)
        seen.happens(at, lambda seen: seen.configure())
        assert look() == ("success", "success")
        seen.happens(at, lambda seen: seen.push(one))
        assert seen.world.proposals[one].head not in seen.said
        assert look() == (failure, "success")
        seen.happens(at, lambda seen: seen.verify(one))
        assert look() == ("success", "success")
        seen.happens(at, lambda seen: seen.configure(frozen, emergency=True))
        seen.happens(at, lambda seen: seen.override(other, 1))
        ends = seen.world.proposals[other].overrides[0][1]
        assert look() == (failure, "success")
        assert look(14) == (failure, "success")
        assert at + INTERVAL < ends
        assert look() == (failure, failure)
        assert at < ends


@pytest.mark.parametrize("forge", FORGES)
def test_a_commit_of_two_proposals_is_told_once(tmp_path: Path, forge: Forge) -> None:
    """Each says the same of it, so that neither has it posted anew. GitLab looks at a pipeline of each."""
    places = 1 if forge == "github" else 2
    with site(forge, tmp_path, 1) as seen:
        (number,) = seen.world.proposals
        head = seen.world.proposals[number].head
        who = seen.person("ada")
        who.point("zz-other", head)
        other = who.open_pull("zz-other") if isinstance(who, GithubPerson) else who.open("zz-other").iid
        for minute in (20, 30, 40):
            seen.site.forge.now = now = local(f"10-29 13:{minute}")
            seen.site.maintainer("gate", "--all", "--post", now=now)
            assert posted(seen) == [(head, "failure")] * places
        # The other is verified too.
        seen.world = replace(seen.world, proposals={other: replace(seen.world.proposals[number], number=other)})
        seen.happens(local("10-29 13:45"), lambda seen: seen.verify(other))
        for minute in (50, 55):
            seen.site.maintainer("gate", "--all", "--post", now=local(f"10-29 13:{minute}"))
            assert posted(seen) == [(head, "failure")] * places + [(head, "success")] * places


def asked(seen: Week, now: datetime, *argv: str, **environment: str) -> tuple[int, Any]:
    """The answer of a job of CI's."""
    before = dict(seen.site.here.environment)
    seen.site.here.environment |= environment
    seen.site.forge.now = now
    code, out, err = seen.site.here.maintainer("gate", "--format", "json", *argv, now=now)
    seen.site.here.environment.clear()
    seen.site.here.environment |= before
    assert out, err
    return code, json.loads(out)


TURNS = (
    (WEEKEND - SECOND, True),
    (WEEKEND, False),
    (WEEKEND + SECOND, False),
    (local("11-01 08:00") - SECOND, False),
    (local("11-01 08:00"), True),
)


def test_a_merge_queue_is_told_what_holds_at_that_second(tmp_path: Path) -> None:
    """Whatever stands on the pull request; and the group's own commit gets it as a status."""
    with site("github", tmp_path, 2) as seen:
        number, one = max(seen.world.proposals.items())
        seen.look(local("10-29 13:30"))
        seen.site.check_out()
        event = tmp_path / "event.json"
        for at, opens in TURNS:
            branch = f"gh-readonly-queue/main/pr-{number}-{one.head}"
            group = seen.person("ada").push(branch, {"queued.txt": f"{at}"})
            event.write_text(json.dumps({"merge_group": {"head_ref": f"refs/heads/{branch}", "head_sha": group}}))
            code, told = asked(seen, at, "--post", GITHUB_EVENT_PATH=str(event))
            assert (code, told["open"], told["proposal"]) == (0 if opens else 1, opens, number), at
            assert said(seen.site)[group] == ("success" if opens else "failure"), at
            assert said(seen.site)[one.head] == "success"


@pytest.mark.parametrize("every", [False, True], ids=["one", "all"])
def test_each_merge_request_with_one_head_is_told_where_gitlab_looks(tmp_path: Path, every: bool) -> None:
    with guarded("gitlab", tmp_path) as there:
        there.person("bot").point("b", there.pushed("a"))
        first, second = there.opened("a"), there.opened("b")
        there.person("ada").run(second, "success")
        there.gate(*(("--all",) if every else ("--number", str(first))), "--post")
        project = there.forge.project()
        looked_at = [project.head_pipeline(project.merge_request(number)) for number in (first, second)]
        told = {one.pipeline.id: (one.name, one.state) for one in project.statuses}
        assert told == {one.id: (NAME, "failed") for one in looked_at} and len(told) == 2
        assert [one.status for one in looked_at] == ["failed", "failed"]
        assert there.looks() == 0 and len(project.statuses) == 2, "and not again"


def test_a_merge_train_is_told_what_holds_at_that_second(tmp_path: Path) -> None:
    with site("gitlab", tmp_path, 2) as seen:
        number = max(seen.world.proposals)
        for stands in (local("10-29 13:30"), local("10-29 14:50")):
            seen.look(stands)
            seen.site.check_out()
            train = {"CI_MERGE_REQUEST_IID": str(number), "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}
            for at, opens in TURNS:
                code, told = asked(seen, at, **train)
                assert (code, told["open"], told["proposal"]) == (0 if opens else 1, opens, number), at

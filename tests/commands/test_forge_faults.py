"""Whatever a forge answers to any of our requests: it is got over, or a sentence says it and the next run goes on."""

import re
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from maintainer.commands import outside
from maintainer.http import Http
from tests.commands.forge_ends import bare, differences, settled
from tests.commands.forge_scene import Scene, Story, fresh, manifest, run, scene
from tests.commands.forge_stories import CHECKED, FIRST, HEEDED, PARTED, RENEWED, SETTLED
from tests.commands.forge_trouble import Trouble, expired, kinds, troubles
from tests.commands.site import packument
from tests.commands.stage import FORGES, Forge, Stage, stage
from tests.forges.server import Asked, Fault
from tests.loopback import Reply, Request

#: In `make test` every so many-th fault is tried; `make bench` takes each in turn.
STRIDE = 37
#: Seconds a forge may be silent where an answer comes late, and how late it comes.
SILENCE, LATE = 2.0, 4.0

#: How a run says that something of a proposal was left out.
LEFT_OUT = (
    "left out of reviewers", "was not asked to review", "was assigned to nobody", "was not assigned to",
    "the milestone", "is not heeded",
)  # fmt: skip

SITES: dict[str, tuple[Story, ...]] = {"first": (FIRST,), "later": (RENEWED, PARTED, HEEDED, SETTLED, CHECKED)}

Kind = tuple[str, str]


def hurried(silence: float) -> None:
    """Let this process wait for nothing: a fork's own, so nothing has to be put back."""
    pytest.MonkeyPatch().setattr(outside, "Http", partial(Http, sleep=lambda seconds: None, seconds=silence))


def asked_for(site: Stage) -> tuple[list[Asked], dict[str, Any]]:
    """The requests of an undisturbed run, and what is there then."""
    site.forge.requests.clear()
    code, out, err = run(site)
    assert code == 0, (out, err)
    return list(site.forge.requests), settled(site.state())


def struck(site: Stage, kind: Kind, trouble: Trouble, expected: dict[str, Any]) -> tuple[str, list[str]]:
    """Run while requests of this kind go wrong, then again undisturbed: whether it was got over, and what is wrong."""
    hurried(SILENCE if trouble.what == "slow" else 20)
    if trouble.wide:
        _from_then_on(site, kind)
    else:
        site.forge.fault(*kind, trouble.what, times=trouble.times, seconds=LATE)
    fresh(site)
    code, out, err = site.maintainer("run", expected=None)
    said = out + err
    site.forge._faults.clear()
    if trouble.what == "slow":  # what came late is done before the next run: nothing could tell it from undone
        time.sleep(LATE)
    wrong = list(_unfit(site, code, said))
    # What a forge leaves out of a proposal that stands is said, and asked for once.
    alike = bare if any(words in said for words in LEFT_OUT) else dict
    got_over = not differences(alike(settled(site.state())), alike(expected))
    if code == 0 and not got_over and alike is dict and "can't merge itself" not in said:
        wrong.append(f"nothing was said of it, and it was not got over: {said}")
    if not got_over:
        code, out, err = run(site, 10)
        wrong += [] if code == 0 else [f"the next run ends with {code}: {out}{err}"]
        wrong += differences(alike(settled(site.state())), alike(expected))
    return ("got over" if got_over and code == 0 else "said"), [*wrong, *([] if not wrong else [said])]


def _from_then_on(site: Stage, kind: Kind) -> None:
    """The token is refused from the first request of the kind on, until the faults are cleared."""
    answer, (method, pattern) = site.forge._failing, kind
    path = re.compile(pattern)
    site.forge.fault(*kind, "reset", times=0)

    def failing(request: Request) -> Fault | None:
        where = f"{request.path}?{request.query}" if request.query else request.path
        begun = bool(site.forge.requests) and site.forge.requests[-1].status == 401
        if site.forge._faults and (begun or (request.method == method and path.search(where))):
            refused = expired(site.kind, ".git/" in request.path)
            return Fault(method, path, refused, 1, 0, 0)
        found: Fault | None = answer(request)
        return found

    site.forge._failing = failing


def _unfit(site: Stage, code: int, said: str) -> Iterator[str]:
    if code not in (0, 3):
        yield f"ends with {code}"
    if "Traceback" in said or "bug in maintainer" in said:
        yield "is a bug"
    if site.here.environment["MAINTAINER_TOKEN"] in said:
        yield "tells the token"
    if code and not any(word in said for word in ("127.0.0.1", "GitHub", "GitLab")):
        yield "doesn't say where"


def trials(moment: Scene, forge: Forge, stride: int, offset: int) -> dict[str, int]:
    requests, expected = moment.tried(lambda: asked_for(moment.site))
    every = [
        (kind, name, trouble) for kind, one in kinds(requests).items() for name, trouble in troubles(forge, one).items()
    ]
    wrong, counted = [], {"kinds of requests": len(kinds(requests)), "faults": 0, "got over": 0, "said": 0}
    for kind, name, trouble in every[offset::stride]:
        try:
            how, found = moment.tried(lambda kind=kind, trouble=trouble: struck(moment.site, kind, trouble, expected))  # type: ignore[misc]
        except AssertionError as error:
            how, found = "said", [str(error)]
        counted["faults"] += 1
        counted[how] += 1
        if found:
            wrong.append(f"{name} for {' '.join(kind)}: " + "\n    ".join(found))
    assert not wrong, f"{len(wrong)} of {counted['faults']}:\n" + "\n".join(wrong)
    return counted


@pytest.mark.parametrize("forge", FORGES)
def test_what_goes_wrong_is_got_over_or_said(tmp_path: Path, forge: Forge) -> None:
    with scene(forge, tmp_path, *SITES["first"]) as moment:
        assert trials(moment, forge, STRIDE, STRIDE // 2)["faults"]


@pytest.mark.bench
@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("forge", FORGES)
def test_whatever_goes_wrong_at_any_request_is_got_over_or_said(tmp_path: Path, forge: Forge, site: str) -> None:
    with scene(forge, tmp_path, *SITES[site]) as moment:
        counted = trials(moment, forge, 1, 0)
    print(f"\n{forge}, {site}: {counted}")


@pytest.mark.parametrize("forge", FORGES)
def test_nothing_is_believed_deleted_because_something_answers_in_the_forges_place(
    tmp_path: Path, forge: Forge
) -> None:
    with stage(forge, tmp_path, {"a/package.json": manifest("a")}) as site:
        site.here.server.answers["/a"] = packument("a", "1.0.0", "1.1.0")
        site.maintainer("run")
        before = settled(site.state())
        page = Reply(200, "<html><body>Please log in.</body></html>", {"Content-Type": "text/html"})
        site.forge.fault("GET", "info/refs", page, times=2)
        _, out, err = site.maintainer("run", expected=3)
        assert "shows no branch main" in out + err
        assert settled(site.state()) == before


@pytest.mark.parametrize("forge", FORGES)
def test_a_proposal_stands_until_its_successor_does(tmp_path: Path, forge: Forge) -> None:
    def unopened() -> tuple[str, str, list[str]]:
        path = "/pulls$" if forge == "github" else "/merge_requests$"
        moment.site.forge.fault("POST", path, Reply(500, {"message": "Internal Server Error"}), times=2)
        number = moment.number("pair")
        run(moment.site)
        before = moment.state(number)
        run(moment.site, 10)
        return before, moment.state(number), differences(settled(moment.site.state()), expected)

    with scene(forge, tmp_path, PARTED) as moment:
        _, expected = moment.tried(lambda: asked_for(moment.site))
        before, after, wrong = moment.tried(unopened)
    assert before.startswith("open")
    assert after == "closed"
    assert not wrong

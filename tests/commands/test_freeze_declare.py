"""`freeze declare` and `lift`: one proposal that changes the calendar alone, on every platform and in place."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from maintainer.config.load import load
from tests.commands.calendar_site import NOW, Asked, configured
from tests.commands.site import FILES, Site, site
from tests.commands.stage import FORGES, Stage, stage

CONFIGURED = b"""\
# ours
extends: [ecommerce]
site: {timezone: Europe/Warsaw}
freeze: # what pays the bills
  - name: Black Week   # the big one
    from: 2026-11-23
    to: 2026-11-30
    lead: 72h

  # and every week
  - name: Fridays
    hours: fri 15:00-24:00
updates:
  limits: {per_run: 3}
"""
BLACK_WEEK = b"""\
  - name: Black Week   # the big one
    from: 2026-11-23
    to: 2026-11-30
    lead: 72h
"""
EMERGENCY = b"""\
  - name: Payment outage
    from: 2026-11-21T09:00
    to: 2026-11-22T09:00
    reason: 'Przelewy24 answers late: no deploys.'
"""
DECLARE = ("freeze", "declare", "Payment outage", "--reason", "Przelewy24 answers late: no deploys.")
OURS = {**FILES, "maintainer.yml": CONFIGURED}


@pytest.fixture(params=FORGES)
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with stage(request.param, tmp_path, OURS) as made:
        yield made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, OURS) as made:
        yield made


def proposals(made: Stage) -> list[dict[str, Any]]:
    state = made.state()
    listed: list[dict[str, Any]] = state["pulls"] if made.kind == "github" else state["merge_requests"]
    return listed


def branch(made: Site, verb: str = "") -> str:
    (found,) = made.git(
        "for-each-ref", "--format=%(refname:short)", f"refs/heads/maintainer/freeze--{verb}*"
    ).text.split()
    return found


# on a forge


def test_an_emergency_is_one_command_and_one_proposal(forge: Stage) -> None:
    assert "opened #1 Declare the freeze Payment outage" in forge.maintainer(*DECLARE)[1]
    (proposal,) = proposals(forge)
    body = proposal["body" if forge.kind == "github" else "description"]
    assert "from Sat 21 Nov 09:00 to Sun 22 Nov 09:00 (Europe/Warsaw)" in body
    assert "Przelewy24 answers late" in body and "holds once this is merged" in body
    (made,) = [name for name in forge.repository.branches() if name.startswith("maintainer/freeze--")]
    text = forge.repository.read(f"refs/heads/{made}", "maintainer.yml")
    assert text == CONFIGURED.replace(b"updates:\n", EMERGENCY + b"updates:\n")
    ours, theirs = (forge.repository.files(f"refs/heads/{name}") for name in (made, "main"))
    assert {path for path in ours if ours[path] != theirs.get(path)} == {"maintainer.yml"} and set(ours) == set(theirs)


def test_done_twice_is_done_once_and_runs_leave_it_alone(forge: Stage) -> None:
    forge.maintainer(*DECLARE)
    before = forge.state()
    assert "proposes it already" in forge.maintainer(*DECLARE, now=NOW + timedelta(hours=2))[1]
    assert (
        forge.state()["pulls" if forge.kind == "github" else "merge_requests"]
        == before["pulls" if forge.kind == "github" else "merge_requests"]
    )
    forge.maintainer("run", expected=None)
    forge.maintainer("run", expected=None)
    assert proposals(forge)[0]["state"] in ("open", "opened")
    forge.person().merge(1)
    assert "is declared already, until Sun 22 Nov 09:00" in forge.maintainer(*DECLARE)[1]


def test_other_times_renew_it_and_a_persons_word_holds(forge: Stage) -> None:
    forge.maintainer(*DECLARE)
    assert "refreshed #1" in forge.maintainer(*DECLARE, "--for", "4h")[1]
    (made,) = [name for name in forge.repository.branches() if name.startswith("maintainer/freeze--")]
    assert b"to: 2026-11-21T13:00\n" in (forge.repository.read(f"refs/heads/{made}", "maintainer.yml") or b"")
    forge.person().push(made, {"maintainer.yml": "extends: [ecommerce]\n"})
    assert "theirs" in forge.maintainer(*DECLARE, "--for", "8h")[1]
    assert forge.repository.read(f"refs/heads/{made}", "maintainer.yml") == b"extends: [ecommerce]\n"


def test_who_closes_one_and_asks_again_wants_it_again(forge: Stage) -> None:
    forge.maintainer(*DECLARE)
    forge.person().close(1)
    assert "opened #2" in forge.maintainer(*DECLARE)[1]


def test_a_lift_is_a_proposal_too(forge: Stage) -> None:
    assert "opened #1 Lift the freeze Black Week" in forge.maintainer("freeze", "lift", "Black Week")[1]
    (made,) = [name for name in forge.repository.branches() if name.startswith("maintainer/freeze--lift--")]
    assert forge.repository.read(f"refs/heads/{made}", "maintainer.yml") == CONFIGURED.replace(BLACK_WEEK, b"")
    body = proposals(forge)[0]["body" if forge.kind == "github" else "description"]
    assert "needs an override" in body
    assert "is up to date" in forge.maintainer("freeze", "lift", "Black Week")[1]


# in a repository without a forge


def test_without_a_forge_it_is_a_branch_from_what_is_committed(here: Site) -> None:
    (here.root / "maintainer.yml").write_bytes(CONFIGURED + b"# not committed\n")
    code, out, err = here.maintainer(*DECLARE)
    assert (code, err) == (0, "")
    assert f"Merge it with: git merge {branch(here)}." in out
    assert here.git("show", f"{branch(here)}:maintainer.yml").out == CONFIGURED.replace(
        b"updates:\n", EMERGENCY + b"updates:\n"
    )
    assert "Declare the freeze Payment outage" in here.maintainer("proposals", "list")[1]
    here.git("checkout", "--quiet", "maintainer.yml")
    here.git("merge", "--quiet", branch(here))
    found = json.loads(here.maintainer("freeze", "status", "--format", "json")[1])
    assert [one["name"] for one in found["phases"][2]["held_by"]] == ["Black Week", "Payment outage"]


def test_what_is_only_proposed_is_closed_not_lifted(here: Site) -> None:
    here.maintainer(*DECLARE)
    code, _, err = here.maintainer("freeze", "lift", "Payment outage")
    assert code == 2 and "only proposed so far: close #1" in err


def test_a_run_leaves_it_alone(here: Site) -> None:
    here.maintainer(*DECLARE)
    before = here.git("rev-parse", branch(here)).text
    assert here.maintainer("run")[0] == 0
    assert here.git("rev-parse", branch(here)).text == before


@pytest.mark.parametrize(
    "name",
    ["../../main", "-rf", "a..b", "x.lock", "@{u}", "żółć", "🦆", "a b\tc", "HEAD", "lift--x", "a" * 100, "$(id)"],
)
def test_a_name_is_no_part_of_a_command_or_a_path(here: Site, name: str) -> None:
    code, out, err = here.maintainer("freeze", "declare", "--for", "1h", "--", name)
    assert (code, err) == (0, ""), out
    assert here.git("show", f"{branch(here)}:maintainer.yml").text.count("name: ") == 3
    assert [
        one.split("/")[0] for one in here.git("for-each-ref", "--format=%(refname:short)", "refs/heads").text.split()
    ] == [
        "main",
        "maintainer",
    ]


@pytest.mark.parametrize("name", ["", "  ", "a\x1b[31m", "a" * 101, "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(here: Site, name: str) -> None:
    assert here.maintainer("freeze", "declare", name)[0] == 2


def test_names_that_look_alike_have_branches_of_their_own(here: Site) -> None:
    for name in ("Black week", "black-week", "black week"):
        assert here.maintainer("freeze", "declare", name)[0] == 0
    found = here.git("for-each-ref", "--format=%(refname:short)", "refs/heads/maintainer").text.split()
    assert len(found) == 3


# in place


@pytest.fixture
def folder(tmp_path: Path) -> Asked:
    return configured(tmp_path, CONFIGURED.decode())


def written(site: Asked) -> bytes:
    return (site.root / "maintainer.yml").read_bytes()


def test_in_place_the_file_is_edited(folder: Asked) -> None:
    out = folder.say("declare", "Payment outage", "--here", "--reason", "Przelewy24 answers late: no deploys.")
    assert out.startswith("Payment outage freezes merges and deploys from Sat 21 Nov 09:00 to Sun 22 Nov 09:00")
    assert written(folder) == CONFIGURED.replace(b"updates:\n", EMERGENCY + b"updates:\n")
    assert "is declared already" in folder.say("declare", "Payment outage", "--here")
    assert "is taken off the calendar" in folder.say("lift", "Payment outage", "--here")
    assert written(folder) == CONFIGURED


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--from", "2026-12-01", "--to", "2026-12-03"), "from: 2026-12-01T00:00\n    to: 2026-12-03\n"),
        (("--from", "2026-12-01", "--to", "2026-12-01"), "from: 2026-12-01T00:00\n    to: 2026-12-01\n"),
        (("--for", "90m"), "from: 2026-11-21T09:00\n    to: 2026-11-21T10:30\n"),
        (("--from", "+1d", "--for", "2d"), "from: 2026-11-22T09:00\n    to: 2026-11-24T09:00\n"),
        (
            ("--from", "2027-10-31T00:30:00Z", "--for", "1h"),
            "from: 2027-10-31T02:30+02:00\n    to: 2027-10-31T02:30+01:00\n",
        ),
        (("--what", "deploy", "--what", "propose"), "applies_to: [propose, deploy]\n"),
    ],
)
def test_its_times_are_those_of_the_sites_clock(folder: Asked, argv: tuple[str, ...], says: str) -> None:
    folder.say("declare", "New", "--here", *argv)
    assert says in written(folder).decode()


def test_an_hour_in_the_night_of_two_hours_is_an_hour(folder: Asked) -> None:
    folder.say("declare", "New", "--here", "--from", "2027-10-31T00:30:00Z", "--for", "1h")
    (freeze,) = [one for one in load(folder.root, {}).rulebook.calendar.freezes if one.name == "New"]
    (span,) = freeze.series.between(NOW, NOW + timedelta(days=400))
    assert span.until - span.since == timedelta(hours=1)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("--to", "2026-11-20"), "before it begins"),
        (("--from", "2026-12-01T10:00", "--to", "2026-12-01T10:00"), "before it begins"),
        (("--to", "+1d", "--for", "1h"), "give one"),
        (("--for", "0h"), "no time at all"),
        (("--for", "soon"), "no duration"),
        (("--from", "soon"), "no date"),
    ],
)
def test_times_that_make_no_freeze_are_refused(folder: Asked, argv: tuple[str, ...], says: str) -> None:
    code, _, err = folder.answer("declare", "New", "--here", *argv)
    assert code == 2 and says in err
    assert written(folder) == CONFIGURED


def test_a_name_that_is_taken_is_refused(folder: Asked) -> None:
    code, _, err = folder.answer("declare", "Black Week", "--here", "--for", "1h")
    assert code == 2 and "maintainer.yml:5: there is a freeze Black Week already" in err


def test_of_one_that_recurs_one_occurrence_is_lifted(folder: Asked) -> None:
    out = folder.say("lift", "Fridays", "--here")
    assert "left out once, from Fri 27 Nov 15:00 to Sat 28 Nov 00:00 (Europe/Warsaw)" in out
    assert written(folder) == CONFIGURED.replace(b"15:00-24:00\n", b"15:00-24:00\n    except: 2026-11-27\n")
    folder.say("lift", "Fridays", "--here")
    assert b"    except: [2026-11-27, 2026-12-04]\n" in written(folder)
    at = datetime(2026, 12, 11, 16, tzinfo=ZoneInfo("Europe/Warsaw")).isoformat()
    assert folder.code("status", "--at", at) == 1
    assert folder.code("status", "--at", at.replace("12-11", "12-04")) == 0


def test_what_is_lifted_is_said_with_what_holds_all_the_same(folder: Asked) -> None:
    folder.say("declare", "Outage", "--here")
    assert "What holds all the same: Outage." in folder.say("lift", "Black Week", "--here")


def test_what_is_not_there_or_over_is_not_lifted(folder: Asked) -> None:
    code, _, err = folder.answer("lift", "Black week", "--here")
    assert code == 2 and "Freezes are Black Week and Fridays." in err
    later = Asked(folder.root, datetime(2026, 12, 24, tzinfo=NOW.tzinfo))
    assert "is over" in later.say("lift", "Black Week", "--here")
    assert written(folder) == CONFIGURED


def test_a_site_without_a_file_gets_one(tmp_path: Path) -> None:
    bare = Asked(tmp_path)
    bare.say("declare", "Outage")
    assert written(bare) == b"freeze:\n  - name: Outage\n    from: 2026-11-21T08:00\n    to: 2026-11-22T08:00\n"


def test_lines_that_end_as_on_windows_stay_so(tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").write_bytes(CONFIGURED.replace(b"\n", b"\r\n"))
    Asked(tmp_path).say("declare", "Outage")
    assert (
        written(Asked(tmp_path)).count(b"\r\n") == written(Asked(tmp_path)).count(b"\n") == CONFIGURED.count(b"\n") + 3
    )


def test_a_file_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    site = configured(tmp_path, "freeze: {name: a}\n")
    code, _, err = site.answer("declare", "New")
    assert code == 2 and err.startswith("maintainer.yml:1:1: freeze: is a map")
    assert written(site) == b"freeze: {name: a}\n"


def test_programs_are_told_too(folder: Asked) -> None:
    told = folder.json("declare", "Outage", "--here")
    assert (told["answer"], told["changed"], told["file"]) == ("declare", True, "maintainer.yml")

"""Whether a commit may be deployed now: by the calendar, by all that came since what runs there, by GitLab's own
freezes; and that each answer is as docs/schemas/gate.schema.json says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from maintainer.commands.gate_deploy import MOST
from tests.commands import site as sites
from tests.commands.gate_calendar import CALENDAR, local
from tests.commands.gate_week import FEED, HISTORY, Week, week
from tests.commands.site import Site
from tests.commands.stage import FORGES, Forge
from tests.loopback import Reply

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/gate.schema.json").read_text())
VALID = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
SECOND = timedelta(seconds=1)
#: The weekend's freeze holds.
SATURDAY, THURSDAY = local("10-30 12:00"), local("10-28 12:00")


def answered(site: Site, now: datetime, *argv: str, **environment: str) -> tuple[int, Any, str]:
    """The exit code, the answer (None where there is none), and what was said beside it."""
    before = dict(site.environment)
    site.environment |= environment
    code, out, err = site.maintainer("gate", *argv, "--format", "json", now=now)
    site.environment.clear()
    site.environment |= before
    told = json.loads(out) if out else None
    if told:
        VALID.validate(told)
    return code, told, err


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert not VALID.is_valid({"schema": 1})


# Without a forge

FREEZES = """\
site: {name: shop, timezone: Europe/Warsaw}
freeze:
  - name: Weekend
    from: 2027-10-29T15:00
    to: 2027-11-01T08:00
  - name: Stocktaking
    from: 2027-10-28T10:00
    to: 2027-10-28T14:00
    scope: {environments: [production, "eu-*"]}
  - name: Merges only
    from: 2027-10-27
    to: 2027-10-28
    applies_to: merge
  - name: Checkout
    from: 2027-10-26
    to: 2027-10-26
    scope: {paths: [checkout/**]}
"""
WINDOWS = """\
site: {name: shop, timezone: Europe/Warsaw}
windows:
  - name: Mornings
    hours: mon-thu 09:00-12:00
    scope: {environments: [production]}
"""
FILE = """\
site: {name: shop, timezone: Europe/Warsaw}
calendars:
  - name: team
    file: team.ics
"""


@contextmanager
def alone(folder: Path, configuration: str, **files: bytes) -> Iterator[Site]:
    with sites.site(folder, {"maintainer.yml": configuration.encode(), "readme.txt": b"Shop\n", **files}) as made:
        made.environment["MAINTAINER_PLATFORM"] = "local"
        yield made


def test_freezes_hold_a_deploy_to_where_they_are_about(tmp_path: Path) -> None:
    with alone(tmp_path, FREEZES) as site:
        rows = [
            (SATURDAY, "production", ["Weekend"]),
            (SATURDAY, "staging", ["Weekend"]),
            (THURSDAY, "production", ["Stocktaking"]),
            (THURSDAY, "eu-west", ["Stocktaking"]),
            (THURSDAY, "staging", []),
            (local("10-28 14:00") - SECOND, "production", ["Stocktaking"]),
            (local("10-28 14:00"), "production", []),
            (local("10-29 15:00") - SECOND, "production", []),
            (local("10-29 15:00"), "production", ["Weekend"]),
        ]
        for now, environment, held in rows:
            code, told, _ = answered(site, now, "--what", "deploy", "--environment", environment)
            assert (code, told["open"]) == (1 if held else 0, not held), (now, environment)
            assert [one["name"] for one in told["reasons"]] == held
            assert (told["what"], told["environment"], told["proposal"]) == ("deploy", environment, None)
            assert told["head"] == site.git("rev-parse", "HEAD").text.strip()
        # Where to isn't known: it is about everything.
        assert answered(site, THURSDAY, "--what", "deploy")[0] == 1


def test_a_freeze_of_some_paths_holds_what_touches_them(tmp_path: Path) -> None:
    with alone(tmp_path, FREEZES) as site:
        now = local("10-26 12:00")
        site.git("tag", "running")
        site.write({"theme/style.css": b"a"})
        assert answered(site, now, "--what", "deploy", "--since", "running")[0] == 0
        assert answered(site, now, "--what", "deploy")[0] == 1
        site.write({"checkout/pay.php": b"a"})
        assert answered(site, now, "--what", "deploy", "--since", "running")[0] == 1


def test_windows_are_when_alone_it_is_open(tmp_path: Path) -> None:
    with alone(tmp_path, WINDOWS) as site:
        rows = [
            (local("10-28 09:00") - SECOND, 1), (local("10-28 09:00"), 0), (local("10-28 12:00") - SECOND, 0),
            (local("10-28 12:00"), 1), (local("10-29 10:00"), 1), (local("11-01 09:30"), 0),
        ]  # fmt: skip
        for now, expected in rows:
            code, told, _ = answered(site, now, "--what", "deploy", "--environment", "production")
            assert code == expected, now
            assert [one["kind"] for one in told["reasons"]] == ["windows"] * expected
            assert answered(site, now, "--what", "deploy", "--environment", "staging")[0] == 0


def test_a_rollback_goes_through_a_freeze_and_what_cant_be_read(tmp_path: Path) -> None:
    with alone(tmp_path, FREEZES) as site:
        assert answered(site, SATURDAY, "--what", "deploy")[0] == 1
        code, told, _ = answered(site, SATURDAY, "--what", "deploy", "--rollback")
        assert (code, told["open"], told["reasons"]) == (0, True, [])
    with alone(tmp_path / "file", FILE) as site:
        code, told, _ = answered(site, THURSDAY, "--what", "deploy")
        assert code == 1
        assert [(one["kind"], one["of"]) for one in told["reasons"]] == [("unreadable", "calendar")]
        assert "team.ics" in told["reasons"][0]["sentence"]
        assert answered(site, THURSDAY, "--what", "deploy", "--rollback")[0] == 0


def test_a_calendar_is_read_from_the_commit_that_is_deployed(tmp_path: Path) -> None:
    with alone(tmp_path, FILE, **{"team.ics": CALENDAR.encode()}) as site:
        assert answered(site, local("10-27 14:00"), "--what", "deploy")[0] == 1
        (site.root / "team.ics").write_text("What lies in the working tree counts for nothing.")
        assert answered(site, local("10-27 14:00"), "--what", "deploy")[0] == 1
        assert answered(site, local("10-27 15:00"), "--what", "deploy")[0] == 0


def test_a_broken_configuration_closes_with_another_code(tmp_path: Path) -> None:
    with alone(tmp_path, "freeze: [\n") as site:
        code, told, _ = answered(site, THURSDAY, "--what", "deploy")
        assert (code, told["open"]) == (2, False)
        assert "can't be used" in told["sentence"]
        # What ran before is known to work, whatever the file says.
        code, told, err = answered(site, THURSDAY, "--what", "deploy", "--rollback")
        assert (code, told["open"]) == (0, True)
        assert "can't be used" in err


def test_a_commit_that_isnt_here_is_asked_for(tmp_path: Path) -> None:
    with alone(tmp_path, FREEZES) as site:
        for ref in ("nowhere", "--all", ""):
            code, told, err = answered(site, local("10-29 12:00"), "--what", "deploy", f"--since={ref}")
            assert (code, told) == ((2, None) if ref else (0, told)), ref
            assert not ref or f"{ref} is no commit here" in err


def test_gitlabs_own_freeze_holds_where_no_calendar_knows_it(tmp_path: Path) -> None:
    with alone(tmp_path, FREEZES) as site:
        now = local("10-29 12:00")
        assert answered(site, now, "--what", "deploy", CI_DEPLOY_FREEZE="")[0] == 0
        code, told, _ = answered(site, now, "--what", "deploy", CI_DEPLOY_FREEZE="true")
        assert code == 1
        assert "CI_DEPLOY_FREEZE" in told["reasons"][0]["sentence"]
        assert answered(site, now, "--what", "deploy", "--rollback", CI_DEPLOY_FREEZE="true")[0] == 0


# On a forge

SECURITY = frozenset({"high"})


def merged(seen: Week, number: int) -> None:
    seen.person("ada").merge(number)
    seen.world.proposals[number]


def fix(seen: Week, name: str) -> int:
    return seen.propose(name, "shop", fixes=SECURITY, package=f"acme-{name}")


def deployed(seen: Week, now: datetime, *argv: str, **environment: str) -> tuple[int, Any, str]:
    seen.site.check_out()
    seen.site.forge.now = max(seen.site.forge.now, now)
    return answered(seen.site.here, now, "--what", "deploy", *argv, **environment)


@pytest.mark.parametrize("forge", FORGES)
def test_what_came_since_goes_where_each_change_of_it_may(tmp_path: Path, forge: Forge) -> None:
    with week(forge, tmp_path, 0, local("10-30 09:00")) as seen:
        first, second, plain = fix(seen, "one"), fix(seen, "two"), seen.propose("plain", "shop")
        seen.written()
        since = seen.site.repository.sha("main") or ""
        merged(seen, first)
        merged(seen, second)
        assert deployed(seen, SATURDAY)[0] == 1
        code, told, _ = deployed(seen, SATURDAY, "--since", since)
        assert (code, told["open"], told["pierced"]) == (0, True, ["Weekend"])
        # What runs there has all of it: nothing is known of what is deployed anew.
        assert deployed(seen, SATURDAY, "--since", "HEAD")[0] == 1
        between = seen.site.repository.sha("main") or ""
        merged(seen, plain)
        code, told, _ = deployed(seen, SATURDAY, "--since", since)
        assert (code, [one["name"] for one in told["reasons"]]) == (1, ["Weekend"])
        # Someone who may answers for it, once it is merged.
        seen.happens(SATURDAY, lambda seen: seen.override(plain, 2))
        later = SATURDAY + timedelta(minutes=10)
        code, told, _ = deployed(seen, later, "--since", since)
        assert (code, told["override"]["by"], told["override"]["how"]) == (0, "lena", "comment")
        assert [one["name"] for one in told["passed"]] == ["Weekend"]
        listed = (seen.site.repository.read(HISTORY, "2027-10.jsonl") or b"").decode().splitlines()
        kept = [one for one in map(json.loads, listed) if one["kind"] == "overridden"]
        assert [(one["proposal"], one["data"]["by"]) for one in kept] == [(plain, "lena")]
        assert deployed(seen, later, "--since", between)[0] == 0
        # It lasts two hours, and is recorded once.
        assert deployed(seen, SATURDAY + timedelta(hours=2, minutes=5), "--since", since)[0] == 1
        listed = (seen.site.repository.read(HISTORY, "2027-10.jsonl") or b"").decode().splitlines()
        assert sum('"overridden"' in one for one in listed) == 1
        # A commit that came without a proposal: nobody knows what it is.
        seen.person("ada").push("main", {"by-hand.txt": "a"})
        assert deployed(seen, later, "--since", since)[0] == 1
        # Whoever says rollback of what is none is told so; one that is is recorded.
        assert deployed(seen, later, "--since", since, "--rollback")[0] == 1
        assert deployed(seen, later, "--rollback")[0] == 0
        listed = (seen.site.repository.read(HISTORY, "2027-10.jsonl") or b"").decode().splitlines()
        (kept,) = [one for one in map(json.loads, listed) if one["kind"] == "rolled-back"]
        assert kept["data"]["passed"] == ["Weekend"]


@pytest.mark.parametrize("forge", FORGES)
def test_more_changes_than_can_be_asked_for_are_looked_at_as_one(tmp_path: Path, forge: Forge) -> None:
    with week(forge, tmp_path, 0, local("10-30 09:00")) as seen:
        since = seen.site.repository.sha("main") or ""
        for at in range(MOST + 1):
            seen.site.repository.commit("main", {"shop/a.txt": f"{at}"})
        seen.person("ada").push("main", {"shop/a.txt": "last"})
        before = len(seen.site.forge.requests)
        assert deployed(seen, SATURDAY, "--since", since)[0] == 1
        asked = [one.path for one in seen.site.forge.requests[before:] if not one.of_git]
        assert not any("/commits/" in path for path in asked) and len(asked) <= 3


@pytest.mark.parametrize("forge", FORGES)
def test_a_deploy_fails_closed_on_a_forge(tmp_path: Path, forge: Forge) -> None:
    with week(forge, tmp_path, 0, local("10-28 09:00")) as seen:
        assert deployed(seen, THURSDAY)[0] == 0
        seen.site.here.server.answers[FEED] = Reply(200, "<html>Sign in</html>")
        code, told, _ = deployed(seen, THURSDAY)
        assert (code, told["reasons"][0]["kind"]) == (1, "unreadable")
        assert deployed(seen, THURSDAY, "--rollback")[0] == 0
        assert deployed(seen, THURSDAY, "--since", "f" * 40)[0] == 2
        seen.break_configuration()
        code, told, _ = deployed(seen, THURSDAY)
        assert (code, told["open"]) == (2, False)


GITLAB = "    exempt: {packages: [pay-*]}\n  - {name: deploys, gitlab: true}\n"


def test_gitlabs_freezes_as_a_calendar_know_what_is_exempt(tmp_path: Path) -> None:
    """They are asked for then, and the variable, which knows nothing of what is exempt, doesn't count."""
    with week("gitlab", tmp_path, 0, local("10-28 09:00")) as seen:
        first = fix(seen, "one")
        seen.written()
        usual = seen.configuration
        seen.configure(usual.replace("    exempt: {packages: [pay-*]}\n", GITLAB))
        seen.person("ada").freeze("0 11 * * *", "0 13 * * *", "Europe/Warsaw")
        since = seen.site.repository.sha("main") or ""
        frozen = {"CI_DEPLOY_FREEZE": "true"}
        code, told, _ = deployed(seen, THURSDAY, **frozen)
        assert (code, [one["calendar"] for one in told["reasons"]]) == (1, ["deploys"])
        assert deployed(seen, local("10-28 13:00"))[0] == 0
        merged(seen, first)
        assert deployed(seen, THURSDAY, "--since", since, **frozen)[0] == 0
        # Where no calendar asks for them the variable holds all but a rollback.
        seen.configure()
        since = seen.site.repository.sha("main") or ""
        second = fix(seen, "two")
        seen.written()
        merged(seen, second)
        assert deployed(seen, THURSDAY, "--since", since, **frozen)[0] == 1
        assert deployed(seen, THURSDAY, "--since", since)[0] == 0
        assert deployed(seen, THURSDAY, "--rollback", **frozen)[0] == 0


@pytest.mark.parametrize("forge", FORGES)
def test_all_open_proposals_are_told_as_the_schema_says(tmp_path: Path, forge: Forge) -> None:
    with week(forge, tmp_path, 6, local("10-30 09:00")) as seen:
        seen.happens(local("10-30 10:00"), lambda seen: seen.override(5, 2))
        seen.happens(local("10-30 10:01"), lambda seen: seen.override(3, 2, "mallory", counts=False))
        seen.site.check_out()
        code, told, _ = answered(seen.site.here, local("10-30 10:10"), "--all")
        assert code == 0
        by_number = {one["proposal"]: one for one in told["proposals"]}
        assert list(by_number) == sorted(seen.world.proposals)
        assert by_number[5]["override"]["by"] == "lena" and by_number[3]["refused"]
        code, told, _ = answered(seen.site.here, local("10-30 10:10"), "--number", "5")
        assert (code, told) == (0, by_number[5])

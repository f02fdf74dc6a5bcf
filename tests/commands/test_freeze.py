"""`maintainer freeze`: what the calendar says of now, of a moment and of the coming days, in words and for programs."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from maintainer import cli
from maintainer.policy.calendar import Subject, closings
from tests.commands.calendar_site import NOW, Asked, configuration, configured

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/freeze.schema.json").read_text())
WARSAW = ZoneInfo("Europe/Warsaw")
SHOP = """\
site: {timezone: Europe/Warsaw, name: Sklep Kubki}
freeze:
  - name: Black Week
    from: 2026-11-23
    to: 2026-11-30
    lead: 72h
    reason: The week that pays the year's bills.
  - name: Checkout
    from: 2026-11-20
    to: 2026-12-20
    applies_to: [propose]
    scope: {paths: ["checkout/**"]}
    exempt: {severities: critical, packages: [acme/tax-rates]}
  - name: Staging
    from: 2026-12-05
    to: 2026-12-06
    applies_to: deploy
    scope: {environments: [staging]}
  - {name: Summer, from: 2026-07-01, to: 2026-07-08}
  - {name: Other shop, from: 2026-11-20, to: 2026-12-20, scope: {sites: [other]}}
windows:
  - {name: Nights, hours: "mon-thu 22:00-06:00"}
"""
UNREADABLE = """\
site: {timezone: Europe/Warsaw}
calendars:
  - {name: team, file: calendars/team.ics}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Asked:
    return configured(tmp_path, SHOP)


# status


def test_status_says_what_why_and_until_when(shop: Asked) -> None:
    assert shop.say("status") == (
        "propose · closed until Mon 21 Dec 00:00 (Europe/Warsaw), in 29 days\n"
        "merge   · closed until Tue 1 Dec 00:00 (Europe/Warsaw), in 9 days\n"
        "deploy  · closed until Tue 1 Dec 00:00 (Europe/Warsaw), in 9 days\n"
        "\n"
        "Checkout freezes proposals from Fri 20 Nov 00:00 to Mon 21 Dec 00:00. It is about changes of checkout/** "
        "alone. Security\nfixes rated critical and updates of acme/tax-rates pass.\n"
        "Black Week freezes merges and deploys from Fri 20 Nov 00:00 (72 h before) to Tue 1 Dec 00:00. Why: The week "
        "that pays\nthe year's bills. Security fixes rated high or critical pass.\n"
        "Deploys wait for a window: Nights. The next opens Mon 23 Nov 22:00.\n"
    )


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("--at", "2026-11-19T12:00"), 1),  # outside the windows
        (("--at", "2026-11-19T23:00"), 0),
        (("--at", "2026-11-19T22:59:59Z"), 0),
        (("--at", "2026-11-20"), 1),
        (("--at", "2026-11-19", "--what", "merge"), 0),
        (("--what", "merge"), 1),
        (("--at", "2026-12-21T12:00", "--what", "propose"), 0),
        (("--at", "2026-12-05T23:00", "--environment", "staging"), 1),
        (("--at", "+10d", "--what", "merge"), 0),
        (("--at", "+72h", "--what", "merge"), 1),
        (("--at", "next tuesday"), 2),
        (("--at", "+soon"), 2),
        (("--at", "2026-02-30"), 2),
    ],
)
def test_its_exit_code_is_for_scripts(shop: Asked, argv: tuple[str, ...], code: int) -> None:
    assert shop.code("status", *argv) == code


def test_a_calendar_that_cannot_be_read_is_closed_and_says_so(tmp_path: Path) -> None:
    site = configured(tmp_path, UNREADABLE)
    code, out, _ = site.answer("status")
    assert code == 1 and "propose · closed until every calendar can be read\n" in out
    assert "The calendar team (calendars/team.ics) can't be read" in out
    assert "What can't be read counts as a freeze" in out
    assert site.json("status")["unreadable"]
    assert "stays closed" in site.say("next")
    assert "a calendar can't be read" in site.say("list")
    assert site.json("explain", "--what", "merge")["steps"][0]["why"] == "unreadable"
    code, _, err = site.answer("export", "--ics")
    assert code == 2 and "Nothing was exported" in err


def test_no_freeze_at_all_is_open(tmp_path: Path) -> None:
    site = configured(tmp_path, "site: {name: a}\n")
    assert site.say("status").splitlines()[2] == "deploy  · open: nothing ahead in the next ten years"
    assert "everything may move at any time" in site.say("list")
    assert site.json("next")["next"][0]["at"] is None


def test_a_configuration_that_is_wrong_is_neither_open_nor_closed(tmp_path: Path) -> None:
    code, out, err = configured(tmp_path, "freeze:\n  - {name: a, from: 2026-11-23, to: 2026-11-01}\n").answer("status")
    assert (code, out) == (2, "") and "ends (2026-11-01) before it begins" in err


def test_a_window_is_told_of_what_waits_for_it(tmp_path: Path) -> None:
    site = configured(
        tmp_path,
        "windows:\n  - {name: Nights, hours: 'daily 22:00-23:00'}\n"
        "  - {name: Mornings, hours: 'mon 07:00-08:00', applies_to: merge, exempt: {severities: high}}\n",
    )
    out = site.say("status")
    assert (
        "Merges wait for a window: Mornings. The next opens Mon 23 Nov 07:00. Security fixes rated high needn't" in out
    )
    assert "Deploys wait for a window: Nights. The next opens Sat 21 Nov 22:00.\n" in out


# next


def test_next_is_exact_to_the_second(tmp_path: Path) -> None:
    site = configured(
        tmp_path, "site: {timezone: Europe/Warsaw}\nfreeze:\n  - {name: a, from: 2027-03-28T02:30:15, to: 2027-03-29}\n"
    )
    assert "closes Sun 28 Mar 2027 03:30:15 (2027-03-28T03:30:15+02:00)  in 126 days  a begins" in site.say("next")
    merge = next(one for one in site.json("next")["next"] if one["what"] == "merge")
    begins = datetime(2027, 3, 28, 1, 30, 15, tzinfo=UTC)
    assert merge == {
        "what": "merge", "at": "2027-03-28T03:30:15+02:00", "opens": False,
        "in_seconds": (begins - NOW).total_seconds(), "by": ["a"],
    }  # fmt: skip


def test_an_hour_that_comes_twice_is_told_with_its_zone(tmp_path: Path) -> None:
    site = configured(
        tmp_path,
        "site: {timezone: Europe/Warsaw}\nfreeze:\n  - {name: a, from: 2027-10-30, to: 2027-10-31T02:30}\n",
        datetime(2027, 10, 30, 12, tzinfo=UTC),
    )
    assert "opens Sun 31 Oct 02:30 CEST (2027-10-31T02:30:00+02:00)" in site.say("next", "--what", "deploy")


# list


def test_list_names_all_and_what_is_over(shop: Asked) -> None:
    out = shop.say("list")
    assert out.startswith("deploy · Sat 21 Nov to Thu 18 Feb 2027 (Europe/Warsaw)\n")
    assert "Black Week" in out and "maintainer.yml:3" in out
    (over,) = [line for line in out.splitlines() if line.startswith("Summer")]
    assert "over: remove it" in over
    assert "Other shop" not in out


def test_its_stretches_are_what_the_calendar_says(shop: Asked) -> None:
    found = shop.json("list", "--days", "30")
    stretches = found["stretches"]
    assert stretches[0]["since"] == found["since"] == "2026-11-21T00:00:00+01:00"
    assert stretches[-1]["until"] == found["until"] == "2026-12-21T00:00:00+01:00"
    calendar = configuration(shop).rulebook.calendar
    at = datetime.fromisoformat(found["since"])
    for one in stretches:
        since, until = (datetime.fromisoformat(one[key]) for key in ("since", "until"))
        assert since == at < until
        for moment in (since, since + (until - since) / 2, until - timedelta(seconds=1)):
            assert one["open"] == (not closings(calendar, moment, Subject("deploy")))
        at = until
    parts = {one["part"] for one in stretches if "Black Week" in one["names"]}
    assert parts == {"lead", "freeze"}


@pytest.mark.parametrize("days", ["0", "-1", "801", "999999999"])
def test_days_that_cannot_be_drawn_are_refused(shop: Asked, days: str) -> None:
    assert shop.code("list", f"--days={days}") == 2


def test_the_page_is_written_where_it_is_wanted(shop: Asked, tmp_path: Path) -> None:
    shop.say("list", "--page", str(tmp_path / "freeze.html"))
    text = (tmp_path / "freeze.html").read_text(encoding="utf-8")
    assert "Sklep Kubki: when may it deploy?" in text and "Black Week" in text
    assert shop.code("list", "--page", str(tmp_path / "none" / "freeze.html")) == 2


def test_where_the_terminal_has_ascii_alone_the_answer_has(shop: Asked) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    for verb in ("status", "next", "list", "explain"):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(shop.root)}
        cli.run(["-C", str(shop.root), "freeze", verb], environment=environment, now=NOW, out=out, err=io.StringIO())
    out.flush()
    assert b"#### " in raw.getvalue() and b"deploy  - closed" in raw.getvalue()


def test_a_campaign_is_told_whether_it_stops_anything_or_not(tmp_path: Path) -> None:
    site = configured(
        tmp_path,
        "campaigns:\n  - {name: Black Friday, from: 2026-11-27, to: 2026-11-30}\n"
        "  - {name: Newsletter, from: 2026-12-10, to: 2026-12-10, freeze: false}\n",
    )
    found = {one["name"]: one for one in site.json("list")["entries"]}
    assert (found["Black Friday"]["kind"], found["Black Friday"]["campaign"]) == ("freeze", "Black Friday")
    assert (found["Newsletter"]["kind"], found["Newsletter"]["applies_to"]) == ("campaign", [])
    assert found["Black Friday"]["source"] == "maintainer.yml:2"
    assert "campaign, freeze of merge and deploy" in site.say("list")
    code, _, err = site.answer("lift", "Black Friday")
    assert code == 2 and err.startswith("maintainer.yml:2: Black Friday is a campaign's: write `freeze: false` there.")


# explain


def why(shop: Asked, *argv: str) -> dict[str, str]:
    return {one["name"]: one["why"] for one in shop.json("explain", *argv)["steps"]}


def test_explain_says_of_each_whether_it_holds_and_why_not(shop: Asked) -> None:
    night = ("--at", "2026-11-26T23:00")
    assert why(shop, *night) == {
        "Black Week": "holds", "Checkout": "phase", "Staging": "time", "Summer": "time", "Other shop": "site",
        "Nights": "inside",
    }  # fmt: skip
    assert why(shop, *night, "--severity", "high")["Black Week"] == "exempt"
    assert why(shop, *night, "--severity", "low")["Black Week"] == "holds"
    assert why(shop, *night, "--environment", "production")["Staging"] == "scope"
    assert why(shop, *night, "--what", "propose", "--path", "blog/a.php")["Checkout"] == "scope"
    assert why(shop, *night, "--what", "propose", "--path", "checkout/a.php")["Checkout"] == "holds"
    assert why(shop, *night, "--what", "propose", "--package", "acme/tax-rates")["Checkout"] == "exempt"
    assert set(why(shop, *night, "--rollback").values()) == {"rollback", "site"}
    assert why(shop, "--at", "2026-12-02T12:00")["Nights"] == "outside"


def test_explain_in_words(shop: Asked) -> None:
    out = shop.say("explain", "--at", "2026-11-26T23:00", "--severity", "high")
    assert out.startswith("deploy · Thu 26 Nov 23:00 (Europe/Warsaw) · open until Fri 27 Nov 06:00")
    assert "fixes rated high\n" in out
    assert "Black Week  lets it through: Security fixes rated high or critical pass." in " ".join(
        out.split(" ")
    ).replace("   ", "  ")


def test_explain_holds_what_status_holds(shop: Asked) -> None:
    for hours in range(0, 24 * 40, 7):
        at = f"+{hours}h"
        found = shop.json("explain", "--at", at)
        assert found["open"] == (shop.code("status", "--at", at) == 0)
        assert found["open"] == (not any(step["holds"] for step in found["steps"]))


# all of them


BLIND = (
    UNREADABLE
    + """\
freeze:
  - {name: Summer, from: 2026-07-01, to: 2026-07-02}
  - {name: Black Week, from: 2026-11-20, to: 2026-11-22}
"""
)
ANSWERS = [
    ("status",), ("status", "--what", "merge", "--at", "2026-11-19T23:00"), ("status", "--environment", "staging"),
    ("next",), ("next", "--what", "propose"), ("list",), ("list", "--days", "1"), ("explain",),
    ("explain", "--at", "+1d", "--path", "a", "--package", "b", "--severity", "high", "--manager", "npm"),
    ("explain", "--rollback"), ("declare", "New", "--for", "1h"), ("lift", "Summer"), ("lift", "Black Week"),
]  # fmt: skip


@pytest.mark.parametrize("argv", ANSWERS, ids=" ".join)
@pytest.mark.parametrize("text", [SHOP, BLIND], ids=["shop", "unreadable"])
def test_every_answer_is_as_its_schema_says(tmp_path: Path, text: str, argv: tuple[str, ...]) -> None:
    answer: Any = configured(tmp_path, text).json(*argv)
    kind = argv[0] if argv[0] in SCHEMA["$defs"] else "change"
    for schema in (SCHEMA, SCHEMA["$defs"][kind] | {"$defs": SCHEMA["$defs"]}):
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(answer)


@pytest.mark.parametrize("verb", ["status", "next", "list", "explain"])
def test_in_markdown_names_are_only_names(tmp_path: Path, verb: str) -> None:
    site = configured(
        tmp_path, "freeze:\n  - {name: '@ada <img src=x> | `x` **b**', from: 2026-11-20, to: 2026-11-30}\n"
    )
    out = site.say(verb, "--format", "markdown")
    assert "<img" not in out and "@ada" not in out and "**b**" not in out
    for table in out.split("\n\n"):
        assert len({line.replace("\\|", "").count("|") for line in table.splitlines() if line[:1] == "|"}) <= 1


def test_text_from_a_calendar_does_not_steer_the_terminal(tmp_path: Path) -> None:
    site = configured(tmp_path, 'freeze:\n  - {name: "a\\e[31m", from: 2026-11-20, to: 2026-11-30}\n')
    for verb in ("status", "next", "list", "explain"):
        assert "\x1b" not in site.answer(verb)[1]

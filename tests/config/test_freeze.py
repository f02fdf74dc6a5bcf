"""The keys `freeze` and `windows`: what they mean as spans of time, and each way to write one wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from maintainer.config import rulebook, validation
from maintainer.config.yaml_file import parse
from maintainer.errors import ConfigurationError
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.rulebook import Calendar

YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
WARSAW = {"timezone": "Europe/Warsaw"}


def calendar(document: dict[str, Any]) -> Calendar:
    return rulebook.calendar(validation.settings(parse(json.dumps(document).encode(), "m.yml")))


def spans(site: dict[str, str] | None = None, **item: Any) -> list[str]:
    """Of 2026, in UTC, in order."""
    (freeze,) = calendar({"site": site or WARSAW, "freeze": [{"name": "a", **item}]}).freezes
    return [f"{begin:%m-%dT%H:%M}/{end:%m-%dT%H:%M}" for begin, end in sorted(freeze.series.between(*YEAR))]


#: What is written, and the first spans of 2026 in UTC, for a site in Warsaw.
READ: dict[str, tuple[dict[str, Any], list[str]]] = {
    "whole days, the last included": ({"from": "2026-11-23", "to": "2026-11-30"}, ["11-22T23:00/11-30T23:00"]),
    "one day": ({"from": "2026-07-01", "to": "2026-07-01"}, ["06-30T22:00/07-01T22:00"]),
    "from a time to a time": ({"from": "2026-11-23T18:00", "to": "2026-11-23 20:30:15"}, ["11-23T17:00/11-23T19:30"]),
    "from a day to a time": ({"from": "2026-11-23", "to": "2026-11-24T06:00"}, ["11-22T23:00/11-24T05:00"]),
    "from a time to a day": ({"from": "2026-11-23T06:00", "to": "2026-11-23"}, ["11-23T05:00/11-23T23:00"]),
    "with offsets": (
        {"from": "2026-11-23T18:00-05:00", "to": "2026-11-24T00:00Z"},
        ["11-23T23:00/11-24T00:00"],
    ),
    "the second of two hours": (
        {"from": "2026-10-25T02:30+01:00", "to": "2026-10-25T02:45+01:00"},
        ["10-25T01:30/10-25T01:45"],
    ),
    "in a zone of its own": (
        {"from": "2026-11-23", "to": "2026-11-23", "zone": "Asia/Kolkata"},
        ["11-22T18:30/11-23T18:30"],
    ),
    "a lead in hours over a change": (
        {"from": "2026-03-30", "to": "2026-03-30", "lead": "48h", "tail": "PT1H"},
        ["03-27T22:00/03-30T23:00"],
    ),
    "a lead in days over a change": (
        {"from": "2026-03-30", "to": "2026-03-30", "lead": "2d", "tail": "1w"},
        ["03-27T23:00/04-06T22:00"],
    ),
    "each year": ({"from": "2019-12-24", "to": "2019-12-26", "repeat": "FREQ=YEARLY"}, ["12-23T23:00/12-26T23:00"]),
    "each second Friday but one": (
        {
            "from": "2026-01-02T15:00",
            "to": "2026-01-02T18:00",
            "repeat": "FREQ=WEEKLY;INTERVAL=2;COUNT=4",
            "except": "2026-01-16",
        },
        ["01-02T14:00/01-02T17:00", "01-30T14:00/01-30T17:00", "02-13T14:00/02-13T17:00"],
    ),
    "without starts by the clock and by the moment": (
        {
            "from": "2026-01-05",
            "to": "2026-01-05",
            "repeat": "FREQ=DAILY;COUNT=4",
            "except": ["2026-01-06T00:00", "2026-01-06T23:00Z", "2026-01-08T12:00"],
        },
        ["01-04T23:00/01-05T23:00", "01-07T23:00/01-08T23:00"],
    ),
    "until a date, included": (
        {"from": "2026-01-05", "to": "2026-01-05", "repeat": "FREQ=WEEKLY;UNTIL=20260112"},
        ["01-04T23:00/01-05T23:00", "01-11T23:00/01-12T23:00"],
    ),
    "until a moment in UTC, on the zone's clock": (
        {"from": "2026-01-05", "to": "2026-01-05", "repeat": "FREQ=WEEKLY;UNTIL=20260111T225959Z"},
        ["01-04T23:00/01-05T23:00"],
    ),
    "all starts of a day left out": (
        {
            "from": "2026-01-05T09:00",
            "to": "2026-01-05T10:00",
            "repeat": "FREQ=DAILY;BYHOUR=9,18;COUNT=4",
            "except": "2026-01-05",
        },
        ["01-06T08:00/01-06T09:00", "01-06T17:00/01-06T18:00"],
    ),
}


@pytest.mark.parametrize("name", READ)
def test_spans(name: str) -> None:
    item, expected = READ[name]
    assert spans(**item) == expected


#: Hours, and those of the week of Monday 16 November 2026 in UTC: Warsaw is an hour ahead.
HOURS = {
    "fri 15:00-24:00": ["11-20T14:00/11-20T23:00"],
    "fri 22:00-06:00": ["11-20T21:00/11-21T05:00"],
    "sun 22:00-06:00": ["11-15T21:00/11-16T05:00", "11-22T21:00/11-23T05:00"],
    "sat,sun": ["11-14T23:00/11-15T23:00", "11-20T23:00/11-21T23:00", "11-21T23:00/11-22T23:00"],
    "mon-tue 09:00-10:00": ["11-16T08:00/11-16T09:00", "11-17T08:00/11-17T09:00"],
}


@pytest.mark.parametrize("hours", HOURS)
def test_hours_of_every_week(hours: str) -> None:
    (freeze,) = calendar({"site": WARSAW, "freeze": [{"name": "a", "hours": hours}]}).freezes
    week = datetime(2026, 11, 15, 23, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)
    found = sorted(freeze.series.between(*week))
    # A span that ends as the week begins is not of it.
    expected = [one for one in HOURS[hours] if one.partition("/")[2] != "11-15T23:00"]
    assert [f"{begin:%m-%dT%H:%M}/{end:%m-%dT%H:%M}" for begin, end in found] == expected


def test_hours_have_exceptions_a_lead_and_years_long_past() -> None:
    item = {"name": "a", "hours": "fri 15:00-24:00", "except": ["2026-11-20"], "lead": "1h"}
    (freeze,) = calendar({"site": WARSAW, "freeze": [item]}).freezes
    since, until = datetime(2026, 11, 13, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC)
    assert [begin.isoformat() for begin, _ in sorted(freeze.series.between(since, until))] == [
        "2026-11-13T13:00:00+00:00",
        "2026-11-27T13:00:00+00:00",
    ]


def test_what_is_said_of_a_freeze_and_of_a_window_where_nothing_is() -> None:
    item = {"name": "a", "from": "2026-01-01", "to": "2026-01-02"}
    made = calendar({"freeze": [item], "windows": [item]})
    assert made.freezes[0].applies_to == {"merge", "deploy"}
    assert made.freezes[0].exempt.severities == {"high", "critical"}
    assert made.openings[0].applies_to == {"deploy"}
    assert made.openings[0].exempt.severities == frozenset()
    assert made.unreadable == ()


def test_exemptions_and_scope_are_read() -> None:
    item = {
        "name": "a",
        "from": "2026-01-01",
        "to": "2026-01-02",
        "reason": "sale",
        "applies_to": "deploy",
        "exempt": {"severities": "critical", "packages": "acme/*"},
        "scope": {"environments": ["production"], "paths": "src/**", "managers": "npm"},
    }
    (freeze,) = calendar({"freeze": [item]}).freezes
    assert freeze.reason == "sale"
    assert freeze.applies_to == {"deploy"}
    assert freeze.exempt.severities == {"critical"}
    assert freeze.exempt.packages == ("acme/*",)
    assert freeze.scope.environments == ("production",)
    assert (freeze.scope.paths, freeze.scope.managers) == (("src/**",), ("npm",))


#: A site, and whether a freeze of the sites `shop-*` but not `shop-de` is about it.
SITES: dict[str, tuple[dict[str, str], bool]] = {
    "by its name": ({"name": "shop-pl"}, True),
    "excluded": ({"name": "shop-de"}, False),
    "another": ({"name": "blog"}, False),
    "by its host": ({"production": "https://shop-fr.example"}, True),
    "another host": ({"production": "https://blog.example"}, False),
    "the name before the host": ({"name": "blog", "production": "https://shop-fr.example"}, False),
    "without a name": ({"timezone": "UTC"}, True),
}


@pytest.mark.parametrize("name", SITES)
def test_sites_that_share_a_policy(name: str) -> None:
    site, about = SITES[name]
    item = {"name": "a", "from": "2026-01-01", "to": "2026-01-02", "scope": {"sites": ["shop-*", "!shop-de"]}}
    made = calendar({"site": site, "freeze": [item], "windows": [item]})
    assert (bool(made.freezes), bool(made.openings)) == (about, about)
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert bool(closings(made, now, Subject("merge"))) == about


#: One item in a line of its own from `freeze:` on, and what is said of it after `m.yml:2:`.
REFUSED = {
    "{}": ["3: freeze[0].name: is missing. "],
    "{name: a}": ["3: freeze[0]: lacks `from` and `to`. Write both, or `hours: fri 15:00-24:00` for every week."],
    "{name: a, to: 2026-01-01}": ["3: freeze[0]: lacks `from`. Write both,"],
    "{name: a, from: 2026-01-01}": ["3: freeze[0]: lacks `to`. Write both,"],
    "{name: a, from: 2026-01-02, to: 2026-01-01}": [
        "3: freeze[0]: ends (2026-01-01) before it begins (2026-01-02). Swap them, or write a later `to`."
    ],
    "{name: a, from: '2026-01-02T10:00', to: '2026-01-02T10:00'}": ["3: freeze[0]: ends (2026-01-02 10:00:00) before"],
    "{name: a, from: '2026-01-02T10:00Z', to: '2026-01-02T11:00+02:00'}": ["3: freeze[0]: ends ("],
    "{name: a, from: '2026-01-02T10:00', to: '2026-01-02T12:00Z'}": [
        "3: freeze[0]: has an offset in one of `from` and `to`: write both with it, or both without."
    ],
    "{name: a, from: '2026-01-02T10:00+09:00', to: 2026-01-02}": ["3: freeze[0]: has an offset in one of"],
    "{name: a, hours: fri 15:00-24:00, from: 2026-01-01}": [
        "3: freeze[0]: has `hours`, which recur every week: leave out `from`, `to` and `repeat`."
    ],
    "{name: a, hours: fri, repeat: FREQ=DAILY}": ["3: freeze[0]: has `hours`, which recur"],
    "{name: a, hours: fri 15:00-15:00}": ['20: freeze[0].hours: "fri 15:00-15:00" has no time between.'],
    "{name: a, hours: fry 15:00-16:00}": ['20: freeze[0].hours: "fry 15:00-16:00": "fry" is no day. Did you mean'],
    "{name: a, hours: fri 15-16}": ['"15-16" are no hours. Write mon-fri 09:00-17:00.'],
    "{name: a, from: 2026-01-01, to: 2026-01-02, except: 2026-01-01}": [
        "3: freeze[0]: has `except` without `repeat`: it comes once. Leave one out, or write both."
    ],
    "{name: a, from: 2026-01-01, to: 2026-01-02, repeat: weekly}": ["freeze[0].repeat: 'weekly' is no part of a rule."],
    "{name: a, from: 2026-01-01, to: 2026-01-02, repeat: FREQ=HOURLY}": ["freeze[0].repeat: FREQ=HOURLY is not read"],
    "{name: a, from: 2026-01-01, to: 2026-01-02, repeat: [FREQ=DAILY]}": [
        "freeze[0].repeat: is a list. Write one value."
    ],
    "{name: a, from: 2026-01-01, to: 2027-01-03, repeat: FREQ=DAILY}": [
        "3: freeze[0]: recurs, and lasts longer than a year with its lead and tail. Leave `repeat` out, or make it"
    ],
    "{name: a, from: 2026-01-01, to: 2026-01-01, lead: 400d, repeat: FREQ=DAILY}": [
        "freeze[0]: recurs, and lasts longer"
    ],
    "{name: a, hours: fri, tail: 400d}": ["freeze[0]: recurs, and lasts longer"],
    "{name: a, from: 2026-01-01, to: 2026-01-02, repeat: FREQ=DAILY, except: soon}": ['"soon" is no date.'],
    "{name: a, from: 2026-01-01, to: 2026-01-02, repeat: FREQ=DAILY, except: [2026-02-30]}": ["is in no calendar."],
    "{name: a, from: 2026-13-01, to: 2026-01-02}": ['19: freeze[0].from: "2026-13-01" is in no calendar.'],
    "{name: a, from: 0001-01-01, to: 2026-01-02}": ["the year 1 is far away."],
    "{name: a, from: 2026-01-01, to: 9001-01-02}": ["the year 9001 is far away."],
    "{name: a, from: 2026-01-01, to: 2026-01-02, zone: Europe/Warsow}": [
        'freeze[0].zone: "Europe/Warsow" is no time zone. Did you mean "Europe/Warsaw"?'
    ],
    "{name: a, from: 2026-01-01, to: 2026-01-02, zone: CEST}": ['"CEST" is no time zone.'],
    "{name: a, from: 2026-01-01, to: 2026-01-02, zone: ../UTC}": ['"../UTC" is no time zone.'],
    "{name: a, from: 2026-01-01, to: 2026-01-02, tail: 11y}": ['freeze[0].tail: "11y" is no duration.'],
    "{name: a, from: 2026-01-01, to: 2026-01-02, lead: 4000d}": ["is longer than ten years."],
    "{name: a, from: 2026-01-01, to: 2026-01-02, applies_to: [deploys]}": [
        '"deploys" is not allowed here. Did you mean "deploy"?'
    ],
    "{name: a, from: 2026-01-01, to: 2026-01-02, applies_to: []}": ["freeze[0].applies_to: is empty."],
    "{name: a, from: 2026-01-01, to: 2026-01-02, exempt: {severities: [severe]}}": ["exempt.severities[0]"],
    "{name: a, from: 2026-01-01, to: 2026-01-02, exempt: {rollback: false}}": [
        "freeze[0].exempt.rollback: is unknown."
    ],
    "{name: a, from: 2026-01-01, to: 2026-01-02, scope: {environment: x}}": [
        "scope.environment: is unknown. Did you mean"
    ],
    "{name: a, from: 2026-01-01, to: 2026-01-02, scope: {paths: 'a[z-a]'}}": ["freeze[0].scope.paths"],
    "{name: a, start: 2026-01-01, end: 2026-01-02}": ["freeze[0].start: is unknown.", "freeze[0].end: is unknown."],
    "{name: a, from: 2026-01-01, to: 2026-01-02, tz: UTC}": ["freeze[0].tz: is unknown."],
}


@pytest.mark.parametrize("key", ["freeze", "windows"])
@pytest.mark.parametrize("item", REFUSED)
def test_a_mistake_is_told_with_its_place(item: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        validation.settings(parse(f"{key}:\n- {item}\n".encode(), "m.yml"))
    lines = caught.value.message.splitlines()
    assert all(line.startswith("m.yml:2:") for line in lines)
    said = caught.value.message.replace("windows[0]", "freeze[0]")
    for sentence in REFUSED[item]:
        assert sentence in said

"""A picture of a calendar that has all there is, for the tests of its writers."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from maintainer.writers.freeze_view import Entry, Part, Picture, Slice, Times

WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str, zone: ZoneInfo = WARSAW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def picture(*pieces: tuple[str, Part, str], since: str, until: str, zone: ZoneInfo = WARSAW) -> Picture:
    """Pieces are when each begins, what it is, and the freeze; open before the first."""
    edges = [at(since, zone), *(at(when, zone) for when, _, _ in pieces), at(until, zone)]
    parts: list[tuple[Part, tuple[str, ...]]] = [("open", ())]
    parts += [(part, (name,) if name else ()) for _, part, name in pieces]
    slices = [Slice(a, b, *said) for a, b, said in zip(edges, edges[1:], parts, strict=False) if a < b]
    return Picture("deploy", zone, edges[0], edges[0], edges[-1], tuple(slices))


def full() -> Picture:
    """Three months with a freeze that has a lead and a tail, one every week, windows, a campaign, one over."""
    made = picture(
        ("2026-11-20T00:00", "lead", "Black Week"),
        ("2026-11-23T00:00", "freeze", "Black Week"),
        ("2026-12-01T00:00", "tail", "Black Week"),
        ("2026-12-02T00:00", "open", ""),
        ("2026-12-04T15:00", "freeze", "Fridays"),
        ("2026-12-05T00:00", "shut", ""),
        ("2026-12-07T22:00", "open", ""),
        ("2027-01-04T06:30", "shut", ""),
        ("2027-01-05T22:00", "open", ""),
        since="2026-11-18T00:00",
        until="2027-02-16T00:00",
    )
    week = Times(at("2026-11-20T00:00"), at("2026-11-23T00:00"), at("2026-12-01T00:00"), at("2026-12-02T00:00"))
    friday = Times(*[at("2026-12-04T15:00")] * 2, *[at("2026-12-05T00:00")] * 2)
    night = Times(*[at("2026-12-07T22:00")] * 2, *[at("2026-12-08T06:00")] * 2)
    hostile = "<script>alert(1)</script>\u202e"
    entries = (
        Entry("freeze", "Black Week", ("merge", "deploy"), "maintainer.yml:3", (week,), week, lead="72 h", tail="1 day",
              passes="Security fixes rated high or critical pass.", reason="Bills & more", campaign="Black Week"),
        Entry("freeze", "Fridays", ("deploy",), "calendar team", (friday,), friday, repeats="every week"),
        Entry("window", "Nights", ("deploy",), "maintainer.yml:20", (night,), night, repeats="every week"),
        Entry("campaign", hostile, (), hostile, (friday,), friday, reason=hostile, campaign=hostile),
        Entry("freeze", "Summer", ("deploy",), "maintainer.yml:9"),
    )  # fmt: skip
    return replace(made, entries=entries, now=at("2026-11-18T09:30"))

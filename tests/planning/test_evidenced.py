"""What history proves of the changes of a range, and what it doesn't."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.changes import Source
from maintainer.planning.evidenced import passed, proofs, unproven
from maintainer.releasing import Figure, Known, Merge, Watch
from maintainer.text.event import Event

NOW = datetime(2026, 11, 22, tzinfo=UTC)
A, B, OTHER = "a" * 40, "b" * 40, "c" * 40
MERGE = Merge(7, "Gift cards", NOW, head=A, commit=B, url="https://f.example/7")


def event(kind: str, data: dict[str, Any], head: str = A, minutes: int = 0, number: int | None = 7) -> Event:
    return Event(NOW - timedelta(hours=2) + timedelta(minutes=minutes), "shop", kind, data, head, number)


def verified(verdict: str, minutes: int = 0, head: str = A) -> Event:
    data = {"verdict": verdict, "counts": {"pass": 9, "skipped": 1}, "checks": ["smoke", "e2e"]}
    return event("verified", data, head, minutes)


def test_the_last_look_at_what_was_merged_counts() -> None:
    found = proofs([verified("pass", 5), verified("fail", 1), verified("fail", 9, OTHER)],
                   [MERGE], ())  # fmt: skip
    assert [(one.verdict, one.counts, one.checks, one.proposal) for one in found] == [
        ("pass", {"pass": 9, "skipped": 1}, ("smoke", "e2e"), 7)
    ]
    assert found[0].source == Source("measurement", f"verified {A}", "https://f.example/7")


def test_a_look_at_the_commit_itself_counts() -> None:
    found = proofs([event("verified", {"verdict": "pass"}, OTHER, number=None)], [], [OTHER])
    assert [(one.verdict, one.proposal, one.checks) for one in found] == [("pass", None, ())]


def test_figures_belong_to_the_look_they_were_seen_in() -> None:
    rows = [["load", "p95", "/cart", "ms", 412, 405.5], ["lighthouse", "lcp", "/", "s", 1.9, None], ["x", 1], "y",
            ["load", "p95", "/cart", "furlongs", 1, 1], ["load", "p95", "/cart", "ms", True, 1]]  # fmt: skip
    late = event("measured", {"medians": [["load", "p95", "/", "ms", 1, 1]]}, minutes=3)
    found = proofs([verified("pass"), event("measured", {"medians": rows}), late], [MERGE], ())
    assert found[0].figures == (
        Figure("load", "p95", "/cart", "ms", 412.0, 405.5),
        Figure("lighthouse", "lcp", "/", "s", 1.9, None),
    )


def test_an_override_is_told_once_and_only_of_what_went_in() -> None:
    data = {"by": "ada", "reason": "checkout is down", "at": (NOW - timedelta(hours=1)).isoformat(),
            "until": NOW.isoformat(), "agreed": ["bo", "cy"], "passed": ["Black Week"]}  # fmt: skip
    late = data | {"by": "eve", "at": (NOW + timedelta(hours=1)).isoformat()}
    found = passed(
        [event("overridden", data), event("overridden", data, minutes=9), event("overridden", data, number=8),
         event("overridden", late, minutes=300), event("overridden", {"by": 5})],
        [MERGE],
    )  # fmt: skip
    assert [(one.by, one.reason, one.passed, one.agreed, one.until) for one in found] == [
        ("ada", "checkout is down", ("Black Week",), "bo, cy", NOW),
        ("eve", "checkout is down", ("Black Week",), "bo, cy", NOW),  # once it was merged: to be released
    ]
    assert found[0].source.kind == "event"
    assert found[0].source.url == MERGE.url


@pytest.mark.parametrize(
    ("verdict", "known", "watch"), [("fail", 1, 0), ("inconclusive", 0, 1), ("pass", 0, 0), ("skipped", 0, 0)]
)
def test_what_was_not_proven_is_told(verdict: str, known: int, watch: int) -> None:
    found = proofs([verified(verdict)], [MERGE], ())
    sources = (found[0].source, Source("proposal", "7", MERGE.url))
    assert unproven(found, [MERGE]) == (
        (Known("Gift cards", sources, "failed"),) * known,
        (Watch("unverified", "Gift cards", sources),) * watch,
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("verdict", "counts", "checks", "medians", "by", "reason", "at", "until", "agreed", "passed")


KINDS = st.sampled_from(["verified", "measured", "overridden", "x"])


@given(st.lists(st.tuples(KINDS, st.dictionaries(st.sampled_from(KEYS), JSON)), max_size=6))
def test_lines_that_hold_anything_break_nothing(stated: list[tuple[str, dict[str, Any]]]) -> None:
    events = [event(kind, data) for kind, data in stated]
    for proof in proofs(events, [MERGE], ()):
        assert proof.verdict in ("pass", "fail", "inconclusive", "skipped")
    assert all(one.by for one in passed(events, [MERGE]))

"""The check, with a program in Lighthouse's place; tests/bench/test_lighthouse.py runs the real one."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.lighthouse import Enough, Lighthouse, never
from maintainer.checks.lighthouse_program import Device, Program
from maintainer.checks.lighthouse_report import unit
from maintainer.evidence import Blind, Evidence, Page, Side, Target
from maintainer.http_visit import Visitor
from maintainer.policy.budgets import USUAL, judge
from maintainer.policy.metrics import METRICS
from tests.checks.lighthouse_fake import Fake, Step
from tests.loopback import Loopback, Reply, Served
from tests.processes import gone

ANSWERS: dict[str, Served] = {"/": "<h1>Shop</h1>", "/shop/": "<h1>All</h1>"}
HOME = "/ on mobile"


def site(side: Side, server: Loopback) -> Site:
    return Site(Target(side, server.url), Visitor(server.url, environment={}))


class Scene:
    """Two sites on loopback and a fake Lighthouse."""

    def __init__(self, folder: Path, head: Loopback, base: Loopback | None) -> None:
        self.folder, self.head, self.base = folder, head, base
        self.fake: Fake | None = None

    def measure(
        self,
        plan: Sequence[Step] | None = None,
        *,
        fewest: int = 2,
        most: int = 2,
        enough: Enough = never,
        pages: tuple[Page, ...] = (),
        devices: tuple[Device, ...] = ("mobile",),
        seconds: float = 20,
        until: float = 300,
        program: Program | None = None,
        guarded: bool = False,
    ) -> Evidence:
        if program is None:
            self.fake = Fake(self.folder / "bin", plan or [{}])
            program = Program(self.fake.environment(), seconds=seconds)
        check = Lighthouse(program, devices=devices, fewest=fewest, most=most, enough=enough, guarded=guarded)
        base = site("base", self.base) if self.base else None
        folder, end = self.folder / "report", time.monotonic() + until
        return check.measure(Bench(site("head", self.head), base, pages, Bounds(), folder, end))

    def sides(self) -> str:
        """Which side was run, in order: B and H."""
        assert self.fake
        return "".join("H" if url.startswith(self.head.url) else "B" for url in self.fake.urls())

    def port(self, side: str) -> str:
        server = self.head if side == "head" else self.base
        assert server
        return str(server.port)


@contextmanager
def scene(folder: Path, *, baseline: bool = True) -> Iterator[Scene]:
    with Loopback(ANSWERS) as head:
        if not baseline:
            yield Scene(folder, head, None)
            return
        with Loopback(ANSWERS) as base:
            yield Scene(folder, head, base)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as made:
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, baseline=False) as made:
        yield made


def samples(evidence: Evidence, metric: str, side: str = "head", place: str = HOME) -> tuple[float, ...]:
    (found,) = [
        one.samples for one in evidence.measurements if (one.metric, one.side, one.where) == (metric, side, place)
    ]
    return found


# pairs


def test_base_and_head_are_run_in_turns(both: Scene) -> None:
    both.measure(fewest=4, most=4)
    assert both.sides() == "BHHBBHHB"


def test_the_samples_of_both_sides_are_pairs(both: Scene) -> None:
    slower = [{"values": {"lcp": lcp}} for lcp in (1000, 1200, 1210, 1010)]
    found = both.measure(slower)
    assert samples(found, "lcp", "base") == (1000, 1010)
    assert samples(found, "lcp", "head") == (1200, 1210)
    assert found.blind == ()


def test_all_that_the_report_has_is_read(both: Scene) -> None:
    found = both.measure()
    head = {one.metric: (one.samples[0], one.unit) for one in found.measurements if one.side == "head"}
    assert head.pop("ttfb")[1] == "ms"
    assert head == {
        "lcp": (1500, "ms"),
        "fcp": (900, "ms"),
        "si": (1000, "ms"),
        "tbt": (50, "ms"),
        "cls": (0.01, ""),
        "score_performance": (0.9, "score"),
        "score_seo": (1, "score"),
        "bytes": (61589, "bytes"),
        "requests": (4, "count"),
        "bytes_script": (60346, "bytes"),
        "requests_script": (2, "count"),
        "bytes_third_party": (0, "bytes"),
        "requests_third_party": (0, "count"),
        "third_parties": (0, "count"),
        "pairs": (2, "count"),
    }


def test_policy_knows_every_metric_in_the_same_unit() -> None:
    assert {name: unit(name) for name in METRICS} == {name: metric.unit for name, metric in METRICS.items()}


def test_without_a_baseline_there_are_runs_of_the_head_alone(alone: Scene) -> None:
    found = alone.measure(fewest=3, most=3)
    assert alone.sides() == "HHH"
    assert len(samples(found, "lcp")) == 3
    assert {one.side for one in found.measurements} == {"head"}


def test_every_page_is_run_on_every_device(alone: Scene) -> None:
    pages = (Page("/"), Page("/shop/"))
    found = alone.measure(pages=pages, devices=("mobile", "desktop"), fewest=1, most=1)
    places = ["/ on mobile", "/ on desktop", "/shop/ on mobile", "/shop/ on desktop"]
    assert list(dict.fromkeys(one.where for one in found.measurements)) == places
    assert alone.fake
    assert ["--preset=desktop" in run["argv"] for run in alone.fake.runs()] == [False, True, False, True]


def test_more_pairs_are_run_until_they_are_enough(both: Scene) -> None:
    def three(evidence: Evidence, place: str) -> bool:
        return len(samples(evidence, "lcp", place=place)) >= 3

    assert len(samples(both.measure(most=6, enough=three), "lcp")) == 3


def test_more_pairs_are_run_up_to_the_limit(both: Scene) -> None:
    assert len(samples(both.measure(fewest=1, most=3), "lcp")) == 3


def test_a_pair_during_which_the_machine_got_slower_is_thrown_away(both: Scene) -> None:
    speeds = [{"speed": speed, "values": {"lcp": lcp}} for speed, lcp in ((1000, 1), (1151, 2), (1000, 3), (1150, 4))]
    found = both.measure([*speeds, {}])
    assert samples(found, "lcp", "base") == (3, 1500)
    assert both.sides() == "BHBHHB"


def test_a_machine_that_is_never_steady_measures_nothing(both: Scene) -> None:
    found = both.measure([{"speed": 500 + 300 * (run % 2)} for run in range(40)], fewest=2, most=4)
    (blind,) = found.blind
    assert blind.where == HOME
    assert blind.reason == (
        "0 of at least 2 runs could be used: the machine's speed drifted by more than 15% during 4 others"
    )
    assert found.measurements == ()


def test_a_metric_that_one_run_lacks_is_left_out_of_its_pair(both: Scene) -> None:
    found = both.measure([{"values": {"si": None}}, {}, {}, {}])
    assert samples(found, "si", "head") == samples(found, "si", "base") == (1000,)
    assert len(samples(found, "lcp")) == 2


def test_one_run_that_fails_is_run_again(both: Scene) -> None:
    found = both.measure([{}, {"error": "NO_FCP"}, {}])
    assert len(samples(found, "lcp")) == 2
    assert found.blind == ()


def test_the_time_that_is_left_is_kept(both: Scene) -> None:
    found = both.measure([{"sleep": 0.6}], fewest=2, most=50, until=2.5)
    (blind,) = found.blind or (None,)
    assert blind is None or "before the time was over" in blind.reason
    assert len(both.sides()) <= 4


def test_the_report_in_the_middle_is_kept(both: Scene, tmp_path: Path) -> None:
    found = both.measure([{"values": {"lcp": lcp}} for lcp in (1, 10, 30, 3, 2, 20)], fewest=3, most=3)
    (pairs,) = [one for one in found.measurements if one.metric == "pairs"]
    assert [one.what for one in pairs.artifacts] == [
        "Lighthouse 12.8.2 of / on mobile before it, HeadlessChrome/156.0.0.0",
        "Lighthouse 12.8.2 of / on mobile with the change, HeadlessChrome/156.0.0.0",
    ]
    base, head = ((tmp_path / "report" / one.path).read_text() for one in pairs.artifacts)
    assert '"largest-contentful-paint": {"numericValue": 2}' in base
    assert '"largest-contentful-paint": {"numericValue": 20}' in head


def test_who_else_the_page_talks_to_is_told(both: Scene) -> None:
    known, new = ["Stripe", "js.stripe.example"], ["spy.example", "spy.example"]
    found = both.measure([{"parties": {both.port("head"): [known, new], both.port("base"): [known]}}])
    told = [(one.side, one.key, one.sentence) for one in found.observations]
    assert told == [
        ("base", "Stripe", "talks to Stripe (js.stripe.example)"),
        ("head", "Stripe", "talks to Stripe (js.stripe.example)"),
        ("head", "spy.example", "talks to spy.example"),
    ]
    assert [(one.rule, one.side, one.relative) for one in found.looked] == [
        ("third-parties", "base", True),
        ("third-parties", "head", True),
    ]


def test_who_is_talked_to_in_one_run_of_many_is_no_news(both: Scene) -> None:
    once: list[Step] = [{}, {"parties": {both.port("head"): [["Ads", "ads.example"]]}}, {}]
    assert both.measure(once, fewest=3, most=3).observations == ()


# what can go wrong: nothing is measured, and why and what to do is said


def lone_blind(found: Evidence) -> Blind:
    (blind,) = found.blind
    assert found.measurements == ()
    verdicts = judge(found, [USUAL], [HOME], baseline=False)
    assert {verdict.outcome for verdict in verdicts if not verdict.rule.endswith("-growth")} == {"inconclusive"}
    assert blind.reason
    assert blind.mend
    return blind


@pytest.mark.parametrize(
    ("step", "reason", "mend"),
    [
        ({"exit": 1}, "Lighthouse ended with code 1 and no report; it printed nothing", "install it anew"),
        ({"exit": 0, "print": "done"}, 'ended with code 0 and no report; it printed "done"', "install it anew"),
        ({"raw": "<html>"}, "Lighthouse's report is no JSON", "install it anew"),
        ({"raw": "[" * 100_000}, "Lighthouse's report is no JSON", "install it anew"),
        ({"raw": ""}, "ended with code 0 and no report", "install it anew"),
        ({"raw": "[]"}, "what Lighthouse wrote is no report", "install it anew"),
        ({"raw": '{"audits": {}}'}, "doesn't say which page", "install it anew"),
        ({"speed": None}, "doesn't say how fast the machine was", "install it anew"),
        ({"signal": 9}, "Lighthouse was ended by signal 9", "more memory"),
        ({"error": "NO_FCP", "message": "The page did not paint. (NO_FCP)"}, "NO_FCP: The page did not paint", "empty"),
        ({"error": "ERRORED_DOCUMENT_REQUEST"}, "says ERRORED_DOCUMENT_REQUEST: Something failed", "smoke"),
        ({"error": "FAILED_DOCUMENT_REQUEST"}, "says FAILED_DOCUMENT_REQUEST", "See that the site runs"),
        ({"error": "PAGE_HUNG"}, "says PAGE_HUNG", "A script doesn't end"),
        ({"values": {"lcp": None, "fcp": None}}, "measured no times of the page", "stayed empty"),
        ({"values": {"lcp": -1, "fcp": "NaN"}}, "measured no times of the page", "stayed empty"),
        ({"exit": 1, "print": "No Chrome installations found."}, "there is no Chrome", "CHROME_PATH"),
        ({"exit": 1, "print": "connect ECONNREFUSED 127.0.0.1:44"}, "Chrome did not start", "by hand"),
        ({"exit": 127, "print": "env: 'node': No such file or directory"}, "there is no Node", "Install Node"),
        ({"exit": 127, "print": "/usr/bin/env: node: not found"}, "there is no Node", "Install Node"),
        ({"exit": 1, "print": "Error: ENOSPC: no space left on device"}, "the disk is full", "Make room"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[:30],
)
def test_a_program_that_breaks_measures_nothing(alone: Scene, step: Step, reason: str, mend: str) -> None:
    blind = lone_blind(alone.measure([step]))
    assert (blind.check, blind.where, blind.side) == ("lighthouse", HOME, "head")
    assert reason in blind.reason
    assert mend in blind.mend
    assert len(alone.sides()) == 3


def test_a_program_that_is_missing_is_told_once(alone: Scene, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    found = alone.measure(pages=(Page("/"), Page("/shop/")), program=Program({"PATH": str(empty)}))
    blind = lone_blind(found)
    assert (blind.where, blind.reason) == ("", "there is no program lighthouse on this machine.")
    assert "npm install --global lighthouse@12" in blind.mend


def test_a_program_that_hangs_is_ended_with_its_browser(alone: Scene) -> None:
    blind = lone_blind(alone.measure([{"browser": True, "sleep": 60}], seconds=1))
    assert "was not done in 1 s" in blind.reason
    assert alone.fake
    assert gone([int((alone.fake.folder / "browser.pid").read_text())])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Reply(500, "broken"), "the page answers 500"),
        (Reply(401, "who?"), "the page answers 401"),
        (Reply(302, "", {"location": "https://elsewhere.example/"}), "leads to elsewhere.example"),
    ],
    ids=lambda value: value.status if isinstance(value, Reply) else value,
)
def test_a_page_that_does_not_answer_is_not_run(alone: Scene, answer: Reply, reason: str) -> None:
    alone.head.answers["/"] = answer
    blind = lone_blind(alone.measure())
    assert reason in blind.reason
    assert alone.sides() == ""


def test_a_site_before_the_change_that_is_down_is_told_as_that(both: Scene) -> None:
    assert both.base
    both.base.answers["/"] = Reply(503, "soon")
    (blind,) = both.measure().blind
    assert (blind.side, blind.reason) == ("base", "the page answers 503")


@pytest.mark.parametrize(
    ("final", "reason"),
    [
        (lambda scene: f"{scene.head.url}/wp-login.php?redirect_to=%2F", "the page led to /wp-login.php"),
        (lambda scene: "https://login.example/", "the page led to another site, login.example"),
    ],
    ids=["login", "elsewhere"],
)
def test_a_page_that_leads_elsewhere_is_not_measured(alone: Scene, final: Callable[[Scene], str], reason: str) -> None:
    assert lone_blind(alone.measure([{"final": final(alone)}])).reason == reason


def test_a_slash_or_a_query_more_is_the_same_page(alone: Scene) -> None:
    assert alone.measure([{"final": f"{alone.head.url}?visited=1"}]).blind == ()


def test_a_site_that_wants_headers_is_not_given_them(alone: Scene) -> None:
    blind = lone_blind(alone.measure(guarded=True))
    assert "would send to every host" in blind.reason


# how it is started


def test_it_gets_a_fresh_home_and_no_secret(alone: Scene) -> None:
    fake = Fake(alone.folder / "bin")
    alone.fake = fake
    environment = fake.environment(CHROME_PATH="/opt/chrome", SHOP_TOKEN="s3cret", HOME="/home/someone")
    alone.measure(program=Program(environment, sandbox=True))
    first, second = fake.runs()
    given = first["environment"]
    assert set(given) <= {"PATH", "LC_CTYPE", "HOME", "TMPDIR", "CHROME_PATH", "CI", "NO_UPDATE_NOTIFIER"}
    assert given["CHROME_PATH"] == "/opt/chrome"
    assert given["HOME"] == given["TMPDIR"] == first["cwd"]
    assert (first["home"], second["home"]) == ([], [])
    assert first["cwd"] != second["cwd"]
    assert not Path(first["cwd"]).exists()


@pytest.mark.parametrize(("sandbox", "given"), [(True, False), (False, True), (None, os.geteuid() == 0)])
def test_the_sandbox_is_left_only_where_it_must_be(alone: Scene, sandbox: bool | None, given: bool) -> None:
    alone.fake = Fake(alone.folder / "bin")
    alone.measure(program=Program(alone.fake.environment(), sandbox=sandbox), fewest=1, most=1)
    (run,) = alone.fake.runs()
    (flags,) = [one for one in run["argv"] if one.startswith("--chrome-flags=")]
    assert ("--no-sandbox" in flags) is given
    assert not any("budget" in one for one in run["argv"])

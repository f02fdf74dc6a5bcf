"""What only a browser sees of a shop, sound and broken on purpose. One Chromium opens every page of a module's shop."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer.checks import smoke_browser
from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.browser import Browser
from maintainer.checks.smoke import Smoke
from maintainer.checks.smoke_places import Place
from maintainer.evidence import Evidence, Page, Side, Target, Verdict
from maintainer.http_visit import Visitor
from maintainer.policy.verdicts import judge
from tests.loopback import Reply, Request, Served
from tests.shops.faults import BROWSER_FAULTS, scripted
from tests.shops.shop import LOGIN, SOUND, serving

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
RULES = frozenset(smoke_browser.RULES)


def bench(stack: ExitStack, folder: Path, *shops: Mapping[str, Served]) -> Bench:
    """The first of the shops is the one with the change."""
    sides: tuple[Side, ...] = ("head", "base")
    servers = [stack.enter_context(serving(answers)) for answers in shops]
    head, *base = [
        Site(Target(side, server.url), Visitor(server.url, environment={}))
        for side, server in zip(sides, servers, strict=False)
    ]
    return Bench(head, base[0] if base else None, (Page("/about/"),), Bounds(), folder, time.monotonic() + 300)


def verdicts(evidence: Evidence, *, baseline: bool = True) -> list[Verdict]:
    return [one for one in judge(evidence, ["smoke"], baseline=baseline) if one.rule in RULES]


def failed(made: list[Verdict]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.where, one.reason) for one in made if one.outcome == "fail"]


def sometimes() -> Served:
    """A script that breaks the first time it runs."""
    opened: list[Request] = []

    def answer(request: Request) -> Reply:
        opened.append(request)
        return Reply(200, "gone()" if len(opened) == 1 else "1", {"content-type": "text/javascript"})

    return answer


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Verdict]]:
    """The verdicts on a shop with every fault, beside the sound one; on a page something comes and goes by itself."""
    faults = {path: served for fault in BROWSER_FAULTS.values() for path, served in fault.changed.items()}
    faults |= {**scripted("/my-account/", "/js/now-and-then.js", LOGIN), "/js/now-and-then.js": sometimes()}
    with ExitStack() as stack:
        given = bench(stack, tmp_path_factory.mktemp("broken"), {**SOUND, **faults}, SOUND)
        yield verdicts(Smoke(NOW, browser=Browser(os.environ)).measure(given))


@pytest.mark.parametrize("fault", BROWSER_FAULTS)
def test_a_fault_is_found_by_its_rule_with_its_cause(broken: list[Verdict], fault: str) -> None:
    known = BROWSER_FAULTS[fault]
    found = [reason for rule, where, reason in failed(broken) if (rule, where) == (known.rule, known.where)]
    assert len(found) == 1, failed(broken)
    assert known.names in found[0]


def test_nothing_else_is_found(broken: list[Verdict]) -> None:
    assert len(failed(broken)) == len(BROWSER_FAULTS)
    assert [one for one in broken if one.outcome == "inconclusive"] == []


def test_a_shop_beside_itself_passes_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    shop = {**SOUND, **{path: one for fault in BROWSER_FAULTS.values() for path, one in fault.changed.items()}}
    with ExitStack() as stack:
        made = verdicts(Smoke(NOW, browser=Browser(os.environ)).measure(bench(stack, tmp_path, shop, shop)))
    assert {one.outcome for one in made} == {"pass"}
    assert {one.rule for one in made} == RULES
    (cart,) = [one.reason for one in made if (one.rule, one.where) == ("console", "/cart/")]
    assert cart.startswith("as before: JavaScript breaks")
    (used,) = [one.reason for one in made if (one.rule, one.where) == ("console", "")]
    assert used.startswith("9 pages were opened in Chromium ")


def test_without_a_baseline_what_is_wrong_by_itself_fails(tmp_path: Path) -> None:
    faults = [BROWSER_FAULTS[name] for name in ("script breaks", "error in the console", "cookie before consent")]
    shop = {**SOUND, **{path: one for fault in faults for path, one in fault.changed.items()}}
    with ExitStack() as stack:
        given = bench(stack, tmp_path, shop)
        places = [Place("/"), Place("/cart/"), Place("/about/")]
        seen = smoke_browser.evidence(Browser(os.environ), given.head, None, places, frozenset(), given)
    made = verdicts(seen, baseline=False)
    assert {(rule, where) for rule, where, _ in failed(made)} == {("console", "/cart/"), ("cookies", "/")}
    assert {one.outcome for one in made if one.rule == "third-party"} == {"skipped"}
    (told,) = [one.reason for one in made if (one.rule, one.where) == ("console", "/about/")]
    assert told == "an error in the console: reCAPTCHA: no such key 4711"


def test_without_a_browser_its_rules_alone_are_inconclusive(tmp_path: Path) -> None:
    with ExitStack() as stack:
        given = bench(stack, tmp_path, SOUND, SOUND)
        evidence = Smoke(NOW, browser=Browser({"CHROME_PATH": "/nowhere/chrome"})).measure(given)
    made = judge(evidence, ["smoke"], baseline=True)
    blind = {one.rule: one.reason for one in made if one.outcome == "inconclusive"}
    assert blind.keys() == RULES
    assert all("CHROME_PATH is /nowhere/chrome, which is no program" in reason for reason in blind.values())
    assert ("answers", "/cart/") in {(one.rule, one.where) for one in made if one.outcome == "pass"}


@pytest.mark.parametrize(
    ("name", "domain", "told", "sentence"),
    [
        ("_ga", "127.0.0.1", False, "sets the cookie _ga before"),
        ("_fbp", ".0.0.1", False, "sets the cookie _fbp before"),
        ("uuid2", ".adnxs.example", False, "sets the cookie uuid2 of adnxs.example before"),
        ("wp_woocommerce_session_0a1b2c3d4e5f", "127.0.0.1", True, "sets the cookie wp_woocommerce_session_"),
        ("_gallery", "127.0.0.1", True, "sets the cookie _gallery"),
    ],
)
def test_cookies(tmp_path: Path, name: str, domain: str, told: bool, sentence: str) -> None:
    noted = {"errors": [], "console": [], "failed": [], "scripts": [], "cookies": [[name, domain]]}
    with ExitStack() as stack:
        given = bench(stack, tmp_path, SOUND, SOUND)
        (fact,) = smoke_browser._facts(noted, given.head, Place("/"), frozenset(), given)
    assert fact.told is told
    assert fact.sentence.startswith(sentence)

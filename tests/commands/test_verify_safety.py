"""What writes, pays or loads: never where customers buy unless that is named, and never where it would do harm."""

import io
import json
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.checks.base import Bench
from maintainer.commands import verify_running
from maintainer.commands.verify_checks import KINDS, Kind
from maintainer.evidence import Evidence, Looked
from maintainer.policy import gateways
from maintainer.policy.safety import CONCERNS, Sign, refusal
from tests.loopback import Reply
from tests.shops.shop import SOUND, serving

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ALL_OFF = "safe: {mail: none, webhooks: none, renewals: none, payments: test}"


class Orders:
    """A check that places orders, on as many sites as it is given."""

    NAME = "orders"
    WRITES = True

    def measure(self, bench: Bench) -> Evidence:
        return Evidence(looked=tuple(Looked("orders", "placed", "", site.side) for site in bench.sites))


@pytest.fixture(autouse=True)
def _orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Orders()))


@pytest.fixture
def verify(tmp_path: Path) -> "Run":
    return Run(tmp_path)


class Run:
    """`maintainer verify --only orders`; what is looked at is said by the configuration."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {"KEY": "ck_12345678", "SECRET": "cs_12345678"}

    def __call__(self, configuration: str, *argv: str) -> tuple[int, list[dict[str, Any]]]:
        (self.root / "maintainer.yml").write_text(configuration, encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        whole = ["-C", str(self.root), "verify", "--into", "results", "--only", "orders", "--format", "json", *argv]
        code = cli.run(whole, environment=self.environment, now=NOW, out=out, err=err)
        assert out.getvalue(), err.getvalue()
        verdicts: list[dict[str, Any]] = json.loads(out.getvalue())["verdicts"]
        return code, [one for one in verdicts if one["check"] == "orders"]


@pytest.fixture
def shop() -> Iterator[str]:
    with serving(SOUND) as served:
        yield served.url


def only(verdicts: list[dict[str, Any]]) -> tuple[str, str]:
    (one,) = verdicts
    return one["verdict"], one["reason"]


def test_nothing_is_written_where_nobody_said_that_it_does_no_harm(verify: Run, shop: str) -> None:
    code, verdicts = verify(f"environments: {{staging: {{url: '{shop}', safe: {{mail: none}}}}}}\n")
    assert code == 3
    assert only(verdicts) == (
        "inconclusive",
        "it writes, and what that sets off there is not known (webhooks, renewals, payments): other systems may be "
        "told of orders that are none; subscriptions may be renewed; real money may move. Switch these off on the "
        "staging, gateways to test mode, and state it: "
        "environments.staging.safe: {webhooks: none, renewals: none, payments: test}",
    )


def test_what_is_stated_is_enough(verify: Run, shop: str) -> None:
    assert verify(f"environments: {{staging: {{url: '{shop}', {ALL_OFF}}}}}\n")[0] == 0


def test_what_the_refusal_says_to_write_is_what_lets_it_through(verify: Run, shop: str) -> None:
    _, verdicts = verify(f"environments: {{staging: {{url: '{shop}'}}}}\n")
    _, _, advice = only(verdicts)[1].partition("environments.staging.")
    assert verify(f"environments: {{staging: {{url: '{shop}', {advice}}}}}\n")[0] == 0


def test_production_is_written_to_only_where_the_check_is_named(verify: Run, shop: str) -> None:
    site = f"site: {{production: '{shop}'}}\nenvironments: {{staging: {{url: '{shop}', {ALL_OFF}}}}}\n"
    code, verdicts = verify(site)
    assert (code, only(verdicts)[0]) == (3, "inconclusive")
    assert only(verdicts)[1].endswith("or allow it there: verify.production: [orders]")
    code, verdicts = verify(site + "verify: {production: [smoke]}\n")
    assert (code, only(verdicts)[0]) == (3, "inconclusive")


def test_a_baseline_that_is_production_is_left_out(verify: Run, shop: str) -> None:
    with serving(SOUND) as live:
        code, verdicts = verify(
            f"site: {{production: '{live.url}'}}\n"
            f"environments: {{production: {{compare: false}}, staging: {{url: '{shop}', {ALL_OFF}}}, "
            f"baseline: {{url: '{live.url}'}}}}\n"
        )
    assert code == 0
    assert {(one["rule"], one["verdict"]) for one in verdicts} == {("placed", "pass"), ("baseline", "skipped")}


def test_a_baseline_where_it_may_do_harm_is_no_pass(verify: Run, shop: str) -> None:
    with serving(SOUND) as other:
        staging = f"{{url: '{shop}', {ALL_OFF}}}"
        code, verdicts = verify(f"environments: {{staging: {staging}, baseline: {{url: '{other.url}'}}}}\n")
    assert code == 3
    reasons = [one["reason"] for one in verdicts if one["verdict"] == "inconclusive"]
    assert len(reasons) == 1
    assert "the baseline can't be looked at: it writes" in reasons[0]
    assert "environments.baseline.safe: {mail: none" in reasons[0]


def gateway(name: str, enabled: bool = True, **settings: str) -> dict[str, Any]:
    """https://developer.woocommerce.com/docs/apis/rest-api/v3/payment-gateways/."""
    told = {key: {"id": key, "type": "checkbox", "value": value} for key, value in settings.items()}
    return {"id": name, "title": name, "method_title": name.title(), "enabled": enabled, "settings": told}


TESTING = (gateway("bacs"), gateway("stripe", testmode="yes"), gateway("old", enabled=False))
GATEWAYS: Mapping[str, tuple[tuple[dict[str, Any], ...], bool | None]] = {
    "all test": (TESTING, True),
    "by hand": ((gateway("cod"), gateway("cheque")), True),
    "none": ((), True),
    "one live": ((*TESTING, gateway("woocommerce_payments", test_mode="no")), False),
    "live by its environment": ((gateway("tpay", environment="production"),), False),
    "sandbox": ((gateway("przelewy24", p24_test_mod="sandbox"), gateway("ppcp-gateway", sandbox_on="1")), True),
    "one that doesn't say": ((gateway("acme", apikey="x"), *TESTING), None),
    "one that says nonsense": ((gateway("acme", testmode="maybe"),), None),
    "live beside one that doesn't say": ((gateway("acme"), gateway("stripe", testmode="no")), False),
    "off": ((gateway("stripe", enabled=False, testmode="no"),), True),
}


@pytest.mark.parametrize("case", GATEWAYS)
def test_gateways_are_read(case: str) -> None:
    listed, safe = GATEWAYS[case]
    assert [sign.safe for sign in gateways.payments(listed)] == ([] if safe is None else [safe])


def woocommerce(*gateways: dict[str, Any], hooks: tuple[dict[str, Any], ...] = ()) -> dict[str, Reply]:
    return {
        "/wp-json/wc/v3/payment_gateways": Reply(200, list(gateways)),
        "/wp-json/wc/v3/webhooks": Reply(200, list(hooks)),
        "/wp-json/wc/v3": Reply(200, {"namespace": "wc/v3", "routes": {"/wc/v3/orders": {}}}),
    }


WITH_A_KEY = "woocommerce: {key_env: KEY, secret_env: SECRET}"


def test_what_woocommerce_shows_need_not_be_stated(verify: Run) -> None:
    with serving({**SOUND, **woocommerce(*TESTING)}) as shop:
        code, verdicts = verify(
            f"environments: {{staging: {{url: '{shop.url}', safe: {{mail: none}}, {WITH_A_KEY}}}}}\n"
        )
    assert (code, only(verdicts)[0]) == (0, "pass")
    sent = [one.headers.get("authorization", "") for one in shop.requests if "/wc/v3" in one.path]
    assert len(sent) == 3
    assert all(one.startswith("Basic ") for one in sent)


def test_what_woocommerce_shows_goes_before_what_is_stated(verify: Run) -> None:
    hooks = ({"id": 1, "name": "ERP", "status": "active"}, {"id": 2, "name": "old", "status": "disabled"})
    live = woocommerce(gateway("stripe", testmode="no"), hooks=hooks)
    with serving({**SOUND, **live}) as shop:
        code, verdicts = verify(f"environments: {{staging: {{url: '{shop.url}', {ALL_OFF}, {WITH_A_KEY}}}}}\n")
    assert code == 3
    assert only(verdicts)[1] == (
        "it writes, and Stripe is live: real money may move; 1 webhooks are active (ERP): other systems may be told of "
        "orders that are none. Switch that off on the staging, or put it in test mode"
    )


def test_a_shop_that_answers_rubbish_is_not_known(verify: Run) -> None:
    answers = {path: Reply(200, "<html>") for path in woocommerce()}
    with serving({**SOUND, **answers}) as shop:
        code, verdicts = verify(f"environments: {{staging: {{url: '{shop.url}', {WITH_A_KEY}}}}}\n")
    assert (code, "is not known (mail, webhooks, renewals, payments)" in only(verdicts)[1]) == (3, True)


def test_every_concern_alone_refuses() -> None:
    for concern in CONCERNS:
        stated = {other: "none" for other in CONCERNS if other != concern}
        refused = refusal(stated, (), "environments.staging")
        assert refused and f"not known ({concern})" in refused[0]
        assert refusal(stated, [Sign(concern, True, "")], "") is None
        assert refusal(dict.fromkeys(CONCERNS, "none"), [Sign(concern, False, "it is on")], "")


# Time and disk


class Hangs(Orders):
    """A check that never comes back, and thinks nothing of errors."""

    WRITES = False

    def measure(self, bench: Bench) -> Evidence:
        while True:
            try:
                time.sleep(60)
            except Exception:
                continue


class Waits(Orders):
    """A check that waits for a thread, which waits for `over`."""

    WRITES = False

    def __init__(self, over: threading.Event) -> None:
        self.over = over

    def measure(self, bench: Bench) -> Evidence:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(self.over.wait)
        return Evidence()


class Full(Orders):
    """A check that writes to a disk with no room left."""

    WRITES = False

    def measure(self, bench: Bench) -> Evidence:
        with Path("/dev/full").open("wb", buffering=0) as kept:
            kept.write(b"x")
        return Evidence()


def test_a_check_that_hangs_is_ended(verify: Run, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_running, "GRACE", 0.1)
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Hangs()))
    code, verdicts = verify(f"environments: {{staging: '{shop}'}}\nverify: {{within: {{check: 1s}}}}\n")
    assert (code, only(verdicts)) == (
        3,
        ("inconclusive", "it hung: it was not done in 1 s and was ended. Raise verify.within.check"),
    )


def test_a_check_whose_threads_hang_is_left(verify: Run, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(verify_running, "GRACE", 0.1)
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Waits(over)))
    try:
        code, verdicts = verify(f"environments: {{staging: '{shop}'}}\nverify: {{within: {{check: 1s}}}}\n")
    finally:
        over.set()
    assert (code, only(verdicts)[1][:9]) == (3, "it hung: ")


def test_the_time_for_all_holds_for_each(verify: Run, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_running, "GRACE", 0.1)
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Hangs()))
    monkeypatch.setitem(KINDS, "later", Kind(lambda _: Orders()))
    code, verdicts = verify(
        f"environments: {{staging: '{shop}'}}\nverify: {{within: {{check: 1h, all: 1s}}}}\n", "--only", "later"
    )
    assert (code, only(verdicts)[0]) == (3, "inconclusive")


def test_a_full_disk_costs_its_check(verify: Run, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Full()))
    code, verdicts = verify(f"environments: {{staging: '{shop}'}}\n")
    assert (code, only(verdicts)[0]) == (3, "inconclusive")
    assert "No space left on device. Make room or access, then run again" in only(verdicts)[1]

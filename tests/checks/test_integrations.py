"""What a shop's integrations answer is found wrong by its rule, with its cause; sound ones pass."""

import re
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from maintainer.checks.integrations import Integrations
from maintainer.commands.verify_integrations import configured, judged
from maintainer.config.integrations import Integration
from maintainer.config.verify import Verify
from maintainer.evidence import Verdict
from tests.checks import sites
from tests.checks.sites import bench, said
from tests.loopback import Loopback, Reply, Request, Served
from tests.shops.relied_upon import DECLARED, FAULTS, SYSTEMS, hook, json, products

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
KEY = {"HOOK_KEY": "kubek-sekret"}
READ = TypeAdapter(tuple[Integration, ...])


def check(
    declared: Sequence[Mapping[str, Any]], environment: Mapping[str, str] = KEY, **more: Any
) -> tuple[Integrations, Verify]:
    verify = Verify(integrations=READ.validate_python(list(declared)), **more)
    made = configured(verify, environment, None, NOW)
    assert isinstance(made, Integrations)
    return made, verify


def looked(
    folder: Path,
    head: Mapping[str, Served] | Loopback,
    base: Mapping[str, Served] | None = SYSTEMS,
    declared: Sequence[Mapping[str, Any]] = DECLARED,
    environment: Mapping[str, str] = KEY,
    **more: Any,
) -> tuple[Verdict, ...]:
    made, verify = check(declared, environment)
    with bench(folder, head, base, **more) as given:
        evidence = made.measure(given)
    told = sites.judged(evidence, "integrations", baseline=base is not None)
    return (*told, *judged(evidence, verify, baseline=base is not None))


def test_sound_systems_beside_themselves_pass(tmp_path: Path) -> None:
    verdicts = looked(tmp_path, SYSTEMS)
    assert {one.outcome for one in verdicts} == {"pass"}, verdicts
    passed = {(one.rule, one.where): one.reason for one in verdicts}
    assert passed["items", "products"] == "has 100 items"
    assert passed["fresh", "marketplace"] == "is 3 hours old"
    assert passed["queue", "dead letters"] == "0 could not be delivered"
    assert {("schema", "ERP"), ("well-formed", "marketplace"), ("latency", "products"), ("fresh", "export")} <= set(
        passed
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_with_its_cause(tmp_path: Path, fault: str) -> None:
    wanted = FAULTS[fault]
    verdicts = looked(tmp_path, {**SYSTEMS, **wanted.changed})
    found = said(verdicts, "fail")
    assert [(rule, where) for rule, where, _ in found] == [(wanted.rule, wanted.where)], verdicts
    assert wanted.names in found[0][2]


@pytest.mark.parametrize("fault", [name for name, one in FAULTS.items() if one.rule in ("answers", "schema")])
def test_what_was_wrong_before_is_told(tmp_path: Path, fault: str) -> None:
    wanted = FAULTS[fault]
    systems = {**SYSTEMS, **wanted.changed}
    verdicts = looked(tmp_path, systems, systems)
    assert said(verdicts, "fail") == []
    assert any(reason.startswith("as before: ") and wanted.names in reason for _, _, reason in said(verdicts, "pass"))


def test_a_number_behind_its_limit_fails_though_it_was_so_before(tmp_path: Path) -> None:
    systems = {**SYSTEMS, **FAULTS["undelivered"].changed}
    assert [rule for rule, _, _ in said(looked(tmp_path, systems, systems), "fail")] == ["queue"]


def test_without_a_baseline_limits_are_judged_and_losses_left_out(tmp_path: Path) -> None:
    verdicts = looked(tmp_path, SYSTEMS, None)
    assert said(verdicts, "fail") == said(verdicts, "inconclusive") == []
    ((rule, where, reason),) = said(verdicts, "skipped")
    assert (rule, where) == ("items", "marketplace")
    assert "says only a baseline" in reason


def test_a_baseline_that_can_not_be_counted_is_no_pass(tmp_path: Path) -> None:
    before = {**SYSTEMS, "/feed.xml": json({}, 500)}
    (reason,) = [one for rule, _, one in said(looked(tmp_path, SYSTEMS, before), "inconclusive") if rule == "items"]
    assert reason == "has 100 items; what the baseline has is not known"


def test_a_slow_one_is_asked_again_before_it_fails(tmp_path: Path) -> None:
    declared = [{"name": "ERP", "url": "/health", "within": "30ms"}]

    def slow(_: Request) -> Reply:
        time.sleep(0.05)
        return json({})

    ((_, _, reason),) = said(looked(tmp_path, {"/health": slow}, None, declared), "fail")
    assert "at best of 3 times, in" in reason and reason.endswith("it may take 30 ms")
    first: list[int] = []

    def once(request: Request) -> Reply:
        first.append(1)
        return slow(request) if len(first) == 1 else json({})

    assert said(looked(tmp_path, {"/health": once}, None, declared), "fail") == []


def test_what_writes_is_sent_once_and_refused_on_production(tmp_path: Path) -> None:
    (orders,) = [one for one in DECLARED if one["name"] == "orders"]
    with Loopback({"/hook": hook}) as server:
        assert said(looked(tmp_path, server, None, [{**orders, "within": "1ms"}]), "fail")
        assert [request.method for request in server.requests] == ["POST"]
        assert server.requests[0].headers["content-type"] == "application/json"
    with Loopback({"/hook": hook}) as server:
        verdicts = looked(tmp_path, server, None, [orders], production=True)
        assert server.requests == []
    ((rule, where, reason),) = said(verdicts, "inconclusive")
    assert (rule, where) == ("answers", "orders")
    assert "it writes (POST), and that is production" in reason and "verify.production" in reason


def test_production_that_is_named_may_be_written_to(tmp_path: Path) -> None:
    (orders,) = [one for one in DECLARED if one["name"] == "orders"]
    made, _ = check([orders], production=("integrations",))
    with Loopback({"/hook": hook}) as server, bench(tmp_path, server, production=True) as given:
        evidence = made.measure(given)
        assert [request.method for request in server.requests] == ["POST"]
    assert not evidence.blind and not evidence.observations


def test_a_missing_variable_costs_its_endpoint_alone(tmp_path: Path) -> None:
    verdicts = looked(tmp_path, SYSTEMS, environment={})
    ((rule, where, reason),) = said(verdicts, "inconclusive")
    assert (rule, where) == ("answers", "orders")
    assert reason == "HOOK_KEY is not set. Set that environment variable in the CI"
    assert len(said(verdicts, "pass")) > 5


def test_another_system_is_asked_once_and_only_where_it_is_allowed(tmp_path: Path) -> None:
    with Loopback({"/health": json(products(3))}) as erp:
        declared = [{"name": "ERP", "url": f"{erp.url}/health", "items": {"at": "/products"}}]
        ((_, _, reason),) = said(looked(tmp_path, SYSTEMS, SYSTEMS, declared), "inconclusive")
        assert erp.requests == []
        assert reason == f"{erp.host} may not be asked. Name it: environments.allow: [{erp.host}]"
        verdicts = looked(tmp_path, SYSTEMS, SYSTEMS, declared, allowed=[erp.host])
        assert len(erp.requests) == 1
    assert [one.outcome for one in verdicts] == ["pass", "pass", "skipped"]
    assert "name a limit: items.fewest" in verdicts[-1].reason


def test_another_system_that_is_down_is_unknown(tmp_path: Path) -> None:
    with Loopback({}) as gone:
        host = gone.host
    declared = [{"name": "ERP", "url": f"http://{host}/health", "items": "/products", "within": "1s"}]
    verdicts = looked(tmp_path, SYSTEMS, None, declared, allowed=[host])
    assert [one.outcome for one in verdicts] == ["inconclusive"]
    assert "can this machine reach it?" in verdicts[0].reason


def test_a_key_goes_to_the_host_it_is_for_and_to_no_other(tmp_path: Path) -> None:
    declared = [{"name": "a", "url": "/health", "headers": [{"name": "X-Key", "value_env": "HOOK_KEY"}]}]
    with Loopback({"/moved": json({})}) as other:
        moved = {
            "/health": Reply(302, "", {"location": "/there"}),
            "/there": Reply(302, "", {"location": f"{other.url}/moved"}),
        }
        with Loopback(moved) as server:
            verdicts = looked(tmp_path, server, None, declared, allowed=[other.host])
            assert [request.headers.get("x-key") for request in server.requests] == ["kubek-sekret"] * 2
        assert [request.headers.get("x-key") for request in other.requests] == [None]
    assert [one.outcome for one in verdicts] == ["pass"]


def test_a_redirect_of_what_writes_is_not_followed(tmp_path: Path) -> None:
    (orders,) = [one for one in DECLARED if one["name"] == "orders"]
    with Loopback({"/hook": Reply(307, "", {"location": "/other"})}) as server:
        verdicts = looked(tmp_path, server, None, [orders])
        assert [request.path for request in server.requests] == ["/hook"]
    assert "answers 307 and should answer 202" in said(verdicts, "fail")[0][2]


def test_nothing_of_an_answer_stands_in_a_sentence(tmp_path: Path) -> None:
    customer = json({"status": "ada@shop.example"})
    verdicts = looked(tmp_path, {**SYSTEMS, "/health": customer})
    assert said(verdicts, "fail") and not any("ada@" in one.reason for one in verdicts)


def test_a_schema_asks_no_host(tmp_path: Path) -> None:
    with Loopback({"/schema": {"type": "string"}}) as elsewhere:
        declared = [{"name": "ERP", "url": "/health", "json_schema": {"$ref": f"{elsewhere.url}/schema"}}]
        verdicts = looked(tmp_path, SYSTEMS, None, declared)
        assert elsewhere.requests == []
    ((rule, _, reason),) = said(verdicts, "inconclusive")
    assert rule == "schema" and "which is not in it" in reason


def test_a_schema_that_is_none_is_unknown(tmp_path: Path) -> None:
    declared = [{"name": "ERP", "url": "/health", "json_schema": {"type": "objekt"}}]
    ((rule, _, reason),) = said(looked(tmp_path, SYSTEMS, None, declared), "inconclusive")
    assert rule == "schema" and "its JSON Schema can't be used: type:" in reason


def test_when_the_time_is_over_nothing_passes(tmp_path: Path) -> None:
    verdicts = looked(tmp_path, SYSTEMS, None, seconds=0)
    assert {one.outcome for one in verdicts} == {"inconclusive"}


def test_without_any_it_is_left_out() -> None:
    assert configured(Verify(), {}, None, NOW) == "no integrations are declared (verify.integrations)"


def test_every_rule_is_written_and_has_a_fault() -> None:
    page = (Path(__file__).parents[2] / "docs/checks/integrations.md").read_text(encoding="utf-8")
    written = re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)
    assert set(written) == {one.rule for one in FAULTS.values()} | {"latency"}


def test_without_the_extra_all_but_schemas_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "maintainer.checks.integrations_schema", None)
    verdicts = looked(tmp_path, SYSTEMS)
    unknown = said(verdicts, "inconclusive")
    assert {(rule, where) for rule, where, _ in unknown} == {("schema", "products"), ("schema", "ERP")}
    assert "jsonschema is missing. Install it: pip install" in unknown[0][2]
    assert ("items", "products") in {(rule, where) for rule, where, _ in said(verdicts, "pass")}

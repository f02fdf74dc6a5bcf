"""`maintainer plan --format json` is what its published schema and docs/plan.md say."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from maintainer import errors
from maintainer.model import (
    Action,
    Advisory,
    Allow,
    Ask,
    Bump,
    Change,
    Close,
    Decided,
    Decision,
    Deny,
    Dependency,
    Finding,
    Hold,
    Leave,
    Looked,
    Open,
    Plan,
    Problem,
    Proposal,
    Refresh,
    Release,
    Role,
    Severity,
    Source,
    Span,
    Update,
)
from maintainer.writers import plan_json

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA: Mapping[str, Any] = json.loads((DOCS / "schemas" / "plan.schema.json").read_bytes())
PAGE = (DOCS / "plan.md").read_text(encoding="utf-8")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SHOP = Dependency(
    manager="wordpress_plugin",
    file="wp-content/plugins/woocommerce/woocommerce.php",
    name="woocommerce",
    source=Source("wordpress", "plugin:woocommerce"),
    scheme="wordpress",
    at=Span(60, 65),
    text="9.4.2",
    constraint="9.4.2",
    current="9.4.2",
    section="plugins",
    line=6,
)
RANGE = replace(SHOP, manager="npm", name="sass", constraint="^1.2", current=None, locked="1.2.3", role="support")
FIX = Advisory("GHSA-1", "an injection", "high", ("CVE-2026-1234",), url="https://advisories.example/1")
UPDATE = Update(SHOP, Release("9.4.4", NOW), "9.4.4", "patch", (FIX,))
UNDATED = Update(RANGE, Release("1.4.0"), "^1.2", "minor")
CHANGE = Change("WooCommerce 9.4.2 → 9.4.4", "maintainer/wordpress-plugin-woocommerce", (UPDATE, UNDATED))
GROUPED = replace(CHANGE, group="theme tooling", branch="maintainer/theme-tooling")
PROPOSAL = Proposal(3, CHANGE.branch, CHANGE.title, CHANGE.identity, "open", "a" * 40, "a" * 40, "main")

DECISIONS: tuple[Decision, ...] = (
    Allow(),
    Allow("patch · 6 days old"),
    Ask("major: assessed and approved separately"),
    Hold("released 14 hours ago, minimum age is 3 days", NOW),
    Hold("needs PHP 8.2, the site runs 8.1"),
    Deny("ignored by a rule"),
)
ACTIONS: tuple[Action, ...] = (
    Open(CHANGE),
    Open(GROUPED),
    Refresh(CHANGE, PROPOSAL, "it conflicts with main"),
    Close(PROPOSAL, "superseded by maintainer/theme-tooling", "maintainer/theme-tooling"),
    Close(PROPOSAL, "nothing of it is outdated on main any more"),
    Leave(CHANGE, "waits for the next run"),
    Leave(PROPOSAL, "up to date"),
)
PLAN = Plan(
    dependencies=(
        *(Looked(SHOP, "9.4.4", (Decided(UPDATE, decision, "theme tooling"),)) for decision in DECISIONS),
        *(Looked(RANGE, None, (Decided(UNDATED, decision),)) for decision in DECISIONS),
        Looked(SHOP, "9.4.2"),
        Looked(RANGE, problem="satis.example wants credentials (401)"),
    ),
    findings=(
        Finding("eol", "Dockerfile", "php", "PHP 8.1 has had no security support for 3 days.", "high", 1),
        Finding("expired-pin", "", "acme/slider", "The pin expired."),
    ),
    actions=ACTIONS,
    problems=(Problem("composer.json", "acme/private", "satis.example wants credentials (401)."),),
)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_decision_and_action_is_tried() -> None:
    assert {type(one) for one in DECISIONS} == set(get_args(Decision))
    assert {type(one) for one in ACTIONS} == set(get_args(Action))


@pytest.mark.parametrize("plan", [PLAN, Plan((), (), (), ())], ids=["everything", "nothing"])
def test_a_plan_is_what_the_schema_says(plan: Plan) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(plan_json.text(plan)))


def test_moments_carry_an_offset() -> None:
    for stated in re.findall(r'"(?:until|published)":"([^"]*)"', plan_json.text(PLAN)):
        assert datetime.fromisoformat(stated).tzinfo


@pytest.mark.parametrize("field", ["until", "reason"])
def test_a_missing_field_is_refused(field: str) -> None:
    document = plan_json.document(PLAN)
    del document["dependencies"][0]["updates"][0][field]
    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_a_field_nobody_declared_is_refused() -> None:
    for place in ("dependencies", "findings", "actions", "problems"):
        document = plan_json.document(PLAN)
        document[place][0]["surprise"] = True
        assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_closed_unions_are_the_models() -> None:
    assert set(_definition("Update")["bump"]["enum"]) == set(get_args(Bump))
    assert set(_definition("Dependency")["role"]["enum"]) == set(get_args(Role))
    assert set(SCHEMA["$defs"]["Severity"]["enum"]) == set(get_args(Severity))
    assert set(_definition("Problem")["exit_code"]["enum"]) == set(errors.PRECEDENCE)


def test_every_table_is_closed_and_whole() -> None:
    for table in _tables(SCHEMA):
        assert table["additionalProperties"] is False
        assert set(table["required"]) == set(table["properties"])


def test_every_field_is_described() -> None:
    for table in _tables(SCHEMA):
        for name, field in table["properties"].items():
            target = SCHEMA["$defs"][field["$ref"].rpartition("/")[2]] if "$ref" in field else field
            assert target["description"], name


def test_every_field_has_a_row_on_the_page() -> None:
    emitted = {name for table in _tables(SCHEMA) for name in table["properties"]}
    told = PAGE.partition("\n## As JSON\n")[2].partition("\n## Exit codes\n")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)) == sorted(emitted)


def _definition(name: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = SCHEMA["$defs"][name]["properties"]
    return properties


def _tables(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (one for one in (schema, *schema["$defs"].values()) if one.get("type") == "object")

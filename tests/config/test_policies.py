"""The policies we ship can be used, alone and together, and every value in them has its effect."""

import io
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maintainer import cli
from maintainer.config.fields import Section
from maintainer.config.load import load, names, shipped
from maintainer.config.whole import Whole
from maintainer.model import Bump, Dependency, Role, Source, Span
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.rules import Effective, effective

WARSAW = ZoneInfo("Europe/Warsaw")
NAMES = ["black-week", "brochure", "christmas-pl", "default", "ecommerce", "strict"]


def test_these_are_shipped() -> None:
    assert names(shipped()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_can_be_used(tmp_path: Path, name: str) -> None:
    (tmp_path / "maintainer.yml").write_text(f"extends: {name}\n")
    out, err = io.StringIO(), io.StringIO()
    argv = ["-C", str(tmp_path), "config", "check"]
    assert cli.run(argv, environment={}, now=datetime(2026, 11, 21, tzinfo=UTC), out=out, err=err) == 0
    assert "can be used" in out.getvalue()
    assert err.getvalue() == ""


@pytest.mark.parametrize("order", list(permutations(NAMES[:3] + NAMES[3:], 2)), ids="-".join)
def test_policies_go_together(tmp_path: Path, order: tuple[str, ...]) -> None:
    (tmp_path / "maintainer.yml").write_text(f"extends: [{', '.join(order)}]\n")
    load(tmp_path, {})


def test_the_default_policy_states_every_default(tmp_path: Path) -> None:
    """What is built in and stated nowhere could not be shown with its reason."""
    config = load(tmp_path, {})
    built_in = {"extends"}

    def fields(section: type[Section], path: str = "") -> None:
        for name, about in section.model_fields.items():
            key = f"{path}{about.alias or name}"
            default = about.get_default(call_default_factory=False)
            if isinstance(default, Section):
                fields(type(default), f"{key}.")
            elif default is not None and key not in built_in:
                steps = key.split(".")
                node: object = config.tree
                for step in steps:
                    node = getattr(node, "items", {}).get(step)
                assert node is not None, key

    fields(Whole)


@pytest.mark.parametrize(
    ("policy", "first", "last"),
    [
        ("black-week", datetime(2026, 11, 23, tzinfo=WARSAW), datetime(2026, 12, 1, tzinfo=WARSAW)),
        ("black-week", datetime(2028, 11, 20, tzinfo=WARSAW), datetime(2028, 11, 28, tzinfo=WARSAW)),
        ("christmas-pl", datetime(2027, 12, 18, tzinfo=WARSAW), datetime(2027, 12, 27, tzinfo=WARSAW)),
        ("christmas-pl", datetime(2030, 12, 31, tzinfo=WARSAW), datetime(2031, 1, 7, tzinfo=WARSAW)),
    ],
)
def test_a_calendar_holds_every_year(tmp_path: Path, policy: str, first: datetime, last: datetime) -> None:
    (tmp_path / "maintainer.yml").write_text(f"extends: {policy}\nsite: {{timezone: Europe/Warsaw}}\n")
    calendar = load(tmp_path, {}).rulebook.calendar
    instant, deploy = timedelta(microseconds=1), Subject("deploy")
    held = [bool(closings(calendar, at, deploy)) for at in (first - instant, first, last - instant, last)]
    assert held == [False, True, True, False]


def asked(
    policy: str,
    folder: Path,
    name: str,
    bump: Bump,
    manager: str = "wordpress_plugin",
    role: Role = "package",
    section: str = "",
) -> Effective:
    (folder / "maintainer.yml").write_text(f"extends: {policy}\n")
    source = Source("wordpress", f"plugin:{name}")
    dependency = Dependency(manager, "f", name, source, "wordpress", Span(0, 1), "1", "1", role=role, section=section)
    return effective(dependency, bump, load(folder, {}).rulebook)


def test_fixes_flow_and_majors_are_asked_for(tmp_path: Path) -> None:
    assert asked("default", tmp_path, "akismet", "patch").act == "propose"
    assert asked("default", tmp_path, "akismet", "minor").act == "propose"
    assert asked("default", tmp_path, "akismet", "major").act == "approve"
    assert asked("default", tmp_path, "akismet", "other").act == "approve"
    assert asked("default", tmp_path, "php", "minor", role="pin", section="php").act == "approve"
    assert asked("default", tmp_path, "library/mysql", "minor", "dockerfile").act == "approve"
    assert asked("default", tmp_path, "akismet", "patch").minimum_age.days == 3


def test_tooling_travels_together_and_plugins_alone(tmp_path: Path) -> None:
    assert asked("default", tmp_path, "vite", "minor", "npm", section="devDependencies").group == "theme tooling"
    assert asked("default", tmp_path, "vue", "minor", "npm", section="dependencies").group == ""
    assert asked("default", tmp_path, "actions/checkout", "minor", "github_actions").group == "CI actions"
    assert asked("default", tmp_path, "akismet", "patch").group == ""


@pytest.mark.parametrize(
    "name",
    ["woocommerce", "woocommerce-gateway-stripe", "wpackagist-plugin/woo-poland", "wp-plugin/przelewy24", "wc-payu"],
)
def test_in_a_shop_what_takes_orders_travels_alone(tmp_path: Path, name: str) -> None:
    both = "[brochure, ecommerce]"
    assert asked(both, tmp_path, name, "patch").group == ""
    assert asked(both, tmp_path, "akismet", "patch").group == "plugins and themes"
    assert asked("ecommerce", tmp_path, name, "patch").labels != ()
    assert asked("ecommerce", tmp_path, "woocommerce", "minor").minimum_age.days == 7


def test_a_taxonomy_is_no_tax(tmp_path: Path) -> None:
    assert asked("ecommerce", tmp_path, "custom-taxonomy-order", "patch").labels == ()


def test_under_the_strict_policy_only_fixes_flow(tmp_path: Path) -> None:
    assert asked("strict", tmp_path, "akismet", "patch").act == "propose"
    assert asked("strict", tmp_path, "akismet", "minor").act == "approve"
    assert asked("strict", tmp_path, "vite", "minor", "npm", section="devDependencies").act == "propose"
    assert asked("strict", tmp_path, "akismet", "patch").minimum_age.days == 7

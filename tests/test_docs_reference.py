"""The generated pages are current, and say everything they are made of."""

import argparse
import json
import re
from pathlib import Path

import pytest

from maintainer.commands import grammar
from maintainer.config.load import names, shipped
from tests.docs_policies import Row, policy
from tests.docs_reference import DOCS, cell, exit_codes, options, pages, verbs

ROOT = Path(__file__).parent.parent
COMMANDS = (DOCS / "cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", pages())
def test_a_generated_page_is_current(path: str) -> None:
    assert pages()[path] == (ROOT / path).read_text(encoding="utf-8"), "run: make reference"


# commands


@pytest.mark.parametrize("name", [name for name, _, _ in verbs(grammar.arguments(), "maintainer")])
def test_every_command_has_a_section_with_all_its_options(name: str) -> None:
    (section,) = re.findall(rf"^##+ {name}\n(.*?)(?=^##|\Z)", COMMANDS, re.MULTILINE | re.DOTALL)
    parser = next(parser for found, parser, _ in verbs(grammar.arguments(), "maintainer") if found == name)
    everywhere = {option for action in grammar.shared()._actions for option in action.option_strings} | {"-h", "--help"}
    for action in parser._actions:
        for option in set(action.option_strings) - everywhere:
            assert f"`{option}`" in section, option


def test_every_exit_code_of_the_help_is_told() -> None:
    assert [int(code) for code, _ in exit_codes()] == [0, 1, 2, 3, 4, 5, 70, 130]
    assert dict(exit_codes())["1"] == "policy or a budget says no"


def test_what_argparse_knows_of_an_option_is_told() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("one", help="what it is")
    parser.add_argument(
        "--two", required=True, choices=("a", "b"), help="of 100 %% | default: %(default)s", default="a"
    )
    parser.add_argument("--three", nargs="?", metavar="FILE", help="into <FILE>")
    parser.add_argument("--four", action="store_true", help=argparse.SUPPRESS)
    assert options(parser)[3:] == [
        "| `ONE` |  | What it is. |",
        "| `--two` (required) | `a`, `b` | Of 100 % \\| default: a. |",
        "| `--three` | `FILE`, or nothing | Into &lt;FILE>. |",
    ]


# policies


def test_every_policy_has_a_section() -> None:
    told = re.findall(r"^## (.+)$", (DOCS / "policies.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == names(shipped())


def test_a_policy_is_told_with_its_reasons() -> None:
    text = (
        "# For shops:\n# all of them.\n\n"
        "updates:\n"
        "  # Most bad releases\n  # are pulled.\n  minimum_age: 3d # or so\n"
        "  limits:\n    per_run: 5 # on Mondays\n    open: 10\n"
        "  author: {name: a, email: b}\n"
        "  rules:\n    # Alone.\n    - packages:\n        - woo\n      group: ''\n      reason: one revert\n"
        "    - act: ignore\n"
        "pins: [] # none\n"
    )
    assert policy(text).about == "For shops: all of them."
    assert policy(text).rows == [
        Row("updates.minimum_age", "3d", "Most bad releases are pulled. Or so."),
        Row("updates.limits.per_run", "5", "On Mondays."),
        Row("updates.limits.open", "10", ""),
        Row("updates.author", "{name: a, email: b}", ""),
        Row("updates.rules[]", "{packages: [woo], group: ''}", "Alone. One revert."),
        Row("updates.rules[]", "{act: ignore}", ""),
        Row("pins", "[]", "None."),
    ]


# schemas


@pytest.mark.parametrize("path", sorted((DOCS / "schemas").glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_told_with_its_fields(path: Path) -> None:
    page = (DOCS / "schemas.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {path.name.split('.')[0]}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert f"(schemas/{path.name})" in section
    assert "More: " in section, "no page leads to it: a schema is explained somewhere"
    form = json.loads(path.read_text(encoding="utf-8"))
    for field in form.get("properties", ()):
        assert f"| `{field}`" in section


def test_a_cell_is_one_line_without_markup() -> None:
    assert cell("a |\n b <i>") == "a \\| b &lt;i>"

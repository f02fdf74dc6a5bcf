"""docs/onboarding.md says of every option what the code does with it."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from maintainer.config.carried import dependabot, renovate, renovate_effects, renovate_matchers
from maintainer.config.carried.renovate_options import NOT_CARRIED, Reason
from maintainer.config.carried.renovate_presets import FAMILIES, PRESETS

PAGE = (Path(__file__).parents[2] / "docs" / "onboarding.md").read_text(encoding="utf-8")


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def names(listed: object) -> str:
    return ", ".join(f"`{name}`" for name in listed)  # type: ignore[attr-defined]


def becomes(table: Mapping[str, str]) -> list[str]:
    return [row(f"`{name}`", said) for name, said in sorted(table.items(), key=lambda pair: pair[0].lower())]


def reasons(table: Mapping[str, Reason | tuple[str, str]]) -> list[str]:
    """One row for each reason, with all options that have it."""
    alike: dict[tuple[str, str], list[str]] = {}
    for name, (why, instead) in table.items():
        alike.setdefault((why, instead), []).append(name)
    return [row(names(sorted(listed, key=str.lower)), why, instead) for (why, instead), listed in alike.items()]


def mapped(table: Mapping[str, object]) -> list[str]:
    """One row for each value of ours, with all of theirs that mean it."""
    alike: dict[str, list[str]] = {}
    for name, ours in table.items():
        alike.setdefault(names(ours if isinstance(ours, tuple) else (ours,)), []).append(name)
    return [row(names(listed), ours) for ours, listed in alike.items()]


TABLES: Mapping[str, list[str]] = {
    "renovate-options": becomes({**renovate.CARRIED, **renovate_effects.CARRIED}),
    "renovate-managers": mapped(renovate_matchers.MANAGERS),
    "renovate-datasources": mapped(renovate_matchers.DATASOURCES),
    "renovate-left": reasons(NOT_CARRIED),
    "renovate-presets": [names(PRESETS)],
    "renovate-families": reasons(FAMILIES),
    "dependabot-options": becomes(dependabot.CARRIED),
    "dependabot-ecosystems": mapped(dependabot.ECOSYSTEMS),
    "dependabot-left": reasons(dependabot.NOT_CARRIED),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_the_codes_own_table(name: str) -> None:
    told = re.search(rf"<!-- table: {name} -->\n(.*?)\n<!-- end -->", PAGE, re.DOTALL)
    assert told is not None
    lines = [line for line in told[1].splitlines() if line.strip()]
    # A table has a head of two lines; a list is folded.
    assert (lines[2:] if lines[0].startswith("|") else [" ".join(lines)]) == TABLES[name]


def test_every_place_of_a_configuration_is_told() -> None:
    told = set(re.findall(r"`([^`\n]+)`", PAGE))
    assert {*renovate.FILES, *dependabot.FILES} <= told

"""docs/configuration.md is true: its examples can be used, its reference is the schema's."""

import re
from pathlib import Path

import pytest

from maintainer.config import schema
from maintainer.config.load import load, names, shipped
from maintainer.config.settings import LATER

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_can_be_used(tmp_path: Path, example: str) -> None:
    (tmp_path / "maintainer.yml").write_text(example, encoding="utf-8")
    for certificates in re.findall(r"ca_file: (\S+)", example):
        (tmp_path / certificates).parent.mkdir()
        (tmp_path / certificates).write_bytes(b"")
    assert load(tmp_path, {}).notes == ()


def test_the_reference_is_current() -> None:
    generated = PAGE.split("<!-- generated: maintainer config schema --format markdown -->\n\n")[1]
    assert generated == f"{schema.reference()}<!-- end -->\n"


def test_it_names_every_policy_and_every_key_to_come() -> None:
    for policy in names(shipped()):
        assert f"](../policies/{policy}.yml)" in PAGE
    for key in LATER:
        assert f"`{key}`" in PAGE

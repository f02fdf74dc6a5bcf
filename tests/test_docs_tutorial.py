"""Whoever follows the tutorial sees what it shows."""

import re
from pathlib import Path

from tests.docs_tutorial import PAGE, STEP, reader

TEXT = PAGE.read_text(encoding="utf-8")


def test_its_commands_print_what_it_shows(tmp_path: Path) -> None:
    with reader(tmp_path) as one:
        assert one.plays(TEXT) == TEXT, "run: python -m tests.docs_tutorial"
        assert sorted(path.name for path in one.here.iterdir()) == [
            ".git",
            "maintainer.yml",
            "package.json",
            "wp-content",
        ]


def test_every_block_is_a_step_of_it() -> None:
    fences = re.findall(r"^```(\w+)$", TEXT, re.MULTILINE)
    shown = [step["shown"] for step in STEP.finditer(TEXT)]
    assert set(fences) == {"sh", "text"}
    assert len(shown) == fences.count("sh") >= 10
    assert sum(part is not None for part in shown) == fences.count("text")

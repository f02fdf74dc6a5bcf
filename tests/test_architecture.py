"""What import-linter and ruff can't see."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "maintainer").rglob("*.py"))


@pytest.mark.parametrize("module", [m for m in MODULES if m.name == "__init__.py"], ids=lambda m: m.parent.name)
def test_every_init_is_empty(module: Path) -> None:
    assert module.read_bytes() == b""


def test_no_module_is_over_400_lines() -> None:
    long = {str(m.relative_to(ROOT)): len(m.read_text().splitlines()) for m in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_module_is_named_for_having_no_name() -> None:
    nameless = {"utils", "util", "helpers", "helper", "handler", "handlers", "common", "misc"}
    assert [m for m in MODULES if m.stem in nameless] == []


def test_the_rooms_stand_apart() -> None:
    done = subprocess.run([ROOT / ".venv/bin/lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_lock_file_names_no_index() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()

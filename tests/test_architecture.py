"""What import-linter and ruff can't see."""

import ast
import re
import subprocess
from collections.abc import Iterator
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


def test_no_pattern_is_possessive_or_atomic() -> None:
    """Early Pythons 3.11 (Debian 12's 3.11.2 for one) miss matches of both where a look-ahead stands in the group.

    A pattern is what a call of `re` is given, and every string with a backslash or a `(?`.
    """
    found = {
        str(m.relative_to(ROOT)): [p for p in patterns(ast.parse(m.read_text())) if possessive(p)] for m in MODULES
    }
    assert {name: refused for name, refused in found.items() if refused} == {}


def patterns(tree: ast.AST, *, used: bool = False) -> Iterator[str]:
    """The strings below `tree` that look like patterns; what an f-string has from elsewhere is a group there."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Name):
        used = used or tree.func.value.id == "re"
    match tree:
        case ast.Constant(value=str(text)) if used or "\\" in text or "(?" in text:
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "(x)" for part in parts)
        case _:
            for child in ast.iter_child_nodes(tree):
                yield from patterns(child, used=used)


def possessive(pattern: str) -> bool:
    bare = re.sub(r"\\.", "x", pattern, flags=re.DOTALL)
    return bool(re.search(r"[\w)\].}](?:[*+?]|\{\d*,?\d*\})\+|\(\?>", re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)))


@pytest.mark.parametrize("pattern", ["a++", r"\++b*+", "(?:a|b)?+c", "a{2,}+", "(?>a)", "[^+]++", ".*+"])
def test_what_is_possessive_is_told(pattern: str) -> None:
    assert possessive(pattern)
    assert not possessive(re.escape(pattern))


def test_the_lock_file_names_no_index() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()

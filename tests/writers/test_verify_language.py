"""Reports in Polish: every sentence of a verdict has its like, and nothing else changes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.text.language import Language
from maintainer.writers.verify_language import catalogue, language

ROOT = Path(__file__).parents[2] / "maintainer"
#: Whose strings become sentences of verdicts; a word of prose in them has to be in the catalogue.
COVERED = (
    *sorted(ROOT.glob("checks/*.py")),
    *(ROOT / "policy" / f"{name}.py" for name in (
        "verdicts", "budgets", "metrics", "load", "load_words", "endpoints", "likeness", "safety", "gateways", "visual",
        "visual_words", "visual_comparison", "visual_exceptions", "relevance",
    )),
    *(ROOT / "commands" / f"verify_{name}.py" for name in (
        "budgets", "changed", "deployments", "e2e", "integrations", "likeness", "load", "migrate", "running", "safety",
        "security", "smoke", "started", "tree", "visual",
    )),
    ROOT / "commands" / "environment.py",
    ROOT / "http_visit.py",
)  # fmt: skip
#: A unit after a number is the number's.
UNIT = re.compile(r"^ (?:s|ms|px|MiB|MB|kB|%)\b")
#: What is in those modules and no sentence of ours.
NOT_SAID = frozenset({
    # Names and keys.
    "Linux x86_64", "add to cart", "a comparison wants a picture of each side", "the second time returns", "it trickles",
    # What others say, by which is known what happened.
    "did not change its state", "not enabled", "not stable", "not editable", "did not find some options", "action done",
    "outside of the viewport", "Unknown engine", "Gave up waiting for workers", "No space left", "on line",
    "No module named locust", "No module named 'locust'", "Failed to load resource", "Fatal error", "Parse error",
    "Recoverable fatal error", "Error establishing a database connection",
    # Options of the worker's program.
    "the file that says what to load", "the only hosts that this worker may load, with commas", "leave it out",
    "the machine that runs `maintainer verify`, with its port where that isn't 5557",
    "the hosts that may be loaded, with commas",
})  # fmt: skip


@pytest.fixture(scope="module")
def polish() -> Language:
    return language("pl")


def templates() -> Iterator[str]:
    for entries in catalogue("pl").values():
        yield from entries


def said_in(module: Path) -> Iterator[str]:
    """The pieces of prose in a module's strings that may be said to a person: what stands between placeholders."""
    tree = ast.parse(module.read_text())
    silent: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                silent |= {id(one.value) for one in node.body if isinstance(one, ast.Expr)}
            case ast.Assert(msg=ast.expr() as told):
                silent.add(id(told))
            case ast.Raise(exc=ast.Call(func=ast.Name(id="ConfigurationError"))):
                silent |= {id(one) for one in ast.walk(node)}
            case ast.Call(func=ast.Name(id="Fact"), args=[_, key, *_]):
                silent |= {id(one) for one in ast.walk(key)}
            case ast.Call(func=ast.Name(id="Observation"), args=[_, _, _, key, *_]):
                silent |= {id(one) for one in ast.walk(key)}
            case ast.Call(func=ast.Name(id="Weaker"), args=[_, key, *_]):
                silent |= {id(one) for one in ast.walk(key)}
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
                silent |= {id(one) for one in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in silent and isinstance(node, ast.Constant) and isinstance(node.value, str):
            for piece in re.split(r"[.;] ", UNIT.sub("", node.value)):
                bare = piece.strip(" .,;:()“”{")
                if re.search(r"[a-z]{2,} [a-z]", bare) and not re.search(r"[\\|=<>\n]|::|--", bare):
                    yield bare


@pytest.mark.parametrize("module", COVERED, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_sentence_of_a_verdict_has_its_like(module: Path, polish: Language) -> None:
    known = "\n".join(map(literal, templates()))
    lacking = [piece for piece in said_in(module) if piece not in NOT_SAID and not polish.knows(piece)]
    assert [piece for piece in lacking if any(part not in known for part in piece.split(": "))] == []


def literal(template: str) -> str:
    """What it says, with its optional parts, and something no sentence has in its slots."""
    text = re.sub(r"\{\w[^{}]*\}", "\0", template)
    return re.sub(r"(\[\[|\]\]|\{\{|\}\})|[\[\]]", lambda sign: sign[0][:1] if sign[1] else "", text)

"""Whatever a file holds, the answer is settings or a ConfigurationError: never another exception, never a secret."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintainer.config import validation
from maintainer.config.load import Config, load, shipped
from maintainer.config.rulebook import rulebook
from maintainer.config.schema import schema
from maintainer.config.yaml_file import parse
from maintainer.errors import ConfigurationError

WHOLE = b"\n".join(path.read_bytes() for path in [shipped() / "ecommerce.yml"])
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def names() -> list[str]:
    made = schema()
    tables = (made, *made["$defs"].values())
    return sorted({key for table in tables for key in table.get("properties", {})})


WORDS = st.sampled_from(
    [
        "3d",
        "72h",
        "patch",
        "major",
        "ignore",
        "2026-11-23",
        "mon-fri 09:00-17:00",
        "UTC",
        "https://x.example",
        "true",
        "5",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
KEYS = st.sampled_from(names()) | st.text(max_size=8)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)


def usable(data: bytes) -> bool:
    try:
        rulebook(validation.settings(parse(data, "m.yml")))
    except ConfigurationError as error:
        assert error.message
        assert error.message.replace("\n", "").isprintable()
        return False
    return True


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    usable(data)


@QUICK
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    usable(text.encode("utf-8", "surrogatepass"))


@QUICK
@given(st.dictionaries(KEYS, TREES, max_size=6))
def test_any_tree_of_our_keys(tree: dict[str, object]) -> None:
    usable(json.dumps(tree).encode())


@QUICK
@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=4))
def test_a_policy_cut_and_patched_anywhere(start: int, length: int, patch: bytes) -> None:
    usable(WHOLE[:start] + patch + WHOLE[start + length % 40 :])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200), name=st.sampled_from(["maintainer.yml", "maintainer.yaml"]))
def test_any_file_beneath_its_policies(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / "maintainer.yml").unlink(missing_ok=True)
    (tmp_path / "maintainer.yaml").unlink(missing_ok=True)
    (tmp_path / name).write_bytes(data)
    with suppress(ConfigurationError):
        assert isinstance(load(tmp_path, {}), Config)


@pytest.mark.parametrize(
    "text",
    [
        "updates: {rules: " + "[" * 15 + "]" * 15 + "}",
        "updates: {rules: [" + "{act: ignore}," * 5000 + "]}",
        "site: {name: '" + "x" * 100_000 + "'}",
        "updates: {minimum_age: '" + "9" * 100_000 + "d'}",
        "updates: {limits: {open: '" + "9" * 100_000 + "'}}",
        "site: {timezone: '" + "x" * 100_000 + "'}",
        "site: {production: 'https://" + "x" * 100_000 + "'}",
        "updates: {windows: ['" + "mon," * 50_000 + "']}",
        "updates: {own: ['" + "*" * 400 + "']}",
        "updates: {own: ['" + "{a," * 160 + "']}",
        "'" + "x" * 100_000 + "': 1",
        "freeze: [{name: a, from: 9000-12-31, to: 9000-12-31, lead: 3000d, tail: 3000d}]",
        "freeze: [{name: a, from: 1970-01-01, to: 1970-01-01, lead: 3660d}]",
        "site: {timezone: Pacific/Kiritimati}\nfreeze: [{name: a, from: '1970-01-01T00:00+14:00', to: 1970-01-02}]",
    ],
    ids=range(14),
)
def test_the_absurd_costs_no_time(text: str) -> None:
    usable(text.encode())

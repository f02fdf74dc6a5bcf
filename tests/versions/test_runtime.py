"""Versions of runtimes as version files and CI inputs write them."""

import pytest

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Strategy
from maintainer.versions import runtime


@pytest.mark.parametrize(
    ("constraint", "allowed", "refused"),
    [
        ("8.1", "8.1.27", "8.2.0"),
        ("8.1", "8.1", "8.10"),
        ("8.1.2", "8.1.2", "8.1.20"),
        ("20", "v20.11.1", "21.0.0"),
        ("v20.11.1", "20.11.1", "20.11.2"),
        ("=8.1", "8.1.27", "8.2"),
        (">=8.1", "8.3", "8.0.30"),
        (">8.1", "8.2", "8.1.27"),
        ("<8.3", "8.2.9", "8.3.0"),
        ("<8.3", "8.2.9", "8.3.0RC1"),
        ("<=8.3", "8.3.14", "8.4"),
        ("!=8.2", "8.1.1", "8.2.1"),
        ("^8.1", "8.4", "9.0"),
        ("^0.3", "0.3.9", "0.4"),
        ("~8.1", "8.1.9", "8.2"),
        ("~8", "8.9", "9"),
        ("8.x", "8.4.1", "9.0"),
        ("8.1.*", "8.1.9", "8.2"),
        (">=8.1 <8.4", "8.3.9", "8.4.0"),
        (">= 8.1, < 8.4", "8.3.9", "8.4.0"),
        ("8.1 - 8.3", "8.3.9", "8.4.0"),
        ("18 || 20", "20.1", "19.0"),
        ("18|>=22", "24.0", "20.0"),
        ("lts/*", "22.11.0", "23.1.0"),
        ("lts/iron", "20.11.1", "22.0.0"),
        ("lts/Iron", "20.11.1", "18.0.0"),
        ("lts-iron", "20.11.1", "22.0.0"),
        ("lts/-1", "20.11.1", "21.0.0"),
        (">=8.5.0RC1", "8.5.0RC2", "8.5.0beta3"),
        ("8.5", "8.5.0", "8.5.0RC1"),
    ],
)
def test_a_constraint_holds_as_its_readers_mean_it(constraint: str, allowed: str, refused: str) -> None:
    assert runtime.satisfies(constraint, allowed)
    assert not runtime.satisfies(constraint, refused)


@pytest.mark.parametrize("text", ["node", "latest", "*", "x"])
def test_any_version_satisfies_an_alias_of_the_newest(text: str) -> None:
    assert runtime.satisfies(text, "0.10.1")
    assert not runtime.is_version(text)
    assert runtime.lowest(text) is None


@pytest.mark.parametrize(
    "text", ["", "nightly", "lts/nonsense", ">=", "8.1 || ", "pypy3.9", "8.1-zts", ">>8.1", "1 " * 5000]
)
def test_what_can_not_be_read_is_an_invalid_constraint(text: str) -> None:
    with pytest.raises(InvalidConstraint):
        runtime.satisfies(text, "8.1")


@pytest.mark.parametrize("text", ["", "node", "lts/*", "8.1-zts", "1." * 500, "9" * 5000])
def test_what_is_no_version_is_an_invalid_version(text: str) -> None:
    with pytest.raises(InvalidVersion):
        runtime.compare(text, "8.1")


def test_missing_parts_are_zero() -> None:
    assert runtime.compare("8.1", "8.1.0") == 0
    assert runtime.compare("v20", "20.0.1") < 0
    assert runtime.compare("8.10", "8.9") > 0
    assert runtime.compare("8.5.0RC1", "8.5") < 0
    assert runtime.compare("lts/iron", "20") == 0
    assert runtime.newest(["8.9", "node", "8.10", "lts/iron"]) == "8.10"


@pytest.mark.parametrize(
    ("a", "b", "bump"),
    [
        ("8.1", "8.1.27", "patch"),
        ("8.1", "8.3", "minor"),
        ("v20.11.1", "22.11.0", "major"),
        ("8.4", "8.5.0RC1", "prerelease"),
        ("8.4", "8.3", "other"),
        ("8.1", "8.1.0", "none"),
    ],
)
def test_a_bump_is_named_for_the_part_that_moves(a: str, b: str, bump: str) -> None:
    assert runtime.bump(a, b) == bump


def test_lts_aliases_are_known() -> None:
    assert all(map(runtime.is_lts_alias, ("lts", "lts/*", "lts/-2", "lts/Iron", "lts-jod")))
    assert not any(map(runtime.is_lts_alias, ("node", "20", "", "lts/", "latest")))


@pytest.mark.parametrize(
    ("constraint", "version", "strategy", "moved"),
    [
        ("8.1", "8.3.14", "bump", "8.3"),
        ("8.1.2", "8.3.14", "bump", "8.3.14"),
        ("v20.11.1", "v22.11.0", "bump", "v22.11.0"),
        ("20.11.1", "v22.11.0", "lock", "22.11.0"),
        ("20.x", "22.11.0", "bump", "22.x"),
        ("20", "20.11.1", "bump", "20"),
        ("lts/iron", "22.11.0", "bump", "lts/jod"),
        ("lts/Iron", "22.11.0", "lock", "lts/Jod"),
        ("lts/iron", "20.11.0", "bump", "lts/iron"),
        ("lts/*", "22.11.0", "bump", "lts/*"),
        ("node", "22.11.0", "bump", "node"),
        (">=18", "22.11.0", "widen", ">=18"),
        (">=18 <21", "22.11.0", "widen", ">=18 <23"),
        ("18 || 20", "22.11.0", "widen", "18 || 20 || 22"),
        ("^8.1", "8.3.14", "bump", "^8.3"),
    ],
)
def test_rewriting_keeps_the_precision(constraint: str, version: str, strategy: Strategy, moved: str) -> None:
    assert runtime.rewrite(constraint, version, strategy) == moved


@pytest.mark.parametrize(("constraint", "version"), [("lts/iron", "23.0.0"), ("lts/*", "23.0.0"), ("lts/-1", "23.0.0")])
def test_an_alias_that_can_not_mean_the_version_is_refused(constraint: str, version: str) -> None:
    with pytest.raises(InvalidConstraint):
        runtime.rewrite(constraint, version, "bump")


@pytest.mark.parametrize(
    ("constraint", "pinned", "lowest"),
    [("8.1", None, "8.1"), ("8.1.2", "8.1.2", "8.1.2"), ("v20.11.1", "v20.11.1", "v20.11.1"), ("20.x", None, "20"),
     ("lts/iron", None, "20"), ("lts/*", None, None), (">=8.1", None, "8.1"), ("<9", None, None)],
)  # fmt: skip
def test_what_a_constraint_pins_and_where_it_begins(constraint: str, pinned: str | None, lowest: str | None) -> None:
    assert runtime.pinned(constraint) == pinned
    assert runtime.lowest(constraint) == lowest

"""Python's versions, against packaging itself, and Poetry's writing by table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion as NoVersion
from packaging.version import Version

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.versions import pep440
from tests.versions import authority

NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
SUFFIXES = st.sampled_from(["", "", "", "", "a1", "b2", "rc1", ".dev1", ".post1", "+cu1", "-1", ".rc.1", "x"])
VERSIONS = st.builds("{}{}{}".format, st.sampled_from(["", "", "", "v", "1!", " "]), NUMBERS, SUFFIXES)
CLAUSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["==", "!=", "<=", ">=", "<", ">", "~=", "===", ">= ", "=", "=>"]),
    VERSIONS,
    st.sampled_from(["", "", "", ".*"]),
)
SPECIFIERS = st.lists(CLAUSES, max_size=3).map(",".join)


def contains(constraint: str, version: str) -> bool | str:
    try:
        return SpecifierSet(constraint).contains(Version(version))
    except (InvalidSpecifier, NoVersion):
        return "invalid"


@given(SPECIFIERS, VERSIONS)
def test_a_specifier_holds_what_packaging_says(constraint: str, version: str) -> None:
    theirs = contains(constraint, version)
    if theirs != "invalid" or not pep440.is_version(version):
        assert authority.ours(lambda: pep440.satisfies(constraint, version)) == theirs


@given(VERSIONS, VERSIONS)
def test_versions_order_as_packaging_orders_them(a: str, b: str) -> None:
    try:
        one, two = Version(a), Version(b)
    except NoVersion:
        assert authority.ours(lambda: pep440.compare(a, b)) == "invalid"
    else:
        assert pep440.compare(a, b) == (one > two) - (one < two)
        assert pep440.is_prerelease(a) == one.is_prerelease


@pytest.mark.parametrize(
    ("constraint", "allowed", "refused"),
    [
        ("^1.2", "1.9", "2.0"),
        ("^1.2.3", "1.2.3", "1.2.2"),
        ("^0.3", "0.3.9", "0.4"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0", "0.9", "1.0"),
        ("~1.2.3", "1.2.9", "1.3"),
        ("~1.2", "1.2.9", "1.3"),
        ("~1", "1.9", "2.0"),
        ("1.2.*", "1.2.9", "1.3"),
        ("1.2.3", "1.2.3", "1.2.4"),
        ("=1.2.3", "1.2.3", "1.2.4"),
        ("^1.2 || ^3.0", "3.1", "2.0"),
        ("^1.2 | ^3.0", "1.3", "2.0"),
        (">=1.2,<2.0 || ^3.0", "1.5", "2.0"),
        (">=1.2 <2.0", "1.5", "2.0"),
        ("^1.2,!=1.4", "1.3", "1.4"),
        ("^1!1.2", "1!1.9", "1.9"),
    ],
)
def test_poetrys_constraints_are_read(constraint: str, allowed: str, refused: str) -> None:
    assert pep440.satisfies(constraint, allowed)
    assert not pep440.satisfies(constraint, refused)


def test_anything_satisfies_a_star() -> None:
    assert pep440.satisfies("*", "0.0.1")


@pytest.mark.parametrize(
    "text", ["latest", "^latest", "^1.2 ||", ">=", "1.2 -> 3", ">=1,,<2 ||", "==" + "1" * 5000, "^" * 5000]
)
def test_what_is_no_specifier_is_an_invalid_constraint(text: str) -> None:
    with pytest.raises(InvalidConstraint):
        pep440.satisfies(text, "1.0")


@pytest.mark.parametrize("text", ["", "latest", "1.0-foo", "1.*", "1" * 5000])
def test_what_is_no_version_is_an_invalid_version(text: str) -> None:
    assert not pep440.is_version(text)
    with pytest.raises(InvalidVersion):
        pep440.compare(text, "1.0")


def test_the_newest_is_by_version_and_not_by_text() -> None:
    assert pep440.newest(["9.4.2", "10.0", "10.0rc1", "latest", "10.0.post1"]) == "10.0.post1"
    assert pep440.newest(["latest"]) is None


@pytest.mark.parametrize(
    ("a", "b", "bump"),
    [
        ("1.2", "1.2.0", "none"),
        ("1.2", "1.2.1", "patch"),
        ("1.2", "1.2.post1", "patch"),
        ("1.2", "1.3", "minor"),
        ("1.2", "2", "major"),
        ("1.2", "1!1.2", "major"),
        ("1.2", "2rc1", "prerelease"),
        ("2", "1.2", "other"),
    ],
)
def test_a_bump_is_named_for_the_part_that_moves(a: str, b: str, bump: str) -> None:
    assert pep440.bump(a, b) == bump


@pytest.mark.parametrize(
    ("constraint", "pinned", "lowest"),
    [
        ("==1.2.3", "1.2.3", "1.2.3"),
        ("===1.2.3", "1.2.3", "1.2.3"),
        ("1.2.3", "1.2.3", "1.2.3"),
        ("==1.2.*", None, "1.2"),
        ("~=1.4.2", None, "1.4.2"),
        ("^1.2", None, "1.2"),
        (">=1.2, <2", None, "1.2"),
        ("<2", None, None),
        ("*", None, None),
        ("", None, None),
    ],
)
def test_what_a_specifier_pins_and_where_it_begins(constraint: str, pinned: str | None, lowest: str | None) -> None:
    assert pep440.pinned(constraint) == pinned
    assert pep440.lowest(constraint) == lowest

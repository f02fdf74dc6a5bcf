"""WordPress's versions, against PHP's own `version_compare`."""

from itertools import product

import pytest

from maintainer.errors import InvalidConstraint
from maintainer.versions import wordpress
from tests.versions import authority
from tests.versions.drawn import Drawing

#: As plugins really number themselves.
PLUGINS = (
    "1.0", "1.0.0", "1.0.0.1", "1.0-beta", "1.0-beta2", "1.0b1", "1.0a", "1.0-RC1", "1.0-rc.2", "1.0 RC1", "1.0pl1",
    "1.0p2", "1.0-dev", "1.0.dev", "1.00", "1.01", "1.1", "1.10", "1.9", "2.0.0-alpha-20260101", "20260101",
    "2026.01.05", "v1.2", "1.2.3b", "1.2.3.b", "6.5-beta2-57635", "6.5", "6.5.0", "", "trunk", "1..2", "1.", ".1",
    "1_0", "1,0", "1.0#2", "#1", "1.0~rc1", "99999999999999999999", "9223372036854775807", "9223372036854775808",
    "1.0\x002", "1.0é", "Beta 3",
)  # fmt: skip


def test_any_two_texts_compare_as_in_php() -> None:
    drawing = Drawing(5)
    questions = [("version_compare", *pair) for pair in product(PLUGINS, PLUGINS)]
    questions += [("version_compare", drawing.php_version(), drawing.php_version()) for _ in range(20_000)]
    questions += [("version_compare", text, text) for text in (drawing.php_version() for _ in range(2_000))]
    answers = authority.php(questions)
    assert authority.differences(questions, answers, lambda asked: wordpress.compare(asked[1], asked[2])) == []


@pytest.mark.parametrize(
    ("constraint", "version", "holds"),
    [
        ("7.4", "8.1.2", True),
        ("7.4", "7.3.33", False),
        (">=8.0", "8.0", True),
        (">= 8.0", "7.4", False),
        (">8.0, <8.3", "8.2.1", True),
        (">8.0 <8.3 !=8.2.1", "8.2.1", False),
        ("<>6.4", "6.5", True),
        ("<=6.5", "6.5.1", False),
        ("=6.5", "6.5.0", False),
        ("==6.5", "6.5", True),
        ("", "1.0", True),
    ],
)
def test_a_requirement_holds_by_version_compare(constraint: str, version: str, holds: bool) -> None:
    assert wordpress.satisfies(constraint, version) is holds


@pytest.mark.parametrize("text", [">=", "WordPress 5.0", "^6.0", "6.0 || 7.0", ">=6.0 or so", ">>6.0", "1 " * 5000])
def test_what_is_no_requirement_is_an_invalid_constraint(text: str) -> None:
    with pytest.raises(InvalidConstraint):
        wordpress.satisfies(text, "6.0")


def test_the_newest_is_by_version_compare() -> None:
    assert wordpress.newest(["9.9", "10.0-beta1", "9.10", "trunk"]) == "10.0-beta1"
    assert wordpress.newest(["9.9", "1.0~rc1", "9.10"]) == "9.10"
    assert wordpress.newest(["trunk"]) is None


@pytest.mark.parametrize(
    ("version", "unstable"),
    [
        ("6.5", False),
        ("6.5-beta2-57635", True),
        ("1.0b1", True),
        ("3.0 RC2", True),
        ("2.0-Dev", True),
        ("1.0pl1", False),
        ("1.2-stable", False),
        ("4.1.0-rc.1", True),
        ("1.0-build5", False),
    ],
)
def test_a_prerelease_says_so(version: str, unstable: bool) -> None:
    assert wordpress.is_prerelease(version) is unstable


@pytest.mark.parametrize(
    ("a", "b", "bump"),
    [
        ("6.4.5", "6.4.6", "patch"),
        ("6.4.5", "6.5", "minor"),
        ("9.4.2", "10.0.1", "major"),
        ("6.4", "6.5-RC1", "prerelease"),
        ("6.5", "6.4", "other"),
        ("6.5", "6.5", "none"),
        ("1.0", "1.0.0", "patch"),
    ],
)
def test_a_bump_is_named_for_the_part_that_moves(a: str, b: str, bump: str) -> None:
    assert wordpress.bump(a, b) == bump


def test_a_bare_version_is_the_files_own_and_becomes_the_new_one() -> None:
    assert wordpress.rewrite("2.1", "2.2.17", "lock") == "2.2.17"
    assert wordpress.pinned("2.1.11") == wordpress.lowest("2.1.11") == "2.1.11"
    assert wordpress.pinned(">=2.1.11") is None
    assert wordpress.lowest(">=2.1.11") == "2.1.11"

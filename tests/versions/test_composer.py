"""Composer's versions, against Debian's php-composer-semver."""

from itertools import pairwise, product

import pytest

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.versions import composer
from tests.versions import authority
from tests.versions.authority import Answer, Question
from tests.versions.drawn import EVERYDAY, EVERYDAY_COMPOSER, Drawing

NUMBERS = ("0.3", "0.3.2", "1", "1.2", "1.2.3", "2.0", "2.0.0", "2.10.1.4", "9.4", "10.0.3", "2026.1")
SUFFIXES = ("", "", "-beta1", "-dev", "-patch1", "-RC2", ".1")


def ours(question: Question) -> Answer:
    verb, a, b = question
    match verb:
        case "satisfies":
            return authority.ours(lambda: composer.satisfies(a, b))
        case "compare":
            return authority.ours(lambda: composer.compare(a, b))
        case _:
            return authority.ours(lambda: composer.is_prerelease(a))


def test_everyday_constraints_hold_what_composer_says() -> None:
    pairs = [*pairwise(NUMBERS), *zip(NUMBERS, NUMBERS[3:], strict=False), *zip(NUMBERS, NUMBERS[5:], strict=False)]
    constraints = sorted({text.format(a=a, b=b) for text in EVERYDAY + EVERYDAY_COMPOSER for a, b in pairs})
    assert len(constraints) > 800
    drawing = Drawing(7)
    versions = (*NUMBERS, "1.2.3-beta1", "2.0.0-dev", "v1.4.0", "dev-main", "2.x-dev", "10.0.2", "3.0.0-RC1")
    questions = [("satisfies", *pair) for pair in product(constraints, versions)]
    questions += [("satisfies", text, drawing.near(text, SUFFIXES)) for text in constraints for _ in range(5)]
    assert authority.differences(questions, authority.php(questions), ours) == []


def test_drawn_constraints_hold_what_composer_says() -> None:
    drawing = Drawing(11)
    texts = [drawing.composer_constraint() for _ in range(10_000)]
    questions = [("satisfies", text, drawing.composer_version()) for text in texts]
    questions += [("satisfies", text, drawing.near(text, SUFFIXES)) for text in texts]
    answers = authority.php(questions)
    assert all(answers.count(answer) > 500 for answer in (True, False, "invalid"))
    assert authority.differences(questions, answers, ours) == []


def test_drawn_versions_order_as_composer_orders_them() -> None:
    drawing = Drawing(13)
    questions = [("compare", drawing.composer_version(), drawing.composer_version()) for _ in range(10_000)]
    assert authority.differences(questions, authority.php(questions), ours) == []


def test_all_but_stable_is_a_prerelease() -> None:
    drawing = Drawing(17)
    questions = [("unstable", drawing.composer_version(), "") for _ in range(5_000)]
    assert authority.differences(questions, authority.php(questions), ours) == []


@pytest.mark.parametrize("text", ["self.version", "", ">=", "~>1.2", "1.2.3.4.5", "^dev-main", "latest", "1." * 5000])
def test_what_composer_refuses_is_an_invalid_constraint(text: str) -> None:
    with pytest.raises(InvalidConstraint):
        composer.satisfies(text, "1.0")


@pytest.mark.parametrize("text", ["", "latest", "1.2.3.4.5", "main", "1.0-foo", "x", "1" * 100_000])
def test_what_composer_refuses_is_an_invalid_version(text: str) -> None:
    assert not composer.is_version(text)
    with pytest.raises(InvalidVersion):
        composer.compare(text, "1.0")


def test_the_newest_is_by_version_and_not_by_text() -> None:
    assert composer.newest(["v9.4.2", "10.0.0-RC1", "v10.0.0", "latest", "9.10", "dev-main"]) == "v10.0.0"
    assert composer.newest(["dev-main", "dev-next"]) == "dev-main"
    assert composer.newest(["latest"]) is None


@pytest.mark.parametrize(
    ("a", "b", "bump"),
    [
        ("1.2.3", "v1.2.3.0", "none"),
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3", "1.2.3.1", "patch"),
        ("1.2", "1.2-patch1", "patch"),
        ("1.2.3", "1.3", "minor"),
        ("0.3", "0.4", "minor"),
        ("1.9", "2", "major"),
        ("1.9", "2.0-beta1", "prerelease"),
        ("2.0-beta1", "2.0", "patch"),
        ("2.0", "1.9", "other"),
        ("1.0", "dev-main", "other"),
        ("dev-main", "dev-main", "none"),
    ],
)
def test_a_bump_is_named_for_the_part_that_moves(a: str, b: str, bump: str) -> None:
    assert composer.bump(a, b) == bump


@pytest.mark.parametrize(
    ("constraint", "pinned", "lowest"),
    [
        ("1.2.3", "1.2.3", "1.2.3"),
        ("v1.2.3", "v1.2.3", "v1.2.3"),
        ("==1.2", "1.2", "1.2"),
        ("1.2.3@beta", "1.2.3", "1.2.3"),
        ("^9.1", None, "9.1"),
        (">=1.2,<2.0", None, "1.2"),
        ("^2.0 || ^1.4", None, "1.4"),
        ("1.2.*", None, "1.2"),
        ("1.2 - 2.0", None, "1.2"),
        ("dev-main || ^1.4", None, "1.4"),
        ("<2.0", None, None),
        ("* || ^1.0", None, None),
        ("dev-main", None, None),
        ("dev-main as 1.2.0", None, None),
        ("nonsense", None, None),
    ],
)
def test_what_a_constraint_pins_and_where_it_begins(constraint: str, pinned: str | None, lowest: str | None) -> None:
    assert composer.pinned(constraint) == pinned
    assert composer.lowest(constraint) == lowest

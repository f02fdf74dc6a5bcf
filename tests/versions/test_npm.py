"""npm's versions, against the node-semver npm carries."""

from itertools import pairwise, product

import pytest

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.versions import npm
from tests.versions import authority
from tests.versions.authority import Answer, Question
from tests.versions.drawn import EVERYDAY, Drawing

NUMBERS = ("0.0.3", "0.3.2", "1.0.0", "1.2.3", "2.0.0", "2.10.1", "9.4.0", "10.0.3", "2026.1.0")
SUFFIXES = ("", "", "", "-beta.2", "-0", "-rc.1", "+b")


def ours(question: Question) -> Answer:
    verb, a, b = question
    match verb:
        case "satisfies":
            return authority.ours(lambda: npm.satisfies(a, b))
        case "compare":
            return authority.ours(lambda: npm.compare(a, b))
        case _:
            return authority.ours(lambda: npm.is_prerelease(a))


def test_everyday_ranges_hold_what_npm_says() -> None:
    numbers = (*NUMBERS, "0", "1", "1.2", "2.0", "2.x", "1.2.x", "1.2.*")
    constraints = sorted({text.format(a=a, b=b) for text in EVERYDAY for a, b in pairwise(numbers)})
    drawing = Drawing(7)
    versions = (*NUMBERS, "1.2.3-beta.1", "2.0.0-0", "v1.4.0", "1.4", "10.0.2", "3.0.0-rc.1")
    questions = [("satisfies", *pair) for pair in product(constraints, versions)]
    questions += [("satisfies", text, drawing.near(text, SUFFIXES)) for text in constraints for _ in range(5)]
    assert authority.differences(questions, authority.node(questions), ours) == []


def test_drawn_ranges_hold_what_npm_says() -> None:
    drawing = Drawing(11)
    texts = [drawing.npm_constraint() for _ in range(10_000)]
    questions = [("satisfies", text, drawing.npm_version()) for text in texts]
    questions += [("satisfies", text, drawing.near(text, SUFFIXES)) for text in texts]
    answers = authority.node(questions)
    assert all(answers.count(answer) > 500 for answer in (True, False, "invalid"))
    assert authority.differences(questions, answers, ours) == []


def test_drawn_versions_order_as_npm_orders_them() -> None:
    drawing = Drawing(13)
    questions = [("compare", drawing.npm_version(), drawing.npm_version()) for _ in range(10_000)]
    questions += [("prerelease", drawing.npm_version(), "") for _ in range(5_000)]
    assert authority.differences(questions, authority.node(questions), ours) == []


@pytest.mark.parametrize(
    "text",
    ["latest", "workspace:^", "npm:left-pad@^1.0.0", "file:../x", "git+ssh://git@forge.example/a#1.2.3", "1 " * 5000],
)  # fmt: skip
def test_what_is_no_range_is_an_invalid_constraint(text: str) -> None:
    assert npm.pinned(text) is None
    assert npm.lowest(text) is None
    with pytest.raises(InvalidConstraint):
        npm.satisfies(text, "1.0.0")


@pytest.mark.parametrize("text", ["", "1.2", "1.2.3.4", "latest", "01.2.3", "1.2.3-", "9" * 100_000])
def test_what_is_no_version_is_an_invalid_version(text: str) -> None:
    assert not npm.is_version(text)
    with pytest.raises(InvalidVersion):
        npm.is_prerelease(text)


def test_the_newest_is_by_version_and_not_by_text() -> None:
    assert npm.newest(["9.4.2", "10.0.0-rc.1", "10.0.0", "latest", "9.10.0"]) == "10.0.0"
    assert npm.newest([]) is None


@pytest.mark.parametrize(
    ("a", "b", "bump"),
    [
        ("1.2.3", "1.2.3+b", "none"),
        ("1.2.3", "1.2.4", "patch"),
        ("0.2.3", "0.3.0", "minor"),
        ("1.2.3", "2.0.0", "major"),
        ("1.2.3", "2.0.0-rc.1", "prerelease"),
        ("2.0.0-rc.1", "2.0.0", "patch"),
        ("2.0.0", "1.2.3", "other"),
    ],
)
def test_a_bump_is_named_for_the_part_that_moves(a: str, b: str, bump: str) -> None:
    assert npm.bump(a, b) == bump


@pytest.mark.parametrize(
    ("constraint", "pinned", "lowest"),
    [
        ("1.2.3", "1.2.3", "1.2.3"),
        ("=1.2.3", "1.2.3", "1.2.3"),
        ("1.2.3-beta.1", "1.2.3-beta.1", "1.2.3-beta.1"),
        ("1.2", None, "1.2"),
        ("1.2.x", None, "1.2"),
        (">= 1.2.0 < 2.0.0", None, "1.2.0"),
        ("^2.0.0 || ^1.4.0", None, "1.4.0"),
        ("", None, None),
        ("*", None, None),
    ],
)
def test_what_a_range_pins_and_where_it_begins(constraint: str, pinned: str | None, lowest: str | None) -> None:
    assert npm.pinned(constraint) == pinned
    assert npm.lowest(constraint) == lowest

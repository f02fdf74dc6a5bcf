"""Constraints moved in their authors' style: a table, and the laws."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import InvalidConstraint
from maintainer.model import Strategy
from maintainer.versions import composer, npm, pep440, runtime, wordpress
from maintainer.versions.base import Scheme

SCHEMES: dict[str, Scheme] = {
    "composer": composer,
    "npm": npm,
    "pep440": pep440,
    "runtime": runtime,
    "wordpress": wordpress,
}

#: scheme, constraint, version, then what each of bump, widen and lock makes of it; None where that is refused.
TABLE = [
    ("composer", "^9.1", "9.4.2", "^9.4", "^9.1", "^9.1"),
    ("composer", "~2.3.1", "2.4.0", "~2.4.0", "~2.3.1 || ~2.4.0", "~2.4.0"),
    ("composer", "~1.2", "2.3.4", "~2.3", "~1.2 || ~2.0", "~2.3"),
    ("composer", "1.2.*", "1.4.3", "1.4.*", "1.2.* || 1.4.*", "1.4.*"),
    ("composer", "==1.2.3", "1.4.0", "==1.4.0", "==1.2.3 || ==1.4.0", "==1.4.0"),
    ("composer", "1.2", "1.4.2", "1.4.2", "1.2 || 1.4.2", "1.4.2"),
    ("composer", ">=1.2,<2.0", "1.5.0", ">=1.5,<2.0", ">=1.2,<2.0", ">=1.2,<2.0"),
    ("composer", ">=1.2,<2.0", "2.3.0", ">=2.3,<3.0", ">=1.2,<3.0", ">=2.3,<3.0"),
    ("composer", ">=1.2, <=1.5", "1.7.3", ">=1.7, <=1.7.3", ">=1.2, <=1.7.3", ">=1.7, <=1.7.3"),
    ("composer", "^1.0 || ^2.0", "2.5.0", "^1.0 || ^2.0", "^1.0 || ^2.0", "^1.0 || ^2.0"),
    ("composer", "^1.0 || ^2.0", "3.1.4", "^1.0 || ^2.0 || ^3.0", "^1.0 || ^2.0 || ^3.0", "^1.0 || ^2.0 || ^3.0"),
    ("composer", "^1.0|^2.0", "3.1.4", "^1.0|^2.0|^3.0", "^1.0|^2.0|^3.0", "^1.0|^2.0|^3.0"),
    ("composer", "^3.0 || >=1.2 <2.0", "4.1", *["^3.0 || >=1.2 <2.0 || >=4.1 <5.0"] * 3),
    ("composer", "^1.0@beta", "2.0.0-beta2", "^2.0@beta", "^1.0@beta || ^2.0@beta", "^2.0@beta"),
    ("composer", "^v1.2", "v2.4.0", "^v2.4", "^v1.2 || ^v2.0", "^v2.4"),
    ("composer", "^1.2,!=1.4.1", "1.5.0", "^1.5,!=1.4.1", "^1.2,!=1.4.1", "^1.2,!=1.4.1"),
    ("composer", "^1.2,!=1.4.1", "1.4.1", None, None, None),
    ("composer", "^1.2,!=1.4.1", "1.1.0", "^1.1,!=1.4.1", None, "^1.1,!=1.4.1"),
    ("composer", "^1.2,!=1.4.1", "2.4.1", "^2.4,!=1.4.1", "^1.2,!=1.4.1 || ^2.0", "^2.4,!=1.4.1"),
    ("composer", ">1.2", "1.5", ">1.2", ">1.2", ">1.2"),
    ("composer", ">2.0", "1.5", None, None, None),
    ("composer", "1.2 - 2.3", "2.2.5", "2.2 - 2.3", "1.2 - 2.3", "1.2 - 2.3"),
    ("composer", "1.2 - 2.3", "3.1.4", "3.1 - 3.1", "1.2 - 3.1", "3.1 - 3.1"),
    ("composer", "<2.0-dev", "2.1.0", "<3.0-dev", "<3.0-dev", "<3.0-dev"),
    ("composer", "^2.0", "1.9.3", "^1.9", "^2.0 || ^1.0", "^1.9"),
    ("composer", ">=2.0,<3.0", "1.9.3", ">=1.9,<3.0", ">=1.9,<3.0", ">=1.9,<3.0"),
    ("composer", "dev-main || ^1.0", "2.0.0", *["dev-main || ^1.0 || ^2.0"] * 3),
    ("composer", "dev-main", "1.0.0", None, None, None),
    ("composer", "dev-main", "dev-main", "dev-main", "dev-main", "dev-main"),
    ("composer", "dev-main as 1.2.0", "1.3.0", None, None, None),
    ("composer", "1.x-dev", "1.4.0", None, None, None),
    ("composer", "*", "3.0", "*", "*", "*"),
    ("npm", "^1.2.3", "1.4.0", "^1.4.0", "^1.2.3", "^1.2.3"),
    ("npm", "^1.2.3", "2.4.1", "^2.4.1", "^1.2.3 || ^2.0.0", "^2.4.1"),
    ("npm", "^0.3.1", "0.5.2", "^0.5.2", "^0.3.1 || ^0.5.0", "^0.5.2"),
    ("npm", "~1.2.3", "1.4.5", "~1.4.5", "~1.2.3 || ~1.4.0", "~1.4.5"),
    ("npm", "1.2.3", "1.4.0", "1.4.0", "1.2.3 || 1.4.0", "1.4.0"),
    ("npm", "1.2", "1.4.2", "1.4", "1.2 || 1.4", "1.4"),
    ("npm", "1.x", "2.4.0", "2.x", "1.x || 2.x", "2.x"),
    ("npm", "1.x", "2.4.0-rc.1", None, None, None),
    ("npm", ">=1.2.0 <2.0.0-0", "2.3.0", ">=2.3.0 <3.0.0-0", ">=1.2.0 <3.0.0-0", ">=2.3.0 <3.0.0-0"),
    ("npm", ">= 1.2.0", "1.5.0", ">= 1.5.0", ">= 1.2.0", ">= 1.2.0"),
    ("npm", "^1||^2", "3.4.1", "^1||^2||^3", "^1||^2||^3", "^1||^2||^3"),
    ("npm", "^1.0.0-beta.1", "1.0.0-beta.3", "^1.0.0-beta.3", "^1.0.0-beta.1", "^1.0.0-beta.1"),
    ("npm", "^1.0.0-beta.1", "1.2.0", "^1.2.0", "^1.0.0-beta.1", "^1.0.0-beta.1"),
    ("npm", "^1.2.0", "2.0.0-rc.1", "^2.0.0-rc.1", "^1.2.0 || ^2.0.0-rc.1", "^2.0.0-rc.1"),
    ("npm", ">=2.0.0-beta.1 <3", "1.5.0", ">=1.5.0 <3", None, ">=1.5.0 <3"),
    ("npm", "", "2.4.0", "", "", ""),
    ("pep440", "==1.2.3", "1.4.0", "==1.4.0", None, "==1.4.0"),
    ("pep440", "==1.2", "1.4.2", "==1.4.2", None, "==1.4.2"),
    ("pep440", "==1.2.*", "1.4.2", "==1.4.*", None, "==1.4.*"),
    ("pep440", ">=1.2,<2", "2.3.0", ">=2.3,<3", ">=1.2,<3", ">=2.3,<3"),
    ("pep440", ">=1.2, <2", "2.0rc1", ">=2.0rc1, <3", ">=1.2, <3", ">=2.0rc1, <3"),
    ("pep440", "~=1.4.2", "1.6.1", "~=1.6.1", None, "~=1.6.1"),
    ("pep440", ">=1.0,!=1.4.1", "1.5", ">=1.5,!=1.4.1", ">=1.0,!=1.4.1", ">=1.0,!=1.4.1"),
    ("pep440", "==1.5+cu1", "1.6+cu1", "==1.6+cu1", None, "==1.6+cu1"),
    ("pep440", "^1.2", "2.3.1", "^2.3", "^1.2 || ^2.0", "^2.3"),
    ("pep440", "~1.2", "2.3.1", "~2.3", "~1.2 || ~2.3", "~2.3"),
    ("pep440", "1.2.3", "2.3.1", "2.3.1", "1.2.3 || 2.3.1", "2.3.1"),
    ("wordpress", "2.1.11", "2.2.17", "2.2.17", "2.2.17", "2.2.17"),
    ("wordpress", ">=6.0, <6.5", "6.5.2", ">=6.5, <6.6", ">=6.0, <6.6", ">=6.5, <6.6"),
]


@pytest.mark.parametrize(("scheme", "constraint", "version", "bump", "widen", "lock"), TABLE)
def test_a_constraint_moves_in_its_authors_style(
    scheme: str, constraint: str, version: str, bump: str | None, widen: str | None, lock: str | None
) -> None:
    wanted: dict[Strategy, str | None] = {"bump": bump, "widen": widen, "lock": lock}
    assert {strategy: rewritten(SCHEMES[scheme], constraint, version, strategy) for strategy in wanted} == wanted


def rewritten(scheme: Scheme, constraint: str, version: str, strategy: Strategy) -> str | None:
    try:
        return scheme.rewrite(constraint, version, strategy)
    except InvalidConstraint:
        return None


NUMBER = st.sampled_from(["0", "1", "2", "3", "10"])
RELEASE = st.lists(NUMBER, min_size=3, max_size=3).map(".".join)
PARTIAL = st.lists(NUMBER, min_size=1, max_size=3).map(".".join)
STRATEGIES: st.SearchStrategy[Strategy] = st.sampled_from(("bump", "widen", "lock"))
PRERELEASES = {"composer": "-beta2", "npm": "-beta.2", "pep440": "b2", "runtime": "-rc2", "wordpress": "-RC2"}
OPERATORS = {
    "composer": ["^", "~", ">=", ">", "<", "<=", "!=", "==", "=", "", "^v", ">= "],
    "npm": ["^", "~", ">=", ">", "<", "<=", "=", "", "v", ">= ", "~> "],
    "pep440": ["~=", ">=", ">", "<", "<=", "!=", "==", "^", "~", ""],
    "runtime": ["^", "~", ">=", ">", "<", "<=", "!=", "=", "", "v"],
    "wordpress": [">=", ">", "<", "<=", "!=", "==", "="],
}
JOINTS = {
    "composer": [",", ", ", " ", " || ", "|", "||"],
    "npm": [" ", "  ", " || ", "||"],
    "pep440": [",", ", ", " || "],
    "runtime": [",", " ", " || "],
    "wordpress": [",", ", ", " "],
}
OPERATOR = re.compile(r"[<>=!^~]+|\|+")


@st.composite
def moves(draw: st.DrawFn) -> tuple[str, str, str, Strategy]:
    """A scheme, a constraint of up to three clauses, a version and a strategy."""
    name = draw(st.sampled_from(sorted(SCHEMES)))
    suffix = st.sampled_from(["", "", "", "", PRERELEASES[name]])

    def clause() -> str:
        kind = draw(st.integers(0, 9))
        if kind == 0 and name != "wordpress":
            return draw(PARTIAL) + (".*" if name == "pep440" else draw(st.sampled_from([".*", ".x"])))
        if kind == 1 and name not in ("wordpress", "pep440"):
            return f"{draw(PARTIAL)} - {draw(PARTIAL)}"
        return draw(st.sampled_from(OPERATORS[name])) + draw(st.one_of(PARTIAL, RELEASE)) + draw(suffix)

    text = clause()
    for _ in range(draw(st.integers(0, 2))):
        text += draw(st.sampled_from(JOINTS[name])) + clause()
    return name, text, draw(RELEASE) + draw(suffix), draw(STRATEGIES)


def is_subsequence(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(item in rest for item in few)


@given(moves(), st.lists(RELEASE, max_size=20))
def test_the_laws_of_rewriting(move: tuple[str, str, str, Strategy], probes: list[str]) -> None:
    name, constraint, version, strategy = move
    scheme = SCHEMES[name]
    try:
        was_allowed = scheme.satisfies(constraint, version)
    except InvalidConstraint:
        return
    moved = rewritten(scheme, constraint, version, strategy)
    if moved is None:
        assert not was_allowed, "what is allowed already can always stay"
        return
    assert scheme.satisfies(moved, version), "the version is allowed"
    assert scheme.rewrite(moved, version, strategy) == moved, "moved once, it stays"
    assert is_subsequence(OPERATOR.findall(constraint), OPERATOR.findall(moved)), "no clause gets lost"
    for excluded in re.findall(r"!=\s*([0-9][0-9A-Za-z.-]*)", constraint):
        assert f"!={excluded}" in moved.replace(" ", ""), "an exclusion stays"
    if strategy == "lock" and was_allowed:
        assert moved == constraint
    if strategy == "widen":
        beside = [probe + PRERELEASES[name] for probe in probes]
        lost = [v for v in probes + beside if scheme.satisfies(constraint, v) and not scheme.satisfies(moved, v)]
        assert lost == [], "widening forbids nothing"

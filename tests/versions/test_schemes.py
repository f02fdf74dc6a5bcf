"""What holds for every scheme of the catalog."""

from functools import cmp_to_key
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.catalog import SCHEMES
from maintainer.errors import InvalidConstraint, InvalidVersion

NAMES = sorted(SCHEMES)
VERSIONS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "v"]),
    st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts))),
    st.sampled_from(["", "", "", "-rc.1", "b1", "-beta2", "-dev", "-fpm", ".post1", "-0", "-alpine3.20"]),
)
#: What outsiders could send: pieces of the grammars in any order, and any text at all.
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from([*"0123.*xv-+@#^~<>=!|, \n", "dev", "as", "rc", "lts/", "||", "é", "\ud800", "\0"])).map(
        "".join
    ),
)


def test_the_catalog_has_all_schemes() -> None:
    assert NAMES == ["composer", "docker", "npm", "pep440", "runtime", "wordpress"]


@pytest.mark.parametrize("name", NAMES)
@given(texts=st.lists(st.one_of(VERSIONS, TEXTS), max_size=12))
def test_the_newest_is_no_older_than_any(name: str, texts: list[str]) -> None:
    scheme = SCHEMES[name]
    known = [text for text in texts if scheme.is_version(text)]
    newest = scheme.newest(texts)
    if newest is None:
        assert known == []
    else:
        assert newest in known
        assert not any(scheme.compare(newest, text) < 0 for text in known)


@pytest.mark.parametrize("name", NAMES)
@given(texts=st.lists(VERSIONS, max_size=8))
def test_versions_have_one_order(name: str, texts: list[str]) -> None:
    scheme = SCHEMES[name]
    # Tags of different variants have none.
    known = [text for text in texts if scheme.is_version(text) and (name != "docker" or "-" not in text)]
    ordered = sorted(known, key=cmp_to_key(scheme.compare))
    for low, high in pairwise(ordered):
        assert scheme.compare(low, high) <= 0 <= scheme.compare(high, low)
        assert (scheme.bump(low, high) == "none") == (scheme.compare(low, high) == 0)
        assert scheme.bump(low, high) != "other" or scheme.compare(low, high) >= 0
    if ordered:
        assert scheme.compare(ordered[0], ordered[-1]) <= 0


@pytest.mark.parametrize("name", NAMES)
@given(constraint=TEXTS, version=st.one_of(VERSIONS, TEXTS))
def test_any_text_is_answered_or_refused_in_words(name: str, constraint: str, version: str) -> None:
    scheme = SCHEMES[name]
    scheme.is_version(version)
    scheme.newest([version, constraint])
    scheme.pinned(constraint)
    scheme.lowest(constraint)
    for question in (
        lambda: scheme.satisfies(constraint, version),
        lambda: scheme.compare(constraint, version),
        lambda: scheme.is_prerelease(version),
        lambda: scheme.bump(version, constraint),
        lambda: scheme.rewrite(constraint, version, "bump"),
        lambda: scheme.rewrite(constraint, version, "widen"),
        lambda: scheme.rewrite(constraint, version, "lock"),
    ):
        try:
            question()
        except (InvalidVersion, InvalidConstraint) as refusal:
            assert str(refusal).endswith((".", "'", '"')), "a sentence"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "piece", ["1", "1.", "-", " ", "^", "||", "1 || ", ">=1,", "x.", "a-", "\n", "@dev", "(", "1.x "]
)
def test_a_huge_text_is_answered_at_once(name: str, piece: str) -> None:
    scheme, huge = SCHEMES[name], piece * 100_000
    scheme.is_version(huge)
    scheme.newest([huge])
    assert scheme.pinned(huge) is None
    for text in (huge, huge[:4000]):
        try:
            scheme.satisfies(text, "1.0.0")
        except InvalidConstraint as refusal:
            assert len(str(refusal)) < 400

"""Renovate's patterns mean the same as globs of ours, or are refused."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.config.carried.patterns import NotAGlob, names, of_regex, paths
from maintainer.policy.globs import any_matches, path_matches

NAMES = (
    "react", "react-dom", "preact", "eslint", "eslint-plugin-x", "@acme/eslint-x", "@acme/slider", "@types/node",
    "acme/eslint-x", "symfony/console", "foo-a", "foobar-a", "foobaz", "a.b", "axb", "webpack", "x/y/z",
)  # fmt: skip
PATHS = (
    "package.json", "theme/package.json", "a/b/package.json", "Dockerfile", "ci/Dockerfile", "Dockerfile.prod",
    "web/a.html", "web/b/a.html", ".github/workflows/test.yml", "docs/a.yaml", "docs/xdocs/a.yml",
)  # fmt: skip


def matches(patterns: Sequence[str], name: str) -> bool:
    return any(any_matches(tuple(globs), (name,)) for globs in names(patterns).any_of)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["react"], {"react"}),
        (["*"], set(NAMES)),
        (["**"], set(NAMES)),
        (["**/*"], set(NAMES)),
        (["eslint*"], {"eslint", "eslint-plugin-x"}),
        (["eslint*", "@acme/*"], {"eslint", "eslint-plugin-x", "@acme/eslint-x", "@acme/slider"}),
        (["@acme/*", "!@acme/slider"], {"@acme/eslint-x"}),
        (["@types/**"], {"@types/node"}),
        (["**/eslint-x"], {"@acme/eslint-x", "acme/eslint-x"}),
        (["!*/*", "foo*"], {"foo-a", "foobar-a", "foobaz"}),
        (["react{,-dom}"], {"react", "react-dom"}),
        (["x/**"], {"x/y/z"}),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_globs_of_names_match_what_they_did(patterns: list[str], expected: set[str]) -> None:
    assert {name for name in NAMES if matches(patterns, name)} == expected


REGEXES = [
    "eslint", "^eslint", "eslint$", "^eslint$", "^@acme/", "^@acme\\/", "^(react|preact)$", "^foo(bar)?-",
    "^(?:foo|web)",
    "^react(-dom)?$", "react|webpack", "^react$|^web", "^a\\.b$", "^.+/", "^@types/.*$", ".", ".*", "-[ax]$", "dom?$",
    "^(foo(bar|baz)|x)",
]  # fmt: skip


@pytest.mark.parametrize("regex", REGEXES)
def test_a_regular_expression_finds_what_its_globs_match(regex: str) -> None:
    assert {name for name in NAMES if matches([f"/{regex}/"], name)} == {n for n in NAMES if re.search(regex, n)}


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("(^|/)Dockerfile$", {"Dockerfile", "ci/Dockerfile"}),
        ("(?:^|\\/)Dockerfile(\\.[^/]*)?$", {"Dockerfile", "ci/Dockerfile", "Dockerfile.prod"}),
        ("^web/[^/]*\\.html$", {"web/a.html"}),
        ("^web/.*\\.html$", {"web/a.html", "web/b/a.html"}),
        ("\\.ya?ml$", {".github/workflows/test.yml", "docs/a.yaml", "docs/xdocs/a.yml"}),
        ("^docs/", {"docs/a.yaml", "docs/xdocs/a.yml"}),
    ],
)
def test_a_regular_expression_of_paths_too(regex: str, expected: set[str]) -> None:
    globs = tuple(paths([f"/{regex}/"]))
    assert {path for path in PATHS if path_matches(globs, path)} == expected
    assert {path for path in PATHS if re.search(regex, path)} == expected


REFUSED = [
    "^a+$", "[a-z]+", "\\d", "(?=a)", "(?!a)b", "^(a", "a)", "(a|b)*", "a{2}", "\\bfoo", "^v\\d+", "a\\*b", "x" * 600,
    "(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "(?<n>a)", "[^a]b",
]  # fmt: skip


@pytest.mark.parametrize("regex", REFUSED, ids=lambda regex: regex[:20])
def test_what_globs_cant_say_is_refused_not_guessed(regex: str) -> None:
    with pytest.raises(NotAGlob):
        of_regex(regex)
    assert [pattern for pattern, _ in names([f"/{regex}/", "react"]).unread] == [f"/{regex}/"]
    with pytest.raises(NotAGlob):
        names([f"!/{regex}/"])


@pytest.mark.parametrize("glob", ["@(a|b)", "+(a)", "{a,{b,c}}", "a\\*", "[[:alpha:]]", "{1..3}", ""])
def test_globs_of_another_dialect_are_refused(glob: str) -> None:
    assert [pattern for pattern, _ in names([glob, "react"]).unread] == [glob]
    with pytest.raises(NotAGlob):
        names(["react", f"!{glob}"])
    with pytest.raises(NotAGlob):
        paths([glob])


@given(st.text(alphabet="ab/-.*+?()[]|^$\\@{}!,x", max_size=30))
def test_any_pattern_is_globs_or_a_sentence(pattern: str) -> None:
    try:
        found = names([pattern])
        globs = paths([pattern])
    except NotAGlob as error:
        assert str(error).endswith(".")
        return
    assert all(why.endswith(".") for _, why in found.unread)
    assert all(len(glob) < 5000 for glob in globs)


@given(st.text(alphabet="ab-/", max_size=8), st.sampled_from(REGEXES))
def test_a_regular_expression_and_its_globs_agree_on_any_name(name: str, regex: str) -> None:
    assert matches([f"/{regex}/"], name) is bool(re.search(regex, name)) or not name

"""Branches have valid, stable names that nobody else has."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.model import Bump, Update
from maintainer.planning.branch import name
from tests.planning.values import dependency, update

HOSTILE = [
    "", ".", "..", "a..b", "a.lock", "-a", "a/../../b", "a~1", "a^", "a:b", "a?b", "a*", "a[b", "a\\b", "a b", "a\tb",
    "a\x00b", "@", "@{", "a@{b", "żółw", "zolw", "A", "a", "a" * 300, "a/b", "a--b", "@a/b", "a/b/c", "a-b", "a_b",
    "a.b", "a/", "/a", "x-major", "\ud800", "a.LOCK", "a-0123abcd",
]  # fmt: skip


def of(package: str, bump: Bump = "patch", datasource: str = "npm") -> Update:
    return update(bump=bump, of=dependency(package, "1", datasource=datasource))


@pytest.mark.parametrize(
    ("datasource", "package", "bump", "expected"),
    [
        ("wordpress", "woocommerce", "minor", "maintainer/wordpress-woocommerce"),
        ("wordpress", "woocommerce", "major", "maintainer/wordpress-woocommerce-major"),
        ("wordpress", "plugin:contact-form-7", "patch", "maintainer/wordpress-plugin-contact-form-7"),
        ("wordpress", "theme:storefront", "major", "maintainer/wordpress-theme-storefront-major"),
        ("npm", "@babel/core", "patch", "maintainer/npm-babel--core"),
        ("packagist", "monolog/monolog", "patch", "maintainer/packagist-monolog--monolog"),
        ("npm", "lodash.get", "patch", "maintainer/npm-lodash.get"),
    ],
)
def test_names_people_can_read(datasource: str, package: str, bump: Bump, expected: str) -> None:
    assert name(of(package, bump, datasource)) == expected


@pytest.mark.parametrize(
    ("group", "bump", "expected"),
    [
        ("theme tooling", "minor", "maintainer/theme-tooling"),
        ("Theme_Tooling", "minor", "maintainer/theme-tooling"),
        ("theme tooling", "major", "maintainer/theme-tooling-major"),
        ("php", "major", "maintainer/php-major"),
    ],
)
def test_groups(group: str, bump: Bump, expected: str) -> None:
    assert name(of("a", bump), group) == expected


def test_a_version_is_no_part_of_the_name() -> None:
    assert name(update("1.0.0")) == name(update("2.0.0"))


def test_hostile_names_are_valid_refs_and_stay_apart() -> None:
    hostile = [(package, "npm") for package in HOSTILE]
    hostile += [
        (package, "wordpress") for package in ("plugin:a", "plugin-a", "a", "theme:a", "plugin:a:b", "plugin:a/b")
    ]
    names = [name(of(package, bump, source)) for package, source in hostile for bump in ("patch", "major")]
    assert len({one.casefold() for one in names}) == len(names)
    groups = [name(of("x"), group) for group in HOSTILE if group.strip()]
    for one in {*names, *groups}:
        subprocess.run(["git", "check-ref-format", f"refs/heads/{one}"], check=True)


PARTS = st.text("abA-_./@ż0majorlck", max_size=12)


@settings(max_examples=500)
@given(PARTS, PARTS, st.sampled_from(["patch", "major"]), st.sampled_from(["patch", "major"]))
def test_different_packages_never_share_a_branch(a: str, b: str, bump_a: Bump, bump_b: Bump) -> None:
    same = (a, bump_a == "major") == (b, bump_b == "major")
    assert (name(of(a, bump_a)).casefold() == name(of(b, bump_b)).casefold()) is same


@given(st.text(max_size=400), st.text(max_size=400))
def test_names_are_bounded_one_level_deep_and_plain(package: str, group: str) -> None:
    for one in (name(of(package)), name(of(package), group)):
        prefix, _, rest = one.partition("/")
        assert prefix == "maintainer"
        assert 0 < len(rest) <= 90
        assert rest.isascii()
        assert "/" not in rest
        assert ".." not in rest
        assert not rest.endswith((".lock", "."))
        assert not rest.startswith(("-", "."))
        assert not set(rest) & set(" ~^:?*[\\@{}\x7f")

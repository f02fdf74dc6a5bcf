"""Tags of images."""

import pytest

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.versions import docker


@pytest.mark.parametrize(
    ("tag", "other", "takes"),
    [
        ("8.2-fpm-alpine", "8.4-fpm-alpine", True),
        ("8.2-fpm-alpine", "8.2-fpm-alpine", True),
        ("8.2-fpm-alpine", "8.4-cli", False),
        ("8.2-fpm-alpine", "8.4.1-fpm-alpine", False),
        ("8.2-fpm-alpine", "8.1-fpm-alpine", False),
        ("8.2.10-cli-bookworm", "8.2.11-cli-bookworm", True),
        ("8.2.10-cli-bookworm", "8.2.11-cli-trixie", False),
        ("22-alpine3.20", "24-alpine3.20", True),
        ("22-alpine3.20", "24-alpine3.21", False),
        ("2026.01", "2026.02", True),
        ("v1.2.3", "v1.3.0", True),
        ("v1.2.3", "1.3.0", False),
        ("8", "20260101", False),
        ("8.2-fpm", "8.5-rc-fpm", True),
        ("8.5-rc-fpm", "8.5-fpm", True),
        ("8.4.0RC1-cli", "8.4.0-cli", True),
        ("8.4.0-cli", "8.4.0RC1-cli", False),
        ("8.4.0RC2-cli", "8.4.0RC10-cli", True),
        ("1.2.3-debian-12-r5", "1.2.4-debian-12-r5", True),
    ],
)
def test_a_tag_stays_in_its_variant(tag: str, other: str, takes: bool) -> None:
    assert docker.satisfies(tag, other) is takes
    if takes:
        assert docker.rewrite(tag, other, "bump") == other
    else:
        with pytest.raises(InvalidConstraint):
            docker.rewrite(tag, other, "bump")


@pytest.mark.parametrize("tag", ["latest", "bookworm", "fpm-alpine", "", "8.2 fpm", "1234abc", "8" * 500, "stable-8.2"])
def test_a_tag_without_a_version_is_none(tag: str) -> None:
    assert not docker.is_version(tag)
    assert docker.pinned(tag) is None
    with pytest.raises(InvalidVersion):
        docker.compare(tag, "8.2")
    with pytest.raises(InvalidConstraint):
        docker.satisfies(tag, "8.2")


def test_only_tags_of_one_family_are_older_or_newer() -> None:
    assert docker.compare("8.2-fpm-alpine3.20", "8.10-fpm-alpine3.21") < 0
    assert docker.compare("8.10", "8.2") > 0
    assert docker.compare("8.2", "8.2.0") == 0
    assert docker.compare("8.2-fpm-alpine", "8.4-cli") == 0


@pytest.mark.parametrize(
    ("tag", "unstable"),
    [
        ("8.5-rc-fpm", True),
        ("8.4.0RC1-cli", True),
        ("8.4.0alpha2-cli", True),
        ("3.14.0b1-slim", True),
        ("6.0.0-M1", True),
        ("8.2-alpine", False),
        ("8.2-apache-bookworm", False),
        ("8.2-dev", False),
        ("8.2-bullseye", False),
        ("2.0-m", False),
    ],
)
def test_a_prerelease_says_so(tag: str, unstable: bool) -> None:
    assert docker.is_prerelease(tag) is unstable


def test_the_newest_is_by_number() -> None:
    assert docker.newest(["8.2-fpm", "latest", "8.10-fpm", "8.10-rc-fpm"]) == "8.10-fpm"
    assert docker.newest(["latest"]) is None


@pytest.mark.parametrize(
    ("a", "b", "bump"),
    [
        ("8.2-fpm", "8.4-fpm", "minor"),
        ("8.2.1-fpm", "8.2.2-fpm", "patch"),
        ("22-alpine", "24-alpine", "major"),
        ("8.4-fpm", "8.5-rc-fpm", "prerelease"),
        ("8.2-fpm", "8.4-cli", "other"),
        ("8.4-fpm", "8.2-fpm", "other"),
        ("8.4-fpm", "8.4-fpm", "none"),
    ],
)
def test_a_bump_is_named_for_the_part_that_moves(a: str, b: str, bump: str) -> None:
    assert docker.bump(a, b) == bump


def test_a_tag_pins_itself() -> None:
    assert docker.pinned("8.2-fpm") == docker.lowest("8.2-fpm") == "8.2-fpm"

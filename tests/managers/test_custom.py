import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import ConfigurationError, Unreadable
from maintainer.managers.custom import LIMIT, Custom
from maintainer.model import Dependency, Edit, Manifest, Release, Source, Update
from maintainer.text import edits

TEXT = "# renovate\nTRAEFIK_VERSION=2.10.1\nother: npm/left-pad 1.3.0 (npm)\nTRAEFIK_VERSION=2.9\n"


def one(pattern: str, package: str = "", datasource: str = "", scheme: str = "") -> Custom:
    return Custom("tools", ("**/*.env",), pattern, package, datasource, scheme)


def test_a_version_stands_where_the_pattern_says() -> None:
    manager = one(r"^TRAEFIK_VERSION=(?P<version>\S+)$", package="traefik", datasource="docker", scheme="docker")
    manifest = Manifest("ops/tools.env", TEXT)
    first, second = manager.extract(manifest)
    assert isinstance(first, Dependency) and isinstance(second, Dependency)
    assert TEXT[slice(*first.at)] == first.text == first.constraint == first.current == "2.10.1"
    assert (first.name, first.source, first.scheme, first.manager) == (
        "traefik",
        Source("docker", "traefik"),
        "docker",
        "tools",
    )
    steps = manager.steps(manifest, [Update(first, Release("2.11"), "2.11", "minor")])
    after = edits.apply(TEXT, [step for step in steps if isinstance(step, Edit)])
    assert after == TEXT.replace("2.10.1", "2.11")


def test_groups_tell_what_the_keys_leave_open() -> None:
    pattern = r"(?P<datasource>npm|pypi)/(?P<package>[\w-]+) (?P<version>\S+) \((?P<scheme>\w+)\)"
    (found,) = Custom("mine", ("*",), pattern, registries=("https://registry.example",)).extract(Manifest("x", TEXT))
    assert isinstance(found, Dependency)
    assert (found.source, found.scheme) == (Source("npm", "left-pad", ("https://registry.example",)), "npm")


def test_a_match_without_a_version_or_a_package_is_none() -> None:
    manager = one(r"(?P<package>\w*)=(?P<version>\d*)", datasource="npm", scheme="npm")
    assert [found.name for found in manager.extract(Manifest("x", "=1\na=\nb=2")) if isinstance(found, Dependency)] == [
        "b"
    ]


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(?P<version>", "no regular expression"),
        (r"version=(\d+)", "needs a group"),
        (r"(?P<version>\d+)(?P<digest>x)", "'digest' means nothing"),
        (r"(?P<version>(\d+)+)", "take forever"),
        (r"(?P<version>(\w+\s?)*)", "take forever"),
        (r"(?P<version>(?:a*|b)+x)", "take forever"),
        (r"(?P<version>((a+)+)x)", "take forever"),
    ],
)
def test_a_pattern_that_can_not_be_used_says_why(pattern: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        one(pattern, package="a", datasource="npm", scheme="npm")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<version>\d+(?:\.\d+)*)",
        r"(?P<package>[a-z]+(?:-[a-z]+)*)@(?P<version>[\d.]+)",
        r"(?:[^\n]*\n)*?version: (?P<version>.+)",
        r"(?P<version>(?:a++)+)",
        r"(?>a+)+(?P<version>.*)",
        r"[(+)+](?P<version>\(+\)+)",
    ],
)
def test_what_is_safe_is_not_refused(pattern: str) -> None:
    one(pattern, package="a", datasource="npm", scheme="npm")


def test_what_neither_a_key_nor_a_group_says_is_missed() -> None:
    with pytest.raises(ConfigurationError, match="give 'scheme'"):
        one(r"(?P<version>\d+)", package="a", datasource="npm")


def test_a_huge_file_is_not_searched() -> None:
    manager = one(r"(?P<version>\d+)", package="a", datasource="npm", scheme="npm")
    with pytest.raises(Unreadable, match=r"1,000,000 characters"):
        manager.extract(Manifest("big.txt", "1" * (LIMIT + 1)))


@pytest.mark.filterwarnings("ignore:Possible nested set")
@given(st.text(st.sampled_from("(?P<version>)+*[]{}1,|\\ax:>=!"), max_size=30))
def test_any_pattern_works_or_is_refused(pattern: str) -> None:
    try:
        manager = one(f"(?P<version>a){pattern}", package="a", datasource="npm", scheme="npm")
    except ConfigurationError:
        return
    manager.extract(Manifest("x", "aaaa bbb"))

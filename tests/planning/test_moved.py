"""What moved between two trees: a table of cases, and laws over made-up trees."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.model import Dependency, Source, Span
from maintainer.planning.moved import moved, moves, passed, proposals
from maintainer.planning.places import unchanged
from maintainer.releasing import Merge, Moved
from tests.planning.values import SCHEMES, dependency, npm_package

WPACKAGIST = {"manager": "composer", "scheme": "composer", "datasource": "packagist", "file": "composer.json"}
CI = ".github/workflows/ci.yml"


def plugin(slug: str, version: str, **more: Any) -> Dependency:
    root = more.pop("root", f"wp-content/plugins/{slug}")
    more = {"file": f"{root}/{slug}.php", "package": f"plugin:{slug}"} | more
    return dependency(slug, version, committed=True, root=root, **more)


def theme(slug: str, version: str) -> Dependency:
    root = f"wp-content/themes/{slug}"
    more = {"manager": "wordpress_theme", "package": f"theme:{slug}", "file": f"{root}/style.css"}
    return dependency(slug, version, committed=True, root=root, **more)


def core(version: str, package: str = "core", **more: Any) -> Dependency:
    more = {"manager": "wordpress_core", "file": "wp-includes/version.php", "committed": True} | more
    return dependency("wordpress", version, package=package, **more)


def composer(name: str, constraint: str, locked: str | None = None, **more: Any) -> Dependency:
    current = locked or SCHEMES["composer"].lowest(constraint)
    return dependency(name, constraint, current=current, locked=locked, **{**WPACKAGIST, "section": "require"} | more)


def npm(name: str, constraint: str, locked: str | None = None, file: str = "package.json", **more: Any) -> Dependency:
    current = locked or SCHEMES["npm"].lowest(constraint)
    more = {"section": "dependencies"} | more
    return npm_package(name, constraint, current=current, locked=locked, file=file, **more)


def pip(name: str, version: str, file: str = "requirements.txt") -> Dependency:
    more = {"manager": "pip", "scheme": "pep440", "datasource": "pypi", "file": file}
    return dependency(name, f"=={version}", current=version, **more)


def image(name: str, tag: str, digest: str | None = None, **more: Any) -> Dependency:
    more = {"manager": "compose", "scheme": "docker", "datasource": "docker", "file": "compose.yml"} | more
    return dependency(name, tag, digest=digest, section=more.pop("section", "services"), **more)


def action(name: str, version: str, commit: str | None = None, at: int = 0, file: str = CI) -> Dependency:
    more = {"manager": "github_actions", "scheme": "docker", "datasource": "forge-tags", "file": file}
    return dependency(name, version, package=f"github:{name}", digest=commit, at=Span(at, at + 5), **more)


def pin(runtime: str, version: str, file: str, **more: Any) -> Dependency:
    more = {"scheme": "runtime", "datasource": "runtimes", "manager": f"{runtime}_version"} | more
    return dependency(runtime, version, role="pin", section=runtime, file=file, **more)


def php_image(tag: str, file: str = "Dockerfile", digest: str | None = None) -> Dependency:
    return pin("php", tag, file, scheme="docker", datasource="docker", manager="dockerfile", digest=digest)


def told(one: Moved) -> str:
    """`plugin Shop 1.0 -> 1.1 minor @ a.php`, with what else is so."""
    more = ("back" if one.downgrade else "", "dev" if one.development else "")
    words = (one.part, one.name, one.before or "-", "->", one.after or "-", one.bump, *more, "@", *one.files)
    return " ".join(filter(None, words))


WOO = "wp-content/plugins/woocommerce/woocommerce.php"
PHP = [
    pin("php", "8.1", ".php-version"),
    pin("php", "8.1.27", "composer.json", manager="composer"),
    php_image("8.1-fpm"),
    pin("php", "8.1", CI, manager="github_actions"),
    pin("php", "8.1", ".wp-env.json", manager="wp_env"),
]
PHP_LATER = [replace(one, constraint=text, current=text) for one, text in
             zip(PHP, ("8.3", "8.3.12", "8.3-fpm", "8.3", "8.3"), strict=True)]  # fmt: skip
FILES_OF_PHP = ".github/workflows/ci.yml .php-version .wp-env.json Dockerfile composer.json"

CASES: dict[str, tuple[Sequence[Dependency], Sequence[Dependency], Sequence[str]]] = {
    "nothing": ([plugin("woocommerce", "9.4.2")], [plugin("woocommerce", "9.4.2")], []),
    "a plugin": (
        [plugin("woocommerce", "9.4.2")],
        [plugin("woocommerce", "9.4.4")],
        [f"plugin woocommerce 9.4.2 -> 9.4.4 patch @ {WOO}"],
    ),
    "a plugin added": ([], [plugin("shop", "1.0")], ["plugin shop - -> 1.0 none @ wp-content/plugins/shop/shop.php"]),
    "a plugin removed": ([plugin("shop", "1.0")], [], ["plugin shop 1.0 -> - none @ wp-content/plugins/shop/shop.php"]),
    "a way back": (
        [plugin("woocommerce", "9.4.4")],
        [plugin("woocommerce", "9.4.2")],
        [f"plugin woocommerce 9.4.4 -> 9.4.2 other back @ {WOO}"],
    ),
    "a theme": (
        [theme("storefront", "4.5")],
        [theme("storefront", "5.0")],
        ["theme storefront 4.5 -> 5.0 major @ wp-content/themes/storefront/style.css"],
    ),
    "core": ([core("6.4.5")], [core("6.5")], ["core WordPress 6.4.5 -> 6.5 minor @ wp-includes/version.php"]),
    "core in another language": ([core("6.5")], [core("6.5", "core:pl_PL")], []),
    "core moved to Composer": (
        [core("6.4.5")],
        [composer("roots/wordpress", "^6.5", "6.5.2")],
        ["core WordPress 6.4.5 -> 6.5.2 minor @ composer.json wp-includes/version.php"],
    ),
    "a plugin moved to Composer and up": (
        [plugin("woocommerce", "9.4.2")],
        [composer("wpackagist-plugin/woocommerce", "^9.4", "9.5.0")],
        [f"plugin woocommerce 9.4.2 -> 9.5.0 minor @ composer.json {WOO}"],
    ),
    "a plugin moved to Composer as it was": (
        [plugin("woocommerce", "9.4.2")],
        [composer("wpackagist-plugin/woocommerce", "^9.4", "9.4.2")],
        [],
    ),
    "a plugin moved to another folder": (
        [plugin("shop", "1.0", root="wp-content/plugins/shop")],
        [plugin("shop", "1.1", root="web/app/plugins/shop")],
        ["plugin shop 1.0 -> 1.1 minor @ web/app/plugins/shop/shop.php wp-content/plugins/shop/shop.php"],
    ),
    "another main file": (
        [plugin("shop", "1.0", file="wp-content/plugins/shop/index.php")],
        [plugin("shop", "1.0")],
        [],
    ),
    "a bought plugin": (
        [plugin("pro", "2.0", datasource="vendors", package="pro")],
        [plugin("pro", "2.1", datasource="vendors", package="pro")],
        ["plugin pro 2.0 -> 2.1 minor @ wp-content/plugins/pro/pro.php"],
    ),
    "only the constraint": ([composer("a/b", "^1.2", "1.4.0")], [composer("a/b", "^1.3", "1.4.0")], []),
    "only the lock file": (
        [composer("a/b", "^1.2", "1.4.0")],
        [composer("a/b", "^1.2", "1.5.1")],
        ["package a/b 1.4.0 -> 1.5.1 minor @ composer.json"],
    ),
    "a constraint without a lock file": (
        [npm("lodash", "^4.0.0")],
        [npm("lodash", "^4.17.0")],
        ["package lodash 4.0.0 -> 4.17.0 minor @ package.json"],
    ),
    "a constraint in another style": ([npm("lodash", "^4.0.0")], [npm("lodash", "~4.0.0")], []),
    "a lock file that came": ([npm("lodash", "^4.0.0")], [npm("lodash", "^4.0.0", "4.17.21")], []),
    "a lock file that went": ([npm("lodash", "^4.0.0", "4.17.21")], [npm("lodash", "^4.0.0")], []),
    "a lock file that came with another version": (
        [npm("lodash", "^3.0.0")],
        [npm("lodash", "^4.0.0", "4.17.21")],
        ["package lodash 3.0.0 -> 4.17.21 major @ package.json"],
    ),
    "no lower bound": (
        [npm("lodash", "<4")],
        [npm("lodash", "<5")],
        ["package lodash <4 -> <5 other @ package.json"],
    ),
    "a tag with a v": ([composer("a/b", "^1.2", "v1.4.0")], [composer("a/b", "^1.2", "1.4.0")], []),
    "for developers": (
        [npm("jest", "29.0.0", section="devDependencies"), composer("x/test", "1.0.0", section="require-dev")],
        [npm("jest", "29.1.0", section="devDependencies"), composer("x/test", "1.1.0", section="require-dev")],
        [
            "package jest 29.0.0 -> 29.1.0 minor dev @ package.json",
            "package x/test 1.0.0 -> 1.1.0 minor dev @ composer.json",
        ],
    ),
    "for everybody when one place is": (
        [npm("vue", "3.0.0", section="devDependencies"), npm("vue", "3.0.0", file="app/package.json")],
        [npm("vue", "3.0.1", section="devDependencies"), npm("vue", "3.0.1", file="app/package.json")],
        ["package vue 3.0.0 -> 3.0.1 patch @ app/package.json package.json"],
    ),
    "requirements": (
        [pip("django", "5.0.1"), pip("pytest", "8.0", "requirements-dev.txt")],
        [pip("django", "5.0.2"), pip("pytest", "8.1", "requirements-dev.txt")],
        [
            "package django 5.0.1 -> 5.0.2 patch @ requirements.txt",
            "package pytest 8.0 -> 8.1 minor dev @ requirements-dev.txt",
        ],
    ),
    "one package in several files": (
        [npm("lodash", "4.17.20", file="a/package.json"), npm("lodash", "4.17.20", file="b/package.json")],
        [npm("lodash", "4.17.21", file="a/package.json"), npm("lodash", "4.17.21", file="b/package.json")],
        ["package lodash 4.17.20 -> 4.17.21 patch @ a/package.json b/package.json"],
    ),
    "a monorepo": (
        [npm("lodash", "4.17.20", file="a/package.json"), npm("lodash", "3.0.0", file="b/package.json")],
        [npm("lodash", "4.17.21", file="a/package.json"), npm("lodash", "3.1.0", file="b/package.json")],
        [
            "package lodash 3.0.0 -> 3.1.0 minor @ b/package.json",
            "package lodash 4.17.20 -> 4.17.21 patch @ a/package.json",
        ],
    ),
    "no longer in one of two places": (
        [npm("lodash", "4.17.20", file="a/package.json"), npm("lodash", "4.17.20", file="b/package.json")],
        [npm("lodash", "4.17.20", file="a/package.json")],
        [],
    ),
    "another version beside": (
        [npm("lodash", "4.17.20", file="a/package.json")],
        [npm("lodash", "4.17.20", file="a/package.json"), npm("lodash", "3.0.0", file="b/package.json")],
        ["package lodash - -> 3.0.0 none @ b/package.json"],
    ),
    "a renamed manifest": (
        [npm("lodash", "4.17.20", file="old/package.json")],
        [npm("lodash", "4.17.21", file="new/package.json")],
        ["package lodash 4.17.20 -> 4.17.21 patch @ new/package.json old/package.json"],
    ),
    "an image": (
        [image("nginx", "1.25-alpine")],
        [image("nginx", "1.27-alpine")],
        ["image nginx 1.25-alpine -> 1.27-alpine minor @ compose.yml"],
    ),
    "an image of another variant": (
        [image("nginx", "1.25-alpine")],
        [image("nginx", "1.25")],
        ["image nginx 1.25-alpine -> 1.25 other @ compose.yml"],
    ),
    "an image by its whole name": ([image("nginx", "1.25")], [image("docker.io/library/nginx", "1.25")], []),
    "an image built anew": (
        [image("redis", "7.2", "sha256:" + "a" * 64)],
        [image("redis", "7.2", "sha256:" + "b" * 64)],
        ["image redis 7.2 -> 7.2 digest @ compose.yml"],
    ),
    "an image that is pinned now": ([image("redis", "7.2")], [image("redis", "7.2", "sha256:" + "b" * 64)], []),
    "an action by its commit": (
        [action("actions/cache", "v4.1.2", "a" * 40)],
        [action("actions/cache", "v4.2.0", "b" * 40)],
        [f"action actions/cache v4.1.2 -> v4.2.0 minor dev @ {CI}"],
    ),
    "one of two actions in a file": (
        [action("actions/cache", "v3", at=1), action("actions/cache", "v4", at=20)],
        [action("actions/cache", "v4", at=1), action("actions/cache", "v4", at=20)],
        [f"action actions/cache v3 -> v4 major dev @ {CI}"],
    ),
    "steps in another order": (
        [action("actions/cache", "v3", at=1), action("actions/cache", "v4", at=20)],
        [action("actions/cache", "v4", at=1), action("actions/cache", "v3", at=20)],
        [],
    ),
    "PHP in five files": (PHP, PHP_LATER, [f"runtime PHP 8.1 -> 8.3 major @ {FILES_OF_PHP}"]),
    "PHP in five files, back": (PHP_LATER, PHP, [f"runtime PHP 8.3 -> 8.1 other back @ {FILES_OF_PHP}"]),
    "PHP in some of the files": (
        PHP,
        [*PHP[:2], *PHP_LATER[2:]],
        ["runtime PHP 8.1 -> 8.3 major @ .github/workflows/ci.yml .wp-env.json Dockerfile"],
    ),
    "a patch of PHP": (
        [pin("php", "8.1.27", ".php-version"), php_image("8.1.27-fpm"), pin("php", "8.1", CI)],
        [pin("php", "8.1.29", ".php-version"), php_image("8.1.29-fpm"), pin("php", "8.1", CI)],
        ["runtime PHP 8.1.27 -> 8.1.29 patch @ .php-version Dockerfile"],
    ),
    "PHP more precisely": ([pin("php", "8.1", ".php-version")], [pin("php", "8.1.27", ".php-version")], []),
    "PHP from two versions to one": (
        [pin("php", "8.1", "a/.php-version"), pin("php", "8.2", "b/.php-version")],
        [pin("php", "8.3", "a/.php-version"), pin("php", "8.3", "b/.php-version")],
        ["runtime PHP 8.1 -> 8.3 major @ a/.php-version b/.php-version"],
    ),
    "a number of many parts": (
        [php_image("8.1.2.3.4.5.6-fpm")],
        [php_image("8.1.2.3.4.5.7-fpm")],
        ["runtime PHP 8.1.2.3.4.5.6 -> 8.1.2.3.4.5.7 other @ Dockerfile"],
    ),
    "Node in a monorepo": (
        [pin("node", "18", "a/.nvmrc"), pin("node", "20", "b/.nvmrc")],
        [pin("node", "20", "a/.nvmrc"), pin("node", "22", "b/.nvmrc")],
        ["runtime Node 18 -> 20 major @ a/.nvmrc", "runtime Node 20 -> 22 major @ b/.nvmrc"],
    ),
    "Node by its name": (
        [pin("node", "lts/iron", ".nvmrc", current="lts/iron")],
        [pin("node", "lts/jod", ".nvmrc", current="lts/jod")],
        ["runtime Node 20 -> 22 major @ .nvmrc"],
    ),
    "Node of any name": (
        [pin("node", "lts/*", ".nvmrc", current=None)],
        [pin("node", "22", ".nvmrc")],
        ["runtime Node lts/* -> 22 other @ .nvmrc"],
    ),
    "what is supported": (
        [replace(PHP[0], role="support")],
        [replace(PHP_LATER[0], role="support")],
        [],
    ),
    "the image of a runtime built anew": (
        [php_image("8.2-fpm", digest="sha256:" + "a" * 64)],
        [php_image("8.2-fpm", digest="sha256:" + "b" * 64)],
        ["image php 8.2-fpm -> 8.2-fpm digest @ Dockerfile"],
    ),
    "the image of a runtime in another variant": (
        [php_image("8.2-fpm")],
        [php_image("8.2-apache")],
        ["image php 8.2-fpm -> 8.2-apache other @ Dockerfile"],
    ),
    "a second Dockerfile of the same PHP": (
        [php_image("8.2-fpm")],
        [php_image("8.2-fpm"), php_image("8.2-cli", "cli/Dockerfile")],
        [],
    ),
    "CI tries the next PHP": (
        [pin("php", "8.2", ".php-version")],
        [pin("php", "8.2", ".php-version"), pin("php", "8.4", CI, manager="github_actions")],
        [f"runtime PHP - -> 8.4 none dev @ {CI}"],
    ),
    "a package called core": (
        [npm("core", "1.0.0")],
        [npm("core", "1.0.1")],
        ["package core 1.0.0 -> 1.0.1 patch @ package.json"],
    ),
    "the same name elsewhere": (
        [npm("shop", "1.0.0")],
        [pip("shop", "1.0.0")],
        ["package shop - -> 1.0.0 none @ requirements.txt", "package shop 1.0.0 -> - none @ package.json"],
    ),
    "core before plugins before packages": (
        [npm("a", "1.0.0"), plugin("b", "1.0"), core("6.4")],
        [npm("a", "1.0.1"), plugin("b", "1.1"), core("6.5")],
        [
            "core WordPress 6.4 -> 6.5 minor @ wp-includes/version.php",
            "plugin b 1.0 -> 1.1 minor @ wp-content/plugins/b/b.php",
            "package a 1.0.0 -> 1.0.1 patch @ package.json",
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_move_is_told(name: str) -> None:
    before, after, expected = CASES[name]
    assert [told(one) for one in moved(before, after, SCHEMES)] == list(expected)


@pytest.mark.parametrize("name", CASES)
def test_the_way_back_is_the_same_move_turned_around(name: str) -> None:
    before, after, _ = CASES[name]
    assert ends(moved(after, before, SCHEMES)) == sorted(
        (b, a, files) for a, b, files in ends(moved(before, after, SCHEMES))
    )


def ends(found: Sequence[Moved]) -> list[tuple[str, str, tuple[str, ...]]]:
    return sorted((one.before, one.after, one.files) for one in found)


def test_a_plugin_is_called_by_its_own_name() -> None:
    before, after = plugin("woocommerce", "9.4.2"), composer("wpackagist-plugin/woocommerce", "9.5.0")
    (one,) = moved([before], [after], SCHEMES, lambda place: "WooCommerce" if place.committed else "")
    assert (one.name, one.package, one.manager) == ("WooCommerce", "wpackagist-plugin/woocommerce", "composer")


def test_what_lies_between_the_ends() -> None:
    (one,) = moves([plugin("shop", "1.0")], [plugin("shop", "2.0")], SCHEMES)
    stood = [plugin("shop", version) for version in ("1.0", "1.1", "1.5", "1.1", "2.0")]
    assert passed(one, stood, SCHEMES) == ("1.1", "1.5")


def test_a_runtime_passes_its_cycles() -> None:
    (one,) = moves(PHP, PHP_LATER, SCHEMES)
    assert passed(one, [PHP[2], php_image("8.2-fpm"), pin("php", "8.2.4", CI), PHP_LATER[0]], SCHEMES) == ("8.2",)


@pytest.mark.parametrize(
    ("identity", "counts"),
    [
        (("f", "shop", "1.0", "1.5"), True),
        (("f", "shop", "1.5", "2.0"), True),
        (("f", "shop", "1.0", "1.2"), True),
        (("f", "shop", "3.0", "3.1"), False),
        (("f", "other", "1.0", "2.0"), False),
        (("elsewhere", "shop", "1.0", "2.0"), False),
    ],
)
def test_a_proposal_on_the_way_is_a_source(identity: tuple[str, str, str, str], counts: bool) -> None:
    (one,) = moves([plugin("shop", "1.0", file="f")], [plugin("shop", "2.0", file="f")], SCHEMES)
    one = replace(one, moved=replace(one.moved, between=("1.5",)))
    merge = Merge(7, "Shop", "now", url="https://forge.example/7", identity=(identity,))  # type: ignore[arg-type]
    assert [(source.kind, source.id) for source in proposals(one, [merge])] == [("proposal", "7")] * counts


VERSIONS = ["1.0.0", "1.0.1", "1.2.0", "2.0.0", "2.0.0-rc.1"]


@st.composite
def trees(draw: st.DrawFn) -> list[Dependency]:
    """Packages at exact versions in some files, each once a file."""
    found = []
    for file in ("a", "b", "c"):
        for name in ("left", "right"):
            version = draw(st.sampled_from(["", *VERSIONS]))
            if version:
                found.append(npm(name, version, file=f"{file}/package.json"))
    for file in (".php-version", "Dockerfile"):
        version = draw(st.sampled_from(["", "8.1", "8.1.4", "8.2", "8.3.1"]))
        if version:
            found.append(pin("php", version, file))
    return found


@given(trees())
def test_nothing_moves_between_a_tree_and_itself(tree: list[Dependency]) -> None:
    assert moved(tree, tree, SCHEMES) == ()
    assert moved(tree, tree[::-1], SCHEMES) == ()


@given(trees(), trees())
def test_turned_around_the_ends_change_places(a: list[Dependency], b: list[Dependency]) -> None:
    assert ends(moved(b, a, SCHEMES)) == sorted((y, x, files) for x, y, files in ends(moved(a, b, SCHEMES)))


@given(trees(), trees())
def test_every_place_that_changed_is_in_one_move(a: list[Dependency], b: list[Dependency]) -> None:
    found = moves(a, b, SCHEMES)
    for side, (mine, other) in enumerate(((a, b), (b, a))):
        told_of = [(one.before, one.after)[side] for one in found]
        for place in mine:
            times = sum(place in places for places in told_of)
            same = [two for two in other if two.source == place.source]
            stands = any(unchanged(place, two, SCHEMES) for two in same)
            assert times == 1 or (times == 0 and stands)
            here = [two for two in same if two.file == place.file]
            if here and not any(unchanged(place, two, SCHEMES) for two in here):
                assert times == 1


@given(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=8))
def test_a_way_is_its_ends(way: list[str]) -> None:
    """What the steps tell, one after another, is what the ends tell: A -> B -> C is A -> C."""
    trees = [[plugin("shop", version)] for version in way]
    at = way[0]
    for before, after in pairwise(trees):
        for one in moved(before, after, SCHEMES):
            assert one.before == at
            at = one.after
    (whole,) = moved(trees[0], trees[-1], SCHEMES) or [None]
    assert at == way[-1]
    assert (whole is None) == (way[0] == way[-1])
    assert whole is None or (whole.before, whole.after) == (way[0], way[-1])


def test_many_places_are_paired_in_time() -> None:
    """A monorepo of thousands of manifests that all moved: places are set against those of one version at once."""
    before = [npm("left", "1.0.0", file=f"old/{number}/package.json") for number in range(3000)]
    after = [npm("left", "1.0.0", file=f"new/{number}/package.json") for number in range(3000)]
    assert moved(before, after, SCHEMES) == ()
    assert re.fullmatch(r"package left 1.0.0 -> 1.0.1 patch @.*", told(*moved(before, [replace(
        one, constraint="1.0.1", current="1.0.1") for one in after], SCHEMES)))  # fmt: skip


def test_the_source_of_a_package_is_no_part_of_what_it_is() -> None:
    one = npm("left", "1.0.0")
    mirrored = replace(
        one, source=Source("npm", "left", ("https://npm.shop.example",)), constraint="1.1.0", current="1.1.0"
    )
    assert [told(each) for each in moved([one], [mirrored], SCHEMES)] == [
        "package left 1.0.0 -> 1.1.0 minor @ package.json"
    ]

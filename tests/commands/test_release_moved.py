"""What moved in a range: real histories, read by the managers, with what services on loopback know."""

import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer.changes import Source
from maintainer.commands import release_way
from maintainer.commands.context import Context
from maintainer.commands.outside import configuration, open_http
from maintainer.commands.release_moved import moves
from maintainer.releasing import Gap, Merge, Moved
from maintainer.workspace import commits
from maintainer.workspace.checkout import open_checkout
from tests.commands.site import NOW, Site, plugin, site, wordpress_plugin
from tests.loopback import Reply, Request
from tests.planning.test_moved import told

#: What a commit changes: contents by path; None takes a file away.
Files = Mapping[str, str | None]

PLUGINS = "wp-content/plugins"
CART = f"{PLUGINS}/shop-cart/shop-cart.php"
SHA = ("a" * 40, "b" * 40)


def cart(version: str, **more: str) -> Files:
    files = plugin(version, **more)
    return {f"{PLUGINS}/shop-cart/{path}": data.decode() for path, data in files.items()}


def own(header: str, file: str = CART) -> Files:
    return {file: f"<?php\n/*\n{header}\n*/\n"}


def style(version: str) -> Files:
    return {"wp-content/themes/storefront/style.css": f"/*\nTheme Name: Storefront\nVersion: {version}\n*/\n"}


def core(version: str) -> Files:
    return {"wp-includes/version.php": f"<?php\n$wp_version = '{version}';\n"}


def composer(constraint: str, locked: str = "", name: str = "monolog/monolog", section: str = "require") -> Files:
    manifest = {section: {name: constraint}}
    lock = {"packages": [{"name": name, "version": locked}], "packages-dev": []}
    return {"composer.json": json.dumps(manifest)} | ({"composer.lock": json.dumps(lock)} if locked else {})


def npm(constraint: str, locked: str = "", name: str = "is-odd", folder: str = "") -> Files:
    manifest = {"name": "shop", "version": "1.0.0", "dependencies": {name: constraint}}
    packages = {"": manifest, f"node_modules/{name}": {"version": locked}}
    lock = {"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    made: dict[str, str | None] = {f"{folder}package.json": json.dumps(manifest)}
    return made | ({f"{folder}package-lock.json": json.dumps(lock)} if locked else {})


def workflow(*uses: str, php: str = "") -> Files:
    steps = "".join(f"      - uses: {one}\n" for one in uses)
    steps += f"      - uses: x/php@v1\n        with:\n          php-version: '{php}'\n" if php else ""
    return {".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}"}


def php(version: str, patch: str, *, files: Sequence[str] = ()) -> Files:
    made: Files = {
        ".php-version": f"{version}\n",
        "Dockerfile": f"FROM php:{version}-fpm\n",
        "composer.json": json.dumps({"config": {"platform": {"php": f"{version}.{patch}"}}}),
        ".wp-env.json": json.dumps({"phpVersion": version}),
        **workflow(php=version),
    }
    return {path: text for path, text in made.items() if not files or path in files}


NO_CART: Files = dict.fromkeys(cart("1.0"))

#: The first state, then the commits of the range by their messages; what is told of them as `line` does.
HISTORIES: dict[str, tuple[Files, Mapping[str, Files], Sequence[str]]] = {
    "nothing a manager reads": ({"a.txt": "a"}, {"one": {"a.txt": "b"}}, []),
    "a plugin twice": (
        cart("1.0"),
        {"one": cart("1.1"), "two": cart("1.2")},
        [f"plugin Shop Cart 1.0 -> 1.2 minor @ {CART} via 1.1 by two one"],
    ),
    "a plugin and its files": (
        cart("1.0"),
        {
            "one": cart("1.1"),
            "two": {f"{PLUGINS}/shop-cart/vendor/autoload.php": "<?php"},
            "three": cart("1.1", name="Cart"),
        },
        [f"plugin Cart 1.0 -> 1.1 minor @ {CART} by one"],
    ),
    "a plugin and back": (cart("1.0"), {"one": cart("1.1"), "two": cart("1.0")}, []),
    "a plugin, back, and on": (
        cart("1.0"),
        {"one": cart("1.1"), "two": cart("1.0"), "three": cart("2.0")},
        [f"plugin Shop Cart 1.0 -> 2.0 major @ {CART} via 1.1 by three two one"],
    ),
    "a plugin added": ({"a": "a"}, {"one": cart("1.0")}, [f"plugin Shop Cart - -> 1.0 none @ {CART} by one"]),
    "a plugin added and up": (
        {"a": "a"},
        {"one": cart("1.0"), "two": cart("1.1")},
        [f"plugin Shop Cart - -> 1.1 none @ {CART} via 1.0 by two one"],
    ),
    "a plugin removed": (cart("1.0"), {"one": NO_CART}, [f"plugin Shop Cart 1.0 -> - none @ {CART} by one"]),
    "an older plugin": (
        cart("1.2"),
        {"one": cart("1.0")},
        [f"plugin Shop Cart 1.2 -> 1.0 other back @ {CART} by one"],
    ),
    "a plugin to Composer": (
        cart("1.0"),
        {"one": {**NO_CART, **composer("^1.0", "1.2.0", "wpackagist-plugin/shop-cart")}},
        [f"plugin Shop Cart 1.0 -> 1.2.0 minor @ composer.json {CART} by one"],
    ),
    "a plugin of its author's server": (
        own("Plugin Name: Pro\nVersion: 1.0\nUpdate URI: https://author.example/pro"),
        {"one": own("Plugin Name: Pro\nVersion: 2.0\nUpdate URI: https://author.example/pro")},
        [f"plugin Pro 1.0 -> 2.0 major @ {CART} by one"],
    ),
    "a plugin that is ours": (
        own("Plugin Name: Ours\nVersion: 1.0\nUpdate URI: false"),
        {"one": own("Plugin Name: Ours\nVersion: 2.0\nUpdate URI: false")},
        [],
    ),
    "a plugin that became ours": (cart("1.0"), {"one": own("Plugin Name: A\nVersion: 2.0\nUpdate URI: false")}, []),
    "what a plugin brings along": (
        {**cart("1.0"), **npm("3.0.0", folder=f"{PLUGINS}/shop-cart/")},
        {"one": {**cart("1.1"), **npm("3.0.1", folder=f"{PLUGINS}/shop-cart/")}},
        [f"plugin Shop Cart 1.0 -> 1.1 minor @ {CART} by one"],
    ),
    "a theme": (
        style("4.5"),
        {"one": style("4.6")},
        ["theme Storefront 4.5 -> 4.6 minor @ wp-content/themes/storefront/style.css by one"],
    ),
    "core": (
        core("6.4.5"),
        {"one": core("6.5")},
        ["core WordPress 6.4.5 -> 6.5 minor @ wp-includes/version.php by one"],
    ),
    "core's development build": (core("6.4.5"), {"one": core("6.6-alpha-57299")}, []),
    "only composer.lock": (
        composer("^3.0", "3.5.0"),
        {"one": composer("^3.0", "3.6.0")},
        ["package monolog/monolog 3.5.0 -> 3.6.0 minor @ composer.json by one"],
    ),
    "only composer.json": (composer("^3.0", "3.5.0"), {"one": composer("^3.1", "3.5.0")}, []),
    "composer.json, then composer.lock": (
        composer("^3.0", "3.5.0"),
        {"one": composer("^3.1", "3.5.0"), "two": composer("^3.1", "3.6.0")},
        ["package monolog/monolog 3.5.0 -> 3.6.0 minor @ composer.json by two"],
    ),
    "require-dev": (
        composer("^3.0", "3.5.0", section="require-dev"),
        {"one": composer("^3.0", "3.6.0", section="require-dev")},
        ["package monolog/monolog 3.5.0 -> 3.6.0 minor dev @ composer.json by one"],
    ),
    "package-lock.json": (
        npm("^3.0.0", "3.0.0"),
        {"one": npm("^3.0.0", "3.0.1")},
        ["package is-odd 3.0.0 -> 3.0.1 patch @ package.json by one"],
    ),
    "package.json without a lock file": (
        npm("^3.0.0"),
        {"one": npm("^3.1.0")},
        ["package is-odd 3.0.0 -> 3.1.0 minor @ package.json by one"],
    ),
    "a lock file that came": (npm("^3.0.0"), {"one": npm("^3.0.0", "3.0.1")}, []),
    "a monorepo": (
        {**npm("3.0.0", folder="a/"), **npm("2.0.0", folder="b/")},
        {"one": npm("3.0.1", folder="a/"), "two": npm("2.1.0", folder="b/")},
        ["package is-odd 2.0.0 -> 2.1.0 minor @ b/package.json by two",
         "package is-odd 3.0.0 -> 3.0.1 patch @ a/package.json by one"],
    ),
    "a monorepo at once": (
        {**npm("3.0.0", folder="a/"), **npm("3.0.0", folder="b/")},
        {"one": npm("3.0.1", folder="a/"), "two": npm("3.0.1", folder="b/")},
        ["package is-odd 3.0.0 -> 3.0.1 patch @ a/package.json b/package.json by two one"],
    ),
    "a renamed manifest": (
        npm("3.0.0", folder="old/"),
        {"one": {**dict.fromkeys(npm("", folder="old/")), **npm("3.0.1", folder="new/")}},
        ["package is-odd 3.0.0 -> 3.0.1 patch @ new/package.json old/package.json by one"],
    ),
    "one app of two goes": (
        {**npm("3.0.0", folder="a/"), **npm("3.0.0", folder="b/")},
        {"one": dict.fromkeys(npm("", folder="b/"))},
        [],
    ),
    "requirements": (
        {"requirements.txt": "django==5.0.1\n"},
        {"one": {"requirements.txt": "django==5.0.2\nrich==13.0.0\n"}},
        ["package django 5.0.1 -> 5.0.2 patch @ requirements.txt by one",
         "package rich - -> 13.0.0 none @ requirements.txt by one"],
    ),
    "an image built anew": (
        {"Dockerfile": f"FROM nginx:1.27@sha256:{'a' * 64}\n"},
        {"one": {"Dockerfile": f"FROM nginx:1.27@sha256:{'b' * 64}\n"}},
        ["image nginx 1.27 -> 1.27 digest @ Dockerfile by one"],
    ),
    "an action by its commit": (
        workflow(f"actions/cache@{SHA[0]} # v4.1.2"),
        {"one": workflow(f"actions/cache@{SHA[1]} # v4.2.0")},
        ["action actions/cache v4.1.2 -> v4.2.0 minor dev @ .github/workflows/ci.yml by one"],
    ),
    "an action beside another of its versions": (
        workflow("actions/cache@v2", "actions/cache@v3"),
        {
            "one": workflow("actions/cache@v2", "actions/cache@v3.1"),
            "two": workflow("actions/cache@v2", "actions/cache@v4"),
        },
        ["action actions/cache v3 -> v4 major dev @ .github/workflows/ci.yml via v3.1 by two one"],
    ),
    "the image of a runtime built anew": (
        {"Dockerfile": f"FROM php:8.2-fpm@sha256:{'a' * 64}\n", ".php-version": "8.2\n"},
        {"one": {"Dockerfile": f"FROM php:8.2-fpm@sha256:{'b' * 64}\n"}, "two": {".php-version": "8.2.1\n"}},
        ["image php 8.2-fpm -> 8.2-fpm digest @ Dockerfile by one"],
    ),
    "an action by a commit of no version": (
        workflow("actions/cache@v4.1.2"),
        {"one": workflow(f"actions/cache@{SHA[1]}")},
        [],
    ),
    "PHP in five files": (
        php("8.1", "27"),
        {"one": php("8.2", "1"), "two": php("8.3", "12")},
        ["runtime PHP 8.1 -> 8.3 major @ .github/workflows/ci.yml .php-version .wp-env.json Dockerfile composer.json"
         " via 8.2 by two one"],
    ),
    "PHP file by file": (
        php("8.1", "27"),
        {"one": php("8.3", "1", files=(".php-version",)), "two": php("8.3", "1", files=("Dockerfile",))},
        ["runtime PHP 8.1 -> 8.3 major @ .php-version Dockerfile by two one"],
    ),
    "a file that can't be read": (npm("3.0.0"), {"one": {"package.json": "{"}}, []),
    "a file that could not be read on the way": (
        npm("3.0.0"),
        {"one": {"package.json": "{"}, "two": npm("3.0.1")},
        ["package is-odd 3.0.0 -> 3.0.1 patch @ package.json by two"],
    ),
}  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, {"README.md": b"shop\n"}) as made:
        yield made


def made(shop: Site, first: Files, later: Mapping[str, Files] | None = None) -> dict[str, str]:
    """Commits these states, the first as the tag v1; the messages by commit."""
    commit(shop, first, "first")
    shop.git("tag", "v1")
    for message, files in (later or {}).items():
        commit(shop, files, message)
    rows = shop.git("log", "--format=%H %s", "--all").text.splitlines()
    return dict(row.split(" ", 1) for row in rows)


def commit(shop: Site, files: Files, message: str) -> None:
    for path, text in files.items():
        if text is None:
            (shop.root / path).unlink()
    shop.write({path: text.encode() for path, text in files.items() if text is not None}, message)


def read(
    shop: Site, merges: Sequence[Merge] = (), *, base: str = "v1", online: bool = False, now: datetime = NOW
) -> tuple[tuple[Moved, ...], tuple[Gap, ...]]:
    context = Context(shop.root, shop.environment, now, io.StringIO(), io.StringIO())
    checkout = open_checkout(shop.root, shop.environment)
    assert checkout.git
    config = configuration(context, checkout.root)
    http = open_http(context, config, checkout.root) if online else None
    return moves(checkout, commits.between(checkout.git, base, "HEAD"), config, now, http, merges)


def line(one: Moved, messages: Mapping[str, str]) -> str:
    """`plugin Shop 1.0 -> 1.2 minor @ a.php via 1.1 by two one`: the sources by their messages."""
    by = [messages.get(source.id, f"#{source.id}") for source in one.sources]
    via = f" via {' '.join(one.between)}" if one.between else ""
    return f"{told(one)}{via} by {' '.join(by)}"


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_tells_what_moved(name: str, shop: Site) -> None:
    first, later, expected = HISTORIES[name]
    messages = made(shop, first, later)
    found, _ = read(shop)
    assert [line(one, messages) for one in found] == list(expected)
    assert shop.server.requests == []


def test_a_first_release_adds_everything(shop: Site) -> None:
    messages = made(shop, {**cart("1.0"), **npm("3.0.0")}, {"one": cart("1.1")})
    found, _ = read(shop, base="")
    assert [line(one, messages) for one in found] == [
        f"plugin Shop Cart - -> 1.1 none @ {CART} via 1.0 by one first",
        "package is-odd - -> 3.0.0 none @ package.json by first",
    ]


def test_a_file_that_cannot_be_read_is_told(shop: Site) -> None:
    made(shop, npm("3.0.0"), {"one": {"package.json": "{"}})
    found, (gap,) = read(shop)
    assert found == ()
    assert (gap.of, gap.subjects) == ("moved", ("package.json",)) and gap.said.startswith("package.json: ")


def test_a_merged_branch_is_known_from_its_commits_and_stands_where_it_was_merged(shop: Site) -> None:
    made(shop, cart("1.0"))
    shop.git("checkout", "-q", "-b", "update")
    commit(shop, cart("1.1"), "one")
    commit(shop, cart("1.2"), "two")
    shop.git("checkout", "-q", "main")
    commit(shop, {"a": "a"}, "other")
    shop.git("merge", "-q", "--no-ff", "-m", "merged", "update")
    commit(shop, cart("1.3"), "three")
    messages = made_messages(shop)
    (one,) = read(shop)[0]
    # The branch stood at 1.1 never: main did not.
    assert line(one, messages) == f"plugin Shop Cart 1.0 -> 1.3 minor @ {CART} via 1.2 by three two one"


def test_a_merge_that_decides_is_a_source(shop: Site) -> None:
    made(shop, cart("1.0"))
    shop.git("checkout", "-q", "-b", "update")
    commit(shop, cart("1.1"), "one")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "--no-commit", "update")
    commit(shop, cart("1.5"), "merged")
    (one,) = read(shop)[0]
    assert line(one, made_messages(shop)) == f"plugin Shop Cart 1.0 -> 1.5 minor @ {CART} by merged one"


def made_messages(shop: Site) -> dict[str, str]:
    rows = shop.git("log", "--format=%H %s", "--all").text.splitlines()
    return dict(row.split(" ", 1) for row in rows)


def test_merged_proposals_come_first(shop: Site) -> None:
    made(shop, cart("1.0"), {"one": cart("1.1"), "two": cart("1.2")})

    def merge(number: int, since: str, to: str, name: str = "shop-cart") -> Merge:
        url = f"https://forge.example/{number}"
        return Merge(number, "Update", NOW, url=url, identity=((CART, name, since, to),))

    merges = [merge(8, "1.1", "1.2"), merge(7, "1.0", "1.1"), merge(6, "0.8", "0.9"), merge(5, "1.0", "1.1", "other")]
    (one,) = read(shop, merges)[0]
    assert one.sources[:2] == (
        Source("proposal", "8", "https://forge.example/8"),
        Source("proposal", "7", "https://forge.example/7"),
    )
    assert [source.kind for source in one.sources[2:]] == ["commit", "commit"]


def test_a_file_that_changed_too_often_is_compared_by_stretches(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = ["1.0"] * 12 + ["1.1"] * 12 + ["1.2"] * 12
    states = {
        f"{at}": own(f"Plugin Name: Shop Cart\nVersion: {to}\nAuthor: Ada {at}") for at, to in enumerate(versions)
    }
    messages = made(shop, cart("1.0"), states)
    (one,) = read(shop)[0]
    assert line(one, messages).endswith("via 1.1 by 24 12")
    for stretches, sources in ((6, "via 1.1 by 29 28 27 26 25 24 17 16 15 14 13 12"), (1, "by 35 34")):
        monkeypatch.setattr(release_way, "STRETCHES", stretches)
        (one,) = read(shop)[0]
        text = line(one, messages)
        assert sources in text
        assert text.split(" by ")[1].split().index("24") < text.split(" by ")[1].split().index("12")


def test_a_move_of_an_unrelated_history_has_a_source_all_the_same(shop: Site) -> None:
    """What only `base` did is undone at `head` by no commit of the range: then the head is where it is known from."""
    made(shop, cart("1.0"))
    shop.git("checkout", "-q", "-b", "other")
    commit(shop, cart("1.1"), "ahead")
    shop.git("tag", "v2")
    shop.git("checkout", "-q", "main")
    commit(shop, {"a": "a"}, "unrelated")
    (one,) = read(shop, base="v2")[0]
    assert line(one, made_messages(shop)) == f"plugin Shop Cart 1.1 -> 1.0 other back @ {CART} by unrelated"


def test_paths_that_are_left_alone_are_not_told(shop: Site) -> None:
    config = {"maintainer.yml": "updates:\n  leave: ['legacy/**']\n"}
    made(shop, {**npm("3.0.0", folder="legacy/"), **config}, {"one": npm("3.0.1", folder="legacy/")})
    assert read(shop) == ((), ())


CUSTOM = """updates:
  custom:
    - name: tools
      files: ["tools.txt"]
      pattern: '^(?P<package>[a-z]+) (?P<version>[0-9.]+) (?P<scheme>[a-z]+)'
      datasource: npm
"""


def test_a_configured_manager_counts_and_a_scheme_nobody_knows_does_not(shop: Site) -> None:
    made(shop, {"maintainer.yml": CUSTOM, "tools.txt": "one 1.0.0 npm\ntwo 1.0.0 nonsense\n"},
         {"one": {"tools.txt": "one 1.0.1 npm\ntwo 1.0.1 nonsense\n"}})  # fmt: skip
    (one,) = read(shop)[0]
    assert told(one) == "package one 1.0.0 -> 1.0.1 patch @ tools.txt"


def test_our_own_plugin_may_have_packages_of_its_own(shop: Site) -> None:
    """Only the directory knows that a plugin is nobody's but ours: nobody asked, it counts as someone else's."""
    root = f"{PLUGINS}/ours/"
    ours = own("Plugin Name: Ours\nVersion: 1.0", f"{root}ours.php")
    made(shop, {**ours, **npm("3.0.0", folder=root)}, {"one": npm("3.0.1", folder=root)})
    assert read(shop)[0] == ()
    (one,) = read(shop, online=True)[0]
    assert told(one) == f"package is-odd 3.0.0 -> 3.0.1 patch @ {root}package.json"


def vulnerable(*affected: str) -> Any:
    """OSV's batch answer: https://google.github.io/osv.dev/post-v1-querybatch/."""

    def answer(request: Request) -> Any:
        queries = json.loads(request.body)["queries"]
        return {"results": [{"vulns": [{"id": "GHSA-1"}]} if one["version"] in affected else {} for one in queries]}

    return answer


GHSA = {
    "id": "GHSA-1",
    "aliases": ["CVE-2026-1"],
    "summary": "A hole",
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "is-odd"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.0.1"}]}],
        }
    ],
}
#: https://vulnerability.wpsysadmin.com/
HOLES = {
    "error": 0,
    "data": {
        "vulnerability": [
            {
                "uuid": "u1",
                "name": "Shop Cart < 1.1",
                "operator": {"max_version": "1.1", "max_operator": "lt"},
                "source": [{"id": "CVE-2026-2", "link": "https://cve.example/2"}],
            },
            {
                "uuid": "u2",
                "name": "Shop Cart < 2",
                "operator": {"max_version": "2", "max_operator": "lt"},
                "source": [{"id": "CVE-2026-3", "link": "https://cve.example/3"}],
            },
        ]
    },
}


def test_what_an_update_fixes_and_what_is_still_open(shop: Site) -> None:
    shop.server.answers |= {
        "/v1/querybatch": vulnerable("3.0.0"),
        "/v1/vulns/GHSA-1": GHSA,
        "/plugin/shop-cart/": HOLES,
    }
    made(shop, {**cart("1.0"), **npm("^3.0.0", "3.0.0")}, {"one": {**cart("1.1"), **npm("^3.0.0", "3.0.1")}})
    found, missing = read(shop, online=True)
    marks = {one.name: ([each.id for each in one.fixes], [each.id for each in one.open]) for one in found}
    assert marks == {"Shop Cart": (["CVE-2026-2"], ["CVE-2026-3"]), "is-odd": (["GHSA-1"], [])}
    assert missing == ()


def test_what_is_removed_takes_its_holes_along_and_what_comes_brings_them(shop: Site) -> None:
    shop.server.answers |= {"/v1/querybatch": vulnerable("3.0.0"), "/v1/vulns/GHSA-1": GHSA}
    made(shop, npm("3.0.0"), {"one": {"package.json": "{}"}})
    (gone,) = read(shop, online=True)[0]
    assert ([one.id for one in gone.fixes], gone.open) == (["GHSA-1"], ())
    shop.git("tag", "v2")
    commit(shop, npm("3.0.0"), "two")
    (come,) = read(shop, online=True, base="v2")[0]
    assert (come.fixes, [one.id for one in come.open]) == ((), ["GHSA-1"])


#: https://endoflife.date/docs/api/v1/
LIFE = {
    "result": {
        "releases": [
            {"name": "8.3", "releaseDate": "2023-11-23", "eolFrom": "2027-12-31", "latest": {"name": "8.3.12"}},
            {"name": "8.1", "releaseDate": "2021-11-25", "eolFrom": "2025-12-31", "latest": {"name": "8.1.34"}},
        ]
    }
}


def test_ends_of_support_are_marked(shop: Site) -> None:
    shop.server.answers["/api/v1/products/php/"] = LIFE
    made(shop, php("8.1", "27"), {"one": php("8.3", "12")})
    found, missing = read(shop, online=True)
    (one,) = found
    assert (one.supported, one.ended) == (datetime(2027, 12, 31, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC))
    assert missing == ()
    (one,) = read(shop, online=True, now=datetime(2025, 12, 1, tzinfo=UTC))[0]
    assert one.ended is None


def test_publishers_tell_of_the_versions_passed(shop: Site) -> None:
    answer = wordpress_plugin(shop.server, "shop-cart", "1.3.0", "1.4.0", "1.5.0")
    answer["sections"]["changelog"] = "".join(f"<h4>1.{n}.0</h4><p>News {n}</p>" for n in (6, 5, 4, 3))
    shop.server.answers["/plugins/info/1.2/"] = answer
    made(shop, {**cart("1.3.0"), **workflow("actions/cache@v4.0.0")},
         {"one": {**cart("1.5.0"), **workflow("actions/cache@v4.1.0")}})  # fmt: skip
    found, missing = read(shop, online=True)
    assert missing == ()
    plugin, action = found
    assert [(note.version, note.text) for note in plugin.notes] == [
        ("1.5.0", "<p>News 5</p>"),
        ("1.4.0", "<p>News 4</p>"),
    ]
    assert [(note.version, note.text) for note in action.notes] == [("v4.1.0", "Fixes #12")]


README = """=== Cart ===
== Changelog ==
= 1.2 =
* News 2
= 1.1 =
* News 1
= 1.0 =
* Old
== Upgrade Notice ==
= 1.2 =
Back up first.
= 1.0 =
None.
"""


def test_a_readme_in_the_repository_tells_without_anyone_being_asked(shop: Site) -> None:
    made(shop, cart("1.0"), {"one": cart("1.2", **{"readme.txt": README})})
    (one,) = read(shop)[0]
    assert [(note.version, note.text) for note in one.notes] == [
        ("1.2", "* News 2\n\n== Upgrade Notice ==\n\nBack up first."),
        ("1.1", "* News 1"),
    ]


def test_a_service_that_refuses_costs_its_marks_and_a_sentence(shop: Site) -> None:
    down = Reply(403, "not for you")
    shop.server.answers |= {
        "/v1/querybatch": down,
        "/is-odd": down,
        "/sass": down,
        "/plugins/info/1.2/": down,
        "/api/v1/products/php/": down,
        "/api/php.json": down,
    }
    both = {**cart("1.0"), **npm("3.0.0"), **npm("1.70.0", name="sass", folder="b/"), ".php-version": "8.1\n"}
    after = {**cart("1.1"), **npm("3.0.1"), **npm("1.71.0", name="sass", folder="b/"), ".php-version": "8.3\n"}
    made(shop, both, {"one": after})
    found, missing = read(shop, online=True)
    assert [told(replace(one, files=())) for one in found] == [
        "plugin Shop Cart 1.0 -> 1.1 minor @",
        "runtime PHP 8.1 -> 8.3 major @",
        "package is-odd 3.0.0 -> 3.0.1 patch @",
        "package sass 1.70.0 -> 1.71.0 minor @",
    ]
    assert [(one.of, one.subjects) for one in missing] == [
        ("advisories", ()),
        ("support", ("PHP",)),
        ("publishers", ("Shop Cart",)),
        ("publishers", ("is-odd", "sass")),
    ]
    assert "No vulnerability is known from it." in missing[0].said and all(one.said for one in missing)


def test_what_a_directory_does_not_know_is_no_failure(shop: Site) -> None:
    made(shop, own("Plugin Name: Ours\nVersion: 1.0", f"{PLUGINS}/ours/ours.php"),
         {"one": own("Plugin Name: Ours\nVersion: 1.1", f"{PLUGINS}/ours/ours.php")})  # fmt: skip
    found, missing = read(shop, online=True)
    assert ([one.name for one in found], missing) == (["Ours"], ())


def test_paths_of_any_spelling_have_their_sources(shop: Site) -> None:
    for folder in ("a b", "ż", ":(glob)x", 'quo"te', "new\nline"):
        name = f"{folder}/"
        made_before = npm("3.0.0", folder=name)
        commit(shop, made_before, "before")
        shop.git("tag", "-f", "v1")
        commit(shop, npm("3.0.1", folder=name), "after")
        (one,) = read(shop)[0]
        assert line(one, made_messages(shop)) == f"package is-odd 3.0.0 -> 3.0.1 patch @ {name}package.json by after"
        shutil.rmtree(shop.root / folder)
        commit(shop, {}, "gone")

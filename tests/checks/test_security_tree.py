"""`maintainer verify --only security` in a repository: advisories, checksums and the bill of materials."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.commands.site import Site, plugin, site
from tests.loopback import Reply, Request
from tests.shops.shop import SOUND, serving

CART = "wp-content/plugins/shop-cart"
CHANGED = plugin("1.3.0")["shop-cart.php"] + b"// here\n"
ADVISORY = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "summary": "Oddness can be forged, @everyone. ",
    "database_specific": {"severity": "HIGH"},
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "is-odd"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.0.2"}]}],
        }
    ],
}


@contextmanager
def repository(folder: Path) -> Iterator[Site]:
    """A site on a branch of its own, one commit away from main."""
    with site(folder) as made:
        made.git("checkout", "--quiet", "-b", "change")
        yield made


def looked(
    made: Site, *argv: str, baseline: bool = True, expected: int | None = None
) -> list[tuple[str, str, str, str]]:
    """Outcome, rule, place and reason of every verdict on the repository."""
    with serving(SOUND) as before, serving(SOUND) as after:
        addresses = ["--url", after.url, *(["--baseline", before.url] if baseline else [])]
        whole = ["verify", "--only", "security", "--into", "results", "--format", "json", *addresses, *argv]
        code, out, err = made.maintainer(*whole)
    assert out, err
    assert expected is None or code == expected, out
    verdicts: list[dict[str, Any]] = json.loads(out)["verdicts"]
    rules = ("advisories", "checksums", "sbom", "looked")
    return [(one["verdict"], one["rule"], one["where"], one["reason"]) for one in verdicts if one["rule"] in rules]


def vulnerable(request: Request) -> Any:
    """OSV knows something of is-odd before 3.0.2."""
    queries = json.loads(request.body)["queries"]
    hit = [query["package"]["name"] == "is-odd" and query["version"] < "3.0.2" for query in queries]
    return {"results": [{"vulns": [{"id": ADVISORY["id"]}]} if one else {} for one in hit]}


def warned(made: Site) -> None:
    made.server.answers |= {"/v1/querybatch": vulnerable, f"/v1/vulns/{ADVISORY['id']}": ADVISORY}


def package(version: str) -> dict[str, bytes]:
    return {"package.json": b'{\n  "dependencies": {\n    "is-odd": "' + version.encode() + b'"\n  }\n}\n'}


def test_a_sound_repository_passes_with_its_bill_of_materials(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        lock = {
            "packages": {"node_modules/is-odd": {"version": "3.0.0"}, "node_modules/is-number": {"version": "6.0.0"}}
        }
        made.write({"package-lock.json": json.dumps(lock).encode()})
        verdicts = looked(made, expected=0)
        bill = (made.root / "results/security/sbom.cdx.json").read_text()
    assert ("pass", "checksums", CART, "") in verdicts
    assert ("pass", "advisories", "package.json", "") in verdicts
    assert ("pass", "sbom", "", "5 packages are in the bill of materials") in verdicts
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    purls = {one["purl"].partition("?")[0] for one in json.loads(bill)["components"]}
    assert purls == {
        "pkg:generic/shop-cart@1.3.0",
        "pkg:npm/is-odd@3.0.0",
        "pkg:npm/is-number@6.0.0",
        "pkg:npm/sass@1.70.0",
        "pkg:github/actions/cache@v4.0.0",
    }


def test_a_package_with_a_known_advisory_that_the_change_brings_fails(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.git("checkout", "--quiet", "main")
        made.write(package("3.0.2") | {"themes/own/package.json": b"{}"})
        made.git("checkout", "--quiet", "-B", "change")
        made.write(package("3.0.1"))
        warned(made)
        verdicts = looked(made, expected=1)
    ((_, rule, where, reason),) = [one for one in verdicts if one[0] == "fail"]
    assert (rule, where) == ("advisories", "package.json")
    assert reason.startswith("is-odd 3.0.1 has GHSA-aaaa-bbbb-cccc (high): Oddness can be forged")
    assert reason.endswith("; fixed in 3.0.2")
    assert "@everyone" not in reason


def test_an_advisory_that_was_open_before_is_told(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.write(package("3.0.1"))
        warned(made)
        verdicts = looked(made, expected=0)
    told = {where: reason for outcome, rule, where, reason in verdicts if (outcome, rule) == ("pass", "advisories")}
    assert told["package.json"].startswith("as before: is-odd 3.0.1 has GHSA-aaaa-bbbb-cccc")


@pytest.mark.parametrize(
    ("baseline", "outcomes"), [(True, {"inconclusive"}), (False, {"fail"})], ids=["with a baseline", "without one"]
)
def test_where_the_commit_before_is_not_known(tmp_path: Path, baseline: bool, outcomes: set[str]) -> None:
    with site(tmp_path) as made:
        made.git("branch", "--move", "change")
        warned(made)
        verdicts = looked(made, baseline=baseline)
    found = [one for one in verdicts if one[1] == "advisories" and one[0] != "pass"]
    assert {outcome for outcome, _, _, _ in found} == outcomes
    assert any("is-odd 3.0.0 has GHSA" in reason for _, _, _, reason in found)
    if baseline:
        assert any("fetch-depth: 0" in reason for _, _, _, reason in found)


def test_a_source_of_advisories_that_is_down_is_no_pass(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.write({"readme.md": b"a"})
        made.server.answers["/v1/querybatch"] = Reply(400, {"message": "no"})
        verdicts = looked(made, expected=3)
    found = [one for one in verdicts if one[1] == "advisories"]
    assert [(outcome, where) for outcome, _, where, _ in found] == [("inconclusive", "osv")]
    assert "No vulnerability is known from it. Run it again later" in found[0][3]
    assert any(one[:2] == ("pass", "checksums") for one in verdicts)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"shop-cart.php": plugin("1.3.0")["shop-cart.php"] + b"// here\n"},
            "shop-cart.php differs from the published 1.3.0",
        ),
        ({"eval.php": b"<?php eval($_GET['a']);"}, "eval.php is no file of the published 1.3.0"),
        ({"vendor/autoload.php": None}, "vendor/autoload.php of the published 1.3.0 is missing"),
    ],
    ids=["changed", "added", "missing"],
)
def test_third_party_code_that_the_change_alters_fails(
    tmp_path: Path, changed: dict[str, bytes | None], words: str
) -> None:
    with repository(tmp_path) as made:
        for path in [path for path, data in changed.items() if data is None]:
            made.write({".gitignore": b""}, "Nothing is ignored")
            made.git("rm", "--quiet", f"{CART}/{path}")
        made.write({f"{CART}/{path}": data for path, data in changed.items() if data} | {"a": b"a"})
        verdicts = looked(made, expected=1)
        assert [(rule, where, reason) for outcome, rule, where, reason in verdicts if outcome == "fail"] == [
            ("checksums", CART, words)
        ]
        made.git("checkout", "--quiet", "main")
        made.git("merge", "--quiet", "change")
        verdicts = looked(made, expected=0)
    assert ("pass", "checksums", CART, f"as before: {words}") in verdicts


def test_an_update_to_what_is_published_passes_and_code_nobody_publishes_is_left_out(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        style = b"/*\nTheme Name: Own\nVersion: 1.0\n*/\n"
        made.write(
            {f"{CART}/{path}": data for path, data in plugin("1.4.0").items()}
            | {"wp-content/themes/own/style.css": style}
        )
        verdicts = looked(made, expected=0)
    assert ("pass", "checksums", CART, "") in verdicts
    theme = [one for one in verdicts if one[1:3] == ("checksums", "wp-content/themes/own")]
    ((outcome, _, _, reason),) = theme
    assert outcome == "skipped" and reason.startswith("not compared: no checksums are published of it")


def test_checksums_that_can_not_be_had_are_no_pass(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.write({"readme.md": b"a"})
        made.server.answers["/plugin-checksums/shop-cart/1.3.0.json"] = {"files": {"../evil": {"md5": "a"}}}
        verdicts = looked(made, expected=3)
    ((outcome, _, where, reason),) = [one for one in verdicts if one[1] == "checksums"]
    assert (outcome, where) == ("inconclusive", CART)
    assert "its published checksums can't be had" in reason


def test_the_repository_is_looked_at_though_the_site_is_a_wall(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.write({f"{CART}/eval.php": b"<?php"})
        with serving({**SOUND, "/": Reply(401, "")}) as closed:
            code, out, _ = made.maintainer(
                "verify", "--only", "security", "--into", "results", "--format", "json", "--url", closed.url
            )
    outcomes = {(one["rule"], one["verdict"]) for one in json.loads(out)["verdicts"]}
    assert code == 1
    assert {("looked", "inconclusive"), ("checksums", "fail")} <= outcomes


def test_files_that_looking_for_updates_leaves_are_left(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.write({"maintainer.yml": b"updates: {leave: [wp-content/**, package.json, themes/**]}\n"})
        warned(made)
        verdicts = looked(made, expected=0)
    assert ("pass", "sbom", "", "1 package is in the bill of materials") in verdicts


def test_private_paths_and_files_of_the_repository_are_asked_for(tmp_path: Path) -> None:
    given = Reply(200, "INSERT INTO orders VALUES (1);\n", {"content-type": "text/plain"})
    with repository(tmp_path) as made:
        made.write({"maintainer.yml": b"verify: {security: {private: [/orders.csv]}}\n", "public/exports/a.sql": b"--"})
        with serving({**SOUND, "/exports/a.sql": given, "/orders.csv": given}) as after, serving(SOUND) as before:
            argv = ["verify", "--only", "security", "--into", "results", "--format", "json", "--url", after.url]
            code, out, _ = made.maintainer(*argv, "--baseline", before.url)
    failed = [(one["rule"], one["where"]) for one in json.loads(out)["verdicts"] if one["verdict"] == "fail"]
    assert (code, failed) == (1, [("private", "/orders.csv"), ("dumps", "/exports/a.sql")])


def test_a_folder_that_is_no_repository_has_a_bill_of_materials_and_nothing_to_compare(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        shutil.rmtree(made.root / ".git")
        verdicts = looked(made, expected=3)
    assert ("pass", "sbom", "", "4 packages are in the bill of materials") in verdicts
    ((outcome, _, _, reason),) = [one for one in verdicts if one[1] == "checksums"]
    assert (outcome, reason) == (
        "inconclusive",
        "there is no commit to compare with what was published. Commit the site's files",
    )


def test_what_both_commits_hold_is_looked_up_once(tmp_path: Path) -> None:
    with repository(tmp_path) as made:
        made.write({"readme.md": b"a"})
        made.server.requests.clear()
        looked(made, expected=0)
        asked = [request.path for request in made.server.requests]
    assert asked.count("/plugins/info/1.2/") == asked.count("/v1/querybatch") == 1
    assert asked.count("/plugin-checksums/shop-cart/1.3.0.json") == 1


def test_without_the_extra_all_but_the_bill_of_materials_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "maintainer.writers.sbom", raising=False)
    monkeypatch.delattr("maintainer.writers.sbom", raising=False)
    monkeypatch.setitem(sys.modules, "cyclonedx.model", None)
    with repository(tmp_path) as made:
        made.write({"readme.md": b"a"})
        verdicts = looked(made, expected=3)
    ((rule, reason),) = [(one[1], one[3]) for one in verdicts if one[0] == "inconclusive"]
    assert rule == "sbom" and "cyclonedx-python-lib is missing. Install it: pip install" in reason
    assert ("pass", "checksums", CART, "") in verdicts

"""`maintainer run` on a real repository: what it proposes, leaves alone, and never loses."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maintainer.platforms.local import alone
from tests.commands.site import FILES, NOW, Site, packument, plugin, site, zipped
from tests.loopback import Reply

CART = "maintainer/wordpress-plugin-shop-cart"
ODD = "maintainer/npm-is-odd"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def branches(shop: Site) -> list[str]:
    return shop.git("branch", "--list", "maintainer/*", "--format=%(refname:short)").text.split()


def test_a_run_proposes_each_change_on_its_own_branch(shop: Site) -> None:
    code, out, err = shop.maintainer("run")
    assert (code, branches(shop)) == (0, ["maintainer/ci-actions", ODD, CART]), (out, err)
    changed = shop.git("diff", "--name-only", "main", ODD).text.split()
    assert changed == ["package.json", "themes/own/package.json"]
    assert shop.git("show", f"{ODD}:themes/own/package.json").out == FILES["themes/own/package.json"].replace(
        b'"is-odd": "3.0.0"', b'"is-odd": "3.0.1"'
    )


def test_the_users_checkout_is_never_touched(shop: Site) -> None:
    (shop.root / "package.json").write_bytes(b"someone is working here")
    before = {p: p.read_bytes() for p in shop.root.rglob("*") if p.is_file() and ".git/" not in str(p)}
    shop.maintainer("run")
    assert {p: p.read_bytes() for p in shop.root.rglob("*") if p.is_file() and ".git/" not in str(p)} == before
    assert len(branches(shop)) == 3


def test_an_updated_plugin_equals_its_archive_even_where_git_ignores_it(shop: Site) -> None:
    shop.maintainer("run")
    listed = shop.git("ls-tree", "-r", "--name-only", CART, "wp-content/plugins/shop-cart/").text.split()
    root = "wp-content/plugins/shop-cart/"
    found = {path.removeprefix(root): shop.git("show", f"{CART}:{path}").out for path in listed}
    assert found == plugin("1.4.0")


def test_a_second_run_changes_nothing(shop: Site) -> None:
    shop.maintainer("run")
    before = shop.state()
    code, out, _ = shop.maintainer("run", now=NOW + timedelta(minutes=1))
    after = shop.state()
    assert code == 0
    assert {k: v for k, v in after["kept"].items() if k.endswith(".json")} == {
        k: v for k, v in before["kept"].items() if k.endswith(".json")
    }
    assert (after["refs"], after["status"]) == (before["refs"], before["status"])
    assert "propose " not in out


def test_a_newer_version_refreshes_the_untouched_proposal_in_place(shop: Site) -> None:
    shop.maintainer("run")
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    shop.maintainer("run")
    assert b'"is-odd": "3.1.0"' in shop.git("show", f"{ODD}:package.json").out
    assert len(branches(shop)) == 3


def test_a_branch_a_person_changed_is_theirs(shop: Site) -> None:
    shop.maintainer("run")
    shop.git("checkout", "--quiet", ODD)
    shop.write({"mine.txt": b"mine"}, "mine")
    mine = shop.git("rev-parse", "HEAD").text
    shop.git("checkout", "--quiet", "main")
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    code, _, _ = shop.maintainer("run")
    assert (code, shop.git("rev-parse", ODD).text) == (0, mine)


def test_what_a_person_closed_stays_closed_until_there_is_a_newer_version(shop: Site) -> None:
    shop.maintainer("run")
    assert shop.maintainer("proposals", "discard", ODD)[0] == 0
    shop.maintainer("run")
    assert ODD not in branches(shop)
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    shop.maintainer("run")
    assert ODD in branches(shop)


def test_a_run_from_a_proposals_own_branch_is_refused(shop: Site) -> None:
    shop.maintainer("run")
    shop.git("switch", "--quiet", ODD)
    before = shop.state()
    code, _, err = shop.maintainer("run")
    assert (code, shop.state()) == (2, before)
    assert f"{ODD} is the branch of proposal" in err
    assert "git switch main" in err


def test_a_proposal_someone_looks_at_is_refreshed_once_they_left(shop: Site) -> None:
    shop.maintainer("run")
    shop.git("worktree", "add", "--quiet", str(shop.root.parent / "beside"), ODD)
    shop.server.answers["/is-odd"] = packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
    code, out, _ = shop.maintainer("run")
    assert code == 4
    assert "checked out" in " ".join(out.split())
    shop.git("worktree", "remove", str(shop.root.parent / "beside"))
    assert shop.maintainer("run")[0] == 0
    assert b"3.1.0" in shop.git("show", f"{ODD}:package.json").out


def test_a_merged_proposal_is_done(shop: Site) -> None:
    shop.maintainer("run")
    shop.git("merge", "--quiet", "--no-ff", "--message", "merged", ODD)
    shop.maintainer("run")
    _, out, _ = shop.maintainer("proposals", "list", "--format", "json")
    states = {record["branch"]: record["state"] for record in json.loads(out)["proposals"]}
    assert states[ODD] == "merged"
    assert states[CART] == "open"


def test_a_major_is_proposed_once_a_person_approves(shop: Site) -> None:
    shop.maintainer("run")
    assert "maintainer/npm-sass-major" not in branches(shop)
    code, _, err = shop.maintainer("proposals", "approve", "maintainer/npm-sas-major")
    assert (code, "Did you mean maintainer/npm-sass-major?" in err) == (2, True)
    assert shop.maintainer("proposals", "approve", "maintainer/npm-sass-major")[0] == 0
    shop.maintainer("run")
    assert "maintainer/npm-sass-major" in branches(shop)


def test_an_approval_is_for_one_change(shop: Site) -> None:
    shop.maintainer("run")
    shop.maintainer("proposals", "approve", "maintainer/npm-sass-major")
    shop.maintainer("run")
    shop.git("merge", "--quiet", "--no-ff", "--message", "merged", "maintainer/npm-sass-major")
    shop.git("branch", "--quiet", "-D", "maintainer/npm-sass-major")
    shop.server.answers["/sass"] = packument("sass", "1.70.0", "2.0.0", "3.0.0")
    shop.maintainer("run")
    assert "maintainer/npm-sass-major" not in branches(shop)


def test_owners_of_the_files_are_asked_to_review(shop: Site) -> None:
    shop.write({".github/CODEOWNERS": b"* @dev\nwp-content/plugins/** @shop/plugins\n"})
    shop.maintainer("run")
    _, out, _ = shop.maintainer("proposals", "show", CART, "--format", "json")
    assert json.loads(out)["written"]["reviewers"] == ["@shop/plugins"]


def test_files_that_are_to_be_left_are_not_read(shop: Site) -> None:
    shop.write({"maintainer.yml": b"updates:\n  leave: ['themes/**']\n"})
    assert "themes/own/package.json" not in {d["file"] for d in shop.plan()["dependencies"]}


def test_code_someone_changed_here_is_left_to_a_person(shop: Site) -> None:
    shop.write({"wp-content/plugins/shop-cart/shop-cart.php": plugin("1.3.0")["shop-cart.php"] + b"// ours\n"})
    code, out, _ = shop.maintainer("run", "--format", "json")
    assert CART not in branches(shop)
    (finding,) = [one for one in json.loads(out)["findings"] if one["kind"] == "modified"]
    assert "shop-cart.php" in finding["sentence"]
    assert code == 0


def test_an_unsafe_archive_costs_its_change_and_sets_the_exit_code(shop: Site) -> None:
    shop.server.answers["/plugin/shop-cart.1.4.0.zip"] = zipped({**plugin("1.4.0"), "../../evil.php": b"x"})
    code, out, _ = shop.maintainer("run", "--format", "json")
    assert (code, CART in branches(shop), ODD in branches(shop)) == (5, False, True), out


def test_an_archive_that_is_not_what_was_published_is_refused(shop: Site) -> None:
    shop.server.answers["/plugin/shop-cart.1.4.0.zip"] = zipped(plugin("1.4.0") | {"shop-cart.php": b"<?php evil();"})
    code, _, _ = shop.maintainer("run")
    assert (code, CART in branches(shop)) == (5, False)


def test_a_service_that_is_down_costs_its_packages_only(shop: Site) -> None:
    shop.server.answers["/plugins/info/1.2/"] = Reply(500, "down")
    shop.environment["MAINTAINER_GITHUB_URL"] = "http://127.0.0.1:1"
    document = shop.plan(expected=3)
    unknown = {d["name"] for d in document["dependencies"] if d["problem"]}
    assert unknown == {"shop-cart", "actions/cache"}
    assert {problem["subject"] for problem in document["problems"]} == unknown
    assert shop.maintainer("run")[0] == 3
    assert branches(shop) == [ODD]


def test_the_body_says_what_why_and_what_was_not_verified(shop: Site) -> None:
    shop.maintainer("run")
    _, body, _ = shop.maintainer("proposals", "show", CART, "--format", "markdown")
    for expected in (
        "1.3.0",
        "1.4.0",
        "Why now",
        "Not verified",
        "no staging",
        "Roll back",
        "Database",
        "Rounding of VAT",
    ):
        assert expected in body
    assert "@someone" not in body
    page = next((shop.root / ".git/maintainer/pages").glob("[0-9]*.html")).read_text()
    assert "<script" not in page


def test_nothing_is_proposed_beyond_the_limits(shop: Site) -> None:
    shop.write({"maintainer.yml": b"updates:\n  limits:\n    per_run: 1\n"})
    shop.maintainer("run")
    assert len(branches(shop)) == 1
    shop.maintainer("run")
    assert len(branches(shop)) == 2


def test_a_folder_without_a_commit_says_what_to_do(tmp_path: Path) -> None:
    with site(tmp_path) as shop:
        empty = Site(tmp_path / "empty", tmp_path / "home", shop.server)
        empty.root.mkdir()
        empty.git("init", "--quiet")
        code, _, err = empty.maintainer("run")
    assert code == 2
    assert "commit" in err


def test_own_code_and_code_inside_other_peoples_code_is_never_a_dependency(shop: Site) -> None:
    own = b"<?php\n/*\nPlugin Name: Ours\nVersion: 1.0\nUpdate URI: false\n*/\n"
    shop.write(
        {
            "wp-content/plugins/ours/ours.php": own,
            "wp-content/plugins/ours/package.json": b'{"dependencies": {"sass": "1.70.0"}}',
            "wp-content/plugins/shop-cart/package.json": b'{"dependencies": {"is-odd": "3.0.0"}}',
            "vendor/x/package.json": b'{"dependencies": {"is-odd": "3.0.0"}}',
        }
    )
    places = {(d["file"], d["name"]) for d in shop.plan()["dependencies"]}
    assert ("wp-content/plugins/ours/package.json", "sass") in places
    assert not {file for file, name in places if name == "Ours" or "shop-cart/package" in file or "vendor" in file}


def test_a_security_update_goes_at_once_and_alone(shop: Site) -> None:
    def advisories(request: Any) -> Any:
        queries = json.loads(request.body)["queries"]
        return {"results": [{"vulns": [{"id": "GHSA-x"}]} if q["package"]["name"] == "is-odd" else {} for q in queries]}

    shop.server.answers |= {
        "/v1/querybatch": advisories,
        "/v1/vulns/GHSA-x": {
            "id": "GHSA-x",
            "aliases": ["CVE-2026-1234"],
            "summary": "Odd numbers run code",
            "database_specific": {"severity": "HIGH"},
            "affected": [
                {
                    "package": {"ecosystem": "npm", "name": "is-odd"},
                    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.0.1"}]}],
                }
            ],
        },
        "/is-odd": packument("is-odd", "3.0.0", "3.0.1", "3.1.0")
        | {"modified": "2026-11-21T07:00:00.000Z", "time": {"3.0.1": "2026-11-21T07:00:00.000Z"}},
    }
    shop.write({"maintainer.yml": b"updates:\n  limits:\n    per_run: 0\n"})
    shop.maintainer("run")
    assert branches(shop) == [ODD]
    assert b'"is-odd": "3.0.1"' in shop.git("show", f"{ODD}:package.json").out


def test_a_closed_plugin_is_a_finding(shop: Site) -> None:
    closed = {"error": "closed", "name": "Cart", "slug": "shop-cart", "description": "Closed as of June 1, 2026."}
    shop.server.answers["/plugins/info/1.2/"] = Reply(404, closed)
    document = shop.plan()
    assert [finding["kind"] for finding in document["findings"]] == ["closed"]


def test_of_two_runs_at_a_time_the_second_refuses_and_changes_nothing(shop: Site) -> None:
    before = shop.state()["refs"]
    with alone(shop.root / ".git/maintainer"):
        code, out, err = shop.maintainer("run")
        assert (code, out) == (3, "")
        assert "Another maintainer is at work in this repository" in err
        assert shop.state()["refs"] == before
    assert shop.maintainer("run")[0] == 0
    assert len(shop.state()["refs"]) > len(before)
    with alone(shop.root / ".git/maintainer"):
        assert shop.maintainer("proposals", "discard", "1")[0] == 3
        assert shop.maintainer("plan")[0] == 0


def test_what_waits_for_approval_is_assessed_before_anyone_is_asked(shop: Site) -> None:
    shop.server.answers["/sass"] = packument("sass", "1.70.0", "2.0.0") | {
        "repository": {"type": "git", "url": "git+https://github.com/sass/sass.git"}
    }
    shop.server.answers["/repos/sass/sass/releases"] = [
        {"tag_name": "v2.0.0", "body": "- **Breaking:** `@import` was removed", "published_at": "2026-01-01T00:00:00Z"}
    ]
    shop.maintainer("run")
    _, out, _ = shop.maintainer("proposals", "list", "--format", "json")
    (waits,) = json.loads(out)["waiting"]
    assert (waits["branch"], waits["title"]) == ("maintainer/npm-sass-major", "sass 1.70.0 → 2.0.0")
    _, body, _ = shop.maintainer("proposals", "show", "maintainer/npm-sass-major", "--format", "markdown")
    for expected in ("Assessment", "Size of work", "was removed", "proposals approve maintainer/npm-sass-major"):
        assert expected in body
    assert (shop.root / ".git/maintainer/pages/npm-sass-major.html").is_file()


def test_a_lock_that_is_not_ours_to_refresh_takes_nobodys_turn(shop: Site) -> None:
    shop.write({"bun.lock": b"{}"})
    shop.maintainer("run")
    assert shop.git("diff", "--name-only", "main", ODD).text.split() == ["themes/own/package.json"]
    (root,) = [d for d in shop.plan()["dependencies"] if d["file"] == "package.json"]
    assert [update["decision"] for update in root["updates"]] == ["hold"]


def test_the_files_of_a_development_build_of_wordpress_are_wordpresss(shop: Site) -> None:
    shop.write(
        {
            "wp/wp-includes/version.php": b"<?php\n$wp_version = '6.9-alpha-60000-src';\n",
            "wp/wp-includes/sodium_compat/composer.json": b'{"require": {"acme/x": "1.0.0"}}',
        }
    )
    assert not [d for d in shop.plan()["dependencies"] if "sodium_compat" in d["file"]]

"""`maintainer fleet` end to end: many sites in real git, one of them broken, all looked up at one loopback registry."""

import argparse
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from maintainer.commands import plan
from maintainer.commands.context import Context
from maintainer.workspace.git import Git
from maintainer.workspace.history import REF
from tests.commands.fleet import Fleet, fleet, packages
from tests.commands.site import NOW
from tests.loopback import Reply
from tests.workspace.repositories import repository

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/fleet.schema.json").read_text())


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Fleet]:
    with fleet(tmp_path) as made:
        yield made


def three(made: Fleet) -> None:
    made.site("a", {"package.json": packages("is-odd")})
    made.site("b", {"package.json": packages("is-odd"), "maintainer.yml": b"updates: {minimum_age: never}\n"})
    made.site("c", {"package.json": packages("sass", at="2.0.0")}, bare=True)
    made.inventory(
        "sites:\n- {name: a, repository: sites/a, tags: [pl]}\n- {name: b, repository: sites/b}\n"
        "- {name: c, repository: sites/c.git, tags: [pl, shop]}\n"
    )


def test_one_broken_site_costs_only_itself(many: Fleet) -> None:
    three(many)
    code, out, err = many.maintainer("run", "--story", "plan")
    assert (code, out) == (2, ""), err
    results = many.results()
    for one in results.values():
        jsonschema.validate(one, SCHEMA)
    assert {name: one["exit_code"] for name, one in results.items()} == {"a": 0, "b": 2, "c": 0}
    assert results["a"]["standing"]["counts"]["behind"] == 1
    assert results["a"]["standing"]["behind"] == [
        {"name": "is-odd", "current": "3.0.0", "to": "3.0.1", "bump": "patch", "decision": "allow"}
    ]
    assert results["b"]["standing"] is None
    assert "maintainer.yml:1:24: updates.minimum_age" in results["b"]["error"]
    assert results["c"]["standing"]["counts"]["dependencies"] == 1
    assert results["c"]["standing"]["counts"]["behind"] == 0
    assert "a: 1 behind · " in err
    assert "c: up to date · " in err


def test_a_bug_costs_one_site_too(many: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    three(many)
    usual = plan.main

    def broken(context: Context, args: argparse.Namespace) -> int:
        if context.root.name == "a":
            raise RuntimeError("ghp_" + "x" * 30)
        return usual(context, args)

    monkeypatch.setattr(plan, "main", broken)
    code, _, err = many.maintainer("run", "--story", "plan", "--site", "a", "--site", "c")
    assert code == 70
    results = many.results()
    assert results["a"]["error"].startswith("This is a bug in maintainer: RuntimeError.")
    assert results["c"]["exit_code"] == 0
    assert "x" * 30 not in err + json.dumps(results)


def test_nothing_is_changed_where_a_site_is_planned(many: Fleet) -> None:
    three(many)
    before = sorted(path for path in many.root.rglob("*") if "results" not in path.parts)
    many.maintainer("run", "--story", "plan")
    assert sorted(path for path in many.root.rglob("*") if "results" not in path.parts) == before


def test_a_site_beside_the_inventory_gets_its_proposals(many: Fleet) -> None:
    root = many.site("a", {"package.json": packages("is-odd")})
    many.inventory("sites: [{name: a, repository: sites/a}]")
    for opened in (1, 0):
        code, _, err = many.maintainer("run")
        assert code == 0, err
        one = many.results()["a"]
        assert (one["story"], one["standing"]["counts"]["opened"]) == ("run", opened)
    assert [name for name in Git(root, many.environment).branches() if name.startswith("maintainer/")]


def test_proposals_are_not_lost_with_a_clone(many: Fleet) -> None:
    three(many)
    code, _, _ = many.maintainer("run", "--site", "c")
    assert code == 2
    assert "has no forge that proposals could be opened on" in many.results()["c"]["error"]


# central policy


def central(many: Fleet, site: str = "", overrides: str = "{}") -> Any:
    """The decision on is-odd 3.0.1 under the policy `agency`, which asks a person for every patch."""
    many.site("a", {"package.json": packages("is-odd"), "maintainer.yml": site.encode()})
    many.policy("agency", "updates:\n  rules:\n  - {bumps: [patch], act: approve, reason: the agency looks first}\n")
    many.inventory(f"extends: agency\nsites: [{{name: a, repository: sites/a, overrides: {overrides}}}]\n")
    code, _, err = many.maintainer("run", "--story", "plan")
    assert code == 0, err
    (behind,) = many.results()["a"]["standing"]["behind"]
    return behind["decision"]


def test_central_policy_lies_beneath_each_site(many: Fleet) -> None:
    assert central(many) == "ask"


def test_the_sites_own_file_goes_before_central_policy(many: Fleet) -> None:
    assert central(many, "updates:\n  rules:\n  - {bumps: [patch], act: propose}\n") == "allow"


def test_overrides_go_before_policies(many: Fleet) -> None:
    assert central(many, overrides="{updates: {rules: [{bumps: [patch], act: ignore}]}}") == "deny"


def test_the_sites_own_file_goes_before_overrides(many: Fleet) -> None:
    own = "updates:\n  rules:\n  - {bumps: [patch], act: propose}\n"
    assert central(many, own, "{updates: {rules: [{bumps: [patch], act: ignore}]}}") == "allow"


def test_a_site_may_name_the_fleets_policies(many: Fleet) -> None:
    assert central(many, "extends: agency\n") == "ask"


# what a site may know


def test_a_site_sees_no_variable_the_inventory_doesnt_give_it(many: Fleet) -> None:
    npmrc = b"registry=%s/\n//%s/:_authToken=${ACME_TOKEN}\n" % (
        many.server.url.encode(), many.server.host.encode(),
    )  # fmt: skip
    many.site("a", {"package.json": packages("is-odd"), ".npmrc": npmrc})
    many.site("b", {"package.json": packages("is-odd"), ".npmrc": npmrc})
    many.inventory(
        "sites:\n- {name: a, repository: sites/a, environment: ACME_TOKEN}\n- {name: b, repository: sites/b}\n"
    )
    many.environment.pop("MAINTAINER_NPM_URL")
    many.maintainer("run", "--story", "plan", ACME_TOKEN="hush-hush-hush", GITHUB_TOKEN="ghs_forall")
    sent = [request.headers.get("authorization", "") for request in many.server.requests if request.path == "/is-odd"]
    assert sorted({one for one in sent if "hush" in one}) == ["Bearer hush-hush-hush"]
    assert len([one for one in sent if "hush" in one]) == 1
    assert len(sent) == 2, "other surroundings, other questions"


def test_no_site_has_the_fleets_token_sent_elsewhere(many: Fleet) -> None:
    thief = f"registries: {{urls: {{github: '{many.server.url}/thief'}}}}\n".encode()
    workflow = b"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4.0.0\n"
    many.site("a", {".github/workflows/tests.yml": workflow, "maintainer.yml": thief})
    many.inventory("sites: [{name: a, repository: sites/a}]")
    many.environment.pop("MAINTAINER_GITHUB_URL")
    api = many.server.url + "/api"
    many.maintainer("run", "--story", "plan", GITHUB_TOKEN="ghs_forall", GITHUB_API_URL=api)
    assert many.server.requests
    for request in many.server.requests:
        assert not request.path.startswith("/thief")
        assert "ghs_forall" not in str(request.headers) or request.path.startswith("/api/")


def test_no_site_reads_what_lies_beside_it(many: Fleet) -> None:
    root = many.site("a", {"package.json": packages("is-odd")})
    (many.root / "private").write_text("database of-another-site\n")
    (root / "maintainer.yml").symlink_to(many.root / "private")
    many.inventory("sites: [{name: a, repository: sites/a}]")
    assert many.maintainer("run", "--story", "plan")[0] == 2
    assert many.results()["a"]["error"].startswith("maintainer.yml: leads out of the repository through a link.")


def test_no_token_is_in_results_or_output(many: Fleet) -> None:
    three(many)
    token = "glpat-" + "x" * 20
    many.inventory(
        "sites:\n- {name: a, repository: sites/a}\n"
        f"- {{name: g, repository: 'http://{many.server.host}/acme/shop.git', token_env: SHOP_TOKEN}}\n"
    )
    code, out, err = many.maintainer("run", "--story", "plan", SHOP_TOKEN=token)
    assert code == 3
    asked = [request for request in many.server.requests if request.path.startswith("/acme/shop.git")]
    assert asked
    assert all(request.headers.get("authorization", "").startswith("Basic ") for request in asked)
    kept = "".join(path.read_text() for path in (many.root / "results").iterdir())
    assert token not in out + err + kept
    assert "acme/shop.git" in many.results()["g"]["error"]


def test_no_token_goes_over_plain_http(many: Fleet) -> None:
    many.inventory("sites: [{repository: 'http://git.example.org/shop.git', token_env: SHOP_TOKEN}]")
    code, _, _ = many.maintainer("run", "--story", "plan", SHOP_TOKEN="secret-secret")
    assert code == 2
    assert "no token is sent over anything but HTTPS" in many.results()["git.example.org/shop"]["error"]


# look-ups are shared


@pytest.mark.parametrize("count", [2, 6])
def test_equal_sites_ask_once(many: Fleet, count: int) -> None:
    names = [f"s{n}" for n in range(count)]
    for name in names:
        many.site(name, {"package.json": packages("is-odd", "sass", at="1.70.0")})
    many.inventory("sites:\n" + "".join(f"- {{name: {name}, repository: sites/{name}}}\n" for name in names))
    code, _, err = many.maintainer("run", "--story", "plan")
    assert code in (0, 3), err
    asked = [request.path for request in many.server.requests]
    assert asked.count("/is-odd") == 1
    assert asked.count("/sass") == 1
    assert asked.count("/v1/querybatch") == 1
    results = many.results()
    assert sum(one["requests"] for one in results.values()) == len(asked)
    assert results["s1"]["requests"] == 0


def test_a_passing_failure_is_asked_after_again(many: Fleet) -> None:
    failing = iter([Reply(400, "no")])
    good = many.server.answers["/is-odd"]
    many.server.answers["/is-odd"] = lambda request: next(failing, good)
    for name in ("a", "b"):
        many.site(name, {"package.json": packages("is-odd")})
    many.inventory("sites: [{name: a, repository: sites/a}, {name: b, repository: sites/b}]")
    assert many.maintainer("run", "--story", "plan")[0] == 3
    results = many.results()
    assert [results[name]["standing"]["counts"]["problems"] for name in "ab"] == [1, 0]


# shards


def test_shards_are_run_by_a_plan_and_resumed(many: Fleet) -> None:
    three(many)
    code, out, _ = many.maintainer("plan", "--story", "plan", "--shards", "2", "--out", "p.json", "--for", "github")
    assert code == 0
    matrix = json.loads(out)
    assert [set(job) for job in matrix["include"]] == [{"shard", "sites"}] * 2
    assert sorted(name for job in matrix["include"] for name in job["sites"]) == ["a", "b", "c"]
    jsonschema.validate(json.loads((many.root / "p.json").read_bytes()), SCHEMA)
    many.maintainer("run", "--plan", "p.json", "--shard", "1")
    assert sorted(many.results()) == sorted(matrix["include"][0]["sites"])
    many.maintainer("run", "--plan", "p.json", "--shard", "2")
    assert sorted(many.results()) == ["a", "b", "c"]
    before = len(many.server.requests)
    code, _, err = many.maintainer("run", "--plan", "p.json", "--resume")
    assert code == 2
    assert "2 of 3 sites had a result of this plan already" in err, "what failed is tried again"
    assert len(many.server.requests) == before
    _, out, _ = many.maintainer("plan", "--story", "plan", "--resume", "results", "--for", "github")
    assert [job["sites"] for job in json.loads(out)["include"]] == [["b"]]
    _, out, _ = many.maintainer(
        "plan", "--story", "plan", "--resume", "results", "--for", "github", now=NOW + timedelta(days=1)
    )
    assert len(json.loads(out)["include"]) == 3, "another day, another plan"


def test_what_an_entry_says_now_is_done_anew(many: Fleet) -> None:
    three(many)
    many.maintainer("run", "--story", "plan", "--id", "x")
    text = (many.root / "fleet.yml").read_text()
    many.inventory(text.replace("tags: [pl]", "tags: [pl], overrides: {updates: {minimum_age: 9d}}"))
    _, out, _ = many.maintainer("plan", "--story", "plan", "--id", "x", "--resume", "results", "--for", "github")
    assert sorted(name for job in json.loads(out)["include"] for name in job["sites"]) == ["a", "b"]


def test_the_childs_jobs_run_shards(many: Fleet) -> None:
    three(many)
    code, out, _ = many.maintainer(
        "plan", "--shards", "3", "--for", "gitlab", "--parallel", "2", "--out", "p.json", "--image", "python:3.11"
    )
    assert code == 0
    child = yaml.safe_load(out)
    jobs = {name: job for name, job in child.items() if name.startswith("shard ")}
    assert [job["resource_group"] for job in jobs.values()] == ["fleet-1", "fleet-2", "fleet-1"]
    assert jobs["shard 3"]["script"] == [
        "maintainer fleet run --inventory fleet.yml --plan p.json --shard 3 --results results"
    ]
    assert child["status"]["stage"] == "status"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["plan", "--for", "github", "--shards", "257"], "Write 256 or less"),
        (["plan", "--for", "gitlab", "--shards", "201", "--out", "p"], "Write 200 or less"),
        (["plan", "--for", "gitlab"], "--out"),
        (["plan", "--shards", "0"], "from 1"),
        (["plan", "--tag", "pl", "--tag", "de"], "No site of the inventory has all of: de, pl."),
        (["plan", "--site", "aa"], '"aa" is not in the inventory. Did you mean "a"?'),
        (["plan", "--inventory", "none.yml"], "none.yml: is no file"),
        (["plan", "--resume", "nowhere"], "is no folder"),
        (["run", "--shard", "1"], "Name its file with --plan"),
        (["run", "--plan", "fleet.yml"], "is no plan of a fleet"),
        (["status", "nowhere"], "is no folder"),
        (["status", "sites"], "holds no result"),
    ],
)
def test_what_can_not_be_is_said(many: Fleet, words: list[str], told: str) -> None:
    three(many)
    code, out, err = many.maintainer(*words)
    assert (code, out) == (2, "")
    assert told in err


def test_a_shard_the_plan_lacks_is_said(many: Fleet) -> None:
    three(many)
    many.maintainer("plan", "--out", "p.json", "--shards", "2")
    code, _, err = many.maintainer("run", "--plan", "p.json", "--shard", "3")
    assert (code, err) == (2, "--shard: the plan has 2 shards, and no shard 3.\n")


def test_owners_repositories_are_sites(many: Fleet) -> None:
    many.site("own", {"package.json": packages("is-odd")})
    listed = [
        {"path": "acme/shop", "branch": "main", "topics": ["wordpress", "shop"]},
        {"path": "acme/old", "topics": ["wordpress"], "archived": True},
        {"path": "acme/fork", "topics": ["wordpress"], "fork": True},
        {"path": "acme/app", "topics": ["go"]},
        {"path": "acme/wp-test", "topics": ["WordPress"]},
        {"path": "other/shop", "topics": ["wordpress"]},
    ]
    (many.root / "listed.json").write_text(json.dumps(listed))
    many.inventory(
        "owners:\n- {owner: 'github:acme', topics: wordpress, only: ['!*-test'], tags: wp}\n"
        "sites: [{name: own, repository: sites/own}]\n"
    )
    _, out, err = many.maintainer("plan", "--listing", "listed.json", "--format", "json")
    made = json.loads(out)
    assert made["sites"] == ["own", "acme/shop"], err
    assert made["found"] == [{"owner": 0, "path": "acme/shop", "branch": "main"}]
    code, _, err = many.maintainer("plan")
    assert code == 2 if "can't be asked" in err else 3


# status and history


def test_the_summary_in_every_form(many: Fleet) -> None:
    three(many)
    many.maintainer("plan", "--story", "plan", "--out", "p.json", "--id", "x")
    many.maintainer("run", "--plan", "p.json")
    (many.root / "results" / "c.json").unlink()
    code, out, _ = many.maintainer("status", "results", "--plan", "p.json", "--format", "json", "--page", "page.html")
    assert code == 0
    summary = json.loads(out)
    jsonschema.validate(summary, SCHEMA)
    assert {one["site"]: one["state"] for one in summary["sites"]} == {"a": "behind", "b": "failed", "c": "missing"}
    assert summary["totals"]["behind"] == 1
    page = (many.root / "page.html").read_text()
    assert "3 sites: 1 failed, 1 no result, 1 behind" in page
    _, text, _ = many.maintainer("status", "results", "--plan", "p.json")
    assert "3 sites: 1 failed, 1 no result, 1 behind · 1 dependencies" in text
    _, markdown, _ = many.maintainer("status", "results", "--plan", "p.json", "--format", "markdown")
    assert "| ✘ | b | failed |" in markdown
    assert many.maintainer("status", "results", "--plan", "p.json", "--strict")[0] == 2
    reports = many.root / "reports"
    many.maintainer("status", "results", "--plan", "p.json", "--reports", str(reports))
    assert (reports / "summary.md").read_text() == markdown


def test_what_is_no_result_is_left_out(many: Fleet) -> None:
    three(many)
    many.maintainer("run", "--story", "plan", "--site", "a")
    (many.root / "results" / "x.json").write_text("{}")
    (many.root / "results" / "deep").mkdir()
    (many.root / "results" / "deep" / "y.json").write_bytes(b"[" * 100_000)
    code, out, err = many.maintainer("status", "results", "--format", "json")
    assert (code, len(json.loads(out)["sites"])) == (0, 1)
    assert err.count("is no result of a site and is left out") == 2


def test_shards_are_balanced_by_the_last_runs_cost(many: Fleet) -> None:
    three(many)
    many.maintainer("run", "--story", "plan", "--id", "x")
    for name, seconds in (("a", 100.0), ("c", 60.0)):
        path = many.root / "results" / f"{name}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"seconds": seconds}))
    _, out, _ = many.maintainer("plan", "--shards", "2", "--costs", "results", "--for", "github")
    assert [job["sites"] for job in json.loads(out)["include"]] == [["a"], ["b", "c"]]


def test_history_keeps_the_costs(many: Fleet) -> None:
    three(many)
    git = repository(many.root, {"fleet.yml": (many.root / "fleet.yml").read_bytes()})
    many.maintainer("run", "--story", "plan", "--id", "x")
    path = many.root / "results" / "c.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seconds": 500.0}))
    code, _, err = many.maintainer("status", "results", "--record")
    assert (code, err) == (0, "3 events added to history.\n")
    assert many.maintainer("status", "results", "--record")[2] == "0 events added to history.\n"
    assert git.commit(REF)
    _, out, _ = many.maintainer("plan", "--shards", "2", "--for", "github")
    assert [job["sites"] for job in json.loads(out)["include"]] == [["c"], ["b", "a"]]


def test_a_run_that_was_killed_goes_on_where_it_was(many: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    three(many)
    usual = plan.main
    seen: list[str] = []

    def killed(context: Context, args: argparse.Namespace) -> int:
        seen.append(context.root.name)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return usual(context, args)

    many.maintainer("plan", "--story", "plan", "--out", "p.json", "--shards", "1")
    monkeypatch.setattr(plan, "main", killed)
    assert many.maintainer("run", "--plan", "p.json", "--resume")[0] == 130
    (first,) = many.results()
    assert not [path for path in (many.root / "results").iterdir() if path.suffix != ".json"]
    assert many.maintainer("run", "--plan", "p.json", "--resume")[0] == 2
    assert sorted(many.results()) == ["a", "b", "c"]
    assert seen.count(first) == 1

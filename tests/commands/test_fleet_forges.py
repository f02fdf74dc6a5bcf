"""A fleet whose sites live on a forge: listed, cloned, proposed to, each as if it were alone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from maintainer.workspace.git import Git
from maintainer.workspace.history import REF
from tests.commands.fleet import Fleet, fleet, packages
from tests.commands.site import NOW
from tests.forges.github import GithubFake
from tests.forges.gitlab import GitlabFake

FORGES = ("github", "gitlab")
TOKEN = "glpat-OfTheWholeFleet"


@contextmanager
def on(kind: str, folder: Path, *sites: str) -> Iterator[tuple[Fleet, Any]]:
    """A fleet beside a forge that has these sites of `acme`, all alike; the token may do all that is needed."""
    fake = GithubFake if kind == "github" else GitlabFake
    with fleet(folder) as made, fake(folder / "forge") as forge:
        for name in sites:
            files = {"package.json": packages("is-odd")}
            if isinstance(forge, GithubFake):
                forge.add_repository(f"acme/{name}", files)
            else:
                forge.add_repository("acme", name, files)
        forge.now = NOW
        if isinstance(forge, GithubFake):
            token = forge.token(kind="app")
            more = {"GITHUB_API_URL": forge.url, "GITHUB_SERVER_URL": forge.git_url}
        else:
            token = forge.token(TOKEN, kind="group", group="acme").text
            more = {"CI_API_V4_URL": f"{forge.origin}/api/v4", "CI_SERVER_URL": forge.origin}
        made.environment |= {"MAINTAINER_TOKEN": token, **more}
        yield made, forge


def proposals(kind: str, forge: Any, name: str) -> list[str]:
    git = forge.repository(f"acme/{name}").git if kind == "github" else forge.project(f"acme/{name}").repository
    return [branch for branch in git.branches() if branch.startswith("maintainer/")]


@pytest.mark.parametrize("kind", FORGES)
def test_each_site_gets_its_proposals(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a", "b", "c") as (made, forge):
        made.inventory(f"owners: [{{owner: '{kind}:acme', only: ['!c']}}]")
        code, _, err = made.maintainer("run")
        assert code == 0, (err, made.results())
        results = made.results()
        assert sorted(results) == ["acme/a", "acme/b"]
        for name in ("a", "b"):
            assert results[f"acme/{name}"]["standing"]["counts"]["opened"] == 1
            assert len(proposals(kind, forge, name)) == 1
        assert proposals(kind, forge, "c") == []
        asked = [request.path for request in made.server.requests]
        assert sorted(asked) == ["/is-odd", "/is-odd", "/v1/querybatch"], "the listing and the details, once for both"
        code, _, err = made.maintainer("run")
        assert code == 0, err
        assert [one["standing"]["counts"]["opened"] for one in made.results().values()] == [0, 0]
        assert all(len(proposals(kind, forge, name)) == 1 for name in ("a", "b"))
        kept = "".join(path.read_text() for path in (made.root / "results").iterdir())
        assert made.environment["MAINTAINER_TOKEN"] not in kept + err


@pytest.mark.parametrize("kind", FORGES)
def test_shards_run_one_after_another_are_one_fleet(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a", "b") as (made, forge):
        made.inventory(f"owners: [{{owner: '{kind}:acme'}}]")
        made.maintainer("plan", "--shards", "2", "--out", "p.json", "--for", "github")
        for shard in ("1", "2"):
            code, _, err = made.maintainer("run", "--plan", "p.json", "--shard", shard)
            assert code == 0, err
        code, out, _ = made.maintainer("status", "results", "--plan", "p.json", "--format", "json")
        assert json.loads(out)["totals"]["opened"] == 2
        assert all(len(proposals(kind, forge, name)) == 1 for name in ("a", "b"))


@pytest.mark.parametrize("kind", FORGES)
def test_a_site_that_is_gone_costs_only_itself(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a") as (made, forge):
        made.inventory(f"sites: [{{repository: '{kind}:acme/gone'}}, {{repository: '{kind}:acme/a'}}]")
        code, _, _ = made.maintainer("run")
        results = made.results()
        assert code == 3
        assert results["acme/gone"]["standing"] is None
        assert results["acme/gone"]["exit_code"] == 3
        assert results["acme/a"]["standing"]["counts"]["opened"] == 1
        assert len(proposals(kind, forge, "a")) == 1


@pytest.mark.parametrize("kind", FORGES)
def test_a_site_cannot_have_its_forge_elsewhere(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a") as (made, forge):
        thief = f"registries: {{urls: {{{kind}: '{made.server.url}/thief'}}}}\n".encode()
        files: dict[str, bytes | str] = {"package.json": packages("is-odd"), "maintainer.yml": thief}
        if kind == "github":
            forge.add_repository("acme/evil", files)
        else:
            forge.add_repository("acme", "evil", files)
        made.environment.pop("MAINTAINER_GITHUB_URL")
        made.environment.pop("MAINTAINER_GITLAB_URL")
        made.inventory(f"sites: [{{repository: '{kind}:acme/evil'}}]")
        code, _, err = made.maintainer("run")
        assert code == 0, (err, made.results())
        assert not [request for request in made.server.requests if request.path.startswith("/thief")]
        for request in made.server.requests:
            assert made.environment["MAINTAINER_TOKEN"] not in str(request.headers)


@pytest.mark.parametrize("kind", FORGES)
def test_the_fleets_history_is_on_its_own_forge(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a", "central") as (made, forge):
        made.inventory(f"sites: [{{repository: '{kind}:acme/a'}}]")
        git = Git(made.root, made.environment)
        git.run("init", "--quiet")
        made.environment |= {"MAINTAINER_PLATFORM": kind, "MAINTAINER_REPOSITORY": "acme/central"}
        made.maintainer("run")
        code, _, err = made.maintainer("status", "results", "--record")
        assert (code, err) == (0, "1 events added to history.\n")
        assert made.maintainer("status", "results", "--record")[2] == "0 events added to history.\n"
        path = forge.repository("acme/central").git if kind == "github" else forge.project("acme/central").repository
        assert REF.removeprefix("refs/heads/") in path.branches()
        code, out, err = made.maintainer("plan", "--format", "json")
        seconds = made.results()["acme/a"]["seconds"]
        assert json.loads(out)["shards"][0]["seconds"] == round(seconds, 1), err


@pytest.mark.parametrize("kind", FORGES)
def test_owners_are_asked_for_topics_and_not_for_archived_ones(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a", "old", "other") as (made, forge):
        for name in ("a", "old", "other"):
            one = forge.repository(f"acme/{name}") if kind == "github" else forge.project(f"acme/{name}")
            one.topics = ["Shop"] if name != "other" else []
            one.archived = name == "old"
        for archived, listed in (("false", ["acme/a"]), ("true", ["acme/a", "acme/old"])):
            made.inventory(f"owners: [{{owner: '{kind}:acme', topics: Shop, archived: {archived}}}]")
            code, out, err = made.maintainer("plan", "--format", "json")
            assert code == 0, err
            assert json.loads(out)["sites"] == listed


@pytest.mark.parametrize("kind", FORGES)
def test_an_owner_nobody_knows_is_said(kind: str, tmp_path: Path) -> None:
    with on(kind, tmp_path, "a") as (made, _):
        made.inventory(f"owners: [{{owner: '{kind}:nobody'}}]")
        code, out, err = made.maintainer("plan")
        assert (code, out) == (3, "")
        assert "nobody" in err


def test_many_repositories_are_listed_page_by_page(tmp_path: Path) -> None:
    with on("github", tmp_path) as (made, forge):
        for number in range(101):
            forge.add_repository(f"acme/s{number}", {"a": "b"})
        made.inventory("owners: [{owner: 'github:acme'}]")
        _, out, err = made.maintainer("plan", "--format", "json")
        assert len(json.loads(out)["sites"]) == 101, err


def test_a_persons_public_repositories_are_listed_too(tmp_path: Path) -> None:
    with on("github", tmp_path) as (made, forge):
        forge.add_repository("ada/blog", {"a": "b"}, private=False, organisation=False)
        forge.add_repository("ada/diary", {"a": "b"}, organisation=False)
        made.inventory("owners: [{owner: 'github:ada'}]")
        _, out, err = made.maintainer("plan", "--format", "json")
        assert json.loads(out)["sites"] == ["ada/blog"], err


def test_what_is_public_is_planned_without_a_token(tmp_path: Path) -> None:
    with on("github", tmp_path) as (made, forge):
        forge.add_repository("acme/open", {"package.json": packages("is-odd")}, private=False)
        made.environment.pop("MAINTAINER_TOKEN")
        made.inventory("sites: [{repository: 'github:acme/open'}]")
        code, _, err = made.maintainer("run", "--story", "plan")
        assert code == 0, (err, made.results())
        assert made.results()["acme/open"]["standing"]["counts"]["behind"] == 1
        assert made.maintainer("run")[0] == 2
        assert "No token for github" in made.results()["acme/open"]["error"]


def test_an_app_is_who_it_is_at_each_site(tmp_path: Path) -> None:
    with on("github", tmp_path, "a", "b") as (made, forge):
        app = forge.app()
        made.environment.pop("MAINTAINER_TOKEN")
        made.environment |= {"MAINTAINER_APP_ID": str(app.id), "MAINTAINER_APP_PRIVATE_KEY": app.key}
        made.inventory("sites: [{repository: 'github:acme/a'}, {repository: 'github:acme/b'}]")
        code, _, err = made.maintainer("run")
        assert code == 0, (err, made.results())
        assert all(len(proposals("github", forge, name)) == 1 for name in ("a", "b"))

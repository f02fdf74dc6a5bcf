"""`doctor` says which tools are here, which this site needs, and how to get what is missing."""

import io
import json
import os
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GIT = shutil.which("git") or ""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "git").symlink_to(GIT)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


def tool(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def doctor(site: Path, tools: Path, *argv: str, **environment: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    environment["PATH"] = str(tools)
    code = cli.run(["-C", str(site), *argv, "doctor"], environment=environment, now=NOW, out=out, err=err)
    assert err.getvalue() == ""
    return code, out.getvalue()


def examined(site: Path, tools: Path, **environment: str) -> tuple[int, dict[str, Any], Any]:
    code, said = doctor(site, tools, "--format", "json", **environment)
    answer = json.loads(said)
    return code, {one["name"]: one for one in answer["tools"]}, answer


def test_a_site_that_needs_nothing_is_fine(site: Path, tools: Path) -> None:
    code, found, _ = examined(site, tools)
    assert code == 0
    assert found["git"]["needed_by"] == "every site"
    assert found["git"]["version"] in subprocess.check_output([GIT, "--version"], text=True)
    assert not found["composer"]["needed_by"]
    assert "Everything this site needs is here." in doctor(site, tools)[1]


def test_what_a_lock_file_needs_and_is_missing_is_exit_code_3(site: Path, tools: Path) -> None:
    (site / "web").mkdir()
    (site / "web" / "composer.lock").write_text("{}")
    (site / "node_modules" / "x").mkdir(parents=True)
    (site / "node_modules" / "x" / "package-lock.json").write_text("{}")
    code, found, _ = examined(site, tools)
    assert code == 3
    assert (found["composer"]["missing"], found["composer"]["needed_by"]) == (True, "web/composer.lock")
    assert found["php"]["missing"]
    assert not found["npm"]["needed_by"]
    said = doctor(site, tools)[1]
    assert "composer: not found, and web/composer.lock needs it. apt-get install composer" in said


def test_a_tool_is_asked_for_its_version(site: Path, tools: Path) -> None:
    (site / "package-lock.json").write_text("{}")
    tool(tools, "npm", "echo 10.9.2")
    tool(tools, "node", "echo v20.1.0")
    code, found, _ = examined(site, tools)
    assert (code, found["npm"]["version"], found["node"]["version"]) == (0, "10.9.2", "20.1.0")


@pytest.mark.parametrize("script", ["exit 1", "echo hello", "echo 1.2.3; exit 127", "kill -9 $$"])
def test_a_tool_that_does_not_work_is_missing(site: Path, tools: Path, script: str) -> None:
    (site / "uv.lock").write_text("")
    tool(tools, "uv", script)
    code, found, _ = examined(site, tools)
    assert (code, found["uv"]["missing"]) == (3, True)
    assert "doesn't answer --version" in found["uv"]["problem"]


def test_a_git_that_is_too_old_is_missing(site: Path, tools: Path) -> None:
    (tools / "git").unlink()
    tool(tools, "git", "echo git version 2.34.1")
    code, found, _ = examined(site, tools)
    assert (code, found["git"]["problem"]) == (3, "is 2.34.1, and 2.38 is the least that will do")


def test_what_another_tool_brings_is_not_missing(site: Path, tools: Path) -> None:
    (site / "pnpm-lock.yaml").write_text("")
    tool(tools, "node", "echo v20.1.0")
    assert examined(site, tools)[1]["pnpm"]["missing"]
    tool(tools, "npm", "echo 10.9.2")
    code, found, _ = examined(site, tools)
    assert (code, found["pnpm"]["missing"], found["pnpm"]["brought_by"]) == (0, False, "npm")


def test_a_tool_gets_no_secret_and_does_not_run_in_the_site(site: Path, tools: Path) -> None:
    tool(tools, "uv", 'test -z "$ACME_TOKEN" && test "$PWD" != "' + str(site) + '" && echo 1.2.3')
    assert examined(site, tools, ACME_TOKEN="hunter2")[1]["uv"]["version"] == "1.2.3"


def test_a_calendars_secret_address_that_nobody_set_is_told(site: Path, tools: Path) -> None:
    (site / "maintainer.yml").write_text("calendars: [{name: team, url_env: TEAM_CALENDAR_URL}]\n")
    code, _, answer = examined(site, tools)
    assert (code, answer["unset"]) == (3, ["TEAM_CALENDAR_URL"])


def test_a_key_the_configuration_names_and_nobody_set_is_told(site: Path, tools: Path) -> None:
    (site / "maintainer.yml").write_text("registries: {hosts: [{host: satis.example, token_env: ACME_TOKEN}]}\n")
    code, _, answer = examined(site, tools)
    assert (code, answer["unset"]) == (3, ["ACME_TOKEN"])
    assert "ACME_TOKEN is named by the configuration and not set" in doctor(site, tools)[1]
    assert examined(site, tools, ACME_TOKEN="hunter2")[0] == 0


def test_a_configuration_that_cannot_be_used_does_not_keep_it_from_answering(site: Path, tools: Path) -> None:
    (site / "maintainer.yml").write_text("colour: red\n")
    _, _, answer = examined(site, tools)
    assert "colour: is unknown" in answer["configuration"]


STAGED = "environments: {staging: 'https://staging.shop.example'}\n"
#: What is configured beside a staging, and the programs that are missing then.
WANTED = {
    "what looks unasked": ("", set()),
    "everything": ("verify: {skip: []}\n", {"chromium", "lighthouse", "node"}),
    "no lighthouse": ("verify: {skip: [lighthouse, visual]}\n", set()),
    "flows": ("verify: {only: [e2e], flows: [{name: find, preset: search}]}\n", {"chromium"}),
    "no flows": ("verify: {only: [e2e, smoke]}\n", set()),
}


@pytest.mark.parametrize("case", WANTED)
def test_what_a_check_works_with_is_needed_where_it_looks(site: Path, tools: Path, case: str) -> None:
    wanted, missing = WANTED[case]
    (site / "maintainer.yml").write_text(STAGED + wanted)
    code, found, answer = examined(site, tools)
    assert answer["configuration"] == ""
    assert {name for name, one in found.items() if one["missing"]} == missing
    assert code == (3 if missing else 0)
    (site / "maintainer.yml").write_text(wanted)
    assert examined(site, tools)[0] == 0, "nothing looks where there is no staging"


def test_it_says_which_browser_and_which_lighthouse(site: Path, tools: Path) -> None:
    (site / "maintainer.yml").write_text(STAGED + "verify: {only: [lighthouse], skip: []}\n")
    tool(tools, "lighthouse", "echo 12.8.2")
    tool(tools, "node", "echo v20.1.0")
    tool(site, "browser", "echo Chromium 142.0.1")
    code, found, _ = examined(site, tools, CHROME_PATH=str(site / "browser"))
    assert (code, found["chromium"]["version"], found["chromium"]["path"]) == (0, "142.0.1", str(site / "browser"))
    assert (found["lighthouse"]["version"], found["lighthouse"]["needed_by"]) == ("12.8.2", "check lighthouse")


def test_the_browser_that_playwright_brings_is_one(site: Path, tools: Path) -> None:
    (site / "maintainer.yml").write_text(STAGED + "verify: {only: [visual]}\n")
    (site / ".cache/ms-playwright/chromium-1200").mkdir(parents=True)
    code, found, _ = examined(site, tools, HOME=str(site))
    assert (code, found["chromium"]["brought_by"]) == (0, "playwright")


def test_the_answer_for_people_of_markdown(site: Path, tools: Path) -> None:
    said = doctor(site, tools, "--format", "markdown")[1]
    assert said.startswith("| tool | state | for | needed by |\n|---|---|---|---|\n| git | ✔ ")
    assert os.sep not in said.splitlines()[2]

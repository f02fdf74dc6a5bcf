"""What a site copies to release: its job really run on both forges, with the rights it is given and no more."""

import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from maintainer.commands import grammar
from tests.commands.stage import Stage, stage
from tests.workflows import offline
from tests.workflows.offline import ROOT
from tests.workflows.simulation import Runner

WORKFLOW = ROOT / "workflows/github/release.yml"
OWN = ROOT / ".github/workflows/release.yml"
PLAIN, COMPONENT = ROOT / "workflows/gitlab/release.gitlab-ci.yml", ROOT / "templates/release.yml"

RULES = b"""
release:
  version: semver
  propose: true
  files: [{path: version.txt, match: "Shop {version}"}]
"""
FILES: Mapping[str, bytes] = {
    "index.html": b"<h1>Shop</h1>\n",
    "maintainer.yml": RULES,
    "version.txt": b"Shop 0.0.0\n",
}
MILESTONE = "0.1.0"


def job(path: Path = WORKFLOW) -> dict[str, Any]:
    (found,) = yaml.safe_load(path.read_bytes())["jobs"].values()
    assert isinstance(found, dict)
    return found


def inputs() -> dict[str, str]:
    """What the job gives the action where no secret is set and nobody stated options."""
    (step,) = [one for one in job()["steps"] if one.get("id") == "release"]
    return {name.replace("-", "_"): re.sub(r"\$\{\{.*?\}\}", "", text) for name, text in step["with"].items()}


@contextmanager
def shop(folder: Path, **lacking: str) -> Iterator[Stage]:
    """A shop on GitHub with a milestone; its token has the job's rights, but for those `lacking`."""
    with stage("github", folder, FILES) as site:
        site.forge.now = datetime.now(UTC)
        site.forge.person("ada").push("main", {"till.php": "<?php\n"}, "feat(till): gift cards")
        site.forge.person("ada").milestone(MILESTONE)
        rights = {name.replace("-", "_"): level for name, level in job()["permissions"].items()} | lacking
        del site.here.environment["MAINTAINER_TOKEN"]
        site.here.environment |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_TOKEN": site.forge.token(kind="actions", permissions=rights),
        }
        yield site


def test_the_workflows_job_proposes_and_releases_what_was_merged(tmp_path: Path) -> None:
    machine = offline.environment(tmp_path / "machine")
    with shop(tmp_path) as site:
        runner = Runner(ROOT, site.here.root, tmp_path / "runner", machine | _told(site))
        site.check_out()
        proposed = runner.act(**inputs())
        assert (proposed.code, proposed.outputs["released"]) == (0, ""), proposed.log
        (pull,) = site.state()["pulls"]
        assert pull["state"] == "open"
        assert site.state()["releases"] == []
        ada = site.person("ada")
        merge = ada.merge(pull["number"])
        site.check_out()
        done = runner.act(without=["Install maintainer"], **inputs())
        assert (done.code, done.outputs["released"], done.outputs["verdict"]) == (0, "v0.1.0", "pass"), done.log
        assert "released " in done.summary
        (release,) = site.state()["releases"]
        assert (release["tag"], release["draft"]) == ("v0.1.0", False)
        assert "gift cards" in release["body"].lower()
        assert [name for name, _, _ in release["assets"]] == ["release-notes-0.1.0.en.html"]
        assert site.repository.sha("v0.1.0^{commit}") == merge
        assert site.repository.read("v0.1.0", "version.txt") == b"Shop 0.1.0\n"
        assert [MILESTONE, "closed"] in site.state()["milestones"]
        assert b"v0.1.0" in _history(site)
        again = runner.act(without=["Install maintainer"], **inputs())
        assert (again.code, again.outputs["released"]) == (0, ""), again.log


def _told(site: Stage) -> dict[str, str]:
    return {name: value for name, value in site.here.environment.items() if name.startswith(("MAINTAINER_", "GITHUB_"))}


def _history(site: Stage) -> bytes:
    files = site.repository.files("maintainer-history")
    return b"".join(site.repository.read("maintainer-history", path) or b"" for path in files)


#: What it says where a right is the next smaller one, and its exit code.
LACKING = {
    "contents": ("read", 3, "refuses the push"),
    "issues": ("none", 0, "issues: read"),
    "pull_requests": ("read", 3, "pull-requests: write"),
}


@pytest.mark.parametrize("lacks", ["", *LACKING])
def test_the_job_needs_its_rights_and_no_more(tmp_path: Path, lacks: str) -> None:
    level, code, says = LACKING.get(lacks, ("", 0, ""))
    with shop(tmp_path, **({lacks: level} if lacks else {})) as site:
        now = site.forge.now + timedelta(minutes=1)
        done = [site.maintainer("release", now=now, expected=None)]
        for pull in site.state()["pulls"]:
            site.person("ada").merge(pull["number"])
            done.append(site.maintainer("release", now=now + timedelta(minutes=1), expected=None))
        assert max(one[0] for one in done) == code, done
        said = "".join(err for _, _, err in done)
        assert says in said
        assert lacks or "could not" not in said


def test_the_project_releases_itself_as_sites_do() -> None:
    ours, theirs = job(OWN), job()
    for key in ("runs-on", "timeout-minutes", "concurrency", "permissions"):
        assert ours[key] == theirs[key], key
    assert [one["with"] for one in ours["steps"]] == [one["with"] for one in theirs["steps"]]


def test_triggers_that_are_commented_out_are_those_the_project_has() -> None:
    """They are taken in by taking their marks away."""
    text = re.sub(r"^  # ((?:push|schedule|  ).*)$", r"  \1", WORKFLOW.read_text(), flags=re.MULTILINE)
    wanted, ours = (set(yaml.safe_load(one)[True]) for one in (text, OWN.read_text()))
    assert wanted == ours == {"workflow_dispatch", "push", "schedule"}
    assert set(yaml.safe_load(WORKFLOW.read_bytes())[True]) == {"workflow_dispatch"}


def test_every_command_exists() -> None:
    _, component = yaml.safe_load_all(COMPONENT.read_bytes())
    script = component["$[[ inputs.job ]]"]["script"]
    assert yaml.safe_load(PLAIN.read_bytes())["release"]["script"] == script
    line = script[-1].replace("$MAINTAINER_ARGS", "--pre rc")
    assert vars(grammar.arguments().parse_args(shlex.split(line)[1:]))["command"] == "release"
    assert inputs()["command"] == "release"

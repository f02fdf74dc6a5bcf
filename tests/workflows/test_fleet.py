"""The definitions of a fleet's jobs fit their schemas, pass the linters, and say the commands that exist."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from maintainer.commands import grammar
from maintainer.config import inventory
from tests.commands.fleet import fleet, packages
from tests.test_docs import FENCE, PAGES
from tests.workflows.offline import ROOT
from tests.workflows.test_definitions import OURS, actionlint, fits

GITHUB = ROOT / "workflows/github/fleet.yml"
GITLAB = ROOT / "workflows/gitlab/fleet.gitlab-ci.yml"


def test_they_fit_their_schemas() -> None:
    fits("github-workflows", GITHUB)
    fits("gitlab-ci", GITLAB)


def test_the_linters_find_nothing() -> None:
    command = [str(ROOT / ".venv/bin/zizmor"), "--offline", "--no-ignores", "--format", "json", "--no-exit-codes"]
    done = subprocess.run([*command, str(GITHUB)], capture_output=True, text=True)
    assert json.loads(done.stdout) == [], done.stdout
    assert actionlint(GITHUB) == []


def jobs() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(GITHUB.read_bytes())["jobs"]
    return made


def test_every_action_is_pinned() -> None:
    used = re.findall(r"uses: (.+)", GITHUB.read_text())
    assert len(used) == 12
    assert all(one == OURS or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)


def test_every_command_exists() -> None:
    steps = [step["with"] for job in jobs().values() for step in job["steps"] if "command" in step.get("with", {})]
    lines = [f"{step['command']} {step['args']}".replace("${{ matrix.shard }}", "3") for step in steps]
    (line,) = yaml.safe_load(GITLAB.read_bytes())["fleet plan"]["script"]
    lines.append(line.partition("maintainer ")[2].partition(" > ")[0])
    assert len(lines) == 4
    for line in lines:
        grammar.arguments().parse_args(shlex.split(line))


def test_only_the_page_may_write_here() -> None:
    assert {name: job["permissions"]["contents"] for name, job in jobs().items()} == {
        "plan": "read", "sites": "read", "status": "write",
    }  # fmt: skip


def test_the_child_finds_the_parents_plan() -> None:
    parent = yaml.safe_load(GITLAB.read_bytes())
    assert parent["fleet"]["variables"] == {"PARENT_PIPELINE_ID": "$CI_PIPELINE_ID"}
    assert "fleet plan" in parent, "the name the child's jobs need it by"


@pytest.mark.parametrize(
    "example", [block for language, block in FENCE.findall(PAGES["docs/fleet.md"]) if language == "yml"]
)
def test_the_documented_inventory_can_be_used(tmp_path: Path, example: str) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/agency.yml").write_text("updates: {minimum_age: 5d}\n")
    (tmp_path / "fleet.yml").write_text(example)
    made = inventory.load(tmp_path / "fleet.yml")
    assert [entry.name for entry in made.entries()] == [
        "shop.example.pl", "acme/shops/de", "git.example.org/shops/fr",
    ]  # fmt: skip


def test_the_jobs_of_both_pipelines_do_their_work(tmp_path: Path) -> None:
    """A simulation: the scripts as they stand, in bash, with what GitLab would bring from job to job."""
    with fleet(tmp_path) as made:
        for name in ("a", "b", "c"):
            made.site(name, {"package.json": packages("is-odd")})
        made.inventory("".join(["sites:\n", *(f"- {{name: {n}, repository: sites/{n}}}\n" for n in "abc")]))
        tools = made.root / ".maintainer/venv/bin"
        tools.mkdir(parents=True)
        (tools / "maintainer").symlink_to(ROOT / ".venv/bin/maintainer")
        (tools / "python").symlink_to("/bin/true")  # what installs the package
        installed = {**made.environment, "MAINTAINER_INSTALL": "maintainer"}

        def job(*lines: str) -> None:
            script = "set -eo pipefail\npython3() { true; }\n" + "\n".join(lines)
            done = subprocess.run(["bash", "-c", script], cwd=made.root, env=installed, capture_output=True, text=True)
            assert done.returncode == 0, (script, done.stdout, done.stderr)

        parent = yaml.safe_load(GITLAB.read_bytes())["fleet plan"]
        job(*parent["before_script"], *parent["script"])
        child = yaml.safe_load((made.root / "fleet-child.yml").read_bytes())
        shards = [one for name, one in child.items() if name.startswith("shard ")]
        assert len(shards) == 3
        for one in [*shards, child["status"]]:
            job(*one["before_script"], *one["script"])
        assert "3 sites" in (made.root / "results/index.html").read_text()
        assert len(made.server.requests) >= 3

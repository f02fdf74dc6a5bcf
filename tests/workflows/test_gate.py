"""What a site copies to have the gate: what starts which job with which rights, and what each script does."""

import json
import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from maintainer.commands import grammar
from maintainer.config.load import load
from tests.commands.site import Site, site
from tests.commands.stage import Stage, stage
from tests.workflows.offline import ROOT

GATE, DEPLOY = ROOT / "workflows/github/gate.yml", ROOT / "workflows/github/deploy-gate.yml"
GITLAB = [ROOT / f"workflows/gitlab/{name}.gitlab-ci.yml" for name in ("gate", "deploy-gate")]
KUBERNETES = sorted((ROOT / "workflows/kubernetes").glob("*.yml"))
DEFAULT = "${{ github.event.repository.default_branch }}"


def read(path: Path) -> dict[Any, Any]:
    """A definition; YAML takes the key `on` for True."""
    made: dict[Any, Any] = yaml.safe_load(path.read_bytes())
    return made


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = read(GATE)["jobs"]
    return found


def frozen(days: int) -> bytes:
    """A configuration that freezes everything until so many days from now; below zero that is over."""
    now = datetime.now(UTC)
    since, until = ((now + timedelta(days=one)).date().isoformat() for one in (-abs(days) - 2, days))
    return f"freeze:\n  - {{name: Sale, from: {since}, to: {until}}}\n".encode()


HOLDS, OVER = 2, -1


# what starts which job


def holds(condition: str, known: Mapping[str, Any]) -> bool:
    """A condition of a job, as GitHub takes it: what isn't there is null, and no text is told apart by its case."""
    python = re.sub(r"github((?:\.\w+)+)", lambda found: f"at({found[1][1:]!r})", condition.lower())
    python = python.replace("&&", " and ").replace("||", " or ").strip()
    assert not re.search(r"[^\w\s'()./=!,-]", python), python

    def at(path: str) -> Any:
        value: Any = known
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value.lower() if isinstance(value, str) else value

    def contains(whole: Any, part: str) -> bool:
        return part.lower() in (whole or "")

    return bool(eval(python, {"at": at, "contains": contains}))


def started(name: str, ref_name: str = "main", **event: Any) -> set[str]:
    told = {"repository": {"default_branch": "main"}, "sender": {"type": "User"}} | event
    known = {"event_name": name, "ref_name": ref_name, "repository": "shop/site", "event": told}
    return {job for job, one in jobs().items() if holds(one["if"], known)}


def pull(base: str = "main", of: str = "shop/site") -> dict[str, Any]:
    return {"pull_request": {"base": {"ref": base}, "head": {"repo": {"full_name": of}}}}


def comment(body: str, **event: Any) -> dict[str, Any]:
    return {"issue": {"pull_request": {"url": "x"}}, "comment": {"body": body}} | event


ASKED, SAID = "/maintainer override the till is down", "Thank you"
EVENTS: Mapping[str, tuple[set[str], str, dict[str, Any]]] = {
    "the clock": ({"all"}, "schedule", {}),
    "by hand": ({"all"}, "workflow_dispatch", {}),
    "a push": ({"all"}, "push", {}),
    "a push elsewhere": (set(), "push", {"ref_name": "feature"}),
    "a run that ended": ({"all"}, "workflow_run", {"workflow_run": {"conclusion": "failure"}}),
    "a run that did nothing": (set(), "workflow_run", {"workflow_run": {"conclusion": "skipped"}}),
    "a pull request": ({"ask"}, "pull_request_target", pull()),
    "a fork's pull request": ({"ask"}, "pull_request_target", pull(of="stranger/site")),
    "a pull request to another branch": (set(), "pull_request_target", pull(base="release")),
    "a review": ({"ask"}, "pull_request_review", pull()),
    # its token may start nothing
    "a review of a fork's": (set(), "pull_request_review", pull(of="stranger/site")),
    "a comment that asks": ({"ask"}, "issue_comment", comment(ASKED)),
    "a comment": (set(), "issue_comment", comment(SAID)),
    "a comment that asks no more": (
        {"ask"}, "issue_comment", comment(SAID, changes={"body": {"from": ASKED}}),
    ),
    "a comment on an issue": (set(), "issue_comment", comment(ASKED, issue={})),
    "our own comment": (set(), "issue_comment", comment(ASKED, sender={"type": "Bot"})),
    "a merge queue": ({"queue"}, "merge_group", {"ref_name": "gh-readonly-queue/main/pr-7-0a"}),
}  # fmt: skip


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_starts_its_job(event: str) -> None:
    wanted, name, known = EVENTS[event]
    assert name in read(GATE)[True]
    assert started(name, **known) == wanted


def test_every_event_is_known() -> None:
    assert set(read(GATE)[True]) == {name for _, name, _ in EVENTS.values()}
    deleted = {"created", "edited", "deleted"}
    assert set(read(GATE)[True]["issue_comment"]["types"]) == deleted
    assert {"synchronize", "labeled", "unlabeled"} <= set(read(GATE)[True]["pull_request_target"]["types"])


@pytest.mark.parametrize("path", [GATE, *GITLAB[:1], ROOT / "docs/gate.md"], ids=lambda path: path.name)
def test_the_clock_looks_twice_in_an_interval_at_odd_minutes(path: Path, tmp_path: Path) -> None:
    (minutes,) = set(re.findall(r"((?:\d+,)+\d+) \* \* \* \*", path.read_text()))
    told = [int(one) for one in minutes.split(",")]
    gaps = [later - one for one, later in pairwise([*told, told[0] + 60])]
    assert timedelta(minutes=2 * max(gaps)) <= load(tmp_path, {}).settings.gate.interval.delta
    assert not {0, 15, 30, 45} & set(told)


# rights


def test_each_job_may_do_what_it_must() -> None:
    assert read(GATE)["permissions"] == read(DEPLOY)["permissions"] == {}
    told = {"contents": "write", "pull-requests": "write", "statuses": "write"}
    assert {name: job["permissions"] for name, job in jobs().items()} == {
        "all": told, "ask": {"actions": "write"}, "queue": told,
    }  # fmt: skip
    assert read(DEPLOY)["jobs"]["deploy"]["permissions"] == {
        "contents": "write", "deployments": "read", "pull-requests": "read", "statuses": "read",
    }  # fmt: skip


def test_what_a_stranger_starts_gets_nothing() -> None:
    (step,) = jobs()["ask"]["steps"]
    assert sorted(step) == ["env", "name", "run"]
    assert step["env"] == {
        "GH_TOKEN": "${{ github.token }}", "GH_REPO": "${{ github.repository }}", "BRANCH": DEFAULT,
    }  # fmt: skip
    assert step["run"] == f'gh workflow run {GATE.name} --ref "$BRANCH"'


def test_only_the_default_branch_is_checked_out() -> None:
    for name in ("all", "queue"):
        (checkout,) = [step["with"] for step in jobs()[name]["steps"] if "checkout" in step["uses"]]
        assert checkout == {"ref": DEFAULT, "fetch-depth": 0, "persist-credentials": False}
    assert "github.event.pull_request.head.sha" not in GATE.read_text()


def test_every_answer_on_a_pull_request_is_posted_by_one_job_at_a_time() -> None:
    assert jobs()["all"]["concurrency"] == {"group": "maintainer-gate"}, "one that runs is never cancelled"
    posting = [name for name, job in jobs().items() for step in job["steps"] if "--post" in str(step.get("with"))]
    assert posting == ["all", "queue"]
    assert started("merge_group") == {"queue"}, "and the queue's is on another commit"
    assert read(GITLAB[0])["gate"]["resource_group"] == "maintainer-gate"


RULES = b"""
gate:
  verify: "off"
  overrides: {by: [lena]}
freeze:
  - {name: Sale, from: 2026-11-20, to: 2026-11-30}
"""


@contextmanager
def overridden(folder: Path) -> Iterator[tuple[Stage, int]]:
    """A freeze, and a pull request that someone who may lets through it."""
    with stage("github", folder, {"index.html": b"<h1>Shop</h1>\n", "maintainer.yml": RULES}) as site:
        ada, lena = site.forge.person("ada"), site.forge.person("lena")
        ada.push("till", {"till.php": "<?php\n"})
        number = ada.open_pull("till")
        lena.comment(number, "/maintainer override for 4h the till is down")
        site.here.environment |= {"GITHUB_ACTIONS": "true"}
        del site.here.environment["MAINTAINER_TOKEN"]
        yield site, number


def given(site: Stage, rights: Mapping[str, str]) -> None:
    """The job's token may do no more than this."""
    held = {name.replace("-", "_"): level for name, level in rights.items()}
    site.here.environment["GITHUB_TOKEN"] = site.forge.token(kind="actions", permissions=held)


@pytest.mark.parametrize("lacks", ["", "contents", "pull-requests", "statuses"])
def test_a_look_needs_its_rights_and_no_more(tmp_path: Path, lacks: str) -> None:
    with overridden(tmp_path) as (site, number):
        rights = jobs()["all"]["permissions"]
        given(site, rights | ({lacks: "read"} if lacks else {}))
        now = site.forge.now + timedelta(minutes=1)
        code, out, err = site.maintainer("gate", "--all", "--post", now=now, expected=None)
        assert code == (3 if lacks else 0), (out, err)
        if not lacks:
            head = site.repository.sha("till")
            (status,) = [one for one in site.forge.repository().statuses if one.sha == head]
            assert (status.context, status.state) == ("maintainer/gate", "success")
            assert any("Overridden by lena" in one.body for one in site.forge.person().comments(number))
            assert recorded(site) == 1


def recorded(site: Stage) -> int:
    """How many overrides history tells of."""
    files = site.repository.files("maintainer-history")
    told = b"".join(site.repository.read("maintainer-history", path) or b"" for path in files)
    return told.count(b'"overridden"')


def test_a_queue_is_answered_on_its_own_commit(tmp_path: Path) -> None:
    with overridden(tmp_path) as (site, number):
        given(site, jobs()["queue"]["permissions"])
        other = site.forge.person("ada").push("other", {"other.php": "<?php\n"})
        refused = site.forge.person("ada").open_pull("other")
        for one, head, state in ((number, "till", "success"), (refused, "other", "failure")):
            group = site.repository.commit_tree(f"{head}^{{tree}}", ["main", head], "The group")
            ref = f"refs/heads/gh-readonly-queue/main/pr-{one}-{site.repository.sha('main')}"
            event = tmp_path / "event.json"
            event.write_text(json.dumps({"merge_group": {"head_ref": ref, "head_sha": group}}))
            site.here.environment |= {"GITHUB_EVENT_PATH": str(event)}
            now = site.forge.now + timedelta(minutes=1)
            code, out, err = site.maintainer("gate", "--post", now=now, expected=None)
            assert code == (0 if state == "success" else 1), (out, err)
            assert [told.state for told in site.forge.repository().statuses if told.sha == group] == [state]
        assert other not in {told.sha for told in site.forge.repository().statuses}


@pytest.mark.parametrize("lacks", ["", "contents", "pull-requests"])
def test_a_deploy_needs_its_rights(tmp_path: Path, lacks: str) -> None:
    with overridden(tmp_path) as (site, number):
        rights = dict(read(DEPLOY)["jobs"]["deploy"]["permissions"])
        del rights["deployments"]  # for the step that finds what runs there
        given(site, rights | ({lacks: "read" if lacks == "contents" else "none"} if lacks else {}))
        runs = site.repository.sha("main")
        site.forge.person("ada").merge(number)
        asked = ["gate", "--what", "deploy", "--environment", "production", "--since", str(runs)]
        now = site.forge.now + timedelta(minutes=1)
        code, out, err = site.maintainer(*asked, now=now, expected=None)
        assert code == (3 if lacks else 0), (out, err)
        if not lacks:
            assert recorded(site) == 1


# commands


def commands() -> Iterator[str]:
    for path in (GATE, DEPLOY):
        for job in read(path)["jobs"].values():
            for step in job["steps"]:
                if "acme/maintainer" in step.get("uses", ""):
                    yield f"{step['with']['command']} {step['with']['args']}".partition("${{")[0]
    for path in (*GITLAB, *KUBERNETES):
        text = re.sub(r"^ *#.*", "", path.read_text(), flags=re.MULTILINE)
        yield from re.findall(r"maintainer ((?:-C|--reports|gate) [^|&;)\n]*)", text)


def test_every_command_exists() -> None:
    found = [
        line.replace("$MAINTAINER_GATE", "--post").replace("$MAINTAINER_ARGS", "--rollback") for line in commands()
    ]
    assert len(found) == 9
    for line in found:
        assert vars(grammar.arguments().parse_args(shlex.split(line)))["command"] == "gate"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, {"index.html": b"<h1>Shop</h1>\n"}) as made:
        yield made


def ran(script: str, shop: Site, folder: Path, *flags: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A script, in a folder, with `maintainer` on its PATH."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**shop.environment, "PATH": path, "MAINTAINER_PLATFORM": "local", **variables}
    folder.mkdir(exist_ok=True)
    return subprocess.run(["bash", *flags, "-c", script], cwd=folder, env=environment, capture_output=True, text=True)


def scripts(node: Any) -> Iterator[str]:
    """The scripts in a manifest: what mentions the gate's options."""
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from scripts(one)
    elif isinstance(node, str) and "--what deploy" in node:
        yield node


@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.stem)
def test_what_a_cluster_runs_answers(path: Path, shop: Site, tmp_path: Path) -> None:
    manifests = list(yaml.safe_load_all(path.read_bytes()))
    assert all({"apiVersion", "kind", "metadata"} <= one.keys() for one in manifests)
    (script,) = set(scripts(manifests))
    script = script.replace("https://git.example/shop/site.git", str(shop.root)).replace("/answer", str(tmp_path))
    answers = []
    for number, days in enumerate((HOLDS, OVER)):
        shop.write({"maintainer.yml": frozen(days)}, "The calendar")
        done = ran(script, shop, tmp_path / str(number), "-eu", REPOSITORY=str(shop.root), TMPDIR=str(tmp_path))
        if path.stem == "flux":
            answers.append(json.loads((tmp_path / "patch.json").read_bytes())["spec"]["suspend"])
        else:
            assert json.loads(done.stdout)["open"] is (done.returncode == 0), done.stderr
            answers.append(done.returncode)
    assert answers == ([True, False] if path.stem == "flux" else [1, 0])
    if path.stem == "flux":
        ran(script.replace(str(shop.root), str(tmp_path / "gone")), shop, tmp_path / "2", "-u")
        assert json.loads((tmp_path / "patch.json").read_bytes())["spec"]["suspend"] is True
    assert not list(tmp_path.glob("tmp.*")), "a clone was left behind"


# the scripts of jobs


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


TOLD = "echo MAINTAINER_EXIT_CODE={code} >> .maintainer/reports/outputs.env; exit {code}"


@pytest.mark.parametrize(
    ("options", "does", "code"),
    [
        ("--post", TOLD.format(code=0), 0),
        ("--post", TOLD.format(code=1), 0),  # the status says it
        ("", TOLD.format(code=1), 1),  # a train stops
        ("--all --post", TOLD.format(code=1), 1),
        ("--post", TOLD.format(code=2), 2),
        ("--post", TOLD.format(code=3), 3),
        ("--post", "exit 1", 1),  # it never began: Python's own
        ("--post", "exit 127", 127),
    ],
    ids=["open", "closed", "train", "all", "configuration", "outside", "broken", "missing"],
)
def test_a_merge_requests_job_fails_unless_its_answer_was_posted(
    shop: Site, tmp_path: Path, options: str, does: str, code: int
) -> None:
    folder = tmp_path / "job"
    (folder / ".maintainer/reports").mkdir(parents=True)
    (folder / ".maintainer/reports/outputs.env").touch()
    program(folder / ".maintainer/venv/bin/maintainer", does)
    (script,) = read(GITLAB[0])["gate"]["script"]
    _, component = yaml.safe_load_all((ROOT / "templates/gate.yml").read_bytes())
    assert component["$[[ inputs.job ]]"]["script"] == [script]
    assert ran(script, shop, folder, "-eo", "pipefail", MAINTAINER_GATE=options).returncode == code


@pytest.mark.parametrize(("active", "since"), [("a" * 40, f"--since {'a' * 40}"), ("", "")])
def test_a_deploy_finds_what_runs_there(shop: Site, tmp_path: Path, active: str, since: str) -> None:
    (step,) = [one for one in read(DEPLOY)["jobs"]["deploy"]["steps"] if one.get("id") == "runs"]
    program(tmp_path / "bin/gh", f"echo '{active}'")
    output = tmp_path / "output"
    path = f"{tmp_path}/bin:{os.environ['PATH']}"
    done = ran(step["run"], shop, tmp_path / "job", "-e", PATH=path, GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    assert output.read_text() == f"since={since}\n"


def test_a_deploy_asks_right_before_it_in_the_same_job() -> None:
    steps = read(DEPLOY)["jobs"]["deploy"]["steps"]
    asks = [number for number, one in enumerate(steps) if one.get("with", {}).get("command") == "gate"]
    assert asks == [len(steps) - 2]
    assert "continue-on-error" not in DEPLOY.read_text()

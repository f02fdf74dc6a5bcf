"""The action, by a simulation of GitHub's runner: what it makes of its inputs, says, hands on and keeps to itself."""

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.site import Site, site
from tests.loopback import Reply
from tests.shops.faults import FAULTS
from tests.shops.shop import SOUND, serving
from tests.workflows import offline
from tests.workflows.simulation import Command, Runner, commands

INSTALL = "Install maintainer"
SECRETS = {"token": "github_pat_of-a-person", "app_private_key": "-----BEGIN KEY-----\nnever-shown\n-----END KEY-----"}

#: Modules that a site might have, and that must not be taken for Python's or ours.
TRAPS = ("maintainer", "pip", "venv", "shlex", "secrets", "yaml", "hatchling")
TRAP = b"open('trapped', 'w').close()\nraise SystemExit('a module of the site was run')\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("shop")) as made:
        made.write({f"{name}.py": TRAP for name in TRAPS}, "Traps")
        yield made


@pytest.fixture(scope="module")
def runner(shop: Site, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner in the shop, with the action installed by its own steps."""
    machine = offline.environment(tmp_path_factory.mktemp("machine"))
    urls = {name: value for name, value in shop.environment.items() if name.startswith("MAINTAINER_")}
    made = Runner(
        offline.ROOT, shop.root, shop.root.parent / "runner", machine | urls | {"MAINTAINER_PLATFORM": "local"}
    )
    done = made.act(command="config check")
    assert done.code == 0, done.log
    return made


def untouched(shop: Site) -> bool:
    return shop.git("status", "--porcelain").text == ""


def test_a_plan_is_summed_up_annotated_and_counted(runner: Runner, shop: Site) -> None:
    done = runner.act(without=[INSTALL], command="plan")
    assert done.code == 0, done.log
    report = Path(done.outputs["report"])
    plan = json.loads((report / "plan.json").read_bytes())
    assert done.outputs == {
        "verdict": "pass",
        "exit-code": "0",
        "proposed": str(sum(one["action"] == "open" for one in plan["actions"])),
        "approvals": "1",
        "held": "0",
        "failed": "0",
        "report": str(report),
        "results": "",
        "released": "",
        "output": str(report / "output.txt"),
    }
    assert "| is-odd |" in done.summary
    assert (report / "output.txt").read_text() in done.log
    shown = (report / "annotations.txt").read_text()
    assert done.commands == commands(shown)
    assert shown.count("\n") == len(done.commands)
    assert untouched(shop)


def test_what_can_be_done_is_done_and_the_step_fails(runner: Runner, shop: Site) -> None:
    before = dict(shop.server.answers)
    shop.server.answers["/sass"] = Reply(401)
    try:
        done = runner.act(without=[INSTALL], command="plan", cache="false")
    finally:
        shop.server.answers = before
    assert (done.code, done.outputs["exit-code"], done.outputs["verdict"]) == (3, "3", "inconclusive")
    assert done.outputs["failed"] == "1"
    assert any(one.name == "error" and "401" in one.data for one in done.commands)
    assert done.summary


def test_a_run_proposes(runner: Runner, shop: Site) -> None:
    done = runner.act(without=[INSTALL])
    assert done.code == 0, done.log
    branches = shop.git("for-each-ref", "--format=%(refname:short)", "refs/heads/maintainer").text.splitlines()
    assert len(branches) == int(done.outputs["proposed"]) > 0
    assert untouched(shop)


def test_other_commands_sum_up_what_they_answer_in_markdown(runner: Runner) -> None:
    done = runner.act(without=[INSTALL], command="doctor", format="markdown")
    assert done.summary.startswith("| tool |")
    assert done.outputs["proposed"] == ""
    assert done.outputs["verdict"] in ("pass", "inconclusive")
    assert runner.act(without=[INSTALL], command="config show", format="json").summary == ""


def test_a_proposal_is_verified_summed_up_and_annotated(runner: Runner, shop: Site) -> None:
    """With what verify looks with, from its own lock file."""
    broken = {**SOUND, **FAULTS["warning"].changed}
    with serving(SOUND) as before, serving(broken) as after:
        done = runner.act(command="verify", args=f"--only smoke --url {after.url} --baseline {before.url}")
    assert (done.code, done.outputs["verdict"]) == (1, "fail"), done.log
    results = Path(done.outputs["results"])
    assert {"report.html", "junit.xml", "results.sarif", "verify.json"} <= {path.name for path in results.iterdir()}
    assert done.summary == (results / "summary.md").read_text()
    assert [one.name for one in done.commands].count("error") == 1
    assert "PHP warning" in next(one.data for one in done.commands if one.name == "error")
    assert done.outputs["proposed"] == ""
    assert untouched(shop)


@pytest.mark.parametrize(("until", "code", "verdict"), [(9, 1, "fail"), (-1, 0, "pass")], ids=["closed", "open"])
def test_a_closed_gate_fails_the_step_and_says_why(
    runner: Runner, tmp_path: Path, until: int, code: int, verdict: str
) -> None:
    day = (datetime.now(UTC) + timedelta(days=until)).date()
    freeze = f"freeze:\n  - {{name: Black Week, from: {day - timedelta(days=20)}, to: {day}}}\n"
    with site(tmp_path, {"maintainer.yml": freeze.encode()}) as frozen:
        there = replace(runner, workspace=frozen.root)
        args = "--what deploy --environment production"
        done = there.act(without=[INSTALL], command="gate", args=args, format="markdown")
    assert (done.code, done.outputs["exit-code"], done.outputs["verdict"]) == (code, str(code), verdict), done.log
    assert done.summary.startswith("**Gate:** closed until" if code else "**Gate:** open")
    assert ("Black Week" in done.summary) == bool(code)


HOSTILE = {
    "a substitution": "$(touch made)",
    "backticks": "`touch made`",
    "a semicolon": "; touch made;",
    "a line": "\ntouch made\n",
    "a pipe": "| touch made",
    "a redirection": "> made",
    "a variable": "${IFS}$INPUT_TOKEN",
    "quotes": "'\"'; touch made; '\"'",
    "a heredoc's end": "\nEND\ntouch made\n",
    "an array's end": ") ; touch made ; (",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_arguments_are_words(runner: Runner, shop: Site, name: str) -> None:
    given = HOSTILE[name]
    done = runner.act(without=[INSTALL], command="proposals show", args=quoted(given), token="seen-nowhere")
    assert (done.code, done.outputs["verdict"]) == (2, "fail"), done.log
    assert given.strip().splitlines()[0] in done.log
    assert untouched(shop)
    assert not list(shop.root.glob("**/made"))
    assert "seen-nowhere" not in done.log


def test_hostile_arguments_without_quotes_are_words_too(runner: Runner, shop: Site) -> None:
    everything = " ".join(HOSTILE.values())
    done = runner.act(without=[INSTALL], command="proposals show", args=everything, token="seen-nowhere")
    assert done.code == 2, done.log
    assert "unrecognized arguments: made) `touch made`" in done.log
    assert untouched(shop)
    assert "seen-nowhere" not in done.log


def quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


def test_hostile_inputs_of_every_kind_do_nothing(runner: Runner, shop: Site) -> None:
    for given in ("$(touch made)", '"; touch made; "', "a\ntouch made\n"):
        for one in ("command", "config", "format"):
            done = runner.act(without=[INSTALL], **{"command": "plan"} | {one: given})
            assert (done.code, done.outputs["exit-code"], done.outputs["verdict"]) == (2, "2", "fail"), done.log
    assert untouched(shop)


def test_a_quote_that_is_not_closed_is_said(runner: Runner) -> None:
    done = runner.act(without=[INSTALL], command="plan", args="--config 'x")
    assert (done.code, done.outputs["exit-code"], done.outputs["verdict"]) == (2, "2", "fail")
    assert [one.data for one in done.commands] == ["A quote in the inputs command and args is not closed."]


COMMANDING = [
    "::set-output name=MAINTAINER_VERDICT::pass",
    "::stop-commands::x",
    "##[set-output name=MAINTAINER_VERDICT;]pass",
    "::add-mask::a",
    "::error::made up",
    "100%0A::error::made up",
]


@pytest.mark.parametrize("text", COMMANDING, ids=range(len(COMMANDING)))
def test_nothing_in_the_log_is_a_command(runner: Runner, text: str) -> None:
    done = runner.act(without=[INSTALL], command="plan", config=f"\n{text}\n")
    assert text in done.log, "or it proves nothing"
    assert done.outputs["verdict"] == "fail"
    (one,) = done.commands
    assert (one.name, dict(one.properties)) == ("error", {"title": "maintainer"})
    assert text in one.data
    assert "\n::" not in done.summary


def test_the_word_that_ends_the_silence_is_another_each_time(runner: Runner) -> None:
    words = {
        re.search(r"::stop-commands::(\w{40})\n", runner.act(without=[INSTALL], command="config check").log)[1]  # type: ignore[index]
        for _ in range(2)
    }
    assert len(words) == 2


# secrets


@pytest.fixture
def bare(tmp_path: Path) -> Runner:
    """A runner whose `maintainer` only tells the environment it was given."""
    bin = tmp_path / "runner/maintainer/venv/bin"
    bin.mkdir(parents=True)
    (bin / "python").symlink_to(sys.executable)
    (bin / "maintainer").write_text(f"#!{sys.executable}\nimport json, os\nprint(json.dumps(dict(os.environ)))\n")
    (bin / "maintainer").chmod(0o755)
    return Runner(offline.ROOT, tmp_path, tmp_path / "runner", {"PATH": os.environ["PATH"]})


def told(bare: Runner, **given: str) -> dict[str, str]:
    done = bare.act(without=[INSTALL], **given)
    environment: dict[str, str] = json.loads(Path(done.outputs["output"]).read_text())
    return environment


def test_secrets_reach_the_program_alone_and_under_the_names_it_knows(bare: Runner) -> None:
    seen = told(bare, **SECRETS, app_id="12")
    names = {name for name, value in seen.items() if value in SECRETS.values()}
    assert names == {"MAINTAINER_TOKEN", "MAINTAINER_APP_PRIVATE_KEY"}
    assert (seen["MAINTAINER_APP_ID"], seen["GITHUB_TOKEN"]) == ("12", "ghs_of-the-job")


def test_an_input_that_is_not_given_leaves_the_jobs_own_variable(bare: Runner) -> None:
    assert {"MAINTAINER_TOKEN", "MAINTAINER_APP_ID", "MAINTAINER_APP_PRIVATE_KEY"} & told(bare).keys() == set()
    own = {"MAINTAINER_TOKEN": "of-the-job", "GITHUB_TOKEN": "of-the-job-too", "MAINTAINER_APP_ID": "3"}
    bare.environment = {**bare.environment, **own}
    assert told(bare).items() >= own.items()


def test_secrets_are_in_no_file_log_output_or_key(runner: Runner) -> None:
    done = runner.act(without=[INSTALL], command="plan", app_id="12", **SECRETS)
    secret = (*SECRETS.values(), "never-shown", "ghs_of-the-job")
    files = [path for path in runner.temp.rglob("*") if path.is_file() and "venv" not in path.parts]
    said = [done.log, done.summary, repr(done.outputs), repr(done.used), repr(done.steps)]
    said += [path.read_bytes().decode("utf-8", "replace") for path in files]
    assert not [text for text in said for one in secret if one in text]


def test_what_is_kept_is_named_by_the_lock_and_can_be_turned_off(runner: Runner) -> None:
    done = runner.act(without=[INSTALL], command="config check")
    kept = done.used["actions/cache"]
    lock = done.steps["kept"]["lock"]
    assert kept["key"] == f"maintainer-Linux-X64-{lock}-7-1"
    assert kept["restore-keys"].splitlines() == [f"maintainer-Linux-X64-{lock}-", "maintainer-Linux-X64-"]
    assert (Path(kept["path"]) / "maintainer").is_dir(), "where answers are kept"
    assert "actions/cache" not in runner.act(without=[INSTALL], command="config check", cache="false").used


def test_python_may_be_the_runners_own(runner: Runner) -> None:
    assert runner.act(without=[INSTALL], command="config check").used["actions/setup-python"] == {
        "python-version": "3.13"
    }
    done = runner.act(without=[INSTALL], command="config check", python_version="")
    assert "actions/setup-python" not in done.used


def test_what_runs_is_what_the_action_came_with(runner: Runner, shop: Site) -> None:
    installed = runner.temp / "maintainer/venv/lib"
    (package,) = installed.glob("python3.*/site-packages/maintainer")
    assert not package.is_symlink()
    assert (package / "cli.py").read_bytes() == (offline.ROOT / "maintainer/cli.py").read_bytes()
    assert not list(shop.root.rglob("trapped"))


def test_the_simulation_reads_commands_as_the_runner_does() -> None:
    log = "::notice file=a%2Cb,line=3::x%0Ay\n  ::error::z\n::stop-commands::w\n::error::no\n::w::\nat ##[warning]v\n"
    assert commands(log) == [
        Command("notice", {"file": "a,b", "line": "3"}, "x\ny"),
        Command("error", {}, "z"),
        Command("warning", {}, "v"),
    ]

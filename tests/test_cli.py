"""The command line: its grammar, its exit codes, what it says where, and that it is light."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer import cli
from maintainer.commands import grammar
from maintainer.commands.bug_report import block
from maintainer.commands.context import Context
from maintainer.errors import MaintainerError, UnsafeArchive

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TOKEN = "glpat-abcdefghij0123456789"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(*argv: str, **environment: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = cli.run(argv, environment=environment, now=NOW, out=out, err=err)
    return code, out.getvalue(), err.getvalue()


def program(*argv: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maintainer", *argv]
    return subprocess.run(
        command, cwd=cwd, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True
    )


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from maintainer.commands import grammar; grammar.arguments().format_help(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "pydantic",
        "rich",
        "yaml",
        "jinja2",
        "urllib3",
        "shtab",
        "packaging",
        "importlib.metadata",
        "asyncio",
        "ssl",
    }
    assert heavy & set(done.stdout.split()) == set()


def test_a_local_plan_imports_no_forge(tmp_path: Path) -> None:
    """What only a forge, a terminal or a page needs would cost a small plan more than all it does."""
    (tmp_path / "package.json").write_text('{"dependencies": {}}')
    (tmp_path / "maintainer.yml").write_text("language: pl\n")
    command = [sys.executable, "-X", "importtime", "-m", "maintainer", "plan", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert json.loads(done.stdout)["schema"] == 1
    assert "maintainer.commands.survey" in loaded
    assert {"github", "gitlab", "requests", "rich", "jinja2", "markdown_it", "asyncio", "shtab"} & loaded == set()
    assert {"maintainer.text.language", "maintainer.writers.verify_language"} & loaded == set()


def test_help_names_every_command_and_exit_code(tmp_path: Path) -> None:
    said = program("--help", cwd=tmp_path).stdout
    for command in ("init", "plan", "run", "proposals", "config", "doctor", "demo", "completion"):
        assert re.search(rf"^ +{command} +\w", said, re.MULTILINE), command
    assert "70  our bug" in said


def test_the_version(tmp_path: Path) -> None:
    assert re.fullmatch(r"maintainer \d+\.\d+\.\d+\n", program("--version", cwd=tmp_path).stdout)


def test_without_a_command_it_shows_its_help() -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("usage: maintainer")


def test_bad_arguments_are_exit_code_2(tmp_path: Path) -> None:
    for argv in (["paln"], ["config"], ["config", "chek"], ["--format", "xml", "plan"], ["proposals", "show"]):
        done = program(*argv, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), argv


def test_options_may_stand_before_and_after_the_command(tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").write_text("language: pl\n")
    for argv in (
        ["-C", str(tmp_path), "--format", "json", "config", "check"],
        ["config", "check", "-C", str(tmp_path), "--format", "json"],
        ["--format", "json", "config", "-C", str(tmp_path), "check"],
    ):
        code, out, _ = run(*argv)
        assert (code, json.loads(out)["file"]) == (0, "maintainer.yml")


def test_a_mistake_is_one_sentence_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").write_text("langage: pl\n")
    done = program("config", "check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith('maintainer.yml:1:1: langage: is unknown. Did you mean "language"?')
    assert done.stderr.count("\n") == 1
    assert run("-C", str(tmp_path / "nowhere"), "config", "check")[0] == 2


def test_another_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.yml").write_text("language: pl\n")
    _, out, _ = run("-C", str(tmp_path), "--config", str(tmp_path / "other.yml"), "--format", "json", "config", "show")
    assert {"key": "language", "value": "pl", "origin": "other.yml:1"} in json.loads(out)["values"]


@pytest.mark.parametrize(
    ("raised", "code"),
    [(UnsafeArchive("a link leads out"), 5), (KeyboardInterrupt(), 130), (BrokenPipeError(), 141), (KeyError("x"), 70)],
    ids=lambda value: str(value),
)
def test_every_end_has_its_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, raised: BaseException, code: int
) -> None:
    def main(context: Context, args: object) -> int:
        raise raised

    monkeypatch.setattr("maintainer.commands.doctor.main", main)
    got, out, err = run("-C", str(tmp_path), "doctor", ACME_TOKEN="hunter2hunter2")
    assert (got, out) == (code, "")
    if isinstance(raised, MaintainerError):
        assert err == "a link leads out\n"
    if code == 70:
        assert "This is a bug in maintainer" in err
        assert "KeyError" in err
        assert "command    maintainer -C" in err


def test_a_bug_report_has_no_secrets_in_it() -> None:
    environment = {
        "COMPOSER_AUTH": json.dumps(
            {"http-basic": {"satis.example": {"username": "ann", "password": "hunter2-composer"}}}
        ),
        "GITHUB_TOKEN": "s3cret-of-the-forge",
        "LANG": "en_GB.UTF-8",
    }
    try:
        url = "https://ann:hunter2@satis.example/?api_key=abc123"
        raise ValueError(f"hunter2-composer s3cret-of-the-forge {TOKEN} {url} en_GB.UTF-8")
    except ValueError as error:
        report = block(error, ["run", "--config", "hunter2-composer"], environment)
    for secret in ("hunter2", "s3cret", TOKEN, "abc123"):
        assert secret not in report
    assert "en_GB.UTF-8" in report
    assert "satis.example" in report


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colours_follow_the_environment(environment: Mapping[str, str], terminal: bool, coloured: bool) -> None:
    assert cli.coloured(environment, terminal) is coloured


def test_no_color_is_an_option_too(tmp_path: Path) -> None:
    for argv, colour in ((["config", "show"], True), (["config", "show", "--no-color"], False)):
        out = Terminal()
        assert cli.run(["-C", str(tmp_path), *argv], environment={}, now=NOW, out=out, err=Terminal()) == 0
        assert ("\x1b[" in out.getvalue()) is colour


def test_the_language_is_the_terminals() -> None:
    assert cli.spoken({"LANG": "pl_PL.UTF-8"}) == "pl"
    assert cli.spoken({"LC_ALL": "C", "LANG": "pl_PL.UTF-8"}) == "en"
    assert cli.spoken({}) == "en"


@pytest.mark.parametrize("shell", grammar.SHELLS)
def test_completion(shell: str) -> None:
    code, out, err = run("completion", shell)
    assert (code, err) == (0, "")
    for word in ("proposals", "approve", "doctor", "--format"):
        assert word in out


def test_completion_of_bash_is_a_script_bash_can_read(tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(run("completion", "bash")[1])
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_leaves_is_no_bug(tmp_path: Path) -> None:
    line = f"{sys.executable} -m maintainer config schema | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == "{"
    assert done.stdout.splitlines()[1] in ("0", "141")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("redirected", "sentence"),
    [
        (">/dev/full", "The answer can't be written: No space left on device."),
        (">&-", "There is no standard output to answer on"),
        (">/dev/full 2>/dev/full", ""),
        (">&- 2>&-", ""),
    ],
)
def test_an_answer_that_nobody_can_take_is_no_bug(tmp_path: Path, redirected: str, sentence: str) -> None:
    line = f"exec {sys.executable} -m maintainer config schema {redirected}"
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1 if sentence else 0)
    assert done.stderr.startswith(sentence)


def test_a_poor_terminal_gets_escapes_and_no_traceback(tmp_path: Path) -> None:
    done = program(
        "doctor", cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii"
    )
    assert "\\u2714" in done.stdout
    assert "Traceback" not in done.stderr


def test_at_a_real_terminal_it_is_as_wide_as_that(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "60"}
    child = subprocess.Popen(
        [sys.executable, "-m", "maintainer", "config", "show"],
        cwd=tmp_path,
        env=environment,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    try:
        while part := os.read(leader, 65536):
            said += part
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    assert child.wait() == 0
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", said).decode()
    assert plain != said.decode()
    assert max(len(line.rstrip()) for line in plain.splitlines()) <= 60

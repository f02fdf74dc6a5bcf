"""A simulation of GitHub's runner: the `run` steps of a composite action, in bash, with the files a step talks through.

There is no runner without Docker or GitHub. This one knows the expressions our action uses, and reads a log for
workflow commands as `ActionCommand.cs` and `ActionCommandManager.cs` of actions/runner do. A step that `uses` another
action is only recorded: Python is here, and nothing is kept from run to run.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

#: https://docs.github.com/actions/reference/workflow-commands-for-github-actions, and the retired ones a runner knows.
COMMANDS = frozenset({
    "debug", "notice", "warning", "error", "group", "endgroup", "add-mask", "stop-commands", "set-output", "save-state",
    "set-env", "add-path", "echo", "add-matcher", "remove-matcher",
})  # fmt: skip

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass(frozen=True)
class Command:
    """A workflow command as the runner understood it."""

    name: str
    properties: Mapping[str, str]
    data: str


@dataclass
class Acted:
    """What became of an action: `code` of the step that failed, or 0; `used` are the inputs of actions it uses."""

    code: int = 0
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    commands: list[Command] = field(default_factory=list)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Runner:
    """A machine: `temp` is emptied before a job, `environment` is the job's own."""

    action: Path
    workspace: Path
    temp: Path
    environment: Mapping[str, str]

    def act(self, without: Sequence[str] = (), **given: str) -> Acted:
        """The action's steps with these inputs (`app_id` for `app-id`), but for the steps named in `without`."""
        definition = yaml.safe_load((self.action / "action.yml").read_bytes())
        inputs = {name: one.get("default", "") for name, one in definition["inputs"].items()}
        named = {name.replace("_", "-"): value for name, value in given.items()}
        assert named.keys() <= inputs.keys(), named
        contexts: dict[str, Any] = {
            "inputs": inputs | named,
            "github": {"token": "ghs_of-the-job", "run_id": "7", "run_attempt": "1"},
            "runner": {"temp": str(self.temp), "os": "Linux", "arch": "X64"},
        }
        acted = Acted()
        self.temp.mkdir(parents=True, exist_ok=True)
        for number, step in enumerate(definition["runs"]["steps"]):
            if step["name"] in without or acted.code or not holds(step.get("if", ""), contexts, acted.steps):
                continue
            if "uses" in step:
                stated = {key: filled(str(value), contexts, acted.steps) for key, value in step["with"].items()}
                acted.used[step["uses"].partition("@")[0]] = stated
            else:
                self._run(step, number, contexts, acted)
        for name, one in definition["outputs"].items():
            acted.outputs[name] = filled(one["value"], contexts, acted.steps)
        return acted

    def _run(self, step: Mapping[str, Any], number: int, contexts: Mapping[str, Any], acted: Acted) -> None:
        assert step["shell"] == "bash"
        script = self.temp / f"step-{number}.sh"
        script.write_text(step["run"])
        files = {name: self.temp / f"{name.lower()}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_bytes(b"")
        stated = {name: filled(str(value), contexts, acted.steps) for name, value in step.get("env", {}).items()}
        environment = {
            **self.environment,
            **{name: str(file) for name, file in files.items()},
            **stated,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }
        folder = self.workspace / filled(step.get("working-directory", "."), contexts, acted.steps)
        # What GitHub documents for `shell: bash`.
        bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        done = subprocess.run(bash, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        log = done.stdout.decode("utf-8", "replace")
        acted.code = done.returncode
        acted.log += log
        acted.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        if "id" in step:
            acted.steps[step["id"]] = said(files["GITHUB_OUTPUT"].read_text())
        found = commands(log)
        acted.commands += found
        for one in found:
            if one.name == "set-output" and "id" in step:
                acted.steps[step["id"]][one.properties["name"]] = one.data


def said(text: str) -> dict[str, str]:
    """GITHUB_OUTPUT as a step wrote it; of one line each, which is all that our action writes."""
    return dict(line.split("=", 1) for line in text.splitlines())


def filled(text: str, contexts: Mapping[str, Any], steps: Mapping[str, Mapping[str, str]]) -> str:
    return _EXPRESSION.sub(lambda found: value(found[1], contexts, steps), text)


def holds(condition: str, contexts: Mapping[str, Any], steps: Mapping[str, Mapping[str, str]]) -> bool:
    if not condition:
        return True
    left, operator, right = condition.split(" ", 2)
    same = value(left, contexts, steps) == value(right, contexts, steps)
    return same if operator == "==" else not same


def value(expression: str, contexts: Mapping[str, Any], steps: Mapping[str, Mapping[str, str]]) -> str:
    if expression.startswith("'"):
        return expression.strip("'")
    context, _, rest = expression.partition(".")
    if context == "steps":
        step, _, name = rest.partition(".outputs.")
        return steps.get(step, {}).get(name, "")
    return str(contexts[context][rest])


# what the runner reads in a log


def commands(log: str) -> list[Command]:
    """Every workflow command that a runner carries out, in order."""
    found, stop = [], ""
    for line in log.split("\n"):
        command = parsed(line.removesuffix("\r"), COMMANDS | {stop})
        if command is None or (stop and command.name != stop):
            continue
        if command.name == stop:
            stop = ""
        elif command.name == "stop-commands":
            stop = command.data
        else:
            found.append(command)
    return found


def parsed(line: str, known: frozenset[str]) -> Command | None:
    """`::name key=value::data` at the line's start, or `##[name key=value;]data` anywhere in it."""
    modern = re.match(r"\s*::(?P<stated>.*?)::(?P<data>.*)", line, re.DOTALL)
    if modern and (command := _command(modern["stated"], modern["data"], ",", known)):
        return command
    old = re.search(r"##\[(?P<stated>[^\]]*)\](?P<data>.*)", line, re.DOTALL)
    return _command(old["stated"], old["data"], ";", known) if old else None


def _command(stated: str, data: str, separator: str, known: frozenset[str]) -> Command | None:
    name, _, rest = stated.partition(" ")
    if not name or name.lower() not in known:
        return None
    pairs = (pair.split("=", 1) for pair in rest.split(separator) if "=" in pair)
    return Command(name.lower(), {key.strip(): undone(text) for key, text in pairs}, undone(data))


def undone(text: str) -> str:
    for character in "\r\n:,%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text

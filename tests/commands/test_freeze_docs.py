"""The page about freezes is true: its examples hold when it says, and the commands answer what it shows."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from maintainer import cli
from tests.commands.calendar_site import Asked, configured
from tests.docs_terminal import COLUMNS, ENVIRONMENT, Terminal

PAGE = (Path(__file__).parents[2] / "docs/freeze.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([\dT:+-]+)` \| (propose|merge|deploy) \| (open|closed) \|$", re.MULTILINE)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Said(NamedTuple):
    """What the page says of one example at one moment."""

    example: str
    at: str
    what: str
    state: str


def said() -> Iterator[Said]:
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        examples = [block for language, block in BLOCK.findall(section) if language == "yaml"]
        for at, what, state in ROW.findall(section):
            yield Said(examples[0], at, what, state)


def shown() -> list[tuple[str, str]]:
    """Commands, and what they answer."""
    blocks = [block for language, block in BLOCK.findall(PAGE) if language == "console"]
    return [
        (command.removeprefix("$ maintainer freeze "), answer)
        for command, _, answer in (b.partition("\n") for b in blocks)
    ]


@pytest.mark.parametrize("one", list(said()), ids=lambda one: f"{one.at}-{one.what}")
def test_the_examples_hold_when_the_page_says(tmp_path: Path, one: Said) -> None:
    site = configured(tmp_path, one.example, NOW)
    assert site.code("status", "--at", one.at, "--what", one.what) == (one.state == "closed")


def test_there_are_examples() -> None:
    assert len(list(said())) >= 25
    assert {re.search(r"name: (.+)", one.example)[1] for one in said()} == {  # type: ignore[index]
        "Black Week", "Christmas", "Friday afternoons", "Release train", "Nights",
    }  # fmt: skip


@pytest.mark.parametrize(("command", "answer"), shown(), ids=[command for command, _ in shown()])
def test_the_commands_answer_what_the_page_shows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, answer: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    out = Terminal()
    argv = ["-C", str(whole(tmp_path).root), "freeze", *shlex.split(command)]
    assert cli.run(argv, environment=ENVIRONMENT, now=NOW, out=out, err=Terminal()) in (0, 1)
    assert out.getvalue() == answer


def whole(folder: Path) -> Asked:
    """The site of the page's commands."""
    text = PAGE.partition("## The commands")[2]
    return configured(folder, next(block for language, block in BLOCK.findall(text) if language == "yaml"), NOW)

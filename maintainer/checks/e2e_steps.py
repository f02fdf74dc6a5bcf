"""The steps of one way through a flow, kept for reports: `e2e/<name>.steps.json` (docs/reports.md says its form)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from maintainer.checks import e2e_words
from maintainer.evidence import Artifact

#: What the program says of itself: (name, seconds) of each step that was done, those of the flow first, `done` of them.
Answer = Mapping[str, Any]


def kept(answer: Answer, folder: Path, name: str, title: str) -> tuple[Artifact, ...]:
    """Write them below `folder`, the check's own; nothing where the disk is full: no verdict hangs on them."""
    told = {"title": title, "steps": list(_steps(answer, folder.name))}
    path = folder / f"{name}.steps.json"
    try:
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8", errors="backslashreplace")
    except OSError:
        return ()
    return (Artifact(f"{folder.name}/{path.name}", f"each step of {title}"),)


def _steps(answer: Answer, check: str) -> Iterator[dict[str, Any]]:
    took, done = answer["took"], answer["done"]
    pictures = [one["file"] for one in answer["artifacts"] if one["file"].endswith(".png")]
    yield from _done(took[:done])
    if answer["failed"]:
        yield _failed(answer["failed"], [f"{check}/{one}" for one in pictures if not one.endswith("-cleanup.png")])
    yield from _done(took[done:], "clean up: ")
    if answer["uncleaned"]:
        yield _failed(answer["uncleaned"], [f"{check}/{one}" for one in pictures if one.endswith("-cleanup.png")])


def _done(took: list[tuple[str, float]], before: str = "") -> Iterator[dict[str, Any]]:
    for name, seconds in took:
        yield {"name": before + name, "outcome": "pass", "seconds": seconds}


def _failed(facts: e2e_words.Facts, pictures: list[str]) -> dict[str, Any]:
    step = {"name": facts["step"], "outcome": "fail", "said": e2e_words.sentence(facts)}
    return step | ({"picture": pictures[0]} if pictures else {})

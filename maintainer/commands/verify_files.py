"""The folder of results: what is read of it, what is written into it, and that no secret stands in it.

verify.json               the verdicts for programs (docs/schemas/verify.schema.json)
report.html               the same as a page, with charts and pictures in it
summary.md                the same for people: a proposal's comment, a step summary
measurements.json         every number that was seen, judged or not
junit.xml                 a case for each rule and place
results.sarif             what fails and what could not be judged, for code scanning
browser-performance.json  load-performance.json  accessibility.json: what GitLab's widgets read
head.log, base.log        what sites that were started here printed
smoke/ …                  what each check kept
"""

import html
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from maintainer.config.secrets import MASK
from maintainer.errors import ConfigurationError
from maintainer.evidence import Artifact, Measurement, Verdict

#: What is written beside the page.
BESIDE = (
    "verify.json",
    "summary.md",
    "measurements.json",
    "junit.xml",
    "results.sarif",
    "browser-performance.json",
    "load-performance.json",
    "accessibility.json",
)
LOGS = ("head.log", "base.log")

#: Bytes of one picture, and of all, that stand in the page itself; of a file that charts are drawn of.
PICTURE, PICTURES, DATA = 600 * 1024, 12 * 1024 * 1024, 16 * 1024 * 1024
#: More files than this are not looked into.
MOST = 2000


def fresh(folder: Path, checks: Iterable[str]) -> Path:
    """The folder, without what an earlier run left. A link in it may lead anywhere: it is taken away, not followed.

    Raises ConfigurationError where it can't be made.
    """
    try:
        if folder.is_symlink():
            raise ConfigurationError(
                f"--into: {folder} is a link. Name a folder, so that nothing is written elsewhere."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("report.html", *BESIDE, *LOGS, *checks):
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--into: {error.filename or folder} can't be used: {error.strerror}.") from None
    return folder


def shown(folder: Path, artifacts: Iterable[Artifact]) -> dict[str, bytes]:
    """The content of files the page shows or draws, those named first as long as there is room.

    Only regular files within the folder: a link in it may lead anywhere.
    """
    root, found, room = folder.resolve(), dict[str, bytes](), PICTURES
    for artifact in dict.fromkeys(artifacts):
        path = folder / artifact.path
        if artifact.path in found or len(found) >= MOST:
            continue
        picture = not artifact.path.endswith(".json")
        try:
            if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(root):
                continue
            size = path.stat().st_size
            if size > (min(PICTURE, room) if picture else DATA):
                continue
            found[artifact.path] = path.read_bytes()
        except OSError:
            continue
        room -= size if picture else 0
    return found


def kept(verdicts: Sequence[Verdict], measurements: Sequence[Measurement]) -> Iterator[Artifact]:
    """What checks left: first that of verdicts, the worst of them first."""
    order = ("fail", "inconclusive", "pass", "skipped")
    for verdict in sorted(verdicts, key=lambda one: order.index(one.outcome)):
        yield from verdict.artifacts
    for one in measurements:
        yield from one.artifacts


def lighthouse_reports(files: Mapping[str, bytes]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Lighthouse's own reports of the site with the change, with the address of the page."""
    for path, data in files.items():
        if path.startswith("lighthouse/") and path.endswith("-head.json"):
            try:
                told = json.loads(data)
            except (ValueError, RecursionError):
                continue
            page = told.get("finalDisplayedUrl") if isinstance(told, dict) else None
            if isinstance(page, str):
                yield page, told


def masking(hidden: Sequence[str]) -> Callable[[str], str]:
    """Takes secrets out of a text, however they are spelled in it."""
    spelled = _spelled(hidden)

    def mask(text: str) -> str:
        for secret in spelled:
            text = text.replace(secret, MASK)
        return text

    return mask


def hide(folder: Path, hidden: Sequence[str]) -> None:
    """Take secrets out of what was kept: answers and logs."""
    spelled = [secret.encode() for secret in _spelled(hidden)]
    for path in folder.rglob("*") if hidden else ():
        if path.is_file() and not path.is_symlink():
            before = data = path.read_bytes()
            for secret in spelled:
                data = data.replace(secret, MASK.encode())
            if data != before:
                path.write_bytes(data)


def _spelled(hidden: Sequence[str]) -> list[str]:
    """Secrets as they are, in an address, in HTML and in JSON; the longest first."""
    ways: Sequence[Callable[[str], str]] = (
        str,
        quote_plus,
        lambda one: quote(one, safe=""),
        html.escape,
        lambda one: html.escape(one, quote=False),
        lambda one: json.dumps(one)[1:-1],
        lambda one: json.dumps(one, ensure_ascii=False)[1:-1],
    )
    return sorted({way(secret) for secret in hidden for way in ways}, key=lambda one: (-len(one), one))


def write(path: Path, text: str) -> None:
    """A new file, never through a link."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)

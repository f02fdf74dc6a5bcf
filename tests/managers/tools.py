"""Steps carried out for real: edits, then the package managers themselves, in a folder."""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from maintainer.model import Command, Edit, Step
from maintainer.text import edits
from maintainer.workspace.toolbox import Toolbox


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


def files(folder: Path) -> dict[str, str]:
    """All files but what is installed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"node_modules", ".yarn", "vendor"} & set(path.relative_to(folder).parts)
    }


def environment(*paths: Path, **more: str) -> dict[str, str]:
    """What a tool gets here: the path, and the user's own configuration of registries."""
    names = ("HOME", "LANG", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
    inherited = {name: value for name, value in os.environ.items() if name in names or "registry" in name.lower()}
    return {**inherited, "PATH": ":".join([*map(str, paths), os.environ["PATH"]]), **more}


def carry_out(folder: Path, steps: Sequence[Step], env: Mapping[str, str]) -> None:
    """Make the edits, run the commands, and see that a command changed only what it says it writes."""
    before = files(folder)
    changed = [step for step in steps if isinstance(step, Edit)]
    for path in {edit.file for edit in changed}:
        before[path] = edits.apply(before[path], [edit for edit in changed if edit.file == path])
    write(folder, before)
    for step in steps:
        if isinstance(step, Command):
            Toolbox(env, folder.parent / f"{folder.name}-tools").run(step, folder)
            after = files(folder)
            assert {path for path in {*before, *after} if before.get(path) != after.get(path)} <= set(step.writes)
            before = after


def run(argv: Iterable[str], cwd: Path, env: Mapping[str, str]) -> str:
    """A tool's output; an assertion when it fails."""
    ended = subprocess.run([*argv], cwd=cwd, env=dict(env), capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, f"{list(argv)}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout

"""The new tree of one change: its steps, made in a private worktree, never in the user's checkout.

The order is edits, archives, language packs, commands, so that a lock file is refreshed from manifests that already say
the new versions. Only entries that change are touched; links, submodules, LFS pointers, line endings, executable bits
and names elsewhere are those of the base commit, byte for byte.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from maintainer.errors import StaleEdit, ToolFailed, Unreadable
from maintainer.model import Command, Edit, Step, Unpack
from maintainer.text import edits
from maintainer.workspace.checkout import decode, encode
from maintainer.workspace.git import Entry, Git
from maintainer.workspace.replacement import Archives, Checksums, replacement
from maintainer.workspace.translation import Pack, translation
from maintainer.workspace.worktree import Worktree, worktree

#: Folders in which package managers keep their own things while they lock.
CACHES = frozenset({"node_modules", ".yarn", ".pnpm-store", ".venv", ".npm", ".uv-cache"})


NO_PACKS: Mapping[Pack, Path] = {}


class Tools(Protocol):
    """What runs package managers; `toolbox.Toolbox` is the real one."""

    def run(self, command: Command, root: Path) -> None:
        """Run a command in the worktree at `root`. Raises `errors.ToolFailed`."""


@dataclass(frozen=True, slots=True)
class Built:
    """A finished tree in the user's repository, which nothing refers to yet; `notes` are sentences on the evidence."""

    tree: str
    changed: tuple[str, ...]
    notes: tuple[str, ...] = ()
    git: Git = field(repr=False, compare=False, kw_only=True)

    def read(self, path: str) -> bytes:
        """A file of the new tree. Raises `errors.Unreadable` when it has none there."""
        for entry in self.git.entries(self.tree, path):
            if entry.path == path and entry.is_file:
                for data in self.git.blobs([entry.sha]).values():
                    return data
        raise Unreadable(f"{path}: no regular file of the new tree, or too large.")


def build(
    git: Git,
    base: str,
    steps: Sequence[Step],
    *,
    tools: Tools,
    archives: Archives,
    checksums: Checksums,
    packs: Mapping[Pack, Path] = NO_PACKS,
    scratch: Path,
) -> Built:
    """Make the steps of one change on commit `base`; `packs` are the translations that travel with it.

    Raises `errors.StaleEdit`, `errors.LocallyModified`, `errors.UnsafeArchive`, `errors.ToolFailed`,
    `errors.NotFound` (no archive) or `errors.Unreadable`; then the user's repository is as it was.
    """
    try:
        with worktree(git, base, scratch) as tree:
            _edit(tree, [step for step in steps if isinstance(step, Edit)])
            notes = [
                note
                for step in steps
                if isinstance(step, Unpack)
                for note in replacement(tree, step, archives, checksums)
            ]
            notes += [translation(tree, pack, archive) for pack, archive in packs.items()]
            commands = dict.fromkeys(step for step in steps if isinstance(step, Command))
            if commands:
                _run(tree, list(commands), tools)
            built = tree.write_tree()
    except OSError as error:
        raise ToolFailed(f"Nothing could be built in {scratch}: {error.strerror or error}.") from None
    return Built(built, git.changed_files(f"{base}^{{tree}}", built), tuple(notes), git=git)


def _edit(tree: Worktree, wanted: Sequence[Edit]) -> None:
    if not wanted:
        return
    index = tree.index()
    changed = []
    for path in dict.fromkeys(edit.file for edit in wanted):
        entry = index.get(path)
        if entry is None or not entry.is_file:
            raise StaleEdit(f"{path} is no regular file of the base commit any more: plan again.")
        before = tree.git.blobs([entry.sha]).get(entry.sha)
        if before is None:
            raise Unreadable(f"{path} is too large to be edited, or missing from this clone (a partial one?).")
        after = edits.apply(decode(before, path), [edit for edit in wanted if edit.file == path])
        changed.append(Entry(entry.mode, tree.git.write_blob(encode(after)), path))
    tree.put(changed)


def _run(tree: Worktree, commands: Sequence[Command], tools: Tools) -> None:
    left_out = tree.materialise()
    for command in commands:
        before = tree.index()
        for path in command.writes:
            if path in left_out or (path in before and not before[path].is_file):
                raise ToolFailed(f"{path} is a symbolic link or a submodule: {command.tool} would write elsewhere.")
        tools.run(command, tree.root)
        changed = {path for path in tree.changed() - left_out if not _cache(path) or path in before}
        mine = {path for path in changed if _writes(command, path)}
        if others := sorted(changed - mine):
            shown = ", ".join(others[:5]) + (" …" if len(others) > 5 else "")
            raise ToolFailed(
                f"{command.tool} changed files that are not its own ({shown}), so nothing was built. "
                f"Run `{' '.join(command.argv)}` in {command.cwd or 'the root'} by hand and look at what it does."
            )
        _take(tree, command, sorted(mine), before)


def _take(tree: Worktree, command: Command, paths: Sequence[str], before: Mapping[str, Entry]) -> None:
    """Put what the command wrote into the index, with the line endings the file had."""
    entries = []
    for path in paths:
        file = tree.root / path
        if file.is_symlink() or not file.is_file():
            raise ToolFailed(f"{command.tool} removed {path} or made it something else; nothing was built.")
        data = file.read_bytes()
        entry = before.get(path)
        old = tree.git.blobs([entry.sha]).get(entry.sha, b"") if entry else b""
        if old.count(b"\n") and old.count(b"\n") == old.count(b"\r\n") and b"\r" not in data:
            data = data.replace(b"\n", b"\r\n")
        entries.append(Entry(entry.mode if entry else "100644", tree.git.write_blob(data), path))
    tree.put(entries)
    tree.materialise()


def _writes(command: Command, path: str) -> bool:
    return any(path == written or path.startswith(written.rstrip("/") + "/") for written in command.writes if written)


def _cache(path: str) -> bool:
    return not CACHES.isdisjoint(path.split("/")[:-1])

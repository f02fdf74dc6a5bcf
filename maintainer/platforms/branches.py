"""The branches of a forge, as both forges need them: who moved them last, whether they conflict, moving them safely."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Protocol

from maintainer import errors

#: Where branches of ours stand; what else is on the forge is people's.
OURS = "maintainer/"
HEADS, PUSHED = "refs/heads/", "refs/maintainer/pushed/"
#: Where a commit stands that a forge is to sign; gone once its branch is there.
STAGED = "refs/maintainer/staged/"


class Remote(Protocol):
    """The repository on the forge, spoken to by git. `workspace.remote.Remote` is the real one."""

    def refs(self, *patterns: str) -> Mapping[str, str]:
        """The commit of each ref that matches, by its whole name."""

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Have the commits of these refs here."""

    def push(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """Move (ref, old, new) all or none; empty: it isn't there. Raises `errors.StaleEdit`, `errors.AccessDenied`."""


class Git(Protocol):
    """The repository here. `workspace.git.Git` is the real one."""

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` contains `older`."""

    def merge_tree_conflicts(self, base: str, head: str) -> tuple[str, ...]:
        """The paths that conflict. Raises `errors.ToolFailed` for what can't be merged at all."""


class Branches:
    """The branches as the forge had them when first asked, and as we moved them since."""

    def __init__(self, remote: Remote, git: Git) -> None:
        self._remote = remote
        self._git = git
        self._fetched: set[str] = set()

    @cached_property
    def _refs(self) -> dict[str, str]:
        return dict(self._remote.refs(f"{HEADS}*", f"{PUSHED}*", f"{STAGED}*"))

    def head(self, branch: str) -> str:
        """Where it is, empty when it isn't there."""
        return self._refs.get(HEADS + branch, "")

    def pushed(self, branch: str) -> str:
        """The last commit we pushed to it, empty when we never did."""
        return self._refs.get(PUSHED + branch, "")

    def ours(self) -> Sequence[str]:
        """Branches that are there or that we once pushed, under our name, sorted."""
        names = {ref.removeprefix(HEADS).removeprefix(PUSHED) for ref in self._refs}
        return sorted(name for name in names if name.startswith(OURS))

    def fetch(self, branches: Iterable[str]) -> None:
        """Have their commits here, in one call; those fetched before and those that are gone are left out."""
        wanted = {HEADS + name: head for name in branches if (head := self.head(name)) and head not in self._fetched}
        if wanted:
            self._remote.fetch(wanted)
            self._fetched |= set(wanted.values())

    def conflicts(self, branch: str, base: str) -> bool:
        """Whether merging it into the branch `base` conflicts; both have been fetched."""
        head, onto = self.head(branch), self.head(base)
        with suppress(errors.ToolFailed):
            return bool(head and onto and self._git.merge_tree_conflicts(onto, head))
        return False

    def merged(self, commit: str, base: str) -> bool:
        """Whether the branch `base` contains it; both have been fetched."""
        return bool(commit and self.head(base)) and self._git.is_ancestor(commit, self.head(base))

    def stage(self, branch: str, commit: str) -> None:
        """Put a commit on the forge, where nobody looks."""
        self._remote.push([(STAGED + branch, self._refs.get(STAGED + branch, ""), commit)])
        self._refs[STAGED + branch] = commit

    def staged(self, branch: str, commit: str) -> None:
        """The forge put another commit there: have it here."""
        self._remote.fetch({STAGED + branch: commit})
        self._refs[STAGED + branch] = commit

    def create(self, branch: str, commit: str) -> None:
        """Put a new branch at the commit; one that is left there untouched from an earlier proposal is moved.

        Raises `errors.StaleEdit` when it is there and is not as we pushed it.
        """
        head = self.head(branch)
        if head and head != self.pushed(branch):
            raise errors.StaleEdit(
                f"The branch {branch} exists and is not as we pushed it. Rename or delete it, then run again."
            )
        self._move(branch, head, commit)

    def move(self, branch: str, head: str, commit: str) -> None:
        """Move it from `head` to the commit. Raises `errors.StaleEdit` when someone moved it meanwhile."""
        if head != self.head(branch):
            raise errors.StaleEdit(f"Someone moved {branch} meanwhile: nothing was overwritten. Run again.")
        self._move(branch, head, commit)

    def remove(self, branch: str) -> None:
        """Remove it, and what we remember of it; commits someone added are theirs to keep."""
        head, pushed = self.head(branch), self.pushed(branch)
        if head and head != pushed:
            return
        moves = [(HEADS + branch, head, "")] if head else []
        moves += [(PUSHED + branch, pushed, "")] if pushed else []
        if not moves:
            return
        with suppress(errors.StaleEdit):
            self._remote.push(moves)
            for ref, _, _ in moves:
                self._refs.pop(ref)

    def _move(self, branch: str, head: str, commit: str) -> None:
        moves = [(HEADS + branch, head, commit), (PUSHED + branch, self.pushed(branch), commit)]
        if staged := self._refs.get(STAGED + branch):
            moves.append((STAGED + branch, staged, ""))
        self._remote.push(moves)
        self._refs.pop(STAGED + branch, None)
        self._refs[HEADS + branch] = self._refs[PUSHED + branch] = commit

"""The gate's cases in a repository without a forge: its records, and what was said of them at a terminal.

Whoever can write here may: there is no one else.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from maintainer import errors
from maintainer.cases import Case, Pushed, Remark
from maintainer.platforms import kept
from maintainer.platforms.local import LocalProposals, Record

#: Who opens proposals here.
US = "maintainer"
_SAID = TypeAdapter(dict[int, tuple[Remark, ...]])


class Commits(Protocol):
    """The commits of a repository; `workspace.git.Git` is the real one."""

    def branches(self) -> Mapping[str, str]:
        """The commit of each branch, by the branch's name."""

    def parents(self, commit: str) -> Sequence[str]:
        """The commits it was made on, of a merge the one it was merged into first."""

    def date(self, commit: str) -> datetime:
        """When it was committed."""


class LocalCases:
    """`Cases` over the records in `folder`."""

    def __init__(self, proposals: LocalProposals, folder: Path, git: Commits) -> None:
        self._records = {record.number: record for record in proposals.records()}
        self._path = folder / "said.json"
        self._git = git
        self._heads = git.branches()

    def open(self) -> Sequence[Case]:
        said = self._said()
        return [self._case(one, said) for one in self._records.values() if one.state == "open"]

    def case(self, number: int) -> Case:
        if number not in self._records:
            raise errors.NotFound(f"There is no proposal #{number}: `maintainer proposals list` shows all.")
        return self._case(self._records[number], self._said())

    def of(self, commit: str) -> Sequence[Case]:
        """Those whose own commit it is, or was merged by it: a merge here leaves no other record."""
        said, brought = self._said(), (commit, *self._git.parents(commit)[1:])
        return [self._case(one, said) for one in self._records.values() if one.pushed in brought]

    def pushed(self, case: Case) -> Pushed | None:
        """When we pushed it; of what a person committed since nobody wrote it down."""
        record = self._records[case.number]
        if record.pushed != case.head:
            return None
        # A record changes last when it is seen to be merged; a commit of ours is as old as its push.
        at = datetime.fromisoformat(record.changed) if record.state == "open" else self._git.date(case.head)
        return Pushed(at, US)

    def writes(self, login: str) -> bool:  # noqa: ARG002 - see the top
        return True

    def belongs(self, login: str, team: str) -> bool:  # noqa: ARG002 - see the top
        return True

    def say(self, number: int, by: str, body: str, now: datetime) -> None:
        """Keep a remark on a proposal."""
        said = self._said()
        remarks = said.get(number, ())
        said[number] = (*remarks, Remark(str(len(remarks) + 1), by, now.astimezone(UTC), body))
        kept.write(self._path, kept.dump(_SAID, said))

    def _said(self) -> dict[int, tuple[Remark, ...]]:
        try:
            return kept.load(_SAID, self._path.read_bytes()) if self._path.is_file() else {}
        except ValueError:
            raise errors.ConfigurationError(
                f"{self._path} is not what maintainer wrote any more. Restore it, or delete it with what was said."
            ) from None

    def _case(self, record: Record, said: Mapping[int, tuple[Remark, ...]]) -> Case:
        return Case(
            number=record.number,
            title=record.written.title,
            author=US,
            branch=record.branch,
            head=self._heads.get(record.branch, record.pushed),
            base=record.base,
            state=record.state,
            remarks=said.get(record.number, ()),
        )

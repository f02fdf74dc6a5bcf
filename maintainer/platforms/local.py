"""Proposals without a forge: real branches in the repository, and a record beside them in the git folder.

A record is written before its branch moves and says so (`settled: false`), so that a run killed in between is
finished by the next one.
"""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from pydantic import TypeAdapter

from maintainer import errors
from maintainer.model import Identity, Proposal
from maintainer.platforms import kept
from maintainer.platforms.base import Draft
from maintainer.text.description import Mark, compose

NOTHING = "0" * 40


class Branches(Protocol):
    """The branches of a repository; refs are whole (`refs/heads/main`). `workspace.git.Git` is the real one."""

    def branches(self) -> Mapping[str, str]:
        """The commit of each branch, by the branch's name."""

    def refuse_checked_out(self, ref: str) -> None:
        """Raises `errors.StaleEdit` while a working tree has the branch checked out."""

    def update_ref(self, ref: str, new: str, old: str | None) -> None:
        """Move it from `old`, None to create it. Raises `errors.StaleEdit` when it is elsewhere, or checked out."""

    def delete_ref(self, ref: str, old: str) -> None:
        """Delete it, which must be at `old`; raises as `update_ref`."""

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` contains `older`."""

    def merge_tree_conflicts(self, base: str, head: str) -> tuple[str, ...]:
        """The paths that conflict. Raises `errors.ToolFailed` for what can't be merged at all."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a reviewer reads, and what the change is."""

    title: str
    body: str
    identity: Identity
    group: str = ""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A proposal as it is kept: a JSON file named by its number. Times are ISO 8601 in UTC."""

    number: int
    branch: str
    written: Written
    pushed: str
    base: str
    opened: str
    changed: str
    state: Literal["open", "merged", "closed"] = "open"
    #: Where the branch was before `pushed`, `NOTHING` when it didn't exist; and whether it has moved yet.
    previous: str = NOTHING
    settled: bool = False
    closed_by_us: bool = False
    reason: str = ""
    successor: str = ""
    schema: Literal[1] = 1


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the records in `folder` for this process alone; the kernel lets go of them when it ends, however it ends.

    Raises `errors.OutsideError` while another process does, and where nothing can be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / "lock").open("ab")
    except OSError as error:
        raise kept.refused(folder, error) from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise errors.OutsideError(
                f"Another maintainer is at work in this repository and holds {folder / 'lock'}. "
                "Nothing was done: wait until it is through, then run again."
            ) from None
        yield


class LocalProposals:
    """`Proposals` over the branches of one repository. `base` is the branch new changes are for.

    A branch that is checked out somewhere is neither moved nor deleted: the files there would no longer be its own.
    """

    def __init__(self, git: Branches, folder: Path, base: str, now: datetime) -> None:
        self._git = git
        self._folder = folder / "proposals"
        self.base = base
        self._now = now.astimezone(UTC).isoformat(timespec="seconds")

    def records(self) -> Sequence[Record]:
        """All records, oldest first, as people left them; nothing is written."""
        heads = self._git.branches()
        return [self._noticed(record, heads) for record in self._stored()]

    def all(self) -> Sequence[Proposal]:
        heads = self._git.branches()
        return [self._proposal(record, heads) for record in self.records()]

    def settle(self) -> None:
        """Finish what a killed run left, and remember what people did."""
        heads = dict(self._git.branches())
        for record in list(self._stored()):
            known = self._noticed(self._finished(record, heads), heads)
            if known != record:
                self._write(known)

    def open(self, draft: Draft) -> Proposal:
        if draft.change.branch in self._git.branches():
            raise errors.StaleEdit(
                f"The branch {draft.change.branch} exists and is not one of ours. Rename or delete it, then run again."
            )
        number = max((record.number for record in self._stored()), default=0) + 1
        record = Record(
            number=number,
            branch=draft.change.branch,
            written=_written(draft),
            pushed=draft.commit,
            base=draft.base,
            opened=self._now,
            changed=self._now,
        )
        return self._moved(record)

    def refresh(self, proposal: Proposal, draft: Draft) -> Proposal:
        record = self.record(proposal.number)
        head = self._git.branches().get(record.branch, "")
        if head != record.pushed:
            raise errors.StaleEdit(f"Someone changed {record.branch} meanwhile: it is theirs now.")
        return self._moved(
            replace(
                record,
                written=_written(draft),
                pushed=draft.commit,
                previous=head,
                base=draft.base,
                settled=False,
                changed=self._now,
            )
        )

    def close(
        self,
        proposal: Proposal,
        reason: str,
        successor: str = "",
        *,
        ours: bool = True,
        handled: str = "",  # noqa: ARG002 - nobody comments here
    ) -> None:
        self._close(self.record(proposal.number), reason, successor=successor, by_us=ours)

    @property
    def remarks(self) -> Sequence[str]:
        return ()

    def allow_again(self, proposal: Proposal) -> None:
        self._write(replace(self.record(proposal.number), closed_by_us=True, changed=self._now))

    def merged_since(self, when: datetime) -> Sequence[Proposal]:
        heads = self._git.branches()
        merged = (r for r in self.records() if r.state == "merged" and datetime.fromisoformat(r.changed) >= when)
        return [self._proposal(record, heads) for record in merged]

    def discard(self, number: int, reason: str) -> Record:
        """A person closes it: what it proposed stays closed."""
        return self._close(self.record(number), reason, successor="", by_us=False)

    def record(self, number: int) -> Record:
        """Raises `errors.ConfigurationError` for a number that isn't there."""
        path = self._path(number)
        if not path.is_file():
            raise errors.ConfigurationError(f"There is no proposal {number}. `maintainer proposals list` shows all.")
        return _read(path)

    def _close(self, record: Record, reason: str, *, successor: str, by_us: bool) -> Record:
        closed = replace(
            record, state="closed", reason=reason, successor=successor, closed_by_us=by_us, changed=self._now
        )
        self._write(closed)
        self._remove_branch(closed)
        return closed

    def _moved(self, record: Record) -> Proposal:
        self._git.refuse_checked_out(_ref(record))
        self._write(record)
        self._move(record)
        self._write(replace(record, settled=True))
        return self._proposal(record, self._git.branches())

    def _move(self, record: Record) -> None:
        self._git.update_ref(_ref(record), record.pushed, None if record.previous == NOTHING else record.previous)

    def _finished(self, record: Record, heads: dict[str, str]) -> Record:
        """The record after what a killed run had begun: its branch moved, or its closed branch removed."""
        if record.state == "closed" and record.settled:
            if heads.get(record.branch) == record.pushed and not self._reopened(record):
                self._remove_branch(record)
                heads.pop(record.branch)
            return record
        if record.settled:
            return record
        if heads.get(record.branch, NOTHING) == record.previous:
            try:
                self._move(record)
            except (errors.StaleEdit, errors.ToolFailed):
                return record  # someone looks at it just now, or something is in its way: another run finishes it
            heads[record.branch] = record.pushed
        return replace(record, settled=True)

    def _reopened(self, record: Record) -> bool:
        return any(
            other.branch == record.branch and other.state == "open" and other.number > record.number
            for other in self._stored()
        )

    def _noticed(self, record: Record, heads: Mapping[str, str]) -> Record:
        """The record as it is now: merged, or closed because its branch was deleted."""
        if record.state != "open" or not record.settled:
            return record
        head = heads.get(record.branch)
        if head is None:
            return replace(record, state="closed", reason="its branch was deleted", changed=self._now)
        if self._git.is_ancestor(head, self._into(record, heads)):
            return replace(record, state="merged", changed=self._now)
        return record

    def _into(self, record: Record, heads: Mapping[str, str]) -> str:
        """What it is to be merged into: its own base, whatever is checked out now, as long as that branch is there."""
        return record.base if record.base in heads or self.base == record.branch else self.base

    def _proposal(self, record: Record, heads: Mapping[str, str]) -> Proposal:
        head = heads.get(record.branch, "")
        if not record.settled and (head or NOTHING) == record.previous:
            head = record.pushed  # where the next run moves it before anything else
        return Proposal(
            number=record.number,
            branch=record.branch,
            title=record.written.title,
            identity=record.written.identity,
            state=record.state,
            pushed=record.pushed,
            head=head,
            base=record.base,
            body=record.written.body,
            conflicted=record.state == "open" and self._conflicted(head, self._into(record, heads)),
            closed_by_us=record.closed_by_us,
        )

    def _conflicted(self, head: str, base: str) -> bool:
        with suppress(errors.ToolFailed):
            return bool(self._git.merge_tree_conflicts(base, head))
        return False

    def _remove_branch(self, record: Record) -> None:
        # Commits someone added are theirs to keep; what is checked out now goes with another run.
        with suppress(errors.StaleEdit, errors.ToolFailed):
            self._git.delete_ref(_ref(record), record.pushed)

    def _stored(self) -> Iterator[Record]:
        if self._folder.is_dir():
            paths = (path for path in self._folder.glob("*.json") if path.stem.isdigit())
            yield from (_read(path) for path in sorted(paths, key=lambda path: int(path.stem)))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"

    def _write(self, record: Record) -> None:
        kept.write(self._path(record.number), kept.dump(_records(), record))


def _ref(record: Record) -> str:
    return f"refs/heads/{record.branch}"


def _written(draft: Draft) -> Written:
    change = draft.change
    body = compose(draft.body, Mark(change.identity))
    return Written(change.title, body, change.identity, change.group, change.labels, change.reviewers, change.assignees)


@cache
def _records() -> TypeAdapter[Record]:
    """Made once there is a record to read or write: it takes as long as all the rest of this module."""
    return TypeAdapter(Record)


def _read(path: Path) -> Record:
    try:
        return kept.load(_records(), path.read_bytes())
    except ValueError:
        raise errors.ConfigurationError(
            f"{path} is no proposal's record any more, or a newer maintainer's. Restore it, or delete it to forget it."
        ) from None

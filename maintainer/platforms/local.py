"""Proposals without a forge: real branches in the repository, and a record beside them in the git folder.

A record is written before its branch moves and says so (`settled: false`), so that a run killed in between is
finished by the next one.
"""

import fcntl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from maintainer import errors
from maintainer.model import Identity, Proposal
from maintainer.platforms.base import Draft
from maintainer.process import Finished

#: `git` with these arguments in the repository; raises `errors.ToolFailed` unless `check` is false.
GitRun = Callable[..., Finished]

NOTHING = "0" * 40


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

    Raises `errors.OutsideError` while another process does.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / "lock").open("ab")
    except OSError as error:
        raise errors.ConfigurationError(f"{folder} can't be written: {error.strerror}. Check its owner.") from None
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
    """`Proposals` over the branches of one repository. `base` is the branch the changes are for."""

    def __init__(self, git: GitRun, folder: Path, base: str, now: datetime) -> None:
        self._git = git
        self._folder = folder / "proposals"
        self._base = base
        self._now = now.astimezone(UTC).isoformat(timespec="seconds")

    def records(self) -> Sequence[Record]:
        """All records, oldest first, after finishing what a killed run left and noticing what people did."""
        heads = self._heads()
        return [self._noticed(self._finished(record, heads), heads) for record in self._stored()]

    def all(self) -> Sequence[Proposal]:
        records = self.records()
        heads = self._heads()
        return [self._proposal(record, heads.get(record.branch, "")) for record in records]

    def open(self, draft: Draft) -> Proposal:
        heads = self._heads()
        if draft.change.branch in heads:
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
        head = self._heads().get(record.branch, "")
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

    def close(self, proposal: Proposal, reason: str, successor: str = "") -> None:
        self._close(self.record(proposal.number), reason, successor=successor, by_us=True)

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
        self._write(record)
        self._git("update-ref", f"refs/heads/{record.branch}", record.pushed, record.previous)
        self._write(replace(record, settled=True))
        return self._proposal(record, record.pushed)

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
            self._git("update-ref", f"refs/heads/{record.branch}", record.pushed, record.previous)
            heads[record.branch] = record.pushed
        settled = replace(record, settled=True)
        self._write(settled)
        return settled

    def _reopened(self, record: Record) -> bool:
        return any(
            other.branch == record.branch and other.state == "open" and other.number > record.number
            for other in self._stored()
        )

    def _noticed(self, record: Record, heads: dict[str, str]) -> Record:
        if record.state != "open":
            return record
        head = heads.get(record.branch)
        if head is None:
            noticed = replace(record, state="closed", reason="its branch was deleted", changed=self._now)
        elif self._git("merge-base", "--is-ancestor", head, self._base, check=False).code == 0:
            noticed = replace(record, state="merged", changed=self._now)
        else:
            return record
        self._write(noticed)
        return noticed

    def _proposal(self, record: Record, head: str) -> Proposal:
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
            conflicted=record.state == "open" and self._conflicted(head),
            closed_by_us=record.closed_by_us,
        )

    def _conflicted(self, head: str) -> bool:
        return self._git("merge-tree", "--write-tree", "--name-only", self._base, head, check=False).code == 1

    def _heads(self) -> dict[str, str]:
        listed = self._git("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads").text
        return {branch: commit for commit, _, branch in (line.partition(" ") for line in listed.splitlines())}

    def _remove_branch(self, record: Record) -> None:
        # With the value we pushed as a guard: commits someone added are theirs to keep.
        self._git("update-ref", "-d", f"refs/heads/{record.branch}", record.pushed, check=False)

    def _stored(self) -> Iterator[Record]:
        if self._folder.is_dir():
            paths = (path for path in self._folder.glob("*.json") if path.stem.isdigit())
            yield from (_read(path) for path in sorted(paths, key=lambda path: int(path.stem)))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"

    def _write(self, record: Record) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(record.number)
        beside = path.with_suffix(".new")
        beside.write_bytes(_RECORD.dump_json(record, indent=1))
        beside.replace(path)


def _written(draft: Draft) -> Written:
    change = draft.change
    return Written(
        change.title, draft.body, change.identity, change.group, change.labels, change.reviewers, change.assignees
    )


_RECORD = TypeAdapter(Record)


def _read(path: Path) -> Record:
    try:
        return _RECORD.validate_json(path.read_bytes())
    except ValidationError:
        raise errors.ConfigurationError(
            f"{path} is no proposal's record any more, or a newer maintainer's. Restore it, or delete it to forget it."
        ) from None


def approved(folder: Path) -> frozenset[str]:
    """The branches of changes a person has approved. Raises `errors.ConfigurationError` for a broken file."""
    return frozenset(_branches(folder / "approved.json"))


def approve(folder: Path, branch: str) -> None:
    """Remember a person's approval of the change that travels on `branch`."""
    _remember(folder / "approved.json", {*approved(folder), branch})


def fulfilled(folder: Path, branch: str) -> None:
    """Forget an approval: what was approved is proposed now, and the next major is another question."""
    if branch in (named := approved(folder)):
        _remember(folder / "approved.json", named - {branch})


def waiting(folder: Path) -> Sequence[str]:
    """The branches that waited for an approval when the site was last run."""
    return _branches(folder / "waiting.json")


def wait(folder: Path, branches: Iterable[str]) -> None:
    """Remember what waits for an approval."""
    _remember(folder / "waiting.json", branches)


_BRANCHES = TypeAdapter(list[str])


def _branches(path: Path) -> list[str]:
    try:
        return _BRANCHES.validate_json(path.read_bytes()) if path.is_file() else []
    except ValidationError:
        raise errors.ConfigurationError(f"{path} is no list of branches any more. Restore it, or delete it.") from None


def _remember(path: Path, branches: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(_BRANCHES.dump_json(sorted(set(branches)), indent=1))
    beside.replace(path)

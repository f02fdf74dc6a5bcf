"""History: one JSON line an event (`text/event.py`) on an orphan branch of the site's repository.

One file a month, appended to and never rewritten. Several runs may write at once: each builds its commit on the tip it
saw and pushes it only if the branch is still there; the loser fetches and appends again. No working tree is touched.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple, Protocol

from maintainer.errors import StaleEdit, ToolFailed
from maintainer.text import event as events
from maintainer.text.event import Event
from maintainer.workspace.git import Git, said

BRANCH = "maintainer-history"
REF = f"refs/heads/{BRANCH}"

#: Tries to push before giving up; with pauses that double, some minutes of others being quicker.
TRIES = 12
#: A month's file over this goes on in another, `2026-11.2.jsonl`: every append stores the file anew.
FULL = 8 * 1024 * 1024
#: A file over this is not ours, and is not read.
LARGEST = FULL + 64 * 1024 * 1024
#: Milliseconds to wait for another process that is just writing the ref.
PATIENCE = 5000
#: Damaged lines told one by one.
MOST_TOLD = 20

NAME = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:\.([1-9]\d{0,5}))?\.jsonl")

README = b"""\
# History

maintainer keeps here what it measured and did, one JSON object a line and one file a month. Runs append to it and
reports read it; nobody else has to. It shares no commit with the site. To forget everything, delete the branch.
"""


class Remote(Protocol):
    """Where the branch is shared: a forge's repository (`remote.Remote`), or the local one itself (`Here`)."""

    def refs(self, *patterns: str) -> Mapping[str, str]:
        """The commit of each ref that matches, by the ref's whole name."""

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Bring the commits of these refs into the repository, as far as they are still there."""

    def push(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """Move each (ref, old, new), all or none; an old of "" means that it must not exist.

        Raises `errors.StaleEdit` when one is elsewhere by now.
        """


@dataclass(frozen=True, slots=True)
class Here:
    """The repository itself as the place where its history is shared: the platform `local`."""

    git: Git

    def refs(self, *patterns: str) -> Mapping[str, str]:
        rows = self.git.run("for-each-ref", "--format=%(objectname) %(refname)", *patterns).text.splitlines()
        return {ref: sha for sha, _, ref in (row.partition(" ") for row in rows)}

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Everything is here."""

    def push(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """One transaction (git-update-ref, `--stdin`); who holds a ref for a moment is waited for."""
        for ref, _, _ in moves:
            self.git.refuse_checked_out(ref)
        rows = [f"update {ref}\0{new}\0{old or '0' * len(new)}\0" for ref, old, new in moves]
        asked = "".join(["start\0", *rows, "prepare\0", "commit\0"]).encode()
        patient = ("-c", f"core.filesRefLockTimeout={PATIENCE}")
        done = self.git.run(*patient, "update-ref", "--no-deref", "--stdin", "-z", stdin=asked, check=False)
        if done.code == 0:
            return
        first = moves[0][0]
        now = self.refs(*(ref for ref, _, _ in moves))
        if any(now.get(ref, "") != old for ref, old, _ in moves):
            raise StaleEdit(f"{first} was moved by someone else meanwhile ({said(done)}). Run again.")
        raise ToolFailed(f"{self.git.root}: {first} could not be written: {said(done)}")


class Read(NamedTuple):
    """Events by time, and a sentence for each line that could not be read."""

    events: tuple[Event, ...]
    damaged: tuple[str, ...] = ()


class _File(NamedTuple):
    month: str
    part: int
    name: str
    sha: str


class _Tip:
    """What the branch holds at a commit that is here, each part asked for once; nothing where the commit is empty."""

    def __init__(self, git: Git, commit: str) -> None:
        self.commit = commit
        self._git = git
        self._read: dict[str, bytes] = {}

    @cached_property
    def rows(self) -> list[str]:
        """Its top, as `ls-tree` writes it."""
        return self._git.run("ls-tree", "-z", self.commit).text.split("\0")[:-1] if self.commit else []

    @cached_property
    def files(self) -> list[_File]:
        """The months' files in order; anything else on the branch is somebody's own."""
        found = []
        for row in self.rows:
            meta, _, name = row.partition("\t")
            match = NAME.fullmatch(name)
            if match and meta.startswith("100"):
                found.append(_File(match[1], int(match[2] or 1), name, meta.split(" ")[2]))
        return sorted(found)

    def contents(self, files: Sequence[_File]) -> list[bytes]:
        self._read |= self._git.blobs([file.sha for file in files if file.sha not in self._read], LARGEST)
        for file in files:
            if file.sha not in self._read:
                raise ToolFailed(
                    f"{BRANCH}:{file.name} is missing here or over {LARGEST >> 20} MiB: mend the branch, or delete it."
                )
        return [self._read[file.sha] for file in files]


class History:
    """The history of one repository. `pause` waits before the n-th further try, n from 1, differently in each run.

    `known` is the branch's commit as it was seen in this run, empty where there was none, None where nobody looked: who
    writes begins there, and looks for itself once others were quicker.
    """

    def __init__(
        self, git: Git, remote: Remote, pause: Callable[[int], None], name: str, email: str, known: str | None = None
    ) -> None:
        self._git = git
        self._known = known
        self._remote = remote
        self._pause = pause
        self._who = name, email

    def read(self, since: datetime | None = None) -> Read:
        """All events, or those at or after `since` (aware): only the months they can be in are opened."""
        return self._at(self._tip(None), since)

    def append(self, new: Iterable[Event], now: datetime) -> int:
        """Write events that are not there yet; how many those were. To repeat it after a kill writes nothing twice.

        Raises `errors.StaleEdit` when others were quicker `TRIES` times, ValueError for an event that is no line.
        """
        lines = _lines(new)
        return self._added(lambda _: lines, now)

    def extend(self, missing: Callable[[Read], Iterable[Event]], now: datetime) -> int:
        """As `append`, for events that are `missing` from all that is there when they are written."""
        return self._added(lambda tip: _lines(missing(self._at(tip))), now)

    def _at(self, tip: _Tip, since: datetime | None = None) -> Read:
        """The events that the branch holds there."""
        first = _month(since) if since else ""
        files = [file for file in tip.files if file.month >= first]
        found: list[Event] = []
        damaged: list[str] = []
        for file, data in zip(files, tip.contents(files), strict=True):
            for number, text in events.lines(data):
                try:
                    event = events.read(text)
                except ValueError as error:
                    damaged.append(f"{BRANCH}:{file.name}:{number}: {error}; the line stays and is not counted.")
                    continue
                if since is None or event.at >= since:
                    found.append(event)
        found.sort(key=lambda event: event.at)
        if len(damaged) > MOST_TOLD:
            damaged[MOST_TOLD:] = [f"{BRANCH}: {len(damaged) - MOST_TOLD} more lines can't be read."]
        return Read(tuple(found), tuple(damaged))

    def _added(self, lines: Callable[[_Tip], Mapping[str, Sequence[bytes]]], now: datetime) -> int:
        """Push what `lines` says is to be there beside what stands at a commit, again while others are quicker."""
        for turn in range(TRIES):
            if turn:
                self._pause(turn)
            old = self._tip(self._known)
            commit, count = self._commit(old, lines(old), now)
            if not count:
                return 0
            self._known = None
            try:
                self._remote.push([(REF, old.commit, commit)])
            except StaleEdit:
                continue
            return count
        raise StaleEdit(f"{BRANCH} moved {TRIES} times while events were to be added: run again when fewer jobs write.")

    def _tip(self, known: str | None) -> _Tip:
        """The branch, whose commit is here by then."""
        return _Tip(self._git, self._fetched(self._remote.refs(REF).get(REF, "") if known is None else known))

    def _fetched(self, tip: str) -> str:
        """The commit, or a newer one of the branch where that is not there any more."""
        if tip and self._git.commit(tip) is None:
            self._remote.fetch({REF: tip})
            if self._git.commit(tip) is None:
                # It moved between the two calls: what was fetched is the newer one.
                newer = self._remote.refs(REF).get(REF, "")
                if newer and self._git.commit(newer) is None:
                    raise ToolFailed(f"{BRANCH} at {newer[:12]} could not be fetched. Try again.")
                return newer
        return tip

    def _commit(self, tip: _Tip, lines: Mapping[str, Sequence[bytes]], now: datetime) -> tuple[str, int]:
        """A commit on `tip` with the lines that it lacks, and how many those are; no commit when there are none."""
        files = [file for file in tip.files if file.month in lines]
        contents = dict(zip(files, tip.contents(files), strict=True))
        written: dict[str, bytes] = {} if tip.commit else {"README.md": README}
        count = 0
        for month, wanted in lines.items():
            parts = [file for file in files if file.month == month]
            known = {text for part in parts for text in contents[part].split(b"\n")}
            added = [text for text in dict.fromkeys(wanted) if text not in known]
            if not added:
                continue
            last = parts[-1] if parts else _File(month, 1, f"{month}.jsonl", "")
            if len(contents.get(last, b"")) > FULL:
                last = _File(month, last.part + 1, f"{month}.{last.part + 1}.jsonl", "")
            written[last.name] = events.joined(contents.get(last, b""), added)
            count += len(added)
        if not count:
            return "", 0
        message = f"{count} event{'' if count == 1 else 's'}\n"
        tree = self._tree(tip, written)
        return self._git.commit_tree(tree, [tip.commit] if tip.commit else [], message, now, *self._who), count

    def _tree(self, tip: _Tip, written: Mapping[str, bytes]) -> str:
        """The tree of `tip` with these files at its top."""
        rows = [row for row in tip.rows if row.partition("\t")[2] not in written]
        rows += [f"100644 blob {self._git.write_blob(data)}\t{name}" for name, data in written.items()]
        made = self._git.run(
            "mktree", "-z", stdin="".join(f"{row}\0" for row in rows).encode("utf-8", "surrogateescape"), check=False
        )
        if made.code != 0:
            raise ToolFailed(f"{BRANCH}: its next tree could not be written: {said(made)}")
        return made.text.strip()


def _lines(new: Iterable[Event]) -> dict[str, list[bytes]]:
    """The lines of events, by month."""
    found: dict[str, list[bytes]] = {}
    for event in new:
        found.setdefault(_month(event.at), []).append(events.line(event))
    return found


def _month(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m}"

"""History shared through a real bare repository, and a writer that runs as a process of its own.

python -m tests.workspace.history_writer REPOSITORY BARE WRITER EVENTS    all in one repository where both are the same
"""

import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from maintainer.text.event import Event
from maintainer.workspace.git import Git
from maintainer.workspace.history import Here, History
from maintainer.workspace.remote import Remote
from tests.workspace.repositories import ENVIRONMENT, repository

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Bare(Remote):
    """A bare repository as the place where history is shared."""

    def __init__(self, git: Git, path: Path) -> None:
        super().__init__(git, path.as_uri())
        self.git = git
        #: Called before each push: what somebody else does meanwhile.
        self.before_push: Callable[[], None] = lambda: None
        self.pushes = self.asked = 0

    def refs(self, *patterns: str) -> dict[str, str]:
        self.asked += 1
        return super().refs(*patterns)

    def push(self, moves: Sequence[tuple[str, str, str]]) -> None:
        self.before_push()
        self.pushes += 1
        super().push(moves)


def writer(root: Path, bare: Path, known: str | None = None) -> tuple[History, Bare]:
    git = Git(root, ENVIRONMENT) if (root / ".git").exists() else repository(root)
    remote = Bare(git, bare)
    return History(git, remote, lambda turn: None, "maintainer", "maintainer@localhost", known), remote


def event(number: int, *, site: str = "shop", at: datetime = NOW) -> Event:
    return Event(at + timedelta(seconds=number), site, "run", {"number": number}, "a" * 40, None)


def main(root: str, bare: str, name: str, count: str) -> None:
    shared = root == bare
    git = Git(Path(root), ENVIRONMENT) if shared else repository(Path(root))
    dice = random.Random(name)
    remote = Here(git) if shared else Bare(git, Path(bare))
    history = History(git, remote, lambda turn: time.sleep(dice.uniform(0, 0.1 * turn)), "maintainer", "m@localhost")
    for number in range(int(count)):
        assert history.append([event(number, site=name)], NOW) == 1


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What `Proposals`, `Board` and `Releases` of `maintainer/platforms` promise, said once for all who keep it.

A `Place` is somewhere a site's proposals live, with what people do there; a law is a function of a `Place`. Laws are
in `contract_proposals.py`, `contract_board.py` and `contract_releases.py`, places in `contract_places.py` and
`contract_emulate.py`.

    @law(needs="people")
    def titles_are_kept(place: Place) -> None: ...
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from maintainer.model import Proposal
from maintainer.platforms.base import Board, Draft, Proposals
from maintainer.platforms.releases import Releases
from maintainer.text.description import box

BRANCH = "maintainer/npm-react"
BOXES = "\n".join(box(verb, f"{verb} this") for verb in ("recreate", "rebase", "ignore"))

#: What a law needs of a place: `people` who write on a forge's pages, and a `board` to tell them.
Needs = Literal["", "people", "board"]


@dataclass(frozen=True)
class Run:
    """One run: what it knows, it asked for itself. `board` is None where nobody is told anything."""

    proposals: Proposals
    board: Board | None
    releases: Releases

    def one(self) -> Proposal:
        """The only proposal there is."""
        found = self.proposals.all()
        assert len(found) == 1, f"{len(found)} proposals are told, not one"
        return found[0]

    @property
    def told(self) -> Board:
        assert self.board, "local has no board"
        return self.board


@dataclass(frozen=True)
class Shown:
    """A proposal as people see it. `state` is open, closed or merged."""

    title: str
    body: str
    state: str
    base: str = "main"
    labels: frozenset[str] = frozenset()
    draft: bool = False
    comments: tuple[str, ...] = ()


class Place(ABC):
    """`number` is a proposal's. People are `ada`, who may write, and `mallory`, who may read."""

    has: frozenset[Needs] = frozenset({""})

    # What we do

    @abstractmethod
    def run(self) -> Run:
        """A run that begins now."""

    @abstractmethod
    def draft(self, version: str = "2.0.0", package: str = "react", body: str = "", **more: Any) -> Draft:
        """A wanted change of `package` from 1.0.0; `more` are fields of `Draft`, then of `Change`."""

    def opened(self, version: str = "2.0.0", package: str = "react", **more: Any) -> Proposal:
        """A proposal that an earlier run opened."""
        return self.run().proposals.open(self.draft(version, package, **more))

    @abstractmethod
    def writes(self, act: Callable[[], object]) -> list[str]:
        """What is written while something is done."""

    @abstractmethod
    def refs(self) -> Mapping[str, str]:
        """The commit of each branch."""

    # What people do

    @abstractmethod
    def push(self, branch: str, files: Mapping[str, str], *, onto: str | None = None, amend: bool = False) -> str:
        """Commit files on a branch and push it, by force with `onto` or `amend`."""

    @abstractmethod
    def delete_branch(self, branch: str) -> None: ...

    @abstractmethod
    def merge(self, number: int, how: str = "merge") -> None: ...

    @abstractmethod
    def close(self, number: int) -> None: ...

    @abstractmethod
    def tag(self, name: str) -> str:
        """Push a tag to where the base branch is; the commit."""

    @abstractmethod
    def crowd(self, count: int) -> None:
        """Have so many open proposals of ours, numbered from 1."""

    def restore(self, branch: str, commit: str) -> None:
        """Put a branch that was removed back where it was."""
        raise NotImplementedError

    def reopen(self, number: int) -> None:
        raise NotImplementedError

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        raise NotImplementedError

    def label(self, number: int, name: str) -> None:
        raise NotImplementedError

    def unlabel(self, number: int, name: str) -> None:
        raise NotImplementedError

    def comment(self, number: int, text: str, by: str = "ada") -> None:
        raise NotImplementedError

    def open_issue(self, title: str, text: str, label: str) -> int:
        raise NotImplementedError

    def edit_issue(self, number: int, text: str) -> None:
        raise NotImplementedError

    def close_issue(self, number: int) -> None:
        raise NotImplementedError

    def checked(self, branch: str, said: Literal["pending", "success", "failure"]) -> None:
        """Something outside checked a branch's head."""
        raise NotImplementedError

    def propose(self, branch: str, title: str, body: str = "", base: str = "main") -> int:
        """As anyone does, from a branch that was pushed."""
        raise NotImplementedError

    def milestone(self, title: str) -> None:
        """An open one."""
        raise NotImplementedError

    def held_back(self) -> None:
        """From now on the forge merges nothing into the base before something outside passed."""
        raise NotImplementedError

    # What stands there

    @abstractmethod
    def file(self, tag: str, name: str) -> bytes:
        """What is loaded by its name from a release."""

    def milestones(self) -> Mapping[str, str]:
        """The state of each, open or closed, by its title."""
        raise NotImplementedError

    def shown(self, number: int = 1) -> Shown:
        raise NotImplementedError

    def issue(self, number: int) -> Shown:
        raise NotImplementedError

    def verdicts(self, commit: str) -> Sequence[tuple[str, str]]:
        """(name, state) of what was posted on a commit, the newest of each name, sorted. States are our words."""
        raise NotImplementedError

    def tick(self, number: int, words: str) -> None:
        """Tick the box with these words."""
        lines = self.shown(number).body.split("\n")
        at = next(at for at, line in enumerate(lines) if words in line and "- [ ]" in line)
        lines[at] = lines[at].replace("- [ ]", "- [x]", 1)
        self.edit(number, body="\n".join(lines))


@dataclass(frozen=True)
class Law:
    name: str
    needs: Needs
    holds: Callable[[Place], None]


@dataclass
class Laws:
    """In the order they are written."""

    all: list[Law] = field(default_factory=list)

    def __call__(self, needs: Needs = "") -> Callable[[Callable[[Place], None]], Callable[[Place], None]]:
        def kept(holds: Callable[[Place], None]) -> Callable[[Place], None]:
            self.all.append(Law(holds.__name__, needs, holds))
            return holds

        return kept

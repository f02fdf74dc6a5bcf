"""Histories in a small language, made with real git: `made(root, (commit("feat: a"), branch("x"), ...))`.

A step is a function of a `Hand`. Commits are called by the first line of their message.
"""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from maintainer.changes import Entry

START = 1_790_000_000
Words = str | Callable[["Hand"], str]


@dataclass
class Hand:
    """Writes a history: every commit is a minute after the last, by Ada."""

    root: Path
    minutes: int = 0
    shas: dict[str, str] = field(default_factory=dict)

    def git(self, *args: str, stdin: bytes | None = None, clock: bool = True) -> str:
        self.minutes += clock
        stamp = f"{START + 60 * self.minutes} +0100"
        who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
               for part, value in (("NAME", "Ada"), ("EMAIL", "ada@shop.example"), ("DATE", stamp))}  # fmt: skip
        environment = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
                       "GIT_CONFIG_GLOBAL": os.devnull, "GIT_EDITOR": "true"} | who  # fmt: skip
        done = subprocess.run(["git", *args], cwd=self.root, env=environment, input=stdin, capture_output=True)
        assert done.returncode == 0, (args, done.stdout, done.stderr)
        return done.stdout.decode("utf-8", "replace").strip()

    def sha(self, subject: str) -> str:
        """The newest commit with this first line."""
        return self.shas[subject]

    def noted(self) -> None:
        sha, _, subject = self.git("log", "-1", "--format=%H %B", clock=False).partition(" ")
        self.shas[subject.split("\n")[0]] = sha

    def words(self, words: Words) -> str:
        return words if isinstance(words, str) else words(self)


Step = Callable[[Hand], None]


def commit(words: Words, path: str = "", *, content: str = "", encoding: str = "utf-8") -> Step:
    """A commit of one new file, or of `path` with `content`."""

    def step(hand: Hand) -> None:
        place = hand.root / (path or f"file-{hand.minutes}")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content or f"{hand.minutes}\n")
        hand.git("add", "-A", clock=False)
        text = hand.words(words).encode(encoding)
        hand.git("commit", "-q", "--allow-empty-message", "--cleanup=verbatim", "-F", "-", stdin=text)
        hand.noted()

    return step


def branch(name: str) -> Step:
    return lambda hand: void(hand.git("checkout", "-q", "-b", name, clock=False))


def on(name: str) -> Step:
    return lambda hand: void(hand.git("checkout", "-q", name, clock=False))


def tag(name: str) -> Step:
    return lambda hand: void(hand.git("tag", "-a", "-m", name, name))


def merge(name: str, words: str = "") -> Step:
    def step(hand: Hand) -> None:
        hand.git("merge", "-q", "--no-ff", *(("-m", words) if words else ("--no-edit",)), name)
        hand.noted()

    return step


def squash(name: str, words: str = "") -> Step:
    """A branch as one commit; without words with those that git proposes."""

    def step(hand: Hand) -> None:
        hand.git("merge", "-q", "--squash", name)
        hand.git("commit", "-q", *(("-m", words) if words else ("--no-edit",)))
        hand.noted()

    return step


def revert(subject: str, words: Words = "") -> Step:
    """`git revert`; with words instead of git's own."""

    def step(hand: Hand) -> None:
        sha = hand.sha(subject)
        merged = len(hand.git("show", "-s", "--format=%P", sha, clock=False).split()) > 1
        hand.git("revert", "--no-edit", *(("-m", "1") if merged else ()), sha)
        if words:
            hand.git("commit", "-q", "--amend", "-F", "-", stdin=hand.words(words).encode())
        hand.noted()

    return step


def pick(subject: str, *flags: str) -> Step:
    def step(hand: Hand) -> None:
        hand.git("cherry-pick", *flags, hand.sha(subject))
        hand.noted()

    return step


def setting(name: str, value: str) -> Step:
    return lambda hand: void(hand.git("config", name, value, clock=False))


def void(_: object) -> None:
    """A step answers nothing."""


def made(root: Path, steps: Sequence[Step]) -> Hand:
    root.mkdir(parents=True, exist_ok=True)
    hand = Hand(root)
    hand.git("init", "-q", "-b", "main", clock=False)
    for step in steps:
        step(hand)
    return hand


@dataclass(frozen=True)
class Case:
    """A history and what is told of `v1..main`, or of all of main where there is no v1: lines as `line` writes them."""

    name: str
    steps: tuple[Step, ...]
    told: tuple[str, ...]
    restated: Mapping[str, Sequence[str]] = field(default_factory=dict)
    under: tuple[str, ...] = ()


def line(entry: Entry) -> str:
    """`feat(cart)!: guests can pay [#12] undoes feat: a` and what breaks, when it isn't the text itself."""
    scopes = f"({','.join(entry.scopes)})" if entry.scopes else ""
    notes = [note for note in entry.breaking if note != entry.text]
    return "".join(
        (
            f"{entry.type}{scopes}{'!' if entry.breaking else ''}: {entry.text}",
            "".join(f" [{one.id}{' closed' if one.closes else ''}]" for one in entry.references),
            "".join(f" undoes {one.type}: {one.text}" for one in entry.undoes),
            " again" if entry.restored else "",
            "".join(f" / {note}" for note in notes),
        )
    )

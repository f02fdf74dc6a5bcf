"""Where commits left the past of another one, and what they changed since: for many at once.

    branched(git, base, heads) -> {head: Branched(fork, paths)}

Git tells the same of one by `merge-base` and `diff-tree`; hundreds of proposals would be hundreds of processes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from maintainer.workspace.git import Git

_WHOLE = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Branched(NamedTuple):
    """`fork` is the commit that a head and the base both go back to; `paths` differ since, a rename is two."""

    fork: str
    paths: tuple[str, ...]


def branched(git: Git, base: str, heads: Iterable[str]) -> dict[str, Branched]:
    """Of each head, by its whole name, that is here and goes back to exactly one commit of the base's past.

    With several such commits (https://git-scm.com/docs/git-merge-base#_discussion) it is left out: beside one of them
    a change that undoes what came with another doesn't show.
    """
    forks = dict(_forks(git, base, _commits(git, heads)))
    asked = "".join(f"{head} {fork}\n" for head, fork in forks.items() if head != fork)
    told = git.run("diff-tree", "--stdin", "-r", "-z", "--no-renames", "--raw", stdin=asked.encode()).text
    paths = _paths(told)
    return {head: Branched(fork, tuple(paths.get(head, ()))) for head, fork in forks.items()}


def _commits(git: Git, heads: Iterable[str]) -> list[str]:
    """Those that are here."""
    wanted = [head for head in dict.fromkeys(heads) if _WHOLE.fullmatch(head)]
    asked = "".join(f"{head}\n" for head in wanted).encode()
    rows = git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked).text.splitlines()
    return [name for name, _, kind in (row.partition(" ") for row in rows) if kind == "commit"]


def _forks(git: Git, base: str, heads: list[str]) -> Iterator[tuple[str, str]]:
    asked = "".join(f"{name}\n" for name in (*heads, f"^{base}")).encode()
    rows = (row.split() for row in git.run("rev-list", "--parents", "--stdin", stdin=asked).text.splitlines())
    # What isn't among these commits is in the base's past.
    parents = {commit: above for commit, *above in rows}
    for head in heads:
        left = _left(parents, head)
        if len(left) > 1:  # where it merged the base: some of these are in the past of others
            done = git.run("merge-base", "--all", base, head, check=False)
            left = set(done.text.split()) if done.code == 0 else set()
        if len(left) == 1:
            yield head, left.pop()


def _left(parents: Mapping[str, list[str]], head: str) -> set[str]:
    """The commits of the base's past that a head's own commits were made on; the head itself where it is one."""
    found, seen, waiting = set[str](), {head}, [head]
    while waiting:
        commit = waiting.pop()
        if commit not in parents:
            found.add(commit)
            continue
        further = [one for one in parents[commit] if one not in seen]
        seen.update(further)
        waiting += further
    return found


def _paths(told: str) -> dict[str, list[str]]:
    """What `diff-tree --raw -z` prints: a commit, and of each path a word that starts with a colon before it."""
    found: dict[str, list[str]] = {}
    listed: list[str] = []
    words = iter(told.split("\0"))
    for word in words:
        if word.startswith(":"):
            listed.append(next(words))
        elif word:
            listed = found.setdefault(word, [])
    return found

"""What became of some files on the way from one commit to another.

touching(git, base, head, paths) -> tuple[Step, ...]
blobs_at(git, places) -> dict[Place, str]
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from maintainer.workspace.git import Git

#: A commit and a path in it.
Place = tuple[str, str]

_HEX = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Step:
    """A commit that changed some of the files that were asked for; a merge by what differs from its first parent."""

    sha: str
    parents: tuple[str, ...]
    paths: tuple[str, ...]


def touching(git: Git, base: str, head: str, paths: Iterable[str]) -> tuple[Step, ...]:
    """The commits of `head` that are none of `base` (empty: all of them) and touch these files, newest first."""
    wanted = [path for path in paths if "\n" not in path]
    if not wanted:
        return ()
    asked = [head, *([f"^{base}"] if base else []), "--", *(f":(top,literal){path}" for path in wanted)]
    flags = ("--topo-order", "--full-history", "--diff-merges=first-parent", "--no-renames", "--root")
    told = git.run(
        "log", "--stdin", "-z", "--name-only", "--format=%x01%H %P", *flags, stdin=_lines(asked)
    ).text  # fmt: skip
    found = []
    for part in told.split("\x01")[1:]:
        heading, *names = part.split("\0")
        shas = heading.split()
        if shas and all(map(_HEX.fullmatch, shas)):
            listed = (name.removeprefix("\n") for name in names)
            found.append(Step(shas[0], tuple(shas[1:]), tuple(name for name in listed if name)))
    return tuple(found)


def blobs_at(git: Git, places: Iterable[Place]) -> dict[Place, str]:
    """The id of each file at a commit; none for a path that is no file there."""
    wanted = [place for place in dict.fromkeys(places) if "\n" not in place[1]]
    if not wanted:
        return {}
    asked = _lines(f"{commit}:{path}" for commit, path in wanted)
    rows = git.run("cat-file", "--batch-check=%(objecttype) %(objectname)", stdin=asked).text.split("\n")
    pairs = zip(wanted, rows, strict=False)
    return {place: row.removeprefix("blob ") for place, row in pairs if row.startswith("blob ")}


def _lines(asked: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in asked).encode("utf-8", "surrogateescape")

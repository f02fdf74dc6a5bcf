"""A long history, written by `git fast-import`: branches merged, squashes, reverts, cherry-picks, trailers.

python -m tests.bench.commit_history ROOT     what `changed` tells of ROOT's main, counted; seconds of work
"""

import gc
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from maintainer.planning.changed import changed
from maintainer.workspace.commits import between
from maintainer.workspace.git import Git
from tests.workspace.repositories import ENVIRONMENT

START = 1_600_000_000
_TYPES = ("feat", "fix", "fix", "docs", "refactor", "chore", "perf", "test")
_SCOPES = ("", "(cart)", "(checkout)", "(tax,cart)", "")
_TRAILERS = "\n\nSigned-off-by: Ada <ada@shop.example>\nCo-authored-by: Bob <bob@shop.example>\n"


def written(root: Path, count: int) -> None:
    """A new repository with `count` commits on main."""
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", root], check=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=root, stdin=subprocess.PIPE) as importer:
        assert importer.stdin
        for block in _stream(count):
            importer.stdin.write(block)
        importer.stdin.close()
        assert importer.wait() == 0


def _stream(count: int) -> Iterator[bytes]:
    tip, side = 0, 0
    for number in range(1, count + 1):
        parents = [tip] if tip else []
        if number % 40 == 0 and side:
            parents.append(side)
            message = f"Merge pull request #{number} from shop/topic-{number}\n\nfeat: topic {number}"
            side = 0
        else:
            message = _message(number)
        on_side = 30 <= number % 40 < 40 and tip
        if on_side and side:
            parents = [side]
        yield _block(number, parents, message)
        if on_side and len(parents) < 2:
            side = number
        else:
            tip = number
    yield f"reset refs/heads/main\nfrom :{tip}\n\n".encode()


def _message(number: int) -> str:
    head = f"{_TYPES[number % 8]}{_SCOPES[number % 5]}: change {number} of the shop"
    if number % 97 == 0:
        return f'Revert "{_TYPES[(number - 1) % 8]}{_SCOPES[(number - 1) % 5]}: change {number - 1} of the shop"'
    match number % 10:
        case 0:
            return f"{head} (#{number})\n\n* feat: part {number}\n\n* fix(tax): other part {number}\n\n* wip{_TRAILERS}"
        case 1 | 2 | 3:
            return f"{head} (#{number})\n\nSome words about it,\non two lines.{_TRAILERS}"
        case 4 if number % 50 == 4:
            return f"{head}\n\nBREAKING CHANGE: prices of {number} are net{_TRAILERS}"
        case 5:
            return f"Update the shop for the {number}th time"
    return head


def _block(number: int, parents: list[int], message: str) -> bytes:
    text = message.encode()
    data = hashlib.sha256(str(number).encode()).hexdigest().encode()
    lines = [f"commit refs/heads/work\nmark :{number}\n".encode()]
    lines.append(f"author Ada <ada@shop.example> {START + 60 * number} +0100\n".encode())
    lines.append(f"committer Ada <ada@shop.example> {START + 60 * number} +0100\n".encode())
    lines.append(b"data %d\n%s\n" % (len(text), text))
    lines += [f"{word} :{parent}\n".encode() for word, parent in zip(("from", "merge"), parents, strict=False)]
    lines.append(b"M 100644 inline src/%d/file\ndata %d\n%s\n" % (number % 500, len(data), data))
    return b"".join(lines)


def main(root: str) -> None:
    # As `cli.main` sets it.
    gc.set_threshold(200_000, 50, 50)
    found = changed(between(Git(Path(root), ENVIRONMENT), "", "main"))
    lines = [f"{one.type} {one.scopes} {one.text} {one.breaking} {one.sources[0].id}" for one in found.entries]
    sys.stdout.write("\n".join(lines) + f"\n{len(found.entries)} entries, {len(found.left_out)} left out\n")
    sys.stdout.write(f"{sum(os.times()[:4]):.2f}\n")


if __name__ == "__main__":
    main(sys.argv[1])

"""The commits between two states of the repository, with what they name beyond them.

One `git log` reads them all. What costs more is asked of those that need it: the names of files where someone wants
them, the change itself where two commits may hold the same (a cherry-pick or a rebase keeps author, date and mostly
the subject), older commits where a revert or a cherry-pick names them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Protocol

from maintainer.changes import Commit, Range
from maintainer.errors import ConfigurationError, ToolFailed
from maintainer.text.conventional import Message, read
from maintainer.workspace.git import LAST, LIMIT, Git

#: No commit's message has a NUL. `%B` is in UTF-8, as far as the commit says what it is in (i18n.commitEncoding).
_FORMAT = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%B"
_FIELDS = 6
#: Commits whose changes are compared at once.
_PATCHES = 200
#: More commits of one author in one second are an import, and are told apart by their subjects, too.
_SECOND = 20
#: A revert of a revert of more is nobody's.
_DEEPEST = 20
#: What a message that names other commits has in it.
_NAMES = re.compile(r"everts commit|Refs?: |cherry[ -]picked from", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{7,64}")


class Remote(Protocol):
    """Where the history is whole: `remote.Remote`."""

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Have the commits of these refs here, with all their history. Raises `errors.OutsideError`."""


def between(
    git: Git,
    base: str,
    head: str,
    *,
    paths: bool = False,
    remote: Remote | None = None,
    refs: Mapping[str, str] | None = None,
) -> Range:
    """The commits of `head` that are none of `base` (any names of commits; an empty base: all of them).

    A shallow history is completed from `remote`, by `refs` (whole names and their commits there); without one the
    range says that it is `cut`. `paths` says whether the names of files are wanted. Raises `errors.ConfigurationError`
    for a name that stands for no commit.
    """
    shallow = git.is_shallow()
    if remote and refs and (shallow or not all(git.commit(name) for name in (base, head) if name)):
        remote.fetch(refs)
        shallow = git.is_shallow()
    newest, oldest = _commit(git, head, shallow), _commit(git, base, shallow) if base else ""
    commits = _log(git, newest, oldest)
    published = _log(git, oldest, newest) if oldest and not git.is_ancestor(oldest, newest) else []
    patches = _patches(git, [*commits, *published])
    changed = files(git, commits) if paths else {}
    if patches or paths:
        published = [one._replace(patch=patches.get(one.sha, "")) for one in published]
        commits = [
            one._replace(patch=patches.get(one.sha, ""), paths=changed.get(one.sha, ()) if paths else None)
            for one in commits
        ]
    return Range(
        oldest,
        newest,
        tuple(commits),
        tuple(published),
        _earlier(git, commits, published, oldest),
        shallow and not _boundary(git).isdisjoint(one.sha for one in commits),
    )


def _commit(git: Git, name: str, shallow: bool) -> str:
    found = git.commit(name)
    if not found:
        why = " in this shallow clone: fetch its history and tags (`git fetch --unshallow --tags`)" if shallow else ""
        raise ConfigurationError(f"{name!r} is no commit{why or ' here: fetch its tag or branch'}, then try again.")
    return found


def _log(git: Git, newest: str, without: str) -> list[Commit]:
    """The commits of one that are none of another, newest first, none before a commit that stands on it."""
    limits = [newest, *([f"^{without}"] if without else [])]
    return list(_read(git.stream("log", "-z", "--topo-order", "--encoding=UTF-8", _FORMAT, *limits, "--")))


def _read(told: Iterator[bytes]) -> Iterator[Commit]:
    """The commits that `git log` tells."""
    # Hashes and names are equal by the thousand: each is kept once.
    known: dict[str, str] = {}
    fields = _fields(told)
    for sha, parents, author, email, seconds, message in zip(*[fields] * _FIELDS, strict=False):
        yield Commit(
            known.setdefault(sha, sha),
            tuple([known.setdefault(parent, parent) for parent in parents.split()]),
            known.setdefault(author, author),
            known.setdefault(email, email),
            datetime.fromtimestamp(min(max(int(seconds or 0), 0), LAST), UTC),
            message,
        )


def _fields(told: Iterable[bytes]) -> Iterator[str]:
    """What stands between NULs, as it is told."""
    open_: list[bytes] = []
    length = 0
    for piece in told:
        whole, nul, rest = piece.rpartition(b"\0")
        if nul:
            yield from b"".join((*open_, whole)).decode("utf-8", "replace").split("\0")
            open_, length = [], 0
        open_.append(rest)
        length += len(rest)
        if length > LIMIT:
            raise ToolFailed(f"A commit's message has more than {LIMIT >> 20} MiB: such a history is not read.")


def _patches(git: Git, commits: Sequence[Commit]) -> dict[str, str]:
    """The id of the change of each commit that may hold the same change as another."""
    same: dict[object, list[Commit]] = {}
    for one in commits:
        if len(one.parents) < 2:
            same.setdefault((one.email, one.at), []).append(one)
    many = [group for group in same.values() if len(group) > _SECOND]
    asked = [one.sha for group in same.values() if 1 < len(group) <= _SECOND for one in group]
    for group in many:
        subjects: dict[str, list[str]] = {}
        for one in group:
            subjects.setdefault(one.message.partition("\n")[0], []).append(one.sha)
        asked += [sha for shas in subjects.values() if 1 < len(shas) <= _SECOND for sha in shas]
    found: dict[str, str] = {}
    for at in range(0, len(asked), _PATCHES):
        piece = "".join(f"{sha}\n" for sha in asked[at : at + _PATCHES]).encode()
        flags = ("--stdin", "--root", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
        changes = git.run("diff-tree", *flags, stdin=piece).out
        rows = git.run("patch-id", "--stable", stdin=changes).text.split("\n")
        found |= {sha: patch for patch, _, sha in (row.partition(" ") for row in rows if row)}
    return found


def files(git: Git, commits: Sequence[Commit]) -> dict[str, tuple[str, ...]]:
    """The files that each commit changed; a merge changes none itself."""
    asked = "".join(f"{one.sha}\n" for one in commits if len(one.parents) < 2).encode()
    if not asked:
        return {}
    flags = ("--stdin", "--root", "-r", "-z", "--name-only", "--no-renames")
    rows = git.run("diff-tree", *flags, stdin=asked).text.split("\0")
    shas = {one.sha for one in commits}
    found: dict[str, list[str]] = {}
    into: list[str] = []
    for row in rows:
        if row in shas and row not in found:
            into = found[row] = []
        elif row:
            into.append(row)
    return {sha: tuple(paths) for sha, paths in found.items()}


def _earlier(git: Git, commits: Iterable[Commit], published: Iterable[Commit], base: str) -> dict[str, Commit]:
    """The commits of `base` that messages name, by the name they use; and those that these name."""
    if not base:
        return {}
    known = {one.sha for one in commits} | {one.sha for one in published}
    found: dict[str, Commit] = {}
    new: list[Commit] = [*commits, *published]
    for _ in range(_DEEPEST):
        messages = (read(one.message) for one in new if _NAMES.search(one.message))
        names = {name for message in messages for name in _named(message)}
        older = _inside(git, sorted(name for name in names if name not in found and name not in known), known, base)
        if not older:
            break
        found |= older
        new = list(older.values())
    return found


def _inside(git: Git, names: Sequence[str], known: Set[str], base: str) -> dict[str, Commit]:
    """Of hashes, maybe short ones, the commits that `base` has and that are not `known`."""
    wanted = [name for name in names if _HEX.fullmatch(name)]
    if not wanted:
        return {}
    asked = "".join(f"{name}^{{commit}}\n" for name in wanted).encode()
    rows = git.run("cat-file", "--batch-check=%(objectname)", stdin=asked).text.split("\n")
    found = {name: row for name, row in zip(wanted, rows, strict=False) if _HEX.fullmatch(row) and row not in known}
    if not found:
        return {}
    # Of these, what isn't in `base` is on some other branch: the range knows nothing of it.
    limits = "".join(f"{sha}\n" for sha in dict.fromkeys(found.values())) + f"^{base}\n"
    elsewhere = set(git.run("rev-list", "--stdin", stdin=limits.encode()).text.split())
    inside = {name: sha for name, sha in found.items() if sha not in elsewhere}
    if not inside:
        return {}
    asked = "".join(f"{sha}\n" for sha in dict.fromkeys(inside.values())).encode()
    told = git.stream("log", "-z", "--no-walk=unsorted", "--encoding=UTF-8", _FORMAT, "--stdin", stdin=asked)
    older = {one.sha: one for one in _read(told)}
    return {name: older[sha] for name, sha in inside.items() if sha in older}


def _named(message: Message) -> Iterator[str]:
    for one in (message, *message.items):
        yield from one.picked
        if one.undoing:
            yield from one.undoing.commits


def _boundary(git: Git) -> set[str]:
    """The commits whose parents a shallow clone lacks."""
    place = git.folder / "shallow"
    return set(place.read_text().split()) if place.is_file() else set()

"""Git by command line, in a repository whose configuration is not trusted to run programs."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from maintainer.errors import ConfigurationError, StaleEdit, ToolFailed
from maintainer.process import Finished, minimal, run, stream
from maintainer.workspace.signing import Signing

#: A blob larger than this is nobody's manifest or source code; it is not read.
LARGEST = 8 * 1024 * 1024
#: As much of many blobs is read at once.
BATCH = 32 * 1024 * 1024

#: More output than this is cut.
LIMIT = 256 * 1024 * 1024

#: Settings that hold for every call, whatever the repository says.
SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.sshCommand": "ssh",
    "credential.helper": "",
    "gc.auto": "0",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.ext.allow": "never",
}

#: Settings under a name of the repository's choice that run a program, and what disarms them.
#: A merge driver that always fails leaves a conflict, the side to err on.
DRIVERS = {
    re.compile(r"filter\..+\.(clean|smudge|process)", re.DOTALL): "",
    re.compile(r"filter\..+\.required", re.DOTALL): "false",
    re.compile(r"diff\.(.+\.command|external)", re.DOTALL): "true",
    re.compile(r"diff\..+\.textconv", re.DOTALL): "cat",
    re.compile(r"core\.(alternaterefscommand|gitproxy)", re.DOTALL): "true",
    re.compile(r"merge\..+\.driver", re.DOTALL): "false",
    re.compile(r"credential\..+\.helper", re.DOTALL): "",
    re.compile(r"gpg\.(.+\.)?(program|defaultkeycommand)", re.DOTALL): "false",
    re.compile(r"remote\..+\.(uploadpack|receivepack|vcs)", re.DOTALL): "",
}

#: The last second in which a commit is believed to be made, as four-digit years end.
LAST = 253_402_300_799

TYPES = ("blob", "commit", "tree")
#: A branch can't be named like the folder of another.
IN_THE_WAY = re.compile(r"'refs/heads/([^']+)' exists; cannot create")
REFUSED = ("but expected", "already exists", "unable to resolve reference", "cannot lock ref")


class Entry(NamedTuple):
    """A path of a tree: `mode` as git writes it (`100644`, `100755`, `120000` a link, `160000` a submodule)."""

    mode: str
    sha: str
    path: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


class Git:
    """Runs git in `root` with a minimal environment, no hooks, and no configuration but the repository's own.

    `settings` are added to it, as variables: what they say shows up in no list of processes.
    """

    def __init__(
        self, root: Path, environment: Mapping[str, str], settings: Sequence[tuple[str, str]] = (), **more: str
    ) -> None:
        self.root = root
        self.outer = environment
        self._settings = settings
        self.environment = minimal(
            environment,
            LC_ALL="C",
            GIT_TERMINAL_PROMPT="0",
            GIT_OPTIONAL_LOCKS="0",
            GIT_CONFIG_NOSYSTEM="1",
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_PAGER="cat",
            GIT_EDITOR="false",
            GIT_ASKPASS="false",
            # Local stand-ins for commits: what is built and compared is what everyone has.
            GIT_NO_REPLACE_OBJECTS="1",
            GIT_GRAFT_FILE=os.devnull,
            GIT_LFS_SKIP_SMUDGE="1",
            # Without it git refuses a configuration in which a path starts with `~`.
            HOME=environment.get("HOME") or os.devnull,
            **more,
        )

    def beside(self, root: Path | None = None, settings: Sequence[tuple[str, str]] = (), **more: str) -> "Git":
        """Git with these settings and variables, maybe at another `root`; the programs that this repository's
        configuration names are turned off there, and are not asked for again."""
        other = Git(root or self.root, self.outer, settings, **more)
        other._drivers = self._drivers
        return other

    def run(self, *args: str, stdin: bytes = b"", check: bool = True, limit: int = LIMIT) -> Finished:
        """Run `git *args`; a failure raises `errors.ToolFailed` with what git said, unless `check` is off."""
        return self._run(args, self.environment | self._disarmed, stdin, check, limit)

    def stream(self, *args: str, stdin: bytes = b"") -> Iterator[bytes]:
        """What `git *args` prints, in pieces; a failure is raised as by `run`, behind the last one."""
        environment = self.environment | self._disarmed
        done = yield from stream(self._argv(args), cwd=self.root, environment=environment, stdin=stdin)
        if done.code != 0:
            raise self._failed(args, done)

    def _run(
        self, args: Sequence[str], environment: Mapping[str, str], stdin: bytes, check: bool, limit: int
    ) -> Finished:
        done = run(self._argv(args), cwd=self.root, environment=environment, stdin=stdin, limit=limit)
        if check and done.code != 0:
            raise self._failed(args, done)
        return done

    def _argv(self, args: Sequence[str]) -> list[str]:
        argv = ["git", "-c", f"safe.directory={self.root}", "-c", "safe.directory=*"]
        for name, value in SETTINGS.items():
            argv += ("-c", f"{name}={value}")
        return [*argv, *args]

    def _failed(self, args: Sequence[str], done: Finished) -> ToolFailed:
        return ToolFailed(f"{self.root}: git {_verb(args)} failed: {said(done)}")

    @cached_property
    def _drivers(self) -> Sequence[tuple[str, str]]:
        """Settings that turn off the programs this repository's configuration names (reading it runs none)."""
        asked = ["config", "--list", "--name-only", "-z"]
        names = self._run(asked, self.environment, b"", False, LIMIT).text.split("\0")
        return [(name, off) for name in sorted(set(names)) for known, off in DRIVERS.items() if known.fullmatch(name)]

    @cached_property
    def _disarmed(self) -> dict[str, str]:
        """`_drivers` and our own settings, as variables: in `-c name=value` a name that has a `=` would end there."""
        found = [*self._drivers, *self._settings]
        set_to = {f"GIT_CONFIG_KEY_{at}": name for at, (name, _) in enumerate(found)}
        set_to |= {f"GIT_CONFIG_VALUE_{at}": off for at, (_, off) in enumerate(found)}
        return set_to | {"GIT_CONFIG_COUNT": str(len(found))}

    def line(self, *args: str) -> str:
        """The one line git answers."""
        return self.run(*args).text.removesuffix("\n")

    @cached_property
    def folder(self) -> Path:
        """The git folder that all its working trees share."""
        return (self.root / self.line("rev-parse", "--git-common-dir")).resolve()

    def is_shallow(self) -> bool:
        """Whether commits lack their parents here (https://git-scm.com/docs/shallow)."""
        return (self.folder / "shallow").is_file()

    def head(self) -> str:
        """The commit that is checked out. Raises `errors.ConfigurationError` while there is none."""
        done = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False)
        if done.code != 0:
            raise ConfigurationError(f"{self.root} has no commit yet: commit the site's files first.")
        return done.text.strip()

    def branch(self) -> str | None:
        """The branch that is checked out, None when HEAD is detached."""
        done = self.run("symbolic-ref", "--quiet", "--short", "HEAD", check=False)
        return done.text.strip() or None

    def commit(self, name: str) -> str | None:
        """The commit a ref or any other name stands for, None when there is none."""
        done = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", check=False)
        return done.text.strip() if done.code == 0 else None

    def parents(self, commit: str) -> list[str]:
        """The commits it was made on, of a merge the one it was merged into first."""
        return self.line("rev-list", "--parents", "--max-count=1", commit, "--").split()[1:]

    def date(self, commit: str) -> datetime:
        """When it was committed, in UTC."""
        seconds = int(self.line("show", "--no-patch", "--format=%ct", commit, "--"))
        return datetime.fromtimestamp(min(max(seconds, 0), LAST), UTC)

    def branches(self) -> dict[str, str]:
        """The commit of each branch, by the branch's name."""
        rows = self.run("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads").text.split("\n")
        return {name: commit for commit, _, name in (row.partition(" ") for row in rows if row)}

    def update_ref(self, ref: str, new: str, old: str | None) -> None:
        """Move `ref` from `old` to `new`; an `old` of None creates it.

        Raises `errors.StaleEdit` when the ref is elsewhere by now, or when a working tree has that branch checked out.
        """
        self.refuse_checked_out(ref)
        self._move(ref, "update-ref", "--no-deref", ref, new, old or "0" * len(new))

    def delete_ref(self, ref: str, old: str) -> None:
        """Delete `ref`, which must still be at `old`; errors as `update_ref`."""
        self.refuse_checked_out(ref)
        self._move(ref, "update-ref", "--no-deref", "-d", ref, old)

    def _move(self, ref: str, *args: str) -> None:
        done = self.run(*args, check=False)
        if done.code == 0:
            return
        blocking = IN_THE_WAY.search(said(done))
        if blocking and ref.startswith(f"refs/heads/{blocking[1]}/"):
            raise ToolFailed(
                f"{ref} can't be made: the branch {blocking[1]} stands where its folder would be. Rename that branch "
                f"(`git branch -m {blocking[1]} {blocking[1]}-old`), then run again."
            )
        if any(sign in said(done) for sign in REFUSED) and ".lock'" not in said(done):
            raise StaleEdit(f"{ref} was changed by someone else meanwhile ({said(done)}). Run again.")
        raise ToolFailed(f"{self.root}: {ref} could not be written: {said(done)}")

    def refuse_checked_out(self, ref: str) -> None:
        """Raise `errors.StaleEdit` while a working tree has this branch checked out."""
        listed = self.run("worktree", "list", "--porcelain", "-z").text.split("\0")
        if f"branch {ref}" in listed:
            raise StaleEdit(f"{ref} is checked out in a working tree: switch to another branch, then run again.")

    def commit_tree(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        when: datetime,
        name: str,
        email: str,
        sign: Signing | None = None,
    ) -> str:
        """Write a commit and return its id; nothing points to it yet. `when` has a time zone.

        Raises `errors.ToolFailed` when it can't be signed.
        """
        stamp = f"{int(when.timestamp())} {when.strftime('%z') or '+0000'}"
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", email), ("DATE", stamp))
        }
        ours = self.beside(None, sign.settings if sign else (), **who, **(sign.environment if sign else {}))
        above = [part for parent in parents for part in ("-p", parent)]
        above += ["-S"] if sign else []
        text = message.encode("utf-8", "surrogateescape")
        return ours.run("commit-tree", tree, *above, "-F", "-", stdin=text).text.strip()

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether `newer` contains `older`; False also for a commit that isn't here."""
        return self.run("merge-base", "--is-ancestor", older, newer, check=False).code == 0

    def merge_tree_conflicts(self, base: str, head: str) -> tuple[str, ...]:
        """The paths that conflict when `head` is merged into `base`, none when it merges cleanly. Changes nothing."""
        done = self.run("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, head, check=False)
        if done.code == 0:
            return ()
        if done.code != 1:
            raise ToolFailed(f"{self.root}: git merge-tree failed: {said(done)}")
        return tuple(path for path in done.text.split("\0")[1:] if path)

    def changed_files(self, a: str, b: str) -> tuple[str, ...]:
        """The paths that differ between two commits or trees, sorted by git; a rename is two paths."""
        done = self.run("diff-tree", "-r", "-z", "--no-renames", "--name-only", "--end-of-options", a, b)
        return tuple(path for path in done.text.split("\0") if path)

    def entries(self, tree: str, under: str = "") -> tuple[Entry, ...]:
        """Every path of a commit or tree, in git's order; `under` limits them to a folder or to one file."""
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", tree, *(("--", under) if under else ())).text
        return parse_entries(listed)

    def sizes(self, shas: Sequence[str]) -> dict[str, int]:
        """The size in bytes of each blob that is here."""
        if not shas:
            return {}
        asked = "".join(f"{sha}\n" for sha in shas).encode()
        rows = self.run("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=asked).text.splitlines()
        pairs = (row.split(" ") for row in rows if not row.endswith(" missing"))
        return {sha: int(size) for sha, size in pairs}

    def each_blob(self, shas: Iterable[str], largest: int = LARGEST) -> Iterator[tuple[str, bytes]]:
        """The contents of these blobs, a `BATCH` a process; those missing or over `largest` are left out."""
        wanted: list[str] = []
        planned = 0
        for sha, size in self.sizes(list(dict.fromkeys(shas))).items():
            if size > largest:
                continue
            if wanted and planned + size > BATCH:
                yield from self._blobs(wanted, planned)
                wanted, planned = [], 0
            wanted.append(sha)
            planned += size + len(sha) + 32
        yield from self._blobs(wanted, planned)

    def blobs(self, shas: Iterable[str], largest: int = LARGEST) -> dict[str, bytes]:
        """As `each_blob`, all at once."""
        return dict(self.each_blob(shas, largest))

    def _blobs(self, shas: Sequence[str], limit: int) -> Iterator[tuple[str, bytes]]:
        if not shas:
            return
        out = self.run("cat-file", "--batch", stdin="".join(f"{sha}\n" for sha in shas).encode(), limit=limit).out
        at = 0
        for sha in shas:
            end = out.index(b"\n", at)
            start, size = end + 1, int(out[at:end].rsplit(b" ", 1)[-1])
            yield sha, out[start : start + size]
            at = start + size + 1

    def write_blobs(self, files: Sequence[Path]) -> list[str]:
        """Store these files as they are, whatever the attributes say; their ids, in order. No path has a newline."""
        if not files:
            return []
        asked = b"".join(os.fsencode(file.absolute()) + b"\n" for file in files)
        return self.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=asked).text.split()

    def write_blob(self, data: bytes) -> str:
        """Store these bytes; their id."""
        return self.run("hash-object", "-w", "--no-filters", "--stdin", stdin=data).text.strip()


def parse_entries(listed: str) -> tuple[Entry, ...]:
    """What `ls-tree -z` and `ls-files -s -z` print; of a path in conflict, the first side."""
    found: dict[str, Entry] = {}
    for row in listed.split("\0"):
        meta, _, path = row.partition("\t")
        fields = meta.split(" ")
        if path:
            found.setdefault(path, Entry(fields[0], fields[2] if fields[1] in TYPES else fields[1], path))
    return tuple(found.values())


def said(done: Finished) -> str:
    """What git said in its last lines, short enough for a message."""
    text = (done.err or done.out).decode("utf-8", "replace").strip()
    return " ".join(text.splitlines()[-3:])[-500:] or f"exit {done.code}"


def _verb(args: Sequence[str]) -> str:
    named = iter(args)
    for arg in named:
        if arg == "-c":
            next(named, None)
        else:
            return arg
    return ""

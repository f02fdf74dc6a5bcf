"""Is the committed third-party code what its publisher released, or has someone changed it here?

What does not count: readme.txt and readme.md (edited after a release; `wp plugin verify-checksums` skips them too),
core's readme.html, license.txt and wp-config-sample.php (deleted for tidiness, translated), and what a file manager
leaves behind. Files that only git's line-ending conversion changed are listed apart and block nothing. A published
file that is not committed because `.gitignore` names it (`vendor/`!) was left out by git, not by a person.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from maintainer.errors import Unreadable
from maintainer.model import Unpack
from maintainer.text.headers import headers
from maintainer.workspace.git import Entry, Git

SOFT = frozenset({"readme.txt", "readme.md"})
SOFT_CORE = frozenset({"readme.html", "license.txt", "wp-config-sample.php"})
JUNK = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
#: WordPress's own files at its root. `wp-config.php` is the site's, and `wp-content` is not core's business.
CORE_FOLDERS = ("wp-admin/", "wp-includes/")
CORE_FILE = re.compile(r"index\.php|license\.txt|readme\.html|xmlrpc\.php|wp-(?!config\.php$)[a-z0-9-]+\.php")
#: No file of a package is larger; a larger one counts as changed.
LARGEST = 200 * 1024 * 1024

DIGESTS: Mapping[int, Callable[[bytes], str]] = {
    32: lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    64: lambda data: hashlib.sha256(data).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the committed files differ from `against`; paths within the package, sorted."""

    against: str
    modified: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    line_endings: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    #: The published files, None where only history is known.
    published: frozenset[str] | None = None

    @property
    def differing(self) -> tuple[str, ...]:
        """What a person changed."""
        return tuple(sorted({*self.modified, *self.missing, *self.added}))


def owned(step: Unpack, path: str) -> bool:
    """Whether a path within `step.into` can be the package's at all."""
    return step.kind != "core" or path.startswith(CORE_FOLDERS) or CORE_FILE.fullmatch(path) is not None


def installed(git: Git, base: str, step: Unpack) -> dict[str, Entry]:
    """The committed files of what `step` replaces, by their path within the package."""
    if step.kind == "file":
        return {entry.path.rsplit("/", 1)[-1]: entry for entry in git.entries(base, step.into)}
    cut = len(step.into) + 1 if step.into else 0
    found = ((entry.path[cut:], entry) for entry in git.entries(base, step.into))
    return {path: entry for path, entry in found if owned(step, path)}


def with_checksums(
    git: Git, step: Unpack, files: Mapping[str, Entry], checksums: Mapping[str, frozenset[str]]
) -> Comparison:
    """Compare with published checksums, md5 or sha256 in hex."""
    published = {path: digests for path, digests in checksums.items() if wanted(step, path)}
    paths: dict[str, list[str]] = {}
    for path in published.keys() & files.keys():
        paths.setdefault(files[path].sha, []).append(path)
    same, endings = set(), set()
    for sha, data in git.each_blob(paths, LARGEST):
        for path in paths[sha]:
            if matches(data, published[path]):
                same.add(path)
            elif any(matches(other, published[path]) for other in _other_endings(data)):
                endings.add(path)
    return _compared(
        git, step, files, frozenset(published), same, endings, f"the published checksums of {step.installed}"
    )


def with_archive(git: Git, step: Unpack, files: Mapping[str, Entry], unpacked: Mapping[str, Path]) -> Comparison:
    """Compare with the unpacked archive of the same version: path within the package -> file."""
    theirs = dict(zip(unpacked, git.write_blobs(list(unpacked.values())), strict=True))
    return _with_blobs(git, step, files, theirs, f"the archive of {step.installed}")


def with_history(git: Git, base: str, step: Unpack, files: Mapping[str, Entry]) -> Comparison:
    """Compare with the commit that brought this version, which is all that is known of an unpublished one.

    Raises `errors.Unreadable` when history does not tell (a shallow clone).
    """
    commit = _introduced(git, base, step, files, step.installed)
    before = installed(git, commit, step)
    theirs = {path: entry.sha for path, entry in before.items()}
    return replace(
        _with_blobs(git, step, files, theirs, f"commit {commit[:10]}, which brought {step.installed}"), published=None
    )


def _with_blobs(
    git: Git, step: Unpack, files: Mapping[str, Entry], theirs: Mapping[str, str], against: str
) -> Comparison:
    both = {path: (entry.sha, theirs[path]) for path, entry in files.items() if path in theirs}
    same = {path for path, (mine, other) in both.items() if mine == other}
    blobs = git.blobs([sha for path, pair in both.items() if path not in same for sha in pair], LARGEST)
    endings = {
        path
        for path, (mine, other) in both.items()
        if path not in same and mine in blobs and other in blobs and _unix(blobs[mine]) == _unix(blobs[other])
    }
    return _compared(git, step, files, frozenset(theirs), same, endings, against)


def _compared(
    git: Git,
    step: Unpack,
    files: Mapping[str, Entry],
    published: frozenset[str],
    same: set[str],
    endings: set[str],
    against: str,
) -> Comparison:
    both = [path for path in sorted(published) if path in files and not soft(step, path)]
    missing = [path for path in sorted(published - files.keys()) if not soft(step, path)]
    ignored = _ignored(git, step, missing)
    return Comparison(
        against,
        modified=tuple(p for p in both if p not in same | endings or not files[p].is_file),
        missing=tuple(path for path in missing if path not in ignored),
        added=tuple(path for path in sorted(files.keys() - published) if _counts_as_added(step, path)),
        line_endings=tuple(p for p in both if p in endings and files[p].is_file),
        ignored=tuple(path for path in missing if path in ignored),
        published=published,
    )


def wanted(step: Unpack, path: str) -> bool:
    """Whether a published path belongs to what `step` replaces."""
    if step.kind == "file":
        return path == step.into.rsplit("/", 1)[-1]
    return owned(step, path)


def soft(step: Unpack, path: str) -> bool:
    """Whether a difference in this file means nothing."""
    return path.lower() in SOFT_CORE if step.kind == "core" else path.lower() in SOFT


def _counts_as_added(step: Unpack, path: str) -> bool:
    """At core's root unknown files are the site's own; in its folders, and in a package, someone put them there."""
    theirs = step.kind == "core" and "/" not in path
    return not (theirs or soft(step, path) or path.rsplit("/", 1)[-1].lower() in JUNK)


def _ignored(git: Git, step: Unpack, paths: list[str]) -> frozenset[str]:
    """Those of the paths that `.gitignore` kept out of git."""
    prefix = f"{step.into}/" if step.into else ""
    asked = "".join(f"{prefix}{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    if not asked or step.kind == "file":
        return frozenset()
    done = git.run("check-ignore", "--no-index", "-z", "--stdin", stdin=asked, check=False)
    return frozenset(path[len(prefix) :] for path in done.text.split("\0") if path)


def _introduced(git: Git, base: str, step: Unpack, files: Mapping[str, Entry], version: str) -> str:
    where, pattern = _stated(git, step, files, version)
    found = git.run(
        "--literal-pathspecs", "log", "-1", "--first-parent", "--diff-merges=first-parent", "--no-textconv",
        "--no-ext-diff", "--no-renames", "--no-patch", "--format=%H", f"-G{pattern}", base, "--", where,
    ).text.strip()  # fmt: skip
    shallow = git.is_shallow()
    if not found or (shallow and git.commit(f"{found}^") is None):
        raise Unreadable(
            f"{step.into or 'WordPress'}: nothing is published to compare {version} with, and history does not say "
            "which commit brought it" + (": fetch all of it (`fetch-depth: 0`)." if shallow else ": update it by hand.")
        )
    return found


def _stated(git: Git, step: Unpack, files: Mapping[str, Entry], version: str) -> tuple[str, str]:
    """The file that states the version, and a POSIX regular expression of the line that does."""
    exact = re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", version)
    if step.kind == "core" and "wp-includes/version.php" in files:
        return files["wp-includes/version.php"].path, f"wp_version[[:space:]]*=[[:space:]]*.{exact}."
    main = {path: entry for path, entry in files.items() if "/" not in path and _may_state(path) and entry.is_file}
    for sha, data in git.each_blob({entry.sha for entry in main.values()}):
        stated = headers(data.decode("utf-8", "surrogateescape"), "Version").get("Version")
        if stated and stated.value == version:
            return next(entry.path for entry in main.values() if entry.sha == sha), f"ersion:[[:space:]]*{exact}"
    raise Unreadable(f"{step.into}: no file says `Version: {version}` any more: plan again.")


def _may_state(path: str) -> bool:
    return path.endswith(".php") or path == "style.css"


def matches(data: bytes, digests: frozenset[str]) -> bool:
    """Whether `data` has one of the digests."""
    return any(len(digest) in DIGESTS and DIGESTS[len(digest)](data) == digest.lower() for digest in digests)


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _other_endings(data: bytes) -> tuple[bytes, bytes]:
    return _unix(data), _unix(data).replace(b"\n", b"\r\n")

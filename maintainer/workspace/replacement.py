"""Committed plugins, themes and core: replaced by an archive, once both are known to be what was published."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maintainer.errors import LocallyModified, NotFound, StaleEdit, ToolFailed, UnsafeArchive
from maintainer.model import Archive, Unpack
from maintainer.workspace import compare
from maintainer.workspace.archive import Entry as Packed
from maintainer.workspace.archive import check_digests, unpack
from maintainer.workspace.compare import Comparison
from maintainer.workspace.git import Entry
from maintainer.workspace.worktree import Worktree

#: Of a package and a version: the downloaded archive; None (or `errors.NotFound`) when none is published.
Archives = Callable[[Unpack, str], tuple[Path, Archive] | None]
#: Of a package and a version: path within the package -> hex digests (md5, sha256); None as above.
Checksums = Callable[[Unpack, str], Mapping[str, frozenset[str]] | None]


@dataclass(frozen=True, slots=True)
class _New:
    """The files of an unpacked archive: path within the package -> the file, and what the archive says of it."""

    files: Mapping[str, tuple[Path, Packed]]
    digests: tuple[str, ...]


def replacement(tree: Worktree, step: Unpack, archives: Archives, checksums: Checksums) -> list[str]:
    """Replace the code of `step` in the tree's index; sentences on what was compared with what.

    Afterwards the package equals the archive, whatever `.gitignore` or `.gitattributes` say.
    """
    if step.into.startswith("/") or posixpath.normpath(step.into or ".") != (step.into or ".") or step.into[:2] == "..":
        raise StaleEdit(f"{step.into!r} is no folder of the repository.")
    files = compare.installed(tree.git, tree.base, step)
    if not files:
        raise StaleEdit(f"{_where(step)}: nothing is committed there any more: plan again.")
    compared = _compared(tree, step, files, archives, checksums)
    _refuse_changes(step, compared)
    new = _unpacked(tree, step, step.release.version, archives)
    if new is None:
        raise NotFound(f"{_where(step)}: no archive of {step.release.version} is published: update it by hand.")
    proof = _proof(step, new, checksums)
    _put(tree, step, files, compared, new)
    return [*_sentences(step, compared), f"{_where(step)}: the archive of {step.release.version} {proof}."]


def _compared(
    tree: Worktree, step: Unpack, files: Mapping[str, Entry], archives: Archives, checksums: Checksums
) -> Comparison:
    """By the best evidence there is: published checksums, else that version's archive, else the history here."""
    published = _published(step, step.installed, checksums)
    if published:
        return compare.with_checksums(tree.git, step, files, published)
    old = _unpacked(tree, step, step.installed, archives)
    if old:
        return compare.with_archive(tree.git, step, files, {path: file for path, (file, _) in old.files.items()})
    return compare.with_history(tree.git, tree.base, step, files)


def _published(step: Unpack, version: str, checksums: Checksums) -> Mapping[str, frozenset[str]] | None:
    try:
        return checksums(step, version)
    except NotFound:
        return None


def _unpacked(tree: Worktree, step: Unpack, version: str, archives: Archives) -> _New | None:
    try:
        fetched = archives(step, version)
    except NotFound:
        return None
    if fetched is None:
        return None
    path, archive = fetched
    digests = check_digests(path, archive.digests)
    folder = tree.mine / f"archive-{len(list(tree.mine.iterdir()))}"
    packed = unpack(path, folder, folder=archive.folder)
    return _New(_of_package(step, {entry.path: (folder / entry.path, entry) for entry in packed}), digests)


def _of_package(step: Unpack, files: Mapping[str, tuple[Path, Packed]]) -> Mapping[str, tuple[Path, Packed]]:
    """The archive's files that belong where `step` puts them."""
    if step.kind == "file":
        name = posixpath.basename(step.into)
        found = [path for path in sorted(files, key=lambda path: path.count("/")) if posixpath.basename(path) == name]
        return {name: files[found[0]]} if found else {}
    if step.kind == "core":
        return {path: file for path, file in files.items() if _core(path)}
    return files


def _core(path: str) -> bool:
    """Whether core's archive brings this for core itself: `wp-content` is the site's; the unheard of is refused."""
    if path.startswith("wp-content/"):
        return False
    if not (path.startswith(compare.CORE_FOLDERS) or compare.CORE_FILE.fullmatch(path)):
        raise UnsafeArchive(f"The archive of WordPress holds {path!r}, which is no file of WordPress.")
    return True


def _refuse_changes(step: Unpack, compared: Comparison) -> None:
    if not (differing := compared.differing):
        return
    shown = ", ".join(differing[:5]) + (" …" if len(differing) > 5 else "")
    verb = "1 file differs" if len(differing) == 1 else f"{len(differing)} files differ"
    raise LocallyModified(
        f"{_where(step)}: {verb} from {compared.against} ({shown}): someone changed the code here, and an update would "
        "lose that. Move the changes elsewhere and restore the files, or update it by hand.",
        tuple(_path(step, path) for path in differing),
    )


def _proof(step: Unpack, new: _New, checksums: Checksums) -> str:
    """How the new archive is known to be the published one. Raises `errors.UnsafeArchive` when it is another."""
    published = _published(step, step.release.version, checksums)
    if not published:
        by = ", ".join(new.digests)
        return f"has the published {by}" if by else "could not be verified: nothing is published to verify it with"
    wanted = {path for path in published if compare.wanted(step, path) and not compare.soft(step, path)}
    brought = {path for path in new.files if not compare.soft(step, path)}
    wrong = wanted ^ brought
    for path in wanted & brought:
        if not compare.matches(new.files[path][0].read_bytes(), published[path]):
            wrong.add(path)
    if wrong:
        raise UnsafeArchive(
            f"{_where(step)}: the archive of {step.release.version} does not match its published checksums "
            f"({', '.join(sorted(wrong)[:5])}): nothing was taken from it. Try again later, or ask its publisher."
        )
    return "matches its published checksums"


def _put(tree: Worktree, step: Unpack, files: Mapping[str, Entry], compared: Comparison, new: _New) -> None:
    if not new.files:
        raise UnsafeArchive(f"{_where(step)}: the archive of {step.release.version} holds no code for it.")
    if step.kind == "core":
        taken = sorted(new.files.keys() & files.keys() - (compared.published or files.keys()))
        if taken:
            raise LocallyModified(
                f"WordPress {step.release.version} brings {', '.join(taken)}, and the site has files of that name.",
                tuple(_path(step, path) for path in taken),
            )
    shas = tree.git.write_blobs([file for file, _ in new.files.values()])
    entries = [
        Entry("100755" if packed.executable else "100644", sha, _path(step, path))
        for sha, (path, (_, packed)) in zip(shas, new.files.items(), strict=True)
    ]
    gone = [entry.path for path, entry in files.items() if path not in new.files and _removable(step, path, compared)]
    tree.put(entries, gone)
    index = tree.index()
    if lost := [entry.path for entry in entries if index.get(entry.path) != entry]:
        raise ToolFailed(f"git did not take {lost[0]!r} as the archive of {_where(step)} has it.")


def _removable(step: Unpack, path: str, compared: Comparison) -> bool:
    """A file the new version lacks goes, when it was the old version's: all of a package is, of core what is known."""
    if step.kind != "core":
        return True
    return path in compared.published if compared.published is not None else path.startswith(compare.CORE_FOLDERS)


def _sentences(step: Unpack, compared: Comparison) -> Sequence[str]:
    said = [f"{_where(step)}: the committed {step.installed} matches {compared.against}."]
    if compared.line_endings:
        said.append(f"{_where(step)}: {len(compared.line_endings)} of its files differ in line endings only.")
    if compared.ignored:
        said.append(
            f"{_where(step)}: {len(compared.ignored)} of its files were never committed, because .gitignore names "
            "them; those of the new version are."
        )
    return said


def _where(step: Unpack) -> str:
    return step.into or "WordPress"


def _path(step: Unpack, path: str) -> str:
    if step.kind == "file":
        return step.into
    return f"{step.into}/{path}" if step.into else path

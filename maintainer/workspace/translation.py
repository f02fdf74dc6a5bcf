"""Committed language packs: replaced by those of the version their package moves to."""

from dataclasses import dataclass
from pathlib import Path

from maintainer.errors import UnsafeArchive
from maintainer.text import language_pack
from maintainer.workspace.archive import unpack
from maintainer.workspace.git import Entry
from maintainer.workspace.worktree import Worktree


@dataclass(frozen=True, slots=True)
class Pack:
    """A language pack to put in the place of the committed one: of a package, in one locale (`pl_PL`).

    `package` is the slug of a plugin or theme, empty for WordPress itself; `version` is the one it translates; `url` is
    its archive's and `into` the folder it lies in.
    """

    package: str
    locale: str
    version: str
    url: str
    into: str


def translation(tree: Worktree, pack: Pack, archive: Path) -> str:
    """Replace the pack in the tree's index; a sentence on what was done.

    Raises `errors.UnsafeArchive` for an archive that holds anything but the pack's own files, or nothing.
    """
    folder = tree.mine / f"pack-{len(list(tree.mine.iterdir()))}"
    packed = unpack(archive, folder, folder="")
    title = f"the {pack.locale} translation of {pack.package or 'WordPress'} {pack.version}"
    strange = [entry.path for entry in packed if language_pack.locale(pack.package, entry.path) != pack.locale]
    if strange or not packed:
        holds = f"holds {strange[0]!r}, which is none of its files" if strange else "is empty"
        raise UnsafeArchive(f"The archive of {title} {holds}: nothing was taken from it.")
    shas = tree.git.write_blobs([folder / entry.path for entry in packed])
    entries = [Entry("100644", sha, f"{pack.into}/{entry.path}") for sha, entry in zip(shas, packed, strict=True)]
    kept = {entry.path for entry in entries}
    gone = [entry.path for entry in tree.git.entries(tree.base, pack.into) if _ours(pack, entry.path)]
    tree.put(entries, [path for path in gone if path not in kept])
    return f"{pack.into}: {title} is the one wordpress.org publishes."


def _ours(pack: Pack, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == pack.into and language_pack.locale(pack.package, name) == pack.locale

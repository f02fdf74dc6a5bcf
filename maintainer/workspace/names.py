"""Names in archives from outside: which mean the same file on every system, and only inside their folder."""

import re
import unicodedata

from maintainer.errors import UnsafeArchive

DRIVE = re.compile(r"[A-Za-z]:")
#: Characters that HFS+ leaves out of names, so that `.g<U+200C>it` is `.git` there (git refuses the same ones).
IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
SHORT_GIT = re.compile(r"git~\d+")
LONGEST = 2048
LONGEST_PART = 255


def safe_path(name: str, archive: str) -> str:
    """`name` when it is a relative path that stays in its folder on every system, else `errors.UnsafeArchive`."""
    shown = f"{archive}: {name[:200]!r}"
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        raise UnsafeArchive(f"{shown} has control characters in its name.")
    if "\\" in name:
        raise UnsafeArchive(f"{shown} has a backslash in its name.")
    if name.startswith("/") or DRIVE.match(name):
        raise UnsafeArchive(f"{shown} is an absolute path.")
    parts = name.split("/")
    if len(name.encode()) > LONGEST or any(len(part.encode()) > LONGEST_PART for part in parts):
        raise UnsafeArchive(f"{shown} is too long a name.")
    for part in parts:
        if part in ("", ".", ".."):
            raise UnsafeArchive(f"{shown} leaves its folder.")
        plain = IGNORED.sub("", part).split(":", 1)[0].rstrip(" .").casefold()
        if plain == ".git" or SHORT_GIT.fullmatch(plain) or DRIVE.match(part):
            raise UnsafeArchive(f"{shown} would write to git's own folder or to a drive.")
    return name


class Names:
    """The names an archive has used, as a file system without case or with normalised names sees them."""

    def __init__(self, archive: str) -> None:
        self.archive = archive
        self.taken: dict[str, tuple[str, bool]] = {}

    def claim(self, path: str, is_folder: bool) -> None:
        """Take a name and those of the folders above it; `errors.UnsafeArchive` when it is another one's already."""
        parts = path.split("/")
        for end in range(1, len(parts)):
            self._claim("/".join(parts[:end]), True)
        self._claim(path, is_folder)

    def _claim(self, path: str, is_folder: bool) -> None:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
        before = self.taken.get(folded)
        if before is None:
            self.taken[folded] = (path, is_folder)
        elif not is_folder or before != (path, True):
            raise UnsafeArchive(f"{self.archive}: {path!r} and {before[0]!r} are one name on some systems.")

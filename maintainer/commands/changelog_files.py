"""The changelogs of a checkout: which there are, read and written within it."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from maintainer.config.release import Changelog, Release
from maintainer.errors import ConfigurationError, StaleEdit
from maintainer.policy.release_version import Rule
from maintainer.workspace.checkout import Checkout, decode, encode


@dataclass(frozen=True, slots=True)
class Package:
    """What has a changelog: `path` is its folder, empty for the whole repository; `file` is from the root."""

    name: str
    path: str
    file: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class File:
    """A changelog at `path`, from the root; `data` is None where there is none yet."""

    checkout: Checkout
    path: str
    data: bytes | None

    @property
    def text(self) -> str:
        return decode(self.data, self.path) if self.data is not None else ""

    def write(self, text: str) -> None:
        """All of it at once. Raises `errors.StaleEdit` where someone else changed it since it was read."""
        if open_file(self.checkout, self.path).data != self.data:
            raise StaleEdit(f"{self.path} was changed while it was read: run again.")
        place = self.checkout.root / self.path
        unfinished = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as opened:  # noqa: PTH123
                opened.write(encode(text))
            if self.data is not None:
                unfinished.chmod(stat.S_IMODE(place.stat().st_mode))
            unfinished.replace(place)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def open_file(checkout: Checkout, path: str) -> File:
    """Raises `errors.ConfigurationError` for a place outside the checkout, and for a folder that isn't there."""
    place = checkout.root / path
    folder = place.parent
    if ".." in Path(path).parts or folder.resolve() != Path(os.path.normpath(folder)):
        raise ConfigurationError(f"{path} is not inside the checkout: a folder above it is a link. Name another file.")
    if not folder.is_dir():
        raise ConfigurationError(f"{path}: there is no folder {folder.name}. Make it, or name another file.")
    if place.is_symlink() or (place.exists() and not place.is_file()):
        raise ConfigurationError(f"{path} is no regular file: name the file that it stands for.")
    return File(checkout, path, checkout.read(path) if place.exists() else None)


def packages(changelog: Changelog, release: Release) -> tuple[Package, ...]:
    """The repository itself, then its packages."""
    known = [Package("", "", changelog.file, release.rule)]
    for one in changelog.packages:
        rule = Rule(release.version, one.tag or f"{one.name}@{{version}}")
        known.append(Package(one.name, one.path, one.file or f"{one.path}/CHANGELOG.md", rule))
    return tuple(known)

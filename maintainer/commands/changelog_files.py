"""The changelogs of a checkout: which there are, read and written within it."""

import os
import posixpath
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
        unfinished = place.with_name(f".{secrets.token_hex(16)}")
        try:
            with unfinished.open("xb") as opened:
                opened.write(encode(text))
            if self.data is not None:
                unfinished.chmod(stat.S_IMODE(place.stat().st_mode))
            unfinished.replace(place)
        except BaseException as error:
            unfinished.unlink(missing_ok=True)
            if isinstance(error, OSError):  # which names the unfinished file
                raise OSError(error.errno, error.strerror, str(place)) from None
            raise


def open_file(checkout: Checkout, path: str) -> File:
    """Raises `errors.ConfigurationError` for a place outside the checkout, and for a folder that isn't there."""
    place = folder(checkout, posixpath.dirname(path)) / posixpath.basename(path)
    try:
        is_file = stat.S_ISREG(place.lstat().st_mode)
    except FileNotFoundError:
        return File(checkout, path, None)
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}. Name another file.") from None
    if not is_file:
        raise ConfigurationError(f"{path} is no regular file: name the file that it stands for.")
    return File(checkout, path, checkout.read(path))


def folder(checkout: Checkout, path: str) -> Path:
    """A folder of the checkout; its root for an empty path. Raises `errors.ConfigurationError` for any other place."""
    place = checkout.root / path
    if ".." in Path(path).parts or Path(os.path.realpath(place)) != Path(os.path.realpath(checkout.root), path):
        raise ConfigurationError(f"{path} is not inside the checkout: it is a link, or below one. Name another folder.")
    if not os.path.isdir(place):  # noqa: PTH112 - a name that is too long is none either
        raise ConfigurationError(f"There is no folder {path}. Make it, or name another.")
    return place


def packages(changelog: Changelog, release: Release) -> tuple[Package, ...]:
    """The repository itself, then its packages."""
    known = [Package("", "", changelog.file, release.rule)]
    for one in changelog.packages:
        rule = Rule(release.version, one.tag or f"{one.name}@{{version}}")
        known.append(Package(one.name, one.path, one.file or f"{one.path}/CHANGELOG.md", rule))
    return tuple(known)

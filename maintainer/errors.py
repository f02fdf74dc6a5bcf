"""The ways a run can end badly, each with its exit code.

A message says what went wrong, where, and what to do next. Exceptions never print; `cli.py` does.
"""

import errno
from typing import Any, ClassVar

#: Of several codes, the first of these is the run's (architecture.md, "Stable seams").
PRECEDENCE = (70, 2, 5, 4, 1, 3, 0)

#: What a full, broken or forbidden disk answers; any other OSError that escapes is our mistake.
THE_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.EBADF})


class MaintainerError(Exception):
    """Something a person has to know about; `exit_code` tells machines which kind."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class PolicyRefusal(MaintainerError):
    """Policy or a budget says no; a gate is closed."""

    exit_code = 1


class ConfigurationError(MaintainerError):
    """What the user configured can't be read or used."""

    exit_code = 2


class OutsideError(MaintainerError):
    """The outside world failed: a registry, a forge or a tool."""

    exit_code = 3


class Unreachable(OutsideError):
    """A host refuses, doesn't resolve, or doesn't answer in time."""


class NotFound(OutsideError):
    """The host answered, and knows nothing of what was asked (404, 410). `answer` is its `http.Answer`, if any."""

    def __init__(self, message: str, answer: Any = None) -> None:
        super().__init__(message)
        self.answer = answer


class AccessDenied(OutsideError):
    """The host wants credentials, or other ones (401, 403). `answer` is its `http.Answer`, if any."""

    def __init__(self, message: str, answer: Any = None) -> None:
        super().__init__(message)
        self.answer = answer


class BadAnswer(OutsideError):
    """The host answered something that is not what it documents."""


class ToolFailed(OutsideError):
    """A program is missing, failed, hung, or printed what can't be read."""


class Unreadable(OutsideError):
    """A tracked file can't be understood: malformed, mis-encoded or too large."""


class InvalidVersion(OutsideError):
    """A text that is no version in its scheme."""


class InvalidConstraint(OutsideError):
    """A text that is no constraint in its scheme."""


class StaleEdit(MaintainerError):
    """The file no longer says what the edit was made for, or someone else's change is in the way."""

    exit_code = 4


class LocallyModified(MaintainerError):
    """Committed third-party code that someone changed here; `files` are the paths that differ, from the root."""

    exit_code = 4

    def __init__(self, message: str, files: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.files = files


class UnsafeArchive(MaintainerError):
    """An archive that would write outside its folder, through links, or without bound."""

    exit_code = 5


def worst(codes: set[int]) -> int:
    """The exit code of a run in which all of `codes` occurred."""
    return next((code for code in PRECEDENCE if code in codes), 0 if not codes else 70)

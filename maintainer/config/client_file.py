"""Reads of other programs' configuration files. No message quotes them: they hold secrets."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maintainer.errors import ConfigurationError

LARGEST = 1024 * 1024


def read(path: Path) -> str | None:
    """The file's text, None when there is none. Raises `errors.ConfigurationError`."""
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > LARGEST:
            raise ConfigurationError(f"{path} is larger than 1 MiB, which no such file is. Check what it is.")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}. Check its permissions.") from None


def read_json(text: str, where: str) -> Mapping[str, Any]:
    """A JSON object. Raises `errors.ConfigurationError`, which names the line."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{where}, line {error.lineno}: this is no JSON. Correct it.") from None
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{where} is no JSON that can be read. Correct it.") from None
    return table(found, where)


def table(value: object, where: str) -> Mapping[str, Any]:
    """The value, which must be an object. Raises `errors.ConfigurationError`."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where} must be an object (a mapping of names to values).")
    return value


def text(value: object, where: str) -> str:
    """The value, which must be a string on one line. Raises `errors.ConfigurationError`."""
    if not isinstance(value, str) or not value.isprintable():
        raise ConfigurationError(f"{where} must be a string on one line.")
    return value

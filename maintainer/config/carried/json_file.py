"""A configuration in JSON or JSON5, bounded: a map of plain values, or one sentence that says why not."""

import json
from typing import Any

import json5

from maintainer.errors import ConfigurationError

#: Plain JSON is read fast; the reader of JSON5 takes seconds for more than this.
MAX_JSON = 1024 * 1024
MAX_JSON5 = 64 * 1024
MAX_VALUES = 10_000
MAX_DEPTH = 20


def read(text: str, file: str) -> dict[str, Any]:
    """The map a file holds; raises ConfigurationError."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_JSON:
        raise ConfigurationError(f"{file}: is larger than 1 MiB, which no configuration is.")
    value = _parsed(text, file)
    if not isinstance(value, dict):
        raise ConfigurationError(f"{file}: holds no map of options, which begins with {{.")
    _measure(value, file)
    return value


def _parsed(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ConfigurationError(f"{file}: is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        # A digit too many for a number is an error of JSON5 as well.
        wrong = error
    if len(text) > MAX_JSON5:
        raise ConfigurationError(f"{file}: is no JSON{_place(wrong)}, and too large to be read as JSON5 (64 KiB).")
    try:
        return json5.loads(text)
    except RecursionError:
        raise ConfigurationError(f"{file}: is nested deeper than {MAX_DEPTH} levels.") from None
    except (ValueError, OverflowError) as error:
        raise ConfigurationError(f"{file}: is neither JSON nor JSON5{_place(wrong, error)}.") from None


def _place(plain: ValueError, json5_error: Exception | None = None) -> str:
    """Where it goes wrong. The reader of JSON5 says `<string>:3 Unexpected ...`."""
    said = str(json5_error).partition(" ")[0].removeprefix("<string>:") if json5_error else ""
    line = int(said) if said.isdecimal() and len(said) < 8 else getattr(plain, "lineno", 0)
    return f" (line {line})" if line else ""


def _measure(value: Any, file: str) -> None:
    """Refuse what is too deep or too much to be looked at."""
    seen, level = 0, [value]
    for _ in range(MAX_DEPTH):
        seen += len(level)
        if seen > MAX_VALUES:
            raise ConfigurationError(f"{file}: holds more than {MAX_VALUES} values, which no configuration does.")
        level = [child for one in level for child in _children(one)]
        if not level:
            return
    raise ConfigurationError(f"{file}: is nested deeper than {MAX_DEPTH} levels.")


def _children(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []

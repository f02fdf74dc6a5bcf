"""What a tool says, fit to be quoted: without the secrets of its environment, of its URLs, or of the user's files."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

SECRET_NAME = re.compile(r"token|auth|passw|passphrase|secret|key|credential|cookie|license", re.IGNORECASE)
PATTERNS = (
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://)[^/\s@'\"]+@", re.IGNORECASE), r"\1***@"),
    (
        re.compile(
            r"([?&][^=&?\s]{0,60}?(?:token|key|auth|sig|secret|passw|license)[^=&?\s]{0,60}=)[^&\s'\"]+", re.IGNORECASE
        ),
        r"\1***",
    ),
    (re.compile(r"(_authToken|_auth|_password|password)(\s*[=:]\s*)\S+", re.IGNORECASE), r"\1\2***"),
    (re.compile(r"\b(Bearer|Basic|token)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
)
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: Shorter values are words (`true`, `npm`), and masking them would hide what the tool said.
SHORTEST = 5
LINES = 8
LENGTH = 900


def secrets(environment: Mapping[str, str], files: Iterable[Path]) -> tuple[str, ...]:
    """Values that must not be shown: of variables whose name says so, and of the user's credential files."""
    found = set()
    for name, value in environment.items():
        if SECRET_NAME.search(name):
            found |= {value, *_strings(value)}
    for file in files:
        with suppress(OSError):
            text = file.read_bytes()[:1_000_000].decode("utf-8", "replace")
            found |= set(_strings(text))
            found |= {value.strip("\"'") for value in re.findall(r"(?:_authToken|_auth|_password)\s*=\s*(\S+)", text)}
            found |= set(re.findall(r"\bpassword\s+(\S+)", text))
    kept = {value for value in found if len(value) >= SHORTEST}
    return tuple(sorted({*kept, *(quote(value, safe="") for value in kept)}, key=lambda value: (-len(value), value)))


def quotable(output: bytes, hidden: Iterable[str]) -> str:
    """The last lines of a tool's output on one line, its secrets as `***`."""
    text = CONTROL.sub("", output[-64 * 1024 :].decode("utf-8", "replace").replace("\r", "\n"))
    for value in hidden:
        text = text.replace(value, "***")
    for pattern, masked in PATTERNS:
        text = pattern.sub(masked, text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-LINES:])[-LENGTH:]


def _strings(text: str) -> Iterator[str]:
    """The strings of a JSON document, none of anything else."""
    waiting = []
    with suppress(ValueError, RecursionError):
        waiting.append(json.loads(text))
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)

"""Playwright's trace, without what nobody may read: values of secrets, and cookies and credentials of every request.

A trace is a zip of JSON lines and of what was loaded: https://playwright.dev/python/docs/trace-viewer
"""

import base64
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, quote_plus

MASK = b"***"
#: Headers whose values are credentials.
HEADERS = re.compile(
    rb'("name":\s?"(?:authorization|cookie|set-cookie|proxy-authorization|x-wp-nonce|x-csrftoken|nonce)","value":\s?")'
    rb'(?:[^"\\]|\\.)*(")',
    re.IGNORECASE,
)
COOKIES = re.compile(rb'("cookies":\s?)\[[^\]]*\]')
#: A shorter value is a word, and masking it would garble what it stands in.
SHORTEST = 4


def mask(path: Path, secrets: Sequence[str]) -> None:
    """Write the trace anew without them. One that can't be read is deleted: what is in it is not known."""
    spellings = [one for secret in secrets for one in _spelled(secret)]
    made = path.with_suffix(".masked")
    try:
        with zipfile.ZipFile(path) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as masked:
            for name in given.namelist():
                masked.writestr(name, _masked(given.read(name), spellings))
        made.replace(path)
    except (OSError, zipfile.BadZipFile, EOFError):
        path.unlink(missing_ok=True)
        made.unlink(missing_ok=True)


def _masked(text: bytes, spellings: Sequence[bytes]) -> bytes:
    for one in spellings:
        text = text.replace(one, MASK)
    return COOKIES.sub(rb"\1[]", HEADERS.sub(rb"\1***\2", text)) if text[:1] == b"{" else text


def _spelled(secret: str) -> list[bytes]:
    """A secret as it may stand in JSON, in a form, in a header."""
    if len(secret) < SHORTEST:
        return []
    plain = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}
    encoded = base64.b64encode(secret.encode()).decode()
    return sorted((one.encode() for one in {*plain, encoded}), key=len, reverse=True)

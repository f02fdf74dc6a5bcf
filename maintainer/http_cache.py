"""Answers kept on disk between runs, for conditional requests (RFC 9111, loosely).

One file an answer, named by a keyed hash of the URL and all request headers: what was answered to one credential is
never found by another, and no name or content tells a URL or a token.
"""

import contextlib
import hmac
import json
import os
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: Seconds an answer is used without asking again, at most, whatever its max-age: releases should not be missed.
LONGEST_FRESH = 600

#: What is kept of an answer's headers.
KEPT = ("content-type", "content-encoding", "etag", "last-modified", "link")

#: Prune after so many new files.
PRUNE_EVERY = 500

MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it came: `body` may still be compressed. `until` is the epoch second up to which it is fresh."""

    until: float
    headers: Mapping[str, str]
    body: bytes

    def fresh(self, now: float) -> bool:
        return now < self.until <= now + LONGEST_FRESH

    def lives_on(self, headers: Mapping[str, str]) -> bool:
        """Whether a 304's headers make it worth writing anew: it is fresh a while, or known by another tag."""
        return "max-age" in headers.get("cache-control", "") or headers.get("etag") != self.headers.get("etag")

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the answer only if it changed."""
        known = (("if-none-match", self.headers.get("etag")), ("if-modified-since", self.headers.get("last-modified")))
        return {name: value for name, value in known if value}


class Cache:
    """A folder of answers, at most about `limit` bytes. Whatever is wrong with the folder, a run goes on without it."""

    def __init__(self, folder: Path, limit: int = 512 * 1024 * 1024) -> None:
        self.folder = folder / "http-1"
        self.limit = limit
        self._stored = 0
        self._secret = self._read_secret()
        #: The folders there are: in a new cache nothing is looked for.
        self._folders = self._read_folders()

    def key(self, url: str, headers: Mapping[str, str]) -> str:
        asked = "\n".join([url, *(f"{name}:{headers[name]}" for name in sorted(headers))])
        return hmac.digest(self._secret, asked.encode("utf-8", "surrogateescape"), "sha256").hex()

    def find(self, key: str) -> Entry | None:
        """The entry of this key, None when there is none or it is damaged."""
        if key[:2] not in self._folders:
            return None
        try:
            head, _, body = self._path(key).read_bytes().partition(b"\n")
            stated = json.loads(head)
            headers = {str(name): str(value) for name, value in stated["headers"].items()}
            if stated["check"] != zlib.crc32(body):
                return None
            return Entry(float(stated["until"]), headers, body)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def store(self, key: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Keep an answer that its host lets us keep, and that can be asked for by condition or is fresh a while."""
        control = headers.get("cache-control", "").lower()
        age = MAX_AGE.search(control)
        fresh = 0 if "no-cache" in control else min(int(age[1]), LONGEST_FRESH) if age else 0
        if "no-store" in control or headers.get("vary") == "*":
            return
        if not (fresh or "etag" in headers or "last-modified" in headers):
            return
        kept = {name: headers[name] for name in KEPT if name in headers}
        head = json.dumps({"until": now + fresh, "headers": kept, "check": zlib.crc32(body)}).encode()
        path = self._path(key)
        with contextlib.suppress(OSError):
            _write(path, head + b"\n" + body)
            self._folders.add(key[:2])
        self._stored += 1
        if self._stored % PRUNE_EVERY == 1:
            self._prune()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def _read_secret(self) -> bytes:
        path = self.folder / "key"
        with contextlib.suppress(OSError):
            secret = path.read_bytes()
            if len(secret) == 32:
                return secret
        secret = secrets.token_bytes(32)
        with contextlib.suppress(OSError):
            _write(path, secret)
        return secret

    def _read_folders(self) -> set[str]:
        with contextlib.suppress(OSError):
            return {path.name for path in self.folder.iterdir()}
        return set()

    def _prune(self) -> None:
        """Remove the answers that were kept longest ago until half of the limit is free again."""
        with contextlib.suppress(OSError):
            found = [(path.stat(), path) for path in self.folder.glob("??/*")]
            total = sum(state.st_size for state, _ in found)
            if total <= self.limit:
                return
            for state, path in sorted(found, key=lambda pair: pair[0].st_mtime):
                path.unlink(missing_ok=True)
                total -= state.st_size
                if total <= self.limit // 2:
                    return


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, readable by this user alone."""
    if not path.parent.is_dir():
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise

"""Copies of feeds that were read, for while their hosts don't answer."""

import contextlib
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from maintainer.policy.wall_clock import Duration
from maintainer.policy.wording import in_words


@dataclass(frozen=True, slots=True)
class Copies:
    """One file a feed, named by a hash of its address, which may be secret, and readable by this user alone."""

    folder: Path

    def keep(self, address: str, data: bytes, now: datetime) -> None:
        """Whatever is wrong with the folder, a run goes on without a copy."""
        head = json.dumps({"schema": 1, "fetched": now.isoformat(), "sha256": hashlib.sha256(data).hexdigest()})
        path = self._path(address)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(head.encode() + b"\n" + data)
            unfinished.replace(path)

    def find(self, address: str, now: datetime, max_age: Duration) -> tuple[datetime, bytes]:
        """When it was fetched, and what was. Raises ValueError with why there is none that counts."""
        try:
            head, _, data = self._path(address).read_bytes().partition(b"\n")
        except OSError:
            raise ValueError("no copy of it is kept") from None
        try:
            stated = json.loads(head)
            fetched = datetime.fromisoformat(stated["fetched"])
            if stated["schema"] != 1 or stated["sha256"] != hashlib.sha256(data).hexdigest() or not fetched.tzinfo:
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ValueError("its copy is damaged") from None
        if fetched > now:
            raise ValueError(f"its copy is from {in_words(fetched - now)} ahead, so a clock is wrong") from None
        if now - fetched > max_age.delta:
            raise ValueError(f"its copy is {in_words(now - fetched)} old, and max_age is {max_age}") from None
        return fetched, data

    def _path(self, address: str) -> Path:
        return self.folder / hashlib.sha256(b"calendar\0" + address.encode("utf-8", "replace")).hexdigest()

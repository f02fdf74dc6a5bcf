"""A line of history: what was measured or done at a site, as one JSON object a line (https://jsonlines.org).

    {"schema":1,"at":"2026-11-21T08:00:00+00:00","site":"shop","kind":"run","head":"…","proposal":null,"data":{…}}

Keys are sorted and nothing is spaced, so that the same event is the same bytes whoever writes it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: The form that is written, and the newest that is read.
SCHEMA = 1
#: Bytes of a line at most, without its end. What is larger is an artifact's, and its address belongs here.
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `at` is aware, `head` a commit, `proposal` its number on the forge.

    `kind` says what `data` holds (docs/history.md). `data` is JSON, and never holds a secret.
    """

    at: datetime
    site: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    head: str = ""
    proposal: int | None = None


def line(event: Event) -> bytes:
    """The event's line, without a newline. Raises ValueError for one that is too long or no JSON."""
    fields = {
        "schema": SCHEMA,
        "at": event.at.astimezone(UTC).isoformat(),
        "site": event.site,
        "kind": event.kind,
        "head": event.head,
        "proposal": event.proposal,
        "data": event.data,
    }
    made = json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
    if len(made) > LONGEST:
        raise ValueError(f"An event of kind {event.kind} has {len(made)} bytes, {LONGEST} is the most.")
    return made


def read(text: bytes) -> Event:
    """The event of a line. Raises ValueError with what is wrong with it."""
    if len(text) > LONGEST:
        raise ValueError("is too long")
    try:
        fields = json.loads(text)
    except RecursionError:
        raise ValueError("is nested absurdly") from None
    except ValueError:
        raise ValueError("is no JSON") from None
    return _event(fields)


def lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that hold something, with their numbers from 1."""
    return ((number, text) for number, text in enumerate(data.split(b"\n"), 1) if text.strip())


def _event(fields: object) -> Event:
    if not isinstance(fields, dict):
        raise ValueError("is no JSON object")
    schema = fields.get("schema")
    if schema != SCHEMA:
        newer = isinstance(schema, int) and schema > SCHEMA
        raise ValueError(f"has the schema {schema}, which a newer release writes" if newer else "has no known schema")
    site, kind, head, data = (fields.get(name) for name in ("site", "kind", "head", "data"))
    if not (isinstance(site, str) and isinstance(kind, str) and isinstance(head, str) and isinstance(data, dict)):
        raise ValueError("lacks one of site, kind, head and data")
    proposal = fields.get("proposal")
    if proposal is not None and type(proposal) is not int:
        raise ValueError("has a proposal that is no number")
    return Event(_moment(fields.get("at")), site, kind, data, head, proposal)


def _moment(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError("has no time with an offset")
    return at


def joined(before: bytes, added: Iterable[bytes]) -> bytes:
    """A file with more lines; what stands there stays byte for byte, and a cut last line gets its end."""
    end = b"" if not before or before.endswith(b"\n") else b"\n"
    return before + end + b"".join(text + b"\n" for text in added)

"""What an integration answered, beside what it should: its status, its form, and what is counted in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from maintainer.checks.integrations_document import Csv, Xml, counted, date, each, read_csv, read_json, read_xml
from maintainer.evidence import Blind, Evidence, Looked, Measurement, Observation, Side, Unit
from maintainer.http_visit import Asking, Seen

NAME = "integrations"
#: Feeds of all products are this large at most.
LIMIT = 64 * 1024 * 1024
INSTALL = "Install it: pip install 'maintainer[verify]'"
UNITS: dict[str, Unit] = {"fresh": "s", "items": "count", "queue": "count"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is asked and what of the answer is looked at.

    `url` is a path on the site, or an address elsewhere. `schema` is a JSON Schema, `xml` the name of the root element,
    `csv` the columns of a table. `items`, `fresh` and `queue` are pointers into JSON, names of elements of XML or of
    columns; of `fresh` empty is the header Last-Modified, of the others the whole answer. None: not looked at.
    `slow` is when it is asked again, in seconds.
    """

    name: str
    url: str
    asking: Asking = field(default_factory=Asking)
    status: int | None = None
    schema: Any = None
    xml: str | None = None
    csv: tuple[str, ...] | None = None
    items: str | None = None
    fresh: str | None = None
    queue: str | None = None
    slow: float | None = None

    @property
    def reads(self) -> bool:
        """Whether anything in the answer is looked at."""
        wanted = (self.schema, self.xml, self.csv, self.items, self.fresh or None, self.queue)
        return any(one is not None for one in wanted)

    @property
    def local(self) -> bool:
        """Whether it is on the site itself."""
        return self.url.startswith("/")


def wrong(endpoint: Endpoint, side: Side, rule: str, key: str, sentence: str) -> Observation:
    """A fact that is no good, `key` without the endpoint."""
    return Observation(NAME, rule, endpoint.name, f"{endpoint.name} {key}", sentence, "high", side)


def unknown(endpoint: Endpoint, side: Side, reason: str, mend: str, rule: str = "answers") -> Evidence:
    """Why nothing is known of a rule."""
    return Evidence(blind=(Blind(NAME, endpoint.name, reason, mend, side, rule),))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of one side; `now` is the time ages are counted to."""

    endpoint: Endpoint
    seen: Seen
    side: Side
    now: datetime

    def evidence(self) -> Evidence:
        """Its status, then its document, then what is counted in it."""
        made = self._looked("answers", self._status())
        if made.observations:
            return made
        if self.endpoint.fresh == "":
            made += self._age([self.seen.headers.get("last-modified")], "in its header Last-Modified")
        return made + self._document() if self.endpoint.reads and self.endpoint.asking.method != "HEAD" else made

    def _document(self) -> Evidence:
        endpoint, seen = self.endpoint, self.seen
        if not seen.whole or len(seen.body) >= LIMIT:
            reason = f"its answer is larger than {LIMIT >> 20} MiB, and was not read to its end"
            return unknown(endpoint, self.side, reason, "Ask for a part of it", "well-formed")
        try:
            document = self._read()
        except ValueError as error:
            says = f"can't be read: {error} ({seen.type or 'no content type'}, {len(seen.body)} bytes)"
            return self._looked("well-formed", [self._wrong("well-formed", "malformed", says)])
        made = self._looked("well-formed", self._root(document))
        if made.observations:
            return made
        if endpoint.schema is not None:
            made += self._schema(document)
        return made + self._counts(document)

    def _read(self) -> Any:
        """The document in the form that is declared, else as it looks. Raises ValueError with a sentence."""
        endpoint, body = self.endpoint, self.seen.body
        if endpoint.csv is not None:
            return read_csv(body, endpoint.fresh or "")
        if endpoint.xml is not None or (endpoint.schema is None and body.lstrip()[:1] == b"<"):
            return read_xml(body, endpoint.fresh or "")
        return read_json(body)

    def _wrong(self, rule: str, key: str, sentence: str) -> Observation:
        return wrong(self.endpoint, self.side, rule, key, sentence)

    def _looked(self, rule: str, seen: Sequence[Observation]) -> Evidence:
        return Evidence(observations=tuple(seen), looked=(Looked(NAME, rule, self.endpoint.name, self.side),))

    def _status(self) -> list[Observation]:
        status, wanted = self.seen.status, self.endpoint.status
        if status == wanted if wanted else 200 <= status < 300:
            return []
        should = f"should answer {wanted}" if wanted else "should answer 200 to 299"
        hint = "; are its credentials right?" if status in (401, 403) else ""
        return [self._wrong("answers", str(status), f"answers {status} and {should}{hint}")]

    def _root(self, document: Any) -> list[Observation]:
        """Whether it is another document than the one that is declared."""
        if isinstance(document, Csv):
            lacking = [name for name in self.endpoint.csv or () if name not in document.columns]
            says = f"lacks the column{'s' if lacking[1:] else ''} {', '.join(lacking)}"
            return [self._wrong("well-formed", says, says)] if lacking else []
        wanted = self.endpoint.xml
        if not wanted or wanted in (document.root, document.root.rpartition(":")[2]):
            return []
        says = f"begins with <{document.root[:60]}> and should with <{wanted}>"
        return [self._wrong("well-formed", f"root {document.root}", says)]

    def _schema(self, document: Any) -> Evidence:
        try:
            from maintainer.checks.integrations_schema import faults  # what it is checked with is an extra
        except ImportError:
            reason = "its JSON Schema can't be checked: jsonschema is missing"
            return unknown(self.endpoint, self.side, reason, INSTALL, "schema")
        try:
            found = [self._wrong("schema", one.key, one.sentence) for one in faults(self.endpoint.schema, document)]
        except ValueError as error:
            reason = f"its JSON Schema can't be used: {error}"
            return unknown(self.endpoint, self.side, reason, "Mend verify.integrations.json_schema", "schema")
        return self._looked("schema", found)

    def _counts(self, document: Any) -> Evidence:
        made = Evidence()
        for rule, at in (("items", self.endpoint.items), ("queue", self.endpoint.queue)):
            if at is not None:
                try:
                    made += self._measured(rule, float(_count(document, at)))
                except ValueError as error:
                    made += self._looked(rule, [self._wrong(rule, "nothing", f"can't be counted: {error}")])
        if self.endpoint.fresh:
            made += self._age(_dates(document, self.endpoint.fresh), f"at {self.endpoint.fresh}")
        return made

    def _age(self, stated: Sequence[Any], place: str) -> Evidence:
        """How old the newest of the dates is."""
        known = list(_known(stated))
        if not known:
            says = f"its age is not known: there is no date {place}"
            return self._looked("fresh", [self._wrong("fresh", "no date", says)])
        return self._measured("fresh", max(0.0, (self.now - max(known)).total_seconds()))

    def _measured(self, rule: str, value: float) -> Evidence:
        return Evidence((Measurement(NAME, rule, self.endpoint.name, UNITS[rule], (value,), self.side),))


def _count(document: Any, at: str) -> int:
    """Raises ValueError with a sentence."""
    if isinstance(document, Csv):
        return document.rows
    if not isinstance(document, Xml):
        return counted(document, at)
    if not at:
        raise ValueError("of XML the name of an element is wanted")
    return document.counts.get(at, 0)


def _dates(document: Any, at: str) -> list[Any]:
    return list(document.texts) if isinstance(document, Xml | Csv) else list(each(document, at))


def _known(stated: Sequence[Any]) -> Iterator[datetime]:
    for one in stated:
        try:
            yield date(one)
        except ValueError:
            continue

"""JUnit as test programs write it: `<testsuites>`, `<testsuite>`, `<testcase>`, `<failure>`, `<error>`, `<skipped>`.

https://github.com/testmoapp/junitxml. What a site's tests print is hostile: no entity is expanded, no depth is without
bound, and what is long is cut.
"""

from dataclasses import dataclass
from typing import Literal
from xml.parsers.expat import ExpatError, ParserCreate

Ended = Literal["passed", "failed", "skipped"]
#: Bounds of what is read.
LARGEST, DEEPEST, MOST, LONGEST = 20 * 1024 * 1024, 60, 20_000, 300


@dataclass(slots=True)
class Case:
    """A test: where it stands, what it is called, how it ended, and why it failed."""

    suite: str
    name: str
    ended: Ended = "passed"
    why: str = ""
    seconds: float = 0.0


def read(text: bytes) -> tuple[Case, ...]:
    """All tests. Raises ValueError with why it is no JUnit."""
    if len(text) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 2**20} MiB")
    reader = _Reader()
    parser = ParserCreate()
    parser.StartElementHandler = reader.starts
    parser.EndElementHandler = reader.ends
    parser.CharacterDataHandler = reader.says
    parser.StartDoctypeDeclHandler = reader.refuses
    parser.EntityDeclHandler = reader.refuses
    try:
        parser.Parse(text, True)
    except ExpatError as error:
        raise ValueError(f"is no XML: {error}") from None
    if reader.root not in ("testsuites", "testsuite"):
        raise ValueError(f"is no JUnit: its root is <{reader.root[:40]}>")
    return tuple(reader.cases)


class _Reader:
    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.root = ""
        self._path: list[str] = []
        self._said: list[str] = []

    def starts(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        self._path.append(tag)
        if len(self._path) > DEEPEST:
            raise ValueError("is nested too deep")
        if tag == "testcase":
            if len(self.cases) >= MOST:
                raise ValueError(f"has more than {MOST} tests")
            self.cases.append(
                Case(
                    attributes.get("classname", "")[:LONGEST],
                    attributes.get("name", "")[:LONGEST],
                    seconds=_seconds(attributes.get("time", "")),
                )
            )
        elif "testcase" in self._path and self.cases and tag in ("failure", "error", "skipped"):
            self._said = []
            case = self.cases[-1]
            if tag != "skipped" or case.ended == "passed":
                case.ended = "skipped" if tag == "skipped" else "failed"
                case.why = " ".join(attributes.get("message", "").split())[:LONGEST]

    def ends(self, tag: str) -> None:
        if tag in ("failure", "error") and self.cases and not self.cases[-1].why:
            lines = [line.strip() for line in "".join(self._said).splitlines() if line.strip()]
            self.cases[-1].why = (lines[0] if lines else "it says no reason")[:LONGEST]
        self._path.pop()

    def says(self, text: str) -> None:
        if self._path and self._path[-1] in ("failure", "error") and len(self._said) < 200:
            self._said.append(text[:LONGEST])

    def refuses(self, *_: object) -> None:
        raise ValueError("has a document type, which JUnit has not")


def _seconds(text: str) -> float:
    try:
        made = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return made if 0 <= made < 10**6 else 0.0

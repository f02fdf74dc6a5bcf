"""Dockerfiles: the images of `FROM`, `COPY --from`, `RUN --mount` and the syntax directive.

https://docs.docker.com/reference/dockerfile/ - a version in the default of an `ARG` is stated there.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maintainer.model import Found, Manifest, Step, Update
from maintainer.text import edits, image, places
from maintainer.text.places import Traced

NAME = "dockerfile"
FILES: tuple[str, ...] = (
    "**/[Dd]ockerfile",
    "**/[Dd]ockerfile.*",
    "**/[Dd]ockerfile-*",
    "**/*.[Dd]ockerfile",
    "**/[Cc]ontainerfile",
    "**/[Cc]ontainerfile.*",
    "**/*.[Cc]ontainerfile",
)
BESIDE: tuple[str, ...] = ()

_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(\w+)[ \t]*=[ \t]*(\S*)[ \t]*", re.ASCII)
_INSTRUCTION = re.compile(r"[ \t]*(?:ONBUILD[ \t]+)*([A-Za-z]+)(?=\s|$)", re.IGNORECASE)
_HEREDOC = re.compile(r"(?<!\S)\d*<<-?(?P<quote>[\"']?)(?P<word>[\w.-]+)(?P=quote)(?!\S)", re.ASCII)
_ARGUMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>\"[^\"]*\"|'[^']*'|\S*)", re.ASCII)
_WORD = re.compile(r"\S+")
_MOUNTED = re.compile(r"--mount=(?:\S*,)?[\"']?from=([^,\s\"']+)")


@dataclass(frozen=True, slots=True)
class _Instruction:
    """One instruction, continued lines joined, comments and heredocs left out."""

    keyword: str
    rest: Traced


def extract(manifest: Manifest) -> Sequence[Found]:
    return places.distinct(_found(manifest))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _found(manifest: Manifest) -> Iterator[Found]:
    directives = dict(_directives(manifest.text))
    if "syntax" in directives:
        yield from image.stated(NAME, manifest, "syntax", directives["syntax"])
    escape = "`" if "escape" in directives and directives["escape"].text == "`" else "\\"
    arguments: dict[str, Traced] = {}
    stages: set[str] = {"scratch"}
    built = False
    for one in _instructions(manifest.text, escape):
        match one.keyword:
            case "ARG" if not built:
                arguments.update(_arguments(one.rest, arguments))
            case "FROM":
                built = True
                words = [one.rest.part(*word.span()) for word in _WORD.finditer(one.rest.text)]
                words = [word for word in words if not word.text.startswith("--")]
                reference = places.expand(words[0], arguments) if words else None
                if reference and reference.text.lower() not in stages:
                    yield from image.stated(NAME, manifest, "FROM", reference)
                if len(words) == 3 and words[1].text.upper() == "AS":
                    stages.add(words[2].text.lower())
            case "COPY" | "RUN":
                for reference in _borrowed(one):
                    if reference.text.lower() not in stages:
                        yield from image.stated(NAME, manifest, one.keyword, reference)


def _borrowed(one: _Instruction) -> Iterator[Traced]:
    """The images whose files are used without being built on."""
    for word in _WORD.finditer(one.rest.text):
        if not word[0].startswith("--"):
            return
        if one.keyword == "COPY" and word[0].startswith("--from="):
            yield one.rest.part(word.start() + len("--from="), word.end())
        elif mounted := _MOUNTED.match(word[0]):
            yield one.rest.part(*(word.start() + offset for offset in mounted.span(1)))


def _arguments(rest: Traced, known: dict[str, Traced]) -> dict[str, Traced]:
    """The defaults of one `ARG`, each of which may use those before it."""
    defaults: dict[str, Traced] = {}
    for match in _ARGUMENT.finditer(rest.text):
        value = rest.part(*match.span("value"))
        if value.text[:1] in ("'", '"') and len(value.text) > 1:
            value = value.part(1, -1)
        expanded = places.expand(value, {**known, **defaults})
        if expanded is not None:
            defaults[match["name"]] = expanded
    return defaults


def _directives(text: str) -> Iterator[tuple[str, Traced]]:
    """Parser directives, which end at the first line that is none."""
    for line, start in _lines(text):
        match = _DIRECTIVE.fullmatch(line)
        if not match:
            return
        yield match[1].lower(), Traced.of(match[2], start + match.start(2))


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Each line without its end, and where it starts."""
    start = 1 if text.startswith("\ufeff") else 0
    for line in text[start:].split("\n"):
        yield line.removesuffix("\r"), start
        start += len(line) + 1


def _instructions(text: str, escape: str) -> Iterator[_Instruction]:
    lines = list(_lines(text))
    ends = {line.lstrip("\t") for line, _ in lines}
    pieces: list[tuple[str, int]] = []
    heredocs: list[str] = []
    for line, start in lines:
        if heredocs:
            if line.lstrip("\t") == heredocs[0]:
                heredocs.pop(0)
            continue
        stripped = line.strip()
        if stripped.startswith("#") or (pieces and not stripped):
            continue
        body = line.rstrip()
        if body.endswith(escape):
            pieces.append((body[:-1], start))
            continue
        pieces.append((line, start))
        one, pieces = _instruction(pieces), []
        if one and one.keyword in ("RUN", "COPY", "ADD"):
            heredocs = [found["word"] for found in _HEREDOC.finditer(one.rest.text) if found["word"] in ends]
        if one:
            yield one
    if one := _instruction(pieces):
        yield one


def _instruction(pieces: list[tuple[str, int]]) -> _Instruction | None:
    joined = "".join(text for text, _ in pieces)
    match = _INSTRUCTION.match(joined)
    if not match or match[1].upper() not in ("FROM", "ARG", "RUN", "COPY", "ADD"):
        return None
    origins = itertools.chain.from_iterable(range(start, start + len(text)) for text, start in pieces)
    return _Instruction(match[1].upper(), Traced(joined, tuple(origins)).part(match.end()))

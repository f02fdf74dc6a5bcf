"""The laws every manager obeys, proved on case folders.

A case is a folder `cases/<manager>/<case>/`: a small repository, and `expected.json`, which maps each file that the
manager reads (all that match its FILES; a file left out has nothing to find) to what it finds there, in order:

    {"package.json": [{"name": "react", "constraint": "^18.2.0", "locked": "18.2.0"},
                      {"kind": "composer-plugin", "subject": "symfony/flex"}],
     "broken/package.json": "Unreadable"}

An entry is compared in the fields it gives, which are those of `model.Dependency` (with `source` as
"datasource:package", and `registries`) or, when it has a `kind`, of `model.Finding`. A class of `errors` stands for a
file that raises it.
`"to"` gives the text of the update that the laws apply; without it the last number of the constraint is counted up, and
`"to": null` leaves the dependency out (as do texts without a number). `"digest"` gives the new release's digest.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from maintainer import catalog
from maintainer.errors import MaintainerError
from maintainer.managers.base import Manager
from maintainer.model import (
    Command,
    Dependency,
    Edit,
    Finding,
    Found,
    Manifest,
    Neighbour,
    Release,
    Span,
    Step,
    Unpack,
    Update,
)
from maintainer.text import edits, globs

CASES = Path(__file__).parent / "cases"

Files = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """One folder of `cases/`: its files by path, and what is expected of those the manager reads."""

    manager: str
    name: str
    files: Files
    expected: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.manager}/{self.name}"

    def paths(self) -> list[str]:
        """The files that the manager reads."""
        return list(filter(globs.matcher(catalog.MANAGERS[self.manager].FILES), sorted(self.files)))

    def entry(self, path: str, index: int) -> Mapping[str, Any]:
        listed = self.expected.get(path, [])
        return listed[index] if isinstance(listed, list) and index < len(listed) else {}


def cases() -> list[Case]:
    """Every case of every manager in the catalog."""
    return [read(folder) for name in catalog.MANAGERS for folder in sorted((CASES / name).glob("*/"))]


def read(folder: Path) -> Case:
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes().decode("utf-8", "surrogateescape")
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file != folder / "expected.json"
    }
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return Case(folder.parent.name, folder.name, files, expected)


def manifest(manager: Manager, files: Files, path: str) -> Manifest:
    """The manifest at `path` as the workspace would hand it over: with the nearest of each neighbour asked for."""
    folder = posixpath.dirname(path)
    beside = (found for name in manager.BESIDE for found in _beside(files, folder, name) if found != path)
    return Manifest(path, files[path], tuple(Neighbour(found, files[found]) for found in beside))


def _beside(files: Files, folder: str, name: str) -> Iterator[str]:
    if "/" in name:
        places = [folder]
    else:
        places = [folder]
        while places[-1]:
            places.append(posixpath.dirname(places[-1]))
    yield from [path for place in places if (path := posixpath.join(place, name)) in files][:1]


def dependencies(found: Sequence[Found]) -> list[Dependency]:
    return [one for one in found if isinstance(one, Dependency)]


def stated(found: Found) -> dict[str, Any]:
    """A found value as `expected.json` writes it."""
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__}
    if isinstance(found, Dependency):
        source = found.source
        fields |= {"source": f"{source.datasource}:{source.package}", "registries": list(source.registries)}
        fields["requires"] = dict(found.requires)
    return fields


def counted_up(text: str) -> str | None:
    """`text` with its last number one higher, None when it has none."""
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return None
    start, end = numbers[-1].span()
    return f"{text[:start]}{int(text[start:end]) + 1}{text[end:]}"


def update(dependency: Dependency, entry: Mapping[str, Any]) -> Update | None:
    """A synthetic update of the dependency."""
    if "to" in entry:
        text = entry["to"]
    else:
        higher = counted_up(dependency.constraint)
        text = higher and dependency.text.replace(dependency.constraint, higher, 1)
    if not text or text == dependency.text:
        return None
    return Update(dependency, release(dependency.constraint, text, entry), text, "minor")


def release(old: str, text: str, entry: Mapping[str, Any]) -> Release:
    version = re.search(r"\d+(?:\.\d+)*", text if text != old else old)
    return Release(version[0] if version else text, digest=entry.get("digest"))


def apply(manager: Manager, files: Files, path: str, updates: Sequence[Update]) -> tuple[dict[str, str], bool]:
    """The files after the edits among the steps, and whether an Unpack has to do the rest."""
    steps = manager.steps(manifest(manager, files, path), updates)
    after = dict(files)
    for file in {step.file for step in steps if isinstance(step, Edit)}:
        after[file] = edits.apply(files[file], [step for step in steps if isinstance(step, Edit) and step.file == file])
    return after, any(isinstance(step, Unpack) for step in steps)


def finds_what_is_expected(case: Case) -> None:
    manager = catalog.MANAGERS[case.manager]
    assert set(case.expected) <= set(case.paths()), "expected.json names a file that the manager does not read"
    for path in case.paths():
        expected = case.expected.get(path, [])
        try:
            found = manager.extract(manifest(manager, case.files, path))
        except Exception as error:
            assert type(error).__name__ == expected, error
            continue
        assert [type(one).__name__ == "Finding" for one in found] == ["kind" in one for one in expected], found
        for one, entry in zip(found, expected, strict=True):
            fields = stated(one)
            wanted = {name: value for name, value in entry.items() if name not in ("to", "digest")}
            differs = {name: (value, fields[name]) for name, value in wanted.items() if fields[name] != value}
            assert not differs, f"{path}: {fields.get('name')}: (expected, found) {differs}"
            assert isinstance(one, Finding) or one.manager == case.manager
            assert one.file in case.files


def spans_say_what_the_file_says(files: Files, found: Sequence[Found]) -> None:
    for one in dependencies(found):
        text = files[one.file]
        assert 0 <= one.at.start <= one.at.end <= len(text)
        assert text[slice(*one.at)] == one.text
        assert one.constraint in one.text


def updates_are_read_back(case: Case, files: Files) -> None:
    """One update at a time, then all at once: the file says them, and says all else as before; the way back too."""
    manager = catalog.MANAGERS[case.manager]
    for path in case.paths():
        if isinstance(case.expected.get(path), str):
            continue
        before = manager.extract(manifest(manager, files, path))
        spans_say_what_the_file_says(files, before)
        possible = {
            index: wanted
            for index, one in enumerate(before)
            if isinstance(one, Dependency) and (wanted := update(one, case.entry(path, index)))
        }
        for chosen in ([index] for index in possible):
            _read_back(case, files, path, before, {index: possible[index] for index in chosen})
        if len(possible) > 1:
            _read_back(case, files, path, before, possible)


def _commanded(steps: Sequence[Step]) -> set[str]:
    return {path for step in steps if isinstance(step, Command) for path in step.writes}


def _read_back(case: Case, files: Files, path: str, before: Sequence[Found], chosen: Mapping[int, Update]) -> None:
    manager = catalog.MANAGERS[case.manager]
    written, unpacks = apply(manager, files, path, list(chosen.values()))
    if unpacks:
        return
    after = manager.extract(manifest(manager, written, path))
    spans_say_what_the_file_says(written, after)
    assert len(after) == len(before)
    back: list[Update] = []
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        if isinstance(old, Dependency) and isinstance(new, Dependency):
            wanted = chosen.get(index)
            assert new.text == (wanted.text if wanted else old.text)
            assert replace(old, **_moving(new)) == new
            if wanted:
                entry = case.entry(path, index)
                back.append(
                    Update(new, release(wanted.text, old.text, {**entry, "digest": old.digest}), old.text, "other")
                )
        else:
            assert stated(old) | {"line": 0} == stated(new) | {"line": 0}
    again, _ = apply(manager, written, path, back)
    # A lock file is its tool's: edits of it only tell the tool what to do.
    commanded = _commanded(manager.steps(manifest(manager, files, path), list(chosen.values())))
    assert {name: text for name, text in again.items() if name not in commanded} == {
        name: text for name, text in files.items() if name not in commanded
    }


def _moving(new: Dependency) -> dict[str, Any]:
    """What an update of any place in the file may change of a dependency (the span moves, a lock file is stale)."""
    names = ("at", "text", "constraint", "current", "locked", "digest", "requires")
    return {name: getattr(new, name) for name in names}


def crlf(files: Files) -> Files:
    """The same files with Windows' line endings."""
    return {path: re.sub(r"\r?\n", "\r\n", text) for path, text in files.items()}


def says_the_same_with_crlf(case: Case) -> None:
    manager = catalog.MANAGERS[case.manager]
    windows = crlf(case.files)
    for path in case.paths():
        if isinstance(case.expected.get(path), str):
            continue
        unix_found = manager.extract(manifest(manager, case.files, path))
        windows_found = manager.extract(manifest(manager, windows, path))
        spans_say_what_the_file_says(windows, windows_found)
        nowhere = {"at": Span(0, 0), "line": 0}
        for old, new in zip(unix_found, windows_found, strict=True):
            expected = stated(old) | nowhere
            if isinstance(old, Dependency):
                expected["text"] = re.sub(r"\r?\n", "\r\n", old.text)
            assert expected == stated(new) | nowhere
    updates_are_read_back(case, windows)


def survives(case: Case, damage: Callable[[str], str], path: str, victim: str) -> None:
    """Whatever `damage` does to `victim` (the manifest or a neighbour): values, or an error of ours, no other."""
    manager = catalog.MANAGERS[case.manager]
    files = {**case.files, victim: damage(case.files[victim])}
    seen = manifest(manager, files, path)
    try:
        found = manager.extract(seen)
    except MaintainerError as error:
        assert str(error)
        return
    spans_say_what_the_file_says(files, found)
    updates = [wanted for one in dependencies(found) if (wanted := update(one, {}))]
    try:
        manager.steps(seen, updates)
    except MaintainerError as error:
        assert str(error)


def garbage(rng: Callable[[int], int]) -> Callable[[str], str]:
    """Damage of one kind: cut short, a piece lost, garbage put in, or a value of a type nobody expects."""
    strange = [
        "5",
        "null",
        "[]",
        "{}",
        "true",
        '""',
        "[[1]]",
        '{"a": null}',
        "-1e999",
        "{",
        '"',
        "\n",
        "'''",
        "&a",
        "<<",
    ]
    strange += ["1:", "%", "${", "@", "^", ">=", "🙂", "٣", "\udcff", "\0", "\ufeff", "9" * 5000, "[" * 500]
    values = r'"[^"\n]*"|\'[^\'\n]*\'|\{[^{}]*\}|\[[^\[\]]*\]|[\w.^~*-]+'

    def damage(text: str) -> str:
        start = rng(len(text) + 1)
        piece = strange[rng(len(strange))]
        match rng(4):
            case 0:
                return text[:start]
            case 1:
                return text[:start] + text[start + rng(40) :]
            case 2:
                return text[:start] + piece + text[start:]
        places = list(re.finditer(values, text))
        if not places:
            return piece
        place = places[rng(len(places))]
        return text[: place.start()] + piece + text[place.end() :]

    return damage

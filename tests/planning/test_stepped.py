"""How large a release is by what it brings."""

import pytest

from maintainer.changes import Changed, Entry, Source
from maintainer.model import Bump
from maintainer.planning.stepped import stepped
from maintainer.releasing import Contents, Moved, Part, Step
from tests.planning.test_evidenced import NOW

SOURCE = (Source("commit", "a" * 40),)


def entry(kind: str, *breaking: str) -> Entry:
    return Entry(kind, f"some {kind}", SOURCE, breaking=breaking)


def moved(part: Part, before: str, after: str, bump: Bump, development: bool = False) -> Moved:
    return Moved(part, "It", "it", "npm", before, after, bump, SOURCE, development=development)


@pytest.mark.parametrize(
    ("entries", "parts", "step"),
    [
        ([], [], None),
        ([entry("chore"), entry("docs"), entry("test"), entry("ci"), entry("build"), entry("style")], [], None),
        ([entry("other")], [], "patch"),
        ([entry("fix")], [], "patch"),
        ([entry("fix"), entry("feat")], [], "minor"),
        ([entry("deprecate")], [], "minor"),
        ([entry("revert")], [], "patch"),
        ([entry("chore", "keys")], [], "major"),
        ([entry("feat"), entry("fix", "keys")], [], "major"),
        ([], [moved("plugin", "1.0", "1.1", "minor")], "patch"),
        ([], [moved("plugin", "1.0", "2.0", "major")], "minor"),
        ([], [moved("plugin", "", "2.0", "other")], "minor"),
        ([], [moved("plugin", "1.0", "", "other")], "minor"),
        ([], [moved("runtime", "8.1", "8.3", "minor")], "major"),
        ([], [moved("runtime", "8.1.27", "8.1.34", "patch")], "patch"),
        ([], [moved("package", "1.0", "2.0", "major", development=True)], None),
        ([entry("chore")], [moved("package", "1.0", "2.0", "major", development=True)], None),
    ],
)
def test_a_release_is_as_large_as_its_largest_part(entries: list[Entry], parts: list[Moved], step: Step | None) -> None:
    contents = Contents("Shop", "", NOW, "v1", "b" * 40, SOURCE[0], Changed(tuple(entries)), tuple(parts))
    found = stepped(contents)
    assert (found.step if found else None) == step
    assert found is None or (found.sources == SOURCE and found.why)

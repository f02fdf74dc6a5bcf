"""Any bytes in any file we read: a clear answer, never a traceback, never a changed file."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.site import Site, site

CASES = Path(__file__).parent.parent / "managers/cases"
#: Every file of every case of the managers, as they stand in a site.
CORPUS = sorted(path for path in CASES.glob("*/*/**/*") if path.is_file() and path.name != "expected.json")


def placed(path: Path) -> str:
    """Where a file of a case stands in its site."""
    return path.relative_to(CASES).as_posix().split("/", 2)[2]


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def repeated(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    end = chance.randrange(start, len(data) + 1)
    return data[:start] + data[start:end] * chance.randrange(1, 200) + data[end:]


def widened(data: bytes, _: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode("utf-16")


def nested(data: bytes, chance: random.Random) -> bytes:
    opening = chance.choice([b"[", b"{", b'{"a":', b"- ", b"a:\n  ", b"${", b"("])
    return opening * 20_000 + data


def spliced(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(CORPUS).read_bytes()
    return data[: len(data) // 2] + other[len(other) // 2 :]


DAMAGE = (truncated, flipped, repeated, widened, nested, spliced)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, {"README": b"a site"}) as made:
        yield made


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_site_is_planned_and_left_as_it_is(empty: Site, seed: int) -> None:
    chance = random.Random(seed)
    shutil.rmtree(empty.root / ".git")
    for path in CORPUS:
        target = empty.root / f"{seed}-{path.parts[-2]}" / placed(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(chance.choice(DAMAGE)(path.read_bytes(), chance))
    before = {path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file()}
    code, out, err = empty.maintainer("plan", "--format", "json")
    assert code in (0, 3), err
    assert out.startswith('{"schema":1'), err
    assert {path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file()} == before


def test_a_file_over_the_bound_is_a_problem_and_costs_itself(empty: Site) -> None:
    empty.write(
        {
            "package.json": b'{"a":"' + b"x" * 9_000_000 + b'"}',
            "b/package.json": b'{"dependencies": {"sass": "1.70.0"}}',
        }
    )
    document = empty.plan(expected=3)
    assert [problem["where"] for problem in document["problems"]] == ["package.json"]
    assert [dependency["name"] for dependency in document["dependencies"]] == ["sass"]


def test_links_out_of_the_checkout_are_not_followed(empty: Site, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/package.json").write_bytes(b'{"dependencies": {"secret": "1.0.0"}}')
    (empty.root / "linked").symlink_to(tmp_path / "elsewhere")
    (empty.root / "package.json").symlink_to(tmp_path / "elsewhere/package.json")
    empty.git("add", "--all")
    empty.git("commit", "--quiet", "--message", "links")
    assert empty.plan()["dependencies"] == []

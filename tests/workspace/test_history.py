"""History on an orphan branch: appended to by compare-and-swap, through a real bare repository."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest

from maintainer.errors import OutsideError, StaleEdit
from maintainer.text.event import Event
from maintainer.text.event import line as line_of
from maintainer.workspace import history as module
from maintainer.workspace.git import Git
from maintainer.workspace.history import BRANCH, REF, TRIES, Here, History
from tests.workspace.history_writer import NOW, event, writer
from tests.workspace.repositories import ENVIRONMENT, commit, repository, tree

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schemas/history.schema.json").read_text())


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    path = tmp_path / "shared.git"
    path.mkdir()
    Git(path, ENVIRONMENT).run("init", "-q", "--bare", "-b", "main")
    return path


def files(bare: Path) -> dict[str, bytes]:
    return {path: data for path, (_, data) in tree(Git(bare, ENVIRONMENT), REF).items()}


def void(_: object) -> None:
    """What a callback's answer is for."""


def put(bare: Path, scratch: Path, contents: dict[str, bytes | str | None]) -> None:
    """A person's own commit on the branch."""
    git = repository(scratch)
    if REF in Git(bare, ENVIRONMENT).run("for-each-ref", "--format=%(refname)").text:
        git.run("fetch", "-q", bare.as_uri(), REF)
        git.run("checkout", "-q", "--detach", "FETCH_HEAD")
    else:
        git.run("checkout", "-q", "--orphan", "new")
        git.run("rm", "-q", "-rf", ".")
    commit(git, contents)
    git.run("push", "-q", bare.as_uri(), f"HEAD:{REF}")


def test_the_branch_is_an_orphan_that_is_appended_to(tmp_path: Path, bare: Path) -> None:
    history, _ = writer(tmp_path / "a", bare)
    assert history.read().events == ()
    assert history.append([event(1), event(2)], NOW) == 2
    assert history.append([event(3)], NOW) == 1
    git = Git(bare, ENVIRONMENT)
    assert git.run("log", "--format=%s %an", REF).text.splitlines() == ["1 event maintainer", "2 events maintainer"]
    assert [one.data["number"] for one in history.read().events] == [1, 2, 3]
    assert sorted(files(bare)) == ["2026-11.jsonl", "README.md"]
    assert git.run("for-each-ref", "--format=%(refname)").text.split() == [REF]


def test_every_line_fits_the_published_schema(tmp_path: Path, bare: Path) -> None:
    history, _ = writer(tmp_path / "a", bare)
    history.append([event(1), Event(NOW, "sklep ą", "run", {"a": [1, None]}, "b" * 40, 12)], NOW)
    stated = [json.loads(text) for text in files(bare)["2026-11.jsonl"].splitlines()]
    for one in stated:
        jsonschema.validate(one, SCHEMA)
    assert list(stated[0]) == ["at", "data", "head", "kind", "proposal", "schema", "site"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(stated[0] | {"schema": 2}, SCHEMA)


def test_what_is_read_is_what_was_written_by_time(tmp_path: Path, bare: Path) -> None:
    history, _ = writer(tmp_path / "a", bare)
    warsaw = timezone(timedelta(hours=1))
    late = Event(NOW.astimezone(warsaw) + timedelta(days=40), "shop", "run", {"x": "ł\u2028"}, "", 3)
    assert history.append([late, event(5), event(1)], NOW) == 3
    assert history.read().events == (event(1), event(5), late)


def test_a_killed_run_may_repeat_what_it_wrote(tmp_path: Path, bare: Path) -> None:
    history, remote = writer(tmp_path / "a", bare)
    assert history.append([event(1), event(1), event(2)], NOW) == 2
    before = files(bare)
    again, _ = writer(tmp_path / "b", bare)
    assert again.append([event(2), event(1)], NOW + timedelta(hours=1)) == 0
    assert files(bare) == before
    assert remote.pushes == 1
    assert again.append([event(2), event(3)], NOW) == 1


def test_months_are_files_and_only_those_needed_are_read(tmp_path: Path, bare: Path) -> None:
    history, _ = writer(tmp_path / "a", bare)
    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (9, 10, 11)]
    history.append([event(0, at=at) for at in moments], NOW)
    assert sorted(files(bare)) == ["2026-09.jsonl", "2026-10.jsonl", "2026-11.jsonl", "README.md"]
    put(bare, tmp_path / "person", {"2026-09.jsonl": b"damaged\n"})
    assert [one.at for one in history.read(moments[1]).events] == moments[1:]
    assert history.read(moments[1]).damaged == ()
    assert len(history.read().damaged) == 1
    assert history.read(moments[1] + timedelta(seconds=1)).events == (event(0, at=moments[2]),)


def test_a_month_is_the_month_in_utc(tmp_path: Path, bare: Path) -> None:
    history, _ = writer(tmp_path / "a", bare)
    history.append([event(0, at=datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))))], NOW)
    assert "2026-11.jsonl" in files(bare)


def test_who_pushed_meanwhile_loses_nothing(tmp_path: Path, bare: Path) -> None:
    mine, remote = writer(tmp_path / "a", bare)
    theirs, _ = writer(tmp_path / "b", bare)
    left = [event(10), event(11), event(12)]

    def meanwhile() -> None:
        if left:
            theirs.append([left.pop()], NOW)

    remote.before_push = meanwhile
    assert mine.append([event(1)], NOW) == 1
    assert remote.pushes == 4
    assert {one.data["number"] for one in mine.read().events} == {1, 10, 11, 12}


@pytest.mark.parametrize("moved", [False, True])
def test_who_knows_where_the_branch_is_asks_only_when_it_is_elsewhere(tmp_path: Path, bare: Path, moved: bool) -> None:
    first, _ = writer(tmp_path / "a", bare, "")
    assert first.append([event(1)], NOW) == 1
    known = Git(bare, ENVIRONMENT).commit(REF)
    if moved:
        first.append([event(2)], NOW)
    second, remote = writer(tmp_path / "b", bare, known)
    assert second.append([event(1)], NOW) == 0 == remote.asked
    assert second.append([event(2), event(3)], NOW) == (1 if moved else 2)
    assert (remote.asked > 0) == moved
    assert second.append([event(4)], NOW) == 1
    assert [one.data["number"] for one in second.read().events] == [1, 2, 3, 4]


def test_who_wrote_the_same_meanwhile_wrote_it(tmp_path: Path, bare: Path) -> None:
    mine, remote = writer(tmp_path / "a", bare)
    theirs, _ = writer(tmp_path / "b", bare)
    later = NOW + timedelta(minutes=1)  # the same commit would be no other one
    remote.before_push = lambda: void(theirs.append([event(1)], later))
    assert mine.append([event(1)], NOW) == 0
    assert files(bare)["2026-11.jsonl"].count(b"\n") == 1


def test_the_tries_are_bounded_and_paused(tmp_path: Path, bare: Path) -> None:
    _, remote = writer(tmp_path / "a", bare)
    theirs, _ = writer(tmp_path / "b", bare)
    numbers = iter(range(100, 200))
    remote.before_push = lambda: void(theirs.append([event(next(numbers))], NOW))
    pauses: list[int] = []
    mine = History(remote.git, remote, pauses.append, "maintainer", "m@localhost")
    with pytest.raises(StaleEdit, match=f"{BRANCH} moved {TRIES} times"):
        mine.append([event(1)], NOW)
    assert pauses == list(range(1, TRIES))
    assert remote.pushes == TRIES


def test_a_branch_that_was_deleted_begins_anew(tmp_path: Path, bare: Path) -> None:
    history, _ = writer(tmp_path / "a", bare)
    history.append([event(1)], NOW)
    Git(bare, ENVIRONMENT).run("update-ref", "-d", REF)
    assert history.read().events == ()
    assert history.append([event(2)], NOW) == 1
    assert history.read().events == (event(2),)


@pytest.mark.parametrize("where", ["remote", "local"])
def test_processes_that_write_at_once_lose_no_line(tmp_path: Path, bare: Path, where: str) -> None:
    writers, each = 4, 5
    command = [sys.executable, "-m", "tests.workspace.history_writer"]
    if where == "local":
        git = repository(tmp_path / "one")
        history = History(git, Here(git), lambda turn: None, "m", "m@localhost")
        places = [(git.root, git.root)] * writers
    else:
        history, _ = writer(tmp_path / "reader", bare)
        places = [(tmp_path / f"w{n}", bare) for n in range(writers)]
    running = [
        subprocess.Popen([*command, str(root), str(shared), f"w{n}", str(each)], cwd=ROOT)
        for n, (root, shared) in enumerate(places)
    ]
    assert [one.wait(120) for one in running] == [0] * writers
    found = history.read()
    assert found.damaged == ()
    assert sorted((one.site, one.data["number"]) for one in found.events) == [
        (f"w{n}", number) for n in range(writers) for number in range(each)
    ]


DAMAGED = [
    b"<<<<<<< HEAD",
    b"{}",
    b"[]",
    b"null",
    b'{"schema":1}',
    b'{"at":"2026-11-21T08:00:00","data":{},"head":"","kind":"run","proposal":null,"schema":1,"site":"s"}',
    b'{"at":"2026-11-21T08:00:00Z","data":{},"head":"","kind":"run","proposal":"1","schema":1,"site":"s"}',
    b'{"at":"2026-11-21T08:00:00Z","data":[],"head":"","kind":"run","proposal":null,"schema":1,"site":"s"}',
    b'{"at":"2026-11-21T08:00:00Z","data":{},"head":"","kind":"run","proposal":null,"schema":2,"site":"s"}',
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"a":"' + b"x" * 70_000 + b'"}',
]


def test_damaged_lines_are_told_and_stay(tmp_path: Path, bare: Path) -> None:
    cut = line_of(event(2))[:-9]
    put(bare, tmp_path / "person", {"2026-11.jsonl": b"\n".join([line_of(event(1)), *DAMAGED, b"", cut])})
    history, _ = writer(tmp_path / "a", bare)
    found = history.read()
    assert found.events == (event(1),)
    assert len(found.damaged) == len(DAMAGED) + 1
    assert found.damaged[0] == f"{BRANCH}:2026-11.jsonl:2: is no JSON; the line stays and is not counted."
    assert "schema 2, which a newer release writes" in found.damaged[8]
    before = files(bare)["2026-11.jsonl"]
    assert history.append([event(2), event(1)], NOW) == 1
    assert files(bare)["2026-11.jsonl"] == before + b"\n" + line_of(event(2)) + b"\n"
    assert history.read().events == (event(1), event(2))


def test_many_damaged_lines_are_counted(tmp_path: Path, bare: Path) -> None:
    put(bare, tmp_path / "person", {"2026-11.jsonl": b"x\n" * 1000})
    history, _ = writer(tmp_path / "a", bare)
    damaged = history.read().damaged
    assert len(damaged) == 21
    assert damaged[-1] == f"{BRANCH}: 980 more lines can't be read."


def test_what_people_put_on_the_branch_stays(tmp_path: Path, bare: Path) -> None:
    kept: dict[str, bytes | str | None] = {
        "notes/2026-11.jsonl": b"mine\n",
        "2026-13.jsonl": b"no month\n",
        "2026-10.jsonl": "somewhere",  # a link
        "\u0142 b.txt": b"x",
    }
    put(bare, tmp_path / "person", kept)
    history, _ = writer(tmp_path / "a", bare)
    assert history.read() == ((), ())
    assert history.append([event(1)], NOW) == 1
    there = files(bare)
    assert {*kept, "2026-11.jsonl"} <= set(there)
    assert there["notes/2026-11.jsonl"] == b"mine\n"
    assert tree(Git(bare, ENVIRONMENT), REF)["2026-10.jsonl"] == ("120000", b"somewhere")


def test_a_full_month_goes_on_in_another_file(tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FULL", 1000)
    history, _ = writer(tmp_path / "a", bare)
    for number in range(20):
        assert history.append([event(number)], NOW) == 1
    there = sorted(name for name in files(bare) if name.endswith(".jsonl"))
    assert there[:2] == ["2026-11.2.jsonl", "2026-11.3.jsonl"]
    assert "2026-11.jsonl" in there
    assert history.append([event(number) for number in range(20)], NOW) == 0
    assert [one.data["number"] for one in history.read().events] == list(range(20))


def test_what_is_no_line_is_refused(tmp_path: Path, bare: Path) -> None:
    history, remote = writer(tmp_path / "a", bare)
    for data in ({"text": "x" * 70_000}, {"number": float("nan")}):
        with pytest.raises(ValueError, match=r"bytes|NaN|compliant"):
            history.append([event(1), Event(NOW, "shop", "run", data)], NOW)
    assert remote.pushes == 0


def test_a_failing_remote_is_no_empty_history(tmp_path: Path) -> None:
    history, _ = writer(tmp_path / "a", tmp_path / "missing.git")
    with pytest.raises(OutsideError):
        history.append([event(1)], NOW)
    with pytest.raises(OutsideError):
        history.read()


def test_the_repository_itself_may_keep_it(tmp_path: Path) -> None:
    git = repository(tmp_path / "a")
    before = git.run("status", "--porcelain", "-b").text, git.head()
    mine, theirs = (History(git, Here(git), lambda turn: None, "m", "m@localhost") for _ in range(2))
    assert mine.append([event(1)], NOW) == 1
    assert theirs.append([event(2)], NOW) == 1
    assert mine.append([event(1), event(2)], NOW) == 0
    assert mine.read().events == (event(1), event(2))
    assert (git.run("status", "--porcelain", "-b").text, git.head()) == before
    with pytest.raises(StaleEdit):
        Here(git).push([(REF, "", git.head())])

"""What is special to releases without a forge: records in a folder, files beside them, no addresses; and assets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.platforms.base import Published
from maintainer.platforms.local_releases import LocalReleases
from maintainer.platforms.releases import Asset
from tests.platforms.contract_places import LocalPlace

TAG = "v1.0.0"
WORDS = Published(TAG, "The first", "Words")


@pytest.fixture
def place(tmp_path: Path) -> LocalPlace:
    return LocalPlace(tmp_path)


def releases(place: LocalPlace) -> LocalReleases:
    found = place.run().releases
    assert isinstance(found, LocalReleases)
    return found


def test_the_commit_of_the_tag_is_told(place: LocalPlace) -> None:
    commit = place.tag(TAG)
    assert releases(place).publish(WORDS).commit == commit


def test_a_draft_needs_no_tag_and_what_is_published_is_no_draft_again(place: LocalPlace) -> None:
    draft = Published(TAG, "The first", "soon", draft=True)
    assert releases(place).publish(draft).draft
    with pytest.raises(errors.NotFound, match=f"no tag {TAG}"):
        releases(place).publish(WORDS)
    place.tag(TAG)
    assert not releases(place).publish(WORDS).draft
    assert not releases(place).publish(draft).draft


@pytest.mark.parametrize("tag", ["a/b", "a%2Fb", "x" * 200, "é" * 100, "\udcff"], ids=range(5))
def test_every_tag_has_a_record_of_its_own(place: LocalPlace, tag: str) -> None:
    for number, name in enumerate((tag, f"{tag}2")):
        releases(place).publish(Published(name, f"Number {number}", "", draft=True))
        releases(place).attach(name, Asset("notes.txt", f"{number}".encode()))
    assert [one.title for name in (tag, f"{tag}2") if (one := releases(place).published(name))] == [
        "Number 0",
        "Number 1",
    ]
    assert (releases(place).files(tag) / "notes.txt").read_bytes() == b"0"


def test_a_file_that_is_lost_is_put_there_again(place: LocalPlace) -> None:
    place.tag(TAG)
    releases(place).publish(WORDS)
    asset = Asset("notes.txt", b"x")
    releases(place).attach(TAG, asset)
    (releases(place).files(TAG) / "notes.txt").unlink()
    releases(place).attach(TAG, asset)
    assert (releases(place).files(TAG) / "notes.txt").read_bytes() == b"x"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"tag": 1}', "[" * 100_000])
def test_a_broken_record_is_told(place: LocalPlace, text: str, tmp_path: Path) -> None:
    place.tag(TAG)
    releases(place).publish(WORDS)
    (record,) = (tmp_path / "records/releases").glob("*.json")
    record.write_text(text)
    with pytest.raises(errors.ConfigurationError, match="no release's record"):
        releases(place).published(TAG)


def test_nothing_here_has_an_address(place: LocalPlace) -> None:
    told = releases(place)
    addresses = [
        told.commit_url("0" * 40),
        told.issue_url("#1"),
        told.compare_url("v1", "v2"),
        told.close_milestone("1"),
    ]
    assert (addresses, told.flagged("x")) == ([""] * 4, ())
    assert told.merged(datetime(2020, 1, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        ".hidden",
        "-x",
        "x.",
        "my notes.html",
        "é.txt",
        "a\nb",
        "a%2Fb",
        "a..b",
        "x" * 201,
    ],
)
def test_a_file_has_a_name_that_every_forge_keeps(name: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="forges would rename it"):
        Asset(name, b"x")


def test_a_file_has_bytes_and_a_kind() -> None:
    assert Asset("notes-1.0+b.tar.gz", b"x").kind == "application/octet-stream"
    with pytest.raises(errors.ConfigurationError, match="empty"):
        Asset("a.txt", b"")
    with pytest.raises(errors.ConfigurationError, match="no media type"):
        Asset("a.txt", b"x", "text/html\r\nX-Evil: 1")

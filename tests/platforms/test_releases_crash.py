"""A release that is killed at any of its effects is whole after the next run, and nothing of it is there twice."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from maintainer import errors
from maintainer.platforms import kept
from maintainer.platforms.base import Published
from maintainer.platforms.local_releases import LocalReleases
from maintainer.platforms.releases import Asset, Releases
from tests.forges.github import GithubFake
from tests.forges.gitlab import GitlabFake
from tests.forges.server import Dropped
from tests.platforms import github_site, gitlab_site
from tests.platforms.contract_places import LocalPlace

TAG = "v1.0.0"
Site = github_site.Site | gitlab_site.Site


@contextmanager
def github(folder: Path) -> Iterator[Site]:
    folder.mkdir()
    with GithubFake(folder / "forge") as forge:
        forge.add_repository("shop/site")
        ada = forge.person("ada")
        ada.tag(TAG)
        ada.milestone("1.0")
        yield github_site.Site(forge, folder)


@contextmanager
def gitlab(folder: Path) -> Iterator[Site]:
    folder.mkdir()
    with GitlabFake(folder / "forge") as forge:
        forge.add_repository("shop", "site")
        forge.token(gitlab_site.TOKEN, kind="project", project="shop/site")
        ada = forge.person("ada")
        ada.tag(TAG)
        ada.milestone("1.0")
        yield gitlab_site.Site(forge, folder)


def released(releases: Releases, *, draft: bool, words: str = "Words") -> None:
    """All of a release, as a draft first where there are drafts."""
    if draft:
        releases.publish(Published(TAG, "The first", words, draft=True))
    else:
        releases.publish(Published(TAG, "The first", words))
    releases.attach(TAG, Asset("notes.html", f"<p>{words}</p>".encode(), "text/html"))
    releases.attach(TAG, Asset("notes.txt", words.encode(), "text/plain"))
    if draft:
        releases.publish(Published(TAG, "The first", words))
    releases.close_milestone("1.0")


def run(site: Site, words: str = "Words") -> None:
    released(site.run().releases, draft=isinstance(site, github_site.Site), words=words)


def corrected(site: Site) -> None:
    run(site, "Better words")


Story = tuple[Callable[[Site], object], Callable[[Site], object]]
#: What was there before, and what is cut off.
STORIES: dict[str, Story] = {"first": (lambda _: None, run), "corrected": (run, corrected)}


def killed(site: Site, act: Callable[[Site], object], at: int, *, done: bool) -> bool:
    """Act, and be killed before or after the write of this number; False when there are not so many."""
    count, hit = itertools.count(), []

    def kill(what: str) -> None:
        if next(count) == at:
            hit.append(what)
            site.forge.fault("*", ".", "reset", times=10**9)
            raise Dropped

    if done:
        site.forge.after_write = kill
    else:
        site.forge.before_write = kill
    with suppress(errors.MaintainerError):
        act(site)
    site.forge.before_write = site.forge.after_write = lambda _: None
    site.forge._faults.clear()
    return bool(hit)


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("place", [github, gitlab], ids=["github", "gitlab"])
def test_killed_at_any_write_the_next_run_ends_it(
    place: Callable[[Path], AbstractContextManager[Site]], story: str, done: bool, tmp_path: Path
) -> None:
    before, act = STORIES[story]
    with place(tmp_path / "undisturbed") as site:
        before(site)
        writes = site.writes(lambda: act(site))
        expected = site.forge.state()
        assert site.writes(lambda: act(site)) == [], "a second run has nothing to do"
    assert len(writes) >= 4
    for at in range(len(writes)):
        with place(tmp_path / str(at)) as site:
            before(site)
            assert killed(site, act, at, done=done)
            act(site)
            assert site.forge.state() == expected, f"killed at {writes[at]}"


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("words", ["Words", "Better words"])
def test_killed_at_any_file_the_next_run_ends_it_here(
    words: str, done: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def place(name: str) -> tuple[LocalReleases, Path]:
        there = LocalPlace(tmp_path / name)
        there.tag(TAG)
        releases = there.run().releases
        assert isinstance(releases, LocalReleases)
        if words != "Words":
            released(releases, draft=False)
        return releases, tmp_path / name / "records"

    def state(folder: Path) -> dict[str, bytes]:
        return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}

    releases, records = place("undisturbed")
    written: list[Path] = []
    write = kept.write

    def counting(path: Path, data: bytes) -> None:
        written.append(path)
        write(path, data)

    monkeypatch.setattr(kept, "write", counting)
    released(releases, draft=False, words=words)
    effects, expected = len(written), state(records)
    released(releases, draft=False, words=words)
    assert len(written) == effects == 5, "a second run has nothing to do"
    for at in range(effects):
        monkeypatch.setattr(kept, "write", write)
        releases, records = place(str(at))
        count = itertools.count()

        def dying(path: Path, data: bytes, at: int = at, count: Iterator[int] = count) -> None:
            last = next(count) == at
            if not last or done:
                write(path, data)
            if last:
                raise Killed

        monkeypatch.setattr(kept, "write", dying)
        with pytest.raises(Killed):
            released(releases, draft=False, words=words)
        monkeypatch.setattr(kept, "write", write)
        released(releases, draft=False, words=words)
        assert state(records) == expected, f"killed at {written[at].name}"

"""`signing: forge`: GitHub signs what an App commits, and the tree is ours to the last bit."""

from pathlib import Path

import pytest

from tests.commands.site import FILES
from tests.commands.stage import REPOSITORY, stage

CONFIGURED = {**FILES, "maintainer.yml": b"updates: {author: {signing: forge}}\n"}


def test_an_apps_commits_are_signed_and_nothing_else_stays(tmp_path: Path) -> None:
    with stage("github", tmp_path, CONFIGURED) as site:
        out = site.maintainer("run")[1]
        assert "opened  #1" in out and "signs no commits" not in out
        refs = site.repository.refs("refs/maintainer/", "refs/heads/maintainer/")
        assert not [ref for ref in refs if ref.startswith("refs/maintainer/staged/")]
        head = refs["refs/heads/maintainer/npm-is-odd"]
        assert refs["refs/maintainer/pushed/maintainer/npm-is-odd"] == head
        assert site.forge.repository(REPOSITORY).git.commit_of(head).message.startswith("is-odd 3.0.0 → 3.0.1")
        assert "Maintainer-Identity" in site.repository.commit_of(head).message
        assert site.repository.changed("main", head).keys() == {"package.json", "themes/own/package.json"}
        before = site.state()
        site.maintainer("run")
        assert site.state() == before


def test_a_killed_signing_is_done_again(tmp_path: Path) -> None:
    with stage("github", tmp_path, CONFIGURED) as site:
        site.forge.fault("PATCH", "/git/refs/", "reset", times=50)
        code, _, _ = site.maintainer("run", expected=None)
        assert code == 3 and any("staged" in ref for ref in site.repository.refs("refs/maintainer/"))
        site.forge._faults.clear()
        site.maintainer("run")
        assert not any("staged" in ref for ref in site.repository.refs("refs/maintainer/"))
        assert len(site.state()["pulls"]) == 3


@pytest.mark.parametrize("kind", ["pat", "fine-grained"])
def test_a_persons_token_gets_none_and_a_sentence(tmp_path: Path, kind: str) -> None:
    with stage("github", tmp_path, CONFIGURED) as site:
        site.here.environment["MAINTAINER_TOKEN"] = site.forge.token(kind=kind)
        code, out, _ = site.maintainer("run", expected=None)
        assert code == 0 and "signs no commits of" in " ".join(out.split())
        assert len(site.state()["pulls"]) == 3


def test_elsewhere_it_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    with stage("gitlab", tmp_path, CONFIGURED) as site:
        code, _, err = site.maintainer("run", expected=None)
        assert code == 2 and "only GitHub signs" in err

"""Tags of releases, here and on a remote, with real git."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintainer.errors import StaleEdit
from maintainer.workspace.git import Git
from maintainer.workspace.remote import Remote
from maintainer.workspace.tags import Tags

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}

NOW = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
WHO = ("maintainer", "maintainer@shop.example")


def repository(root: Path, commits: int = 3) -> Git:
    root.mkdir()
    git = Git(root, ENVIRONMENT)
    git.run("init", "-q", "--bare", "-b", "main")
    parents: list[str] = []
    for number in range(commits):
        tree = git.run("mktree", stdin=f"100644 blob {git.write_blob(str(number).encode())}\ta\n".encode()).text.strip()
        parents = [git.commit_tree(tree, parents, f"feat: {number}", NOW, *WHO)]
    git.update_ref("refs/heads/main", parents[0], None)
    return git


def test_a_tag_is_annotated_and_made_once(tmp_path: Path) -> None:
    git = repository(tmp_path / "site")
    head = git.commit("main") or ""
    Tags(git).put("v2026.48", head, "Sklep 2026.48\n\nReleased-By: maintainer", NOW, WHO)
    Tags(git).put("v2026.48", head, "other words", NOW, WHO)
    tags = Tags(git)
    assert (tags.names(), tags.commits(["v2026.48", "v1"])) == (("v2026.48",), {"v2026.48": head})
    assert tags.message("v2026.48") == "Sklep 2026.48\n\nReleased-By: maintainer\n"
    form = "--format=%(objecttype) %(taggername) %(taggeremail) %(taggerdate:iso8601-strict)"
    told = git.run("for-each-ref", form).text
    assert "tag maintainer <maintainer@shop.example> 2026-11-24T09:05:00+00:00" in told
    git.run("fsck", "--strict")


def test_a_tag_that_is_elsewhere_is_left_there(tmp_path: Path) -> None:
    git = repository(tmp_path / "site")
    head, older = git.commit("main") or "", git.commit("main~1") or ""
    git.run("tag", "v1", older)
    with pytest.raises(StaleEdit, match=r"The tag v1 is at .* already"):
        Tags(git).put("v1", head, "x", NOW, WHO)
    assert git.commit("v1") == older
    assert Tags(git).message("v1") == ""


def test_hostile_names_of_people_break_no_tag(tmp_path: Path) -> None:
    git = repository(tmp_path / "site")
    Tags(git).put("v1", git.commit("main") or "", "x\n", NOW, ("A <b>\nobject x", "a@b\0.example>"))
    git.run("fsck", "--strict")
    tagger = git.run("cat-file", "tag", "v1").text.splitlines()[3]
    assert tagger == f"tagger A b object x <a@b.example> {int(NOW.timestamp())} +0000"


def test_on_a_remote_a_shallow_clone_without_tags_knows_and_makes_them(tmp_path: Path) -> None:
    origin = repository(tmp_path / "origin", 5)
    head = origin.commit("main") or ""
    Tags(origin).put("v1", origin.commit("main~3") or "", "old", NOW, WHO)
    origin.run("tag", "v2", "main~2")
    url = (tmp_path / "origin").as_uri()
    Git(tmp_path, ENVIRONMENT).run("clone", "-q", "--depth=1", "--no-tags", url, "clone")
    git = Git(tmp_path / "clone", ENVIRONMENT)
    tags = Tags(git, Remote(git, url))
    assert sorted(tags.names()) == ["v1", "v2"]
    assert tags.commits(["v1", "v2"]) == {"v1": origin.commit("main~3"), "v2": origin.commit("main~2")}
    assert git.is_ancestor(origin.commit("main~3") or "", "HEAD")
    tags.put("v3", head, "third\n\nReleased-By: maintainer", NOW, WHO)
    Tags(git, Remote(git, url)).put("v3", head, "third\n\nReleased-By: maintainer", NOW, WHO)
    assert origin.commit("v3") == head
    assert Tags(git, Remote(git, url)).message("v3").startswith("third\n")
    with pytest.raises(StaleEdit):
        Tags(git, Remote(git, url)).put("v3", origin.commit("main~1") or "", "x", NOW, WHO)

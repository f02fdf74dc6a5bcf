"""Where many branches left the base: what `git merge-base` and `git diff-tree` say of each."""

from pathlib import Path

from maintainer.workspace.branched import branched
from maintainer.workspace.git import Git
from tests.forges.repository import BareRepository


def repository(folder: Path) -> tuple[BareRepository, Git]:
    made = BareRepository.create(folder / "site.git", {"readme.txt": "Shop\n", "old.txt": "Old\n"})
    return made, Git(made.path, {})


def test_many_are_told_as_git_tells_one(tmp_path: Path) -> None:
    site, git = repository(tmp_path)
    first = site.sha("main") or ""
    heads = {
        "adds": site.commit("adds", {"a.txt": "a"}),
        "deletes": site.commit("deletes", {"old.txt": None}),
        "renames": site.commit("renames", {"old.txt": None, "new.txt": "Old\n"}),
        "named": site.commit("named", {":odd\n\"name'.txt": "a", f"{first}": "b", "ż/ó.txt": "c"}),
        "stacked": site.commit("stacked", {"b.txt": "b"}, onto="adds"),
        "empty": site.commit("empty", {}),
    }
    site.commit("main", {"readme.txt": "Shop, open\n"})
    heads["later"] = site.commit("later", {"c.txt": "c"})
    heads["same"] = site.sha("main") or ""
    heads["past"] = first
    site.commit("merged", {"d.txt": "d"}, onto=first)
    heads["merged"] = site.merge("merged", "main")
    told = branched(git, site.sha("main") or "", heads.values())
    for name, head in heads.items():
        fork = site.merge_base("main", head)
        assert fork
        assert told[head] == (fork, git.changed_files(fork, head)), name


def test_what_has_no_past_in_common_is_left_out(tmp_path: Path) -> None:
    site, git = repository(tmp_path)
    alone = site.commit_tree(site.commit_of("main").tree, [], "Alone")
    assert branched(git, site.sha("main") or "", [alone]) == {}


def test_what_goes_back_to_several_commits_is_left_out(tmp_path: Path) -> None:
    """A criss-cross: each side merged the other."""
    site, git = repository(tmp_path)
    one, other = site.commit("one", {"a.txt": "a"}), site.commit("other", {"b.txt": "b"})
    tree = site.commit_of(one).tree
    left = site.commit_tree(tree, [one, other], "Left")
    right = site.commit_tree(tree, [other, one], "Right")
    assert site.git("merge-base", "--all", left, right).count("\n") == 2
    assert branched(git, left, [right]) == {}


def test_what_is_not_here_or_is_no_name_of_a_commit_is_left_out(tmp_path: Path) -> None:
    site, git = repository(tmp_path)
    head = site.commit("change", {"a.txt": "a"})
    tree = site.commit_of(head).tree
    asked = ["f" * 40, "HEAD", "--all", f"{head}\n{head}", "", "main", tree, head]
    assert list(branched(git, site.sha("main") or "", asked)) == [head]


def test_so_many_take_three_processes(tmp_path: Path) -> None:
    site, git = repository(tmp_path)
    heads = [site.commit(f"change-{at}", {f"{at}.txt": "a"}) for at in range(20)]
    asked: list[tuple[str, ...]] = []
    run = git.run

    def counted(*args: str, **more: object) -> object:
        asked.append(args)
        return run(*args, **more)  # type: ignore[arg-type]

    git.run = counted  # type: ignore[method-assign, assignment]
    assert len(branched(git, site.sha("main") or "", heads)) == len(heads)
    assert len(asked) == 3

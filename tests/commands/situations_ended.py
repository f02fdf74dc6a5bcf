"""Proposals that ended: closed by people, closed by us, merged in one way or another."""

from tests.commands.play import PREFIX, ROOT, THEME, TOOLS, Play, root, theme
from tests.commands.situations import Part

closed = Part("It was closed")
merged = Part("It was merged")

ODD, TOOLING = "npm-is-odd", "theme-tooling"
TOGETHER = "updates:\n  groups:\n    - name: all of it\n      packages: [is-odd, sass, stylelint]\n"


def opened(site: Play) -> None:
    site.newer("is-odd", "3.0.1")
    site.run(f"open {ODD}")


def tooling(site: Play) -> None:
    """A group of two is open."""
    site.newer("sass", "1.70.1")
    site.newer("stylelint", "16.0.1")
    site.run(f"open {TOOLING}")


def stays_closed(site: Play, number: int = 1) -> None:
    site.run(f"leave {ODD}")
    assert site.why[ODD] == f"a person closed it in #{number}; a newer version will be proposed"
    assert not site.open()


# Closed


@closed("by a person", "proposes it no more; its branch is theirs to delete")
def by_a_person(site: Play) -> None:
    opened(site)
    site.close(ODD)
    site.commit({"readme.txt": "moved"})
    site.later(days=30)
    stays_closed(site)
    assert site.head(ODD)


@closed("by a person, and there is a newer version", "proposes that, on the same branch")
def by_a_person_newer(site: Play) -> None:
    opened(site)
    site.close(ODD)
    site.run(f"leave {ODD}")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"open {ODD}")
    assert (site.one(ODD).holds, site.one(ODD, "closed").holds) == (["is-odd 3.0.2"], ["is-odd 3.0.1"])


@closed("by a person who had pushed to it", "proposes it no more, and never takes that branch (exit 4)")
def by_a_person_with_commits(site: Play) -> None:
    opened(site)
    mine = site.push(ODD, {"notes.txt": "mine"})
    site.close(ODD)
    stays_closed(site)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(code=4)
    assert site.problems[0].startswith("The branch maintainer/npm-is-odd exists and is not as we pushed it")
    assert site.head(ODD) == mine


@closed("by a person, then it would travel in a group", "leaves it out of the group")
def then_in_a_group(site: Play) -> None:
    opened(site)
    site.close(ODD)
    site.configure(TOGETHER)
    site.newer("sass", "1.70.1")
    site.run("open all-of-it")
    assert site.one("all-of-it").holds == ["sass 1.70.1"]


@closed("by a person, it was a group; then one of it is newer", "proposes that one alone")
def group_closed(site: Play) -> None:
    tooling(site)
    site.close(TOOLING)
    site.run(f"leave {TOOLING}")
    site.newer("stylelint", "16.0.1", "16.0.2")
    site.run(f"open {TOOLING}")
    assert site.one(TOOLING).holds == ["stylelint 16.0.2"]


@closed("by a person, it was a group that is dissolved later", "proposes none of it alone")
def group_closed_then_dissolved(site: Play) -> None:
    tooling(site)
    site.close(TOOLING)
    site.configure('updates:\n  rules:\n    - packages: [sass, stylelint]\n      group: ""\n')
    site.run("leave npm-sass", "leave npm-stylelint")
    assert not site.open()


@closed("by a person who also took its label off", "puts the label back, and remembers (exit 4 once)")
def label_removed(site: Play) -> None:
    opened(site)
    number = site.close(ODD)
    site.unlabel(number, "maintainer")
    site.run(code=4)
    assert "took its label maintainer" in site.problems[0]
    stays_closed(site)


@closed("by a person who also deleted the branch", "proposes it no more")
def with_its_branch(site: Play) -> None:
    opened(site)
    site.close(ODD)
    site.delete_branch(ODD)
    stays_closed(site)


@closed("by a person who replaced its description before", "remembers by its branch and title (exit 4 once)")
def with_its_metadata(site: Play) -> None:
    opened(site)
    site.edit(ODD, body="No.")
    site.close(ODD)
    site.run(code=4)
    assert "closed the same in" in site.problems[0]
    stays_closed(site)
    assert site.one(ODD, "closed").body.startswith("No.")


@closed("by a person, who reopens it", "goes on with it")
def reopened(site: Play) -> None:
    opened(site)
    site.close(ODD)
    stays_closed(site)
    site.reopen(1)
    site.run(f"leave {ODD}")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert (site.one(ODD).number, site.one(ODD).holds) == (1, ["is-odd 3.0.2"])


@closed("by a person, who ticks `recreate` in it later", "proposes it again")
def recreated(site: Play) -> None:
    opened(site)
    site.close(ODD)
    stays_closed(site)
    site.tick(ODD, "recreate", "closed")
    site.run(f"open {ODD}")
    assert [one.state for one in site.shown()] == ["closed", "open"]
    site.close(ODD)
    site.later(days=1)
    stays_closed(site, site.shown()[-1].number)


@closed("by a person, who ticks `retry` on the dashboard", "proposes it again, once")
def retried(site: Play) -> None:
    opened(site)
    site.close(ODD)
    stays_closed(site)
    site.tick_board("retry 1")
    site.run(f"open {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]
    assert "[x]" not in site.board()
    site.close(ODD)
    stays_closed(site, site.shown()[-1].number)


@closed("by us, as the site was moved by hand; then moved back", "proposes it again: what we closed blocks nothing")
def by_us_then_wanted(site: Play) -> None:
    opened(site)
    site.commit({ROOT: root("3.0.1")})
    site.run(f"close {ODD}")
    assert (site.open(), site.head(ODD)) == ([], "")
    site.commit({ROOT: root("3.0.0")})
    site.run(f"open {ODD}")
    assert [one.state for one in site.shown()] == ["closed", "open"]


@closed("by us, and a person reopens it", "leaves it open: their word counts")
def by_us_then_reopened(site: Play) -> None:
    opened(site)
    commit = site.head(ODD)
    site.configure("updates:\n  rules:\n    - packages: is-odd\n      act: ignore\n      reason: not now\n")
    site.run(f"close {ODD}")
    site.point(ODD, commit)
    site.reopen(1)
    site.run(f"leave {ODD}")
    assert (site.one(ODD).number, site.head(ODD)) == (1, commit)


@closed("by us, reopened by a person and closed by them", "proposes it no more")
def by_us_then_by_a_person(site: Play) -> None:
    opened(site)
    commit = site.head(ODD)
    site.commit({ROOT: root("3.0.1")})
    site.run(f"close {ODD}")
    site.commit({ROOT: root("3.0.0")})
    site.point(ODD, commit)
    site.reopen(1)
    site.run(f"leave {ODD}")
    site.close(ODD)
    stays_closed(site)


# Merged


def moved(site: Play) -> None:
    """What was merged is on the default branch, and nothing is left to do."""
    assert '"is-odd": "3.0.1"' in site.file(ROOT)
    site.run()
    assert not site.open()
    assert (site.head(ODD), site.pushed(ODD)) == ("", "")


@merged("with a merge commit", "removes the branch; nothing is left to do")
def merge_commit(site: Play) -> None:
    opened(site)
    site.merge(ODD)
    moved(site)
    assert site.shown()[0].state == "merged"


@merged("squashed", "the same")
def squashed(site: Play) -> None:
    opened(site)
    site.commit({"readme.txt": "moved"})
    site.merge(ODD, "squash")
    moved(site)
    assert site.shown()[0].state == "merged"


@merged("rebased or fast-forwarded", "the same")
def rebased(site: Play) -> None:
    opened(site)
    site.merge(ODD, "rebase")
    moved(site)
    assert site.shown()[0].state == "merged"


@merged("by hand with git", "the same: the forge notices")
def by_hand(site: Play) -> None:
    opened(site)
    site.commit({"readme.txt": "moved"})
    site.ada().merge_by_hand("main", PREFIX + ODD)
    moved(site)
    assert site.shown()[0].state == "merged"


@merged("squashed by hand with git, which no forge notices", "closes it: nothing of it is outdated any more")
def squashed_by_hand(site: Play) -> None:
    opened(site)
    site.ada().merge_by_hand("main", PREFIX + ODD, "squash")
    site.run(f"close {ODD}")
    assert "nothing of it is outdated" in site.one(ODD, "closed").said
    moved(site)


@merged("and its branch deleted by the forge", "does nothing")
def branch_deleted(site: Play) -> None:
    opened(site)
    site.merge(ODD)
    site.delete_branch(ODD)
    moved(site)


@merged("and there is a newer version at once", "proposes that on the same branch, anew")
def newer_at_once(site: Play) -> None:
    opened(site)
    site.merge(ODD)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"open {ODD}")
    assert (site.one(ODD).holds, site.one(ODD, "merged").number) == (["is-odd 3.0.2"], 1)
    assert "is-odd 3.0.1 → 3.0.2" in site.one(ODD).commit


@merged("and someone pushes to its branch later", "leaves that branch to them")
def pushed_later(site: Play) -> None:
    opened(site)
    site.merge(ODD)
    site.push(ODD, {"notes.txt": "mine"})
    site.run()
    assert site.file("notes.txt", ODD) == "mine"


@merged("and reverted", "proposes it again: what was merged blocks nothing")
def reverted(site: Play) -> None:
    opened(site)
    site.merge(ODD)
    site.run()
    site.commit({ROOT: root("3.0.0")}, "Revert")
    site.run(f"open {ODD}")
    assert [one.state for one in site.shown()] == ["merged", "open"]


@merged("in part, by hand on the base", "refreshes it to the rest")
def partly(site: Play) -> None:
    tooling(site)
    site.commit({THEME: theme(dict(zip(TOOLS, ("1.70.1", "16.0.0"), strict=True)))})
    site.run(f"refresh {TOOLING}")
    assert site.one(TOOLING).holds == ["stylelint 16.0.1"]


@merged("by someone who went further by hand", "closes it")
def further_by_hand(site: Play) -> None:
    opened(site)
    site.commit({ROOT: root("3.0.2")})
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"close {ODD}")
    assert not site.open()

"""What the world does to open proposals: the base moves, versions come and go, groups change, limits, holds."""

from tests.commands.play import ROOT, THEME, Play, root, theme
from tests.commands.situations import Part

base = Part("The base moves")
versions = Part("Versions come and go")
groups = Part("Groups change")
limits = Part("Limits and security")
held = Part("It has to wait")

ODD, TOOLING = "npm-is-odd", "theme-tooling"
ALONE = 'updates:\n  rules:\n    - packages: [sass, stylelint]\n      group: ""\n'
TOGETHER = "updates:\n  groups:\n    - name: all of it\n      packages: [is-odd, sass, stylelint]\n"
FREEZE = """freeze:
  - name: Black Week
    from: 2026-11-25
    to: 2026-11-30
    applies_to: [propose, merge, deploy]
"""


def opened(site: Play) -> None:
    site.newer("is-odd", "3.0.1")
    site.run(f"open {ODD}")


def tooling(site: Play) -> None:
    site.newer("sass", "1.70.1")
    site.newer("stylelint", "16.0.1")
    site.run(f"open {TOOLING}")


# The base


@base("in the lines of a proposal", "makes it anew on the base of now")
def conflicting(site: Play) -> None:
    opened(site)
    moved = site.commit({ROOT: root("3.0.0", vite="5.0.0")})
    site.run(f"refresh {ODD}")
    assert site.why[ODD] == "it conflicts with main"
    assert site.git.commit_of(site.head(ODD)).parents == (moved,)
    assert '"vite": "5.0.0"' in site.file(ROOT, ODD)


@base("elsewhere", "leaves it: nobody's approval is lost for nothing")
def elsewhere(site: Play) -> None:
    opened(site)
    head = site.head(ODD)
    site.commit({"readme.txt": "moved", THEME: theme({"sass": "1.70.0"})})
    site.run(f"leave {ODD}")
    assert site.head(ODD) == head


@base("and is renamed", "goes on with the new name")
def renamed(site: Play) -> None:
    opened(site)
    site.ada().rename_branch("main", "trunk")
    # GitHub moves its pull requests along, GitLab leaves them with a base that is gone.
    site.run(f"leave {ODD}" if site.github else f"refresh {ODD}")
    assert site.one(ODD).base == "trunk"


@base("as another branch becomes the default one", "leaves what is open; made anew, it is for the new one")
def other_default(site: Play) -> None:
    opened(site)
    site.ada().push("trunk", {"trunk.txt": "new"})
    site.git.default_branch = "trunk"
    site.run(f"leave {ODD}")
    assert site.one(ODD).base == "main"
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert (site.one(ODD).base, site.file("trunk.txt", ODD)) == ("trunk", "new")


@base("and the file is gone", "closes it: nothing of it is outdated any more")
def file_gone(site: Play) -> None:
    opened(site)
    site.commit({ROOT: None})
    site.run(f"close {ODD}")
    assert not site.open()


# Versions


@versions("a newer version", "refreshes the same proposal: number, comments and reviews stay")
def newer(site: Play) -> None:
    opened(site)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    one = site.one(ODD)
    assert (one.number, one.title, one.holds) == (1, "is-odd 3.0.0 → 3.0.2", ["is-odd 3.0.2"])
    assert '"is-odd": "3.0.2"' in site.file(ROOT, ODD) and site.head(ODD) == site.pushed(ODD)


@versions("a newer version that is too young", "leaves it at the one it has")
def too_young(site: Play) -> None:
    opened(site)
    site.newer("is-odd", "3.0.1", "3.0.2", recent=True)
    site.run(f"leave {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@versions("the version is withdrawn", "closes it")
def withdrawn(site: Play) -> None:
    opened(site)
    site.newer("is-odd")
    site.run(f"close {ODD}")
    assert not site.open()


@versions("the version is withdrawn, an older one is left", "goes back to that")
def partly_withdrawn(site: Play) -> None:
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"open {ODD}")
    site.newer("is-odd", "3.0.1")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@versions("a major beside it", "asks on the dashboard, and leaves it")
def major_beside(site: Play) -> None:
    opened(site)
    site.newer("is-odd", "3.0.1", "4.0.0")
    site.run(f"leave {ODD}")
    assert "approve maintainer/npm-is-odd-major" in site.section("Waits for your approval")


# Groups


@groups("one more of it is outdated", "adds it to the same proposal")
def grows(site: Play) -> None:
    site.newer("sass", "1.70.1")
    site.run(f"open {TOOLING}")
    site.newer("stylelint", "16.0.1")
    site.run(f"refresh {TOOLING}")
    assert (site.one(TOOLING).number, site.one(TOOLING).holds) == (1, ["sass 1.70.1", "stylelint 16.0.1"])


@groups("one of it is withdrawn", "takes it out of the same proposal")
def shrinks(site: Play) -> None:
    tooling(site)
    site.newer("stylelint")
    site.run(f"refresh {TOOLING}")
    assert (site.one(TOOLING).number, site.one(TOOLING).holds) == (1, ["sass 1.70.1"])


@groups("it is dissolved by the configuration", "closes it with a link to what goes on instead")
def dissolved(site: Play) -> None:
    tooling(site)
    site.configure(ALONE)
    site.run("open npm-sass", "open npm-stylelint", f"close {TOOLING}")
    heir = site.number("npm-sass")
    assert f"It goes on in {'#' if site.github else '!'}{heir}." in site.one(TOOLING, "closed").said
    assert site.head(TOOLING) == ""


@groups("it is formed by the configuration", "closes the single ones with a link to it")
def formed(site: Play) -> None:
    opened(site)
    site.newer("sass", "1.70.1")
    site.run(f"leave {ODD}", f"open {TOOLING}")
    site.configure(TOGETHER)
    site.run("open all-of-it", f"close {ODD}", f"close {TOOLING}")
    heir = f"It goes on in {'#' if site.github else '!'}{site.number('all-of-it')}."
    assert heir in site.one(ODD, "closed").said and heir in site.one(TOOLING, "closed").said
    assert site.one("all-of-it").holds == ["is-odd 3.0.1", "sass 1.70.1"]


@groups("it is dissolved, but someone pushed to its branch", "leaves it, and what it holds is proposed nowhere else")
def dissolved_but_theirs(site: Play) -> None:
    tooling(site)
    site.push(TOOLING, {"notes.txt": "mine"})
    site.configure(ALONE)
    site.run(f"leave {TOOLING}", "leave npm-sass", "leave npm-stylelint")
    assert site.why["npm-sass"].startswith("#1 holds it, and a person changed that branch")


@groups("it is renamed", "closes it, and proposes it under its new name")
def group_renamed(site: Play) -> None:
    tooling(site)
    site.configure("updates:\n  groups:\n    - name: build\n      packages: [sass, stylelint]\n")
    site.run("open build", f"close {TOOLING}")
    assert site.one("build").holds == ["sass 1.70.1", "stylelint 16.0.1"]


@groups("a person closes the group, then it is formed anew", "leaves out what they closed")
def closed_then_formed(site: Play) -> None:
    tooling(site)
    site.close(TOOLING)
    site.configure(TOGETHER)
    site.newer("is-odd", "3.0.1")
    site.run("open all-of-it")
    assert site.one("all-of-it").holds == ["is-odd 3.0.1"]


# Limits


@limits("more than one run may open", "opens the rest in the next runs")
def per_run(site: Play) -> None:
    site.configure("updates:\n  limits:\n    per_run: 1\n")
    site.newer("is-odd", "3.0.1")
    site.newer("sass", "1.70.1")
    site.run(f"open {ODD}", f"leave {TOOLING}")
    assert site.why[TOOLING] == "waits for the next run: one run opens at most 1"
    site.run(f"leave {ODD}", f"open {TOOLING}")


@limits("more than may be open at once", "waits until there is room")
def open_at_once(site: Play) -> None:
    site.configure("updates:\n  limits:\n    open: 1\n")
    site.newer("is-odd", "3.0.1")
    site.newer("sass", "1.70.1")
    site.run(f"open {ODD}", f"leave {TOOLING}")
    site.run(f"leave {ODD}", f"leave {TOOLING}")
    assert "at most 1 are open at once" in site.why[TOOLING]
    site.merge(ODD)
    site.run(f"open {TOOLING}")


@limits("a security fix, with all places taken", "opens it: it counts for no limit")
def security(site: Play) -> None:
    site.configure("updates:\n  limits:\n    open: 1\n")
    site.newer("sass", "1.70.1")
    site.run(f"open {TOOLING}")
    site.newer("is-odd", "3.0.1")
    site.vulnerable("is-odd", "3.0.1")
    site.run(f"open {ODD}", f"leave {TOOLING}")
    assert "fixes GHSA-x" in site.one(ODD).title
    assert "3.0.0 → 3.0.1 · GHSA-x high" in site.section("Vulnerable")


@limits("a security fix for one of an open group", "takes it out of the group, and proposes it alone")
def security_leaves_its_group(site: Play) -> None:
    tooling(site)
    site.vulnerable("sass", "1.70.1")
    site.run("open npm-sass", f"refresh {TOOLING}")
    assert (site.one("npm-sass").holds, site.one(TOOLING).holds) == (["sass 1.70.1"], ["stylelint 16.0.1"])


@limits("a security fix for what someone holds on their branch", "proposes it beside theirs")
def security_beside_theirs(site: Play) -> None:
    tooling(site)
    mine = site.push(TOOLING, {"notes.txt": "mine"})
    site.newer("sass", "1.70.1", "1.70.2")
    site.vulnerable("sass", "1.70.2")
    site.run("open npm-sass", f"leave {TOOLING}")
    assert (site.one("npm-sass").holds, site.head(TOOLING)) == (["sass 1.70.2"], mine)


@limits("an open one turns out to fix a vulnerability", "leaves it: its content is the same; the dashboard says so")
def becomes_security(site: Play) -> None:
    opened(site)
    site.vulnerable("is-odd", "3.0.1")
    site.run(f"leave {ODD}")
    assert "**is-odd** · 3.0.0 → 3.0.1 · GHSA-x high" in site.section("Vulnerable")


# Waiting


@held("its registry is down", "leaves it (exit 3)")
def registry_down(site: Play) -> None:
    opened(site)
    site.down("is-odd")
    site.run(f"leave {ODD}", code=3)
    assert "could not be looked up" in site.why[ODD]
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@held("the registry of one of its group is down", "leaves all of it (exit 3)")
def registry_of_one_down(site: Play) -> None:
    tooling(site)
    site.down("sass")
    site.run(f"leave {TOOLING}", code=3)
    assert site.one(TOOLING).holds == ["sass 1.70.1", "stylelint 16.0.1"]


@held("a freeze of proposing begins", "leaves it until the freeze has ended")
def freeze(site: Play) -> None:
    site.configure(FREEZE)
    opened(site)
    site.later(days=5)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"leave {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]
    site.later(days=6)
    site.run(f"refresh {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.2"]


@held("its hours are over", "leaves it until they come again")
def hours(site: Play) -> None:
    site.configure("updates:\n  windows: sat 07:00-12:00\n")
    opened(site)
    site.later(days=1)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"leave {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@held("someone pins it in the configuration", "leaves it as it is, until the pin's last day has passed")
def pinned(site: Play) -> None:
    opened(site)
    site.configure("updates:\n  pins:\n    - package: is-odd\n      owner: ann\n      until: 2026-12-31\n")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"leave {ODD}")
    assert site.why[ODD].startswith("pinned by ann")
    site.later(days=45)
    site.run(f"refresh {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.2"]


@held("a rule has it ignored", "closes it with the rule's reason")
def ignored(site: Play) -> None:
    opened(site)
    site.configure(
        "updates:\n  rules:\n    - packages: is-odd\n      act: ignore\n      reason: we leave odd numbers behind\n"
    )
    site.run(f"close {ODD}")
    assert "we leave odd numbers behind" in site.one(ODD, "closed").said


@held("a rule asks for approval of what is open", "leaves it: what is open counts as approved")
def asks_now(site: Play) -> None:
    opened(site)
    site.configure("updates:\n  rules:\n    - packages: is-odd\n      act: approve\n")
    site.run(f"leave {ODD}")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")

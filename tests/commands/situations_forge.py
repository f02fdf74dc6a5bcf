"""Strangers and forks, the forge itself, the dashboard, red groups and what merges itself."""

from hashlib import sha256

from tests.commands.play import PREFIX, THEME, Play, theme
from tests.commands.situations import Part

strangers = Part("Forks and forgeries")
forge = Part("The forge itself")
dashboard = Part("The dashboard")
red = Part("Checks fail")
itself = Part("It merges itself")

ODD, TOOLING, SASS = "npm-is-odd", "theme-tooling", "npm-sass-major"
MERGES = "updates:\n  rules:\n    - packages: is-odd\n      automerge: true\n"
FREEZE = "freeze:\n  - name: Black Week\n    from: 2026-11-25\n    to: 2026-11-30\n"


def opened(site: Play) -> None:
    site.newer("is-odd", "3.0.1")
    site.run(f"open {ODD}")


# Forks


def forked(site: Play, text: str) -> int:
    """A fork's proposal from a branch of our name, with this description."""
    return site.fork(PREFIX + ODD, {"evil.txt": "evil"}, text)


FORGED = (
    '<!-- maintainer:identity {"v":1,"identity":[["package.json","is-odd","3.0.0","3.0.1"]],'
    '"branch":"maintainer/npm-is-odd","settled":true} -->'
)


@strangers("a fork proposes from a branch of our name, with forged metadata", "takes no notice of it")
def fork(site: Play) -> None:
    number = forked(site, FORGED)
    opened(site)
    assert site.one(ODD).number != number
    theirs = next(one for one in site.shown() if one.number == number)
    assert (theirs.state, theirs.body) == ("open", FORGED)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")


@strangers("such a fork's proposal is closed, and has our label", "takes no notice of it: it blocks nothing")
def fork_closed(site: Play) -> None:
    number = forked(site, FORGED)
    site.label(number, "maintainer")
    site.ada().close(number)
    opened(site)


@strangers("a box is ticked in a fork's proposal", "takes no notice of it")
def fork_ticked(site: Play) -> None:
    opened(site)
    text = "<!-- maintainer:begin -->\n- [x] x <!-- maintainer:do recreate -->\n<!-- maintainer:end -->\n"
    number = forked(site, text + FORGED)
    site.run(f"leave {ODD}")
    assert next(one for one in site.shown() if one.number == number).body == text + FORGED


@strangers("someone opens an issue that looks like the dashboard", "takes no notice of it")
def forged_dashboard(site: Play) -> None:
    site.newer("sass", "2.0.0")
    text = f"<!-- maintainer:begin -->\n- [x] x <!-- maintainer:do approve {PREFIX}{SASS} -->\n<!-- maintainer:end -->"
    site.ada().open_issue("Maintenance of this site", text)
    site.run()
    assert f"approve {PREFIX}{SASS}" in site.section("Waits for your approval")
    assert len([one for one in site.issues() if one["body"] == text]) == 1


@strangers("metadata is forged on a proposal by hand, on a branch of our name", "leaves it: its commits are theirs")
def forged_by_hand(site: Play) -> None:
    mine = site.push(ODD, {"mine.txt": "mine"})
    number = site.propose(PREFIX + ODD, body=FORGED)
    site.label(number, "maintainer")
    site.newer("is-odd", "3.0.1")
    site.run(f"leave {ODD}")
    assert (site.head(ODD), site.one(ODD).number) == (mine, number)


# The forge


@forge("is archived", "refuses to run (exit 2), and changes nothing")
def archived(site: Play) -> None:
    opened(site)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.ada().archive()
    site.run(code=2)
    assert "archived" in site.problems[-1]
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@forge("protects `maintainer/*` from being pushed to", "says so (exit 3), and proposes nothing")
def protected(site: Play) -> None:
    site.protect("maintainer/*")
    site.newer("is-odd", "3.0.1")
    site.run(code=3)
    assert "rotected" in site.problems[0]
    assert (site.shown(), site.head(ODD), site.pushed(ODD)) == ([], "", "")


@forge("protects `maintainer/*` while proposals are open", "says so (exit 3), and leaves them whole")
def protected_later(site: Play) -> None:
    opened(site)
    head = site.head(ODD)
    site.protect("maintainer/*")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(code=3)
    assert (site.head(ODD), site.one(ODD).holds) == (head, ["is-odd 3.0.1"])


@forge("was renamed or moved to another owner", "goes on under the old address")
def moved(site: Play) -> None:
    opened(site)
    site.move()
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.newer("sass", "1.70.1")
    site.run(f"refresh {ODD}", f"open {TOOLING}")
    assert (site.one(ODD).number, site.one(ODD).holds) == (1, ["is-odd 3.0.2"])


@forge("lists two proposals of ours on one branch", "goes on with the older, and says to close the other")
def two_on_one_branch(site: Play) -> None:
    site.ada().push("next", {"next.txt": "next"})
    opened(site)
    site.retarget(ODD, "next")
    number = site.propose(PREFIX + ODD)
    site.run(f"leave {ODD}", f"leave {ODD}")
    assert number in [one.number for one in site.open()]


# The dashboard


@dashboard("an approval is ticked", "proposes it, and the box is gone")
def approved(site: Play) -> None:
    site.newer("sass", "2.0.0")
    site.run()
    site.tick_board(f"approve {PREFIX}{SASS}")
    site.run(f"open {SASS}")
    assert "approve" not in site.board()
    site.newer("sass", "2.0.0", "2.0.1")
    site.run(f"refresh {SASS}")


@dashboard("an approval is ticked, but the limit is reached", "keeps the tick until it is proposed")
def approved_but_limited(site: Play) -> None:
    site.configure("updates:\n  limits:\n    open: 1\n")
    site.newer("sass", "2.0.0")
    opened(site)
    site.tick_board(f"approve {PREFIX}{SASS}")
    site.run(f"leave {ODD}", f"leave {SASS}")
    assert f"- [x] sass 1.70.0 → 2.0.0 <!-- maintainer:do approve {PREFIX}{SASS} -->" in site.board()
    site.run(f"leave {ODD}", f"leave {SASS}")
    site.merge(ODD)
    site.run(f"open {SASS}")
    assert "approve" not in site.board()


@dashboard("an approval is ticked, but its branch is a person's", "keeps the tick until it is proposed (exit 4)")
def approved_but_refused(site: Play) -> None:
    site.newer("sass", "2.0.0")
    site.run()
    site.push(SASS, {"mine.txt": "mine"})
    site.tick_board(f"approve {PREFIX}{SASS}")
    site.run(code=4)
    assert f"[x] sass 1.70.0 → 2.0.0 <!-- maintainer:do approve {PREFIX}{SASS} -->" in site.board()


@dashboard("an approval is taken back before it was proposed", "waits again")
def approval_taken_back(site: Play) -> None:
    site.configure("updates:\n  limits:\n    open: 0\n")
    site.newer("sass", "2.0.0")
    site.run()
    site.tick_board(f"approve {PREFIX}{SASS}")
    site.run(f"leave {SASS}")
    site.tick_board(f"approve {PREFIX}{SASS}", ticked=False)
    site.run()
    assert f"[ ] sass 1.70.0 → 2.0.0 <!-- maintainer:do approve {PREFIX}{SASS} -->" in site.board()


@dashboard("an approved proposal is closed by a person", "asks for no approval of it again; `retry` has it back")
def approved_then_closed(site: Play) -> None:
    site.newer("sass", "2.0.0")
    site.run()
    site.tick_board(f"approve {PREFIX}{SASS}")
    site.run(f"open {SASS}")
    number = site.close(SASS)
    site.run()
    assert "approve" not in site.board()
    site.tick_board(f"retry {number}")
    site.run(f"open {SASS}")
    assert "[x]" not in site.board()


@dashboard("a proposal's box is ticked", "makes that one anew, and unticks the box")
def rebased(site: Play) -> None:
    opened(site)
    moved_to = site.commit({"readme.txt": "moved"})
    site.tick_board("rebase 1")
    site.run(f"refresh {ODD}")
    assert site.git.is_ancestor(moved_to, site.head(ODD))
    assert "[x]" not in site.board()


@dashboard("people write around our part and change its title", "keeps every word")
def words_around(site: Play) -> None:
    opened(site)
    site.write_board(title="Our shop's chores", body=f"Call Ben first.\n\n{site.on_board_body()}\n\nAnd Eve.")
    site.newer("sass", "1.70.1")
    site.run(f"leave {ODD}", f"open {TOOLING}")
    board = site.board()
    assert board.startswith("Call Ben first.\n\n<!-- maintainer:begin -->")
    assert "<!-- maintainer:end -->\n\nAnd Eve." in board and "1.70.1" in board
    assert [one["title"] for one in site.issues() if one["open"]] == ["Our shop's chores"]


@dashboard("people write on it while a run is at work", "reads it again, and keeps what they wrote")
def edited_meanwhile(site: Play) -> None:
    opened(site)
    site.newer("sass", "1.70.1")
    site.during("push", lambda: site.write_board(body=f"Just now.\n\n{site.on_board_body()}"))
    site.run(f"leave {ODD}", f"open {TOOLING}")
    assert site.board().startswith("Just now.") and "1.70.1" in site.board()


@dashboard("two of them, from a race", "keeps the older one, and closes the other")
def two_of_them(site: Play) -> None:
    opened(site)
    body = site.on_board_body()
    made = site.ada().open_issue("Maintenance of this site", body)
    number = made if isinstance(made, int) else made.iid
    site.label_issue(number, "maintainer-dashboard")
    site.run(f"leave {ODD}")
    assert [one["open"] for one in site.issues()] == [True, False]


@dashboard("a person closes it", "opens no other: reopened, it is kept again")
def board_closed(site: Play) -> None:
    opened(site)
    board = site.on_board()
    number = board.number if site.github else board.iid
    site.close_issue(number)
    site.newer("sass", "1.70.1")
    site.run(f"leave {ODD}", f"open {TOOLING}")
    assert [one["open"] for one in site.issues()] == [False]
    site.later(days=1)
    site.reopen_issue(number)
    site.run(f"leave {ODD}", f"leave {TOOLING}")
    assert "1.70.1" in site.board()


@dashboard("a person deletes it", "opens a new one")
def board_deleted(site: Play) -> None:
    opened(site)
    site.delete_board()
    site.run(f"leave {ODD}")
    assert "is-odd" in site.section("Open")


# Red


def part(*packages: str) -> str:
    """The branch of a part of the group of tools."""
    return f"{TOOLING}-part-{sha256(chr(10).join(sorted(packages)).encode()).hexdigest()[:8]}"


FOUR = ("postcss", "sass", "stylelint", "vite")
AFTER = {"postcss": "8.4.1", "sass": "1.70.1", "stylelint": "16.0.1", "vite": "5.0.1"}


def four(site: Play, *packages: str) -> None:
    """A group of tools is open, and its checks failed."""
    before = {"postcss": "8.4.0", "sass": "1.70.0", "stylelint": "16.0.0", "vite": "5.0.0"}
    site.commit({THEME: theme({name: before[name] for name in packages})})
    for name in packages:
        site.newer(name, AFTER[name])
    site.run(f"open {TOOLING}")
    site.checks(TOOLING, False)


@red("of a single update", "leaves it: it holds up nobody")
def red_single(site: Play) -> None:
    opened(site)
    site.checks(ODD, False)
    site.run(f"leave {ODD}")
    assert "✘ checks fail" in site.section("Open")


@red("of a group of two", "proposes each alone, and closes the group")
def red_pair(site: Play) -> None:
    four(site, "sass", "stylelint")
    site.run(f"close {TOOLING}", f"open {part('sass')}", f"open {part('stylelint')}")
    site.checks(part("sass"), False)
    site.checks(part("stylelint"), True)
    site.run(f"leave {part('sass')}", f"leave {part('stylelint')}")
    assert (site.one(part("sass")).holds, site.one(part("stylelint")).holds) == (["sass 1.70.1"], ["stylelint 16.0.1"])


@red("of a group of four", "halves what fails until the culprit is alone, then proposes the rest together")
def red_four(site: Play) -> None:
    four(site, *FOUR)
    left, right = part("postcss", "sass"), part("stylelint", "vite")
    site.run(f"close {TOOLING}", f"open {left}", f"open {right}")
    site.checks(left, False)
    site.checks(right, True)
    site.run(f"close {left}", f"leave {right}", f"open {part('postcss')}", f"open {part('sass')}")
    site.checks(part("postcss"), True)
    site.checks(part("sass"), False)
    rest = part("postcss", "stylelint", "vite")
    site.run(f"leave {part('sass')}", f"open {rest}", f"close {right}", f"close {part('postcss')}")
    site.checks(rest, True)
    site.run(f"leave {part('sass')}", f"leave {rest}")


@red("of a part, and the rest was merged", "leaves the culprit alone where it is")
def culprit_alone(site: Play) -> None:
    four(site, "sass", "stylelint")
    site.run(f"close {TOOLING}", f"open {part('sass')}", f"open {part('stylelint')}")
    site.checks(part("sass"), False)
    site.checks(part("stylelint"), True)
    site.merge(part("stylelint"), "squash")
    # Side by side in one file, the culprit conflicts now: it is made anew where it is.
    site.run(f"refresh {part('sass')}")
    site.run(f"leave {part('sass')}")


@red("of a part, and the culprit has a newer version", "proposes the group whole again")
def culprit_mended(site: Play) -> None:
    four(site, "sass", "stylelint")
    site.run(f"close {TOOLING}", f"open {part('sass')}", f"open {part('stylelint')}")
    site.checks(part("sass"), False)
    site.newer("sass", "1.70.1", "1.70.2")
    site.run(f"open {TOOLING}", f"close {part('sass')}", f"close {part('stylelint')}")
    assert site.one(TOOLING).holds == ["sass 1.70.2", "stylelint 16.0.1"]


@red("of what someone pushed to the branch", "leaves it: their checks say nothing of our updates")
def red_of_theirs(site: Play) -> None:
    four(site, "sass", "stylelint")
    site.push(TOOLING, {"notes.txt": "mine"})
    site.checks(TOOLING, False)
    site.run(f"leave {TOOLING}")


# Merges itself


def waiting_to_merge(site: Play) -> None:
    """Its checks have passed, and the forge merges it once a person approves."""
    site.configure(MERGES + FREEZE)
    site.needs_approval()
    opened(site)
    site.checks(ODD, True)
    site.run(f"leave {ODD}")
    assert site.one(ODD).auto_merge


@itself("a rule says so, checks passed, and the branch wants an approval", "has the forge merge it once it has that")
def automerge(site: Play) -> None:
    waiting_to_merge(site)
    site.ada().approve(site.number(ODD))
    site.merges_by_itself()
    assert site.one(ODD, "merged").number == 1
    site.run()


@itself("a rule says so, checks run", "leaves it until they are through")
def automerge_pending(site: Play) -> None:
    site.configure(MERGES)
    site.needs_approval()
    opened(site)
    site.checks(ODD, None)
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("a rule says so, checks fail", "leaves it to people")
def automerge_red(site: Play) -> None:
    site.configure(MERGES)
    site.needs_approval()
    opened(site)
    site.checks(ODD, False)
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("no rule says so", "leaves it to people")
def automerge_by_nobody(site: Play) -> None:
    site.needs_approval()
    opened(site)
    site.checks(ODD, True)
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("a freeze of merging begins", "takes it back, until the freeze has ended")
def automerge_frozen(site: Play) -> None:
    waiting_to_merge(site)
    site.later(days=5)
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge
    site.later(days=6)
    site.run(f"leave {ODD}")
    assert site.one(ODD).auto_merge


@itself("a freeze of proposing and merging begins", "takes it back")
def automerge_frozen_whole(site: Play) -> None:
    waiting_to_merge(site)
    site.configure(MERGES + FREEZE + "    applies_to: [propose, merge, deploy]\n")
    site.later(days=5)
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("the hours of its updates are over", "takes it back")
def automerge_out_of_hours(site: Play) -> None:
    waiting_to_merge(site)
    site.configure(f"{MERGES}      windows: sat 07:00-12:00\n")
    site.later(days=1)
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("the rule is taken away", "takes it back")
def automerge_no_more(site: Play) -> None:
    waiting_to_merge(site)
    site.configure("updates:\n  labels: []\n")
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("someone pushes to its branch", "takes it back: no rule speaks for their commits")
def automerge_theirs(site: Play) -> None:
    waiting_to_merge(site)
    site.push(ODD, {"notes.txt": "mine"})
    site.run(f"leave {ODD}")
    assert not site.one(ODD).auto_merge


@itself("a person has it merge by itself, whatever our rules say", "leaves that to them")
def automerge_by_a_person(site: Play) -> None:
    site.configure(MERGES)
    site.needs_approval()
    opened(site)
    site.checks(ODD, None)
    site.automerge(ODD)
    site.run(f"leave {ODD}")
    assert site.one(ODD).auto_merge

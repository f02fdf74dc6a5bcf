"""What people do to an open proposal: to its branch, to its text, and what they ask for."""

from tests.commands.play import PREFIX, ROOT, Play, root
from tests.commands.situations import Part

branch = Part("Someone touches its branch")
text = Part("Someone edits it")
asking = Part("Someone asks for something")

ODD = "npm-is-odd"


def opened(site: Play) -> None:
    """The usual start: one proposal is open."""
    site.newer("is-odd", "3.0.1")
    site.run(f"open {ODD}")


def stays_theirs(site: Play, head: str) -> None:
    """Not even a newer version moves the branch."""
    site.run(f"leave {ODD}")
    assert site.why[ODD].startswith("a person changed its branch")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"leave {ODD}")
    assert site.head(ODD) == head
    assert site.one(ODD).title == "is-odd 3.0.0 → 3.0.1"


# The branch


@branch("a commit is pushed to it", "leaves it: the branch is theirs, newer versions are not proposed elsewhere")
def pushed(site: Play) -> None:
    opened(site)
    stays_theirs(site, site.push(ODD, {"notes.txt": "mine"}))
    assert site.file("notes.txt", ODD) == "mine"


@branch("our commit is amended", "leaves it: theirs")
def amended(site: Play) -> None:
    opened(site)
    stays_theirs(site, site.push(ODD, {ROOT: root("3.0.1", mine="1.0.0")}, amend=True))


@branch("our commit is rebased by hand", "leaves it: theirs, though it says the same")
def rebased(site: Play) -> None:
    opened(site)
    base = site.commit({"readme.txt": "moved"})
    stays_theirs(site, site.push(ODD, {ROOT: root("3.0.1")}, onto=base))


@branch("something else is force-pushed to it", "leaves it: theirs")
def force_pushed(site: Play) -> None:
    opened(site)
    stays_theirs(site, site.push(ODD, {"other.txt": "all mine"}, onto=site.git.default_branch))


@branch("the forge's button merges the base into it", "leaves it: a merge by a person is theirs too")
def updated_by_button(site: Play) -> None:
    opened(site)
    site.commit({"readme.txt": "moved"})
    site.update_branch(ODD)
    stays_theirs(site, site.head(ODD))


@branch("it is put back to our last commit", "takes it up again: a newer version refreshes it")
def put_back(site: Play) -> None:
    opened(site)
    ours = site.head(ODD)
    site.push(ODD, {"notes.txt": "a try"})
    site.run(f"leave {ODD}")
    site.point(ODD, ours)
    site.given_up()
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).title == "is-odd 3.0.0 → 3.0.2"


@branch("a commit is pushed, and it conflicts with the base", "leaves it: theirs to resolve")
def pushed_and_conflicting(site: Play) -> None:
    opened(site)
    site.push(ODD, {"notes.txt": "mine"})
    site.commit({ROOT: root("3.0.0", vite="5.0.0")})
    head = site.head(ODD)
    site.run(f"leave {ODD}")
    assert site.head(ODD) == head


@branch("a commit is pushed while a run refreshes it", "overwrites nothing, says so (exit 4); then it is theirs")
def pushed_meanwhile(site: Play) -> None:
    opened(site)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.during("push", lambda: site.push(ODD, {"notes.txt": "mine"}))
    site.run(code=4)
    assert site.problems[0].startswith("Someone moved maintainer/npm-is-odd")
    stays = site.head(ODD)
    site.run(f"leave {ODD}")
    assert site.head(ODD) == stays and stays in site.people


@branch("it is deleted", "counts that as closed by a person: not proposed again")
def branch_deleted(site: Play) -> None:
    opened(site)
    site.delete_branch(ODD)
    site.run(f"leave {ODD}")
    assert site.why[ODD] == "a person closed it in #1; a newer version will be proposed"
    assert (site.one(ODD, "closed").number, site.head(ODD)) == (1, "")


@branch("it is deleted, and there is a newer version", "proposes that, on the same branch")
def branch_deleted_newer(site: Play) -> None:
    opened(site)
    site.delete_branch(ODD)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"open {ODD}")
    assert [one.state for one in site.shown()] == ["closed", "open"]


@branch("there was a branch of that name, made by hand", "refuses to take it (exit 4), until it is renamed or deleted")
def made_by_hand(site: Play) -> None:
    mine = site.push(ODD, {"mine.txt": "mine"})
    site.newer("is-odd", "3.0.1")
    site.run(code=4)
    assert site.problems[0].startswith("The branch maintainer/npm-is-odd exists and is not as we pushed it")
    assert (site.shown(), site.head(ODD)) == ([], mine)


@branch("a proposal by hand stands on a branch of that name", "leaves both alone (exit 4)")
def proposed_by_hand(site: Play) -> None:
    mine = site.push(ODD, {"mine.txt": "mine"})
    number = site.propose(PREFIX + ODD, body="My own words")
    site.newer("is-odd", "3.0.1")
    site.run(code=4)
    assert (site.one(ODD).number, site.one(ODD).body, site.head(ODD)) == (number, "My own words", mine)


# Its text


@text("the title", "keeps theirs, also when it is refreshed")
def title_edited(site: Play) -> None:
    opened(site)
    site.edit(ODD, title="Odd numbers, please look")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert (site.one(ODD).title, site.one(ODD).holds) == ("Odd numbers, please look", ["is-odd 3.0.2"])


@text("the description around our part", "keeps every word of it")
def words_around(site: Play) -> None:
    opened(site)
    site.edit(ODD, body=f"Tested by Ada.\n\n{site.body(ODD)}\nAsk Ben first.")
    site.run(f"leave {ODD}")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    body = site.one(ODD).body
    assert body.startswith("Tested by Ada.\n\n<!-- maintainer:begin -->")
    assert "<!-- maintainer:end -->\n\nAsk Ben first." in body
    assert "3.0.2" in body


@text("our part of the description", "leaves it, and keeps it folded below the new one when it is refreshed")
def words_inside(site: Play) -> None:
    opened(site)
    site.edit(ODD, body=site.body(ODD).replace("### is-odd", "### Ada says no: is-odd"))
    site.run(f"leave {ODD}")
    assert "Ada says no" in site.one(ODD).body
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    body = site.one(ODD).body
    assert "### Ada says no" in body.partition("As it was edited before")[2]
    assert body.count("<!-- maintainer:do ignore -->") == 1, "what is folded asks for nothing"


@text("all of the description, our hidden metadata with it", "writes ours anew below their words")
def body_replaced(site: Play) -> None:
    opened(site)
    site.edit(ODD, body="Nothing but my words")
    site.run(f"refresh {ODD}")
    one = site.one(ODD)
    assert one.body.startswith("Nothing but my words\n\n<!-- maintainer:begin -->")
    assert (one.number, one.holds) == (1, ["is-odd 3.0.1"])


@text("the description, emptied", "writes it anew")
def body_emptied(site: Play) -> None:
    opened(site)
    site.edit(ODD, body="")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@text("the hidden metadata, to claim another content", "puts it right: what is wanted counts, not what is said")
def metadata_forged(site: Play) -> None:
    opened(site)
    site.edit(ODD, body=site.body(ODD).replace('"3.0.1"]]', '"9.9.9"]]'))
    assert site.one(ODD).holds == ["is-odd 9.9.9"]
    site.run(f"refresh {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@text("the hidden metadata, broken", "writes it anew")
def metadata_broken(site: Play) -> None:
    opened(site)
    site.edit(ODD, body=site.body(ODD).replace('{"v":1', '{"v":'))
    site.run(f"refresh {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.1"]


@text("labels: theirs added, ours taken away", "keeps it so, but for the label that proposals are found by")
def labels_changed(site: Play) -> None:
    site.configure("updates:\n  labels: [dependencies, risky]\n")
    opened(site)
    assert site.one(ODD).labels == ("dependencies", "maintainer", "risky")
    site.label(site.number(ODD), "looked-at")
    site.unlabel(site.number(ODD), "risky", "maintainer")
    site.run(f"leave {ODD}")
    assert site.one(ODD).labels == ("dependencies", "looked-at", "maintainer")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).labels == ("dependencies", "looked-at", "maintainer")


@text("who is asked for a review", "asks nobody else again")
def reviewers_changed(site: Play) -> None:
    site.ada("ben")
    site.ada("eve")
    site.configure("updates:\n  reviewers: [ben]\n")
    opened(site)
    assert site.one(ODD).reviewers == ("ben",)
    site.review(ODD, "eve")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).reviewers == ("eve",)


@text("that it is a draft now", "keeps it a draft")
def made_a_draft(site: Play) -> None:
    opened(site)
    site.ada().draft(site.number(ODD))
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).draft and "3.0.2" in site.one(ODD).title


@text("that the draft is ready", "keeps it ready")
def made_ready(site: Play) -> None:
    site.configure("updates:\n  draft: true\n")
    opened(site)
    assert site.one(ODD).draft
    site.ada().draft(site.number(ODD), False)
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert not site.one(ODD).draft


@text("the branch it is to be merged into", "leaves it; made anew, it is for the default branch again")
def retargeted(site: Play) -> None:
    site.ada().push("next", {"next.txt": "next"})
    opened(site)
    site.retarget(ODD, "next")
    site.run(f"leave {ODD}")
    assert site.one(ODD).base == "next"
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).base == "main", "its commit is made on the default branch, and would bring all of that"


@text("comments of people", "leaves them where they are")
def commented(site: Play) -> None:
    opened(site)
    site.comment(ODD, "Have you seen this?")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"refresh {ODD}")
    assert site.one(ODD).comments == ("Have you seen this?",)


# Asking


@asking("the box or `/maintainer rebase`", "makes it anew on the base of now, once, and unticks the box")
def box_rebase(site: Play) -> None:
    opened(site)
    base = site.commit({"readme.txt": "moved"})
    site.tick(ODD, "rebase")
    site.run(f"refresh {ODD}")
    assert site.git.is_ancestor(base, site.head(ODD))
    assert "[x]" not in site.one(ODD).body


@asking("`rebase` where someone pushed to the branch", "leaves it, and says to ask for `recreate`")
def box_rebase_of_theirs(site: Play) -> None:
    opened(site)
    mine = site.push(ODD, {"notes.txt": "mine"})
    site.tick(ODD, "rebase")
    site.run(f"leave {ODD}")
    assert site.why[ODD].endswith("ask to recreate it")
    assert site.head(ODD) == mine


@asking("`recreate` where someone pushed to the branch", "makes it anew: what they pushed goes, as they asked")
def box_recreate(site: Play) -> None:
    opened(site)
    site.push(ODD, {"notes.txt": "mine"})
    site.tick(ODD, "recreate")
    site.given_up()
    site.run(f"refresh {ODD}")
    assert site.git.read(PREFIX + ODD, "notes.txt") is None
    assert (site.head(ODD), site.one(ODD).number) == (site.pushed(ODD), 1)


@asking("`recreate` after a merge of the base into it", "makes it anew, one commit on the base")
def comment_recreate(site: Play) -> None:
    opened(site)
    base = site.commit({"readme.txt": "moved"})
    site.update_branch(ODD)
    site.comment(ODD, "/maintainer recreate")
    site.given_up()
    site.run(f"refresh {ODD}")
    assert site.git.commit_of(site.head(ODD)).parents == (base,)


@asking("`ignore`, by box", "closes it for them; a newer version is proposed again")
def box_ignore(site: Play) -> None:
    opened(site)
    site.tick(ODD, "ignore")
    site.run(f"leave {ODD}")
    assert "ignored, as asked" in site.one(ODD, "closed").said
    assert site.head(ODD) == ""
    site.later(days=1)
    site.run(f"leave {ODD}")
    site.newer("is-odd", "3.0.1", "3.0.2")
    site.run(f"open {ODD}")
    assert site.one(ODD).holds == ["is-odd 3.0.2"]


@asking("`/maintainer ignore`, then reopened", "does it once: what was reopened stays open")
def comment_ignore(site: Play) -> None:
    opened(site)
    commit = site.head(ODD)
    site.comment(ODD, "Not this one.\n/maintainer ignore\n")
    site.run(f"leave {ODD}")
    assert "ignored, as asked by ada" in site.one(ODD, "closed").said
    site.later(days=1)
    site.point(ODD, commit)
    site.reopen(1)
    site.run(f"leave {ODD}")
    assert site.one(ODD).number == 1


@asking("`ignore`, by box, then reopened", "hears the box once: what was reopened stays open")
def box_ignore_reopened(site: Play) -> None:
    opened(site)
    commit = site.head(ODD)
    site.tick(ODD, "ignore")
    site.run(f"leave {ODD}")
    site.point(ODD, commit)
    site.reopen(1)
    site.run(f"leave {ODD}")
    assert site.one(ODD).number == 1


@asking("`/maintainer rebase` by someone with write access", "does it once")
def comment_rebase(site: Play) -> None:
    opened(site)
    base = site.commit({"readme.txt": "moved"})
    site.comment(ODD, "/maintainer rebase")
    site.run(f"refresh {ODD}")
    assert site.git.is_ancestor(base, site.head(ODD))
    later = site.commit({"readme.txt": "moved again"})
    site.later(days=1)
    site.run(f"leave {ODD}")
    assert not site.git.is_ancestor(later, site.head(ODD))


@asking("a command by someone who may only read", "does nothing")
def comment_by_a_stranger(site: Play) -> None:
    opened(site)
    mine = site.push(ODD, {"notes.txt": "mine"})
    site.stranger("mallory")
    site.comment(ODD, "/maintainer recreate\n/maintainer ignore", by="mallory")
    site.run(f"leave {ODD}")
    assert (site.one(ODD).number, site.head(ODD)) == (1, mine)


@asking("a command that is quoted, in code, or within a sentence", "does nothing")
def comment_quoted(site: Play) -> None:
    opened(site)
    mine = site.push(ODD, {"notes.txt": "mine"})
    site.comment(ODD, "> /maintainer recreate\n\nWhat does `/maintainer recreate` do?")
    site.comment(ODD, "Write this:\n```\n/maintainer recreate\n```\nor\n\n    /maintainer ignore\n")
    site.comment(ODD, "Should we /maintainer ignore it? /maintainer destroy")
    site.run(f"leave {ODD}")
    assert (site.one(ODD).number, site.head(ODD)) == (1, mine)


@asking("a comment that is edited once its wish was done", "does nothing more")
def comment_edited_after(site: Play) -> None:
    opened(site)
    edit = site.comment(ODD, "/maintainer rebase")
    site.later(days=1)
    site.run(f"refresh {ODD}")
    edit("/maintainer rebase\n\nThank you.")
    site.later(days=1)
    site.run(f"leave {ODD}")


@asking("a comment that becomes a command by an edit", "does it once")
def comment_edited_into(site: Play) -> None:
    opened(site)
    edit = site.comment(ODD, "Hm.")
    site.later(days=1)
    site.run(f"leave {ODD}")
    edit("/maintainer rebase")
    site.run(f"refresh {ODD}")
    site.later(days=1)
    site.run(f"leave {ODD}")


@asking("two boxes at once, rebase and recreate", "does what goes further")
def two_boxes(site: Play) -> None:
    opened(site)
    site.push(ODD, {"notes.txt": "mine"})
    site.given_up()
    site.tick(ODD, "rebase")
    site.tick(ODD, "recreate")
    site.run(f"refresh {ODD}")
    assert "[x]" not in site.one(ODD).body and site.head(ODD) == site.pushed(ODD)


@asking("a box in words of their own around our part", "does nothing: only boxes of our part are heard")
def box_outside(site: Play) -> None:
    opened(site)
    site.edit(ODD, body=f"- [x] ignore <!-- maintainer:do ignore -->\n\n{site.body(ODD)}")
    site.run(f"leave {ODD}")
    assert site.one(ODD).number == 1

"""What people do to get past a gate that is closed, the same on both forges. Each gives the proposal it did it with.

Those of one configuration share a forge: they are done one after the other, and then the gate looks once.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple

from maintainer.model import Identity
from maintainer.text import description
from maintainer.text.description import Mark
from tests.commands.gate_stage import BLACK_FRIDAY, CONFIGURATION, WHY, Guarded

Act = Callable[[Guarded], int]


class Attempt(NamedTuple):
    """`why` is in what the gate says of it, in words."""

    what: str
    why: str
    act: Act


FROZEN, SECOND, VERIFY, APPROVALS, TEAMS = "frozen", "second", "verify", "approvals", "teams"
#: The default branch's `maintainer.yml`.
CONFIGURATIONS: Mapping[str, str] = {
    FROZEN: CONFIGURATION,
    SECOND: f"site: {{name: shop}}\ngate: {{overrides: {{approvals: 1}}}}\n{BLACK_FRIDAY}",
    VERIFY: "site: {name: shop}\ngate: {verify: required}\n",
    APPROVALS: "site: {name: shop}\ngate: {approvals: 1}\n",
    TEAMS: f"site: {{name: shop}}\ngate: {{overrides: {{by: ['@nowhere/owners', '@shop/a/b']}}}}\n{BLACK_FRIDAY}",
}
ATTEMPTS: dict[str, list[Attempt]] = {name: [] for name in CONFIGURATIONS}
HOLDS = "Black Friday freezes merges"
NAMED = "is by someone who may not: @ada, @shop/owners, boss@shop.example may"
NO_WRITER = "is by someone who may not write to this repository"
NO_REASON = "gives no reason: comment `/maintainer reason` and why"
BEFORE = "look at it, and ask anew"
WAITS = "waits for 1 more who may"


def attempt(configuration: str, what: str, why: str) -> Callable[[Act], Act]:
    def kept(act: Act) -> Act:
        ATTEMPTS[configuration].append(Attempt(what, why, act))
        return act

    return kept


# Who asks


@attempt(FROZEN, "nobody asks", HOLDS)
def nobody(site: Guarded) -> int:
    return site.proposed()


@attempt(FROZEN, "someone who may write asks", NAMED)
def stranger(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, "carol")
    return number


@attempt(FROZEN, "someone who may only read asks", NO_WRITER)
def reader(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, "eve")
    return number


@attempt(FROZEN, "someone of the team who may not write asks", NO_WRITER)
def member(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, "dave")
    return number


@attempt(FROZEN, "the author asks", "is by the one who proposes it")
def author(site: Guarded) -> int:
    number = site.proposed("ada")
    site.override(number, "ada")
    return number


@attempt(FROZEN, "who pushed the head asks", "is by the one who pushed")
def pusher(site: Guarded) -> int:
    number = site.proposed()
    site.push(number, "ada")
    site.override(number, "ada")
    return number


@attempt(FROZEN, "who put the branch back asks", "is by the one who pushed")
def pointer(site: Guarded) -> int:
    number = site.proposed()
    first = site.head(number)
    site.push(number)
    site.person("ada").point(site.branch(number), first)
    site.override(number, "ada")
    return number


@attempt(FROZEN, "it is asked on a fork's proposal", "is for a fork's proposal")
def fork(site: Guarded) -> int:
    number = site.forked()
    site.override(number, "ada")
    return number


# What is said


@attempt(FROZEN, "a comment is edited by someone else", "was edited after it was written")
def edited_by_another(site: Guarded) -> int:
    number = site.proposed()
    edit = site.comment(number, "Nice!", "ada")
    edit(f"/maintainer override {WHY}", "carol")
    return number


@attempt(FROZEN, "a comment is edited by oneself", "was edited after it was written")
def edited(site: Guarded) -> int:
    number = site.proposed()
    edit = site.comment(number, "/maintainer override", "ada")
    edit(f"/maintainer override {WHY}")
    return number


@attempt(FROZEN, "a reason that says nothing", "gives no reason: say why in a few words")
def hollow(site: Guarded) -> int:
    number = site.proposed()
    site.comment(number, "/maintainer override ________ \u200b\u3164\u3164 ok", "ada")
    return number


@attempt(FROZEN, "quoted, in code, and hidden", HOLDS)
def unsaid(site: Guarded) -> int:
    number = site.proposed()
    words = f"/maintainer override {WHY}"
    site.comment(number, f"> {words}\n\n```\n{words}\n```\n\n    {words}\n\n- ```\n  {words}\n", "ada")
    site.comment(number, f"<!--\n{words}\n-->\n<pre>\n{words}\n</pre>", "ada")
    return number


@attempt(FROZEN, "letters that look alike", HOLDS)
def alike(site: Guarded) -> int:
    number = site.proposed()
    site.comment(number, f"/mаintainer override {WHY}\n/maintainer оverride {WHY}", "ada")
    return number


@attempt(FROZEN, "for 999 hours", "asks for 999h, and 24 hours is the most")
def endless(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, how=" for 999h")
    return number


@attempt(FROZEN, "for less than no time", "which is no time")
def negative(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, how=" for -5h")
    return number


@attempt(FROZEN, "it has ended", "UTC: ask anew")
def ended(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, how=" for 1m")
    return number


@attempt(FROZEN, "the comment is deleted", HOLDS)
def deleted(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.unsaid(number)
    return number


@attempt(FROZEN, "approvals alone", HOLDS)
def approvals_alone(site: Guarded) -> int:
    number = site.proposed("carol")
    site.approve(number, "ada")
    site.approve(number, "bob")
    return number


@attempt(FROZEN, "a push after it", BEFORE)
def pushed_after(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.push(number)
    return number


@attempt(FROZEN, "a push after it, and back", BEFORE)
def pushed_and_back(site: Guarded) -> int:
    number = site.proposed()
    first = site.head(number)
    site.override(number)
    site.push(number)
    site.person("bot").point(site.branch(number), first)
    return number


@attempt(FROZEN, "it is asked on another proposal", HOLDS)
def elsewhere(site: Guarded) -> int:
    number, other = site.proposed(), site.proposed()
    site.override(other)
    return number


@attempt(FROZEN, "another proposal of the same commit is overridden", HOLDS)
def same_commit(site: Guarded) -> int:
    other = site.proposed()
    site.override(other)
    branch = f"twin-{other}"
    site.person("carol").push(branch, {"twin.txt": "x"})
    site.person("carol").point(branch, site.head(other))
    return site.opened(branch, "carol")


# Labels


@attempt(FROZEN, "labelled by someone not allowed", NAMED)
def labelled(site: Guarded) -> int:
    number = site.proposed()
    site.label(number, by="carol")
    site.comment(number, f"/maintainer reason {WHY}", "carol")
    return number


@attempt(FROZEN, "labelled P1 by someone not allowed", NAMED)
def urgent(site: Guarded) -> int:
    number = site.proposed()
    site.label(number, "P1", "carol")
    return number


@attempt(FROZEN, "labelled without a reason", NO_REASON)
def wordless(site: Guarded) -> int:
    number = site.proposed()
    site.label(number)
    return number


@attempt(FROZEN, "labelled, and another gives the reason", NO_REASON)
def anothers_reason(site: Guarded) -> int:
    number = site.proposed()
    site.label(number)
    site.comment(number, f"/maintainer reason {WHY}", "bob")
    return number


@attempt(FROZEN, "labelled, and the reason is on another proposal", NO_REASON)
def reason_elsewhere(site: Guarded) -> int:
    number, other = site.proposed(), site.proposed()
    site.label(number)
    site.comment(other, f"/maintainer reason {WHY}", "ada")
    return number


@attempt(FROZEN, "labelled, taken off, and put on again by another", NO_REASON)
def again(site: Guarded) -> int:
    number = site.proposed()
    site.label(number)
    site.comment(number, f"/maintainer reason {WHY}", "ada")
    site.unlabel(number, by="carol")
    site.label(number, by="carol")
    return number


@attempt(FROZEN, "labelled, then a push", BEFORE)
def labelled_before(site: Guarded) -> int:
    number = site.proposed()
    site.label(number)
    site.comment(number, f"/maintainer reason {WHY}", "ada")
    site.push(number)
    return number


@attempt(FROZEN, "another label is renamed to it", "was put by nobody the forge names")
def renamed(site: Guarded) -> int:
    number = site.proposed()
    site.label(number, "bug")
    site.rename_label("bug", "P2")
    return number


@attempt(FROZEN, "a label that only looks like it", HOLDS)
def label_alike(site: Guarded) -> int:
    number = site.proposed()
    site.comment(number, f"/maintainer reason {WHY}", "ada")
    site.label(number, "freeze-оverride")
    return number


# What it says of itself


@attempt(FROZEN, "a title, a body and labels that say it is a security fix", HOLDS)
def claimed(site: Guarded) -> int:
    identity: Identity = (("package.json", "is-odd", "3.0.0", "3.0.1"),)
    mark = description.write(Mark(identity, labels=("security",)))
    number = site.proposed("carol", body=f"Severity: critical. CVE-2026-1 GHSA-x\n\n{mark}\n")
    site.label(number, "security", "carol")
    return number


@attempt(FROZEN, "recorded as a fix, of another proposal", HOLDS)
def assessed_of_another(site: Guarded) -> int:
    number = site.proposed()
    site.assessed(number + 500, site.head(number))
    return number


@attempt(FROZEN, "recorded as a fix, of another commit", HOLDS)
def assessed_before(site: Guarded) -> int:
    number = site.proposed()
    site.assessed(number)
    site.push(number, "carol")
    return number


@attempt(FROZEN, "recorded as a fix, at another site", HOLDS)
def assessed_elsewhere(site: Guarded) -> int:
    number = site.proposed()
    part = {"severities": ["critical"], "names": [], "manager": "npm"}
    site.record("assessed", number, site.head(number), {"parts": [part], "whole": True}, site="other")
    return number


@attempt(FROZEN, "recorded as a fix in part", HOLDS)
def assessed_in_part(site: Guarded) -> int:
    number = site.proposed()
    site.assessed(number, whole=False)
    return number


@attempt(FROZEN, "one part is a fix, another isn't", HOLDS)
def assessed_mixed(site: Guarded) -> int:
    number = site.proposed()
    site.assessed(number, parts=[{"severities": ["high"]}, {"severities": []}])
    return number


@attempt(FROZEN, "a fix of little weight", HOLDS)
def assessed_low(site: Guarded) -> int:
    number = site.proposed()
    site.assessed(number, severity="medium")
    return number


@attempt(FROZEN, "recorded as no fix any more", HOLDS)
def assessed_anew(site: Guarded) -> int:
    number = site.proposed()
    site.assessed(number)
    site.assessed(number, severity="low")
    return number


# What it changes itself


def _configured(site: Guarded, text: str, **more: str) -> int:
    return site.proposed("carol", {"maintainer.yml": text, **more})


@attempt(FROZEN, "it lets its author override", NAMED)
def appoints(site: Guarded) -> int:
    number = site.proposed("bot", {"maintainer.yml": CONFIGURATION.replace("{urgent", "{by: [carol], urgent")})
    site.override(number, "carol")
    return number


@attempt(FROZEN, "it makes someone an owner", NAMED)
def owns(site: Guarded) -> int:
    number = site.proposed("bot", {"CODEOWNERS": "* @carol\n", ".github/CODEOWNERS": "* @carol\n"})
    site.override(number, "carol")
    return number


@attempt(FROZEN, "it lifts the freeze", HOLDS)
def lifts(site: Guarded) -> int:
    return _configured(site, CONFIGURATION.replace(BLACK_FRIDAY, ""))


@attempt(FROZEN, "it ends the freeze, and adds another", HOLDS)
def shortens(site: Guarded) -> int:
    more = "  - {name: New Year, from: 2027-01-01, to: 2027-01-02}\n"
    return _configured(site, CONFIGURATION.replace("2026-12-01", "2026-11-21") + more)


@attempt(FROZEN, "it names another label", HOLDS)
def relabels(site: Guarded) -> int:
    number = _configured(site, CONFIGURATION.replace("[P1, P2]", "[P1, P2, easy]"))
    site.label(number, "easy")
    return number


@attempt(FROZEN, "it adds a freeze, and changes another file", HOLDS)
def adds_and_changes(site: Guarded) -> int:
    return _configured(site, with_freeze(), **{"checkout.txt": "two\n"})


@attempt(FROZEN, "it adds a freeze, and owners", HOLDS)
def adds_and_owns(site: Guarded) -> int:
    return _configured(site, with_freeze(), CODEOWNERS="* @carol\n")


@attempt(FROZEN, "it adds a freeze, and lets its author override", HOLDS)
def adds_and_appoints(site: Guarded) -> int:
    return _configured(site, with_freeze().replace("{urgent", "{by: [carol], urgent"))


@attempt(FROZEN, "it adds a freeze, and an exemption of the other", HOLDS)
def adds_and_exempts(site: Guarded) -> int:
    return _configured(
        site, with_freeze().replace("2026-12-01T00:00\n", "2026-12-01T00:00\n    applies_to: deploy\n", 1)
    )


@attempt(FROZEN, "it adds a freeze of the same name", HOLDS)
def adds_a_twin(site: Guarded) -> int:
    return _configured(site, CONFIGURATION + "  - {name: Black Friday, from: 2026-11-20, to: 2026-11-21}\n")


@attempt(FROZEN, "it adds a freeze, and names the key again", HOLDS)
def adds_a_key(site: Guarded) -> int:
    return _configured(site, CONFIGURATION + "freeze:\n  - {name: New Year, from: 2027-01-01, to: 2027-01-02}\n")


@attempt(FROZEN, "it adds a freeze by an alias that changes the other", HOLDS)
def adds_an_alias(site: Guarded) -> int:
    text = CONFIGURATION.replace("from: 2026-11-20T00:00", "from: &a 2026-11-20T00:00")
    text = text.replace("to: 2026-12-01T00:00", "to: *a") + "  - {name: New Year, from: *a, to: 2027-01-02}\n"
    return _configured(site, text)


@attempt(FROZEN, "it empties the list of freezes", HOLDS)
def empties(site: Guarded) -> int:
    return _configured(site, CONFIGURATION.replace(BLACK_FRIDAY, "freeze:\n"))


@attempt(FROZEN, "it adds a freeze that can't be read", HOLDS)
def adds_nonsense(site: Guarded) -> int:
    return _configured(site, CONFIGURATION + "  - {name: New Year, from: never, to: 2027-01-02}\n")


@attempt(FROZEN, "it adds a freeze elsewhere", HOLDS)
def adds_elsewhere(site: Guarded) -> int:
    return site.proposed("carol", {"maintainer.yml": None, ".github/maintainer.yml": with_freeze()})


@attempt(FROZEN, "it adds a freeze, and undoes what a merge brought", HOLDS)
def undoes(site: Guarded) -> int:
    """Beside one of two commits that it and the default branch go back to, what is undone doesn't show."""
    git, carol = site.site.repository, site.person("carol")
    before = git.branches()["main"]
    carol.push("feature", {"checkout.txt": "two\n"}, onto=before)
    carol.push("aside", {"aside.txt": "x"}, onto=before)
    site.commit({"readme.txt": "Our shop\n"})
    main = git.branches()["main"]
    carol.merge_by_hand("main", "feature")
    # The same two parents, and what the feature did is not in it.
    carol.point("undoing", main)
    carol.merge_by_hand("undoing", "feature")
    carol.push("undoing", {"checkout.txt": "one\n", "maintainer.yml": with_freeze()})
    return site.opened("undoing", "carol")


def with_freeze() -> str:
    return CONFIGURATION + "  - {name: New Year, from: 2027-01-01, to: 2027-01-02}\n"


@attempt(FROZEN, "somebody else posts the status", HOLDS)
def posts(site: Guarded) -> int:
    number = site.proposed()
    site.person("carol").status(site.branch(number), "success", "maintainer/gate", "open: nothing holds it")
    return number


@attempt(FROZEN, "it is a draft", HOLDS)
def draft(site: Guarded) -> int:
    number = site.proposed()
    site.person("bot").draft(number)
    return number


@attempt(FROZEN, "more comments than anyone reads", "is by someone who may not write")
def loud(site: Guarded) -> int:
    number = site.proposed()
    for hours in range(60):
        site.override(number, "eve", f" for {100 + hours}h")
    site.override(number, "eve")
    return number


# A second


@attempt(SECOND, "one alone", WAITS)
def alone(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    return number


@attempt(SECOND, "the same person twice", WAITS)
def twice(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.comment(number, "/maintainer agree", "ada")
    site.approve(number, "ada")
    return number


@attempt(SECOND, "someone not allowed agrees", WAITS)
def seconded_by_a_stranger(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.comment(number, "/maintainer agree", "carol")
    site.approve(number, "carol")
    return number


@attempt(SECOND, "the author agrees", WAITS)
def seconded_by_the_author(site: Guarded) -> int:
    number = site.proposed("bob")
    site.override(number)
    site.comment(number, "/maintainer agree", "bob")
    return number


@attempt(SECOND, "who pushed agrees", WAITS)
def seconded_by_the_pusher(site: Guarded) -> int:
    number = site.proposed()
    site.push(number, "bob")
    site.override(number)
    site.comment(number, "/maintainer agree", "bob")
    site.approve(number, "bob")
    return number


@attempt(SECOND, "it was agreed before", WAITS)
def seconded_before(site: Guarded) -> int:
    number = site.proposed()
    site.approve(number, "bob")
    site.comment(number, "/maintainer agree", "bob")
    site.override(number)
    return number


@attempt(SECOND, "it was agreed with a shorter one, which has ended", WAITS)
def seconded_another(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, how=" for 24h")
    site.override(number, how=" for 1m")
    site.comment(number, "/maintainer agree", "bob")
    return number


@attempt(SECOND, "the agreement is edited", WAITS)
def seconded_by_an_edit(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    edit = site.comment(number, "No!", "bob")
    edit("/maintainer agree", "carol")
    return number


@attempt(SECOND, "the approval is taken back", WAITS)
def dismissed(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.approve(number, "bob")
    site.unapprove(number, "bob")
    return number


@attempt(SECOND, "a push after both", BEFORE)
def pushed_after_both(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.approve(number, "bob")
    site.push(number)
    return number


@attempt(SECOND, "an approval from before a push", WAITS)
def stale_approval(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    site.approve(number, "bob")
    site.push(number)
    site.override(number)
    return number


# What verify found


NOT_LOOKED = "verify has not looked at"


@attempt(VERIFY, "it was never verified", NOT_LOOKED)
def unverified(site: Guarded) -> int:
    return site.proposed()


@attempt(VERIFY, "another commit of it was verified", NOT_LOOKED)
def verified_before(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number)
    site.push(number)
    return number


@attempt(VERIFY, "another proposal was verified", NOT_LOOKED)
def verified_another(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number + 500, site.head(number))
    return number


@attempt(VERIFY, "it was verified beside another commit", "beside another commit than it is merged to")
def verified_beside(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number, base=site.head(number))
    return number


@attempt(VERIFY, "it was verified by its own configuration", "was verified by another configuration")
def verified_otherwise(site: Guarded) -> int:
    number = site.proposed(
        "carol", {"maintainer.yml": f"{CONFIGURATIONS[VERIFY]}verify: {{smoke: {{timeout: 20s}}}}\n"}
    )
    site.verified(number, wanted="0" * 64)
    return number


@attempt(VERIFY, "it turns verify off", NOT_LOOKED)
def turned_off(site: Guarded) -> int:
    return site.proposed("carol", {"maintainer.yml": CONFIGURATIONS[VERIFY].replace("required", "off")})


@attempt(VERIFY, "only some checks looked", "only some checks looked at")
def verified_in_part(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number, partial=True)
    return number


@attempt(VERIFY, "verify failed", "verify says fail")
def failed(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number, verdict="fail")
    return number


@attempt(VERIFY, "verify could not tell", "verify says inconclusive")
def inconclusive(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number, verdict="inconclusive")
    return number


@attempt(VERIFY, "verify passed, and failed the next time", "verify says fail")
def failed_later(site: Guarded) -> int:
    number = site.proposed()
    site.verified(number)
    site.verified(number, verdict="fail")
    return number


@attempt(VERIFY, "verify passed tomorrow", NOT_LOOKED)
def verified_tomorrow(site: Guarded) -> int:
    number, now = site.proposed(), site.forge.now
    site.forge.now = now + timedelta(days=1)
    site.verified(number)
    site.forge.now = now
    return number


@attempt(VERIFY, "an override passes the calendar alone", NOT_LOOKED)
def overridden(site: Guarded) -> int:
    number = site.proposed()
    site.override(number)
    return number


@attempt(VERIFY, "somebody else posts the check of verify", NOT_LOOKED)
def posts_verify(site: Guarded) -> int:
    number = site.proposed()
    site.person("carol").status(site.branch(number), "success", "maintainer/verify", "pass")
    return number


# Approvals


LACKS = "1 more approval of"


@attempt(APPROVALS, "nobody approved", LACKS)
def unapproved(site: Guarded) -> int:
    return site.proposed()


@attempt(APPROVALS, "someone approved who may not write", LACKS)
def approved_by_a_reader(site: Guarded) -> int:
    number = site.proposed()
    site.approve(number, "eve")
    return number


@attempt(APPROVALS, "the author approved", LACKS)
def approved_by_the_author(site: Guarded) -> int:
    number = site.proposed("carol")
    site.approve(number, "carol")
    return number


@attempt(APPROVALS, "who pushed approved", LACKS)
def approved_by_the_pusher(site: Guarded) -> int:
    number = site.proposed()
    site.push(number, "carol")
    site.approve(number, "carol")
    return number


@attempt(APPROVALS, "someone approved before a push", LACKS)
def approved_before(site: Guarded) -> int:
    number = site.proposed()
    site.approve(number, "ada")
    site.push(number)
    return number


@attempt(APPROVALS, "an approval was taken back", LACKS)
def approval_taken_back(site: Guarded) -> int:
    number = site.proposed()
    site.approve(number, "ada")
    site.unapprove(number, "ada")
    return number


# Teams that can't be told


@attempt(TEAMS, "nobody can tell who is in the team", "can't be told to be by someone who may")
def unknown_team(site: Guarded) -> int:
    number = site.proposed()
    site.override(number, "ada")
    return number

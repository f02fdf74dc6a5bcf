"""Who gets past a closed gate by a word: the attempts that must not, and those that must."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.cases import Approval, Case, Labelled, Pushed, Remark
from maintainer.policy.overrides import MOST_REFUSED, Heard, Terms, approved, claims, heard

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEAD, OTHER = "a" * 40, "b" * 40
BOT = "maintainer[bot]"
#: What was proposed at nine, by us.
CASE = Case(1, "Update is-odd to 3.0.1", BOT, "maintainer/npm-is-odd", HEAD, "main")
CAME = Pushed(NOW - timedelta(hours=3), BOT)
WHY = "the checkout is down, this mends it"
DOCS = Path(__file__).parents[2] / "docs/gate-overrides.md"
#: Who may override here, and who may write.
OWNERS, WRITERS = {"ada", "bob"}, {"ada", "bob", "carol", BOT, "project_7_bot_0a1b"}


def refusal(login: str) -> str:
    """As a forge with these people has it; what it answers of `zoe`'s team is 403."""
    if login.casefold() == "zoe":
        return "can't be told to be by someone who may: GitHub shows the token no team @shop/owners"
    if login.casefold() not in WRITERS:
        return "is by someone who may not write to this repository"
    return "" if login.casefold() in OWNERS else "is by someone who may not: @ada, @bob may"


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def said(body: str, by: str = "ada", minutes: float = 30, **more: Any) -> Remark:
    return Remark(f"{by}-{minutes}", by, ago(minutes), body, **more)


def asked(by: str = "ada", minutes: float = 30, how: str = "", why: str = WHY, **more: Any) -> Remark:
    return said(f"/maintainer override{how} {why}", by, minutes, **more)


def labelled(by: str | None = "ada", minutes: float = 30, name: str = "freeze-override") -> Labelled:
    return Labelled(name, by, ago(minutes) if by else None)


def reason(by: str = "ada", minutes: float = 29, why: str = WHY, **more: Any) -> Remark:
    return said(f"/maintainer reason {why}", by, minutes, **more)


def agree(by: str = "bob", minutes: float = 20, **more: Any) -> Remark:
    return said("/maintainer agree", by, minutes, **more)


def nods(by: str = "bob", minutes: float = 20, commit: str = HEAD, **more: Any) -> Approval:
    return Approval(by, ago(minutes), commit, **more)


class Try(NamedTuple):
    """What stands on the proposal. `why` is in the sentence that says why it doesn't count, empty where nothing asks.

    `more` is what else is another in the case, `came` the push.
    """

    what: str
    why: str
    remarks: tuple[Remark, ...] = ()
    labels: tuple[Labelled, ...] = ()
    approvals: tuple[Approval, ...] = ()
    came: Pushed | None = CAME
    seconds: int = 0
    more: dict[str, Any] = {}  # noqa: RUF012 - a default of a tuple's field
    now: datetime = NOW

    def answer(self) -> Heard:
        case = replace(CASE, remarks=self.remarks, labels=self.labels, approvals=self.approvals, **self.more)
        return heard(case, Terms(urgent=("P1",), seconds=self.seconds), self.now, lambda: self.came, refusal)


NOT_ALLOWED = "is by someone who may not: "
NO_WRITER = "is by someone who may not write to this repository"
NO_REASON = "gives no reason: comment `/maintainer reason` and why"
SAYS_NOTHING = "gives no reason: say why in a few words"
NOBODY = "was put by nobody the forge names: take the label off and put it on again"
EDITED = "was edited after it was written: write it anew"
A_BOTS = "is a bot's: a person takes responsibility"
ENDED = "UTC: ask anew"
BEFORE = "was pushed: look at it, and ask anew"
WAITS = "more who may: they comment `/maintainer agree`, or approve this commit"
NO_TIME = "which is no time: write `for 90m` or `for 2h`"
TOO_LONG = "and 24 hours is the most"

ATTEMPTS = [
    # Who
    Try("asked by someone who may write, but isn't named", NOT_ALLOWED, (asked("carol"),)),
    Try("asked by someone who may only read", NO_WRITER, (asked("eve"),)),
    Try("asked by a member of the team who may not write", NO_WRITER, (asked("dave"),)),
    Try("asked by a member of a team that the token may not see", "can't be told to be by someone", (asked("zoe"),)),
    Try("asked by someone whose account is gone", NO_WRITER, (asked(""),)),
    Try("asked by a bot", A_BOTS, (asked("ada", bot=True),)),
    Try("asked by a bot that may write, told by its name alone", A_BOTS, (asked(BOT),)),
    Try("asked by a token of the project", A_BOTS, (asked("project_7_bot_0a1b"),)),
    Try("asked by a service account", A_BOTS, (asked("service_account_group_7_0a1b"),)),
    Try("asked by the author", "is by the one who proposes it", (asked(),), more={"author": "ada"}),
    Try("asked by the author in other case", "is by the one who proposes it", (asked("Ada"),), more={"author": "aDA"}),
    Try("asked by who pushed the head", "is by the one who pushed", (asked(),), came=Pushed(CAME.at, "Ada")),
    Try(
        "asked where nobody knows who pushed",
        "can't be told to be by someone else than who pushed",
        (asked(),),
        came=Pushed(CAME.at),
    ),
    # The label
    Try("labelled by someone not allowed", NOT_ALLOWED, (reason("carol"),), (labelled("carol"),)),
    Try("labelled by a bot", A_BOTS, (reason(BOT),), (labelled(BOT),)),
    Try("labelled P1 by someone not allowed", NOT_ALLOWED, (), (labelled("carol", name="P1"),)),
    Try("labelled P1 by a bot of the group", A_BOTS, (), (labelled("group_3_bot_ff", name="P1"),)),
    Try(
        "labelled P1 by the author", "is by the one who proposes it", (), (labelled(name="P1"),), more={"author": "ada"}
    ),
    Try("labelled without a reason", NO_REASON, (), (labelled(),)),
    Try("labelled, the reason by another", NO_REASON, (reason("bob"),), (labelled(),)),
    Try("labelled, the reason older", NO_REASON, (reason(minutes=36),), (labelled(),)),
    Try("labelled, the reason edited", EDITED, (reason(edited=True),), (labelled(),)),
    Try("labelled, the reason a bot's", A_BOTS, (reason(bot=True),), (labelled(),)),
    Try("labelled, a reason that says nothing", SAYS_NOTHING, (reason(why="asap"),), (labelled(),)),
    Try("labelled by nobody known", NOBODY, (reason(),), (labelled(None),)),
    Try(
        "another label renamed to it, so nobody put this one", NOBODY, (reason(),), (labelled(None), labelled(name="b"))
    ),
    Try("taken off, and on again by another", NO_REASON, (reason(),), (labelled("carol", 10),)),
    Try("labelled before the push", BEFORE, (reason(),), (labelled(),), came=Pushed(ago(20), BOT)),
    Try("labelled three hours ago", ENDED, (reason(minutes=150),), (labelled(minutes=155),)),
    Try("a label with a space behind", "", (reason(),), (labelled(name="freeze-override "),)),
    Try("a label in other case", "", (reason(),), (labelled(name="Freeze-Override"),)),
    Try("a label in letters that look alike", "", (reason(),), (labelled(name="freeze-оverride"),)),
    Try("a reason without the label", "", (reason(),)),
    # The words
    Try("edited", EDITED, (asked(edited=True),)),
    Try("without a reason", SAYS_NOTHING, (said("/maintainer override"),)),
    Try("a word for a reason", SAYS_NOTHING, (asked(why="hotfix"),)),
    Try("punctuation for a reason", SAYS_NOTHING, (asked(why="!!! ... ??? --- ..."),)),
    Try("characters of no width for a reason", SAYS_NOTHING, (asked(why="\u200b\u200c\u200d\u2060\ufeff" * 4),)),
    Try("letters that are not seen for a reason", SAYS_NOTHING, (asked(why="\u3164\u115f\u1160\uffa0" * 4),)),
    Try("underscores for a reason", SAYS_NOTHING, (asked(why="________________"),)),
    Try("one letter again and again for a reason", SAYS_NOTHING, (asked(why="aaaaaaaaaaaa"),)),
    Try("asks for 999h", TOO_LONG, (asked(how=" for 999h"),)),
    Try("asks for 25h", TOO_LONG, (asked(how=" for 25h"),)),
    Try("asks for 9999h", NO_TIME, (asked(how=" for 9999h"),)),
    Try("asks for -5m", NO_TIME, (asked(how=" for -5m"),)),
    Try("asks for 1.5h", NO_TIME, (asked(how=" for 1.5h"),)),
    Try("asks for 2h30m", NO_TIME, (asked(how=" for 2h30m"),)),
    Try("asks in other digits", NO_TIME, (asked(how=" for ٩h"),)),
    Try("asks for 0m", ENDED, (asked(how=" for 0m"),)),
    Try("quoted", "", (said(f"> /maintainer override {WHY}"),)),
    Try("in a code fence", "", (said(f"```\n/maintainer override {WHY}\n```"),)),
    Try("in a fence in a list", "", (said(f"- ```\n  /maintainer override {WHY}\n  ```"),)),
    Try("in indented code", "", (said(f"So:\n\n    /maintainer override {WHY}"),)),
    Try("in preformatted HTML", "", (said(f"<pre>\n/maintainer override {WHY}\n</pre>"),)),
    Try("in an HTML comment", "", (said(f"Fine.\n<!-- to override it write\n/maintainer override {WHY}\n-->"),)),
    Try("as a list's item", "", (said(f"- /maintainer override {WHY}"),)),
    Try("inside a sentence", "", (said(f"Please /maintainer override {WHY}"),)),
    Try("another word that begins so", "", (said(f"/maintainer overrides {WHY}"),)),
    Try("a command in letters that look alike", "", (said(f"/mаintainer override {WHY}"),)),
    Try("a verb in letters that look alike", "", (said(f"/maintainer оverride {WHY}"),)),
    Try("a verb in capitals", "", (said(f"/maintainer OVERRIDE {WHY}"),)),
    Try("in what we write ourselves", "", (said(f"/maintainer override {WHY}\n\n<!-- maintainer:comment verify -->"),)),
    # When, and for what
    Try("before the push", BEFORE, (asked(),), came=Pushed(ago(20), BOT)),
    Try("in the second of the push", BEFORE, (asked(),), came=Pushed(ago(30), BOT)),
    Try("of a commit that is pushed again later", BEFORE, (asked(minutes=100),), came=Pushed(ago(50), BOT)),
    Try("nobody knows when it was pushed", "the forge doesn't say when it was pushed", (asked(),), came=None),
    Try("ended this second", ENDED, (asked(minutes=120),)),
    Try("ended by what was asked for", ENDED, (asked(how=" for 30m"),)),
    Try("from the future", "is from the future: the clocks differ", (asked(minutes=-6),)),
    Try("for a fork's proposal", "is for a fork's proposal", (asked(),), more={"fork": True}),
    Try(
        "for a fork's, with a push that is known",
        "is for a fork's proposal",
        (asked(),),
        came=CAME,
        more={"fork": True},
    ),
    Try("two, of which one ended and one is a stranger's", ENDED, (asked(minutes=121), asked("carol"))),
    # A second
    Try("no second", WAITS, (asked(),), seconds=1),
    Try("the same person as second", WAITS, (asked(), agree("ada")), seconds=1),
    Try("the same person in other case", WAITS, (asked(), agree("ADA")), seconds=1),
    Try("the author as second", WAITS, (asked(), agree()), seconds=1, more={"author": "Bob"}),
    Try("who pushed as second", WAITS, (asked(), agree()), seconds=1, came=Pushed(CAME.at, "bob")),
    Try("someone not allowed as second", WAITS, (asked(), agree("carol")), seconds=1),
    Try("a bot as second", WAITS, (asked(), agree(bot=True)), seconds=1),
    Try("a bot's approval as second", WAITS, (asked(),), (), (nods(BOT),), seconds=1),
    Try("the approval of a bot with a person's name as second", WAITS, (asked(),), (), (nods(bot=True),), seconds=1),
    Try("a second before the first", WAITS, (agree(minutes=40), asked()), seconds=1),
    Try("a second in the same second", WAITS, (asked(), agree(minutes=30)), seconds=1),
    Try(
        "a second who agreed with another",
        WAITS,
        (asked(minutes=40, how=" for 24h"), asked(minutes=30, edited=True), agree()),
        seconds=1,
    ),
    Try("an edited second", WAITS, (asked(), agree(edited=True)), seconds=1),
    Try("a quoted second", WAITS, (asked(), said("> /maintainer agree", "bob", 20)), seconds=1),
    Try("a second from the future", WAITS, (asked(), agree(minutes=-10)), seconds=1),
    Try(
        "one second twice", "waits for 1 more", (asked(), agree(minutes=20), agree("BOB", 10)), (), (nods(),), seconds=2
    ),
    Try("an approval of another commit as second", WAITS, (asked(),), (), (nods(commit=OTHER),), seconds=1),
    Try("an approval from before as second", WAITS, (asked(),), (), (nods(minutes=60),), seconds=1),
    Try("an approval by someone not allowed as second", WAITS, (asked(),), (), (nods("carol"),), seconds=1),
    Try("an approval is no override", "", (), (), (nods("ada"), nods("bob"))),
    Try("an agreement is no override", "", (agree(), agree("ada"))),
]

COUNTS = [
    Try("by a comment", "ada", (asked(),)),
    Try("by a comment among other words", "ada", (said(f"Ben called.\r\n\r\n/maintainer override {WHY}\r\nSorry!"),)),
    Try("in another case than the list of people has", "ADA", (asked("ADA"),)),
    Try("for a while", "ada", (asked(how=" for 45m"),)),
    Try("a reason that begins with for", "ada", (asked(why="for the customers who can't pay"),)),
    Try("a reason in other letters", "ada", (asked(why="Zażółć gęślą jaźń"),)),
    Try("one second before it ends", "ada", (asked(minutes=120),), now=NOW - timedelta(seconds=1)),
    Try("by a label and a reason", "ada", (reason(),), (labelled(),)),
    Try("the reason a moment before the label", "ada", (reason(minutes=33),), (labelled(),)),
    Try("the reason in other case of the login", "ada", (reason("Ada"),), (labelled(),)),
    Try("by a label of a priority", "ada", (), (labelled(name="P1"),)),
    Try("with a second", "ada", (asked(), agree()), seconds=1),
    Try("with an approval as second", "ada", (asked(),), (), (nods(),), seconds=1),
    Try(
        "with an approval as second where the forge names no commit",
        "ada",
        (asked(),),
        (),
        (nods(commit=""),),
        seconds=1,
    ),
    Try("anew after a push", "ada", (asked(minutes=90), asked(minutes=10)), came=Pushed(ago(60), BOT)),
    Try("beside a stranger's", "bob", (asked("carol"), asked("bob", 20))),
    Try("a bad line is followed by a good comment", "ada", (asked(minutes=40, why="ok"), asked())),
    Try("clocks that differ a little", "ada", (asked(minutes=-3),)),
]


@pytest.mark.parametrize("one", ATTEMPTS, ids=lambda one: one.what.replace(" ", "-"))
def test_nobody_gets_past(one: Try) -> None:
    found = one.answer()
    assert found.override is None
    assert bool(found.refused) is bool(one.why)
    assert not one.why or one.why in "\n".join(found.refused), found.refused


@pytest.mark.parametrize("one", COUNTS, ids=lambda one: one.what.replace(" ", "-"))
def test_who_may_gets_past_with_a_reason(one: Try) -> None:
    found = one.answer().override
    assert found is not None and found.claim.by == one.why
    assert found.claim.until > one.now and len(found.claim.reason) > 8
    assert len(found.agreed) == one.seconds


def test_there_are_attempts_enough_and_each_is_another() -> None:
    names = [one.what for one in (*ATTEMPTS, *COUNTS)]
    assert len(ATTEMPTS) >= 35 and len(set(names)) == len(names)


def test_the_page_has_every_sentence() -> None:
    page = DOCS.read_text()
    assert [why for why in dict.fromkeys(one.why for one in ATTEMPTS) if why and why not in page] == []


def test_of_two_the_one_that_holds_longest_counts_and_the_other_is_told() -> None:
    found = Try("", "", (asked(minutes=110, how=" for 24h"), asked("bob", 10), asked("carol", 5))).answer()
    assert found.override and found.override.claim.until == ago(110) + timedelta(hours=24)
    assert len(found.refused) == 1 and "carol" in found.refused[0]


def test_nothing_is_asked_of_the_forge_where_nobody_asks() -> None:
    def never() -> Pushed | None:
        raise AssertionError

    case = replace(CASE, remarks=(said("Nice!", "eve"),), labels=(labelled(name="bug"),), approvals=(nods(),))
    assert heard(case, Terms(), NOW, never, lambda login: pytest.fail(login)) == Heard()


def test_who_comments_without_end_is_told_of_the_last_only() -> None:
    loud = tuple(asked("carol", 30, f" for {100 + at}h") for at in range(200))
    found = Try("", "", loud).answer()
    assert len(found.refused) == MOST_REFUSED and "299h" in found.refused[-1]


# Approvals that are needed anyhow


@pytest.mark.parametrize(
    ("approvals", "came", "expected"),
    [
        ((nods("bob"),), CAME, ("bob",)),
        ((nods("bob"), nods("Bob"), nods("carol")), CAME, ("bob", "carol")),
        ((nods("bob", commit=OTHER),), CAME, ()),
        ((nods("bob", commit=""),), CAME, ("bob",)),
        ((nods("bob", 200, commit=""),), CAME, ()),
        ((nods("bob", 180, commit=""),), CAME, ()),
        ((nods("bob", commit=""),), None, ()),
        ((nods("eve"),), CAME, ()),
        ((nods(BOT),), CAME, ()),
        ((nods("bob", bot=True),), CAME, ()),
        ((nods("bob", bot=True), nods("carol")), CAME, ("carol",)),
        ((nods("project_7_bot_0a1b"),), CAME, ()),
        ((nods("bob"),), Pushed(CAME.at, "BOB"), ()),
        ((nods("bob"),), None, ()),
        ((nods("bob"), nods("ada")), None, ("ada",)),
        ((nods("bob"), nods("ada")), Pushed(CAME.at), ("ada",)),
    ],
)
def test_an_approval_counts_of_this_commit_by_someone_else_who_may_write(
    approvals: tuple[Approval, ...], came: Pushed | None, expected: tuple[str, ...]
) -> None:
    case = replace(CASE, author="maintainer[bot]", approvals=approvals)
    assert approved(case, lambda: came, lambda login: login.casefold() in WRITERS) == expected
    mine = replace(case, author="Ada")
    assert "ada" not in approved(mine, lambda: came, lambda login: login.casefold() in WRITERS)


# Whatever people say

_LOGINS = st.sampled_from(["ada", "ADA", "bob", "carol", "eve", BOT, "", "project_7_bot_0a1b"])
_TIMES = st.integers(-400, 400).map(ago)
_WORDS = st.sampled_from(
    [f"/maintainer override {WHY}", f"/maintainer override for 20h {WHY}", f"/maintainer override for 3m {WHY}",
     "/maintainer override ok", f"/maintainer reason {WHY}", "/maintainer agree", f"> /maintainer override {WHY}",
     "Nice work!", f"/maintainer override for 99h {WHY}"]
)  # fmt: skip
_REMARKS = st.builds(Remark, st.text("ab", max_size=3), _LOGINS, _TIMES, _WORDS, st.booleans(), st.booleans())
_NAMES = st.sampled_from(["freeze-override", "P1", "bug"])
_LABELS = st.builds(Labelled, _NAMES, _LOGINS, _TIMES) | st.builds(Labelled, _NAMES)
_APPROVALS = st.builds(Approval, _LOGINS, _TIMES, st.sampled_from([HEAD, OTHER, ""]))
_CASES = st.builds(
    Case, st.just(1), st.just("A title"), _LOGINS, st.just("a"), st.just(HEAD), st.just("main"),
    fork=st.booleans(), labels=st.lists(_LABELS, max_size=3).map(tuple),
    remarks=st.lists(_REMARKS, max_size=6).map(tuple),
    approvals=st.lists(_APPROVALS, max_size=3).map(tuple),
)  # fmt: skip
_PUSHES = st.none() | st.builds(Pushed, _TIMES, _LOGINS)


@given(_CASES, _PUSHES, st.integers(0, 2))
def test_nothing_opens_without_an_allowed_persons_own_word_on_this_commit(
    case: Case, came: Pushed | None, seconds: int
) -> None:
    found = heard(case, Terms(urgent=("P1",), seconds=seconds), NOW, lambda: came, refusal).override
    if found is None:
        return
    claim = found.claim
    who = claim.by.casefold()
    assert who in OWNERS and who != case.author.casefold() and not case.fork
    assert came and came.by and came.at < claim.at and who != came.by.casefold()
    assert claim.at <= NOW + timedelta(minutes=5) and NOW < claim.until <= claim.at + timedelta(hours=24)
    assert any(_is_word(word, claim.at) for word in _words_of(case, who))
    others = {name.casefold() for name in found.agreed}
    assert len(others) == len(found.agreed) >= seconds
    assert others <= OWNERS - {who, case.author.casefold(), came.by.casefold()}
    for name in others:
        spoke = [one.at for one in case.remarks if one.by.casefold() == name and one.body == "/maintainer agree"]
        nodded = [one.at for one in case.approvals if one.by.casefold() == name and one.commit != OTHER]
        assert any(at > max(claim.at, came.at) for at in (*spoke, *nodded))


def _words_of(case: Case, who: str) -> Iterator[Remark | Labelled]:
    yield from (one for one in case.remarks if one.by.casefold() == who and not one.edited and not one.bot)
    yield from (one for one in case.labels if (one.by or "").casefold() == who)


def _is_word(word: Remark | Labelled, at: datetime) -> bool:
    if word.at != at:
        return False
    if isinstance(word, Labelled):
        return word.name in ("freeze-override", "P1")
    return word.body.startswith("/maintainer override ") and WHY in word.body


@given(_CASES, _PUSHES)
def test_more_seconds_never_let_more_through(case: Case, came: Pushed | None) -> None:
    found = [
        heard(case, Terms(urgent=("P1",), seconds=some), NOW, lambda: came, refusal).override for some in (0, 1, 2)
    ]
    ends = [one.claim.until if one else datetime.min.replace(tzinfo=UTC) for one in found]
    assert ends == sorted(ends, reverse=True)


@given(_CASES, _PUSHES, st.integers(0, 1))
def test_every_claim_is_answered(case: Case, came: Pushed | None, seconds: int) -> None:
    terms = Terms(urgent=("P1",), seconds=seconds)
    found = heard(case, terms, NOW, lambda: came, refusal)
    assert bool(claims(case, terms)) is bool(found.override or found.refused)

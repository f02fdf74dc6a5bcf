"""Which overrides of a closed gate count, and why others don't.

    claims(case, terms) -> list[Claim]
    heard(case, terms, now, pushed, refusal) -> Heard

A person asks for one by a comment, `/maintainer override REASON` (or `override for 90m REASON`), or by the label with a
comment `/maintainer reason REASON` of their own. It is for the commit that was the head when they asked, for a while,
by someone who may, and not by whoever made the change. Others who may agree with `/maintainer agree`, or a review that
approves.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from maintainer.cases import Case, Pushed, Remark
from maintainer.policy.wording import in_words
from maintainer.text.description import spoken
from maintainer.text.inert import shown

#: What an override may pass: the calendar, what verify found, approvals that lack.
Passes = Literal["calendar", "verify", "approvals"]

#: Why a person may not, empty when they may: asked only of those who try.
Refusal = Callable[[str], str]

#: So far two clocks may be apart.
SKEW = timedelta(minutes=5)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_A_BOTS = "is a bot's: a person takes responsibility"
#: A reason that says nothing: `ok`, `.`, `asap`, the same letter again and again.
SHORTEST_REASON, FEWEST_LETTERS = 8, 4
#: Claims that don't count which are told, the newest: anyone may comment as often as they want.
MOST_REFUSED = 20

_VERB = re.compile(r"override(?:[ \t]+for[ \t]+(?P<span>[-+.]?\d\S*))?(?P<reason>(?:\s.*)?)")
_SPAN = re.compile(r"(?P<hours>[0-9]{1,3})h|(?P<minutes>[0-9]{1,4})m")
#: Letters that are not seen: the fillers of Hangul.
_UNSEEN = re.compile(r"[\W_\u115f\u1160\u3164\uffa0]")
#: A program by its name, where the forge tells no more of it.
#: https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
#: https://docs.gitlab.com/user/profile/service_accounts/
_BOT = re.compile(r".*\[bot\]|(?:project|group)_[0-9]+_bot(?:_.*)?|service_account_.*", re.IGNORECASE)
#: What we write below a proposal ends with it. It tells what others said, in the name of whose token we have.
_OURS = "<!-- maintainer:comment "


@dataclass(frozen=True, slots=True)
class Terms:
    """`label` and `urgent` labels ask for an override; `seconds` is how many others must agree with it."""

    label: str = "freeze-override"
    urgent: tuple[str, ...] = ()
    lasts: timedelta = timedelta(hours=2)
    longest: timedelta = timedelta(hours=24)
    seconds: int = 0
    passes: frozenset[Passes] = frozenset({"calendar"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What someone asks for: `how` is "comment" or the label's name; `until` is its end. `wrong` says why it can't be
    one, whoever asks, empty otherwise."""

    by: str
    at: datetime
    until: datetime
    reason: str
    how: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A claim that counts, with those who agreed."""

    claim: Claim
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """The override that holds longest, None where there is none; and a sentence for each claim that doesn't count."""

    override: Override | None = None
    refused: tuple[str, ...] = ()


def heard(case: Case, terms: Terms, now: datetime, pushed: Callable[[], Pushed | None], refusal: Refusal) -> Heard:
    """What holds at `now`. `pushed` and `refusal` are asked only where somebody claims."""
    told = claims(case, terms)
    if not told:
        return Heard()
    came = pushed()
    standing: list[Override] = []
    refused: list[str] = []
    for claim in told:
        agreed = _agreed(case, claim, told, now, came, refusal)
        why = _refused(case, claim, now, came) or refusal(claim.by)
        if not why and len(agreed) < terms.seconds:
            lacking = terms.seconds - len(agreed)
            why = f"waits for {lacking} more who may: they comment `/maintainer agree`, or approve this commit"
        if why:
            refused.append(f"The override by {claim.by} ({claim.how}) {_is(why)}.")
        else:
            standing.append(Override(claim, agreed))
    return Heard(
        max(standing, key=lambda one: one.claim.until, default=None), tuple(dict.fromkeys(refused))[-MOST_REFUSED:]
    )


def claims(case: Case, terms: Terms) -> list[Claim]:
    """All that ask for one, as they stand."""
    return [*_by_comment(case, terms), *_by_label(case, terms)]


def _by_comment(case: Case, terms: Terms) -> Iterator[Claim]:
    for remark in case.remarks:
        found = next(filter(None, map(_VERB.fullmatch, _said(remark))), None)
        if found is None:
            continue
        lasts, reason = _lasts(found["span"], terms), shown(found["reason"]).strip()
        wrong = _wrong(remark, reason)
        if not wrong and lasts is None:
            wrong = f"asks for {shown(found['span'])[:20]}, which is no time: write `for 90m` or `for 2h`"
        elif not wrong and lasts and lasts > terms.longest:
            wrong = f"asks for {found['span'] or in_words(lasts)}, and {in_words(terms.longest)} is the most"
        yield Claim(remark.by, remark.at, remark.at + (lasts or timedelta()), reason, "comment", wrong)


def _by_label(case: Case, terms: Terms) -> Iterator[Claim]:
    for label in case.labels:
        urgent = label.name in terms.urgent
        if label.name != terms.label and not urgent:
            continue
        if label.by is None or label.at is None:
            wrong = "was put by nobody the forge names: take the label off and put it on again"
            yield Claim("somebody", NEVER, NEVER, "", f"label {label.name}", wrong)
            continue
        reason, wrong = (f"labelled {label.name}", "") if urgent else _reason(case, label.by, label.at)
        wrong = wrong if not _BOT.fullmatch(label.by) else _A_BOTS
        yield Claim(label.by, label.at, label.at + terms.lasts, reason, f"label {label.name}", wrong)


def _reason(case: Case, by: str, at: datetime) -> tuple[str, str]:
    """What the one who labelled says why, and what is wrong with it."""
    wrong = "gives no reason: comment `/maintainer reason` and why"
    for remark in case.remarks:
        for words in _said(remark):
            verb, _, reason = shown(words).partition(" ")
            if verb == "reason" and same(remark.by, by) and remark.at >= at - SKEW:
                wrong = _wrong(remark, reason.strip())
                if not wrong:
                    return reason.strip(), ""
    return "", wrong


def _said(remark: Remark) -> list[str]:
    """What a remark asks of us."""
    return spoken(remark.body) if _OURS not in remark.body else []


def _wrong(remark: Remark, reason: str) -> str:
    if remark.edited:
        return "was edited after it was written: write it anew"
    if remark.bot or _BOT.fullmatch(remark.by):
        return _A_BOTS
    letters = _UNSEEN.sub("", reason).casefold()
    if len(letters) < SHORTEST_REASON or len(set(letters)) < FEWEST_LETTERS:
        return "gives no reason: say why in a few words"
    return ""


def _refused(case: Case, claim: Claim, now: datetime, came: Pushed | None) -> str:
    """Why a claim doesn't count, whoever made it; empty when nothing is against it."""
    if claim.wrong:
        return claim.wrong
    if case.fork:
        return "is for a fork's proposal, which anyone may push to: bring the change to a branch of this repository"
    if claim.at > now + SKEW:
        return "is from the future: the clocks differ"
    if now >= claim.until:
        return f"ended {claim.until:%Y-%m-%d %H:%M} UTC: ask anew"
    if same(claim.by, case.author):
        return "is by the one who proposes it: someone else who may has to ask"
    if came is None:
        return "can't be told to be for this commit: the forge doesn't say when it was pushed. Ask anew later"
    if claim.at <= came.at:
        return f"was for what was there before {case.head[:12]} was pushed: look at it, and ask anew"
    if not came.by:
        return f"can't be told to be by someone else than who pushed {case.head[:12]}: push it anew, by itself"
    if same(claim.by, came.by):
        return f"is by the one who pushed {case.head[:12]}: someone else who may has to ask"
    return ""


def _agreed(
    case: Case, claim: Claim, told: Sequence[Claim], now: datetime, came: Pushed | None, refusal: Refusal
) -> tuple[str, ...]:
    """Others who agree with a claim: after it was made, the last one by then, and this commit was pushed, themselves
    allowed to."""
    if came is None:
        return ()
    said = [(one.by, one.at) for one in case.approvals if one.commit in (case.head, "") and not one.bot]
    said += [(one.by, one.at) for one in case.remarks if not one.edited and not one.bot and "agree" in _said(one)]
    found: dict[str, None] = {}
    for by, at in said:
        others = not any(same(by, known) for known in (claim.by, case.author, came.by, *found))
        last = max((one.at for one in told if one.at < at), default=None)
        if others and not _BOT.fullmatch(by) and last == claim.at and came.at < at <= now + SKEW and not refusal(by):
            found[by] = None
    return tuple(found)


def same(one: str, other: str) -> bool:
    """Whether two logins are one person's: forges don't tell case apart."""
    return bool(one) and one.casefold() == other.casefold()


def _lasts(span: str | None, terms: Terms) -> timedelta | None:
    """None for what is no time."""
    if span is None:
        return terms.lasts
    found = _SPAN.fullmatch(span)
    return timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0)) if found else None


def _is(why: str) -> str:
    """`why` as the end of a sentence that says it doesn't count."""
    return f"doesn't count: it {why}" if not why.startswith("waits") else why


def approved(case: Case, pushed: Callable[[], Pushed | None], writes: Callable[[str], bool]) -> tuple[str, ...]:
    """People who approved exactly this commit and may write, but for its author and whoever pushed it.

    Where nobody knows who pushed it, it may have been one of them: the first doesn't count.
    """
    if not case.approvals:
        return ()
    came = pushed()
    found: dict[str, None] = {}
    for one in case.approvals:
        of_this = one.commit == case.head or (not one.commit and came is not None and one.at > came.at)
        known = (case.author, came.by if came else "", *found)
        is_bot = one.bot or _BOT.fullmatch(one.by)
        if of_this and not is_bot and not any(same(one.by, other) for other in known):
            found |= {one.by: None} if writes(one.by) else {}
    return tuple(found) if came and came.by else tuple(found)[1:]

"""Whether a check may write to a site: only where what it sets off can do no harm, as far as that can be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

#: What an order on a staging with a copy of customers' data may set off.
Concern = Literal["mail", "webhooks", "renewals", "payments"]
CONCERNS: tuple[Concern, ...] = get_args(Concern)

HARMS: Mapping[Concern, str] = {
    "mail": "customers may get mail",
    "webhooks": "other systems may be told of orders that are none",
    "renewals": "subscriptions may be renewed",
    "payments": "real money may move",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """What a site shows of a concern: that it can do harm (`safe` false) or can't, in a sentence without its end."""

    concern: Concern
    safe: bool
    sentence: str


def refusal(stated: Mapping[Concern, str], signs: Sequence[Sign], key: str) -> tuple[str, str] | None:
    """Why nothing may be written there, and what to do; None where it may.

    `stated` is what the configuration says (`{"mail": "none"}`), below `key`. What a site shows goes before that.
    """
    harmful = [sign for sign in signs if not sign.safe]
    if harmful:
        reasons = "; ".join(f"{sign.sentence}: {HARMS[sign.concern]}" for sign in harmful)
        return f"it writes, and {reasons}", "Switch that off on the staging, or put it in test mode"
    known = {sign.concern for sign in signs} | {concern for concern, said in stated.items() if said}
    unknown = [concern for concern in CONCERNS if concern not in known]
    if not unknown:
        return None
    values = ", ".join(f"{concern}: {'test' if concern == 'payments' else 'none'}" for concern in unknown)
    reasons = "; ".join(HARMS[concern] for concern in unknown)
    return (
        f"it writes, and what that sets off there is not known ({', '.join(unknown)}): {reasons}",
        f"Switch these off on the staging, gateways to test mode, and state it: {key}.safe: {{{values}}}",
    )

"""What is said of a step that failed: which, what was expected, what was seen, and what the server and the page say."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from maintainer.model import Severity

Facts = Mapping[str, Any]
#: Addresses at which sites ask who one is.
LOGINS = ("login", "signin", "sign-in", "wp-login", "anmelden", "logowanie", "connexion")


def sentence(facts: Facts) -> str:
    """The failed step in one sentence, its likely cause last; without any, what the page shows."""
    number = f" (step {facts['number']})" if facts["number"] else ""
    got = f", and {facts['got']}" if facts["got"] else ""
    causes = list(causes_of(facts))
    if len(causes) == bool(facts["refused"]) and facts["gist"] and facts["kind"] != "total":
        causes.insert(0, f"the page shows: “{facts['gist']}”")
    return f"“{facts['step']}”{number}: {facts['wanted']}{got}" + "".join(f"; {cause}" for cause in causes)


def key(facts: Facts) -> str:
    """What names the fault on both sides: the step and the way it failed."""
    return f"{facts['key']} {facts['kind']}"


def severity(facts: Facts) -> Severity:
    """A server that breaks is worse than a page that changed."""
    return "critical" if facts["fatal"] or any(one["status"] >= 500 for one in facts["failing"]) else "high"


def causes_of(facts: Facts) -> Iterator[str]:
    """What else was seen that may be why, the surest first."""
    yield from facts["fatal"]
    for one in facts["failing"]:
        yield f"the server answered {one['status']} to {one['method']} {one['path']}"
    if errors := facts["errors"]:
        yield f"JavaScript failed: {errors[0]}" + (f", and {len(errors) - 1} more" if len(errors) > 1 else "")
    if facts["notices"] and not facts["fatal"]:
        yield "the page says: " + " / ".join(f"“{one}”" for one in facts["notices"])
    path = urlsplit(facts["url"]).path
    if facts["password"] or any(one in path.lower() for one in LOGINS):
        yield f"the site asks to log in ({path})"
    if facts["lost"] and facts["kind"] != "total":  # an order that was placed empties the cart
        yield f"the cookie {facts['lost'][0]} that was there is gone"
    elif facts["cookieless"] and facts["kind"] != "unreachable":
        yield "the site has set no cookie that keeps a session"
    if facts["pending"] and facts["verb"] != "open":
        one = facts["pending"][0]
        yield f"{one['method']} {one['path']} is still not answered"
    if _did_nothing(facts):
        yield f"“{facts['action']}” before it did nothing: nothing was sent, and the page stayed"
    if facts["earlier_errors"] and not facts["errors"]:
        yield f"JavaScript had failed before: {facts['earlier_errors'][0]}"
    if facts["refused"]:
        yield f"not let out (environments.allow): {', '.join(facts['refused'])}"


def _did_nothing(facts: Facts) -> bool:
    waits = facts["kind"] in ("url", "missing", "text", "visible", "total")
    return bool(facts["action"]) and waits and facts["sent"] == 0 and facts["verb"] in ("expect", "wait", "remember")

"""What headers and cookies protect less than before the change: pure comparisons of two answers to the same page.

Sources: https://www.w3.org/TR/CSP3/, RFC 6797 (HSTS), https://www.w3.org/TR/referrer-policy/,
https://www.w3.org/TR/permissions-policy/, https://owasp.org/www-project-secure-headers/.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maintainer.checks.security_csp import Policy, csp, framing, widened
from maintainer.http_visit import Seen, host_of
from maintainer.model import Severity

#: What is compared of every page, in this order.
RULES = ("csp", "hsts", "framing", "sniffing", "referrer", "permissions")

#: What a directive limits, in words.
LIMITED: Mapping[str, str] = {
    "script-src": "scripts",
    "style-src": "styles",
    "connect-src": "connections",
    "frame-src": "frames",
    "object-src": "embedded objects",
    "form-action": "forms",
    "base-uri": "its base address",
}
#: From what tells others most to what tells least; a browser's own is the fourth.
REFERRER = (
    "unsafe-url", "no-referrer-when-downgrade", "origin-when-cross-origin", "origin", "strict-origin-when-cross-origin",
    "strict-origin", "same-origin", "no-referrer",
)  # fmt: skip
USUAL_REFERRER = "strict-origin-when-cross-origin"
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Weaker:
    """What protects less: `key` without what differs between two runs, `sentence` without the page."""

    rule: str
    key: str
    sentence: str
    severity: Severity = "medium"


def weaker(head: Seen, base: Seen) -> Iterator[Weaker]:
    """What `head` protects less than `base`, in its headers."""
    policy, before = csp(head), csp(base)
    yield from _content(policy, before)
    if head.url.startswith("https:") and base.url.startswith("https:"):
        yield from _transport(head, base)
    yield from _framing(head, base, policy, before)
    if _says(base, "x-content-type-options") == "nosniff" != _says(head, "x-content-type-options"):
        yield Weaker("sniffing", "nosniff", "no longer says x-content-type-options: nosniff: browsers guess types")
    yield from _referrer(head, base)
    yield from _permissions(head, base)


def _says(seen: Seen, name: str) -> str:
    return seen.headers.get(name, "").strip().lower()


def _content(policy: Policy, before: Policy) -> Iterator[Weaker]:
    if before and not policy:
        yield Weaker("csp", "gone", "no longer has a content-security-policy", "high")
        return
    for directive, sources in widened(policy, before):
        if sources is None:
            sentence = f"its content-security-policy no longer limits {LIMITED[directive]} ({directive})"
            yield Weaker("csp", directive, sentence, "high")
        for source in sources or ():
            sentence = f"its content-security-policy now allows {source} for {LIMITED[directive]} ({directive})"
            risky = source in ("'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:")
            yield Weaker("csp", f"{directive} {source}", sentence, "high" if risky else "medium")


def _framing(head: Seen, base: Seen, policy: Policy, before: Policy) -> Iterator[Weaker]:
    now, was = framing(head, policy), framing(base, before)
    if was is None:
        return
    if now is None:
        yield Weaker("framing", "any", "may now be shown in a frame of any other site (clickjacking)", "high")
        return
    for source in sorted(now - was):
        yield Weaker("framing", source, f"may now be shown in a frame of {source}")


def _transport(head: Seen, base: Seen) -> Iterator[Weaker]:
    now, was = _hsts(head), _hsts(base)
    if not was:
        return
    if not now or now["max-age"] == 0:
        yield Weaker("hsts", "gone", "no longer has strict-transport-security: browsers may ask over HTTP", "high")
        return
    if now["max-age"] < was["max-age"]:
        shown = f"{now['max-age'] / DAY:.4g} days instead of {was['max-age'] / DAY:.4g}"
        yield Weaker("hsts", "max-age", f"its strict-transport-security lasts {shown}")
    for flag in ("includesubdomains", "preload"):
        if flag in was and flag not in now:
            yield Weaker("hsts", flag, f"its strict-transport-security no longer says {flag}")


def _hsts(seen: Seen) -> Mapping[str, int]:
    """Its directives, empty where there are none that count (RFC 6797, section 6.1)."""
    parts = [
        part.strip().lower().partition("=") for part in seen.headers.get("strict-transport-security", "").split(";")
    ]
    found = {name.strip(): value.strip().strip('"') for name, _, value in parts}
    age = found.pop("max-age", "")
    if not re.fullmatch(r"\d{1,12}", age, re.ASCII) or age.strip("0") == "":
        return {}
    return {"max-age": int(age), **dict.fromkeys(found, 1)}


def _referrer(head: Seen, base: Seen) -> Iterator[Weaker]:
    now, was = _referrer_policy(head), _referrer_policy(base)
    if REFERRER.index(now) < REFERRER.index(was):
        yield Weaker("referrer", now, f"tells other sites more of its addresses: referrer-policy {now}, was {was}")


def _referrer_policy(seen: Seen) -> str:
    """The last one a browser knows."""
    stated = [word.strip() for word in _says(seen, "referrer-policy").split(",")]
    return next((word for word in reversed(stated) if word in REFERRER), USUAL_REFERRER)


def _permissions(head: Seen, base: Seen) -> Iterator[Weaker]:
    now, was = _features(head), _features(base)
    for feature, allowed in was.items():
        if feature not in now:
            yield Weaker("permissions", feature, f"its permissions-policy no longer limits {feature}")
        elif "*" not in allowed and (more := sorted(now[feature] - allowed)):
            yield Weaker("permissions", feature, f"its permissions-policy now allows {feature} to {', '.join(more)}")


def _features(seen: Seen) -> Mapping[str, frozenset[str]]:
    """Who may use what: `camera=(), geolocation=(self "https://maps.example")`."""
    own = host_of(seen.url)
    found = {}
    stated = seen.headers.get("permissions-policy", "")[:8000]
    for match in re.finditer(r"([a-z-]{1,60})\s{0,4}=\s{0,4}(?:\(([^()]{0,2000})\)|(\*|self))", stated):
        named = (match[2] if match[2] is not None else match[3]).replace('"', "").split()
        found[match[1]] = frozenset("self" if host_of(one) == own else one for one in named)
    return found


@dataclass(frozen=True, slots=True)
class Cookie:
    """What protects a cookie; `same_site` from `none` over what browsers do by themselves to `strict`."""

    name: str
    secure: bool
    http_only: bool
    same_site: str


SAME_SITE = ("none", "", "lax", "strict")
#: Names of cookies that say who somebody is.
SESSION = re.compile(r"(?i)sess|auth|logged_in|token|(?:^|[_-])sid\b")
#: WordPress and WooCommerce end names with a digest of the site's address, which is another one on each side.
DIGEST = re.compile(r"[0-9a-f]{32,64}")


def cookies(seen: Seen) -> Mapping[str, Cookie]:
    """The cookies an answer sets, by name (RFC 6265, section 5.2)."""
    found = {}
    for stated in seen.cookies:
        pair, *attributes = stated.split(";")
        name = DIGEST.sub("…", pair.partition("=")[0].strip()[:200])
        given = {
            key.strip().lower(): value.strip().lower() for key, _, value in (one.partition("=") for one in attributes)
        }
        same = given.get("samesite", "")
        found[name] = Cookie(name, "secure" in given, "httponly" in given, same if same in SAME_SITE else "")
    return found


def weaker_cookies(head: Seen, base: Seen) -> Iterator[Weaker]:
    """What of `head`'s cookies is protected less; of a new one, what a session's wants."""
    before = cookies(base)
    secure = head.url.startswith("https:") and base.url.startswith("https:")
    for name, now in cookies(head).items():
        was = before.get(name) or Cookie(name, secure, bool(SESSION.search(name)), "")
        new = "" if name in before else "is new and "
        if secure and was.secure and not now.secure:
            yield Weaker(
                "cookies", f"{name} secure", f"its cookie {name} {new}is sent over HTTP too: no Secure", "high"
            )
        if was.http_only and not now.http_only:
            sentence = f"its cookie {name} {new}can be read by any script: no HttpOnly"
            yield Weaker("cookies", f"{name} httponly", sentence, "high")
        if SAME_SITE.index(now.same_site) < SAME_SITE.index(was.same_site):
            sentence = f"its cookie {name} {new}goes along with more requests of other sites: SameSite "
            said = f"{now.same_site or 'not stated'}" + ("" if new else f", was {was.same_site or 'not stated'}")
            yield Weaker("cookies", f"{name} samesite", sentence + said)

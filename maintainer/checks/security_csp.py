"""Content security policies: what they allow, and what one allows that another doesn't (https://www.w3.org/TR/CSP3/)."""

import re
from collections.abc import Iterator, Mapping

from maintainer.http_visit import Seen, host_of

#: Of a directive: the sources it allows. Several policies are several of these, and all of them hold.
Policy = tuple[Mapping[str, frozenset[str]], ...]
#: What is limited by a directive that is there, else by the next one.
FALLBACK: Mapping[str, tuple[str, ...]] = {
    "script-src": ("script-src", "default-src"),
    "style-src": ("style-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
    "frame-src": ("frame-src", "child-src", "default-src"),
    "object-src": ("object-src", "default-src"),
    "form-action": ("form-action",),
    "base-uri": ("base-uri",),
}
#: Nonces and digests name single scripts, and are others each time. With them `'unsafe-inline'` means nothing.
NAMED = re.compile(r"'(?:nonce-|sha(?:256|384|512)-)")
NONE = "'none'"
SCHEMES = ("https:", "http:", "data:", "blob:", "ws:", "wss:")


def csp(seen: Seen) -> Policy:
    """The policies an answer enforces; reporting alone limits nothing. Its own host is `'self'`."""
    own = host_of(seen.url)
    made = []
    for text in seen.headers.get("content-security-policy", "")[:32_000].split(","):
        found: dict[str, frozenset[str]] = {}
        for directive in text.split(";"):
            name, *sources = directive.split()[:500] or [""]
            if name:  # of several the first counts (section 2.2.1)
                found.setdefault(name.lower(), _sources(sources, own))
        if found:
            made.append(found)
    return tuple(made)


def _sources(stated: list[str], own: str) -> frozenset[str]:
    words = [word if word.startswith("'nonce") else word.lower().rstrip("/") for word in stated]
    named = any(NAMED.match(word) for word in words)
    kept = (word for word in words if word != NONE and not NAMED.match(word))
    kept = (word for word in kept if not (named and word == "'unsafe-inline'"))
    return frozenset("'self'" if _host(word) == own else word for word in kept)


def _host(word: str) -> str:
    return host_of(word if "://" in word else f"https://{word}") if "." in word or ":" in word.rstrip(":") else ""


def _allowed(policy: Policy, directives: tuple[str, ...]) -> frozenset[str] | None:
    """What all policies allow, None for anything."""
    limits = [next((one[name] for name in directives if name in one), None) for one in policy]
    known = [limit for limit in limits if limit is not None]
    if not known:
        return None
    return frozenset(word for word in frozenset().union(*known) if all(_covers(limit, word) for limit in known))


def _covers(sources: frozenset[str], word: str) -> bool:
    """Whether what `word` allows is allowed by these sources."""
    if word in sources:
        return True
    if word.startswith("'"):
        return word == "'self'" and "*" in sources
    if word in SCHEMES:
        return word not in ("data:", "blob:") and ("*" in sources or (word == "https:" and "http:" in sources))
    if "*" in sources:
        return True
    scheme, separator, rest = word.rpartition("://")
    if (f"{scheme}:" if separator else "https:") in sources or (not separator and "http:" in sources):
        return True
    for source in sources:
        held, parted, host = source.rpartition("://")
        if parted and held != scheme:
            continue
        if host == rest or (host.startswith("*.") and rest.endswith(host[1:])):
            return True
    return False


def widened(policy: Policy, before: Policy) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Each directive that allows more than before: which sources, None for anything at all."""
    for directive, names in FALLBACK.items():
        was, now = _allowed(before, names), _allowed(policy, names)
        if was is None:
            continue
        if now is None:
            yield directive, None
        elif more := tuple(sorted(word for word in now if not _covers(was, word))):
            yield directive, more


def framing(seen: Seen, policy: Policy) -> frozenset[str] | None:
    """Who may show a page in a frame, None for anybody: `frame-ancestors`, else `X-Frame-Options` (section 6.4.2)."""
    stated = _allowed(policy, ("frame-ancestors",))
    if stated is not None:
        return stated
    words = {word.strip().lower() for word in seen.headers.get("x-frame-options", "").split(",")}
    if "deny" in words:
        return frozenset()
    return frozenset({"'self'"}) if "sameorigin" in words else None

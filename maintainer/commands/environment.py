"""The sites that are looked at: by address, or started here, the one with the change beside the one before it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from maintainer.checks.base import Site
from maintainer.commands.verify_migrate import Migrated, migrate
from maintainer.commands.verify_started import Place, Running, filled, last, start
from maintainer.config.environments import Environment, Environments, Named
from maintainer.config.secrets import NAMES, looks_secret
from maintainer.credentials import basic
from maintainer.errors import ConfigurationError, OutsideError, ToolFailed
from maintainer.evidence import Blind, Evidence, Side, Target
from maintainer.http_visit import Identity, Missed, Seen, Visitor, host_of
from maintainer.policy.safety import Sign
from maintainer.process import Started

NOTHING = Evidence()
#: Between two looks whether a site is there.
PAUSE = 0.1
#: A shorter value is a word, and masking it would garble what it stands in.
SHORTEST_SECRET = 6
#: Statuses of a site that is being started.
STARTING = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites that are there, what was seen until they were (why one is not), and what they show of what an order
    would set off."""

    head: Site | None
    base: Site | None
    seen: Evidence = NOTHING
    signs: Mapping[Side, Sequence[Sign]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """One site, or none, and what was seen on the way."""

    site: Site | None
    seen: Evidence = NOTHING
    signs: Sequence[Sign] = ()


@contextmanager
def sites(wanted: Environments, place: Place) -> Iterator[Sites]:
    """Both sites, for as long as they are looked at. Raises ConfigurationError where staging is nowhere."""
    staging, baseline = wanted.staging, wanted.baseline
    if staging is None:
        raise ConfigurationError(
            "No site to look at is configured. Write environments.staging with its url, or with start: the program "
            "that serves it; or give --url. docs/verify.md shows both."
        )
    if baseline is None and staging.start and place.base:
        baseline = staging
    with ExitStack() as stack:
        head = _site(stack, staging, "head", place)
        base = _site(stack, baseline, "base", place) if baseline and head.site else _Arrived(None)
        yield Sites(head.site, base.site, head.seen + base.seen, {"head": head.signs, "base": base.signs})


def _site(stack: ExitStack, wanted: Environment, side: Side, place: Place) -> _Arrived:
    """The site once it is ready; a reason where it doesn't get so far."""
    try:
        running = start(stack, wanted, side, place) if wanted.start else None
        url = _address(wanted, side, place, running)
        visitor = Visitor(
            url,
            allowed=place.allowed,
            identity=identity(wanted, place.outer),
            environment=place.outer,
            ca=place.ca,
            seconds=place.seconds,
            at_once=place.at_once,
        )
        _await(wanted, visitor, running.program if running else None)
        migrated = Migrated()
        if wanted.migrate and running:
            migrated = migrate(wanted.migrate, side, url, place.run, running)
        if wanted.bypass:
            visitor.enter(wanted.bypass.name, value_of(wanted.bypass, place.outer))
    except OutsideError as error:
        reason, _, mend = error.message.partition("\n")
        return _Arrived(
            None, Evidence(blind=(Blind("environment", "", reason.removesuffix("."), mend, side, "ready"),))
        )
    live = bool(place.production) and visitor.host == place.production
    site = Site(Target(side, url), visitor, production=live, root=running.root if running else None)
    return _Arrived(site, migrated.seen, migrated.signs)


def _address(wanted: Environment, side: Side, place: Place, running: Running | None) -> str:
    if wanted.deployment and not wanted.url:
        assert place.deployed, "whoever gives such a site knows how to find it"
        return place.deployed(wanted, side)
    port = str(running.port) if running else ""
    return filled(wanted.url or "http://127.0.0.1:{port}", {**place.names, "port": port})


def identity(wanted: Environment, outer: Mapping[str, str]) -> Identity:
    """What each request carries. Raises `errors.ToolFailed` for a variable that is not set."""
    headers = {one.name: value_of(one, outer) for one in wanted.headers}
    if wanted.basic_auth:
        user, password = (
            _variable(name, outer) for name in (wanted.basic_auth.user_env, wanted.basic_auth.password_env)
        )
        headers |= basic(user, password)
    return Identity(headers, {one.name: value_of(one, outer) for one in wanted.cookies})


def secrets(wanted: Environments, outer: Mapping[str, str]) -> tuple[str, ...]:
    """What must stand nowhere in what is left: a site may print what it was given. The longest first."""
    found: set[str] = set()
    for one in filter(None, (wanted.staging, wanted.baseline)):
        named = (*one.headers, *one.cookies, *filter(None, (one.bypass,)))
        values = [outer.get(each.value_env, "") for each in named if each.value_env]
        values += [
            outer.get(name, "") for name in one.pass_env if NAMES.search(name) or looks_secret(outer.get(name, ""))
        ]
        if one.basic_auth:
            user, password = outer.get(one.basic_auth.user_env, ""), outer.get(one.basic_auth.password_env, "")
            values += [password, *(value.partition(" ")[2] for value in basic(user, password).values())]
        if one.woocommerce:
            key, secret = outer.get(one.woocommerce.key_env, ""), outer.get(one.woocommerce.secret_env, "")
            values += [key, secret, *(value.partition(" ")[2] for value in basic(key, secret).values())]
        found.update(value for value in values if len(value) >= SHORTEST_SECRET)
    return tuple(sorted(found, key=len, reverse=True))


def value_of(named: Named, outer: Mapping[str, str]) -> str:
    """What a header, cookie or parameter says. Raises `errors.ToolFailed` for a variable that is not set."""
    return named.value if named.value is not None else _variable(named.value_env or "", outer)


def _variable(name: str, outer: Mapping[str, str]) -> str:
    value = outer.get(name, "")
    if not value:
        raise ToolFailed(f"{name} is not set\nSet that environment variable in the CI")
    if any(ord(character) < 32 or ord(character) > 255 for character in value):
        raise ToolFailed(f"{name} holds what no header can carry, such as a line break\nSet it anew in the CI")
    return value


def _await(wanted: Environment, visitor: Visitor, running: Started | None) -> None:
    """Wait until the site is there. Raises `errors.ToolFailed` when it ends, or doesn't get there in time."""
    until = time.monotonic() + wanted.ready.within
    while True:
        left = until - time.monotonic()
        seen = visitor.visit(visitor.url + wanted.ready.path, limit=1024, seconds=max(1.0, min(left, 20.0)))
        if _is_ready(seen, wanted.ready.status) or (not running and not _may_come(seen)):
            return
        code = running.code() if running else None
        if running and code:  # 0 is a program that leaves its server in the background
            said = last(running.log.read_bytes()[-20_000:].decode("utf-8", "replace"))
            raise ToolFailed(f"{running.name} ended with exit code {code} before it served: {said}\nIts log has more")
        if left <= 0:
            what = f"answered {seen.status}" if isinstance(seen, Seen) else seen.sentence
            raise ToolFailed(
                f"{visitor.url}{wanted.ready.path} was not ready in {wanted.ready.within:.0f} s: it {what}\n"
                "Is it deployed? Raise ready.within where it only takes longer"
            )
        time.sleep(PAUSE)


def _is_ready(seen: Seen | Missed, status: int | None) -> bool:
    if isinstance(seen, Missed):
        return False
    return seen.status == status if status else seen.status < 500


def _may_come(seen: Seen | Missed) -> bool:
    """Whether waiting may help with a site that is not ours to start: not with a page that is broken."""
    return seen.kind in ("down", "silent", "garbled") if isinstance(seen, Missed) else seen.status in STARTING


def production_host(url: str | None) -> str:
    """The host of production as an allow-list writes it, empty when it isn't known."""
    return host_of(url) if url and urlsplit(url).hostname else ""

"""Smoke as the configuration wants it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from maintainer.checks import smoke_browser
from maintainer.checks.browser import Browser
from maintainer.checks.smoke import Smoke
from maintainer.checks.smoke_admin import Login
from maintainer.commands.environment import SHORTEST_SECRET
from maintainer.config.smoke import Smoke as Wanted
from maintainer.evidence import Verdict


def configured(wanted: Wanted, environment: Mapping[str, str], now: datetime, changed: frozenset[str] | None) -> Smoke:
    """The check; who signs in is read from `environment`."""
    browser = Browser(environment) if wanted.browser else None
    return Smoke(now, wanted.log, _login(wanted, environment), changed, browser)


def left_out(wanted: Wanted, *, production: bool) -> Iterator[Verdict]:
    """What it doesn't look at, and why."""
    for rule in () if wanted.browser else smoke_browser.RULES:
        yield Verdict(Smoke.NAME, rule, "", "skipped", "no browser opened pages: verify.smoke.browser is false")
    if wanted.login and production:
        reason = "signing in leaves a session, and this is production, where customers buy"
        yield Verdict(Smoke.NAME, "answers", "/wp-admin/", "skipped", reason)


def secrets(wanted: Wanted, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What must stand nowhere in what is left."""
    login = _login(wanted, environment)
    return (login.password,) if login and len(login.password) >= SHORTEST_SECRET else ()


def _login(wanted: Wanted, environment: Mapping[str, str]) -> Login | None:
    if wanted.login is None:
        return None
    user, password = environment.get(wanted.login.user_env, ""), environment.get(wanted.login.password_env, "")
    return Login(user, password, wanted.login.path)

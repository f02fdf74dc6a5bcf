"""Where a check that writes, pays or loads may do so: never unasked where customers buy, nor where it does harm."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from maintainer.checks.base import Site
from maintainer.commands.verify_checks import Given
from maintainer.config.environments import Environment, WooCommerce
from maintainer.credentials import basic
from maintainer.evidence import Blind, Evidence, Side, Verdict
from maintainer.http_visit import Seen
from maintainer.policy import gateways
from maintainer.policy.safety import CONCERNS, Sign, refusal
from maintainer.text import foreign

PRODUCTION = "it writes, and this is production, where customers buy"
#: So much of an answer of WooCommerce's is read, and so many webhooks.
LIMIT, MOST = 4 * 1024 * 1024, 100


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets checks write to a site, or not. A site is asked once what it would do, before the first that writes.

    `wanted` are the sites as configured, `signs` what is known of them already, `live` the checks that may write to
    production. Both are by their names in the configuration and by side.
    """

    wanted: Mapping[Side, Environment]
    outer: Mapping[str, str] = field(repr=False)
    live: Sequence[str] = ()
    signs: Mapping[Side, Sequence[Sign]] = field(default_factory=dict)
    _known: dict[Side, tuple[str, str] | None] = field(default_factory=dict)

    def allowed(self, check: str, given: Given) -> tuple[Given | None, Evidence, tuple[Verdict, ...]]:
        """What `check` may write to of the sites in `given`, None for nothing; and why it may not to the others."""
        head, base = given.head, given.base
        if reason := self._refusal(check, head):
            return None, Evidence(blind=(Blind(check, "", *reason),)), ()
        if base is None or not (reason := self._refusal(check, base)):
            return given, Evidence(), ()
        if base.production:
            told = "there is nothing to compare it with: the baseline is production, and it writes"
            return replace(given, base=None, baseline=False), Evidence(), (_left_out(check, told),)
        return replace(given, base=None), Evidence(blind=(Blind(check, "", *reason, "base"),)), ()

    def _refusal(self, check: str, site: Site) -> tuple[str, str] | None:
        """Why and what to do."""
        if site.production:
            if check in self.live:
                return None
            return (
                PRODUCTION,
                f"Give it a staging: environments.staging; or allow it there: verify.production: [{check}]",
            )
        if site.side not in self._known:
            self._known[site.side] = self._harm(site)
        return self._known[site.side]

    def _harm(self, site: Site) -> tuple[str, str] | None:
        wanted = self.wanted[site.side]
        stated = {concern: getattr(wanted.safe, concern) or "" for concern in CONCERNS}
        signs = [*self.signs.get(site.side, ())]
        if wanted.woocommerce:
            signs += shown(site, wanted.woocommerce, self.outer)
        key = "environments.staging" if wanted is self.wanted["head"] else "environments.baseline"
        return refusal(stated, signs, key)


def shown(site: Site, key: WooCommerce, outer: Mapping[str, str]) -> Iterator[Sign]:
    """What WooCommerce's REST API shows of gateways, webhooks and subscriptions; what it doesn't show is not known."""
    user, password = outer.get(key.key_env, ""), outer.get(key.secret_env, "")
    if not (user and password) or "authorization" in map(str.lower, site.visitor.identity.headers):
        return  # one header can't carry the web server's password too
    api = site.visitor.carrying(basic(user, password))
    listed = _read(api.visit(site.address("/wp-json/wc/v3/payment_gateways"), limit=LIMIT))
    if isinstance(listed, list):
        yield from gateways.payments(filter(foreign.table, listed))
    hooks = _read(api.visit(site.address(f"/wp-json/wc/v3/webhooks?status=active&per_page={MOST}"), limit=LIMIT))
    if isinstance(hooks, list):
        yield gateways.webhooks(filter(foreign.table, hooks))
    routes = foreign.table(_read(api.visit(site.address("/wp-json/wc/v3"), limit=LIMIT)), "routes")
    if routes and not any("/subscriptions" in route for route in routes):
        yield Sign("renewals", True, "there are no subscriptions")


def _read(seen: object) -> Any:
    """The JSON of an answer that is one."""
    if not isinstance(seen, Seen) or seen.status != 200 or not seen.whole:
        return None
    try:
        return json.loads(seen.body)
    except (ValueError, RecursionError):
        return None


def _left_out(check: str, reason: str) -> Verdict:
    return Verdict(check, "baseline", "", "skipped", reason)

"""Is there a site to look at? A login wall, a challenge or a page of the host's is not the site."""

import re

from maintainer.checks.base import Site
from maintainer.checks.smoke_facts import CHECK
from maintainer.checks.smoke_markup import read
from maintainer.checks.smoke_page import errors, traces, within
from maintainer.evidence import Blind
from maintainer.http_visit import Missed, Seen

#: Statuses of a site that is being started, or mended.
STARTING = frozenset({502, 503, 504})
#: Cloudflare says of its own pages that they are (https://developers.cloudflare.com/cloudflare-challenges).
CHALLENGE = "cf-mitigated"
COMING_SOON = re.compile(r"class=\"[^\"]{0,400}woocommerce-coming-soon|data-block-name=\"woocommerce/coming-soon\"")
LOGIN = re.compile(r"(?i)log-?in|sign-?in|sso|auth|password")
#: A page with a password field and fewer links than this is there to sign in, not to sell.
FEW_LINKS = 5

WALL = (
    "Give the site's credentials by the names of variables: environments.staging.basic_auth, headers or cookies "
    "(docs/verify.md)"
)


def closed(home: Seen | Missed, site: Site) -> Blind | None:
    """Why nothing can be said of this site, None when it can be looked at."""
    found = _missed(home, site) if isinstance(home, Missed) else _answered(home, site)
    return Blind(CHECK, "", found[0], found[1], site.side) if found else None


def _missed(home: Missed, site: Site) -> tuple[str, str]:
    mend = {
        "down": "Is it deployed and started? environments.staging says where it is looked for",
        "silent": "Is it stuck, or verify.within.request too short?",
        "garbled": "Is that the web server's port?",
        "untrusted": "Renew it, or name its authority in registries.ca_file where that is a private one",
        "elsewhere": "Name that host under environments.allow, or let the site know its own address",
        "loop": "Does the site know its own address (WP_HOME), and its proxy which scheme is meant?",
    }
    return f"{site.target.url} {home.sentence.removeprefix(f'{site.visitor.host} ')}", mend[home.kind]


def _answered(home: Seen, site: Site) -> tuple[str, str] | None:
    url, text = site.target.url, home.text()
    if home.status in (401, 407):
        return f"{url} wants credentials ({home.status})", WALL
    if home.headers.get(CHALLENGE):
        return f"{url} shows a challenge to programs", "Let this CI in: an allow-listed address, or a header it knows"
    if home.status == 403:
        return f"{url} refuses us (403)", WALL
    if home.status in STARTING:
        return (
            f"{url} answers {home.status}: it is being started, or in maintenance",
            "Wait for the deployment, or raise environments.staging.ready.within",
        )
    if home.status == 429:
        return f"{url} answers 429: too many requests", "Lower verify.bounds.at_once, or let this CI in"
    markup = read(text)
    where = within(home.url, url)
    links = sum(reference.kind == "link" for reference in markup.references)
    if home.status < 400 and where != "/" and LOGIN.search(where) and (markup.password or "/password" in where):
        return f"{url} leads to a login ({where})", WALL
    if home.status < 400 and markup.password and links < FEW_LINKS:
        return f"{url} shows a form for a password and nothing else", WALL
    if COMING_SOON.search(text):
        return (
            f"{url} shows its “coming soon” page",
            "environments.staging.bypass: name woo-share, and the variable with the code of WooCommerce's private link",
        )
    if home.status < 400 and home.body.strip() and _is_rubbish(home, text, markup.tags):
        kind = home.type or "no content type"
        return f"{url} answers something that is no page ({kind})", "Is that the shop's web server?"
    return None


def _is_rubbish(home: Seen, text: str, tags: int) -> bool:
    if home.type.endswith("json"):
        return False
    if home.type and "html" not in home.type:
        return True
    broken = next(errors(text), None) or next(traces(text), None)
    return broken is None and (not tags or "\0" in text)

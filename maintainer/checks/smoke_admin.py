"""WordPress's admin pages, as one who signed in sees them: a form once, then GET alone.

Signing in writes: WordPress keeps a session of it for two days. So it is left out on the site customers use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from maintainer.checks.base import Site
from maintainer.checks.smoke_facts import unseen
from maintainer.checks.smoke_page import flat
from maintainer.checks.smoke_places import Place
from maintainer.evidence import Blind
from maintainer.http_visit import Missed

#: What WordPress names the cookie of who signed in (wp-includes/default-constants.php, LOGGED_IN_COOKIE).
COOKIE = "wordpress_logged_in"
#: Why it lets nobody in (wp-login.php, `login_header`).
SAID = re.compile(r"id=\"login_error\"[^<>]{0,200}>(.{1,600}?)</div>", re.DOTALL)
#: Pages of core and of WooCommerce that list much, below wp-admin/; those a user may not see need not be there.
PAGES = (
    "",
    "plugins.php",
    "edit.php?post_type=page",
    "edit.php?post_type=product",
    "admin.php?page=wc-orders",
    "admin.php?page=wc-settings",
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who signs in, and at which path."""

    user: str
    password: str = field(repr=False)
    path: str = "/wp-login.php"


def signed_in(site: Site, login: Login) -> Site | Blind:
    """The site as this user sees it, or why not."""
    mend = "See verify.smoke.login: are its variables set to one who may sign in here, without a second factor?"
    if not login.user or not login.password:
        reason = "nobody can sign in: the user or the password is empty"
        return unseen("answers", "/wp-admin/", site, reason, "Set the variables that verify.smoke.login names")
    form = {"log": login.user, "pwd": login.password, "testcookie": "1", "wp-submit": "Log In"}
    done = site.visitor.signed_in(site.address(login.path), form)
    if isinstance(done, Missed):
        return unseen("answers", "/wp-admin/", site, f"{login.path} {done.sentence}", mend)
    visitor, answer = done
    if not any(cookie.startswith(COOKIE) for cookie in answer.cookies):
        why = SAID.search(answer.text())
        said = flat(why[1]).rstrip(".") if why else f"it answered {answer.status} without WordPress's cookie"
        return unseen("answers", "/wp-admin/", site, f"{login.path} let nobody in: {said}", mend)
    return replace(site, visitor=visitor)


def places(site: Site, login: Login) -> Iterator[Place]:
    """The pages to look at, beside the login wherever that is."""
    root = urlsplit(urljoin(site.address(login.path), "wp-admin/")).path
    for page in PAGES:
        yield Place(root + page, guessed=bool(page), inside=True)

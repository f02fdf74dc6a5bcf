"""What smoke sees of a site whose files it can read, or that it may sign in to: logs, scripts, admin pages."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from maintainer.checks import smoke_log
from maintainer.checks.base import Bench, Bounds, Site
from maintainer.checks.smoke import Smoke
from maintainer.checks.smoke_admin import Login
from maintainer.checks.smoke_scripts import explains
from maintainer.evidence import Side, Target, Verdict
from maintainer.http_visit import Visitor
from maintainer.policy.verdicts import judge
from tests.loopback import Loopback, Reply, Request, Served
from tests.shops.shop import SOUND, answer, page, script, serving

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
WARNS = (
    '[21-Nov-2026 08:00:00 UTC] PHP Warning:  Undefined array key "vat" in '
    "{root}/wp-content/themes/shop/cart.php on line 7"
)
DIES = (
    "[21-Nov-2026 08:00:01 UTC] PHP Fatal error:  Uncaught Error: Call to undefined function wc_tax() in "
    "{root}/wp-content/plugins/tax/tax.php:12"
)
DIES_LATER = "Stack trace:\n#0 {main}\n  thrown in {root}/wp-content/plugins/tax/tax.php on line 12"

Serve = Mapping[str, Served]


class Shops:
    """A shop and, before it, its baseline; each with a folder in which its files lie."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, side: str) -> Path:
        made = self.root / side / "wp-content"
        made.mkdir(parents=True, exist_ok=True)
        return made.parent

    def judged(self, check: Smoke, head: Serve, base: Serve | None = SOUND, *, live: bool = False) -> list[Verdict]:
        with ExitStack() as stack:
            sites = {}
            sides: tuple[tuple[Side, Serve | None], ...] = (("head", head), ("base", base))
            for side, answers in sides:
                if answers is not None:
                    url = stack.enter_context(serving(answers)).url
                    visitor = Visitor(url, environment={})
                    sites[side] = Site(Target(side, url), visitor, production=live, root=self.folder(side))
            until = time.monotonic() + 60
            bench = Bench(sites["head"], sites.get("base"), (), Bounds(), self.root / "results", until)
            return list(judge(check.measure(bench), ["smoke"], baseline=base is not None))

    def writing(self, side: str, name: str, *lines: str) -> Callable[[Request], Served]:
        """A page at which so much is appended to a log."""
        log = self.folder(side) / name

        def served(_: Request) -> Served:
            with log.open("a") as opened:
                opened.writelines(line.replace("{root}", str(self.folder(side))) + "\n" for line in lines)
            return SOUND["/cart/"]

        return served


@pytest.fixture
def shops(tmp_path: Path) -> Shops:
    return Shops(tmp_path)


def said(verdicts: list[Verdict], rule: str, outcome: str) -> list[tuple[str, str]]:
    return [(one.where, one.reason) for one in verdicts if (one.rule, one.outcome) == (rule, outcome)]


# logs


def test_what_is_written_to_the_log_meanwhile_is_new(shops: Shops) -> None:
    (shops.folder("head") / smoke_log.USUAL).write_text(DIES.format(root="/srv") + "\n")
    head = {**SOUND, "/cart/": shops.writing("head", smoke_log.USUAL, WARNS)}
    made = shops.judged(Smoke(NOW), head)
    sentence = 'says PHP warning: Undefined array key "vat" (themes/shop/cart.php, line 7)'
    assert said(made, "log", "fail") == [(smoke_log.USUAL, sentence)]


def test_a_fatal_is_told_in_one_sentence(shops: Shops) -> None:
    head = {**SOUND, "/cart/": shops.writing("head", smoke_log.USUAL, DIES, DIES_LATER)}
    ((_, reason),) = said(shops.judged(Smoke(NOW), head, None), "log", "fail")
    assert reason == (
        "says PHP fatal error: Uncaught Error: Call to undefined function wc_tax() (plugins/tax/tax.php, line 12)"
    )


def test_what_both_write_is_old_wherever_it_stands(shops: Shops) -> None:
    head = {**SOUND, "/cart/": shops.writing("head", smoke_log.USUAL, *[WARNS.replace("line 7", "line 9")] * 400, DIES)}
    base = {**SOUND, "/shop/": shops.writing("base", smoke_log.USUAL, DIES, WARNS)}
    made = shops.judged(Smoke(NOW), head, base)
    assert said(made, "log", "fail") == []
    ((_, reason),) = said(made, "log", "pass")
    assert reason.startswith("as before: says PHP warning")


def test_without_a_baseline_only_what_ends_a_request_fails(shops: Shops) -> None:
    head = {**SOUND, "/cart/": shops.writing("head", smoke_log.USUAL, WARNS)}
    ((_, reason),) = said(shops.judged(Smoke(NOW), head, None), "log", "pass")
    assert reason.startswith("says PHP warning")


def test_logs_that_are_named_are_read(shops: Shops) -> None:
    trace = "Traceback (most recent call last):\n  File a.py, line 1\nKeyError: 'vat'"
    head = {**SOUND, "/cart/": shops.writing("head", "app.log", trace)}
    made = shops.judged(Smoke(NOW, logs=("app.log", "other.log")), head)
    assert said(made, "log", "fail") == [("app.log", "has a stack trace (Python): what was asked for broke")]
    assert ("other.log", "nothing was written: there is no such file") in said(made, "log", "pass")


def test_a_log_that_leads_elsewhere_is_not_read(shops: Shops, tmp_path: Path) -> None:
    outside = tmp_path / "outside.log"
    (shops.folder("head") / smoke_log.USUAL).symlink_to(outside)
    os.mkfifo(shops.folder("head") / "pipe.log")

    def writes(_: Request) -> Served:
        outside.write_text(WARNS)
        return SOUND["/cart/"]

    made = shops.judged(Smoke(NOW, logs=("pipe.log",)), {**SOUND, "/cart/": writes})
    assert said(made, "log", "fail") == []


# scripts


OTHER = {**SOUND, "/wp-includes/js/cart.js": script("let cart; fetch('https://skimmer.example/');")}


@pytest.mark.parametrize(
    ("changed", "outcome", "names"),
    [
        (frozenset({"README.md"}), "fail", "no file of the change explains it: who put it there?"),
        (None, "fail", "which files the change has isn't known here"),
        (frozenset({"web/wp-includes/js/cart.js"}), "pass", "another file than before at the same address"),
    ],
)
def test_a_script_that_differs_is_explained_by_the_change_or_fails(
    shops: Shops, changed: frozenset[str] | None, outcome: str, names: str
) -> None:
    made = shops.judged(Smoke(NOW, changed=changed), OTHER)
    ((where, reason),) = [one for one in said(made, "scripts", outcome) if one[1]]
    assert where == "/"
    assert "loads /wp-includes/js/cart.js?ver=6.5, which is another file than before" in reason
    assert names in reason


def test_a_script_that_says_where_it_is_or_what_time_it_is_is_the_same(shops: Shops) -> None:
    def now(_: Request) -> Served:
        return script(f"let now = {time.perf_counter_ns()};")

    sound = {**SOUND, "/wp-includes/js/cart.js": script("let shop = '{origin}/shop/';")}
    assert said(shops.judged(Smoke(NOW, changed=frozenset()), sound, sound), "scripts", "fail") == []
    dated: Serve = {**SOUND, "/wp-includes/js/cart.js": now}
    assert said(shops.judged(Smoke(NOW, changed=frozenset()), dated, dated), "scripts", "fail") == []


@pytest.mark.parametrize(
    ("file", "path", "explained"),
    [
        ("wp-content/themes/shop/cart.js", "/wp-content/themes/shop/cart.js", True),
        ("web/app/themes/shop/cart.js", "/app/themes/shop/cart.js", True),
        ("js/cart.js", "/wp-content/plugins/tax/js/cart.js", True),
        ("composer.lock", "/wp-content/plugins/tax/js/cart.js", True),
        ("src/cart.ts", "/static/cart.js", True),
        ("wp-content/plugins/tax/tax.php", "/wp-content/plugins/tax/js/cart.js", False),
        ("wp-content/themes/shop/smart.js", "/wp-content/themes/shop/art.js", False),
        ("notes/composer.lock.txt", "/cart.js", False),
    ],
)
def test_what_explains_a_script(file: str, path: str, explained: bool) -> None:
    assert explains(frozenset({file}), path) is explained


# admin pages


class Admin:
    """WordPress's login and what is behind it; `pages` differ from a sound one's."""

    def __init__(self, **pages: Served) -> None:
        self.posts: list[dict[str, list[str]]] = []
        self.pages = pages

    def answers(self) -> Serve:
        inside = {name: self._inside(name) for name in ("", "plugins.php", "edit.php", "admin.php")}
        return {**SOUND, "/wp-login.php": self._login, **{f"/wp-admin/{name}": one for name, one in inside.items()}}

    def _login(self, request: Request) -> Served:
        if request.method == "GET":
            return Reply(200, "<form></form>", {"content-type": "text/html", "set-cookie": "wordpress_test_cookie=1"})
        self.posts.append(parse_qs(request.body.decode()))
        if self.posts[-1]["pwd"] != ["pass-word-1"] or "wordpress_test_cookie=1" not in request.headers["cookie"]:
            return answer(200, '<div id="login_error" class="notice"><p><strong>Error:</strong> wrong.</p></div>')
        return Reply(302, "", {"location": "/wp-admin/", "set-cookie": "wordpress_logged_in_0a1b=ada; HttpOnly"})

    def _inside(self, name: str) -> Callable[[Request], Served]:
        def served(request: Request) -> Served:
            if "wordpress_logged_in_0a1b=ada" not in request.headers.get("cookie", ""):
                return Reply(302, "", {"location": "/wp-login.php"})
            if "post_type=product" in request.query:
                return answer(403, "<html><body>you may not</body></html>")
            return self.pages.get(name.partition(".")[0] or "home", page("/wp-admin/", "<p>Kokpit</p>"))

        return served


ADA = Login("ada", "pass-word-1")


def test_the_admin_pages_are_looked_at_by_who_may(shops: Shops) -> None:
    warns = "<b>Warning</b>:  Undefined variable $a in <b>/srv/wp-content/plugins/tax/list.php</b> on line <b>3</b>"
    broken, sound = Admin(plugins=page("/wp-admin/", warns), admin=answer(500, "")), Admin()
    made = shops.judged(Smoke(NOW, login=ADA), broken.answers(), sound.answers())
    assert ("/wp-admin/plugins.php", "PHP warning: Undefined variable $a (plugins/tax/list.php, line 3)") in said(
        made, "php", "fail"
    )
    assert {where for where, _ in said(made, "answers", "fail")} == {
        "/wp-admin/admin.php?page=wc-orders",
        "/wp-admin/admin.php?page=wc-settings",
    }
    assert ("/wp-admin/", "") in said(made, "answers", "pass")
    assert [one.where for one in made if "product" in one.where and "wp-admin" in one.where] == []
    assert len(broken.posts) == len(sound.posts) == 1


def test_a_login_that_is_refused_is_inconclusive(shops: Shops) -> None:
    made = shops.judged(Smoke(NOW, login=Login("ada", "wrong")), Admin().answers(), None)
    blind = dict(said(made, "answers", "inconclusive"))
    assert {"/wp-admin/", "/wp-admin/plugins.php"} <= blind.keys()
    (reason,) = set(blind.values())
    assert reason.startswith("/wp-login.php let nobody in: Error: wrong. See verify.smoke.login")
    assert "pass-word" not in repr(ADA)


def test_what_is_only_not_known_of_the_baseline_fails_nothing(shops: Shops) -> None:
    warns = "<b>Warning</b>:  Undefined variable $a in <b>/srv/wp-content/plugins/tax/list.php</b> on line <b>3</b>"
    closed = {**Admin().answers(), "/wp-login.php": answer(200, "<html><body><form></form></body></html>")}
    made = shops.judged(Smoke(NOW, login=ADA), Admin(plugins=page("/wp-admin/", warns)).answers(), closed)
    assert said(made, "php", "fail") == []
    ((_, reason),) = [one for one in said(made, "php", "inconclusive") if one[0] == "/wp-admin/plugins.php"]
    assert reason.endswith("whether that is new is not known")


def test_a_password_that_is_not_set_is_inconclusive(shops: Shops) -> None:
    admin = Admin()
    made = shops.judged(Smoke(NOW, login=Login("ada", "")), admin.answers(), None)
    (reason,) = {reason for _, reason in said(made, "answers", "inconclusive")}
    assert reason.endswith("is empty. Set the variables that verify.smoke.login names")
    assert admin.posts == []


def test_where_nobody_signs_in_nothing_is_sent(shops: Shops) -> None:
    admin = Admin()
    shops.judged(Smoke(NOW), admin.answers(), None)
    shops.judged(Smoke(NOW, login=ADA), admin.answers(), None, live=True)
    assert admin.posts == []


def test_who_signs_in_says_so_to_the_site_alone() -> None:
    with Loopback({}) as other, Loopback({"/wp-login.php": Reply(302, "", {"location": f"{other.url}/in"})}) as shop:
        visitor = Visitor(shop.url, allowed=frozenset({other.host}), environment={})
        visitor.signed_in(shop.url + "/wp-login.php", {"pwd": "pass-word-1"})
        assert visitor.signed_in(other.url + "/in", {"pwd": "pass-word-1"}).__class__.__name__ == "Missed"
    assert b"pass-word-1" not in b"".join(request.body for request in other.requests)

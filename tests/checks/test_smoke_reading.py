"""How smoke reads what sites say: robots.txt, sitemaps, forms, caches."""

from collections.abc import Mapping

import pytest

from maintainer.checks import smoke_forms, smoke_places, smoke_robots
from maintainer.checks.smoke_cache import served
from maintainer.checks.smoke_markup import read
from maintainer.checks.smoke_places import Sitemap
from maintainer.http_visit import Missed, Seen

ORIGIN = "https://shop.example"


def answer(text: str, headers: Mapping[str, str] | None = None, *, whole: bool = True, status: int = 200) -> Seen:
    return Seen(status, headers or {}, text.encode(), ORIGIN + "/", 0.1, 0, whole)


# robots.txt, as RFC 9309 and its examples have it


@pytest.mark.parametrize(
    ("stated", "path", "away"),
    [
        ("Disallow: /shop/", "/shop/mug/", True),
        ("Disallow: /shop/$", "/shop/mug/", False),
        ("Disallow: /*.php$", "/wp-login.php", True),
        ("Disallow: /*.php$", "/wp-login.php?a", False),
        ("Disallow: /*add-to-cart=*", "/shop/?add-to-cart=7", True),
        ("Disallow: /shop/\nAllow: /shop/mug/", "/shop/mug/", False),
        ("Allow: /shop/\nDisallow: /shop/", "/shop/", False),
        ("Disallow: /a*b*c$", "/a-c-b", False),
        ("Disallow: /a*b*c$", "/ab-c", True),
        ("Disallow: /a*c$", "/a", False),
        ("Disallow:", "/", False),
        ("", "/", False),
    ],
)
def test_whom_robots_txt_sends_away_from_where(stated: str, path: str, away: bool) -> None:
    assert smoke_robots.sends_away(smoke_robots.rules(f"User-agent: *\n{stated}\n"), path) is away


def test_what_is_for_others_is_for_others() -> None:
    rules = smoke_robots.rules(
        "User-agent: GPTBot\nDisallow: /\n\nUser-agent: Google\nUser-agent: *\nDisallow: /kasa/\n"
    )
    assert [rule.pattern for rule in rules] == ["/kasa/"]


def hostile_robots(size: int) -> str:
    """A rule of so many characters; a matcher that goes back takes longer than the world will last."""
    return f"User-agent: *\nDisallow: /{'*a' * (size // 2)}b\n"


def test_hostile_patterns_are_matched() -> None:
    rules = smoke_robots.rules(hostile_robots(100))
    assert not smoke_robots.sends_away(rules, "/" + "a" * 125)
    assert smoke_robots.sends_away(rules, "/" + "a" * 125 + "b")


# sitemaps


def site(**parts: str) -> Sitemap:
    """The sitemap of a site that serves these files; robots.txt names none."""

    def ask(path: str) -> Seen | Missed:
        name = path.strip("/").removesuffix(".xml").replace("-", "_")
        text = parts.get(name, "")
        return answer(text, whole=not text.endswith("…")) if text else answer("no", status=404)

    return smoke_places.sitemap(ORIGIN, answer("User-agent: *\n"), ask)


def urls(*paths: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>https://live.example{path}</loc></url>" for path in paths) + "</urlset>"


def index(*parts: str) -> str:
    return "<sitemapindex>" + "".join(f"<sitemap><loc>{ORIGIN}/{part}.xml</loc></sitemap>" for part in parts)


def test_the_parts_of_a_sitemap_take_turns() -> None:
    found = site(wp_sitemap=index("posts", "products"), posts=urls("/a/", "/b/", "/c/"), products=urls("/mug/"))
    assert found == Sitemap("/wp-sitemap.xml", ("/a/", "/mug/", "/b/", "/c/"), whole=True)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ({"sitemap": urls("/a/")}, True),
        ({"sitemap": urls("/a/") + "…"}, False),
        ({"sitemap": index("posts", "gone"), "posts": urls("/a/")}, False),
        ({"sitemap": index("posts", *[f"part{n}" for n in range(30)]), "posts": urls("/a/")}, False),
    ],
)
def test_of_a_sitemap_that_is_not_all_read_nothing_is_said_to_be_gone(parts: dict[str, str], whole: bool) -> None:
    assert (site(**parts).paths, site(**parts).whole) == (("/a/",), whole)


# forms


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<form role=search><input name=q></form>", "search form"),
        ("<form action=/find><input type=search name=phrase></form>", "search form"),
        ("<form><input name=log><input type=password name=pwd></form>", "login form"),
        ("<form><input name=reg_email><input type=password name=reg_password></form>", "sign-up form"),
        ("<form action=/cart/add><select name=id></select></form>", "add to cart"),
        ("<form><input type=hidden name=add-to-cart value=7></form>", "add to cart"),
        ("<form><input name=billing_email><input name=s></form>", "checkout form"),
        ("<form><input name='cart[0a1b][qty]'></form>", "cart form"),
        ("<form><input type=email name=e><textarea name=t></textarea></form>", "contact form"),
        ("<form><textarea name=comment></textarea><input name=email></form>", "comment form"),
        ("<form><input type=email name=newsletter></form>", "form"),
    ],
)
def test_what_a_form_is_for(html: str, kind: str) -> None:
    (form,) = read(html).forms
    assert smoke_forms.kind(form) == kind


def lost(after: str, before: str) -> list[str]:
    pages = [(answer(html), read(html)) for html in (after, before)]
    return [fact.sentence for fact in smoke_forms.lost(pages[0], pages[1])]


@pytest.mark.parametrize(
    ("after", "before", "said"),
    [
        ("<form action=/n/><input name=mail></form>", "<form action=/n/><input name=mail></form>", []),
        ("<form action=/x/><input name=mail></form>", "<form action=/n/><input name=mail></form>", []),
        ("", "<form action=/n/><input name=mail></form>", ["has no form to /n/ (mail) any more"]),
        (
            "<form action=/n/><input name=mail></form>",
            "<form action=/n/><input name=mail><input name=vat></form>",
            ["its form to /n/ no longer asks for vat"],
        ),
        (
            "<form action=/n/7a6b5c4d/><input name=hp_99aa88bb77></form>",
            "<form action=/n/0a1b2c3d/><input name=hp_11bb22cc33></form>",
            [],
        ),
        ("<form><input name=s><input name=s>", "<form><input name=s></form><form><input name=s></form>", []),
        ("<form><input type=hidden name=nonce>", "<form><input type=hidden name=token></form>", []),
    ],
)
def test_what_a_page_lost(after: str, before: str, said: list[str]) -> None:
    assert lost(after, before) == said


#: Repeated, they are forms of more fields, and more forms, than there is time to compare each with each of.
HOSTILE_FORMS = ("<form>", "<form><input name=a>", "<input name=a>", "</form>", "<select name=")


@pytest.mark.parametrize("unit", HOSTILE_FORMS)
def test_hostile_forms_are_compared(unit: str) -> None:
    html = unit * (1024 // len(unit))
    assert lost(html, html) == []
    assert bool(lost("", html + "</form>")) == ("<form" in unit)


# caches


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"x-cache": "HIT from varnish-1"}, "", "x-cache: HIT from varnish-1"),
        ({"cf-cache-status": "DYNAMIC"}, "", ""),
        ({"cf-cache-status": "REVALIDATED"}, "", "cf-cache-status: REVALIDATED"),
        ({"cache-status": "ExampleCache; hit; ttl=376"}, "", "cache-status: ExampleCache; hit; ttl=376"),
        ({"x-cache": "MISS", "age": "0"}, "", ""),
        ({"age": "31"}, "", "age: 31"),
        ({"x-varnish": "32770 32769"}, "", "x-varnish names the request that filled it"),
        ({"x-varnish": "32770"}, "", ""),
        (
            {},
            "<html></html>\n<!-- Performance optimized by W3 Total Cache. Page Caching using Disk -->",
            "“Page Caching",
        ),
        ({}, "<html></html><!-- This website is like a Rocket. WP Rocket - Debug: cached@1731 -->", "“WP Rocket"),
        ({}, "<p>page caching using</p>", ""),
    ],
)
def test_what_says_that_a_page_comes_from_a_cache(headers: dict[str, str], body: str, said: str) -> None:
    found = served(answer(body, headers))
    assert found.startswith(said) and bool(found) is bool(said)

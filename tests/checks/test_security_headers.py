"""Headers over HTTPS, and policies as their specifications read them."""

import pytest

from maintainer.checks.security_csp import csp, framing, widened
from maintainer.checks.security_headers import cookies, weaker, weaker_cookies
from maintainer.http_visit import Seen


def seen(url: str = "https://shop.example/", cookie: str = "", **headers: str) -> Seen:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Seen(200, named, b"", url, 0.1, cookies=(cookie,) if cookie else ())


def rules(head: Seen, base: Seen) -> list[str]:
    return [f"{one.rule}: {one.key}" for one in weaker(head, base)]


YEAR = "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (YEAR, []),
        ("max-age=63072000;includeSubDomains;preload", []),
        ('max-age="31536000"; INCLUDESUBDOMAINS; preload', []),
        ("max-age=86400; includeSubDomains; preload", ["hsts: max-age"]),
        ("max-age=31536000", ["hsts: includesubdomains", "hsts: preload"]),
        ("max-age=0; includeSubDomains", ["hsts: gone"]),
        ("includeSubDomains", ["hsts: gone"]),
        ("", ["hsts: gone"]),
    ],
)
def test_hsts(now: str, found: list[str]) -> None:
    assert rules(seen(strict_transport_security=now), seen(strict_transport_security=YEAR)) == found


def test_hsts_says_how_long_it_lasts() -> None:
    before = seen(strict_transport_security="max-age=31536000")
    (one,) = weaker(seen(strict_transport_security="max-age=86400"), before)
    assert one.sentence == "its strict-transport-security lasts 1 days instead of 365"


def test_over_http_hsts_and_secure_mean_nothing() -> None:
    plain = "http://shop.example/"
    before = seen(plain, "a=1; Secure", strict_transport_security=YEAR)
    assert rules(seen(plain, "a=1"), before) == [] == list(weaker_cookies(seen(plain, "a=1"), before))


@pytest.mark.parametrize(
    ("now", "was", "found"),
    [
        ("a=1; Secure; HttpOnly", "a=2; secure; httponly", []),
        ("a=1; HttpOnly", "a=2; Secure; HttpOnly", ["a secure"]),
        ("a=1; Secure; SameSite=None", "a=2; Secure", ["a samesite"]),
        ("a=1; Secure; SameSite=Lax", "a=2; Secure", []),
        ("a=1; Secure; SameSite=rubbish", "a=2; Secure", []),
        ("b=1", "a=2", ["b secure"]),
        ("auth_token=1; Secure", "a=2", ["auth_token httponly"]),
    ],
)
def test_cookies(now: str, was: str, found: list[str]) -> None:
    assert [one.key for one in weaker_cookies(seen(cookie=now), seen(cookie=was))] == found


def test_a_cookie_with_commas_in_its_date_is_one() -> None:
    assert list(cookies(seen(cookie="a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly"))) == ["a"]


@pytest.mark.parametrize(
    ("now", "was", "found"),
    [
        ("default-src 'self'", "default-src 'self'", {}),
        ("default-src https://shop.example", "default-src 'self'", {}),
        ("default-src 'self' https://shop.example:443/", "default-src 'self'", {}),
        ("script-src https:", "script-src *", {}),
        ("script-src https://a.example", "script-src https:", {}),
        ("script-src a.example", "script-src https://a.example", {"script-src": ("a.example",)}),
        ("script-src data:", "script-src *", {"script-src": ("data:",)}),
        ("script-src *", "script-src 'self'", {"script-src": ("*",)}),
        ("script-src 'self' 'unsafe-eval'", "script-src 'self'", {"script-src": ("'unsafe-eval'",)}),
        ("script-src 'unsafe-inline' 'nonce-x'", "script-src 'nonce-y'", {}),
        ("default-src 'self'; object-src *", "default-src 'self'", {"object-src": ("*",)}),
        ("base-uri 'self'", "base-uri 'none'", {"base-uri": ("'self'",)}),
        ("script-src 'self'; script-src *", "script-src 'self'", {}),
        ("script-src 'self' https:, script-src 'self'", "script-src 'self'", {}),
        ("script-src 'self'", "script-src 'self'; form-action 'self'", {"form-action": None}),
        (
            "script-src https://evilcdn.example",
            "script-src *.cdn.example",
            {"script-src": ("https://evilcdn.example",)},
        ),
    ],
)
def test_policies(now: str, was: str, found: dict[str, tuple[str, ...] | None]) -> None:
    head, base = (csp(seen(content_security_policy=one)) for one in (now, was))
    assert dict(widened(head, base)) == found


def test_reporting_alone_is_no_policy() -> None:
    before = seen(content_security_policy="default-src 'self'")
    assert rules(seen(content_security_policy_report_only="default-src 'self'"), before) == ["csp: gone"]


def test_frame_ancestors_go_before_x_frame_options() -> None:
    both = seen(x_frame_options="DENY", content_security_policy="frame-ancestors https://a.example")
    assert framing(both, csp(both)) == frozenset({"https://a.example"})
    old = seen(x_frame_options="ALLOW-FROM https://a.example")
    assert framing(old, csp(old)) is None


RUBBISH = {
    "nothing": "",
    "marks": ";;;,,,",
    "long": "a" * 100_000,
    "many": "script-src " + "x " * 50_000,
    "open": "=(\x00",
}


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH)
def test_rubbish_is_no_crash(text: str) -> None:
    names = ("content_security_policy", "strict_transport_security", "permissions_policy", "referrer_policy")
    one = seen(cookie=text, x_frame_options=text, **dict.fromkeys(names, text))
    assert list(weaker(one, one)) == list(weaker_cookies(one, one)) == []

"""What a shop gives away by mistake, and where it protects less than before: each with its rule, place and words."""

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.loopback import Reply, Request, Served
from tests.shops.shop import PROTECTED, SOUND, answer, page


class Fault(NamedTuple):
    """`changed` are the answers that differ from a sound shop's."""

    changed: Mapping[str, Served]
    rule: str
    where: str
    names: str


def plain(body: str | bytes, kind: str = "text/plain") -> Reply:
    return Reply(200, body, {"content-type": kind})


def packed(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "<?php // all of it")
    return out.getvalue()


DUMP = "-- MySQL dump 10.13  Distrib 8.0.36\n--\nCREATE TABLE `wp_users` (\n  `ID` bigint\n);\n"
CONFIG = "<?php\ndefine( 'DB_NAME', 'shop' );\ndefine( 'DB_PASSWORD', 'kubek' );\n"
LOG = "[21-Nov-2026 08:00:00 UTC] PHP Warning:  Undefined array key in /srv/wp-content/plugins/a/a.php on line 3\n"
USERS = [{"id": 1, "name": "Ada", "slug": "ada", "_links": {}}]
COMPOSER = {"name": "shop/site", "require": {"php": ">=8.2"}}
PHPINFO = (
    '<!DOCTYPE html><html><head><title>PHP 8.2.1 - phpinfo()</title></head><body><h1 class="p">PHP Version 8.2.1</h1>'
)
INDEX = (
    "<html><head><title>Index of /wp-content/uploads</title></head><body><h1>Index of /wp-content/uploads</h1></body>"
)
README = "<!DOCTYPE html><html><head><title>WordPress &#8250; ReadMe</title></head><body></body></html>"
LARAVEL = '[2026-11-21 08:00:00] production.ERROR: SQLSTATE[HY000] {"exception":"[object]"}\n'

#: Files and answers that are new against the baseline.
EXPOSED: Mapping[str, Fault] = {
    "git": Fault({"/.git/HEAD": plain("ref: refs/heads/main\n")}, "repository", "/.git/HEAD", "fetch the repository"),
    "git detached": Fault({"/.git/HEAD": plain("a" * 40 + "\n")}, "repository", "/.git/HEAD", "fetch the repository"),
    "git config": Fault(
        {"/.git/config": plain("[core]\n\trepositoryformatversion = 0\n")}, "repository", "/.git/config", "fetch the"
    ),
    "subversion": Fault(
        {"/.svn/wc.db": plain(b"SQLite format 3\0" + b"\0" * 40, "application/octet-stream")},
        "repository",
        "/.svn/wc.db",
        "fetch the repository",
    ),
    "environment": Fault(
        {"/.env": plain("APP_ENV=production\nDB_PASSWORD=kubek\n")}, "secrets", "/.env", "passwords or keys"
    ),
    "environment as a download": Fault(
        {"/.env.production": plain("export STRIPE_SECRET=x\n", "application/octet-stream")},
        "secrets",
        "/.env.production",
        "passwords or keys",
    ),
    "copy of wp-config": Fault({"/wp-config.php~": plain(CONFIG)}, "secrets", "/wp-config.php~", "wp-config.php"),
    "backup of wp-config": Fault(
        {"/wp-config.php.bak": plain(CONFIG, "application/x-trash")},
        "secrets",
        "/wp-config.php.bak",
        "database's password",
    ),
    "dump": Fault({"/backup.sql": plain(DUMP, "application/sql")}, "dumps", "/backup.sql", "copy of the shop"),
    "packed dump": Fault(
        {"/dump.sql.gz": plain(gzip.compress(DUMP.encode()), "application/gzip")},
        "dumps",
        "/dump.sql.gz",
        "copy of the shop",
    ),
    "archive": Fault(
        {"/backup.zip": plain(packed("index.php"), "application/zip")}, "dumps", "/backup.zip", "anybody can fetch"
    ),
    "debug log": Fault(
        {"/wp-content/debug.log": plain(LOG)}, "logs", "/wp-content/debug.log", "is a log that anybody can read"
    ),
    "laravel log": Fault(
        {"/storage/logs/laravel.log": plain(LARAVEL)}, "logs", "/storage/logs/laravel.log", "is a log that anybody"
    ),
    "phpinfo": Fault({"/phpinfo.php": answer(200, PHPINFO)}, "debugging", "/phpinfo.php", "PHP's settings (phpinfo)"),
    "adminer": Fault(
        {"/adminer.php": answer(200, "<html><head><title>Login - Adminer</title></head></html>")},
        "debugging",
        "/adminer.php",
        "a door to the database",
    ),
    "installer": Fault(
        {"/wp-admin/install.php": answer(200, '<html><form id="setup" method="post" action="install.php?step=2">')},
        "debugging",
        "/wp-admin/install.php",
        "install WordPress anew",
    ),
    "listing": Fault(
        {"/wp-content/uploads/": answer(200, INDEX)}, "listing", "/wp-content/uploads/", "lists what is in the folder"
    ),
    "readme": Fault({"/readme.html": answer(200, README)}, "versions", "/readme.html", "this is WordPress"),
    "composer.json": Fault(
        {"/composer.json": Reply(200, COMPOSER, {"content-type": "application/json"})},
        "versions",
        "/composer.json",
        "which packages the site is built of",
    ),
    "composer.lock": Fault(
        {"/composer.lock": plain('{\n "_readme": ["a"],\n "content-hash": "0a",\n "packages": []}')},
        "versions",
        "/composer.lock",
        "which packages",
    ),
    "users by REST": Fault(
        {"/wp-json/wp/v2/users": Reply(200, USERS, {"content-type": "application/json"})},
        "users",
        "/wp-json/wp/v2/users",
        "login names",
    ),
    "users by number": Fault(
        {
            "/?author=1": Reply(301, "", {"location": "/author/ada/"}),
            "/author/ada/": page("/author/ada/", "<p>Ada</p>"),
        },
        "users",
        "/?author=1",
        "login names",
    ),
    "XML-RPC": Fault(
        {"/xmlrpc.php": Reply(405, "XML-RPC server accepts POST requests only.", {"content-type": "text/plain"})},
        "xmlrpc",
        "/xmlrpc.php",
        "answers XML-RPC",
    ),
}


def home(**changed: str | None) -> Reply:
    """The home page with other headers; None takes one away."""
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    reply = SOUND["/"]
    assert isinstance(reply, Reply)
    kept = {name: value for name, value in reply.headers.items() if name not in named}
    return Reply(200, reply.body, kept | {name: value for name, value in named.items() if value})


CSP = PROTECTED["content-security-policy"]

#: Headers of the home page: before, after, the rule and its words.
WEAKER: Mapping[str, tuple[Reply, Reply, str, str]] = {
    "policy gone": (home(), home(content_security_policy=None), "csp", "no longer has a content-security-policy"),
    "inline scripts": (
        home(),
        home(content_security_policy=f"{CSP}; script-src 'self' 'unsafe-inline'"),
        "csp",
        "now allows 'unsafe-inline' for scripts (script-src)",
    ),
    "another host": (
        home(),
        home(content_security_policy="default-src 'self'; script-src 'self' https://cdn.elsewhere.example"),
        "csp",
        "now allows https://cdn.elsewhere.example for scripts",
    ),
    "scripts without a limit": (
        home(content_security_policy="script-src 'self'; style-src 'self'"),
        home(content_security_policy="style-src 'self'"),
        "csp",
        "no longer limits scripts (script-src)",
    ),
    "frames of anybody": (
        home(),
        home(x_frame_options=None),
        "framing",
        "may now be shown in a frame of any other site (clickjacking)",
    ),
    "frames of one more": (
        home(content_security_policy="frame-ancestors 'self'"),
        home(content_security_policy="frame-ancestors 'self' https://elsewhere.example"),
        "framing",
        "in a frame of https://elsewhere.example",
    ),
    "types are guessed": (home(), home(x_content_type_options=None), "sniffing", "browsers guess types"),
    "addresses are told": (
        home(referrer_policy="no-referrer"),
        home(referrer_policy="unsafe-url"),
        "referrer",
        "referrer-policy unsafe-url, was no-referrer",
    ),
    "camera": (
        home(permissions_policy="camera=(), geolocation=(self)"),
        home(permissions_policy="geolocation=(self)"),
        "permissions",
        "no longer limits camera",
    ),
    "location for another": (
        home(permissions_policy="geolocation=(self)"),
        home(permissions_policy='geolocation=(self "https://maps.example")'),
        "permissions",
        "now allows geolocation to https://maps.example",
    ),
    "cookie for scripts": (
        home(set_cookie="PHPSESSID=a; path=/; HttpOnly; SameSite=Lax"),
        home(set_cookie="PHPSESSID=b; path=/; SameSite=Lax"),
        "cookies",
        "its cookie PHPSESSID can be read by any script: no HttpOnly",
    ),
    "cookie for other sites": (
        home(set_cookie="cart=a; SameSite=Strict"),
        home(set_cookie="cart=a; SameSite=None"),
        "cookies",
        "SameSite none, was strict",
    ),
    "new session cookie": (
        home(),
        home(set_cookie="shop_session=a; path=/"),
        "cookies",
        "its cookie shop_session is new and can be read by any script",
    ),
}

#: Before and after that protect alike, or better.
AS_GOOD: Mapping[str, tuple[Reply, Reply]] = {
    "nonce": (
        home(content_security_policy="script-src 'nonce-a1' 'unsafe-inline'"),
        home(content_security_policy="script-src 'nonce-b2' 'unsafe-inline'"),
    ),
    "a stricter policy": (home(), home(content_security_policy="default-src 'none'")),
    "a policy at all": (
        home(content_security_policy=None),
        home(content_security_policy="script-src * 'unsafe-inline'"),
    ),
    "frame-ancestors instead": (
        home(),
        home(x_frame_options=None, content_security_policy=f"{CSP}; frame-ancestors 'self'"),
    ),
    "a folder of an allowed host": (
        home(content_security_policy="script-src *.cdn.example"),
        home(content_security_policy="script-src https://a.cdn.example"),
    ),
    "what browsers do anyway": (home(), home(referrer_policy="strict-origin-when-cross-origin")),
    "a stricter referrer": (home(referrer_policy="same-origin"), home(referrer_policy="same-origin, no-referrer")),
    "fewer permissions": (home(permissions_policy="camera=(self)"), home(permissions_policy="camera=(), usb=()")),
    "another site's digest": (
        home(set_cookie=f"wordpress_logged_in_{'a' * 32}=x; HttpOnly"),
        home(set_cookie=f"wordpress_logged_in_{'b' * 32}=x; HttpOnly"),
    ),
    "a harmless new cookie": (home(), home(set_cookie="consent=asked; path=/")),
}


def everything(request: Request) -> Reply:
    """What some sites answer to every address there is."""
    return Reply(200, f"<!DOCTYPE html><html><body><h1>Sklep</h1>{request.path}</body></html>", dict(PROTECTED))


def echoing(body: bytes | str, kind: str) -> Callable[[Request], Reply]:
    """The same content at whatever address."""
    return lambda _: plain(body, kind)

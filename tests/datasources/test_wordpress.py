from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from maintainer import errors
from maintainer.datasources import wordpress
from maintainer.http import Http
from maintainer.model import Archive, Release, Source
from tests.loopback import Loopback, Reply, Request

PLUGIN = Source("wordpress", "plugin:contact-form-7")
THEME = Source("wordpress", "theme:storefront")
CORE = Source("wordpress", "core")

CONTACT_FORM = {
    "name": "Contact Form 7",
    "slug": "contact-form-7",
    "version": "5.9.8",
    "requires": "6.4",
    "tested": "6.6",
    "requires_php": "7.4",
    "requires_plugins": ["flamingo"],
    "last_updated": "2024-07-25 10:02pm GMT",
    "homepage": "https://contactform7.example/",
    "download_link": "https://downloads.wordpress.org/plugin/contact-form-7.5.9.8.zip",
    "versions": {
        "5.9.3": "https://downloads.wordpress.org/plugin/contact-form-7.5.9.3.zip",
        "5.9.8": "https://downloads.wordpress.org/plugin/contact-form-7.5.9.8.zip",
        "trunk": "https://downloads.wordpress.org/plugin/contact-form-7.zip",
        "../evil": "https://downloads.wordpress.org/plugin/x.zip",
        "6.0": False,
    },
}
CLOSED = {
    "error": "closed",
    "name": "Old Slider",
    "slug": "old-slider",
    "description": "This plugin has been closed as of October 6, 2024 and is not available for download.",
    "closed": True,
    "closed_date": "2024-10-06",
    "reason": "security-issue",
    "reason_text": "Security Issue",
}
OFFER = {
    "response": "upgrade",
    "download": "https://downloads.wordpress.org/release/wordpress-6.5.5.zip",
    "locale": "en_US",
    "packages": {
        "full": "https://downloads.wordpress.org/release/wordpress-6.5.5.zip",
        "no_content": "https://downloads.wordpress.org/release/wordpress-6.5.5-no-content.zip",
        "partial": False,
    },
    "current": "6.5.5",
    "version": "6.5.5",
    "php_version": "7.0.0",
    "mysql_version": "5.5.5",
}
OLDER = {
    **OFFER,
    "response": "autoupdate",
    "version": "6.4.5",
    "packages": {"full": "https://downloads.wordpress.org/release/wordpress-6.4.5.zip"},
    "mysql_version": "5.0",
}
CHECK = "/core/version-check/1.7/"
STABLE = {"6.4.4": "insecure", "6.4.5": "outdated", "6.5.4": "insecure", "6.5.5": "latest"}


def http_of(server: Loopback, **more: str) -> Http:
    bases = dict.fromkeys(("wordpress-api", "wordpress-downloads", "wordpress-svn", "endoflife"), server.url)
    return Http(bases={**bases, "wordpress-theme-svn": server.url, **more}, retries=0)


def test_a_plugin_has_every_version_with_an_archive() -> None:
    with Loopback({"/plugins/info/1.2/": CONTACT_FORM}) as server:
        listing = wordpress.releases(http_of(server), PLUGIN)
        assert len(server.requests) == 1
        asked = parse_qs(server.requests[0].query)
    assert asked["action"] == ["plugin_information"]
    assert asked["request[slug]"] == ["contact-form-7"]
    assert asked["request[fields][sections]"] == ["0"]
    assert [release.version for release in listing.releases] == ["5.9.3", "5.9.8"]
    newest = listing.releases[1]
    assert newest.published == listing.untouched_since == datetime(2024, 7, 25, 22, 2, tzinfo=UTC)
    assert newest.requires == {"php": ">=7.4", "wordpress": ">=6.4", "plugin:flamingo": "*"}
    assert newest.archive == Archive(server.url + "/plugin/contact-form-7.5.9.8.zip", "contact-form-7")
    assert (listing.recommended, listing.status) == ("5.9.8", "active")
    assert listing.releases[0].published is None


def test_php_writes_an_empty_table_as_an_array_and_an_absent_text_as_false() -> None:
    answer = {**CONTACT_FORM, "versions": [], "requires": False, "requires_php": False, "requires_plugins": []}
    with Loopback({"/plugins/info/1.2/": answer}) as server:
        listing = wordpress.releases(http_of(server), PLUGIN)
    assert [(release.version, release.requires) for release in listing.releases] == [("5.9.8", {})]


@pytest.mark.parametrize("status", [200, 404])
def test_a_closed_plugin_is_a_listing_that_says_so(status: int) -> None:
    with Loopback({"/plugins/info/1.2/": Reply(status, CLOSED)}) as server:
        listing = wordpress.releases(http_of(server), Source("wordpress", "plugin:old-slider"))
    assert (listing.status, listing.releases) == ("closed", ())
    assert "closed as of October 6, 2024" in listing.status_note


@pytest.mark.parametrize(
    "answer",
    [
        Reply(404, {"error": "Plugin not found."}),
        {"error": "Plugin not found."},
        Reply(404, "<html>"),
        Reply(200, "null"),
    ],
)
def test_an_unknown_plugin_is_not_found_and_the_message_says_what_to_do(answer: object) -> None:
    with Loopback({"/plugins/info/1.2/": answer}) as server, pytest.raises(errors.NotFound, match="Update URI: false"):
        wordpress.releases(http_of(server), PLUGIN)


def test_a_theme_is_dated_to_the_minute() -> None:
    answer = {
        "slug": "storefront",
        "version": "4.6.0",
        "last_updated": "2024-05-02",
        "last_updated_time": "2024-05-02 10:02:03",
        "requires": "5.0",
        "requires_php": "5.6",
        "versions": {"4.5.5": "https://downloads.wordpress.org/theme/storefront.4.5.5.zip"},
        "download_link": "https://downloads.wordpress.org/theme/storefront.4.6.0.zip",
    }
    with Loopback({"/themes/info/1.2/": answer}) as server:
        listing = wordpress.releases(http_of(server), THEME)
    assert {release.version for release in listing.releases} == {"4.5.5", "4.6.0"}
    assert listing.untouched_since == datetime(2024, 5, 2, 10, 2, 3, tzinfo=UTC)


def test_an_older_version_says_what_it_requires_in_subversion() -> None:
    files = {
        "/contact-form-7/tags/5.9.3/readme.txt": "=== CF7 ===\nRequires at least: 6.2\nRequires PHP: 7.2\n",
        "/contact-form-7/tags/5.9.3/contact-form-7.php": "<?php\n/* Plugin Name: CF7\nRequires PHP: 7.4\n*/",
        "/storefront/4.5.5/style.css": "/*\nTheme Name: S\nRequires PHP: 5.6\n*/",
    }
    with Loopback(files) as server:
        http = http_of(server)
        assert wordpress.details(http, PLUGIN, Release("5.9.3")).requires == {"wordpress": ">=6.2", "php": ">=7.4"}
        assert wordpress.details(http, THEME, Release("4.5.5")).requires == {"php": ">=5.6"}
        assert wordpress.details(http, PLUGIN, Release("1.0")) == Release("1.0")
        asked = len(server.requests)
        known = Release("5.9.8", datetime(2024, 1, 1, tzinfo=UTC))
        assert wordpress.details(http, PLUGIN, known) is known
        assert len(server.requests) == asked


def test_a_main_file_with_another_name_is_found_beside() -> None:
    tag = "/contact-form-7/tags/5.9.3/"
    names = ("uninstall.php", "load.php", "wp-contact-form-7.php")
    files = {
        tag: "<ul>" + "".join(f'<li><a href="{name}">{name}</a></li>' for name in ("../", "admin/", *names)) + "</ul>",
        tag + "load.php": "<?php // Requires PHP: 9",
        tag + "wp-contact-form-7.php": "<?php\n/* Plugin Name: CF7\nRequires PHP: 8.1\n*/",
    }
    with Loopback(files) as server:
        assert wordpress.details(http_of(server), PLUGIN, Release("5.9.3")).requires == {"php": ">=8.1"}


def test_a_mirror_of_the_api_alone_is_not_asked_for_files() -> None:
    with Loopback({}) as server:
        http = Http(bases={"wordpress-api": server.url}, retries=0)
        assert wordpress.details(http, PLUGIN, Release("5.9.3")) == Release("5.9.3")
        assert not server.requests


def test_notes_are_the_changelogs_sections_newest_first() -> None:
    changelog = "<h4>5.10</h4><p>c</p><h4>5.9.0</h4><p>b</p><h4>5.8</h4><p>a</p>"

    def answer(request: Request) -> Mapping[str, Any]:
        assert parse_qs(request.query)["request[fields][sections]"] == ["1"]
        return {**CONTACT_FORM, "sections": {"changelog": changelog}}

    with Loopback({"/plugins/info/1.2/": answer}) as server:
        notes = wordpress.notes(http_of(server), PLUGIN, ["5.9", "5.10", "5.9.1"])
    assert [(note.version, note.text) for note in notes] == [("5.10", "<p>c</p>"), ("5.9", "<p>b</p>")]


def test_a_changelog_without_versions_is_the_newest_versions_note() -> None:
    with Loopback(
        {"/plugins/info/1.2/": {**CONTACT_FORM, "sections": {"changelog": "<p>See our site.</p>"}}}
    ) as server:
        notes = wordpress.notes(http_of(server), PLUGIN, ["5.9.3", "5.9.8"])
    assert [(note.version, note.text) for note in notes] == [("5.9.8", "<p>See our site.</p>")]


def test_core_has_offers_and_the_standing_of_every_version() -> None:
    offers = {"offers": [OFFER, OLDER, {**OFFER, "locale": "pl_PL"}], "translations": []}
    with Loopback({CHECK: offers, "/core/stable-check/1.0/": STABLE}) as server:
        listing = wordpress.releases(http_of(server), CORE)
    found = {release.version: release for release in listing.releases}
    assert listing.recommended == "6.5.5"
    assert sorted(found) == ["6.4.4", "6.4.5", "6.5.4", "6.5.5"]
    assert found["6.5.5"].requires == {"php": ">=7.0.0", "mysql": ">=5.5.5"}
    assert found["6.4.4"].requires == {"php": ">=7.0.0", "mysql": ">=5.0"}
    assert "insecure" in found["6.5.4"].withdrawn
    assert not found["6.4.5"].withdrawn
    assert found["6.4.5"].archive == Archive(server.url + "/release/wordpress-6.4.5.zip", "wordpress")
    assert found["6.5.4"].archive == Archive(server.url + "/release/wordpress-6.5.4.zip", "wordpress")


def test_a_translated_core_comes_in_its_language() -> None:
    polish = {
        **OFFER,
        "locale": "pl_PL",
        "packages": {"full": "https://downloads.wordpress.org/release/pl_PL/wordpress-6.5.5.zip"},
    }
    with Loopback({f"{CHECK}?locale=pl_PL": {"offers": [polish, OFFER]}, "/core/stable-check/1.0/": STABLE}) as server:
        listing = wordpress.releases(http_of(server), Source("wordpress", "core:pl_PL"))
    found = {release.version: release for release in listing.releases}
    assert all(release.archive and "/release/pl_PL/" in release.archive.url for release in found.values())


def test_core_is_dated_by_its_checksum_file() -> None:
    reply = Reply(200, "c" * 40 + "  wordpress-6.5.5.zip\n", {"last-modified": "Mon, 24 Jun 2024 15:58:00 GMT"})
    with Loopback({"/release/wordpress-6.5.5.zip.sha1": reply}) as server:
        release = Release("6.5.5", archive=Archive(server.url + "/release/wordpress-6.5.5.zip", "wordpress"))
        detailed = wordpress.details(http_of(server), CORE, release)
    assert detailed.published == datetime(2024, 6, 24, 15, 58, tzinfo=UTC)
    assert detailed.archive is not None
    assert detailed.archive.digests == {"sha1": "c" * 40}


def test_core_is_else_dated_by_its_life_cycle_and_else_undated() -> None:
    cycle = {"name": "6.5", "latest": {"name": "6.5.5", "date": "2024-06-24"}, "isEol": False}
    with Loopback({"/api/v1/products/wordpress/": {"result": {"releases": [cycle]}}}) as server:
        archive = Archive(server.url + "/release/wordpress-6.5.5.zip", "wordpress")
        http = http_of(server)
        assert wordpress.details(http, CORE, Release("6.5.5", archive=archive)).published == datetime(
            2024, 6, 24, tzinfo=UTC
        )
        assert wordpress.details(http, CORE, Release("6.5.4", archive=archive)).published is None


def test_a_plugins_checksums_may_be_several_for_a_file() -> None:
    files = {
        "a.php": {"md5": "a" * 32, "sha256": "b" * 64},
        "readme.txt": {"md5": ["c" * 32, "d" * 32], "sha256": ["e" * 64, "F" * 64]},
        "old.php": {"md5": "9" * 32},
    }
    with Loopback({"/plugin-checksums/contact-form-7/5.9.3.json": {"files": files}}) as server:
        http = http_of(server)
        assert wordpress.checksums(http, PLUGIN, "5.9.3") == {
            "a.php": frozenset({"b" * 64}),
            "readme.txt": frozenset({"e" * 64, "f" * 64}),
            "old.php": frozenset({"9" * 32}),
        }
        assert wordpress.checksums(http, PLUGIN, "5.9.4") is None
        assert wordpress.checksums(http, THEME, "4.5.5") is None


@pytest.mark.parametrize(
    "files", [{"../x": {"md5": "a" * 32}}, {"/x": {"md5": "a" * 32}}, {"x": {"md5": 5}}, {"x": []}, {"x": {"md5": []}}]
)
def test_checksums_that_could_mislead_are_refused(files: object) -> None:
    with (
        Loopback({"/plugin-checksums/contact-form-7/1.json": {"files": files}}) as server,
        pytest.raises(errors.BadAnswer),
    ):
        wordpress.checksums(http_of(server), PLUGIN, "1")


def test_core_has_checksums_of_its_language() -> None:
    answers = {
        "/core/checksums/1.0/?version=6.5.5&locale=pl_PL": {"checksums": {"wp-login.php": "a" * 32}},
        "/core/checksums/1.0/?version=6.5.5&locale=en_US": {"checksums": {"6.5.5": {"wp-login.php": "b" * 32}}},
        "/core/checksums/1.0/": {"checksums": False},
    }
    with Loopback(answers) as server:
        http = http_of(server)
        polish = Source("wordpress", "core:pl_PL")
        assert wordpress.checksums(http, polish, "6.5.5") == {"wp-login.php": frozenset({"a" * 32})}
        assert wordpress.checksums(http, CORE, "6.5.5") == {"wp-login.php": frozenset({"b" * 32})}
        assert wordpress.checksums(http, CORE, "9.9") is None


def test_translations_come_in_the_languages_asked_for() -> None:
    packs = [
        {
            "language": name,
            "version": "5.9.8",
            "updated": "2024-07-01 10:00:00",
            "package": f"https://downloads.wordpress.org/translation/plugin/contact-form-7/5.9.8/{name}.zip",
        }
        for name in ("de_DE", "pl_PL")
    ]
    with Loopback({"/translations/plugins/1.0/": {"translations": packs}}) as server:
        (pack,) = wordpress.translations(http_of(server), PLUGIN, "5.9.8", ["pl_PL"])
        assert server.requests[0].query == "slug=contact-form-7&version=5.9.8"
    assert (pack.locale, pack.version) == ("pl_PL", "5.9.8")
    assert pack.archive.url == server.url + "/translation/plugin/contact-form-7/5.9.8/pl_PL.zip"

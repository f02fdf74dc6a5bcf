from datetime import UTC, datetime

import pytest

from maintainer import errors
from maintainer.datasources import vendors
from maintainer.http import Http
from maintainer.model import Archive, Source
from tests.loopback import Loopback

CHECKER = {
    "name": "Premium", "version": "2.0", "download_url": "https://vendor.example/premium.zip",
    "homepage": "https://vendor.example/", "requires": "6.0", "requires_php": "8.0", "tested": "6.6",
    "last_updated": "2024-01-01 16:17:00",
    "sections": {"changelog": "<h4>2.0</h4><p>New</p><h4>1.9</h4><p>Old</p>"},
}  # fmt: skip
EDD = {
    "new_version": "3.2.1", "stable_version": "3.2.1", "name": "Premium", "slug": "premium",
    "url": "https://vendor.example/downloads/premium/?changelog=1", "last_updated": "2024-05-02 10:02:03",
    "package": "https://vendor.example/edd-sl/package_download/abc", "download_link": "https://vendor.example/other",
    "sections": 'a:2:{s:11:"description";s:3:"<p>";s:9:"changelog";s:31:"<h4>3.2.1</h4><p>Zażółć</p>";}',
}  # fmt: skip


def http_of(**secrets: str) -> Http:
    return Http(secrets=secrets, retries=0)


def test_a_manifest_of_plugin_update_checker_is_a_release() -> None:
    with Loopback({"/premium.json": CHECKER}) as server:
        source = Source("vendors", "premium", (server.url + "/premium.json",))
        (release,) = vendors.releases(http_of(), source).releases
        notes = vendors.notes(http_of(), source, ["2.0"])
    assert (release.version, release.published) == ("2.0", datetime(2024, 1, 1, 16, 17, tzinfo=UTC))
    assert release.requires == {"wordpress": ">=6.0", "php": ">=8.0"}
    assert release.archive == Archive("https://vendor.example/premium.zip", "premium")
    assert [(note.version, note.text) for note in notes] == [("2.0", "<p>New</p>")]


def test_easy_digital_downloads_gets_the_key_and_nobody_else_sees_it() -> None:
    with Loopback({"/": EDD}) as server:
        url = server.url + "/?edd_action=get_version&item_id=5&license={PREMIUM_KEY}"
        source = Source("vendors", "premium", (url,))
        http = http_of(PREMIUM_KEY="k e/y")
        listing = vendors.releases(http, source)
        assert server.requests[0].query == "edd_action=get_version&item_id=5&license=k%20e%2Fy"
        (note,) = vendors.notes(http, source, ["3.2.1"])
    assert (listing.recommended, listing.registry) == ("3.2.1", "127.0.0.1")
    assert listing.releases[0].archive == Archive("https://vendor.example/edd-sl/package_download/abc", "premium")
    assert note.text == "<p>Zażółć</p>"


def test_the_address_of_a_manifest_follows_from_the_configuration() -> None:
    plain = vendors.address("https://vendor.example/{package}.json", "premium", edd=False)
    assert plain == "https://vendor.example/premium.json"
    edd = vendors.address(
        "https://vendor.example/", "premium", edd=True, item="5", key="KEY", site="https://shop.example"
    )
    assert edd == (
        "https://vendor.example/?edd_action=get_version&item_id=5&slug=premium"
        "&url=https%3A%2F%2Fshop.example&license={KEY}"
    )
    named = vendors.address("https://vendor.example/?a=b", "premium", edd=True, item="Premium Pro")
    assert named == "https://vendor.example/?a=b&edd_action=get_version&item_name=Premium+Pro&slug=premium"
    keyed = vendors.address("https://vendor.example/{key}/{package}?at={site}", "a b", edd=False, key="KEY", site="x/y")
    assert keyed == "https://vendor.example/{KEY}/a%20b?at=x%2Fy"
    whole = vendors.address("https://vendor.example/?edd_action=get_version&item_id=7", "premium", edd=True, item="7")
    assert whole == "https://vendor.example/?edd_action=get_version&item_id=7"


def test_a_key_that_is_not_set_is_named() -> None:
    source = Source("vendors", "premium", ("http://127.0.0.1:9/?license={PREMIUM_KEY}",))
    with pytest.raises(errors.ConfigurationError, match="PREMIUM_KEY"):
        vendors.releases(http_of(), source)


@pytest.mark.parametrize(
    "answer", [{"msg": "License key is not valid: k3y"}, {"new_version": "", "msg": "k3y"}, {"error": "k3y"}]
)
def test_a_refused_key_is_said_without_it(answer: object) -> None:
    with Loopback({"/": answer}) as server, pytest.raises(errors.AccessDenied) as denied:
        vendors.releases(http_of(KEY="k3y"), Source("vendors", "premium", (server.url + "/?license={KEY}",)))
    assert "k3y" not in str(denied.value)


def test_a_version_without_an_archive_is_still_known() -> None:
    with Loopback({"/": {**EDD, "package": "", "download_link": False}}) as server:
        (release,) = vendors.releases(http_of(), Source("vendors", "premium", (server.url,))).releases
    assert (release.version, release.archive) == ("3.2.1", None)


def test_a_vendor_nobody_configured_is_said() -> None:
    with pytest.raises(errors.ConfigurationError, match=r"registries\.vendors"):
        vendors.releases(http_of(), Source("vendors", "premium"))

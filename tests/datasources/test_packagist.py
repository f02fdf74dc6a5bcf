import hashlib
import json
import random
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from maintainer.credentials import Credential, Credentials, basic
from maintainer.datasources import packagist
from maintainer.datasources.composer_repository import FIELDS, UNSET, expanded
from maintainer.errors import AccessDenied, BadAnswer, NotFound, Unreachable
from maintainer.http import Http
from maintainer.model import Listing, Release, Source
from tests.loopback import Loopback, Reply, Request

MINIFY = """
require '/usr/share/php/Composer/MetadataMinifier/MetadataMinifier.php';
$packages = json_decode(stream_get_contents(STDIN), true);
echo json_encode(array_map(['Composer\\MetadataMinifier\\MetadataMinifier', 'minify'], $packages));
"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback({}) as server:
        yield server


def version(number: str, **more: Any) -> dict[str, Any]:
    return {"name": "acme/thing", "version": number, "version_normalized": number + ".0", **more}


def v2(server: Loopback, *versions: Any, at: str = "", package: str = "acme/thing", **root: Any) -> None:
    """A Composer 2 repository that has one package, beside those served already."""
    server.answers[f"{at}/packages.json"] = {"packages": [], "metadata-url": f"{at}/p2/%package%.json", **root}
    server.answers[f"{at}/p2/{package}.json"] = {"packages": {package: list(versions)}}


def look(server: Loopback, package: str = "acme/thing", *registries: str, **bases: str) -> Listing:
    http = Http(bases={"packagist": server.url, **bases}, retries=0)
    return packagist.releases(http, Source("packagist", package, tuple(server.url + path for path in registries)))


def numbers(listing: Listing) -> list[str]:
    return [release.version for release in listing.releases]


def mirrors(server: Loopback) -> dict[str, str]:
    """wordpress.org's places, each a folder of the server."""
    return {
        "wpackagist": server.url + "/wpackagist",
        "wp-packages": server.url + "/wp-packages",
        "wordpress-api": server.url + "/api",
    }


# --- Composer 2 ------------------------------------------------------------------------------------------------------


def test_metadata_is_asked_for_by_the_repositorys_own_address(server: Loopback) -> None:
    v2(
        server,
        version(
            "v1.1.0",
            time="2024-02-01T10:00:00+02:00",
            require={"php": ">=8.1", "acme/base": "*"},
            source={"type": "git", "url": "https://github.com/acme/thing.git"},
            homepage="https://thing.example",
        ),
        version("1.0.0", time="2023-01-01T00:00:00+00:00"),
        version("dev-main"),
    )
    listing = look(server)
    assert numbers(listing) == ["v1.1.0", "1.0.0"]
    assert listing.releases[0].published == datetime(2024, 2, 1, 8, tzinfo=UTC)
    assert [dict(release.requires) for release in listing.releases] == [{"php": ">=8.1"}, {}]
    assert (listing.repository, listing.homepage) == ("https://github.com/acme/thing", "https://thing.example")
    assert (listing.status, listing.registry) == ("active", server.url)
    assert server.paths() == ["/packages.json", "/p2/acme/thing.json"]


def test_minified_metadata_unfolds_as_composers_own(server: Loopback) -> None:
    """Against composer/metadata-minifier: what PHP folds, we unfold."""
    chance = random.Random(7)
    values: list[Any] = [
        {"php": ">=7"},
        {"php": "^8", "a/b": "1"},
        "2024-01-01T00:00:00+00:00",
        True,
        "x/y",
        {"url": "u"},
    ]
    packages = []
    for _ in range(60):
        rows = []
        for number in range(chance.randrange(1, 8)):
            names = chance.sample(sorted(FIELDS - {"version"}), chance.randrange(5))
            rows.append({"version": f"1.{number}"} | {name: chance.choice(values) for name in names})
        packages.append(rows)
    folded = subprocess.run(
        ["php", "-r", MINIFY], input=json.dumps(packages), capture_output=True, text=True, check=True
    )
    assert UNSET in folded.stdout
    for rows, minified in zip(packages, json.loads(folded.stdout), strict=True):
        assert list(expanded(minified)) == rows


def test_a_minified_document_is_recognised(server: Loopback) -> None:
    v2(server)
    server.answers["/p2/acme/thing.json"] = {
        "minified": "composer/2.0",
        "packages": {
            "acme/thing": [
                version("2.0", require={"php": "^8"}, time="2024-01-01T00:00:00Z"),
                {"version": "1.1", "require": {"php": "^7"}},
                {"version": "1.0", "require": "__unset"},
            ]
        },
    }
    assert [dict(release.requires) for release in look(server).releases] == [{"php": "^8"}, {"php": "^7"}, {}]


@pytest.mark.parametrize("stable", [None, {"packages": {"acme/thing": []}}])
def test_a_package_without_tags_has_its_branches(server: Loopback, stable: object) -> None:
    v2(server)
    server.answers["/p2/acme/thing.json"] = Reply(404) if stable is None else stable
    server.answers["/p2/acme/thing~dev.json"] = {"packages": {"acme/thing": [version("dev-main"), version("1.x-dev")]}}
    assert numbers(look(server)) == ["dev-main", "1.x-dev"]


def test_a_repository_that_lists_its_packages_is_not_asked_for_others(server: Loopback) -> None:
    listed: dict[str, Any] = {"available-packages": ["Acme/Thing"], "available-package-patterns": ["acme/x-*"]}
    v2(server, version("1.0"), at="/own", **listed)
    server.answers["/own/p2/acme/x-one.json"] = {"packages": {"acme/x-one": [version("3.0")]}}
    v2(server, version("9.0"), package="other/thing")
    assert numbers(look(server, "acme/thing", "/own", "")) == ["1.0"]
    assert numbers(look(server, "acme/x-one", "/own", "")) == ["3.0"]
    assert numbers(look(server, "other/thing", "/own", "")) == ["9.0"]
    assert "/own/p2/other/thing.json" not in server.paths()


def test_the_first_repository_that_has_a_package_is_right(server: Loopback) -> None:
    v2(server, version("1.0"), at="/own")
    v2(server, version("9.0"))
    assert numbers(look(server, "acme/thing", "/own", "")) == ["1.0"]
    assert numbers(look(server, "acme/thing", "", "/own")) == ["9.0"]


def test_a_repository_that_can_not_tell_does_not_make_way_for_the_next(server: Loopback) -> None:
    server.answers["/own/packages.json"] = Reply(401)
    v2(server, version("9.0"))
    with pytest.raises(AccessDenied):
        look(server, "acme/thing", "/own", "")


def test_a_repositorys_root_is_fetched_once_a_run_by_all_threads(server: Loopback) -> None:
    v2(server)
    for number in range(20):
        v2(server, version("1.0"), package=f"acme/p{number}")
    http = Http(bases={"packagist": server.url})
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda n: packagist.releases(http, Source("packagist", f"acme/p{n}")), range(20)))
    assert server.paths().count("/packages.json") == 1


def test_the_usual_address_may_be_configured_elsewhere(server: Loopback) -> None:
    v2(server, version("1.0"))
    http = Http(bases={"packagist": server.url})
    for stated in ("https://repo.packagist.org", "https://packagist.org/"):
        assert numbers(packagist.releases(http, Source("packagist", "acme/thing", (stated,)))) == ["1.0"]


def test_a_private_repository_gets_its_credentials(server: Loopback) -> None:
    def private(answer: object) -> Any:
        def reply(request: Request) -> object:
            return answer if request.headers.get("authorization") == own["authorization"] else Reply(401)

        return reply

    own = basic("me", "s3cr3t")
    v2(server, version("1.0"))
    server.answers = {path: private(answer) for path, answer in server.answers.items()}
    source = Source("packagist", "acme/thing", (server.url,))
    http = Http(credentials=Credentials([Credential(server.host, own)]))
    assert numbers(packagist.releases(http, source)) == ["1.0"]
    inline = Source("packagist", "acme/thing", (f"http://me:s3cr3t@{server.host}",))
    listing = packagist.releases(Http(), inline)
    assert numbers(listing) == ["1.0"]
    assert "s3cr3t" not in listing.registry
    with pytest.raises(AccessDenied) as caught:
        packagist.releases(Http(), source)
    assert "COMPOSER_AUTH" in str(caught.value)
    with pytest.raises(NotFound) as missing:
        packagist.releases(Http(), Source("packagist", "acme/none", inline.registries))
    assert "s3cr3t" not in str(missing.value)


def test_an_abandoned_package_names_what_replaces_it(server: Loopback) -> None:
    v2(server, version("1.0", abandoned="acme/better"))
    listing = look(server)
    assert (listing.status, listing.replacement) == ("abandoned", "acme/better")
    v2(server, version("1.0", abandoned=True))
    assert (look(server).status, look(server).replacement) == ("abandoned", "")
    v2(server, version("1.0", abandoned=False))
    assert look(server).status == "active"


def test_details_have_the_archive_and_its_digest(server: Loopback) -> None:
    dist = {"type": "zip", "url": "https://files.example/thing.zip", "reference": "abc", "shasum": "a" * 40}
    v2(server, version("1.1", dist={**dist, "shasum": ""}), version("1.0", dist=dist))
    http = Http(bases={"packagist": server.url})
    release = packagist.details(http, Source("packagist", "acme/thing"), Release("1.0"))
    assert release.archive is not None
    assert (release.archive.url, release.archive.digests) == ("https://files.example/thing.zip", {"sha1": "a" * 40})
    release = packagist.details(http, Source("packagist", "acme/thing"), Release("1.1"))
    assert release.archive is not None
    assert release.archive.digests == {}
    assert packagist.details(http, Source("packagist", "acme/thing"), Release("7")) == Release("7")


# --- Composer 1 and satis --------------------------------------------------------------------------------------------


def test_packages_may_stand_in_the_root_itself_and_in_its_includes(server: Loopback) -> None:
    server.answers["/packages.json"] = {
        "packages": {"acme/thing": {"1.0": version("1.0", require={"php": ">=7"}), "dev-main": version("dev-main")}},
        "includes": {"include/all$abc.json": {"sha1": "abc"}},
    }
    server.answers["/include/all$abc.json"] = {"packages": {"Acme/Other": {"2.0": {}, "x": None}}}
    assert numbers(look(server)) == ["1.0"]
    assert numbers(look(server, "acme/other")) == ["2.0"]
    with pytest.raises(NotFound):
        look(server, "acme/none")


def test_providers_are_found_through_the_files_that_list_them(server: Loopback) -> None:
    content = json.dumps({"packages": {"acme/thing": {"1.0": version("1.0")}}})
    digest = hashlib.sha256(content.encode()).hexdigest()
    server.answers["/packages.json"] = {
        "packages": [],
        "providers-url": "/p/%package%$%hash%.json",
        "provider-includes": {"p/provider-latest$%hash%.json": {"sha256": "abc"}},
    }
    server.answers["/p/provider-latest$abc.json"] = {"providers": {"acme/thing": {"sha256": digest}}}
    server.answers[f"/p/acme/thing${digest}.json"] = content
    assert numbers(look(server)) == ["1.0"]
    with pytest.raises(NotFound):
        look(server, "acme/other")


def test_providers_may_be_asked_for_one_by_one(server: Loopback) -> None:
    server.answers["/packages.json"] = {"packages": [], "providers-lazy-url": "/lazy/%package%.json"}
    server.answers["/lazy/acme/thing.json"] = {"packages": {"acme/thing": [version("1.0")]}}
    assert numbers(look(server)) == ["1.0"]


# --- wordpress.org's slugs -------------------------------------------------------------------------------------------


def test_a_slug_is_asked_of_the_mirror_its_vendor_names(server: Loopback) -> None:
    v2(server, version("1.0"), at="/wpackagist", package="wpackagist-plugin/akismet")
    v2(server, version("2.0"), at="/wp-packages", package="wp-theme/storefront")
    assert numbers(look(server, "wpackagist-plugin/akismet", **mirrors(server))) == ["1.0"]
    assert numbers(look(server, "wp-theme/storefront", **mirrors(server))) == ["2.0"]
    assert len(server.requests) == 4


@pytest.mark.parametrize("broken", [Reply(503), Reply(404), Reply(200, "<html>")])
def test_a_mirror_that_fails_makes_way_for_the_other_and_its_vendors_name(server: Loopback, broken: Reply) -> None:
    server.answers["/wpackagist/packages.json"] = broken
    v2(server, version("1.1"), at="/wp-packages", package="wp-plugin/akismet")
    listing = look(server, "wpackagist-plugin/akismet", **mirrors(server))
    assert numbers(listing) == ["1.1"]
    assert listing.registry == server.url + "/wp-packages"


def test_without_any_mirror_wordpress_org_itself_is_asked(server: Loopback) -> None:
    server.answers["/api/plugins/info/1.2/"] = {
        "name": "Akismet",
        "slug": "akismet",
        "version": "5.3",
        "requires_php": "7.2",
        "versions": {
            "5.2": "https://downloads.wordpress.org/plugin/akismet.5.2.zip",
            "5.3": "https://downloads.wordpress.org/plugin/akismet.5.3.zip",
            "trunk": "https://downloads.wordpress.org/plugin/akismet.zip",
        },
    }
    listing = look(server, "wp-plugin/akismet", **mirrors(server))
    assert sorted(numbers(listing)) == ["5.2", "5.3"]
    assert listing.recommended == "5.3"


def test_a_slug_nobody_knows_is_not_found_and_one_nobody_could_tell_is_unreachable(server: Loopback) -> None:
    with pytest.raises(NotFound):
        look(server, "wp-plugin/none", **mirrors(server))
    server.answers["/wp-packages/packages.json"] = Reply(503)
    with pytest.raises(Unreachable):
        look(server, "wp-plugin/none", **mirrors(server))


def test_a_configured_repository_goes_before_the_mirrors(server: Loopback) -> None:
    v2(server, version("7.0"), at="/own", package="wpackagist-plugin/akismet")
    v2(server, version("1.0"), at="/wpackagist", package="wpackagist-plugin/akismet")
    assert numbers(look(server, "wpackagist-plugin/akismet", "/own", **mirrors(server))) == ["7.0"]


def test_a_mirror_of_wordpress_org_costs_no_other_package(server: Loopback) -> None:
    v2(server, version("1.0"))
    http = Http(bases={"packagist": server.url, "wpackagist": "http://127.0.0.1:1"})
    source = Source("packagist", "acme/thing", ("https://wpackagist.org", "https://repo.packagist.org"))
    assert numbers(packagist.releases(http, source)) == ["1.0"]


# --- what is malformed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "thing", "acme/", "/thing", "a/b/c", "../x", "acme/..", "acme/th ing", "acme/x?y", "a" * 200 + "!/b"]
)
def test_what_is_no_name_is_never_asked_for(server: Loopback, name: str) -> None:
    with pytest.raises(NotFound):
        look(server, name)
    assert server.requests == []


@pytest.mark.parametrize("root", [[], None, 5, "x", b"{"])
def test_a_root_of_another_form_is_a_bad_answer(server: Loopback, root: object) -> None:
    server.answers["/packages.json"] = b"null" if root is None else json.dumps(root).encode() if root != b"{" else root
    with pytest.raises(BadAnswer):
        look(server)


@pytest.mark.parametrize(
    "metadata", [[], {"packages": []}, {"packages": {"acme/thing": 5}}, {"packages": {"acme/thing": [None]}}]
)
def test_metadata_of_another_form_is_an_error_of_ours(server: Loopback, metadata: object) -> None:
    v2(server)
    server.answers["/p2/acme/thing.json"] = metadata
    with pytest.raises((BadAnswer, NotFound)):
        look(server)


def test_odd_values_within_are_left_out(server: Loopback) -> None:
    v2(
        server,
        {"version": ["1"]},
        {"version": "$(id)"},
        {"version": "1.0", "time": 5, "require": [], "source": "x", "support": [], "abandoned": [], "homepage": {}},
        {"version": "1.1", "require": {"php": ["x"]}, "time": "never"},
    )
    listing = look(server)
    assert [(r.version, r.published, dict(r.requires)) for r in listing.releases] == [
        ("1.0", None, {}),
        ("1.1", None, {}),
    ]
    assert packagist.notes(Http(), Source("packagist", "acme/thing"), ["1.0"]) == ()

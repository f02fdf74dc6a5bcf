"""A bill of materials is CycloneDX 1.6 by the standard's own schema, and names every package as its type wants."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from maintainer.model import Dependency, Role, Source, Span
from maintainer.writers.sbom import Part, purl, text

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def part(
    datasource: str,
    package: str,
    version: str = "1.2.3",
    *registries: str,
    manager: str = "m",
    file: str = "f.json",
    section: str = "",
    role: Role = "package",
    digest: str | None = None,
) -> Part:
    source = Source(datasource, package, registries)
    one = Dependency(
        manager,
        file,
        package,
        source,
        "npm",
        Span(0, 1),
        "^1",
        "^1",
        version,
        role=role,
        section=section,
        digest=digest,
    )
    return Part(one, version)


PURLS = {
    part("packagist", "symfony/console", "v6.4.1"): "pkg:composer/symfony/console@v6.4.1",
    part("packagist", "wpackagist-plugin/woocommerce", "9.4.2", "https://wpackagist.example"): (
        "pkg:composer/wpackagist-plugin/woocommerce@9.4.2?repository_url=https://wpackagist.example"
    ),
    part("packagist", "acme/tax", "1.0", "https://user:pass@satis.example/a/"): (
        "pkg:composer/acme/tax@1.0?repository_url=https://satis.example/a"
    ),
    part("packagist", "acme/both", "1.0", "https://a.example", "https://b.example"): "pkg:composer/acme/both@1.0",
    part("npm", "@wordpress/scripts", "30.1.0"): "pkg:npm/%40wordpress/scripts@30.1.0",
    part("npm", "is-odd", "3.0.1"): "pkg:npm/is-odd@3.0.1",
    part("pypi", "Django_Oscar", "4.0"): "pkg:pypi/django-oscar@4.0",
    part("wordpress", "plugin:woocommerce", "9.4.2"): (
        "pkg:generic/woocommerce@9.4.2?download_url=https://downloads.wordpress.org/plugin/woocommerce.9.4.2.zip"
    ),
    part("wordpress", "theme:storefront", "4.6.0"): (
        "pkg:generic/storefront@4.6.0?download_url=https://downloads.wordpress.org/theme/storefront.4.6.0.zip"
    ),
    part("wordpress", "core", "6.5.5"): (
        "pkg:generic/wordpress@6.5.5?download_url=https://downloads.wordpress.org/release/wordpress-6.5.5.zip"
    ),
    part("wordpress", "core:pl_PL", "6.5.5"): (
        "pkg:generic/wordpress@6.5.5?download_url=https://downloads.wordpress.org/release/pl_PL/wordpress-6.5.5.zip"
    ),
    part("docker", "php", "8.2-fpm"): "pkg:docker/php@8.2-fpm",
    part("docker", "library/mariadb", "11.4"): "pkg:docker/mariadb@11.4",
    part("docker", "bitnami/redis", "7", digest="sha256:" + "a" * 64): f"pkg:docker/bitnami/redis@sha256:{'a' * 64}",
    part("docker", "registry.example:5000/shop/web", "3"): (
        "pkg:docker/shop/web@3?repository_url=registry.example:5000"
    ),
    part("forge-tags", "github:actions/Cache", "v4.0.0"): "pkg:github/actions/cache@v4.0.0",
    part("forge-tags", "gitlab:group/sub/tool", "1.0"): "pkg:gitlab/group/sub/tool@1.0",
    part("runtimes", "php", "8.2"): "pkg:generic/php@8.2",
    part("vendors", "acme:slider", "3.1"): "pkg:generic/slider@3.1",
    part("packagist", "acme/unlocked", ""): "pkg:composer/acme/unlocked",
}


@pytest.mark.parametrize("one", PURLS, ids=PURLS.values())
def test_a_package_url_is_its_types(one: Part) -> None:
    made = purl(one).to_string()
    assert PackageURL.from_string(made) == PackageURL.from_string(PURLS[one])
    assert made.partition("?")[0].replace("%3A", ":") == PURLS[one].partition("?")[0]


def document(*parts: Part) -> dict[str, Any]:
    made = text(parts, name="shop.example", version="a" * 40, at=NOW)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None
    found: dict[str, Any] = json.loads(made)
    return found


def test_all_of_it_is_valid() -> None:
    made = document(*PURLS)
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert len(made["components"]) == len(PURLS)
    refs = {one["bom-ref"] for one in made["components"]}
    assert {"ref": "site", "dependsOn": sorted(refs)} in made["dependencies"]
    assert made["metadata"]["component"]["version"] == "a" * 40


def test_nothing_is_a_valid_bill_too() -> None:
    assert document().get("components", []) == []


def test_what_stands_in_two_files_is_one_component() -> None:
    made = document(
        part("npm", "sass", file="package.json", section="devDependencies"),
        part("npm", "sass", file="themes/own/package.json", section="dependencies"),
    )
    (one,) = made["components"]
    files = [each["value"] for each in one["properties"] if each["name"] == "maintainer:file"]
    assert files == ["package.json", "themes/own/package.json"]
    assert one["scope"] == "required"


def test_what_only_builds_is_excluded_and_what_is_not_locked_says_its_constraint() -> None:
    made = document(part("npm", "sass", "", section="devDependencies"))
    (one,) = made["components"]
    assert one["scope"] == "excluded" and "version" not in one
    assert {"name": "maintainer:constraint", "value": "^1"} in one["properties"]


def test_kinds_of_components() -> None:
    core = part("wordpress", "core", "6.5.5", manager="wordpress_core")
    made = document(core, part("docker", "php"), part("runtimes", "node", role="pin"), part("npm", "a"))
    assert {one["name"] + str(one["type"]) for one in made["components"]} == {
        "wordpressapplication",
        "phpcontainer",
        "nodeplatform",
        "alibrary",
    }


def test_a_declaration_of_support_is_no_part() -> None:
    assert document(part("runtimes", "php", role="support")).get("components", []) == []


def test_the_same_is_the_same_and_another_commit_another() -> None:
    parts = (part("npm", "a"), part("npm", "b"))
    assert document(*parts) == document(*reversed(parts))
    other = json.loads(text(parts, name="shop.example", version="b" * 40, at=NOW))
    assert other["serialNumber"] != document(*parts)["serialNumber"]


def test_hostile_names_are_only_names() -> None:
    made = document(part("npm", "@a/<script>\u202e\n", "1\n2"), part("packagist", "///"), part("pypi", "a b\udcff"))
    assert len(made["components"]) == 3

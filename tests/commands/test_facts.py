"""What a site runs: files first, then the configuration, then production."""

from typing import Any

from maintainer.commands.facts import facts
from maintainer.model import Dependency, Source, Span


def one(name: str, version: str, **more: Any) -> Dependency:
    kind: Any = {"manager": "compose", "source": Source("docker", name), "scheme": "docker"} | more
    return Dependency(file="f", name=name, at=Span(0, 1), text=version, constraint=version, current=version, **kind)


def pin(runtime: str, version: str) -> Dependency:
    return one(runtime, version, scheme="runtime", role="pin", section=runtime)


def test_each_place_counts_once_and_a_named_line_has_a_number() -> None:
    found = facts([pin("node", "20"), pin("node", "lts/iron"), pin("php", "8.1"), pin("php", "8.2.1")], {}, {})
    assert (found.node, found.php, found.python) == (("20",), ("8.1", "8.2.1"), ())


def test_files_go_before_the_configuration_and_that_before_production() -> None:
    said, live = {"php": "8.1", "node": "20"}, {"php": "8.0", "python": "3.11", "node": "18"}
    found = facts([pin("php", "8.2")], said, live)
    assert (found.php, found.node, found.python) == (("8.2",), ("20",), ("3.11",))


def test_databases_are_those_of_images_unless_the_configuration_knows_better() -> None:
    images = [
        one("mysql", "8.0.35-debian"),
        one("library/mysql", "5.7"),
        one("acme/mysql", "4.1"),
        one("mariadb", "lts"),
    ]
    assert (facts(images, {}, {"mysql": "9"}).mysql, facts(images, {}, {}).mariadb) == ("5.7", "")
    assert facts(images, {"mysql": "8.4"}, {}).mysql == "8.4"


def test_wordpress_is_known_however_it_is_installed() -> None:
    composer = {"manager": "composer", "scheme": "composer"}
    found = facts(
        [
            one("roots/wordpress", "^6.4", locked="6.5.3", **composer),
            one("wpackagist-plugin/woocommerce", "9.4.2", **composer),
            one("wpackagist-plugin/seo", "^2.0", **composer),
            one("wpackagist-theme/shop", "1.0", **composer),
        ],
        {},
        {"wordpress": "6.0"},
    )
    assert (found.wordpress, found.woocommerce, found.plugins) == ("6.5.3", "9.4.2", {"woocommerce": "9.4.2"})

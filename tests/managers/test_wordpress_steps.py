from types import ModuleType

import pytest

from maintainer.managers import wordpress_core, wordpress_plugin, wordpress_theme
from maintainer.model import Archive, Dependency, Manifest, Release, Unpack, Update

PLUGIN = "<?php\n/*\nPlugin Name: Premium\nVersion: 1.0\nUpdate URI: https://vendor.example/\n*/"
RELEASE = Release("2.0", archive=Archive("https://downloads.example/x.zip", "x"))


@pytest.mark.parametrize(
    ("manager", "path", "text", "kind", "into"),
    [
        (
            wordpress_plugin,
            "wp-content/plugins/x/x.php",
            "<?php // Plugin Name: X\n// Version: 1.0",
            "plugin",
            "wp-content/plugins/x",
        ),
        (
            wordpress_plugin,
            "wp-content/plugins/x.php",
            "<?php // Plugin Name: X\n// Version: 1.0",
            "file",
            "wp-content/plugins/x.php",
        ),
        (wordpress_theme, "themes/x/style.css", "/*\nTheme Name: X\nVersion: 1.0\n*/", "theme", "themes/x"),
        (wordpress_core, "wp-includes/version.php", "<?php $wp_version = '1.0';", "core", ""),
        (wordpress_core, "web/wp/wp-includes/version.php", "<?php $wp_version = '1.0';", "core", "web/wp"),
    ],
)
def test_an_update_unpacks_the_new_code_over_the_old(
    manager: ModuleType, path: str, text: str, kind: str, into: str
) -> None:
    manifest = Manifest(path, text)
    (dependency,) = manager.extract(manifest)
    assert isinstance(dependency, Dependency)
    (step,) = manager.steps(manifest, [Update(dependency, RELEASE, "2.0", "major")])
    assert isinstance(step, Unpack)
    assert (step.kind, step.into, step.installed, step.release, step.source) == (
        kind,
        into,
        "1.0",
        RELEASE,
        dependency.source,
    )


def test_a_plugin_of_its_authors_server_is_known_for_those_who_configured_it() -> None:
    manifest = Manifest("wp-content/plugins/premium/premium.php", PLUGIN)
    found = wordpress_plugin.plugin(manifest)
    assert found is not None
    assert (found.name, found.current, found.root) == ("premium", "1.0", "wp-content/plugins/premium")
    assert wordpress_plugin.plugin(Manifest("wp-content/plugins/x/y.php", "<?php")) is None

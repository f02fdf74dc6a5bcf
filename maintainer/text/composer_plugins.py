"""Composer plugins that decide which packages are resolved: without them a lock file comes out wrong.

`config.allow-plugins` turns plugins off, all of them or by name, where `*` stands for anything and the first rule that
matches counts: https://getcomposer.org/doc/06-config.md#allow-plugins
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

RESOLVING = ("symfony/flex", "wikimedia/composer-merge-plugin", "magento/composer-root-update-plugin")


def needed(required: Iterable[str], allowed: Mapping[str, bool] | bool) -> list[str]:
    """Those of `required` that would have to run. A plugin no rule names is one that nobody turned off."""
    return [name for name in required if name.lower() in RESOLVING and _runs(name.lower(), allowed)]


def _runs(name: str, allowed: Mapping[str, bool] | bool) -> bool:
    if isinstance(allowed, bool):
        return allowed
    return next((runs for rule, runs in allowed.items() if fnmatchcase(name, rule.lower())), True)

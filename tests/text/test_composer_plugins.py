"""Which plugins of Composer would have to run for a lock file to come out right."""

from collections.abc import Mapping

import pytest

from maintainer.text.composer_plugins import needed

FLEX = "symfony/flex"


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (True, [FLEX]),
        (False, []),
        ({}, [FLEX]),
        ({FLEX: True}, [FLEX]),
        ({FLEX: False}, []),
        ({"symfony/*": False}, []),
        ({FLEX: True, "symfony/*": False}, [FLEX]),
        ({"Symfony/Flex": False}, []),
        ({"acme/other": False}, [FLEX]),
    ],
)
def test_a_plugin_that_resolves_is_needed_unless_it_is_turned_off(
    allowed: Mapping[str, bool] | bool, expected: list[str]
) -> None:
    assert needed(["acme/other", FLEX], allowed) == expected

"""What holds for all tests."""

import pytest
from hypothesis import HealthCheck, settings

# Machines that run them are shared and noisy: what is true is asserted, not how long it takes to be found true.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

#: What works with real programs, browsers and servers, longest first: at the end, no worker is left alone with them.
LONG = ("workflows", "checks", "commands", "platforms", "managers", "workspace")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable: within a folder they stay as they are."""
    turn = {folder: at for at, folder in enumerate(LONG)}
    items.sort(key=lambda item: turn.get(item.path.parent.name, len(turn)))

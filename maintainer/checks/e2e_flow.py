"""Flows as data: what a customer does on the site, step by step, and what must come of it.

A step is a map of JSON (docs/checks/e2e.md has the table); the configuration has read it, `e2e_work` does it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Device = Literal["desktop", "mobile"]
User = Literal["guest", "account"]
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Flow:
    """What is done once for each device and user, and what is cleaned up after it, whatever became of it.

    `given` are variables of its steps (`{product}`), `secrets` those that nobody may read; `locale` is how amounts
    are written, and the language that is asked for.
    """

    name: str
    steps: tuple[Step, ...]
    cleanup: tuple[Step, ...] = ()
    devices: tuple[Device, ...] = ("desktop",)
    users: tuple[User, ...] = ("guest",)
    given: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    locale: str = ""
    step_seconds: float = 15.0
    seconds: float = 180.0
    retries: int = 1
    keep: frozenset[str] = frozenset()

    def places(self) -> tuple["Place", ...]:
        """Every device with every user."""
        return tuple(Place(self, device, user) for user in self.users for device in self.devices)


@dataclass(frozen=True, slots=True)
class Place:
    """A flow on a device by a user."""

    flow: Flow
    device: Device
    user: User

    @property
    def name(self) -> str:
        """As reports name it."""
        return f"{self.flow.name} on {self.device} as {self.user}"

"""Who may override the gate: people of the configuration, or the owners of it, who may also write here."""

from dataclasses import dataclass, field

from maintainer import errors
from maintainer.commands.gate_scene import Scene
from maintainer.policy.overrides import same


@dataclass
class People:
    """Asked of the forge once a person and a team."""

    scene: Scene
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def named(self) -> str:
        """Who may, in words; empty where nobody."""
        if self.scene.local:
            return "whoever works in this repository"
        return ", ".join(self.scene.who)

    def refusal(self, login: str) -> str:
        """Why this person may not, empty when they may. What can't be asked is a no."""
        key = login.casefold()
        if key not in self._known:
            self._known[key] = self._refusal(login)
        return self._known[key]

    def writes(self, login: str) -> bool:
        """Whether their approval counts. What can't be asked is a no."""
        try:
            return self.scene.cases.writes(login)
        except errors.MaintainerError as error:
            self.scene.context.say(f"Whether {login} may write here can't be told: {error}")
            return False

    def _refusal(self, login: str) -> str:
        if self.scene.local:
            return ""
        try:
            if not self.scene.cases.writes(login):
                return "is by someone who may not write to this repository"
            if any(self._is(login, name) for name in self.scene.who):
                return ""
        except errors.MaintainerError as error:
            return f"can't be told to be by someone who may: {error}".rstrip(".")
        return f"is by someone who may not: {self.named} may" if self.named else "is by someone who may not: nobody may"

    def _is(self, login: str, name: str) -> bool:
        """`@ada`, `ada`, or `@shop/owners` with them in it; an address is nobody a forge would tell."""
        if "/" in name:
            return self.scene.cases.belongs(login, name)
        return same(login, name.removeprefix("@"))

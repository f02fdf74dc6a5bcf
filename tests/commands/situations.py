"""The table of what can happen to proposals: each is played on both forges, and is a row of docs/lifecycle.md.

branch = Part("The branch")

@branch("someone pushes a commit to it", "left: it is theirs")
def pushed(site: Play) -> None: ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.commands.play import Play

Act = Callable[[Play], None]


@dataclass(frozen=True)
class Situation:
    """`happens` to a proposal, and what the next run does `then`; `act` plays and asserts it."""

    happens: str
    then: str
    act: Act

    @property
    def name(self) -> str:
        return self.act.__name__


@dataclass
class Part:
    """Situations under one heading."""

    heading: str
    situations: list[Situation] = field(default_factory=list)

    def __call__(self, happens: str, then: str) -> Callable[[Act], Act]:
        def kept(act: Act) -> Act:
            self.situations.append(Situation(happens, then, act))
            return act

        return kept


def markdown(parts: Iterable[Part]) -> str:
    """The tables as docs/lifecycle.md has them."""
    return "\n\n".join(
        f"### {part.heading}\n\n| what happens | what the next run does |\n|---|---|\n"
        + "\n".join(f"| {one.happens} | {one.then} |" for one in part.situations)
        for part in parts
    )

"""What every command is given: where it works, what time it is, and where to speak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from maintainer.text.inert import shown

if TYPE_CHECKING:
    from maintainer.commands.fleet_member import Member

Format = Literal["text", "json", "markdown"]


@dataclass(frozen=True, slots=True)
class Context:
    """The outside, as `cli.py` found it; `now` is aware.

    `out` carries the answer and nothing else, `err` all that is said on the way. `interactive` says that a person
    watches `err` (progress bars, else plain lines), `colour` that `out` may be coloured. `language` is the
    terminal's; a configured `language` goes before it.
    """

    root: Path
    environment: Mapping[str, str] = field(repr=False)
    now: datetime
    out: TextIO
    err: TextIO
    interactive: bool = False
    colour: bool = False
    width: int = 120
    language: str = "en"
    format: Format = "text"
    #: The configuration file named by `--config`, None to look for it.
    config: Path | None = None
    #: Where `--reports` wants what CI reads, None where nobody asked.
    reports: Path | None = None

    #: What it is given as a member of a fleet, None for a site of its own.
    member: "Member | None" = None

    @property
    def forge(self) -> Mapping[str, str]:
        """The environment in which the site's forge is found and spoken to."""
        return self.member.forge if self.member else self.environment

    def say(self, sentence: str) -> None:
        """One line to the person watching, never part of the answer."""
        print(shown(sentence), file=self.err)

"""What robots.txt says to all search engines (RFC 9309)."""

from collections.abc import Iterator
from dataclasses import dataclass

from maintainer.checks.smoke_facts import Fact

MOST_LINES = 5000
#: Google takes a robots.txt that breaks for one that sends it away (RFC 9309, 2.3.1.4).
BROKEN = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of `Allow` or `Disallow`; `*` in its pattern is anything, `$` at its end the end."""

    allows: bool
    pattern: str

    def matches(self, path: str) -> bool:
        ends = self.pattern.endswith("$")
        first, *rest = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        for index, part in enumerate(rest):
            if ends and index == len(rest) - 1:
                return len(path) - len(part) >= at and path.endswith(part)
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return at == len(path) or not ends


def rules(text: str) -> tuple[Rule, ...]:
    """The rules for all that no group names."""
    made: list[Rule] = []
    agents: list[str] = []
    begun = False
    for line in text.splitlines()[:MOST_LINES]:
        name, _, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if name == "user-agent":
            agents = [value] if begun else [*agents, value]
            begun = False
        elif name in ("allow", "disallow"):
            begun = True
            if value and "*" in agents:
                made.append(Rule(name == "allow", value))
    return tuple(made)


def sends_away(stated: tuple[Rule, ...], path: str) -> bool:
    """Whether a page is refused: the longest pattern that matches counts, and of two the one that allows."""
    return not max(((len(rule.pattern), rule.allows) for rule in stated if rule.matches(path)), default=(0, True))[1]


def closed(text: str) -> Iterator[Fact]:
    """Whether everybody is sent away from everything."""
    if any(not rule.allows and rule.pattern in ("/", "/*") for rule in rules(text)):
        yield Fact("indexing", "disallow all", "robots.txt sends all search engines away", "high")


def broken(status: int) -> Iterator[Fact]:
    """Whether there is none that can be read."""
    if status >= BROKEN:
        sentence = f"robots.txt answers {status}: search engines then stay away from the whole site"
        yield Fact("indexing", "broken", sentence, "high")

"""What smoke sees: facts by rule, and how they become evidence."""

from dataclasses import dataclass

from maintainer.checks.base import Site
from maintainer.evidence import Artifact, Blind, Looked, Observation
from maintainer.model import Severity

CHECK = "smoke"

#: Rules that say something only beside a baseline.
RELATIVE = frozenset(
    {
        "indexing", "canonical", "redirects", "whole", "api", "forms", "cache", "scripts", "third-party",
    }
)  # fmt: skip

#: Rules whose facts are the same one wherever they are met: a notice in every page is one notice.
EVERYWHERE = frozenset({"php", "traces", "mixed", "log", "console", "requests", "cookies"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What is seen somewhere: `key` without the place. One that is `told` is worth a word and fails nothing."""

    rule: str
    key: str
    sentence: str
    severity: Severity = "medium"
    told: bool = False


def observed(fact: Fact, where: str, site: Site, artifacts: tuple[Artifact, ...] = ()) -> Observation:
    """The fact as it was seen at a place of a site."""
    key = fact.key if fact.rule in EVERYWHERE else f"{where} {fact.key}"
    return Observation(CHECK, fact.rule, where, key, fact.sentence, fact.severity, site.side, artifacts, told=fact.told)


def looked(rule: str, where: str, site: Site) -> Looked:
    """A place of a site was looked at for a rule."""
    return Looked(CHECK, rule, where, site.side, relative=rule in RELATIVE)


def unseen(rule: str, where: str, site: Site, reason: str, mend: str = "") -> Blind:
    """A place of a site could not be looked at for a rule."""
    return Blind(CHECK, where, reason, mend, site.side, rule)

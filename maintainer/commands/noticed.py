"""What a person should know of the packages and runtimes in use, beside their updates."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from maintainer.commands.survey import Survey, unlisted
from maintainer.model import Finding, Looked
from maintainer.planning.runtime import Runtime
from maintainer.policy import findings
from maintainer.policy.rulebook import Rulebook


def noticed(
    survey: Survey, every: Iterable[Looked], runtimes: Iterable[Runtime], rulebook: Rulebook, now: datetime, file: str
) -> Iterator[Finding]:
    """What the files told, and what look-ups brought to light. `file` is the configuration that pins stand in."""
    yield from survey.scan.findings
    yield from findings.expired_pins(rulebook, now, file)
    for looked in every:
        dependency = looked.dependency
        if own := unlisted(dependency, survey.lookup):
            yield own
        listing = survey.lookup.listings.get(dependency.source)
        if listing and dependency.role == "package":
            if old := findings.unmaintained(dependency, listing, now):
                yield old
            if survey.advisories:
                fixed = {advisory.id for one in looked.updates for advisory in one.update.advisories}
                open_ones = [a for a in survey.advisories.get(dependency, ()) if a.id not in fixed]
                yield from findings.unfixed(dependency, open_ones)
    for plan in runtimes:
        pin = next((d for d in survey.scan.dependencies if d.section == plan.name and d.role == "pin"), None)
        if pin:
            ends = plan.supported_until
            if ended := findings.end_of_life(plan.name, pin, ends, now, rulebook.eol_horizon):
                yield ended

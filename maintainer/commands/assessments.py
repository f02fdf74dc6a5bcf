"""Majors, assessed before anyone is asked: what breaks, what is in the way, how much work it is."""

from collections.abc import Iterator, Mapping, Sequence

from maintainer import catalog
from maintainer.commands.notes import told
from maintainer.commands.plan import Planned
from maintainer.model import Ask, Change, Decided, Note, Update
from maintainer.planning import group
from maintainer.planning.assessment import assess, sentences
from maintainer.platforms.approvals import Waiting
from maintainer.policy.compatibility import check
from maintainer.writers import proposal

#: So many are assessed in one run: each asks its publisher for what changed.
MOST = 30


def waiting(planned: Planned) -> Iterator[Waiting]:
    """Every change that waits for an approval, with what a person should know before giving it."""
    asked: dict[str, list[Decided]] = {}
    for decided in (one for looked in planned.plan.dependencies for one in looked.updates):
        if isinstance(decided.decision, Ask):
            asked.setdefault(group.branch_of(decided), []).append(decided)
    for number, (branch, members) in enumerate(asked.items()):
        change = group.change(members)
        missing: list[str] = []
        notes = told(planned, change, missing) if number < MOST else {}
        reasons = dict.fromkeys(one.decision.reason for one in members if isinstance(one.decision, Ask))
        brief = proposal.Brief(
            change, tuple(reasons), notes, unchecked=tuple(missing), assessment=tuple(assessed(planned, change, notes))
        )
        yield Waiting(branch, change.title, proposal.assessment(brief))


def assessed(planned: Planned, change: Change, notes: Mapping[str, Sequence[Note]]) -> Iterator[str]:
    """Sentences on each major of a change, those of one package once."""
    seen = set()
    for update in change.updates:
        key = update.dependency.source, update.release.version
        if update.bump != "major" or update.dependency.role != "package" or key in seen:
            continue
        seen.add(key)
        unmet = check(update.release.requires, planned.survey.facts, catalog.SCHEMES).unmet
        blocking = [f"it needs {one.needed}, the site runs {one.has or 'none'}" for one in unmet]
        told_of = notes.get(update.dependency.name, ())
        links = [update.release.changelog] if update.release.changelog else []
        yield from sentences(assess(update, told_of, blocking=blocking, before=_before(planned, update), links=links))


def _before(planned: Planned, update: Update) -> Mapping[str, str] | None:
    """What the version in use requires, where its listing still says it."""
    listing = planned.survey.lookup.listings.get(update.dependency.source)
    releases = listing.releases if listing else ()
    return next((one.requires for one in releases if one.version == update.dependency.current), None)

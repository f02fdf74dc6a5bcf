"""What is written in a proposal, gathered: the publishers' words, why now, what was and wasn't verified."""

import posixpath
import re
from collections.abc import Iterator

from maintainer import catalog, errors
from maintainer.commands.assessments import assessed
from maintainer.commands.making import Made
from maintainer.commands.notes import told
from maintainer.commands.plan import Planned
from maintainer.model import Allow, Change, Decided, Update
from maintainer.policy.compatibility import check
from maintainer.writers.proposal import Brief

_DB_VERSION = re.compile(r"\$wp_db_version\s*=\s*(\d+)")


def brief(planned: Planned, made: Made, base: str) -> Brief:
    """All that is known of a finished change. Notes that can't be had are said to be missing, and cost nothing else."""
    change = made.change
    missing: list[str] = []
    notes = told(planned, change, missing)
    return Brief(
        change=change,
        why=tuple(dict.fromkeys(_why(planned, change))),
        notes=notes,
        files=made.built.changed,
        checked=made.checked,
        unchecked=(*_unchecked(planned, change), *made.unchecked, *missing),
        database=_database(planned, made, base),
        assessment=tuple(assessed(planned, change, notes)),
        boxes=bool(planned.platform and planned.platform.board),
    )


def _why(planned: Planned, change: Change) -> Iterator[str]:
    """Policy's reasons; one that holds for all is said once, without a name."""
    reasons = {
        (one.update.dependency, one.update.release.version): one.decision.reason
        for one in _decided(planned)
        if isinstance(one.decision, Allow)
    }
    said = [(u.dependency.name, reasons.get((u.dependency, u.release.version), "")) for u in change.updates]
    alike = len({reason for _, reason in said}) == 1
    for name, reason in said:
        if reason:
            yield reason if alike else f"{name}: {reason}"


def _decided(planned: Planned) -> Iterator[Decided]:
    return (one for looked in planned.plan.dependencies for one in looked.updates)


def _unchecked(planned: Planned, change: Change) -> Iterator[str]:
    if not planned.config.settings.site.staging:
        yield "the site itself: no staging is configured, so nothing was tried on it"
    else:
        yield "the site itself: nothing was tried on staging yet"
    for update in change.updates:
        unknown = check(update.release.requires, planned.survey.facts, catalog.SCHEMES).unchecked
        if unknown:
            yield f"{update.dependency.name} needs {', '.join(unknown)}: what this site runs is not known"


def _database(planned: Planned, made: Made, base: str) -> str:
    """Whether the database changes: core and WooCommerce say so in their code, others don't."""
    said = [_database_of(planned, made, base, update) for update in made.change.updates if update.dependency.committed]
    if not said:
        return "unknown; nothing of this change is WordPress code."
    return " ".join(dict.fromkeys(said))


def _database_of(planned: Planned, made: Made, base: str, update: Update) -> str:
    dependency = update.dependency
    git = planned.checkout.git
    assert git
    if dependency.manager == "wordpress_core":
        old = _DB_VERSION.search(git.run("show", f"{base}:{dependency.file}", check=False).text)
        new = _DB_VERSION.search(made.built.read(dependency.file).decode("utf-8", "replace"))
        if old and new and old[1] == new[1]:
            return f"no change in WordPress {update.release.version} ($wp_db_version stays {old[1]})."
        if old and new:
            return f"WordPress changes it, from {old[1]} to {new[1]}: it can't be taken back without a backup."
    if dependency.name == "woocommerce" and dependency.manager == "wordpress_plugin":
        return _woocommerce(made, update)
    return f"unknown: {dependency.name} does not say whether it changes it."


def _woocommerce(made: Made, update: Update) -> str:
    """WooCommerce lists its database updates by version (`WC_Install::$db_updates`)."""
    path = posixpath.join(update.dependency.root, "includes/class-wc-install.php")
    try:
        code = made.built.read(path).decode("utf-8", "replace")
    except errors.Unreadable:
        return "unknown: WooCommerce's list of database updates was not found."
    listed = code.partition("$db_updates")[2].partition(");")[0]
    scheme = catalog.SCHEMES["wordpress"]
    current = update.dependency.current or ""
    newer = [v for v in re.findall(r"'(\d+\.\d+\.\d+)'\s*=>", listed) if scheme.compare(v, current) > 0]
    if newer:
        return f"WooCommerce updates it ({', '.join(newer)}): it can't be taken back without a backup."
    return f"no change in WooCommerce {update.release.version}, by its own list of database updates."

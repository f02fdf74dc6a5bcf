"""What moved in a range of commits: the dependency diff of its two ends, with where it is known from.

moves(checkout, history, config, now, http, merges) -> (moved, missing)
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from maintainer import catalog
from maintainer.changes import Range
from maintainer.commands import notes
from maintainer.commands.outside import configured_managers
from maintainer.commands.release_marks import marked
from maintainer.commands.release_trees import anyones, trees
from maintainer.commands.release_way import with_sources
from maintainer.config.load import Config
from maintainer.errors import Unreadable
from maintainer.http import Http
from maintainer.model import Dependency, Note
from maintainer.planning.moved import Move
from maintainer.planning.moved import moves as between
from maintainer.planning.places import version
from maintainer.releasing import Gap, Merge, Moved
from maintainer.text import readme
from maintainer.workspace.checkout import Checkout, Snapshot, decode


def moves(
    checkout: Checkout,
    history: Range,
    config: Config,
    now: datetime,
    http: Http | None = None,
    merges: Sequence[Merge] = (),
) -> tuple[tuple[Moved, ...], tuple[Gap, ...]]:
    """What moved between the ends of a range, and what could not be found out.

    `merges` are the proposals merged in the range. Without `http` nobody is asked: no vulnerability, no end of support
    and only the notes that lie in the repository (a plugin's readme.txt) are told. `now` is aware; what has ended by
    then has ended. Raises `errors.ConfigurationError` where there is no repository.
    """
    managers = anyones(configured_managers(config))
    snapshot = checkout.at(history.head)
    read = trees(checkout, history.base, history.head, managers, http, config.settings.updates.leave)
    if read is None or checkout.git is None:
        return (), ()
    found = between(read.before, read.after, catalog.SCHEMES, read.named)
    found = with_sources(checkout.git, history, found, read, managers, merges)
    missing: tuple[Gap, ...] = ()
    if http and found:
        found, missing = marked(found, http, now)
    found = tuple(_with_readme(move, snapshot) for move in found)
    return tuple(move.moved for move in found), (*read.missing, *missing)


def _with_readme(move: Move, snapshot: Snapshot) -> Move:
    """With what the readme.txt that lies beside committed code says: its changelog where nobody else told, and what
    its author wants known before an update, which the directory doesn't pass on."""
    code = next((one for one in move.after if one.committed and one.root and one.manager != "wordpress_core"), None)
    if code is None or not move.before or move.moved.downgrade:
        return move
    try:
        said = readme.parse(decode(snapshot.read(f"{code.root}/readme.txt"), "readme.txt"))
    except Unreadable:
        return move
    since = replace(code, current=version(move.before[0]))
    told = _passed(said.changelog, since, version(code))
    known = {note.version: note for note in move.moved.notes} or {at: Note(at, text) for at, text in told.items()}
    for at, notice in _passed(said.upgrade_notice, since, version(code)).items():
        note = known.get(at, Note(at, ""))
        known[at] = replace(note, text=f"{note.text}\n\n== Upgrade Notice ==\n\n{notice}".lstrip())
    order = notes.between(since, version(code), list(known))
    listed = sorted(known.values(), key=lambda note: order.index(note.version) if note.version in order else len(order))
    return replace(move, moved=replace(move.moved, notes=tuple(listed)))


def _passed(sections: Mapping[str, str], since: Dependency, to: str) -> Mapping[str, str]:
    wanted = notes.between(since, to, list(sections))
    return {at: sections[at] for at in wanted if sections.get(at, "").strip()}

"""From decided updates to what travels together.

    changes(decided) -> tuple[Change, ...]        without steps; security first, then what is urgent
    change(members: Sequence[Decided]) -> Change
    branch_of(decided) -> str
    without(change, dropped) -> Change | None
    title(updates, group="") -> str

One branch is one change: a group's, or one package's of one datasource, in all files that state it. Majors have their
own branch (`-major`), and so never share a change with the flow. A security update leaves its group and goes alone.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from maintainer.model import Allow, Change, Decided, Update
from maintainer.planning import branch
from maintainer.planning.cycle import cycle, shown
from maintainer.text import advisory

#: Groups of runtimes, which `planning/runtime` makes, as people write them.
RUNTIMES = {"php": "PHP", "node": "Node", "python": "Python"}
LONGEST_TITLE = 120
#: The label of what should not wait: a move away from a runtime whose support ends soon.
URGENT = "priority"


def changes(decided: Iterable[Decided]) -> tuple[Change, ...]:
    """What may move now, as changes; what is held, asked or denied is in none."""
    members: dict[str, list[Decided]] = {}
    for one in decided:
        if isinstance(one.decision, Allow):
            members.setdefault(branch_of(one), []).append(one)
    made = (change(_one_for_each_place(those), name) for name, those in members.items())
    return tuple(sorted(made, key=lambda made: (not made.security, URGENT not in made.labels, made.branch)))


def branch_of(decided: Decided) -> str:
    """The branch a decided update travels on."""
    return branch.name(decided.update, _group(decided))


def _group(decided: Decided) -> str:
    return "" if decided.update.advisories else decided.group


def _one_for_each_place(members: Sequence[Decided]) -> list[Decided]:
    """In the order of the files; of two updates of one place the one that fixes an advisory."""
    if len(members) == 1:
        return list(members)
    places: dict[tuple[str, int], Decided] = {}
    for one in sorted(members, key=lambda one: (not one.update.advisories, *_order(one.update))):
        place = (one.update.dependency.file, one.update.dependency.at.start)
        places.setdefault(place, one)
    return sorted(places.values(), key=lambda one: _order(one.update))


def _order(update: Update) -> tuple[str, str, int, str]:
    dependency = update.dependency
    return dependency.name.casefold(), dependency.file, dependency.at.start, update.release.version


def change(members: Sequence[Decided], name: str = "") -> Change:
    """One change of updates that share a branch, of which the name may be known."""
    updates = tuple(one.update for one in members)
    group = _group(members[0])
    shown = f"{group}{branch.MAJOR}" if group and updates[0].bump == "major" else group
    return Change(
        title=title(updates, group),
        branch=name or branch_of(members[0]),
        updates=updates,
        group=shown,
        labels=_united(one.labels for one in members),
        reviewers=_united(one.reviewers for one in members),
        assignees=_united(one.assignees for one in members),
        security=security(updates),
    )


def _united(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names))


def security(updates: Sequence[Update]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(advisory.id for update in updates for advisory in update.advisories))


def without(change: Change, dropped: Collection[Update]) -> Change | None:
    """The change without some of its updates, None when nothing is left."""
    kept = tuple(update for update in change.updates if update not in dropped)
    if not kept or kept == change.updates:
        return change if kept else None
    group = change.group.removesuffix(branch.MAJOR) if kept[0].bump == "major" else change.group
    return replace(change, updates=kept, title=title(kept, group), security=security(kept))


def title(updates: Sequence[Update], group: str = "") -> str:
    """What a reviewer reads in a list: one line, the packages' own names, from and to where they are one."""
    fixes = f" · fixes {_first(_names(updates))}" if security(updates) else ""
    return _line(_title(updates, group), LONGEST_TITLE - len(fixes)) + fixes


def _title(updates: Sequence[Update], group: str) -> str:
    packages = {(update.dependency.source.datasource, update.dependency.source.package) for update in updates}
    if group in RUNTIMES:
        return f"{RUNTIMES[group]} {_runtime_move(group, updates)} in {_counted(len(_files(updates)), 'file')}"
    if len(packages) > 1:
        return f"{_scope(updates, group)}: {_counted(len(packages), 'update')}"
    files = len(_files(updates))
    where = f" in {files} files" if files > 1 else ""
    alone = f"{updates[0].dependency.name} {_move(updates)}{where}"
    return f"{_scope(updates, group)}: {alone}" if group else alone


def _scope(updates: Sequence[Update], group: str) -> str:
    managers = {update.dependency.manager for update in updates}
    manager = next(iter(managers)) if len(managers) == 1 else ""
    return f"{group} ({manager})" if manager and manager not in group else group


def _move(updates: Sequence[Update]) -> str:
    """`9.4.2 → 9.4.4`; only where to when the places come from different versions."""
    if all(update.bump == "digest" for update in updates):
        return f"{updates[0].release.version}: new digest"
    olds = {update.dependency.current or update.dependency.constraint for update in updates}
    news = {update.release.version for update in updates}
    old, new = min(olds, key=len), min(news, key=len)
    same = all(text.startswith(old) for text in olds) and all(text.startswith(new) for text in news)
    return f"{old} → {new}" if same else f"→ {new}" if len(news) == 1 else "in several versions"


def _runtime_move(runtime: str, updates: Sequence[Update]) -> str:
    """From the oldest to the newest: by cycle (`8.1 → 8.3`) when that is what moves."""
    pins = [update for update in updates if update.dependency.role != "support"] or updates
    if not all(update.bump == "major" for update in pins):
        return _move(pins)
    olds = [cycle(runtime, update.dependency.current or update.dependency.constraint) for update in pins]
    news = [cycle(runtime, update.release.version) for update in pins]
    old, new = min(filter(None, olds), default=()), max(filter(None, news), default=())
    return f"{shown(old)} → {shown(new)}" if old and new else _move(pins)


def _files(updates: Sequence[Update]) -> set[str]:
    return {update.dependency.file for update in updates}


def _names(updates: Sequence[Update]) -> list[str]:
    known = {each.id: each for update in updates for each in update.advisories}
    return [advisory.name(each) for each in known.values()]


def _first(names: Sequence[str]) -> str:
    return _line(names[0], 40) + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _line(text: str, longest: int) -> str:
    """One line without control characters, as names come from files and registries."""
    printable = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    plain = " ".join(printable.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"

"""Which places of two trees are the same thing, whatever file and whichever manager states it.

    subject(dependency) -> Subject
    version(dependency) -> str
    pairs(before, after, schemes) -> list[Pair]               of one subject

A range without a lock file says nothing certain: it is the same as any exact version it allows. Nothing moved when only
a constraint did and the locked version stayed.
"""

import re
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Dependency
from maintainer.planning.component import component
from maintainer.planning.cycle import numbers
from maintainer.versions.base import Scheme

#: What a dependency is: `plugin` and its slug, `runtimes` and `php`, a datasource and its package.
Subject = tuple[str, str]
#: A place before and after; None on one side where it was added or removed.
Pair = tuple[Dependency | None, Dependency | None]

Schemes = Mapping[str, Scheme]

_HUB = re.compile(r"^(?:docker\.io/)?(?:library/)?")


def subject(dependency: Dependency) -> Subject:
    """What it is: a plugin is the same one as code, by Composer, and on a development site."""
    source = dependency.source
    if dependency.role == "pin":
        return "runtimes", dependency.section
    if source.datasource == "wordpress":
        kind, _, slug = source.package.partition(":")
        return kind, "" if kind == "core" else slug
    if source.datasource == "docker":
        return "docker", _HUB.sub("", source.package)
    return component(dependency) or (source.datasource, source.package)


def version(dependency: Dependency) -> str:
    """The version in use as the repository tells it: locked, or pinned, or the lowest allowed; else the constraint."""
    return dependency.locked or dependency.current or dependency.constraint


def line(dependency: Dependency, schemes: Schemes) -> tuple[int, ...]:
    """The numbers of a pinned runtime: 20 for `lts/iron`, none for `lts/*`."""
    if found := numbers(dependency.current or dependency.constraint):
        return found
    lowest = schemes[dependency.scheme].lowest(dependency.constraint) if dependency.scheme == "runtime" else None
    return numbers(lowest or "")


def order(one: Dependency, two: Dependency, schemes: Schemes) -> int | None:
    """Negative, 0 or positive as the first one's version is older; None where no scheme of theirs reads both."""
    for name in sorted({one.scheme, two.scheme}):
        if all(schemes[name].is_version(version(each)) for each in (one, two)):
            return schemes[name].compare(version(one), version(two))
    return None


def pairs(before: Sequence[Dependency], after: Sequence[Dependency], schemes: Schemes) -> list[Pair]:
    """The places of one subject that changed, each in one pair.

    A place is paired within its file first, then with one of the same manager, then with any. One that has none is an
    addition or a removal, unless the other tree has that version elsewhere.
    """

    def same(one: Dependency, two: Dependency) -> bool:
        return unchanged(one, two, schemes)

    left, right = _without_equals(before, after, _place, same)
    found, left, right = _zipped(left, right, _place)
    left, right = _without_equals(left, right, lambda _: None, same)
    for where in (lambda one: one.manager, lambda _: None):
        more, left, right = _zipped(left, right, where)
        found += more
    olds, news = ({_stated(one): one for one in places}.values() for places in (before, after))
    found += [(one, None) for one in left if not any(_stands(one, two, schemes) for two in news)]
    found += [(None, two) for two in right if not any(_stands(one, two, schemes) for one in olds)]
    return found


def unchanged(one: Dependency, two: Dependency, schemes: Schemes) -> bool:
    """Whether two places of one subject state the same; of images the digest, too, where both have one."""
    if one.scheme == two.scheme == "docker":
        other = one.digest is not None and two.digest is not None and one.digest != two.digest
        return one.constraint == two.constraint and not other
    return _stands(one, two, schemes)


def same_line(one: Dependency, two: Dependency, schemes: Schemes) -> bool:
    """Whether two pins state the same runtime: `8.1` is also 8.1.27, whatever the image."""
    first, second = line(one, schemes), line(two, schemes)
    if not first or not second:
        return first == second and one.constraint == two.constraint
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]


def _stands(one: Dependency, two: Dependency, schemes: Schemes) -> bool:
    """Whether two places state the same version, as far as anyone can tell."""
    if "pin" in (one.role, two.role):
        return same_line(one, two, schemes)
    if version(one) == version(two):
        return True
    if one.scheme == two.scheme == "docker":
        return False
    exact = _is_exact(one, schemes), _is_exact(two, schemes)
    if exact[0] != exact[1]:
        loose, firm = (two, one) if exact[0] else (one, two)
        return _allows(loose, version(firm), schemes)
    return order(one, two, schemes) == 0


def _is_exact(dependency: Dependency, schemes: Schemes) -> bool:
    if dependency.locked or dependency.committed or dependency.scheme == "docker":
        return True
    return schemes[dependency.scheme].pinned(dependency.constraint) is not None


def _allows(dependency: Dependency, version: str, schemes: Schemes) -> bool:
    try:
        return schemes[dependency.scheme].satisfies(dependency.constraint, version)
    except (InvalidConstraint, InvalidVersion):
        return False


def _place(dependency: Dependency) -> Hashable:
    """Where it stands; committed code by its folder, whichever of its files has the header."""
    return (dependency.root,) if dependency.committed else dependency.file


def _without_equals(
    left: Sequence[Dependency],
    right: Sequence[Dependency],
    where: Callable[[Dependency], Hashable],
    same: Callable[[Dependency, Dependency], bool],
) -> tuple[list[Dependency], list[Dependency]]:
    """What is left when each place is set against one that states the same, word for word if there is one."""

    def words(one: Dependency) -> Hashable:
        return where(one), one.role, one.scheme, version(one), one.digest

    left, right = _set_off(left, right, words, lambda *_: True)
    return _set_off(left, right, where, same)


def _set_off(
    left: Sequence[Dependency],
    right: Sequence[Dependency],
    where: Callable[[Dependency], Hashable],
    same: Callable[[Dependency, Dependency], bool],
) -> tuple[list[Dependency], list[Dependency]]:
    """What is left when each place takes the first one that is `same`; of those that state one thing, one is asked."""
    waiting: dict[Hashable, dict[Hashable, deque[tuple[int, Dependency]]]] = {}
    for at, two in enumerate(right):
        waiting.setdefault(where(two), {}).setdefault(_stated(two), deque()).append((at, two))
    rest = []
    for one in left:
        near = waiting.get(where(one), {})
        heads = [(places[0][0], stated) for stated, places in near.items() if same(one, places[0][1])]
        if not heads:
            rest.append(one)
            continue
        _, stated = min(heads, key=lambda head: head[0])
        near[stated].popleft()
        if not near[stated]:
            del near[stated]
    return rest, [
        two
        for near in waiting.values()
        for _, two in sorted((place for places in near.values() for place in places), key=lambda place: place[0])
    ]


def _stated(dependency: Dependency) -> Hashable:
    """All that `unchanged` looks at."""
    one = dependency
    return one.role, one.scheme, one.constraint, one.current, one.locked, one.digest, one.committed


def _zipped(
    left: Sequence[Dependency], right: Sequence[Dependency], where: Callable[[Dependency], Hashable]
) -> tuple[list[Pair], list[Dependency], list[Dependency]]:
    """Pairs in the order of the files, and what found no other."""
    found: list[Pair] = []
    rest: tuple[list[Dependency], list[Dependency]] = [], []
    sides = _by(left, where), _by(right, where)
    for key in dict.fromkeys((*sides[0], *sides[1])):
        ones, twos = sides[0].get(key, []), sides[1].get(key, [])
        both = min(len(ones), len(twos))
        found += zip(ones[:both], twos[:both], strict=True)
        rest[0].extend(ones[both:])
        rest[1].extend(twos[both:])
    return found, *rest


def _by(places: Sequence[Dependency], where: Callable[[Dependency], Hashable]) -> dict[Hashable, list[Dependency]]:
    found: dict[Hashable, list[Dependency]] = {}
    for one in sorted(places, key=lambda one: (one.file, one.at.start)):
        found.setdefault(where(one), []).append(one)
    return found


def by_subject(places: Sequence[Dependency]) -> Iterator[tuple[Subject, list[Dependency]]]:
    """The places of each subject; declarations of what is supported are none."""
    found: dict[Subject, list[Dependency]] = {}
    for one in places:
        if one.role != "support":
            found.setdefault(subject(one), []).append(one)
    yield from found.items()


def subjects(dependency: Dependency) -> tuple[Subject, ...]:
    """All that a place states: its subject; of a runtime's image, the image, too."""
    what = subject(dependency)
    if dependency.source.datasource != "docker":
        return (what,)
    return tuple(dict.fromkeys((what, ("docker", _HUB.sub("", dependency.source.package)))))

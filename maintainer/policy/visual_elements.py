"""What stands on a page, and what became of it: elements of two pictures matched, and how they differ.

    matched(before, after)        -> pairs of positions: the same element in both
    changes(before, after, pairs) -> what is gone, new, moved, says or looks something else

An element is matched by what it says and where it stands in the document, then by either alone; so one that moved is
the same, and so is one that says something else. Of what follows from another change only the cause is told: what is
in a box that is gone is gone with it.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from maintainer.policy.visual import Box

Kind = Literal["button", "price", "field", "link", "picture", "heading", "video", "frame", "text", "box"]
KINDS: tuple[Kind, ...] = (
    "button", "price", "field", "link", "picture", "heading", "video", "frame", "text", "box"
)  # fmt: skip
#: What is told: its name, and the word for it.
STYLES: Mapping[str, str] = {
    "background": "background",
    "image": "background picture",
    "color": "colour",
    "border": "border",
    "family": "font",
    "size": "font size",
    "weight": "font weight",
    "decoration": "decoration",
}
#: An element has these from the one around it, unless it says otherwise.
INHERITED = frozenset({"color", "family", "size", "weight"})
#: By fewer pixels nothing moves, and nothing grows.
MOVES = 3
GROWS = 4
#: Elements in one place, where nothing else says that they are the same, share so much of their boxes.
SAME_PLACE = 0.5
MOST_PAIRS = 40_000
LONGEST = 200

What = Literal["gone", "covered", "text", "missing", "picture", "new", "style", "moved", "resized"]


@dataclass(frozen=True, slots=True)
class Element:
    """One thing on a page: what kind, its name and own text, where, and which element it is in (-1: none).

    `path` is its place in the document, `identity` its tag, id and classes. `near` is the heading it belongs to,
    `landmark` the part of the page. `whole` is its text with that of all in it, `ink` where the text stands in the box.
    What lies `over` others is taken out of their flow.
    """

    kind: Kind
    name: str
    text: str
    box: Box
    parent: int = -1
    path: str = ""
    identity: str = ""
    source: str = ""
    broken: bool = False
    over: bool = False
    style: Mapping[str, str] = field(default_factory=dict)
    near: str = ""
    landmark: str = ""
    whole: str = ""
    ink: Box | None = None

    @property
    def content(self) -> tuple[str, str, str]:
        return self.text, self.source, self.name


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an element: `was` is None for a new one, `now` for one that is gone.

    `by` is how far it moved, or how much wider and taller it is; `styles` are names of `STYLES`.
    """

    what: What
    was: Element | None
    now: Element | None
    by: tuple[float, float] = (0.0, 0.0)
    styles: tuple[str, ...] = ()

    @property
    def element(self) -> Element:
        """The element, as it was where it was."""
        found = self.was or self.now
        assert found
        return found

    @property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(dict.fromkeys(one.box for one in (self.was, self.now) if one))


def elements(told: Sequence[Any]) -> tuple[Element, ...]:
    """What stands on a page as the page's program tells it, without what is none. A page may have a hand in it:
    nothing of it is believed."""
    found: list[Element] = []
    places: dict[int, int] = {-1: -1}
    for at, one in enumerate(told):
        if read := _element(one, places):
            places[at] = len(found)
            found.append(read)
    return tuple(found)


def _element(told: Any, places: Mapping[int, int]) -> Element | None:
    try:
        box, ink = _box(told["box"]), _box(told["ink"]) if told["ink"] else None
        texts = {
            name: " ".join(str(told[name]).split())[:LONGEST]
            for name in ("name", "text", "path", "identity", "source", "near", "landmark", "whole")
        }
        if told["kind"] not in KINDS:
            return None
        return Element(
            kind=told["kind"],
            box=box,
            ink=ink,
            parent=places.get(int(told["parent"]), -1),
            broken=bool(told["broken"]),
            over=bool(told["over"]),
            style={str(name): str(value)[:LONGEST] for name, value in told["style"].items() if name in STYLES},
            **texts,
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None


def _box(told: Any) -> Box:
    """Raises ValueError for what is no place on a page."""
    left, top, right, bottom = (float(value) for value in told)
    if not (-1e6 < left <= right < 1e6 and -1e6 < top <= bottom < 1e6):
        raise ValueError("a box has its edges in order, on a page.")
    return Box(left, top, right, bottom)


def matched(before: Sequence[Element], after: Sequence[Element]) -> dict[int, int]:
    """Which element of `before` is which of `after`, by their positions."""
    pairs: list[tuple[int, int]] = []
    left, right = dict(enumerate(before)), dict(enumerate(after))
    for key in _KEYS:
        for ours, theirs in _groups(left, right, key):
            for one, two in _nearest(left, right, ours, theirs):
                pairs.append((one, two))
                del left[one], right[two]
    pairs += _in_place(left, right)
    return dict(sorted(pairs))


#: The first is the most certain. None: this can't tell.
_KEYS: tuple[Callable[[Element], Hashable], ...] = (
    lambda one: (one.path, one.identity, one.content, one.near),
    lambda one: (one.identity, one.content, one.near),
    lambda one: (one.path, one.identity, one.content),
    lambda one: (one.identity, one.content) if any(one.content) else None,
    lambda one: (one.path, one.identity),
    lambda one: (one.kind, one.content) if any(one.content) else None,
    lambda one: (one.path, one.kind),
    lambda one: one.identity if "#" in one.identity else None,
)


def _groups(
    left: Mapping[int, Element], right: Mapping[int, Element], key: Callable[[Element], Hashable]
) -> Iterator[tuple[list[int], list[int]]]:
    """Elements of both sides that are the same by a key."""
    theirs: dict[Hashable, list[int]] = {}
    for at, one in right.items():
        theirs.setdefault(key(one), []).append(at)
    ours: dict[Hashable, list[int]] = {}
    for at, one in left.items():
        ours.setdefault(key(one), []).append(at)
    for name, members in ours.items():
        if name is not None and name in theirs:
            yield members, theirs[name]


def _nearest(
    left: Mapping[int, Element], right: Mapping[int, Element], ours: Sequence[int], theirs: Sequence[int]
) -> list[tuple[int, int]]:
    """Pairs of elements that nothing tells apart: in their order where none is missing, else the nearest."""
    if len(ours) == len(theirs) or len(ours) * len(theirs) > MOST_PAIRS:
        return list(zip(ours, theirs, strict=False))
    pairs = []
    used: tuple[set[int], set[int]] = set(), set()
    for _, one, two in sorted((_apart(left[one], right[two]), one, two) for one in ours for two in theirs):
        if one not in used[0] and two not in used[1]:
            used[0].add(one)
            used[1].add(two)
            pairs.append((one, two))
    return pairs


def _apart(one: Element, two: Element) -> float:
    return abs(one.box.left - two.box.left) + abs(one.box.top - two.box.top)


def _in_place(left: Mapping[int, Element], right: Mapping[int, Element]) -> Iterator[tuple[int, int]]:
    """Pairs of what is left that stand in the same place and are of one kind."""
    free = dict(right)
    for at, one in left.items():
        there = [(_overlap(one.box, two.box), index) for index, two in free.items() if two.kind == one.kind]
        share, index = max(there, default=(0.0, -1))
        if share >= SAME_PLACE and one.kind != "box":
            del free[index]
            yield at, index


def _overlap(one: Box, two: Box) -> float:
    shared = one.shared(two)
    whole = one.area + two.area - shared
    return shared / whole if whole else 0.0


def changes(before: Sequence[Element], after: Sequence[Element], pairs: Mapping[int, int]) -> tuple[Change, ...]:
    """What became of the elements, causes alone, in the order in which they stand on the page."""
    back = {two: one for one, two in pairs.items()}
    found: list[Change] = []
    found += [Change("gone", before[at], None) for at in _alone(before, pairs)]
    arrived = [at for at in range(len(after)) if at not in back]
    found += [Change("new", None, after[at]) for at in _alone(after, back)]
    for one, two in pairs.items():
        found += _became(before, after, pairs, one, two)
    found += _hidden_by(before, after, pairs, [after[at] for at in arrived])
    return tuple(sorted(found, key=lambda change: (change.element.box.top, change.element.box.left)))


def _alone(side: Sequence[Element], partners: Mapping[int, int]) -> Iterator[int]:
    """Elements without a partner, of those in each other the outermost.

    A box that holds anything with a partner is still there: it only has no look of its own any more.
    """
    shells: set[int] = set()
    for at in partners:
        up = side[at].parent
        while up >= 0 and up not in shells and up not in partners and side[up].kind == "box":
            shells.add(up)
            up = side[up].parent
    for at, one in enumerate(side):
        up = one.parent
        while up in shells:
            up = side[up].parent
        if at not in partners and at not in shells and (up < 0 or up in partners):
            yield at


def _became(
    before: Sequence[Element], after: Sequence[Element], pairs: Mapping[int, int], one: int, two: int
) -> Iterator[Change]:
    """How one element differs, beside what it shares with the element around it."""
    was, now = before[one], after[two]
    around = (
        (before[was.parent], after[now.parent]) if pairs.get(was.parent) == now.parent and was.parent >= 0 else None
    )
    if was.text != now.text and (was.whole != now.whole or not was.whole):
        yield Change("text", was, now)
    if now.broken and not was.broken:
        yield Change("missing", was, now)
    elif was.source != now.source:
        yield Change("picture", was, now)
    styles = [
        name
        for name in STYLES
        if was.style.get(name) != now.style.get(name)
        and not (name in INHERITED and around and _same_style(name, (was, now), around))
    ]
    if styles:
        yield Change("style", was, now, styles=tuple(styles))
    by = moved(was.ink or was.box, now.ink or now.box)
    if by != (0.0, 0.0) and not (
        around and _near(by, moved(around[0].ink or around[0].box, around[1].ink or around[1].box))
    ):
        yield Change("moved", was, now, by)
    grown = (now.box.width - was.box.width, now.box.height - was.box.height)
    if was.kind in ("button", "field", "picture", "video", "frame") and max(map(abs, grown)) >= GROWS:
        yield Change("resized", was, now, grown)


def _same_style(name: str, own: tuple[Element, Element], around: tuple[Element, Element]) -> bool:
    return all(ours.style.get(name) == theirs.style.get(name) for ours, theirs in zip(own, around, strict=True))


def _near(one: tuple[float, float], two: tuple[float, float]) -> bool:
    return abs(one[0] - two[0]) < MOVES and abs(one[1] - two[1]) < MOVES


def moved(was: Box, now: Box) -> tuple[float, float]:
    """How far right and down; 0 for less than is noticed. What only grew, from any edge or its middle, didn't move."""
    right, down = (
        min((low, high, (low + high) / 2), key=abs)
        for low, high in ((now.left - was.left, now.right - was.right), (now.top - was.top, now.bottom - was.bottom))
    )
    return (right if abs(right) >= MOVES else 0.0, down if abs(down) >= MOVES else 0.0)


def _hidden_by(
    before: Sequence[Element], after: Sequence[Element], pairs: Mapping[int, int], arrived: Sequence[Element]
) -> Iterator[Change]:
    """What stays where it was, with something new over it that isn't in it."""
    bought = [
        (before[one], after[two])
        for one, two in pairs.items()
        if before[one].kind in ("button", "price", "field", "link") and not after[two].over
    ]
    for cover in arrived:
        for was, now in bought if cover.over else ():
            if cover.box.shared(now.box) > now.box.area / 3 and moved(was.box, now.box) == (0.0, 0.0):
                yield Change("covered", was, cover)

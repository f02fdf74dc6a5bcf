"""What became of a page, in sentences: the button “Add to cart” in “Red mug” moved 34 px down."""

import re
from collections.abc import Sequence

from maintainer.policy.visual_elements import STYLES, Change, Element, Kind, What

#: So many of one kind are told one by one; of more, how many there are.
MOST_ALIKE = 3
#: So many sentences say what became of one place.
MOST_SENTENCES = 4
LONGEST = 60

#: What is told first: what stops a purchase before what looks odd.
_WEIGHT: dict[What, int] = {
    "gone": 90,
    "covered": 80,
    "missing": 75,
    "text": 70,
    "picture": 60,
    "new": 55,
    "style": 50,
    "resized": 12,
    "moved": 8,
}
_WORTH: dict[Kind, int] = {"button": 30, "price": 30, "field": 25, "link": 10, "picture": 10, "heading": 8, "box": -5}
_PARTS = {"body": "page", "nav": "navigation", "main": "main part"}


def weight(change: Change) -> int:
    """What is greater is told first; what has no name says little."""
    if change.element.kind == "box" and not change.element.name:
        return _WEIGHT[change.what] // 4
    return _WEIGHT[change.what] + _WORTH.get(change.element.kind, 0)


def sentences(changes: Sequence[Change]) -> tuple[str, ...]:
    """What is worth telling, the most important first; alike things together."""
    found: list[tuple[int, str]] = []
    groups: dict[object, list[Change]] = {}
    for change in sorted(changes, key=weight, reverse=True):
        groups.setdefault(_alike(change), []).append(change)
    for alike in groups.values():
        first = [(weight(one), _sentence(one)) for one in alike[:MOST_ALIKE]]
        if len(alike) <= MOST_ALIKE:
            found += first
        else:
            found.append((weight(alike[0]), _together(alike)))
    ordered = list(dict.fromkeys(text for _, text in sorted(found, key=lambda one: -one[0])))
    rest = len(ordered) - MOST_SENTENCES
    return (*ordered[:MOST_SENTENCES], f"{rest} more things changed there") if rest > 1 else tuple(ordered)


def named(element: Element) -> str:
    """`the button “Add to cart” in “Red mug”`."""
    said = _short(element.name or element.text)
    where = f" in “{_short(element.near)}”" if element.near and element.near != element.name else ""
    if not where and element.landmark and element.kind != "box":
        where = f" in the {element.landmark}"
    if part := re.match(r"(body|header|footer|nav|main)\b", element.identity):
        return f"the {_PARTS.get(part[1], part[1])}"
    if element.kind == "box":
        return f"the part with “{said}”{where}" if said else f"a part of the page{where}"
    return f"the {element.kind} “{said}”{where}" if said else f"a {element.kind}{where}"


def _sentence(change: Change) -> str:
    one = named(change.element)
    match change.what:
        case "gone":
            return f"{one} is gone"
        case "new":
            return f"{one} is new"
        case "covered":
            assert change.was
            cover = change.now
            assert cover
            return f"{one} is covered by “{_short(cover.name or cover.text or cover.identity)}”"
        case "text":
            assert change.was
            assert change.now
            now = change.now.text or change.now.name
            if not change.was.text:
                return f"{one} now says “{_short(now)}”"
            return f"{one} says “{_short(now)}”; before: “{_short(change.was.text)}”"
        case "missing":
            return f"{one} is missing: it can't be loaded"
        case "picture":
            return f"{one} shows something else{_sources(change)}"
        case "style":
            return f"{one} has {_styles(change)}"
        case "resized":
            return f"{one} is {_grown(change)}"
        case "moved":
            return f"{one} moved {_way(change)}"


def _together(alike: Sequence[Change]) -> str:
    first = alike[0]
    count = len(alike)
    such = f"{named(first.element)} and {count - 1} more"
    match first.what:
        case "gone":
            return f"{such} are gone"
        case "new":
            return f"{such} are new"
        case "covered":
            assert first.now
            return f"{such} are covered by “{_short(first.now.name or first.now.identity)}”"
        case "text":
            return f"{_sentence(first)}; {count - 1} more texts changed"
        case "missing":
            return f"{such} are missing: they can't be loaded"
        case "picture":
            return f"{such} show something else"
        case "style":
            return f"{such} have {_styles(first)}"
        case "resized":
            return f"{such} have another size"
        case "moved":
            return f"{such} moved {_way(first)}"


def direction(change: Change) -> tuple[int, int] | None:
    """Where it moved to, roughly; None for what didn't."""
    return (round(change.by[0] / 4), round(change.by[1] / 4)) if change.what == "moved" else None


def _alike(change: Change) -> object:
    """What is told together: what happened to it in the same way."""
    match change.what:
        case "moved":
            return change.what, direction(change)
        case "style":
            return change.what, _styles(change)
        case "covered":
            assert change.now
            return change.what, change.now.path, change.now.name
        case _:
            return change.what


def _way(change: Change) -> str:
    right, down = change.by
    across = f"{abs(right):.0f} px {'right' if right > 0 else 'left'}" if right else ""
    along = f"{abs(down):.0f} px {'down' if down > 0 else 'up'}" if down else ""
    return " and ".join(filter(None, (along, across)))


def _grown(change: Change) -> str:
    wider, taller = change.by
    across = f"{abs(wider):.0f} px {'wider' if wider > 0 else 'narrower'}" if abs(wider) >= 1 else ""
    along = f"{abs(taller):.0f} px {'taller' if taller > 0 else 'lower'}" if abs(taller) >= 1 else ""
    return " and ".join(filter(None, (across, along)))


def _styles(change: Change) -> str:
    assert change.was
    assert change.now
    said = []
    for name in change.styles[:3]:
        was, now = change.was.style.get(name, ""), change.now.style.get(name, "")
        if name == "image":
            said.append("another background picture" if now and was else f"{'a' if now else 'no'} background picture")
        else:
            said.append(f"the {STYLES[name]} {_value(now)}; before: {_value(was)}")
    return ", ".join(said)


def _value(text: str) -> str:
    """`rgb(46, 125, 50)` as people write it: #2e7d32."""
    hexed = re.sub(
        r"rgb\((\d{1,3}), (\d{1,3}), (\d{1,3})\)",
        lambda rgb: "#" + bytes(min(int(one), 255) for one in rgb.groups()).hex(),
        text,
    )
    return _short(hexed) or "none"


def _sources(change: Change) -> str:
    was, now = (one.source.rpartition("/")[2] if one else "" for one in (change.was, change.now))
    if was == now:
        return f" ({_short(now)})" if now else ""
    return f" ({_short(now)}; before: {_short(was)})"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"

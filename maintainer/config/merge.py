"""How layers of configuration become one: maps merge, scalars replace, named lists merge by name, rules append."""

from maintainer.config.spelling import quoted
from maintainer.config.yaml_file import Node, Path, Scalar, Sequence, Table, dotted
from maintainer.errors import ConfigurationError

#: The lists whose items have a name, and the key that holds it.
NAMED: dict[Path, str] = {
    ("freeze",): "name",
    ("windows",): "name",
    ("campaigns",): "name",
    ("calendars",): "name",
    ("updates", "groups"): "name",
    ("updates", "custom"): "name",
    ("updates", "pins"): "package",
    ("registries", "vendors"): "name",
    ("registries", "hosts"): "host",
    ("verify", "integrations"): "name",
    ("changelog", "packages"): "name",
}
APPENDED: frozenset[Path] = frozenset({("updates", "rules")})


def layered(lower: Table, upper: Table, path: Path = ()) -> Table:
    """What both maps say, `upper` going before `lower`; every value keeps its place."""
    items = dict(lower.items)
    for key, child in upper.items.items():
        items[key] = merged(items[key], child, (*path, key)) if key in items else child
    return Table(items, lower.keys | upper.keys, upper.at)


def merged(lower: Node, upper: Node, path: Path) -> Node:
    """What both values say."""
    match lower, upper:
        case Table(), Table():
            return layered(lower, upper, path)
        case Sequence(), Sequence() if path in APPENDED:
            return Sequence(lower.items + upper.items, upper.at)
        case Sequence(), Sequence() if path in NAMED:
            return Sequence(_by_name(lower, upper, path), upper.at)
        case _:
            return upper


def _by_name(lower: Sequence, upper: Sequence, path: Path) -> list[Node]:
    items = list(lower.items)
    places = {name: index for index, item in enumerate(items) if (name := name_of(item, path))}
    for item in upper.items:
        name = name_of(item, path)
        if name in places:
            index = places[name]
            items[index] = merged(items[index], item, (*path, index))
        else:
            items.append(item)
    return items


def name_of(item: Node, path: Path) -> str:
    """The name of an item of a named list, empty when it has none."""
    given = item.items.get(NAMED[path]) if isinstance(item, Table) else None
    return given.text if isinstance(given, Scalar) else ""


def refuse_twins(tree: Table) -> None:
    """Raise ConfigurationError when one file gives two items of a list the same name."""
    for path in NAMED:
        node: Node | None = tree
        for step in path:
            node = node.items.get(str(step)) if isinstance(node, Table) else None
        seen: dict[str, int] = {}
        for index, item in enumerate(node.items if isinstance(node, Sequence) else ()):
            name = name_of(item, path)
            if name in seen:
                raise ConfigurationError(
                    f"{item.at}: {dotted((*path, index))}: {quoted(name)} is already in line "
                    f"{node.items[seen[name]].at.line if isinstance(node, Sequence) else 0}. Keep one of the two."
                )
            if name:
                seen[name] = index

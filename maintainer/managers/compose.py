"""Compose files: the image of each service, also as the default of a variable, or as `.env` beside it says.

https://docs.docker.com/reference/compose-file/,
https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ - a version in `.env` is stated
there, whatever default the Compose file has.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from maintainer.errors import Unreadable
from maintainer.model import Dependency, Found, Manifest, Step, Update
from maintainer.text import edits, image, places, yaml_tree
from maintainer.text.places import Traced
from maintainer.text.tree import Table

NAME = "compose"
FILES: tuple[str, ...] = (
    "**/compose.{yml,yaml}",
    "**/compose{.,-,_}*.{yml,yaml}",
    "**/docker-compose*.{yml,yaml}",
    "**/.env",
)
_ENVIRONMENT = ".env"
BESIDE: tuple[str, ...] = (
    _ENVIRONMENT,
    *(
        f"{name}{override}.{extension}"
        for name in ("compose", "docker-compose")
        for override in ("", ".override")
        for extension in ("yml", "yaml")
    ),
)

_VARIABLE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]*=[ \t]*
    (?: "(?P<double>[^"\\\r\n]*)" | '(?P<single>[^'\r\n]*)' | (?P<plain>[^"'#\s][^\s#]*) )[ \t]*(?:\#[^\r\n]*)?\r?$""",
    re.ASCII | re.MULTILINE | re.VERBOSE,
)


def extract(manifest: Manifest) -> Sequence[Found]:
    """The images of services; `extends` and `build` are other files' matter. Raises `errors.Unreadable`."""
    return places.distinct(_found(manifest))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _found(manifest: Manifest) -> Iterator[Found]:
    # What stands in another file is put in from beyond this one's end, and left to that file.
    elsewhere = len(manifest.text) + 1
    if posixpath.basename(manifest.path) == _ENVIRONMENT:
        known = dict(_variables(manifest.text, 0))
        for near in manifest.beside if known else ():
            if near.path != manifest.path and posixpath.dirname(near.path) == posixpath.dirname(manifest.path):
                try:
                    yield from _images(manifest, near.text, elsewhere, known)
                except Unreadable:
                    continue  # of which the Compose file itself tells
        return
    near_by = manifest.neighbour(_ENVIRONMENT)
    same = near_by and posixpath.dirname(near_by.path) == posixpath.dirname(manifest.path)
    known = dict(_variables(near_by.text, elsewhere)) if near_by and same else {}
    yield from _images(manifest, manifest.text, 0, known)


def _images(manifest: Manifest, text: str, shift: int, known: Mapping[str, Traced]) -> Iterator[Found]:
    """What the Compose file `text` states that stands in `manifest`."""
    services = yaml_tree.parse_table(text).get("services")
    end = len(manifest.text)
    for _, service in yaml_tree.merged(services) if isinstance(services, Table) else ():
        written = places.scalar(text, yaml_tree.member(service, "image"))
        reference = written and places.expand(_shifted(written, shift), known)
        for one in image.stated(NAME, manifest, "services", reference) if reference else ():
            at = one.at.end if isinstance(one, Dependency) else reference.origins[0] if reference else 0
            if at <= end:
                yield one


def _variables(text: str, shift: int) -> Iterator[tuple[str, Traced]]:
    """The variables an `.env` gives a value, each of which may use those before it."""
    known: dict[str, Traced] = {}
    for line in _VARIABLE.finditer(text):
        kind = next(kind for kind in ("double", "single", "plain") if line[kind] is not None)
        value: Traced | None = _shifted(Traced.of(line[kind], line.start(kind)), shift)
        if value and kind != "single":
            value = places.expand(value, known)
        if value:
            known[line["name"]] = value
    yield from known.items()


def _shifted(value: Traced, shift: int) -> Traced:
    return Traced(value.text, tuple(at + shift for at in value.origins)) if shift else value

"""Compose files: the image of each service, also as the default of a variable.

https://docs.docker.com/reference/compose-file/
"""

from collections.abc import Iterator, Sequence

from maintainer.model import Found, Manifest, Step, Update
from maintainer.text import edits, image, places, yaml_tree
from maintainer.text.tree import Table

NAME = "compose"
FILES: tuple[str, ...] = (
    "**/compose.{yml,yaml}",
    "**/compose{.,-,_}*.{yml,yaml}",
    "**/docker-compose*.{yml,yaml}",
)
BESIDE: tuple[str, ...] = ()


def extract(manifest: Manifest) -> Sequence[Found]:
    """The images of services; `extends` and `build` are other files' matter. Raises `errors.Unreadable`."""
    return places.distinct(_found(manifest))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _found(manifest: Manifest) -> Iterator[Found]:
    services = yaml_tree.parse_table(manifest.text).get("services")
    for _, service in yaml_tree.merged(services) if isinstance(services, Table) else ():
        written = places.scalar(manifest.text, yaml_tree.member(service, "image"))
        reference = written and places.expand(written, {})
        if reference:
            yield from image.stated(NAME, manifest, "services", reference)

"""GitLab CI: the images and services of jobs, and what is included from other projects.

https://docs.gitlab.com/ci/yaml/ - a file may begin with a document of its own for `spec`.
"""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence

from maintainer.model import Found, Manifest, Source, Span, Step, Update
from maintainer.text import edits, image, places, revision, yaml_tree
from maintainer.text.places import Traced
from maintainer.text.tree import Array, Node, Scalar, Table

NAME = "gitlab_ci"
FILES: tuple[str, ...] = (
    ".gitlab-ci.{yml,yaml}",
    ".gitlab-ci/**/*.{yml,yaml}",
    ".gitlab/ci/**/*.{yml,yaml}",
    "**/?*.gitlab-ci.{yml,yaml}",
)
BESIDE: tuple[str, ...] = ()

_NO_JOBS = frozenset({"cache", "include", "spec", "stages", "variables", "workflow"})
_COMPONENT = re.compile(r"(?P<host>[^/@\s]+)/(?P<project>[^@\s]+/[^@/\s]+)/[^@/\s]+@(?P<revision>[^@\s]+)")
_REMOTE = (
    re.compile(r"https://(?P<host>[^/\s]+)/(?P<project>[^?#\s]+?)/-/raw/(?P<revision>[^/?#\s]+)/\S+"),
    re.compile(r"https://(?P<host>raw\.githubusercontent\.com)/(?P<project>[^/\s]+/[^/\s]+)/(?P<revision>[^/\s]+)/\S+"),
)


def extract(manifest: Manifest) -> Sequence[Found]:
    """Images whose variables get their values elsewhere are left out. Raises `errors.Unreadable`."""
    return places.distinct(_found(manifest))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _found(manifest: Manifest) -> Iterator[Found]:
    for document in yaml_tree.parse_tables(manifest.text):
        for item in _listed(document.get("include")):
            yield from _included(manifest, item)
        # Images also stand at the top and in `default`.
        jobs = [node for key, node in document.items if key.value not in _NO_JOBS]
        everywhere = dict(_variables(manifest, document))
        for job in (document, *jobs):
            variables = ChainMap(dict(_variables(manifest, job)), everywhere)
            yield from _image(manifest, "image", yaml_tree.member(job, "image"), variables)
            for service in _listed(yaml_tree.member(job, "services")):
                yield from _image(manifest, "services", service, variables)


def _variables(manifest: Manifest, job: Node) -> Iterator[tuple[str, Traced]]:
    """The variables that a job, or the top of the file, gives a value."""
    table = yaml_tree.member(job, "variables")
    for key, node in yaml_tree.merged(table) if isinstance(table, Table) else ():
        if value := places.scalar(manifest.text, yaml_tree.member(node, "value") or node):
            yield key.value, value


def _listed(node: Node | None) -> Iterator[Node]:
    """The items of a list (and of lists in it, which GitLab flattens), or the single item itself."""
    if isinstance(node, Array):
        for item in node.items:
            yield from _listed(item)
    elif node is not None:
        yield node


def _image(manifest: Manifest, section: str, node: Node | None, variables: Mapping[str, Traced]) -> Iterator[Found]:
    written = places.scalar(manifest.text, yaml_tree.member(node, "name") or node)
    if written and (reference := _expanded(written, variables)):
        yield from image.stated(NAME, manifest, section, reference)


def _expanded(written: Traced, variables: Mapping[str, Traced]) -> Traced | None:
    """Variables may hold variables; a few times over is what GitLab itself allows."""
    value: Traced | None = written
    for _ in range(4):
        if value is None or "$" not in value.text:
            return value
        value = places.expand(value, variables)
    return None


def _included(manifest: Manifest, item: Node) -> Iterator[Found]:
    """`include:project` with a ref, `include:component`, `include:remote`, and the last one's short form."""
    if isinstance(item, Scalar):
        yield from _remote(manifest, places.scalar(manifest.text, item))
        return
    if not isinstance(item, Table):
        return
    yield from _remote(manifest, places.scalar(manifest.text, item.get("remote")))
    project, ref = item.scalar("project"), places.scalar(manifest.text, item.get("ref"))
    if project and ref and "$" not in project.value:
        yield from _revision(manifest, project.value, "", ref, Span(0, len(ref.text)))
    component = places.scalar(manifest.text, item.get("component"))
    match = _COMPONENT.fullmatch(component.text) if component else None
    if component and match and "$" not in match["project"]:
        yield from _revision(manifest, match["project"], match["host"], component, Span(*match.span("revision")))


def _remote(manifest: Manifest, url: Traced | None) -> Iterator[Found]:
    for match in (pattern.fullmatch(url.text) for pattern in _REMOTE) if url else ():
        if url and match and "$" not in match[0]:
            yield from _revision(manifest, match["project"], match["host"], url, Span(*match.span("revision")))


def _revision(manifest: Manifest, project: str, host: str, written: Traced, part: Span) -> Iterator[Found]:
    at = written.place(*part)
    # A variable (`$CI_SERVER_FQDN`) means the host that the repository itself lives on.
    named = host and "$" not in host and host not in ("gitlab.com", "raw.githubusercontent.com")
    forge = "github" if host == "raw.githubusercontent.com" else "gitlab"
    source = Source("forge-tags", f"{forge}:{project.strip('/')}", (f"https://{host}",) if named else ())
    if at and (found := revision.stated(NAME, manifest, "include", project.strip("/"), source, at)):
        yield found

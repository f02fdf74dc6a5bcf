"""GitHub workflows and actions: what they use, the images they run in, and the runtimes they set up.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from maintainer.model import Found, Manifest, Role, Source, Step, Update
from maintainer.text import edits, image, places, revision, runtime, workflow, yaml_tree
from maintainer.text.tree import Array, Node, Scalar, Table
from maintainer.text.workflow import Scope

NAME = "github_actions"
FILES: tuple[str, ...] = (
    ".github/workflows/*.{yml,yaml}",
    ".github/actions/**/action.{yml,yaml}",
    "action.{yml,yaml}",
)
BESIDE: tuple[str, ...] = ()

_USES = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(?:/[^@\s]*)?@(?P<revision>[^\s@]+)", re.ASCII)
#: Inputs and variables that mean a runtime's version, whichever action takes them.
_NAMES = re.compile(r"(?P<runtime>php|node|python)[-_]?versions?", re.IGNORECASE)
_MATRIX_NAMES = re.compile(r"(?P<runtime>php|node|python)(?:js)?(?:[-_]?versions?)?", re.IGNORECASE)
#: A service that only some jobs start: `${{ matrix.database && 'mariadb:10.11' || '' }}`.
_CHOICE = re.compile(r"(?:&&|\|\|)\s*'(?P<image>[^'\s{}]+)'")


def extract(manifest: Manifest) -> Sequence[Found]:
    """Raises `errors.Unreadable`."""
    return places.distinct(_found(manifest))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _found(manifest: Manifest) -> Iterator[Found]:
    root = yaml_tree.parse_table(manifest.text)
    callers = (root.table("on", "workflow_call", "inputs"), root.table("on", "workflow_dispatch", "inputs"))
    inputs = tuple(table for table in (root.table("inputs"), *callers) if table)
    scope = Scope(inputs=inputs).within(root)
    for table in inputs:
        defaults = [(key, value.get("default")) for key, value in table.items if isinstance(value, Table)]
        yield from _pins(manifest, defaults, scope)
    if posixpath.basename(manifest.path).startswith("action."):
        yield from _steps(manifest, root.get("runs", "steps"), scope)
        yield from _image(manifest, "runs", root.get("runs", "image"), scope, prefix="docker://")
        return
    jobs = root.table("jobs")
    for _, job in jobs.items if jobs else ():
        if isinstance(job, Table):
            yield from _job(manifest, job, scope)


def _job(manifest: Manifest, job: Table, outer: Scope) -> Iterator[Found]:
    scope = replace(outer, matrix=job.table("strategy", "matrix"), followed=set()).within(job)
    yield from _supported(manifest, scope.matrix)
    yield from _uses(manifest, job)
    yield from _with(manifest, job, scope)
    container = job.get("container")
    yield from _image(manifest, "container", _member(container, "image") or container, scope)
    services = job.table("services")
    for _, service in services.items if services else ():
        yield from _image(manifest, "services", _member(service, "image"), scope)
    yield from _steps(manifest, job.get("steps"), scope)


def _steps(manifest: Manifest, listed: Node | None, outer: Scope, within: bool = False) -> Iterator[Found]:
    for step in listed.items if isinstance(listed, Array) else ():
        if not isinstance(step, Table):
            continue
        yield from _uses(manifest, step)
        yield from _image(manifest, "uses", step.get("uses"), outer, prefix="docker://")
        yield from _with(manifest, step, outer.within(step))
        # Steps that run side by side are listed in one; no deeper, whatever a file says.
        if not within:
            yield from _steps(manifest, step.get("parallel"), outer, within=True)


def _uses(manifest: Manifest, step: Table) -> Iterator[Found]:
    """The action or reusable workflow, unless it is a local one (`./`) or an image."""
    written = places.scalar(manifest.text, step.get("uses"))
    match = _USES.fullmatch(written.text) if written else None
    if not written or not match or match["repository"].startswith("."):
        return
    at = written.place(*match.span("revision"))
    source = Source("forge-tags", f"github:{match['repository']}")
    if at and (found := revision.stated(NAME, manifest, "uses", match["repository"], source, at)):
        yield found


def _with(manifest: Manifest, step: Table, scope: Scope) -> Iterator[Found]:
    table = step.table("with")
    yield from _pins(manifest, table.items if table else (), scope)


def _pins(manifest: Manifest, items: Sequence[tuple[Scalar, Node | None]], scope: Scope) -> Iterator[Found]:
    """Of named values, the versions of runtimes."""
    for key, value in items:
        name = _NAMES.fullmatch(key.value)
        if name and isinstance(value, Scalar):
            resolved = list(scope.values(value.value)) or [(value, "pin")]
            yield from _versions(manifest, name["runtime"].lower(), resolved)


def _supported(manifest: Manifest, matrix: Table | None) -> Iterator[Found]:
    """What a matrix declares under a name that can only mean a runtime, used by a known action or not."""
    include = matrix.get("include") if matrix else None
    tables = [matrix, *(include.items if isinstance(include, Array) else ())]
    for table in tables:
        for key, value in table.items if isinstance(table, Table) else ():
            if name := _MATRIX_NAMES.fullmatch(key.value):
                nodes = value.items if isinstance(value, Array) else [value]
                listed: list[tuple[Scalar, Role]] = [(node, "support") for node in nodes if isinstance(node, Scalar)]
                yield from _versions(manifest, name["runtime"].lower(), listed)


def _versions(manifest: Manifest, name: str, values: Sequence[tuple[Scalar, Role]]) -> Iterator[Found]:
    for value, role in values:
        written = places.scalar(manifest.text, value)
        if written and (found := runtime.stated(NAME, manifest, name, value.at, role=role)):
            yield found


def _image(manifest: Manifest, section: str, node: Node | None, scope: Scope, prefix: str = "") -> Iterator[Found]:
    written = places.scalar(manifest.text, node)
    if not written or not written.text.startswith(prefix):
        return
    written = written.part(len(prefix))
    if "${{" not in written.text:
        yield from image.stated(NAME, manifest, section, written)
        return
    for choice in _CHOICE.finditer(written.text):
        yield from image.stated(NAME, manifest, section, written.part(*choice.span("image")))
    expression = workflow.EXPRESSION.search(written.text)
    known = image.parse(written.text[: expression.start()] + "1") if expression else None
    if expression and known and known.tag and known.runtime in ("php", "node"):
        yield from _versions(manifest, known.runtime, list(scope.values(expression[0])))


def _member(node: Node | None, name: str) -> Node | None:
    return node.get(name) if isinstance(node, Table) else None

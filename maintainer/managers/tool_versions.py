"""The tools that asdf (`.tool-versions`) and mise (`mise.toml`) install: runtimes, and package managers we know.

https://asdf-vm.com/manage/configuration.html, https://mise.jdx.dev/dev-tools/ - of several versions of a tool the
first is the one in use, the others are only at hand.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from maintainer.model import Dependency, Found, Manifest, Role, Source, Span, Step, Update
from maintainer.text import edits, places, runtime, toml_tree
from maintainer.text.tree import Array, Node, Scalar, Table

NAME = "tool_versions"
FILES: tuple[str, ...] = (
    "**/.tool-versions",
    "**/{,.}mise.toml",
    "**/{,.}mise.*.toml",
    "**/{,.}mise/config.toml",
    "**/.config/mise.toml",
)
BESIDE: tuple[str, ...] = ()

_RUNTIMES = {"php": "php", "node": "node", "nodejs": "node", "python": "python"}
_TOOLS = {
    "composer": (Source("forge-tags", "github:composer/composer"), "docker"),
    "pnpm": (Source("npm", "pnpm"), "npm"),
    "yarn": (Source("npm", "yarn"), "npm"),
    "npm": (Source("npm", "npm"), "npm"),
}
#: yarn's later versions are published under another name.
_BERRY = Source("npm", "@yarnpkg/cli-dist")
_LINE = re.compile(r"^[ \t]*(?P<tool>[\w.:/@-]+)[ \t]+(?P<versions>[^#\r\n]*)", re.ASCII | re.MULTILINE)
_WORD = re.compile(r"\S+")
_VERSION = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,2}", re.ASCII)
_PACKAGE = re.compile(r"npm:(?P<name>(?:@[a-z0-9~][\w.~-]*/)?[a-z0-9~][\w.~-]*)", re.ASCII)


def extract(manifest: Manifest) -> Sequence[Found]:
    """`ref:`, `path:`, `system` and `latest` are no versions. Raises `errors.Unreadable`."""
    if posixpath.basename(manifest.path) == ".tool-versions":
        tools = _lines(manifest.text)
    else:
        table = toml_tree.parse(manifest.text).table("tools")
        tools = ((key.value, _versions(manifest.text, node)) for key, node in (table.items if table else ()))
    return places.distinct(chain.from_iterable(_tool(manifest, name, versions) for name, versions in tools))


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)


def _lines(text: str) -> Iterator[tuple[str, list[Span]]]:
    for line in _LINE.finditer(text, 1 if text.startswith("\ufeff") else 0):
        yield line["tool"], [Span(*word.span()) for word in _WORD.finditer(text, *line.span("versions"))]


def _versions(text: str, node: Node) -> list[Span]:
    """Of `"8.2"`, `{version = "8.2"}` or a list of them."""
    if isinstance(node, Array):
        return [span for item in node.items if not isinstance(item, Array) for span in _versions(text, item)]
    stated = node.get("version") if isinstance(node, Table) else node
    return [stated.at] if isinstance(stated, Scalar) and places.scalar(text, stated) else []


def _tool(manifest: Manifest, name: str, versions: Sequence[Span]) -> Iterator[Found]:
    name = name.removeprefix("core:")
    if known := _RUNTIMES.get(name):
        role: Role = "pin"
        for at in versions:
            if one := runtime.stated(NAME, manifest, known, at, role=role):
                yield one
                role = "support"
        return
    for at in versions:
        text = manifest.text[slice(*at)]
        source, scheme = _published(name, text)
        if source and _VERSION.fullmatch(text):
            current = text if text.count(".") == 2 else None
            yield Dependency(
                NAME, manifest.path, source.package.removeprefix("github:"), source, scheme, at, text, text,
                current=current, section="tools",
            )  # fmt: skip
            return


def _published(name: str, version: str) -> tuple[Source | None, str]:
    if name == "yarn" and not version.startswith(("0.", "1.")) and version not in ("0", "1"):
        return _BERRY, "npm"
    if package := _PACKAGE.fullmatch(name):
        return Source("npm", package["name"]), "npm"
    return _TOOLS.get(name, (None, ""))

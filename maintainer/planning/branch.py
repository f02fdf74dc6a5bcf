"""Names of branches: the same for the same package or group, whatever its version.

    name(update, group="") -> str
    slug(text) -> str

`maintainer/<datasource>-<package>` or `maintainer/<group>`, with `-major` for majors. One level deep, so that no name
is a folder of another; valid by git-check-ref-format; different packages never share one. Groups that differ only in
case, spaces, hyphens and underscores do, and are one group.
"""

import re
from hashlib import sha256

from maintainer.model import Update

PREFIX = "maintainer/"
MAJOR = "-major"
#: File systems and forges bound a ref's length at 255 bytes; people read the start.
LONGEST = 60

_CLEAN = re.compile(r"[a-z0-9]+(?:(?:[._]|-{1,2})[a-z0-9]+)*", re.ASCII)
#: What would be taken for the mark of another name.
_MARKED = re.compile(r".*-[0-9a-f]{8}", re.ASCII)
#: What a slug of wordpress.org has before it, with the colon that became a hyphen.
_KINDS = ("plugin-", "theme-", "core-")
_FOREIGN = re.compile(r"[^a-z0-9._]+", re.ASCII)


def name(update: Update, group: str = "") -> str:
    """The branch of a change with this update, alone or in a group."""
    suffix = MAJOR if update.bump == "major" else ""
    if group:
        return PREFIX + _safe(re.sub(r"[\s_-]+", "-", group.strip().lower()), group.lower()) + suffix
    source = update.dependency.source
    return PREFIX + _safe(f"{source.datasource}-{_package(source.datasource, source.package)}", _told(update)) + suffix


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits, dots, underscores and single hyphens, possibly empty."""
    return re.sub(r"([._-])[._-]+", r"\1", _FOREIGN.sub("-", text.lower())).strip("-._")


def _told(update: Update) -> str:
    source = update.dependency.source
    return f"{source.datasource} {source.package}"


def _package(datasource: str, package: str) -> str:
    """`@scope/name` of npm and `vendor/name` elsewhere become `scope--name`: readable, and nobody else's name."""
    if datasource == "wordpress":
        # `plugin:woocommerce`; a name that looks like the outcome without being one gets a mark.
        return "" if package.startswith(_KINDS) else package.replace(":", "-", 1)
    if datasource == "forge-tags" and package.startswith(("github:", "gitlab:")):
        package = package.replace(":", "-", 1)
    scoped = package.removeprefix("@") if datasource == "npm" and package.startswith("@") else package
    if "--" in package or (datasource == "npm" and scoped == package and "/" in package):
        return ""
    return scoped.replace("/", "--") if scoped.count("/") == 1 else scoped


def _safe(wanted: str, told: str) -> str:
    """`wanted` where it is a good ref as it stands, else a slug of it and a hash of what it stands for."""
    good = _CLEAN.fullmatch(wanted) and len(wanted) <= LONGEST
    if good and not wanted.endswith((".lock", MAJOR)) and not _MARKED.fullmatch(wanted):
        return wanted
    mark = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    shown = slug(wanted or told)[:LONGEST].strip("-._")
    return f"{shown}-{mark}" if shown else mark

"""Renovate's regular-expression managers as managers of your own; expressions are rewritten, and never run here.

https://docs.renovatebot.com/modules/manager/regex/: `currentValue` is our group `version`, `packageName` or `depName`
our `package`. There `^` and `$` are the file's beginning and end, here a line's.
"""

import re
from collections.abc import Mapping
from typing import Any

from maintainer.config.carried import patterns
from maintainer.config.carried.carried import Draft, shown
from maintainer.config.carried.renovate_effects import Unsaid, one_text
from maintainer.config.carried.renovate_matchers import DATASOURCES

LONGEST = 2000
_SCHEMES: Mapping[str, str] = {
    "composer": "composer", "docker": "docker", "node": "npm", "npm": "npm", "pep440": "pep440", "semver": "npm",
    "semver-coerced": "npm",
}  # fmt: skip
#: How versions of a datasource are ordered where nothing is said.
_USUAL: Mapping[str, str] = {"packagist": "composer", "pypi": "pep440", "docker": "docker", "runtimes": "runtime"}
_FORGES: Mapping[str, str] = {"github": "github", "gitlab": "gitlab"}
_OPEN = re.compile(r"\(\?P?<([A-Za-z]\w*)>", re.ASCII)
_KNOWN = frozenset(
    {
        "customType", "description", "fileMatch", "managerFilePatterns", "matchStrings", "matchStringsStrategy",
        "depNameTemplate", "packageNameTemplate", "lookupNameTemplate", "datasourceTemplate", "versioningTemplate",
        "registryUrlTemplate",
    }
)  # fmt: skip


def managers(draft: Draft, where: str, listed: Any) -> None:
    """Carry over a list of managers."""
    for index, manager in enumerate(listed if isinstance(listed, list) else [listed]):
        at = f"{where}/{index}"
        try:
            _manager(draft, at, manager)
        except (Unsaid, patterns.NotAGlob) as error:
            draft.leave(at, "a manager by regular expression", str(error), "Write it into updates.custom.")


def _manager(draft: Draft, where: str, manager: Any) -> None:
    if not isinstance(manager, dict):
        raise Unsaid("it is no map of options.")
    if manager.get("customType", "regex") != "regex":
        raise Unsaid("only regular expressions find versions in files of your own.")
    if manager.get("matchStringsStrategy", "any") != "any":
        raise Unsaid("each pattern is searched for by itself, never inside what another one found.")
    if unread := sorted(set(manager) - _KNOWN):
        raise Unsaid(f"{shown(unread[0])} has no counterpart here.")
    strings = manager.get("matchStrings")
    if not isinstance(strings, list) or not strings:
        raise Unsaid("it has no matchStrings.")
    files = _files(manager)
    for number, expression in enumerate(strings, 1):
        made = _made(manager, one_text(expression) if "{{" not in str(expression) else str(expression))
        name = f"renovate-{where.rsplit('/', 1)[-1]}" + (f"-{number}" if len(strings) > 1 else "")
        draft.custom({"name": name, "files": files, **made}, where, "a manager by regular expression")


def _files(manager: Mapping[str, Any]) -> list[str]:
    old = manager.get("fileMatch", [])
    new = manager.get("managerFilePatterns", [])
    listed = [
        *([f"/{one}/" for one in ([old] if isinstance(old, str) else old)]),
        *([new] if isinstance(new, str) else new),
    ]
    if not all(isinstance(one, str) for one in listed):
        raise Unsaid("its files are no texts.")
    return patterns.paths(listed)


def _made(manager: Mapping[str, Any], expression: str) -> dict[str, Any]:
    groups = _OPEN.findall(expression)
    if len(expression) > LONGEST or len(set(groups)) < len(groups):
        raise Unsaid("its pattern is very long, or has a group twice.")
    for group in ("datasource", "currentDigest", "registryUrl", "extractVersion"):
        if group in groups:
            raise Unsaid(f"its pattern takes {group} from the file, in Renovate's words.")
    made: dict[str, Any] = {"pattern": rewritten(expression, groups)}
    theirs = one_text(manager.get("datasourceTemplate"))
    datasource = DATASOURCES.get(theirs)
    if datasource is None:
        raise Unsaid(f"{shown('datasourceTemplate', theirs)} is no datasource here.")
    forge = _FORGES.get(theirs.partition("-")[0], "")
    name = manager.get("packageNameTemplate", manager.get("lookupNameTemplate", manager.get("depNameTemplate")))
    if not {"depName", "packageName"} & set(groups):
        made["package"] = _package(one_text(name), theirs, datasource, forge)
    elif datasource in ("forge-tags", "runtimes"):
        raise Unsaid("its pattern takes the package from the file, where the forge isn't said.")
    versioning = manager.get("versioningTemplate")
    scheme = _SCHEMES.get(one_text(versioning), "") if versioning is not None else _USUAL.get(datasource, "npm")
    if not scheme:
        raise Unsaid(f"{shown('versioningTemplate', versioning)} is no scheme here.")
    registry = manager.get("registryUrlTemplate")
    return {**made, "datasource": datasource, "scheme": scheme} | (
        {"registries": [one_text(registry)]} if registry else {}
    )


def _package(name: str, theirs: str, datasource: str, forge: str) -> str:
    if datasource == "runtimes":
        return theirs.removesuffix("-version") if theirs.endswith("-version") else name
    if datasource == "forge-tags":
        if not forge:
            raise Unsaid("tags are looked up at GitHub and GitLab.")
        return f"{forge}:{name}"
    return name


def rewritten(expression: str, groups: list[str]) -> str:
    """The expression in Python's syntax, with our names for the groups."""
    package = "packageName" if "packageName" in groups else "depName"
    names = {"currentValue": "version", package: "package"}

    def opened(match: re.Match[str]) -> str:
        return f"(?P<{names[match[1]]}>" if match[1] in names else "("

    out: list[str] = []
    index, inside = 0, False
    while index < len(expression):
        character = expression[index]
        if character == "\\":
            out.append(expression[index : index + 2])
            index += 2
            continue
        if character in "[]":
            inside = character == "[" or (inside and character != "]")
        match = None if inside else _OPEN.match(expression, index)
        if match:
            out.append(opened(match))
            index = match.end()
            continue
        out.append(character if inside else {"^": "\\A", "$": "\\Z"}.get(character, character))
        index += 1
    return "".join(out)

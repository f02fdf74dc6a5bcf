"""Where a package's source is, from the many ways registries write it."""

import re

#: Hosts npm's shorthands stand for (npm documentation, package.json, "repository").
SHORTHANDS = {"github": "https://github.com/", "gitlab": "https://gitlab.com/", "bitbucket": "https://bitbucket.org/"}

_OWNER_AND_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_ADDRESS = re.compile(r"(?:git\+)?(?:https?|ssh|git)://(?:[^/@\s]*@)?([\w.-]+(?::\d+)?)/([\w./~-]+)")
_SCP = re.compile(r"[\w.-]+@([\w.-]+):([\w./~-]+)")


def repository_url(value: object) -> str:
    """The https address of a repository, empty when it can't be told.

    Reads `git+https://`, `git://`, `ssh://`, `git@host:owner/name`, npm's `github:owner/name` and `owner/name`, and
    an object with one of these as `url`.
    """
    if isinstance(value, dict):
        value = value.get("url")
    if not isinstance(value, str) or len(value) > 500:
        return ""
    value = value.strip()
    kind, colon, rest = value.partition(":")
    if colon and kind in SHORTHANDS and _OWNER_AND_NAME.fullmatch(rest):
        return SHORTHANDS[kind] + rest.removesuffix(".git")
    if _OWNER_AND_NAME.fullmatch(value):
        return SHORTHANDS["github"] + value.removesuffix(".git")
    found = _ADDRESS.match(value) or _SCP.match(value)
    return f"https://{found[1]}/{found[2].strip('/').removesuffix('.git')}" if found else ""

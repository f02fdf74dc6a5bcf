"""Who owns the changed files, by CODEOWNERS: the reviewers of a change that names none.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
https://docs.gitlab.com/user/project/codeowners/reference/
"""

import re
from collections.abc import Iterable

from codeowners import CodeOwners

#: Where the forges look, in their order; the first one there counts.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

#: GitLab's `[Section][2] @owners`, `^` before it for an optional one.
_SECTION = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?(.*)")
#: More owners than this are nobody in particular.
MOST = 10


def owners(text: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The owners of any of `paths`, as the file writes them, each once; empty for a file that can't be understood."""
    try:
        rules = CodeOwners("\n".join(_plain(text)))
        found = dict.fromkeys(name for path in paths for _, name in rules.of(path))
    except (ValueError, IndexError, re.error, RecursionError):
        return ()
    return tuple(found) if len(found) <= MOST else ()


def _plain(text: str) -> Iterable[str]:
    """The rules without GitLab's sections: a rule that names nobody has its section's owners."""
    default = ""
    for line in text.splitlines():
        rule = line.strip()
        if section := _SECTION.fullmatch(rule):
            default = section[1].strip()
        elif default and rule and not rule.startswith("#") and not re.search(r"(?<!\\)\s", rule):
            yield f"{rule} {default}"
        else:
            yield rule

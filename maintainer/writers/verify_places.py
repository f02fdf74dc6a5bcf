"""Where in the site's repository a verdict stands, for forges that show words beside a line of a file.

A sentence may name a file of the repository (a PHP warning, a lost asset): there. Else the line of the configuration
that names the page, else its first line: what was wanted is what was judged.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from maintainer.evidence import Verdict

#: A path as programs print it, and its line, where they print one: `tax.php:12`, `tax.php on line 12`, `tax.php(12)`.
_FILE = re.compile(
    r"(?<![\w.-])((?:[\w.-]{1,80}/){1,12}[\w.-]{1,80}\.(?:php|phtml|twig|liquid|py|[cm]?[jt]sx?|vue|s?css|html?|json|ya?ml))"
    r"(?:(?::|, line | on line |\()(\d{1,6}))?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, by its path from the repository's root."""

    path: str
    line: int = 1


def placing(files: Collection[str], config: str, text: str) -> Callable[[Verdict], Place]:
    """Where verdicts stand: `files` are the repository's, `config` is the path of its configuration, `text` says it."""
    lines = text.splitlines()

    def place(verdict: Verdict) -> Place:
        for found in _FILE.finditer(verdict.reason):
            if path := _known(found[1], files):
                return Place(path, max(int(found[2] or 1), 1))
        page = verdict.where.partition(" on ")[0]
        if page.startswith("/"):
            named = re.compile(rf"(?<![^\s\[,\"']){re.escape(page)}(?![^\s\],}}\"'])")
            for number, line in enumerate(lines, 1):
                if named.search(line.partition(" #")[0]):
                    return Place(config, number)
        return Place(config)

    return place


def _known(stated: str, files: Collection[str]) -> str:
    """The repository's file a path ends in: a server's `/srv/www/wp-content/x.php` is `web/wp-content/x.php` there."""
    parts = stated.strip("/").split("/")
    for start in range(len(parts) - 1):
        tail = "/".join(parts[start:])
        if tail in files:
            return tail
        ends = [path for path in files if path.endswith(f"/{tail}")]
        if len(ends) == 1:
            return ends[0]
    return ""

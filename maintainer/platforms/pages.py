"""Addresses of a repository's pages on its forge, which people open. Nothing is asked for.

What they are made of is anyone's text: what is no commit, no tag and no reference has no address.
"""

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import quote, urlsplit

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_REFERENCE = re.compile(
    r"(?P<path>[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}(?:/[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}){1,20})?"
    r"(?P<mark>#|!|GH-)(?P<number>[1-9][0-9]{0,9})"
)
#: What no ref's name has: https://git-scm.com/docs/git-check-ref-format
_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|@\{|^[-/]|[/.]$")


class Pages:
    """Of the repository `path` on the forge whose pages begin with `web`; credentials in that are left out."""

    #: What stands between a repository and what is in it, and what each mark is on this forge.
    below: ClassVar[str]
    marks: ClassVar[Mapping[str, str]]

    def __init__(self, web: str, path: str) -> None:
        parts = urlsplit(web)
        self._web = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self._path = path

    def commit(self, sha: str) -> str:
        return self._at(f"commit/{sha}") if _COMMIT.fullmatch(sha) else ""

    def compare(self, base: str, head: str) -> str:
        """Of two commits, tags or branches."""
        if not all(0 < len(name) <= 250 and not _NO_REF.search(name) for name in (base, head)):
            return ""
        return self._at(f"compare/{_spelled(base)}...{_spelled(head)}")

    def issue(self, reference: str) -> str:
        """What a reference as written leads to, of this repository or of another on this forge."""
        found = _REFERENCE.fullmatch(reference)
        if not found or found["mark"] not in self.marks or not self._is_reachable(found["path"], found["mark"]):
            return ""
        return self._at(f"{self.marks[found['mark']]}/{found['number']}", found["path"] or self._path)

    def _is_reachable(self, path: str | None, mark: str) -> bool:
        return path is None or (mark != "GH-" and all(part.strip(".") for part in path.split("/")))

    def _at(self, what: str, path: str = "") -> str:
        return f"{self._web}/{path or self._path}{self.below}/{what}"


class GithubPages(Pages):
    """A number is an issue's or a pull request's: GitHub leads on from one to the other.

    https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
    """

    below = ""
    marks: ClassVar[Mapping[str, str]] = {"#": "issues", "GH-": "issues"}

    def asset(self, tag: str, name: str) -> str:
        """Where a file of a release is loaded from, once that is published."""
        return self._at(f"releases/download/{quote(tag, safe='', errors='replace')}/{quote(name, safe='')}")

    def _is_reachable(self, path: str | None, mark: str) -> bool:
        return super()._is_reachable(path, mark) and (path is None or path.count("/") == 1)


class GitlabPages(Pages):
    """https://docs.gitlab.com/user/markdown/#gitlab-specific-references."""

    below = "/-"
    marks: ClassVar[Mapping[str, str]] = {"#": "issues", "!": "merge_requests"}


def _spelled(name: str) -> str:
    return quote(name.encode("utf-8", "replace"), safe="/")

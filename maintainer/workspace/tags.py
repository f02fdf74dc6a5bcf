"""Tags of releases: which there are, here and on the forge, and making one that is annotated."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from maintainer.errors import StaleEdit
from maintainer.workspace.git import LAST, Git

FOLDER = "refs/tags/"
#: https://git-scm.com/docs/git-mktag: the line of who tagged, and when.
_TAGGER = re.compile(r"^tagger .* (\d{1,12}) [+-]\d{4}$", re.MULTILINE)
#: What git forbids in a name and an address.
_UNSAID = {ord("<"): None, ord(">"): None, 0: None}


class Remote(Protocol):
    """Where tags are shared: `remote.Remote`."""

    def refs(self, *patterns: str) -> Mapping[str, str]:
        """The object of each ref that matches, by the ref's whole name."""

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Have the objects of these refs here, with all their history."""

    def push(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """Move each (ref, old, new); raises `errors.StaleEdit` when one is elsewhere by now."""


class Tags:
    """The tags of a repository; with a `remote` those that are there, as a CI has none of its own."""

    def __init__(self, git: Git, remote: Remote | None = None) -> None:
        self._git = git
        self._remote = remote
        self._objects = self._listed()

    def names(self) -> tuple[str, ...]:
        return tuple(self._objects)

    def commits(self, names: Iterable[str]) -> dict[str, str]:
        """The commit of each of these tags that is one's; what isn't here is fetched. Raises `errors.OutsideError`."""
        wanted = {name: self._objects[name] for name in names if name in self._objects}
        if self._remote:
            self._remote.fetch({FOLDER + name: sha for name, sha in wanted.items()})
        found = ((name, self._git.commit(sha)) for name, sha in wanted.items())
        return {name: commit for name, commit in found if commit}

    def message(self, name: str) -> str:
        """What an annotated tag says; empty for any other, and for one that isn't here: `commits` fetches it."""
        return self._said(name)[2]

    def date(self, name: str) -> datetime | None:
        """When an annotated tag was made, in UTC; None as `message` is empty."""
        found = _TAGGER.search(self._said(name)[0])
        return datetime.fromtimestamp(min(int(found[1]), LAST), UTC) if found else None

    def refuse(self, name: str, commit: str) -> None:
        """Raise `errors.StaleEdit` where there is a tag of the name that is not at the commit."""
        there = self.commits([name]).get(name, "") if name in self._objects else commit
        if there != commit:
            raise StaleEdit(
                f"The tag {name} is at {there[:12] or 'no commit'} already, and {commit[:12]} was to be released "
                "under it. Take another version (--version), or remove that tag if it is a mistake."
            )

    def put(self, name: str, commit: str, message: str, now: datetime, who: tuple[str, str]) -> None:
        """Have an annotated tag at the commit, on the forge or else here; `who` is a name and an e-mail address.

        Raises `errors.StaleEdit` where there is one of the name at another commit.
        """
        if name in self._objects:
            self.refuse(name, commit)
            return
        sha = self._made(name, commit, message, now, who)
        if self._remote:
            self._remote.push([(FOLDER + name, "", sha)])
        else:
            self._git.update_ref(FOLDER + name, sha, None)
        self._objects[name] = sha

    def _said(self, name: str) -> tuple[str, str, str]:
        sha = self._objects.get(name, "")
        kind = self._git.run("cat-file", "-t", sha, check=False).text.strip() if sha else ""
        text = self._git.run("cat-file", "tag", sha).text if kind == "tag" else ""
        return text.partition("\n\n")

    def _made(self, name: str, commit: str, message: str, now: datetime, who: tuple[str, str]) -> str:
        """https://git-scm.com/docs/git-mktag."""
        person, address = (" ".join(part.translate(_UNSAID).split()) for part in who)
        head = [f"object {commit}", "type commit", f"tag {name}",
                f"tagger {person} <{address}> {int(now.timestamp())} +0000"]  # fmt: skip
        text = "\n".join(head) + f"\n\n{message.strip()}\n"
        return self._git.run("mktag", "--strict", stdin=text.encode("utf-8", "replace")).text.strip()

    def _listed(self) -> dict[str, str]:
        if self._remote:
            found = self._remote.refs(f"{FOLDER}*")
        else:
            rows = self._git.run("for-each-ref", "--format=%(objectname) %(refname)", FOLDER).text.splitlines()
            found = {ref: sha for sha, _, ref in (row.partition(" ") for row in rows)}
        return {ref.removeprefix(FOLDER): sha for ref, sha in found.items()}

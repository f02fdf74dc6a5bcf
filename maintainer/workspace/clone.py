"""A repository brought here for one run: its branch and, where nothing needs it, none of its past."""

from collections.abc import Mapping
from pathlib import Path

from maintainer.errors import OutsideError
from maintainer.workspace.git import Git
from maintainer.workspace.remote import Remote


class Origin(Remote):
    """A remote to be cloned. Raises `errors.AccessDenied` and `Unreachable` with the remote's words."""

    def default(self) -> str:
        """The branch its HEAD names. Raises `errors.OutsideError` when it names none."""
        for row in self._asked("ls-remote", "--quiet", "--symref", "--", self.url, "HEAD").text.splitlines():
            name, tab, _ = row.removeprefix("ref: refs/heads/").partition("\t")
            if row.startswith("ref: refs/heads/") and tab and name:
                return name
        raise OutsideError(f"{self.url} has no branch that is its own: push one, or name a branch in the inventory.")

    def check_out(self, branch: str, *, whole: bool) -> None:
        """Have the branch and its files in this new repository, with its past when `whole`."""
        ref = f"refs/heads/{branch}"
        depth = () if whole else ("--depth=1",)
        self._asked("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", *depth,
                    "--", self.url, f"+{ref}:{ref}")  # fmt: skip
        self._git.run("symbolic-ref", "HEAD", ref)
        self._git.run("reset", "--quiet", "--hard")


def clone(
    url: str, into: Path, environment: Mapping[str, str], *, header: str = "", branch: str = "", whole: bool = False
) -> str:
    """Make the repository at `url` appear in the new folder `into`; the branch that is checked out there.

    `header` says who we are, see `Remote`. Submodules and LFS files are left where they are.
    """
    into.mkdir(parents=True)
    git = Git(into, environment)
    git.run("init", "--quiet", "--initial-branch=maintainer-clone")
    origin = Origin(git, url, lambda: header)
    branch = branch or origin.default()
    origin.check_out(branch, whole=whole)
    return branch

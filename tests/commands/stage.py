"""A site on a forge, and `maintainer` run in its CI: the fakes of both forges behind one small surface.

with stage("github", tmp_path) as site:
    site.maintainer("run")
    assert site.titles() == [...]
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from tests.commands.site import FILES, NOW, Site, site
from tests.forges.github import GithubFake
from tests.forges.github_people import Person as GithubPerson
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_people import Person as GitlabPerson
from tests.forges.repository import BareRepository

Forge = Literal["github", "gitlab"]
FORGES: tuple[Forge, ...] = ("github", "gitlab")
REPOSITORY = "shop/site"


@dataclass
class Stage:
    """`here` is the checkout CI has; `forge` where its repository lives."""

    kind: Forge
    here: Site
    forge: Any

    def person(self, login: str = "ada") -> "GithubPerson | GitlabPerson":
        found: GithubPerson | GitlabPerson = self.forge.person(login)
        return found

    @property
    def repository(self) -> BareRepository:
        """The repository on the forge."""
        found: BareRepository = (
            self.forge.repository().git if self.kind == "github" else self.forge.project().repository
        )
        return found

    def maintainer(self, *argv: str, now: datetime = NOW, expected: int | None = 0) -> tuple[int, str, str]:
        """As CI runs it, on a fresh checkout of the default branch."""
        self.check_out()
        self.forge.now = max(self.forge.now, now)
        code, out, err = self.here.maintainer(*argv, now=now)
        assert expected is None or code == expected, (code, out, err)
        return code, out, err

    def check_out(self) -> None:
        """What actions/checkout and GitLab's runner do: the newest commit of the default branch, detached."""
        repository = self.repository
        fetched = self.here.root / ".git/FETCH_HEAD"
        newest = repository.head(repository.default_branch) or "none"
        if not fetched.is_file() or not fetched.read_text().startswith(newest):
            self.here.git("fetch", "--quiet", str(repository.path), repository.default_branch)
        self.here.git("checkout", "--quiet", "--detach", "--force", "FETCH_HEAD")

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.forge.state()
        return found


@contextmanager
def stage(kind: Forge, folder: Path, files: Mapping[str, bytes] = FILES) -> Iterator[Stage]:
    """A site with the same files on a forge; the token may do all that is needed."""
    with site(folder / "here", files) as here:
        here.environment |= {"MAINTAINER_PLATFORM": kind, "MAINTAINER_REPOSITORY": REPOSITORY}
        if kind == "github":
            with GithubFake(folder / "forge") as github:
                github.add_repository(REPOSITORY, files)
                here.environment |= {"GITHUB_API_URL": github.url, "GITHUB_SERVER_URL": github.git_url}
                here.environment["MAINTAINER_TOKEN"] = github.token(kind="app")
                yield Stage(kind, here, github)
        else:
            with GitlabFake(folder / "forge") as gitlab:
                owner, _, name = REPOSITORY.partition("/")
                gitlab.add_repository(owner, name, files)
                here.environment |= {"CI_API_V4_URL": gitlab.url, "CI_SERVER_URL": gitlab.origin}
                here.environment["MAINTAINER_TOKEN"] = "glpat-OfTheSite"
                gitlab.token("glpat-OfTheSite", kind="project", project=REPOSITORY)
                yield Stage(kind, here, gitlab)

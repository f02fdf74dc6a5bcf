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

    def maintainer(self, *argv: str, now: datetime = NOW, expected: int | None = 0) -> tuple[int, str, str]:
        """As CI runs it, on a fresh checkout of the default branch."""
        self.check_out()
        self.forge.now = max(self.forge.now, now)
        code, out, err = self.here.maintainer(*argv, now=now)
        assert expected is None or code == expected, (code, out, err)
        return code, out, err

    def check_out(self) -> None:
        """What actions/checkout and GitLab's runner do: the newest commit of the default branch, detached."""
        repository = self.forge.repository().git if self.kind == "github" else self.forge.project().repository
        self.here.git("fetch", "--quiet", str(repository.path), repository.default_branch)
        self.here.git("checkout", "--quiet", "--detach", "--force", "FETCH_HEAD")

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.forge.state()
        return found


@contextmanager
def stage(kind: Forge, folder: Path, files: Mapping[str, bytes] = FILES) -> Iterator[Stage]:
    """A site with the same files on a forge; the token may do all that is needed."""
    fake = GithubFake if kind == "github" else GitlabFake
    with site(folder / "here", files) as here, fake(folder / "forge") as forge:
        if kind == "github":
            forge.add_repository(REPOSITORY, files)
            token = forge.token(kind="app")
            more = {"GITHUB_API_URL": forge.url, "GITHUB_SERVER_URL": forge.git_url}
        else:
            forge.add_repository(*REPOSITORY.split("/"), files)
            token = forge.token("glpat-OfTheSite", kind="project", project=REPOSITORY).text
            more = {"CI_API_V4_URL": f"{forge.origin}/api/v4", "CI_SERVER_URL": forge.origin}
        here.environment |= {"MAINTAINER_PLATFORM": kind, "MAINTAINER_REPOSITORY": REPOSITORY, **more}
        here.environment["MAINTAINER_TOKEN"] = token
        yield Stage(kind, here, forge)

"""gitlab-ci-local as a runner, and a git server with the project that the components are of.

It knows no component context, which GitLab has had since 18.6: `$[[ component.sha ]]` is filled in beforehand, in a
commit of its own that carries the tag. The job then installs the commit that this names, from a git server that wants
its token.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from maintainer.version import VERSION
from tests.commands.site import Site
from tests.forges import git_server
from tests.forges.git_server import Access, GitServer
from tests.forges.repository import BareRepository
from tests.loopback import Loopback, Reply, Request
from tests.workflows import offline

PROGRAM = offline.ROOT / ".cache/npm/node_modules/.bin/gitlab-ci-local"
PROJECT = "acme/maintainer"
#: Two tags of it: in the second, installing is a link to what its tests have installed once.
RELEASED, LINKED = VERSION, f"{VERSION}-linked"
LINK = 'ln -sfn "{}" "$1"\n'
JOB_TOKEN = "glcbt-of-the-job"
SCHEDULED = {"CI_PIPELINE_SOURCE": "schedule"}


class Forge(Loopback):
    """GitLab's git, with the project of the component; the job's token reads it."""

    def __init__(self, folder: Path) -> None:
        super().__init__({})
        self.folder = folder
        tree = offline.product(folder / "product")
        files = {path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
        self.installed = folder / "installed"
        self.project = BareRepository.create(folder / f"{PROJECT}.git", files)
        self.commit = self.project.sha("main")
        filled: dict[str, bytes | None] = {}
        for name in (f"templates/{job}.yml" for job in ("maintainer", "verify", "gate", "deploy-gate", "release")):
            assert files[name].count(b"$[[ component.sha ]]") == 1
            filled[name] = files[name].replace(b"$[[ component.sha ]]", str(self.commit).encode())
        tag = self.project.commit("filled-in", filled, onto="main")
        assert self.project.update_ref(f"refs/tags/{RELEASED}", tag)
        links: dict[str, bytes | None] = {"workflows/install.sh": LINK.format(self.installed).encode()}
        linking = self.project.commit("linking", links, onto="main")
        of_it = {
            name: text.replace(str(self.commit).encode(), linking.encode())
            for name, text in filled.items()
            if text is not None
        }
        assert self.project.update_ref(f"refs/tags/{LINKED}", self.project.commit("linked", of_it, onto="linking"))
        self.asked: list[Access] = []
        self._git = GitServer(
            lambda name: self.project if name == PROJECT else None, self._allowed, lambda push: None, lambda push: None
        )

    def _allowed(self, access: Access) -> Reply | None:
        self.asked.append(access)
        if (access.user, access.token) != ("gitlab-ci-token", JOB_TOKEN):
            return git_server.challenge("GitLab", "HTTP Basic: Access denied")
        return None

    def reply(self, request: Request) -> Reply:
        return self._git.answer(request)


@dataclass(frozen=True)
class Ran:
    """What became of a job: `said` is its log without colours, `artifacts` the folder of its reports."""

    code: int
    said: str
    artifacts: Path

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.artifacts / "outputs.env").read_text().splitlines())


@dataclass(frozen=True)
class Machine:
    """A runner that has Python, git and the packages that ours is built on."""

    forge: Forge
    environment: Mapping[str, str]

    def run(self, shop: Site, definition: str, *argv: str, **variables: str) -> Ran:
        """gitlab-ci-local in the shop, with this .gitlab-ci.yml committed."""
        if not (there := shop.root / ".gitlab-ci.yml").is_file() or there.read_text() != definition:
            shop.write({".gitlab-ci.yml": definition.encode()}, "CI")
        services = {name: value for name, value in shop.environment.items() if name.startswith("MAINTAINER_")}
        given = {
            "CI_SERVER_URL": self.forge.url,
            "CI_JOB_TOKEN": JOB_TOKEN,
            "MAINTAINER_PLATFORM": "local",
            **SCHEDULED,
            **variables,
        }
        stated = [part for name, value in given.items() for part in ("--variable", f"{name}={value}")]
        command = [str(PROGRAM), "--force-shell-executor", "--no-color", "--no-artifacts-to-source", *stated, *argv]
        done = subprocess.run(
            command,
            cwd=shop.root,
            env={**self.environment, **services},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", done.stdout)
        return Ran(done.returncode, said, shop.root / ".maintainer/reports")


def included(name: str = "maintainer", tag: str = RELEASED, **inputs: Any) -> str:
    component = {"component": f"$CI_SERVER_FQDN/{PROJECT}/{name}@{tag}", "inputs": {"project": PROJECT, **inputs}}
    return yaml.safe_dump({"include": [component]})

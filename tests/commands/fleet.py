"""A fleet in real git on one machine: sites beside their inventory, and the services they are looked up at."""

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from maintainer import cli
from maintainer.process import minimal, run
from tests.commands.site import NOW, PERSON, SERVICES, packument
from tests.loopback import Loopback


def packages(*names: str, at: str = "3.0.0") -> bytes:
    """A package.json."""
    return json.dumps({"dependencies": dict.fromkeys(names, at)}, indent=2).encode()


class Fleet:
    """A folder with an inventory, and `maintainer fleet` run in it as a user would."""

    def __init__(self, root: Path, home: Path, server: Loopback) -> None:
        self.root = root
        self.server = server
        root.mkdir(parents=True)
        home.mkdir()
        urls = {f"MAINTAINER_{name}_URL": server.url for name in SERVICES}
        self.environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}, HOME=str(home), CI="true", **urls)

    def site(self, name: str, files: Mapping[str, bytes], *, bare: bool = False) -> Path:
        """A committed site at `sites/<name>`; a bare one can only be cloned."""
        work = self.root / (f"work/{name}" if bare else f"sites/{name}")
        for path, data in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(data)
        git = ["git", "-c", "init.defaultBranch=main"]
        person = self.environment | PERSON | {"GIT_CONFIG_GLOBAL": "/dev/null"}
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "The site"]):
            done = run([*git, *words], cwd=work, environment=person)
            assert done.code == 0, done.err
        if bare:
            (self.root / "sites").mkdir(exist_ok=True)
            words = ["clone", "--quiet", "--bare", str(work), str(self.root / "sites" / f"{name}.git")]
            assert run(["git", *words], cwd=self.root, environment=self.environment).code == 0
        return work

    def inventory(self, text: str) -> None:
        (self.root / "fleet.yml").write_text(text, encoding="utf-8")

    def policy(self, name: str, text: str) -> None:
        (self.root / "policies").mkdir(exist_ok=True)
        (self.root / "policies" / f"{name}.yml").write_text(text, encoding="utf-8")

    def maintainer(self, *argv: str, now: datetime = NOW, **environment: str) -> tuple[int, str, str]:
        """The exit code, standard output and standard error of `maintainer fleet ...`."""
        out, err = io.StringIO(), io.StringIO()
        words = ["-C", str(self.root), "fleet", *argv]
        code = cli.run(words, environment=self.environment | environment, now=now, out=out, err=err)
        return code, out.getvalue(), err.getvalue()

    def results(self, folder: str = "results") -> dict[str, Any]:
        """The results by site."""
        read = [json.loads(path.read_bytes()) for path in sorted((self.root / folder).glob("*.json"))]
        return {one["site"]: one for one in read}


@contextmanager
def fleet(folder: Path) -> Iterator[Fleet]:
    """A fleet without sites; `fleet.server.answers` may be changed."""
    with Loopback({}) as server:
        server.answers |= {
            "/is-odd": packument("is-odd", "3.0.0", "3.0.1"),
            "/sass": packument("sass", "1.70.0", "2.0.0"),
            "/v1/querybatch": lambda request: {"results": [{} for _ in json.loads(request.body)["queries"]]},
        }
        yield Fleet(folder / "fleet", folder / "home", server)

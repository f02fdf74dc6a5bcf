"""docs/tutorial.md, played: its commands are run for real, and what they print is compared with what it shows.

`python -m tests.docs_tutorial` writes what they print now into the page. wordpress.org, npm's registry and the list of
vulnerabilities are documented answers on loopback; bash, git, curl, unzip and maintainer are real, all but the clock.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from maintainer.process import minimal, run
from tests.commands.site import NOW, PERSON, SERVICES, checksums, packument, wordpress_plugin, zipped
from tests.docs_terminal import ENVIRONMENT, folded
from tests.loopback import Loopback, Reply, Request

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/tutorial.md"
#: Commands, and what they print if the page shows it.
STEP = re.compile(r"^```sh\n(?P<commands>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.MULTILINE | re.DOTALL)
PLUGIN = "classic-editor"
VERSIONS = ("1.6.5", "1.6.6", "1.6.7")
FIXED = "The editor opens again where a post has no title."
#: Where the plugin's archives are, for everybody but a test.
DOWNLOADS = "https://downloads.wordpress.org"
MAINTAINER = f"""#!{sys.executable} -u
import os, sys
from datetime import datetime
sys.path.insert(0, {str(ROOT)!r})
from maintainer import cli
sys.stdout.isatty = lambda: True
now = datetime.fromisoformat({NOW.isoformat()!r})
sys.exit(cli.run(sys.argv[1:], environment=os.environ, now=now, out=sys.stdout, err=sys.stderr))
"""


class Reader:
    """Somebody who follows the page: an empty folder, a shell, and the services on loopback."""

    def __init__(self, folder: Path, server: Loopback) -> None:
        self.folder = folder
        self.server = server
        self.here = folder / "work"
        for made in (self.here, folder / "home", folder / "bin"):
            made.mkdir(parents=True)
        program = folder / "bin/maintainer"
        program.write_text(MAINTAINER)
        program.chmod(0o755)
        self.environment = minimal(
            {"PATH": f"{folder / 'bin'}:/usr/local/bin:/usr/bin:/bin"},
            HOME=str(folder / "home"),
            CI="true",
            GIT_CONFIG_GLOBAL="/dev/null",
            **PERSON,
            **ENVIRONMENT,
            **{f"MAINTAINER_{name}_URL": server.url for name in SERVICES},
        )

    def types(self, commands: str) -> str:
        """What a block of commands prints; one that fails is an AssertionError."""
        script = f"set -e\n{commands.replace(DOWNLOADS, self.server.url)}\npwd > {self.folder}/here\n"
        argv = ["bash", "-c", f"exec 2>&1\n{script}"]
        done = run(argv, cwd=self.here, environment=self.environment, seconds=60)
        assert done.code == 0, f"{commands}\n{done.text}"
        self.here = Path((self.folder / "here").read_text().strip())
        printed = done.text.replace(str(self.folder / "work"), "…").replace(self.server.url, DOWNLOADS)
        return re.sub(r"(\d) dependencies in [\d.]+ s", r"\1 dependencies in 0.4 s", folded(printed))

    def plays(self, page: str) -> str:
        """The page with what its commands print now, wherever it shows it."""

        def step(found: re.Match[str]) -> str:
            printed = self.types(found["commands"])
            shown = f"\n```text\n{printed.rstrip()}\n```\n" if found["shown"] is not None else ""
            return f"```sh\n{found['commands']}```\n{shown}"

        return STEP.sub(step, page)


def plugin(version: str) -> dict[str, bytes]:
    """The plugin's files, as far as its updates are concerned."""
    header = f"<?php\n/**\n * Plugin Name: Classic Editor\n * Version: {version}\n * Requires PHP: 5.2.4\n */\n"
    return {
        f"{PLUGIN}.php": header.encode(),
        "readme.txt": f"=== Classic Editor ===\nStable tag: {version}\n".encode(),
        "js/block-editor-plugin.js": f"// {version}\n".encode(),
    }


@contextmanager
def reader(folder: Path) -> Iterator[Reader]:
    """A reader in an empty folder, whose services answer."""
    with Loopback({}) as server:
        told = {
            "name": "Classic Editor",
            "sections": {"changelog": f"<h4>{VERSIONS[-1]}</h4><ul><li>{FIXED}</li></ul>"},
        }
        listed = wordpress_plugin(server, PLUGIN, *VERSIONS) | told

        def information(request: Request) -> Any:
            return listed if PLUGIN in request.query else Reply(404, {"error": "Plugin not found."})

        def no_advisories(request: Request) -> Any:
            return {"results": [{} for _ in json.loads(request.body)["queries"]]}

        server.answers |= {
            "/plugins/info/1.2/": information,
            "/v1/querybatch": no_advisories,
            "/prettier": packument("prettier", "2.8.8", "3.6.2"),
        }
        for version in VERSIONS:
            server.answers[f"/plugin/{PLUGIN}.{version}.zip"] = zipped(plugin(version), PLUGIN)
            server.answers[f"/plugin-checksums/{PLUGIN}/{version}.json"] = checksums(plugin(version))
        yield Reader(folder, server)


def played(page: str) -> str:
    """The page as it should be."""
    with TemporaryDirectory() as folder, reader(Path(folder)) as one:
        return one.plays(page)


if __name__ == "__main__":
    PAGE.write_text(played(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

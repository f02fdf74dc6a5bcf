"""A site that is a configuration alone, and `maintainer freeze` asked about it."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maintainer import cli
from maintainer.config.load import Config, load

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Asked:
    """`maintainer freeze` in a folder, at a moment."""

    def __init__(self, root: Path, now: datetime = NOW) -> None:
        self.root = root
        self.now = now

    def answer(self, *argv: str, **environment: str) -> tuple[int, str, str]:
        """The exit code, what it answered, and what it said beside it."""
        out, err = io.StringIO(), io.StringIO()
        given = ["-C", str(self.root), "freeze", *argv]
        home = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.root), "CI": "true"}
        code = cli.run(given, environment=home | environment, now=self.now, out=out, err=err)
        return code, out.getvalue(), err.getvalue()

    def say(self, *argv: str) -> str:
        """The answer of a command that ends well."""
        code, out, err = self.answer(*argv)
        assert code in (0, 1), (code, out, err)
        return out

    def code(self, *argv: str) -> int:
        return self.answer(*argv)[0]

    def json(self, *argv: str) -> Any:
        return json.loads(self.say(*argv, "--format", "json"))


def configured(folder: Path, text: str, now: datetime = NOW) -> Asked:
    """A site with this configuration."""
    (folder / "maintainer.yml").write_text(text, encoding="utf-8")
    return Asked(folder, now)


def configuration(site: Asked) -> Config:
    """What the site's file says."""
    return load(site.root, {})

"""A site's repository, as `maintainer verify` looks at it: in process, at one moment, its answer as JSON."""

import io
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maintainer import cli
from maintainer.process import minimal, run
from tests.commands.site import PERSON

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Verified:
    """Its branch is `main`. `environment` is what its programs and `verify` get."""

    def __init__(self, root: Path, **environment: str) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        self.environment = minimal({"PATH": os.environ["PATH"]}, HOME=str(root.parent), **environment)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *argv: str) -> str:
        return self.must(["git", *argv])

    def must(self, argv: list[str], stdin: bytes = b"") -> str:
        """What a program says that has to succeed."""
        outer = self.environment | PERSON | {"GIT_CONFIG_GLOBAL": "/dev/null"}
        done = run(argv, cwd=self.root, environment=outer, stdin=stdin)
        assert done.code == 0, (done.err + done.out)[-800:]
        return done.text.strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for path, content in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    def configure(self, configuration: Mapping[str, Any]) -> None:
        self.write({"maintainer.yml": json.dumps(configuration)})

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> None:
        """All there is, ignored or not."""
        self.write(files or {})
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", "The site")

    def asked(self, *argv: str, **environment: str) -> tuple[int, dict[str, Any], str]:
        """The exit code, the document, empty when there is none, and what was said on standard error."""
        out, err = io.StringIO(), io.StringIO()
        whole = ["-C", str(self.root), "verify", "--format", "json", *argv]
        code = cli.run(whole, environment=self.environment | environment, now=NOW, out=out, err=err)
        return code, json.loads(out.getvalue() or '{"verdicts": []}'), err.getvalue()


def by_rule(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Outcome and reason by `check rule`."""
    return {f"{one['check']} {one['rule']}": (one["verdict"], one["reason"]) for one in document["verdicts"]}

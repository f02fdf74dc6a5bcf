"""A small site in real git, and the services it is looked up at, on loopback."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maintainer import cli
from maintainer.process import Finished, minimal, run
from tests.loopback import Loopback, Reply, Request

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SERVICES = (
    "WORDPRESS_API", "WORDPRESS_DOWNLOADS", "WORDPRESS_SVN", "WORDPRESS_THEME_SVN", "ENDOFLIFE", "DOCKER", "DOCKER_HUB",
    "GITHUB", "GITLAB", "OSV", "WORDPRESS_VULNERABILITIES", "NPM", "PYPI", "PYPI_JSON", "PACKAGIST", "WPACKAGIST",
    "WP_PACKAGES",
)  # fmt: skip
PERSON = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@shop.example"), ("DATE", "2026-01-01T00:00:00Z"))
}


def plugin(version: str, name: str = "Shop Cart", **files: str) -> dict[str, bytes]:
    """The files of a plugin."""
    header = f"<?php\n/*\nPlugin Name: {name}\nVersion: {version}\nRequires PHP: 7.4\n*/\n"
    made = {"shop-cart.php": header, "vendor/autoload.php": f"<?php // {version}\n", "readme.txt": "=== Cart ===\n"}
    return {path: text.encode() for path, text in (made | files).items()}


def zipped(files: Mapping[str, bytes], top: str = "shop-cart") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in files.items():
            archive.writestr(f"{top}/{path}", data)
    return out.getvalue()


def checksums(files: Mapping[str, bytes]) -> dict[str, Any]:
    return {"files": {path: {"md5": hashlib.md5(data).hexdigest()} for path, data in files.items()}}


def packument(name: str, *versions: str) -> dict[str, Any]:
    return {
        "name": name,
        "dist-tags": {"latest": versions[-1]},
        "modified": "2026-01-01T00:00:00.000Z",
        "versions": {version: {"name": name, "version": version, "dist": {}} for version in versions},
        "time": dict.fromkeys(versions, "2026-01-01T00:00:00.000Z"),
    }


def wordpress_plugin(server: Loopback, slug: str, *versions: str) -> dict[str, Any]:
    links = {version: f"{server.url}/plugin/{slug}.{version}.zip" for version in versions}
    return {
        "name": slug,
        "slug": slug,
        "version": versions[-1],
        "last_updated": "2026-11-01 10:00am GMT",
        "requires_php": "7.4",
        "versions": links,
        "download_link": links[versions[-1]],
        "sections": {"changelog": f"<h4>{versions[-1]}</h4><ul><li>Rounding of VAT, thanks @someone</li></ul>"},
    }


WORKFLOW = b"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/cache@v4.0.0\n"

FILES: Mapping[str, bytes] = {
    "package.json": b'{\n  "dependencies": {\n    "is-odd": "3.0.0"\n  }\n}\n',
    "themes/own/package.json": b'{\r\n  "dependencies": { "is-odd": "3.0.0", "sass": "1.70.0" }\r\n}\r\n',
    ".github/workflows/tests.yml": WORKFLOW,
    ".gitignore": b"vendor/\n",
    **{f"wp-content/plugins/shop-cart/{path}": data for path, data in plugin("1.3.0").items()},
}


class Site:
    """A repository, and `maintainer` run in it as a user would."""

    def __init__(self, root: Path, home: Path, server: Loopback) -> None:
        self.root = root
        self.server = server
        home.mkdir(parents=True, exist_ok=True)
        urls = {f"MAINTAINER_{name}_URL": server.url for name in SERVICES}
        self.environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}, HOME=str(home), CI="true", **urls)

    def git(self, *argv: str) -> Finished:
        environment = self.environment | PERSON | {"GIT_CONFIG_GLOBAL": "/dev/null"}
        done = run(["git", *argv], cwd=self.root, environment=environment)
        assert done.code == 0, done.err
        return done

    def write(self, files: Mapping[str, bytes], message: str = "The site") -> None:
        """Commit files, ignored ones too."""
        for path, data in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(data)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", message)

    def maintainer(self, *argv: str, now: datetime = NOW) -> tuple[int, str, str]:
        """The exit code, standard output and standard error of a command."""
        out, err = io.StringIO(), io.StringIO()
        code = cli.run(["-C", str(self.root), *argv], environment=self.environment, now=now, out=out, err=err)
        return code, out.getvalue(), err.getvalue()

    def plan(self, expected: int = 0) -> dict[str, Any]:
        code, out, err = self.maintainer("plan", "--format", "json")
        assert code == expected, (out, err)
        document: dict[str, Any] = json.loads(out)
        return document

    def state(self) -> dict[str, Any]:
        """All that a run may change: branches, records, and nothing else."""
        refs = self.git("for-each-ref", "--format=%(refname) %(objectname)").text.splitlines()
        folder = self.root / ".git/maintainer"
        kept = {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}
        return {
            "refs": refs,
            "kept": {path: text for path, text in kept.items() if not path.startswith("scratch/")},
            "status": self.git("status", "--porcelain").text,
            "worktrees": self.git("worktree", "list", "--porcelain").text.count("worktree "),
        }


@contextmanager
def site(folder: Path, files: Mapping[str, bytes] = FILES) -> Iterator[Site]:
    """A committed site whose services answer; `site.server.answers` may be changed."""
    with Loopback({}) as server:
        old, new = plugin("1.3.0"), plugin("1.4.0")
        cart = wordpress_plugin(server, "shop-cart", "1.3.0", "1.4.0")

        def information(request: Request) -> Any:
            return cart if "shop-cart" in request.query else Reply(404, {"error": "Plugin not found."})

        def no_advisories(request: Request) -> Any:
            return {"results": [{} for _ in json.loads(request.body)["queries"]]}

        server.answers |= {
            "/is-odd": packument("is-odd", "3.0.0", "3.0.1"),
            "/sass": packument("sass", "1.70.0", "2.0.0"),
            "/plugins/info/1.2/": information,
            "/plugin/shop-cart.1.3.0.zip": zipped(old),
            "/plugin/shop-cart.1.4.0.zip": zipped(new),
            "/plugin-checksums/shop-cart/1.3.0.json": checksums(old),
            "/plugin-checksums/shop-cart/1.4.0.json": checksums(new),
            "/repos/actions/cache/tags": [
                {"name": "v4.0.0", "commit": {"sha": "0" * 40}},
                {"name": "v4.1.0", "commit": {"sha": "1" * 40}},
            ],
            "/repos/actions/cache/releases": [
                {"tag_name": "v4.1.0", "body": "Fixes #12", "published_at": "2026-10-01T00:00:00Z"}
            ],
            "/repos/actions/cache/releases/tags/v4.1.0": {"tag_name": "v4.1.0", "published_at": "2026-10-01T00:00:00Z"},
            "/v1/querybatch": no_advisories,
        }
        made = Site(folder / "site", folder / "home", server)
        made.root.mkdir(parents=True)
        made.git("init", "--quiet", "--initial-branch=main")
        made.write(files)
        yield made

"""The demo's outside world on loopback: what wordpress.org, endoflife.date, Docker Hub and GitHub would answer.

npm and PyPI are asked for real. The answers have the documented form of each service; the archives are the real ones.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from maintainer.commands.demo_site import PLUGIN, Material, zipped

#: The services of the demo, each below its own folder of one server.
SERVICES = (
    "wordpress-api", "wordpress-downloads", "wordpress-svn", "wordpress-theme-svn", "endoflife", "docker", "docker-hub",
    "github", "osv", "wordpress-vulnerabilities",
)  # fmt: skip
COMPOSER_PACKAGE = "wpackagist-plugin/example-cache"


#: https://ossf.github.io/osv-schema/, of a package that exists in this demo alone.
_ADVISORY = {
    "id": "EXAMPLE-2026-0001",
    "summary": "A visitor can read what is cached for another",
    "affected": [
        {
            "package": {"ecosystem": "Packagist", "name": COMPOSER_PACKAGE},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.4.2"}]}],
        }
    ],
    "database_specific": {"severity": "HIGH"},
}


def _affected(queries: Sequence[Any]) -> Mapping[str, Any]:
    """https://google.github.io/osv.dev/post-v1-querybatch/."""
    listed = {"vulns": [{"id": _ADVISORY["id"], "modified": "2026-11-20T08:00:00Z"}]}
    hit = {"name": COMPOSER_PACKAGE, "ecosystem": "Packagist"}
    return {"results": [listed if one.get("package") == hit else {} for one in queries]}


@contextmanager
def world(made_of: Material, archives: Path, now: datetime) -> Iterator[str]:
    """The address of a server that plays all services, while it runs."""
    answers = Answers(made_of, archives, now)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = answers.get(self.path)
            body = found if isinstance(found, bytes) else json.dumps(found or {"error": "not found"}).encode()
            self._answer(body, 404 if found is None else 200)

        def do_POST(self) -> None:
            length = min(int(self.headers.get("content-length", 0)), 10_000_000)
            asked = json.loads(self.rfile.read(length))
            self._answer(json.dumps(_affected(asked.get("queries", ()))).encode(), 200)

        def _answer(self, body: bytes, status: int) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: the demo shows what maintainer says."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answers.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield answers.address
        finally:
            server.shutdown()


def environment(address: str) -> dict[str, str]:
    """The variables that point each service of the demo to this server."""
    return {f"MAINTAINER_{name.upper().replace('-', '_')}_URL": f"{address}/{name}" for name in SERVICES}


class Answers:
    """What each service says; paths as documented, below the service's name."""

    def __init__(self, made_of: Material, archives: Path, now: datetime) -> None:
        self.address = ""
        self._made_of = made_of
        self._archives = archives
        self._now = now

    def get(self, target: str) -> object:
        """The answer to a GET, as JSON values or bytes; None for what isn't there."""
        parts = urlsplit(target)
        _, service, path = parts.path.split("/", 2) if parts.path.count("/") > 1 else ("", "", "")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match service:
            case "wordpress-api":
                return self._wordpress(path, query)
            case "wordpress-downloads":
                return self._download(path)
            case "endoflife":
                return self._cycles(path.rstrip("/").rpartition("/")[2])
            case "docker":
                return {"name": "php", "tags": _TAGS} if path == "v2/library/php/tags/list" else None
            case "docker-hub":
                return {"last_updated": self._ago(20), "digest": "sha256:" + "a" * 64}
            case "github":
                return self._github(path)
            case "composer":
                return self._composer(path)
            case "osv":
                return _ADVISORY if path == f"v1/vulns/{_ADVISORY['id']}" else None
        return None

    def _ago(self, days: int) -> str:
        return (self._now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _wordpress(self, path: str, query: Mapping[str, str]) -> object:
        if path.startswith("core/version-check/"):
            offer = {"response": "upgrade", "version": "6.5.5", "current": "6.5.5", "locale": "en_US"}
            offer |= {"php_version": "7.0.0", "mysql_version": "5.5.5"}
            full = f"{self.address}/wordpress-downloads/release/wordpress-6.5.5.zip"
            return {"offers": [{**offer, "download": full, "packages": {"full": full}}], "translations": []}
        if path.startswith("core/stable-check/"):
            return {"6.4.5": "outdated", "6.5.5": "latest"}
        if path.startswith("core/checksums/"):
            return {"checksums": self._core_checksums(query.get("version", ""))}
        slug = query.get("request[slug]", "")
        if path.startswith("plugins/info/"):
            return self._plugin(slug)
        if path.startswith("themes/info/"):
            return self._theme(slug)
        return None

    def _core_checksums(self, version: str) -> object:
        folder = self._made_of.wordpress.get(version)
        if folder is None:
            return False
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): _digest("md5", path) for path in files}

    def _plugin(self, slug: str) -> object:
        """https://codex.wordpress.org/WordPress.org_API#Plugins, version 1.2."""
        installed = {"akismet": "5.3.2", "hello-dolly": "1.7.2"}.get(slug)
        if installed:
            return self._listed(slug, {installed: f"{self.address}/wordpress-downloads/plugin/{slug}.zip"}, installed)
        if slug != PLUGIN:
            return None
        base = f"{self.address}/wordpress-downloads/plugin/{PLUGIN}"
        listed = self._listed(slug, {version: f"{base}.{version}.zip" for version in self._made_of.plugin}, "2.2.17")
        changelog = (
            "<h4>2.2.17</h4><ul><li>Support for more of MySQL: the new driver translates queries from a syntax tree."
            "</li><li>Requires PHP 7.2.</li></ul><h4>2.1.11</h4><ul><li>Fixes for REGEXP and DELETE.</li></ul>"
        )
        return {**listed, "requires_php": "7.2", "sections": {"changelog": changelog}}

    def _theme(self, slug: str) -> object:
        installed = {"twentytwentyfour": "1.0", "twentytwentythree": "1.3", "twentytwentytwo": "1.6"}.get(slug)
        link = f"{self.address}/wordpress-downloads/theme/{slug}.zip"
        return self._listed(slug, {installed: link}, installed) if installed else None

    def _listed(self, slug: str, versions: Mapping[str, str], newest: str) -> dict[str, object]:
        updated = (
            (self._now - timedelta(days=10)).strftime("%Y-%m-%d %I:%M%p GMT").replace("AM", "am").replace("PM", "pm")
        )
        return {
            "name": slug,
            "slug": slug,
            "version": newest,
            "requires": "6.4",
            "requires_php": False,
            "last_updated": updated,
            "download_link": versions[newest],
            "versions": dict(versions),
        }

    def _download(self, path: str) -> object:
        kind, _, name = path.partition("/")
        if kind == "plugin-checksums":
            folder = self._made_of.plugin.get(name.rpartition("/")[2].removesuffix(".json"))
            return self._plugin_checksums(folder) if folder else None
        stem = name.removesuffix(".zip")
        if kind == "plugin" and stem.startswith(f"{PLUGIN}."):
            return self._zip(self._made_of.plugin.get(stem.removeprefix(f"{PLUGIN}.")), stem, PLUGIN)
        if kind == "release" and stem.startswith("wordpress-"):
            return self._zip(self._made_of.wordpress.get(stem.removeprefix("wordpress-")), stem, "wordpress")
        return None

    def _zip(self, folder: Path | None, stem: str, top: str) -> bytes | None:
        if folder is None:
            return None
        path = self._archives / f"{stem}.zip"
        if not path.is_file():
            zipped(folder, path, top)
        return path.read_bytes()

    def _plugin_checksums(self, folder: Path) -> object:
        files = [path for path in folder.rglob("*") if path.is_file()]
        listed = {
            path.relative_to(folder).as_posix(): {"md5": _digest("md5", path), "sha256": _digest("sha256", path)}
            for path in files
        }
        return {"plugin": PLUGIN, "files": listed}

    def _cycles(self, product: str) -> object:
        """https://endoflife.date/docs/api/v1/."""
        listed = [
            {
                "name": name,
                "releaseDate": begun,
                "isLts": lts,
                "isEol": until < f"{self._now:%Y-%m-%d}",
                "eolFrom": until,
                "latest": {"name": latest, "date": dated, "link": None},
            }
            for name, latest, begun, dated, until, lts in _CYCLES.get(product, ())
        ]
        return {"schema_version": "1.2.0", "result": {"name": product, "releases": listed}} if listed else None

    def _github(self, path: str) -> object:
        """https://docs.github.com/en/rest/repos/repos#list-repository-tags."""
        tags = _ACTIONS.get(path.removeprefix("repos/").removesuffix("/tags"))
        if tags:
            return [{"name": tag, "commit": {"sha": hashlib.sha1(tag.encode()).hexdigest()}} for tag in tags]  # noqa: S324
        if "/releases/tags/" in path:
            return {"tag_name": path.rpartition("/")[2], "published_at": self._ago(60), "html_url": ""}
        return [] if path.endswith("/releases") else None

    def _composer(self, path: str) -> object:
        """https://getcomposer.org/doc/05-repositories.md#composer."""
        if path == "packages.json":
            return {
                "packages": [],
                "metadata-url": "/composer/p2/%package%.json",
                "available-packages": [COMPOSER_PACKAGE],
            }
        if path == f"p2/{COMPOSER_PACKAGE}.json":
            releases = [
                {
                    "name": COMPOSER_PACKAGE,
                    "version": version,
                    "type": "wordpress-plugin",
                    "time": self._ago(days),
                    "require": {"php": ">=7.4"},
                    "dist": {"type": "zip", "url": f"{self.address}/composer/example-cache-{version}.zip"},
                }
                for version, days in (("1.4.2", 9), ("1.3.0", 200))
            ]
            return {"packages": {COMPOSER_PACKAGE: releases}}
        return None


def _digest(algorithm: str, path: Path) -> str:
    return hashlib.new(algorithm, path.read_bytes(), usedforsecurity=False).hexdigest()


_TAGS = [
    "8.1-fpm-alpine",
    "8.1-cli",
    "8.2-fpm-alpine",
    "8.3-fpm-alpine",
    "8.3-cli",
    "8.4-fpm-alpine",
    "8.4-cli",
    "latest",
]

#: name, newest release, when the cycle began, when its newest is from, until when it is supported, long-term support
_CYCLES = {
    "php": (
        ("8.5", "8.5.0", "2026-11-19", "2026-11-19", "2030-12-31", False),
        ("8.4", "8.4.15", "2024-11-21", "2026-10-20", "2028-12-31", False),
        ("8.3", "8.3.28", "2023-11-23", "2026-10-20", "2027-12-31", False),
        ("8.2", "8.2.30", "2022-12-08", "2026-10-20", "2026-12-31", False),
        ("8.1", "8.1.34", "2021-11-25", "2025-12-18", "2025-12-31", False),
    ),
    "nodejs": (
        ("24", "24.11.1", "2025-05-06", "2026-10-11", "2028-04-30", True),
        ("22", "22.21.1", "2024-04-24", "2026-10-28", "2027-04-30", True),
        ("20", "20.19.5", "2023-04-18", "2026-03-10", "2026-04-30", True),
    ),
    "wordpress": (("6.5", "6.5.5", "2024-04-02", "2024-06-24", "2027-12-31", False),),
}

_ACTIONS = {
    "actions/checkout": ("v5", "v5.0.0", "v4", "v4.2.2", "v3", "v3.6.0"),
    "shivammathur/setup-php": ("v2", "2.35.0", "v1"),
}

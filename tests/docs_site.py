"""The documentation site: `python -m tests.docs_site INTO` builds it, as `make docs` does.

The pages stand in docs/ as people read them on a forge. The site has them at its top, with CHANGELOG.md and
CONTRIBUTING.md, the policies and what sites copy. So they are put together in a folder first, with their links led to
where things stand there, and in the dialect of the renderer. docs/mkdocs.yml says how the site looks and what its
navigation is; a link that leads nowhere, or to a heading that isn't there, ends the build.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from posixpath import relpath

import yaml

from tests.docs_dialect import LINK, rendered

ROOT = Path(__file__).parent.parent
SETTINGS = ROOT / "docs/mkdocs.yml"
PROGRAM = ROOT / ".cache/docs/bin/zensical"
#: For who works on the project, and of no use to who uses it.
LEFT_OUT = ("docs/STATUS.md", "docs/mkdocs.yml")
#: Where pages of the top level stand in the site.
BESIDE = {"CHANGELOG.md": "project/changelog.md", "CONTRIBUTING.md": "project/contributing.md"}
#: What only the site has to know of a page: the first one has nothing beside it.
HEADS = {"index.md": "---\nhide: [navigation, toc]\n---\n\n"}
#: What people copy: it is there to be downloaded.
FILES = ("workflows/github", "workflows/gitlab", "workflows/kubernetes")
FENCED = re.compile(r"(^ *```.*?^ *```$|`[^`\n]+`(?!\]))", re.MULTILINE | re.DOTALL)
#: Elements that fetch what they name, and the attribute that names it.
FETCHING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}


def places() -> dict[str, str]:
    """Where each file of the repository that the site has stands in it."""
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*") if path.is_file()}
    placed = {path: path.removeprefix("docs/") for path in sorted(found - set(LEFT_OUT))}
    copied = [path.relative_to(ROOT).as_posix() for folder in FILES for path in sorted((ROOT / folder).iterdir())]
    return placed | BESIDE | {path: path for path in copied}


def staged(into: Path) -> None:
    """Put the pages into a folder, and the settings beside it."""
    shutil.rmtree(into, ignore_errors=True)
    placed = places()
    for path, there in placed.items():
        target = into / "pages" / there
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".md"):
            text = (ROOT / path).read_text(encoding="utf-8")
            target.write_text(HEADS.get(there, "") + rendered(led(text, path, placed)), encoding="utf-8")
        else:
            shutil.copyfile(ROOT / path, target)
    shutil.copyfile(SETTINGS, into / "mkdocs.yml")


def led(text: str, path: str, placed: dict[str, str]) -> str:
    """The page with each link led to where its target stands in the site; what isn't there is no link any more."""

    def link(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        if re.match(r"https?:|#", target):
            return found[0]
        file, _, anchor = target.partition("#")
        there = PurePosixPath(relpath(str(PurePosixPath(path).parent / file), "."))
        if there.parent.name == "policies":
            stands, anchor = "policies.md", there.stem
        elif str(there) in placed:
            stands = placed[str(there)]
        else:
            return words
        stands = relpath(stands, str(PurePosixPath(placed[path]).parent))
        return f"{picture}[{words}]({stands}{'#' if anchor else ''}{anchor})"

    return "".join(part if number % 2 else LINK.sub(link, part) for number, part in enumerate(FENCED.split(text)))


def navigation(listed: object) -> Iterator[str]:
    """The pages that the navigation leads to, in its order."""
    match listed:
        case str(page):
            yield page
        case list(entries):
            for entry in entries:
                yield from navigation(entry)
        case dict(titled):
            for below in titled.values():
                yield from navigation(below)


def settings() -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    return read


class Fetched(HTMLParser):
    """The addresses at other hosts that a page would fetch something from by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)
        self.addresses += re.findall(r"(?:@import\s+|url\()[\"']?((?:https?:)?//[^\s\"')]+)", page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        address = told.get(FETCHING.get(tag, "")) or ""
        if re.match(r"(?:https?:)?//", address) and told.get("rel") not in ("canonical", "next", "prev"):
            self.addresses.append(address)


def fetched(site: Path) -> set[str]:
    """What the whole site would fetch from other hosts: nothing, or it isn't private."""
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    return {str(address) for page in pages for address in Fetched(page.read_text(encoding="utf-8")).addresses}


def site(stage: Path) -> Path:
    """Build the site from a folder of its own, and return where it is; a broken link is a CalledProcessError."""
    staged(stage)
    argv: list[str | Path] = [PROGRAM, "build", "--strict", "--clean", "--config-file", stage / "mkdocs.yml"]
    subprocess.run(argv, env=os.environ | {"NO_COLOR": "1"}, check=True)
    return stage / "site"


def main(into: Path) -> int:
    """Build the site into a folder; a page that would ask another host is an error too."""
    try:
        made = site(into.parent / f"{into.name}-pages")
    except subprocess.CalledProcessError as error:
        return error.returncode
    if elsewhere := fetched(made):
        print(f"The site would fetch from other hosts: {', '.join(sorted(elsewhere))}", file=sys.stderr)
        return 1
    shutil.rmtree(into, ignore_errors=True)
    made.rename(into)
    print(f"Look at it: {(into / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))

"""Proposals as pages: one file each, self-contained, that shows what a reviewer on a forge would see."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader
from markdown_it import MarkdownIt
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class FilePatch:
    """One changed file: `lines` are (kind, text), kind `add`, `del`, `hunk` or `same`; `more` of them are not shown."""

    path: str
    added: int
    removed: int
    lines: tuple[tuple[str, str], ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """A proposal as a page shows it; `body` is the Markdown our own writer made, `name` the page's file name.

    A change that waits for an approval has no number, no commit and no patches yet.
    """

    name: str
    title: str
    state: str
    branch: str
    body: str
    number: int = 0
    reason: str = ""
    base: str = ""
    pushed: str = ""
    opened: str = ""
    changed: str = ""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    patches: tuple[FilePatch, ...] = ()
    files: int = 0
    added: int = 0
    removed: int = 0


def proposal(view: View) -> str:
    """One proposal: the description and the changes."""
    return _environment().get_template("proposal.html").render(view=view, body=rendered(view.body))


def index(views: Sequence[View], site: str, at: str) -> str:
    """All proposals of a repository: open ones first, then what waits, then the rest, newest first."""
    order = ("open", "waits")
    ordered = sorted(views, key=lambda view: (order.index(view.state) if view.state in order else 2, -view.number))
    return _environment().get_template("index.html").render(views=ordered, site=site, at=at)


def rendered(markdown: str) -> Markup:
    """Our Markdown as HTML.

    HTML in it passes: the only HTML in a body is our own, since everything from outside went through `sanitise.safe`.
    The pages' content security policy forbids scripts and requests all the same.
    """
    return Markup(_MARKDOWN.render(markdown.replace("- [ ] ", "- ☐ ")))  # noqa: S704 - see the docstring


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maintainer.writers"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def patches(diff: str, shown: int = 30, longest: int = 120) -> tuple[FilePatch, ...]:
    """The files of a `git diff --no-color` text; the first `shown` with at most `longest` lines each."""
    found: list[FilePatch] = []
    for part in ("\n" + diff).split("\ndiff --git ")[1:]:
        header, *lines = part.split("\n")
        path = next((line[6:] for line in lines if line.startswith("+++ b/")), header.rpartition(" b/")[2])
        start = next((at for at, line in enumerate(lines) if line.startswith("@@")), len(lines))
        changed = [(_kind(line), line) for line in lines[start:] if line]
        found.append(
            FilePatch(
                path=path.strip('"'),
                added=sum(kind == "add" for kind, _ in changed),
                removed=sum(kind == "del" for kind, _ in changed),
                lines=tuple(changed[:longest]) if len(found) < shown else (),
                more=max(len(changed) - longest, 0) if len(found) < shown else len(changed),
            )
        )
    return tuple(found)


def _kind(line: str) -> str:
    return {"+": "add", "-": "del", "@": "hunk"}.get(line[0], "same")

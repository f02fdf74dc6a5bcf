"""The local platform's pages: one for each proposal and an index, written anew after every change to them."""

from pathlib import Path

from maintainer.commands.context import Context
from maintainer.commands.plan import Planned
from maintainer.commands.platform import git_folder
from maintainer.platforms import kept
from maintainer.platforms.approvals import Waiting, waiting
from maintainer.platforms.local import Record
from maintainer.workspace.git import Git
from maintainer.writers import page

#: A page shows so much of a diff at most; a whole core update is 100 MB of it.
DIFF_LIMIT = 2 * 1024 * 1024


def write(context: Context, planned: Planned) -> Path:
    """Write all pages; returns the index."""
    assert planned.checkout.git and planned.platform
    folder = git_folder(planned.checkout) / "pages"
    views = [_view(planned.checkout.git, record) for record in planned.platform.local.records()]
    views += map(_waiting, waiting(git_folder(planned.checkout)))
    index = folder / "index.html"
    for view in views:
        kept.write(folder / f"{view.name}.html", page.proposal(view).encode("utf-8", "replace"))
    for old in set(folder.glob("*.html")) - {index, *(folder / f"{view.name}.html" for view in views)}:
        old.unlink()
    site = planned.config.settings.site.name or planned.checkout.root.name
    text = page.index(views, site, f"{context.now:%Y-%m-%d %H:%M %Z}")
    kept.write(index, text.encode("utf-8", "replace"))
    return index


def _waiting(one: Waiting) -> page.View:
    return page.View(
        name=one.branch.rpartition("/")[2], title=one.title, state="waits", branch=one.branch, body=one.body
    )


def _view(git: Git, record: Record) -> page.View:
    between = f"{record.pushed}^", record.pushed
    added = removed = files = 0
    for row in git.run("diff", "--numstat", "-z", "--no-renames", *between, check=False).text.split("\0")[:-1]:
        plus, minus, _ = row.split("\t", 2)
        files += 1
        added += int(plus) if plus.isdigit() else 0
        removed += int(minus) if minus.isdigit() else 0
    diff = git.run("diff", "--no-color", "--no-renames", "--unified=3", *between, check=False, limit=DIFF_LIMIT).text
    written = record.written
    return page.View(
        name=str(record.number),
        number=record.number,
        title=written.title,
        state=record.state,
        reason=record.reason,
        branch=record.branch,
        base=record.base,
        pushed=record.pushed,
        opened=record.opened,
        changed=record.changed,
        body=written.body,
        labels=written.labels,
        reviewers=written.reviewers,
        patches=page.patches(diff),
        files=files,
        added=added,
        removed=removed,
    )

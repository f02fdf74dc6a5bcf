"""`maintainer changelog`: keeps CHANGELOG.md, of the whole repository or of each of its packages.

    what changed since the last release, now and when the file was last told
      -> its lines now and then -> what is missing is put into the section Unreleased

People's words in it are left as they are; what could not be done because of that is said.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from maintainer.changes import Source
from maintainer.commands.changelog_files import File, Package, open_file, packages
from maintainer.commands.changelog_sections import Telling, begun
from maintainer.commands.context import Context
from maintainer.commands.release_teller import Teller, open_teller
from maintainer.errors import ConfigurationError
from maintainer.planning.reaching import reaching
from maintainer.writers.changelog import Line, needed
from maintainer.writers.changelog_keep import Kept, inserted


@dataclass(frozen=True, slots=True)
class Keeping:
    """A file as it is and as it is to be, with every line that is told since `base`, a name for people."""

    package: Package
    file: File
    base: str
    now: tuple[Line, ...]
    kept: Kept

    @property
    def differs(self) -> bool:
        return self.kept.text != self.file.text


def main(context: Context, args: argparse.Namespace) -> int:
    """Keep the files; with `--check` or `--print` only say what would be done. Raises ConfigurationError."""
    teller = open_teller(context, online=not args.offline)
    known = packages(teller.changelog, teller.release)
    wanted = [one for one in known if args.package in (None, one.name)]
    if not wanted:
        names = ", ".join(one.name for one in known if one.name) or "none"
        raise ConfigurationError(f"There is no package {args.package!r}. changelog.packages has: {names}.")
    made = [keep(teller, one, known, since=args.since, head=args.to) for one in wanted]
    if not (args.check or args.print or args.explain):
        for one in made:
            if one.differs:
                one.file.write(one.kept.text)
    answer(context, made, args)
    return 1 if args.check and any(one.differs for one in made) else 0


def keep(
    teller: Teller,
    package: Package,
    known: Sequence[Package],
    *,
    since: str = "",
    head: str = "HEAD",
    file: File | None = None,
    final: bool = False,
) -> Keeping:
    """A package's file with all that changed since its last release, or since the commit `since`.

    `final`: a release that is no pre-release is about to be made.
    """
    git = teller.scene.git
    file = file or open_file(teller.scene.checkout, package.file)
    commit = git.commit(head)
    if commit is None:
        raise ConfigurationError(f"{head!r} is no commit here: fetch its tag or branch, then try again.")
    telling = Telling(teller, package, tuple(one.path for one in known if one.path))
    before = begun(telling, file.text, commit, since=since, final=final)
    found = telling.told(before.base, commit)
    now = telling.lines(found)
    up_to = reaching(found.range, needed(found.changed, now, found.merges)) or found.range.head
    # The lines are all that is needed now, and a long history is large.
    del found
    then = before.then(telling, now, up_to)
    kept = inserted(before.kept.text, now, then, up_to, words=telling.words, file=package.file)
    return Keeping(package, file, before.tag, now, before.also(kept))


# answering


def answer(context: Context, made: Sequence[Keeping], args: argparse.Namespace) -> None:
    """What was done, or would be, for each file."""
    if context.format == "json":
        context.out.write(json.dumps({"schema": 1, "files": list(map(_document, made))}, indent=2, ensure_ascii=False))
        context.out.write("\n")
        return
    for number, one in enumerate(made):
        if len(made) > 1 and (args.print or args.explain):
            context.out.write("\n" * bool(number) + f"## {one.file.path}\n\n")
        if args.print:
            context.out.write(one.kept.section + "\n")
        elif args.explain:
            context.out.write("".join(map(_explained, one.now)))
        else:
            context.out.write(_said(one, done=not args.check))
        for sentence in one.kept.left:
            context.say(sentence)
        if not one.base:
            context.say(
                f"{one.file.path}: no tag like {one.package.rule.tag} is a release, so all of the history counts. "
                "Name where to begin with --from."
            )


def _said(one: Keeping, *, done: bool) -> str:
    since = f" since {one.base}" if one.base else ""
    if not one.differs:
        return f"{one.file.path} tells all that changed{since}.\n"
    does = "now tells" if done else "does not tell"
    head = f"{one.file.path} {does} all that changed{since}:\n"
    rows = [f"  + {line.kind}: {line.text}\n" for line in one.kept.added]
    rows += [f"  - {text}\n" for text in one.kept.removed]
    return head + "".join(rows or ["  (only up to which commit it is told)\n"])


def _explained(line: Line) -> str:
    sources = "".join(f"    {one.kind} {one.id}{f' {one.url}' if one.url else ''}\n" for one in line.sources)
    return f"{line.kind}: {line.words}\n{sources}"


def _document(one: Keeping) -> dict[str, Any]:
    return {
        "package": one.package.name,
        "file": one.file.path,
        "since": one.base,
        "changes": one.differs,
        "lines": [_row(line) for line in one.now],
        "added": [_row(line) for line in one.kept.added],
        "removed": list(one.kept.removed),
        "left": list(one.kept.left),
    }


def _row(line: Line) -> dict[str, Any]:
    return {
        "section": line.kind,
        "text": line.words,
        "breaking": line.is_breaking,
        "sources": [_source(one) for one in line.sources],
    }


def _source(one: Source) -> dict[str, str]:
    return {"kind": one.kind, "id": one.id, "url": one.url}

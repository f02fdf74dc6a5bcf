"""The end of a demo on a forge: a person merges what is ready, its notes in two languages, and the release."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from maintainer import cli
from maintainer.commands.context import Context
from maintainer.process import minimal, run
from tests.forges.github_rights import Refused

#: How many proposals the person merges.
MERGED = 4
#: Lines of notes that are shown; the page has the rest.
SHOWN = 40
LANGUAGES = ("en", "pl")


def released(kind: str, forge: Any, context: Context, into: Path) -> tuple[int, Path]:
    """The exit code of the release, and its page in English; `context.root` is a checkout of the forge's repository."""
    print(f"\n--- ada merges what is ready: {', '.join(_merged(kind, forge))}", flush=True)
    _check_out(kind, forge, context)
    context = replace(context, now=max(context.now, forge.now))
    for language in LANGUAGES:
        _notes(context, language)
    code = _ran(context, "release")
    return code, _held(kind, forge, into)


def _merged(kind: str, forge: Any) -> Iterator[str]:
    """Merge the first that go in; their numbers with their titles."""
    ada, state = forge.person("ada"), forge.state()
    listed, number = ("pulls", "number") if kind == "github" else ("merge_requests", "iid")
    ready = [one for one in state[listed] if one["state"] in ("open", "opened")]
    left = MERGED
    for one in ready:
        with suppress(Refused):  # it no longer goes in beside the others
            if left and ada.merge(one[number]):
                left -= 1
                yield f"#{one[number]} {one['title']}"


def _check_out(kind: str, forge: Any, context: Context) -> None:
    """What a CI does before its job."""
    bare = forge.repository().git if kind == "github" else forge.project().repository
    environment = minimal(context.environment, GIT_CONFIG_GLOBAL="/dev/null")
    for argv in (
        ["git", "fetch", "--quiet", str(bare.path), bare.default_branch],
        ["git", "checkout", "--quiet", "--detach", "--force", "FETCH_HEAD"],
    ):
        done = run(argv, cwd=context.root, environment=environment)
        assert done.code == 0, done.err.decode()


def _notes(context: Context, language: str) -> None:
    whole = StringIO()
    code = _ran(replace(context, out=whole), "release", "notes", "--language", language)
    assert code == 0, f"release notes ended with {code}"
    lines = whole.getvalue().splitlines()
    more = [f"({len(lines) - SHOWN} lines more)"] if len(lines) > SHOWN else []
    context.out.write("\n".join([*lines[:SHOWN], *more]) + "\n")


def _ran(context: Context, *argv: str) -> int:
    print(f"\n$ maintainer {' '.join(argv)}\n", flush=True)
    said = ["-C", str(context.root), *argv]
    return cli.run(said, environment=context.environment, now=context.now, out=context.out, err=context.err)


def _held(kind: str, forge: Any, into: Path) -> Path:
    """Show what the forge holds of the release, and keep its files; the page."""
    (release,) = forge.repository().releases if kind == "github" else forge.project().releases
    body = release.body if kind == "github" else release.description
    files = dict(_files(kind, forge, release))
    into.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (into / name).write_bytes(data)
    print(f"\n--- What the forge holds now\n\ntag     {release.tag}\ntitle   {release.name}")
    print("".join(f"file    {name} ({len(data):,} bytes)\n" for name, data in sorted(files.items())))
    print("\n".join(f"        {line}" for line in body.splitlines()[:12]), flush=True)
    sys.stdout.flush()
    return next(into / name for name in sorted(files) if name.endswith(f".{LANGUAGES[0]}.html"))


def _files(kind: str, forge: Any, release: Any) -> Mapping[str, bytes]:
    if kind == "github":
        return {one.name: one.data for one in release.assets}
    linked = {one.name for one in release.links}
    stored = (file for package in forge.project().packages for file in package.files)
    return {one.name: one.data for one in stored if one.name in linked}

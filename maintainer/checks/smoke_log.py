"""What a site writes to its logs while it is looked at."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maintainer.checks import smoke_page
from maintainer.checks.base import Site
from maintainer.checks.smoke_facts import Fact, looked, observed, unseen
from maintainer.evidence import Evidence

#: What a site that is started here prints, as a place.
PRINTED = "what the server prints"
#: Where WordPress writes what goes wrong: https://developer.wordpress.org/advanced-administration/debug/debug-wordpress/
USUAL = "wp-content/debug.log"
#: So much of a log is read.
MOST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Log:
    """A log of a site, as long as it was before the site was looked at. One that isn't there yet is 0 bytes long."""

    where: str
    path: Path
    size: int


def begun(site: Site, names: Sequence[str], folder: Path) -> tuple[Log, ...]:
    """The logs of a site: what it prints (`folder` has it), and the files of these names below its root."""
    if site.root is None:
        return ()
    paths = {PRINTED: folder / f"{site.side}.log"}
    paths |= {name: site.root / name for name in dict.fromkeys((*names, USUAL))}
    return tuple(Log(where, path, _size(path)) for where, path in paths.items() if _is_below(path, site, folder))


def evidence(site: Site, logs: Sequence[Log], names: Sequence[str], *, compared: bool) -> Evidence:
    """What they say since then. Without a baseline only what ended a request fails: of the rest nothing is known to
    be new. `names` are those the configuration gives: one that can't be read is no pass."""
    made = Evidence()
    if site.root is None and names:
        mend = "Only logs of a site that is started here (environments.staging.start) can be read"
        return Evidence(blind=tuple(unseen("log", name, site, "is on another machine", mend) for name in names))
    for log in logs:
        text, whole = _since(log)
        if text is None:
            if log.where in names:
                fact = Fact("log", "none", "nothing was written: there is no such file", "low", told=True)
                made += Evidence(
                    observations=(observed(fact, log.where, site),), looked=(looked("log", log.where, site),)
                )
            continue
        if not whole:
            reason = f"it grew by more than {MOST // 2**20} MiB while the site was looked at"
            made += Evidence(blind=(unseen("log", log.where, site, reason, "See what fills it"),))
        facts = dict.fromkeys(_facts(text))
        if not compared:
            facts = dict.fromkeys(replace(fact, told=fact.severity != "critical") for fact in facts)
        made += Evidence(
            observations=tuple(observed(fact, log.where, site) for fact in facts),
            looked=(looked("log", log.where, site),),
        )
    return made


def _facts(text: str) -> Iterator[Fact]:
    """Messages of PHP, and stack traces of others."""
    for message in _messages(text):
        for fact in smoke_page.errors(message):
            yield replace(fact, rule="log", sentence=f"says {fact.sentence}")
    for fact in smoke_page.traces(text):
        if fact.key != "PHP":  # its message was told
            yield Fact("log", f"trace {fact.key}", f"has a stack trace ({fact.key}): what was asked for broke", "high")


def _messages(text: str) -> Iterator[str]:
    """Each with the lines that follow it: an exception says at its end where it was thrown."""
    lines: list[str] = []
    for line in text.splitlines():
        if smoke_page.LEVEL.search(line):
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    yield "\n".join(lines)


def _is_below(path: Path, site: Site, folder: Path) -> bool:
    """Whether it leads nowhere else: the site's files are the proposal's, and may hold a link."""
    assert site.root
    real = path.resolve()
    return real.is_relative_to(site.root.resolve()) or real.is_relative_to(folder.resolve())


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _since(log: Log) -> tuple[str | None, bool]:
    """What was appended, and whether that is all of it; None where there is no file."""
    try:
        with os.fdopen(os.open(log.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                return None, True
            size = os.fstat(opened.fileno()).st_size
            # A log that became shorter was begun anew.
            opened.seek(log.size if size >= log.size else 0)
            data = opened.read(MOST + 1)
    except OSError:
        return None, True
    return data[:MOST].decode("utf-8", "replace"), len(data) <= MOST

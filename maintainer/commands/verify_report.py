"""What is left of `verify`: verdicts at the terminal, and a folder with them, all numbers, and what checks kept.

verify.json        the verdicts for programs (docs/schemas/verify.schema.json)
summary.md         the same for people: a proposal's comment, a step summary
measurements.json  every number that was seen, judged or not
head.log, base.log what sites that were started here printed
smoke/ …           what each check kept
"""

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from maintainer.commands import reports
from maintainer.commands.context import Context
from maintainer.commands.environment import Sites
from maintainer.commands.verify_target import Commits
from maintainer.config.load import Config
from maintainer.config.secrets import MASK
from maintainer.config.validation import plain
from maintainer.errors import ConfigurationError
from maintainer.evidence import Evidence, Outcome, Verdict, worst
from maintainer.writers import verify_json, verify_markdown, verify_rows
from maintainer.writers.verify_json import Report

FILES = ("verify.json", "summary.md", "measurements.json", "head.log", "base.log")


def fresh(folder: Path, checks: Iterable[str]) -> Path:
    """The folder, without what an earlier run left. A link in it may lead anywhere: it is taken away, not followed.

    Raises ConfigurationError where it can't be made.
    """
    try:
        if folder.is_symlink():
            raise ConfigurationError(
                f"--into: {folder} is a link. Name a folder, so that nothing is written elsewhere."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*FILES, *checks):
            path = folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--into: {error.filename or folder} can't be used: {error.strerror}.") from None
    return folder


def report(
    context: Context,
    config: Config,
    args: argparse.Namespace,
    of: Commits,
    verdicts: tuple[Verdict, ...],
    *,
    dirty: bool,
) -> Report:
    """The verdicts, with what they are of; `dirty`: what was looked at is no commit's."""
    told = {
        "file": plain(config.tree),
        "url": args.url,
        "baseline": args.baseline,
        "only": args.only,
        "skip": args.skip,
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    head = f"{of.head}-dirty" if of.head and dirty else of.head
    return Report(head, of.base, digest, context.now, verdicts)


def headline(config: Config, found: Sites) -> str:
    """`shop.example · https://pr-7.shop.example beside https://shop.example`."""
    site = config.settings.site
    name = site.name or (site.production or "").partition("://")[2].partition("/")[0]
    head = found.head.target.url if found.head else "the site could not be looked at"
    beside = f" beside {found.base.target.url}" if found.base else ", without a baseline" if found.head else ""
    return " · ".join(filter(None, (name, head + beside)))


def tell(context: Context, made: Report, evidence: Evidence, head: str, folder: Path, seconds: float) -> None:
    """Leave everything in the folder, and say it in the format that was asked for."""
    rows = verify_rows.rows(made.verdicts)
    summary = verify_rows.summary(made.verdicts, seconds)
    outcome: Outcome = worst({verdict.outcome for verdict in made.verdicts})
    markdown = verify_markdown.markdown(head, outcome, rows, summary)
    _write(folder / "verify.json", verify_json.text(made))
    _write(folder / "summary.md", markdown)
    _write(folder / "measurements.json", verify_json.measurements(evidence.measurements))
    if context.reports:
        reports.told(context.reports, markdown)
    match context.format:
        case "json":
            context.out.write(verify_json.text(made))
        case "markdown":
            context.out.write(markdown)
        case "text":
            context.out.write(_terminal(context, head, rows, summary, folder))


def masked(verdicts: Iterable[Verdict], hidden: Sequence[str]) -> tuple[Verdict, ...]:
    """The verdicts without secrets, which a site may have printed."""

    def mask(text: str) -> str:
        for secret in hidden:
            text = text.replace(secret, MASK)
        return text

    return tuple(replace(verdict, where=mask(verdict.where), reason=mask(verdict.reason)) for verdict in verdicts)


def hide(folder: Path, hidden: Sequence[str]) -> None:
    """Take secrets out of what was kept: answers and logs."""
    for path in folder.rglob("*") if hidden else ():
        if path.is_file() and not path.is_symlink():
            kept = data = path.read_bytes()
            for secret in hidden:
                data = data.replace(secret.encode(), MASK.encode())
            if data != kept:
                path.write_bytes(data)


def _terminal(context: Context, head: str, rows: list[verify_rows.Row], summary: str, folder: Path) -> str:
    from maintainer.writers import plan_text  # rich takes time to import, and JSON has no use for it

    cells = [(f"{row.mark} {row.outcome}", row.check, row.rules, row.where, row.reason) for row in rows]
    table = plan_text.table(cells, width=context.width, colour=context.colour)
    return f"{head}\n\n{table}\n{summary}\nResults: {folder}\n"


def _write(path: Path, text: str) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write(text)

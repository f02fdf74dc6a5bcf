"""What is told of `verify`: verdicts at the terminal, a folder with all of it, and what CI reads."""

import argparse
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from maintainer.commands import reports, verify_files
from maintainer.commands.context import Context
from maintainer.commands.environment import Sites
from maintainer.commands.verify_files import write
from maintainer.commands.verify_target import Commits
from maintainer.config.load import Config
from maintainer.config.validation import plain
from maintainer.errors import Unreadable
from maintainer.evidence import Evidence, Measurement, Outcome, Verdict, concluded
from maintainer.text.language import ENGLISH, Language
from maintainer.workspace.checkout import Checkout, decode
from maintainer.writers import (
    gitlab_widgets,
    junit,
    sarif,
    verify_annotations,
    verify_field,
    verify_html,
    verify_json,
    verify_language,
    verify_markdown,
    verify_rows,
)
from maintainer.writers.annotations import Annotation
from maintainer.writers.verify_json import Report
from maintainer.writers.verify_places import placing
from maintainer.writers.verify_view import Results


@dataclass(frozen=True, slots=True)
class Told:
    """What is told wherever people look: the report, a line on what was looked at, the whole in Markdown.

    `page` is where the report is found, empty where nobody but us can reach it.
    """

    report: Report
    measurements: Sequence[Measurement]
    annotations: Sequence[Annotation]
    markdown: str = field(repr=False)
    summary: str
    page: str = ""
    language: Language = ENGLISH

    @property
    def outcome(self) -> Outcome:
        return concluded(self.report.verdicts)


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
        "changed": args.changed,
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    head = f"{of.head}-dirty" if of.head and dirty else of.head
    return Report(head, of.base, digest, context.now, verdicts)


def masked(verdicts: Iterable[Verdict], hidden: Sequence[str]) -> tuple[Verdict, ...]:
    """The verdicts without secrets, which a site may have printed."""
    mask = verify_files.masking(hidden)
    return tuple(
        replace(
            verdict,
            where=mask(verdict.where),
            reason=mask(verdict.reason),
            artifacts=tuple(replace(one, what=mask(one.what)) for one in verdict.artifacts),
        )
        for verdict in verdicts
    )


def results(
    config: Config,
    made: Report,
    evidence: Evidence,
    found: Sites,
    folder: Path,
    hidden: Sequence[str],
    seconds: float,
) -> Results:
    """All that there is to tell, with what checks left in the folder; no secret stands in it or there afterwards."""
    mask = verify_files.masking(hidden)
    measurements = tuple(
        replace(
            one, where=mask(one.where), artifacts=tuple(replace(each, what=mask(each.what)) for each in one.artifacts)
        )
        for one in evidence.measurements
    )
    verify_files.hide(folder, hidden)
    return Results(
        report=made,
        site=_name(config),
        head=mask(found.head.target.url) if found.head else "",
        base=mask(found.base.target.url) if found.base else "",
        measurements=measurements,
        files=verify_files.shown(folder, verify_files.kept(made.verdicts, measurements)),
        names=(*verify_files.BESIDE, *(name for name in verify_files.LOGS if (folder / name).is_file())),
        seconds=seconds,
    )


def tell(context: Context, config: Config, checkout: Checkout, all_of_it: Results, folder: Path) -> Told:
    """Write it into the folder in every form, and say it in the one that was asked for."""
    made, measurements = all_of_it.report, all_of_it.measurements
    place = placing(frozenset(checkout.tracked()), config.file or "maintainer.yml", _text(checkout, config.file))
    page = address(context.environment, checkout.root, folder)
    language = verify_language.language(config.settings.language)
    summary = verify_rows.summary(made.verdicts, all_of_it.seconds, language)
    sites = [*filter(None, (all_of_it.head, all_of_it.base))]
    markdown = verify_markdown.markdown(sites, made.verdicts, summary, page, language)
    markdown += verify_field.markdown(made.field, language)
    notes = tuple(verify_annotations.annotations(made.verdicts, place, language))
    reports_of_lighthouse = verify_files.lighthouse_reports(all_of_it.files)
    forms = {
        "verify.json": verify_json.text(made),
        "report.html": verify_html.page(all_of_it, config.settings.site.timezone, language),
        "summary.md": markdown,
        "measurements.json": verify_json.measurements(measurements),
        "junit.xml": junit.junit(made, all_of_it.seconds),
        "results.sarif": sarif.sarif(made, place),
        "browser-performance.json": gitlab_widgets.browser_performance(measurements),
        "load-performance.json": gitlab_widgets.load_performance(measurements),
        "accessibility.json": gitlab_widgets.accessibility(reports_of_lighthouse),
    }
    for name, text in forms.items():
        write(folder / name, text)
    if context.reports:
        reports.verified(context.reports, markdown, notes, made.verdicts, folder)
    match context.format:
        case "json":
            context.out.write(forms["verify.json"])
        case "markdown":
            context.out.write(markdown)
        case "text":
            context.out.write(_terminal(context, all_of_it, summary, folder, language))
    return Told(made, measurements, notes, markdown, summary, page, language)


def headline(all_of_it: Results, language: Language = ENGLISH) -> str:
    """`shop.example · https://pr-7.shop.example beside https://shop.example`."""
    head, base, say = all_of_it.head, all_of_it.base, language.say
    beside = f" {say('beside')} {base}" if base else f", {say('without a baseline')}" if head else ""
    return " · ".join(filter(None, (all_of_it.site, (head or say("the site could not be looked at")) + beside)))


def address(environment: Mapping[str, str], root: Path, folder: Path) -> str:
    """Where CI keeps the page, as far as it is known before it is kept: GitLab's job, GitHub's run.

    https://docs.gitlab.com/ci/jobs/job_artifacts/#link-to-job-artifacts-in-the-merge-request-ui
    """
    job, server = environment.get("CI_JOB_URL", ""), environment.get("GITHUB_SERVER_URL", "")
    if job and folder.is_relative_to(root):
        return f"{job}/artifacts/file/{(folder.relative_to(root) / 'report.html').as_posix()}"
    path, run = environment.get("GITHUB_REPOSITORY", ""), environment.get("GITHUB_RUN_ID", "")
    return f"{server}/{path}/actions/runs/{run}#artifacts" if server and path and run else job


def _name(config: Config) -> str:
    site = config.settings.site
    return site.name or (site.production or "").partition("://")[2].partition("/")[0]


def _text(checkout: Checkout, file: str) -> str:
    """What the configuration says; nothing where there is none or it can't be read."""
    try:
        return decode(checkout.read(file), file) if file else ""
    except (Unreadable, ValueError):
        return ""


def _terminal(context: Context, all_of_it: Results, summary: str, folder: Path, language: Language) -> str:
    from maintainer.writers import plan_text  # rich takes time to import, and JSON has no use for it

    say = language.say
    rows = verify_rows.rows(all_of_it.report.verdicts, language)
    cells = [
        (f"{row.mark} {say(row.outcome)}", say(row.check, "check"), row.rules, row.where, row.reason) for row in rows
    ]
    table = plan_text.table(cells, width=context.width, colour=context.colour)
    return f"{headline(all_of_it, language)}\n\n{table}\n{summary}\n{say('Results')}: {folder / 'report.html'}\n"

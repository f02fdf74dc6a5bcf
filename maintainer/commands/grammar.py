"""The grammar of the command line: every command with its verbs and options; nothing heavy is imported here."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from maintainer.version import VERSION

SHELLS = ("bash", "zsh", "tcsh")
EXIT_CODES = """\
exit codes:
  0  fine; held updates are fine           4  a stale edit, or someone else's change
  1  policy or a budget says no            5  an unsafe archive
  2  the arguments or the configuration   70  our bug
  3  the outside world failed            130  interrupted"""


class Version(argparse.Action):
    """`--version`, read only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print(f"maintainer {VERSION}")
        parser.exit()


def shared() -> argparse.ArgumentParser:
    """The options that may stand before and after the command's name."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options = parser.add_argument_group("everywhere")
    options.add_argument("-C", "--directory", metavar="DIR", help="work on the repository in DIR instead of here")
    options.add_argument("--config", metavar="FILE", help="read FILE instead of the repository's maintainer.yml")
    options.add_argument("--format", choices=("text", "json", "markdown"), help="how to answer (default: text)")
    options.add_argument(
        "--reports", metavar="DIR", help="also write what CI reads into DIR: summary, findings, outputs"
    )
    options.add_argument("--no-color", "--no-colour", action="store_true", help="no colours, as NO_COLOR=1 does")
    return parser


def arguments() -> argparse.ArgumentParser:
    """The whole grammar."""
    everywhere = shared()
    parser = argparse.ArgumentParser(
        prog="maintainer",
        description="Keeps a website up to date: finds what is outdated, decides what may move now, and proposes it.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[everywhere],
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def command(name: str, says: str, into: Any = commands, parents: Sequence[Any] = ()) -> argparse.ArgumentParser:
        parents = [everywhere, *parents]
        made: argparse.ArgumentParser = into.add_parser(name, help=says, description=says, parents=parents)
        return made

    init = command("init", "write a maintainer.yml and a workflow that fit this site")
    init.add_argument(
        "--propose",
        dest="module",
        action="store_const",
        const="onboarding",
        help="open a proposal with them, and with what the first run would do, instead of writing files",
    )
    command("plan", "show what is outdated and what would be done; changes nothing")
    command("run", "do what the plan says: make each change on its own branch and propose it")

    verify_options(command("verify", "look at the site with the change, beside the one before it, and judge it"))

    proposals = command("proposals", "the proposals kept in this repository")
    verbs = proposals.add_subparsers(dest="verb", metavar="VERB", required=True)
    command("list", "all proposals and their states", verbs)
    for verb, says in (
        ("show", "one proposal as a reviewer sees it"),
        ("approve", "allow a change that waits for a person"),
        ("discard", "close a proposal; it stays closed"),
    ):
        command(verb, says, verbs).add_argument("proposal", help="its number or its branch")
    override = command("override", "let a proposal through a closed gate, for a while", verbs)
    override.add_argument("proposal", help="its number or its branch")
    override.add_argument("--reason", required=True, help="why: it is recorded")
    override.add_argument("--for", dest="lasts", metavar="2h", default="", help="for how long, in hours or minutes")

    gate_options(command("gate", "whether a proposal may be merged, or this commit deployed, now"))

    changelog_options(command("changelog", "keep CHANGELOG.md: what changed since the last release"))
    release_options(command)

    config = command("config", "check and explain the configuration")
    verbs = config.add_subparsers(dest="verb", metavar="VERB", required=True)
    command("check", "say whether maintainer.yml can be used", verbs)
    command("show", "the effective values and where each comes from", verbs)
    schema = command("schema", "the JSON Schema of maintainer.yml, for editors", verbs)
    schema.add_argument("--fleet", action="store_true", help="that of fleet.yml")

    fleet = command("fleet", "many sites: an inventory, central policies, the CI as the engine")
    verbs = fleet.add_subparsers(dest="verb", metavar="VERB", required=True)
    fleet_options(command("plan", "which sites there are, as shards for the jobs of a CI", verbs), "plan")
    fleet_options(command("run", "look after the sites of a shard, or after all", verbs), "run")
    fleet_options(command("status", "all results as one page", verbs), "status")

    freeze = command("freeze", "the calendar: when things may move, drawn, explained, changed")
    freeze_options(freeze.add_subparsers(dest="verb", metavar="VERB", required=True), command)

    command("doctor", "which tools are present, what each is for, how to get what is missing")
    demo = command("demo", "the main job on a sample repository")
    demo.add_argument("--into", metavar="DIR", help="where to put it (default: .demo)")
    completion = command("completion", "the completion script for a shell")
    completion.add_argument("shell", choices=SHELLS)
    return parser


def verify_options(verify: argparse.ArgumentParser) -> None:
    """The options of `verify`."""
    add = verify.add_argument
    add("--url", help="the site to look at, instead of environments.staging")
    add("--baseline", metavar="URL", help="the site before the change, instead of environments.baseline")
    add("--against", metavar="REF", help="the branch the change goes to (default: the proposal's, or origin's HEAD)")
    add("--only", action="append", default=[], metavar="CHECK", help="only this check; may be repeated")
    add("--skip", action="append", default=[], metavar="CHECK", help="not this check; may be repeated")
    add("--changed", action="store_true", help="only the checks that what the change touches needs")
    add("--into", metavar="DIR", help="where results and artifacts are left (default: in the git folder)")
    add("--post", action="store_true", help="also tell the proposal: a comment, a check on its commit, history")


def gate_options(gate: argparse.ArgumentParser) -> None:
    """The options of `gate`."""
    add = gate.add_argument
    add("--number", type=int, metavar="N", help="the proposal (default: the one this CI job is for)")
    add("--all", action="store_true", help="every open proposal")
    add("--post", action="store_true", help="also post the answer on the proposal: the status maintainer/gate")
    add("--what", choices=("merge", "deploy"), default="merge", help="what is to happen (default: merge)")
    add("--environment", metavar="NAME", help="of a deploy: where to")
    add("--since", metavar="REF", help="of a deploy: the commit that runs there now, so that exemptions count")
    add("--rollback", action="store_true", help="of a deploy: back to what ran before, which no freeze holds")


def changelog_options(changelog: argparse.ArgumentParser) -> None:
    """The options of `changelog`."""
    add = changelog.add_argument
    add("--from", dest="since", default="", metavar="REF", help="since this commit (default: the last release)")
    add("--to", default="HEAD", metavar="REF", help="up to this commit (default: the one that is checked out)")
    add("--package", metavar="NAME", help="only the file of this package, one of changelog.packages")
    add("--check", action="store_true", help="write nothing; exit code 1 where a file lacks something")
    add("--offline", action="store_true", help="ask no registry for advisories and publishers' notes")
    only = changelog.add_mutually_exclusive_group().add_argument
    only("--print", action="store_true", help="write nothing; print the section Unreleased as it would be")
    only("--explain", action="store_true", help="write nothing; print each line with what it is known from")


def release_options(command: Callable[..., argparse.ArgumentParser]) -> None:
    """`release` with its options, and its verbs, which it does without."""
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--version", default="", metavar="VERSION", help="the version, instead of the next one")
    named.add_argument("--pre", default="", metavar="NAME", help="a pre-release of this name, such as rc")
    between = argparse.ArgumentParser(add_help=False)
    add = between.add_argument
    add("--from", dest="since", default="", metavar="REF", help="since this tag or commit (default: the last release)")
    add("--to", default="", metavar="REF", help="up to this tag or commit (default: the one that is checked out)")
    says = "release what came since the last one: a tag, notes, the forge's release"
    release = command("release", says, parents=[named])
    verbs = release.add_subparsers(dest="verb", metavar="VERB")
    following = command("next", "the version it would be, and why", verbs, [between])
    following.set_defaults(module="release_version", version="")
    following.add_argument("--pre", default="", metavar="NAME", help="of a pre-release of this name, such as rc")
    notes = command("notes", "what changed, for people: half a page, then the details", verbs, [named, between])
    notes.set_defaults(module="release_notes")
    add = notes.add_argument
    says = "in this language, such as pl; may be repeated with --into"
    add("--language", action="append", default=[], metavar="CODE", help=says)
    add("--tone", choices=("client", "technical"), help="for an owner, or for those who build the site")
    only = notes.add_mutually_exclusive_group().add_argument
    only("--into", metavar="DIR", help="write them into DIR: HTML, Markdown, text, Slack and JSON, or as --format says")
    only("--explain", action="store_true", help="print each line with what it is known from")
    add("--offline", action="store_true", help="ask no registry for publishers' notes and advisories")


def fleet_options(verb: argparse.ArgumentParser, name: str) -> None:
    """The options of `fleet plan`, `fleet run` and `fleet status`."""
    add = verb.add_argument
    if name == "status":
        add("folder", metavar="DIR", help="the folder of results")
        add("--plan", metavar="FILE", help="the plan, so that sites without a result are told")
        add("--page", metavar="FILE", help="also write the summary as an HTML page")
        add("--title", default="Fleet", help="the page's title")
        add("--record", action="store_true", help="append the results to this repository's history")
        add("--strict", action="store_true", help="exit with the code of the worst site")
        return
    add("--inventory", metavar="FILE", help="the inventory (default: fleet.yml)")
    add("--listing", metavar="FILE", help="a JSON file that lists the owners' repositories, instead of their forge")
    add("--tag", action="append", default=[], help="only sites with this tag; several: with all of them")
    add("--site", action="append", default=[], metavar="NAME", help="only this site; may be repeated")
    add("--story", choices=("run", "plan"), default="run", help="what is done for each site (default: run)")
    add("--id", metavar="ID", help="the name of this plan (default: the CI's run, or the day)")
    add("--results", metavar="DIR", default="results", help="where results are kept (default: results)")
    if name == "run":
        add("--plan", metavar="FILE", help="the plan that `fleet plan --out` wrote")
        add("--shard", type=int, metavar="K", help="the shard of the plan to look after")
        add("--resume", action="store_true", help="leave out sites with a result of this plan")
        return
    add("--shards", type=int, default=8, metavar="N", help="as many jobs at most (default: 8)")
    add("--for", dest="ci", choices=("github", "gitlab"), help="print a GitHub matrix, or a GitLab child pipeline")
    add("--out", metavar="FILE", help="keep the plan for `fleet run`")
    add("--costs", metavar="DIR", help="balance by these results (default: by this repository's history)")
    add("--resume", metavar="DIR", help="leave out sites with a result of this plan in DIR")
    add("--parallel", type=int, default=8, metavar="N", help="jobs of a child pipeline at once (default: 8)")
    add("--image", default="", help="the image of a child pipeline's jobs")
    add("--before", action="append", default=[], metavar="COMMAND", help="what its jobs run first; may be repeated")


def freeze_options(verbs: Any, command: Callable[..., argparse.ArgumentParser]) -> None:
    """The verbs of `freeze`, each with its options."""
    phases = ("propose", "merge", "deploy")
    about = argparse.ArgumentParser(add_help=False)
    about.add_argument("--what", choices=phases, help="what wants to happen (default: deploy)")
    about.add_argument("--environment", default="", metavar="NAME", help="where to, of a deploy")
    at = "2026-11-27T18:00 on the site's clock, with an offset, a date, or +3d from now on"

    def verb(name: str, says: str, module: str = "freeze", *parents: argparse.ArgumentParser) -> Any:
        made = command(name, says, verbs, parents)
        made.set_defaults(module=module)
        return made.add_argument

    verb("status", "open or closed, by what and until when; exit code 0 or 1", "freeze", about)("--at", help=at)
    verb("next", "what changes next, and when", "freeze", about)
    add = verb("list", "all freezes and windows, and a picture of the coming days", "freeze_list", about)
    add("--days", type=int, default=90, metavar="N", help="how many days to show (default: 90)")
    add("--page", metavar="FILE", help="also write the picture as an HTML page")
    add = verb("explain", "what is so at a moment, and why", "freeze_explain", about)
    add("--at", help=at)
    add("--package", action="append", default=[], metavar="NAME", help="of this package; may be repeated")
    severities = ("low", "medium", "high", "critical")
    add("--severity", action="append", default=[], choices=severities, help="of a fix rated so; may be repeated")
    add("--path", action="append", default=[], help="of a change to this file; may be repeated")
    add("--manager", action="append", default=[], metavar="NAME", help="of what it manages; may be repeated")
    add("--rollback", action="store_true", help="of a rollback")
    add = verb("export", "the calendar for people to subscribe to", "freeze_export")
    add("--ics", nargs="?", const="", metavar="FILE", help="as iCalendar, into FILE (default: printed)")
    for name, says in (("declare", "propose a freeze"), ("lift", "propose that a freeze ends")):
        add = verb(name, says, "freeze_declare")
        add("name", metavar="NAME", help="the freeze's name")
        if name == "declare":
            add("--from", dest="since", help=f"when it begins (default: now): {at}")
            add("--to", help="when it has ended; a date is included")
            add("--for", dest="length", metavar="DURATION", help="how long it is, instead of --to (default: 24h)")
            add("--what", action="append", choices=phases, help="what it stops (default: merge and deploy)")
        add("--reason", default="", metavar="TEXT", help="why, for those who ask")
        add("--here", action="store_true", help="edit the file in this folder, without a proposal")

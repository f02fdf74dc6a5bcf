"""`verify --post`: the verdict where people decide. One living comment, a check on the commit, a point of history.

The comment says what the last run saw and is edited in place. The check `maintainer/verify` is a success only when
everything that was looked at passes: forges let both "neutral" and "skipped" through. Each of the three stands for
itself; what can't be posted is told and costs exit code 3.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from statistics import median

from maintainer.commands import gate_weigh
from maintainer.commands.context import Context
from maintainer.commands.outside import open_http
from maintainer.commands.platform import chosen, connect, pause, token
from maintainer.commands.verify_deployments import event
from maintainer.commands.verify_report import Told
from maintainer.commands.verify_target import Commits
from maintainer.config.load import Config
from maintainer.errors import ConfigurationError, MaintainerError, OutsideError
from maintainer.evidence import ORDER, Side
from maintainer.platforms.base import Annotation, Board, Status
from maintainer.text import foreign
from maintainer.text.event import Event
from maintainer.text.inert import subject
from maintainer.workspace.checkout import Checkout
from maintainer.workspace.git import Git
from maintainer.workspace.history import History

#: The check's name on the commit, and what the comment is known by.
NAME = "verify"
#: Rows of docs/history.md, and medians in one line of it.
VERIFIED, MEASURED, MEDIANS = "verified", "measured", 200


def refuse_nowhere(context: Context, checkout: Checkout) -> None:
    """Raises ConfigurationError where there is no forge, or no token: said before a site is looked at."""
    forge = chosen(context.forge)
    if forge == "local" or checkout.git is None:
        raise ConfigurationError(
            "--post: there is no forge here. Run in its CI, or set MAINTAINER_PLATFORM, MAINTAINER_REPOSITORY and a "
            "token (docs/github.md, docs/gitlab.md)."
        )
    if not context.forge.get("MAINTAINER_APP_ID"):
        token(forge, context.forge)


def post(context: Context, config: Config, checkout: Checkout, of: Commits, told: Told, *, partial: bool) -> int:
    """Post it; 0, or 3 when a part could not be posted. What was judged is in the folder in any case.

    `partial` says that not all checks were wanted: the gate doesn't take that for a verdict.
    """
    git = checkout.git
    assert git, "refuse_nowhere came first"
    try:
        forge = connect(context, config, checkout, open_http(context, config, checkout.root))
    except MaintainerError as error:
        context.say(f"Nothing was posted: {error.message}")
        return error.exit_code
    author = config.settings.updates.author
    history = History(git, forge.remote, pause, author.name, author.email)
    parts: Mapping[str, Callable[[], object]] = {
        "the check": lambda: _check(forge.board, told, _commit(context, git, of)),
        "the comment": lambda: _comment(forge.board, told, of),
        "history": lambda: history.append(_events(config, checkout, told, of, partial=partial), context.now),
    }
    return max(_done(context, name, part) for name, part in parts.items())


def _done(context: Context, name: str, part: Callable[[], object]) -> int:
    try:
        part()
    except (MaintainerError, ValueError) as error:
        context.say(f"Not posted, {name}: {error}")
        return OutsideError.exit_code
    return 0


def _comment(board: Board, told: Told, of: Commits) -> None:
    """On the proposal this run is for, where it is for one."""
    if of.number:
        board.comment(int(of.number), NAME, told.markdown)


def _check(board: Board, told: Told, commit: str) -> None:
    """A success needs every verdict, and needs them to be this commit's."""
    passed, sentence = told.outcome == "pass", told.summary
    if told.report.head and told.report.head.endswith("-dirty"):
        why = told.language.say("files differ from the commit, so this is not its verdict")
        passed, sentence = False, f"{why}: {sentence}"
    notes = [
        Annotation(
            one.file, one.line, "failure" if one.level == "error" else "warning", subject(one.subject), one.sentence
        )
        for one in told.annotations
        if one.file
    ]
    board.status(Status(commit, NAME, "success" if passed else "failure", subject(sentence), told.page), notes)


def _commit(context: Context, git: Git, of: Commits) -> str:
    """The commit of the proposal: CI often checks out a merge of it, which no branch has.

    Raises ConfigurationError where what was looked at has nothing to do with it.
    """
    known = event(context.forge)
    stated = foreign.text(known, "pull_request", "head", "sha", limit=64) or context.forge.get(
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""
    )
    assert of.head, "there is a commit"
    if not stated or stated == of.head:
        return of.head
    if stated in git.parents(of.head):
        return stated
    raise ConfigurationError(
        f"this is {of.head[:12]}, and the proposal is at {stated[:12]}. Check out the proposal: on GitHub give "
        "actions/checkout the ref ${{ github.event.pull_request.head.sha }}."
    )


def _events(config: Config, checkout: Checkout, told: Told, of: Commits, *, partial: bool) -> Iterator[Event]:
    """The verdict, and the medians of all that was measured, so that reports can tell how it went over time."""
    made = told.report
    site = config.settings.site.name or checkout.root.name
    number = int(of.number) if of.number else None
    counts = Counter(verdict.outcome for verdict in made.verdicts)
    data = {
        "verdict": told.outcome,
        "counts": {outcome: counts[outcome] for outcome in ORDER},
        "checks": sorted({verdict.check for verdict in made.verdicts}),
        "base": made.base,
        "config": made.config,
        "wanted": gate_weigh.digest(config),
        "partial": partial,
    }
    yield Event(made.at, site, VERIFIED, data, of.head or "", number)
    rows = _medians(told)
    for start in range(0, len(rows), MEDIANS):
        yield Event(made.at, site, MEASURED, {"medians": rows[start : start + MEDIANS]}, of.head or "", number)


def _medians(told: Told) -> list[list[object]]:
    """[check, metric, where, unit, with the change, before it] each."""
    found: dict[tuple[str, str, str, str], dict[Side, float]] = {}
    for one in told.measurements:
        if one.samples:
            key = one.check, one.metric, one.where[:200], one.unit
            found.setdefault(key, {})[one.side] = round(median(one.samples), 4)
    return [[*key, sides.get("head"), sides.get("base")] for key, sides in found.items()]

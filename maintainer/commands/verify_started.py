"""Sites that are started here, for the time they are looked at: in files of their own, with what they are given."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from maintainer.config.environments import Environment
from maintainer.errors import ConfigurationError, ToolFailed
from maintainer.evidence import Side
from maintainer.http_visit import free_port
from maintainer.process import Started, minimal, run, started
from maintainer.workspace.git import Git
from maintainer.workspace.worktree import worktree

#: Lines of a log that are told.
LAST_LINES = 5
#: A program that prepares or stops a site may take so long.
LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sites are made: `root` has the change, `git` is its repository, `folder` keeps logs.

    `names` fill the templates of addresses; `production` is the host customers use; `run` is this run's own word.
    """

    root: Path
    folder: Path
    scratch: Path
    outer: Mapping[str, str]
    names: Mapping[str, str]
    allowed: frozenset[str]
    production: str = ""
    run: str = field(default_factory=lambda: token_hex(8))
    ca: Path | None = None
    git: Git | None = None
    base: str | None = None
    seconds: float = 20
    at_once: int = 4
    #: Finds where a site was deployed to; raises `errors.ToolFailed`, its mend on a line of its own.
    deployed: Callable[[Environment, Side], str] | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A site's program at work: in the folder `root`, with all of `environment`."""

    program: Started
    root: Path
    environment: Mapping[str, str]
    port: int


def start(stack: ExitStack, wanted: Environment, side: Side, place: Place) -> Running:
    """Prepare and start it, until `stack` is closed. Raises `errors.ToolFailed`, its mend on a line of its own."""
    root = _before(stack, place) if side == "base" else place.root
    port = free_port()
    missing = [name for name in wanted.pass_env if name not in place.outer]
    if missing:
        raise ToolFailed(f"{', '.join(missing)} is not set, which environments.pass_env names\nSet it in the CI")
    given = {name: place.outer[name] for name in wanted.pass_env}
    environment = minimal(place.outer, **given, PORT=str(port), MAINTAINER_SIDE=side)
    if wanted.prepare:
        _to_its_end(wanted.prepare, "prepare", root, environment, port, place)
    argv = _arguments(wanted.start, port, place)
    log = place.folder / f"{side}.log"
    program = stack.enter_context(started(argv, cwd=root, environment=environment, log=log))
    if wanted.stop:
        stack.callback(_stopped, wanted.stop, root, environment, port, place)
    return Running(program, root, environment, port)


def _before(stack: ExitStack, place: Place) -> Path:
    """The files of the commit before the change, apart from the checkout."""
    assert place.git and place.base, "only a repository has a baseline that is started here"
    tree = stack.enter_context(worktree(place.git, place.base, place.scratch))
    tree.materialise()
    return tree.root


def _stopped(argv: Sequence[str], root: Path, environment: Mapping[str, str], port: int, place: Place) -> None:
    """What `stop` leaves running is ended with its process group, whatever `stop` says."""
    try:
        _to_its_end(argv, "stop", root, environment, port, place)
    except ToolFailed:
        return


def _to_its_end(
    argv: Sequence[str], what: str, root: Path, environment: Mapping[str, str], port: int, place: Place
) -> None:
    done = run(_arguments(argv, port, place), cwd=root, environment=environment, seconds=LONGEST, limit=64 * 1024)
    if done.code:
        said = last((done.out + done.err).decode("utf-8", "replace"))
        raise ToolFailed(f"{what} ({argv[0]}) failed with exit code {done.code}: {said}\nRun it by hand to see more")


def _arguments(argv: Sequence[str], port: int, place: Place) -> list[str]:
    return [filled(one, {**place.names, "port": str(port)}, must=False) for one in argv]


def filled(text: str, names: Mapping[str, str], *, must: bool = True) -> str:
    """The text with its `{name}`s. Raises ConfigurationError for one nobody knows."""
    for name, value in names.items():
        if f"{{{name}}}" in text:
            if must and not value:
                raise ConfigurationError(
                    f"{text}: what {{{name}}} stands for is not known here. Run in the CI of a proposal, or give --url."
                )
            text = text.replace(f"{{{name}}}", value)
    return text


def last(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return " / ".join(lines[-LAST_LINES:])[:600] or "it printed nothing"

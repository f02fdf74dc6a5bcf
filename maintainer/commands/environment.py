"""The sites that are looked at: by address, or started here, the one with the change beside the one before it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from maintainer.checks.base import Site
from maintainer.config.environments import Environment, Environments, Named
from maintainer.config.secrets import NAMES, looks_secret
from maintainer.credentials import basic
from maintainer.errors import ConfigurationError, OutsideError, ToolFailed
from maintainer.evidence import Blind, Side, Target
from maintainer.http_visit import Identity, Missed, Seen, Visitor, free_port, host_of
from maintainer.process import Started, minimal, run, started
from maintainer.workspace.git import Git
from maintainer.workspace.worktree import worktree

#: Between two looks whether a site is there.
PAUSE = 0.1
#: Lines of a log that are told.
LAST_LINES = 5
#: A shorter value is a word, and masking it would garble what it stands in.
SHORTEST_SECRET = 6
#: Statuses of a site that is being started.
STARTING = frozenset({502, 503, 504})
#: A program that prepares or stops a site may take so long.
LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sites are made: `root` has the change, `git` is its repository, `folder` keeps logs.

    `names` fill the templates of addresses; `production` is the host customers use.
    """

    root: Path
    folder: Path
    scratch: Path
    outer: Mapping[str, str]
    names: Mapping[str, str]
    allowed: frozenset[str]
    production: str = ""
    ca: Path | None = None
    git: Git | None = None
    base: str | None = None
    seconds: float = 20
    at_once: int = 4
    #: Finds where a site was deployed to; raises `errors.ToolFailed`, its mend on a line of its own.
    deployed: Callable[[Environment, Side], str] | None = None


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites that are there, and why one is not."""

    head: Site | None
    base: Site | None
    blind: tuple[Blind, ...] = ()


@contextmanager
def sites(wanted: Environments, place: Place) -> Iterator[Sites]:
    """Both sites, for as long as they are looked at. Raises ConfigurationError where staging is nowhere."""
    staging, baseline = wanted.staging, wanted.baseline
    if staging is None:
        raise ConfigurationError(
            "No site to look at is configured. Write environments.staging with its url, or with start: the program "
            "that serves it; or give --url. docs/verify.md shows both."
        )
    if baseline is None and staging.start and place.base:
        baseline = staging
    with ExitStack() as stack:
        blind: list[Blind] = []
        head = _site(stack, staging, "head", place, blind)
        base = _site(stack, baseline, "base", place, blind) if baseline and head else None
        yield Sites(head, base, tuple(blind))


def _site(stack: ExitStack, wanted: Environment, side: Side, place: Place, blind: list[Blind]) -> Site | None:
    """The site once it is ready; None and a reason where it doesn't get so far."""
    root = place.root
    try:
        port, running = 0, None
        if wanted.start:
            if side == "base":
                root = _before(stack, place)
            port = free_port()
            running = _start(stack, wanted, side, place, root, port)
        url = _address(wanted, side, place, port)
        visitor = Visitor(
            url,
            allowed=place.allowed,
            identity=identity(wanted, place.outer),
            environment=place.outer,
            ca=place.ca,
            seconds=place.seconds,
            at_once=place.at_once,
        )
        _await(wanted, visitor, running)
        if wanted.bypass:
            visitor.enter(wanted.bypass.name, _value(wanted.bypass, place.outer))
    except OutsideError as error:
        reason, _, mend = error.message.partition("\n")
        blind.append(Blind("environment", "", reason.removesuffix("."), mend, side, "ready"))
        return None
    return Site(Target(side, url), visitor, production=bool(place.production) and visitor.host == place.production)


def _address(wanted: Environment, side: Side, place: Place, port: int) -> str:
    if wanted.deployment and not wanted.url:
        assert place.deployed, "whoever gives such a site knows how to find it"
        return place.deployed(wanted, side)
    return _filled(wanted.url or "http://127.0.0.1:{port}", {**place.names, "port": str(port)})


def _before(stack: ExitStack, place: Place) -> Path:
    """The files of the commit before the change, apart from the checkout."""
    assert place.git and place.base, "only a repository has a baseline that is started here"
    tree = stack.enter_context(worktree(place.git, place.base, place.scratch))
    tree.materialise()
    return tree.root


def _start(stack: ExitStack, wanted: Environment, side: Side, place: Place, root: Path, port: int) -> Started:
    missing = [name for name in wanted.pass_env if name not in place.outer]
    if missing:
        raise ToolFailed(f"{', '.join(missing)} is not set, which environments.pass_env names\nSet it in the CI")
    given = {name: place.outer[name] for name in wanted.pass_env}
    environment = minimal(place.outer, **given, PORT=str(port), MAINTAINER_SIDE=side)
    if wanted.prepare:
        _to_its_end(wanted.prepare, "prepare", root, environment, port, place)
    argv = _arguments(wanted.start, port, place)
    running = stack.enter_context(started(argv, cwd=root, environment=environment, log=place.folder / f"{side}.log"))
    if wanted.stop:
        stack.callback(_stopped, wanted.stop, root, environment, port, place)
    return running


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
        said = _last((done.out + done.err).decode("utf-8", "replace"))
        raise ToolFailed(f"{what} ({argv[0]}) failed with exit code {done.code}: {said}\nRun it by hand to see more")


def _arguments(argv: Sequence[str], port: int, place: Place) -> list[str]:
    return [_filled(one, {**place.names, "port": str(port)}, must=False) for one in argv]


def _filled(text: str, names: Mapping[str, str], *, must: bool = True) -> str:
    """The text with its `{name}`s. Raises ConfigurationError for one nobody knows."""
    for name, value in names.items():
        if f"{{{name}}}" in text:
            if must and not value:
                raise ConfigurationError(
                    f"{text}: what {{{name}}} stands for is not known here. Run in the CI of a proposal, or give --url."
                )
            text = text.replace(f"{{{name}}}", value)
    return text


def identity(wanted: Environment, outer: Mapping[str, str]) -> Identity:
    """What each request carries. Raises `errors.ToolFailed` for a variable that is not set."""
    headers = {one.name: _value(one, outer) for one in wanted.headers}
    if wanted.basic_auth:
        user, password = (
            _variable(name, outer) for name in (wanted.basic_auth.user_env, wanted.basic_auth.password_env)
        )
        headers |= basic(user, password)
    return Identity(headers, {one.name: _value(one, outer) for one in wanted.cookies})


def secrets(wanted: Environments, outer: Mapping[str, str]) -> tuple[str, ...]:
    """What must stand nowhere in what is left: a site may print what it was given. The longest first."""
    found: set[str] = set()
    for one in filter(None, (wanted.staging, wanted.baseline)):
        named = (*one.headers, *one.cookies, *filter(None, (one.bypass,)))
        values = [outer.get(each.value_env, "") for each in named if each.value_env]
        values += [
            outer.get(name, "") for name in one.pass_env if NAMES.search(name) or looks_secret(outer.get(name, ""))
        ]
        if one.basic_auth:
            user, password = outer.get(one.basic_auth.user_env, ""), outer.get(one.basic_auth.password_env, "")
            values += [password, *(value.partition(" ")[2] for value in basic(user, password).values())]
        if one.woocommerce:
            key, secret = outer.get(one.woocommerce.key_env, ""), outer.get(one.woocommerce.secret_env, "")
            values += [key, secret, *(value.partition(" ")[2] for value in basic(key, secret).values())]
        found.update(value for value in values if len(value) >= SHORTEST_SECRET)
    return tuple(sorted(found, key=len, reverse=True))


def _value(named: Named, outer: Mapping[str, str]) -> str:
    return named.value if named.value is not None else _variable(named.value_env or "", outer)


def _variable(name: str, outer: Mapping[str, str]) -> str:
    value = outer.get(name, "")
    if not value:
        raise ToolFailed(f"{name} is not set\nSet that environment variable in the CI")
    if any(ord(character) < 32 or ord(character) > 255 for character in value):
        raise ToolFailed(f"{name} holds what no header can carry, such as a line break\nSet it anew in the CI")
    return value


def _await(wanted: Environment, visitor: Visitor, running: Started | None) -> None:
    """Wait until the site is there. Raises `errors.ToolFailed` when it ends, or doesn't get there in time."""
    until = time.monotonic() + wanted.ready.within
    while True:
        left = until - time.monotonic()
        seen = visitor.visit(visitor.url + wanted.ready.path, limit=1024, seconds=max(1.0, min(left, 20.0)))
        if _is_ready(seen, wanted.ready.status) or (not running and not _may_come(seen)):
            return
        code = running.code() if running else None
        if running and code:  # 0 is a program that leaves its server in the background
            said = _last(running.log.read_bytes()[-20_000:].decode("utf-8", "replace"))
            raise ToolFailed(f"{running.name} ended with exit code {code} before it served: {said}\nIts log has more")
        if left <= 0:
            what = f"answered {seen.status}" if isinstance(seen, Seen) else seen.sentence
            raise ToolFailed(
                f"{visitor.url}{wanted.ready.path} was not ready in {wanted.ready.within:.0f} s: it {what}\n"
                "Is it deployed? Raise ready.within where it only takes longer"
            )
        time.sleep(PAUSE)


def _is_ready(seen: Seen | Missed, status: int | None) -> bool:
    if isinstance(seen, Missed):
        return False
    return seen.status == status if status else seen.status < 500


def _may_come(seen: Seen | Missed) -> bool:
    """Whether waiting may help with a site that is not ours to start: not with a page that is broken."""
    return seen.kind in ("down", "silent", "garbled") if isinstance(seen, Missed) else seen.status in STARTING


def _last(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return " / ".join(lines[-LAST_LINES:])[:600] or "it printed nothing"


def production_host(url: str | None) -> str:
    """The host of production as an allow-list writes it, empty when it isn't known."""
    return host_of(url) if url and urlsplit(url).hostname else ""

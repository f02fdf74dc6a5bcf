"""What the gate judges by: the forge's open proposals, the base branch's own configuration, calendars and history.

Nothing of this is read from a proposal: it would judge itself.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands.context import Context
from maintainer.commands.outside import configuration, open_http
from maintainer.commands.platform import chosen, connect, git_folder, pause
from maintainer.config import load as loading
from maintainer.config.load import Config, load
from maintainer.config.yaml_file import Scalar, Table
from maintainer.platforms.base import Board
from maintainer.platforms.cases import Cases
from maintainer.platforms.local import LocalProposals
from maintainer.platforms.local_cases import LocalCases
from maintainer.platforms.local_releases import LocalReleases
from maintainer.platforms.releases import Releases
from maintainer.policy import owners
from maintainer.text.event import Event
from maintainer.workspace.checkout import Checkout, Snapshot, decode, open_checkout
from maintainer.workspace.git import Git
from maintainer.workspace.history import Here, History
from maintainer.workspace.remote import Remote

#: What was recorded longer ago about a commit is looked at anew.
MEMORY = timedelta(days=120)


@dataclass(frozen=True)
class Scene:
    """`base` is the commit of the base branch `branch`. `broken` says what is wrong with its configuration, where it
    can't be used: `config` is the default policy then. `board` and `remote` are None without a forge."""

    context: Context
    checkout: Checkout
    git: Git
    config: Config
    base: str
    branch: str
    cases: Cases
    history: History
    releases: Releases
    board: Board | None = None
    remote: Remote | None = None
    broken: str = ""
    folder: Path = field(default_factory=Path)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.rulebook.timezone)

    @property
    def site(self) -> str:
        return self.config.settings.site.name or self.checkout.root.name

    def ref(self, number: int) -> str:
        """Where the forge keeps a proposal's head.

        https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/checking-out-pull-requests-locally
        https://docs.gitlab.com/user/project/merge_requests/reviews/#checkout-merge-requests-locally-through-the-head-ref
        """
        folder = "pull" if chosen(self.context.forge) == "github" else "merge-requests"
        return f"refs/{folder}/{number}/head"

    @property
    def local(self) -> bool:
        return self.board is None

    @cached_property
    def files(self) -> Snapshot:
        """The base branch's own."""
        return self.checkout.at(self.base)

    @cached_property
    def events(self) -> Sequence[Event]:
        """What history tells of this site, oldest first."""
        found = self.history.read(self.context.now - MEMORY)
        for sentence in found.damaged:
            self.context.say(sentence)
        return [event for event in found.events if event.site == self.site]

    @cached_property
    def who(self) -> tuple[str, ...]:
        """Who may override: as configured, else the owners of the configuration."""
        stated = self.config.settings.gate.overrides.by
        place = next((one for one in owners.PLACES if one in self.files.listed), None)
        if stated or place is None or self.broken:
            return () if self.broken else stated
        return owners.owners(decode(self.files.read(place), place), [self.config.file or "maintainer.yml"])


def open_scene(context: Context) -> Scene:
    """Raises `errors.ConfigurationError` where there is no repository or no way to the forge, and `OutsideError`."""
    checkout = open_checkout(context.root, context.environment)
    git = checkout.git
    if git is None:
        raise errors.ConfigurationError(f"{checkout.root} is not in git: run `git init`, or name a repository with -C.")
    git.head()
    try:
        here = configuration(context, checkout.root)
    except errors.ConfigurationError:
        here = _default(context)  # enough to reach the forge; what counts is the base branch's own
    author = here.settings.updates.author
    if chosen(context.forge) == "local":
        folder = git_folder(checkout)
        local = LocalProposals(git, folder, git.branch() or git.head(), context.now)
        cases = LocalCases(local, folder, git)
        history = History(git, Here(git), pause, author.name, author.email)
        base = git.head()
        config, broken = _judging(context, checkout, base)
        releases = LocalReleases(git, folder, local)
        return Scene(
            context, checkout, git, config, base, local.base, cases, history, releases, broken=broken, folder=folder
        )
    http = open_http(context, here, checkout.root)
    forge = connect(context, here, checkout, http, _labels(here))
    branch = forge.proposals.base
    forge.branches.fetch([branch])
    base = forge.branches.head(branch)
    if not base:
        raise errors.BadAnswer(f"{forge.remote.url} shows no branch {branch}, which is the default one there.")
    config, broken = _judging(context, checkout, base)
    if _labels(config) != _labels(here):
        forge = connect(context, here, checkout, http, _labels(config))
    history = History(git, forge.remote, pause, author.name, author.email)
    return Scene(
        context,
        checkout,
        git,
        config,
        base,
        branch,
        forge.cases,
        history,
        forge.releases,
        forge.board,
        forge.remote,
        broken,
    )


def _labels(config: Config) -> tuple[str, ...]:
    """Those that ask for an override."""
    overrides = config.settings.gate.overrides
    return overrides.label, *overrides.urgent


def _judging(context: Context, checkout: Checkout, base: str) -> tuple[Config, str]:
    """The base branch's configuration, or what is wrong with it and the default policy."""
    try:
        return of_commit(context, checkout, base), ""
    except (errors.ConfigurationError, errors.Unreadable) as error:
        return _default(context), error.message


def of_commit(context: Context, checkout: Checkout, commit: str) -> Config:
    """The configuration as a commit has it. Raises `errors.ConfigurationError`."""
    files = checkout.at(commit)
    central = context.member.central if context.member else None
    with tempfile.TemporaryDirectory(prefix="maintainer-") as name:
        root = Path(name).resolve()
        wanted = [f"{folder}{file}" for folder in loading.FOLDERS for file in loading.NAMES]
        wanted = [path for path in wanted if path in files.listed]
        for path in wanted:
            _put(root, path, files.read(path))
        for path in wanted[:1]:
            stated = loading.read(root / path, path).items.get("registries")
            certificates = stated.items.get("ca_file") if isinstance(stated, Table) else None
            if isinstance(certificates, Scalar) and certificates.text in files.listed:
                _put(root, certificates.text, files.read(certificates.text))
        return load(root, context.environment, file=context.config, central=central)


def _put(root: Path, path: str, data: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)


def _default(context: Context) -> Config:
    """What holds where nothing is configured, but for what the environment says."""
    with tempfile.TemporaryDirectory(prefix="maintainer-") as name:
        return load(Path(name), context.environment)

"""All that is told of the commits between two releases, gathered from git, the managers, the forge and history.

What can't be had costs what it would have told, and is said: notes that leave something out say so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, TypeVar

from maintainer import errors
from maintainer.changes import OTHER, Changed, Entry, Range, Source
from maintainer.commands import release_moved
from maintainer.commands.context import Context
from maintainer.commands.gate_judge import Judge, calendar
from maintainer.commands.gate_scene import Scene, open_scene
from maintainer.commands.outside import configuration, open_http
from maintainer.config.load import Config
from maintainer.config.release import Changelog, Release
from maintainer.http import Http
from maintainer.planning.changed import changed
from maintainer.planning.evidenced import passed, proofs, unproven
from maintainer.planning.joined import joined, stated, traced
from maintainer.planning.required import required
from maintainer.planning.retold import movers, retold
from maintainer.planning.watching import watch
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.release_version import Rule
from maintainer.releasing import Contents, Gap, Held, Known, Merge, Missing, Moved, Rollback
from maintainer.text.commit_header import KNOWN
from maintainer.text.event import Event
from maintainer.workspace import commits
from maintainer.workspace.tags import Tags

Value = TypeVar("Value")
#: What the forge and history are asked for.
Asked = Literal["proposals", "history", "issues", "held"]

#: What services tell of the parts that moved.
OUTSIDE: tuple[Missing, ...] = ("advisories", "support", "publishers")

#: Clocks of those who commit go wrong: a proposal may be merged so long before the oldest commit it brought was made.
SLACK = timedelta(days=2)
#: Tags that are looked at for the last release that a commit has.
MOST_TAGS = 50


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a range, each part with its sources; `merges` are the proposals that brought it."""

    range: Range
    changed: Changed
    moved: tuple[Moved, ...] = ()
    merges: tuple[Merge, ...] = ()


@dataclass
class Teller:
    """`scene` is the gate's: the forge, history and calendars. `config` is what the files here say."""

    scene: Scene
    config: Config
    http: Http
    online: bool = True
    missing: list[Gap] = field(default_factory=list)
    #: What was merged since when, as far as it was asked for.
    _merges: tuple[datetime, Sequence[Merge]] | None = None
    _said: set[str] = field(default_factory=set)

    @property
    def release(self) -> Release:
        return self.config.whole.release

    @property
    def changelog(self) -> Changelog:
        return self.config.whole.changelog

    @property
    def name(self) -> str:
        """What is released."""
        return self.release.name or self.scene.site

    @cached_property
    def tags(self) -> Tags:
        return Tags(self.scene.git, self.scene.remote)

    def last(self, head: str, *, rule: Rule | None = None, below: str = "", stable: bool = False) -> tuple[str, str]:
        """The tag and the commit of the newest release that `head` has, empty where it has none.

        `rule` says what a release is called, where that isn't the site's. `below` is a version that it comes before;
        `stable`: a pre-release doesn't count.
        """
        rule = rule or self.release.rule
        end, left = rule.key(below) if below else None, list(self.tags.names())
        if end is not None:
            left = [name for name in left if (key := rule.key(rule.named(name))) is not None and key < end]
        candidates: list[str] = []
        while len(candidates) < MOST_TAGS and (newest := rule.last(left, stable=stable)):
            candidates.append(newest)
            left.remove(newest)
        known = self.tags.commits(candidates)
        had = (name for name in candidates if name in known and self.scene.git.is_ancestor(known[name], head))
        name = next(had, "")
        if not name and not candidates and not below and (others := self.tags.names()):
            self._say_once(
                f"No tag is a release of the form {rule.form}, written {rule.tag}; {others[-1]} is there, for one. If "
                "that is a release, set release.version and release.tag."
            )
        return name, known.get(name, "")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self.scene.context.say(sentence)

    def range(self, base: str, head: str, *, paths: bool = False) -> Range:
        """The commits between, completed from the forge where the history here is shallow."""
        remote, branch = self.scene.remote, f"refs/heads/{self.scene.branch}"
        refs = {branch: self.scene.base} if remote else None
        return commits.between(self.scene.git, base, head, paths=paths, remote=remote, refs=refs)

    def told(self, base: str, head: str, *, under: Sequence[str] = (), outside: Sequence[str] = ()) -> Told:
        """What changed between two commits: a file `under` one of these folders, else one `outside` all of those."""
        scene, history = self.scene, self.range(base, head, paths=bool(under or outside))
        made = joined(history, self.merged(history), {name.lower(): to for name, to in self.changelog.labels.items()})
        found = changed(history, restated=made.restated, under=under)
        if outside and not under:
            found = replace(found, entries=tuple(_outside(found.entries, history, outside)))
        found = traced(found, made, scene.releases.commit_url, scene.releases.issue_url)
        moved = self._moved(history, made.merges)
        by = movers(moved)
        found = retold(found, by, commits.files(scene.git, [one for one in history.commits if one.sha in by]))
        return Told(history, found, tuple(_placed(moved, under, outside)), made.merges)

    def contents(
        self, base: str, head: str, *, tag: str = "", version: str = "", at: datetime | None = None
    ) -> Contents:
        """What `head` has that `base` hasn't (names of commits, `base` may be empty); `tag` is the one of `base`."""
        self.missing = []
        scene, now = self.scene, self.scene.context.now
        told = self.told(base, head)
        history, found, moved, merges = told.range, self._shown(told.changed), told.moved, told.merges
        events = self._events(history)
        name = self.release.rule.tagged(version) if version else history.head
        seen = proofs(events, merges, [history.head])
        failed, unseen = unproven(seen, merges)
        return Contents(
            site=self.name,
            version=version,
            at=at or now,
            base=tag or history.base,
            head=history.head,
            range=Source("commit", history.head, scene.releases.commit_url(history.head)),
            changed=found,
            moved=moved,
            merges=merges,
            required=(*stated(merges), *required(moved, found)),
            watch=(*watch(moved), *unseen),
            known=(*failed, *self._known()),
            held=self._held(),
            proofs=seen,
            passed=passed(events, merges),
            rollback=self._rollback(history, tag, moved),
            compare=scene.releases.compare_url(tag or history.base, name) if history.base else "",
            missing=tuple(dict.fromkeys(self.missing)),
        )

    def _shown(self, found: Changed) -> Changed:
        """Without the types of commits that are configured to be told nowhere; what breaks is told in any case."""
        stated = {name.lower(): kind for name, kind in self.changelog.types.items()}

        def is_hidden(kind: str) -> bool:
            return stated.get(kind if kind in stated or kind in KNOWN else OTHER) == "hidden"

        return replace(found, entries=tuple(one for one in found.entries if one.breaking or not is_hidden(one.type)))

    def merged(self, history: Range) -> Sequence[Merge]:
        """All proposals that were merged since the oldest of these commits, as far as the forge tells."""
        since = min((one.at for one in history.commits), default=None)
        if since is None:
            return ()
        if self._merges is None or since < self._merges[0]:
            found = self._had("proposals", lambda: self.scene.releases.merged(since - SLACK))
            if found is None:
                return ()
            self._merges = since, found
        return self._merges[1]

    def _moved(self, history: Range, merges: Sequence[Merge]) -> tuple[Moved, ...]:
        """What moved; of a first release nothing did: there was nothing to move from."""
        scene = self.scene
        if not history.base:
            return ()
        if not self.online:
            self.missing += map(Gap, OUTSIDE)
        moved, missing = release_moved.moves(
            scene.checkout, history, self.config, scene.context.now, self.http if self.online else None, merges
        )
        self.missing += missing
        addressed = {source: self._addressed(source) for one in moved for source in one.sources}
        return tuple(
            replace(one, sources=tuple([addressed[source] for source in one.sources]))
            for one in moved
            if not self._is_own(one)
        )

    def _is_own(self, one: Moved) -> bool:
        """Whether it is what is released: its version moves with each release."""
        stated = {stated.path for stated in self.release.files}
        return one.part in ("plugin", "theme") and bool(stated.intersection(one.files))

    def _addressed(self, source: Source) -> Source:
        """A commit with where it can be looked at."""
        at_hand = source.url or source.kind != "commit"
        return source if at_hand else source._replace(url=self.scene.releases.commit_url(source.id))

    def _events(self, history: Range) -> tuple[Event, ...]:
        since = min((one.at for one in history.commits), default=self.scene.context.now)
        found = self._had("history", lambda: self.scene.history.read(since - SLACK))
        if found is None:
            return ()
        self.missing += (Gap("history", sentence) for sentence in found.damaged)
        return tuple(one for one in found.events if one.site == self.scene.site)

    def _known(self) -> tuple[Known, ...]:
        label = self.release.notes.known_issues
        found = self._had("issues", lambda: self.scene.releases.flagged(label)) or ()
        return tuple(Known(one.title, (one.source,)) for one in found)

    def _held(self) -> tuple[Held, ...]:
        """Open proposals that the calendar holds now."""
        scene, now = self.scene, self.scene.context.now
        if not closings(calendar(scene), now, Subject("merge")):
            return ()
        return tuple(self._had("held", lambda: list(_held(scene))) or ())

    def _rollback(self, history: Range, tag: str, moved: Iterable[Moved]) -> Rollback | None:
        if not history.base:
            return None
        # WordPress and its plugins change the database when their new code runs first.
        parts = tuple(one for one in moved if one.part in ("core", "plugin") and one.before and one.after)
        return Rollback(history.base, tag, tuple(one for one in parts if one.bump != "patch"))

    def _had(self, what: Asked, read: Callable[[], Value]) -> Value | None:
        """What `read` gives, None where that fails."""
        try:
            return read()
        except errors.OutsideError as error:
            self.missing.append(Gap(what, error.message))
            return None


def _outside(entries: Iterable[Entry], history: Range, folders: Sequence[str]) -> Iterator[Entry]:
    """The entries that no commit is a source of which changed a file in one of the folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    inside = {one.sha for one in history.commits if any(path.startswith(starts) for path in one.paths or ())}
    return (one for one in entries if not any(source.id in inside for source in one.sources))


def _placed(moved: Iterable[Moved], under: Sequence[str], outside: Sequence[str]) -> Iterator[Moved]:
    starts = tuple(f"{folder}/" for folder in under or outside)
    for one in moved:
        inside = any(file.startswith(starts) for file in one.files)
        if not starts or inside is bool(under):
            yield one


def open_teller(context: Context, *, online: bool = True) -> Teller:
    """Raises `errors.ConfigurationError` where there is no repository, `OutsideError` without a way to the forge."""
    scene = open_scene(context)
    if scene.remote is None and scene.git.line("rev-parse", "--is-shallow-repository") == "true":
        context.say("This clone is shallow, so older commits and tags aren't known: `git fetch --unshallow --tags`.")
    config = configuration(context, scene.checkout.root)
    return Teller(scene, config, open_http(context, config, scene.checkout.root), online)


def _held(scene: Scene) -> Iterator[Held]:
    cases = scene.cases.open()
    judge = Judge(scene, cases)
    for case in cases:
        held = [one.closing for one in judge.answer(case).reasons if one.of == "calendar" and one.closing]
        if held:
            last = None if any(one.until is None for one in held) else max(one.until for one in held if one.until)
            yield Held(case.title, held[0].name, last, Source("proposal", str(case.number), case.url))

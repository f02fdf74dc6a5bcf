"""A week of freezes on a forge: 200 open proposals, what people do meanwhile, and the gate that looks by the clock.

    with week("github", tmp_path, 200, local("10-27 00:00")) as seen:
        lived(seen, local("11-03 00:00"), each=12, missed=300, late=440)
    assert seen.wrong == []

Beside the gate stands `gate_calendar.may`, which shares nothing with it. After each run and at each minute what stands
on every head is compared with it. The week is that in which the clocks of Europe/Warsaw are set back (2027-10-31, 3:00
to 2:00); the clock is the test's.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from maintainer.commands.gate_weigh import ASSESSED, VERIFIED, digest
from maintainer.config.load import load
from maintainer.text.event import Event, line
from tests.commands.forge_scene import fresh
from tests.commands.gate_calendar import CALENDAR, CONFIGURATION, EMERGENCY, NONE, Proposal, World, local, may
from tests.commands.stage import REPOSITORY, Forge, Stage, stage
from tests.forges.gitlab_people import Person as GitlabPerson
from tests.loopback import Reply

INTERVAL, EVERY, MINUTE = timedelta(minutes=30), timedelta(minutes=15), timedelta(minutes=1)
HISTORY = "maintainer-history"
FEED = "/team.ics"
NAME = "maintainer/gate"


@dataclass(frozen=True)
class Look:
    """One run of the gate."""

    at: datetime
    code: int
    seconds: float
    reads: int
    writes: int
    git: int
    posted: int
    of_the_api: Counter[str]
    left_out: bool = False


@dataclass
class Week:
    """The forge, the world as it should be known, and what was seen. `said` is the newest status by head."""

    site: Stage
    now: datetime
    world: World = field(default_factory=World)
    said: dict[str, str] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    #: The world as the last run found it.
    found: World = field(default_factory=World)
    wrong: list[str] = field(default_factory=list)
    #: Minutes in which a head said open (closed) against `may`, one after the other, by proposal; and the most.
    against: dict[tuple[str, int], int] = field(default_factory=Counter)
    longest: Counter[str] = field(default_factory=Counter)
    minutes: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    #: How often a proposal that might be merged might not any more, or the other way round.
    turns: int = 0
    #: Proposals on which somebody asked for an override.
    claimed: set[int] = field(default_factory=set)
    _recorded: list[bytes] = field(default_factory=list)
    _could: dict[int, bool] = field(default_factory=dict)

    # The forge

    @property
    def github(self) -> bool:
        return self.site.kind == "github"

    def person(self, login: str) -> Any:
        return self.site.person(login)

    def propose(self, branch: str, folder: str, *, fixes: frozenset[str] = NONE, package: str = "", fork: bool = False,
                draft: bool = False, verified: bool = True) -> int:  # fmt: skip
        """Someone's new proposal; ours where `package` is said, as history tells then."""
        made = self._open(branch, {f"{folder}/{branch}.txt": branch}, fork, draft)
        number, head = made
        self._put(Proposal(number, branch, folder, head, fixes, package, fork, verified, self.github or not fork))
        if package:
            part = {"file": "composer.json", "manager": "composer", "names": [package], "severities": sorted(fixes)}
            self.record(ASSESSED, number, head, {"parts": [part], "whole": True})
        if verified:
            self.verify(number)
        return number

    def _open(self, branch: str, files: Mapping[str, str], fork: bool, draft: bool) -> tuple[int, str]:
        who = self.person("mallory" if fork else "ada")
        there = who.at("mallory/site") if fork else who
        head = there.push(branch, files)
        if isinstance(who, GitlabPerson):
            made = there.open(branch, title=f"{'Draft: ' if draft else ''}{branch}", into=REPOSITORY if fork else "")
            return made.iid, head
        number = who.open_pull(branch, title=branch, fork="mallory/site" if fork else "")
        who.draft(number, draft)
        return number, head

    def push(self, number: int) -> None:
        """A new head, of which nothing is known."""
        one = self.world.proposals[number]
        who = self.person("mallory" if one.fork else "ada")
        there = who.at("mallory/site") if one.fork else who
        head = there.push(one.branch, {f"{one.folder}/{one.branch}.txt": f"{self.now}"})
        self._put(replace(one, head=head, fixes=NONE, package="", verified=False, overrides=()))

    def close(self, number: int) -> None:
        self.person("ada").close(number)
        rest = {at: one for at, one in self.world.proposals.items() if at != number}
        self.world = replace(self.world, proposals=rest)

    def verify(self, number: int) -> None:
        """What `verify --post` records of a head that passed."""
        one = self.world.proposals[number]
        base = self.site.repository.merge_base(self.site.repository.default_branch, one.head)
        self.record(
            VERIFIED, number, one.head, {"base": base, "wanted": self._wanted, "partial": False, "verdict": "pass"}
        )
        self._put(replace(one, verified=True))

    def override(self, number: int, hours: int, by: str = "lena", counts: bool = True) -> None:
        self.claimed.add(number)
        self.person(by).comment(number, f"/maintainer override for {hours}h the checkout is down without it")
        one, asked = self.world.proposals[number], self.site.forge.now
        if counts:
            self._put(replace(one, overrides=(*one.overrides, (asked, asked + timedelta(hours=hours)))))

    def asked_for(self) -> None:
        """By who may, and by who may not: by a stranger, and of a fork's proposal."""
        for number, hours in ((5, 2), (13, 3), (15, 4)):
            self.override(number, hours)
        self.label(25)
        self.override(33, 2, "mallory", counts=False)
        self.override(21, 2, counts=False)

    def withdraw(self, number: int) -> None:
        """All that was said on it is deleted."""
        who = self.person("lena")
        if isinstance(who, GitlabPerson):
            for note in [one for one in who.merge_request(number).notes if one.author.username == "lena"]:
                who.delete_comment(number, note)
        else:
            for comment in who.comments(number):
                if comment.author == "lena":
                    who.delete_comment(comment.id)
        self._put(replace(self.world.proposals[number], overrides=()))

    def label(self, number: int, hours: int = 2) -> None:
        """Lena says that production is down."""
        self.claimed.add(number)
        who = self.person("lena")
        if isinstance(who, GitlabPerson):
            who.label(number, add=("P1",))
        else:
            who.label(number, "P1")
        one, asked = self.world.proposals[number], self.site.forge.now
        self._put(replace(one, overrides=(*one.overrides, (asked, asked + timedelta(hours=hours)))))

    def unlabel(self, number: int) -> None:
        who = self.person("lena")
        if isinstance(who, GitlabPerson):
            who.label(number, remove=("P1",))
        else:
            who.unlabel(number, "P1")
        self._put(replace(self.world.proposals[number], overrides=()))

    def break_configuration(self) -> None:
        self.configure("freeze: [\n")
        self.world = replace(self.world, broken=True)

    def mend(self) -> None:
        """The team's calendar is what it was."""
        self.feed(Reply(200, CALENDAR, {"Content-Type": "text/calendar"}))

    def configure(self, text: str = "", *, emergency: bool = False) -> None:
        """Commit this configuration, the usual one where nothing is said."""
        self.person("ada").push("main", {"maintainer.yml": text or self.configuration})
        self.world = replace(self.world, broken=False, emergency=emergency)

    def feed(self, answer: Any, *, unreadable: bool = False) -> None:
        self.site.here.server.answers[FEED] = answer
        self.world = replace(self.world, unreadable=unreadable)

    @property
    def configuration(self) -> str:
        return CONFIGURATION.replace("FEED", self.site.here.server.url + FEED)

    def _put(self, one: Proposal) -> None:
        self.world = replace(self.world, proposals={**self.world.proposals, one.number: one})

    def record(self, kind: str, number: int, head: str, data: Mapping[str, Any]) -> None:
        self._recorded.append(line(Event(self.now, "shop", kind, data, head, number)))

    def written(self) -> None:
        """What was recorded is in history."""
        if self._recorded:
            name = f"{self.now:%Y-%m}.jsonl"
            there = self.site.repository
            before = (there.read(HISTORY, name) if HISTORY in there.branches() else None) or b""
            self.person("ada").push(HISTORY, {name: before + b"".join(one + b"\n" for one in self._recorded)})
            self._recorded.clear()

    @property
    def _wanted(self) -> str:
        root = self.site.here.root.parent / "wanted"
        if root not in _WANTED:
            root.mkdir()
            (root / "maintainer.yml").write_text(self.configuration)
            _WANTED[root] = digest(load(root, {}))
        return _WANTED[root]

    # The clock

    def happens(self, when: datetime, what: Callable[["Week"], object]) -> None:
        """Until `when` time goes by, then people do this."""
        self.passes(when)
        self.site.forge.now = when
        what(self)
        self.written()

    def passes(self, until: datetime) -> None:
        """Each minute what stands is compared with what should."""
        when = self.now.replace(second=0, microsecond=0) + MINUTE
        while when <= until:
            self._compare(when)
            when += MINUTE
        self.now = until

    def look(self, when: datetime) -> Look:
        """The gate's run by the clock; its exit code tells whether the configuration can be used."""
        self.passes(when)
        forge = self.site.forge
        forge.now, before = when, len(forge.requests)
        if self.github and (not self.looks or when.hour != self.looks[-1].at.hour):
            forge.used.clear()  # what GitHub gives a token an hour
        posted: list[str] = []
        forge.after_write = posted.append
        self.site.check_out()
        began = perf_counter()
        code, out, err = self.site.here.maintainer("gate", "--all", "--post", "--format", "json", now=when)
        seconds = perf_counter() - began
        forge.after_write = lambda _: None
        assert code == (2 if self.world.broken else 0), (when, code, out[:500], err)
        made = forge.requests[before:]
        api = [one for one in made if not one.of_git]
        queries = [one for one in api if one.path == "/api/graphql"]
        writes = [one for one in api if one.method != "GET" and one not in queries and one.status < 400]
        statuses = [one for one in posted if "/statuses/" in one or "/check-runs" in one]
        kinds = Counter(f"{one.method} {'graphql' if one in queries else one.path.rsplit('/', 1)[1]}" for one in api)
        found = Look(
            when, code, seconds, len(api) - len(writes), len(writes), len(made) - len(api), len(statuses), kinds
        )
        self.looks.append(found)
        self.found = self.world
        self.said = said(self.site)
        self._judge(when)
        return found

    def left_out(self, when: datetime) -> None:
        """A run that would change nothing."""
        self.passes(when)
        self.looks.append(replace(self.looks[-1], at=when, posted=0, left_out=True))

    def is_quiet(self, when: datetime) -> bool:
        """Whether a run then has nothing to do, as far as `may` tells; none that is later than an interval."""
        if not self.looks or self.world is not self.found or when - self.looks[-1].at > INTERVAL:
            return False
        known = self.world.proposals.values()
        return all((self.said.get(one.head) == "success") == self.holds(one, when) for one in known)

    def holds(self, one: Proposal, when: datetime) -> bool:
        """Whether it may be merged until the next look may come."""
        steps = range(1, int(INTERVAL / MINUTE) + 1)
        ahead = (when, *(when.replace(second=0, microsecond=0) + MINUTE * at for at in steps), when + INTERVAL)
        return all(may(self.world, one.number, moment) for moment in ahead)

    def _judge(self, when: datetime) -> None:
        """Right after a run each status says open just where it will be so until the next look may come."""
        for number, one in self.world.proposals.items():
            holds = self.holds(one, when)
            state = self.said.get(one.head, "nothing")
            if (state == "success") != holds:
                self.wrong.append(
                    f"{when} #{number} ({one.kind}): says {state}, and it {'may' if holds else 'may not'}"
                )

    def _compare(self, when: datetime) -> None:
        """What stands, against what is so; what can't be is `wrong`, all of it is counted."""
        since = when - self.looks[-1].at if self.looks else timedelta()
        for number, one in self.world.proposals.items():
            is_open, should = self.said.get(one.head) == "success", may(self.world, number, when)
            self.compared += 1
            self.turns += self._could.get(number, False) != should
            self._could[number] = should
            for side, differs in (("open", is_open and not should), ("closed", should and not is_open)):
                key = (side, number)
                if not differs:
                    self.against.pop(key, None)
                    continue
                self.against[key] += 1
                self.minutes[side] += 1
                self.longest[side] = max(self.longest[side], self.against[key])
            known = self.found.proposals.get(number)
            if is_open and not should and known and known.head == one.head and not may(self.found, number, when):
                self.minutes["open, as was known"] += 1
                if since <= INTERVAL:
                    self.wrong.append(f"{when} #{number} ({one.kind}): open, and it was known to close")


_WANTED: dict[Path, str] = {}


def said(site: Stage) -> dict[str, str]:
    """The newest word of ours on each head: success, failure."""
    if site.kind == "github":
        repository = site.forge.repository()
        stated = {one.sha: one.state for one in repository.statuses if one.context == NAME}
        return stated | {one.sha: str(one.conclusion) for one in repository.checks if one.name == NAME}
    return {one.sha: one.state for one in site.forge.project().statuses if one.name == NAME}


def runs(random: Random, since: datetime, until: datetime, missed: int, late: int) -> Iterator[datetime]:
    """Each quarter of an hour, begun up to seven minutes late; one is missed, one comes an interval late."""
    at = since
    while at < until:
        number = int((at - since) / EVERY)
        by = INTERVAL if number == late else timedelta(seconds=random.randrange(420))
        # One that waits while another runs is the only one that does.
        if number != missed and not (late < number <= late + INTERVAL / EVERY):
            yield at + by
        at += EVERY


def opened(seen: Week, count: int) -> None:
    """So many proposals: of each folder, ours and people's, security fixes, drafts, from forks."""
    for at in range(count):
        folder = ("shop", "theme", "catalogue", "clock")[at % 4]
        ours = at % 5 in (1, 3)
        severity = {1: frozenset({"high"}), 3: frozenset({"medium"})}.get(at % 10, NONE)
        package = f"{'pay' if at % 7 == 0 else 'acme'}-{at}" if ours else ""
        seen.propose(
            f"change-{at}", folder, fixes=severity if ours else NONE, package=package, fork=at % 20 == 0,
            draft=at % 10 == 2,
        )  # fmt: skip


@contextmanager
def week(kind: Forge, folder: Path, count: int, since: datetime) -> Iterator[Week]:
    with stage(kind, folder, {"readme.txt": b"Shop\n"}) as site:
        site.forge.now = since - timedelta(days=1)
        seen = Week(site, since - timedelta(hours=12))
        for login in ("ada", "lena", "mallory"):
            site.person(login)
        seen.configure()
        seen.feed(Reply(200, CALENDAR, {"Content-Type": "text/calendar"}))
        if kind == "github":
            site.forge.person("mallory", role="read").fork()
        else:
            site.forge.user("mallory", 20)
            site.forge.fork(REPOSITORY, "mallory/site")
        opened(seen, count)
        seen.written()
        fresh(site)
        seen.now = since
        yield seen


#: What people do, by the shop's clock. Numbers tell the folder: 1, 5, 9 ... are the shop's, 8 the clock's.
HAPPENINGS: Sequence[tuple[str, Callable[[Week], object]]] = (
    ("10-27 10:05", lambda seen: seen.push(9)),
    ("10-27 11:20", lambda seen: seen.propose("late-1", "shop", verified=False)),
    ("10-27 12:07", lambda seen: seen.verify(9)),
    ("10-27 12:20", lambda seen: seen.verify(max(seen.world.proposals))),
    ("10-27 16:10", lambda seen: seen.close(3)),
    ("10-27 20:05", lambda seen: seen.feed("<html>Sign in</html>", unreadable=True)),
    ("10-27 22:41", lambda seen: seen.mend()),
    ("10-28 09:10", lambda seen: seen.break_configuration()),
    ("10-28 11:40", lambda seen: seen.configure()),
    ("10-28 17:10", lambda seen: seen.configure(seen.configuration.replace("windows:", EMERGENCY), emergency=True)),
    ("10-28 19:40", lambda seen: seen.configure()),
    ("10-29 12:35", lambda seen: seen.break_configuration()),
    ("10-29 13:20", lambda seen: seen.configure()),
    ("10-29 13:25", lambda seen: seen.propose("late-2", "theme", package="acme-late", fixes=frozenset({"critical"}))),
    ("10-29 13:40", lambda seen: seen.feed("<html>Sign in</html>", unreadable=True)),
    ("10-29 14:14", lambda seen: seen.mend()),
    ("10-30 10:10", lambda seen: seen.asked_for()),
    ("10-30 10:50", lambda seen: seen.unlabel(25)),
    ("10-30 11:05", lambda seen: seen.push(13)),
    ("10-30 11:35", lambda seen: seen.withdraw(15)),
    ("10-30 20:00", lambda seen: seen.verify(13)),
    ("10-31 00:50", lambda seen: seen.override(8, 3)),
    ("11-01 08:40", lambda seen: seen.push(17)),
    ("11-01 09:50", lambda seen: seen.verify(17)),
    ("11-02 10:40", lambda seen: seen.override(5, 1)),
    ("11-02 14:10", lambda seen: seen.feed(Reply(404), unreadable=True)),
    ("11-02 15:20", lambda seen: seen.mend()),
)


def lived(seen: Week, until: datetime, *, each: int, missed: int, late: int) -> None:
    """All that happens until then.

    Of runs that have nothing to do by `may` one of `each` is done. The others would find what it finds."""
    random = Random(5)
    since = seen.now
    happen = [(local(when), what) for when, what in HAPPENINGS if since <= local(when) < until]
    left_out = 0
    for when, what in sorted([*happen, *((at, None) for at in runs(random, since, until, missed, late))], key=_when):
        if what:
            seen.happens(when, what)
        elif left_out + 1 < each and seen.is_quiet(when):
            left_out += 1
            seen.left_out(when)
        else:
            left_out = 0
            seen.look(when)
    seen.passes(until)


def _when(one: tuple[datetime, Any]) -> datetime:
    return one[0]


def table(seen: Week) -> str:
    """What was seen, as a note has it."""
    done = [one for one in seen.looks if not one.left_out]
    busy = [one for one in done if one.writes]
    hours = Counter[datetime]()
    for one in done:
        hours[one.at.replace(minute=0, second=0)] += one.reads + one.writes
    rows = [
        f"{seen.site.kind}: {len(seen.world.proposals)} open proposals, {len(seen.looks)} runs "
        f"({len(done)} done, {len(busy)} of them with something to post)",
        f"  {seen.compared} minutes of a proposal compared; {seen.turns} times one opened or closed; "
        f"{sum(one.posted for one in done)} statuses posted",
        f"  open while closed: {seen.minutes['open']} minutes, the longest {seen.longest['open']}; "
        f"what was known to close, after a run that came too late: {seen.minutes['open, as was known']}",
        f"  closed while open: {seen.minutes['closed']} minutes, the longest {seen.longest['closed']}",
        f"  a quiet run: {max((one.reads for one in done if not one.writes), default=0)} requests of the API, "
        f"{max((one.git for one in done if not one.writes), default=0)} of git, at most",
        f"  the busiest: {max(one.reads + one.writes for one in done)} requests, {max(hours.values())} in an hour; "
        f"all: {sum(one.reads for one in done)} reads, {sum(one.writes for one in done)} writes",
        f"  seconds a run: {sorted(one.seconds for one in done)[len(done) // 2]:.1f} in the middle, "
        f"{max(one.seconds for one in done if not one.writes):.1f} the longest quiet one, "
        f"{max(one.seconds for one in done):.1f} the longest",
    ]
    return "\n".join(rows)

"""Calendars from outside, each of the ways they can be wrong: all close automation, with a sentence that says which."""

import gzip
import io
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maintainer.commands.calendars import Periods, own_periods, with_calendars
from maintainer.commands.context import Context
from maintainer.config.calendars import Source
from maintainer.config.load import Config, load
from maintainer.errors import AccessDenied, ConfigurationError, NotFound
from maintainer.http import Http
from maintainer.policy.calendar import Subject, closings
from maintainer.policy.rulebook import Phase
from maintainer.workspace.checkout import Files, open_checkout
from tests.commands.site import NOW, PERSON, site
from tests.forges.gitlab import GitlabFake
from tests.forges.gitlab_world import REPORTER, Freeze
from tests.loopback import Loopback, Reply, raw

PHASES: tuple[Phase, ...] = ("propose", "merge", "deploy")
HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//shop.example//EN\r\n", "END:VCALENDAR\r\n"
#: Long past at the time of the tests, so what is closed is closed by what is wrong.
OLD = (
    "BEGIN:VEVENT\r\nUID:1@shop.example\r\nSUMMARY:Freeze of spring\r\n"
    "DTSTART;VALUE=DATE:20260401\r\nDTEND;VALUE=DATE:20260408\r\nEND:VEVENT\r\n"
)
GOOD = f"{HEAD}{OLD}{TAIL}"
SECRET = "/private-0a1b2c3d4e5f6a7b/freezes.ics"
HOUR = timedelta(hours=1)


@dataclass
class World:
    """A repository, a host of calendars, and what is read of them."""

    root: Path
    server: Loopback
    environment: dict[str, str]
    said: io.StringIO = field(default_factory=io.StringIO)
    periods: Periods | None = None
    files: Files | None = None
    certificate: Path | None = None
    now: datetime = NOW

    def read(self, settings: str) -> Config:
        """What the settings and their calendars say, now. Raises ConfigurationError."""
        (self.root / "maintainer.yml").write_text(settings, encoding="utf-8")
        config = load(self.root, self.environment)
        context = Context(self.root, self.environment, self.now, io.StringIO(), self.said)
        http = Http(cache=self.cache / "http", retries=0, seconds=0.3, sleep=lambda _: None)
        files = self.files or open_checkout(self.root, self.environment)
        return with_calendars(context, config, http, files.read, self.periods)

    @property
    def cache(self) -> Path:
        return Path(self.environment["XDG_CACHE_HOME"]) / "maintainer"

    def serve(self, body: object, path: str = "/f.ics") -> None:
        self.server.answers[path] = body

    def git(self, *argv: str) -> str:
        done = subprocess.run(
            ["git", *argv], cwd=self.root, env=self.environment | PERSON, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def copied(self, ago: timedelta) -> None:
        """A run that long ago read a good calendar; then its host is gone."""
        self.serve(GOOD)
        self.now = NOW - ago
        assert self.read(self.yaml(URL)).rulebook.calendar.unreadable == ()
        self.now = NOW
        self.serve(Reply(503))

    def yaml(self, source: str) -> str:
        return source.replace("HOST", self.server.url)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    root = tmp_path / "site"
    root.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with Loopback({"/f.ics": GOOD}) as server:
        made = World(root, server, environment)
        made.git("init", "--quiet", "--initial-branch=main")
        yield made


def source(*lines: str) -> str:
    return "\n    ".join(("calendars:\n  - name: team", *lines)) + "\n"


URL = source("url: HOST/f.ics")
ENV = source("url_env: TEAM_CALENDAR_URL")
FILE = source("file: calendars/f.ics")
GITLAB = source("gitlab: true")


def closed(world: World, settings: str) -> str:
    """The one sentence that says why; all that automation does is closed by it, and a rollback is not."""
    config = world.read(world.yaml(settings))
    calendar = config.rulebook.calendar
    for what in PHASES:
        subject = Subject(what, severities=("critical",), names=("acme/x",))
        assert {one.kind for one in closings(calendar, world.now, subject)} == {"unreadable"}
        assert closings(calendar, world.now, Subject(what, rollback=True)) == ()
    (sentence,) = calendar.unreadable
    return sentence


# --- feeds -----------------------------------------------------------------------------------------------------------


def big(_: object) -> Reply:
    return Reply(200, GOOD + "\r\n" * 3_000_000)


ANSWERS: dict[str, tuple[object, str]] = {
    "it moved": (Reply(404), "it does not exist there any more (404). Correct `url`."),
    "it is gone": (Reply(410), "it does not exist there any more (404). Correct `url`."),
    "it wants a login": (Reply(401), "its host lets us not in (401). Share it by a secret address"),
    "it is forbidden": (Reply(403), "its host lets us not in (403)."),
    "too many requests": (Reply(429), "answered 429"),
    "too many requests, for hours": (Reply(429, "", {"retry-after": "7200"}), "allows no more requests for 2.0 h."),
    "it fails": (Reply(500), "answered 500"),
    "it is maintained": (Reply(503, "<html>"), "answered 503"),
    "it makes no sense": (Reply(418), "answered 418, which can't be used; no copy of it is kept. Correct `url`,"),
    "a login's page": (Reply(200, "<html>Sign in</html>"), "is a web page or XML, no calendar: its address may have"),
    "an error in JSON": (Reply(200, {"error": "gone"}), "is JSON, no iCalendar."),
    "nothing": (Reply(200, ""), "is empty. Export it anew, or correct its address."),
    "no content": (Reply(204), "is empty."),
    "no event": (HEAD + TAIL, "has no event (VEVENT)"),
    "half of it": (GOOD[: len(GOOD) // 2], "ends in the middle, without its END:VCALENDAR"),
    "all but the last line": (GOOD[: -len(TAIL)], "ends in the middle"),
    "less than it says": (Reply(200, GOOD, length=len(GOOD) + 100), "broke the connection"),
    "damaged gzip": (Reply(200, b"\x1f\x8b\x08garbage", {"content-encoding": "gzip"}), "damaged gzip data"),
    "a bomb": (
        Reply(200, gzip.compress(b"\n" * 20_000_000), {"content-encoding": "gzip"}),
        "answers more than the 4 MiB that are read of it",
    ),
    "too large": (big, "answers more than the 4 MiB that are read of it"),
    "an old copy on the way": (Reply(200, GOOD, {"age": "90000"}), "a cache on the way gives what is 90000 s old"),
    "a bad zone": (GOOD.replace(";VALUE=DATE:20260401", ";TZID=Nowhere:20260401T000000"), "the zone 'Nowhere' is none"),
    "an end before the start": (GOOD.replace("20260408", "20260301"), "'Freeze of spring' ends before it begins."),
    "a rule that is none": (GOOD.replace("END:VEVENT", "RRULE:often\r\nEND:VEVENT"), "RRULE: 'often' is no part"),
    "two events of one name": (
        GOOD.replace(TAIL, OLD.replace("0401", "0402") + TAIL),
        "two events have one UID ('1@shop.example')",
    ),
    "a ring of redirects": (Reply(302, "", {"location": "/f.ics"}), "redirects more than 5 times"),
    "another scheme": (Reply(302, "", {"location": "ftp://shop.example/f.ics"}), "An address that does not begin with"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_feed_that_answers_wrongly_closes(world: World, case: str) -> None:
    answer, expected = ANSWERS[case]
    world.serve(answer)
    sentence = closed(world, URL)
    assert sentence.startswith(f"The calendar team ({world.server.url}/f.ics) can't be read: ")
    assert expected in sentence
    assert sentence.endswith(".")


def test_a_feed_on_another_host_closes(world: World) -> None:
    """Whoever took over an address decides what is frozen."""
    with Loopback({"/f.ics": GOOD}) as other:
        world.serve(Reply(301, "", {"location": f"{other.url}/f.ics"}))
        sentence = closed(world, URL)
    assert "its address leads to another host (127.0.0.1). Is it meant? Then correct `url`." in sentence


def test_a_host_that_is_silent_closes(world: World) -> None:
    with raw(lambda connection: time.sleep(0.5)) as address:
        sentence = closed(world, source(f"url: {address}/f.ics"))
    assert "did not answer within 0 s" in sentence
    assert "no copy of it is kept. Correct `url`, or see to its host." in sentence


def test_a_host_that_is_none_closes(world: World) -> None:
    sentence = closed(world, source("url: https://calendar.invalid/f.ics"))
    assert "calendar.invalid does not resolve." in sentence


def test_a_host_nobody_should_trust_closes(world: World, tmp_path: Path) -> None:
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    key, certificate = tmp_path / "key.pem", tmp_path / "own.pem"
    subprocess.run(
        ["openssl", *asked.split(), "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True
    )
    certificate.write_bytes(key.read_bytes() + certificate.read_bytes())
    with Loopback({"/f.ics": GOOD}, certificate=certificate) as server:
        sentence = closed(world, source(f"url: {server.url}/f.ics"))
    assert "can't be spoken to over TLS" in sentence


def test_a_host_that_refuses_closes(world: World) -> None:
    with Loopback({}) as gone:
        pass
    assert "refuses the connection" in closed(world, source(f"url: {gone.url}/f.ics"))


def test_what_kind_of_thing_a_host_calls_it_does_not_matter(world: World) -> None:
    world.serve(Reply(200, GOOD, {"content-type": "text/html"}))
    assert world.read(world.yaml(URL)).rulebook.calendar.unreadable == ()


# --- copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_counts_while_the_host_is_gone(world: World) -> None:
    world.copied(23 * HOUR)
    calendar = world.read(world.yaml(URL)).rulebook.calendar
    assert (len(calendar.freezes), calendar.unreadable) == (1, ())
    assert "answered 503" in world.said.getvalue()
    assert "Its copy of 23 hours ago is used." in world.said.getvalue()


def test_an_old_copy_closes(world: World) -> None:
    world.copied(25 * HOUR)
    assert "its copy is 25 hours old, and max_age is 1d. Correct `url`, or see to its host." in closed(world, URL)


def test_an_old_copy_closes_as_early_as_one_says(world: World) -> None:
    world.copied(2 * HOUR)
    assert "its copy is 2 hours old, and max_age is 1h." in closed(world, source("url: HOST/f.ics", "max_age: 1h"))


def test_a_copy_from_the_future_closes(world: World) -> None:
    """This clock is late, or the one that kept it was early: how old it is can't be known."""
    world.copied(-2 * HOUR)
    assert "its copy is from 2 hours ahead, so a clock is wrong" in closed(world, URL)


def test_a_clock_that_is_far_ahead_closes(world: World) -> None:
    world.copied(HOUR)
    world.now = NOW + timedelta(days=400)
    assert "its copy is 400 days old" in closed(world, URL)


@pytest.mark.parametrize("damage", [b"", b"{}\n" + GOOD.encode(), b"not JSON\n", b'{"schema": 1, "fetched": 7}\n'])
def test_a_damaged_copy_closes(world: World, damage: bytes) -> None:
    world.copied(HOUR)
    (copy,) = (world.cache / "calendars").iterdir()
    copy.write_bytes(damage)
    assert "its copy is damaged." in closed(world, URL)


def test_a_changed_copy_closes(world: World) -> None:
    world.copied(HOUR)
    (copy,) = (world.cache / "calendars").iterdir()
    copy.write_bytes(copy.read_bytes().replace(b"20260408", b"20260402"))
    assert "its copy is damaged." in closed(world, URL)


@pytest.mark.parametrize("answer", [Reply(404), Reply(401), "<html>Sign in</html>", HEAD, ""], ids=range(5))
def test_no_copy_stands_in_for_a_host_that_says_something_else(world: World, answer: object) -> None:
    """Then the address is wrong, and not the network."""
    world.copied(HOUR)
    world.serve(answer)
    closed(world, URL)


def test_only_what_was_good_is_kept(world: World) -> None:
    world.copied(30 * HOUR)
    world.serve("<html>Sign in</html>")
    closed(world, URL)
    world.serve(Reply(503))
    assert "its copy is 30 hours old" in closed(world, URL)


def test_a_feed_is_asked_for_each_time(world: World) -> None:
    """An emergency freeze doesn't wait until a cache has forgotten."""
    for _ in range(2):
        world.serve(Reply(200, GOOD, {"cache-control": "max-age=86400", "etag": '"1"'}))
        assert len(world.read(world.yaml(URL)).rulebook.calendar.freezes) == 1
    assert [request.headers["cache-control"] for request in world.server.requests] == ["no-cache", "no-cache"]


# --- secret addresses ------------------------------------------------------------------------------------------------

ENVIRONMENT: dict[str, tuple[str, str]] = {
    "not set": ("", "the environment variable TEAM_CALENDAR_URL is not set. Give the job this secret."),
    "no address": ("private-0a1b2c3d4e5f6a7b", "what TEAM_CALENDAR_URL holds is no address."),
    "a file": ("file:///private-0a1b2c3d4e5f6a7b", "what TEAM_CALENDAR_URL holds is no address."),
    "no port": ("https://calendar.example:x/private-0a1b2c3d4e5f6a7b", "what TEAM_CALENDAR_URL holds is no address."),
    "plain HTTP": (
        "http://calendar.example/private-0a1b2c3d4e5f6a7b",
        "the address in TEAM_CALENDAR_URL is plain HTTP",
    ),
}


@pytest.mark.parametrize("case", ENVIRONMENT)
def test_a_secret_address_that_is_wrong_closes(world: World, case: str) -> None:
    world.environment["TEAM_CALENDAR_URL"], expected = ENVIRONMENT[case]
    sentence = closed(world, ENV)
    assert sentence.startswith("The calendar team ($TEAM_CALENDAR_URL) can't be read: ")
    assert expected in sentence


SECRETLY: dict[str, object] = {
    "404": Reply(404),
    "401": Reply(401),
    "500": Reply(500),
    "418": Reply(418),
    "elsewhere": Reply(302, "", {"location": "ftp://127.0.0.1/private-0a1b2c3d4e5f6a7b/x"}),
    "html": f"<html><a href='{SECRET}'>",
    "damaged": Reply(200, b"\x1f\x8b\x08", {"content-encoding": "gzip"}),
}


@pytest.mark.parametrize("case", SECRETLY)
def test_a_secret_address_is_never_told(world: World, case: str) -> None:
    world.environment["TEAM_CALENDAR_URL"] = f"{world.server.url}{SECRET}?key=0a1b2c3d4e5f6a7b"
    world.serve(GOOD, SECRET)
    assert world.read(ENV).rulebook.calendar.unreadable == ()
    world.serve(SECRETLY[case], SECRET)
    world.now += 48 * HOUR
    sentence = closed(world, ENV)
    assert "TEAM_CALENDAR_URL" in sentence
    named = [path.relative_to(world.cache).as_posix() for path in world.cache.rglob("*")]
    heads = [path.read_bytes().split(b"\n")[0].decode("latin-1") for path in (world.cache / "calendars").iterdir()]
    assert "0a1b2c3d" not in f"{sentence} {world.said.getvalue()} {named} {heads}"


def test_a_secret_address_is_used(world: World) -> None:
    world.environment["TEAM_CALENDAR_URL"] = f"{world.server.url}{SECRET}?key=7"
    world.serve(GOOD, f"{SECRET}?key=7")
    assert [freeze.name for freeze in world.read(ENV).rulebook.calendar.freezes] == ["Freeze of spring"]


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_missing_closes(world: World) -> None:
    sentence = closed(world, FILE)
    assert sentence.startswith("The calendar team (calendars/f.ics) can't be read: calendars/f.ics ")
    assert sentence.endswith("Commit it, or correct `file`.")


def test_a_folder_closes(world: World) -> None:
    (world.root / "calendars/f.ics").mkdir(parents=True)
    assert "is no regular file." in closed(world, FILE)


def test_a_link_out_of_the_repository_closes(world: World, tmp_path: Path) -> None:
    (tmp_path / "f.ics").write_text(GOOD)
    (world.root / "calendars").mkdir()
    (world.root / "calendars/f.ics").symlink_to(tmp_path / "f.ics")
    assert "can't be read from the working tree" in closed(world, FILE)


def test_a_linked_folder_closes(world: World, tmp_path: Path) -> None:
    (tmp_path / "f.ics").write_text(GOOD)
    (world.root / "calendars").symlink_to(tmp_path)
    assert "a folder above it is a symbolic link" in closed(world, FILE)


def test_a_file_that_is_not_in_the_commit_closes(world: World) -> None:
    """A proposal can't bring the calendar that lets it in."""
    (world.root / "README").write_text("A site")
    world.git("add", "README")
    world.git("commit", "--quiet", "--message", "The site")
    world.files = open_checkout(world.root, world.environment).at(world.git("rev-parse", "HEAD"))
    (world.root / "calendars").mkdir()
    (world.root / "calendars/f.ics").write_text(GOOD)
    assert "calendars/f.ics: no regular file of this commit. Commit it, or correct `file`." in closed(world, FILE)


def test_a_file_that_is_a_pointer_closes(world: World) -> None:
    (world.root / "calendars").mkdir()
    (world.root / "calendars/f.ics").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert "is no line of an iCalendar" in closed(world, FILE)


# --- titles ----------------------------------------------------------------------------------------------------------


def test_a_title_that_matches_nothing_closes(world: World) -> None:
    """The event was renamed, or there is a typo: what was meant to be frozen isn't known."""
    sentence = closed(world, source("url: HOST/f.ics", 'only: ["Freeez*"]'))
    assert "no event is called 'Freeez*'. Correct `only`, or the title (there is 'Freeze of spring')." in sentence


def test_one_of_several_titles_that_matches_nothing_closes(world: World) -> None:
    assert "'Christmas*'" in closed(world, source("url: HOST/f.ics", 'only: ["Freeze*", "Christmas*"]'))


def test_a_title_of_what_was_called_off_is_no_typo(world: World) -> None:
    world.serve(GOOD.replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT"))
    calendar = world.read(world.yaml(source("url: HOST/f.ics", 'only: ["Freeze*"]'))).rulebook.calendar
    assert (calendar.freezes, calendar.unreadable) == ((), ())


# --- GitLab ----------------------------------------------------------------------------------------------------------


def period(start: str, end: str, zone: str = "UTC") -> Periods:
    return lambda: [{"id": 1, "freeze_start": start, "freeze_end": end, "cron_timezone": zone}]


def refused(error: Exception) -> Periods:
    def ask() -> Sequence[Mapping[str, Any]]:
        raise error

    return ask


PERIODS: dict[str, tuple[Periods | None, str]] = {
    "no GitLab": (None, "this run is for no GitLab. Leave it out, or set MAINTAINER_PLATFORM=gitlab."),
    "forbidden": (
        refused(AccessDenied("gitlab.example refused (403). Set it.")),
        "gitlab.example refused (403). Set it.",
    ),
    "not found": (refused(NotFound("no such project (404). Correct it.")), "no such project (404). Correct it."),
    "no token": (refused(ConfigurationError("No token for gitlab: set one.")), "No token for gitlab: set one."),
    "no start": (lambda: [{"id": 1, "freeze_end": "0 8 * * 1"}], "a freeze has no freeze_start. Set it again."),
    "a number": (lambda: [{"id": 1, "freeze_start": 7, "freeze_end": 8}], "a freeze has no freeze_start."),
    "garbage": (period("every Friday", "0 8 * * 1"), "'every Friday' has 2 fields, and cron has 5."),
    "six fields": (period("0 0 23 * * 5", "0 8 * * 1"), "has 6 fields, and cron has 5. Write 0 23 * * 5, say."),
    "no such hour": (period("0 25 * * 5", "0 8 * * 1"), "'25' is no hour: write 0 to 24, the smaller first."),
    "no such day": (period("0 23 * * FRY", "0 8 * * 1"), "'fry' is no weekday. Write a number."),
    "a step of none": (period("*/0 23 * * 5", "0 8 * * 1"), "'*/0' is no minute."),
    "never": (period("0 0 30 2 *", "0 8 * * 1"), "'0 0 30 2 *' never comes. Correct the day or the month."),
    "never again": (period("0 0 * * *", "0 0 31 6 *"), "'0 0 31 6 *' never comes."),
    "a zone nobody knows": (
        period("0 23 * * 5", "0 8 * * 1", "Middle Earth"),
        "its zone 'Middle Earth' is not known here.",
    ),
    "no zone": (period("0 23 * * 5", "0 8 * * 1", ""), "a freeze has no cron_timezone."),
    "too often": (period("*/2 * * * *", "1-59/2 * * * *"), "comes too often. Write fewer, longer freezes."),
}


@pytest.mark.parametrize("case", PERIODS)
def test_deploy_freezes_that_cant_be_read_close(world: World, case: str) -> None:
    world.periods, expected = PERIODS[case]
    sentence = closed(world, GITLAB)
    assert sentence.startswith("The calendar team (GitLab) can't be read: ")
    assert expected in sentence


def test_deploy_freezes_hold_deploys_alone(world: World) -> None:
    world.periods = period("0 23 * * 5", "0 8 * * 1", "Warsaw")
    calendar = world.read(GITLAB).rulebook.calendar
    (held,) = closings(calendar, NOW, Subject("deploy"))
    assert (held.calendar, held.name) == ("team", "deploy freeze 0 23 * * 5 – 0 8 * * 1")
    assert held.since == datetime(2026, 11, 20, 22, tzinfo=UTC)
    assert held.until == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert closings(calendar, NOW, Subject("merge")) == ()


def test_deploy_freezes_are_asked_of_the_project(tmp_path: Path) -> None:
    with GitlabFake(tmp_path) as forge:
        forge.add_repository("shop", "site")
        forge.token("glpat-reader", level=REPORTER)
        forge.project().freezes += [Freeze(n, "0 23 * * 5", "0 8 * * 1", "Europe/Warsaw") for n in range(120)]
        asked = periods_of(tmp_path, forge, "glpat-reader")
        assert len(asked()) == 120
        assert {one["freeze_start"] for one in asked()} == {"0 23 * * 5"}
        with pytest.raises(AccessDenied, match=r"refused to list its deploy freezes \(401"):
            periods_of(tmp_path, forge, "glpat-nobody")()
        with pytest.raises(ConfigurationError, match="No token for gitlab: set MAINTAINER_TOKEN"):
            periods_of(tmp_path, forge, "")()


def periods_of(root: Path, forge: GitlabFake, token: str) -> Periods:
    environment = {
        "MAINTAINER_PLATFORM": "gitlab",
        "CI_API_V4_URL": forge.url,
        "CI_PROJECT_PATH": "shop/site",
        "MAINTAINER_TOKEN": token,
    }
    context = Context(root, environment, NOW, io.StringIO(), io.StringIO())
    asked = own_periods(context, Http(sleep=lambda _: None))
    assert asked
    return asked


def test_elsewhere_nobody_is_asked(tmp_path: Path) -> None:
    assert own_periods(Context(tmp_path, {}, NOW, io.StringIO(), io.StringIO()), Http()) is None


def test_a_project_without_deploy_freezes_is_open(world: World) -> None:
    world.periods = list
    calendar = world.read(GITLAB).rulebook.calendar
    assert (calendar.freezes, calendar.unreadable) == ((), ())


# --- the configuration -----------------------------------------------------------------------------------------------

REFUSED = {
    "an unknown key": (source("url: https://a.example/f.ics", "onyl: [x]"), 'Did you mean "only"?'),
    "nowhere": (source("kind: freeze"), "says nowhere where it is. Write one of file, url, url_env, or gitlab: true."),
    "in two places": (source("file: f.ics", "url: https://a.example/f.ics"), "names file and url. Write one of"),
    "out of the repository": (source("file: ../f.ics"), '"../f.ics" is no path inside the repository.'),
    "from the root": (source("file: /etc/f.ics"), '"/etc/f.ics" is no path inside the repository.'),
    "out of it in the middle": (source("file: a/../../f.ics"), "is no path inside the repository."),
    "a secret": (source("url: https://a.example/private-0a1b2c3d4e/f.ics"), "holds a secret, and this file is no"),
    "credentials": (source("url: https://me:pass@a.example/f.ics"), "looks like a secret. Secrets come from the"),
    "plain HTTP": (source("url: http://a.example/f.ics"), "is plain HTTP: who is on the way could open"),
    "webcal": (source("url: webcal://a.example/f.ics"), "Write https://."),
    "no URL": (source("url: calendar"), '"calendar" is no URL.'),
    "an address for a name": (source("url_env: https://a.example/f.ics"), "Write a name such as ACME_TOKEN."),
    "no zone": (source("file: f.ics", "zone: Europe/Warszawa"), 'Did you mean "Europe/Warsaw"?'),
    "no kind": (source("file: f.ics", "kind: window"), 'kind: "window"'),
    "windows of GitLab": (source("gitlab: true", "kind: windows"), "is GitLab's, which has freezes and no windows."),
    "titles of GitLab": (source("gitlab: true", "only: [x]"), "has `only`, which means nothing for GitLab's"),
    "the age of a file": (source("file: f.ics", "max_age: 1h"), "has `max_age`, which means nothing for a file"),
    "no name": ("calendars:\n  - file: f.ics\n", "calendars[0]"),
    "one name twice": (source("file: f.ics") + "  - name: team\n    file: g.ics\n", "team"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_configuration_that_is_wrong_is_refused_whole(world: World, case: str) -> None:
    """Nothing is done at all (exit code 2)."""
    settings, expected = REFUSED[case]
    with pytest.raises(ConfigurationError) as refusal:
        world.read(settings)
    assert expected in refusal.value.message
    assert "0a1b2c3d4e" not in refusal.value.message
    assert "me:pass" not in refusal.value.message


def test_plain_http_is_for_hosts_that_are_named(world: World) -> None:
    named = "registries:\n  hosts:\n    - host: calendar.invalid\n      token_env: CALENDAR_TOKEN\n"
    assert "does not resolve" in closed(world, source("url: http://calendar.invalid/f.ics") + named)


# --- what is read ----------------------------------------------------------------------------------------------------

BLACK_WEEK = GOOD.replace("20260401", "20261123").replace("20260408", "20261130").replace("spring", "Black Week")


def test_a_freeze_is_of_its_calendar(world: World) -> None:
    world.serve(BLACK_WEEK)
    settings = source("url: HOST/f.ics", "lead: 72h", "reason: sales", "exempt: {packages: [acme/*]}")
    calendar = world.read(world.yaml(settings + "site:\n  timezone: Europe/Warsaw\n")).rulebook.calendar
    (held,) = closings(calendar, NOW, Subject("merge"))
    assert (held.name, held.calendar, held.reason) == ("Freeze of Black Week", "team", "sales")
    assert held.since == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert held.until == datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert closings(calendar, NOW, Subject("merge", names=("acme/x",))) == ()
    assert closings(calendar, NOW, Subject("merge", severities=("high",))) == ()
    assert closings(calendar, NOW, Subject("propose")) == ()


def test_windows_open_deploys(world: World) -> None:
    world.serve(BLACK_WEEK)
    calendar = world.read(world.yaml(source("url: HOST/f.ics", "kind: windows"))).rulebook.calendar
    assert [one.kind for one in closings(calendar, NOW, Subject("deploy", severities=("critical",)))] == ["windows"]
    assert closings(calendar, NOW + timedelta(days=3), Subject("deploy")) == ()
    assert closings(calendar, NOW, Subject("merge")) == ()


def test_windows_that_were_all_called_off_open_nothing(world: World) -> None:
    world.serve(BLACK_WEEK.replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT"))
    calendar = world.read(world.yaml(source("url: HOST/f.ics", "kind: windows"))).rulebook.calendar
    assert [one.kind for one in closings(calendar, NOW + timedelta(days=3), Subject("deploy"))] == ["windows"]


def test_a_calendar_of_other_sites_is_not_asked_for(world: World) -> None:
    world.serve(Reply(500))
    settings = source("url: HOST/f.ics", "scope: {sites: [other]}") + "site:\n  name: shop\n"
    assert world.read(world.yaml(settings)).rulebook.calendar.unreadable == ()
    assert world.server.requests == []


def test_several_calendars_each_say_what_is_wrong(world: World) -> None:
    settings = URL + "  - name: owners\n    file: calendars/f.ics\n  - name: shop\n    url_env: SHOP_CALENDAR\n"
    calendar = world.read(world.yaml(settings)).rulebook.calendar
    assert len(calendar.freezes) == 1
    assert [sentence.split(" (")[0] for sentence in calendar.unreadable] == ["The calendar owners", "The calendar shop"]


# --- commands --------------------------------------------------------------------------------------------------------

PROPOSING = "\n".join(("calendars:", "  - name: team", "    file: f.ics", "    applies_to: [propose, merge]"))


def test_a_plan_holds_what_a_calendar_holds(tmp_path: Path) -> None:
    with site(tmp_path) as shop:
        shop.write({"maintainer.yml": PROPOSING.encode(), "f.ics": BLACK_WEEK.replace("20261123", "20261120").encode()})
        decisions = [update for one in shop.plan()["dependencies"] for update in one["updates"]]
    assert decisions
    assert {update["decision"] for update in decisions} == {"hold"}
    assert all("Freeze of Black Week" in update["reason"] for update in decisions)


def test_a_plan_that_cant_read_a_calendar_proposes_nothing(tmp_path: Path) -> None:
    with site(tmp_path) as shop:
        shop.write({"maintainer.yml": PROPOSING.encode()})
        document = shop.plan(expected=3)
        code, _, _ = shop.maintainer("run")
        branches = shop.git("branch", "--list", "maintainer/*").text
    assert {update["decision"] for one in document["dependencies"] for update in one["updates"]} == {"hold"}
    assert "The calendar team (f.ics) can't be read: f.ics " in str(document["problems"])
    assert (code, branches) == (3, "")


# --- the page --------------------------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "calendars.md").read_text(encoding="utf-8")


def test_the_pages_file_is_an_icalendar(world: World) -> None:
    (found,) = re.findall(r"```ics\n(.*?)```", PAGE, re.DOTALL)
    (world.root / "calendars").mkdir()
    (world.root / "calendars/f.ics").write_text(found)
    calendar = world.read(FILE).rulebook.calendar
    assert [freeze.name for freeze in calendar.freezes] == ["Christmas", "Friday afternoon"]


def test_the_page_tells_every_key_and_default() -> None:
    keys = {field.alias or name for name, field in Source.model_fields.items()}
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)))) >= keys
    assert Source(name="x", file="f.ics").phases == {"merge", "deploy"}
    assert Source(name="x", file="f.ics", kind="windows").phases == {"deploy"}
    assert str(Source(name="x", file="f.ics").max_age.delta) == "1 day, 0:00:00"

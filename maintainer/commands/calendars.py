"""Freezes and windows that are kept elsewhere: a file, a feed, GitLab. What can't be read closes everything.

with_calendars(context, config, http, read, periods) -> Config
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import platform
from maintainer.commands.calendar_copies import Copies
from maintainer.commands.context import Context
from maintainer.commands.outside import cache
from maintainer.config.calendars import Source, is_safe
from maintainer.config.freeze import LONGEST
from maintainer.config.load import Config
from maintainer.config.rulebook import site_name
from maintainer.http import Answer, Http
from maintainer.policy import deploy_freeze, feed
from maintainer.policy.feed import Event, Feed
from maintainer.policy.globs import any_matches
from maintainer.policy.rulebook import Calendar, Freeze, Opening
from maintainer.policy.series import NEVER
from maintainer.policy.wording import in_words
from maintainer.text.icalendar import LARGEST
from maintainer.text.inert import CONTROL

_Kind = TypeVar("_Kind", Freeze, Opening)
#: A file of the repository by its path; raises `errors.Unreadable`.
Read = Callable[[str], bytes]
#: GitLab's own freezes, as its API tells them; raises `errors.MaintainerError`.
Periods = Callable[[], Sequence[Mapping[str, Any]]]
#: Always asked for anew: an emergency freeze must not wait for a cache.
ASKED: Mapping[str, str] = {"accept": "text/calendar, */*;q=0.5", "cache-control": "no-cache"}
LONGEST_SENTENCE = 600


def with_calendars(context: Context, config: Config, http: Http, read: Read, periods: Periods | None = None) -> Config:
    """The configuration with what its `calendars` say; each that can't be read is a sentence in `unreadable`.

    `read` gives the files of the commit that decides; `periods` is None where this run is for no GitLab.
    """
    site = site_name(config.settings)
    reader = _Reader(context, config, http, read, periods, Copies(cache(context) / "calendars"))
    freezes: list[Freeze] = []
    openings: list[Opening] = []
    unreadable: list[str] = []
    for source in config.settings.calendars:
        if source.scope.sites and site and not any_matches(source.scope.sites, (site,)):
            continue
        try:
            events = reader.events(source)
            if source.kind == "freeze":
                freezes += [_made(Freeze, source, event) for event in events]
            else:
                openings += [_made(Opening, source, event) for event in events or [Event("no window", NEVER)]]
        except ValueError as error:
            sentence = f"The calendar {source.name} ({_place(source)}) can't be read: {error}"
            unreadable.append(CONTROL.sub("", " ".join(sentence.split()))[:LONGEST_SENTENCE])
    known = config.rulebook.calendar
    calendar = Calendar((*known.freezes, *freezes), (*known.openings, *openings), (*known.unreadable, *unreadable))
    return replace(config, rulebook=replace(config.rulebook, calendar=calendar))


def own_periods(context: Context, http: Http) -> Periods | None:
    """How GitLab's own freezes of this run's project are asked for, None where it is for no GitLab."""
    if platform.chosen(context.forge) != "gitlab":
        return None

    def ask() -> Sequence[Mapping[str, Any]]:
        from maintainer.platforms.gitlab_client import GitlabClient
        from maintainer.platforms.gitlab_freezes import freeze_periods

        place = platform.address("gitlab", context.forge, http)
        secret, held_by = platform.token("gitlab", context.forge)
        return freeze_periods(GitlabClient(http, place.api, place.path, secret, job=held_by == "CI_JOB_TOKEN"))

    return ask


class _Address(NamedTuple):
    """Where a feed is. A secret one is told by the name of its variable only."""

    url: str
    key: str
    secret: bool


@dataclass(frozen=True, slots=True)
class _Reader:
    """All that sources are read with. What is wrong with one is a ValueError with a sentence."""

    context: Context
    config: Config
    http: Http
    read: Read
    periods: Periods | None
    copies: Copies

    def events(self, source: Source) -> Sequence[Event]:
        if source.gitlab:
            return self._deploy_freezes()
        found = self._file(source, source.file) if source.file else self._feed(source)
        titles = [event.title for event in found.events]
        for glob in source.only:
            if not glob.startswith("!") and not any_matches((glob,), (*titles, *found.cancelled)):
                raise ValueError(f"no event is called {glob!r}. Correct `only`, or the title ({_some(titles)}).")
        events = [event for event in found.events if not source.only or any_matches(source.only, (event.title,))]
        if any(event.series.rules for event in events) and source.lead.delta + source.tail.delta > LONGEST:
            raise ValueError("its events recur, and `lead` and `tail` are more than a year. Make them shorter.")
        return events

    def _deploy_freezes(self) -> list[Event]:
        if self.periods is None:
            raise ValueError("this run is for no GitLab. Leave it out, or set MAINTAINER_PLATFORM=gitlab.")
        try:
            return [Event(*deploy_freeze.spans(period, self.context.now)) for period in self.periods()]
        except errors.MaintainerError as error:
            raise ValueError(error.message) from None

    def _file(self, source: Source, path: str) -> Feed:
        try:
            data = self.read(path)
        except errors.MaintainerError as error:
            raise ValueError(f"{error.message} Commit it, or correct `file`.") from None
        return feed.read(data, self._zone(source))

    def _feed(self, source: Source) -> Feed:
        address, zone, now = self._address(source), self._zone(source), self.context.now
        try:
            answer = self.http.get(address.url, headers=ASKED, limit=LARGEST)
        except (errors.Unreachable, errors.BadAnswer) as error:
            why = _failing(error, address).rstrip(".")
            try:
                fetched, data = self.copies.find(address.url, now, source.max_age)
            except ValueError as lacking:
                raise ValueError(f"{why}; {lacking}. Correct {address.key}, or see to its host.") from None
            self.context.say(f"The calendar {source.name}: {why}. Its copy of {in_words(now - fetched)} ago is used.")
            return feed.read(data, zone)
        except errors.NotFound:
            raise ValueError(f"it does not exist there any more (404). Correct {address.key}.") from None
        except errors.AccessDenied as error:
            status = error.answer.status if isinstance(error.answer, Answer) else 403
            raise ValueError(
                f"its host lets us not in ({status}). Share it by a secret address and name that under url_env, or "
                "give credentials under registries.hosts."
            ) from None
        _refuse_another_host(answer, address)
        _refuse_an_old_one(answer, source)
        found = feed.read(answer.body, zone)
        self.copies.keep(address.url, answer.body, now)
        return found

    def _address(self, source: Source) -> _Address:
        if source.url:
            return _Address(source.url, "`url`", secret=False)
        name = source.url_env or ""
        url = self.context.environment.get(name, "").strip()
        if not url:
            raise ValueError(f"the environment variable {name} is not set. Give the job this secret.")
        if url.startswith("webcal://"):
            url = f"https{url.removeprefix('webcal')}"
        if not _is_address(url):
            raise ValueError(f"what {name} holds is no address. Set it to the feed's, with https://.")
        hosts = tuple(host.host for host in self.config.settings.registries.hosts)
        if not is_safe(url, hosts):
            raise ValueError(f"the address in {name} is plain HTTP, which anybody on the way can change. Use https://.")
        return _Address(url, name, secret=True)

    def _zone(self, source: Source) -> ZoneInfo:
        return ZoneInfo(source.zone or self.config.settings.site.timezone)


def _place(source: Source) -> str:
    if source.url:
        return source.url.partition("?")[0]
    return source.file or (f"${source.url_env}" if source.url_env else "GitLab")


def _some(titles: Sequence[str]) -> str:
    named = ", ".join(repr(title[:40]) for title in dict.fromkeys(titles[:3]))
    return f"there is {named}" if named else "there is none"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _failing(error: errors.OutsideError, address: _Address) -> str:
    """What is wrong with its host; what it says itself may hold the address."""
    if not address.secret:
        return error.message
    if isinstance(error, errors.Unreachable):
        return "its host can't be reached, or can't answer now (408, 429, 5xx)"
    return "its host answers what can't be used: too large, too slow, damaged, or a redirect without end or HTTPS"


def _refuse_another_host(answer: Answer, address: _Address) -> None:
    asked, answered = (urlsplit(url) for url in (address.url, answer.url))
    if (asked.hostname, asked.port) != (answered.hostname, answered.port):
        where = "" if address.secret else f" ({answered.hostname})"
        raise ValueError(f"its address leads to another host{where}. Is it meant? Then correct {address.key}.")


def _refuse_an_old_one(answer: Answer, source: Source) -> None:
    """A cache on the way says how long it had it (RFC 9111, section 5.1)."""
    age = answer.headers.get("age", "")
    if age.isascii() and age.isdigit() and int(age[:9]) > source.max_age.delta.total_seconds():
        raise ValueError(
            f"a cache on the way gives what is {int(age[:9])} s old, and max_age is {source.max_age}. Empty it."
        )


def _made(kind: type[_Kind], source: Source, event: Event) -> _Kind:
    """An event as what the source says its events are."""
    return kind(
        name=event.title,
        series=replace(event.series, lead=source.lead, tail=source.tail),
        applies_to=source.phases,
        exempt=source.exemption,
        scope=source.scope.policy,
        reason=source.reason,
        calendar=source.name,
    )

"""The values people write: durations, dates, hours, zones, addresses, names of environment variables.

Each function reads one text and raises ValueError with a sentence that says what to write instead.
"""

import re
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from maintainer.config.secrets import looks_secret
from maintainer.config.spelling import nearest, quoted
from maintainer.policy.rulebook import Window
from maintainer.policy.wall_clock import Duration, clock

MAX_DAYS = 3660
DURATION = re.compile(r"(?:(\d{1,4})w)?(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)
ISO_DURATION = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII
)
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = {
    **{day: (index,) for index, day in enumerate(DAYS)},
    **{
        day: (index,)
        for index, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    },
    "daily": tuple(range(7)),
    "weekdays": tuple(range(5)),
    "weekends": (5, 6),
}
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))", re.ASCII)
VERSION = re.compile(r"\d{1,10}(?:\.\d{1,10}){0,3}(?:[-+][0-9A-Za-z.+-]{1,40}|(?i:alpha|beta|rc)\d{0,3})?", re.ASCII)
ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,127}", re.ASCII)
PLACEHOLDERS = ("{key}", "{package}", "{site}")
HOST = re.compile(r"(?=.{1,253}(?::|$))[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?", re.ASCII)


def duration(text: str) -> Duration:
    """`72h`, `3d`, `2w`, `1d12h`, `90m`, or ISO 8601 without months and years: `PT72H`, `P3D`."""
    match = (DURATION.fullmatch(text) or ISO_DURATION.fullmatch(text)) if text not in ("", "P") else None
    if match is None or not any(match.groups()):
        raise ValueError(f"{quoted(text)} is no duration. Write 72h, 3d or PT72H.")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in (*match.groups(), None)[:5])
    made = Duration(weeks * 7 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))
    if made.delta > timedelta(days=MAX_DAYS):
        raise ValueError(f"{quoted(text)} is longer than ten years. Write 72h, 3d or PT72H.")
    return made


def moment(text: str) -> date | datetime:
    """A date, or a date-time: naive as the site's wall clock says it, aware when an offset is given."""
    match = MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"{quoted(text)} is no date. Write 2026-11-23, 2026-11-23T18:00 or 2026-11-23T18:00+01:00.")
    day, clock, offset = match.groups()
    try:
        found = date.fromisoformat(day)
        made = datetime.fromisoformat(f"{day}T{clock}{offset or ''}") if clock else found
    except ValueError:
        raise ValueError(f"{quoted(text)} is in no calendar. Write a day such as 2026-11-23.") from None
    if not 1970 <= found.year <= 9000:
        raise ValueError(f"{quoted(text)}: the year {found.year} is far away. Write a day such as 2026-11-23.")
    return made


def day(text: str) -> date:
    """A date without a time."""
    made = moment(text)
    if isinstance(made, datetime):
        raise ValueError(
            f"{quoted(text)} has a time, which this key doesn't take. Write the date alone: {made.date()}."
        )
    return made


def begins(given: date | datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock of `zone` shows at a date's first instant, or at the date-time: naive."""
    if not isinstance(given, datetime):
        return datetime.combine(given, time())
    return clock(given, zone) if given.tzinfo else given


def ends(given: date | datetime, zone: ZoneInfo) -> datetime:
    """What it shows right after: a date is inclusive, a date-time exclusive."""
    return begins(given if isinstance(given, datetime) else given + timedelta(days=1), zone)


def window(text: str) -> Window:
    """`mon-fri 09:00-17:00`, `sat,sun`, `weekdays 22:00-06:00` (over midnight), `daily 00:00-24:00`."""
    days_text, _, hours_text = text.strip().lower().partition(" ")
    if HOURS.fullmatch(days_text) and not hours_text:
        days_text, hours_text = "daily", days_text
    days: set[int] = set()
    for part in days_text.split(","):
        days.update(_days(part, text))
    if not hours_text:
        return Window(frozenset(days), 0, 24 * 60)
    match = HOURS.fullmatch(hours_text.strip())
    if match is None:
        raise ValueError(f"{quoted(text)}: {quoted(hours_text)} are no hours. Write mon-fri 09:00-17:00.")
    hour, minute, to_hour, to_minute = (int(part) for part in match.groups() if part is not None)
    since, until = hour * 60 + minute, to_hour * 60 + to_minute
    if since == until:
        raise ValueError(f"{quoted(text)} has no time between. Write 00:00-24:00 for all day.")
    return Window(frozenset(days), since, until)


def _days(part: str, text: str) -> tuple[int, ...]:
    if part in DAY_NAMES:
        return DAY_NAMES[part]
    first, _, last = part.partition("-")
    if len(DAY_NAMES.get(first, ())) == len(DAY_NAMES.get(last, ())) == 1:
        start, end = DAY_NAMES[first][0], DAY_NAMES[last][0]
        return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))
    unknown = next((name for name in (first, last) if name not in DAY_NAMES), part)
    raise ValueError(
        f"{quoted(text)}: {quoted(unknown)} is no day.{nearest(unknown, DAY_NAMES)} Write mon-fri 09:00-17:00."
    )


def zone(text: str) -> str:
    """The name of a time zone of the IANA database."""
    try:
        ZoneInfo(text)
    except (ValueError, OSError):
        # ZoneInfoNotFoundError is a KeyError; paths and odd names raise ValueError or OSError.
        pass
    except KeyError:
        pass
    else:
        return text
    hint = nearest(text, available_timezones())
    raise ValueError(f"{quoted(text)} is no time zone.{hint} Write a name such as Europe/Warsaw or UTC.")


def address(text: str) -> str:
    """An http or https URL without credentials, query or fragment, and without a slash at its end.

    `{number}` and the like may stand in it. The text is not repeated when it may hold credentials.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no URL. Write https://www.example.org.") from None
    if "@" in parts.netloc or parts.query or parts.fragment or looks_secret(text):
        raise ValueError(
            "a URL here has no user, password, query or fragment. Credentials come from the environment; "
            "write https://www.example.org."
        )
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\<>\"\x00-\x1f]", text):
        raise ValueError(f"{quoted(text)} is no URL. Write https://www.example.org.")
    return text.rstrip("/")


def manifest_address(text: str) -> str:
    """An http or https URL that may have a query, in which `{key}`, `{package}` and `{site}` may stand."""
    bare = text
    for placeholder in PLACEHOLDERS:
        bare = bare.replace(placeholder, "x")
    if re.search(r"[{}]", bare):
        raise ValueError(f"{quoted(text)}: only {', '.join(PLACEHOLDERS)} may stand in braces here.")
    if looks_secret(text):
        raise ValueError("a URL here holds no key. Name its variable under key_env, and write {key} where it belongs.")
    address(bare.partition("?")[0])
    return text


def host(text: str) -> str:
    """A host name, with a port where it isn't the usual one."""
    if not HOST.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no host. Write satis.example.org, without https:// and path.")
    return text.lower()


def environment_name(text: str) -> str:
    """The name of an environment variable; what is no name may be the secret itself and is not repeated."""
    if not ENVIRONMENT_NAME.fullmatch(text):
        raise ValueError("names an environment variable, it doesn't hold the secret. Write a name such as ACME_TOKEN.")
    return text

"""The times people give a command: on the site's clock, with an offset, as a date, or from now on.

moment_of(text, now, zone) -> datetime         raises ConfigurationError
length_of(text) -> Duration
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from maintainer.config import values
from maintainer.errors import ConfigurationError
from maintainer.policy.wall_clock import Duration, instant


def moment_of(text: str | None, now: datetime, zone: ZoneInfo) -> datetime:
    """`2026-11-27T18:00` on the clock of `zone`, `2026-11-27T18:00+01:00`, `2026-11-27` (its first instant), `+3d` and
    `+72h` from `now` on, `now`. In UTC; `now` for None. Raises ConfigurationError with what to write."""
    if text is None or text == "now":
        return now.astimezone(UTC)
    try:
        if text.startswith("+"):
            return values.duration(text[1:]).after(now, zone).astimezone(UTC)
        given = values.moment(text)
    except ValueError as error:
        raise ConfigurationError(f"{error} Or write +3d or +72h, from now on.") from None
    if isinstance(given, datetime) and given.tzinfo:
        return given.astimezone(UTC)
    return instant(values.begins(given, zone), zone)


def length_of(text: str) -> Duration:
    """`4h`, `3d`. Raises ConfigurationError for what is no duration, or none at all."""
    try:
        found = values.duration(text)
    except ValueError as error:
        raise ConfigurationError(f"--for: {error}") from None
    if not found.delta:
        raise ConfigurationError(f"--for: {text} is no time at all. Write 4h or 3d.")
    return found

"""How policy names things in its sentences: durations in words and moments in the site's zone.

in_words(delta) -> str                    "14 hours", "3 days"
moment(when, zone) -> str                 "Mon 23 Nov 16:10"
zone(name) -> ZoneInfo                    raises errors.ConfigurationError
aware(when) -> datetime
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from maintainer.errors import ConfigurationError

#: Requirement names of `Release.requires`, as people write them.
NAMES = {
    "php": "PHP",
    "node": "Node",
    "python": "Python",
    "wordpress": "WordPress",
    "woocommerce": "WooCommerce",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def in_words(delta: timedelta) -> str:
    """A duration in its largest fitting unit, rounded down; nothing is shorter than a minute."""
    minutes = max(int(delta.total_seconds()) // 60, 0)
    if minutes >= 48 * 60:
        return f"{minutes // (24 * 60)} days"
    if minutes >= 60:
        return _counted(minutes // 60, "hour")
    return _counted(max(minutes, 1), "minute")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def moment(when: datetime, site: tzinfo) -> str:
    """A moment on the site's clock, whatever the machine's locale."""
    local = when.astimezone(site)
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


@cache
def zone(name: str) -> ZoneInfo:
    """The site's time zone; raises `errors.ConfigurationError`, since another zone would open the wrong hours."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:
        raise ConfigurationError(f"{name!r} is no time zone. Write one like Europe/Warsaw in site.timezone.") from error
    except KeyError:
        raise ConfigurationError(f"{name!r} is no time zone. Write one like Europe/Warsaw in site.timezone.") from None


def aware(when: datetime) -> datetime:
    """A moment with a zone: one without is read as UTC."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)

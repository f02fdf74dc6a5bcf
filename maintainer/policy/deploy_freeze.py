"""A project's own deploy freezes on GitLab: https://docs.gitlab.com/api/freeze_periods/.

    spans(period, now) -> (title, Series)               raises ValueError with what is wrong and what to do

GitLab is frozen from each `freeze_start` to the next `freeze_end` after it, both cron expressions in `cron_timezone`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from maintainer.policy.cron import cron, frozen
from maintainer.policy.series import Series
from maintainer.policy.wall_clock import clock

#: What is told of: the past year, and as far as the calendar is looked ahead.
PAST, AHEAD = timedelta(days=366), timedelta(days=3700)

#: The names Rails has for zones, which GitLab takes beside IANA's: such that are a city of a region of IANA's ...
_CITIES = {
    "Africa": "Cairo, Casablanca, Harare, Monrovia, Nairobi",
    "America": "Bogota, Caracas, Chihuahua, La Paz, Lima, Mazatlan, Mexico City, Monterrey, Montevideo, Puerto Rico, "
    "Santiago, Tijuana",
    "Asia": "Almaty, Baghdad, Baku, Bangkok, Chongqing, Dhaka, Hong Kong, Irkutsk, Jakarta, Jerusalem, Kabul, "
    "Kamchatka, Karachi, Kathmandu, Kolkata, Krasnoyarsk, Kuala Lumpur, Kuwait, Magadan, Muscat, Novosibirsk, Rangoon, "
    "Riyadh, Seoul, Singapore, Srednekolymsk, Taipei, Tashkent, Tbilisi, Tehran, Tokyo, Ulaanbaatar, Urumqi, "
    "Vladivostok, Yakutsk, Yerevan",
    "Atlantic": "Azores",
    "Australia": "Adelaide, Brisbane, Darwin, Hobart, Melbourne, Perth, Sydney",
    "Europe": "Amsterdam, Athens, Belgrade, Berlin, Bratislava, Brussels, Bucharest, Budapest, Copenhagen, Dublin, "
    "Helsinki, Istanbul, Kaliningrad, Lisbon, Ljubljana, London, Madrid, Minsk, Moscow, Paris, Prague, Riga, Rome, "
    "Samara, Sarajevo, Skopje, Sofia, Stockholm, Tallinn, Vienna, Vilnius, Volgograd, Warsaw, Zagreb, Zurich",
    "Pacific": "Auckland, Fiji, Guam, Port Moresby",
}
#: ... and such that are not. https://api.rubyonrails.org/classes/ActiveSupport/TimeZone.html
RAILS = {
    city: f"{region}/{city.replace(' ', '_')}" for region, cities in _CITIES.items() for city in cities.split(", ")
} | {
    "International Date Line West": "Etc/GMT+12",
    "Midway Island": "Pacific/Midway",
    "American Samoa": "Pacific/Pago_Pago",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Mountain Time (US & Canada)": "America/Denver",
    "Arizona": "America/Phoenix",
    "Central Time (US & Canada)": "America/Chicago",
    "Saskatchewan": "America/Regina",
    "Central America": "America/Guatemala",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Atlantic Time (Canada)": "America/Halifax",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Edinburgh": "Europe/London",
    "Bern": "Europe/Zurich",
    "Kyiv": "Europe/Kiev",
    "St. Petersburg": "Europe/Moscow",
    "Pretoria": "Africa/Johannesburg",
    "Abu Dhabi": "Asia/Muscat",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Islamabad": "Asia/Karachi",
    "Chennai": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "New Delhi": "Asia/Kolkata",
    "Sri Jayawardenepura": "Asia/Colombo",
    "Hanoi": "Asia/Bangkok",
    "Beijing": "Asia/Shanghai",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Canberra": "Australia/Melbourne",
    "Solomon Is.": "Pacific/Guadalcanal",
    "New Caledonia": "Pacific/Noumea",
    "Marshall Is.": "Pacific/Majuro",
    "Wellington": "Pacific/Auckland",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
}  # fmt: skip


def spans(period: Mapping[str, Any], now: datetime) -> tuple[str, Series]:
    """What GitLab's answer says of one freeze, from a year before `now` (aware) on for ten years."""
    start, end = (cron(_text(period, name)) for name in ("freeze_start", "freeze_end"))
    zone = _zone(_text(period, "cron_timezone"))
    here = clock(now, zone).replace(fold=0, microsecond=0)
    found = frozen(start, end, here - PAST, here + AHEAD)
    if not found:
        raise ValueError(f"from {start.text!r} to {end.text!r} never comes within ten years. Correct it.")
    title = f"deploy freeze {start.text} – {end.text}"
    return title, Series(*found[0], zone, also=tuple(found[1:]))


def _text(period: Mapping[str, Any], name: str) -> str:
    found = period.get(name)
    if not isinstance(found, str) or not found.strip():
        raise ValueError(f"a freeze has no {name}. Set it again.")
    return found.strip()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(RAILS.get(name, name))
    except (KeyError, ValueError, OSError):
        raise ValueError(f"its zone {name[:60]!r} is not known here. Choose another, such as Europe/Warsaw.") from None

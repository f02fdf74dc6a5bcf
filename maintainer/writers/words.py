"""What is said in a language: messages by gettext, dates and numbers by Babel, in one time zone.

    Words("pl", ZoneInfo("Europe/Warsaw")).say_n("{n} fix", "{n} fixes", 5)  ->  "5 poprawek"

A language is a folder `languages/<code>/LC_MESSAGES/` with `maintainer.po`; messages are written in English.
Slots are named, in braces. What stands in a slot is never read as a message. Dates, numbers and lists are as
Unicode's CLDR has them (https://cldr.unicode.org).
"""

import io
import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, format_scientific
from babel.units import format_unit

from maintainer.errors import ConfigurationError
from maintainer.evidence import Unit

ENGLISH = "en"
#: Whose dates and numbers are a language's, where that isn't plain: English is the one of Europe.
_LOCALES = {ENGLISH: "en_GB"}
#: From this size on, by how much a number is divided, and the symbol: the same in all languages (SI).
_SCALES: dict[Unit, tuple[tuple[float, float, str], ...]] = {
    "s": ((60, 60, "min"), (1, 1, "s"), (0, 1e-3, "ms")),
    "ms": ((1000, 1000, "s"), (0, 1, "ms")),
    "bytes": ((1e6, 1e6, "MB"), (1e3, 1e3, "kB"), (0, 1, "B")),
}
_LENGTHS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def message(text: str) -> str:
    """Marks a text that is said later: catalogues are made of what stands in such calls and those of `Words`."""
    return text


@cache
def languages() -> tuple[str, ...]:
    """The codes there is a catalogue for, English first."""
    folder = files("maintainer.writers").joinpath("languages")
    found = (one.name for one in folder.iterdir() if _catalogue(one.name).is_file())
    return ENGLISH, *sorted(found)


class Words:
    """A language and a time zone. Raises ConfigurationError for a language without a catalogue."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self.zone = zone
        self._messages = _messages(language)
        self._locale = Locale.parse(_LOCALES.get(language, language))

    # messages

    def say(self, message: str, **slots: object) -> str:
        """The message in this language, with what stands in its slots."""
        return self.template(message).format(**slots)

    def say_n(self, one: str, many: str, n: int, **slots: object) -> str:
        """As `say`, in the form that goes with a count; `{n}` is the count as the language writes it."""
        return self.template_n(one, many, n).format(n=self.number(n), **slots)

    def template(self, message: str) -> str:
        """The message in this language with its slots still open."""
        return self._messages.gettext(message) if message else ""  # "" is a catalogue's header

    def template_n(self, one: str, many: str, n: int) -> str:
        """As `template`, in the form that goes with a count."""
        return self._messages.ngettext(one, many, n)

    # times

    def date(self, at: datetime) -> str:
        """`24 November 2026`."""
        return format_date(self._there(at), "long", self._locale)

    def day(self, at: datetime, since: datetime | None = None) -> str:
        """`1 December`; with its year, unless it is the one of `since`."""
        if since is None or self._there(at).year != self._there(since).year:
            return self.date(at)
        return format_skeleton("MMMMd", self._there(at), locale=self._locale)

    def moment(self, at: datetime) -> str:
        """`24 November 2026, 10:05 CET`."""
        time = format_datetime(self._there(at), "HH:mm z", tzinfo=self.zone, locale=self._locale)
        return f"{self.date(at)}, {time}"

    def span(self, length: timedelta) -> str:
        """`3 days 4 hours`: the two largest units."""
        rest = max(round(length.total_seconds()), 0)
        said: list[str] = []
        for unit, seconds in _LENGTHS:
            count, rest = divmod(rest, seconds)
            if (count or (unit == "second" and not said)) and len(said) < 2:
                said.append(format_unit(count, f"duration-{unit}", "long", locale=self._locale))
            elif said:
                break
        return " ".join(said)

    # numbers

    def number(self, value: float) -> str:
        """`12,345`; of what is no whole number the three digits that matter, of what is none at all `?`."""
        if not math.isfinite(value):
            return "?"
        if abs(value) >= 1e15:
            return format_scientific(value, locale=self._locale)
        places = 0 if value == round(value) or abs(value) >= 100 else 2 - math.floor(math.log10(abs(value)))
        return format_decimal(round(value, places), f"#,##0.{'#' * min(places, 9)}", self._locale)

    def percent(self, share: float) -> str:
        """`2.5%` of 0.025."""
        if not math.isfinite(share) or abs(share) >= 1e12:
            return "?"
        return format_percent(share, "#,##0.##%", self._locale)

    def money(self, amount: float, currency: str) -> str:
        """`1 234,50 zł`; the currency is a code of ISO 4217."""
        return format_currency(amount, currency, locale=self._locale)

    def unit(self, value: float, unit: Unit) -> str:
        """A measured number as people write it: `1.9 s`, `412 ms`, `1.25 MB`, `0.5%`, `3.4/s`."""
        if not math.isfinite(value):
            return "?"
        if unit in ("share", "score"):
            return self.percent(value)
        if unit == "per_s":
            return f"{self.number(value)}/s"
        for least, per, symbol in _SCALES.get(unit, ()):
            if abs(value) >= least or (not value and per == 1):
                return f"{self.number(value / per)}\N{NO-BREAK SPACE}{symbol}"
        return self.number(value)

    def listed(self, items: Iterable[str]) -> str:
        """`a, b and c`."""
        return format_list(list(items), locale=self._locale)

    def _there(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


def slots(template: str) -> Iterator[tuple[str, str]]:
    """A template as pairs of text and the name of the slot after it, empty where none follows."""
    for text, name, _, _ in Formatter().parse(template):
        yield text, name or ""


@cache
def _messages(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    if language not in languages():
        known = ", ".join(languages())
        raise ConfigurationError(f"language: there is no catalogue for {language!r}. Take one of: {known}.")
    with _catalogue(language).open("rb") as written:
        catalogue = read_po(written, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _catalogue(language: str) -> Traversable:
    return files("maintainer.writers").joinpath("languages", language, "LC_MESSAGES", "maintainer.po")

"""Every message is in every language, whole and in the right form; dates and numbers are as people there write them."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.messages import Catalog
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import ConfigurationError
from maintainer.evidence import Unit
from maintainer.writers.words import Words, languages, slots
from tests.writers import catalogues

WARSAW = ZoneInfo("Europe/Warsaw")
FOREIGN = pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


def polish() -> Words:
    return Words("pl", WARSAW)


def english() -> Words:
    return Words("en", WARSAW)


# catalogues


@FOREIGN
def test_every_message_is_translated_and_nothing_else_is(language: str) -> None:
    there = {catalogues.name(one) for one in catalogues.catalogue(language) if one.id}
    assert sorted(set(catalogues.said()) - there, key=str) == [], "to be translated"
    assert sorted(there - set(catalogues.said()), key=str) == [], "said nowhere"


@FOREIGN
def test_every_form_is_there_and_has_the_slots_of_the_english(language: str) -> None:
    catalogue = catalogues.catalogue(language)
    for one in catalogue:
        if not one.id:
            continue
        english = catalogues.said()[catalogues.name(one)]
        texts = catalogues.texts(one)
        assert len(texts) == (catalogue.num_plurals if len(english) > 1 else 1), one.id
        assert all(text.strip() == text != "" for text in texts), one.id
        assert {frozenset(catalogues.slots(text)) for text in (*texts, *english)} == {
            frozenset(catalogues.slots(english[0]))
        }, one.id
        assert not one.fuzzy, one.id
    assert not catalogue.fuzzy and not catalogue.obsolete


def rule(catalogue: Catalog, n: int) -> int:
    """The form that a catalogue's header asks for, read as gettext does."""
    from gettext import c2py

    return int(c2py(catalogue.plural_expr)(n))


@FOREIGN
def test_its_plural_rule_is_unicodes(language: str) -> None:
    catalogue = catalogues.catalogue(language)
    forms = Locale.parse(language).plural_form
    pairs = {(rule(catalogue, n), forms(n)) for n in range(1001)}
    assert len(pairs) == len({form for form, _ in pairs}) == len({word for _, word in pairs}) == catalogue.num_plurals


def test_polish_has_three_forms() -> None:
    assert catalogues.catalogue("pl").num_plurals == 3
    counted = [polish().say_n("{n} fix", "{n} fixes", n) for n in (0, 1, 2, 5, 12, 22, 25, 112, 1002)]
    assert counted == [
        "0 poprawek", "1 poprawka", "2 poprawki", "5 poprawek", "12 poprawek", "22 poprawki", "25 poprawek",
        "112 poprawek", "1\xa0002 poprawki",
    ]  # fmt: skip
    assert english().say_n("{n} fix", "{n} fixes", 1) == "1 fix"
    assert english().say_n("{n} fix", "{n} fixes", 0) == "0 fixes"


def test_a_language_without_a_catalogue_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"'tlh'.*one of: en, pl\."):
        Words("tlh", WARSAW)
    with pytest.raises(ConfigurationError):
        Words("../pl", WARSAW)


def test_what_stands_in_a_slot_is_never_read() -> None:
    hostile = "{site} {0} {{x}} %s {n.__class__}"
    assert english().say("{name} is new", name=hostile) == f"{hostile} is new"
    assert list(slots("{a} to {b}.")) == [("", "a"), (" to ", "b"), (".", "")]
    assert english().say("") == polish().say("") == ""


# dates


@pytest.mark.parametrize(
    ("language", "date", "day", "moment"),
    [
        ("en", "24 November 2026", "24 November", "24 November 2026, 10:05 CET"),
        ("pl", "24 listopada 2026", "24 listopada", "24 listopada 2026, 10:05 CET"),
    ],
)
def test_dates_are_in_the_sites_zone(language: str, date: str, day: str, moment: str) -> None:
    words = Words(language, WARSAW)
    assert (words.date(AT), words.day(AT, AT), words.moment(AT)) == (date, day, moment)
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert words.day(late, AT) == words.date(late) != words.day(AT, AT)
    assert "2027" in words.date(late)


@pytest.mark.parametrize(
    ("length", "english_says", "polish_says"),
    [
        (timedelta(hours=2), "2 hours", "2 godziny"),
        (timedelta(days=5, hours=1, minutes=3), "5 days 1 hour", "5 dni 1 godzina"),
        (timedelta(minutes=22, seconds=5), "22 minutes 5 seconds", "22 minuty 5 sekund"),
        (timedelta(days=1, minutes=3), "1 day", "1 dzień"),
        (timedelta(0), "0 seconds", "0 sekund"),
    ],
)
def test_durations_are_in_words(length: timedelta, english_says: str, polish_says: str) -> None:
    assert (english().span(length), polish().span(length)) == (english_says, polish_says)


# numbers


@pytest.mark.parametrize(
    ("value", "unit", "english_says", "polish_says"),
    [
        (1.9, "s", "1.9 s", "1,9 s"),
        (412, "ms", "412 ms", "412 ms"),
        (2512.4, "ms", "2.51 s", "2,51 s"),
        (0, "s", "0 s", "0 s"),
        (90, "s", "1.5 min", "1,5 min"),
        (1_254_000, "bytes", "1.25 MB", "1,25 MB"),
        (0.025, "share", "2.5%", "2,5%"),
        (0.93, "score", "93%", "93%"),
        (0.0042, "", "0.0042", "0,0042"),
        (12_345, "count", "12,345", "12\xa0345"),
        (3.4, "per_s", "3.4/s", "3,4/s"),
        (math.nan, "s", "?", "?"),
        (1e20, "count", "1E20", "1E20"),
        (math.inf, "share", "?", "?"),
    ],
)
def test_measured_numbers_are_as_people_write_them(
    value: float, unit: Unit, english_says: str, polish_says: str
) -> None:
    assert english().unit(value, unit).replace("\xa0", " ") == english_says.replace("\xa0", " ")
    assert polish().unit(value, unit).replace("\xa0", " ") == polish_says.replace("\xa0", " ")


def test_money_and_lists() -> None:
    assert polish().money(1234.5, "PLN") == "1\xa0234,50\xa0zł"
    assert english().money(123, "EUR") == "€123.00"
    assert (english().listed(["a", "b", "c"]), polish().listed(["a", "b", "c"])) == ("a, b and c", "a, b i c")
    assert (english().listed(["a"]), english().listed([])) == ("a", "")


@given(st.floats(), st.sampled_from(["s", "ms", "bytes", "count", "share", "score", "per_s", ""]))
def test_every_number_can_be_said(value: float, unit: Unit) -> None:
    assert polish().unit(value, unit).strip()

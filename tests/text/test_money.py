"""Amounts as shops write them, in many languages."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text.money import Money, amounts, money

READ = [
    ("19,99 zł", "", "19.99", "PLN"),
    ("1 234,50 zł", "pl_PL", "1234.50", "PLN"),
    ("1 234,50 zł", "", "1234.50", "PLN"),
    ("1\u00a0234,50\u00a0zł", "pl", "1234.50", "PLN"),
    ("$1,234.50", "en_US", "1234.50", "USD"),
    ("£9.99", "en_GB", "9.99", "GBP"),
    ("1.234,50 €", "de_DE", "1234.50", "EUR"),
    ("1.234 €", "de_DE", "1234", "EUR"),
    ("1,234 €", "de_DE", "1234", "EUR"),
    ("€ 12,-", "nl_NL", "12", "EUR"),
    ("CHF 1'234.50", "de_CH", "1234.50", "CHF"),
    ("CHF 1’234.50", "de_CH", "1234.50", "CHF"),
    ("¥1,200", "ja_JP", "1200", "JPY"),
    ("12.345.678 ₫", "vi_VN", "12345678", "VND"),
    ("₹1,23,456.78", "en_IN", "123456.78", "INR"),
    ("KWD 1.234", "en_US", "1.234", "KWD"),
    ("KWD 1,234", "en_US", "1234", "KWD"),
    ("R$ 1.234,56", "pt_BR", "1234.56", "BRL"),
    ("-£5.00", "en_GB", "-5.00", "GBP"),
    ("£-5.00", "en_GB", "-5.00", "GBP"),
    ("−5,00 zł", "pl_PL", "-5.00", "PLN"),
    ("Rabat: -5,00 zł", "pl_PL", "-5.00", "PLN"),
    ("(£5.00)", "en_GB", "-5.00", "GBP"),
    ("Razem: 123,00 zł (zawiera 23% VAT)", "pl_PL", "123.00", "PLN"),
    ("Total £9.99 (2 items)", "en_GB", "9.99", "GBP"),
    ("£9.99 £9.99", "en_GB", "9.99", "GBP"),
    ("USD 10", "", "10", "USD"),
    ("10 Kč", "cs_CZ", "10", "CZK"),
    ("0.500", "", "0.500", ""),
    ("12.50", "", "12.50", ""),
    ("1.234", "de_DE", "1234", ""),
    ("1.234", "en_US", "1.234", ""),
    ("١٬٢٣٤٫٥٠ AED", "ar_AE", "1234.50", "AED"),
    ("Free", "en_GB", "0", ""),
    ("za darmo", "pl_PL", "0", ""),
    ("19,99 zł", "no-such-locale", "19.99", "PLN"),
]


@pytest.mark.parametrize(("text", "locale", "amount", "currency"), READ)
def test_an_amount_is_read(text: str, locale: str, amount: str, currency: str) -> None:
    assert money(text, locale) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no amount"),
        ("soon", "names no amount"),
        ("25% off", "names no amount"),
        ("1.2.3", "names no amount"),
        ("10,00 zł - 20,00 zł", r"names several amounts: 10.00 PLN, 20.00 PLN"),
        ("10,00 zł – 20,00 zł", r"names several amounts: 10.00 PLN, 20.00 PLN"),
        ("£12.00 £9.00", "names several amounts: 12.00 GBP, 9.00 GBP"),
        ("freedom", "names no amount"),
    ],
)
def test_what_is_no_single_amount_is_told(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        money(text)


def test_numbers_beside_a_currency_go_before_others() -> None:
    assert [str(one) for one in amounts("3 mugs at £5.00, 20% VAT: £2.50")] == ["5.00 GBP", "2.50 GBP"]
    assert [str(one) for one in amounts("3 mugs, 5")] == ["3", "5"]


@given(
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(
        ["pl_PL", "en_US", "en_GB", "de_DE", "de_CH", "fr_FR", "es_ES", "it_IT", "cs_CZ", "sv_SE", "en_IN"]
    ),
    st.sampled_from(["EUR", "USD", "GBP", "PLN", "CHF", "CZK"]),
)
def test_what_cldr_writes_is_read_back(amount: Decimal, locale: str, currency: str) -> None:
    assert money(format_currency(amount, currency, locale=locale), locale) == Money(amount, currency)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    list(amounts(text, "pl_PL"))

"""Amounts of money as pages write them: `1 234,50 zł`, `$1,234.50`, `CHF 1'234.50`, `1.234,50 €`, `¥1,200`, `Free`.

The locale says how a number is to be read where it could be two (`1.234`), in the data of Unicode's CLDR as Babel
carries it; where a shop writes otherwise than its locale does, the digits decide.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_decimal_symbol, get_group_symbol

#: Signs that are written beside amounts, and the one currency each most often is.
SIGNS = {
    "€": "EUR", "£": "GBP", "US$": "USD", "$": "USD", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON", "лв": "BGN",
    "kr": "SEK", "₴": "UAH", "₹": "INR", "¥": "JPY", "円": "JPY", "元": "CNY", "₩": "KRW", "R$": "BRL", "₺": "TRY",
    "$US": "USD", "£GB": "GBP", "₪": "ILS", "₽": "RUB", "฿": "THB", "₫": "VND", "A$": "AUD", "C$": "CAD",
}  # fmt: skip
#: ISO 4217's codes of what shops sell in.
CODES = frozenset(
    re.findall(
        r"\w+",
        "AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JOD JPY KRW KWD MXN "
        "MYR NOK NZD OMR PEN PHP PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND ZAR",
    )
)
#: What stands where nothing is to be paid.
NOTHING = frozenset(
    ["free", "gratis", "kostenlos", "gratuit", "gratuito", "bezpłatnie", "za darmo", "zdarma", "ingyenes", "ilmainen"]
)
SPACES = "\u0020\u00a0\u2009\u202f"
APOSTROPHES = "'\u2019"
NUMBER = re.compile(rf"\d+(?:[.,]\d+|[{SPACES}{APOSTROPHES}]\d{{3}}(?!\d))*")
#: Digits alone, or in groups of which the last has three: India parts the rest by two.
GROUPS = re.compile(r"\d+|\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
MINUS = "-\u2212\u2013"
#: Longer texts are no price.
LONGEST = 2000
_MONEY = "|".join(re.escape(sign) for sign in sorted([*SIGNS, *CODES], key=len, reverse=True))
_BEFORE = re.compile(rf"(?<!\w)({_MONEY})[{SPACES}]{{0,2}}([{MINUS}]?)[{SPACES}]?$")
_AFTER = re.compile(rf"^[{SPACES}]{{0,2}}({_MONEY})(?!\w)")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, and its currency's ISO code where one is written (a sign that several share is the most usual's)."""

    amount: Decimal
    currency: str = ""

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}".strip()


def money(text: str, locale: str = "") -> Money:
    """The one amount in a text; two that are the same are one. Raises ValueError for none and for several.

    `locale` as `pl`, `pl_PL` or `pl-PL`; one nobody knows is none.
    """
    found = list(dict.fromkeys(amounts(text, locale)))
    if len(found) == 1:
        return found[0]
    shown = " ".join(text.split())[:80]
    if not found:
        raise ValueError(f"“{shown}” names no amount")
    raise ValueError(f"“{shown}” names several amounts: {', '.join(map(str, found[:4]))}")


def amounts(text: str, locale: str = "") -> Iterator[Money]:
    """All amounts in a text, in their order: numbers beside a currency or, where there are none, every number."""
    text = _plain(text[:LONGEST])
    found = list(_found(text, locale))
    beside = [one for one in found if one.currency]
    if not found and text.strip(" .!").lower() in NOTHING:
        yield Money(Decimal(0))
    yield from beside or found


def _found(text: str, locale: str) -> Iterator[Money]:
    done = 0
    for match in NUMBER.finditer(text):
        before, after = text[done : match.start()], text[match.end() :]
        ahead = _BEFORE.search(before)
        behind = None if ahead else _AFTER.match(after)
        currency = ahead[1] if ahead else behind[1] if behind else ""
        code = SIGNS.get(currency, currency)
        amount = None if after.lstrip(SPACES).startswith("%") else _number(match[0], locale, code)
        if amount is None:
            continue
        sign = before[: ahead.start()] if ahead else before
        negative = bool(ahead and ahead[2]) or _is_minus(sign) or (sign.endswith("(") and ")" in after[:6])
        yield Money(-amount if negative else amount, code)
        done = match.end() + (behind.end() if behind else 0)


def _is_minus(before: str) -> bool:
    """Whether a minus stands right before the amount: no dash between two amounts, no hyphen in a word."""
    return (
        bool(re.search(rf"(?:^|[\s(:])[{MINUS}]$|(?:^|[(:][{SPACES}]?)[{MINUS}][{SPACES}]$", before))
        and before[:1] != " "
    )


def _plain(text: str) -> str:
    """The text with the digits of every script as 0 to 9, and with Arabic separators as ours."""
    text = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    return text.replace("\u066b", ",").replace("\u066c", "\u2019").replace("\u200f", "").replace("\u200e", "")


def _number(text: str, locale: str, currency: str) -> Decimal | None:
    bare = text.translate(dict.fromkeys(map(ord, SPACES + APOSTROPHES)))
    if any(one in text for one in SPACES + APOSTROPHES) and not _grouped(text):
        return None
    marks = [one for one in bare if one in ".,"]
    decimal = _decimal_mark(bare, marks, locale, currency) if marks else ""
    whole, _, part = bare.rpartition(decimal) if decimal else (bare, "", "")
    if not GROUPS.fullmatch(whole) or (part and not part.isdigit()):
        return None
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(f"{digits}.{part}" if part else digits)


def _grouped(text: str) -> bool:
    """Whether spaces and apostrophes part groups of three: `10 20` are two numbers."""
    whole = re.split(r"[.,]", text)[0]
    return bool(re.fullmatch(rf"\d{{1,3}}(?:[{SPACES}{APOSTROPHES}]\d{{3}})+", whole)) or whole.isdigit()


def _decimal_mark(bare: str, marks: list[str], locale: str, currency: str) -> str:
    """Which of `.` and `,` parts whole from decimal; empty when none does."""
    last = marks[-1]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return ""  # 1.234.567
    after = len(bare) - bare.rindex(last) - 1
    if after != 3 or bare.startswith("0"):
        return last
    if currency:  # 1,234 dinars of Kuwait have three decimals, euros never do
        return last if get_currency_precision(currency) == 3 and last != _symbols(locale)[1] else ""
    return last if last == _symbols(locale)[0] else ""


@cache
def _symbols(locale: str) -> tuple[str, str]:
    try:
        known = Locale.parse(locale.replace("-", "_")) if locale else None
    except (ValueError, UnknownLocaleError):
        known = None
    return (get_decimal_symbol(known), get_group_symbol(known)) if known else ("", "")

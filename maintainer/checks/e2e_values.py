"""Variables of a flow, what is read of texts and JSON, and sums of money."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from maintainer.text.money import Money, money

VARIABLE = re.compile(r"\{([a-z][a-z0-9_]{0,40})\}")
#: A match of a pattern looks at no more.
LONGEST = 20_000
#: A shorter secret is a word, and masking it would garble what it stands in.
SHORTEST = 4


class Unmet(Exception):
    """A step did not come to what it should: `kind` for programs, `wanted` and `got` as clauses of a sentence."""

    def __init__(self, kind: str, wanted: str, got: str = "") -> None:
        super().__init__(f"{wanted}, {got}")
        self.kind, self.wanted, self.got = kind, wanted, got


def filled(text: str, variables: Mapping[str, str]) -> str:
    """The text with its `{variables}`. Raises Unmet for one that nothing was remembered as."""

    def one(match: re.Match[str]) -> str:
        if match[1] not in variables:
            raise Unmet("variable", f"{{{match[1]}}} should be known", "nothing was remembered as that")
        return variables[match[1]]

    return VARIABLE.sub(one, text)


def known(text: str, variables: Mapping[str, str]) -> str:
    """The text with those of its `{variables}` that are known. For what the user wrote: a page could name secrets."""
    return VARIABLE.sub(lambda match: variables.get(match[1], match[0]), text)


def masked(value: Any, secrets: Sequence[str]) -> Any:
    """A value of JSON without secrets in its texts: a page may show what was typed."""
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            value = value.replace(secret, "***") if len(secret) >= SHORTEST else value
        return value
    if isinstance(value, Mapping):
        return {key: masked(one, secrets) for key, one in value.items()}
    return [masked(one, secrets) for one in value] if isinstance(value, list | tuple) else value


def filled_json(text: str, variables: Mapping[str, str]) -> Any:
    """The JSON of a text whose strings have `{variables}`. Raises Unmet."""
    escaped = {name: json.dumps(value)[1:-1] for name, value in variables.items()}
    try:
        return json.loads(filled(text, escaped))
    except ValueError as error:
        raise Unmet("json", "what is sent should be JSON", f"it is not: {error}") from None


def at(tree: Any, path: str) -> Any:
    """The value at a path as `orders.0.total`, `length` of a list too. Raises Unmet where there is none."""
    for part in filter(None, path.split(".")):
        if isinstance(tree, Mapping) and part in tree:
            tree = tree[part]
        elif isinstance(tree, list) and part == "length":
            tree = len(tree)
        elif isinstance(tree, list) and part.lstrip("-").isdigit() and -len(tree) <= int(part) < len(tree):
            tree = tree[int(part)]
        else:
            raise Unmet("json", f"the answer should have {path}", f"it has no {part} there")
    return tree


def written(value: Any) -> str:
    """A value of JSON as a variable: a text as it is, null as none, anything else as JSON."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def same(value: Any, wanted: str) -> bool:
    """Whether a value of JSON is what was wanted: numbers by their value, all else by its text."""
    text = written(value)
    if text == wanted:
        return True
    try:
        return Decimal(text) == Decimal(wanted)
    except InvalidOperation:
        return False


def matched(text: str, pattern: str) -> str:
    """The first group of a pattern in a text, or all it matches. Raises Unmet where it doesn't."""
    try:
        found = re.search(pattern, text[:LONGEST])
    except re.error as error:
        raise Unmet("pattern", f"{pattern} should be a pattern", f"it is none: {error}") from None
    if not found:
        raise Unmet("text", f"a text should match {pattern}", f"it says “{shown(text)}”")
    return found[1] if found.groups() and found[1] is not None else found[0]


def shown(text: str, most: int = 120) -> str:
    """A text of a page in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def read_money(text: str, locale: str, what: str) -> Money:
    """The amount in a text. Raises Unmet, which says so of `what`."""
    try:
        return money(text, locale)
    except ValueError as error:
        raise Unmet("total", f"{what} should be an amount", str(error)) from None


def total(terms: Sequence[str], less: Sequence[str], variables: Mapping[str, str], locale: str) -> Money:
    """The sum of `terms` without those in `less`: each an amount, `{variables}` filled in, or a number times one:
    `3 x {price}`. Raises Unmet, for several currencies too.
    """
    amounts = []
    for sign, term in [*((1, term) for term in terms), *((-1, term) for term in less)]:
        text = filled(term, variables)
        times = re.match(r"(\d{1,4}) ?[x×*] ?(?=\S)", text)
        one = read_money(text[times.end() :] if times else text, locale, term)
        amount = abs(one.amount) if sign < 0 else one.amount  # a page writes a discount with its minus, or without
        amounts.append(Money(sign * amount * (int(times[1]) if times else 1), one.currency))
    return added(amounts)


def added(amounts: Sequence[Money]) -> Money:
    """The sum of amounts. Raises Unmet for several currencies."""
    currencies = {one.currency for one in amounts} - {""}
    if len(currencies) > 1:
        raise Unmet("total", "all amounts should be in one currency", " and ".join(sorted(currencies)))
    return Money(sum((one.amount for one in amounts), Decimal(0)), next(iter(currencies), ""))

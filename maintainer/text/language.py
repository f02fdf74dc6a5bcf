"""Finished English sentences in another language, by a catalogue of pairs of templates.

Who makes a sentence writes it in English and knows of no other language; what is shown to people goes through
`Language.say` last, before it is escaped. A pair in the catalogue:

    "{n:number} page[s] in {time:number}"  ->  "{n} {n|strona|strony|stron} w {time}"

    {name}            any text; it is moved as it is, never looked into
    {name:name}       the same, without a space in it: an address, a host
    {name:number}     an amount with its unit or without; it is written as the language writes amounts
    {name:words}      words of ours again, which are said as well where they are known
    {name:sentences}  the same, of one sentence or of several that were made one
    {name:table}      one of the words that the catalogue's `forms.table` names, in the form that is needed here
    [part]            English: may be missing. There: stands when every slot in it was found
    {name|a|b|c}      there: the form that goes with the amount (1, 2 to 4, 5 and more)
    {{ }} [[ ]]       these signs themselves

A text is cut at the first place where each next piece of a template stands, so its time is linear and hostile text
costs no more than other text. A sentence without a counterpart stays English.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

#: Several sentences are made one with these.
_JOINT = re.compile(r"(; |\. )")
#: So many parts of a text are looked at, as many of them together, and words within words so deep; longer is left.
PARTS, TOGETHER, DEEP, LONGEST = 24, 5, 8, 20_000
_AMOUNT = r"[+\u2212-]?\d{1,15}(?:[\u202f\u00a0,]\d{3}){0,4}(?:\.\d{1,15})?(?:e[+-]?\d{1,3})?"
_UNIT = r"(?: ?(?:ms|s|min|h|MB|MiB|kB|B|px|%|/s|of 100))?"
_NUMBER = re.compile(rf"{_AMOUNT}{_UNIT}(?: \d{{1,4}} (?:min|s))?")
#: What a slot of a kind may hold.
_FITS = {"number": _NUMBER, "name": re.compile(r"\S+")}
_WORDS = ("words", "sentences")
_TOKEN = re.compile(r"\{\{|\}\}|\[\[|\]\]|\[|\]|\{(\w+)(?::(\w+))?((?:\|[^{}|]*)*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a template, the `kind` of text that fits, and forms that go with an amount."""

    name: str
    kind: str = ""
    forms: tuple[str, ...] = ()


Pieces = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """An English template without its optional parts, cut up: before, between and after its slots; and its like."""

    literals: tuple[str, ...]
    slots: tuple[Slot, ...]
    said: tuple[tuple[Pieces, bool], ...]

    @property
    def weight(self) -> int:
        return sum(map(len, self.literals))

    def cut(self, text: str) -> list[str] | None:
        """What stands in the slots, none of them empty; None where it is another sentence."""
        first, last = self.literals[0], self.literals[-1]
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last):
            return None
        at, found = len(first), []
        for literal in self.literals[1:-1]:
            stop = text.find(literal, at + 1, end)
            if stop < 0:
                return None
            found.append(text[at:stop])
            at = stop + len(literal)
        return [*found, text[at:end]] if at < end else None


class Language:
    """`name` is its code in BCP 47. `pairs` and `forms` are the catalogue: English templates and their like."""

    def __init__(
        self,
        name: str,
        pairs: Mapping[str, str] | None = None,
        forms: Mapping[str, Mapping[str, str]] | None = None,
        decimal: str = ".",
    ) -> None:
        self.name = name
        self._decimal = decimal
        self._pairs = _Table(pairs or {})
        self._forms = {table: _Table(entries) for table, entries in (forms or {}).items()}
        self._known = lru_cache(maxsize=4096)(self._said)

    def say(self, text: str, table: str = "") -> str:
        """The text in this language, as far as its sentences are known; with a `table` by that one of `forms` alone."""
        if not table:
            return self._known(text, 0) if self._pairs else text
        said = self._looked_up(self._forms[table], text, 0, plain=False) if table in self._forms else None
        return text if said is None else said

    def number(self, text: str) -> str:
        """An amount as this language writes it: `1,9 s` for `1.9 s`; other text as it is."""
        if self._decimal == "." or not _NUMBER.fullmatch(text):
            return text
        return text.replace(".", self._decimal).replace("of 100", self._pairs.exact.get("of 100", "of 100"))

    def knows(self, text: str) -> bool:
        """Whether the whole text has a counterpart."""
        return self._whole(text, 0) is not None

    def _said(self, text: str, depth: int) -> str:
        if depth > DEEP or len(text) > LONGEST:
            return text
        whole = self._whole(text, depth, plain=True)
        if whole is not None:
            return whole
        parts = _JOINT.split(text, maxsplit=PARTS)
        made, at = [], 0
        while at < len(parts):
            said, end = self._run(parts, at, depth)
            made += [said, *parts[end : end + 1]]
            at = end + 1
        return "".join(made)

    def _run(self, parts: Sequence[str], start: int, depth: int) -> tuple[str, int]:
        """As many parts as are one sentence; the one at `start` as it is where none is known."""
        ends = range(start + 1, min(start + 2 * TOGETHER, len(parts)) + 1, 2)
        # Foreign text may have the signs between sentences: what has them in no slot goes first, then the shortest.
        for plain, those in ((True, reversed(ends)), (False, iter(ends))):
            for end in those:
                said = self._whole("".join(parts[start:end]), depth, plain=plain)
                if said is not None:
                    return said, end
        return parts[start], start + 1

    def _whole(self, text: str, depth: int, *, plain: bool = False) -> str | None:
        if text.endswith(".") and (said := self._looked_up(self._pairs, text[:-1], depth, plain=plain)) is not None:
            return f"{said}."
        return self._looked_up(self._pairs, text, depth, plain=plain)

    def _looked_up(self, table: "_Table", text: str, depth: int, *, plain: bool) -> str | None:
        if (exact := table.exact.get(text)) is not None:
            return exact
        for phrase in table.candidates(text):
            found = phrase.cut(text)
            if found is not None and (said := self._filled(phrase, found, depth, plain=plain)) is not None:
                return said
        return None

    def _filled(self, phrase: Phrase, found: Sequence[str], depth: int, *, plain: bool) -> str | None:
        slots = list(zip(phrase.slots, found, strict=True))
        if plain and any(slot.kind in ("", "words") and _JOINT.search(text) for slot, text in slots):
            return None
        if any((fits := _FITS.get(slot.kind)) and not fits.fullmatch(text) for slot, text in slots):
            return None
        texts = {}
        # What may not fit goes first: words are looked into only for a phrase that is the right one.
        for slot, text in sorted(slots, key=lambda one: one[0].kind in _WORDS):
            said = self._in_slot(slot, text, depth, plain=plain)
            if said is None:
                return None
            texts[slot.name] = said
        raw = {slot.name: text for slot, text in slots}
        made = []
        for pieces, optional in phrase.said:
            if optional and any(isinstance(one, Slot) and one.name not in texts for one in pieces):
                continue
            made += [one if isinstance(one, str) else _form(one, texts[one.name], raw[one.name]) for one in pieces]
        return "".join(made)

    def _in_slot(self, slot: Slot, text: str, depth: int, *, plain: bool) -> str | None:
        if slot.kind in ("", "name"):
            return text
        if slot.kind == "number":
            return self.number(text)
        if slot.kind in _WORDS:
            return self._known(text, depth + 1)
        return self._looked_up(self._forms[slot.kind], text, depth + 1, plain=plain) if depth < DEEP else None


class _Table:
    """Phrases to look up: whole sentences by what they say, others by their first word where that is sure."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.exact: dict[str, str] = {}
        self._by_word: dict[str, list[Phrase]] = {}
        self._others: list[Phrase] = []
        for english, said in entries.items():
            for phrase in phrases(english, said):
                if not phrase.slots:
                    self.exact[phrase.literals[0]] = "".join(str(one) for pieces, _ in phrase.said for one in pieces)
                    continue
                word, space, _ = phrase.literals[0].partition(" ")
                (self._by_word.setdefault(word, []) if space else self._others).append(phrase)
        for those in (*self._by_word.values(), self._others):
            those.sort(key=lambda phrase: -phrase.weight)

    def __bool__(self) -> bool:
        return bool(self.exact or self._by_word or self._others)

    def candidates(self, text: str) -> Iterator[Phrase]:
        """Those that may fit, what is surest first."""
        yield from self._by_word.get(text.partition(" ")[0], ())
        yield from self._others


def phrases(english: str, said: str) -> Iterator[Phrase]:
    """A pair with and without each optional part. Raises ValueError where a template can't be understood."""
    like = tuple(_groups(said))
    groups = list(_groups(english))
    names = [one.name for pieces, _ in groups for one in pieces if isinstance(one, Slot)]
    known = set(names)
    if len(names) > len(known):
        raise ValueError(f"{english!r}: two slots have one name")
    for pieces, optional in like:
        for one in pieces:
            if isinstance(one, Slot) and one.name not in known:
                raise ValueError(f"{said!r} has {{{one.name}}}, which {english!r} has not")
        if optional and not any(isinstance(one, Slot) for one in pieces):
            raise ValueError(f"{said!r}: when is {pieces[0]!r} to stand?")
    for stands in product((True, False), repeat=sum(optional for _, optional in groups)):
        choice = iter(stands)
        chosen = [one for pieces, optional in groups if not optional or next(choice) for one in pieces]
        literals, slots = [""], list[Slot]()
        for one in chosen:
            if isinstance(one, str):
                literals[-1] += one
                continue
            if slots and not literals[-1]:
                raise ValueError(f"{english!r}: nothing stands between two slots")
            slots.append(one)
            literals.append("")
        missing = known - {slot.name for slot in slots}
        always = {one.name for pieces, optional in like if not optional for one in pieces if isinstance(one, Slot)}
        if missing & always:
            raise ValueError(f"{said!r} always wants {sorted(missing & always)}, which {english!r} may not have")
        if slots and not any(literals):
            raise ValueError(f"{english!r} says nothing of its own")
        yield Phrase(tuple(literals), tuple(slots), like)


def _groups(template: str) -> Iterator[tuple[Pieces, bool]]:
    """The parts of a template, each with whether it is optional."""
    pieces: list[str | Slot] = []
    within, at = False, 0
    for token in _TOKEN.finditer(template):
        if token.start() > at:
            pieces.append(template[at : token.start()])
        at = token.end()
        if token[0] in ("{{", "}}", "[[", "]]"):
            pieces.append(token[0][0])
        elif token[0] in ("[", "]"):
            if within is (token[0] == "["):
                raise ValueError(f"{template!r}: optional parts don't lie in each other")
            if pieces:
                yield tuple(pieces), within
            pieces, within = [], not within
        elif token[1]:
            pieces.append(Slot(token[1], token[2] or "", tuple(token[3].split("|")[1:])))
        else:
            raise ValueError(f"{template!r}: what does {token[0]} mean?")
    if within:
        raise ValueError(f"{template!r}: an optional part has no end")
    if tail := template[at:]:
        pieces.append(tail)
    if pieces:
        yield tuple(pieces), False


def _form(slot: Slot, text: str, raw: str) -> str:
    return slot.forms[polish(raw)] if slot.forms else text


def polish(amount: str) -> int:
    """Which of three forms goes with an amount: 0 for 1, 1 for 2 to 4 but not 12 to 14, 2 for the rest.

    By https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html#pl; a fraction takes the
    second here.
    """
    whole, point, _ = re.sub(r"[^\d.]", "", amount).partition(".")
    if point:
        return 1
    number = int(whole[:15] or 0)
    if number == 1:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


ENGLISH = Language("en")

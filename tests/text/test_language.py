"""Finished sentences in another language: what is in them is moved, never looked into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text.language import DEEP, ENGLISH, LONGEST, PARTS, TOGETHER, Language, Phrase, phrases, polish

PAIRS = {
    "answers {status:number}": "odpowiada {status}",
    "answers {status:number} and {why:words}": "odpowiada {status} i {why}",
    "says “{text}”": "zawiera „{text}”",
    "{n:number} page[s] in {time:number}": "{n} {n|strona|strony|stron} w {time}",
    "{url:name} is down": "{url} nie działa",
    "as before: {said:sentences}": "jak wcześniej: {said}",
    "{metric:metric} is {value:number}[ (was {was:number})]": "{metric} to {value}[ (było {was})]",
    "Name it: allow: [[{host}]]": "Podaj go: allow: [[{host}]]",
    "{who} should be known": "{who} powinno być znane",
    "LCP is unknown": "LCP jest nieznane",
    "of 100": "na 100",
}
POLISH = Language("pl", PAIRS, {"metric": {"LCP": "LCP", "The weight of scripts": "Waga skryptów"}}, ",")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answers 500", "odpowiada 500"),
        ("answers 500 and says “Błąd”", "odpowiada 500 i zawiera „Błąd”"),
        ("answers 500 and sings", "odpowiada 500 i sings"),
        ("answers nothing", "answers nothing"),
        ("1 page in 1.5 s", "1 strona w 1,5 s"),
        ("22 pages in 4 min 5 s", "22 strony w 4 min 5 s"),
        ("1\u202f012 pages in 3 s", "1\u202f012 stron w 3 s"),
        ("shop.example is down", "shop.example nie działa"),
        ("two words is down", "two words is down"),
        ("LCP is 2.51 s (was 2.1 s)", "LCP to 2,51 s (było 2,1 s)"),
        ("The weight of scripts is 1.2 MB", "Waga skryptów to 1,2 MB"),
        ("Something else is 1.2 MB", "Something else is 1.2 MB"),
        ("LCP is unknown", "LCP jest nieznane"),
        ("Name it: allow: [shop.example]", "Podaj go: allow: [shop.example]"),
        # Several sentences, and a joint in what a page says.
        ("answers 500; says “a”. answers 404", "odpowiada 500; zawiera „a”. odpowiada 404"),
        ("answers 500.", "odpowiada 500."),
        ("says “a; b”; answers 500", "zawiera „a; b”; odpowiada 500"),
        ("as before: answers 500; sings; answers 404", "jak wcześniej: odpowiada 500; sings; odpowiada 404"),
        ("sings; answers 500", "sings; odpowiada 500"),
    ],
)
def test_a_sentence_is_said_as_far_as_it_is_known(text: str, said: str) -> None:
    assert POLISH.say(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "{status}",
        "[x]",
        "<b>&amp;",
        "\\1",
        "%s",
        "{0.__class__}",
        "@team fixes #12",
        "answers 500",
        "„a”",
        "a\u202eb\x00",
    ],
)
def test_what_is_in_a_slot_is_moved_as_it_is(text: str) -> None:
    assert POLISH.say(f"says “{text}”") == f"zawiera „{text}”"
    assert POLISH.say(text) == ("odpowiada 500" if text == "answers 500" else text)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert POLISH.say(f"says “{text}”").startswith("zawiera „" if text else "says")
    assert ENGLISH.say(text) == text


@pytest.mark.parametrize(
    "piece", ["as before: ", "answers 1 and ", "; ", ". ", "says “", "is 1 (was ", "page in ", " ", "x"]
)
def test_long_hostile_text_is_cut_no_more_often_than_short(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cut looks at the text once; so many of them there are, however long it is and whatever stands in it."""
    cut, cuts = Phrase.cut, 0

    def counted(self: Phrase, text: str) -> list[str] | None:
        nonlocal cuts
        cuts += 1
        return cut(self, text)

    monkeypatch.setattr(Phrase, "cut", counted)
    for text in (piece * (LONGEST // len(piece)), f"{piece}; " * (LONGEST // (len(piece) + 2)), piece * LONGEST):
        cuts = 0
        assert Language("pl", PAIRS, {"metric": {"LCP": "LCP"}}, ",").say(text)
        assert cuts <= DEEP * (PARTS + 1) * 2 * TOGETHER * 2 * len(PAIRS)


@pytest.mark.parametrize(
    ("amount", "form"),
    [("1", 0), ("2", 1), ("4", 1), ("5", 2), ("0", 2), ("11", 2), ("12", 2), ("14", 2), ("21", 2), ("22", 1), ("25", 2),
     ("101", 2), ("102", 1), ("112", 2), ("1.5", 1), ("1\u202f002", 1), ("many", 2)],
)  # fmt: skip
def test_polish_has_three_forms(amount: str, form: int) -> None:
    assert polish(amount) == form


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("{n} pages", "{m} stron"),
        ("{a}{b} pages", "{a}{b}"),
        ("{a} pages {a}", "{a}"),
        ("{a}", "{a}"),
        ("pages[ of {n}]", "strony {n}"),
        ("pages[ of {n}]", "strony[ jakieś]"),
        ("pages [of [{n}]]", "strony"),
        ("pages {of", "strony"),
        ("pages [of", "strony"),
    ],
)
def test_a_pair_that_makes_no_sense_is_refused(english: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"pages|strony|own"):
        list(phrases(english, said))


def test_only_amounts_are_written_as_amounts() -> None:
    written = ["1.9 s", "-4.3 %", "93.5 of 100", "6.4.5", "v1.2", "1.2 apples"]
    assert [POLISH.number(one) for one in written] == ["1,9 s", "-4,3 %", "93,5 na 100", "6.4.5", "v1.2", "1.2 apples"]


def test_a_table_of_its_own_says_nothing_else() -> None:
    assert POLISH.say("LCP", "metric") == "LCP"
    assert POLISH.say("answers 500", "metric") == "answers 500"
    assert POLISH.say("answers 500", "none") == "answers 500"

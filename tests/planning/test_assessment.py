"""What a major means for the people who do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.model import Note
from maintainer.planning.assessment import assess, sentences
from tests.planning.values import dependency, release, update


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* Breaking: the old API is gone", ["Breaking: the old API is gone"]),
        ("* Fix - a typo\n* Remove - legacy REST API", ["Remove - legacy REST API"]),
        ("- feat(core)!: new hooks", ["feat(core)!: new hooks"]),
        ("<li>Dropped support for PHP 7.4</li>", ["Dropped support for PHP 7.4"]),
        ("Now requires WordPress 6.5", ["Now requires WordPress 6.5"]),
        ("## Breaking changes\n- one\n- two\n\n## Fixes\n- three", ["one", "two"]),
        ("The button no longer jumps", ["The button no longer jumps"]),
        ("* Fix - totals\n* Tweak - colours", []),
        ("", []),
    ],
)
def test_lines_that_say_what_breaks(text: str, expected: list[str]) -> None:
    assert list(assess(update("10.0.0", "major"), [Note("10.0.0", text)]).breaking) == expected


def test_the_size_of_work() -> None:
    def size(notes: str, needs: int = 0, blocking: int = 0, to: str = "10.0.0") -> str:
        requires = dict.fromkeys(("php", "wordpress", "node")[:needs], "9")
        one = update(release=release(to, requires=requires), bump="major")
        return assess(one, [Note(to, notes)], blocking=["x"] * blocking).size

    assert size("fixes") == "S"
    assert size("fixes", needs=1) == "S"
    assert size("fixes", needs=2) == "M"
    assert size("fixes", blocking=3) == "L"
    assert size("\n".join(f"* Removed {n}" for n in range(99))) == "L"
    assert size("") == "M"
    assert size("fixes", to="13.0") == "M"


def test_requirements_links_and_what_is_in_the_way() -> None:
    one = update(
        of=dependency(requires={"php": "7.4", "wordpress": "6.4"}),
        release=release("10.0.0", requires={"php": "8.2", "wordpress": "6.4"}),
        bump="major",
    )
    note = Note("10.0.0", "See https://example.org/upgrade-guide and https://example.org/logo.png", "https://a.example")
    said = assess(one, [note], blocking=["Old Slider 2.1"], links=["https://example.org/upgrade-guide"])
    assert said.requirements == ("php: 7.4 → 8.2",)
    assert said.links == ("https://example.org/upgrade-guide", "https://a.example")
    assert sentences(said) == (
        "In the way: Old Slider 2.1.",
        "Requirement changes: php: 7.4 → 8.2.",
        "Its notes name nothing that breaks.",
        "Size of work: M (5 points).",
    )


def test_without_notes_nothing_is_known() -> None:
    assert "what breaks is unknown" in sentences(assess(update("10.0.0", "major"), []))[0]


@given(st.text())
def test_any_text_can_be_assessed(text: str) -> None:
    said = assess(update("10.0.0", "major"), [Note("10.0.0", text * 50)])
    assert len(said.breaking) <= 10
    assert all(len(line) <= 300 and "\n" not in line for line in said.breaking)

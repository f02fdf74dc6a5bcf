"""What is missing in a changelog is put in, in its own style; what people wrote and deleted stays so."""

import pytest

from maintainer.changes import Entry, Source
from maintainer.errors import ConfigurationError
from maintainer.text.keep_a_changelog import read as read_changelog
from maintainer.writers.changelog import Line, lines
from maintainer.writers.changelog_keep import Kept, inserted
from maintainer.writers.changelog_release import released
from tests.writers.changelogs import DAY, HEAD, NAMES, VERSION, as_released, kept, read, section, told, words

EVERY_FILE = pytest.mark.parametrize("name", NAMES)


def entry(type: str, text: str, *numbers: int) -> Entry:
    return Entry(type, text, tuple(Source("commit", f"{number:02x}" * 20) for number in numbers))


def made(*entries: Entry) -> tuple[Line, ...]:
    return lines(entries, words=words())


def keep(text: str, now: tuple[Line, ...], then: tuple[Line, ...] | None, head: str = HEAD) -> Kept:
    return inserted(text, now, then, head, words=words())


# files as people write them


@EVERY_FILE
def test_a_file_is_kept_in_its_own_style(name: str) -> None:
    assert kept(name) == read(f"{name}.kept")


@EVERY_FILE
def test_a_file_is_released_in_its_own_style(name: str) -> None:
    assert as_released(name) == read(f"{name}.released")


@EVERY_FILE
def test_people_wrote_every_line_that_was_there(name: str) -> None:
    there, after = read(f"{name}.md"), read(f"{name}.kept").splitlines(keepends=True)
    if there and not there.endswith("\n"):
        there += "\n"
    found = iter(after)
    assert all(line in found for line in there.splitlines(keepends=True)), "in their order, byte for byte"


@EVERY_FILE
def test_a_file_that_was_kept_is_left_as_it_is(name: str) -> None:
    text = read(f"{name}.kept")
    assert keep(text, told(), told()) == Kept(text, section(text))
    assert keep(text, told(), None) == Kept(text, section(text))


@EVERY_FILE
def test_what_was_put_in_is_taken_away_again(name: str) -> None:
    first = keep(read(f"{name}.md"), told(), None).text
    empty = keep(first, (), told()).text
    assert keep(empty, told(), None).text == first
    assert read_changelog(first).newline == read_changelog(empty).newline


@EVERY_FILE
def test_a_release_that_was_made_is_left_as_it_is(name: str) -> None:
    text = read(f"{name}.released")
    assert released(text, VERSION, DAY, words=words()) == text
    assert "maintainer: told" not in text
    assert "guests can pay" in section(text, VERSION)
    found = read_changelog(text).unreleased
    assert found and not list(found.items)


@EVERY_FILE
def test_what_is_released_is_not_told_again(name: str) -> None:
    text = read(f"{name}.released")
    assert keep(text, told(), None).text == text


def test_without_a_file_there_is_one() -> None:
    text = keep("", made(entry("feat", "a", 1)), None).text
    assert text.startswith("# Changelog\n\nAll notable changes")
    assert text.endswith(
        "## [Unreleased]\n\n<!-- maintainer: told up to " + HEAD + " -->\n\n### Added\n\n- a (0101010)\n"
    )
    assert keep("", (), None).text == ""


def test_polish_headings_where_there_are_none() -> None:
    now = lines([Entry("feat", "a", ()), Entry("deprecate", "b", ())], words=words("pl"))
    text = inserted("", now, None, HEAD, words=words("pl")).text
    assert "## [Niewydane]" in text and "### Dodano\n" in text and "### Wycofywane\n" in text


# what changed since


A, B, C = entry("feat", "a", 1), entry("feat", "b", 2), entry("fix", "c", 3)


def test_a_new_line_stands_beside_its_neighbours() -> None:
    before = made(B)
    text = keep("## Unreleased\n", before, None).text
    now = made(C, A, B)
    after = keep(text, now, before).text
    assert after.index("- a") < after.index("- b") < after.index("- c")
    assert keep("## Unreleased\n", now, None).text == after


def test_a_line_that_a_person_deleted_stays_deleted() -> None:
    before = made(A, B)
    text = keep("", before, None).text.replace("- a (0101010)\n", "")
    assert keep(text, made(C, A, B), before).text.count("- a ") == 0


def test_a_line_that_a_person_reworded_stays_so() -> None:
    before = made(A, B)
    text = keep("", before, None).text.replace("- a (0101010)\n", "- Guests can pay now.\n")
    after = keep(text, made(C, A, B), before)
    assert "- Guests can pay now.\n- b" in after.text and "- a (" not in after.text
    assert [one.words for one in after.added] == ["c"]


def test_a_line_that_was_wrapped_is_still_ours() -> None:
    before = made(entry("feat", "a b c", 1))
    text = keep("", before, None).text.replace("- a b c (0101010)", "* a b\n  c\n  (0101010)")
    assert "a b" not in keep(text, (), before).text


def test_what_was_taken_back_is_taken_away() -> None:
    before = made(A, C)
    after = keep(keep("", before, None).text, made(A), before)
    assert "### Fixed" not in after.text and after.removed == ("c (0303030)",)


def test_what_says_something_else_by_now_is_replaced() -> None:
    before, now = made(A), made(entry("feat", "a", 4, 1))
    after = keep(keep("", before, None).text, now, before)
    assert "- a (0404040, 0101010)\n" in after.text and "- a (0101010)" not in after.text


def test_what_a_person_touched_is_left_and_told() -> None:
    before = made(A)
    text = keep("", before, None).text.replace("- a (0101010)", "- Better words (0101010)")
    changed, gone = keep(text, made(entry("feat", "a", 4, 1)), before, "8" * 40), keep(text, (), before)
    assert "- Better words (0101010)\n" in changed.text and "0404040" not in changed.text
    assert "- Better words (0101010)\n" in gone.text
    line = text[: text.index("- Better")].count("\n") + 1
    assert changed.left == (
        f"CHANGELOG.md:{line} is in a person's words, and left as it is. It would say by now: a (0404040, 0101010)",
    )
    assert gone.left == (
        f"CHANGELOG.md:{line} is in a person's words, and left as it is. What it tells is so no more: a (0101010)",
    )


def test_what_a_person_told_already_is_not_told_twice() -> None:
    text = "## Unreleased\n\n### Added\n\n- Guests can pay (#21)\n"
    after = inserted(text, told(), None, HEAD, words=words())
    assert "guests can pay" not in after.text
    assert any("CHANGELOG.md:5" in one and "#21" in one for one in after.left)


def test_after_a_rebase_references_and_words_tell_what_is_there() -> None:
    text = keep("", made(A, C), None).text
    rebased = (entry("feat", "a", 9), entry("fix", "c", 10))
    after = keep(text, made(*rebased), None, "9" * 40)
    assert after.text == keep("", made(*rebased), None, "9" * 40).text


def test_the_mark_goes_on() -> None:
    before = made(A)
    text = keep("", before, None).text
    after = keep(text, made(B, A), before, "8" * 40).text
    assert after.count("maintainer: told up to") == 1 and "8" * 40 in after


def test_a_hostile_text_is_no_entry_and_no_heading_of_its_own() -> None:
    now = made(entry("feat", "x\n\n## [9.9.9]\n\n- y <!-- maintainer: told up to " + "6" * 40 + " -->", 1))
    found = read_changelog(keep("", now, None).text)
    assert [one.title for one in found.sections] == ["[Unreleased]"]
    mark = found.mark(found.unreleased)
    assert mark and mark.commit == HEAD


# releases


def test_a_version_that_is_there_is_refused() -> None:
    text = "# Changelog\n\n## [Unreleased]\n\n- x\n\n## [1.2.0] - 2026-01-01\n\n- y\n"
    with pytest.raises(
        ConfigurationError, match=r"^CHANGELOG\.md:7: 1\.2\.0 is there already\. Release another version"
    ):
        released(text, VERSION, DAY, words=words())
    old = "## 1.3.0\n\n- x\n\n## 1.2.0\n\n- y\n"
    with pytest.raises(ConfigurationError, match=r":5: 1\.2\.0 is there"):
        released(old, VERSION, DAY, words=words())


def test_what_people_are_told_to_write_stays_with_what_is_not_released() -> None:
    text = "## Unreleased\n\n<!-- one line a change -->\n\n- x\n\n## 1.1.0\n"
    assert released(text, VERSION, DAY, words=words()) == (
        "## Unreleased\n\n<!-- one line a change -->\n\n## 1.2.0\n\n- x\n\n## 1.1.0\n"
    )


def test_what_waits_is_told_without_its_heading_and_mark() -> None:
    kept = keep("## 1.0.0\n\n- y\n", made(A), None)
    assert kept.section == "- a (0101010)" == section(kept.text)


def test_lines_without_sources_are_told_too() -> None:
    now = tuple(one._replace(sources=()) for one in made(A))
    assert keep(keep("", now, None).text, now, now).added == ()

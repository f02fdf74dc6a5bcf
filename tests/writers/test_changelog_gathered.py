"""What pre-releases told is copied to what isn't released; all else survives byte for byte."""

import pytest

from maintainer.text.keep_a_changelog import read
from maintainer.writers.changelog_gathered import gathered
from tests.writers.changelogs import words

RC = ["1.1.0-rc.2", "1.1.0-rc.1"]
USUAL = """\
# Changelog

## [Unreleased]

### Fixed

- slow search (#9)

## [1.1.0-rc.2] - 2026-11-20

### Changed

- prices have
  tax included (#8)
  - in all countries

### Fixed

- empty carts (#7)

## [1.1.0-rc.1] - 2026-11-10

Try it!

### Added

- gift cards (#5)
- empty carts (#7)

### Found by

- Ewa

## [1.0.0] - 2026-10-01

### Added

- the shop (#1)
"""
USUAL_THEN = """\
## [Unreleased]

### Added

- gift cards (#5)

### Changed

- prices have
  tax included (#8)
  - in all countries

### Fixed

- slow search (#9)
- empty carts (#7)

### Found by

- Ewa

## [1.1.0-rc.2]"""
#: A file, and what isn't released afterwards.
CASES = {
    "the usual": (USUAL, USUAL_THEN),
    "nothing waits": (
        "## [Unreleased]\n\n## [1.1.0-rc.1]\n\n### Added\n\n- a\n\n## [1.0.0]\n",
        "## [Unreleased]\n\n### Added\n\n- a\n\n## [1.1.0-rc.1]",
    ),
    "no section waits": (
        "# C\n\n## 1.1.0-rc.1\n\n### Added\n\n- a\n\n## 1.0.0\n",
        "## Unreleased\n\n### Added\n\n- a\n\n## 1.1.0-rc.1",
    ),
    "close together": (
        "## Unreleased\n### Fixed\n* z\n## 1.1.0-rc.1\n### Added\n* a\n### Fixed\n* b\n",
        "## Unreleased\n### Added\n* a\n### Fixed\n* z\n* b\n## 1.1.0-rc.1",
    ),
    "apart": (
        "## Unreleased\n\n### Fixed\n\n- y\n\n- z\n\n## 1.1.0-rc.1\n\n### Fixed\n\n- a\n\n- b\n",
        "## Unreleased\n\n### Fixed\n\n- y\n\n- z\n\n- a\n\n- b\n\n## 1.1.0-rc.1",
    ),
    "without parts": (
        "## Unreleased\n\n- z\n\n## 1.1.0-rc.1\n\n- a\n- b\n\n## 1.0.0\n\n- c\n",
        "## Unreleased\n\n- z\n- a\n- b\n\n## 1.1.0-rc.1",
    ),
    "headings that wait": (
        "## Unreleased\n\n### Added\n\n### Fixed\n\n## 1.1.0-rc.1\n\n### Fixed\n\n- a\n",
        "## Unreleased\n\n### Added\n\n### Fixed\n\n- a\n\n## 1.1.0-rc.1",
    ),
    "the file ends": (
        "## Unreleased\n\n- z\n\n## 1.1.0-rc.1\n\n- a",
        "## Unreleased\n\n- z\n- a\n\n## 1.1.0-rc.1",
    ),
    "as in Windows": (
        "## Unreleased\r\n\r\n## 1.1.0-rc.1\r\n\r\n### Added\r\n\r\n- a\r\n",
        "## Unreleased\r\n\r\n### Added\r\n\r\n- a\r\n\r\n## 1.1.0-rc.1",
    ),
}  # fmt: skip
TEXTS = pytest.mark.parametrize(("text", "then"), [pytest.param(*case, id=name) for name, case in CASES.items()])


@TEXTS
def test_entries_are_copied_below_their_headings(text: str, then: str) -> None:
    after = gathered(text, RC, words())
    assert after[after.index("## [U" if "[U" in after else "## U") :].startswith(then)


@TEXTS
def test_the_sections_of_versions_stay_and_a_second_time_adds_nothing(text: str, then: str) -> None:
    after = gathered(text, RC, words())
    start = text.index("1.1.0-rc")
    assert after.endswith(text[start:])
    assert gathered(after, RC, words()) == after


def test_an_entry_stands_there_once_in_the_newest_words() -> None:
    text = "## Unreleased\n\n## 1.1.0-rc.2\n\n- a (#1)\n- b\n\n## 1.1.0-rc.1\n\n- a (#1)\n- c\n"
    section = read(gathered(text, RC, words())).unreleased
    assert section and [item.words for item in section.items] == ["a (#1)", "b", "c"]


def test_a_version_that_is_not_there_is_nothing() -> None:
    text = "## Unreleased\n\n- z\n\n## 1.0.0\n\n- a\n"
    assert gathered(text, ["1.1.0-rc.7"], words()) == text


def test_a_mark_is_not_copied() -> None:
    mark = f"<!-- maintainer: told up to {'a' * 40} -->\n"
    text = f"## Unreleased\n\n## 1.1.0-rc.1\n\n{mark}\n- a\n"
    assert gathered(text, RC, words()).count(mark) == 1

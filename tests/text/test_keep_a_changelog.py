"""A changelog is read whatever its style; nothing that isn't a version is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text.changelog_names import KINDS, LANGUAGES, kind_of
from maintainer.text.keep_a_changelog import heading, read, without_mark


@pytest.mark.parametrize(
    ("title", "version"),
    [
        ("1.2.0", "1.2.0"),
        ("[1.2.0] - 2026-01-01", "1.2.0"),
        ("v1.2.0 (2026-01-01)", "1.2.0"),
        ("[v1.2.0](https://a.example/v1...v2) (2026-01-01)", "1.2.0"),
        ("\\[1.2.0\\] - 2026-01-01", "1.2.0"),
        ("1.2.0 / 2026-01-01", "1.2.0"),
        ("Version 1.2 (January 2nd, 2026)", "1.2"),
        ("WooCommerce 9.4.2 - 2024-11-19", "9.4.2"),
        ("@shop/cart@1.2.0", "1.2.0"),
        ("1.0.0-rc.1+build.5", "1.0.0-rc.1+build.5"),
        ("[1.2.0] — 2026-09-05 — Spring", "1.2.0"),
        ("2026.48.1", "2026.48.1"),
        ("2026-11-22", "2026-11-22"),
        ("v12", "12"),
    ],
)
def test_a_heading_is_that_of_a_version(title: str, version: str) -> None:
    found = heading(title)
    assert found and (found.version, found.is_unreleased) == (version, False)
    assert found.before + found.version + found.after == title


@pytest.mark.parametrize(
    "title",
    ["Unreleased", "[Unreleased]", "[unreleased](https://a.example)", "Unreleased (in git)",
     "[Unreleased] - yyyy-mm-dd",
     "1.3.0 (unreleased)", "[1.3.0] - Unreleased", "Niewydane", "[Unveröffentlicht]", "Новое", "🚧 Unreleased", "HEAD"],
)  # fmt: skip
def test_a_heading_is_that_of_what_is_not_released(title: str) -> None:
    found = heading(title)
    assert found and found.is_unreleased


@pytest.mark.parametrize(
    "title",
    ["Changelog", "Notes", "3 things", "Node 18 support", "Upgrade to 2.0", "", "[Notes]", "= 1.2 =", "1", "[1.2"],
)
def test_other_headings_are_those_of_no_version(title: str) -> None:
    assert heading(title) is None


def test_a_title_within_a_section_is_no_version() -> None:
    found = read("## [Unreleased]\n\n### Changed\n\n#### 2.0 migration notes\n\n- x\n\n## 1.0.0\n")
    assert [one.title for one in found.sections] == ["[Unreleased]", "1.0.0"]
    assert [one.words for one in found.sections[0].items] == ["x"]


@pytest.mark.parametrize("names", LANGUAGES, ids=lambda names: names.Added)
def test_a_language_names_the_six_kinds(names: tuple[str, ...]) -> None:
    assert tuple(kind_of(f"🐛 **{name}:**") for name in names) == KINDS


def test_a_yanked_version_and_its_date() -> None:
    (found,) = read("## [1.0.0] - 2026-01-20 [YANKED]\n").sections
    assert (found.version, found.date, found.is_yanked) == ("1.0.0", "2026-01-20", True)


def test_links_at_the_end_belong_to_no_section() -> None:
    text = "## 1.0.0\n\n- x\n\n[a]: https://a.example\n<!-- links -->\n[1.0.0]: https://b.example\n"
    found = read(text)
    assert text[found.sections[0].end :].startswith("\n[a]")
    assert [one.label for one in found.definitions] == ["a", "1.0.0"]


def test_a_mark_says_up_to_which_commit_a_section_was_told() -> None:
    text = "## Unreleased\r\n\r\n<!-- maintainer: told up to 1a2b3c4 -->\r\n\r\n- x\r\n"
    found = read(text)
    mark = found.mark(found.unreleased)
    assert mark and mark.commit == "1a2b3c4"
    assert without_mark(text) == text[: mark.at.start] + text[mark.at.end :]


LINES = ["# Changelog", "## [Unreleased]", "## 1.0.0", "### Added", "- x", "  y", "", "<!-- a", "-->", "```", "[1]: a",
         "1.1.0", "---", "word", "<a name='1'></a>", "# 2.0"]  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=14))
def test_sections_parts_and_items_are_nested_in_their_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    end = 0
    for section in read(text).sections:
        assert end <= section.at.start <= section.heading.start < section.heading.end <= section.at.end
        end = section.heading.start
        for part in section.parts:
            assert end <= part.heading.start < part.heading.end <= part.end <= section.at.end
            end = part.heading.end
            for item in part.items:
                assert end <= item.at.start < item.at.end <= part.end
                end = item.at.end
            end = part.end

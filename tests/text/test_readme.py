import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text import readme

README = """=== Contact Form 7 ===
Contributors: someone
Tags: contact, form
Requires at least: 6.2
Requires PHP: 7.4
Tested up to: 6.5
Stable tag: 5.9.3

Just another contact form plugin. Requires PHP: nothing more.

== Description ==

Stable tag: this is prose

= 2.0 tables =

== Changelog ==

= 5.9.3 =

* Fixes a bug

= 5.9.2 - 2024-03-01 =
* Older

== Upgrade Notice ==

= 5.9.3 =
Do it.
"""


def test_a_readme_says_its_fields_and_its_changelog() -> None:
    parsed = readme.parse(README)
    assert (parsed.stable_tag, parsed.requires, parsed.requires_php, parsed.tested) == ("5.9.3", "6.2", "7.4", "6.5")
    assert dict(parsed.changelog) == {"5.9.3": "* Fixes a bug", "5.9.2": "* Older"}


def test_a_readme_says_what_to_know_before_an_update() -> None:
    notice = "== Upgrade Notice ==\n\n= 2.0 =\nBack up first.\n= 1.9 =\nNone.\n"
    found = readme.parse(f"=== Cart ===\n== Changelog ==\n= 2.0 =\n* New\n\n{notice}== FAQ ==")
    assert found.upgrade_notice == {"2.0": "Back up first.", "1.9": "None."}
    assert found.changelog == {"2.0": "* New"}


def test_markdown_and_windows_line_endings_read_alike() -> None:
    unix = "# Plugin\n**Stable tag:** 2.1\n## Changelog ##\n### Version 2.1 (2024-05-02)\n- New\n**2.0**\n- Old\n"
    markdown = (unix + "## FAQ\n- No\n").replace("\n", "\r\n")
    parsed = readme.parse(markdown)
    assert parsed.stable_tag == "2.1"
    assert dict(parsed.changelog) == {"2.1": "- New", "2.0": "- Old"}


def test_versions_as_second_level_headings_stay_in_the_changelog() -> None:
    parsed = readme.parse("## Changelog\n\n## 1.1.0\n- b\n## 1.0.0\n- a\n## License\nGPL\n")
    assert dict(parsed.changelog) == {"1.1.0": "- b", "1.0.0": "- a"}


@pytest.mark.parametrize(
    ("html", "versions"),
    [
        ("<h4>9.3.3 2024-09-25</h4><ul><li>a</li></ul><h4>9.3.2</h4>b", ["9.3.3", "9.3.2"]),
        ("<p><strong>2024-05-02 - version 1.2</strong></p>a<p><strong>Version 1.1:</strong></p>b", ["1.2", "1.1"]),
        ("<h3>What's new in 2.0 &#8211; 01.02.2024</h3>x", ["2.0"]),
        ("<h4>v1.0.0-beta.2</h4>x<h4>1.0.0-rc1</h4>", ["1.0.0-beta.2", "1.0.0-rc1"]),
        ("<p>= 1.4 =</p><ul><li>a</li></ul>", ["1.4"]),
        ("<h4><a href='x'><span>3.1</span></a></h4>x", ["3.1"]),
        ("<p>We tested this release with WordPress 6.5 and with everything else there is, too.</p>", []),
        ("<h4>unclosed 1.0", []),
        ("<h4>2024-05-02</h4>", []),
        ("", []),
    ],
)
def test_a_changelog_is_cut_at_its_version_headings(html: str, versions: list[str]) -> None:
    assert list(readme.by_version(html)) == versions


def test_a_note_is_what_stands_below_its_heading() -> None:
    assert dict(readme.by_version("<h4>1.1</h4><ul><li>a</li></ul><h4>1.0</h4><p>b</p>")) == {
        "1.1": "<ul><li>a</li></ul>",
        "1.0": "<p>b</p>",
    }


@given(
    st.lists(
        st.sampled_from(["<h4>", "</h4>", "<strong>", "<p>", "1.0", "= ", "\n", "<", ">", "==", "## ", "**", " " * 50])
    )
)
def test_anything_is_a_changelog(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert all(part in text for part in readme.by_version(text).values())
    readme.parse(text)


def test_a_hostile_changelog_costs_little() -> None:
    for piece in ("<h4>", "<p ", "<", "= ", "**1", "## ", "1.", "== ", "\n "):
        readme.by_version(piece * 100_000)
        readme.parse(piece * 100_000)
        readme.parse("== Changelog ==\n" + piece * 100_000)

"""What someone must do because of a release."""

from typing import Any

import pytest

from maintainer.changes import Changed, Entry, Source
from maintainer.model import Note
from maintainer.planning.required import LONGEST, notices, required
from maintainer.releasing import Moved, Required

ONE, TWO = Source("commit", "a" * 40), Source("proposal", "7")
NOTHING = Changed(())


def runtime(before: str = "8.1", after: str = "8.3", bump: Any = "major", **more: Any) -> Moved:
    return Moved("runtime", "PHP", "php", "php_version", before, after, bump, (ONE,), **more)


def plugin(*notes: Note, **more: Any) -> Moved:
    return Moved(
        "plugin", "Shop", "plugin:shop", "wordpress_plugin", "1.0", "2.0", "major", (TWO,), notes=notes, **more
    )


def test_what_breaks_is_to_be_done_in_its_authors_words() -> None:
    entries = (
        Entry("feat", "a new API", (ONE,), breaking=("keys are renewed", "hooks are renamed")),
        Entry("fix", "another", (TWO,), breaking=("keys are renewed",)),
        Entry("fix", "nothing", (TWO,)),
    )
    assert required([], Changed(entries)) == (
        Required("breaking", "keys are renewed", (ONE, TWO)),
        Required("breaking", "hooks are renamed", (ONE,)),
    )


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (runtime(), True),
        (runtime("8.3", "8.1", "other", downgrade=True), True),
        (runtime("8.1.2", "8.1.9", "patch"), False),
        (runtime("", "8.3", "none"), False),
        (runtime("8.1", "", "none"), False),
        (runtime(development=True), False),
    ],
    ids=["newer", "older", "patch", "added", "removed", "only CI"],
)
def test_servers_must_run_a_runtime_of_another_line(moved: Moved, expected: bool) -> None:
    assert required([moved], NOTHING) == ((Required("runtime", "", (ONE,), "PHP", moved.after),) if expected else ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* Fixed\n\n== Upgrade Notice ==\n\nBack up first.", ["Back up first."]),
        ("## Upgrade notice\nBack up first.\n\n## Fixes\n* one", ["Back up first."]),
        ("<h4>Upgrade Notice</h4>\n<p>Back up first.</p>\n<h4>1.0</h4>", ["<p>Back up first.</p>"]),
        ("**Upgrade Notice:**\nBack up.\n\n**Fixes**\none", ["Back up."]),
        ("### Action required\nRenew keys.\n### Upgrading notes\nNothing else.", ["Renew keys.", "Nothing else."]),
        ("== Upgrade Notice ==\n", []),
        ("Fixed the upgrade notice\nand more", []),
        ("### Upgrade noticeboard widget\nnew", []),
    ],
)
def test_a_publishers_notice_is_a_section(text: str, expected: list[str]) -> None:
    assert list(notices(text)) == expected


def test_a_publishers_notice_is_told_with_its_version() -> None:
    note = Note("2.0", "== Upgrade Notice ==\nBack up first.")
    assert required([plugin(note)], NOTHING) == (Required("publisher", "Back up first.", (TWO,), "Shop", "2.0"),)
    assert required([plugin(note, downgrade=True), plugin(note, development=True)], NOTHING) == ()


def hostile(size: int) -> str:
    """A note of about so many characters, made to be slow to read; tests/bench reads a mebibyte."""
    return "== upgrade notice " * (size // 36) + "\n" + "#" * (size // 4) + "\n**" * (size // 12)


def test_a_hostile_note_is_read() -> None:
    assert all(len(one) <= LONGEST for one in notices(hostile(6_000)))

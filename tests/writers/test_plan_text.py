"""A plan for people: names come from outside, and steer neither a table nor a terminal."""

from maintainer.writers.plan_rows import Row
from maintainer.writers.plan_text import document, markdown, terminal

ROWS = [Row("propose", "a|b", "1 → 2", "by @someone\x1b[2J"), Row("held", "[red]c", "3 → 4", "fixes #12")]


def test_a_row_of_markdown_is_one_row_whatever_it_says() -> None:
    shown = markdown("shop.example", ROWS, "2 rows").split("\n")
    assert shown[:5] == ["**shop.example**", "", "| | what | from → to | why |", "|---|---|---|---|", shown[4]]
    assert shown[4].startswith("| propose | a\\|b | 1 → 2 | by @\u200bsomeone")
    assert shown[5].startswith("| held | \\[red\\]c | 3 → 4 | fixes\u200b #\u200b12 |")
    assert shown[6:] == ["", "2 rows", ""]


def test_a_terminal_shows_what_is_said_and_obeys_none_of_it() -> None:
    shown = terminal("shop.example", ROWS, "2 rows", width=100, colour=False)
    assert "[red]c" in shown and "by @someone[2J" in shown
    assert "\x1b" not in shown


def test_a_narrow_terminal_shows_a_path_whole() -> None:
    path = "wp-content/plugins/classic-editor/classic-editor.php:4"
    said = document(f"| package | where |\n|---|---|\n| `classic-editor` | `{path}` |\n", width=50, colour=False)
    assert "…" not in said and max(map(len, said.splitlines())) <= 50
    assert "".join(line[16:] for line in said.splitlines()).replace(" ", "").endswith(path)

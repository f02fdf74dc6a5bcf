"""docs/lifecycle.md says what the situations prove, and nothing else."""

from collections import Counter
from pathlib import Path

from tests.commands import situations_ended, situations_forge, situations_people, situations_world
from tests.commands.situations import Part, markdown

PAGE = Path(__file__).parents[2] / "docs/lifecycle.md"
BEGIN, END = "<!-- generated: the situations of tests/commands -->\n\n", "\n\n<!-- end -->"
PARTS = [
    part
    for module in (situations_people, situations_ended, situations_world, situations_forge)
    for part in vars(module).values()
    if isinstance(part, Part)
]


def test_the_page_has_every_situation() -> None:
    """To write it anew: `python -m tests.commands.test_lifecycle_page`."""
    assert PAGE.read_text().partition(BEGIN)[2].partition(END)[0] == markdown(PARTS)


def test_no_situation_is_told_twice() -> None:
    told = Counter((part.heading, one.happens) for part in PARTS for one in part.situations)
    assert len(told) >= 60 and set(told.values()) == {1}


if __name__ == "__main__":
    head, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(head + BEGIN + markdown(PARTS) + END + rest.partition(END)[2])

"""The pages of a local proposal."""

from pathlib import Path

from maintainer.commands.pages import _view
from maintainer.platforms.local import Record, Written
from tests.workspace.repositories import commit, repository


def test_names_that_hold_a_line_separator_are_counted_as_one_file(tmp_path: Path) -> None:
    git = repository(tmp_path)
    made = commit(git, {"a\u2028b\u0085.php": b"1\n2\n", "zażółć\t.php": b"1\n"})
    record = Record(1, "maintainer/x", Written("title", "body", ()), made, "main", "", "")
    view = _view(git, record)
    assert (view.files, view.added, view.removed) == (2, 3, 0)
    assert len(view.patches) == 2

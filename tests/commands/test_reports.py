"""`--reports`: what CI reads is there however a command ends, and says what the command said."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.commands.reports import FILES
from maintainer.writers.annotations import MOST
from tests.commands.site import Site, site
from tests.loopback import Reply


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def outputs(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / "outputs.env").read_text().splitlines())


def test_a_plan_is_reported_in_every_form(shop: Site, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "reports"
    code, said, _ = shop.maintainer("plan", "--format", "json", "--reports", str(folder))
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert (folder / "plan.json").read_text() == said
    _, markdown, _ = shop.maintainer("plan", "--format", "markdown")
    assert (folder / "summary.md").read_text().splitlines()[:-1] == markdown.splitlines()[:-1]  # the last has seconds
    plan = json.loads(said)
    assert outputs(folder) == {
        "MAINTAINER_PROPOSED": str(sum(one["action"] == "open" for one in plan["actions"])),
        "MAINTAINER_APPROVALS": "1",
        "MAINTAINER_HELD": "0",
        "MAINTAINER_FAILED": "0",
        "MAINTAINER_EXIT_CODE": "0",
        "MAINTAINER_VERDICT": "pass",
    }
    assert code == 0


def test_what_the_outside_refuses_is_inconclusive_and_annotated_once(shop: Site, tmp_path: Path) -> None:
    shop.server.answers["/is-odd"] = Reply(401)
    code, _, _ = shop.maintainer("plan", "--reports", str(tmp_path / "r"))
    assert code == 3
    assert outputs(tmp_path / "r").items() >= {
        ("MAINTAINER_FAILED", "1"), ("MAINTAINER_EXIT_CODE", "3"), ("MAINTAINER_VERDICT", "inconclusive"),
    }  # fmt: skip
    errors = [line for line in (tmp_path / "r/annotations.txt").read_text().splitlines() if line.startswith("::error")]
    assert 1 <= len(errors) <= MOST
    assert "401" in errors[0]


def test_a_mistake_is_reported_with_nothing_left_of_the_run_before(shop: Site, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    shop.maintainer("plan", "--reports", str(folder))
    shop.write({"maintainer.yml": b"extends: [nonsense]\n"})
    code, _, error = shop.maintainer("plan", "--reports", str(folder))
    assert code == 2
    assert outputs(folder) == {"MAINTAINER_EXIT_CODE": "2", "MAINTAINER_VERDICT": "fail"}
    assert not (folder / "plan.json").exists()
    assert json.loads((folder / "codequality.json").read_text()) == []
    assert (folder / "annotations.txt").read_text().startswith("::error title=maintainer::maintainer.yml:1:")
    assert error.strip().split(":")[0] in (folder / "summary.md").read_text()
    assert "exit code 2" in (folder / "summary.md").read_text()


def test_every_command_tells_how_it_ended(shop: Site, tmp_path: Path) -> None:
    code, _, _ = shop.maintainer("config", "check", "--reports", str(tmp_path / "r"))
    assert code == 0
    assert outputs(tmp_path / "r") == {"MAINTAINER_EXIT_CODE": "0", "MAINTAINER_VERDICT": "pass"}
    assert not (tmp_path / "r/summary.md").exists()


def test_a_run_counts_what_it_did(shop: Site, tmp_path: Path) -> None:
    shop.maintainer("run", "--reports", str(tmp_path / "first"))
    shop.maintainer("run", "--reports", str(tmp_path / "second"))
    assert int(outputs(tmp_path / "first")["MAINTAINER_PROPOSED"]) > 0
    assert outputs(tmp_path / "second")["MAINTAINER_PROPOSED"] == "0"


def test_links_in_the_repository_lead_nowhere(shop: Site, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "summary.md").write_text("precious")
    (tmp_path / "link").symlink_to(outside)
    code, _, error = shop.maintainer("plan", "--reports", str(tmp_path / "link"))
    assert (code, error.count("is a link")) == (2, 1)
    assert [path.read_text() for path in outside.iterdir()] == ["precious"]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "summary.md").symlink_to(outside / "summary.md")
    assert shop.maintainer("plan", "--reports", str(folder))[0] == 0
    assert (outside / "summary.md").read_text() == "precious"


def test_a_folder_that_cannot_be_made_is_said(shop: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, error = shop.maintainer("plan", "--reports", str(tmp_path / "file"))
    assert code == 2
    assert error.startswith("--reports: ")

"""The end of the demo on a forge, told on a small site: what a person merges is released there."""

import io
from pathlib import Path

import pytest

from maintainer.commands.context import Context
from tests.commands.site import NOW
from tests.commands.stage import FORGES, Forge, stage
from tests.forges import demo_release

LANGUAGES = b"release: {notes: {languages: [en, pl]}}\n"


@pytest.mark.parametrize("kind", FORGES)
def test_it_ends_with_a_release_in_both_languages(
    kind: Forge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"package.json": b'{"dependencies": {"is-odd": "3.0.0"}}\n', "maintainer.yml": LANGUAGES}
    with stage(kind, tmp_path, files) as site:
        site.person("ada").tag("v2026.36")
        site.maintainer("run")
        out = io.StringIO()
        context = Context(site.here.root, site.here.environment, NOW, out, out)
        code, page = demo_release.released(kind, site.forge, context, tmp_path / "release")
        said, told = out.getvalue(), capsys.readouterr().out
    assert code == 0, said
    assert "is-odd" in told.partition("\n\n$")[0], "what was merged"
    assert said.index("To do:") < said.index("Trzeba zrobić:") < said.index("released site 2026.47")
    assert [one.name for one in sorted(page.parent.iterdir())] == [
        "release-notes-2026.47.en.html",
        "release-notes-2026.47.pl.html",
    ]
    assert "is-odd" in page.read_text() and '<html lang="en"' in page.read_text()
    assert "tag     v2026.47\n" in told and "To do:" in told

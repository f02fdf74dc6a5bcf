"""The demo's page opens for a person at a desktop, and for nobody else."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from maintainer.commands.context import Context
from maintainer.commands.demo_verify import opened


def test_a_page_opens_at_a_desktop_alone(tmp_path: Path) -> None:
    tool, page, note = tmp_path / "xdg-open", tmp_path / "report.html", tmp_path / "note"
    tool.write_text(f'#!/bin/sh\nprintf "%s $DISPLAY" "$1" > {note}\n')
    tool.chmod(0o755)
    out = io.StringIO()
    environment = {"PATH": str(tmp_path), "DISPLAY": ":0", "TOKEN": "hunter2"}
    person = Context(tmp_path, environment, datetime(2026, 11, 21, tzinfo=UTC), out, out, interactive=True)
    opened(replace(person, interactive=False), page)
    opened(replace(person, environment={"PATH": str(tmp_path)}), page)
    assert not note.exists()
    opened(person, page)
    assert note.read_text() == f"{page} :0"


def test_a_desktop_that_fails_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "xdg-open").write_text("no program")
    (tmp_path / "xdg-open").chmod(0o755)
    out = io.StringIO()
    environment = {"PATH": str(tmp_path), "DISPLAY": ":0"}
    opened(Context(tmp_path, environment, datetime(2026, 11, 21, tzinfo=UTC), out, out, interactive=True), tmp_path)
    assert out.getvalue() == ""

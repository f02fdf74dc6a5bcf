"""What `verify` leaves: every form of it, for people and programs, and no secret in any."""

import html
import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from maintainer import cli
from maintainer.commands import verify_files
from maintainer.commands.verify_report import address
from maintainer.commands.verify_secrets import hidden
from maintainer.config.environments import Environments
from maintainer.config.verify import Verify
from maintainer.evidence import Artifact
from tests.loopback import Reply, Request, Served
from tests.shops.faults import FAULTS
from tests.shops.shop import SOUND, page, serving
from tests.writers.results import png

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
CONFIGURATION = "site: {name: Sklep, timezone: Europe/Warsaw}\nverify: {smoke: {browser: false}, pages: [/cart/]}\n"
BROKEN = {**SOUND, **FAULTS["warning"].changed}
#: What a secret may look like, and still must be found.
SECRET = 's&<"secret">/7%+\\x'


def verify(
    root: Path, head: Mapping[str, Served], *more: str, configuration: str = CONFIGURATION, **environment: str
) -> tuple[int, Path]:
    (root / "maintainer.yml").write_text(configuration, encoding="utf-8")
    with serving(SOUND) as before, serving(head) as after:
        sites = ["--url", after.url, "--baseline", before.url]
        argv = ["-C", str(root), "--reports", str(root / "reports"), "verify", "--into", "results", "--only", "smoke"]
        out, err = io.StringIO(), io.StringIO()
        code = cli.run([*argv, *sites, *more], environment=environment, now=NOW, out=out, err=err)
    assert out.getvalue(), err.getvalue()
    return code, root / "results"


def test_every_form_of_it_is_left_and_says_the_same(tmp_path: Path) -> None:
    code, folder = verify(tmp_path, BROKEN)
    assert code == 1
    verdicts = json.loads((folder / "verify.json").read_bytes())["verdicts"]
    failed = [one for one in verdicts if one["verdict"] == "fail"]
    assert len(failed) == 1
    root = ElementTree.fromstring((folder / "junit.xml").read_bytes())
    assert (int(root.get("tests", "")), int(root.get("failures", ""))) == (len(verdicts), 1)
    (run,) = json.loads((folder / "results.sarif").read_bytes())["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["smoke/php"]
    shown = (folder / "report.html").read_text()
    assert "This must not go live as it is." in shown and "09:00 CET" in shown
    assert failed[0]["reason"].replace('"', "&#34;") in shown
    for name in verify_files.BESIDE:
        assert (folder / name).is_file(), name
        assert f'href="./{name}"' in shown
    assert json.loads((folder / "browser-performance.json").read_bytes()) == []


def test_in_polish_people_read_polish_and_programs_what_they_read_in_english(tmp_path: Path) -> None:
    made = {}
    for spoken in ("en", "pl"):
        root = tmp_path / spoken
        root.mkdir()
        code, made[spoken] = verify(root, BROKEN, configuration=f"{CONFIGURATION}language: {spoken}\n")
        assert code == 1
    english, polish = made["en"], made["pl"]
    for name in ("junit.xml", "results.sarif"):
        assert "Nie" not in (polish / name).read_text()
    told = [json.loads((folder / "verify.json").read_bytes())["verdicts"] for folder in (english, polish)]
    reasons = [[re.sub(r"\d+", "#", one["reason"]) for one in verdicts] for verdicts in told]
    assert reasons[0] == reasons[1]
    shown, comment = (polish / "report.html").read_text(), (polish / "summary.md").read_text()
    assert shown.startswith('<!doctype html>\n<html lang="pl">')
    assert "W tym stanie to nie może trafić na produkcję." in shown and "listopada 2026" in shown
    assert comment.startswith("### ✘ Zweryfikowano: nie przeszło\n")
    assert re.search(r"\nnie przeszło: 1, .*przeszło: \d+.* · \d+ miejsc", comment)
    assert "Verified" not in comment and "with the change" not in shown
    assert (polish.parent / "reports/summary.md").read_text().startswith("### ✘ Zweryfikowano")


def test_ci_is_told_the_counts_and_where_the_results_are(tmp_path: Path) -> None:
    _, folder = verify(tmp_path, BROKEN)
    outputs = dict(line.split("=", 1) for line in (tmp_path / "reports/outputs.env").read_text().splitlines())
    counts = [one["verdict"] for one in json.loads((folder / "verify.json").read_bytes())["verdicts"]]
    assert outputs["MAINTAINER_RESULTS"] == str(folder)
    for outcome in ("fail", "inconclusive", "pass", "skipped"):
        assert outputs[f"MAINTAINER_VERIFIED_{outcome.upper()}"] == str(counts.count(outcome))
    assert (outputs["MAINTAINER_EXIT_CODE"], outputs["MAINTAINER_VERDICT"]) == ("1", "fail")
    (line,) = (tmp_path / "reports/annotations.txt").read_text().splitlines()
    assert line.startswith("::error file=maintainer.yml,line=2,title=smoke /cart/%3A fail::PHP warning")
    (issue,) = json.loads((tmp_path / "reports/codequality.json").read_bytes())
    assert issue["location"] == {"path": "maintainer.yml", "lines": {"begin": 2}}
    assert (tmp_path / "reports/summary.md").read_text() == (folder / "summary.md").read_text()


def echoing(request: Request) -> Reply:
    """A page that breaks, and shows what it was sent, in every spelling."""
    ways = [SECRET, quote(SECRET, safe=""), json.dumps(SECRET), html.escape(SECRET), html.escape(SECRET, quote=False)]
    sent = " ".join(ways)
    return page("/cart/", f"<b>Warning</b>:  Undefined key {sent} in <b>/srv/cart.php</b> on line <b>7</b><br />{sent}")


def test_no_secret_stands_in_anything_that_is_left(tmp_path: Path) -> None:
    guarded = CONFIGURATION + (
        "environments:\n  staging: {url: 'http://x.example', headers: [{name: x-key, value_env: STAGE_KEY}]}\n"
    )
    code, folder = verify(tmp_path, {**SOUND, "/cart/": echoing}, configuration=guarded, STAGE_KEY=SECRET)
    assert code == 1
    left = [path for root in (folder, tmp_path / "reports") for path in root.rglob("*") if path.is_file()]
    assert any("cart" in path.name for path in left), left
    for path in left:
        data = path.read_text(errors="replace")
        for spelled in (
            SECRET,
            quote(SECRET, safe=""),
            json.dumps(SECRET)[1:-1],
            json.dumps(SECRET, ensure_ascii=False)[1:-1],
        ):
            assert spelled not in data, path
        assert "secret&#34;" not in data and "secret&quot;" not in data, path


# what is read of what checks kept


def artifacts(*paths: str) -> list[Artifact]:
    return [Artifact(path, path) for path in paths]


def test_only_files_of_the_folder_itself_are_shown(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    (folder / "smoke").mkdir(parents=True)
    outside = tmp_path / "outside.png"
    outside.write_bytes(png(1, 1))
    (folder / "smoke/link.png").symlink_to(outside)
    (folder / "away").symlink_to(tmp_path)
    (folder / "smoke/own.png").write_bytes(png(1, 1))
    wanted = artifacts(
        "smoke/link.png", "away/outside.png", "../outside.png", str(outside), "smoke/own.png", "smoke", "no.png"
    )
    assert list(verify_files.shown(folder, wanted)) == ["smoke/own.png"]


def test_a_page_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of pictures, those first that are named first; data that charts are drawn of have bounds of their own."""
    sizes: dict[str, Any] = {"a.png": 90, "b.png": 400, "c.png": 90, "d.png": 90, "e.json": 400, "f.json": 1100}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    monkeypatch.setattr(verify_files, "PICTURE", 100)
    monkeypatch.setattr(verify_files, "PICTURES", 200)
    monkeypatch.setattr(verify_files, "DATA", 1000)
    assert list(verify_files.shown(tmp_path, artifacts(*sizes))) == ["a.png", "c.png", "e.json"]


@pytest.mark.parametrize(
    ("environment", "folder", "said"),
    [
        ({"CI_JOB_URL": "https://gitlab.example/-/jobs/7"}, "site/.maintainer/verify",
         "https://gitlab.example/-/jobs/7/artifacts/file/.maintainer/verify/report.html"),
        ({"CI_JOB_URL": "https://gitlab.example/-/jobs/7"}, "elsewhere", "https://gitlab.example/-/jobs/7"),
        ({"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}, "x",
         "https://github.example/a/b/actions/runs/7#artifacts"),
        ({"GITHUB_SERVER_URL": "https://github.example"}, "x", ""),
        ({}, "x", ""),
    ],
    ids=["gitlab", "gitlab, elsewhere", "github", "github, no run", "nowhere"],
)  # fmt: skip
def test_where_the_report_is(environment: dict[str, str], folder: str, said: str) -> None:
    assert address(environment, Path("/r/site"), Path("/r") / folder) == said


def test_what_flows_and_visitors_type_in_is_hidden_too() -> None:
    told = {
        "flows": [{"name": "buy", "steps": [{"open": "/"}], "env": {"password": "SHOP_PASSWORD", "pin": "SHOP_PIN"}}],
        "load": {"secrets": [{"name": "key", "value_env": "LOAD_KEY"}]},
    }
    outer = {"SHOP_PASSWORD": "hush-hush", "LOAD_KEY": "longer-than-that", "SHOP_PIN": "1234"}
    assert hidden(Environments(), Verify.model_validate(told), outer) == ("longer-than-that", "hush-hush")

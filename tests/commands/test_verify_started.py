"""Sites that `maintainer verify` starts itself: ports, logs, the baseline at the merge base; nothing is left behind."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from maintainer.checks import smoke_browser
from maintainer.process import minimal, started
from tests.commands.verified import Verified
from tests.processes import gone

SERVE = [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"]

SERVER = (
    "import runpy; sys.argv = ['a', sys.argv[1], '--bind', '127.0.0.1']; "
    "runpy.run_module('http.server', None, '__main__')"
)


def html(body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>a</title></head><body><p>{body}</p></body></html>\n".encode()


class Repository(Verified):
    """A static site in git that is served by Python, on a branch that goes to `main`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.commit({"index.html": html("Kubki"), "about/index.html": html("O nas"), "maintainer.yml": self.config()})
        self.git("switch", "--quiet", "--create", "feature")

    @staticmethod
    def config(**staging: Any) -> bytes:
        made = {"start": SERVE, "ready": {"within": "20s"}, **staging}
        verify = {"pages": ["/about/"], "only": ["smoke"], "smoke": {"browser": False}}
        return json.dumps({"environments": {"staging": made}, "verify": verify}).encode()

    def results(self) -> Path:
        (folder,) = (self.root / ".git/maintainer/verify").iterdir()
        return folder


@pytest.fixture
def site(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "site")


def said(document: dict[str, Any], outcome: str) -> list[tuple[str, str, str]]:
    return [(one["rule"], one["where"], one["reason"]) for one in document["verdicts"] if one["verdict"] == outcome]


def test_the_change_is_compared_with_the_merge_base(site: Repository) -> None:
    before = site.git("rev-parse", "HEAD")
    site.commit({"about/index.html": html('O nas <a href="/terms.html">Regulamin</a>')})
    code, document, err = site.asked()
    assert (code, err) == (1, "")
    assert said(document, "fail") == [("links", "/about/", "links to /terms.html, which answers 404")]
    assert (document["head"], document["base"]) == (site.git("rev-parse", "HEAD"), before)
    assert {rule for rule, _, _ in said(document, "skipped")} == set(smoke_browser.RULES)
    assert {path.name for path in site.results().iterdir()} >= {"verify.json", "summary.md", "head.log", "base.log"}
    assert "GET /about/" in (site.results() / "base.log").read_text()
    assert list((site.root / ".git/maintainer/scratch").glob("build-*")) == []


def test_what_is_broken_on_both_sides_fails_nothing(site: Repository) -> None:
    site.git("switch", "--quiet", "main")
    site.commit({"about/index.html": html('<a href="/terms.html">Regulamin</a>')})
    site.git("switch", "--quiet", "--create", "other")
    site.commit({"index.html": html("Kubki i talerze")})
    code, document, _ = site.asked()
    assert (code, said(document, "fail")) == (0, [])


def test_a_page_that_is_lost_is_found(site: Repository) -> None:
    site.git("rm", "--quiet", "about/index.html")
    site.commit({"index.html": html("Kubki")})
    code, document, _ = site.asked()
    assert code == 1
    assert said(document, "fail") == [("answers", "/about/", "answers 404")]


def test_changes_that_are_not_committed_are_looked_at_and_told(site: Repository) -> None:
    (site.root / "index.html").write_bytes(b"")
    code, document, _ = site.asked()
    assert code == 1
    assert document["head"].endswith("-dirty")


def test_a_site_that_does_not_start_is_inconclusive_and_its_log_is_told(site: Repository) -> None:
    broken = [sys.executable, "-c", "import sys; print('no database at db:3306'); sys.exit(7)"]
    site.commit({"maintainer.yml": site.config(start=broken)})
    code, document, _ = site.asked()
    assert code == 3
    ((rule, _, reason),) = said(document, "inconclusive")
    assert rule == "ready"
    assert "ended with exit code 7 before it served: no database at db:3306" in reason


def test_a_program_that_is_missing_is_inconclusive(site: Repository) -> None:
    site.commit({"maintainer.yml": site.config(start=["no-such-server"])})
    code, document, _ = site.asked()
    assert (code, said(document, "inconclusive")[0][2]) == (
        3,
        "no-such-server could not be started: No such file or directory",
    )


def test_a_site_that_is_never_ready_is_inconclusive(site: Repository) -> None:
    site.commit({"maintainer.yml": site.config(ready={"within": "1s", "path": "/health", "status": "200"})})
    code, document, _ = site.asked()
    assert code == 3
    assert "/health was not ready in 1 s: it answered 404" in said(document, "inconclusive")[0][2]


def test_a_baseline_that_does_not_start_is_no_pass(site: Repository) -> None:
    serve = f"import os, sys; os.environ['MAINTAINER_SIDE'] == 'head' or sys.exit(4); {SERVER}"
    site.commit({"maintainer.yml": site.config(start=[sys.executable, "-c", serve, "{port}"])})
    code, document, _ = site.asked()
    assert (code, said(document, "fail")) == (3, [])
    assert any("the baseline can't be looked at" in reason for _, _, reason in said(document, "inconclusive"))


def test_prepare_and_stop_run_beside_each_site_with_what_they_are_given(site: Repository) -> None:
    note = "import os, sys; open('ran-' + sys.argv[1], 'w').write(' '.join(sorted(os.environ)) + ' ' + sys.argv[2])"
    site.environment |= {"SHOP_DATABASE": "db-1", "SHOP_SECRET": "not-given-1"}
    site.commit(
        {
            ".gitignore": b"ran-*\n",
            "maintainer.yml": site.config(
                prepare=[sys.executable, "-c", note, "prepare", "{port}"],
                stop=[sys.executable, "-c", note, "stop", "{port}"],
                pass_env=["SHOP_DATABASE"],
            ),
        }
    )
    code, document, err = site.asked()
    assert (code, document["head"].endswith("-dirty")) == (0, False), err
    prepared, stopped = ((site.root / f"ran-{what}").read_text().split() for what in ("prepare", "stop"))
    assert prepared == stopped
    assert prepared[-1].isdecimal()
    assert {"MAINTAINER_SIDE", "PATH", "PORT", "SHOP_DATABASE"} <= set(prepared)
    assert not {"HOME", "SHOP_SECRET"} & set(prepared)


def test_a_step_before_that_fails_is_inconclusive(site: Repository) -> None:
    site.commit({"maintainer.yml": site.config(prepare=[sys.executable, "-c", "raise SystemExit('no dump')"])})
    code, document, _ = site.asked()
    assert code == 3
    assert "failed with exit code 1: no dump. Run it by hand to see more" in said(document, "inconclusive")[0][2]


def test_everything_that_was_started_is_ended(site: Repository, tmp_path: Path) -> None:
    """Both servers have a child of their own."""
    serve = (
        "import os, subprocess, sys; child = subprocess.Popen(['sleep', '600']); "
        f"side = open({str(tmp_path)!r} + '/pid-' + os.environ['MAINTAINER_SIDE'], 'w'); "
        "side.write(f'{os.getpid()} {child.pid}'); side.close(); "
    )
    site.git("switch", "--quiet", "main")
    site.commit({"maintainer.yml": site.config(start=[sys.executable, "-c", serve + SERVER, "{port}"])})
    assert site.asked()[0] == 0
    pids = [int(pid) for side in ("head", "base") for pid in (tmp_path / f"pid-{side}").read_text().split()]
    assert len(pids) == 4
    assert gone(pids)


def test_a_program_that_will_not_end_is_ended(tmp_path: Path) -> None:
    """It ignores that it is asked to, and so does its child, which stays behind when it is gone."""
    code = (
        "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        "print(os.getpid(), child.pid, flush=True); time.sleep(600 if sys.argv[1] == 'stays' else 0)"
    )
    for how in ("stays", "leaves"):
        argv = [sys.executable, "-c", code, how]
        log = tmp_path / f"{how}.log"
        with started(argv, cwd=tmp_path, environment=minimal(os.environ), log=log, grace=0.2) as running:
            while not log.read_bytes().endswith(b"\n"):
                time.sleep(0.01)
            assert running.code() in ((None,) if how == "stays" else (None, 0))
        assert gone([int(pid) for pid in log.read_text().split()])


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({"GITHUB_REF": "refs/pull/17/merge", "GITHUB_HEAD_REF": "fix/VAT & co"}, "pr-17-fix-vat-co"),
        ({"CI_MERGE_REQUEST_IID": "8", "CI_COMMIT_REF_NAME": "a" * 80}, f"pr-8-{'a' * 63}"),
        ({"GITHUB_REF": "refs/pull/1;rm/merge", "CI_MERGE_REQUEST_IID": "9"}, "pr-9-feature"),
    ],
)
def test_addresses_are_filled_by_what_the_ci_says(site: Repository, environment: dict[str, str], address: str) -> None:
    made = {"environments": {"staging": {"url": "http://127.0.0.1:9/pr-{number}-{branch}", "ready": {"within": "1s"}}}}
    site.commit({"maintainer.yml": json.dumps(made).encode()})
    site.environment |= environment
    code, document, _ = site.asked()
    assert code == 3
    assert f"http://127.0.0.1:9/{address}/ was not ready in 1 s" in said(document, "inconclusive")[0][2]


def test_a_branch_that_is_none_is_told(site: Repository) -> None:
    code, _, err = site.asked("--against", "nowhere")
    assert code == 2
    assert err.startswith("--against: nowhere is no commit here.")

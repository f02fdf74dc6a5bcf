"""What verify can't see it doesn't pass: every way to be blind, through the whole command, with the real programs where
they can be made to fail. Each says what to do next."""

import io
import json
import shutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.checks.base import Bench
from maintainer.commands.verify_checks import KINDS, Kind
from maintainer.evidence import Evidence, Measurement
from tests.loopback import Reply, Served
from tests.shops.shop import SOUND, answer, page, serving, sitemap

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
NPM = Path(__file__).parents[2] / ".cache/npm/node_modules/.bin"
READY = {"within": "1s"}
SAFE = {"mail": "none", "webhooks": "none", "renewals": "none", "payments": "none"}
BUYS = {"name": "buy", "steps": [{"name": "open the shop", "open": "/"}]}
FORM = "<html><body><form><input type=password></form></body></html>"


@dataclass(frozen=True)
class Case:
    """How it is made blind, and the sentence: why, then what to do. `programs` are all that is on PATH beside git."""

    says: str
    mend: str
    changed: Mapping[str, Served] = field(default_factory=dict)
    verify: Mapping[str, Any] = field(default_factory=dict)
    only: str = "smoke"
    programs: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Bench], Evidence] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def full(_: Bench) -> Evidence:
    """The disk of the results is full: `/dev/full` answers as one does."""
    with Path("/dev/full").open("wb", buffering=0) as kept:
        kept.write(b"x")
    return Evidence()


def samples(_: Bench) -> Evidence:
    """Nobody came."""
    return Evidence((Measurement("integrations", "p95", "/checkout/", "ms", ()),))


KILLED = "#!/bin/sh\nkill -9 $$\n"
LIGHTHOUSE = {"pages": ["/"], "skip": [], "lighthouse": {"devices": "mobile", "run": "5s"}}
CASES: Mapping[str, Case] = {
    "down": Case("refuses the connection", "Is it deployed?"),
    "half up": Case("was not ready in 1 s: it answered 503", "Is it deployed?", {"/": answer(503, "soon")}),
    "a login wall": Case("wants credentials (401)", "Give the site's credentials", {"/": answer(401, "who?")}),
    "a form and nothing else": Case("form for a password", "Give the site's credentials", {"/": answer(200, FORM)}),
    "a captcha": Case(
        "shows a challenge to programs", "Let this CI in", {"/": Reply(403, "a moment", {"cf-mitigated": "challenge"})}
    ),
    "coming soon": Case(
        "“coming soon” page", "woo-share", {"/": page("/", '<div class="woocommerce-coming-soon">x</div>')}
    ),
    "an empty sitemap": Case("the sitemap names no page", "verify.pages", {"/sitemap.xml": sitemap()}),
    "no Chrome for flows": Case("no browser", "Install Chrome", verify={"flows": [BUYS]}, only="e2e"),
    "no Lighthouse": Case("no program lighthouse", "npm install", verify=LIGHTHOUSE, only="lighthouse"),
    "no Node": Case(
        "there is no Node", "Install Node", verify=LIGHTHOUSE, only="lighthouse", programs={"lighthouse": "real"}
    ),
    "no Chrome for Lighthouse": Case(
        "there is no Chrome",
        "set CHROME_PATH",
        verify=LIGHTHOUSE,
        only="lighthouse",
        programs={"lighthouse": "real", "node": "real", "grep": "real", "awk": "real"},
        environment={"CHROME_PATH": "/nowhere/chrome"},
    ),
    "Lighthouse is killed": Case(
        "was ended by signal 9",
        "Give the machine more memory",
        verify=LIGHTHOUSE,
        only="lighthouse",
        programs={"lighthouse": KILLED, "node": "real"},
    ),
    "a full disk": Case("No space left on device", "Make room", only="integrations", check=full),
    "no samples": Case("it looked at nothing", "run it alone", only="integrations", check=samples),
    "nothing looked at": Case("it looked at nothing", "Name pages", only="integrations", check=lambda _: Evidence()),
}


def path(folder: Path, programs: Mapping[str, str]) -> str:
    """A PATH with these programs: as they are on this machine, or as written here."""
    folder.mkdir()
    for name, text in {"git": "real", "env": "real", "sh": "real", **programs}.items():
        if text == "real":
            found = NPM / name if (NPM / name).exists() else Path(shutil.which(name) or f"/no {name} here")
            (folder / name).symlink_to(found.resolve() if name != "lighthouse" else found)
        else:
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
    return str(folder)


class Given:
    """A check that sees what the case has it see."""

    WRITES = False
    NAME = "integrations"

    def __init__(self, measure: Callable[[Bench], Evidence]) -> None:
        self.measure = measure


#: It is started anew several times, seconds each.
SLOW = ("no Chrome for Lighthouse",)


@pytest.mark.parametrize("name", [pytest.param(one, marks=pytest.mark.bench) if one in SLOW else one for one in CASES])
def test_what_can_not_be_seen_is_no_pass_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case = CASES[name]
    if case.check:
        monkeypatch.setitem(KINDS, case.only, Kind(lambda _, check=case.check: Given(check)))  # type: ignore[misc]
    with serving({**SOUND, **case.changed}) as shop:
        url = nobody() if name == "down" else shop.url
        made = {"environments": {"staging": {"url": url, "ready": READY, "safe": SAFE}}, "verify": dict(case.verify)}
        (tmp_path / "maintainer.yml").write_text(json.dumps(made))
        out, err = io.StringIO(), io.StringIO()
        argv = ["-C", str(tmp_path), "verify", "--into", "results", "--only", case.only, "--format", "json"]
        environment = {"PATH": path(tmp_path / "bin", case.programs), "HOME": str(tmp_path), **case.environment}
        code = cli.run(argv, environment=environment, now=NOW, out=out, err=err)
    verdicts = json.loads(out.getvalue() or "{}").get("verdicts")
    assert verdicts, err.getvalue()
    blind = [one["reason"] for one in verdicts if one["verdict"] == "inconclusive"]
    assert code == 3, verdicts
    assert not [one for one in verdicts if one["verdict"] == "fail"]
    if case.only != "smoke":
        assert not [one for one in verdicts if one["verdict"] == "pass"]
    said = [reason for reason in blind if case.says in reason and case.mend in reason]
    assert said, blind


def nobody() -> str:
    """An address nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"

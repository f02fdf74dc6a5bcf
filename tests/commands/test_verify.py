"""`maintainer verify`: the story on a loopback shop, its output, its exit codes, and what it does when it is blind."""

import io
import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from maintainer import cli
from maintainer.checks import smoke, smoke_browser, smoke_markup, smoke_page
from maintainer.checks.base import Bench
from maintainer.commands.verify import chosen
from maintainer.commands.verify_checks import KINDS, Kind
from maintainer.config.load import load
from maintainer.config.verify import CHECKS
from maintainer.errors import ToolFailed
from maintainer.evidence import Evidence
from tests.loopback import Loopback, Reply, Request, Served, raw
from tests.shops.faults import FAULTS, WARNING
from tests.shops.shop import SOUND, answer, page, serving, sitemap

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "schemas/verify.schema.json").read_bytes())
PAGES = "verify: {pages: [{path: /checkout/, must: [Kupuję], must_not: [wkrótce]}]}\n"


class Run:
    """`maintainer verify` in a folder that is no repository; what it left is in `folder`.

    Smoke alone unless another check is named, and without a browser: tests/checks/test_smoke_browser.py has one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "results"
        self.environment: dict[str, str] = {}
        self.configure(PAGES)

    def configure(self, text: str) -> None:
        document = yaml.safe_load(text)
        document.setdefault("verify", {}).setdefault("smoke", {}).setdefault("browser", False)
        (self.root / "maintainer.yml").write_text(yaml.safe_dump(document), encoding="utf-8")

    def __call__(self, *argv: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        only = () if "--only" in argv else ("--only", "smoke")
        whole = ["-C", str(self.root), "verify", "--into", "results", *only, *argv]
        code = cli.run(whole, environment=self.environment, now=NOW, out=out, err=err)
        return code, out.getvalue(), err.getvalue()

    def json(self, *argv: str) -> tuple[int, list[dict[str, Any]]]:
        code, out, err = self(*argv, "--format", "json")
        assert out, err
        document = json.loads(out)
        jsonschema.validate(document, SCHEMA)
        return code, document["verdicts"]


@pytest.fixture
def verify(tmp_path: Path) -> Run:
    return Run(tmp_path)


def said(verdicts: list[dict[str, Any]], outcome: str) -> list[tuple[str, str, str]]:
    return [(one["rule"], one["where"], one["reason"]) for one in verdicts if one["verdict"] == outcome]


def compared(
    verify: Run, head: Mapping[str, Served], base: Mapping[str, Served] = SOUND
) -> tuple[int, list[dict[str, Any]]]:
    with serving(base) as before, serving(head) as after:
        return verify.json("--url", after.url, "--baseline", before.url)


def test_a_site_beside_itself_passes(verify: Run) -> None:
    code, verdicts = compared(verify, SOUND)
    assert said(verdicts, "fail") == said(verdicts, "inconclusive") == []
    assert code == 0
    passed = {(rule, where) for rule, where, _ in said(verdicts, "pass")}
    assert {("answers", "/checkout/"), ("content", "/checkout/"), ("php", "/cart/"), ("assets", "/about/")} <= passed
    assert {("well-formed", "/wp-json/"), ("well-formed", "/feed/"), ("sitemap", "/sitemap.xml")} <= passed


def test_without_a_baseline_what_only_compares_is_skipped(verify: Run) -> None:
    with serving(SOUND) as after:
        code, verdicts = verify.json("--url", after.url)
    assert code == 0
    assert {rule for rule, _, _ in said(verdicts, "skipped")} == {
        "redirects",
        "whole",
        "indexing",
        "canonical",
        "forms",
        "cache",
        "api",
        *smoke_browser.RULES,
    }
    assert said(verdicts, "fail") == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_its_rule_with_its_cause(verify: Run, fault: str) -> None:
    known = FAULTS[fault]
    code, verdicts = compared(verify, {**SOUND, **known.changed})
    found = [reason for one, place, reason in said(verdicts, "fail") if (one, place) == (known.rule, known.where)]
    assert len(found) == 1, (said(verdicts, "fail"), said(verdicts, "inconclusive"))
    assert known.names in found[0]
    assert code == 1


#: With these on both sides nothing can be seen there: they are among the blind cases.
UNSEEN = ("leads off the site", "sitemap emptied")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in UNSEEN])
def test_what_was_so_before_fails_nothing(verify: Run, fault: str) -> None:
    broken = {**SOUND, **FAULTS[fault].changed}
    code, verdicts = compared(verify, broken, broken)
    assert said(verdicts, "fail") == []
    assert code == 0, said(verdicts, "inconclusive")


def test_what_was_so_before_is_told(verify: Run) -> None:
    broken = {**SOUND, **FAULTS["warning"].changed}
    _, verdicts = compared(verify, broken, broken)
    (reason,) = [reason for rule, where, reason in said(verdicts, "pass") if (rule, where) == ("php", "/cart/")]
    assert reason.startswith("as before: PHP warning: Undefined array key")


def test_a_notice_that_only_moved_its_line_and_folder_is_the_same(verify: Run) -> None:
    moved = WARNING.replace("/srv/wp-content", "/tmp/build-1/wp-content").replace("<b>7<", "<b>9<")
    code, _ = compared(verify, {**SOUND, "/cart/": page("/cart/", moved)}, {**SOUND, "/cart/": page("/cart/", WARNING)})
    assert code == 0


def test_mixed_content_is_found_on_https() -> None:
    text = '<img src="http://cdn.example/a.png"><img src="/b.png"><a href="http://other.example/">a</a>'
    (fact,) = smoke_page.mixed(smoke_markup.read(text), "https://shop.example/")
    assert "loads http://cdn.example/a.png over plain HTTP" in fact.sentence


def hang(_: Request) -> Reply:
    time.sleep(3)
    return Reply(200, "late")


#: Where nothing can be said: the whole site's answers, or one more, and what the sentence says to do.
QUICK = "  staging: {ready: {within: 1s}, url: 'http://x.example'}\n"
BLIND: dict[str, tuple[Mapping[str, Served], str, str]] = {
    "login wall": ({"/": Reply(401, "", {"www-authenticate": "Basic"})}, "wants credentials (401)", "basic_auth"),
    "forbidden": ({"/": answer(403, "no")}, "refuses us (403)", "credentials"),
    "half up": ({"/": answer(502, "Bad gateway")}, "was not ready in 1 s: it answered 502", "deployed"),
    "hangs": ({"/": hang}, "was not ready in 1 s: it did not answer within 1 s", "deployed"),
    "redirects to a login": (
        {"/": Reply(302, "", {"location": "/wp-login.php"})},
        "leads to a login (/wp-login.php)",
        "cookies",
    ),
    "a form and nothing else": (
        {"/": answer(200, "<html><form><input type=password></form></html>")},
        "form for a password",
        "basic_auth",
    ),
    "sso elsewhere": (
        {"/": Reply(302, "", {"location": "https://sso.example/login"})},
        "leads to sso.example",
        "environments.allow",
    ),
    "challenge": (
        {"/": Reply(403, "Just a moment", {"cf-mitigated": "challenge"})},
        "shows a challenge",
        "Let this CI in",
    ),
    "coming soon": (
        {"/": page("/", '<div class="woocommerce-coming-soon">x</div>')},
        "“coming soon” page",
        "woo-share",
    ),
    "rubbish": (
        {"/": Reply(200, b"\x00\x01\x02" * 99, {"content-type": "application/octet-stream"})},
        "no page (application/octet-stream)",
        "web server",
    ),
    "text": ({"/": answer(200, "it works")}, "no page (text/html)", "web server"),
    "too many": ({"/": answer(429, "slow down")}, "too many requests", "at_once"),
    "empty sitemap": ({"/sitemap.xml": sitemap()}, "the sitemap names no page", "verify.pages"),
    "a page hangs": ({"/cart/": hang}, "did not answer within 1 s", "verify.within.request"),
    "an asset hangs": ({"/wp-includes/js/cart.js": hang}, "did not answer within 1 s", "slow"),
}


@pytest.mark.parametrize("case", BLIND)
def test_what_can_not_be_seen_is_inconclusive_and_says_what_to_do(verify: Run, case: str) -> None:
    changed, reason, mend = BLIND[case]
    verify.configure("environments:\n" + QUICK + "verify: {within: {request: 1s}}\n")
    with serving({**SOUND, **changed}) as after:
        code, verdicts = verify.json("--url", after.url)
    assert said(verdicts, "fail") == []
    assert any(reason in sentence and mend in sentence for _, _, sentence in said(verdicts, "inconclusive")), verdicts
    assert code == 3


@pytest.fixture
def nobody() -> str:
    """An address nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def garbling() -> Iterator[str]:
    """An address at which something answers that is no HTTP."""
    with raw(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")) as url:
        yield url


def test_a_staging_that_is_down_is_inconclusive(verify: Run, nobody: str) -> None:
    verify.configure("environments:\n" + QUICK)
    code, verdicts = verify.json("--url", nobody)
    ((rule, _, reason),) = said(verdicts, "inconclusive")
    assert (code, rule, len(verdicts)) == (3, "ready", 1)
    assert "refuses the connection. Is it deployed?" in reason


def test_what_speaks_no_http_is_inconclusive(verify: Run, garbling: str) -> None:
    verify.configure("environments:\n" + QUICK)
    code, verdicts = verify.json("--url", garbling)
    assert code == 3
    assert "something that is no HTTP" in said(verdicts, "inconclusive")[0][2]


def test_a_baseline_that_is_down_is_no_pass(verify: Run, nobody: str) -> None:
    verify.configure("environments:\n" + QUICK + "  baseline: {ready: {within: 1s}, url: 'http://x.example'}\n")
    with serving(SOUND) as after:
        code, verdicts = verify.json("--url", after.url, "--baseline", nobody)
    assert code == 3
    reasons = {rule: reason for rule, _, reason in said(verdicts, "inconclusive")}
    assert {"ready", "indexing", "canonical", "redirects"} <= reasons.keys()
    assert "the baseline can't be looked at" in reasons["canonical"]
    with serving({**SOUND, **FAULTS["fatal in a 200"].changed}) as after:
        assert verify.json("--url", after.url, "--baseline", nobody)[0] == 1, "a fatal is one, whatever was before"


def test_no_other_host_is_asked(verify: Run) -> None:
    with serving(SOUND) as other, ExitStack() as stack:
        home = page("/", f'<img src="{other.url}/wp-content/uploads/mug.png"><a href="{other.url}/shop/">s</a>')
        after = stack.enter_context(serving({**SOUND, "/": home}))
        assert verify.json("--url", after.url)[0] == 0
        assert other.requests == []
        verify.configure(f"environments: {{allow: ['{other.host}']}}\n")
        code, verdicts = verify.json("--url", after.url)
        assert code == 0, said(verdicts, "inconclusive")
        assert sorted(other.paths()) == ["/shop/", "/wp-content/uploads/mug.png"]


def test_nothing_is_changed_by_looking(verify: Run) -> None:
    with serving(SOUND) as after:
        verify.json("--url", after.url)
        assert {request.method for request in after.requests} == {"GET"}
        assert not [
            request for request in after.requests if "add-to-cart" in request.query or "logout" in request.query
        ]


def test_customers_site_is_only_read(verify: Run) -> None:
    with serving(SOUND) as live:
        verify.configure(f"site: {{production: '{live.url}'}}\n")
        code, verdicts = verify.json("--url", live.url)
    assert code == 0
    assert ("answers", "/wp-login.php", "") in said(verdicts, "pass")
    assert "/wp-cron.php" not in live.paths()


class Orders:
    """A check that places orders."""

    NAME = "orders"
    WRITES = True

    def measure(self, bench: Bench) -> Evidence:
        raise AssertionError("it must not begin")


def test_what_writes_refuses_production(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Orders()))
    with serving(SOUND) as live:
        verify.configure(f"site: {{production: '{live.url}'}}\n")
        code, verdicts = verify.json("--url", live.url, "--only", "orders")
    ((_, _, reason),) = said(verdicts, "inconclusive")
    assert code == 3
    assert reason == (
        "it writes, and this is production, where customers buy. Give it a staging: environments.staging; or allow it "
        "there: verify.production: [orders]"
    )


class Broken(Orders):
    """A check whose tool is missing."""

    WRITES = False

    def measure(self, bench: Bench) -> Evidence:
        raise ToolFailed("locust could not be started: no such file. `maintainer doctor` says how to get it.")


def test_a_check_that_breaks_costs_itself_alone(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "orders", Kind(lambda _: Broken()))
    with serving(SOUND) as after:
        code, verdicts = verify.json("--url", after.url, "--only", "smoke", "--only", "orders")
    assert code == 3
    ((_, _, reason),) = said(verdicts, "inconclusive")
    assert reason.startswith("locust could not be started")
    assert ("answers", "/cart/", "") in said(verdicts, "pass")


def test_who_we_are_goes_to_the_site_alone(verify: Run) -> None:
    verify.configure(
        "environments:\n  staging:\n    url: https://x.example\n"
        "    basic_auth: {user_env: STAGE_USER, password_env: STAGE_PASS}\n"
        "    headers: [{name: x-ci, value: 'yes'}]\n    cookies: [{name: seen, value: '1'}]\n"
        "    bypass: {name: woo-share, value_env: SHARE}\n"
    )
    verify.environment |= {"STAGE_USER": "ada", "STAGE_PASS": "pass-word-1", "SHARE": "share-code-1"}

    def home(request: Request) -> Reply:
        if request.headers.get("authorization") != "Basic YWRhOnBhc3Mtd29yZC0x":
            return Reply(401)
        if request.query == "woo-share=share-code-1":
            return Reply(302, "", {"location": "/", "set-cookie": "woo-share=share-code-1; Path=/; HttpOnly"})
        return page("/", f'<img src="http://{cdn.host}/a.png">')

    with Loopback({"/a.png": Reply(200, b"png")}) as cdn, serving({**SOUND, "/": home}) as after:
        document = yaml.safe_load((verify.root / "maintainer.yml").read_bytes())
        document["environments"]["allow"] = [cdn.host]
        verify.configure(yaml.safe_dump(document))
        code, out, err = verify("--url", after.url)
        assert code == 0, out
    assert after.requests[-1].headers["cookie"] == "seen=1; woo-share=share-code-1"
    assert after.requests[-1].headers["x-ci"] == "yes"
    assert {"authorization", "cookie", "x-ci"} & cdn.requests[0].headers.keys() == set()
    left = "".join(path.read_text(errors="replace") for path in verify.folder.rglob("*") if path.is_file())
    assert "pass-word-1" not in out + err + left
    assert "share-code-1" not in out + err + left


def test_a_secret_that_a_site_prints_is_left_nowhere(verify: Run) -> None:
    verify.configure(
        "environments:\n  staging:\n    url: https://x.example\n    headers: [{name: x-key, value_env: STAGE_KEY}]\n"
        "    basic_auth: {user_env: STAGE_USER, password_env: STAGE_PASS}\n"
    )
    verify.environment |= {"STAGE_USER": "ada", "STAGE_PASS": "pass-word-1", "STAGE_KEY": "key-of-ours-1"}

    def talkative(request: Request) -> Reply:
        given = f"{request.headers['x-key']} {request.headers['authorization']}"
        return page("/about/", f"\nNotice: {given} in /srv/pass-word-1/a.php on line 3\n")

    with serving({**SOUND, "/about/": talkative}) as after:
        code, out, err = verify("--url", after.url)
    left = "".join(path.read_text(errors="replace") for path in verify.folder.rglob("*") if path.is_file())
    assert code == 1
    assert "PHP notice: *** Basic *** (" in (verify.folder / "verify.json").read_text(encoding="utf-8")
    for secret in ("pass-word-1", "key-of-ours-1", "YWRhOnBhc3Mtd29yZC0x"):
        assert secret not in out + err + left


def test_a_credential_that_is_not_set_is_inconclusive(verify: Run) -> None:
    verify.configure(
        "environments: {staging: {url: 'https://x.example', headers: [{name: x, value_env: NOBODY_SET}]}}\n"
    )
    code, verdicts = verify.json()
    assert code == 3
    assert said(verdicts, "inconclusive")[0][2] == "NOBODY_SET is not set. Set that environment variable in the CI"


def test_bounds_hold(verify: Run) -> None:
    verify.configure("verify: {bounds: {pages: 3, links: 2, at_once: 1}}\n")
    with serving(SOUND) as after:
        _, verdicts = verify.json("--url", after.url)
    assert {where for rule, where, _ in said(verdicts, "pass") if rule == "answers"} == {
        "/",
        "/?s=test",
        "/wp-login.php",
    }
    assert any(
        "links and assets were not asked for. Raise verify.bounds.links" in reason
        for _, _, reason in said(verdicts, "pass")
    )


def test_time_that_is_over_is_no_pass(verify: Run) -> None:
    verify.configure("verify: {within: {check: 1s}, bounds: {at_once: 1}}\n")

    def slow(_: Request) -> Served:
        time.sleep(0.3)
        return SOUND["/shop/"]

    with serving({**SOUND, "/shop/": slow, "/cart/": slow, "/checkout/": slow, "/my-account/": slow}) as after:
        code, verdicts = verify.json("--url", after.url)
    assert code == 3
    assert any("the time was over before" in reason for _, _, reason in said(verdicts, "inconclusive"))


def test_a_page_that_answers_what_it_should_passes(verify: Run) -> None:
    verify.configure("verify: {pages: [{path: /old/, status: 410}, {path: /shop/, status: 201}]}\n")
    with serving({**SOUND, "/old/": answer(410, "<html><body>gone</body></html>")}) as after:
        code, verdicts = verify.json("--url", after.url)
    assert code == 1
    assert [(where, reason) for rule, where, reason in said(verdicts, "fail")] == [
        ("/shop/", "answers 200 and should answer 201")
    ]


# output


def test_the_table_says_first_what_failed(verify: Run) -> None:
    with serving(SOUND) as before, serving({**SOUND, **FAULTS["dead stylesheet"].changed}) as after:
        code, out, _ = verify("--url", after.url, "--baseline", before.url)
    lines = out.splitlines()
    assert lines[0] == f"{after.url} beside {before.url}"
    assert lines[2].startswith("✘ fail") and "assets" in lines[2]
    assert any(line.startswith("✔ pass") for line in lines)
    assert lines[-2].startswith("1 fail, ")
    assert lines[-1] == f"Results: {verify.folder}/report.html"
    assert code == 1


def test_the_comment_says_verdict_then_why(verify: Run) -> None:
    hostile = page("/about/", "\nNotice: @all <script>x</script> |`a in /srv/a.php on line 3\n")
    with serving({**SOUND, "/about/": hostile}) as after:
        _, out, _ = verify("--url", after.url, "--format", "markdown")
    assert out.startswith("### ✘ Verified: fail\n\nThis must not go live as it is.")
    assert "| ✘ fail | smoke: php | `/about/` | PHP notice:" in out
    assert "<script" not in out and "@all" not in out
    assert "<details><summary>What passed and what was left out</summary>" in out
    assert out == (verify.folder / "summary.md").read_text(encoding="utf-8")


def test_the_folder_has_all_that_was_seen_and_nothing_old(verify: Run) -> None:
    with serving({**SOUND, **FAULTS["warning"].changed}) as after:
        _, verdicts = verify.json("--url", after.url)
        (failed,) = [one for one in verdicts if one["verdict"] == "fail"]
        (artifact,) = failed["artifacts"]
        assert b"Undefined array key" in (verify.folder / artifact["path"]).read_bytes()
        assert json.loads((verify.folder / "verify.json").read_bytes())["verdicts"] == verdicts
        numbers = json.loads((verify.folder / "measurements.json").read_bytes())
        assert {("ttfb-cold", "/cart/"), ("ttfb-warm", "/cart/")} <= {(one["metric"], one["where"]) for one in numbers}
        assert all(0 < sample < 60 for one in numbers for sample in one["samples"])
    with serving(SOUND) as after:
        verify.json("--url", after.url)
    assert not (verify.folder / artifact["path"]).exists()


def test_the_results_say_what_they_are_of(verify: Run) -> None:
    with serving(SOUND) as after:
        first = json.loads(verify("--url", after.url, "--format", "json")[1])
        verify.configure("verify: {pages: [/shop/]}\n")
        second = json.loads(verify("--url", after.url, "--format", "json")[1])
    assert (first["schema"], first["head"], first["base"], first["at"]) == (1, None, None, "2026-11-21T08:00:00+00:00")
    assert first["config"] != second["config"]


def test_a_link_in_the_folder_is_not_followed(verify: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    verify.folder.mkdir()
    (verify.folder / "smoke").symlink_to(outside)
    (verify.folder / "verify.json").symlink_to(outside / "verify.json")
    with serving({**SOUND, **FAULTS["warning"].changed}) as after:
        verify.json("--url", after.url)
    assert list(outside.iterdir()) == []


def test_reports_for_ci_have_the_summary_and_the_verdict(verify: Run, tmp_path: Path) -> None:
    with serving(SOUND) as after:
        verify("--url", after.url, "--reports", str(tmp_path / "ci"))
    assert (tmp_path / "ci/summary.md").read_text(encoding="utf-8").startswith("### ✔ Verified: pass")
    assert "MAINTAINER_VERDICT=pass" in (tmp_path / "ci/outputs.env").read_text(encoding="utf-8")


REFUSED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "no site": ("language: en\n", (), "No site to look at is configured. Write environments.staging"),
    "no check of that name": ("language: en\n", ("--only", "smok"), '"smok" is no check. Did you mean "smoke"?'),
    "no check left": ("language: en\n", ("--skip", "smoke"), "No check is left"),
    "no url": ("language: en\n", ("--url", "shop.example"), "--url: "),
    "credentials in it": (
        "language: en\n",
        ("--url", "https://a:b@shop.example"),
        "Credentials come from the environment",
    ),
    "a number nobody knows": (
        "site: {staging: 'https://pr-{number}.shop.example'}\n",
        (),
        "what {number} stands for is not known",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_is_told(verify: Run, case: str) -> None:
    text, argv, names = REFUSED[case]
    verify.configure(text)
    code, out, err = verify(*argv)
    assert (code, out) == (2, "")
    assert names in err


def test_what_only_names_is_looked_at_though_the_policy_skips_it(verify: Run) -> None:
    skipped = ("visual", "lighthouse")
    assert [name for name in skipped if load(verify.root, {}).whole.verify.looks(name)] == []
    verify.configure("verify: {only: lighthouse}\n")
    assert list(chosen(load(verify.root, {}).whole.verify, (), ())) == ["lighthouse"]
    assert list(chosen(load(verify.root, {}).whole.verify, ("visual", "smoke"), ("smoke",))) == ["visual"]


# what is written of it


def test_the_configuration_knows_every_check() -> None:
    assert list(CHECKS) == list(KINDS)


#: Rules whose faults are in tests/checks/test_smoke_*.py: they need TLS or a site that is started; or are only told.
ELSEWHERE = {"mixed", "tls", "log", "scripts", "ttfb", *smoke_browser.RULES}


def test_every_rule_of_smoke_is_written_and_has_a_fault() -> None:
    told = re.findall(r"^\| `([\w-]+)` \|", (DOCS / "checks/smoke.md").read_text(encoding="utf-8"), re.MULTILINE)
    code = "".join(path.read_text(encoding="utf-8") for path in Path(smoke.__file__).parent.glob("smoke*.py"))
    assert sorted(told) == sorted({fault.rule for fault in FAULTS.values()} | ELSEWHERE)
    assert all(f'"{rule}"' in code for rule in told)

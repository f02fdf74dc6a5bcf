"""The site's own tests as a program, and the JUnit it leaves: read without harm, judged beside the baseline."""

import sys
from pathlib import Path

import pytest

from maintainer.checks.e2e_junit import Case, read
from maintainer.checks.e2e_program import Program
from tests.checks.e2e_scene import Seen, gone_through, site
from tests.loopback import Loopback

PLAYWRIGHT = b"""<testsuites id="" name="" tests="3" failures="1" skipped="1" errors="0" time="5.1">
<testsuite name="checkout.spec.ts" timestamp="2026-11-21T08:00:00.000Z" hostname="chromium" tests="3">
<testcase name="a guest orders" classname="checkout.spec.ts" time="3.2"></testcase>
<testcase name="a card is declined" classname="checkout.spec.ts" time="1.9">
<failure message="checkout.spec.ts:12:5 a card is declined" type="FAILURE"><![CDATA[  Error: it isn't visible
]]></failure>
<system-out><![CDATA[[[ATTACHMENT|trace.zip]]]]></system-out></testcase>
<testcase name="later" classname="checkout.spec.ts" time="0"><skipped></skipped></testcase>
</testsuite></testsuites>"""
PYTEST = b"""<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" tests="1">
<testcase classname="tests.test_shop" name="test_order" time="0.5"><error>
E   AssertionError: no order
</error></testcase></testsuite></testsuites>"""


def test_what_playwright_and_pytest_write_is_read() -> None:
    assert read(PLAYWRIGHT) == (
        Case("checkout.spec.ts", "a guest orders", "passed", "", 3.2),
        Case("checkout.spec.ts", "a card is declined", "failed", "checkout.spec.ts:12:5 a card is declined", 1.9),
        Case("checkout.spec.ts", "later", "skipped", "", 0.0),
    )
    assert read(PYTEST) == (Case("tests.test_shop", "test_order", "failed", "E   AssertionError: no order", 0.5),)


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><testsuites>&c;</testsuites>'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "is no XML"),
        (b"no XML at all", "is no XML"),
        (PLAYWRIGHT[:400], "is no XML"),
        (b"<html></html>", "is no JUnit: its root is <html>"),
        (BOMB, "has a document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuites/>', "has a document type"),
        (b"<testsuites>" + b"<testsuite>" * 100, "is nested too deep"),
        (b"<testsuites>" + b"<testcase/>" * 20_001 + b"</testsuites>", "has more than 20000 tests"),
        (b" " * (20 * 1024 * 1024 + 1), "is larger than 20 MiB"),
    ],
    ids=["empty", "no xml", "cut", "html", "bomb", "outside", "deep", "many", "large"],
)
def test_what_is_no_junit_is_refused(text: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read(text)


def test_what_is_odd_is_read_all_the_same() -> None:
    (case,) = read(b'<testsuite><testcase time="1,234.5"><failure message=""/></testcase></testsuite>')
    assert case == Case("", "", "failed", "it says no reason", 1234.5)
    (case,) = read(b'<testsuite><testcase name="' + b"a" * 5000 + b'" time="never"/></testsuite>')
    assert (len(case.name), case.seconds) == (300, 0.0)


SCRIPT = """
import os, sys, urllib.request
home = urllib.request.urlopen(os.environ["BASE_URL"] + "/").read().decode()
assert sys.argv[1] == os.environ["BASE_URL"] and "STAGE_KEY" not in os.environ
case = "<testcase classname='shop' name='buys' time='1'>" + ("<failure message='%s'/>" % home if home != "ok" else "")
open("results.xml", "w").write("<testsuites><testsuite>" + case + "</testcase></testsuite></testsuites>")
print("3 tests")
sys.exit(home != "ok")
"""


def judged(folder: Path, script: str, head: str = "ok", base: str | None = None, seconds: float = 60) -> Seen:
    (folder / "tests.py").write_text(script)
    argv = (sys.executable, "tests.py", "{url}")
    program = Program(argv, "results.xml", folder, {"PATH": "/usr/bin:/bin"}, seconds)
    with Loopback({"/": head}) as after, Loopback({"/": base or ""}) as before:
        old = site(before.url, "base") if base else None
        return gone_through(program, folder / "report", site(after.url), old)  # type: ignore[arg-type]


def test_its_tests_are_judged_one_by_one(tmp_path: Path) -> None:
    assert judged(tmp_path, SCRIPT).said("pass") == [("test", "shop: buys", "")]
    seen = judged(tmp_path, SCRIPT, head="no button")
    assert seen.said("fail") == [("test", "shop: buys", "the test fails: no button")]
    (artifact,) = seen.verdicts[0].artifacts
    assert b"no button" in (tmp_path / "report" / artifact.path).read_bytes()


def test_what_fails_on_the_baseline_too_is_as_before(tmp_path: Path) -> None:
    seen = judged(tmp_path, SCRIPT, head="no button", base="no button either")
    assert seen.said("pass") == [("test", "shop: buys", "as before: the test fails: no button")]


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("print('Error: no tests found')", "left no results.xml: Error: no tests found"),
        ("open('results.xml', 'w').write('{}')", "results.xml is no XML"),
        ("open('results.xml', 'w').write('<testsuites/>')", "ran no test"),
        (
            "open('results.xml', 'w').write('<testsuite><testcase><skipped/></testcase></testsuite>')",
            "ran no test. See that its tests are found and not all skipped",
        ),
        (
            "open('results.xml', 'w').write('<testsuite><testcase/></testsuite>'); raise SystemExit('worker died')",
            "ended with code 1, though no test failed: worker died",
        ),
        ("import time; time.sleep(60)", "was not done in 1 s and was ended"),
    ],
    ids=["no report", "rubbish", "empty", "all skipped", "fails otherwise", "hangs"],
)
def test_a_program_that_says_nothing_is_inconclusive(tmp_path: Path, script: str, says: str) -> None:
    (tmp_path / "results.xml").write_bytes(PLAYWRIGHT)  # an old one
    seen = judged(tmp_path, script, seconds=1 if "sleep" in script else 60)
    ((_, where, reason),) = seen.said("inconclusive")
    assert where == "the site's own tests" and says in reason
    assert seen.said("pass") + seen.said("fail") == []


def test_a_program_that_is_missing_is_inconclusive(tmp_path: Path) -> None:
    program = Program(("no-such-program",), "results.xml", tmp_path, {"PATH": "/usr/bin"})
    with Loopback({"/": "ok"}) as server:
        seen = gone_through(program, tmp_path, site(server.url))  # type: ignore[arg-type]
    ((_, _, reason),) = seen.said("inconclusive")
    assert "no-such-program could not be started" in reason

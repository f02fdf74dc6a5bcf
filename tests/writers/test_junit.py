"""JUnit: every verdict is a case, what is inconclusive is an error, and nothing breaks the XML."""

import string
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from maintainer.evidence import Verdict
from maintainer.writers.junit import junit
from tests.writers.results import results

REPORT = results().report


def parsed(*verdicts: Verdict) -> ElementTree.Element:
    return ElementTree.fromstring(junit(replace(REPORT, verdicts=verdicts) if verdicts else REPORT, 3.5))


def test_every_verdict_is_a_case_and_every_number_is_right() -> None:
    root = parsed()
    cases = root.findall("testsuite/testcase")
    assert len(cases) == len(REPORT.verdicts)
    by_tag = {tag: len(root.findall(f"testsuite/testcase/{tag}")) for tag in ("failure", "error", "skipped")}
    assert by_tag == {"failure": 3, "error": 2, "skipped": 1}
    assert {name: int(root.get(name, "")) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": len(cases),
        "failures": 3,
        "errors": 2,
        "skipped": 1,
    }
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite)
    assert [suite.get("name") for suite in root][:3] == ["smoke", "e2e", "lighthouse"]
    assert root.get("time") == "3.500"


def test_a_failure_says_why_with_its_numbers_and_files() -> None:
    root = parsed()
    said = root.find("testsuite/testcase[@classname='lighthouse.lcp-growth']/failure")
    assert said is not None and (said.get("message") or "").startswith("LCP got worse")
    assert "value: 2.74 s\nlimit: 2.31 s\nbefore: 2.1 s" in (said.text or "")
    answer = root.find("testsuite/testcase[@classname='smoke.php']/failure")
    assert answer is not None and "smoke/cart-head.html" in (answer.text or "")


def test_what_is_inconclusive_is_never_a_pass() -> None:
    (case,) = parsed(Verdict("load", "p95", "", "inconclusive", "0 samples")).findall("testsuite/testcase")
    assert [child.tag for child in case] == ["error"]
    assert case.get("name") == "the whole site"


def test_no_two_cases_have_one_name() -> None:
    cases = parsed(*[Verdict("smoke", "php", "/", "pass", "")] * 3).findall("testsuite/testcase")
    assert [case.get("name") for case in cases] == ["/", "/ (2)", "/ (3)"]


@pytest.mark.parametrize("outcome", ["pass", "fail", "inconclusive", "skipped"])
def test_hostile_text_stays_text(outcome: str) -> None:
    text = f"]]>&<a b='\"'>{''.join(map(chr, range(32)))}\ufffe\uffff\udce9\u202e" + string.punctuation
    (case,) = parsed(Verdict("smoke", text, text, outcome, text)).findall("testsuite/testcase")  # type: ignore[arg-type]
    assert (case.get("name") or "").startswith("]]>&<a b='\"'>")
    assert len(list(case)) == 1
    assert not any(ord(one) < 32 or ord(one) in (0x202E, 0xFFFE, 0xDCE9) for one in case.get("name") or "")

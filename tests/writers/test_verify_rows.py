"""Verdicts in Markdown and in some words: verdict first, what fails with its cause, and nothing that acts."""

import re

import pytest

from maintainer.evidence import Verdict
from maintainer.writers.verify_markdown import MOST, markdown
from maintainer.writers.verify_rows import brief, rows, summary
from tests.writers.results import results

SITES = ["https://pr-7.shop.example", "https://shop.example"]


def told(*verdicts: Verdict, report: str = "") -> str:
    return markdown(SITES, verdicts, summary(verdicts, 3.1), report)


def passed(check: str, count: int, reason: str = "", rule: str = "answers") -> list[Verdict]:
    return [Verdict(check, rule, f"/{n}/", "pass", reason) for n in range(count)]


def test_it_begins_with_the_verdict_and_where_the_report_is() -> None:
    made = markdown(SITES, results().report.verdicts, "3 fail", "https://ci.example/report.html")
    first, _, second, _, third, *_ = made.splitlines()
    assert first == "### ✘ Verified: fail"
    assert second == "This must not go live as it is. `https://pr-7.shop.example` beside `https://shop.example`"
    failing, rest = (
        "✘ smoke fails · ✘ e2e fails · ✘ lighthouse fails",
        "◌ visual inconclusive · ✔ load p95 412 ms (was 405 ms)",
    )
    assert third == f"**Looked at:** {failing} · {rest} · [full report](https://ci.example/report.html)"
    assert "**Not looked at:** integrations (no endpoints are configured (verify.integrations))" in made


def test_what_fails_comes_first_and_what_passed_is_folded() -> None:
    made = told(*passed("smoke", 3), Verdict("smoke", "php", "/cart/", "fail", "PHP warning: x"))
    assert made.index("PHP warning") < made.index("<details>") < made.index("✔ pass")


def test_many_places_are_counted() -> None:
    made = told(*passed("smoke", 34))
    assert "| `/0/`, `/1/` and 32 more |" in made
    assert "✔ smoke 34 pages" in made


def test_more_than_anybody_reads_is_counted() -> None:
    made = told(*(Verdict("smoke", "php", f"/{n}/", "fail", f"warning {n}") for n in range(MOST + 7)))
    assert "And 7 more, in the results." in made
    assert made.count("✘ fail") == MOST


def lcp(where: str, value: float, before: float | None = None) -> Verdict:
    return Verdict("lighthouse", "lcp", where, "pass", "within", value, "ms", 2500.0, before, 7)


HOSTILE = (
    "@team fixes #12 <img src=x onerror=alert(1)> | [a](javascript:x) `b` <!-- maintainer:comment verify -->"
    "\n\n# Big\n/close"
)


@pytest.mark.parametrize("field", ["reason", "where"])
@pytest.mark.parametrize("outcome", ["fail", "inconclusive", "pass", "skipped"])
def test_hostile_words_do_nothing(field: str, outcome: str) -> None:
    given = {"reason": "r", "where": "/"} | {field: HOSTILE}
    made = told(Verdict("smoke", "looked", given["where"], outcome, given["reason"]))  # type: ignore[arg-type]
    code = re.sub(r"`[^`\n]*`", "", made)
    assert not re.search(r"@team|#12|<img|<!--|\]\(", code), code
    assert "<!-- maintainer" not in made
    assert not re.search(r"^(# Big|/close)", made, re.MULTILINE)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (passed("smoke", 34), "34 pages"),
        (passed("security", 1), "1 place"),
        ([*passed("smoke", 3), *passed("smoke", 1, "as before: PHP warning", "php")], "3 pages, 1 fault as before"),
        ([Verdict("e2e", "completes", "checkout", "pass", "order 1042 placed, 123,00 zł incl. VAT")],
         "order 1042 placed, 123,00 zł incl. VAT"),
        ([lcp("/ on mobile", 1900.0, 1890.0)], "LCP 1.9 s (was 1.89 s)"),
        ([lcp("/", 1900.0), lcp("/a", 90.0)], "LCP 1.9 s at most, of /"),
        ([*passed("visual", 3), Verdict("visual", "moved", "/", "inconclusive", "the slider moves: mask it")],
         "/: the slider moves: mask it"),
        ([Verdict("load", "looked", "", "skipped", "no journeys are configured")], "no journeys are configured"),
    ],
    ids=["pages", "place", "as before", "flow", "one number", "the worst number", "blind", "left out"],
)  # fmt: skip
def test_a_check_in_some_words(verdicts: list[Verdict], said: str) -> None:
    said_rows = rows(verdicts)
    assert brief(verdicts[0].check, said_rows[0].outcome, said_rows) == said


def test_nothing_looked_at_is_no_yes() -> None:
    made = markdown([], (), summary((), 0.0))
    assert made.startswith("### ◌ Verified: inconclusive")
    assert "**Looked at:** nothing" in made

"""What stands beside lines of files: complete, in order, and neutral whatever is in it."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from maintainer.model import Advisory, Finding, Looked, Plan, Problem
from maintainer.writers.annotations import MOST, Annotation, annotations, command, github, gitlab
from tests.planning.values import decided, dependency, update

HOSTILE = [
    "a\n::set-output name=verdict::pass",
    "a\r\n::error::no",
    "::stop-commands::x",
    "##[set-output name=verdict;]pass",
    "100%0A::add-mask::a",
    "::",
    "a\u2028::warning::b",
    "a\x85::warning::b",
    "a\u202egnp.exe\u202c\u200b\x1b[31m\x07",
    ",file=/etc/passwd,title=x::y",
    "\udce9",
]


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it: name, properties, message (actions/runner, ActionCommand.cs)."""
    stated, _, data = line.lstrip().removeprefix("::").partition("::")
    name, _, rest = stated.partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(",") if pair)
    return name, {key: undone(value, ":,") for key, value in properties.items()}, undone(data)


def undone(text: str, more: str = "") -> str:
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    written = command("warning", text, file=text, title=text)
    assert written.count("\n") == 1
    name, properties, message = parsed(written.removesuffix("\n"))
    assert name == "warning"
    assert set(properties) == {"file", "title"}
    assert message == properties["file"] == properties["title"]
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", message)
    for character in "ab":
        assert message.count(character) == text.count(character)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text_in_gitlabs_report(text: str) -> None:
    (issue,) = json.loads(gitlab([replace(FOUND, sentence=text, subject=text)]))
    assert not re.search(
        r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", issue["description"]
    )


def test_percent_signs_come_back_as_they_were() -> None:
    assert parsed(command("error", "50%25 %0A, 100%"))[2].strip() == "50%25 %0A, 100%"


FOUND = Annotation("notice", "eol", ".php-version", 3, "php", "PHP 8.1 is old.", "high")


def finding(kind: str, **more: Any) -> Finding:
    return Finding(kind, "composer.json", "acme/x", "A sentence.", **more)


def plan(**more: Any) -> Plan:
    return replace(Plan((), (), (), ()), **more)


def test_what_is_broken_comes_first_then_what_asks_for_a_hand() -> None:
    broken = Problem("composer.json", "acme/y", "It answered 500.", 3)
    made = plan(findings=(finding("own-code"), finding("closed", line=7)), problems=(broken,))
    assert [(one.level, one.kind, one.line) for one in annotations(made)] == [
        ("error", "problem", 1),
        ("warning", "closed", 7),
        ("notice", "own-code", 1),
    ]


def test_a_problem_stands_at_its_file_if_it_is_about_one() -> None:
    known = Looked(dependency("acme/y", file="composer.json"))
    broken = (Problem("composer.json", "a", "x", 3), Problem("maintainer/npm", "b", "y", 3))
    assert [one.file for one in annotations(plan(dependencies=(known,), problems=broken))] == ["composer.json", ""]


def test_what_one_broken_thing_costs_is_one_annotation() -> None:
    broken = [Problem("composer.json", name, "satis.example answered 401.") for name in "abca"]
    (one,) = annotations(plan(problems=tuple(broken)))
    assert (one.subject, one.sentence) == ("a and 2 more", "satis.example answered 401.")


def test_a_vulnerability_that_an_update_fixes_is_a_warning_at_its_line() -> None:
    advisories = (Advisory("CVE-2026-1234", "", "critical"), Advisory("GHSA-x", "", "low"))
    moved = update("1.0.1", of=dependency("acme/y", "1.0.0", line=4), advisories=advisories)
    looked = Looked(moved.dependency, "1.0.1", (decided(moved), decided(moved)))
    (one,) = annotations(plan(dependencies=(looked,)))
    assert (one.level, one.kind, one.severity, one.line) == (
        "warning", "vulnerable", "critical", 4,
    )  # fmt: skip
    assert one.sentence == "1.0.0 is vulnerable (CVE-2026-1234, GHSA-x). 1.0.1 fixes it."


def test_github_is_given_no_more_than_it_shows() -> None:
    many = [replace(FOUND, line=line) for line in range(1, 40)]
    other = [replace(FOUND, level="error")]
    lines = github([*other, *many]).splitlines()
    assert len(lines) == MOST + 1
    assert lines[1] == "::notice file=.php-version,line=1,title=php::PHP 8.1 is old."


def test_gitlab_knows_a_thing_again_when_its_sentence_changes() -> None:
    def prints(*found: Annotation) -> list[str]:
        return [issue["fingerprint"] for issue in json.loads(gitlab(found))]

    other = replace(FOUND, sentence="PHP 8.1 has been old for 326 days.", line=9)
    assert prints(FOUND) == prints(other)
    assert len(set(prints(FOUND, other, replace(FOUND, kind="stale")))) == 3


def test_gitlabs_report_has_what_gitlab_wants() -> None:
    report = json.loads(gitlab([FOUND, replace(FOUND, file="")]))
    assert report == [
        {
            "description": "php: PHP 8.1 is old.",
            "check_name": "maintainer:eol",
            "fingerprint": report[0]["fingerprint"],
            "severity": "major",
            "location": {"path": ".php-version", "lines": {"begin": 3}},
        }
    ]
    assert json.loads(gitlab([])) == []

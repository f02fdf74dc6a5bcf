"""SARIF 2.1.0: what fails is a result, what could not be judged is no success, what passed is none."""

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema

from maintainer.evidence import Verdict
from maintainer.writers.sarif import sarif
from maintainer.writers.verify_places import Place
from tests.writers.results import results

REPORT = results().report
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
#: The parts of the published schema that our logs use; the whole of it was checked against by hand.
SCHEMA = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id", "help"],
                                            "properties": {
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "help": TEXT,
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "locations", "partialFingerprints"],
                            "properties": {
                                "kind": {"enum": ["fail", "open"]},
                                "level": {"enum": ["none", "error"]},
                                "message": TEXT,
                            },
                        },
                    },
                    "invocations": {"type": "array", "items": {"required": ["executionSuccessful"]}},
                },
            },
        },
    },
}


def log(*verdicts: Verdict, place: Place = Place("maintainer.yml", 3)) -> dict[str, Any]:  # noqa: B008 - frozen
    made = json.loads(sarif(replace(REPORT, verdicts=verdicts) if verdicts else REPORT, lambda _: place))
    jsonschema.validate(made, SCHEMA)
    run: dict[str, Any] = made["runs"][0]
    return run


def test_what_fails_is_an_error_and_what_is_not_known_is_open() -> None:
    run = log()
    assert [(one["kind"], one["level"]) for one in run["results"]] == [("fail", "error")] * 3 + [("open", "none")] * 2
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2
    assert invocation["endTimeUtc"] == "2026-11-21T08:00:00Z"


def test_a_run_in_which_all_passed_was_successful_and_has_no_result() -> None:
    run = log(Verdict("smoke", "php", "/", "pass", ""))
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "endTimeUtc": "2026-11-21T08:00:00Z"}]


def test_every_result_has_a_rule_with_help_and_a_line() -> None:
    run = log()
    rules = run["tool"]["driver"]["rules"]
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        place = one["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]) == ("maintainer.yml", {"startLine": 3})
    assert all(re.fullmatch(r"[a-z0-9]+/[a-z-]+", rule["id"]) for rule in rules)
    assert "docs/checks/smoke.md" in rules[0]["help"]["text"]


def test_the_same_rule_and_place_is_the_same_finding_whatever_it_says() -> None:
    said = [Verdict("smoke", "php", "/", "fail", reason) for reason in ("one", "two")]
    other = Verdict("smoke", "php", "/cart/", "fail", "one")
    prints = [one["partialFingerprints"]["maintainerVerdict/v1"] for one in log(*said, other)["results"]]
    assert prints[0] == prints[1] != prints[2]


def test_a_path_is_an_address() -> None:
    run = log(Verdict("smoke", "php", "/", "fail", "x"), place=Place("wp content/ä#1.php", 7))
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "wp%20content/%C3%A4%231.php"

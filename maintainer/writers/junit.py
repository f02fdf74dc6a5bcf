"""Verdicts as JUnit XML: a suite for each check, a case for each rule and place.

The form is what GitLab, Jenkins and others read (https://docs.gitlab.com/ci/testing/unit_test_reports/,
https://github.com/testmoapp/junitxml). A fail is a `failure`. What is inconclusive is an `error`: the case could not be
decided, and every reader counts it as not passed. What was left out is `skipped`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from maintainer.evidence import Outcome, Verdict
from maintainer.text.inert import CONTROL
from maintainer.writers.verify_json import Report
from maintainer.writers.verify_words import value

TAGS: dict[Outcome, str] = {"fail": "failure", "inconclusive": "error", "skipped": "skipped"}
#: What XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets), tab and newline left.
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, seconds: float) -> str:
    """The whole document. Times of single cases are not known, so they are left out."""
    at = report.at.replace(microsecond=0).isoformat()
    counts = Counter(verdict.outcome for verdict in report.verdicts)
    root = Element("testsuites", _counted("maintainer verify", counts) | {"time": f"{seconds:.3f}", "timestamp": at})
    names = Counter[tuple[str, str]]()
    for check in dict.fromkeys(verdict.check for verdict in report.verdicts):
        own = [verdict for verdict in report.verdicts if verdict.check == check]
        suite = SubElement(root, "testsuite", _counted(check, Counter(one.outcome for one in own)) | {"timestamp": at})
        for verdict in own:
            _case(suite, verdict, names)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _counted(name: str, counts: Counter[Outcome]) -> dict[str, str]:
    return {
        "name": _text(name),
        "tests": str(counts.total()),
        "failures": str(counts["fail"]),
        "errors": str(counts["inconclusive"]),
        "skipped": str(counts["skipped"]),
    }


def _case(suite: Element, verdict: Verdict, names: Counter[tuple[str, str]]) -> None:
    """One case. Readers know it again by class and name, so no two have both alike."""
    classname, name = f"{verdict.check}.{verdict.rule}", verdict.where or "the whole site"
    names[classname, name] += 1
    again = f" ({names[classname, name]})" if names[classname, name] > 1 else ""
    case = SubElement(suite, "testcase", {"classname": _text(classname), "name": _text(name + again)})
    if tag := TAGS.get(verdict.outcome):
        said = SubElement(case, tag, {"message": _text(verdict.reason, 500)})
        if tag != "skipped":
            said.set("type", _text(verdict.rule))
            said.text = "\n".join(_told(verdict))
    elif verdict.reason:
        SubElement(case, "system-out").text = "\n".join(_told(verdict))


def _told(verdict: Verdict) -> Iterable[str]:
    yield _text(verdict.reason, 4000)
    for name, number in (("value", verdict.value), ("limit", verdict.limit), ("before", verdict.baseline)):
        if number is not None:
            yield f"{name}: {value(number, verdict.unit)}"
    for artifact in verdict.artifacts:
        yield f"{_text(artifact.what or 'kept')}: {_text(artifact.path)}"


def _text(text: str, most: int = 300) -> str:
    """One line of XML's characters, without what hides or reorders."""
    return _NO_XML.sub("", CONTROL.sub("", " ".join(text.split())))[:most]

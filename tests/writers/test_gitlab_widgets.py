"""What GitLab's widgets read, in the forms it documents."""

import json
from typing import Any

from maintainer.evidence import Measurement
from maintainer.writers.gitlab_widgets import accessibility, browser_performance, load_performance
from tests.writers.results import results


def test_each_page_has_its_medians_and_says_which_way_is_better() -> None:
    (page,) = json.loads(browser_performance(results().measurements))
    assert page["subject"] == "/ on mobile"
    metrics = {one["name"]: (one["value"], one["desiredSize"]) for one in page["metrics"]}
    assert metrics["Page weight (kB)"] == (1210, "smaller")
    assert metrics["Requests"] == (64, "smaller")
    assert 2500 < metrics["LCP (ms)"][0] < 3000
    score = Measurement("lighthouse", "score_seo", "/", "score", (0.9,))
    (page,) = json.loads(browser_performance([score, Measurement("lighthouse", "lcp", "/", "ms", (1,), "base")]))
    assert page["metrics"] == [{"name": "SEO score", "value": 90, "desiredSize": "larger"}]


def test_a_load_is_told_as_k6_does() -> None:
    metrics = json.loads(load_performance(results().measurements))["metrics"]
    waiting = metrics["http_req_waiting"]
    assert waiting["min"] <= waiting["med"] <= waiting["p(90)"] <= waiting["p(95)"] <= waiting["max"]
    assert metrics["checks"]["passes"] + metrics["checks"]["fails"] == metrics["http_reqs"]["count"] == 4200
    assert (metrics["checks"]["fails"], metrics["http_reqs"]["rate"]) == (9, 39.6)


def test_percentiles_are_k6s() -> None:
    samples = tuple(float(n) for n in range(1, 11))
    waiting = json.loads(load_performance([Measurement("load", "latency", "", "ms", samples)]))["metrics"][
        "http_req_waiting"
    ]
    assert (waiting["med"], round(waiting["p(90)"], 6), round(waiting["p(95)"], 6)) == (5.5, 9.1, 9.55)


def test_the_whole_goes_before_an_endpoint() -> None:
    made = [Measurement("load", "latency", where, "ms", (number,) * 9) for where, number in (("a", 1.0), ("", 7.0))]
    assert json.loads(load_performance(made))["metrics"]["http_req_waiting"]["med"] == 7


def test_nothing_measured_is_nothing_told() -> None:
    assert json.loads(browser_performance([])) == []
    assert json.loads(load_performance([])) == {"metrics": {}}
    assert json.loads(accessibility([])) == {"total": 0, "passes": 0, "errors": 0, "results": {}}


def report(score: float | None, *nodes: Any) -> dict[str, Any]:
    audit = {"score": score, "title": "Images have no `alt`", "details": {"items": [{"node": one} for one in nodes]}}
    return {
        "audits": {"image-alt": audit, "other": {"score": 0}},
        "categories": {"accessibility": {"auditRefs": [{"id": "image-alt"}]}},
    }


def test_each_element_that_keeps_people_out_is_told_as_pa11y_does() -> None:
    page = "https://shop.example/"
    node = {"selector": "img.logo", "snippet": '<img class="logo">'}
    made = json.loads(
        accessibility([(page, report(0, node, {"selector": "img.b"})), ("https://shop.example/b", report(1))])
    )
    assert (made["total"], made["passes"], made["errors"]) == (2, 1, 2)
    assert made["results"][page][0] == {
        "code": "image-alt",
        "type": "error",
        "typeCode": 1,
        "message": "Images have no `alt`",
        "context": '<img class="logo">',
        "selector": "img.logo",
        "runner": "lighthouse",
        "runnerExtras": {},
    }


def test_what_two_devices_see_is_told_once() -> None:
    both = [("https://shop.example/", report(0, {"selector": "img"}))] * 2
    assert json.loads(accessibility(both))["errors"] == 1

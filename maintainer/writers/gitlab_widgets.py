"""What GitLab's merge request widgets read: browser performance, load performance, accessibility.

GitLab compares each with the last one of the target branch, so they hold what is there with the change.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from maintainer.evidence import Measurement, Unit
from maintainer.writers import sanitise
from maintainer.writers.verify_charts import finite
from maintainer.writers.verify_words import metric

#: In which unit a number is written, and how many of ours that is.
_UNITS: Mapping[Unit, tuple[str, float]] = {"ms": (" (ms)", 1), "s": (" (ms)", 1e-3), "bytes": (" (kB)", 1000)}
#: Elements told of one page, and characters of one.
ELEMENTS, SNIPPET = 200, 500


def browser_performance(measurements: Iterable[Measurement]) -> str:
    """Medians by page, as sitespeed.io's plugin for GitLab writes them; `desiredSize` says which way is better.

    https://docs.gitlab.com/ci/testing/browser_performance_testing/
    """
    subjects: dict[str, list[dict[str, Any]]] = {}
    for one in measurements:
        samples = finite(one.samples)
        if one.check == "lighthouse" and one.side == "head" and samples and one.metric != "pairs":
            word, per = _UNITS.get(one.unit, ("", 0.01 if one.unit == "score" else 1))
            name = metric(one.metric)
            subjects.setdefault(one.where, []).append(
                {
                    "name": name[:1].upper() + name[1:] + word,
                    "value": round(median(samples) / per, 3),
                    "desiredSize": "larger" if one.unit == "score" else "smaller",
                }
            )
    made = [{"subject": sanitise.plain(where), "metrics": metrics} for where, metrics in subjects.items()]
    return json.dumps(made, indent=1) + "\n"


def load_performance(measurements: Sequence[Measurement]) -> str:
    """The parts of k6's summary that GitLab reads: checks, requests a second, time to the first byte. Times are ms.

    https://docs.gitlab.com/ci/testing/load_performance_testing/; without a load test there is nothing in it.
    """
    head = [one for one in measurements if one.check == "load" and one.side == "head" and finite(one.samples)]
    metrics: dict[str, Any] = {}
    if latency := _whole(head, "latency"):
        samples = sorted(sample * (1000 if latency.unit == "s" else 1) for sample in finite(latency.samples))
        metrics["http_req_waiting"] = {
            "avg": fmean(samples),
            "min": samples[0],
            "med": median(samples),
            "max": samples[-1],
            "p(90)": _percentile(samples, 0.9),
            "p(95)": _percentile(samples, 0.95),
        }
        if failed := _whole(head, "failed"):
            lost = min(round(median(finite(failed.samples))), len(samples))
            fine = len(samples) - lost
            metrics["checks"] = {"passes": fine, "fails": lost, "value": fine / len(samples)}
        if rate := _whole(head, "answered"):
            metrics["http_reqs"] = {"count": len(samples), "rate": median(finite(rate.samples))}
    return json.dumps({"metrics": metrics}, indent=1) + "\n"


def accessibility(reports: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """What Lighthouse found that keeps people out, as pa11y-ci reports it: (page, Lighthouse's report) each.

    https://docs.gitlab.com/ci/testing/accessibility_testing/; the form: https://github.com/pa11y/pa11y-ci.
    """
    results: dict[str, list[dict[str, Any]]] = {}
    for page, report in reports:
        known = results.setdefault(sanitise.plain(page), [])
        known += [issue for issue in _issues(report) if issue not in known][: ELEMENTS - len(known)]
    errors = sum(len(issues) for issues in results.values())
    passes = sum(not issues for issues in results.values())
    made = {"total": len(results), "passes": passes, "errors": errors, "results": results}
    return json.dumps(made, indent=1) + "\n"


def _whole(measured: Sequence[Measurement], name: str) -> Measurement | None:
    """The metric over all endpoints, which has no place; else of the place with the most samples."""
    own = [one for one in measured if one.metric == name]
    return max(own, key=lambda one: (not one.where, len(one.samples)), default=None)


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Between the two samples around it, as k6 has it."""
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def _issues(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One for each element of each failed audit of the category."""
    audits = _map(report.get("audits"))
    listed = _map(_map(report.get("categories")).get("accessibility")).get("auditRefs")
    for reference in listed if isinstance(listed, list) else []:
        name = str(_map(reference).get("id"))
        audit = _map(audits.get(name))
        if audit.get("score") != 0:
            continue
        items = _map(audit.get("details")).get("items")
        for item in items if isinstance(items, list) and items else [{}]:
            node = _map(_map(item).get("node"))
            yield {
                "code": name,
                "type": "error",
                "typeCode": 1,
                "message": sanitise.plain(str(audit.get("title", name)), SNIPPET),
                "context": sanitise.plain(str(node.get("snippet", "")), SNIPPET),
                "selector": sanitise.plain(str(node.get("selector", "")), SNIPPET),
                "runner": "lighthouse",
                "runnerExtras": {},
            }


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

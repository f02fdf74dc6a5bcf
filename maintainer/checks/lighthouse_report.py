"""Lighthouse's report of one run, as numbers.

    read(report, url) -> Run; raises Unusable with why, and what to do

The shape: https://github.com/GoogleChrome/lighthouse/blob/v12.8.2/docs/understanding-results.md. Times are
milliseconds, sizes bytes as they crossed the network. What the report lacks is left out, never 0.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from maintainer.evidence import Unit

#: Our names and units for what Lighthouse's audits measure.
TIMINGS: Mapping[str, tuple[str, Unit]] = {
    "largest-contentful-paint": ("lcp", "ms"),
    "first-contentful-paint": ("fcp", "ms"),
    "speed-index": ("si", "ms"),
    "total-blocking-time": ("tbt", "ms"),
    "cumulative-layout-shift": ("cls", ""),
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
KINDS = ("script", "stylesheet", "image", "font", "document", "media", "other")
RESOURCES: Mapping[object, str] = {"total": "", "third-party": "_third_party", **{kind: f"_{kind}" for kind in KINDS}}
#: What to do about https://github.com/GoogleChrome/lighthouse/blob/v12.8.2/core/lib/lh-error.js
MENDS: Mapping[str, str] = {
    "ERRORED_DOCUMENT_REQUEST": "Open the page: it answers an error. The smoke check says which",
    "FAILED_DOCUMENT_REQUEST": "See that the site runs and that this machine reaches it",
    "DNS_FAILURE": "See that the host's name resolves on this machine",
    "CHROME_INTERSTITIAL_ERROR": "See that this machine trusts the site's certificate",
    "INSECURE_DOCUMENT_REQUEST": "See that this machine trusts the site's certificate",
    "NOT_HTML": "Name a page, no file",
    "NO_FCP": "The page stayed empty. Open it in a browser: a script may fail before it draws",
    "NO_LCP": "The page drew nothing large. Open it in a browser",
    "PAGE_HUNG": "A script doesn't end. Open the page in a browser",
    "PROTOCOL_TIMEOUT": "Run it on a machine that does less meanwhile",
    "TARGET_CRASHED": "Chrome crashed: give it more memory, in containers a larger /dev/shm",
}
REINSTALL = "Run `lighthouse --version`, and install it anew: npm install --global lighthouse@12"
#: Characters of what a report says of itself.
ENOUGH = 200


class Unusable(Exception):
    """A report that measures nothing: the `reason`, and the `mend`."""

    def __init__(self, reason: str, mend: str = "") -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend


@dataclass(frozen=True, slots=True)
class Run:
    """One page loaded once: `metrics` by our names, the `speed` of the machine meanwhile (its benchmark index).

    `third_parties` are the names of who else the page talks to, each with a host of theirs; `report` is Lighthouse's.
    """

    metrics: Mapping[str, float]
    speed: float
    third_parties: Mapping[str, str]
    version: str
    browser: str
    report: bytes


def unit(metric: str) -> Unit:
    """What a metric is counted in."""
    if metric.startswith("bytes"):
        return "bytes"
    if metric.startswith(("requests", "third_parties")):
        return "count"
    if metric.startswith("score"):
        return "score"
    return "" if metric == "cls" else "ms"


def read(report: bytes, url: str) -> Run:
    """The run a report tells of, which must be of `url`. Raises Unusable."""
    try:
        told = json.loads(report)
    except (ValueError, RecursionError):
        raise Unusable("Lighthouse's report is no JSON", REINSTALL) from None
    if not isinstance(told, dict) or not isinstance(told.get("audits"), dict):
        raise Unusable("what Lighthouse wrote is no report of a page", REINSTALL)
    _refuse_error(_map(told, "runtimeError"))
    _refuse_detour(url, told.get("finalDisplayedUrl"))
    speed = _number(_map(told, "environment").get("benchmarkIndex"))
    if not speed:
        raise Unusable("Lighthouse's report doesn't say how fast the machine was", REINSTALL)
    metrics = dict(_metrics(told))
    if "lcp" not in metrics and "fcp" not in metrics:
        why = _said(_map(told["audits"], "largest-contentful-paint").get("errorMessage")) or "without saying why"
        raise Unusable(f"Lighthouse measured no times of the page: {why}", MENDS["NO_FCP"])
    parties = _third_parties(told)
    if parties is not None:
        metrics["third_parties"] = float(len(parties))
    browser = re.search(r"(?:Headless)?Chrome/[\d.]{1,30}", _said(told.get("userAgent")))
    version = _said(told.get("lighthouseVersion"))
    return Run(metrics, speed, parties or {}, version, browser[0] if browser else "", report)


def _refuse_error(error: Mapping[str, Any]) -> None:
    code = _said(error.get("code"))
    if code and code != "NO_ERROR":
        said = _said(error.get("message")).partition(". (Details")[0].removesuffix(".")
        raise Unusable(f"Lighthouse says {code}: {said}" if said else f"Lighthouse says {code}", MENDS.get(code, ""))


def _refuse_detour(url: str, final: object) -> None:
    """Raises Unusable for a page that led elsewhere: what was measured is something else, a login for instance."""
    if not isinstance(final, str):
        raise Unusable("Lighthouse's report doesn't say which page it is about", REINSTALL)
    asked, ended = urlsplit(url), urlsplit(final)
    if asked.netloc != ended.netloc:
        raise Unusable(f"the page led to another site, {_said(ended.netloc)}", "Name a page of the site itself")
    if asked.path.rstrip("/") != ended.path.rstrip("/"):
        mend = "Name that page instead; where it is a login, let this machine in without one"
        raise Unusable(f"the page led to {_said(ended.path)}", mend)


def _metrics(told: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for audit, (name, _) in TIMINGS.items():
        value = _number(_map(told["audits"], audit).get("numericValue"))
        if value is not None:
            yield name, value
    for category in CATEGORIES:
        score = _number(_map(_map(told, "categories"), category).get("score"))
        if score is not None and score <= 1:
            yield f"score_{category.replace('-', '_')}", score
    for item in _items(told, "resource-summary"):
        kind = item.get("resourceType")
        if kind not in RESOURCES:
            continue
        for ours, theirs in (("bytes", "transferSize"), ("requests", "requestCount")):
            value = _number(item.get(theirs))
            if value is not None:
                yield f"{ours}{RESOURCES[kind]}", value


def _third_parties(told: Mapping[str, Any]) -> dict[str, str] | None:
    """Who else is talked to, with one host each; None where the report doesn't say."""
    entities = told.get("entities")
    if not isinstance(entities, list) or "network-requests" not in told["audits"]:
        return None
    own = {one.get("name") for one in entities if isinstance(one, dict) and one.get("isFirstParty")}
    found: dict[str, str] = {}
    for item in _items(told, "network-requests"):
        entity, url = item.get("entity"), item.get("url")
        if isinstance(entity, str) and isinstance(url, str) and entity not in own and url.startswith(("http", "ws")):
            found.setdefault(_said(entity), _said(urlsplit(url).hostname))
    return found


def _items(told: Mapping[str, Any], audit: str) -> Iterator[Mapping[str, Any]]:
    items = _map(_map(told["audits"], audit), "details").get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item


def _map(told: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = told.get(key)
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    """A number that can be a measurement."""
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and isfinite(value) and value >= 0 else None  # type: ignore[arg-type, operator]


def _said(value: object) -> str:
    """A text of a report in one line: what a page says of itself stands in it."""
    return " ".join(re.sub(r"[^\x20-\x7e]", " ", value).split())[:ENOUGH] if isinstance(value, str) else ""

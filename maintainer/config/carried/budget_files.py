"""Budgets that other tools were told, as `verify.budgets` of ours; and what of them has no place here.

    lighthouse_ci(text, file)   ci.assert of lighthouserc.json
        https://github.com/GoogleChrome/lighthouse-ci/blob/main/docs/configuration.md#assert
    budgets_file(text, file)    Lighthouse's own budget.json, which Lighthouse 12 ignores
        https://github.com/GoogleChrome/budget.json
    sitespeed(text, file)       sitespeed.io's budget.json
        https://www.sitespeed.io/documentation/sitespeed.io/performance-budget/

Each raises `errors.ConfigurationError` for what can't be read, and lists what it leaves behind.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from maintainer.config.carried import json_file
from maintainer.config.carried.carried import NotCarried
from maintainer.config.spelling import quoted
from maintainer.errors import ConfigurationError
from maintainer.policy.metrics import METRICS

#: Audits and categories of Lighthouse, as Lighthouse CI asserts them.
AUDITS: Mapping[str, str] = {
    "largest-contentful-paint": "lcp",
    "first-contentful-paint": "fcp",
    "speed-index": "si",
    "total-blocking-time": "tbt",
    "cumulative-layout-shift": "cls",
    "server-response-time": "ttfb",
    "total-byte-weight": "bytes",
    "categories:performance": "score_performance",
    "categories:accessibility": "score_accessibility",
    "categories:best-practices": "score_best_practices",
    "categories:seo": "score_seo",
}
KINDS = ("script", "stylesheet", "image", "font", "document", "media", "other", "third-party", "total")
#: What sitespeed.io calls it, in which group.
SITESPEED: Mapping[str, str] = {
    "timings.firstContentfulPaint": "fcp",
    "timings.largestContentfulPaint": "lcp",
    "timings.SpeedIndex": "si",
    "timings.backEndTime": "ttfb",
    "googleWebVitals.timeToFirstByte": "ttfb",
    "googleWebVitals.firstContentfulPaint": "fcp",
    "googleWebVitals.largestContentfulPaint": "lcp",
    "googleWebVitals.totalBlockingTime": "tbt",
    "googleWebVitals.cumulativeLayoutShift": "cls",
    **{
        f"{theirs}.{kind}": ours + ending
        for theirs, ours in (("requests", "requests"), ("transferSize", "bytes"))
        for kind, ending in {
            "total": "",
            "javascript": "_script",
            "css": "_stylesheet",
            "image": "_image",
            "font": "_font",
            "html": "_document",
        }.items()
    },
    "thirdParty.requests": "requests_third_party",
    "thirdParty.transferSize": "bytes_third_party",
}
UNITS: Mapping[str, str] = {"ms": "ms", "bytes": "B"}
NOT_MEASURED = "it is not measured here."


@dataclass(slots=True)
class CarriedBudgets:
    """`budgets` as `verify.budgets` of maintainer.yml holds them, and what was left behind."""

    file: str
    budgets: list[dict[str, Any]] = field(default_factory=list)
    left: list[NotCarried] = field(default_factory=list)

    def leave(self, where: str, what: object, why: str, instead: str = "") -> None:
        """One thing that has no place here."""
        self.left.append(NotCarried(self.file, where, quoted(json.dumps(what)[:100]), why, instead))

    def add(self, pages: str, limits: Mapping[str, str], device: str = "") -> None:
        """A budget for pages, all of them where `pages` is empty."""
        if limits:
            for_pages = {"pages": [pages]} if pages else {}
            on = {"devices": [device]} if device else {}
            self.budgets.append({**for_pages, **on, "limits": dict(limits)})

    def amount(self, where: str, metric: str, value: object, factor: float = 1) -> Iterator[tuple[str, str]]:
        """A limit as it is written here; nothing, and why, for what is no amount."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value * factor < 1e9:
            return self.leave(where, value, "it is no amount.")
        unit = UNITS.get(METRICS[metric].unit, "")
        made = round(value * factor, 4)
        yield metric, f"{made:.4f}".rstrip("0").rstrip(".") + unit
        return None


def lighthouse_ci(text: str, file: str) -> CarriedBudgets:
    """What Lighthouse CI asserts as errors. Its best of several runs becomes our median with its interval."""
    made = CarriedBudgets(file)
    ci = json_file.read(text, file).get("ci")
    told = ci.get("assert") if isinstance(ci, dict) else None
    if not isinstance(told, dict):
        raise ConfigurationError(f"{file}: has no ci.assert. Is it Lighthouse CI's configuration?")
    settings = _map(_map(ci, "collect"), "settings")
    device = "desktop" if settings.get("preset") == "desktop" else ""
    for key in told.keys() - {"assertions", "assertMatrix", "includePassedAssertions"}:
        instead = "Carry that file over too." if key == "budgetsFile" else "Name the metrics that matter."
        made.leave(f"ci.assert.{key}", told[key], "only what is asserted by name is carried over.", instead)
    rows = told.get("assertMatrix")
    rows = [told, *rows] if isinstance(rows, list) else [told]
    for number, row in enumerate(rows):
        where = f"ci.assert.assertMatrix[{number - 1}]" if number else "ci.assert"
        pattern = row.get("matchingUrlPattern", "") if isinstance(row, dict) else ""
        pages = _glob(pattern)
        if pages is None or not isinstance(row, dict):
            made.leave(where, pattern, "the pattern is no glob over paths.", "Write the budget's pages yourself.")
            continue
        limits: dict[str, str] = {}
        for audit, asserted in _map(row, "assertions").items():
            limits |= _asserted(made, f"{where}.assertions.{audit}", audit, asserted)
        made.add(pages, limits, device)
    return made


def _asserted(made: CarriedBudgets, where: str, audit: str, asserted: object) -> dict[str, str]:
    """One assertion: a level, or a level with its options."""
    level, options = asserted, {}
    if isinstance(asserted, list) and len(asserted) == 2 and isinstance(asserted[1], dict):
        level, options = asserted[0], asserted[1]
    if level == "off":
        return {}
    metric = AUDITS.get(audit) or _resource(audit)
    if metric is None:
        made.leave(where, asserted, NOT_MEASURED)
        return {}
    if level != "error":
        made.leave(where, asserted, "what only warns stops nothing.", "Make it an error there, or write a limit here.")
        return {}
    wanted = "minScore" if METRICS[metric].least else "maxNumericValue"
    if options.keys() - {"aggregationMethod"} != {wanted}:
        made.leave(where, asserted, "a limit here is a number.", f"Assert {wanted} there, or write a limit here.")
        return {}
    return dict(made.amount(where, metric, options[wanted]))


def _resource(audit: str) -> str | None:
    """`resource-summary:script:size` and the like; with dots in older versions."""
    match = re.fullmatch(r"resource-summary[:.]([a-z-]+)[:.](size|count)", audit)
    if match is None or match[1] not in KINDS:
        return None
    return _of_kind("bytes" if match[2] == "size" else "requests", match[1])


def _of_kind(counted: str, kind: str) -> str:
    return counted if kind == "total" else f"{counted}_{kind.replace('-', '_')}"


def budgets_file(text: str, file: str) -> CarriedBudgets:
    """Lighthouse's budget.json: a list of budgets, sizes in KiB."""
    made = CarriedBudgets(file)
    if len(text) > json_file.MAX_JSON:
        raise ConfigurationError(f"{file}: is larger than 1 MiB, which no configuration is.")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{file}: is no JSON.") from None
    if not isinstance(told, list):
        raise ConfigurationError(f"{file}: is no list of budgets. Is it Lighthouse's budget.json?")
    for number, budget in enumerate(told):
        limits: dict[str, str] = {}
        for group, key in (
            ("timings", "metric"),
            ("resourceSizes", "resourceType"),
            ("resourceCounts", "resourceType"),
        ):
            entries = budget.get(group, []) if isinstance(budget, dict) else []
            for at, entry in enumerate(entries if isinstance(entries, list) else []):
                where = f"[{number}].{group}[{at}]"
                name = entry.get(key) if isinstance(entry, dict) else None
                if group == "timings":
                    metric = AUDITS.get(str(name))
                else:
                    counted = "bytes" if group == "resourceSizes" else "requests"
                    metric = _of_kind(counted, str(name)) if name in KINDS else None
                if metric is None:
                    made.leave(where, entry, NOT_MEASURED)
                else:
                    factor = 1024 if group == "resourceSizes" else 1
                    limits |= made.amount(where, metric, entry.get("budget"), factor)
        path = budget.get("path", "") if isinstance(budget, dict) else ""
        made.add(_robots(path) if isinstance(path, str) else "", limits)
    return made


def _robots(path: str) -> str:
    """A path as robots.txt matches it, as a glob: a prefix, unless `$` ends it."""
    if path in ("", "/", "/*"):
        return ""
    glob = path.removesuffix("$").replace("*", "**")
    return glob if path.endswith("$") else f"{glob.removesuffix('**')}**"


def sitespeed(text: str, file: str) -> CarriedBudgets:
    """sitespeed.io's budget: groups of limits for all pages, and the same below the address of one."""
    made = CarriedBudgets(file)
    told = json_file.read(text, file).get("budget")
    if not isinstance(told, dict):
        raise ConfigurationError(f"{file}: has no budget. Is it sitespeed.io's budget.json?")
    addresses = {key: value for key, value in told.items() if re.match("https?://", key)}
    for address, groups in {"": told, **addresses}.items():
        limits: dict[str, str] = {}
        for group, entries in groups.items() if isinstance(groups, dict) else ():
            if group in addresses:
                continue
            for name, value in entries.items() if isinstance(entries, dict) else ():
                metric = SITESPEED.get(f"{group}.{name}")
                where = ".".join(filter(None, ("budget", address, group, name)))
                if metric is None:
                    made.leave(where, value, NOT_MEASURED)
                else:
                    limits |= made.amount(where, metric, value)
        made.add(re.sub(r"^https?://[^/]*", "", address) or ("/" if address else ""), limits)
    return made


def _glob(pattern: object) -> str | None:
    """A pattern of Lighthouse CI over addresses as a glob over paths; None where it can't be one, empty for all."""
    if not isinstance(pattern, str) or pattern in ("", ".*"):
        return "" if isinstance(pattern, str) else None
    path = re.sub(r"^\^?(https?|http\[s\]\?|https\?)?(://|:\\/\\/)?(\[\^/\]\+|\.\*|[\w.:-]*)(?=/)", "", pattern)
    anchored = path.endswith("$")
    glob = path.removesuffix("$").replace(r"\/", "/").replace(".*", "**")
    if not glob.startswith("/") or re.search(r"[\\^$.|?+()\[\]{}]", glob):
        return None
    return glob if anchored or glob.endswith("**") else f"{glob}**"


def _map(told: object, key: str) -> Mapping[str, Any]:
    value = told.get(key) if isinstance(told, dict) else None
    return value if isinstance(value, dict) else {}

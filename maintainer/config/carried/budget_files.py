"""Budgets that other tools were told, as `verify.budgets` of ours; and what of them has no place here.

    lighthouse_ci(text, file)   ci.assert of lighthouserc.json or .yml, and the pages that ci.collect names
        https://github.com/GoogleChrome/lighthouse-ci/blob/main/docs/configuration.md#assert
    budgets_file(text, file)    Lighthouse's own budget.json, which Lighthouse 12 ignores
        https://github.com/GoogleChrome/budget.json
    sitespeed(text, file)       sitespeed.io's budget.json
        https://www.sitespeed.io/documentation/sitespeed.io/performance-budget/

Each gives what was carried over and what it leaves behind, and raises `errors.ConfigurationError` for what can't be
read. `budget_json` is whichever of the last two a file is.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from maintainer.config import yaml_file
from maintainer.config.carried import json_file
from maintainer.config.carried.carried import Carried, Draft
from maintainer.config.spelling import quoted
from maintainer.config.yaml_file import Node, Scalar, Sequence, Table
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
#: The groups of Lighthouse's budget.json, and what names an entry of each.
GROUPS: Mapping[str, str] = {"timings": "metric", "resourceSizes": "resourceType", "resourceCounts": "resourceType"}
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


def _leave(draft: Draft, where: str, what: object, why: str, instead: str = "") -> None:
    """One thing that has no place here."""
    draft.leave(where, quoted((what if isinstance(what, str) else json.dumps(what))[:100]), why, instead)


def _add(draft: Draft, where: str, pages: str, limits: Mapping[str, str], device: str = "") -> None:
    """A budget for pages, all of them where `pages` is empty."""
    if limits:
        for_pages = {"pages": [pages]} if pages else {}
        on = {"devices": [device]} if device else {}
        draft.budget({**for_pages, **on, "limits": dict(limits)}, where, "a budget")


def _amount(draft: Draft, where: str, metric: str, value: object, factor: float = 1) -> Iterator[tuple[str, str]]:
    """A limit as it is written here; nothing, and why, for what is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value * factor < 1e9:
        return _leave(draft, where, value, "it is no amount.")
    unit = UNITS.get(METRICS[metric].unit, "")
    made = round(value * factor, 4)
    yield metric, f"{made:.4f}".rstrip("0").rstrip(".") + unit
    return None


def lighthouse_ci(text: str, file: str) -> Carried:
    """What Lighthouse CI asserts as errors. Its best of several runs becomes our median with its interval."""
    draft = Draft(file)
    ci = _configuration(text, file).get("ci")
    told = ci.get("assert") if isinstance(ci, dict) else None
    if not isinstance(told, dict):
        raise ConfigurationError(f"{file}: has no ci.assert. Is it Lighthouse CI's configuration?")
    collect = _map(ci, "collect")
    _pages(draft, collect.get("url"))
    settings = _map(collect, "settings")
    desktop = "desktop" in (settings.get("preset"), settings.get("formFactor"))
    for key in told.keys() - {"assertions", "assertMatrix", "includePassedAssertions", "budgetsFile"}:
        why, instead = "only what is asserted by name is carried over.", "Name the metrics that matter."
        _leave(draft, f"ci.assert.{key}", told[key], why, instead)
    for number, row in enumerate([told, *_list(told.get("assertMatrix"))]):
        where = f"ci.assert.assertMatrix[{number - 1}]" if number else "ci.assert"
        pattern = row.get("matchingUrlPattern", "") if isinstance(row, dict) else ""
        pages = _glob(pattern)
        if pages is None or not isinstance(row, dict):
            why = "the pattern is no glob over paths."
            _leave(draft, where, pattern, why, "Write the budget's pages yourself.")
            continue
        limits: dict[str, str] = {}
        for audit, asserted in _map(row, "assertions").items():
            limits |= _asserted(draft, f"{where}.assertions.{audit}", audit, asserted)
        _add(draft, where, pages, limits, "desktop" if desktop else "mobile")
    return draft.carried()


def _configuration(text: str, file: str) -> Mapping[str, Any]:
    """The map a file in JSON or YAML holds."""
    if not file.endswith((".yml", ".yaml")):
        return json_file.read(text, file)
    held = _held(yaml_file.parse(text.encode("utf-8", "surrogatepass"), file, aliases=True))
    return held if isinstance(held, dict) else {}


def _held(node: Node) -> Any:
    """What a node of YAML means: maps, lists, texts and numbers."""
    match node:
        case Table():
            return {key: _held(child) for key, child in node.items.items()}
        case Sequence():
            return [_held(child) for child in node.items]
        case Scalar():
            number = node.plain and re.fullmatch(r"\d{1,12}(\.\d{1,12})?", node.text, re.ASCII)
            return float(node.text) if number else node.text


def _pages(draft: Draft, addresses: object) -> None:
    """The pages that Lighthouse CI looks at, by their paths; a budget is only about pages that are looked at."""
    listed = [addresses] if isinstance(addresses, str) else addresses if isinstance(addresses, list) else []
    paths = [re.sub(r"^https?://[^/]*", "", one) or "/" for one in listed if isinstance(one, str)]
    draft.add("verify.pages", list(dict.fromkeys(paths)), "ci.collect.url", "a page")


def _asserted(draft: Draft, where: str, audit: str, asserted: object) -> dict[str, str]:
    """One assertion: a level, or a level with its options."""
    level, options = asserted, {}
    if isinstance(asserted, list) and len(asserted) == 2 and isinstance(asserted[1], dict):
        level, options = asserted[0], asserted[1]
    if level == "off":
        return {}
    metric = AUDITS.get(audit) or _resource(audit)
    if metric is None:
        _leave(draft, where, asserted, NOT_MEASURED)
        return {}
    if level != "error":
        why = "what only warns stops nothing."
        _leave(draft, where, asserted, why, "Make it an error there, or write a limit here.")
        return {}
    wanted = "minScore" if METRICS[metric].least else "maxNumericValue"
    if options.keys() - {"aggregationMethod"} != {wanted}:
        instead = f"Assert {wanted} there, or write a limit here."
        _leave(draft, where, asserted, "a limit here is a number.", instead)
        return {}
    return dict(_amount(draft, where, metric, options[wanted]))


def _resource(audit: str) -> str | None:
    """`resource-summary:script:size` and the like; with dots in older versions."""
    match = re.fullmatch(r"resource-summary[:.]([a-z-]+)[:.](size|count)", audit)
    if match is None or match[1] not in KINDS:
        return None
    return _of_kind("bytes" if match[2] == "size" else "requests", match[1])


def _of_kind(counted: str, kind: str) -> str:
    return counted if kind == "total" else f"{counted}_{kind.replace('-', '_')}"


def budget_json(text: str, file: str) -> Carried | None:
    """Lighthouse's or sitespeed.io's budgets; None for JSON that is neither."""
    try:
        told = json.loads(text.removeprefix("\ufeff")) if len(text) <= json_file.MAX_JSON else None
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict):
        return sitespeed(text, file) if isinstance(told.get("budget"), dict) else None
    if isinstance(told, list) and not any(_map_of(one).keys() & GROUPS.keys() for one in told):
        return None
    return budgets_file(text, file)


def budgets_file(text: str, file: str) -> Carried:
    """Lighthouse's budget.json: a list of budgets, sizes in KiB."""
    draft = Draft(file)
    if len(text) > json_file.MAX_JSON:
        raise ConfigurationError(f"{file}: is larger than 1 MiB, which no configuration is.")
    try:
        told = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ConfigurationError(f"{file}: is no JSON.") from None
    if not isinstance(told, list):
        raise ConfigurationError(f"{file}: is no list of budgets. Is it Lighthouse's budget.json?")
    for number, budget in enumerate(told):
        limits: dict[str, str] = {}
        for group, key in GROUPS.items():
            for at, entry in enumerate(_list(_map_of(budget).get(group))):
                where = f"[{number}].{group}[{at}]"
                name = _map_of(entry).get(key)
                if group == "timings":
                    metric = AUDITS.get(str(name))
                else:
                    counted = "bytes" if group == "resourceSizes" else "requests"
                    metric = _of_kind(counted, str(name)) if name in KINDS else None
                if metric is None:
                    _leave(draft, where, entry, NOT_MEASURED)
                else:
                    factor = 1024 if group == "resourceSizes" else 1
                    limits |= _amount(draft, where, metric, entry.get("budget"), factor)
        path = _map_of(budget).get("path", "")
        _add(draft, f"[{number}]", _robots(path) if isinstance(path, str) else "", limits)
    return draft.carried()


def _robots(path: str) -> str:
    """A path as robots.txt matches it, as a glob: a prefix, unless `$` ends it."""
    if path in ("", "/", "/*"):
        return ""
    glob = path.removesuffix("$").replace("*", "**")
    return glob if path.endswith("$") else f"{glob.removesuffix('**')}**"


def sitespeed(text: str, file: str) -> Carried:
    """sitespeed.io's budget: groups of limits for all pages, and the same below the address of one."""
    draft = Draft(file)
    told = json_file.read(text, file).get("budget")
    if not isinstance(told, dict):
        raise ConfigurationError(f"{file}: has no budget. Is it sitespeed.io's budget.json?")
    addresses = {key: value for key, value in told.items() if re.match("https?://", key)}
    for address, groups in {"": told, **addresses}.items():
        limits: dict[str, str] = {}
        for group, entries in _map_of(groups).items():
            if group in addresses:
                continue
            for name, value in _map_of(entries).items():
                metric = SITESPEED.get(f"{group}.{name}")
                where = ".".join(filter(None, ("budget", address, group, name)))
                if metric is None:
                    _leave(draft, where, value, NOT_MEASURED)
                else:
                    limits |= _amount(draft, where, metric, value)
        pages = re.sub(r"^https?://[^/]*", "", address) or ("/" if address else "")
        _add(draft, ".".join(filter(None, ("budget", address))), pages, limits)
    return draft.carried()


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
    return _map_of(_map_of(told).get(key))


def _map_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

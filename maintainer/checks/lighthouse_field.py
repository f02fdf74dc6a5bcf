"""What visitors of production have: the Chrome UX Report, of Chrome's users over 28 days.

    ask(http, key, production, paths) -> FieldData

https://developer.chrome.com/docs/crux/api says what is asked and answered. The key goes in a header, as
https://cloud.google.com/docs/authentication/api-keys-use has it, so that it stands in no address.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from maintainer.errors import BadAnswer, MaintainerError
from maintainer.evidence import Experience, FieldData
from maintainer.http import Http

BASE = "https://chromeuxreport.googleapis.com"
#: Its metrics, by our names.
METRICS: Mapping[str, str] = {
    "lcp": "largest_contentful_paint",
    "inp": "interaction_to_next_paint",
    "cls": "cumulative_layout_shift",
    "fcp": "first_contentful_paint",
    "ttfb": "experimental_time_to_first_byte",
}
#: More pages than a report has room for.
MOST = 20
FEW = "too few visitors use Chrome on a phone there to be counted"


def ask(http: Http, key: str, production: str, paths: Iterable[str]) -> FieldData:
    """What is known of production (its address) and of these pages of it. Never raises: what is missing is told."""
    parts = urlsplit(production)
    origin = f"{parts.scheme}://{parts.netloc}"
    found: list[Experience] = []
    unknown: list[str] = []
    pages = dict.fromkeys(path.partition("?")[0] for path in paths)
    try:
        whole = _asked(http, key, {"origin": origin}, "")
        if whole is None:
            return FieldData(origin, missing=f"{FEW}.")
        found.append(whole)
        for path in list(pages)[:MOST]:
            page = _asked(http, key, {"url": production.rstrip("/") + path}, path)
            if page is None:
                unknown.append(path)
            else:
                found.append(page)
    except MaintainerError as error:
        return FieldData(origin, tuple(found), str(error))
    return FieldData(origin, tuple(found), f"{', '.join(unknown)}: {FEW}." if unknown else "")


def _asked(http: Http, key: str, place: Mapping[str, str], where: str) -> Experience | None:
    """What is known of one place; None where that is nothing. Raises `errors.MaintainerError`."""
    body = json.dumps({**place, "formFactor": "PHONE", "metrics": list(METRICS.values())}).encode()
    headers = {"content-type": "application/json", "accept": "application/json", "x-goog-api-key": key}
    answer = http.send("POST", f"{http.base('crux', BASE)}/v1/records:queryRecord", headers=headers, body=body)
    if answer.status in (400, 401, 403):
        raise BadAnswer(
            f"The Chrome UX Report refuses the key ({answer.status}): is it right, and may it be used for it?"
        )
    told = answer.table()
    if answer.status == 404 and _map(told.get("error")).get("status") == "NOT_FOUND":
        return None
    if answer.status != 200:
        raise BadAnswer(f"{answer.url} answered {answer.status}, which can't be used.")
    record = _map(told.get("record"))
    period = _map(record.get("collectionPeriod"))
    first, last = _day(period.get("firstDate")), _day(period.get("lastDate"))
    metrics = _map(record.get("metrics"))
    values = {name: _p75(metrics.get(theirs)) for name, theirs in METRICS.items()}
    p75 = {name: value for name, value in values.items() if value is not None}
    if not p75 or first is None or last is None:
        raise BadAnswer(f"{answer.url} answered a record that can't be used.")
    return Experience(where, p75, first, last)


def _p75(metric: object) -> float | None:
    """CLS is a number in a text."""
    value = _map(_map(metric).get("percentiles")).get("p75")
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and isfinite(number) and number >= 0 else None


def _day(told: object) -> date | None:
    year, month, day = (_map(told).get(name) for name in ("year", "month", "day"))
    try:
        return date(year, month, day)  # type: ignore[arg-type]  # what is no number is a TypeError
    except (TypeError, ValueError, OverflowError):
        return None


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

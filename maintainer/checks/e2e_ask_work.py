"""Inside the browser's program: a request to the site's own API, and what is expected of its JSON."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Error, Playwright

from maintainer.checks.e2e_values import Unmet, at, filled, filled_json, same, shown, written


def ask(
    playwright: Playwright,
    site: Mapping[str, Any],
    step: Mapping[str, Any],
    variables: dict[str, str],
    timeout: float,
) -> None:
    """Ask, check the answer, and remember what the step names. Raises Unmet.

    Redirects are not followed, and no cookie of the page is sent: an API may take it for the customer's.
    """
    method, _, rest = step["api"].rpartition(" ")
    method, path = method or "GET", filled(rest, variables)
    if query := {name: filled(value, variables) for name, value in step.get("query", {}).items()}:
        path += ("&" if "?" in path else "?") + urlencode(query)
    headers = {**site["headers"], **{name: filled(value, variables) for name, value in step.get("headers", {}).items()}}
    if site["cookies"]:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in site["cookies"].items())
    if "basic_auth" in step:
        pair = ":".join(filled(one, variables) for one in step["basic_auth"])
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    given: dict[str, Any] = {}
    if "json" in step:
        given["data"] = filled_json(step["json"], variables)
    elif "form" in step:
        given["form"] = {name: filled(value, variables) for name, value in step["form"].items()}
    what = f"{method} {path.partition('?')[0]}"
    asking = playwright.request.new_context(extra_http_headers=headers)
    try:
        answer = asking.fetch(site["url"] + path, method=method, max_redirects=0, timeout=timeout, **given)
        body = answer.body()
    except Error as error:
        raise Unmet("api", f"{what} should be answered", shown(error.message.partition("\n")[0])) from None
    finally:
        asking.dispose()
    text = body.decode("utf-8", "replace")
    wanted = step.get("status")
    if not (str(answer.status) == wanted if wanted else answer.ok):
        raise Unmet(
            "api", f"{what} should answer {wanted or 'below 400'}", f"it answered {answer.status}: “{shown(text, 160)}”"
        )
    expected, kept = step.get("answers", {}), step.get("keep", {})
    if not expected and not kept:
        return
    try:
        tree = json.loads(text)
    except ValueError:
        raise Unmet("api", f"{what} should answer JSON", f"it answered “{shown(text)}”") from None
    for place, value in expected.items():
        seen, hoped = at(tree, place), filled(value, variables)
        if not same(seen, hoped):
            raise Unmet("api", f"{place} of {what} should be {hoped}", f"it is {shown(written(seen))}")
    for name, place in kept.items():
        variables[name] = written(at(tree, place))

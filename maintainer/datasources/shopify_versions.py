"""Versions of Shopify's APIs, as its Storefront API tells them to anybody.

Sources: https://shopify.dev/docs/api/storefront/latest/queries/publicApiVersions and, for the dates that follow from a
version's name, https://shopify.dev/docs/api/usage/versioning: a version comes out at 17:00 UTC on the first day of its
quarter and is supported for at least twelve months.
"""

import re
from datetime import UTC, datetime

from maintainer.errors import BadAnswer
from maintainer.http import Http
from maintainer.model import Release
from maintainer.text import foreign

#: The public shop Shopify keeps for trying out; a base URL of one's own is the endpoint of one's own shop.
ENDPOINT = "https://mock.shop/api"
QUERY = {"query": "{ publicApiVersions { handle supported } }"}

_QUARTER = re.compile(r"(20\d\d)-(01|04|07|10)", re.A)


def versions(http: Http) -> tuple[Release, ...]:
    """The supported versions, newest first; release candidates and `unstable` are none of them."""
    answer = http.post(http.base("shopify", ENDPOINT), QUERY, idempotent=True).json()
    found = {}
    for entry in foreign.tables(answer, "data", "publicApiVersions"):
        quarter = _QUARTER.fullmatch(foreign.text(entry, "handle"))
        if quarter and entry.get("supported") is True:
            begun = datetime(int(quarter[1]), int(quarter[2]), 1, 17, tzinfo=UTC)
            found[quarter[0]] = Release(quarter[0], begun, supported_until=begun.replace(year=begun.year + 1))
    if not found:
        raise BadAnswer("Shopify names no supported version of its API.")
    return tuple(found[name] for name in sorted(found, reverse=True))

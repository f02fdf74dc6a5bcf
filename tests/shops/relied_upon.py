"""The systems around a shop, sound or broken on purpose, and what is declared of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.loopback import Reply, Request, Served


def json(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, body, {"content-type": "application/json", **headers})


def xml(body: str, kind: str = "application/rss+xml") -> Reply:
    return Reply(200, '<?xml version="1.0" encoding="UTF-8"?>\n' + body, {"content-type": kind})


def products(count: int, **changed: Any) -> dict[str, Any]:
    items = [{"id": number, "price": "19.99", "stock": 3} | changed for number in range(count)]
    return {"generated": "2026-11-21T06:00:00Z", "products": items, "total": count}


def rss(count: int, date: str = "Sat, 21 Nov 2026 06:00:00 +0100") -> str:
    items = "".join(f"<item><g:id>{number}</g:id></item>" for number in range(count))
    return f'<rss version="2.0" xmlns:g="urn:g"><channel><pubDate>{date}</pubDate>{items}</channel></rss>'


def table(count: int, day: str = "2026-11-21", columns: str = '"id";stock;changed') -> Reply:
    rows = "".join(f'{number};"3; 4";{day}\r\n' for number in range(count))
    return Reply(200, f"\ufeff{columns}\r\n{rows}", {"content-type": "text/csv"})


def hook(request: Request) -> Reply:
    """Takes what is signed and is an order."""
    if request.headers.get("x-key") != "kubek-sekret":
        return json({"error": "who are you?"}, 401)
    return json({"taken": True}, 202) if request.body == b'{"order": 1}' else json({"error": "no order"}, 422)


SYSTEMS: Mapping[str, Served] = {
    "/api/products": json(products(100)),
    "/feed.xml": xml(rss(100)),
    "/hook": hook,
    "/health": json({"status": "up"}),
    "/failed": json({"messages": 0}),
    "/export.csv": Reply(200, "", {"last-modified": "Sat, 21 Nov 2026 07:00:00 GMT"}),
    "/stock.csv": table(40),
}

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["generated", "products"],
    "properties": {
        "products": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "price"],
                "properties": {"id": {"type": "integer"}, "price": {"type": "string"}},
            },
        }
    },
}

#: As `verify.integrations` has them.
DECLARED: tuple[Mapping[str, Any], ...] = (
    {
        "name": "products",
        "url": "/api/products",
        "json_schema": SCHEMA,
        "items": {"at": "/products", "fewest": "10"},
        "fresh": {"at": "/generated", "within": "24h"},
        "within": "2s",
    },
    {
        "name": "marketplace",
        "url": "/feed.xml",
        "xml": "rss",
        "items": "item",
        "fresh": {"at": "pubDate", "within": "1d"},
    },
    {
        "name": "orders",
        "url": "/hook",
        "method": "POST",
        "headers": [{"name": "x-key", "value_env": "HOOK_KEY"}],
        "body": '{"order": 1}',
        "status": "202",
    },
    {"name": "ERP", "url": "/health", "json_schema": {"properties": {"status": {"const": "up"}}}},
    {"name": "dead letters", "url": "/failed", "queue": {"at": "/messages", "most": "5"}},
    {
        "name": "stock",
        "url": "/stock.csv",
        "csv": ("id", "stock"),
        "items": {"fewest": "30"},
        "fresh": {"at": "changed", "within": "24h"},
    },
    {"name": "export", "url": "/export.csv", "method": "HEAD", "fresh": {"within": "3h"}},
)


class Fault(NamedTuple):
    """`changed` are the answers that differ from sound systems'."""

    changed: Mapping[str, Served]
    rule: str
    where: str
    names: str


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss>&b;</rss>'
LATE = "Mon, 16 Nov 2026 06:00:00 GMT"

FAULTS: Mapping[str, Fault] = {
    "gone": Fault({"/health": json({}, 404)}, "answers", "ERP", "answers 404 and should answer 200 to 299"),
    "broken": Fault({"/api/products": json({}, 500)}, "answers", "products", "answers 500"),
    "another status": Fault({"/hook": json({})}, "answers", "orders", "answers 200 and should answer 202"),
    "key refused": Fault({"/hook": json({}, 401)}, "answers", "orders", "answers 401 and should answer 202; are its"),
    "redirected without end": Fault(
        {"/health": Reply(302, "", {"location": "/health"})}, "answers", "ERP", "redirects more than 5 times"
    ),
    "cut": Fault({"/feed.xml": Reply(200, "<rss>", {}, length=900)}, "answers", "marketplace", "broke the connection"),
    "a page instead": Fault(
        {"/api/products": Reply(200, "<!DOCTYPE html><html></html>", {"content-type": "text/html"})},
        "well-formed",
        "products",
        "can't be read: it is no JSON: Expecting value in line 1, column 1 (text/html, 28 bytes)",
    ),
    "notice before the JSON": Fault(
        {"/failed": Reply(200, 'PHP Notice: a\n{"messages": 0}', {"content-type": "application/json"})},
        "well-formed",
        "dead letters",
        "it is no JSON",
    ),
    "another root": Fault(
        {"/feed.xml": xml("<html><body/></html>")},
        "well-formed",
        "marketplace",
        "begins with <html> and should with <rss>",
    ),
    "ampersand": Fault(
        {"/feed.xml": xml("<rss><item>Kubek & spodek</item></rss>")}, "well-formed", "marketplace", "it is no XML: not"
    ),
    "entity bomb": Fault({"/feed.xml": xml(BOMB)}, "well-formed", "marketplace", "it declares entities"),
    "price is a number": Fault(
        {"/api/products": json(products(100, price=19.99))},
        "schema",
        "products",
        '/products/0/price is a number and should be "string"',
    ),
    "field gone": Fault(
        {"/api/products": json({"generated": "2026-11-21T06:00:00Z", "products": [{"id": 1}] * 90})},
        "schema",
        "products",
        "/products/0 lacks price",
    ),
    "down by its own word": Fault(
        {"/health": json({"status": "down"})}, "schema", "ERP", '/status is not as the schema wants it (const: "up")'
    ),
    "half of the products": Fault(
        {"/api/products": json(products(50))},
        "items",
        "products",
        "has 50 items, 50% fewer than the baseline's 100; it may lose 20%",
    ),
    "too few products": Fault(
        {"/api/products": json(products(9))}, "items", "products", "has 9 items, and should have at least 10"
    ),
    "empty feed": Fault(
        {"/feed.xml": xml(rss(0))}, "items", "marketplace", "has no items, 100% fewer than the baseline's 100"
    ),
    "list gone": Fault(
        {"/failed": json({"waiting": 0})}, "queue", "dead letters", "can't be counted: there is nothing at /messages"
    ),
    "old products": Fault(
        {"/api/products": json(products(100) | {"generated": "2026-11-19T06:00:00Z"})},
        "fresh",
        "products",
        "is 2.1 days old, and may be 24 hours",
    ),
    "old feed": Fault(
        {"/feed.xml": xml(rss(100, LATE))}, "fresh", "marketplace", "is 5.1 days old, and may be 24 hours"
    ),
    "undated feed": Fault(
        {"/feed.xml": xml(rss(100, "soon"))},
        "fresh",
        "marketplace",
        "its age is not known: there is no date at pubDate",
    ),
    "old file": Fault(
        {"/export.csv": Reply(200, "", {"last-modified": LATE})},
        "fresh",
        "export",
        "is 5.1 days old, and may be 3 hours",
    ),
    "undated file": Fault(
        {"/export.csv": Reply(200, "")}, "fresh", "export", "there is no date in its header Last-Modified"
    ),
    "column gone": Fault(
        {"/stock.csv": table(40, columns="sku;amount;changed")}, "well-formed", "stock", "lacks the columns id, stock"
    ),
    "a page instead of a table": Fault(
        {"/stock.csv": Reply(200, "<!DOCTYPE html><html></html>")}, "well-formed", "stock", "lacks the columns id"
    ),
    "notice in a table": Fault(
        {"/stock.csv": Reply(200, "id;stock;changed\n1;2;3\nPHP Notice: Undefined index\n2;3;4\n")},
        "well-formed",
        "stock",
        "it is no table: line 3 has 1 columns, not 3",
    ),
    "table that breaks off": Fault(
        {"/stock.csv": Reply(200, 'id;stock;changed\n1;"2')}, "well-formed", "stock", "it is no CSV: unexpected end"
    ),
    "too few rows": Fault({"/stock.csv": table(29)}, "items", "stock", "has 29 items, and should have at least 30"),
    "old rows": Fault({"/stock.csv": table(40, "2026-11-18")}, "fresh", "stock", "is 2.3 days old"),
    "undelivered": Fault(
        {"/failed": json({"messages": 12})},
        "queue",
        "dead letters",
        "12 could not be delivered, and at most 5 may wait",
    ),
}

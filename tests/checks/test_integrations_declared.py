"""`verify.integrations` as people write it: what it means, what is refused, and what comes of it."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from maintainer import cli
from maintainer.config.integrations import Integration
from tests.loopback import Reply
from tests.shops.relied_upon import hook, products, rss, xml
from tests.shops.shop import SOUND, serving

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
READ = TypeAdapter(Integration)
DECLARED = """\
verify:
  only: integrations
  integrations:
    - name: products
      url: /api/products
      json_schema: schemas/products.json
      items: {at: /products, fewest: 50, loses: none}
      fresh: {at: /generated, within: 24h}
    - name: marketplace
      url: /feed.xml
      xml: rss
      items: item
      within: 5s
    - name: orders
      url: /hook
      method: POST
      headers: [{name: X-Key, value_env: HOOK_KEY}]
      body: '{"order": 1}'
      status: 202
    - name: health
      url: /health
      json_schema:
        type: object
        required: [queue]
        properties:
          queue: {type: integer, maximum: 3}
"""


def verify(root: Path, head: dict[str, Any], base: dict[str, Any] | None = None, **environment: str) -> tuple[int, str]:
    """The exit code and what is printed, or said where nothing is."""
    with serving({**SOUND, **head}) as after, serving({**SOUND, **(base or head)}) as before:
        out, err = io.StringIO(), io.StringIO()
        argv = ["-C", str(root), "verify", "--into", "results", "--format", "json", "--url", after.url]
        argv += ["--baseline", before.url]
        code = cli.run(argv, environment=environment, now=NOW, out=out, err=err)
    return code, out.getvalue() or err.getvalue()


SYSTEMS = {
    "/api/products": products(60),
    "/feed.xml": xml(rss(5)),
    "/hook": hook,
    "/health": {"queue": 2},
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "maintainer.yml").write_text(DECLARED)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/products.json").write_text('{"required": ["products"]}')
    return tmp_path


def test_what_is_declared_is_looked_at(shop: Path) -> None:
    code, out = verify(shop, SYSTEMS, HOOK_KEY="kubek-sekret")
    verdicts = json.loads(out)["verdicts"]
    assert code == 0, verdicts
    assert {(one["rule"], one["where"]) for one in verdicts} == {
        *(("answers", name) for name in ("products", "marketplace", "orders", "health")),
        *(("well-formed", name) for name in ("products", "marketplace", "health")),
        *(("schema", name) for name in ("products", "health")),
        *(("items", name) for name in ("products", "marketplace")),
        ("fresh", "products"),
        ("latency", "marketplace"),
    }
    (items,) = [one for one in verdicts if one["rule"] == "items" and one["where"] == "products"]
    assert (items["value"], items["baseline"], items["unit"]) == (60, 60, "count")


def test_a_schema_in_the_configuration_knows_numbers(shop: Path) -> None:
    code, out = verify(shop, {**SYSTEMS, "/health": {"queue": 4}}, SYSTEMS, HOOK_KEY="kubek-sekret")
    assert code == 1
    (failed,) = [one for one in json.loads(out)["verdicts"] if one["verdict"] == "fail"]
    assert failed["reason"] == "/queue is not as the schema wants it (maximum: 3)"


def test_a_loss_that_is_allowed_passes(shop: Path) -> None:
    code, out = verify(shop, SYSTEMS, {**SYSTEMS, "/api/products": products(600)}, HOOK_KEY="kubek-sekret")
    assert code == 0
    (items,) = [one for one in json.loads(out)["verdicts"] if (one["rule"], one["where"]) == ("items", "products")]
    assert items["reason"] == "has 60 items; before 600"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("schemas/none.json", "its JSON Schema can't be read: schemas/none.json can't be read"),
        ("../outside.json", "its JSON Schema can't be read: ../outside.json is not inside the checkout"),
        ("maintainer.yml", "its JSON Schema maintainer.yml is no JSON"),
    ],
)
def test_a_schema_that_is_not_there_costs_its_endpoint(shop: Path, path: str, reason: str) -> None:
    (shop.parent / "outside.json").write_text("{}")
    (shop / "maintainer.yml").write_text(DECLARED.replace("schemas/products.json", path))
    code, out = verify(shop, SYSTEMS, HOOK_KEY="kubek-sekret")
    unknown = [(one["where"], one["reason"]) for one in json.loads(out)["verdicts"] if one["verdict"] == "inconclusive"]
    assert code == 3
    assert [where for where, _ in unknown] == ["products"]
    assert reason in unknown[0][1]


def test_a_key_stands_nowhere_in_what_is_left(shop: Path) -> None:
    def echo(request: Any) -> Reply:
        return Reply(200, f'{{"you said": "{request.headers["x-key"]}"', {"content-type": request.headers["x-key"]})

    head = {**SYSTEMS, "/hook": echo}
    (shop / "maintainer.yml").write_text(DECLARED.replace("status: 202", "items: /a"))
    code, out = verify(shop, head, SYSTEMS, HOOK_KEY="kubek-sekret")
    left = [path.read_bytes() for path in (shop / "results").rglob("*") if path.is_file()]
    assert code == 1
    assert "can't be read: it is no JSON" in out
    assert "kubek-sekret" not in out and not any(b"kubek-sekret" in data for data in left)


def test_without_integrations_it_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "maintainer.yml").write_text("verify: {only: integrations}\n")
    code, out = verify(tmp_path, {})
    ((verdict, reason),) = [(one["verdict"], one["reason"]) for one in json.loads(out)["verdicts"]]
    assert (verdict, reason) == ("skipped", "no integrations are declared (verify.integrations)")
    assert code == 3


def test_two_of_the_same_name_are_refused(tmp_path: Path) -> None:
    twins = "verify: {integrations: [{name: a, url: /a}, {name: a, url: /b}]}\n"
    (tmp_path / "maintainer.yml").write_text(twins)
    code, said = verify(tmp_path, {})
    assert code == 2 and "is already in line 1" in said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"url": "feed.xml"}, "is no URL"),
        ({"url": "//elsewhere.example/"}, "is no path"),
        ({"url": "https://user:pass@erp.example/"}, "Send it in a header"),
        ({"url": "https://erp.example/a?api_key=abc"}, "Send it in a header"),
        ({"url": "/a?token=abc"}, "Send it in a header"),
        ({"url": "ftp://erp.example/"}, "is no URL"),
        ({"body": "a"}, "Write method: POST"),
        ({"method": "DELETE"}, "'GET', 'HEAD' or 'POST'"),
        ({"method": "HEAD", "items": "/a"}, "answered without a body"),
        ({"json_schema": "a.json", "xml": "rss"}, "wants one of json_schema, xml and csv"),
        ({"csv": "id", "xml": "rss"}, "wants one of json_schema, xml and csv"),
        ({"json_schema": "{no"}, "begins like JSON and is none"),
        ({"json_schema": ["a"]}, "is neither a path nor a schema"),
        ({"items": {"loses": "half"}}, "Write 20%, or none"),
        ({"items": {"loses": "101%"}}, "Write 20%, or none"),
        ({"items": {"fewest": "-1"}}, "Write 100"),
        ({"fresh": {"at": "/a"}}, "Field required"),
        ({"fresh": {"within": "soon"}}, "Write 72h"),
        ({"queue": {"most": "some"}}, "Write 100"),
        ({"within": "2"}, "Write 800ms or 2s"),
        ({"within": "0s"}, "Write 800ms or 2s"),
        ({"headers": [{"name": "a b", "value": "c"}]}, "pattern"),
        ({"headers": [{"name": "a"}]}, "wants either value, or value_env"),
        ({"retries": "3"}, "Extra inputs"),
    ],
)
def test_what_can_not_be_meant_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says.replace("(", r"\(")):
        READ.validate_python({"name": "a", "url": "/a", **given})


@pytest.mark.parametrize("url", ["/feed/?format=xml", "https://erp.example/a/?b=c", "https://erp.example:8443"])
def test_addresses_keep_what_they_say(url: str) -> None:
    assert READ.validate_python({"name": "a", "url": url}).url == url


def test_times_and_shares() -> None:
    made = READ.validate_python({"name": "a", "url": "/a", "within": "800ms", "items": {"loses": "5 %"}})
    assert made.within == 0.8
    assert made.items and made.items.loses == 0.05

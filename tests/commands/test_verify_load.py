"""`maintainer verify --only load`: what the configuration asks for, and what is read of it."""

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from maintainer.checks.load import Load
from maintainer.checks.load_knee import LoadAndKnee
from maintainer.checks.load_own import OwnLoad
from maintainer.commands import verify_load
from maintainer.config.load import load
from maintainer.errors import ConfigurationError
from maintainer.evidence import Evidence, Measurement
from tests.checks.load_shop import Shop
from tests.loopback import Reply

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SAFE = "safe: {mail: none, webhooks: none, renewals: none, payments: test}"
HOME = "journeys: [{name: home, steps: [{get: /, think: 0s}]}]"
CART = (
    "journeys: [{name: buy, steps: [{post: /add/, name: add, think: 0s}, "
    "{get: /cart/, name: cart, must: [Blue mug], cart: true, think: 0s}]}]"
)


def verify(root: Path, wanted: str, url: str, **environment: str) -> tuple[int, list[dict[str, Any]]]:
    (root / "maintainer.yml").write_text(
        f"environments: {{staging: {{url: '{url}', {SAFE}}}}}\nverify: {{load: {{{wanted}}}}}\n"
    )
    out, err = io.StringIO(), io.StringIO()
    whole = ["-C", str(root), "verify", "--into", "results", "--format", "json", "--only", "load"]
    code = cli.run(whole, environment={**os.environ, **environment}, now=NOW, out=out, err=err)
    assert out.getvalue(), err.getvalue()
    return code, json.loads(out.getvalue())["verdicts"]


def configured(root: Path, wanted: str, **environment: str) -> Any:
    (root / "maintainer.yml").write_text(f"verify:\n  load: {{{wanted}}}\n")
    return verify_load.configured(load(root, {}).whole.verify, environment, root)


def test_a_shop_that_loses_carts_fails(tmp_path: Path) -> None:
    with Shop(lambda _, request: Reply(200, "<p>none</p>") if request.path == "/cart/" else None) as shop:
        code, verdicts = verify(tmp_path, f"{CART}, rate: 10/s, duration: 3s, warm_up: 1s, fewest: 20", shop.url)
    assert code == 1
    failed = {one["rule"]: one["reason"] for one in verdicts if one["verdict"] == "fail"}
    assert failed["cart"].startswith("30 of 30 carts did not hold what was put in")
    curves = json.loads((tmp_path / "results/load/curves.json").read_text())
    assert sum(curves["head"]["failed"]) == 30


def test_it_is_left_out_where_nothing_is_configured(tmp_path: Path) -> None:
    with Shop() as shop:
        code, verdicts = verify(tmp_path, "rate: 10/s", shop.url)
        assert shop.log == [] or {path for _, _, path in shop.log} == {"/"}
    assert code == 3
    assert [(one["verdict"], one["reason"]) for one in verdicts] == [("skipped", verify_load.NONE)]


def test_a_switch_that_is_off_is_no_pass(tmp_path: Path) -> None:
    with Shop() as shop:
        code, verdicts = verify(tmp_path, HOME, shop.url, MAINTAINER_LOAD="off")
    assert code == 3
    assert [one["verdict"] for one in verdicts] == ["inconclusive"]
    assert "MAINTAINER_LOAD is off" in verdicts[0]["reason"]


def test_the_preset_knows_a_woocommerce(tmp_path: Path) -> None:
    made = configured(tmp_path, "preset: woocommerce, feeds: {product: [12]}, places: {shop: /sklep/}, rate: 60/min")
    assert isinstance(made, Load)
    paths = {journey.name: [step.path for step in journey.steps] for journey in made.journeys}
    assert paths["browse"] == ["/", "/sklep/", "/?p={product}"]
    assert paths["checkout"][1:] == ["/?add-to-cart={product}", "/?rest_route=/wc/store/v1/cart", "/checkout/"]
    assert made.segments[0].first == 1
    # Seven endpoints and the whole are compared: their medians, and one tail.
    assert made.pairs == 10


def test_a_generic_shop_has_the_places_it_is_told(tmp_path: Path) -> None:
    made = configured(tmp_path, "preset: generic, places: {product: /mugs/1}")
    assert {journey.name: len(journey.steps) for journey in made.journeys} == {"browse": 2, "search": 2}


def test_a_share_signs_in_first_and_its_password_is_in_a_variable(tmp_path: Path) -> None:
    text = (
        "journeys: [{name: buy, weight: 4, steps: [/cart/]}], secrets: [{name: key, value_env: LOAD_KEY}], "
        "signed_in: {share: 25%, steps: [{post: /in/, name: sign in, form: {pwd: '{key}'}}]}"
    )
    made = configured(tmp_path, text, LOAD_KEY="s3cret")
    assert [(one.weight, [step.name for step in one.steps]) for one in made.journeys] == [
        (3.0, ["GET /cart/"]),
        (1.0, ["sign in", "GET /cart/"]),
    ]
    assert made.feeds == {"key": ("s3cret",)}
    assert "s3cret" not in repr(made)


def test_feeds_come_from_columns_of_csv_files(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_bytes("\ufeffid,name\r\n12,Kubek\r\n\r\n15,\r\n".encode())
    steps = "journeys: [{name: a, steps: ['/{product}/']}]"
    assert configured(tmp_path, f"{steps}, feeds: {{product: 'products.csv:id'}}").feeds == {"product": ["12", "15"]}
    assert configured(tmp_path, f"{steps}, feeds: {{product: 'products.csv:name'}}").feeds == {"product": ["Kubek"]}


@pytest.mark.parametrize(
    ("feeds", "reason"),
    [
        ("", "wants {product}, which nothing gives"),
        ("feeds: {product: 'none.csv'}", "none.csv can't be read"),
        ("feeds: {product: '../p.csv'}", "outside the repository"),
        ("feeds: {product: 'p.csv:sku'}", "no column sku"),
        ("feeds: {product: 'empty.csv'}", "has no values"),
        ("secrets: [{name: product, value_env: NOT_SET}]", "NOT_SET is not set"),
    ],
)
def test_a_feed_that_can_not_be_is_an_error(tmp_path: Path, feeds: str, reason: str) -> None:
    (tmp_path / "p.csv").write_text("id\n12\n")
    (tmp_path / "empty.csv").write_text("\n")
    with pytest.raises(ConfigurationError, match=reason):
        configured(tmp_path, f"journeys: [{{name: a, steps: ['/{{product}}/']}}], {feeds}".rstrip(", "))


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("rate: fast", "is no rate. Write 5/s"),
        ("rate: 0/s", "is no rate"),
        ("stall: soon", "is no span of time"),
        ("p95_growth: 2%", "less than 5% can't be told from none"),
        ("peak: 0.5x", "is no multiple from 1 to 100"),
        ("locustfile: ../evil.py", "is no path in the repository"),
        ("locustfile: a.py, preset: generic", "in place of preset and journeys"),
        ("journeys: [{name: a, steps: [{think: 1s}]}]", "wants either get or post"),
        ("journeys: [{name: a, steps: [{get: /, form: {a: b}}]}]", "get sends nothing. Write post"),
        ("journeys: [{name: a, steps: [{get: /, keep: {n: {pattern: 'abc'}}}]}]", "wants one group"),
        ("journeys: [{name: a, steps: [{get: 'https://other.example/'}]}]", "is no path"),
        ("cap: 0", "is no number from 1 to 10000"),
    ],
)
def test_what_can_not_be_is_told_with_its_mend(tmp_path: Path, wanted: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        configured(tmp_path, wanted)


def test_an_own_locustfile_gets_the_variables_it_names(tmp_path: Path) -> None:
    made = configured(
        tmp_path, "locustfile: load/locustfile.py, pass_env: [KEY], users: 5, duration: 30s", KEY="k", B="b"
    )
    assert isinstance(made, OwnLoad)
    assert (made.file, made.users, made.seconds, made.given) == (tmp_path / "load/locustfile.py", 5, 30, {"KEY": "k"})


def test_a_knee_is_looked_for_where_it_is_asked_for(tmp_path: Path) -> None:
    made = configured(tmp_path, f"{HOME}, knee: {{first: 2/s, most: 30/s, least: 8/s}}")
    assert isinstance(made, LoadAndKnee)
    assert (made.knee.first, made.knee.most) == (2, 30)
    latency = Measurement("load", "latency", "", "ms", (5.0,) * 200)
    tried = [
        Measurement("load", f"knee-{name}", "", "", values) for name, values in (("rate", (2, 4)), ("held", (1, 0)))
    ]
    settings = load(tmp_path, {}).whole.verify
    verdicts = verify_load.judged(Evidence((latency, *tried)), settings, baseline=False)
    assert {one.rule: one.outcome for one in verdicts}["knee"] == "fail"

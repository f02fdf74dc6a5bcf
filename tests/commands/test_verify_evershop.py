"""`maintainer verify` buys in a real EverShop: PostgreSQL, Node and React, by a flow that is written by hand."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from tests.shops.evershop import EMAIL, PASSWORD, EverShop

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
FLOW = Path(__file__).parent.parent / "shops/evershop.yml"


def verify(root: Path, shop: EverShop) -> tuple[int, list[dict[str, Any]]]:
    out, err = io.StringIO(), io.StringIO()
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(root), "SHOP_EMAIL": EMAIL}
    environment |= {"SHOP_PASSWORD": PASSWORD}
    argv = ["-C", str(root), "verify", "--url", shop.url, "--into", "results", "--format", "json"]
    code = cli.run(argv, environment=environment, now=NOW, out=out, err=err)
    assert out.getvalue(), err.getvalue()
    return code, json.loads(out.getvalue())["verdicts"]


# Installing and building it takes minutes: `make bench`.
@pytest.mark.bench
def test_an_order_is_placed_checked_and_cancelled(tmp_path: Path) -> None:
    flow = FLOW.read_text()
    (tmp_path / "maintainer.yml").write_text(flow)
    with EverShop(tmp_path) as shop:
        before = shop.stock()
        code, verdicts = verify(tmp_path, shop)
        assert code == 0, [one["reason"] for one in verdicts]
        assert {one["rule"] for one in verdicts if one["verdict"] == "pass"} >= {"completes", "total", "cleaned"}
        assert [(status, total) for _, status, total in shop.orders()] == [("canceled", "20.0000")]
        assert shop.stock() == before

        (tmp_path / "maintainer.yml").write_text(flow.replace('shipping: "5.00"', 'shipping: "4.00"'))
        code, verdicts = verify(tmp_path, shop)
        (failed,) = [one for one in verdicts if one["verdict"] == "fail"]
        assert (code, failed["rule"]) == (1, "total")
        assert "see the right total" in failed["reason"] and "20" in failed["reason"] and "19" in failed["reason"]

        print(f"\n{failed['reason']}")

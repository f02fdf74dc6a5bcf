"""The certificate of a site that speaks TLS on loopback: whom it is trusted by, and for how long."""

import io
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maintainer import cli
from tests.checks.certificates import TODAY, Signed, signed
from tests.shops.shop import SOUND, page, serving

ROOT = signed("Root of shops", authority=True, days=(-100, 1000))
BELOW = signed("Shops' authority", ROOT, authority=True, days=(-100, 500))
SHOP = signed("shop", BELOW)

#: What the server shows (the last part above it, if anything), what fails, and what its sentence names.
BROKEN: dict[str, tuple[Signed, tuple[Signed, ...], str]] = {
    "expired": (signed("shop", BELOW, days=(-90, -1)), (BELOW,), "its certificate has expired"),
    "not valid yet": (signed("shop", BELOW, days=(1, 90)), (BELOW,), "its certificate is not valid yet"),
    "signed by itself": (signed("shop"), (), "its certificate is signed by itself"),
    "another host's": (signed("shop", BELOW, address="127.0.0.2"), (BELOW,), "its certificate is for another address"),
    "no intermediate": (SHOP, (), "it sends no intermediate certificate, or its authority is a private one"),
    "nearly over": (
        signed("shop", BELOW, days=(-85, 5)),
        (BELOW,),
        "its certificate (Shops' authority) ends on "
        + f"{TODAY + timedelta(days=5):%Y-%m-%d}, with 6% of its lifetime",
    ),
}


class Run:
    """`maintainer verify --only smoke` of a shop with a certificate."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "ca.pem").write_bytes(ROOT.pem())
        configuration = {
            "registries": {"ca_file": "ca.pem"},
            "verify": {"smoke": {"browser": False}, "within": {"request": "5s"}},
        }
        (root / "maintainer.yml").write_text(json.dumps(configuration))

    def __call__(self, *argv: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
        """The exit code, and what is said, by outcome: rules and sentences."""
        out, err = io.StringIO(), io.StringIO()
        whole = ["-C", str(self.root), "verify", "--only", "smoke", "--into", "results", "--format", "json", *argv]
        code = cli.run(whole, environment={}, now=TODAY, out=out, err=err)
        said: dict[str, list[tuple[str, str]]] = {}
        verdicts: list[dict[str, Any]] = json.loads(out.getvalue() or err.getvalue())["verdicts"]
        for one in verdicts:
            said.setdefault(one["verdict"], []).append((one["rule"], one["reason"]))
        return code, said


@pytest.fixture
def verify(tmp_path: Path) -> Run:
    return Run(tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Any]:
    """A shop that shows a certificate."""
    return lambda leaf, chain=(BELOW,), answers=SOUND: serving(answers, leaf.file(tmp_path / "server.pem", chain))


@pytest.mark.parametrize("fault", BROKEN)
def test_a_fault_is_found_with_its_cause(verify: Run, shop: Callable[..., Any], fault: str) -> None:
    leaf, chain, names = BROKEN[fault]
    with shop(leaf, chain) as after:
        code, said = verify("--url", after.url)
    ((rule, reason),) = said["fail"]
    assert (code, rule) == (1, "tls")
    assert names in reason


def test_what_is_behind_it_is_not_known(verify: Run, shop: Callable[..., Any]) -> None:
    leaf, chain, names = BROKEN["expired"]
    with shop(leaf, chain) as after:
        _, said = verify("--url", after.url)
    ((_, reason),) = said["inconclusive"]
    assert names in reason
    assert "registries.ca_file" in reason
    assert said.get("pass", []) == []


def test_what_was_so_before_fails_nothing(verify: Run, shop: Callable[..., Any]) -> None:
    leaf, chain, _ = BROKEN["expired"]
    with ExitStack() as stack:
        sites = [stack.enter_context(shop(leaf, chain)) for _ in range(2)]
        code, said = verify("--url", sites[0].url, "--baseline", sites[1].url)
    assert "fail" not in said
    assert code == 3


@pytest.mark.parametrize(("days", "told"), [((-70, 20), True), ((-50, 40), False), ((-10, 37), False)])
def test_a_third_of_its_lifetime_is_worth_a_word(
    verify: Run, shop: Callable[..., Any], days: tuple[float, float], told: bool
) -> None:
    with shop(signed("shop", BELOW, days=days)) as after:
        code, said = verify("--url", after.url)
    ((_, reason),) = [one for one in said["pass"] if one[0] == "tls"]
    assert code == 0, said
    assert ("22% of its lifetime left: is it renewed by itself?" in reason) is told
    measured = json.loads((verify.root / "results/measurements.json").read_bytes())
    ((share,),) = [one["samples"] for one in measured if one["metric"] == "certificate-left"]
    assert share == pytest.approx(days[1] / (days[1] - days[0]), abs=0.01)


def test_plain_http_on_a_page_of_https_is_found(verify: Run, shop: Callable[..., Any]) -> None:
    about = page("/about/", '<img src="http://cdn.example/a.png">')
    with shop(SHOP, (BELOW,), {**SOUND, "/about/": about}) as after:
        code, said = verify("--url", after.url)
    assert code == 1
    assert said["fail"] == [("mixed", "loads http://cdn.example/a.png over plain HTTP, which browsers block")]

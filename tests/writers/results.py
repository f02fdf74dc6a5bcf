"""Results of a shop with something of everything: failures, what can't be judged, numbers, pictures, curves, flows."""

import base64
import json
import random
import struct
import zlib
from datetime import UTC, datetime

from maintainer.evidence import Artifact, Measurement, Side, Unit, Verdict
from maintainer.writers.verify_json import Report
from maintainer.writers.verify_view import Results

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
HEAD, BASE, CONFIG = "a" * 40, "b" * 40, "c" * 64

Colour = tuple[int, int, int]


def png(width: int, height: int, *boxes: tuple[int, int, int, int, Colour]) -> bytes:
    """A picture with coloured boxes (left, top, right, bottom) on white."""
    rows = []
    for y in range(height):
        row = bytearray(b"\xff" * width * 3)
        for left, top, right, bottom, colour in boxes:
            if top <= y < bottom:
                row[left * 3 : right * 3] = bytes(colour) * (right - left)
        rows.append(b"\0" + bytes(row))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
        + chunk(b"IEND", b"")
    )


def shot(button: int, *more: tuple[int, int, int, int, Colour]) -> bytes:
    """A product page: a bar, a picture, text, and a button at this height."""
    grey, dark, blue = (226, 230, 235), (70, 78, 88), (7, 87, 186)
    lines = [(420, 90 + 26 * n, 700 - 40 * (n % 3), 100 + 26 * n, grey) for n in range(6)]
    return png(
        760, 420, (0, 0, 760, 48, dark), (40, 80, 380, 380, grey), *lines, (420, button, 600, button + 44, blue), *more
    )


def series(rng: random.Random, middle: float, spread: float, count: int) -> tuple[float, ...]:
    return tuple(round(max(0.0, rng.gauss(middle, spread * middle)), 1) for _ in range(count))


def measured(
    check: str,
    metric: str,
    where: str,
    unit: Unit,
    head: tuple[float, ...],
    base: tuple[float, ...] = (),
    *kept: Artifact,
) -> list[Measurement]:
    sides: list[tuple[Side, tuple[float, ...]]] = [("base", base), ("head", head)]
    return [Measurement(check, metric, where, unit, values, side, kept) for side, values in sides if values]


def lighthouse_report(frame: bytes) -> bytes:
    rng = random.Random(4)
    kinds = ["Document", "Stylesheet", "Script", "Script", "Image", "Image", "Font", "Fetch"]
    items, at = [], 0.0
    for number in range(24):
        kind = kinds[number % len(kinds)] if number else "Document"
        took = rng.uniform(40, 420)
        url = f"https://pr-7.staging.shop.example/assets/{kind.lower()}-{number}.bin"
        items.append(
            {
                "url": url,
                "networkRequestTime": at,
                "networkEndTime": at + took,
                "resourceType": kind,
                "transferSize": rng.randrange(900, 90_000),
                "statusCode": 404 if number == 9 else 200,
            }
        )
        at += rng.uniform(0, 120)
    data = "data:image/png;base64," + base64.b64encode(frame).decode()
    shown = [{"timing": 300 * n, "timestamp": n, "data": data} for n in range(1, 9)]
    audits = {
        "network-requests": {"details": {"items": items}},
        "screenshot-thumbnails": {"details": {"items": shown}},
    }
    return json.dumps({"lighthouseVersion": "12.8.2", "audits": audits}).encode()


def load_curves() -> bytes:
    """As checks/load_curves.py leaves it."""
    rng = random.Random(5)

    def line(base: float, slope: float, stall: float) -> list[float | None]:
        return [base + slope * n + rng.uniform(0, base / 4) + (stall if 140 < n < 152 else 0) for n in range(300)]

    def side(stall: float) -> dict[str, list[float | None]]:
        offered: list[float | None] = [min(40, 5 + n / 4) for n in range(300)]
        return {
            "second": [float(n) for n in range(300)],
            "offered": offered,
            "answered": [(one or 0) - rng.uniform(0, 1) for one in offered],
            "failed": [0.0] * 300,
            "p50": line(120, 0.1, stall),
            "p95": line(320, 0.5, stall),
            "open": line(9, 0.01, stall / 30),
        }

    return json.dumps({"head": side(900), "base": side(0)}).encode()


def flow() -> bytes:
    steps = [
        {"name": "open /product/mug/", "outcome": "pass", "seconds": 0.8},
        {"name": "add to cart", "outcome": "pass", "seconds": 0.4},
        {"name": "pay by card (test mode)", "outcome": "pass", "seconds": 2.1, "said": "123,00 zł incl. VAT"},
        {
            "name": "the order is confirmed",
            "outcome": "fail",
            "seconds": 15,
            "said": "no element says “Dziękujemy”; the page says “Błąd 500”",
            "picture": "e2e/guest-desktop-failed.png",
        },
        {"name": "the order is cancelled and stock restored", "outcome": "skipped"},
    ]
    return json.dumps({"title": "checkout as a guest, desktop", "steps": steps}).encode()


def results() -> Results:
    rng = random.Random(3)
    before, after = (
        Artifact("visual/product-desktop-before.png", "/product/mug/ on desktop"),
        Artifact("visual/product-desktop-after.png", "/product/mug/ on desktop"),
    )
    difference = Artifact("visual/product-desktop-difference.png", "where it differs")
    steps, failed = (
        Artifact("e2e/guest.steps.json", "checkout as a guest"),
        Artifact("e2e/guest-desktop-failed.png", "what the page showed"),
    )
    answer = Artifact("smoke/cart-head.html", "the answer of /cart/")
    report, curves = (
        Artifact("lighthouse/home-mobile-head.json", "Lighthouse 12.8.2 of / on mobile"),
        Artifact("load/curves.json", "browse and buy"),
    )
    places = ["/", "/shop/", "/product/mug/", "/cart/", "/checkout/", "/my-account/", "/?s=mug", "/feed/"]
    guest, mobile = "checkout as a guest, desktop", "/ on mobile"
    warning = "PHP warning: Undefined array key “vat” in wp-content/plugins/tax/tax.php"
    lost = "the order is confirmed: no element says “Dziękujemy”; the page says “Błąd 500”"
    worse = "LCP got worse (2.10 s before the change, 2.74 s with it, +24 % to +37 %, by 12 pairs of runs)"
    close = "TBT is 190 ms (150 ms to 240 ms by 12 runs): too close to the 200 ms that are allowed to tell"
    light = "The page's weight is 1.21 MB (1 run): within the 2 MB that are allowed"
    moves = "the home slider moves by itself: mask it under verify.visual.masks"
    verdicts = [
        Verdict("smoke", "php", "/cart/", "fail", warning, artifacts=(answer,)),
        Verdict("e2e", "checkout-guest", guest, "fail", lost, artifacts=(steps, failed)),
        Verdict("lighthouse", "lcp-growth", mobile, "fail", worse, 2740.0, "ms", 2310.0, 2100.0, 12),
        Verdict("lighthouse", "tbt", mobile, "inconclusive", close, 190.0, "ms", 200.0, 170.0, 12),
        Verdict("lighthouse", "bytes", mobile, "pass", light, 1_210_000.0, "bytes", 2_000_000.0, 1_180_000.0, 12),
        Verdict("load", "p95", "browse and buy", "pass", "p95 is 412 ms", 412.0, "ms", 800.0, 405.0, 4200, (curves,)),
        Verdict(
            "visual", "moved", "/product/mug/ on desktop", "inconclusive", moves, artifacts=(before, after, difference)
        ),
        Verdict("integrations", "looked", "", "skipped", "no endpoints are configured (verify.integrations)"),
        *(Verdict("smoke", rule, place, "pass", "") for rule in ("answers", "assets", "whole") for place in places),
        Verdict("smoke", "headers", "/shop/", "pass", "as before: X-Frame-Options is missing"),
    ]
    numbers = [
        *measured(
            "lighthouse", "lcp", "/ on mobile", "ms", series(rng, 2740, 0.05, 12), series(rng, 2100, 0.05, 12), report
        ),
        *measured("lighthouse", "tbt", "/ on mobile", "ms", series(rng, 190, 0.15, 12), series(rng, 170, 0.15, 12)),
        *measured("lighthouse", "fcp", "/ on mobile", "ms", series(rng, 900, 0.04, 12), series(rng, 905, 0.04, 12)),
        *measured("lighthouse", "bytes", "/ on mobile", "bytes", (1_210_000.0,) * 12, (1_180_000.0,) * 12),
        *measured("lighthouse", "requests", "/ on mobile", "count", (64.0,) * 12, (62.0,) * 12),
        *measured("load", "latency", "", "ms", tuple(rng.lognormvariate(5.3, 0.5) for _ in range(4200)),
                  tuple(rng.lognormvariate(5.28, 0.5) for _ in range(4200)), curves),
        *measured("load", "failed", "", "count", (9.0,), (4.0,)),
        *measured("load", "answered", "", "per_s", (39.6,), (39.7,)),
    ]  # fmt: skip
    files = {
        before.path: shot(270),
        after.path: shot(310, (420, 360, 560, 380, (179, 38, 30))),
        difference.path: shot(310, (415, 265, 605, 385, (255, 220, 0))),
        failed.path: png(760, 420, (0, 0, 760, 48, (70, 78, 88)), (80, 150, 680, 230, (179, 38, 30))),
        steps.path: flow(),
        report.path: lighthouse_report(png(90, 160, (0, 0, 90, 12, (70, 78, 88)), (8, 30, 82, 90, (226, 230, 235)))),
        curves.path: load_curves(),
    }
    return Results(
        report=Report(HEAD, BASE, CONFIG, NOW, tuple(verdicts)),
        site="Sklep Kubki",
        head="https://pr-7.staging.shop.example",
        base="https://staging.shop.example",
        measurements=tuple(numbers),
        files=files,
        names=("verify.json", "summary.md", "measurements.json", "junit.xml"),
        seconds=372.4,
    )

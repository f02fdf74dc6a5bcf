"""A shop for loads on loopback: pages, a cart by cookie, and what can go wrong with them under load."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from maintainer.checks.base import Bench, Bounds, Site
from maintainer.evidence import Side, Target
from maintainer.http_visit import Identity, Visitor
from tests.loopback import Loopback, Reply, Request

PAGE = "<!doctype html><html><body><h1>Mugs</h1></body></html>"


class Shop(Loopback):
    """Its log has when each request came, and when it was answered, of the clock of `time.monotonic`.

    `fault` is called with the shop and a request, before it is answered: it may sleep, or answer something else.
    """

    def __init__(
        self, fault: "Callable[[Shop, Request], Reply | None] | None" = None, certificate: Path | None = None
    ) -> None:
        super().__init__({}, certificate)
        self.fault = fault
        self.began = 0.0
        self.log: list[tuple[float, float, str]] = []
        self.open = 0
        self.lock = threading.Lock()
        self.carts: set[str] = set()

    def __enter__(self) -> "Shop":
        super().__enter__()
        return self

    def reply(self, request: Request) -> Reply:
        came = time.monotonic()
        with self.lock:
            self.began = self.began or came
            self.open += 1
        try:
            return (self.fault and self.fault(self, request)) or self.answer(request)
        finally:
            with self.lock:
                self.open -= 1
                self.log.append((came, time.monotonic(), request.path))

    def answer(self, request: Request) -> Reply:
        visitor = request.headers.get("cookie", "").partition("visitor=")[2].partition(";")[0]
        match request.path:
            case "/add/":
                visitor = f"v{len(self.carts)}"
                self.carts.add(visitor)
                return Reply(302, "", {"location": "/cart/", "set-cookie": f"visitor={visitor}; Path=/"})
            case "/cart/":
                return Reply(200, f"<html>{'Blue mug' if visitor in self.carts else 'Your cart is empty'}</html>")
            case "/" | "/shop/" | "/product/" | "/search/" | "/checkout/":
                return Reply(200, PAGE)
        return Reply(404, "nothing here")


def site(
    side: Side,
    server: Loopback,
    *,
    production: bool = False,
    identity: Identity | None = None,
    ca: Path | None = None,
) -> Site:
    visitor = Visitor(server.url, environment={}, identity=identity, ca=ca)
    return Site(Target(side, server.url), visitor, production)


def bench(head: Site, base: Site | None, folder: Path, seconds: float = 120) -> Bench:
    return Bench(head, base, (), Bounds(), folder, time.monotonic() + seconds)

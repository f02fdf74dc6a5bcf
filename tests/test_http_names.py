import socket
import threading

import pytest

from maintainer.http_names import AT_ONCE, Names


def together(count: int, run) -> None:  # type: ignore[no-untyped-def]
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_name_is_resolved_once_however_many_ask() -> None:
    asked: list[str] = []
    heard: list[tuple[str, ...]] = []

    def ask(name: str) -> tuple[str, ...]:
        asked.append(name)
        return ("::1", "127.0.0.1")

    names = Names(ask)
    together(30, lambda _: heard.append(names.addresses("shop.example")))
    assert asked == ["shop.example"]
    assert heard == [("::1", "127.0.0.1")] * 30


def test_few_names_are_asked_for_at_the_same_time() -> None:
    under_way, most = set(), []
    turn = threading.Barrier(AT_ONCE)

    def ask(name: str) -> tuple[str, ...]:
        under_way.add(name)
        turn.wait(10)
        most.append(len(under_way))
        turn.wait(10)
        under_way.discard(name)
        return ("127.0.0.1",)

    names = Names(ask)
    together(3 * AT_ONCE, lambda number: names.addresses(f"host{number}.example"))
    assert len(most) == 3 * AT_ONCE
    assert max(most) <= AT_ONCE


def test_what_did_not_resolve_may_a_moment_later() -> None:
    answers: list[tuple[str, ...] | OSError] = [socket.gaierror("not now"), ("127.0.0.1",)]

    def ask(_: str) -> tuple[str, ...]:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    names = Names(ask)
    with pytest.raises(OSError, match="not now"):
        names.addresses("shop.example")
    assert names.addresses("shop.example") == ("127.0.0.1",)


def test_addresses_need_no_resolver() -> None:
    assert Names().addresses("127.0.0.1") == ("127.0.0.1",)
    assert Names().addresses("::1") == ("::1",)

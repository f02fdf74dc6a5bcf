"""The browser on loopback: whom it asks and what it says there, and what is said where it can't be driven."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from maintainer.checks import browser
from maintainer.checks.base import Site
from maintainer.checks.browser import Browser
from maintainer.errors import ToolFailed
from maintainer.evidence import Target
from maintainer.http_visit import Identity, Visitor
from tests.loopback import Loopback, Reply, Request
from tests.processes import gone

WORK = "tests.checks.browser_work"
HTML = {"content-type": "text/html"}


def site(server: Loopback, *allowed: str, **identity: Mapping[str, str]) -> Site:
    visitor = Visitor(server.url, allowed=frozenset(allowed), identity=Identity(**identity), environment={})
    return Site(Target("head", server.url), visitor)


def drive(one: Site, folder: Path, path: str = "/", seconds: float = 60, **more: Any) -> dict[str, Any]:
    job = {"sites": [browser.site(one)], "path": path, "device": "desktop", **more}
    return Browser(os.environ).run(WORK, job, folder=folder, seconds=seconds)


@pytest.fixture
def other() -> Iterator[Loopback]:
    with Loopback({"/a.js": Reply(200, "window.a = 1", {"content-type": "text/javascript"}), "/": "there"}) as server:
        yield server


def test_only_allowed_hosts_are_asked_and_the_rest_is_told(tmp_path: Path, other: Loopback) -> None:
    with Loopback({}) as stranger, Loopback({}) as shop:
        shop.answers["/"] = Reply(
            200,
            f"<title>Shop</title><script src='{other.url}/a.js'></script>"
            f"<script src='{stranger.url}/t.js?u=1'></script><img src='http://elsewhere.example/p.png'>",
            HTML,
        )
        seen = drive(site(shop, other.host), tmp_path)
    assert seen["title"] == "Shop"
    assert other.paths() == ["/a.js"]
    assert stranger.requests == []
    assert sorted(seen["refused"]) == sorted(["http://elsewhere.example/p.png", f"{stranger.url}/t.js"])
    assert seen["browser"].startswith("Chromium ") and " at /" in seen["browser"]


def test_what_the_site_is_told_goes_nowhere_else_and_along_its_own_redirects(tmp_path: Path, other: Loopback) -> None:
    with Loopback({}) as shop:
        shop.answers |= {
            "/": Reply(302, "", {"location": "/in/", "set-cookie": "session=1"}),
            "/in/": Reply(200, f"<title>In</title><img src='/away'><script src='{other.url}/a.js'></script>", HTML),
            "/away": Reply(302, "", {"location": other.url + "/"}),
        }
        seen = drive(site(shop, other.host, headers={"X-CI": "key-of-ours"}, cookies={"door": "open"}), tmp_path)
        told = {request.path: request.headers for request in shop.requests}
    assert seen["title"] == "In"
    assert {told[path]["x-ci"] for path in ("/", "/in/", "/away")} == {"key-of-ours"}
    assert (told["/"]["cookie"], told["/in/"]["cookie"]) == ("door=open", "door=open; session=1")
    assert sorted(other.paths()) == ["/", "/a.js"]
    assert all("x-ci" not in request.headers for request in other.requests)


def test_a_redirect_to_a_strange_host_is_not_followed(tmp_path: Path) -> None:
    with (
        Loopback({"/": "there"}) as stranger,
        Loopback({"/": Reply(302, "", {"location": stranger.url + "/"})}) as shop,
    ):
        seen = drive(site(shop, headers={"x-ci": "key-of-ours"}), tmp_path)
    assert stranger.requests == []
    assert "ERR_BLOCKED_BY_CLIENT" in seen["error"]
    assert seen["refused"] == [stranger.url + "/"]


def test_a_window_that_a_page_opens_is_watched_too(tmp_path: Path, other: Loopback) -> None:
    with Loopback({}) as shop:
        shop.answers |= {
            "/": Reply(200, "<a href='/next' target=_blank>go</a>", HTML),
            "/next": Reply(200, f"<script src='{other.url}/a.js'></script>", HTML),
        }
        seen = drive(site(shop, headers={"x-ci": "key-of-ours"}), tmp_path, click="a")
    assert other.requests == []
    assert seen["refused"] == [other.url + "/a.js"]


@pytest.mark.parametrize("device", ["desktop", "mobile"])
def test_a_device_is_played(tmp_path: Path, device: str) -> None:
    with Loopback({"/": Reply(200, "<meta name=viewport content='width=device-width'>", HTML)}) as shop:
        seen = drive(
            site(shop), tmp_path, device=device, script="[innerWidth, innerHeight, navigator.maxTouchPoints > 0]"
        )
        agent = shop.requests[0].headers["user-agent"]
    assert seen["script"] == {"desktop": [1280, 800, False], "mobile": [412, 823, True]}[device]
    assert ("Mobile" in agent) == (device == "mobile")
    assert "Headless" not in agent and "maintainer/" in agent


def test_a_context_knows_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    def greets(request: Request) -> Reply:
        return Reply(200, f"<title>{request.headers.get('cookie', 'new')}</title>", HTML | {"set-cookie": "was=here"})

    with Loopback({"/": greets}) as shop:
        assert [drive(site(shop), tmp_path, times=2)["title"]] == ["new"]


def programs(folder: Path, **scripts: str) -> dict[str, str]:
    """A PATH with these shell scripts before the system's."""
    folder.mkdir(exist_ok=True)
    for name, text in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


BROKEN: Mapping[str, tuple[str, str]] = {
    "it ends at once": ("exit 3", "the browser did not start. Start it by hand"),
    "no sandbox": ("echo 'FATAL: No usable sandbox!' >&2; exit 1", "can't make its sandbox here. Allow user namesp"),
    "a library is missing": (
        "echo 'error while loading shared libraries: libnss3.so' >&2; exit 127",
        "lacks libraries of the system. Install it",
    ),
    "the disk is full": ("echo 'No space left on device' >&2; exit 1", "the disk is full. Make room"),
    "no shared memory": ("echo 'Unable to access(W_OK|X_OK) /dev/shm' >&2; exit 1", "has no shared memory. Give"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_browser_that_does_not_start_is_told_with_what_to_do(tmp_path: Path, case: str) -> None:
    script, says = BROKEN[case]
    with pytest.raises(ToolFailed) as told:
        Browser(programs(tmp_path / "bin", chromium=script)).run(WORK, {}, folder=tmp_path / "a", seconds=60)
    assert says in told.value.message


def test_a_browser_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    environment = programs(tmp_path / "bin", chromium=f"echo $$ > {tmp_path}/pid; exec sleep 300")
    with pytest.raises(ToolFailed, match=r"was not done in 3 s and was ended\. Give it more time"):
        Browser(environment).run(WORK, {}, folder=tmp_path / "a", seconds=3)
    assert gone(int(file.read_text()) for file in tmp_path.glob("pid"))


def test_a_page_that_never_ends_leaves_no_browser(tmp_path: Path) -> None:
    forever = Loopback({"/": Reply(200, "<script>for(;;);</script>", HTML)})
    with forever as shop, pytest.raises(ToolFailed, match="was not done in 5 s"):
        drive(site(shop), tmp_path, seconds=5, script="1")
    assert gone(
        int(one.parent.name) for one in Path("/proc").glob("[0-9]*/cmdline") if shop.host.encode() in _line(one)
    )


def _line(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_chrome_path_goes_first_and_must_be_a_program(tmp_path: Path) -> None:
    environment = programs(tmp_path / "bin", mine="exit 0", chromium="exit 0")
    assert Browser(environment).executable() == str(tmp_path / "bin/chromium")
    assert Browser({**environment, "CHROME_PATH": "mine"}).executable() == str(tmp_path / "bin/mine")
    with pytest.raises(ToolFailed, match="CHROME_PATH is /gone, which is no program"):
        Browser({**environment, "CHROME_PATH": "/gone"}).executable()


def test_without_a_browser_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"there is no browser\. Install Chrome or Chromium, or set CHROME_PATH"):
        Browser({"PATH": str(tmp_path)}).run(WORK, {}, folder=tmp_path / "a", seconds=60)


@pytest.mark.parametrize(
    ("left", "says"),
    [("none", "left no answer"), ("rubbish", "left what is no answer"), ("list", "left what is no answer")],
)
def test_an_answer_that_is_none_is_told(tmp_path: Path, left: str, says: str) -> None:
    with pytest.raises(ToolFailed, match=says):
        Browser(os.environ).run("tests.checks.browser_rubbish", {"left": left}, folder=tmp_path, seconds=30)


def test_secrets_stand_in_no_argument_and_no_repr(tmp_path: Path) -> None:
    environment = programs(tmp_path / "bin", chromium=f"cat /proc/*/cmdline > {tmp_path}/lines 2>/dev/null; exit 1")
    with Loopback({"/": "x"}) as shop, pytest.raises(ToolFailed):
        job = {"sites": [browser.site(site(shop, headers={"x-ci": "key-of-ours"}))]}
        Browser(environment | {"STAGE_KEY": "key-of-ours"}).run(WORK, job, folder=tmp_path / "a", seconds=60)
    assert b"browser_work" in (tmp_path / "lines").read_bytes()
    assert b"key-of-ours" not in (tmp_path / "lines").read_bytes()
    assert "key-of-ours" not in repr(Browser({"STAGE_KEY": "key-of-ours"}))

"""Flows on small pages of loopback: what each kind of step does, what is said, kept, masked and cleaned up."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.checks.browser import Browser
from maintainer.checks.e2e import E2E
from maintainer.errors import ConfigurationError
from tests.checks.e2e_scene import Seen, check, gone_through, shared, site
from tests.loopback import Loopback, Reply, Request

HTML = {"content-type": "text/html; charset=utf-8"}


def html(body: str, **headers: str) -> Reply:
    return Reply(200, f"<!DOCTYPE html><meta charset=utf-8><title>Shop</title><body>{body}", HTML | headers)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback({"/": html("<h1>Shop</h1>")}) as made:
        yield made


def flow(steps: str, more: str = "", step: str = "2s") -> str:
    return f"verify:\n  flows:\n    - name: flow\n      retries: 0\n      step: {step}\n{more}      steps:\n{steps}"


def gone(server: Loopback, folder: Path, steps: str, more: str = "", step: str = "2s", **environment: str) -> Seen:
    return gone_through(check(flow(steps, more, step), None, **environment), folder, site(server.url))


KINDS = """\
        - open: /form/
        - {fill: "#name", value: "Ada {fresh}"}
        - {select: "#size", value: Large}
        - {tick: "#terms"}
        - {press: Enter, on: "#name"}
        - {expect: {url: /sent/, text: [thank you], no_text: sorry, visible: ["#ok"], hidden: "#bad"}}
        - wait: {visible: "#late", quiet: /slow, for: 1s}
        - frame: iframe
          steps: [{click: button}, {expect: {text: paid inside}}]
        - remember:
            number: {at: "#number", matching: "No. (\\\\d+)"}
            price: {at: "#price", money: true}
            both: {at: ["#nobody", ".part"], money: true, all: true}
            link: {at: "#number", attribute: data-link}
            none: {at: "#nobody", otherwise: "0"}
        - expect: {total: {at: "#total", sum: ["3 x {price}", "1,00 zł"], less: "0.50"}}
        - expect: {same: {none: "0", number: "41", both: 3.75 PLN}}
        - api: POST /api/{link}
          json: '{"number": "{number}", "nested": [1, true]}'
          headers: {X-Token: "{token}"}
          basic_auth: ["{key}", "{secret}"]
          status: 201
          answers: {order.number: "41", order.lines.length: "2", order.lines.0.price: "19.99"}
          keep: {state: order.state}
        - {expect: {same: {state: placed}}}
        - {if: "#nobody", click: "#nobody"}
        - {given: nobody, click: "#nobody"}
        - {only: account, click: "#nobody"}
        - {only: [guest, mobile], click: "#nobody"}
        - {optional: true, click: "#nobody"}
"""
SENT = """<p id=ok>Thank   you</p><p id=number data-link=orders>No. 41</p><p id=price>19,99&nbsp;zł</p>
<b class=part>1,50 zł</b><b class=part>2,25 zł</b><b class=part hidden>4 zł</b>
<p id=total>Razem: 60,47 zł</p><iframe src=/frame/></iframe><script>setTimeout(() => fetch('/slow').then(() =>
document.body.insertAdjacentHTML('beforeend', '<p id=late>late</p>')), 100)</script>"""


def test_every_kind_of_step_does_what_it_says(server: Loopback, tmp_path: Path) -> None:
    order = {"number": 41, "state": "placed", "lines": [{"price": "19.990"}, {}]}
    server.answers |= {
        "/form/": html(
            "<form action=/sent/><input id=name name=name><select id=size name=size><option value=1>Small"
            "<option value=2>Large</select><input type=checkbox id=terms name=terms></form>"
        ),
        "/sent/": html(SENT),
        "/slow": "ok",
        "/frame/": html("<button onclick=\"document.body.innerText = 'Paid inside'\">Pay</button>"),
        "/api/orders": lambda _: Reply(201, {"order": order}),
    }
    more = "      with: {token: t-1}\n      env: {key: KEY, secret: SECRET}\n      locale: pl_PL\n"
    seen = gone(server, tmp_path, KINDS, more, KEY="ck_1", SECRET="cs-secret-1")
    assert seen.said("fail") + seen.said("inconclusive") == []
    assert seen.outcomes() == {"completes": "pass", "total": "pass", "server": "pass"}
    sent = next(request for request in server.requests if request.path == "/sent/")
    assert sent.query.startswith("name=Ada+") and sent.query.endswith("&size=2&terms=on")
    asked = next(request for request in server.requests if request.path == "/api/orders")
    assert json.loads(asked.body) == {"number": "41", "nested": [1, True]}
    assert (asked.method, asked.headers["x-token"]) == ("POST", "t-1")
    assert asked.headers["authorization"] == "Basic Y2tfMTpjcy1zZWNyZXQtMQ=="
    assert "cookie" not in asked.headers


CLEANED = """\
      cleanup:
        - {api: "DELETE /api/order/{fresh}"}
"""


def test_what_it_makes_is_cleaned_up_whatever_became_of_it(server: Loopback, tmp_path: Path) -> None:
    server.answers["/order/"] = html("<p>ordered</p>")
    for steps, outcome in (("{open: /order/}", "pass"), ("{click: '#nobody'}", "fail")):
        server.requests.clear()
        made = check(flow(f"        - {steps}\n", CLEANED))
        server.reply = _deleting(server)  # type: ignore[method-assign]
        seen = gone_through(made, tmp_path, site(server.url))
        assert seen.outcomes() == {"completes": outcome, "cleaned": "pass"}
        (deleted,) = [request for request in server.requests if request.method == "DELETE"]
        assert len(deleted.path.rpartition("/")[2]) == 8


def _deleting(server: Loopback):  # type: ignore[no-untyped-def]
    whole = Loopback.reply

    def reply(request: Request) -> Reply:
        made = whole(server, request)
        return Reply(204) if request.method == "DELETE" else made

    return reply


def test_a_browser_that_dies_leaves_nothing_behind_either(server: Loopback, tmp_path: Path) -> None:
    server.reply = _deleting(server)  # type: ignore[method-assign]
    server.answers["/crash/"] = html("<a href=chrome://crash>go</a>")
    made = check(
        flow("        - {open: /crash/}\n        - {wait: '#never', within: 60s}\n", CLEANED + "      within: 1s\n")
    )
    jobs: list[str] = []

    class Dying(Browser):
        """A browser that dies with the flow, and lives for the cleanup."""

        def run(self, module, job, *, folder, seconds):  # type: ignore[no-untyped-def]
            jobs.append("cleanup" if job.get("only_cleanup") else "flow")
            if jobs[-1] == "flow":
                return super().run("tests.checks.browser_rubbish", {"left": "none"}, folder=folder, seconds=seconds)
            return super().run(module, job, folder=folder, seconds=seconds)

    seen = gone_through(E2E(Dying(made.browser.environment), made.flows), tmp_path, site(server.url))
    assert jobs == ["flow", "cleanup"]
    ((_, _, reason),) = seen.said("inconclusive")
    assert "the browser's program left no answer" in reason
    assert [request.method for request in server.requests if request.path.startswith("/api/")] == ["DELETE"]


def test_a_cleanup_that_fails_is_told_beside_what_passed(server: Loopback, tmp_path: Path) -> None:
    seen = gone(server, tmp_path, "        - {open: /}\n", CLEANED)
    ((rule, _, reason),) = seen.said("fail")
    assert rule == "cleaned"
    assert reason.startswith(
        "what it made is not cleaned up: “api DELETE /api/order/{fresh}” (step 1): DELETE /api/order/"
    )
    assert "should answer below 400, and it answered 404: “not found”" in reason


SAID = {
    "no such path": ("{open: /gone/}", "/gone/ should answer below 400, and it answered 404"),
    "another status": ("{open: /, status: 404}", "/ should answer 404, and it answered 200"),
    "no element": (
        "{click: ['#a', '#b']}",
        "#a (or 1 others) should be there, and it is not; the page shows: “Shop Off Sorry",
    ),
    "disabled": ("{click: '#off'}", "click #off should be possible, and it is disabled"),
    "no text": ("{expect: {text: nothing of it}}", "the page should say “nothing of it”, and it doesn't"),
    "a text": ("{expect: {no_text: Sorry}}", "the page should not say “Sorry”, and it does"),
    "still there": ("{expect: {hidden: '#off'}}", "#off should be gone, and it is still there"),
    "address": ("{expect: {url: /thanks/}}", "the address should have /thanks/ in it, and it is /page/"),
    "no amount": (
        "{expect: {total: {at: '#words', sum: '1'}}}",
        "#words should be an amount, and “Sorry, soon” names no amount",
    ),
    "currency": (
        "{expect: {total: {at: '#euro', sum: '1 USD'}}}",
        "the total should be 1 USD, and it is 1.00 EUR",
    ),
    "variable": ("{fill: '#in', value: '{unknown}'}", "{unknown} should be known, and nothing was remembered as that"),
    "no choice": ("{select: '#choose', value: Huge}", "select #choose should be possible, and it has no such choice"),
    "pattern": (
        "{remember: {a: {at: '#words', matching: '[0-9]+'}}}",
        "a text should match [0-9]+, and it says “Sorry, soon”",
    ),
    "wrong pattern": ("{remember: {a: {at: '#words', matching: '('}}}", "( should be a pattern, and it is none"),
    "wrong selector": ("{click: '##'}", "## should be a selector, and the browser can't read it"),
    "no JSON": ("{api: /page/, keep: {a: b}}", "GET /page/ should answer JSON, and it answered “<!DOCTYPE html>"),
    "a redirect": ("{api: /away/}", "GET /away/ should answer below 400, and it answered 302"),
    "no such place": ("{api: /api/, keep: {a: b.c}}", "the answer should have b.c, and it has no b there"),
    "another value": ("{api: /api/, answers: {a: '2'}}", "a of GET /api/ should be 2, and it is 1"),
}
PAGE = (
    "<h1>Shop</h1><button id=off disabled>Off</button><p id=words>Sorry, soon</p><p id=euro>1,00 €</p><input id=in>"
    "<select id=choose><option>Small</select>"
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each, all seen in one go."""
    flows = "".join(
        f"    - {{name: '{name}', retries: 0, step: 1s, steps: [{{open: /page/, within: 20s}}, {step}]}}\n"
        for name, (step, _) in SAID.items()
    )
    answers = {"/": html("Shop"), "/page/": html(PAGE), "/away/": Reply(302, "", {"location": "/"}), "/api/": {"a": 1}}
    with Loopback(answers) as server, shared() as browser:
        made = check("verify:\n  flows:\n" + flows, browser)
        seen = gone_through(made, tmp_path_factory.mktemp("said"), site(server.url))
    return {where.partition(" on ")[0]: reason for _, where, reason in seen.said("fail")}


@pytest.mark.parametrize("case", SAID)
def test_what_is_wrong_is_said_in_words(said: dict[str, str], case: str) -> None:
    assert SAID[case][1] in said[case]


SECRET = """\
        - open: /login/
        - {fill: "#password", value: "{password}"}
        - {fill: "#shown", value: "{password}"}
        - {click: button}
        - {expect: {text: never}}
"""


def test_secrets_stand_in_no_sentence_screenshot_or_trace(server: Loopback, tmp_path: Path) -> None:
    server.answers |= {
        "/login/": html(
            "<form method=post action=/in/><input type=password id=password name=p><input id=shown name=s><button>in",
            **{"set-cookie": "session=cookie-of-the-site"},
        ),
        "/in/": html("<main>welcome, pass word/1</main>"),
    }
    more = "      env: {password: SHOP_PASSWORD}\n      keep: trace\n"
    made = check(flow(SECRET, more), SHOP_PASSWORD="pass word/1")
    seen = gone_through(made, tmp_path, site(server.url, headers={"X-CI": "key-of-ours-1"}))
    ((_, _, reason),) = seen.said("fail")
    assert "should say “never”" in reason and "welcome, ***" in reason
    assert (
        next(request for request in server.requests if request.path == "/in/").body
        == b"p=pass+word%2F1&s=pass+word%2F1"
    )
    with zipfile.ZipFile(tmp_path / "e2e/flow-on-desktop-as-guest-head-1-trace.zip") as trace:
        whole = b"".join(trace.read(name) for name in trace.namelist())
        assert any(name.endswith(".trace") for name in trace.namelist())
    assert b"/login/" in whole
    for secret in (b"pass word/1", b"pass+word%2F1", b"pass%20word", b"key-of-ours-1", b"cookie-of-the-site"):
        assert secret not in whole
    assert "pass word/1" not in f"{seen}{made}"


def test_a_video_is_kept_when_it_is_wanted_and_can_be_made(server: Loopback, tmp_path: Path) -> None:
    seen = gone(server, tmp_path, "        - {open: /}\n", "      keep: video\n")
    ((_, _, told),) = seen.said("pass")
    kept = tmp_path / "e2e/flow-on-desktop-as-guest-head-1.webm"
    assert kept.exists() or told == "no video is kept: Playwright has no ffmpeg. Run: playwright install ffmpeg"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"/": Reply(401, "who", {"www-authenticate": "Basic"})}, "401"),
        ({"/": Reply(503, "later")}, "503"),
    ],
    ids=["login wall", "down"],
)
def test_a_site_that_lets_nobody_in_is_inconclusive(
    server: Loopback, tmp_path: Path, answers: dict[str, Reply], reason: str
) -> None:
    server.answers |= answers
    seen = gone(server, tmp_path, "        - {open: /}\n")
    ((_, where, said),) = seen.said("inconclusive")
    assert where == "flow on desktop as guest" and reason in said
    assert seen.said("pass") == []


def test_a_site_that_goes_down_meanwhile_is_inconclusive(server: Loopback, tmp_path: Path) -> None:
    def dies(_: Request) -> Reply:
        server.answers["/"] = Reply(503, "down")
        raise ConnectionAbortedError("the site goes down")

    server.answers["/checkout/"] = dies
    seen = gone(server, tmp_path, "        - {open: /checkout/}\n", step="20s")
    ((_, _, reason),) = seen.said("inconclusive")
    assert "503" in reason
    assert seen.said("fail") == []


def test_what_is_not_set_or_given_is_inconclusive_and_says_what_to_write(server: Loopback, tmp_path: Path) -> None:
    made = check(
        "verify:\n  flows:\n    - {name: a, preset: search}\n    - "
        "{name: b, steps: [{open: /}], env: {key: NOBODY_SET}}\n"
        "    - {name: c, steps: [{open: /}], users: account}\n"
        "    - {name: d, preset: oscar, with: {product: /mug/}}\n"
    )
    seen = gone_through(made, tmp_path, site(server.url))
    assert seen.said("inconclusive") == [
        ("looked", "a", "the preset search wants term. Write with: {term: …}"),
        ("looked", "b", "NOBODY_SET is not set. Set that environment variable in the CI"),
        ("looked", "c", "no account is given to log in with. Write env: {user: SHOP_USER, password: SHOP_PASSWORD}"),
        ("looked", "d", "the preset oscar wants staff_user. Write with: {staff_user: …}, or env; or leave"),
    ]
    assert seen.said("pass") == []


def test_without_a_browser_it_is_inconclusive_and_says_how_to_get_one(server: Loopback, tmp_path: Path) -> None:
    made = check(flow("        - {open: /}\n"), PATH=str(tmp_path))
    ((_, _, reason),) = gone_through(made, tmp_path, site(server.url)).said("inconclusive")
    assert reason.startswith("there is no browser. Install Chrome or Chromium, or set CHROME_PATH")


def test_time_that_is_over_is_no_pass(server: Loopback, tmp_path: Path) -> None:
    seen = gone_through(check(flow("        - {open: /}\n")), tmp_path, site(server.url), seconds=5)
    ((_, _, reason),) = seen.said("inconclusive")
    assert reason.startswith("the time was over before it was gone through. Raise verify.within.check")


REFUSED = {
    "two things": ("{open: /, click: a}", "does open and click. A step does one thing"),
    "nothing": ("{name: a}", "does nothing. A step does one thing"),
    "no value": ("{fill: a}", "fill and select want a value"),
    "no method": ("{api: FETCH /}", "is no method"),
    "no path": ("{open: shop}", "is no path"),
    "no JSON": ("{api: POST /, json: '{'}", "is no JSON"),
    "no variable": ("{remember: {A: a}}", "is no name of a variable"),
    "no amount": ("{expect: {total: {sum: '1'}}}", "wants at: a selector"),
    "steps in steps in steps": ("{steps: [{steps: [{open: /}]}]}", "steps"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_is_told(case: str) -> None:
    step, says = REFUSED[case]
    with pytest.raises(ConfigurationError, match=r"maintainer\.yml:\d+:\d+: .*" + says.replace(".", r"\.")):
        check(flow(f"        - {step}\n"))

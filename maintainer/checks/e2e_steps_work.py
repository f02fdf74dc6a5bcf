"""Inside the browser's program: what each kind of step does."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from playwright.sync_api import Error, Locator, TimeoutError

from maintainer.checks.browser_session import DEVICES, Session, Visit
from maintainer.checks.e2e_ask_work import ask
from maintainer.checks.e2e_page_work import PAUSE, UNMOVED, Surface, named
from maintainer.checks.e2e_values import Unmet, added, filled, matched, read_money, shown, total
from maintainer.checks.e2e_watch_work import Watch

Step = Mapping[str, Any]
#: What may be missing is looked for so long: a step that is optional, an amount that is something `otherwise`.
OPTIONAL = 1.0
#: A page that asks its server does so within this of what the customer did; many wait 300 to 500 ms after typing.
MOMENT = 0.6
USERS = frozenset({"guest", "account"})


@dataclass(slots=True)
class Doing:
    """Where a flow stands."""

    session: Session
    visit: Visit
    surface: Surface
    watch: Watch
    job: Mapping[str, Any]
    variables: dict[str, str]
    until: float
    name: str = ""
    key: str = ""
    verb: str = ""
    action: str = ""
    acted: bool = False
    number: int = 0
    kinds: set[str] = field(default_factory=set)
    took: list[tuple[str, float]] = field(default_factory=list)
    cookies: set[str] = field(default_factory=set)
    secret_fields: list[Locator] = field(default_factory=list)

    def fill(self, text: str) -> str:
        return filled(text, self.variables)

    def selectors(self, given: Sequence[str]) -> list[str]:
        return [filled(one, self.variables) for one in given]

    @property
    def secrets(self) -> Sequence[str]:
        return [value for value in self.job["secrets"].values() if value]


def do(doing: Doing, step: Step) -> None:
    """Do one step, or all it holds. Raises Unmet."""
    if not _applies(doing, step):
        return
    verb = next(verb for verb in VERBS if verb in step)
    if verb == "steps":
        _inside(doing, step)
        return
    doing.number += 1
    doing.verb, doing.key = verb, step.get("name") or f"{verb} {step[verb]}"
    doing.name = step.get("name") or _words(verb, step)
    seconds = float(step.get("within", OPTIONAL if _may_lack(step) else doing.job["step_seconds"]))
    began = time.monotonic()
    if began >= doing.until:
        raise Unmet(
            "time", "the flow should be at its end", "its time was over: raise verify.e2e.within, or mend what is slow"
        )
    doing.surface.until = min(doing.until, began + seconds)
    try:
        VERBS[verb](doing, step)
    except Unmet:
        if not step.get("optional"):
            raise
    doing.kinds.add("total" if "total" in step.get("expect", {}) else "server" if verb == "api" else "completes")
    _cookies(doing)
    doing.took.append((doing.name, round(time.monotonic() - began, 3)))


def _may_lack(step: Step) -> bool:
    """Whether what it looks for may be missing."""
    remembered = step.get("remember", {}).values()
    return bool(step.get("optional")) or (bool(remembered) and all("otherwise" in how for how in remembered))


def _applies(doing: Doing, step: Step) -> bool:
    """Whether a step is to be done: for this user and device, with what is given, on what is there."""
    only = set(step.get("only", ()))
    for mine, everyone in ((doing.job["user"], USERS), (doing.job["device"], set(DEVICES))):
        if only & everyone and mine not in only:
            return False
    for name in step.get("given", ()):
        if bool(doing.variables.get(name.removeprefix("!"))) == name.startswith("!"):
            return False
    if "if" in step:
        doing.surface.settle()
        return doing.surface.is_there(doing.selectors(step["if"]))
    return True


def _inside(doing: Doing, step: Step) -> None:
    """Steps that share a condition, or stand in a frame."""
    outer = doing.surface.scope
    if "frame" in step:
        doing.surface.until = min(doing.until, time.monotonic() + float(step.get("within", doing.job["step_seconds"])))
        doing.verb, doing.name, doing.key = "frame", step.get("name") or "the frame", f"frame {step['frame']}"
        found = doing.surface.find(doing.selectors(step["frame"]))
        doing.surface.scope = found.content_frame
    try:
        for one in step["steps"]:
            do(doing, one)
    finally:
        doing.surface.scope = outer


def _words(verb: str, step: Step) -> str:
    given = step[verb]
    what = named(given) if isinstance(given, list) else given if isinstance(given, str) else ", ".join(given)
    return shown(f"{verb} {what}", 80)


def _cookies(doing: Doing) -> None:
    try:
        doing.cookies |= {one.get("name", "") for one in doing.visit.context.cookies()}
    except Error:
        return


def _open(doing: Doing, step: Step) -> None:
    surface, path = doing.surface, doing.fill(step["open"])
    address = path if "://" in path else doing.job["sites"][0]["url"] + path
    doing.watch.mark()
    doing.action, surface.stirred = "", True
    try:
        answer = surface.page.goto(address, wait_until="domcontentloaded", timeout=surface.left())
    except TimeoutError:
        seconds = float(step.get("within", doing.job["step_seconds"]))
        raise Unmet("slow", f"{path} should answer within {seconds:g} s", "it did not") from None
    except Error as error:
        raise Unmet("unreachable", f"{path} should open", shown(error.message.partition("\n")[0])) from None
    status, wanted = answer.status if answer else 200, step.get("status")
    if not (str(status) == wanted if wanted else status < 400):
        raise Unmet("status", f"{path} should answer {wanted or 'below 400'}", f"it answered {status}")
    surface.consent()


def _click(doing: Doing, step: Step) -> None:
    _act(doing, step, "click", lambda found: found.click(timeout=doing.surface.left()))


def _tick(doing: Doing, step: Step) -> None:
    def ticked(found: Locator) -> None:
        while True:
            try:
                return found.check(timeout=doing.surface.left())
            except Error as error:  # a page that draws itself anew meanwhile takes the click for nothing
                if UNMOVED not in error.message or doing.surface.left() < PAUSE:
                    raise
            doing.surface.pause()

    _act(doing, step, "tick", ticked)


def _fill(doing: Doing, step: Step) -> None:
    text = doing.fill(step["value"])
    if any(secret in text for secret in doing.secrets):
        doing.secret_fields.append(doing.surface.find(doing.selectors(step["fill"])))
    _act(doing, step, "fill", lambda found: found.fill(text, timeout=doing.surface.left()))


def _select(doing: Doing, step: Step) -> None:
    text = doing.fill(step["value"])

    def choose(found: Locator) -> None:
        values = found.locator("option").evaluate_all("all => all.map(one => [one.value, one.label])")
        by = "value" if any(value == text for value, _ in values) else "label"
        found.select_option(**{by: text}, timeout=doing.surface.left())  # type: ignore[arg-type]

    _act(doing, step, "select", choose)


def _press(doing: Doing, step: Step) -> None:
    if "on" in step:
        found = doing.surface.find(doing.selectors(step["on"]))
        doing.surface.act("pressing", found, lambda one: one.press(step["press"], timeout=doing.surface.left()))
    else:
        doing.watch.mark()
        doing.surface.stirred = True
        doing.surface.page.keyboard.press(step["press"])
        doing.surface.settle()
    doing.action = f"pressing {step['press']}"


def _act(doing: Doing, step: Step, verb: str, action: Callable[[Locator], object]) -> None:
    found = doing.surface.find(doing.selectors(step[verb]))
    doing.surface.act(f"{verb} {named(step[verb])}", found, action, leads=verb == "click")
    if verb == "click":
        doing.action, doing.acted = doing.name, True


def _wait(doing: Doing, step: Step) -> None:
    wanted = step["wait"]
    if selectors := wanted.get("visible"):
        doing.surface.find(doing.selectors(selectors))
    if selectors := wanted.get("hidden"):
        _hidden(doing, selectors)
    if part := wanted.get("quiet"):
        _quiet(doing, part, float(wanted.get("for", MOMENT)))


def _hidden(doing: Doing, selectors: Sequence[str]) -> None:
    wanted = Unmet("visible", f"{named(selectors)} should be gone", "it is still there")
    doing.surface.until_so(lambda: None if doing.surface.are_gone(doing.selectors(selectors)) else wanted)


def _quiet(doing: Doing, part: str, seconds: float) -> None:
    """Wait until no request to such an address is under way, and none was for so long: typing is debounced."""
    since = time.monotonic()

    def unmet() -> Unmet | None:
        nonlocal since
        if doing.watch.under_way(part):
            since = time.monotonic()
        if time.monotonic() - since > seconds:
            return None
        return Unmet("slow", f"requests to {part} should be answered", "one is still under way")

    doing.surface.until_so(unmet)


def _expect(doing: Doing, step: Step) -> None:
    wanted = step["expect"]
    if "url" in wanted:
        _url(doing, doing.fill(wanted["url"]))
    if "visible" in wanted:
        doing.surface.find(doing.selectors(wanted["visible"]))
    if "hidden" in wanted:
        _hidden(doing, wanted["hidden"])
    for text in wanted.get("text", ()):
        _text(doing, doing.fill(text), there=True)
    for text in wanted.get("no_text", ()):
        _text(doing, doing.fill(text), there=False)
    if "total" in wanted:
        _total(doing, wanted["total"])
    for name, value in wanted.get("same", {}).items():
        seen, hoped = doing.variables.get(name, ""), doing.fill(value)
        if seen != hoped:
            raise Unmet("same", f"{name} should be {hoped}", f"it is {seen}")


def _url(doing: Doing, part: str) -> None:
    def unmet() -> Unmet | None:
        parts = urlsplit(doing.surface.page.url)
        at = parts.path + (f"?{parts.query}" if parts.query else "")
        return None if part in at else Unmet("url", f"the address should have {part} in it", f"it is {shown(at)}")

    doing.surface.until_so(unmet)


def _text(doing: Doing, text: str, *, there: bool) -> None:
    folded = " ".join(text.split()).casefold()

    def unmet() -> Unmet | None:
        seen = doing.surface.text()
        if seen is not None and (folded in " ".join(seen.split()).casefold()) == there:
            return None
        verb = "should say" if there else "should not say"
        return Unmet("text", f"the page {verb} “{shown(text)}”", "it doesn't" if there else "it does")

    doing.surface.until_so(unmet)


def _total(doing: Doing, wanted: Mapping[str, Any]) -> None:
    locale = doing.job["locale"]
    hoped = total(wanted["sum"], wanted.get("less", ()), doing.variables, locale)
    terms = [
        filled(f"{sign}{one}", doing.variables)
        for sign, key in ((" + ", "sum"), (" less ", "less"))
        for one in wanted.get(key, ())
    ]
    how = "".join(one for one in terms if not one.endswith(" 0")).removeprefix(" + ")

    def unmet() -> Unmet | None:
        text = doing.fill(wanted["of"]) if "of" in wanted else _read(doing, wanted)
        seen = read_money(text, locale, wanted["of"] if "of" in wanted else named(wanted["at"]))
        if seen.amount == hoped.amount and (not seen.currency or not hoped.currency or seen.currency == hoped.currency):
            return None
        return Unmet("total", f"the total should be {hoped}{f' ({how})' if how != str(hoped) else ''}", f"it is {seen}")

    if "of" not in wanted:
        doing.surface.until_so(unmet)
    elif wrong := unmet():  # no page changes a variable
        raise wrong


def _remember(doing: Doing, step: Step) -> None:
    for name, how in step["remember"].items():
        try:
            if how.get("money"):
                texts = doing.surface.texts(doing.selectors(how["at"])) if how.get("all") else [_read(doing, how)]
                text = str(added([read_money(one, doing.job["locale"], named(how["at"])) for one in texts]))
            else:
                text = _read(doing, how)
        except Unmet:
            if "otherwise" not in how:
                raise
            text = doing.fill(how["otherwise"])
        doing.variables[name] = " ".join(text.split())


def _read(doing: Doing, how: Mapping[str, Any]) -> str:
    """A text of the page: of an element, of an attribute of it, or of the address."""
    if "of" in how:
        text = doing.surface.page.url
    else:
        found = doing.surface.find(doing.selectors(how["at"]), hidden="attribute" in how)
        if attribute := how.get("attribute"):
            text = found.get_attribute(attribute) or ""
        else:
            text = found.inner_text() or cast(str, found.evaluate("one => one.value || ''"))
    return matched(text, doing.fill(how["matching"])) if "matching" in how else text


def _api(doing: Doing, step: Step) -> None:
    site = doing.job["sites"][0]
    ask(doing.session.playwright, site, step, doing.variables, doing.surface.left())


VERBS: Mapping[str, Callable[[Doing, Step], None]] = {
    "open": _open,
    "click": _click,
    "tick": _tick,
    "fill": _fill,
    "select": _select,
    "press": _press,
    "wait": _wait,
    "expect": _expect,
    "remember": _remember,
    "api": _api,
    "steps": _inside,
}

"""Inside the browser's program: finding what a step means on a page, and acting on it.

A step names several selectors (https://playwright.dev/python/docs/other-locators): the first that is there is taken.
That a later one had to be is told: the page has changed.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import Error, Frame, FrameLocator, Locator, Page, TimeoutError

from maintainer.checks.e2e_values import Unmet, shown
from maintainer.checks.e2e_watch_work import Watch

PAUSE = 50
#: So long the first selector is waited for once another is there.
PATIENCE = 1.0
#: A navigation that an action begins is under way within this, in milliseconds.
BEGINS = 120
#: What Playwright says of a box that does not take a click.
UNMOVED = "did not change its state"
#: Where pages say what is wrong.
NOTICES = (
    "[role=alert], .alert, .woocommerce-error, .woocommerce-NoticeGroup-checkout, .wc-block-components-notice-banner,"
    " .wc-block-components-validation-error, .errorlist, .error-block, .invalid-feedback, .form-error, .error,"
    " .notice-error, #login_error, .errors, .form__message, .stock.out-of-stock, .outofstock, .cart-empty,"
    " #form_error, .wpcf7-response-output"
)
#: The buttons that most banners for cookies have.
CONSENT = (
    "#onetrust-accept-btn-handler, #CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll, .cky-btn-accept,"
    " .cmplz-accept, #cookie_action_close_header, #wt-cli-accept-all-btn, .cc-allow, .cc-dismiss"
)

Scope = Page | Frame | FrameLocator


@dataclass(slots=True)
class Surface:
    """A page, or a frame in it (`scope`), and how long may be waited for things on it (`until`, monotonic).

    It is `stirred` when something was done to it since it was waited for.
    """

    page: Page
    watch: Watch
    scope: Scope
    until: float = 0.0
    rescued: list[dict[str, str]] = field(default_factory=list)
    stirred: bool = True

    def left(self) -> float:
        """Milliseconds, at least one."""
        return max(1.0, (self.until - time.monotonic()) * 1000)

    def find(self, selectors: Sequence[str], *, hidden: bool = False) -> Locator:
        """The first that is visible; with `hidden` that is there at all. Raises Unmet at the end of the time."""
        others_since = 0.0
        while True:
            for index, selector in enumerate(selectors):
                found = self._there(selector, hidden=hidden)
                if found and index:
                    others_since = others_since or time.monotonic()
                    if time.monotonic() - others_since < PATIENCE and self.left() > PAUSE:
                        continue
                    self.rescued.append({"instead_of": selectors[0], "by": selector})
                if found:
                    return found
            if time.monotonic() >= self.until:
                raise Unmet("missing", f"{named(selectors)} should be there", "it is not")
            self.pause()

    def texts(self, selectors: Sequence[str]) -> list[str]:
        """The texts of all that are visible, of the first selector with any. Raises Unmet at the end of the time."""
        self.find(selectors)
        found = (self.scope.locator(one).filter(visible=True).all_inner_texts() for one in selectors)
        return next(filter(None, found), [])

    def is_there(self, selectors: Sequence[str]) -> bool:
        """Whether any is visible now."""
        return any(self._there(selector) for selector in selectors)

    def are_gone(self, selectors: Sequence[str]) -> bool:
        """Whether none is visible now; a page that can't be read now, such as one on its way to another, is no yes."""
        try:
            return not any(self.scope.locator(one).filter(visible=True).count() for one in selectors)
        except Error:
            return False

    def _there(self, selector: str, *, hidden: bool = False) -> Locator | None:
        try:
            found = self.scope.locator(selector)
            for index in range(min(found.count(), 20)):
                one = found.nth(index)
                if hidden or one.is_visible():
                    return one
        except TimeoutError:
            return None
        except Error as error:
            if "selector" in error.message and ("pars" in error.message or "Unknown engine" in error.message):
                raise Unmet("selector", f"{selector} should be a selector", "the browser can't read it") from None
        return None

    def until_so(self, seen: Callable[[], Unmet | None]) -> None:
        """Wait until nothing is unmet. Raises the last Unmet at the end of the time."""
        while unmet := seen():
            if time.monotonic() >= self.until:
                raise unmet
            self.pause()

    def pause(self) -> None:
        self.page.wait_for_timeout(PAUSE)

    def act(self, what: str, found: Locator, action: Callable[[Locator], object], *, leads: bool = True) -> None:
        """Do something to it, and wait for where that `leads`. Raises Unmet with why it can't be done."""
        self.watch.mark()
        self.stirred = True
        try:
            action(found)
        except TimeoutError as error:
            if "action done" in error.message:
                raise Unmet("slow", f"{what} should lead on in time", "the next page is not there yet") from None
            raise Unmet("blocked", f"{what} should be possible", _why(error.message)) from None
        except Error as error:
            said = "it stays as it is" if UNMOVED in error.message else shown(error.message)
            raise Unmet("blocked", f"{what} should be possible", said) from None
        if leads:
            self.settle()

    def settle(self) -> None:
        """Wait for a navigation that has begun, not for one that may come; where nothing was `stirred`, none has."""
        if self.stirred:
            self.page.wait_for_timeout(BEGINS)
        self.stirred = False
        while self.watch.navigating(self.page):
            if time.monotonic() >= self.until:
                raise Unmet("slow", "the next page should come in time", "it is not there yet")
            self.pause()
        try:
            self.page.wait_for_load_state("domcontentloaded", timeout=self.left())
        except Error:
            return  # what is waited for next says so

    def consent(self) -> None:
        """Close a banner for cookies, which would cover what is to be clicked."""
        if found := self._there(CONSENT):
            with suppress(Error):
                found.click(timeout=1000)

    def notices(self) -> list[str]:
        """What the page says is wrong, as it is shown."""
        try:
            texts = self.page.locator(NOTICES).filter(visible=True).all_inner_texts()
        except Error:
            return []
        lines = [shown(text) for text in texts if text.strip()]
        return list(dict.fromkeys(lines))[:3]

    def gist(self) -> str:
        """What the page is about, in a line."""
        for selector in ("main", "[role=main]", "#content_inner", "#content", ".entry-content", "body"):
            if found := self._there(selector):
                try:
                    return shown(found.inner_text(timeout=1000), 160)
                except Error:
                    return ""
        return ""

    def text(self) -> str | None:
        """All that is shown; None where it can't be read now."""
        try:
            return self.scope.locator("body").first.inner_text(timeout=min(self.left(), 2000))
        except Error:
            return None


def named(selectors: Sequence[str]) -> str:
    """Selectors as a sentence names them."""
    return selectors[0] if len(selectors) == 1 else f"{selectors[0]} (or {len(selectors) - 1} others)"


def _why(log: str) -> str:
    """Playwright's log of an action that did not come about, in words."""
    if covered := re.search(r"<(\w[^>]{0,120})[^\n]{0,200}intercepts pointer events", log):
        return f"<{covered[1]}> lies over it"
    for sign, words in (
        ("not enabled", "it is disabled"),
        ("not visible", "it is not visible"),
        ("not stable", "it does not come to rest"),
        ("not editable", "it can't be written to"),
        ("did not find some options", "it has no such choice"),
        ("outside of the viewport", "it is outside of the page"),
    ):
        if sign in log:
            return words
    return "nothing came of it in time"

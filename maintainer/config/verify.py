"""The key `verify`: which checks look, at which pages, and how much they may ask of the site."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from maintainer.config.budgets import Budget, Lighthouse
from maintainer.config.environments import PagePath, Seconds, Status
from maintainer.config.fields import Globs, Paths, Section, Texts, described, listed, read
from maintainer.config.flows import Flow, Program
from maintainer.config.integrations import Integration
from maintainer.config.load_test import LoadTest
from maintainer.config.security import Security
from maintainer.config.smoke import Smoke
from maintainer.config.spelling import quoted
from maintainer.config.visual import Visual
from maintainer.evidence import Page

#: Names of checks; tests keep them the same as `catalog.py`.
Check = Literal["smoke", "integrations", "security", "e2e", "visual", "lighthouse", "load"]
CHECKS: tuple[str, ...] = get_args(Check)

Checks = Annotated[tuple[Check, ...], BeforeValidator(listed, json_schema_input_type=Check | list[Check])]


def bound(text: str) -> int:
    """A whole number, 1 to 10000."""
    if not (text.isascii() and text.isdigit()) or text[0] == "0" or int(text[:6]) > 10_000:
        raise ValueError(f"{quoted(text)} is no number from 1 to 10000. Write 40.")
    return int(text)


Bound = Annotated[int, read(bound), described(type="integer", minimum=1, maximum=10_000)]


class Wanted(Section):
    """A page that is looked at, and what must be true of it."""

    path: Annotated[PagePath, Field(description="Its path, with its query.")]
    status: Annotated[Status | None, Field(description="What it must answer; anything below 400 otherwise.")] = None
    must: Annotated[Texts, Field(description="Texts that stand on it.")] = ()
    must_not: Annotated[Texts, Field(description="Texts that don't.")] = ()

    def page(self) -> Page:
        """The page as checks know it."""
        return Page(self.path, self.status, self.must, self.must_not)


def _named(given: Any) -> Any:
    """`- /shop/` is a page at that path."""
    return {"path": given} if isinstance(given, str) else given


Pages = tuple[Annotated[Wanted, BeforeValidator(_named, json_schema_input_type=str | Wanted)], ...]


class Bounds(Section):
    """How much is asked of the site at most."""

    pages: Annotated[Bound, Field(description="Pages that are looked at, those that are named here first.")] = 40
    links: Annotated[Bound, Field(description="Links and assets of these pages that are asked for.")] = 400
    at_once: Annotated[Bound, Field(description="Requests at a time.")] = 4
    kilobytes: Annotated[Bound, Field(description="What is read of one answer.")] = 2048


class Within(Section):
    """How long looking may take."""

    request: Annotated[Seconds, Field(description="One request, to its last byte.")] = 20.0
    check: Annotated[Seconds, Field(description="One check.")] = 600.0
    all: Annotated[Seconds, Field(description="All checks together.")] = 3600.0


class Touched(Section):
    """Files, and the checks that a change of them needs."""

    paths: Annotated[Paths, Field(min_length=1, description="Globs of paths from the repository's root.")]
    checks: Annotated[Checks, Field(description="The checks that look then; empty: none.")] = ()


class Verify(Section):
    """What is looked at before a person merges."""

    pages: Annotated[Pages, Field(description="Pages beside those the sitemap and the platform name.")] = ()
    only: Annotated[Checks, Field(description="Only these checks; empty: all.")] = ()
    skip: Annotated[Checks, Field(description="All checks but these, where only names none.")] = ()
    smoke: Annotated[Smoke, Field(description="Whether smoke opens pages in a browser, signs in, and reads logs.")] = (
        Smoke.model_construct()
    )
    flows: Annotated[
        tuple[Flow, ...], Field(description="What customers do, from the product to the order; by name.")
    ] = ()
    browser_tests: Annotated[
        Program | None, Field(description="The site's own tests in a browser, such as Playwright's.")
    ] = None
    budgets: Annotated[
        tuple[Budget, ...], Field(description="What pages may weigh and how long they may take, beside what is usual.")
    ] = ()
    lighthouse: Annotated[Lighthouse, Field(description="How the budgets are measured, and how often.")] = Lighthouse()
    visual: Annotated[Visual, Field(description="How pages are compared, what is left out, and what was approved.")] = (
        Visual.model_construct()
    )
    load: Annotated[LoadTest, Field(description="Who comes to the shop, how many, and what must hold then.")] = (
        LoadTest.model_construct()
    )
    integrations: Annotated[
        tuple[Integration, ...], Field(description="Feeds, webhooks and systems around the shop; by name.")
    ] = ()
    security: Annotated[Security, Field(description="What nobody should be able to read.")] = Security()
    production: Annotated[
        Checks, Field(description="Checks that write, pay or load and may do so where customers buy; none otherwise.")
    ] = ()
    changed: Annotated[
        tuple[Touched, ...],
        Field(
            description="Which checks --changed chooses, after the usual rules: the last that matches a file counts."
        ),
    ] = ()
    purchase_path: Annotated[
        Globs, Field(description="Plugins that --changed runs the checkout for, beside those it knows.")
    ] = ()
    bounds: Annotated[Bounds, Field(description="How much it may ask of the site.")] = Bounds()
    within: Annotated[Within, Field(description="How long it may take.")] = Within()

    def looks(self, check: str) -> bool:
        """Whether a check is chosen: what `only` names is, whatever a policy skips."""
        return check in self.only if self.only else check not in self.skip

"""The key `verify.visual`: how pages are compared before and with a change, what is left out, what was approved."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from maintainer.config.budgets import Devices
from maintainer.config.environments import Seconds
from maintainer.config.fields import Day, Flag, Paths, Section, Text, Texts, described, read
from maintainer.config.spelling import quoted
from maintainer.policy import visual_exceptions

SHARE = re.compile(r"(\d{1,2}) ?%", re.ASCII)


def share(text: str) -> float:
    """A share of a page, 1 to 99 percent."""
    match = SHARE.fullmatch(text)
    if match is None or match[1].lstrip("0") == "":
        raise ValueError(f"{quoted(text)} is no share from 1% to 99%. Write 30%.")
    return int(match[1]) / 100


def pixels(text: str) -> int:
    """A distance on a page."""
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 30_000:
        raise ValueError(f"{quoted(text)} is no number of pixels up to 30000. Write 640.")
    return int(text)


def digest(text: str) -> str:
    """The name of a difference, as a verdict tells it."""
    if not re.fullmatch(r"[0-9a-f]{12}", text, re.ASCII):
        raise ValueError(f"{quoted(text)} is no digest. Copy the twelve letters and digits in brackets of the verdict.")
    return text


Share = Annotated[float, read(share), described(type="string", pattern=r"^\d{1,2} ?%$", examples=["30%"])]
Pixels = Annotated[int, read(pixels), described(type="integer", minimum=0, maximum=30_000)]
Digest = Annotated[str, read(digest), described(type="string", pattern="^[0-9a-f]{12}$", examples=["1a2b3c4d5e6f"])]


class Rectangle(Section):
    """A part of a page, in pixels from its upper left corner."""

    left: Annotated[Pixels, Field(description="From the left edge.")] = 0
    top: Annotated[Pixels, Field(description="From the top.")] = 0
    width: Annotated[Pixels, Field(description="How wide.")]
    height: Annotated[Pixels, Field(description="How tall.")]


class Mask(Section):
    """A part of pages that isn't compared, who answers for that, and how long."""

    selector: Annotated[Text | None, Field(description="A selector of CSS: all that it matches.")] = None
    rectangle: Annotated[Rectangle | None, Field(description="Or a part of the page.")] = None
    pages: Annotated[Paths, Field(description="Globs over paths of pages; empty: all.")] = ()
    devices: Annotated[Devices, Field(description="On which devices; empty: on all.")] = ()
    owner: Annotated[Text, Field(description="Who answers for it.")]
    until: Annotated[Day, Field(description="Its last day; from then on it is told, and compared again.")]
    reason: Annotated[str, Field(max_length=500, description="Why.")] = ""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if (self.selector is None) == (self.rectangle is None):
            raise ValueError("wants either a selector or a rectangle.")
        return self

    def mask(self) -> visual_exceptions.Mask:
        """The mask as policy knows it."""
        there = self.rectangle
        edges = (there.left, there.top, there.left + there.width, there.top + there.height) if there else None
        return visual_exceptions.Mask(self.selector, edges, self.pages, self.devices, self.owner, self.until)


class Approval(Section):
    """A difference that a person has seen and wants."""

    digest: Annotated[Digest, Field(description="Which one, as the verdict names it.")]
    pages: Annotated[Paths, Field(description="Globs over paths of pages; empty: wherever it is.")] = ()
    devices: Annotated[Devices, Field(description="On which devices; empty: on all.")] = ()
    by: Annotated[Text, Field(description="Who has seen it.")]
    until: Annotated[Day, Field(description="Its last day.")]
    reason: Annotated[str, Field(max_length=500, description="Why it is wanted.")] = ""

    def approval(self) -> visual_exceptions.Approval:
        """The approval as policy knows it."""
        return visual_exceptions.Approval(self.digest, self.pages, self.devices, self.by, self.until)


class Visual(Section):
    """How pages are looked at before and with the change."""

    devices: Annotated[Devices, Field(min_length=1, description="Which devices are played.")] = ("desktop", "mobile")
    click: Annotated[Texts, Field(description="Selectors of what is clicked first, such as a refusal of cookies.")] = ()
    hide: Annotated[Texts, Field(description="Selectors of what is taken away, such as a chat or a cookie bar.")] = ()
    masks: Annotated[tuple[Mask, ...], Field(description="Parts of pages that aren't compared.")] = ()
    approved: Annotated[tuple[Approval, ...], Field(description="Differences that are wanted.")] = ()
    most_masked: Annotated[
        Share, Field(description="Where more of a page moves by itself or is masked, nothing is said of it.")
    ] = 0.3
    tallest: Annotated[Pixels, Field(ge=100, description="How much of a page is compared, from its top.")] = 10_000
    settle: Annotated[Seconds, Field(description="How long a page may take to come to rest.")] = 15.0
    fixed: Annotated[
        Flag, Field(description="Whether scripts of a page get the same time and random numbers in each shot.")
    ] = True

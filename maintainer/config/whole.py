"""The whole of `maintainer.yml`: the settings, and the keys that finding updates does without."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from maintainer.config import freeze
from maintainer.config.budgets import Budget
from maintainer.config.environments import Environments
from maintainer.config.load_test import Rate
from maintainer.config.release import Changelog, Release
from maintainer.config.settings import Settings
from maintainer.config.verify import Verify


class Campaign(freeze.Campaign):
    """Days that pay the year's bills: nothing moves around them, and the site is made ready for who comes."""

    peak: Annotated[Rate | None, Field(description="Visitors that arrive at its peak: what verify.load loads.")] = None
    budgets: Annotated[
        tuple[Budget, ...], Field(description="Budgets beside verify.budgets, as those, until it is over.")
    ] = ()


# Apart from `Settings`, as reading these keys takes longer than reading all others.
class Whole(Settings):
    """What a site says of itself, and of what it wants."""

    environments: Annotated[
        Environments, Field(description="Where a proposal can be looked at, and the same site before it.")
    ] = Environments.model_construct()
    campaigns: Annotated[
        tuple[Campaign, ...], Field(description="Days for which the site is made ready and left alone; by name.")
    ] = ()
    verify: Annotated[Verify, Field(description="Which checks look, and where.")] = Verify.model_construct()
    changelog: Annotated[Changelog, Field(description="What CHANGELOG.md tells, and where it is.")] = (
        Changelog.model_construct()
    )
    release: Annotated[Release, Field(description="How a release is named, made and told of.")] = (
        Release.model_construct()
    )

    @model_validator(mode="after")
    def _a_peak_can_be_reached(self) -> Self:
        for index, one in enumerate(self.campaigns):
            if one.peak and not self.verify.load.wanted:
                raise ValueError(
                    f"campaigns[{index}].peak: nothing loads the site. Give verify.load a preset or journeys, or leave "
                    "peak out."
                )
        return self

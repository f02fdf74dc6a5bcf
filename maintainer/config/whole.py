"""The whole of `maintainer.yml`: the settings, and the keys that only looking at a site goes by."""

from typing import Annotated

from pydantic import Field

from maintainer.config.environments import Environments
from maintainer.config.settings import Settings
from maintainer.config.verify import Verify


class Whole(Settings):
    """Apart from `Settings`, as reading these keys takes longer than reading all others."""

    environments: Annotated[
        Environments, Field(description="Where a proposal can be looked at, and the same site before it.")
    ] = Environments.model_construct()
    verify: Annotated[Verify, Field(description="Which checks look, and where.")] = Verify.model_construct()

"""The key `verify.security`: what nobody should be able to read, beside what never should."""

from typing import Annotated

from pydantic import Field

from maintainer.config.environments import PagePath
from maintainer.config.fields import Section


class Security(Section):
    """How security is looked at."""

    private: Annotated[
        tuple[PagePath, ...], Field(description="Paths that nobody should be able to read without signing in.")
    ] = ()

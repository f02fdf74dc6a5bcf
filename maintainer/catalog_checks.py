"""The checks of `verify`, apart from the catalog: a plan has no use for them, and should not wait for them."""

from maintainer.checks import smoke
from maintainer.checks.base import Check
from maintainer.checks.lighthouse import Lighthouse
from maintainer.checks.lighthouse_program import Program

#: In the order they look: what is quick and quiet first, what loads the site last.
CHECKS: dict[str, Check] = {"smoke": smoke, "lighthouse": Lighthouse(Program({}))}

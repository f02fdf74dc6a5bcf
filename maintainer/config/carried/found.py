"""The configurations of other bots in a repository, and budgets that other tools were told, carried over together.

found(paths, read) -> Carried
bots(carried)      -> the files among them that make another bot propose
"""

from collections.abc import Callable, Collection

from maintainer.config.carried import dependabot, found_budgets, renovate
from maintainer.config.carried.carried import Carried, combined, part


def found(paths: Collection[str], read: Callable[[str], str]) -> Carried:
    """What the first Renovate and the first Dependabot configuration among `paths` say, and the files of budgets.

    `read` gives a file's text. A file that can't be read is listed with its mistake.
    """
    parts = [_renovate(paths, read), _dependabot(paths, read), *found_budgets.found(paths, read)]
    return combined([one for one in parts if one is not None])


def bots(carried: Carried) -> tuple[str, ...]:
    """The files that Renovate and Dependabot go by; of the others nobody proposes anything."""
    return tuple(file for file in carried.files if file in (*renovate.FILES, *dependabot.FILES))


def _renovate(paths: Collection[str], read: Callable[[str], str]) -> Carried | None:
    for file in renovate.FILES:
        if file not in paths:
            continue
        text = read(file)
        if file == "package.json" and '"renovate"' not in text:
            continue
        if (carried := part(renovate.carry, text, file)) is not None:
            return carried
    return None


def _dependabot(paths: Collection[str], read: Callable[[str], str]) -> Carried | None:
    return next((part(dependabot.carry, read(file), file) for file in dependabot.FILES if file in paths), None)

"""The configurations of other bots in a repository, carried over together.

found(paths, read) -> Carried
"""

from collections.abc import Callable, Collection

from maintainer.config.carried import dependabot, renovate
from maintainer.config.carried.carried import Carried, NotCarried, combined
from maintainer.errors import ConfigurationError


def found(paths: Collection[str], read: Callable[[str], str]) -> Carried:
    """What the first Renovate and the first Dependabot configuration among `paths` say.

    `read` gives a file's text. A file that can't be read is listed with its mistake.
    """
    parts = [_renovate(paths, read), _dependabot(paths, read)]
    return combined([part for part in parts if part is not None])


def _renovate(paths: Collection[str], read: Callable[[str], str]) -> Carried | None:
    for file in renovate.FILES:
        if file not in paths:
            continue
        text = read(file)
        if file == "package.json" and '"renovate"' not in text:
            continue
        if (carried := _carried(renovate.carry, text, file)) is not None:
            return carried
    return None


def _dependabot(paths: Collection[str], read: Callable[[str], str]) -> Carried | None:
    return next((_carried(dependabot.carry, read(file), file) for file in dependabot.FILES if file in paths), None)


def _carried(carry: Callable[[str, str], Carried | None], text: str, file: str) -> Carried | None:
    try:
        return carry(text, file)
    except ConfigurationError as error:
        why = error.message.removeprefix(f"{file}:").strip()
        mistake = NotCarried(file, "", "the whole file", why, "Mend it and run `maintainer init` again.")
        return Carried((file,), not_carried=(mistake,))

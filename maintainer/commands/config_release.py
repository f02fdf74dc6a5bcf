"""What the keys `changelog` and `release` name, looked for in the checkout: languages, a logo, folders and files."""

from collections.abc import Callable, Iterator
from pathlib import Path as Folder

from maintainer.commands.changelog_files import folder, open_file
from maintainer.config.load import Config
from maintainer.config.spelling import nearest, quoted
from maintainer.config.validation import find, refuse
from maintainer.config.yaml_file import Path, dotted
from maintainer.errors import ConfigurationError, Unreadable
from maintainer.workspace.checkout import Checkout
from maintainer.writers import notes_brand
from maintainer.writers.words import languages


def look(config: Config, root: Folder) -> None:
    """Raise ConfigurationError with a line for each that isn't there or can't be used.

    `root` is the folder of the repository; nothing outside of it is looked at.
    """
    mistakes = []
    for path, sentence in _missing(config, Checkout(root, None, {})):
        found, _, at = find(config.tree, path)
        mistakes.append((at, f"{dotted(found)}: {sentence}"))
    refuse(mistakes)


def _missing(config: Config, checkout: Checkout) -> Iterator[tuple[Path, str]]:
    """The path of a key, and what is wrong with what it names."""
    changelog, release = config.whole.changelog, config.whole.release
    for index, language in enumerate(release.notes.languages):
        if language not in languages():
            near, allowed = nearest(language, languages()), ", ".join(languages())
            sentence = f"there is no catalogue for {quoted(language)}.{near} Allowed: {allowed}."
            yield ("release", "notes", "languages", index), sentence
    if logo := release.notes.brand.logo:
        try:
            notes_brand.logo(checkout.read(logo))
        except Unreadable as error:
            yield ("release", "notes", "brand", "logo"), f"{error} Put a PNG, JPEG or WebP there, or name another file."
        except ConfigurationError as error:
            yield ("release", "notes", "brand", "logo"), error.message.removeprefix("brand.logo: ")
    for index, stated in enumerate(release.files):
        try:
            checkout.read(stated.path)
        except Unreadable as error:
            yield ("release", "files", index, "path"), f"{error} Name a file that states the version."
    yield from _unusable(("changelog", "file"), open_file, checkout, changelog.file)
    for index, one in enumerate(changelog.packages):
        here: Path = ("changelog", "packages", index)
        yield from _unusable((*here, "path"), folder, checkout, one.path)
        if one.file:
            yield from _unusable((*here, "file"), open_file, checkout, one.file)


def _unusable(
    key: Path, open_it: Callable[[Checkout, str], object], checkout: Checkout, path: str
) -> Iterator[tuple[Path, str]]:
    try:
        open_it(checkout, path)
    except (ConfigurationError, Unreadable) as error:
        yield key, error.message

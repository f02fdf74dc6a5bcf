"""`.php-version`: the PHP of phpenv, phpbrew, the Symfony CLI and setup-php's `php-version-file`."""

from collections.abc import Sequence

from maintainer.model import Found, Manifest, Span, Step, Update
from maintainer.text import edits, runtime

NAME = "php_version"
FILES: tuple[str, ...] = ("**/.php-version",)
BESIDE: tuple[str, ...] = ()


def extract(manifest: Manifest) -> Sequence[Found]:
    """The first version in the file. Raises `errors.Unreadable`."""
    start, end = runtime.first_word(manifest)
    if manifest.text.startswith("php-", start):
        start += len("php-")
    found = runtime.stated(NAME, manifest, "php", Span(start, end))
    return (found,) if found else ()


def steps(manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
    return edits.replacements(updates)

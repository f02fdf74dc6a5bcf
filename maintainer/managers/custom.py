"""The configured manager: a regular expression that says where a version stands in files nobody else reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from maintainer.errors import ConfigurationError, Unreadable
from maintainer.model import Dependency, Found, Manifest, Source, Span, Step, Update
from maintainer.text import edits

#: Characters of a file that are searched. `re` has no time limit, and a pattern can be quadratic in the text.
LIMIT: Final = 1_000_000

_GROUPS: Final = frozenset({"version", "package", "datasource", "scheme"})
_ATOM: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_POSSESSIVE: Final = re.compile(r".(?:[*+?]|\{\d*,?\d*\})\+", re.DOTALL)
_GROUP: Final = re.compile(r"\((\?>|\?P?[<=!:][=!]?(?:\w+>)?|\?[a-z-]+:)?([^()]*)\)((?:[*+]|\{\d*,\})(?!\+))?")
_REPEATED: Final = re.compile(r".(?:[*+?]|\{\d*,?\d*\})\??", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Custom:
    """A Manager made of what `updates.custom` says.

    `pattern` is in Python's syntax, multi-line (`^` and `$` are a line's); its group `version` is the place, the groups
    `package`, `datasource` and `scheme` stand for the fields of these names wherever they match.
    Raises `errors.ConfigurationError` for a pattern that can't be used.
    """

    name: str
    files: tuple[str, ...]
    pattern: str
    package: str = ""
    datasource: str = ""
    scheme: str = ""
    registries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        groups = compiled(self.pattern).groupindex
        if "version" not in groups:
            raise ConfigurationError(f"{self.name}: the pattern needs a group (?P<version>...).")
        if unknown := sorted(set(groups) - _GROUPS):
            raise ConfigurationError(
                f"{self.name}: the pattern's group {unknown[0]!r} means nothing; use {', '.join(sorted(_GROUPS))}."
            )
        for field in ("package", "datasource", "scheme"):
            if not getattr(self, field) and field not in groups:
                raise ConfigurationError(f"{self.name}: give {field!r}, as a key or as a group (?P<{field}>...).")

    @property
    def FILES(self) -> tuple[str, ...]:  # noqa: N802 - as a module's constant
        return self.files

    @property
    def BESIDE(self) -> tuple[str, ...]:  # noqa: N802
        return ()

    def extract(self, manifest: Manifest) -> Sequence[Found]:
        """Every place where the pattern matches a version; raises `errors.Unreadable` for a file over `LIMIT`."""
        if len(manifest.text) > LIMIT:
            raise Unreadable(f"over {LIMIT:,} characters, too large for the custom manager {self.name}")
        found = (self._dependency(manifest, match) for match in compiled(self.pattern).finditer(manifest.text))
        return [dependency for dependency in found if dependency]

    def steps(self, manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:  # noqa: ARG002
        return edits.replacements(updates)

    def _dependency(self, manifest: Manifest, match: re.Match[str]) -> Dependency | None:
        said = match.groupdict()
        package = said.get("package") or self.package
        datasource = said.get("datasource") or self.datasource
        scheme = said.get("scheme") or self.scheme
        version = said["version"]
        if not (version and package and datasource and scheme):
            return None
        return Dependency(
            manager=self.name,
            file=manifest.path,
            name=package,
            source=Source(datasource, package, self.registries),
            scheme=scheme,
            at=Span(*match.span("version")),
            text=version,
            constraint=version,
            current=version,
        )


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search; raises `errors.ConfigurationError` for one that is malformed or exponential."""
    try:
        found = re.compile(pattern, re.MULTILINE)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigurationError(f"the pattern is no regular expression: {error}.") from None
    if _is_exponential(pattern):
        raise ConfigurationError(
            "the pattern repeats a group of nothing but repetitions, like (a+)+, which can take forever: "
            "let each round of the group begin with what its other parts can't match, as in a+(?:-a+)*."
        )
    return found


def _is_exponential(pattern: str) -> bool:
    """Whether it has the best known kind of catastrophe, `(a+)+` or `(a*b?)*`; others (`(a|a)*`) are not looked for."""
    text = _POSSESSIVE.sub("x", _ATOM.sub("x", pattern))
    while found := _GROUP.search(text):
        kind, body, repeated = found.groups()
        alternatives = body.split("|")
        if repeated and kind != "?>" and any(one and not _REPEATED.sub("", one) for one in alternatives):
            return True
        text = f"{text[: found.start()]}x{repeated or ''}{text[found.end() :]}"
    return False

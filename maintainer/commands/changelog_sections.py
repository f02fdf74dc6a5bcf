"""What the sections of a changelog were told of, and since when the next one tells.

A section that has a version remembers up to which commit it was told: that of its release's proposal. What came between
that and its merge is in the release, and so is put into its section. What comes next is told since that release, or
since the pre-release that has the newest section. The release after pre-releases tells all since the last one that is
none: https://github.com/eslint/eslint-release/pull/37 says why.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from zoneinfo import ZoneInfo

from maintainer.commands.changelog_files import Package
from maintainer.commands.release_teller import Teller, Told
from maintainer.config.release import Changelog as Wanted
from maintainer.text.changelog_names import Kind
from maintainer.text.keep_a_changelog import Changelog, Section, read
from maintainer.writers.changelog import TYPES, Line, lines
from maintainer.writers.changelog_gathered import gathered
from maintainer.writers.changelog_keep import Kept, inserted
from maintainer.writers.words import Words


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a package: what changed a file in its folder, of the whole repository what changed one outside of
    all `folders`, which are those of packages."""

    teller: Teller
    package: Package
    folders: tuple[str, ...]

    def told(self, base: str, until: str) -> Told:
        under = [self.package.path] if self.package.path else ()
        return self.teller.told(base, until, under=under, outside=self.folders)

    def lines(self, found: Told) -> tuple[Line, ...]:
        wanted, changed = self.teller.changelog, found.changed
        return lines(
            changed.entries, found.moved, words=self.words, types=types(wanted), development=wanted.development
        )

    def between(self, base: str, until: str) -> tuple[Line, ...]:
        return self.lines(self.told(base, until))

    @property
    def words(self) -> Words:
        return words_of(self.teller)

    def has(self, commit: str, head: str) -> bool:
        """Whether a commit is here, and `head` has it."""
        git = self.teller.scene.git
        return bool(commit and head and git.commit(commit)) and git.is_ancestor(commit, head)


@dataclass(frozen=True, slots=True)
class Begun:
    """The file before what is new is put in: `kept` is what was put into a section that has a version already.

    All is told since `tag`, empty for the whole history. `told` are the commits up to which it was told before, oldest
    first: the first is where it begins.
    """

    kept: Kept
    tag: str
    told: tuple[str, ...]

    @property
    def base(self) -> str:
        return self.told[0]

    def then(self, telling: Telling, now: tuple[Line, ...], up_to: str) -> tuple[Line, ...] | None:
        """All that was told, as it was told each time; None where it never was.

        `now` is what is told since the base, and nothing of that came after `up_to`: what was told up to there is the
        same, and not worked out again.
        """
        if len(self.told) == 1:
            return None
        if self.told[1:] == (up_to,) and (not self.base or telling.has(self.base, up_to)):
            return now
        return tuple(line for pair in pairwise(self.told) for line in telling.between(*pair))

    def also(self, kept: Kept) -> Kept:
        """What was done in all."""
        return replace(
            kept,
            added=self.kept.added + kept.added,
            removed=self.kept.removed + kept.removed,
            left=self.kept.left + kept.left,
        )


def begun(telling: Telling, text: str, head: str, *, since: str = "", final: bool = False) -> Begun:
    """What the file `text` tells up to the commit `head`, with the newest release's section as it has to be.

    `since` is a commit to begin at instead. `final`: a release that is no pre-release is about to be made, so what its
    pre-releases told is copied into what isn't released.
    """
    changelog, kept, parts = read(text), Kept(text), list[str]()
    tag, base = (since, since) if since else _since(telling, changelog, head)
    if not since:
        kept = _released(telling, changelog, tag)
    if not since and (final or kept.text != text):
        changelog = read(kept.text)
        tag, base = _since(telling, changelog, head, stable=final)
    if final:
        before = [one for one in _prereleases(telling, changelog) if _is_after(telling, one.version, tag)]
        parts = [_mark(changelog, one) for one in reversed(before)]
        if before:
            kept = replace(kept, text=gathered(kept.text, [one.version for one in before], telling.words))
    parts.append(_mark(changelog, changelog.unreleased))
    return Begun(kept, tag, (base, *(one for one in parts if telling.has(one, head))))


def _since(
    telling: Telling, changelog: Changelog, head: str, *, below: str = "", stable: bool = False
) -> tuple[str, str]:
    """The tag of the release before, and up to which commit it is told."""
    teller, rule = telling.teller, telling.package.rule
    before = (one.version for one in _prereleases(telling, changelog) if not below or _is_before(telling, one, below))
    tag = rule.tagged(version) if not stable and (version := next(before, "")) else ""
    commit = teller.tags.commits([tag]).get(tag, "") if tag else ""
    if not telling.has(commit, head):
        tag, commit = teller.last(head, rule=rule, below=below, stable=True)
    mark = _mark(changelog, changelog.released(rule.named(tag))) if tag else ""
    return tag, mark if telling.has(mark, commit) else commit


def _released(telling: Telling, changelog: Changelog, tag: str) -> Kept:
    """The file with all of the release of a tag in its section."""
    version = telling.package.rule.named(tag)
    commit = telling.teller.tags.commits([tag]).get(tag, "") if version else ""
    return completed(telling, changelog, version, commit) if commit else Kept(changelog.text)


def completed(telling: Telling, changelog: Changelog, version: str, commit: str) -> Kept:
    """The file with what a version has at a commit, and came after its section was told."""
    mark = _mark(changelog, changelog.released(version))
    if mark == commit or not telling.has(mark, commit) or not telling.between(mark, commit):
        return Kept(changelog.text)
    stable = not telling.package.rule.is_prerelease(version)
    _, base = _since(telling, changelog, commit, below=version, stable=stable)
    now, then = telling.between(base, commit), telling.between(base, mark)
    words, file = telling.words, telling.package.file
    return inserted(changelog.text, now, then, commit, words=words, file=file, version=version)


def _prereleases(telling: Telling, changelog: Changelog) -> Iterator[Section]:
    """The sections of pre-releases above those of all releases, the newest first."""
    rule = telling.package.rule
    for one in changelog.sections:
        if one.is_unreleased:
            continue
        if rule.key(one.version) is None or not rule.is_prerelease(one.version):
            return
        yield one


def _is_before(telling: Telling, section: Section, version: str) -> bool:
    rule = telling.package.rule
    key, other = rule.key(section.version), rule.key(version)
    return key is not None and other is not None and key < other


def _is_after(telling: Telling, version: str, tag: str) -> bool:
    rule = telling.package.rule
    key, last = rule.key(version), rule.key(rule.named(tag))
    return key is not None and (last is None or key > last)


def _mark(changelog: Changelog, section: Section | None) -> str:
    """Up to which commit a section was told, empty where it doesn't say."""
    mark = changelog.mark(section)
    return mark.commit if mark else ""


def words_of(teller: Teller) -> Words:
    """In which a changelog is written."""
    return Words(teller.config.settings.language, ZoneInfo(teller.config.rulebook.timezone))


def types(changelog: Wanted) -> dict[str, Kind | None]:
    """Where the types of commits stand, as configured beside ours."""
    stated = {name.lower(): None if kind == "hidden" else kind for name, kind in changelog.types.items()}
    return {**TYPES, **stated}

"""Changes of a changelog's text by positions; all else survives byte for byte."""

from maintainer.model import Span
from maintainer.text.keep_a_changelog import Changelog
from maintainer.writers.changelog_style import style
from maintainer.writers.words import Words


class Edits:
    """Replacements by positions, made at once."""

    def __init__(self, text: str, newline: str) -> None:
        self.text = text
        self.newline = newline
        self._made: list[tuple[int, int, str]] = []
        self._places: set[int] = set()

    def insert(self, at: int, text: str) -> None:
        """Whole lines; several at one place stand in the order in which they are given."""
        if at and self.text[at - 1] not in "\r\n" and at not in self._places:
            text = self.newline + text
        self._places.add(at)
        self._made.append((at, at, text))

    def delete(self, start: int, end: int) -> None:
        self._made.append((start, end, ""))

    def replace(self, start: int, end: int, text: str) -> None:
        self._made.append((start, end, text))

    def apply(self, within: Span | None = None) -> str:
        """The text with all that was changed; only what is `within` two places of the old one, their edges included."""
        first, last = within or (0, len(self.text))
        parts: list[str] = []
        done = first
        for start, end, text in sorted(self._made, key=lambda one: (one[0], one[1] > one[0])):
            if first <= start and end <= last:
                parts += (self.text[done:start], text)
                done = max(done, end)
        return "".join((*parts, self.text[done:last]))


def with_section(changelog: Changelog, words: Words) -> str:
    """The file with an empty section for what isn't released, above all others; a file where there is none."""
    made, newline = style(changelog, words), changelog.newline
    if not changelog.text.strip():
        intro = words.say("All notable changes to this project are documented in this file.")
        form = words.say(
            "The format is based on {form}.", form="[Keep a Changelog](https://keepachangelog.com/en/1.1.0/)"
        )
        return f"# Changelog\n\n{intro}\n\n{form}\n\n## [{made.unreleased}]\n"
    title = f"[{made.unreleased}]" if made.brackets else made.unreleased
    edits = Edits(changelog.text, newline)
    if changelog.sections:
        edits.insert(changelog.sections[0].at.start, made.section(title) + newline)
    else:
        edits.insert(changelog.end, newline * bool(changelog.end) + made.section(title))
    return edits.apply()

"""`maintainer release notes`: what changed, for people: an owner's half page, and the details behind it.

Printed in one language as asked for by `--format` (text, Markdown, JSON), or written into a folder in every language,
in that form or in all.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from maintainer import errors
from maintainer.commands import release_version
from maintainer.commands.context import Context
from maintainer.commands.freeze import keep
from maintainer.commands.platform import chosen
from maintainer.commands.release_teller import Teller, open_teller
from maintainer.releasing import Contents
from maintainer.workspace.checkout import Checkout
from maintainer.writers import notes_brand, notes_html, notes_json, notes_slack, notes_text
from maintainer.writers.notes_brand import Brand
from maintainer.writers.notes_document import document, explain
from maintainer.writers.notes_markdown import LIMITS, markdown
from maintainer.writers.notes_pieces import Document, Tone
from maintainer.writers.words import Words


@dataclass(frozen=True, slots=True)
class Notes:
    """Release notes in one language; `page` in the methods is where the whole can be looked at, empty for nowhere."""

    document: Document
    words: Words
    brand: Brand

    def html(self) -> str:
        return notes_html.html(self.document, self.words, self.brand)

    def markdown(self, forge: str = "", page: str = "") -> str:
        return markdown(self.document, self.words, LIMITS.get(forge, LIMITS["github"]), page, self.brand)

    def text(self, page: str = "") -> str:
        return notes_text.text(self.document, self.words, page, self.brand)

    def slack(self, page: str = "") -> str:
        told = notes_slack.slack(self.document, self.words, page, self.brand)
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"

    def json(self) -> str:
        return notes_json.machine(self.document)


#: What `--format` calls a form that is a file, too.
FILES = {"text": "txt", "markdown": "md", "json": "json"}
#: The files of notes in a folder, by what comes behind their name.
FORMS: dict[str, Callable[[Notes], str]] = {
    "html": Notes.html,
    "md": Notes.markdown,
    "txt": Notes.text,
    "slack.json": Notes.slack,
    "json": Notes.json,
}


def main(context: Context, args: argparse.Namespace) -> int:
    """Write or print them.

    Raises `errors.ConfigurationError` for what can't be printed together, and as `release` does for a version.
    """
    _refuse(context, args)
    teller = open_teller(context, online=not args.offline)
    wanted = release_version.range_of(teller, args)
    if args.version:
        release_version.is_released(teller, args.version, wanted.head)
    contents = teller.contents(wanted.base, wanted.head, tag=wanted.tag, version=wanted.version, at=wanted.at)
    if not wanted.version:
        contents = replace(contents, version=release_version.following(teller, contents, args.pre)[0])
    languages = tuple(args.language) or languages_of(teller)
    made = written(teller, contents, languages, args.tone or teller.release.notes.tone)
    if args.into:
        stated: str | None = getattr(args, "format", None)
        forms = [FILES[stated]] if stated else list(FORMS)
        for path in _kept(Path(args.into), made, forms):
            context.say(f"wrote {path}")
        return 0
    first = made[0]
    if args.explain:
        context.out.write(explain(first.document))
    elif context.format == "json":
        context.out.write(first.json())
    else:
        context.out.write(first.markdown(chosen(context.forge)) if context.format == "markdown" else first.text())
    return 0


def _refuse(context: Context, args: argparse.Namespace) -> None:
    """What one answer can't have together."""
    asked = dict.fromkeys(args.language)
    if len(asked) > 1 and not args.into:
        raise errors.ConfigurationError(
            f"--language: {' and '.join(asked)} can't be printed together. Ask for one, or write them with --into DIR."
        )
    if args.explain and context.format != "text":
        raise errors.ConfigurationError(
            f"--explain prints plain text, not {context.format}: leave --format out. JSON has the sources of each line."
        )


def languages_of(teller: Teller) -> tuple[str, ...]:
    """The languages that are configured, the first is the forge release's."""
    return teller.release.notes.languages or (teller.config.settings.language,)


def written(teller: Teller, contents: Contents, languages: Sequence[str], tone: Tone) -> list[Notes]:
    """The notes in each language. Raises `errors.ConfigurationError` for a language without a catalogue."""
    zone, brand = ZoneInfo(teller.config.rulebook.timezone), _brand(teller)
    all_words = [Words(language, zone) for language in dict.fromkeys(languages)]
    return [Notes(document(contents, words, tone), words, brand) for words in all_words]


def _brand(teller: Teller) -> Brand:
    stated = teller.release.notes.brand
    brand = Brand(stated.name or "", "", footer=stated.footer or "")
    if stated.colour:
        brand = replace(brand, colour=stated.colour)
    if stated.logo:
        brand = replace(brand, logo=notes_brand.logo(_picture(teller.scene.checkout, stated.logo)))
    return brand


def _picture(checkout: Checkout, path: str) -> bytes:
    try:
        return checkout.read(path)
    except errors.Unreadable as error:
        raise errors.ConfigurationError(f"release.notes.brand.logo: {error}") from None


def _kept(folder: Path, notes: Sequence[Notes], forms: Sequence[str]) -> list[Path]:
    """`release-notes.pl.html` and its like."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.ConfigurationError(
            f"--into: {folder} can't be a folder: {error.strerror}. Name another."
        ) from None
    paths = []
    for one in notes:
        for form in forms:
            path = folder / f"release-notes.{one.words.language}.{form}"
            keep(path, FORMS[form](one).encode())
            paths.append(path)
    return paths

"""`maintainer release notes`: what changed, for people: an owner's half page, and the details behind it.

Printed as asked for by `--format` (text, Markdown, JSON), or written into a folder in every form and language.
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
        return markdown(self.document, self.words, LIMITS.get(forge, LIMITS["github"]), page)

    def text(self, page: str = "") -> str:
        return notes_text.text(self.document, self.words, page)

    def slack(self, page: str = "") -> str:
        return json.dumps(notes_slack.slack(self.document, self.words, page), indent=2, ensure_ascii=False) + "\n"

    def json(self) -> str:
        return notes_json.machine(self.document)


#: The files of notes in a folder, by what comes behind their name.
FORMS: dict[str, Callable[[Notes], str]] = {
    "html": Notes.html,
    "md": Notes.markdown,
    "txt": Notes.text,
    "slack.json": Notes.slack,
    "json": Notes.json,
}


def main(context: Context, args: argparse.Namespace) -> int:
    """Write or print them."""
    teller = open_teller(context, online=not args.offline)
    wanted = release_version.range_of(teller, args)
    contents = teller.contents(wanted.base, wanted.head, tag=wanted.tag, version=wanted.version, at=wanted.at)
    if not wanted.version:
        contents = replace(contents, version=release_version.following(teller, contents, args.pre)[0])
    languages = tuple(args.language or languages_of(teller))
    made = written(teller, contents, languages, args.tone or teller.release.notes.tone)
    if args.into:
        for path in _kept(Path(args.into), made):
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


def _kept(folder: Path, notes: Sequence[Notes]) -> list[Path]:
    """`release-notes.pl.html` and its like."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.ConfigurationError(
            f"--into: {folder} can't be a folder: {error.strerror}. Name another."
        ) from None
    paths = []
    for one in notes:
        for form, render in FORMS.items():
            path = folder / f"release-notes.{one.words.language}.{form}"
            keep(path, render(one).encode())
            paths.append(path)
    return paths

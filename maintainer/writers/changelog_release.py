"""A changelog at a release: what wasn't released has a version from then on.

released(text, version, date) -> text
"""

import re
from datetime import date

from maintainer.errors import ConfigurationError
from maintainer.text.changelog_names import is_unreleased
from maintainer.text.keep_a_changelog import Changelog, Section, heading, marked, read, without_mark
from maintainer.text.markdown_blocks import blocks
from maintainer.writers.changelog_edits import Edits, with_section
from maintainer.writers.changelog_style import Style, style
from maintainer.writers.words import Words

#: An address that compares two names: `https://forge.example/shop/compare/v1.1.0...HEAD`.
_COMPARED = re.compile(r"(.*[/=])([^/=]+?)(\.{2,3})([^/.][^/]*)")
_LINK = re.compile(r"(\\?\])\(([^()\s]*)\)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\)?")


def released(
    text: str,
    version: str,
    day: date,
    *,
    words: Words,
    tag: str = "",
    previous: str = "",
    compare: str = "",
    file: str = "CHANGELOG.md",
    head: str = "",
) -> str:
    """The file with all that was `Unreleased` below a heading of this version, and an empty section above it.

    `tag` and `previous` are names of tags, `compare` an address with `{base}` and `{head}`: what isn't given is taken
    from the links that the file has. `head` is the commit up to which this is all told: it is remembered below the
    heading, as what comes after it belongs to the next version, whatever is tagged. A file in which this is done
    already is left as it is. Raises `errors.ConfigurationError` where the version is there, and something else waits to
    be released.
    """
    changelog = read(text)
    if known := changelog.released(version):
        waiting = changelog.unreleased
        if _newest(changelog) is not known or (waiting and _says(changelog, waiting)):
            raise ConfigurationError(
                f"{file}:{changelog.line(known.heading.start)}: {version} is there already. Release another version; "
                "or, where it was never released, move its entries to Unreleased and take its heading away."
            )
        return text
    if changelog.unreleased is None:
        changelog = read(with_section(changelog, words))
    section = changelog.unreleased
    if section is None:
        raise ConfigurationError(
            f"{file}: it can't be released, as a code fence or a comment in it is never closed. Close it, then run "
            "again."
        )
    made = style(changelog, words)
    edits = Edits(changelog.text, changelog.newline)
    newest = _newest(changelog)
    title = _title(newest, made, version, day, _Compared(tag, previous, compare))
    told = made.section(title) + (f"{made.newline}{marked(head)}{made.newline}" if head else "")
    if section.version:
        fresh = f"[{made.unreleased}]" if made.brackets else made.unreleased
        edits.replace(*section.heading, made.section(fresh) + made.newline + told)
    else:
        edits.insert(_hints(changelog, section), made.newline + told)
    if mark := changelog.mark(section):
        bare = not changelog.text[section.heading.end : mark.at.start].strip()
        edits.delete(section.heading.end if bare else mark.at.start, mark.at.end)
    _link(changelog, newest, title, version, _Compared(tag, previous, compare), edits)
    return edits.apply()


class _Compared:
    """How two tags are compared, by what was given or what an address in the file looks like."""

    def __init__(self, tag: str, previous: str, compare: str) -> None:
        self.tag = tag
        self.previous = previous
        self.compare = compare

    def after(self, address: str, before: str, version: str) -> tuple[str, str] | None:
        """The addresses of this version and of what comes after it, by one that compares up to version `before`, or
        from it on; None where it can't be told."""
        found = _COMPARED.fullmatch(address)
        if found:
            start, base, dots, head = found.groups()
            last = head if before and head.endswith(before) else base
            tag = self.tag or (last.removesuffix(before) + version if before and last.endswith(before) else "")
            if tag:
                end = head if last == base else "HEAD"
                return f"{start}{self.previous or last}{dots}{tag}", f"{start}{tag}{dots}{end}"
        return self.given()

    def given(self) -> tuple[str, str] | None:
        if not (self.compare and self.tag and self.previous):
            return None
        this = self.compare.replace("{base}", self.previous).replace("{head}", self.tag)
        return this, self.compare.replace("{base}", self.tag).replace("{head}", "HEAD")


def _newest(changelog: Changelog) -> Section | None:
    """The first section of a version, below that of what isn't released."""
    waiting = changelog.unreleased
    below = [one for one in changelog.sections if waiting is None or one.at.start > waiting.at.start]
    return next((one for one in below if not one.is_unreleased), None)


def _says(changelog: Changelog, section: Section) -> bool:
    """Whether a section has more than headings and comments."""
    inside = blocks(changelog.text[section.heading.end : section.end])
    return any(one.kind not in ("heading", "comment") for one in inside)


def _hints(changelog: Changelog, section: Section) -> int:
    """Behind the heading, and behind comments right below it, which tell people what to write there."""
    end = section.heading.end
    for one in blocks(changelog.text[end : section.end]):
        if one.kind != "comment":
            break
        if without_mark(one.text).strip():
            end = section.heading.end + one.at.end
    return end


def _title(newest: Section | None, made: Style, version: str, day: date, compared: _Compared) -> str:
    """The heading of the version, as that of the newest one is written."""
    known = heading(newest.title) if newest else None
    if not known:
        return f"[{version}] - {day.isoformat()}" if made.brackets else f"{version} - {day.isoformat()}"
    after = known.after
    if link := _LINK.match(after):
        addresses = compared.after(link[2], known.version, version)
        after = link[1] + (f"({addresses[0]})" if addresses else "") + after[link.end() :]
    dated = _DATE.search(after)
    if dated:
        end = dated.end() if "(" in after[: dated.start()].rpartition(")")[2] else dated.end() - dated[0].endswith(")")
        after = after[: dated.start()] + day.isoformat() + ")" * after[:end].endswith(")")
    else:
        closed = re.match(r"(?:\\?\])?(?:\([^()\s]*\))?", after)
        rest = after[closed.end() :].strip() if closed else after
        after = (closed[0] if closed else "") + (f" - {day.isoformat()}" if rest else "")
    return f"{known.before}{version}{after}"


def _link(
    changelog: Changelog, newest: Section | None, title: str, version: str, compared: _Compared, edits: Edits
) -> None:
    """Keep the definitions of links: that of what isn't released goes on from here, this version's is new."""
    before = newest.version if newest else ""
    versions = [one for one in changelog.definitions if (said := heading(one.label)) and said.is_certain]
    waiting = next((one for one in versions if is_unreleased(one.label)), None)
    label = title[title.index("[") + 1 : title.index("]")].rstrip("\\") if "](" not in title and "[" in title else ""
    if waiting:
        addresses = compared.after(waiting.address, before, version)
        if addresses and label:
            edits.insert(waiting.at.end, _defined(label, addresses[0], changelog))
        if addresses and _COMPARED.fullmatch(waiting.address):
            at = changelog.text.index(waiting.address, waiting.at.start + len(waiting.label))
            edits.replace(at, at + len(waiting.address), addresses[1])
        return
    last = versions[0] if versions else None
    addresses = compared.after(last.address, before, version) if last else compared.given()
    if addresses and label and last:
        edits.insert(last.at.start, _defined(label, addresses[0], changelog))
    elif addresses and label and not versions:
        names = [
            _defined(name, address, changelog)
            for name, address in zip((_waiting(changelog), label), addresses[::-1], strict=True)
        ]
        start = changelog.definitions[0].at.start if changelog.definitions else len(changelog.text)
        gap = changelog.newline * (not changelog.definitions)
        edits.insert(start, gap + "".join(names))


def _waiting(changelog: Changelog) -> str:
    title = changelog.unreleased.title if changelog.unreleased else "unreleased"
    return title.strip("[]").lower()


def _defined(label: str, address: str, changelog: Changelog) -> str:
    return f"[{label}]: {address}{changelog.newline}"

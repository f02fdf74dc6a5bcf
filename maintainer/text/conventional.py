"""A commit message, read by Conventional Commits 1.0.0 (https://www.conventionalcommits.org/en/v1.0.0/).

    read(message) -> Message

Whatever is no Conventional Commit is read too: it has no type, and its first line is its description. Where the
specification is silent, people's habits decide: a breaking change is one wherever a line begins with it in capitals
(rule 12 wants a footer), trailers are found in any paragraph, and an item of a squash is a message of its own.
`breaking change:` in lower case is none by rules 12 and 15: it is a doubt, and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from maintainer.changes import Reference
from maintainer.text.commit_header import almost, header, mentioned, tail
from maintainer.text.commit_undoing import Undoing, hashes, quoted, undoing
from maintainer.text.inert import CONTROL
from maintainer.text.squash import fenced, may_hold, split, without_comments

_BULLET = re.compile(r"(?:[*+-]|\d{1,3}[.)])[ \t]+")
_BREAKING = re.compile(
    r"(\*\*|__)?(BREAKING[ -]CHANGES?)(?:\([^()\n]{0,200}\))?(!?:(?:[ \t]*(?:\*\*|__))?)(?:[ \t]+(.*)|$)", re.DOTALL
)
_NEARLY = re.compile(
    r"(?:\*\*|__)?breaking(?:[ -]changes?)?(?:\([^()\n]{0,200}\))?!?:(?:\*\*|__)?(?:[ \t]|$)", re.IGNORECASE
)
#: How a line that announces what breaks begins at all.
_BEGINNINGS = frozenset("Bb*_")
#: Trailers wherever they stand: of git, Gerrit, Phabricator, GitHub, GitLab, the kernel.
_TRAILER = re.compile(
    r"""(?:\*\*)?(?P<token>
        [a-z]+(?:-[a-z]+){0,4}-by | cc | change-id | change-type | changelog | commit-id | git-svn-id | reviewed-on
      | close[sd]? | fix(?:e[sd])? | resolve[sd]? | refs? | references | relates-to | related-to | part-of | see-also
      | implements | reported-at | message-id | source-link | piperorigin-revid | differential[ ]revision | release-as
      | depends-on | on-behalf-of | no-verify | skip-checks? | test[ ]plan | tested | fixes-issue
    )(?:(?::[ \t]*(?:\*\*)?)(?P<value>.*)|[ \t]+(?P<number>(?:[\w./-]{1,200})?[#!]\d.*))""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
#: Any other footer: of the last paragraph only, as prose has lines like it.
_FOOTER = re.compile(
    r"(?P<token>[A-Za-z][A-Za-z0-9-]{0,60})(?::[ \t]+(?P<value>\S.*)|[ \t]+(?P<number>\#\S.*))", re.DOTALL
)
#: Prose: a type of commit is no trailer, nor is a sentence.
_NO_TRAILER = frozenset({"fix", "tested", "implements", "references"})
_PICKED = re.compile(r"\(cherry[ -]picked from commit ([0-9a-f]{7,64})\)\.?")
_CLOSING = frozenset({"close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"})
_REFERRING = frozenset({"ref", "refs", "see-also", "relates-to", "related-to", "part-of", "issue", "jira"})
_NUMBERS = re.compile(r"(?:[\w.-]{1,100}/[\w.-]{1,100})?[#!]\d{1,9}|GH-\d{1,9}|\b[A-Z][A-Z0-9_]{1,15}-\d{1,9}\b")
_AUTOSQUASH = re.compile(r"(?:(?:fixup|squash|amend)!\s*){1,20}")
#: What Dependabot writes for its own use, and a signature of robots.
_ROBOT = re.compile(r"^(?:---\n)?updated-dependencies:\n(?:[- ].*\n)*(?:\.\.\.(?:\n|$))?", re.MULTILINE)
_GENERATED = re.compile(r"^\W{0,8}Generated (?:with|by) .*$", re.MULTILINE)
#: Merges of GitHub, GitLab and Bitbucket that bring a proposal.
_MERGED = re.compile(r"Merge pull request (#\d{1,9})\b|.*\(pull request (#\d{1,9})\)$|Merged PR (\d{1,9}):", re.DOTALL)
_GITLAB = re.compile(r"^See merge request (?:[\w./-]{1,300})?(!\d{1,9})[ \t]*$", re.MULTILINE)
_EMPTY = re.compile(r"\n{3,}")
#: Capitals where the type should be are no type.
_LOUD_TYPES = ("breaking-change", "breaking-changes")
#: A header without words, and a trailer where the header should be, say nothing.
_SIGNED = re.compile(r"[a-z]+(?:-[a-z]+){0,4}-by:|change-id:|\(cherry[ -]picked from commit ", re.IGNORECASE)


class Footer(NamedTuple):
    """A footer as written, its value in one line."""

    token: str
    value: str


class Message(NamedTuple):
    """What a commit message says. `type` is in lower case, empty for what is no Conventional Commit.

    `subject` is the first line without a reference at its end: what a revert or a fixup calls it by. `breaking` are
    the words of what breaks, the description where a `!` says it alone. `fixup` is the subject of the commit that
    this one mends. `picked` are commits that it says to be a copy of. `items` are what a squash put together: where
    there are any, and this has no type, they are all of it (`is_container`). `nearly` are lines that
    announce what breaks in another way than the specification's.
    """

    type: str
    description: str
    subject: str
    scopes: tuple[str, ...] = ()
    breaking: tuple[str, ...] = ()
    body: str = ""
    references: tuple[Reference, ...] = ()
    undoing: Undoing | None = None
    picked: tuple[str, ...] = ()
    fixup: str = ""
    items: tuple["Message", ...] = ()
    nearly: tuple[str, ...] = ()
    malformed: bool = False

    @property
    def is_container(self) -> bool:
        """Whether its items say it all."""
        return bool(self.items) and not (self.type or self.breaking or self.undoing)


def read(message: str) -> Message:
    """Any text is read, in time that grows with its length."""
    message = message.strip()
    if message.isprintable():
        return _one(message, (), ())
    text = message.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").isprintable():
        text = CONTROL.sub("", text)
    text = without_comments(text).strip()
    first, newline, rest = text.partition("\n")
    if not newline:
        return _one(first.strip(), (), ())
    if "updated-dependencies:" in rest:
        rest = _ROBOT.sub("", rest + "\n")
    if "Generated " in rest:
        rest = _GENERATED.sub("", rest)
    lines = rest.split("\n")
    code = fenced(lines)
    own, parts = split(lines, code) if may_hold(rest) else (lines, [])
    if not parts:
        return _one(first.strip(), lines, code)
    whole = _one(first.strip(), own, fenced(own))
    items = []
    for part in parts:
        item = _one(part.lines[0].strip(), _dedented(part.lines[1:]), fenced(part.lines[1:]))
        items.append(item._replace(picked=(part.commit, *item.picked)) if part.commit else item)
    return _joined(whole, items)


def merged(message: str) -> str:
    """The proposal (`#12`, `!12`) that a merge or a squash brought, empty where it doesn't say."""
    first = message.partition("\n")[0].rstrip()
    if first.startswith("Merge") and (found := _MERGED.match(first)):
        return found[1] or found[2] or f"!{found[3]}"
    if "See merge request" in message and (inside := _GITLAB.search(message)):
        return inside[1]
    if not first.endswith((")", "]")):
        return ""
    _, numbers = tail(first)
    return numbers[-1] if numbers else ""


def title(message: str) -> str:
    """The line that says what a merge brought: forges write the proposal's title below their own words."""
    lines = [line.strip() for line in message.replace("\r", "\n").split("\n")]
    subject = lines[0]
    if not subject.startswith(("Merge ", "Merged ")):
        return subject
    return next((line for line in lines[1:] if line and not line.startswith("See merge request")), subject)


def _one(first: str, lines: Sequence[str], code: Sequence[bool]) -> Message:
    """One message without items."""
    if ("-" in first or first[:1] == "(") and _SIGNED.match(first):
        lines, code, first = (first, *lines), (False, *code), ""
    below = _sorted(lines, code) if lines else _NOTHING
    found = header(first)
    if not found or found.type in _LOUD_TYPES:
        return _other(first, below)
    undone, body = undoing("", below.body)
    kind = found.type
    if kind == "revert" or quoted(found.description):
        # `chore: Revert "feat: x"` is one, too.
        kind, undone = "revert", _by_type(found.description, below.footers, undone)
    breaking = tuple(below.breaking) or ((found.description,) if found.breaking else ())
    references = _references(found.references, below.footers)
    return Message(kind, found.description, found.subject, found.scopes, breaking, _trimmed(body), references, undone,
                   below.picked, "", (), below.nearly)  # fmt: skip


def _other(first: str, below: "_Sorted") -> Message:
    """What is no Conventional Commit."""
    subject, numbers = tail(first)
    mending = _AUTOSQUASH.match(subject) if "! " in subject[:60] else None
    undone, body = undoing(subject, below.body)
    kind, text, breaking = "", " ".join(subject.split()), tuple(below.breaking)
    if loud := _BREAKING.match(subject):
        text = loud[4] or subject
        breaking = (text, *breaking)
    elif undone and (undone.subject or not subject):
        kind = "revert"
    said = [Reference(one) for one in dict.fromkeys([*mentioned(subject), *numbers])] if "#" in first else []
    fixup = subject[mending.end() :] if mending else ""
    return Message(kind, text, subject, (), breaking, _trimmed(body), _references(said, below.footers), undone,
                   below.picked, fixup, (), below.nearly, almost(subject))  # fmt: skip


def _by_type(description: str, footers: Sequence[Footer], undone: Undoing | None) -> Undoing:
    """What `revert: words` takes back: what its footers or sentences name, else what has these words."""
    named = tuple(one for footer in footers if footer.token.lower() in ("ref", "refs") for one in hashes(footer.value))
    words = description[1:-1] if len(description) > 2 and description[0] == description[-1] in "\"'`" else description
    words = quoted(words) or words
    if undone is None:
        return Undoing(named, (), words)
    return replace(undone, commits=(*undone.commits, *named), subject=undone.subject or words)


class _Sorted(NamedTuple):
    body: str
    footers: tuple[Footer, ...]
    breaking: list[str]
    picked: tuple[str, ...]
    nearly: tuple[str, ...]


_NOTHING = _Sorted("", (), [], (), ())


def _sorted(lines: Sequence[str], code: Sequence[bool]) -> _Sorted:
    """The lines below a header by what they are."""
    body: list[str] = []
    footers: list[tuple[str, list[str]]] = []
    notes: list[list[str]] = []
    picked: list[str] = []
    nearly: list[str] = []
    last = _last_paragraph(lines)
    into, noting = body, False
    for number, line in enumerate(lines):
        text = line.strip()
        if code[number]:
            into.append(line)
        elif not text:
            # A note goes on behind an empty line, and so does the body behind a trailer.
            into = into if noting else body
            into.append("")
        elif text[0] == "(" and (copied := _PICKED.fullmatch(text)):
            picked.append(copied[1])
            into, noting = [], False
        elif ":" not in text and "#" not in text and "!" not in text:
            into.append(line.rstrip())
        else:
            bare = text[bullet.end() :] if not text[0].isalpha() and (bullet := _BULLET.match(text)) else text
            may_break = bare[:1] in _BEGINNINGS
            if may_break and (loud := _BREAKING.match(bare)):
                notes.append([loud[4] or ""])
                into, noting = notes[-1], True
            elif may_break and _NEARLY.match(bare):
                nearly.append(bare)
                into, noting = [], False
            elif footer := _footer(bare, line, number >= last):
                footers.append((footer["token"], [footer["value"] or footer["number"] or ""]))
                into, noting = footers[-1][1], False
            else:
                into.append(line.rstrip())
    told = tuple(Footer(token, " ".join(" ".join(value).split())) for token, value in footers)
    breaking = [_trimmed("\n".join(note)) for note in notes]
    return _Sorted("\n".join(body), told, breaking, tuple(picked), tuple(nearly))


def _footer(bare: str, line: str, last: bool) -> re.Match[str] | None:
    found = _TRAILER.match(bare)
    if found and (found["number"] or found["token"].lower() not in _NO_TRAILER):
        return found
    return _FOOTER.fullmatch(line) if last else None


def _last_paragraph(lines: Sequence[str]) -> int:
    """Where the last paragraph begins, if each of its lines is a footer or goes on with one; else behind the end."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    block = lines[start:end]
    footers = bool(block) and all(
        _FOOTER.fullmatch(line) or line[:1].isspace() or _PICKED.match(line) for line in block
    )
    return start if footers and (start == 0 or not lines[start - 1].strip()) else len(lines)


def _references(first: Sequence[Reference], footers: Sequence[Footer]) -> tuple[Reference, ...]:
    if not footers:
        return tuple(first)
    found = {one.id: one.closes for one in first}
    for token, value in footers:
        name = token.lower()
        closes = name in _CLOSING
        if closes or name in _REFERRING:
            for number in _NUMBERS.findall(value[:2000]):
                found[number] = found.get(number, False) or closes
    return tuple(Reference(number, closes) for number, closes in found.items())


def _joined(whole: Message, items: Sequence[Message]) -> Message:
    """The message with its items: what is said twice is said once."""
    told: dict[tuple[str, tuple[str, ...], str], Message] = {}
    for item in items:
        key = _key(item)
        known = told.get(key)
        told[key] = _both(known, item) if known and not item.undoing else item
    same = told.pop(_key(whole), None) if whole.type else None
    if same:
        whole = _both(whole, same)
    return whole._replace(items=tuple(told.values()))


def _key(one: Message) -> tuple[str, tuple[str, ...], str]:
    return one.type, tuple(scope.casefold() for scope in one.scopes), one.description.casefold()


def _both(one: Message, other: Message) -> Message:
    """One message for two that say the same; words about what breaks win over a `!` alone."""
    breaking = tuple(dict.fromkeys([*one.breaking, *other.breaking]))
    if len(breaking) > 1:
        breaking = tuple(note for note in breaking if note.casefold() != one.description.casefold())
    return one._replace(
        breaking=breaking,
        body="\n\n".join(text for text in dict.fromkeys([one.body, other.body]) if text),
        references=tuple(dict.fromkeys(one.references + other.references)),
        picked=tuple(dict.fromkeys(one.picked + other.picked)),
        nearly=one.nearly + other.nearly,
    )


def _dedented(lines: Sequence[str]) -> list[str]:
    """Lines without the indentation that all of them have below a bullet."""
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    width = min(widths, default=0)
    return [line[width:] for line in lines]


def _trimmed(text: str) -> str:
    """Without empty lines at both ends, or two in a row."""
    return (_EMPTY.sub("\n\n", text) if "\n\n\n" in text else text).strip()

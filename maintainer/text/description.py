"""The description of a proposal or an issue on a forge: our region, people's words around it, and hidden metadata.

    anything people write
    <!-- maintainer:begin -->
    what we write, with boxes to tick: - [ ] recreate this proposal <!-- maintainer:do recreate -->
    <!-- maintainer:end -->
    anything people write
    <!-- maintainer:identity {"v": 1, ...} -->

Our region is written anew with each refresh; what stands around it is kept.
"""

import base64
import json
import re
import zlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any, NamedTuple

from maintainer.model import Identity

BEGIN, END = "<!-- maintainer:begin -->", "<!-- maintainer:end -->"
MARK = "maintainer:identity"

#: What people may ask for by a box, in the words of the boxes' hidden keys.
VERBS = ("rebase", "recreate", "ignore", "approve", "retry")

_MARK = re.compile(rf"<!-- {MARK} (\S[^\n]*?) -->")
_BOX = re.compile(
    r"^(?P<start>[ \t]{0,20}[-*+] \[)(?P<tick>[ xX])(?P<rest>\][^\n]*?<!-- maintainer:do (?P<verb>[a-z]{1,20})"
    r"(?: (?P<subject>\S{1,300}))? -->)",
    re.MULTILINE,
)
_SPOKEN = re.compile(r" {0,3}/maintainer[ \t]+([a-z].{0,2000})")
_ASKED = re.compile(r"([a-z]{1,20})(?:[ \t]+(\S{1,300}))?")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
#: A fence as the first thing in a list's item: the item's end is its end.
_LISTED = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])[ \t].*(?:`{3}(?=[^`]*$)|~{3})")
#: HTML that hides what is in it, or shows it as it is: https://spec.commonmark.org/0.31.2/#html-blocks
_HTML = re.compile(r"<(?:!--|(pre|script|style|textarea)(?![^\s>]))", re.IGNORECASE)
#: Longer metadata is compressed: a forge limits a description's length.
LONGEST_PLAIN = 2_000
#: Metadata that unpacks to more than this is not ours.
LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Mark:
    """What a description remembers for us.

    `branch` is the one it is for, `commit` the pushed commit it was written for, `title` the title we gave, `region`
    the digest of our region. `settled` is False between opening and the last of what belongs to it. `handled` is the id
    of the last comment whose wish was carried out. `failed`: its checks had failed when it was closed.
    """

    identity: Identity = ()
    branch: str = ""
    commit: str = ""
    title: str = ""
    region: str = ""
    settled: bool = True
    closed_by_us: bool = False
    failed: bool = False
    handled: str = ""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    milestone: str = ""


class Box(NamedTuple):
    """A box in a description: what it asks for, of what (empty: of this), and whether it is ticked."""

    verb: str
    subject: str
    ticked: bool


def compose(region: str, mark: Mark, before: str = "", limit: int = 0) -> str:
    """The whole description, with what people wrote in the one `before` it.

    When someone changed our region itself, their version is kept below it, folded. With a `limit` in characters our
    region is shortened to keep to it, never people's words.
    """
    region = _MARK.sub("", region).strip()
    head, ours, tail = _parted(before)
    known = read(before)
    if known and ours and known.region and digest(ours) != known.region:
        tail = f"<details><summary>As it was edited before</summary>\n\n{_inert(ours)}\n\n</details>\n\n{tail}".strip()
    whole = _joined(head, region, tail, mark)
    if limit and len(whole) > limit:
        whole = _joined(head, _shortened(region, len(region) - (len(whole) - limit)), tail, mark)
    return whole


def _joined(head: str, region: str, tail: str, mark: Mark) -> str:
    parts = (head, BEGIN, region, END, tail, write(replace(mark, region=digest(region))))
    return "\n\n".join(part for part in parts if part) + "\n"


def _shortened(region: str, room: int) -> str:
    """The region in `room` characters: what is folded goes first, from the last on; boxes stay."""
    lines = region.split("\n")
    kept = "\n".join(line for line in lines if _BOX.match(line))
    rest = "\n".join(line for line in lines if not _BOX.match(line)).strip()
    tail = "\n\n".join(part for part in ("*(shortened: the forge limits a description's length)*", kept) if part)
    room -= len(tail) + 2
    while len(rest) > room and (start := rest.rfind("<details>")) >= 0:
        end = rest.find("</details>", start)
        rest = (rest[:start].rstrip() + rest[end + len("</details>") :] if end >= 0 else rest[:start]).rstrip()
    if len(rest) > room:
        rest = rest[: max(room, 0)].rpartition("\n")[0]
    return f"{rest}\n\n{tail}".strip()


def remarked(before: str, mark: Mark) -> str:
    """The same description with other metadata."""
    return f"{_MARK.sub('', before).rstrip()}\n\n{write(mark)}\n"


def unticked(description: str) -> str:
    """The same description with no box ticked: what was asked for is done."""
    return _BOX.sub(r"\g<start> \g<rest>", description)


def tick(region: str, wanted: Container[tuple[str, str]]) -> str:
    """The region with those of its boxes ticked that ask for one of these, each a verb and a subject."""

    def ticked(found: re.Match[str]) -> str:
        asks = (found["verb"], found["subject"] or "")
        return f"{found['start']}x{found['rest']}" if asks in wanted else found[0]

    return _BOX.sub(ticked, region)


def read(description: str) -> Mark | None:
    """The metadata, None where there is none of ours that can be read. Of several the last counts."""
    found = _MARK.findall(description)
    if not found:
        return None
    try:
        stated = json.loads(_plain(found[-1]))
        if stated.pop("v") != 1:
            return None
        identity = tuple(sorted((str(f), str(p), str(a), str(b)) for f, p, a, b in stated.pop("identity")))
        known = {field.name for field in fields(Mark)}
        return Mark(identity, **{name: _tuple(value) for name, value in stated.items() if name in known})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error):
        return None


def write(mark: Mark) -> str:
    """The metadata as a comment that Markdown hides and nothing in it can end."""
    stated = {name: value for name, value in asdict(mark).items() if value or name in ("identity", "settled")}
    data = json.dumps({"v": 1} | stated, separators=(",", ":"))
    # "--" would end the comment, and "<" could open another.
    for character in "-<>":
        data = data.replace(character, f"\\u{ord(character):04x}")
    if len(data) > LONGEST_PLAIN:
        data = base64.b64encode(zlib.compress(data.encode(), 9)).decode()
    return f"<!-- {MARK} {data} -->"


def boxes(description: str) -> Sequence[Box]:
    """The boxes of our region, in order."""
    ours = _parted(description)[1]
    return [Box(m["verb"], m["subject"] or "", m["tick"] != " ") for m in _BOX.finditer(ours) if m["verb"] in VERBS]


def box(verb: str, words: str, subject: str = "", *, ticked: bool = False) -> str:
    """A line with a box to tick. `subject` has no spaces and no `-->`."""
    assert verb in VERBS and not re.search(r"\s|-->", subject), "what a box asks for is ours to word"
    about = f" {subject}" if subject else ""
    return f"- [{'x' if ticked else ' '}] {words} <!-- maintainer:do {verb}{about} -->"


def digest(region: str) -> str:
    """A short name of what a region says, whatever is ticked in it and however its lines end."""
    plain = unticked(region.replace("\r\n", "\n")).strip()
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _parted(description: str) -> tuple[str, str, str]:
    """What stands before our region, in it, and after it, without the metadata."""
    text = _MARK.sub("", description.replace("\r\n", "\n"))
    head, begun, rest = text.partition(BEGIN)
    ours, ended, tail = rest.rpartition(END)
    if not begun or not ended:
        return text.strip() if not begun else head.strip(), rest.strip() if begun else "", ""
    return head.strip(), ours.strip(), tail.strip()


def _inert(region: str) -> str:
    """A region's text without boxes that ask for something."""
    return re.sub(r"<!-- maintainer:[^\n]{0,400}?-->", "", region)


def _plain(data: str) -> str:
    if data.startswith("{"):
        return data
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(base64.b64decode(data, validate=True), LONGEST)
    if unpacker.unconsumed_tail:
        raise ValueError("too much of it")
    return plain.decode()


def _tuple(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    if not isinstance(value, str | bool):
        raise TypeError("metadata holds texts, flags and lists of texts")
    return value


def asked_in(comment: str) -> Iterator[Box]:
    """What a comment asks for: `/maintainer recreate`, `/maintainer approve maintainer/php`, each on its own line."""
    for words in spoken(comment):
        if (found := _ASKED.fullmatch(words)) and found[1] in VERBS:
            yield Box(found[1], found[2] or "", True)


def spoken(comment: str) -> list[str]:
    """What stands behind `/maintainer` in each line that begins with it.

    What is quoted, hidden, or shown as code (https://spec.commonmark.org/0.31.2/#fenced-code-blocks) says nothing.
    """
    said, fence, closes, listed = [], "", "", False
    for line in re.split(r"\r\n?|\n", comment):
        listed = listed and (not line or line[0].isspace())
        if closes or listed:
            closes = "" if closes and closes in line.lower() else closes
        elif not fence and _LISTED.match(line):
            listed = True
        elif not fence and (closes := _hides(line)):
            continue
        elif opened := _FENCE.match(line):
            if not fence:
                fence = opened[1]
            elif opened[1].startswith(fence) and line.strip() == opened[1]:
                fence = ""
        elif not fence and (found := _SPOKEN.fullmatch(line)):
            said.append(found[1].rstrip())
    return said


def _hides(line: str) -> str:
    """What ends the HTML that begins in a line and goes on after it, empty for none."""
    *_, last = (None, *_HTML.finditer(line))
    end = f"</{last[1].lower()}" if last and last[1] else "-->"
    return end if last and end not in line[last.end() :].lower() else ""

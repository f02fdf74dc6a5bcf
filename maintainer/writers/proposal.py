"""The proposal a reviewer reads: what, why now, what was and wasn't verified, how to go back, what changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from maintainer.model import Advisory, Change, Identity, Note, Unpack, Update
from maintainer.text import advisory
from maintainer.text.description import box
from maintainer.writers import sanitise

#: GitHub refuses more than 65,536 characters; GitLab takes more. The rest is for metadata and people's own words.
BODY_LIMIT = 50_000
#: A table of more updates is cut: what is in it all the same, the files say.
MOST_ROWS = 120


@dataclass(frozen=True, slots=True)
class Brief:
    """What is known of a change when its proposal is written.

    `notes` are the publishers' words by package; `files` the changed paths of the finished change; `database` one of
    our sentences; `checked` and `unchecked` sentences on what was and wasn't verified. `boxes`: whether ticking one
    is heard, as on a forge.
    """

    change: Change
    why: tuple[str, ...] = ()
    notes: Mapping[str, Sequence[Note]] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    database: str = ""
    assessment: tuple[str, ...] = ()
    boxes: bool = False


def body(brief: Brief) -> str:
    """The Markdown of a proposal, within the forge's limit: what is cut is the publishers' changelogs."""
    head = "\n\n".join(part for part in (_heading(brief), _table(brief.change), _facts(brief)) if part)
    tail = "\n\n".join(part for part in (_files(brief), _boxes() if brief.boxes else "") if part)
    room = max(BODY_LIMIT - len(head) - len(tail), 0)
    return "\n\n".join(part for part in (head, *_notes(brief.notes, room), tail) if part) + "\n"


def assessment(brief: Brief) -> str:
    """The Markdown of a change that waits for an approval: what a person should know before giving it."""
    approve = f"To have it proposed: `maintainer proposals approve {brief.change.branch}`, then `maintainer run`."
    lines = [f"- {_sentence(one)}" for one in brief.assessment]
    parts = [
        _heading(brief),
        _table(brief.change),
        "**Assessment:**\n" + "\n".join(lines) if lines else "",
        "**Not known:** " + _told_of(brief.unchecked) if brief.unchecked else "",
        *_notes(brief.notes, BODY_LIMIT // 2),
        approve,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def digest(identity: Identity) -> str:
    """A short name of an identity, for logs and commit messages."""
    return sha256(json.dumps(identity).encode()).hexdigest()[:12]


def _heading(brief: Brief) -> str:
    lines = [f"### {sanitise.line(brief.change.title)}"]
    if brief.why:
        lines.append("**Why now:** " + _told_of(brief.why))
    return "\n\n".join(lines)


def _table(change: Change) -> str:
    updates = sorted(change.updates, key=lambda u: (u.dependency.name, u.dependency.file))
    rows = [
        "| package | from | to | what | where |",
        "|---|---|---|---|---|",
        *(_row(update) for update in updates[:MOST_ROWS]),
    ]
    if len(updates) > MOST_ROWS:
        rows.append(f"\nand {len(updates) - MOST_ROWS} more")
    return "\n".join(rows)


def _row(update: Update) -> str:
    dependency = update.dependency
    since = dependency.current or dependency.constraint
    fixes = "".join(f" · {advisory_text(each)}" for each in update.advisories)
    where = sanitise.code(f"{dependency.file}:{dependency.line}")
    name, old, new = map(sanitise.code, (dependency.name, since, update.release.version))
    return f"| {name} | {old} | {new} | {update.bump}{fixes} | {where} |"


def advisory_text(each: Advisory) -> str:
    """`CVE-2026-1234 high`: the name people search for, and how bad it is."""
    return f"{sanitise.line(advisory.name(each), 60)} {each.severity}"


def _facts(brief: Brief) -> str:
    lines = []
    if brief.checked:
        lines.append("**Verified:**\n" + "\n".join(f"- ✔ {_sentence(one)}" for one in brief.checked))
    lines.append("**Not verified:** " + (_told_of(brief.unchecked) or "nothing is left out."))
    if brief.assessment:
        lines.append("**Assessment:**\n" + "\n".join(f"- {_sentence(one)}" for one in brief.assessment))
    if brief.database:
        lines.append(f"**Database:** {_sentence(brief.database)}")
    lines.append(f"**Roll back:** {_rollback(brief)}")
    return "\n\n".join(lines)


def _told_of(sentences: Iterable[str]) -> str:
    return " · ".join(map(_sentence, sentences))


def _sentence(text: str) -> str:
    """One of our sentences, in which names, versions and what a registry said may stand."""
    return sanitise.line(text, 2_000)


def _rollback(brief: Brief) -> str:
    if brief.database.startswith("no change"):
        return "revert this merge."
    if any(isinstance(step, Unpack) for step in brief.change.steps):
        return "revert this merge; restore the database from before the deploy if its structure changed."
    return "revert this merge."


def _notes(notes: Mapping[str, Sequence[Note]], room: int) -> Iterable[str]:
    told = {package: listed for package, listed in notes.items() if any(note.text.strip() for note in listed)}
    if not told:
        return
    share = max(room // len(told) - 300, 0)
    for package, listed in told.items():
        text = _told(listed, share)
        releases = "1 release" if len(listed) == 1 else f"{len(listed)} releases"
        summary = f"What changed in {sanitise.line(package, 80)} ({releases})"
        yield f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def _told(notes: Sequence[Note], room: int) -> str:
    parts: list[str] = []
    for note in notes:
        prose = sanitise.from_html(note.text) if sanitise.is_html(note.text) else note.text
        dated = f" · {note.published:%Y-%m-%d}" if note.published else ""
        part = f"#### {sanitise.line(note.version, 60)}{dated}\n\n{sanitise.safe(prose, 8_000)}"
        if len(part) > room:
            parts.append("*(older releases are left out: the forge limits a proposal's length)*")
            break
        room -= len(part)
        parts.append(part)
    return "\n\n".join(parts)


def _files(brief: Brief) -> str:
    if not brief.files:
        return ""
    shown = "\n".join(f"- {sanitise.code(path)}" for path in brief.files[:40])
    more = f"\n- and {len(brief.files) - 40} more" if len(brief.files) > 40 else ""
    count = "1 file" if len(brief.files) == 1 else f"{len(brief.files)} files"
    return f"<details><summary>Files: {count} changed</summary>\n\n{shown}{more}\n\n</details>"


def _boxes() -> str:
    return "\n".join(
        (
            box("rebase", "rebase this proposal: make it anew, unless someone else pushed to its branch"),
            box("recreate", "recreate this proposal: make it anew, without what others pushed to its branch"),
            box("ignore", "ignore these versions: close this, until there are newer ones"),
        )
    )

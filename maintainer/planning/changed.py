"""What changed in a range: the state of each change before it against the one after it.

    changed(range, *, restated={}, under=()) -> Changed

The commits are gone through from the oldest on. A commit makes a change, or takes back what another one did: then
the change is gone, and back again when that is taken back. A cherry-pick makes the same change as its original. At the
end a change that is there and was not is told; so is, as undone, one that was published and is gone. Of all others
nothing is told, whatever happened to them within the range.

* What was published is what `base` has and `head` hasn't (`Range.published`), and whatever a revert takes back that the
  range hasn't made.
* A merge makes no change; to take it back takes back what it brought.
* `fixup!`, `squash!` and `amend!` belong to the change they mend.
* Changes told in the same words are one entry.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from maintainer.changes import (
    OTHER,
    Changed,
    Commit,
    Doubt,
    Entry,
    LeftOut,
    Omission,
    Range,
    Reference,
    Source,
    Undone,
)
from maintainer.planning.ledger import Change, Ledger, Restated
from maintainer.text.commit_header import header, tail
from maintainer.text.conventional import Message

_NOTHING: Restated = {}


def changed(history: Range, *, restated: Restated = _NOTHING, under: Sequence[str] = ()) -> Changed:
    """What is to be told of a range.

    `restated` is for people who put right what a commit says (a proposal's body may); of a restated merge, what it
    brought says nothing any more. `under` are folders: only entries that changed a file below one of them are told;
    raises ValueError where the range doesn't know its files.
    """
    ledger = Ledger(history, restated)
    found, doubts, commits = list(_entries(ledger)), ledger.doubts, ledger.commits
    sources = _shas(found)
    why = {
        one.sha: _why(ledger, one, filtered=bool(under)) for one in history.commits if under or one.sha not in sources
    }
    # The most that is ever held: what isn't needed any more goes before the entries are folded.
    del ledger
    entries = [one for one in folded(found) if _is_under(one, commits, under)]
    if under:
        sources = _shas(entries)
        doubts = [one for one in doubts if any(source.id in sources for source in one.sources)]
    left = tuple(LeftOut(Source("commit", sha), reason) for sha, reason in why.items() if sha not in sources)
    if history.cut:
        doubts.append(Doubt("cut", history.commits[-1].sha, (Source("commit", history.commits[-1].sha),)))
    return Changed(tuple(entries), left, tuple(doubts))


def _shas(entries: Iterable[Entry]) -> set[str]:
    return {source.id for one in entries for source in one.sources}


def folded(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries that say the same as one, where the first of them stands."""
    found: dict[object, Entry] = {}
    same: dict[object, list[Entry]] = {}
    for one in entries:
        scopes = tuple([scope.casefold() for scope in one.scopes])
        key = (one.type, scopes, one.text.casefold(), one.breaking, one.undoes, one.restored)
        if (first := found.setdefault(key, one)) is not one:
            same.setdefault(key, [first]).append(one)
    for said, alike in same.items():
        found[said] = alike[0]._replace(
            sources=tuple(dict.fromkeys(source for one in alike for source in one.sources)),
            references=_united(reference for one in alike for reference in one.references),
            details="\n\n".join(text for text in dict.fromkeys(one.details for one in alike) if text),
        )
    return tuple(found.values())


def _united(references: Iterable[Reference]) -> tuple[Reference, ...]:
    found: dict[str, bool] = {}
    for one in references:
        found[one.id] = found.get(one.id, False) or one.closes
    return tuple(Reference(number, closes) for number, closes in found.items())


def _is_under(entry: Entry, commits: Mapping[str, Commit], folders: Sequence[str]) -> bool:
    if not folders:
        return True
    for source in entry.sources:
        paths = commits[source.id].paths
        if paths is None:
            raise ValueError(f"The files that {source.id} changed were not read: read the range with `paths`.")
        if any(path == folder or path.startswith(f"{folder}/") for folder in folders for path in paths):
            return True
    return False


def _entries(ledger: Ledger) -> Iterator[Entry]:
    """The entries, newest first, not yet folded."""
    place = ledger.graph.place
    gone: dict[int, tuple[str, Message, list[Change]]] = {}
    found: list[tuple[int, Entry]] = []
    for change in ledger.changes.values():
        sha, message = change.by, change.undone
        if change.on == change.was or sha not in place:
            continue
        if change.on:
            shas = sorted({*change.makers}, key=place.__getitem__) if len(change.makers) > 1 else change.makers or [sha]
            found.append((place[shas[0]], _entry(change, shas)))
        elif message:
            gone.setdefault(id(message), (sha, message, []))[2].append(change)
    found += [(place[sha], _revert(sha, message, changes)) for sha, message, changes in gone.values()]
    found.sort(key=lambda one: one[0])
    return (entry for _, entry in found)


def _why(ledger: Ledger, commit: Commit, *, filtered: bool) -> Omission:
    """Why a commit is no source of an entry."""
    if commit.sha in ledger.silenced:
        return "restated"
    if commit.sha not in ledger.effects:
        return "merge"
    if commit.sha in ledger.fixups:
        return "fixup"
    effects = ledger.effects[commit.sha]
    if not effects:
        return "restated"
    if any(made and change.on and change.was for change, made in effects):
        return "published"
    if filtered and any(change.on != change.was for change, _ in effects):
        return "elsewhere"
    return "cancelled"


def _entry(change: Change, shas: Sequence[str]) -> Entry:
    message = change.message
    return Entry(
        message.type or OTHER,
        message.description,
        tuple([Source("commit", sha) for sha in shas]),
        message.scopes,
        message.breaking,
        message.body,
        message.references,
        (),
        change.is_past,
    )


def _revert(sha: str, message: Message, changes: Sequence[Change]) -> Entry:
    """The entry of a commit that took back what had been published."""
    subject = message.undoing.subject if message.undoing else ""
    text, scopes = message.description, message.scopes
    if subject and message.type == "revert":
        found = header(subject)
        text, scopes = (found.description, scopes or found.scopes) if found else (tail(subject)[0], scopes)
    undone = tuple(
        Undone(one.message.type or OTHER, one.message.description, one.message.scopes, one.commit or _first(one))
        for one in changes
    )
    if undone and (not text or text.startswith("Merge ")):
        text, scopes = undone[0].text, undone[0].scopes
    return Entry(message.type or "revert", text, (Source("commit", sha),), scopes, message.breaking, message.body,
                 message.references, undone)  # fmt: skip


def _first(change: Change) -> str:
    return change.makers[0] if change.makers else ""

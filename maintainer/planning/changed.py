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
from dataclasses import dataclass, field, replace

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
from maintainer.planning.brought import Graph
from maintainer.text.commit_header import header, tail
from maintainer.text.commit_undoing import Undoing, quoted
from maintainer.text.conventional import Message, merged, read, title

#: The hash of a commit -> the messages it shall be read as instead; none: it says nothing.
Restated = Mapping[str, Sequence[str]]
_NOTHING: Restated = {}
#: A revert of a revert of more is nobody's.
_DEEPEST = 20
#: What the reader of a message without any has to look for breaking changes in.
_LOUD = ("BREAKING", "!:")


def changed(history: Range, *, restated: Restated = _NOTHING, under: Sequence[str] = ()) -> Changed:
    """What is to be told of a range.

    `restated` is for people who put right what a commit says (a proposal's body may); of a restated merge, what it
    brought says nothing any more. `under` are folders: only entries that changed a file below one of them are told;
    raises ValueError where the range doesn't know its files.
    """
    told = _Told(history, restated)
    entries = [one for one in folded(told.entries()) if _is_under(one, told.commits, under)]
    sources = {source.id for one in entries for source in one.sources}
    left = tuple(
        LeftOut(Source("commit", one.sha), told.why(one, filtered=bool(under)))
        for one in history.commits
        if one.sha not in sources
    )
    doubts = [one for one in told.doubts if not under or any(source.id in sources for source in one.sources)]
    if history.cut:
        doubts.append(Doubt("cut", history.commits[-1].sha, (Source("commit", history.commits[-1].sha),)))
    return Changed(tuple(entries), left, tuple(doubts))


def folded(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries that say the same as one, where the first of them stands."""
    found: dict[object, Entry] = {}
    for one in entries:
        scopes = tuple(scope.casefold() for scope in one.scopes)
        key = (one.type, scopes, one.text.casefold(), one.breaking, one.undoes, one.restored)
        if (known := found.get(key)) is None:
            found[key] = one
            continue
        details = [text for text in dict.fromkeys([known.details, one.details]) if text]
        found[key] = replace(
            known,
            sources=tuple(dict.fromkeys(known.sources + one.sources)),
            references=_united(known.references + one.references),
            details="\n\n".join(details),
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


@dataclass(slots=True, eq=False)
class _Change:
    """A change: whether it `was` there before the range, and whether it is `on` by now.

    `makers` made it since it was gone last, in the range; `by` is the commit that switched it last, with its message.
    """

    message: Message
    was: bool = False
    on: bool = False
    is_past: bool = False
    commit: str = ""
    makers: list[str] = field(default_factory=list)
    by: tuple[str, Message | None] = ("", None)


#: What a commit did, in its order: changes, and whether it made them or took them back.
_Effects = list[tuple[_Change, bool]]


class _Told:
    """The changes of a range, gone through once."""

    def __init__(self, history: Range, restated: Restated) -> None:
        self.commits = {one.sha: one for one in (*history.published, *history.commits)}
        self.doubts: list[Doubt] = []
        self._earlier = history.earlier
        self._graph = Graph(history.commits)
        self._published = Graph(history.published)
        self._changes: dict[object, _Change] = {}
        self._effects: dict[str, _Effects] = {}
        self._same: dict[str, str] = {}
        self._by_subject: dict[str, _Effects] = {}
        self._by_words: dict[str, _Effects] = {}
        self._by_number: dict[str, list[str]] = {}
        self._fixups: set[str] = set()
        self._short: dict[int, dict[str, str]] = {}
        self._said = self._restated(history, restated)
        for one in reversed(history.published):
            self._go(one, restated, published=True)
        for change in self._changes.values():
            change.was = change.on
        for one in reversed(history.commits):
            self._go(one, restated)
        self.doubts.reverse()

    def _restated(self, history: Range, restated: Restated) -> set[str]:
        """The commits that say nothing, as the merge that brought them is restated."""
        merges = [one for one in history.commits if one.sha in restated and len(one.parents) > 1]
        return {sha for merge in merges for sha in self._graph.brought(merge) if sha not in restated}

    # Going through ---------------------------------------------------------------------------------------------------

    def _go(self, commit: Commit, restated: Restated, *, published: bool = False) -> None:
        sha = commit.sha
        words = restated.get(sha)
        if number := merged(commit.message):
            self._by_number.setdefault(number, []).append(sha)
        if sha in self._said or (words is None and len(commit.parents) > 1):
            if sha not in self._said and any(sign in commit.message for sign in _LOUD):
                self._doubt_merge(commit)
            return
        effects = self._effects[sha] = []
        for text in words if words is not None else (commit.message,):
            whole = read(text)
            statements = _statements(whole)
            original = self._original(commit, statements[0])
            for message in statements:
                at = len(effects)
                key = (self._whole(message.picked[0]), 0) if at and message.picked else (original, at)
                did = self._fixed(commit, message) if message.fixup else self._did(commit, message, key, published)
                effects += did
                if not message.fixup:
                    self._by_subject[message.subject] = self._by_words[message.description] = did
            if not whole.fixup:
                self._by_subject[whole.subject] = effects
            if not published:
                self._doubt(sha, whole, statements)
        if words is not None:
            self._by_subject[_key(commit.message.partition("\n")[0])] = effects

    def _doubt(self, sha: str, whole: Message, statements: Sequence[Message]) -> None:
        source = (Source("commit", sha),)
        lower = dict.fromkeys(text for one in (whole, *statements) for text in one.lower)
        self.doubts += [Doubt("lower-case", text, source) for text in lower]
        self.doubts += [Doubt("malformed", one.subject, source) for one in statements if one.malformed]

    def _original(self, commit: Commit, message: Message) -> str:
        """The first commit known to make the same change."""
        if picked := message.picked:
            # The last line was added last: the commit it names was picked, whatever that was picked from.
            known = [self._whole(one) for one in picked]
            sha = next((one for one in known if one in self._effects), known[0])
        else:
            sha = commit.sha
        if commit.patch:
            sha = self._same.setdefault(commit.patch, sha)
        self._same.setdefault(commit.sha, sha)
        return self._same.get(sha, sha)

    def _did(self, commit: Commit, message: Message, key: object, published: bool) -> _Effects:
        if message.undoing and (targets := self._targets(message, message.undoing)):
            back = list(dict.fromkeys((change, not made) for change, made in reversed(targets)))
            for change, made in back:
                self._switch(change, made, (commit.sha, message))
            return back
        change = self._changes.get(key)
        if change is None:
            change = self._changes[key] = _Change(message, commit=commit.sha if published else "")
        if not change.on:
            change.makers.clear()
        self._switch(change, True, (commit.sha, message))
        if not published:
            change.makers.append(commit.sha)
        return [(change, True)]

    def _switch(self, change: _Change, on: bool, by: tuple[str, Message]) -> None:
        if change.on != on:
            change.on, change.by = on, by

    def _fixed(self, commit: Commit, message: Message) -> _Effects:
        self._fixups.add(commit.sha)
        for change, made in self._by_subject.get(_key(message.fixup), ()):
            if made:
                change.makers.append(commit.sha)
        return []

    # What a revert takes back ----------------------------------------------------------------------------------------

    def _targets(self, message: Message, undoing: Undoing) -> _Effects:
        found: _Effects = []
        for name in undoing.commits:
            found += self._of(self._whole(name), undoing.mainline)
            if name in self._earlier:
                found += self._past_commit(self._earlier[name])
        if not found:
            found = [
                one for number in undoing.proposals for sha in self._by_number.get(number, ()) for one in self._of(sha)
            ]
        if not found and undoing.subject:
            subject = _key(undoing.subject)
            found = self._by_subject.get(subject) or []
            if not found and message.type == "revert" and not quoted(message.subject):
                found = self._by_words.get(subject) or []
            found = list(found) or self._past(undoing.subject)
        return found

    def _of(self, sha: str, mainline: str = "") -> _Effects:
        """What a commit of the range did; what a merge brought."""
        commit = self.commits.get(sha)
        if commit is None:
            return []
        if sha in self._effects or len(commit.parents) < 2:
            return self._effects.get(sha, [])
        graph = self._graph if sha in self._graph.place else self._published
        return [one for brought in graph.brought(commit, mainline) for one in self._effects.get(brought, ())]

    def _past_commit(self, commit: Commit) -> _Effects:
        return self._past(title(commit.message), commit.sha)

    def _past(self, name: str, commit: str = "") -> _Effects:
        """What was done before the range by what is called `name`: a change made, or one taken back."""
        made, subject = True, name
        for _ in range(_DEEPEST):
            inner = quoted(tail(subject)[0])
            if not inner:
                break
            made, subject = not made, inner
        key = (commit, 0) if commit and subject == name else ("past", _key(subject))
        change = self._changes.get(key)
        if change is None:
            past = _Change(read(subject), made, made, True, commit if subject == name else "")
            change = self._changes[key] = past
            self._by_subject.setdefault(_key(name), [(change, made)])
        return [(change, made)]

    def _whole(self, name: str) -> str:
        """The commit whose hash begins so; the name itself when there is none, or more than one."""
        if name in self.commits or not 7 <= len(name) < 64:
            return name
        short = self._short.get(len(name))
        if short is None:
            short = self._short[len(name)] = {}
            for sha in self.commits:
                short[sha[: len(name)]] = "" if sha[: len(name)] in short else sha
        found = short.get(name) or (self._earlier[name].sha if name in self._earlier else "")
        return found or name

    def _doubt_merge(self, merge: Commit) -> None:
        """A merge is told nowhere; if it alone says that something breaks, someone should know."""
        message = read(merge.message)
        named = header(title(merge.message))
        notes = message.breaking or ((named.description,) if named and named.breaking else ())
        if notes and not any(change.message.breaking for change, _ in self._of(merge.sha)):
            self.doubts += [Doubt("merge", note, (Source("commit", merge.sha),)) for note in notes]

    # Telling ---------------------------------------------------------------------------------------------------------

    def entries(self) -> Iterator[Entry]:
        """The entries, newest first, not yet folded."""
        place = self._graph.place
        gone: dict[int, tuple[str, Message, list[_Change]]] = {}
        found: list[tuple[int, Entry]] = []
        for change in self._changes.values():
            sha, message = change.by
            if change.on == change.was or sha not in place:
                continue
            if change.on:
                shas = sorted({*change.makers} or {sha}, key=place.__getitem__)
                found.append((place[shas[0]], _entry(change, shas)))
            elif message:
                gone.setdefault(id(message), (sha, message, []))[2].append(change)
        found += [(place[sha], _revert(sha, message, changes)) for sha, message, changes in gone.values()]
        found.sort(key=lambda one: one[0])
        return (entry for _, entry in found)

    def why(self, commit: Commit, *, filtered: bool) -> Omission:
        """Why a commit is no source of an entry."""
        if commit.sha in self._said:
            return "restated"
        if commit.sha not in self._effects:
            return "merge"
        if commit.sha in self._fixups:
            return "fixup"
        effects = self._effects[commit.sha]
        if not effects:
            return "restated"
        if any(made and change.on and change.was for change, made in effects):
            return "published"
        if filtered and any(change.on != change.was for change, _ in effects):
            return "elsewhere"
        return "cancelled"


def _statements(message: Message) -> tuple[Message, ...]:
    """What a message says, one thing each."""
    return message.items if message.is_container else (message, *message.items)


def _key(subject: str) -> str:
    """The subject of a commit as `Message.subject` has it."""
    found = header(subject)
    return found.subject if found else tail(subject)[0]


def _entry(change: _Change, shas: Sequence[str]) -> Entry:
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


def _revert(sha: str, message: Message, changes: Sequence[_Change]) -> Entry:
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
    if not text and undone:
        text = undone[0].text
    return Entry(message.type or "revert", text, (Source("commit", sha),), scopes, message.breaking, message.body,
                 message.references, undone)  # fmt: skip


def _first(change: _Change) -> str:
    return change.makers[0] if change.makers else ""

"""The state of each change, before a range and after it: made, taken back, made again, from the oldest commit on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maintainer.changes import Commit, Doubt, Range, Source
from maintainer.planning.brought import Graph
from maintainer.text.commit_header import header, tail
from maintainer.text.commit_undoing import Undoing, quoted
from maintainer.text.conventional import Message, merged, read, title

#: The hash of a commit -> the messages it shall be read as instead; none: it says nothing.
Restated = Mapping[str, Sequence[str]]
#: A revert of a revert of more is nobody's.
_DEEPEST = 20
#: More commits than these are no single proposal's.
_MOST = 250
#: What a merge's message has where it says that something breaks.
_LOUD = ("BREAKING", "!:")


@dataclass(slots=True, eq=False)
class Change:
    """A change: whether it `was` there before the range, and whether it is `on` by now.

    `makers` made it since it was gone last, in the range; `by` is the commit that switched it last, `undone` what that
    says where it took the change back.
    """

    message: Message
    was: bool = False
    on: bool = False
    is_past: bool = False
    commit: str = ""
    makers: list[str] = field(default_factory=list)
    by: str = ""
    undone: Message | None = None


#: What a commit did, in its order: changes, and whether it made them or took them back.
Effects = list[tuple[Change, bool]]


class Ledger:
    """The changes of a range, gone through once.

    `effects` are what each of its commits did: a merge isn't in it, nor is one that is `silenced`, as the merge that
    brought it is restated.
    """

    def __init__(self, history: Range, restated: Restated) -> None:
        self.commits = {one.sha: one for one in (*history.published, *history.commits)}
        self.doubts: list[Doubt] = []
        self._earlier = history.earlier
        self.graph = Graph(history.commits)
        self._published = Graph(history.published)
        self.changes: dict[object, Change] = {}
        self.effects: dict[str, Effects] = {}
        self._same: dict[str, str] = {}
        self._by_subject: dict[str, Effects] = {}
        self._by_words: dict[str, Effects] = {}
        self._by_number: dict[str, list[str]] = {}
        self.fixups: set[str] = set()
        self._short: dict[int, dict[str, str]] = {}
        self.silenced = self._restated(history, restated)
        for one in reversed(history.published):
            self._go(one, restated, published=True)
        for change in self.changes.values():
            change.was = change.on
        for one in reversed(history.commits):
            self._go(one, restated)
        self.doubts.reverse()
        # By what changes are found only while they are gone through.
        for known in (self._same, self._by_subject, self._by_words, self._by_number, self._short):
            known.clear()

    def _restated(self, history: Range, restated: Restated) -> set[str]:
        """The commits that say nothing, as the merge that brought them is restated."""
        merges = [one for one in history.commits if one.sha in restated and len(one.parents) > 1]
        return {sha for merge in merges for sha in self.graph.brought(merge) if sha not in restated}

    def _go(self, commit: Commit, restated: Restated, *, published: bool = False) -> None:
        sha = commit.sha
        words = restated.get(sha)
        if number := merged(commit.message):
            self._by_number.setdefault(number, []).append(sha)
        if sha in self.silenced or (words is None and len(commit.parents) > 1):
            if sha not in self.silenced and any(sign in commit.message for sign in _LOUD):
                self._doubt_merge(commit)
            return
        effects: Effects = []
        for text in words if words is not None else (commit.message,):
            whole = read(text)
            statements = _statements(whole)
            original = self._original(commit, whole)
            for message in statements:
                at = len(effects)
                copied = message is not whole and message.picked
                key = _key_of(self._whole(copied[0])) if copied else _key_of(original, at)
                did = self._fixed(commit, message) if message.fixup else self._did(commit, message, key, published)
                if words is None and len(statements) == 1:
                    effects = did
                else:
                    effects += did
                if not message.fixup:
                    self._by_subject[message.subject] = self._by_words[message.description] = did
            if not whole.fixup:
                self._by_subject[whole.subject] = effects
            if not published and (whole.nearly or whole.malformed or whole.items):
                self._doubt(sha, whole, statements)
        self.effects[sha] = effects
        if words is not None:
            self._by_subject[_key(commit.message.partition("\n")[0])] = effects

    def _doubt(self, sha: str, whole: Message, statements: Sequence[Message]) -> None:
        source = (Source("commit", sha),)
        nearly = dict.fromkeys(text for one in (whole, *statements) for text in one.nearly)
        self.doubts += [Doubt("nearly-breaking", text, source) for text in nearly]
        self.doubts += [Doubt("malformed", one.subject, source) for one in statements if one.malformed]

    def _original(self, commit: Commit, message: Message) -> str:
        """The first commit known to make the same change."""
        if picked := message.picked:
            # The last line was added last: the commit it names was picked, whatever that was picked from.
            known = [self._whole(one) for one in picked]
            sha = next((one for one in known if one in self.effects), known[0])
        else:
            sha = commit.sha
        if commit.patch:
            sha = self._same.setdefault(commit.patch, sha)
        if sha != commit.sha:
            self._same.setdefault(commit.sha, sha)
        return self._same.get(sha, sha)

    def _did(self, commit: Commit, message: Message, key: object, published: bool) -> Effects:
        if message.undoing and (targets := self._targets(message, message.undoing)):
            back = list(dict.fromkeys((one, not made) for one, made in reversed(targets)))
            for one, made in back:
                self._switch(one, made, commit, message)
            return back
        makers = [] if published else [commit.sha]
        change = self.changes.get(key)
        if change is None:
            change = self.changes[key] = Change(message, commit=commit.sha if published else "", makers=makers)
        elif change.on:
            change.makers += makers
        else:
            change.makers = makers
        self._switch(change, True, commit, message)
        return [(change, True)]

    def _switch(self, change: Change, on: bool, by: Commit, message: Message) -> None:
        if change.on != on:
            change.on, change.by, change.undone = on, by.sha, None if on else message

    def _fixed(self, commit: Commit, message: Message) -> Effects:
        self.fixups.add(commit.sha)
        for change, made in self._by_subject.get(_key(message.fixup), ()):
            if made:
                change.makers.append(commit.sha)
        return []

    def _targets(self, message: Message, undoing: Undoing) -> Effects:
        found: Effects = []
        for name in undoing.commits:
            found += self._of(self._whole(name), undoing.mainline)
            if name in self._earlier:
                found += self._past_commit(self._earlier[name])
        if not found:
            brought = [sha for number in undoing.proposals for sha in self._by_number.get(number, ())[-_MOST:]]
            found = [one for sha in brought[-_MOST:] for one in self._of(sha)]
        if not found and undoing.subject:
            subject = _key(undoing.subject)
            found = self._by_subject.get(subject) or []
            if not found and message.type == "revert" and not quoted(message.subject):
                found = self._by_words.get(subject) or []
            found = list(found) or self._past(undoing.subject)
        return found

    def _of(self, sha: str, mainline: str = "") -> Effects:
        """What a commit of the range did; what a merge brought."""
        commit = self.commits.get(sha)
        if commit is None:
            return []
        if sha in self.effects or len(commit.parents) < 2:
            return self.effects.get(sha, [])
        graph = self.graph if sha in self.graph.place else self._published
        return [one for brought in graph.brought(commit, mainline) for one in self.effects.get(brought, ())]

    def _past_commit(self, commit: Commit, made: bool = True, depth: int = 0) -> Effects:
        """What a commit before the range did, or took back when it isn't `made`."""
        message = read(title(commit.message) if len(commit.parents) > 1 else commit.message)
        if message.undoing:
            older = [self._earlier[name] for name in message.undoing.commits if name in self._earlier]
            if older and depth < _DEEPEST:
                return [one for other in older for one in self._past_commit(other, not made, depth + 1)]
            if message.undoing.subject:
                return self._past(message.undoing.subject, not made)
        did = [
            (self._past_change(_key_of(commit.sha, at), one, made, commit.sha), made)
            for at, one in enumerate(_statements(message))
        ]
        self._by_subject.setdefault(message.subject, did)
        return did

    def _past(self, name: str, made: bool = True) -> Effects:
        """The same of what is only known by its subject."""
        subject = name
        for _ in range(_DEEPEST):
            inner = quoted(tail(subject)[0])
            if not inner:
                break
            made, subject = not made, inner
        did = [(self._past_change(("past", _key(subject)), read(subject), made), made)]
        self._by_subject.setdefault(_key(name), did)
        return did

    def _past_change(self, key: object, message: Message, made: bool, commit: str = "") -> Change:
        change = self.changes.get(key)
        if change is None:
            change = self.changes[key] = Change(message, made, made, True, commit)
        return change

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


def _key_of(sha: str, at: int = 0) -> object:
    """What a commit changed, by its hash; what else it changed, by a number too."""
    return (sha, at) if at else sha


def _statements(message: Message) -> tuple[Message, ...]:
    """What a message says, one thing each."""
    if message.fixup:
        return (message,)
    return message.items if message.is_container else (message, *message.items)


def _key(subject: str) -> str:
    """The subject of a commit as `Message.subject` has it."""
    found = header(subject)
    return found.subject if found else tail(subject)[0]

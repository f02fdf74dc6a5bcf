"""The commits of a range together with the merged proposals that brought them.

    joined(range, merges, labels) -> Joined            what each commit is to be read as
    traced(changed(range, restated=...), joined, ...)  the entries, each with its proposals and addresses

A commit says what changed, unless its proposal says it better:

* A proposal's description may restate it, between lines `BEGIN_COMMIT_OVERRIDE` and `END_COMMIT_OVERRIDE`: a message of
  its own for each line that begins with a type (as release-please has it).
* Of an update that maintainer proposed, the dependency diff tells: what people added to it is told besides.
* Where none of what a proposal brought is a Conventional Commit, its title says it, with a type by its labels.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from maintainer.changes import Changed, Commit, Entry, Range, Source
from maintainer.planning.brought import Graph
from maintainer.planning.ledger import Restated
from maintainer.releasing import Merge, Required
from maintainer.text.commit_header import KNOWN, header
from maintainer.text.conventional import merged, read

#: What a label says of a proposal's title: a type, `!` for what breaks, nothing for what is told nowhere.
Labels = Mapping[str, str]

_OVERRIDE = re.compile(r"^[ \t>]*BEGIN_COMMIT_OVERRIDE[ \t]*\n(.*?)^[ \t>]*END_COMMIT_OVERRIDE[ \t]*$", re.M | re.S)
_ACTION = re.compile(
    r"[ \t]{0,3}(#{1,6})[ \t]+(?:required actions?|actions? required|action needed|trzeba zrobić|wymagane działani[ae])"
    r"[ \t:#]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]")
#: What stands before the words of an item, a task or a heading.
_LEAD = re.compile(r"[ \t]*(?:#{1,6}|(?:[-*+]|\d{1,3}[.)])(?:[ \t]+\[[ xX]\])?)[ \t]+")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
#: What people write where nothing is to be done.
_NOTHING = frozenset({"", "none", "nothing", "n/a", "no", "-", "nic", "brak", "nie"})
#: Characters of what someone wants done.
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Joined:
    """`merges` are those of the range, newest first; `brought` are its commits that came by one; `restated` is for
    `planning.changed.changed`."""

    merges: tuple[Merge, ...]
    brought: Mapping[str, Merge]
    restated: Restated


def joined(history: Range, merges: Iterable[Merge], labels: Labels) -> Joined:
    """`labels` are in lower case."""
    graph = Graph(history.commits)
    commits = {one.sha: one for one in history.commits}
    brought: dict[str, Merge] = {}
    restated: dict[str, Sequence[str]] = {}
    found = _matched(history, merges)
    # From the oldest on: what came by a proposal into another one's branch came by the first.
    for sha in sorted(found, key=graph.place.__getitem__, reverse=True):
        merge, commit = found[sha], commits[sha]
        inside = graph.brought(commit) if len(commit.parents) > 1 else [sha]
        new = [one for one in (*inside, sha) if brought.setdefault(one, merge) is merge]
        told = _told(merge, commit, [commits[one] for one in new if one != sha], labels)
        restated |= told
    order = sorted(found, key=graph.place.__getitem__)
    return Joined(tuple({found[sha].number: found[sha] for sha in order}.values()), brought, restated)


def traced(
    changed: Changed, joined: Joined, commit_url: Callable[[str], str], issue_url: Callable[[str], str]
) -> Changed:
    """The same, with the proposals among the sources, and an address for each source that has one."""
    return replace(
        changed,
        entries=tuple(_traced(one, joined, commit_url, issue_url) for one in changed.entries),
        doubts=tuple(replace(one, sources=_addressed(one.sources, commit_url)) for one in changed.doubts),
    )


def proposed(merge: Merge) -> Source:
    """A proposal as a source."""
    return Source("proposal", str(merge.number), merge.url)


def stated(merges: Iterable[Merge]) -> tuple[Required, ...]:
    """What proposals say has to be done, below a heading of theirs such as "Required actions"."""
    return tuple(Required("stated", text, (proposed(one),)) for one in merges if (text := _action(one.body)))


def _matched(history: Range, merges: Iterable[Merge]) -> dict[str, Merge]:
    """The commit by which each merge came into the range."""
    inside = {one.sha for one in history.commits}
    merges = list(merges)
    # Anyone may write a number into a message: it counts only where the forge names no commit.
    unnamed = any(not one.commit for one in merges)
    numbers = {merged(one.message): one.sha for one in reversed(history.commits)} if unnamed else {}
    found: dict[str, Merge] = {}
    for merge in merges:
        sha = merge.commit or numbers.get(f"{merge.mark}{merge.number}", "")
        if sha in inside:
            found[sha] = merge
        elif merge.head in inside:
            found.setdefault(merge.head, merge)  # fast-forwarded
    return found


def _told(merge: Merge, commit: Commit, inside: Sequence[Commit], labels: Labels) -> Restated:
    """What the commits of one proposal are to be read as, where it isn't what they say."""
    override = _OVERRIDE.search(merge.body.replace("\r\n", "\n"))
    if override:
        return {commit.sha: tuple(_messages(override[1]))}
    kinds = [labels[label.lower()] for label in merge.labels if label.lower() in labels]
    if "" in kinds:
        return {commit.sha: ()}
    said = [commit] if len(commit.parents) < 2 else list(inside)
    if merge.identity:
        return {commit.sha: ()} | {one.sha: (one.message,) for one in said if _is_typed(one)}
    if any(map(_is_typed, said)) or any(read(one.message).undoing for one in (*said, commit)):
        return {}
    return {commit.sha: (_titled(merge, kinds),)}


def _is_typed(commit: Commit) -> bool:
    """Whether it, or an item of the squash it is, is a Conventional Commit."""
    subject = header(commit.message.partition("\n")[0])
    if subject and subject.type in KNOWN:
        return True
    message = read(commit.message)
    return bool(message.type or message.breaking or any(item.type for item in message.items))


def _titled(merge: Merge, kinds: Sequence[str]) -> str:
    title = " ".join(merge.title.split())
    kind = next((one for one in kinds if one != "!"), "")
    stated = header(title)
    if stated and stated.type in KNOWN:
        return title
    loud = "!" if "!" in kinds else ""
    return f"{kind or 'feat'}{loud}: {title}" if kind or loud else title


def _messages(text: str) -> Iterator[str]:
    """A message for each line that begins with a known type; what stands below one belongs to it."""
    lines: list[str] = []
    for line in text.split("\n"):
        found = header(line.strip())
        if found and found.type in KNOWN and lines:
            yield "\n".join(lines).strip()
            lines = []
        if line.strip() or lines:
            lines.append(line)
    if lines:
        yield "\n".join(lines).strip()


def _action(body: str) -> str:
    """The first such section as one line of text."""
    depth, lines = 0, list[str]()
    for line in _COMMENT.sub("", body.replace("\r\n", "\n")).split("\n"):
        if not depth:
            found = _ACTION.fullmatch(line)
            depth = len(found[1]) if found else 0
        elif (heading := _HEADING.match(line)) and len(heading[1]) <= depth:
            break
        else:
            lines.append(line[lead.end() :] if (lead := _LEAD.match(line)) else line)
    text = " ".join(" ".join(lines).split())
    if text.casefold().rstrip(".") in _NOTHING:
        return ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _traced(entry: Entry, joined: Joined, commit_url: Callable[[str], str], issue_url: Callable[[str], str]) -> Entry:
    merges = {merge.number: merge for one in entry.sources if (merge := joined.brought.get(one.id))}.values()
    sources = [proposed(merge) for merge in merges]
    sources += _addressed(entry.sources, commit_url)
    if entry.references:
        mentioned = {f"{merge.mark}{merge.number}" for merge in merges}
        sources += [Source("issue", one.id, issue_url(one.id)) for one in entry.references if one.id not in mentioned]
    return Entry(entry.type, entry.text, tuple(sources), entry.scopes, entry.breaking, entry.details, entry.references,
                 entry.undoes, entry.restored)  # fmt: skip


def _addressed(sources: Iterable[Source], commit_url: Callable[[str], str]) -> tuple[Source, ...]:
    return tuple([Source(one.kind, one.id, commit_url(one.id)) if one.kind == "commit" else one for one in sources])

"""Which commit has others behind it."""

from collections.abc import Set

from maintainer.changes import Range


def reaching(history: Range, shas: Set[str]) -> str:
    """The oldest commit of a range that has all of these commits behind it, or is the only one; empty for none.

    It stays the same when commits are added after it, as long as it need not reach them.
    """
    tips: dict[str, int] = {}
    behind: set[str] = set()
    for one in history.commits:
        if one.sha in behind:
            behind.update(one.parents)
        elif one.sha in shas:
            tips[one.sha] = 1 << len(tips)
            behind.update(one.parents)
    if len(tips) < 2:
        return next(iter(tips), "")
    reached: dict[str, int] = {}
    for one in reversed(history.commits):
        here = tips.get(one.sha, 0)
        for parent in one.parents:
            here |= reached.get(parent, 0)
        if here == (1 << len(tips)) - 1:
            return one.sha
        reached[one.sha] = here
    return history.head

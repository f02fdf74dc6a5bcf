"""What a merge brought to the line it was merged into."""

import heapq
from collections.abc import Mapping, Sequence
from functools import cached_property

from maintainer.changes import Commit

_SIDE, _MAIN = 1, 2


class Graph:
    """The commits of a range, newest first and none before one that stands on it, with what leads to what."""

    def __init__(self, commits: Sequence[Commit]) -> None:
        self.commits = commits

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each commit stands in the order."""
        return {one.sha: at for at, one in enumerate(self.commits)}

    def brought(self, merge: Commit, mainline: str = "") -> list[str]:
        """The commits of the range that the merge's other parents lead to and its main line doesn't, oldest first.

        `mainline` is the parent that is the main line, or the beginning of its hash; else it is the first. The walk
        ends where only commits of the main line are left, so it costs what lies between and not the whole history.
        """
        main = next((one for one in merge.parents if mainline and one.startswith(mainline)), merge.parents[0])
        flags: dict[int, int] = {}
        for parent in merge.parents:
            if (at := self.place.get(parent)) is not None:
                flags[at] = flags.get(at, 0) | (_MAIN if parent == main else _SIDE)
        open_, waiting = sum(flag == _SIDE for flag in flags.values()), list(flags)
        heapq.heapify(waiting)
        found: list[str] = []
        while waiting and open_:
            at = heapq.heappop(waiting)
            flag = flags[at]
            if flag == _SIDE:
                open_ -= 1
                found.append(self.commits[at].sha)
            for parent in self.commits[at].parents:
                above = self.place.get(parent)
                if above is None:
                    continue
                before = flags.get(above, 0)
                if not before:
                    heapq.heappush(waiting, above)
                flags[above] = before | flag
                open_ += (flags[above] == _SIDE) - (before == _SIDE)
        return found[::-1]

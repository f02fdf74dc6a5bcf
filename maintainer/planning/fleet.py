"""The work of a fleet as shards of about the same cost, each for one job of the CI."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

#: Seconds a site is taken to cost while none of the fleet has been measured.
UNMEASURED = 30.0


@dataclass(frozen=True, slots=True)
class Shard:
    """Names of sites, the costliest first, and what they should cost together. `number` counts from 1."""

    number: int
    sites: tuple[str, ...]
    seconds: float


def balanced(sites: Collection[str], costs: Mapping[str, float], shards: int) -> tuple[Shard, ...]:
    """At most `shards` shards, none empty: each site, the costliest first, goes where least is to be done so far.

    `costs` are seconds of the last run; an unknown or absurd one is the median of the known. Graham's longest
    processing time first (https://doi.org/10.1137/0117039): the longest shard is at most 4/3 - 1/(3n) of the best.
    The same input gives the same shards, in whatever order it comes.
    """
    known = {name: costs[name] for name in sites if 0 <= costs.get(name, -1) < float("inf")}
    usual = median(known.values()) if known else UNMEASURED
    ordered = sorted(sites, key=lambda name: (-known.get(name, usual), name))
    count = max(min(shards, len(ordered)), 0)
    chosen: list[list[str]] = [[] for _ in range(count)]
    load = [0.0] * count
    for name in ordered:
        # Of equally loaded ones that with fewer sites: each site costs a little that is not measured.
        to = min(range(count), key=lambda at: (load[at], len(chosen[at]), at))
        chosen[to].append(name)
        load[to] += known.get(name, usual)
    return tuple(Shard(at + 1, tuple(chosen[at]), round(load[at], 1)) for at in range(count))


@dataclass(frozen=True, slots=True)
class Done:
    """What a result says of itself: the plan it was made for, and the site's entry in the inventory as it was then."""

    plan: str
    entry: str


def left(entries: Mapping[str, str], plan: str, done: Mapping[str, Done]) -> Sequence[str]:
    """The sites that have no result of this plan yet, or one of another entry; `entries` are digests by name."""
    return [name for name, entry in entries.items() if done.get(name) != Done(plan, entry)]

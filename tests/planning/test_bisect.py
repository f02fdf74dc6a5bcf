"""Halving finds every culprit, loses no update, and never takes more rounds than halving needs."""

from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from maintainer.model import Change
from maintainer.planning.bisect import Content, content, parted
from maintainer.planning.group import changes
from tests.planning.values import decided, npm_package, update

NAMES = [f"package-{n:02}" for n in range(16)]


def grouped(names: list[str], group: str = "theme tooling", to: str = "1.1.0") -> Change:
    places = [npm_package(name, "1.0.0", file=f"packages/{name}/package.json") for name in names]
    (change,) = changes([decided(update(to, "minor", place), group=group) for place in places])
    return change


def names(change: Change) -> set[str]:
    return {update.dependency.name for update in change.updates}


@given(st.sets(st.sampled_from(NAMES), min_size=1), st.sets(st.sampled_from(NAMES), max_size=3))
def test_every_culprit_ends_alone_and_all_else_passes(members: set[str], culprits: set[str]) -> None:
    whole = grouped(sorted(members))
    failed: set[Content] = set()
    rounds = 0
    while True:
        parts = parted([whole], failed)
        assert sorted(name for part in parts for name in names(part)) == sorted(members), "each update is in one part"
        assert len({part.branch for part in parts}) == len(parts)
        red = {content(part.updates) for part in parts if names(part) & culprits}
        if red <= failed:
            break
        failed |= red
        rounds += 1
    assert all(len(part.updates) == 1 for part in parts if names(part) & culprits)
    assert rounds <= 1 + ceil(log2(len(members))) if len(members) > 1 else rounds <= 1


def test_nothing_failed_nothing_changes() -> None:
    whole = grouped(["a", "b"])
    assert parted([whole], []) == (whole,)
    assert parted([whole], [frozenset({("elsewhere", "1.1.0")})]) == (whole,)


def test_a_newer_version_is_judged_anew() -> None:
    failed = [content(grouped(["a", "b"]).updates)]
    newer = grouped(["a", "b"], to="1.2.0")
    assert parted([newer], failed) == (newer,)


def test_what_is_left_once_a_half_is_merged_is_tried_together_again() -> None:
    failed = [content(grouped(["a", "b", "c", "d"]).updates), content(grouped(["a", "b"]).updates)]
    rest = grouped(["a", "b"])
    assert [names(part) for part in parted([rest], failed)] == [{"a"}, {"b"}]
    rest = grouped(["b", "c"])
    assert parted([rest], failed) == (rest,)


def test_a_culprit_alone_keeps_its_branch_whatever_version_comes() -> None:
    failed = [content(grouped(["a", "b"]).updates)]
    branches = {part.branch for part in parted([grouped(["a", "b"])], failed)}
    assert len(branches) == 2 and all(branch.startswith("maintainer/theme-tooling-part-") for branch in branches)


def test_a_culprit_alone_keeps_its_branch_when_the_rest_was_merged() -> None:
    failed = [content(grouped(["a", "b"]).updates), content(grouped(["a"]).updates)]
    before = {part.branch for part in parted([grouped(["a", "b"])], failed) if names(part) == {"a"}}
    assert {part.branch for part in parted([grouped(["a"])], failed)} == before


def test_a_runtime_moves_in_one_piece() -> None:
    php = grouped(["php", "php-cli"], group="php")
    assert parted([php], [content(php.updates)]) == (php,)


def test_a_single_update_that_failed_stays_what_it_is() -> None:
    alone = grouped(["a"])
    assert parted([alone], [content(alone.updates)]) == (alone,)

"""What travels together, and how it is called."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from maintainer.model import Ask, Bump, Decided, Deny, Hold, Release, Span, Update
from maintainer.planning.group import changes, title, without
from tests.planning.values import advisory, decided, dependency, npm_package, update


def of(name: str, to: str = "2.0.1", bump: Bump = "patch", group: str = "", **more: Any) -> Decided:
    advisories = more.pop("advisories", ())
    one = npm_package(name, "2.0.0", **{"current": "2.0.0"} | more)
    return decided(Update(one, Release(to), to, bump, advisories), group=group)


def titles(*members: Decided) -> list[str]:
    return [change.title for change in changes(members)]


def test_only_what_may_move_is_in_a_change() -> None:
    one = update()
    held = [Decided(one, Hold("x")), Decided(one, Ask("x")), Decided(one, Deny("x"))]
    assert changes(held) == ()
    assert [change.updates for change in changes([decided(one)])] == [(one,)]


def test_a_package_travels_with_itself_in_all_files() -> None:
    (change,) = changes([of("react", file="b/package.json"), of("react", file="a/package.json")])
    assert [one.dependency.file for one in change.updates] == ["a/package.json", "b/package.json"]
    assert change.title == "react 2.0.0 → 2.0.1 in 2 files"
    assert change.branch == "maintainer/npm-react"


def test_a_group_travels_together_and_majors_never_with_the_flow() -> None:
    members = [of("a", group="tools"), of("b", group="tools"), of("a", "3.0.0", "major", "tools"), of("c")]
    made = changes(members)
    assert [(change.branch, change.title, change.group) for change in made] == [
        ("maintainer/npm-c", "c 2.0.0 → 2.0.1", ""),
        ("maintainer/tools", "tools (npm): 2 updates", "tools"),
        ("maintainer/tools-major", "tools (npm): a 2.0.0 → 3.0.0", "tools-major"),
    ]


def test_security_goes_alone_and_first() -> None:
    members = [of("a", group="tools"), of("z", group="tools", advisories=(advisory(), advisory(id="CVE-2026-9")))]
    first, second = changes(members)
    assert (first.branch, first.security) == ("maintainer/npm-z", ("GHSA-1", "CVE-2026-9"))
    assert first.title == "z 2.0.0 → 2.0.1 · fixes CVE-2026-1234 and 1 more"
    assert second.security == ()


def test_of_two_updates_of_one_place_the_fix_is_taken() -> None:
    (change,) = changes([of("a", "2.9.0"), of("a", "2.0.1", advisories=(advisory(),))])
    assert [one.release.version for one in change.updates] == ["2.0.1"]


def test_people_and_labels_of_all_members_are_asked_once() -> None:
    one, two = of("a", group="g"), of("b", group="g")
    members = [
        Decided(one.update, one.decision, "g", ("x", "y"), ("anna",)),
        Decided(two.update, two.decision, "g", ("y", "z"), ("anna", "jan"), ("ola",)),
    ]
    (change,) = changes(members)
    assert (change.labels, change.reviewers, change.assignees) == (("x", "y", "z"), ("anna", "jan"), ("ola",))


def test_titles() -> None:
    assert titles(decided(update("9.4.4", of=dependency("WooCommerce")))) == ["WooCommerce 9.4.2 → 9.4.4"]
    digest = Update(dependency("redis", "7.2"), Release("7.2"), "x", "digest")
    assert titles(decided(digest)) == ["redis 7.2: new digest"]
    several = [of("react", file="a"), of("react", file="b", current="1.9.0")]
    assert titles(*several) == ["react → 2.0.1 in 2 files"]


def test_a_runtime_is_called_by_its_cycles() -> None:
    def pin(file: str, text: str, to: str, bump: Bump = "major") -> Update:
        return Update(dependency("php", text, role="pin", file=file, datasource="x"), Release(to), to, bump)

    moves = [
        pin(".php-version", "8.1.2", "8.3.12"),
        pin("ci.yml", "8.1", "8.3"),
        pin("Dockerfile", "8.2-fpm", "8.3-fpm"),
    ]
    assert title(moves, "php") == "PHP 8.1 → 8.3 in 3 files"
    assert title([pin(".php-version", "8.1.2", "8.1.30", "patch")], "php") == "PHP 8.1.2 → 8.1.30 in 1 file"


def test_hostile_names_make_one_short_line() -> None:
    (said,) = titles(of("evil\n\n# Heading\x1b[31m" + "x" * 500, advisories=(advisory(),)))
    assert len(said) <= 120
    assert said.isprintable()
    assert said.endswith("fixes CVE-2026-1234")


def test_a_change_without_some_of_its_updates_is_told_anew() -> None:
    (change,) = changes([of("a", group="tools"), of("b", group="tools")])
    left = without(change, change.updates[:1])
    assert left is not None
    assert (left.title, left.branch) == ("tools (npm): b 2.0.0 → 2.0.1", change.branch)
    assert without(change, change.updates) is None
    assert without(change, ()) is change


MEMBERS = st.lists(
    st.builds(
        lambda name, to, bump, group, file, at: of(name, to, bump, group, file=file, at=Span(at, at + 5)),
        st.sampled_from("abc"),
        st.sampled_from(["2.0.1", "2.1.0"]),
        st.sampled_from(["patch", "major"]),
        st.sampled_from(["", "g", "G", "h"]),
        st.sampled_from("xy"),
        st.integers(0, 2),
    ),
    max_size=12,
)


@given(MEMBERS, st.randoms())
def test_the_order_of_decisions_does_not_matter_and_no_branch_comes_twice(
    members: Sequence[Decided], random: Any
) -> None:
    made = changes(members)
    branches = [change.branch for change in made]
    assert len(set(branches)) == len(branches)
    shuffled = list(members)
    random.shuffle(shuffled)
    assert [change.branch for change in changes(shuffled)] == branches
    assert {change.identity for change in changes(shuffled)} == {change.identity for change in made}
    for change in made:
        own = [(one.dependency.file, one.dependency.at) for one in change.updates]
        assert len(set(own)) == len(own)
        assert len({one.bump == "major" for one in change.updates}) == 1

"""Which releases are shown, and what each would write."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.model import Allow, Ask, Decided, Dependency, Hold, Listing, Looked, Release, Strategy, Update
from maintainer.planning.candidate import look
from maintainer.policy.compatibility import Facts
from maintainer.policy.decide import decide
from maintainer.policy.rulebook import Rulebook
from tests.planning.values import NOW, SCHEMES, advisory, dependency, listing, npm_package, release

YOUNG = timedelta(hours=14)


def looked(one: Dependency, of: Listing, strategy: Strategy | None = None, **more: Any) -> Looked:
    facts = more.pop("facts", Facts())

    def said(update: Update) -> Decided:
        return decide(update, Rulebook(), NOW, facts=facts, schemes=SCHEMES, untouched_since=of.untouched_since)

    return look(one, of, SCHEMES[one.scheme], decide=said, strategy=lambda _: strategy, **more)


def shown(of: Looked) -> list[tuple[str, str, str]]:
    return [(one.update.release.version, type(one.decision).__name__, one.update.text) for one in of.updates]


def test_the_newest_of_the_flow_and_the_newest_major() -> None:
    found = looked(dependency(), listing("9.4.1", "9.4.2", "9.4.4", "9.10.0", "9.9.9", "10.1", "10.0", "11.2"))
    assert shown(found) == [("9.10.0", "Allow", "9.10.0"), ("11.2", "Ask", "11.2")]
    assert found.latest == "11.2"


def test_an_older_release_goes_while_the_newest_waits() -> None:
    found = looked(dependency(), listing("9.4.2", "9.4.3", "9.4.4", release("9.5.0", YOUNG)))
    assert shown(found) == [("9.5.0", "Hold", "9.5.0"), ("9.4.4", "Allow", "9.4.4")]


def test_the_newest_the_site_can_run_goes() -> None:
    releases = listing(
        "9.4.3", release("9.5.0", requires={"php": "8.2"}), release("10.0", requires={"php": "8.2"}), "9.4.4"
    )
    found = looked(dependency(), releases, facts=Facts(php=("8.1",)))
    assert shown(found) == [
        ("9.5.0", "Hold", "9.5.0"),
        ("9.4.4", "Allow", "9.4.4"),
        ("10.0", "Hold", "10.0"),
    ]


def test_what_its_publisher_recommends_is_the_bound_unless_the_site_is_beyond() -> None:
    releases = ("9.4.2", "9.4.4", "9.6.0", "10.0.0")
    assert shown(looked(dependency(), listing(*releases, recommended="9.4.4"))) == [("9.4.4", "Allow", "9.4.4")]
    beyond = looked(dependency(constraint="9.6.0"), listing(*releases, "9.7.0", recommended="9.4.4"))
    assert [one[0] for one in shown(beyond)] == ["9.7.0", "10.0.0"]


def test_what_was_withdrawn_is_skipped() -> None:
    found = looked(dependency(), listing("9.4.3", release("9.4.4", withdrawn="broken")))
    assert [one[0] for one in shown(found)] == ["9.4.3"]


def test_pre_releases_only_for_those_who_have_one_or_want_them() -> None:
    releases = listing("9.4.3", "9.5.0-rc1", "10.0.0-beta1")
    assert [one[0] for one in shown(looked(dependency(), releases))] == ["9.4.3"]
    assert [one[0] for one in shown(looked(dependency(constraint="9.5.0-beta2"), releases))] == ["9.5.0-rc1"]
    wanted = looked(dependency(), releases, prereleases=True)
    assert [(one.update.release.version, one.update.bump) for one in wanted.updates] == [
        ("9.5.0-rc1", "prerelease"),
        ("10.0.0-beta1", "major"),
    ]


def test_what_is_in_range_already_hides_no_older_release_that_may_go() -> None:
    one = npm_package("lodash", "~1.2.0", current="1.2.0")
    found = looked(one, listing("1.2.1", "1.4.0", release("1.5.0", YOUNG)))
    assert shown(found) == [("1.5.0", "Hold", "~1.5.0"), ("1.4.0", "Allow", "~1.4.0")]


def test_nothing_newer_is_nothing_to_do() -> None:
    assert looked(dependency(), listing("9.4.2", "9.4.1", "trunk", "")) == Looked(dependency(), "9.4.2")
    assert looked(dependency(), listing()).updates == ()


@pytest.mark.parametrize(
    ("constraint", "locked", "strategy", "expected"),
    [
        ("4.17.20", None, None, ["4.18.1", "5.0.0"]),
        ("4.17.20", "4.17.20", None, ["4.18.1", "5.0.0"]),
        ("^4.17.20", "4.17.20", None, ["^4.17.20", "^5.0.0"]),
        ("^4.17.20", "4.17.20", "lock", ["^4.17.20", "^5.0.0"]),
        ("^4.17.20", "4.17.20", "bump", ["^4.18.1", "^5.0.0"]),
        ("^4.17.20", "4.17.20", "widen", ["^4.17.20", "^4.17.20 || ^5.0.0"]),
        ("^4.17.20", None, None, ["^5.0.0"]),
        ("^4.17.20", None, "bump", ["^4.18.1", "^5.0.0"]),
        ("~4.17.20", "4.17.20", None, ["~4.18.1", "~5.0.0"]),
        ("~4.17.20", None, None, ["~4.18.1", "~5.0.0"]),
        ("^4.17", None, None, ["^5.0"]),
        ("*", "4.17.20", None, ["*", "*"]),
        ("*", None, None, []),
    ],
)
def test_what_the_file_will_say(
    constraint: str, locked: str | None, strategy: Strategy | None, expected: list[str]
) -> None:
    current = locked or constraint.lstrip("^~")
    one = npm_package("lodash", constraint, locked=locked, current=current if current != "*" else None)
    found = looked(one, listing("4.17.20", "4.17.21", "4.18.1", "5.0.0"), strategy)
    assert [update[2] for update in shown(found)] == expected


def test_an_alias_keeps_its_name_and_other_digits() -> None:
    one = npm_package("lodash4", "^4.0.0", text="npm:lodash-^4.0.0@^4.0.0", current="4.0.0")
    (found,) = looked(one, listing("5.0.0")).updates
    assert found.update.text == "npm:lodash-^4.0.0@^5.0.0"


def action(text: str, digest: str, **more: Any) -> Dependency:
    return dependency("actions/checkout", "v4.1.2", scheme="npm", text=text, digest=digest, **more)


def test_a_pinned_commit_moves_with_its_comment() -> None:
    one = action("a4a1 # v4.1.2", "a4a1")
    (found,) = looked(one, listing(release("v4.2.0", digest="b5b2"))).updates
    assert found.update.text == "b5b2 # v4.2.0"


def test_without_its_digest_a_release_waits() -> None:
    (found,) = looked(action("a4a1 # v4.1.2", "a4a1"), listing("v4.2.0")).updates
    assert isinstance(found.decision, Hold)
    assert "digest" in found.decision.reason


def image(tag: str, digest: str = "", **more: Any) -> Dependency:
    text = f"{tag}@{digest}" if digest else tag
    return dependency("redis", tag, scheme="docker", text=text, digest=digest or None, datasource="docker", **more)


def test_a_tag_never_leaves_its_variant_or_precision() -> None:
    tags = ("7.2-alpine", "7.4-alpine", "7.4.1-alpine", "7.9-bookworm", "8-alpine", "8.0-alpine", "latest")
    assert [one[0] for one in shown(looked(image("7.2-alpine"), listing(*tags)))] == ["7.4-alpine", "8.0-alpine"]


def test_a_tag_that_was_built_again_is_an_update_of_its_digest() -> None:
    old, new = "sha256:" + "1" * 64, "sha256:" + "2" * 64
    (found,) = looked(image("7.2-alpine", old), listing(release("7.2-alpine", digest=new))).updates
    assert (found.update.bump, found.update.text) == ("digest", f"7.2-alpine@{new}")
    assert looked(image("7.2-alpine", old), listing(release("7.2-alpine", digest=old))).updates == ()
    (latest,) = looked(image("latest", old), listing(release("latest", digest=new))).updates
    assert latest.update.text == f"latest@{new}"
    moved = action("a4a1 # v4.1.2", "a4a1")
    assert looked(moved, listing(release("v4.1.2", digest="b5b2"))).updates == ()


def test_the_lowest_fix_goes_first_and_the_newest_waits_for_it() -> None:
    found = looked(dependency(), listing("9.4.3", "9.4.4", "9.4.5", "9.6.0", "10.0"), advisories=[advisory()])
    assert shown(found) == [("9.4.4", "Allow", "9.4.4"), ("9.6.0", "Hold", "9.6.0"), ("10.0", "Ask", "10.0")]
    assert found.updates[0].update.advisories == (advisory(),)
    assert found.updates[1].decision == Hold("waits for the security update 9.4.2 → 9.4.4")


def test_a_fix_is_not_too_young_but_has_to_run_on_the_site() -> None:
    releases = listing(
        release("9.4.4", YOUNG, requires={"php": "8.2"}), release("9.4.5", YOUNG), release("9.5.0", YOUNG)
    )
    found = looked(dependency(), releases, advisories=[advisory()], facts=Facts(php=("8.1",)))
    assert [one[:2] for one in shown(found)] == [("9.4.4", "Hold"), ("9.4.5", "Allow"), ("9.5.0", "Hold")]


def test_only_a_major_fixes_it() -> None:
    found = looked(dependency(), listing("9.4.3", "10.0", "10.1"), advisories=[advisory(affected=["<10"])])
    assert [one[:2] for one in shown(found)] == [("9.4.3", "Allow"), ("10.0", "Ask"), ("10.1", "Hold")]
    assert isinstance(found.updates[1].decision, Ask)
    assert "CVE-2026-1234" in found.updates[1].decision.reason


def test_a_fix_leaves_no_range_that_allows_the_hole() -> None:
    one = npm_package("lodash", "^4.17.20", current="4.17.20")
    holes = [advisory(affected=["<4.17.21"])]
    assert shown(looked(one, listing("4.17.21"), advisories=holes)) == [("4.17.21", "Allow", "^4.17.21")]
    locked = npm_package("lodash", "^4.17.20", current="4.17.20", locked="4.17.20")
    assert shown(looked(locked, listing("4.17.21"), advisories=holes)) == [("4.17.21", "Allow", "^4.17.20")]


def test_pins_and_support_are_the_runtimes() -> None:
    for role in ("pin", "support"):
        one = dependency("php", "8.1", scheme="runtime", role=role)
        assert looked(one, listing("8.3")).updates == ()


def test_peer_dependencies_are_only_widened_for_what_is_used() -> None:
    def peer(constraint: str) -> list[tuple[str, str, str]]:
        one = npm_package("react", constraint, section="peerDependencies", locked="19.1.0", current="19.1.0")
        return shown(looked(one, listing("18.0.0", "19.1.0", "20.0.0")))

    assert peer("^18.0.0") == [("19.1.0", "Allow", "^18.0.0 || ^19.0.0")]
    assert peer("^18.0.0 || ^19.0.0") == []


def test_no_faithful_text_leaves_it_to_a_person() -> None:
    one = npm_package("lodash", "^4.0.0", text="something else", current="4.0.0")
    (found,) = looked(one, listing("5.0.0")).updates
    assert isinstance(found.decision, Hold)
    assert found.update.text == one.text


def test_details_put_into_the_listing_change_the_answer() -> None:
    undated = Release("9.4.4")
    (before,) = looked(dependency(), Listing((undated,))).updates
    assert isinstance(before.decision, Hold)
    (after,) = looked(dependency(), listing(release("9.4.4"))).updates
    assert isinstance(after.decision, Allow)


VERSIONS = st.text(st.sampled_from("0123.-vabrcdx*^~ |<>=@/+"), max_size=12) | st.sampled_from(
    [
        "1.0.0",
        "1.0.1",
        "2.0",
        "latest",
        "dev-main",
        "1.x-dev",
        "v3",
        "2.0.0-beta.1",
        "8.2-fpm",
        "",
        "\ud800",
        "9" * 5000,
    ]
)


@settings(max_examples=300)
@given(
    scheme=st.sampled_from(sorted(SCHEMES)),
    constraint=VERSIONS,
    current=st.none() | VERSIONS,
    locked=st.none() | VERSIONS,
    digest=st.none() | st.sampled_from(["", "1", "abc"]),
    versions=st.lists(VERSIONS, max_size=6),
    recommended=st.none() | VERSIONS,
    affected=st.lists(VERSIONS, max_size=2),
    role=st.sampled_from(["package", "support", "pin"]),
    section=st.sampled_from(["", "peerDependencies"]),
)
def test_whatever_files_and_registries_say_is_answered(
    scheme: str,
    constraint: str,
    current: str | None,
    locked: str | None,
    digest: str | None,
    versions: list[str],
    recommended: str | None,
    affected: list[str],
    role: Any,
    section: str,
) -> None:
    one = dependency("x", constraint, scheme=scheme, current=current, locked=locked, digest=digest, role=role)
    one = replace(one, section=section)
    of = listing(*versions, recommended=recommended)
    for advisories in ([], [advisory(affected=affected)]):
        found = looked(one, of, advisories=advisories)
        assert len(found.updates) <= 8
        for each in found.updates:
            assert each.decision.reason

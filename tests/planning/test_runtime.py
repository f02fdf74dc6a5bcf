"""PHP and Node move in all files at once, or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from maintainer.model import Allow, Ask, Decided, Deny, Dependency, Hold, Listing, Release, Source, Update
from maintainer.planning import branch
from maintainer.planning.group import changes
from maintainer.planning.runtime import Runtime, plan
from maintainer.policy.compatibility import Facts
from maintainer.policy.decide import decide
from maintainer.policy.rulebook import Rule, Rulebook
from tests.planning.values import NOW, SCHEMES, dependency, freeze, frozen, listing, release

DAYS = timedelta(days=1)


def cycle(version: str, begun: int, ends: int | None, **more: Any) -> tuple[Release, Release]:
    """The first release of a cycle, `begun` days ago, and its newest, a month old; support ends in `ends` days."""
    line, end = version.rpartition(".")[0], None if ends is None else NOW + ends * DAYS
    first = Release(f"{line}.0", NOW - begun * DAYS, supported_until=end, **more)
    return first, Release(version, NOW - 30 * DAYS, supported_until=end, **more)


PHP = listing(
    *cycle("8.1.30", 1800, 41),
    *cycle("8.2.25", 1400, 400),
    *cycle("8.3.12", 1000, 700),
    *cycle("8.4.1", 20, 1100),
    *cycle("8.0.30", 2000, -300),
)
NODE = listing(*cycle("20.18.0", 900, 30, lts=True), *cycle("22.11.0", 400, 900, lts=True), *cycle("23.1.0", 200, 100))


def pin(file: str, text: str, name: str = "php", **more: Any) -> Dependency:
    return dependency(name, text, file=file, **{"scheme": "runtime", "role": "pin", "datasource": "runtimes"} | more)


def image(file: str, tag: str, **more: Any) -> Dependency:
    return pin(file, tag, scheme="docker", datasource="docker", **more)


def support(file: str, text: str, scheme: str = "composer", **more: Any) -> Dependency:
    return pin(file, text, scheme=scheme, role="support", **more)


def planned(
    *places: Dependency,
    name: str = "php",
    of: Listing = PHP,
    blocked: Mapping[str, Sequence[str]] | None = None,
    images: Mapping[Source, Listing] | None = None,
    book: Rulebook | None = None,
    now: datetime = NOW,
) -> Runtime:
    def said(update: Update, group: str) -> Decided:
        return decide(
            update,
            book or Rulebook(),
            now,
            facts=Facts(),
            schemes=SCHEMES,
            untouched_since=None,
            branch_of=branch.name,
            group=group,
        )

    return plan(
        name,
        places,
        of,
        now,
        images=images or {},
        schemes=SCHEMES,
        decide=said,
        blocked=lambda version: (blocked or {}).get(version, ()),
    )


def texts(of: Runtime) -> list[tuple[str, str, str]]:
    return [(one.update.dependency.file, one.update.text, type(one.decision).__name__) for one in of.decided]


def test_all_pins_move_to_the_newest_settled_cycle_in_their_own_precision() -> None:
    said = planned(pin(".php-version", "8.1"), pin("ci.yml", "8.1.30"), pin("b.yml", "8.3"))
    assert texts(said) == [(".php-version", "8.3", "Ask"), ("ci.yml", "8.3.12", "Ask")]
    assert (said.current, said.target, said.title) == ("8.1", "8.3", "PHP 8.1 → 8.3 in 2 files")
    assert {one.group for one in said.decided} == {"php"}


def test_an_end_of_support_that_is_near_is_urgent() -> None:
    (near,) = planned(pin(".php-version", "8.1")).decided
    assert isinstance(near.decision, Ask)
    assert "PHP 8.1: security support ends in 41 days" in near.decision.reason
    assert near.labels == ("priority",)
    (far,) = planned(pin(".php-version", "8.2")).decided
    assert far.labels == ()
    (over,) = planned(pin(".php-version", "8.0")).decided
    assert isinstance(over.decision, Ask)
    assert "PHP 8.0 has had no security support for 300 days" in over.decision.reason


def test_patches_flow_within_the_cycle() -> None:
    said = planned(pin(".php-version", "8.3.2"), pin("ci.yml", "8.3"))
    assert texts(said) == [(".php-version", "8.3.12", "Allow")]
    (change,) = changes(said.decided)
    assert (change.branch, change.title) == ("maintainer/php", "PHP 8.3.2 → 8.3.12 in 1 file")


def test_patches_and_the_cycle_are_separate_changes() -> None:
    book = Rulebook(approved=frozenset({"maintainer/php-major"}))
    said = planned(pin(".php-version", "8.1.2"), book=book)
    assert sorted((change.branch, change.title) for change in changes(said.decided)) == [
        ("maintainer/php", "PHP 8.1.2 → 8.1.30 in 1 file"),
        ("maintainer/php-major", "PHP 8.1 → 8.3 in 1 file"),
    ]


def test_what_blocks_is_named_with_the_newest_possible() -> None:
    slider = "Old Slider 2.1: no release for PHP 8.3+"
    said = planned(pin(".php-version", "8.1"), blocked={"8.3": [slider]})
    assert texts(said) == [(".php-version", "8.3", "Hold"), (".php-version", "8.2", "Ask")]
    assert said.decided[0].decision == Hold(f"blocked by {slider} · newest possible: PHP 8.2")
    assert said.target == "8.2"
    stuck = planned(pin(".php-version", "8.1"), blocked={"8.3": [slider], "8.2": [slider]})
    assert [one.decision for one in stuck.decided] == [Hold(f"blocked by {slider} · newest possible: what it runs now")]
    assert (stuck.target, stuck.title) == ("", "")


def test_one_place_that_must_wait_holds_all() -> None:
    book = Rulebook(
        rules=(Rule(paths=("ci.yml",), act="ignore", reason="ops"),), approved=frozenset({"maintainer/php-major"})
    )
    said = planned(pin(".php-version", "8.1"), pin("ci.yml", "8.1"), book=book)
    assert {type(one.decision) for one in said.decided} == {Deny}
    held = freeze("Black Week", NOW - DAYS, NOW + DAYS, "propose")
    said = planned(pin(".php-version", "8.1"), pin("ci.yml", "8.1"), book=Rulebook(calendar=frozen(held)))
    assert {one.decision for one in said.decided} == {Hold("frozen by Black Week", NOW + DAYS)}


def test_approved_it_goes_as_one_change() -> None:
    book = Rulebook(approved=frozenset({"maintainer/php-major"}))
    said = planned(pin(".php-version", "8.1"), pin("ci.yml", "8.1.30"), support("composer.json", "~8.1.0"), book=book)
    assert all(isinstance(one.decision, Allow) for one in said.decided)
    (change,) = changes(said.decided)
    assert (change.branch, change.title) == ("maintainer/php-major", "PHP 8.1 → 8.3 in 3 files")


def test_what_is_urgent_comes_before_the_rest() -> None:
    book = Rulebook(approved=frozenset({"maintainer/php-major"}))
    said = planned(pin(".php-version", "8.1"), book=book)
    other = Decided(Update(dependency("a"), release("9.4.4"), "9.4.4", "patch"), Allow())
    assert [change.branch for change in changes([other, *said.decided])] == [
        "maintainer/php-major",
        "maintainer/wordpress-a",
    ]


def test_declarations_of_support_are_widened_along_and_never_narrowed() -> None:
    said = planned(
        pin(".php-version", "8.1"),
        support("composer.json", "^8.1"),
        support("b/composer.json", "~8.1.0"),
        support("c/composer.json", ">=7.4 <8.2"),
    )
    moved = {file: text for file, text, _ in texts(said)}
    assert "composer.json" not in moved
    assert moved["b/composer.json"] == "~8.1.0 || ~8.3.0"
    assert SCHEMES["composer"].satisfies(moved["c/composer.json"], "8.3.12")
    assert SCHEMES["composer"].satisfies(moved["c/composer.json"], "7.4.0")


def test_a_declaration_that_excludes_what_runs_is_widened_without_a_move() -> None:
    said = planned(pin(".php-version", "8.3"), support("composer.json", "~8.1.0"))
    assert texts(said) == [("composer.json", "~8.1.0 || ~8.3.0", "Allow")]
    assert planned(support("composer.json", "~8.1.0")).decided == ()


def test_images_keep_their_variant() -> None:
    one = image("Dockerfile", "8.1-fpm-alpine")
    tags = listing("8.3-cli", "8.3-fpm-alpine", "8.3.12-fpm-alpine", "8.4-fpm-alpine", "8.1-fpm-alpine")
    said = planned(one, pin(".php-version", "8.1"), images={one.source: tags})
    assert texts(said) == [("Dockerfile", "8.3-fpm-alpine", "Ask"), (".php-version", "8.3", "Ask")]


def test_an_image_built_today_is_as_old_as_its_runtime() -> None:
    one = image("Dockerfile", "8.1-fpm")
    tags = Listing((Release("8.3-fpm", NOW), Release("8.3.12-fpm")))
    (said,) = planned(one, images={one.source: tags}).decided
    assert isinstance(said.decision, Ask)


def test_patches_of_an_image_flow_in_its_variant() -> None:
    one = image("Dockerfile", "8.1.2-fpm")
    tags = Listing((Release("8.1.30-fpm"), Release("8.1.30-cli"), Release("8.1-fpm", NOW)))
    said = planned(one, images={one.source: tags}, blocked={"8.3": ["x"], "8.2": ["x"]})
    assert texts(said)[0] == ("Dockerfile", "8.1.30-fpm", "Allow")


def test_the_cells_of_a_matrix_stay_single_versions() -> None:
    cells = [support("ci.yml", text, "runtime") for text in ("8.1", "8.2.1")]
    assert texts(planned(pin(".php-version", "8.1"), *cells)) == [(".php-version", "8.3", "Ask")]


def test_an_image_without_the_variant_holds_all() -> None:
    one = image("Dockerfile", "8.1-fpm-alpine")
    (only, also) = planned(one, pin(".php-version", "8.1"), images={one.source: listing("8.2-fpm-alpine")}).decided[1:]
    assert (only.update.text, also.update.text) == ("8.2-fpm-alpine", "8.2")
    unknown = planned(one, pin(".php-version", "8.1"))
    assert {type(each.decision) for each in unknown.decided} == {Hold}
    assert "could not be looked up" in unknown.decided[0].decision.reason


def test_node_moves_between_lines_of_long_term_support() -> None:
    said = planned(
        pin(".nvmrc", "20", "node"),
        pin("ci.yml", "20.18", "node"),
        pin("a/.nvmrc", "v20.18.0", "node"),
        pin("b/.nvmrc", "lts/iron", "node", current=None),
        support("package.json", "^20.0.0", "npm", name="node"),
        name="node",
        of=NODE,
    )
    moved = {file: text for file, text, _ in texts(said)}
    assert moved == {
        ".nvmrc": "22",
        "ci.yml": "22.11",
        "a/.nvmrc": "v22.11.0",
        "b/.nvmrc": "lts/jod",
        "package.json": "^20.0.0 || ^22.0.0",
    }
    assert said.title == "Node 20 → 22 in 5 files"


def test_a_line_by_its_name_is_a_cycle_and_stays_a_name() -> None:
    said = planned(pin(".nvmrc", "lts/Iron", "node", current=None), name="node", of=NODE)
    assert [(one.update.text, one.update.release.version) for one in said.decided] == [("lts/Jod", "22")]
    assert (said.current, said.target) == ("20", "22")


def test_python_moves_in_all_files_too() -> None:
    of = listing(*cycle("3.11.9", 900, 300), *cycle("3.13.1", 400, 1500), *cycle("3.14.0", 40, 1800))
    one = image("Dockerfile", "3.11-slim", name="python")
    said = planned(
        pin(".tool-versions", "3.11.9", "python"),
        one,
        support("pyproject.toml", ">=3.10,<3.13", "pep440", name="python"),
        name="python",
        of=of,
        images={one.source: listing("3.11-slim", "3.13-slim", "3.13-alpine")},
    )
    assert texts(said) == [
        (".tool-versions", "3.13.1", "Ask"),
        ("Dockerfile", "3.13-slim", "Ask"),
        ("pyproject.toml", ">=3.10,<3.14", "Ask"),
    ]
    assert said.title == "Python 3.11 → 3.13 in 3 files"


def test_what_floats_or_is_newest_stays() -> None:
    for places in ([], [pin(".php-version", "8.3")], [pin("a", "8", current="8")], [pin("a", "latest", current=None)]):
        assert planned(*places).decided == ()


def test_support_without_a_known_end_is_no_evidence() -> None:
    of = listing(*cycle("8.1.30", 1800, None), *cycle("8.3.12", 1000, None))
    assert planned(pin(".php-version", "8.1"), of=of).decided == ()
    assert planned(pin(".php-version", "8.1"), of=listing()).decided == ()


def test_a_listing_of_cycles_alone_will_do() -> None:
    of = listing(
        release("8.1", timedelta(days=900), supported_until=NOW + 9 * DAYS),
        release("8.3", timedelta(days=700), supported_until=NOW + 900 * DAYS),
    )
    assert texts(planned(pin(".php-version", "8.1"), of=of)) == [(".php-version", "8.3", "Ask")]


TEXTS = st.sampled_from(
    [
        "8.1",
        "8.1.2",
        "8",
        "",
        "latest",
        "8.1-fpm",
        "lts/*",
        "^8.1",
        "x" * 300,
        "9" * 3000,
        "8.3",
        "~8.1.0",
        ">=7.4 <8.2",
    ]
) | st.text("0123456789.-^~ |<>=fpm", max_size=10)


@settings(max_examples=300)
@given(
    places=st.lists(
        st.tuples(
            st.sampled_from(["pin", "support"]),
            st.sampled_from(sorted(SCHEMES)),
            TEXTS,
            st.none() | TEXTS,
            st.sampled_from([None, "sha256:1"]),
        ),
        max_size=4,
    ),
    tags=st.lists(TEXTS, max_size=4),
    name=st.sampled_from(["php", "node", "python"]),
    odd=st.lists(TEXTS, max_size=3),
)
def test_whatever_files_and_registries_say_is_answered(
    places: list[tuple[Any, str, str, str | None, str | None]], tags: list[str], name: str, odd: list[str]
) -> None:
    made = [
        pin(f"{at}", text, name, role=role, scheme=scheme, current=current, digest=digest)
        for at, (role, scheme, text, current, digest) in enumerate(places)
    ]
    of = PHP if name == "php" else NODE
    of = Listing(
        (*of.releases, *(Release(text, NOW - 300 * DAYS, supported_until=NOW + DAYS, lts=True) for text in odd))
    )
    said = planned(*made, name=name, of=of, images={one.source: listing(*tags) for one in made})
    assert all(one.group == name and one.decision.reason for one in said.decided)
    changes(said.decided)

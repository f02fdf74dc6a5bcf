"""A description keeps what people wrote, remembers what we did, and tells what is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text.description import (
    BEGIN,
    END,
    Box,
    Mark,
    asked_in,
    box,
    boxes,
    compose,
    digest,
    read,
    remarked,
    tick,
    write,
)

ENTRY = ("composer.json", "acme/cart", "1.0", "1.1")
REGION = f"### Cart 1.0 → 1.1\n\n{box('recreate', 'recreate this proposal')}\n{box('ignore', 'ignore this version')}"
#: Any text a forge keeps: no control characters but line ends.
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r"), max_size=200)


def people(text: str) -> str:
    """What a person may write that is not ours: no line of it is one of our comments."""
    return text.replace("<!--", "").replace("-->", "").replace("\r\n", "\n").strip()


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), max_size=60), WORDS, st.booleans())
def test_metadata_is_read_back_and_stays_hidden(
    identity: list[tuple[str, str, str, str]], title: str, ours: bool
) -> None:
    mark = Mark(tuple(sorted(identity)), "c" * 40, title, closed_by_us=ours, labels=("a", "b"), settled=False)
    written = write(mark)
    assert written.startswith("<!--") and written.endswith("-->") and "\n" not in written
    assert "--" not in written[4:-3] and "<" not in written[4:-3] and ">" not in written[4:-3]
    assert read(f"what people say\n\n{written}\n") == mark


@given(WORDS, WORDS)
def test_what_people_write_around_ours_survives_a_refresh(above: str, below: str) -> None:
    above, below = people(above), people(below)
    before = compose(REGION, Mark((ENTRY,)))
    edited = f"{above}\n\n{before}".replace(END, f"{END}\n\n{below}")
    after = compose("### Cart 1.0 → 1.2", Mark((ENTRY,)), edited)
    head, _, rest = after.partition(BEGIN)
    assert head.strip() == above
    assert rest.partition(END)[2].startswith(f"\n\n{below}" if below else "\n\n<!-- maintainer:identity")


def test_a_refresh_twice_is_a_refresh_once() -> None:
    once = compose(REGION, Mark((ENTRY,)), "Please look at VAT.\n" + compose(REGION, Mark((ENTRY,))))
    assert compose(REGION, Mark((ENTRY,)), once) == once


def test_what_a_person_changed_inside_ours_is_kept_below_without_its_boxes() -> None:
    before = compose(REGION, Mark((ENTRY,))).replace("### Cart", "### The cart, see TICKET-7")
    after = compose("### Cart 1.0 → 1.2", Mark((ENTRY,)), before)
    assert after.count("TICKET-7") == 1 and "As it was edited before" in after
    assert boxes(after) == []
    assert compose("### Cart 1.0 → 1.2", Mark((ENTRY,)), after) == after


def test_ticking_a_box_is_no_edit_and_asks_for_something() -> None:
    written = compose(REGION, Mark((ENTRY,)))
    ticked = written.replace("- [ ] recreate", "- [x] recreate")
    assert boxes(written) == [Box("recreate", "", False), Box("ignore", "", False)]
    assert boxes(ticked) == [Box("recreate", "", True), Box("ignore", "", False)]
    known = read(ticked)
    assert known and known.region == digest(REGION) == digest(REGION.replace("[ ]", "[X]"))
    assert "As it was edited" not in compose(REGION, known, ticked)


def test_a_forge_that_ends_lines_with_crlf_changes_nothing() -> None:
    written = compose(REGION, Mark((ENTRY,)))
    assert compose(REGION, Mark((ENTRY,)), written.replace("\n", "\r\n")) == written


@pytest.mark.parametrize(
    "data",
    ["{}", "[]", "{", '{"v":2,"identity":[]}', '{"v":1}', '{"v":1,"identity":[["a"]]}', '{"v":1,"identity":5}',
     "x" * 50, '{"v":1,"identity":[],"labels":{"a":1}}', '{"v":1,"identity":[],"title":7}', "eJwDAAAAAAE=", "[" * 5000],
)  # fmt: skip
def test_metadata_that_is_broken_or_forged_is_none(data: str) -> None:
    assert read(f"<!-- maintainer:identity {data} -->") is None


def test_metadata_that_unpacks_without_end_is_none() -> None:
    import base64
    import zlib

    bomb = base64.b64encode(zlib.compress(b" " * 50_000_000)).decode()
    assert read(f"<!-- maintainer:identity {bomb} -->") is None


def test_other_metadata_leaves_the_text_as_it_is() -> None:
    written = "Hello\n\n" + compose(REGION, Mark((ENTRY,)))
    closed = remarked(written, Mark((ENTRY,), closed_by_us=True))
    assert closed.partition("<!-- maintainer:identity")[0] == written.partition("<!-- maintainer:identity")[0]
    assert read(closed) == Mark((ENTRY,), closed_by_us=True)


@pytest.mark.parametrize(
    ("comment", "asked"),
    [
        ("/maintainer recreate", [Box("recreate", "", True)]),
        (
            "Thanks!\n  /maintainer rebase  \r\nand\n/maintainer approve maintainer/php",
            [Box("rebase", "", True), Box("approve", "maintainer/php", True)],
        ),
        ("please /maintainer recreate", []),
        ("> /maintainer recreate", []),
        ("/maintainer destroy", []),
        ("/maintainer recreate everything now", []),
        ("`/maintainer ignore`", []),
        ("```\n/maintainer ignore\n```\n/maintainer rebase", [Box("rebase", "", True)]),
        ("- ```\n  /maintainer ignore\n  ```\n/maintainer rebase", [Box("rebase", "", True)]),
        ("<!-- such as\n/maintainer ignore\n-->\n/maintainer rebase", [Box("rebase", "", True)]),
        ("<!-- a template --> Thanks\n/maintainer rebase", [Box("rebase", "", True)]),
        ("<PRE>\n/maintainer ignore\n</pre>\n/maintainer rebase", [Box("rebase", "", True)]),
        ("see <previous>\n/maintainer rebase", [Box("rebase", "", True)]),
        ("so\r```\r/maintainer ignore\r```", []),
    ],
)  # fmt: skip
def test_a_comment_asks_on_a_line_of_its_own(comment: str, asked: list[Box]) -> None:
    assert list(asked_in(comment)) == asked


@pytest.mark.parametrize("limit", [400, 700, 1_500, 2_000])
def test_what_is_too_long_is_our_own_and_never_peoples_words_nor_a_box(limit: int) -> None:
    words = "Please read the notes first."
    lines = "a line\n" * 80
    folded = f"<details><summary>Notes</summary>\n\n{lines}\n</details>\n\n" * 3
    written = compose(f"### Cart\n\nwhy\n\n{folded}{REGION}", Mark((ENTRY,)), words, limit)
    assert len(written) <= limit or limit == 400
    assert written.startswith(words) and "shortened" in written
    assert [one.verb for one in boxes(written)] == ["recreate", "ignore"]
    known = read(written)
    assert known and known.identity == (ENTRY,)
    assert written.count("<details>") == written.count("</details>")
    assert "As it was edited before" not in compose(REGION, known, written)


def test_metadata_in_a_region_is_not_ours_to_keep_twice() -> None:
    written = compose(f"{REGION}\n\n{write(Mark())}", Mark((ENTRY,)))
    assert written.count("maintainer:identity") == 1
    assert compose(REGION, Mark((ENTRY,)), written) == written


def test_a_box_is_ticked_by_what_it_asks_for() -> None:
    region = "\n".join([box("approve", "PHP", "maintainer/php"), box("rebase", "one", "1"), box("rebase", "two", "2")])
    ticked = tick(region, {("rebase", "2"), ("approve", "maintainer/node"), ("retry", "1")})
    assert [one.ticked for one in boxes(compose(ticked, Mark()))] == [False, False, True]
    assert tick(ticked, set()) == ticked

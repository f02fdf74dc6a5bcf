"""Pictures and elements in, regions and sentences out."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from maintainer.policy import visual_words
from maintainer.policy.visual import (
    FEWEST,
    NOTICEABLE,
    Box,
    changed,
    covered,
    digest,
    grown,
    oklab,
    regions,
    restless,
)
from maintainer.policy.visual_comparison import Compared, Shot, compare
from maintainer.policy.visual_elements import Change, Element, changes, elements, matched, moved
from maintainer.policy.visual_exceptions import Approval, Mask, applying, expired

Picture = NDArray[np.uint8]
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def plain(width: int = 120, height: int = 100, colour: tuple[int, int, int] = (255, 255, 255)) -> Picture:
    return np.full((height, width, 3), colour, dtype=np.uint8)


def drawn(*boxes: tuple[int, int, int, int], colour: tuple[int, int, int] = (30, 30, 30), **more: Any) -> Picture:
    picture = plain(**more)
    for left, top, right, bottom in boxes:
        picture[top:bottom, left:right] = colour
    return picture


def noise(seed: int, height: int = 60, width: int = 80) -> Picture:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


# colours


@pytest.mark.parametrize(
    ("colour", "known"),
    [
        ((255, 255, 255), (1.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (0.62796, 0.22486, 0.12585)),
        ((0, 0, 255), (0.45201, -0.03246, -0.31153)),
    ],
)
def test_colours_are_those_of_css(colour: tuple[int, int, int], known: tuple[float, float, float]) -> None:
    assert oklab(np.array(colour, dtype=np.uint8)) == pytest.approx(known, abs=1e-4)


@settings(deadline=None)
@given(COLOURS, COLOURS)
def test_areas_differ_where_their_colours_can_be_told_apart(one: tuple[int, ...], two: tuple[int, ...]) -> None:
    was, now = plain(20, 20, one), plain(20, 20, two)  # type: ignore[arg-type]
    apart = float(np.sqrt(((oklab(was[0, 0]) - oklab(now[0, 0])) ** 2).sum()))
    assert changed(was, now).all() == (apart >= NOTICEABLE)
    assert changed(was, now).any() == changed(was, now).all()


# pixels


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_a_picture_does_not_differ_from_itself(seed: int) -> None:
    assert not changed(noise(seed), noise(seed)).any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_it_does_not_matter_which_is_first(one: int, two: int) -> None:
    assert (changed(noise(one), noise(two)) == changed(noise(two), noise(one))).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 80), st.integers(0, 60), st.integers(8, 30), st.integers(8, 30))
def test_a_new_box_is_one_region_in_its_place(left: int, top: int, width: int, height: int) -> None:
    box = (left, top, left + width, top + height)
    (region,) = regions(changed(plain(), drawn(box)))
    found = (region.box.left, region.box.top, region.box.right, region.box.bottom)
    assert (
        max(abs(one - two) for one, two in zip(found, (*box[:2], min(120, box[2]), min(100, box[3])), strict=True)) <= 1
    )


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([(1, 0), (0, 1), (1, 1), (-1, 1)]), st.integers(1, 12), st.integers(3, 40))
def test_what_is_drawn_a_pixel_further_is_the_same(by: tuple[int, int], width: int, height: int) -> None:
    box = (40, 30, 40 + width, 30 + height)
    shifted = (box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1])
    assert regions(changed(drawn(box), drawn(shifted))) == ()


@pytest.mark.parametrize("part", [0.2, 0.35, 0.5, 0.65, 0.8])
def test_a_stroke_between_two_pixels_is_the_same(part: float) -> None:
    was, now = drawn((40, 10, 41, 90), colour=(0, 0, 0)), plain()
    now[10:90, 40] = round(255 * part)
    now[10:90, 41] = round(255 * (1 - part))
    assert regions(changed(was, now)) == ()


@pytest.mark.parametrize("colour", [(0, 0, 0), (200, 200, 200), (221, 221, 221)])
def test_a_line_of_one_pixel_that_is_gone_is_a_region(colour: tuple[int, int, int]) -> None:
    (region,) = regions(changed(drawn((10, 50, 110, 51), colour=colour), plain()))
    assert region.box == Box(10, 50, 110, 51)


def test_what_moves_two_pixels_is_a_region() -> None:
    assert regions(changed(drawn((40, 40, 80, 41)), drawn((40, 42, 80, 43))))


def test_specks_are_no_region_however_many() -> None:
    now = plain(400, 400)
    now[::20, ::20] = now[1::20, ::20] = now[::20, 1::20] = now[1::20, 1::20] = 0
    assert changed(plain(400, 400), now).sum() > 300
    assert regions(changed(plain(400, 400), now)) == ()


def test_a_small_dense_spot_is_found_on_a_page_of_any_size() -> None:
    was, now = plain(1280, 6000), plain(1280, 6000)
    now[5000:5004, 600:604] = (200, 0, 0)
    (region,) = regions(changed(was, now))
    assert (region.box.left, region.box.top, region.pixels) == (600, 5000, 16)
    assert region.pixels >= FEWEST


def test_boxes_far_apart_are_regions_of_their_own_from_top_to_bottom() -> None:
    found = regions(changed(plain(), drawn((5, 60, 25, 80), (90, 5, 110, 25))))
    assert [region.box for region in found] == [Box(90, 5, 110, 25), Box(5, 60, 25, 80)]


def test_what_only_one_picture_has_differs() -> None:
    found = changed(plain(100, 100), plain(100, 130))
    assert found.shape == (130, 100)
    assert found[100:].all()
    assert not found[:100].any()
    assert (changed(plain(100, 130), plain(100, 100)) == found).all()


# what moves by itself


def test_what_differs_between_shots_of_one_side_is_restless_with_a_margin() -> None:
    found = restless([plain(), drawn((50, 50, 60, 60))])
    assert found[48:62, 48:62].all()
    assert found.sum() == 14 * 14


def test_rows_that_only_one_shot_has_are_restless() -> None:
    assert restless([plain(100, 100), plain(100, 120)])[100:].all()


@settings(deadline=None)
@given(st.integers(0, 4))
def test_grown_marks_are_a_square(by: int) -> None:
    marks = covered((40, 40), [Box(20, 20, 21, 21)])
    assert grown(marks, by).sum() == (2 * by + 1) ** 2


# digests


def test_a_digest_is_of_what_was_there_and_is_there_now_and_not_of_the_place() -> None:
    nowhere = np.zeros((100, 120), dtype=bool)
    here = digest(drawn((10, 10, 30, 30)), plain(), Box(8, 8, 32, 32), nowhere)
    there = digest(drawn((60, 50, 80, 70)), plain(), Box(58, 48, 82, 72), nowhere)
    other = digest(drawn((10, 10, 30, 31)), plain(), Box(8, 8, 32, 32), nowhere)
    back = digest(plain(), drawn((10, 10, 30, 30)), Box(8, 8, 32, 32), nowhere)
    assert here == there
    assert len({here, other, back}) == 3


def test_what_is_left_out_is_no_part_of_a_digest() -> None:
    hidden = covered((100, 120), [Box(10, 10, 20, 20)])
    one, two = drawn((10, 10, 20, 20), (40, 40, 60, 60)), drawn((40, 40, 60, 60))
    assert digest(one, plain(), Box(0, 0, 80, 80), hidden) == digest(two, plain(), Box(0, 0, 80, 80), hidden)


# elements


def thing(kind: str, text: str, box: tuple[float, float, float, float], **more: Any) -> Element:
    given: dict[str, Any] = {"name": text, "text": text, "path": f">{text}", "identity": kind} | more
    return Element(kind=kind, box=Box(*box), **given)  # type: ignore[arg-type]


BUY = thing("button", "Add to cart", (10, 60, 60, 80), path=">div>button", near="Red mug")
PRICE = thing("price", "19,99 zł", (10, 30, 60, 45), path=">div>p", near="Red mug")


def became(before: list[Element], after: list[Element]) -> list[str]:
    return list(visual_words.sentences(changes(before, after, matched(before, after))))


def down(element: Element, by: float, right: float = 0) -> Element:
    box = element.box
    return replace(element, box=Box(box.left + right, box.top + by, box.right + right, box.bottom + by))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([BUY, PRICE], [BUY, PRICE], []),
        ([BUY, PRICE], [BUY], ["the price “19,99 zł” in “Red mug” is gone"]),
        ([BUY], [BUY, PRICE], ["the price “19,99 zł” in “Red mug” is new"]),
        ([BUY], [down(BUY, 34)], ["the button “Add to cart” in “Red mug” moved 34 px down"]),
        ([BUY], [down(BUY, -8, 5)], ["the button “Add to cart” in “Red mug” moved 8 px up and 5 px right"]),
        ([BUY], [down(BUY, 2)], []),
        (
            [PRICE],
            [replace(PRICE, text="18,99 zł", name="18,99 zł")],
            ["the price “19,99 zł” in “Red mug” says “18,99 zł”; before: “19,99 zł”"],
        ),
        (
            [replace(BUY, style={"background": "rgb(46, 125, 50)"})],
            [replace(BUY, style={"background": "rgb(200, 0, 9)"})],
            ["the button “Add to cart” in “Red mug” has the background #c80009; before: #2e7d32"],
        ),
        (
            [replace(BUY, kind="picture", source="/a.png")],
            [replace(BUY, kind="picture", source="/a.png", broken=True)],
            ["the picture “Add to cart” in “Red mug” is missing: it can't be loaded"],
        ),
        (
            [replace(BUY, kind="picture", source="/a.png")],
            [replace(BUY, kind="picture", source="/b.png")],
            ["the picture “Add to cart” in “Red mug” shows something else (b.png; before: a.png)"],
        ),
        (
            [BUY],
            [BUY, thing("text", "Black Week", (0, 50, 100, 100), over=True)],
            ["the button “Add to cart” in “Red mug” is covered by “Black Week”", "the text “Black Week” is new"],
        ),
    ],
)
def test_what_became_of_an_element_is_a_sentence(before: list[Element], after: list[Element], said: list[str]) -> None:
    assert became(before, after) == said


def test_what_is_in_a_box_that_is_gone_is_not_told_again() -> None:
    box = thing("box", "Offers", (0, 0, 100, 100), path=">div")
    assert became([box, replace(BUY, parent=0)], []) == ["the part with “Offers” is gone"]


def test_a_text_moves_within_its_box() -> None:
    note = thing("text", "Note", (0, 0, 100, 20), ink=Box(0, 0, 40, 20))
    other = replace(note, box=Box(0, 0, 100, 20), ink=Box(30, 0, 70, 20))
    assert became([note], [other]) == ["the text “Note” moved 30 px right"]


def test_a_text_that_only_got_another_element_says_the_same() -> None:
    before = [thing("text", "Holds 300 ml", (0, 0, 100, 20), whole="Holds 300 ml", path=">p")]
    after = [thing("text", "300 ml", (0, 0, 100, 20), whole="Holds 300 ml", path=">p")]
    assert became(before, after) == []


def test_a_box_that_only_lost_its_look_is_not_gone() -> None:
    body, box = thing("box", "page", (0, 0, 100, 100), path=""), thing("box", "Offers", (0, 0, 90, 90), parent=0)
    before = [body, box, replace(BUY, parent=1), replace(PRICE, parent=1)]
    assert became(before, [body, replace(BUY, parent=0)]) == ["the price “19,99 zł” in “Red mug” is gone"]


def test_what_moves_with_its_box_is_not_told_again() -> None:
    box = thing("box", "Offers", (0, 0, 100, 100), path=">div")
    before, after = [box, replace(BUY, parent=0)], [down(box, 40), replace(down(BUY, 40), parent=0)]
    assert became(before, after) == ["the part with “Offers” moved 40 px down"]


def test_alike_things_are_told_together() -> None:
    before = [thing("link", f"Link {at}", (0, 20 * at, 50, 20 * at + 10)) for at in range(9)]
    assert became(before, [down(one, 40) for one in before]) == ["the link “Link 0” and 8 more moved 40 px down"]


def test_an_inserted_card_moves_the_others_and_takes_no_name_of_theirs() -> None:
    def cards(*names: str) -> list[Element]:
        return [
            thing("button", "Add to cart", (100 * at, 0, 100 * at + 50, 20), path=f">li{at}>button", near=name)
            for at, name in enumerate(names)
        ]

    said = became(cards("Cup", "Pot"), cards("New", "Cup", "Pot"))
    assert said == [
        "the button “Add to cart” in “New” is new",
        "the button “Add to cart” in “Cup” moved 100 px right",
        "the button “Add to cart” in “Pot” moved 100 px right",
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=12))
def test_elements_are_matched_with_themselves(corners: list[tuple[int, int]]) -> None:
    there = [thing("text", "same", (left, top, left + 9, top + 9)) for left, top in corners]
    pairs = matched(there, there)
    assert len(pairs) == len(set(pairs.values())) == len(there)
    assert changes(there, there, pairs) == ()


def test_what_only_grew_did_not_move() -> None:
    assert moved(Box(10, 10, 50, 30), Box(10, 10, 80, 30)) == (0.0, 0.0)
    assert moved(Box(10, 10, 50, 30), Box(0, 10, 60, 30)) == (0.0, 0.0)
    assert moved(Box(10, 10, 50, 30), Box(20, 10, 70, 30)) == (10.0, 0.0)


def test_what_a_page_says_of_itself_is_not_believed() -> None:
    good = {
        "kind": "text", "name": "a", "text": "a", "box": [0, 0, 9, 9], "parent": -1, "path": "", "identity": "p",
        "source": "", "broken": False, "over": False, "style": {"color": "red", "x": 1}, "near": "", "landmark": "",
        "whole": "a", "ink": None,
    }  # fmt: skip
    bad: list[Any] = [
        None, 7, "text", {}, good | {"kind": "demon"}, good | {"box": [0, 0, "NaN", 9]}, good | {"box": [9, 0, 0, 9]},
        good | {"style": None}, good | {"parent": "x"}, good | {"box": [0, 0, 1e9, 9]}, good | {"ink": [1]},
    ]  # fmt: skip
    (one, two) = elements([*bad, good, good | {"parent": len(bad), "text": "x\n" * 500}])
    assert one.style == {"color": "red"}
    assert (one.parent, two.parent) == (-1, 0)
    assert len(two.text) == 200


# comparisons


def shot(picture: Picture, *there: Element, masked: tuple[Box, ...] = (), failed: tuple[str, ...] = ()) -> Shot:
    return Shot(picture, there, masked, failed)


def said(found: Compared) -> list[str]:
    return [one.sentence for one in found.differences]


PAINTED = drawn((10, 60, 60, 80))


def test_a_change_is_told_where_pixels_differ() -> None:
    found = compare([shot(PAINTED, BUY)] * 2, [shot(drawn((10, 70, 60, 90)), down(BUY, 10))] * 2)
    assert said(found) == ["the button “Add to cart” in “Red mug” moved 10 px down"]


def test_a_change_that_nobody_sees_is_none() -> None:
    found = compare([shot(PAINTED, BUY)] * 2, [shot(PAINTED, BUY, PRICE)] * 2)
    assert said(found) == []


def test_a_digit_is_told_though_few_pixels_differ() -> None:
    was, now = drawn((10, 30, 40, 40)), drawn((10, 30, 40, 40))
    now[33, 20:24] = 255
    assert regions(changed(was, now)) == ()
    other = replace(PRICE, text="19,98 zł", name="19,98 zł")
    (one,) = said(compare([shot(was, PRICE)], [shot(now, other)]))
    assert one == "the price “19,99 zł” in “Red mug” says “19,98 zł”; before: “19,99 zł”"


def test_what_moves_by_itself_is_left_out_with_its_whole_element() -> None:
    ad = thing("box", "Advertisement", (10, 10, 60, 40))
    shots = [shot(drawn((at, 12, at + 5, 20)), ad) for at in (12, 30, 50)]
    found = compare(shots[:2], [shots[2], shots[2]])
    assert said(found) == []
    assert found.left_out == found.restless == pytest.approx(50 * 30 / 12000, abs=0.02)


def test_an_element_that_is_most_of_the_page_is_not_left_out() -> None:
    page = thing("box", "everything", (0, 0, 120, 100))
    before = [shot(plain(), page), shot(drawn((5, 5, 10, 10)), page)]
    found = compare(before, [shot(drawn((60, 60, 90, 90)), page)] * 2)
    assert said(found) == ["a spot of 30 x 30 px, 60 px from the top and 60 from the left, looks different"]


def test_a_mask_leaves_out_what_it_covers_on_either_side() -> None:
    before = [shot(PAINTED, BUY, masked=(Box(0, 55, 70, 85),))]
    found = compare(before, [shot(drawn((10, 70, 60, 84)), down(BUY, 10))])
    assert said(found) == []
    assert found.left_out == pytest.approx(70 * 30 / 12000)
    assert found.restless == 0


def test_two_spots_of_one_element_are_one_difference() -> None:
    found = compare([shot(drawn((10, 10, 60, 20)), down(BUY, -50))], [shot(drawn((10, 60, 60, 80)), BUY)])
    (one,) = found.differences
    assert one.sentence == "the button “Add to cart” in “Red mug” moved 50 px down"
    assert len(one.boxes) == 2


def test_a_picture_that_moved_and_shows_something_else_is_told() -> None:
    logo = thing("picture", "Logo", (10, 10, 40, 30), source="/logo.png")
    was = drawn((10, 10, 40, 30), colour=(0, 0, 200))
    now = drawn((10, 50, 40, 70), colour=(200, 0, 0))
    (one,) = said(compare([shot(was, logo)], [shot(now, down(logo, 40))]))
    assert one == "the picture “Logo” shows something else (logo.png); the picture “Logo” moved 40 px down"


def test_a_longer_page_is_told() -> None:
    assert said(compare([shot(plain())], [shot(plain(height=160))])) == ["the page is 60 px longer"]


def test_what_stands_where_nothing_became_of_anything_looks_different() -> None:
    body, offers = thing("box", "page", (0, 0, 120, 100)), thing("box", "Offers", (0, 0, 50, 50))
    (one,) = said(compare([shot(plain(), body, offers)], [shot(drawn((10, 10, 40, 40)), body, offers)]))
    assert one == "the part with “Offers” looks different"


def test_a_picture_of_the_same_address_shows_something_else() -> None:
    canvas = thing("picture", "Map", (0, 0, 50, 50), identity="canvas")
    (one,) = said(compare([shot(plain(), canvas)], [shot(drawn((10, 10, 40, 40)), canvas)]))
    assert one == "the picture “Map” shows something else"


def test_files_that_failed_before_are_no_news() -> None:
    old, new = "the font /a.woff answers 404", "the style sheet /b.css answers 500"
    found = compare([shot(plain(), failed=(old,))], [shot(plain(), failed=(old, new))])
    assert found.failed == (new,)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_any_two_pages_can_be_compared(one: int, two: int) -> None:
    found = compare([shot(noise(one, 40 + one % 50), BUY)] * 2, [shot(noise(two, 40 + two % 30), PRICE)] * 2)
    assert bool(found.differences) == bool(regions(found.marks))
    assert found.left_out == 0


def test_without_pictures_nothing_is_compared() -> None:
    with pytest.raises(ValueError, match="each side"):
        compare([], [shot(plain())])


# exceptions

TODAY = date(2026, 11, 21)
MASK = Mask(".ad", None, ("/shop/*",), ("mobile",), "ann", TODAY)
APPROVAL = Approval("1a2b3c4d5e6f", (), (), "ann", date(2026, 11, 20))


def test_a_mask_holds_on_its_pages_and_devices_through_its_last_day() -> None:
    assert applying([MASK], "/shop/mug?a=1", "mobile", TODAY) == (MASK,)
    assert applying([MASK], "/shop/mug", None, TODAY) == (MASK,)
    assert applying([MASK], "/", "mobile", TODAY) == ()
    assert applying([MASK], "/shop/mug", "desktop", TODAY) == ()
    assert applying([MASK], "/shop/mug", "mobile", date(2026, 11, 22)) == ()


def test_what_has_expired_is_told() -> None:
    assert expired([MASK, APPROVAL], TODAY) == (
        "the approval of 1a2b3c4d5e6f (ann) ended on 2026-11-20 and no longer holds",
    )


def test_a_sentence_is_made_of_every_change() -> None:
    for what in ("gone", "covered", "text", "missing", "picture", "new", "style", "moved", "resized"):
        many = [Change(what, BUY, down(BUY, 9), (0.0, 9.0), ("color",)) for _ in range(4)]
        assert visual_words.sentences(many[:1]) != visual_words.sentences(many)

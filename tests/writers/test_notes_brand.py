"""An agency's name ends the notes in every form."""

from zoneinfo import ZoneInfo

import pytest
from markdown_it import MarkdownIt

from maintainer.writers.notes_brand import Brand
from maintainer.writers.notes_document import document
from maintainer.writers.notes_html import html
from maintainer.writers.notes_markdown import markdown
from maintainer.writers.notes_slack import BLOCKS, slack
from maintainer.writers.notes_text import COLUMNS, text
from maintainer.writers.words import Words
from tests.writers.notes_scene import scene
from tests.writers.test_notes_html import LOGO

WORDS = Words("pl", ZoneInfo("Europe/Warsaw"))
MADE = document(scene("rich", "pl"), WORDS, "client")
BRAND = Brand("Studio Północ", LOGO, footer="Pytania? pomoc@studio.example")


@pytest.mark.parametrize(
    ("brand", "foot"),
    [
        (Brand(), ""),
        (Brand("Studio"), "Studio"),
        (Brand(footer="Questions?"), "Questions?"),
        (Brand("Studio", footer="Questions?"), "Studio · Questions?"),
        (Brand("Studio", footer="Ask STUDIO. Anything"), "Ask STUDIO. Anything"),
        (Brand("Studio", footer="Questions? help@studio.example"), "Studio · Questions? help@studio.example"),
        (Brand(" Stu\ndio\u202e ", footer="a\n\n# b"), "Stu dio · a # b"),
    ],
)
def test_a_foot_has_the_name_once(brand: Brand, foot: str) -> None:
    assert brand.foot == foot


def test_the_name_ends_every_form() -> None:
    foot = "Studio Północ · Pytania? pomoc@studio.example"
    assert f'<footer><div class="in"><p>{foot}</p></div></footer>' in html(MADE, WORDS, BRAND)
    assert text(MADE, WORDS, "", BRAND).endswith(f"\n\n\n{foot}\n")
    assert markdown(MADE, WORDS, brand=BRAND).endswith("\n\n*Studio Północ · Pytania? <pomoc@studio.example>*\n")
    last = slack(MADE, WORDS, "https://pages.example/48", BRAND)["blocks"][-1]
    assert last == {"type": "context", "elements": [{"type": "plain_text", "text": foot, "emoji": False}]}


def test_without_a_brand_nothing_is_there() -> None:
    assert "<footer>" not in html(MADE, WORDS)
    assert text(MADE, WORDS, "", Brand()) == text(MADE, WORDS)
    assert markdown(MADE, WORDS, brand=Brand()) == markdown(MADE, WORDS)
    assert slack(MADE, WORDS, "", Brand()) == slack(MADE, WORDS)


def test_a_foot_only_shows_and_leads_where_it_says() -> None:
    brand = Brand("A*B_C <b>", footer="[x](y) `z` &amp; https://studio.example/a_b?c=d. ~~q~~")
    told = markdown(MADE, WORDS, brand=brand)
    inline = MarkdownIt("commonmark", {"html": True}).parse(told)[-2]
    children = inline.children or []
    assert [str(one.attrs["href"]) for one in children if one.type == "link_open"] == ["https://studio.example/a_b?c=d"]
    assert {one.type for one in children} <= {"em_open", "em_close", "text", "text_special", "link_open", "link_close"}
    assert "".join(one.content for one in children) == brand.foot


def test_a_foot_keeps_the_limits_of_each_form() -> None:
    brand = Brand("x" * 100, footer="word " * 60)
    for limit in (6_000, 3_000, 2_500):
        assert len(markdown(MADE, WORDS, limit, brand=brand)) <= limit
    assert all(len(line) <= COLUMNS or "://" in line for line in text(MADE, WORDS, "", brand).split("\n"))
    assert len(slack(MADE, WORDS, "https://pages.example/48", brand)["blocks"]) <= BLOCKS

"""Whole notes as they are read, in both languages: looked at by people, and kept as they were then.

To renew them after a change of words: `python -m tests.writers.test_notes_document`, and read what changed.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from maintainer.changes import Changed, Doubt, Entry, Reference, Undone
from maintainer.evidence import Outcome
from maintainer.releasing import Contents, Gap, Held, Known, Proof, Required
from maintainer.writers.notes_document import document
from maintainer.writers.notes_gaps import sentences
from maintainer.writers.notes_markdown import markdown
from maintainer.writers.notes_pieces import Document, Tone
from maintainer.writers.notes_text import text
from maintainer.writers.words import Words, languages
from tests.writers.notes_scene import (
    AT,
    EMPTY,
    ENTRIES,
    FREEZE_ENDS,
    RICH,
    SCENES,
    WOOCOMMERCE,
    commit,
    issue,
    measured,
    proposal,
    scene,
)

GOLDEN = Path(__file__).parent / "notes"
ALL = [(name, language, tone) for name in SCENES for language in languages() for tone in get_args(Tone)]


def told(name: str, language: str, tone: Tone) -> str:
    words = Words(language, ZoneInfo("Europe/Warsaw"))
    return markdown(document(scene(name, language), words, tone), words)


@pytest.mark.parametrize(("name", "language", "tone"), ALL)
def test_notes_are_as_they_were_read(name: str, language: str, tone: Tone) -> None:
    assert told(name, language, tone) == (GOLDEN / f"{name}.{language}.{tone}.md").read_text(encoding="utf-8")


def made(contents: Contents, language: str = "en", tone: Tone = "client") -> Document:
    return document(contents, Words(language, ZoneInfo("Europe/Warsaw")), tone)


def short(contents: Contents, language: str = "en", tone: Tone = "client") -> str:
    """The half page as plain text, without line breaks within a line, and without its links."""
    words = Words(language, ZoneInfo("Europe/Warsaw"))
    said = text(document(contents, words, tone), words, whole=False).partition("\n\n\n")[0]
    return re.sub(r" \[\d+\]", "", re.sub(r"\n  (?=\S)|(?<!:)\n(?=[^\n*=][^:\n]*(?:\n|\Z))", " ", said)) + "\n"


def test_nothing_to_do_is_said() -> None:
    assert "Trzeba zrobić: nic.\n" in short(EMPTY, "pl")
    assert "To do: nothing.\n" in short(EMPTY)


def test_what_could_not_be_checked_is_never_fine() -> None:
    unknown = replace(RICH, moved=(), missing=(Gap("advisories", "advisories.example is down."),), proofs=())
    said = short(unknown)
    assert "Security: no fixes that we know of; not everything could be checked, see below." in said
    assert "* Not everything could be found out, so known vulnerabilities may be missing here.\n" in said
    assert "* No check was run on these changes.\n" in said and "Checked:" not in said
    cut = replace(EMPTY, changed=Changed((), doubts=(Doubt("cut", "", (commit(1),)),)))
    assert "Not checked: the history ends within this release" in short(cut)


def test_what_failed_is_one_sentence_and_quoted_below() -> None:
    """However many services are down; the half page is in one language alone."""
    said = short(RICH, "pl")
    assert "* Nie wszystko udało się ustalić, więc może tu brakować znanych luk w zabezpieczeniach, " in said
    assert said.count("udało się ustalić") == 1 and "answered" not in said and "answered" not in short(RICH)
    (section,) = (one for one in made(RICH, "pl").sections if one.key == "gaps")
    assert section.heading == "Czego nie udało się ustalić" and section.level == "details"
    assert [line.text for line in section.lines] == [
        "jakie luki są znane: „advisories.example answered 503. It is not asked again in this run.”",
        "co wydawcy mówią o acme/private i acme/slider: „satis.shop.example answered 401. Set COMPOSER_AUTH.”",
        "jakie problemy są znane: „github.example does not resolve. Check the address, the network and the proxy.”",
    ]


def test_who_was_not_asked_is_told_in_one_line() -> None:
    offline = (Gap("support"), Gap("advisories"), Gap("history", "line 3 can't be read."))
    (section,) = (one for one in made(replace(RICH, missing=offline)).sections if one.key == "gaps")
    assert [line.text for line in section.lines] == [
        "what was verified and overridden: “line 3 can't be read.”",
        "no service was asked (--offline): known vulnerabilities and ends of support may be missing.",
    ]


def test_many_subjects_of_one_failure_are_counted() -> None:
    gap = Gap("publishers", "packages.example is down.", tuple(f"acme/{n}" for n in range(9)))
    assert sentences((gap, gap), Words("en", UTC)) == [
        "what publishers say of acme/0, acme/1, acme/2, acme/3, acme/4 and 4 more: “packages.example is down.”"
    ]


@pytest.mark.parametrize(
    ("counts", "english", "polish"),
    [
        ({"pass": 1}, "✔ 1 passed.", "✔ 1 udane."),
        ({"pass": 22, "fail": 2}, "✘ 2 failed · ✔ 22 passed.", "✘ 2 nieudane · ✔ 22 udane."),
        (
            {"inconclusive": 5, "skipped": 1},
            "◌ 5 could not be judged · – 1 skipped.",
            "◌ 5 nierozstrzygniętych · – 1 pominięte.",
        ),
    ],
)
def test_marks_never_stand_without_words(counts: dict[Outcome, int], english: str, polish: str) -> None:
    proof = Proof("fail", counts, ("smoke",), AT, measured("1"))
    assert f"Checked: {english}" in short(replace(RICH, proofs=(proof,)))
    assert f"Sprawdzono: {polish}" in short(replace(RICH, proofs=(proof,)), "pl")


def test_what_is_held_says_until_when_in_its_heading_if_that_is_one_day() -> None:
    assert "Wstrzymane do 1 grudnia: 6 aktualizacji (Black Week).\n" in short(RICH, "pl")
    held = (
        Held("a", "Black Week", FREEZE_ENDS, proposal(1)),
        Held("b", "minimum age is 3 days", datetime(2027, 1, 4, 8, tzinfo=UTC), proposal(2)),
        Held("c", "waits for the release of PHP 8.4", None, proposal(3)),
    )
    said = short(replace(RICH, held=held))
    assert "\nHeld:\n* Until 1 December: 1 update (Black Week).\n" in said
    assert "* Until 4 January 2027: 1 update (minimum age is 3 days).\n" in said
    assert "* Nobody knows until when: 1 update (waits for the release of PHP 8.4)." in said


def test_a_vulnerability_that_is_still_there_is_told_once() -> None:
    said = short(replace(RICH, known=(Known("CVE-2026-2201 in guzzle", (commit(1),)),)))
    assert said.count("CVE-2026-2201") == 1


def test_a_client_reads_no_hashes_types_or_tools() -> None:
    said = told("rich", "en", "client")
    for technical in ("a7c3e9", "refactor", "Chores", "vite", "actions/checkout", "composer.lock", "deps-dev"):
        assert technical not in said.replace("compare", "")
    for technical in ("`31a7c3e`", "Chores", "vite", "actions/checkout", "composer.lock", "Worth a second look"):
        assert technical in told("rich", "en", "technical")


CHECKOUT = Entry("feat", "new checkout", (commit(50),), ("cart",), breaking=("Enter the key of the gateway again.",))


def section(contents: Contents, key: str, language: str = "en", tone: Tone = "client") -> list[str]:
    """Its lines, each with what is below it."""
    found = (one for one in made(contents, language, tone).sections if one.key == key)
    return [each.text for one in found for line in one.lines for each in line.each()]


def test_what_breaks_is_told_in_full_once_and_counted_in_its_own_list() -> None:
    required = (Required("breaking", CHECKOUT.breaking[0], CHECKOUT.sources),)
    fix = Entry("fix", "prices are net", (commit(51),), breaking=("prices are net",))
    shop = replace(EMPTY, changed=Changed((CHECKOUT, fix, ENTRIES[0])), required=required)
    told_once = ["New checkout", "Enter the key of the gateway again.", "Prices are net"]
    assert section(shop, "breaking") == told_once
    assert section(shop, "features") == [
        section(RICH, "features")[0],
        "1 change is told under “What works differently”",
    ]
    assert section(shop, "fixes", "pl") == ["1 zmianę opisano w części „Co działa inaczej”"]
    details = [line.text for one in made(shop).level("details") for top in one.lines for line in top.each()]
    assert [details.count(one) for one in told_once] == [1, 1, 1]
    assert "2 improvements, 1 fix" in short(shop) and "* New checkout." in short(shop)


def test_the_half_page_says_what_breaks_once() -> None:
    entry = Entry("feat", "keys change", (commit(50),), breaking=("keys change",))
    shop = replace(EMPTY, changed=Changed((entry,)), required=(Required("breaking", "keys change", entry.sources),))
    assert short(shop).count("eys change") == 1 and "To do: Keys change." in short(shop)


def test_a_long_list_of_what_to_do_refers_to_what_breaks() -> None:
    broken = [Entry("fix", f"address {n}", (commit(n),), breaking=(f"move {n}",)) for n in range(6)]
    required = (
        Required("runtime", "", (proposal(107),), "PHP", "8.3"),
        *(Required("breaking", one.breaking[0], one.sources) for one in broken),
    )
    shop = replace(EMPTY, changed=Changed(tuple(broken)), required=required)
    assert section(shop, "all-required") == [
        "the servers must run PHP 8.3 before this goes live.",
        "6 changes are told under “What works differently”",
    ]
    assert "Move 3.\n* And 2 more, told below." in short(shop)
    # What no commit tells of is told here.
    alone = section(replace(shop, changed=Changed(())), "all-required")
    assert alone[1:] == [f"Move {n}" for n in range(6)]


def test_a_client_reads_scopes_where_they_alone_tell_changes_apart() -> None:
    entries = (
        Entry("fix", "rounding", (commit(1),), ("cart",)),
        Entry("fix", "Rounding.", (commit(2),), ("invoices", "erp")),
        Entry("fix", "mails are sent", (commit(3),), ("mail",)),
        Entry("test", "mails are sent", (commit(4),), ("e2e",)),
        Entry("feat", "slider", (commit(5),), ("home",)),
        Entry("revert", '"slider"', (commit(6),), undoes=(Undone("feat", "slider", ("shop",)),)),
    )
    shop = replace(EMPTY, changed=Changed(entries))
    assert section(shop, "fixes") == ["cart: Rounding", "invoices, erp: Rounding.", "Mails are sent"]
    assert section(shop, "undone") == ["shop: Slider"] and "* home: Slider." in short(shop)
    alike = replace(EMPTY, changed=Changed((entries[0], entries[0]._replace(sources=(commit(9),)))))
    assert section(alike, "fixes") == ["Rounding", "Rounding"]


def test_a_reference_that_is_a_source_is_told_once() -> None:
    references = (Reference("#12"), Reference("SHOP-812", closes=True))
    entry = Entry("fix", "rounding", (issue(12),), references=references)
    told_of = section(replace(EMPTY, changed=Changed((entry,))), "fixes", tone="technical")
    assert told_of == ["Rounding · SHOP-812 (#12)"]


def test_parts_of_one_name_are_told_apart() -> None:
    twin = replace(WOOCOMMERCE, package="woo", before="1", after="2", notes=(), between=())
    heads = [line for line in section(replace(RICH, moved=(WOOCOMMERCE, twin)), "parts") if line.startswith("Woo")]
    assert heads == ["WooCommerce 9.4.2 → 9.4.4 · plugin (#121)", "WooCommerce 1 → 2 · plugin woo (#121)"]


def test_an_update_of_a_dependency_is_told_by_its_part_alone() -> None:
    update = Entry("fix", "update WooCommerce to 9.4.4", WOOCOMMERCE.sources, ("deps",))
    own = Entry("fix", "tax of gift cards", WOOCOMMERCE.sources, ("checkout",))
    said = short(replace(RICH, changed=Changed((update, own))))
    assert "1 fix, 7 parts updated, 1 part added, 1 part removed." in said


def test_long_half_pages_are_shortened_and_say_so() -> None:
    many = tuple(Known(f"issue {n}", (commit(n),)) for n in range(12))
    said = short(replace(RICH, known=many, moved=()))
    assert "* Issue 4.\n* And 7 more, told below.\n" in said and "Issue 5" not in said
    words = Words("en", ZoneInfo("UTC"))
    (whole,) = (one for one in document(replace(RICH, known=many), words, "client").sections if one.key == "all-known")
    assert [line.text for line in whole.lines[-2:]] == ["Issue 10", "Issue 11"] and whole.level == "details"


def test_what_failed_is_a_known_issue() -> None:
    failed = (Known("WooCommerce 9.4.4", (proposal(121),), "failed"), Known("", (measured("1"),), "failed"))
    said = short(replace(RICH, known=failed, moved=()))
    assert "* Checks failed: WooCommerce 9.4.4 (#121).\n* Checks of the whole failed.\n" in said


if __name__ == "__main__":
    for name, language, tone in ALL:
        (GOLDEN / f"{name}.{language}.{tone}.md").write_text(told(name, language, tone), encoding="utf-8")

"""What the dashboard says, what it asks, and what it never lets through."""

from datetime import UTC, datetime

import pytest

from maintainer.model import Finding, Leave, Looked, Plan, Problem, Proposal
from maintainer.planning.group import changes
from maintainer.text.description import Box, Mark, boxes, compose
from maintainer.writers.dashboard import MOST, Seen, region
from tests.planning.values import decided, npm_package, proposal, update

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ENTRY = ("package.json", "a", "1.0.0", "1.1.0")
NOTHING = Plan((), (), (), ())


def shown(seen: Seen) -> str:
    return compose(region(seen, UTC, NOW), Mark())


def test_open_ones_tell_how_they_stand_and_may_be_made_anew() -> None:
    standing = [
        proposal(3, "maintainer/npm-a", [ENTRY], conflicted=True, url="https://github.example/shop/site/pull/3"),
        proposal(4, "maintainer/npm-b", [ENTRY], head="b" * 40),
        proposal(5, "maintainer/npm-c", [ENTRY], "merged"),
    ]
    text = shown(Seen(NOTHING, standing, {3: "failure", 4: "success"}))
    assert boxes(text) == [Box("rebase", "3", False), Box("rebase", "4", False)]
    assert "✘ checks fail · conflicts" in text and "✔ checks pass · changed by a person" in text
    assert "https://github.example/shop/site/pull/3" in text and "#5" not in text


def test_an_approval_stays_ticked_until_it_is_proposed() -> None:
    waiting = [
        ("maintainer/php-major", "PHP 8.1 → 8.3 in 7 files", ["blocked by Old Slider 2.1"]),
        ("maintainer/wordpress-core", "WordPress 7.0", []),
    ]
    text = shown(Seen(NOTHING, waiting=waiting, ticked=frozenset({"maintainer/php-major"})))
    assert "\n  - blocked by Old Slider 2.1\n" in text
    assert boxes(text) == [
        Box("approve", "maintainer/php-major", True),
        Box("approve", "maintainer/wordpress-core", False),
    ]


def test_what_a_person_closed_can_be_had_back() -> None:
    one = decided(update("1.1.0", "minor", npm_package("a", "1.0.0")))
    plan = Plan((Looked(one.update.dependency, updates=(one,)),), (), (), ())
    closed = proposal(12, "maintainer/npm-a", [ENTRY], "closed")
    ours = proposal(11, "maintainer/npm-a", [ENTRY], "closed", closed_by_us=True)
    older = proposal(10, "maintainer/npm-a", [("package.json", "a", "0.9.0", "1.0.0")], "closed")
    text = shown(Seen(plan, [older, ours, closed]))
    assert boxes(text) == [Box("retry", "12", False)]
    assert not boxes(shown(Seen(NOTHING, [closed]))), "nothing of it is outdated any more"


def test_findings_and_failures_have_their_place() -> None:
    plan = Plan(
        (),
        (
            Finding("vulnerable", "a.php", "old-slider", "CVE-2026-1 is not fixed by any release", "high"),
            Finding("eol", "Dockerfile", "PHP 8.1", "security support ends in 41 days"),
        ),
        (),
        (Problem("composer.json", "acme/private", "satis.shop.example answered 401"),),
    )
    text = shown(Seen(plan))
    assert "### Vulnerable\n\n- **old-slider** · CVE-2026-1" in text
    assert "### Failed\n\n- **acme/private**" in text
    assert "### End of life\n\n- **PHP 8.1** · security support" in text and "Waits for your approval" not in text


HOSTILE = (
    "@everyone fixes #1 <img src=x> [click](https://evil.example)",
    "a\n### Open\n- [x] x <!-- maintainer:do approve maintainer/php-major -->",
    "<!-- maintainer:end --> <!-- maintainer:identity {} -->",
    "\u202eevil\u2066 \x1b[31m ::error::x",
    "/close\n/approve",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_comes_from_outside_only_shows(text: str) -> None:
    (change,) = changes([decided(update("1.1.0", "minor", npm_package("a", "1.0.0")))])
    plan = Plan((), (Finding("eol", "f", text, text),), (Leave(change, text),), (Problem(text, text, text),))
    titled = Proposal(1, "maintainer/npm-a", text, (ENTRY,), "open", "a" * 40, "a" * 40, "main")
    written = shown(Seen(plan, [titled], waiting=[("maintainer/npm-b", text, [])], headline=text))
    assert boxes(written) == [Box("approve", "maintainer/npm-b", False), Box("rebase", "1", False)]
    assert written.count("<!-- maintainer:identity") == written.count("<!-- maintainer:end -->") == 1
    for bad in ("@everyone", "fixes #1", "<img", "https://evil", "\u202e", "\x1b", "\n/close"):
        assert bad not in written


def test_a_long_list_is_counted() -> None:
    waiting = [(f"maintainer/npm-{n}", f"package-{n}", ("major",)) for n in range(MOST + 5)]
    assert "- and 5 more" in shown(Seen(NOTHING, waiting=waiting))

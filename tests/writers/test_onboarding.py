"""The onboarding proposal: what is told, and that a configuration can't speak through it."""

import pytest

from maintainer.writers.onboarding import Behind, Onboarding, body
from maintainer.writers.plan_rows import Row
from maintainer.writers.plan_text import markdown
from maintainer.writers.proposal import BODY_LIMIT

PLAN = markdown("shop.example", [Row("propose", "akismet", "5.3 → 5.3.1", "patch · 9 days old")], "1 to propose")
WHOLE = Onboarding(
    site="WordPress (classic), a shop",
    facts=("PHP 8.2", "Composer"),
    files=("maintainer.yml", ".github/workflows/maintainer.yml"),
    others=("renovate.json", "lighthouserc.json"),
    bots=("renovate.json",),
    carried=(("renovate.json /packageRules/0", "updates.rules[0]: packages: [react], act: ignore"),),
    behind=(Behind("renovate.json /prTitle", "prTitle", "titles are ours.", "Nothing to do."),),
    preview=PLAN,
    steps=("set the CI variable MAINTAINER_INSTALL",),
)


def test_it_tells_what_was_found_carried_over_and_left_and_how_to_go_on() -> None:
    assert body(WHOLE) == (
        "### Set up maintainer\n\n"
        "Merging this proposal switches maintainer on. Until then it changes nothing; closing it says no.\n\n"
        "**Found:** WordPress (classic), a shop · PHP 8.2 · Composer\n\n"
        "**Adds:** `maintainer.yml`, `.github/workflows/maintainer.yml`\n\n"
        "**Carried over from `renovate.json`, `lighthouserc.json`:**\n\n"
        "| from | what it says here |\n|---|---|\n"
        "| `renovate.json /packageRules/0` | `updates.rules[0]: packages: [react], act: ignore` |\n\n"
        "**Not carried over:** 1 thing has no place here.\n\n"
        "| where | what | why, and what to do instead |\n|---|---|---|\n"
        "| `renovate.json /prTitle` | prTitle | titles are ours. Nothing to do. |\n\n"
        f"<details><summary>What the first run would do</summary>\n\n{PLAN.strip()}\n\n</details>\n\n"
        "**How to go on:**\n\n"
        "1. set the CI variable MAINTAINER\\_INSTALL\n"
        "2. Remove `renovate.json` once this is merged: two bots open two proposals.\n"
    )


def test_a_site_without_another_bot_is_told_less() -> None:
    shown = body(Onboarding(site="PHP site", files=("maintainer.yml",)))
    assert "Carried over" not in shown
    assert "Not carried over" not in shown
    assert "<details>" not in shown
    assert "How to go on" not in shown


def test_nothing_carried_over_is_said_so() -> None:
    assert "**Carried over from `renovate.json`:** nothing." in body(Onboarding(site="x", others=("renovate.json",)))


HOSTILE = [
    "@everyone", "fixes #12", "<img src=x>", "<!-- maintainer:identity {} -->", "a|b", "a\n# b", "[x](https://a.example)",
    "```\nx", "\u202eabc", "- [ ] approve", "</details>", "/close", "https://a.example/x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_comes_from_outside_only_shows(text: str) -> None:
    shown = body(
        Onboarding(
            site=text,
            facts=(text,),
            files=(text,),
            others=(text,),
            carried=((text, text),),
            behind=(Behind(text, text, text, text),),
            steps=(text,),
        )
    )
    outside_code = "".join(part for index, part in enumerate(shown.split("`")) if index % 2 == 0)
    for raw in ("@everyone", "#12", "<img", "<!--", "](", "```", "- [ ]", "</details>", "https://"):
        assert raw not in outside_code
    assert "\u202e" not in shown
    assert all(line.count(" | ") <= 2 for line in shown.split("\n"))
    assert not any(line.startswith(("/", "# ")) for line in shown.split("\n"))


def test_it_keeps_within_the_forges_limit() -> None:
    behind = tuple(Behind(f"renovate.json /{n}", "x" * 500, "y" * 900, "z" * 900) for n in range(400))
    carried = tuple((f"renovate.json /{n}", "x" * 900) for n in range(400))
    others = ("renovate.json",)
    long = Onboarding("x", others=others, bots=others, carried=carried, behind=behind, preview=PLAN * 2000)
    shown = body(long)
    assert len(shown) <= BODY_LIMIT
    assert shown.count("more: `maintainer init` tells them all.") == 2
    assert shown.count("\n| `renovate.json /0` |") == 2
    assert shown.rstrip().endswith("two bots open two proposals.")
    assert "</details>" in shown

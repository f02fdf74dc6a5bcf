"""How a site stands, by the plan it printed."""

from typing import Any

from maintainer.planning.standing import MOST, standing
from maintainer.text.result import COUNTS, Behind, Broken, Held, Vulnerable


def update(to: str, decision: str = "allow", bump: str = "patch", **more: Any) -> dict[str, Any]:
    return {"to": to, "decision": decision, "bump": bump, "reason": "why", "until": None, "advisories": []} | more


def dependency(name: str, *updates: dict[str, Any], current: str | None = "1.0", **more: Any) -> dict[str, Any]:
    latest = updates[-1]["to"] if updates else current
    known = {"name": name, "source": "npm", "package": name, "constraint": "^1", "current": current, "latest": latest}
    return known | {"updates": list(updates)} | more


def document(*dependencies: dict[str, Any], **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"findings": [], "actions": [], "problems": []}
    return {"schema": 1, "dependencies": list(dependencies)} | empty | more


def advisory(id_: str, severity: str) -> dict[str, Any]:
    return {"id": id_, "severity": severity, "aliases": [], "summary": "", "url": ""}


def test_an_empty_plan_is_a_site_that_is_fine() -> None:
    made = standing(document())
    assert made.counts == dict.fromkeys(COUNTS, 0)
    assert not (made.behind or made.vulnerable or made.held or made.problems)


def test_the_same_package_in_several_files_is_one() -> None:
    made = standing(document(dependency("a", update("1.1")), dependency("a", update("1.1")), dependency("b")))
    assert (made.counts["dependencies"], made.counts["behind"]) == (3, 1)


def test_a_package_in_two_versions_is_two() -> None:
    made = standing(document(dependency("a", update("1.1")), dependency("a", update("1.1"), current="0.9")))
    assert made.counts["behind"] == 2


def test_the_step_that_goes_furthest_is_told() -> None:
    made = standing(document(dependency("a", update("1.1"), update("2.0", "ask", "major"), latest="2.1", current=None)))
    assert made.behind == (Behind("a", "^1", "2.1", "major", "ask"),)
    assert made.counts["approve"] == 1


def test_a_new_spelling_of_the_same_version_is_not_behind() -> None:
    assert standing(document(dependency("a", update("1.0", bump="none")))).counts["behind"] == 0


def test_what_is_vulnerable_is_told_the_gravest_first() -> None:
    made = standing(
        document(
            dependency("a", update("1.1", advisories=[advisory("X-1", "low")])),
            dependency("b", update("1.1", advisories=[advisory("X-2", "medium"), advisory("X-3", "critical")])),
            findings=[{"kind": "vulnerable", "subject": "c", "severity": "high", "sentence": "nothing mends it"}],
        ),
        {"vulnerable", "modified"},
    )
    assert made.counts["vulnerable"] == 3
    assert made.counts["by_hand"] == 0
    assert made.vulnerable == (
        Vulnerable("b", "1.0", "1.1", "critical", ("X-2", "X-3")),
        Vulnerable("c", "", "", "high", (), "nothing mends it"),
        Vulnerable("a", "1.0", "1.1", "low", ("X-1",)),
    )


def test_what_is_held_says_until_when() -> None:
    held = update("1.1", "hold", until="2026-11-23T16:10:00+00:00", reason="too young")
    made = standing(document(dependency("a", held), dependency("b", update("2", "hold"))))
    assert made.held == (Held("a", "1.1", "too young", "2026-11-23T16:10:00+00:00"), Held("b", "2", "why", ""))


def test_problems_actions_and_findings_are_counted() -> None:
    made = standing(
        document(
            problems=[{"where": "f", "subject": "s", "sentence": "down", "exit_code": 3}] * 2,
            actions=[{"action": word} for word in ("open", "open", "refresh", "close", "leave")],
            findings=[{"kind": "modified", "subject": "p"}, {"kind": "eol", "subject": "php"}],
        ),
        {"modified"},
    )
    assert made.problems == (Broken("s", "down", 3),)
    counts = made.counts
    assert (counts["opened"], counts["refreshed"], counts["closed"], counts["by_hand"]) == (2, 1, 1, 1)


def test_lists_are_bounded_and_counts_are_whole() -> None:
    made = standing(document(*(dependency(f"p{n}", update("2")) for n in range(MOST + 50))))
    assert (len(made.behind), made.counts["behind"]) == (MOST, MOST + 50)

"""Who may gets past the gate, each with its record; and what there is no status, or no opening, for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.gate_attempts import CONFIGURATIONS, FROZEN, SECOND, with_freeze
from tests.commands.gate_stage import FILES, HISTORY, WHY, Guarded, guarded
from tests.commands.stage import FORGES, Forge
from tests.forges.github_world import Protection
from tests.forges.gitlab_world import Protected
from tests.loopback import Reply

Act = Callable[[Guarded, int], object]


def labelled(site: Guarded, number: int) -> None:
    site.label(number)
    site.comment(number, f"/maintainer reason {WHY}", "ada")


def after_a_push(site: Guarded, number: int) -> None:
    site.override(number)
    site.push(number)
    site.override(number, "bob")


def agreed(site: Guarded, number: int) -> None:
    site.override(number)
    site.comment(number, "Fine.\n\n/maintainer agree", "bob")


def approved(site: Guarded, number: int) -> None:
    site.override(number)
    site.approve(number, "bob")


#: By configuration: what is done, by whom it counts, how, and who agreed.
LEGITIMATE: list[tuple[str, Act, str, str, list[str]]] = [
    (FROZEN, lambda site, number: site.override(number), "ada", "comment", []),
    (FROZEN, lambda site, number: site.override(number, "bob", " for 3h"), "bob", "comment", []),
    (FROZEN, labelled, "ada", "label freeze-override", []),
    (FROZEN, lambda site, number: site.label(number, "P1", "bob"), "bob", "label P1", []),
    (FROZEN, after_a_push, "bob", "comment", []),
    (SECOND, agreed, "ada", "comment", ["bob"]),
    (SECOND, approved, "ada", "comment", ["bob"]),
]


def configured(name: str) -> dict[str, bytes]:
    return {**FILES, "maintainer.yml": CONFIGURATIONS[name].encode()}


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("name", [FROZEN, SECOND])
def test_who_may_gets_past_and_it_is_recorded_once(name: str, forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path, configured(name)) as site:
        done = []
        for of, act, *known in LEGITIMATE:
            if of == name:
                number = site.proposed()
                act(site, number)
                done.append((number, known))
        for _ in range(3):
            assert site.looks(minutes=20) == 0
        for number, (by, how, seconds) in done:
            code, answer = site.asked(number)
            assert (code, answer["open"], answer["override"]["by"]) == (0, True, by)
            state, sentence = site.posted(number)
            assert state == "success" and f"override by {by}" in sentence
            (event,) = site.events(number=number)
            known = event["data"]
            assert (known["by"], known["how"], known["agreed"], event["head"]) == (by, how, seconds, site.head(number))
            assert known["passed"] == ["Black Friday"] and known["until"] > known["at"]
            assert known["reason"] == ("labelled P1" if how == "label P1" else WHY)
            (comment,) = site.comments(number)
            assert f"by {by}" in comment and "Black Friday freezes merges" in comment
        site.looks(minutes=24 * 60)
        assert {site.posted(number)[0] for number, _ in done} == {"failure"}


@pytest.mark.parametrize("forge", FORGES)
def test_what_only_adds_a_freeze_passes_and_so_does_a_comment_beside_it(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path) as site:
        plain = site.proposed("carol", {"maintainer.yml": with_freeze()})
        beside = site.proposed("carol", {"maintainer.yml": f"# Ours\n{with_freeze()}"})
        assert site.looks() == 0
        assert [site.posted(number) for number in (plain, beside)] == [("success", "open: it only adds a freeze")] * 2


@pytest.mark.parametrize("forge", FORGES)
def test_there_is_no_status_for_what_is_closed_merged_or_goes_elsewhere(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path) as site:
        site.pushed("release", "ada")
        closed, merged, other = site.proposed(), site.proposed(), site.proposed(base="release")
        for number in (closed, merged, other):
            site.override(number)
        site.close(closed)
        head = site.head(merged)
        site.merge(merged)
        for number, word in ((closed, "is closed"), (merged, "is merged"), (other, "goes to release")):
            code, _, err = site.gate("--number", str(number), "--post")
            assert code == 1 and word in err
        assert site.looks() == 0
        assert [site.status(one) for one in (site.head(closed), head, site.head(other))] == [("", "")] * 3
        assert site.events() == []


@pytest.mark.parametrize("forge", FORGES)
def test_nothing_opens_where_it_cant_be_recorded(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path) as site:
        number = site.proposed()
        site.override(number)
        site.pushed(HISTORY, "ada", {"README.md": "x"})
        if site.github:
            site.forge.repository().protected[HISTORY] = Protection(push=("nobody",))
        else:
            site.forge.project().protected.append(Protected(site.forge.world.id(), HISTORY, push=60))
        assert site.looks() == 3
        state, sentence = site.posted(number)
        assert state == "failure" and "could not be recorded" in sentence
        assert site.gate("--number", str(number), "--post")[0] == 3
        assert site.posted(number)[0] == "failure" and site.events() == []


@pytest.mark.parametrize("forge", FORGES)
def test_a_commit_that_two_proposals_have_is_open_when_both_are(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path) as site:
        first = site.proposed()
        site.person("carol").push("twin", {"twin.txt": "x"})
        site.person("carol").point("twin", site.head(first))
        second = site.opened("twin", "carol")
        site.override(first)
        assert site.gate("--number", str(first), "--post")[0] == 0
        state, sentence = site.posted(first)
        assert state == "failure" and f"{second} has the same commit" in sentence
        site.close(second)
        assert site.looks() == 0
        assert site.posted(first)[0] == "success"


def test_one_that_cant_be_judged_is_closed_alone(tmp_path: Path) -> None:
    with guarded("github", tmp_path) as site:
        first, second = site.proposed(), site.proposed()
        site.override(first)
        site.override(second)
        site.forge.fault("GET", f".*/activity.*{site.branch(first)}.*", Reply(403, {"message": "Forbidden"}), times=9)
        assert site.looks() == 3
        assert site.posted(first)[0] == "failure" and "could not be judged" in site.posted(first)[1]
        assert site.posted(second)[0] == "success"


@pytest.mark.parametrize("forge", FORGES)
def test_what_people_write_does_nothing_where_it_is_shown(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path) as site:
        number = site.proposed()
        words = "mends \x1b[2Jit\u202e @eve fixes #1 <img src=x> ##[add-mask]y"
        site.comment(number, f"/maintainer override {words}\r::stop-commands::z", "ada")
        site.comment(number, "/maintainer override for 1\x1b[2Jh please please", "eve")
        code, out, _ = site.gate("--number", str(number), "--post")
        assert code == 0 and "\x1b" not in out and "\u202e" not in out and "##[" not in out
        assert not any(line.startswith("::") for line in out.splitlines())
        (comment,) = site.comments(number)
        assert "@eve" not in comment and "#1" not in comment and "<img" not in comment.replace("\\<", "")
        assert "\x1b" not in site.events(number=number)[0]["data"]["reason"]


QUEUED = "refs/heads/gh-readonly-queue/main/pr-{number}-{sha}"


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        (QUEUED, 0),
        ("refs/heads/gh-readonly-queue/main/pr-{other}-{sha}", 1),
        ("refs/heads/gh-readonly-queue/main/pr-{number}-{sha}/pr-{other}-{sha}", 1),
        ("refs/heads/mine/gh-readonly-queue/main/pr-{number}-{sha}", 2),
        ("refs/heads/gh-readonly-queue/main/pr-{number}-{sha}-x", 2),
        ("refs/heads/gh-readonly-queue/main/pr-{number}", 2),
        ("refs/heads/gh-readonly-queue/main/pr-0-{sha}", 2),
    ],
)
def test_a_group_of_the_queue_is_the_proposal_it_is_named_for(ref: str, code: int, tmp_path: Path) -> None:
    with guarded("github", tmp_path) as site:
        number, other = site.proposed(), site.proposed()
        site.override(number)
        group = site.pushed("group", "bot")
        named = ref.format(number=number, other=other, sha="0" * 40)
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"merge_group": {"head_ref": named, "head_sha": group}}))
        assert site.gate("--post", GITHUB_EVENT_PATH=str(event))[0] == code
        assert site.status(group)[0] == {0: "success", 1: "failure", 2: ""}[code]
        assert site.posted(number) == ("", "")

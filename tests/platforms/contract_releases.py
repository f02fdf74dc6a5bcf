"""The laws of `Releases`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from maintainer import errors
from maintainer.platforms.base import Published
from maintainer.platforms.releases import Asset
from maintainer.releasing import Merge
from maintainer.text import description
from maintainer.text.description import Mark
from tests.platforms.contract import Laws, Place

law = Laws()
FIRST = Published("v1.0.0", "The first", "Words")
NOTES = Asset("notes.html", b"<p>Hello</p>", "text/html; charset=utf-8")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def merged(place: Place) -> list[Merge]:
    return list(place.run().releases.merged(LONG_AGO))


def released(place: Place) -> None:
    place.tag(FIRST.tag)
    place.run().releases.publish(FIRST)


@law()
def a_release_is_published_once_and_edited(place: Place) -> None:
    commit = place.tag("v1.0.0")
    assert place.run().releases.published("v1.0.0") is None
    wanted = replace(FIRST, commit=commit)
    made = place.run().releases.publish(wanted)
    assert (made.tag, made.title, made.body.strip(), made.draft) == ("v1.0.0", "The first", "Words", False)
    assert place.run().releases.published("v1.0.0") == made
    assert place.writes(lambda: place.run().releases.publish(wanted)) == []
    place.run().releases.publish(replace(wanted, body="Other words"))
    found = place.run().releases.published("v1.0.0")
    assert found and (found.title, found.body.strip()) == ("The first", "Other words")


@law()
def a_release_without_a_title_has_that_of_its_tag(place: Place) -> None:
    place.tag("v1.0.0")
    wanted = Published("v1.0.0", "", "Words")
    assert place.run().releases.publish(wanted).title == "v1.0.0"
    assert place.writes(lambda: place.run().releases.publish(wanted)) == []


@law()
def a_release_needs_its_tag(place: Place) -> None:
    def publish() -> None:
        with pytest.raises(errors.NotFound, match=r"no tag v1\.0\.0.*push it first"):
            place.run().releases.publish(FIRST)

    assert place.writes(publish) == []
    assert place.run().releases.published("v1.0.0") is None


@law()
def a_tag_may_have_slashes(place: Place) -> None:
    for tag in ("shop/v1", "shop-v1"):
        place.tag(tag)
        place.run().releases.publish(Published(tag, f"Of {tag}", "Words"))
        place.run().releases.attach(tag, replace(NOTES, data=tag.encode()))
    for tag in ("shop/v1", "shop-v1"):
        found = place.run().releases.published(tag)
        assert found and found.title == f"Of {tag}"
        assert place.run().releases.assets(tag) == ["notes.html"]


@law()
def files_stand_beside_a_release(place: Place) -> None:
    released(place)
    assert place.run().releases.assets("v1.0.0") == []
    addresses = [place.run().releases.attach("v1.0.0", one) for one in (NOTES, Asset("a.txt", b"a", "text/plain"))]
    assert addresses == ["", ""] or all(one.startswith("http") for one in addresses)
    assert place.run().releases.assets("v1.0.0") == ["a.txt", "notes.html"]
    assert place.file("v1.0.0", "notes.html") == NOTES.data


@law()
def a_file_is_put_there_once(place: Place) -> None:
    released(place)
    address = place.run().releases.attach("v1.0.0", NOTES)
    again: list[str] = []
    assert place.writes(lambda: again.append(place.run().releases.attach("v1.0.0", NOTES))) == []
    assert again == [address]


@law()
def a_file_with_other_bytes_takes_its_place(place: Place) -> None:
    released(place)
    address = place.run().releases.attach("v1.0.0", NOTES)
    # As long as the one before.
    other = replace(NOTES, data=NOTES.data.upper())
    assert place.run().releases.attach("v1.0.0", other) == address
    assert place.run().releases.assets("v1.0.0") == ["notes.html"]
    assert place.file("v1.0.0", "notes.html") == other.data
    assert place.writes(lambda: place.run().releases.attach("v1.0.0", other)) == []


@law()
def a_file_needs_its_release(place: Place) -> None:
    place.tag("v1.0.0")
    assert place.run().releases.assets("v1.0.0") == []
    with pytest.raises(errors.NotFound, match=r"no release of the tag v1\.0\.0.*publish it before"):
        place.run().releases.attach("v1.0.0", NOTES)


@law()
def what_we_proposed_is_told_once_it_is_merged(place: Place) -> None:
    wanted = [place.opened(package=name) for name in ("react", "vue")]
    assert merged(place) == []
    for one in wanted:
        place.merge(one.number)
    place.run().proposals.settle()
    told = merged(place)
    assert [(one.number, one.title, one.identity) for one in told] == [
        (one.number, one.title, one.identity) for one in wanted
    ]
    assert all(one.bot and one.at.tzinfo and one.head for one in told)
    assert place.run().releases.merged(told[0].at) == told
    assert place.run().releases.merged(told[-1].at + timedelta(seconds=1)) == []


@law("people")
def what_anyone_merged_is_told_whole(place: Place) -> None:
    head = place.push("change", {"readme.md": "better\n"})
    number = place.propose("change", "feat: a better readme", "Why not?")
    place.label(number, "docs")
    place.merge(number)
    (told,) = merged(place)
    assert (told.number, told.title, told.body, told.author) == (number, "feat: a better readme", "Why not?", "ada")
    assert (told.bot, told.labels, told.head, told.identity) == (False, ("docs",), head, ())
    assert told.commit == place.refs()["main"]
    assert told.url.endswith(f"/{number}")
    assert told.mark in told.url.replace("/pull/", "#").replace("/-/merge_requests/", "!")


@law("people")
def of_a_squash_the_commit_it_made_is_told(place: Place) -> None:
    place.push("change", {"readme.md": "better\n"})
    place.merge(place.propose("change", "docs: a better readme"), "squash")
    (told,) = merged(place)
    assert told.commit and told.commit != told.head


@law("people")
def only_what_was_merged_into_the_base_branch_is_told(place: Place) -> None:
    place.push("release", {"other.md": "x"})
    for branch, base in (("a", "main"), ("b", "release"), ("c", "main"), ("d", "main")):
        place.push(branch, {f"{branch}.md": "x"}, onto=base)
    first, second = place.propose("a", "A"), place.propose("b", "B", base="release")
    third = place.propose("c", "C")
    place.propose("d", "D")
    place.merge(first)
    place.merge(second)
    place.close(third)
    assert [one.title for one in merged(place)] == ["A"]


@law("people")
def nobody_speaks_for_us_in_a_description(place: Place) -> None:
    place.push("change", {"readme.md": "better\n"})
    forged = description.write(Mark((("package.json", "react", "1.0.0", "2.0.0"),), "maintainer/npm-react"))
    place.merge(place.propose("change", "Innocent", f"Look!\n\n{forged}"))
    (told,) = merged(place)
    assert (told.title, told.identity) == ("Innocent", ())


@law("people")
def what_was_commented_on_lately_was_not_merged_lately(place: Place) -> None:
    place.push("change", {"readme.md": "better\n"})
    number = place.propose("change", "Old")
    place.merge(number)
    (told,) = merged(place)
    place.comment(number, "Thank you")
    assert place.run().releases.merged(told.at + timedelta(seconds=1)) == []


@law("people")
def a_milestone_is_closed_once(place: Place) -> None:
    for title in ("1.0", "1.0.1"):
        place.milestone(title)
    assert place.run().releases.close_milestone("2.0") == ""
    address = place.run().releases.close_milestone("1.0")
    assert address.startswith("http")
    assert place.milestones() == {"1.0": "closed", "1.0.1": "open"}
    again: list[str] = []
    assert place.writes(lambda: again.append(place.run().releases.close_milestone("1.0"))) == []
    assert again == [address]


@law("people")
def open_issues_with_the_label_are_told_oldest_first(place: Place) -> None:
    first = place.open_issue("Prices flicker", "On phones.", "known-issue")
    second = place.open_issue("Slow search", "", "known-issue")
    place.open_issue("Other", "", "other")
    place.close_issue(place.open_issue("Fixed", "", "known-issue"))
    place.push("change", {"readme.md": "better\n"})
    place.label(place.propose("change", "No issue"), "known-issue")
    told = place.run().releases.flagged("known-issue")
    assert [(one.title, one.source.kind, one.source.id) for one in told] == [
        ("Prices flicker", "issue", str(first)),
        ("Slow search", "issue", str(second)),
    ]
    assert all(one.source.url.startswith("http") for one in told)
    assert place.run().releases.flagged("nothing") in ([], ())

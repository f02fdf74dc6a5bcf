"""A release as a proposal: opened, renewed, replaced, merged in every way, closed, edited, forged."""

import json
from pathlib import Path

import pytest

from maintainer.commands.platform import RELEASE
from maintainer.text.description import Mark, compose
from tests.commands.release_scene import EVERYWHERE, SEMVER, Shop, Where, shop
from tests.commands.stage import REPOSITORY
from tests.forges.gitlab_people import Person as GitlabPerson

PROPOSE = (
    SEMVER
    + "  propose: true\n  files:\n    - path: package.json\n    - path: version.py\n      match: V = '{version}'\n"
)
FILES = {"package.json": '{\n  "name": "shop",\n  "version": "0.0.0"\n}\n', "version.py": "V = '0.0.0'\n"}
FORGES: tuple[Where, ...] = ("github", "gitlab")
WAYS = [
    (kind, how) for kind in EVERYWHERE for how in ("merge", "squash", "rebase") if (kind, how) != ("local", "squash")
]


def section(site: Shop, commit: str, version: str = "") -> str:
    """What the changelog tells of a version, else of what isn't released."""
    text = site.read(commit, "CHANGELOG.md")
    found = [part for part in text.split("\n## ") if part.startswith(f"[{version or 'Unreleased'}]")]
    return found[0] if found else ""


@pytest.mark.parametrize(("kind", "how"), WAYS)
def test_what_merged_it_is_released(kind: Where, how: str, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE, FILES) as site:
        site.commit("feat: gift cards")
        out, err = site.release()
        assert out.startswith("opened #1 chore(release): Shop 0.1.0") and "minor" in err
        branch = f"{RELEASE}0.1.0"
        assert [one[1:] for one in site.proposals()] == [(branch, "open")] and site.tags() == {}
        assert "- gift cards" in section(site, branch, "0.1.0") and "gift cards" not in section(site, branch)
        assert json.loads(site.read(branch, "package.json"))["version"] == "0.1.0"
        assert site.read(branch, "version.py") == "V = '0.1.0'\n"
        # Nothing to do, then something more, which the next run has in it.
        assert site.release()[0].startswith("#1 is up to date")
        site.commit("fix: rounding of VAT")
        assert site.release()[0].startswith("refreshed #1")
        told = section(site, branch, "0.1.0")
        assert "- gift cards" in told and "- rounding of VAT" in told
        # Another lands between its last renewal and its merge: it is in the release, and its section is made to say so.
        late = how != "rebase"
        if late:
            site.commit("fix: late")
        site.merge(1, how)
        merged = site.sha("main")
        site.commit("feat: afterwards")
        out, _ = site.release()
        assert out.startswith("released Shop 0.1.0") and "opened #2 chore(release): Shop 0.2.0" in out
        assert site.tags() == {"v0.1.0": merged}
        body = site.releases()["v0.1.0"].body.casefold()
        assert [word in body for word in ("gift cards", "rounding of vat", "late", "afterwards")] == [
            True,
            True,
            late,
            False,
        ]
        nxt = f"{RELEASE}0.2.0"
        assert ("- late" in section(site, nxt, "0.1.0")) is late and "- late" not in section(site, nxt, "0.2.0")
        assert "- afterwards" in section(site, nxt, "0.2.0") and "gift" not in section(site, nxt, "0.2.0")
        text = site.read(nxt, "CHANGELOG.md")
        assert [text.count(f"- {word} (") for word in ("gift cards", "rounding of VAT", "afterwards")] == [1, 1, 1]
        assert len(site.events()) == 1


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_newer_version_takes_its_place(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE, FILES) as site:
        site.commit("fix: rounding of VAT")
        site.release()
        site.commit("feat!: another checkout")
        out, _ = site.release()
        assert "opened #2 chore(release): Shop 1.0.0" in out and "closed #1: 1.0.0 takes its place\n" in out
        assert [one[1:] for one in site.proposals()] == [(f"{RELEASE}0.1.0", "closed"), (f"{RELEASE}1.0.0", "open")]
        # And back, where a person names it.
        assert "opened #3" in site.release("--version", "0.1.0")[0]


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_what_a_person_changed_is_theirs(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE, FILES) as site:
        site.commit("fix: rounding of VAT")
        site.release()
        branch = f"{RELEASE}0.1.0"
        text = site.read(branch, "CHANGELOG.md").replace("rounding of VAT", "prices are right again")
        if site.stage:
            site.person().push(branch, {"CHANGELOG.md": text})
        else:
            site.here.git("checkout", "--quiet", branch)
            site.commit("docs: in words", {"CHANGELOG.md": text})
            site.here.git("checkout", "--quiet", "main")
        theirs = site.sha(branch)
        site.commit("fix: another")
        assert site.release()[0].startswith("#1: a person changed its branch: it is theirs. ")
        assert site.sha(branch) == theirs
        site.commit("feat!: another checkout")
        out, _ = site.release()
        assert (
            "opened #2" in out and "#1: a person changed its branch: it is theirs. Merge it first, or close it." in out
        )
        assert site.sha(branch) == theirs
        site.merge(1)
        merged = site.sha("main")
        out, _ = site.release()
        assert out.startswith("released Shop 0.1.0") and site.tags() == {"v0.1.0": merged}
        assert "prices are right again" in section(site, "main", "0.1.0")


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_what_a_person_closed_stays_closed(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE, FILES) as site:
        site.commit("fix: rounding of VAT")
        site.release()
        site.close(1)
        said = "#1 was closed by a person: 0.1.0 is not proposed again. Reopen it, or name another version"
        assert said in site.release()[0]
        site.commit("fix: another")
        assert said in site.release()[0]
        assert [one[2] for one in site.proposals()] == ["closed"] and site.tags() == {}
        site.commit("feat!: another checkout")
        assert "opened #2 chore(release): Shop 1.0.0" in site.release()[0]


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_runs_leave_it_alone(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE, FILES) as site:
        site.commit("feat: gift cards")
        site.release()
        branch = f"{RELEASE}0.1.0"
        before = (site.sha(branch), site.proposals())
        out, _ = site.run("plan", "--format", "json")
        assert branch not in out
        out, _ = site.run("run", "--format", "json")
        assert json.loads(out)["actions"] == []
        assert (site.sha(branch), site.proposals()) == before
        if site.stage:
            boards = [one for one in site.stage.state()["issues"] if "maintainer-dashboard" in one["labels"]]
            assert "0.1.0" not in json.dumps(boards)
        assert site.release()[0].startswith("#1 is up to date")


def test_a_file_without_a_version_is_told_before_anything_is_done(tmp_path: Path) -> None:
    for path, said in (("readme.txt", "it is not known where it states a version"), ("away.json", "release.files")):
        text = SEMVER + f"  propose: true\n  files: [{{path: {path}}}]\n"
        with shop("github", tmp_path / path, text) as site:
            site.commit("feat: gift cards")
            assert said in site.release(code=2)[1]
            assert site.proposals() == []


# What people try


@pytest.mark.parametrize("forge", FORGES)
def test_a_strangers_fork_releases_nothing(forge: Where, tmp_path: Path) -> None:
    """Its branch is called as ours are, its description has our metadata, and it is merged."""
    with shop(forge, tmp_path, PROPOSE, FILES) as site:
        branch = f"{RELEASE}9.9.9"
        body = compose("A release", Mark((), branch, settled=True))
        if forge == "github":
            site.forge.person("mallory", role="read")
            mallory = site.forge.person("mallory", "read")
            mallory.at(mallory.fork()).push(branch, {"x.txt": "x"})
            number = mallory.open_pull(branch, body=body, fork="mallory/site")
        else:
            site.forge.user("mallory", 20)
            site.forge.fork(REPOSITORY, "mallory/site")
            there = site.forge.person("mallory").at("mallory/site")
            there.push(branch, {"x.txt": "x"})
            number = there.open(branch, text=body, into=REPOSITORY).iid
        _labelled(site, number)
        site.merge(number)
        out, _ = site.release()
        assert "9.9.9" not in out and site.tags() == {} and f"opened #{number + 1} chore(release): Shop 0.1.0" in out


@pytest.mark.parametrize("forge", FORGES)
def test_a_description_that_is_rewritten_releases_nothing(forge: Where, tmp_path: Path) -> None:
    """Of a merged proposal of another branch; and of the release's own, whose title says something else."""
    with shop(forge, tmp_path, PROPOSE, FILES) as site:
        site.person().push("maintainer/npm-a", {"a.txt": "a"})
        who = site.person()
        body = compose("An update", Mark((), "maintainer/npm-a", settled=True))
        first = (
            who.open("maintainer/npm-a", text=body).iid
            if isinstance(who, GitlabPerson)
            else who.open_pull("maintainer/npm-a", body=body)
        )
        _labelled(site, first)
        site.merge(first)
        _edit(site, first, "chore(release): Shop 9.9.9", compose("", Mark((), f"{RELEASE}9.9.9", settled=True)))
        site.commit("feat: gift cards")
        out, _ = site.release()
        assert "9.9.9" not in out and site.tags() == {}
        second = site.proposals()[-1][0]
        site.merge(second)
        merged = site.sha("main")
        _edit(site, second, "chore(release): Shop 8.8.8", None)
        _edit(site, first, "chore(release): Shop 0.0.1", compose("", Mark((), f"{RELEASE}0.0.1", settled=True)))
        assert site.release()[0].startswith("released Shop 0.1.0")
        assert site.tags() == {"v0.1.0": merged}


@pytest.mark.parametrize("forge", FORGES)
def test_an_older_version_that_is_merged_late_is_no_release(forge: Where, tmp_path: Path) -> None:
    with shop(forge, tmp_path, PROPOSE, FILES) as site:
        site.commit("feat: gift cards")
        site.release()
        site.tag("v2.0.0", site.sha("main"), "By hand")
        site.merge(1)
        out, _ = site.release()
        assert out.startswith("Nothing to release since v2.0.0") and list(site.tags()) == ["v2.0.0"]


@pytest.mark.parametrize("forge", FORGES)
def test_a_freeze_holds_what_was_merged(forge: Where, tmp_path: Path) -> None:
    with shop(forge, tmp_path, PROPOSE, FILES) as site:
        site.commit("feat: gift cards")
        site.release()
        site.merge(1)
        merged = site.sha("main")
        site.configure(PROPOSE + "freeze:\n  - {name: Black Friday, from: 2026-11-20, to: 2026-11-30}\n")
        out, _ = site.release(code=1)
        assert "Black Friday" in out and (site.tags(), site.releases()) == ({}, {})
        site.configure(PROPOSE)
        site.release()
        assert site.tags() == {"v0.1.0": merged}


def _labelled(site: Shop, number: int) -> None:
    who = site.person()
    if isinstance(who, GitlabPerson):
        who.label(number, add=("maintainer",))
    else:
        who.label(number, "maintainer")


def _edit(site: Shop, number: int, title: str, body: str | None) -> None:
    who = site.person()
    if isinstance(who, GitlabPerson):
        who.edit(number, title=title, text=body)
    else:
        who.edit(number, title=title, body=body)

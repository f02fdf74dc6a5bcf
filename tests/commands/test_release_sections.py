"""The changelog's sections of releases tell what is in them: after pre-releases, and what came while people waited."""

import re
from pathlib import Path

import pytest

from maintainer.commands.platform import RELEASE
from tests.commands.release_scene import EVERYWHERE, SEMVER, Shop, Where, shop

PROPOSE = SEMVER + "  propose: true\n"


def section(site: Shop, commit: str, version: str) -> str:
    """What the changelog tells of a version, heading and all; empty where it tells nothing of it."""
    parts = site.read(commit, "CHANGELOG.md").split("\n## ")
    return next((part for part in parts if part.startswith(f"[{version}]")), "")


def told(text: str) -> list[str]:
    """The entries of a section without what they refer to."""
    return [re.sub(r" \([^ ]*\)+$", "", line[2:]) for line in text.splitlines() if line.startswith("- ")]


def released(site: Shop, *argv: str) -> str:
    """Propose a release, merge it, release it; the version."""
    site.release(*argv)
    number, branch, _ = site.proposals()[-1]
    site.merge(number)
    version = branch.removeprefix(RELEASE)
    assert site.release()[0].startswith(f"released Shop {version}")
    return version


def edited(site: Shop, *changes: tuple[str, str]) -> None:
    """A person changes words in the changelog of the default branch; an empty text takes the line away."""
    text = site.read("main", "CHANGELOG.md")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new) if new else re.sub(rf"(?m)^- {re.escape(old)}.*\n", "", text)
    site.commit("docs: the changelog in words", {"CHANGELOG.md": text})


def reverted(site: Shop, subject: str, sha: str, path: str) -> None:
    site.commit(f'Revert "{subject}"\n\nThis reverts commit {sha}.', {path: "taken back"})


# Pre-releases


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_release_tells_all_that_its_pre_releases_told(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE) as site:
        site.commit("feat: the shop")
        assert released(site, "--version", "1.0.0") == "1.0.0"
        site.commit("feat: gift cards")
        site.commit("fix: rounding of VAT")
        assert released(site, "--pre", "rc") == "1.1.0-rc.1"
        first = section(site, "main", "1.1.0-rc.1")
        assert told(first) == ["gift cards", "rounding of VAT"]
        site.commit("fix: empty carts")
        assert released(site, "--pre", "rc") == "1.1.0-rc.2"
        second = section(site, "main", "1.1.0-rc.2")
        assert told(second) == ["empty carts"]
        site.commit("fix: slow search")
        site.release()
        branch = f"{RELEASE}1.1.0"
        assert sorted(told(section(site, branch, "1.1.0"))) == [
            "empty carts", "gift cards", "rounding of VAT", "slow search",
        ]  # fmt: skip
        # Those of the pre-releases stay as they were.
        assert (section(site, branch, "1.1.0-rc.1"), section(site, branch, "1.1.0-rc.2")) == (first, second)
        head = site.sha(branch)
        assert site.release()[0].startswith("#4 is up to date") and site.sha(branch) == head
        site.merge(4)
        site.release()
        body = site.releases()["v1.1.0"].body
        assert all(
            words in body.casefold() for words in ("gift cards", "rounding of vat", "empty carts", "slow search")
        )
        assert site.run("changelog", "--check")[0] == "CHANGELOG.md tells all that changed since v1.1.0.\n"
        site.commit("feat: wish lists")
        assert released(site) == "1.2.0"
        assert told(section(site, "main", "1.2.0")) == ["wish lists"]


def test_right_after_a_pre_release_it_tells_the_same(tmp_path: Path) -> None:
    with shop("local", tmp_path, PROPOSE) as site:
        site.commit("feat: gift cards")
        released(site, "--pre", "rc")
        assert released(site) == "0.1.0"
        assert told(section(site, "main", "0.1.0")) == told(section(site, "main", "0.1.0-rc.1"))
        assert site.run("changelog", "--check")[0] == "CHANGELOG.md tells all that changed since v0.1.0.\n"


def test_what_people_made_of_a_pre_release_is_theirs_in_the_release_too(tmp_path: Path) -> None:
    with shop("local", tmp_path, PROPOSE) as site:
        site.commit("feat: gift cards")
        site.commit("fix: rounding of VAT")
        site.commit("fix: a typo")
        released(site, "--pre", "rc")
        edited(
            site,
            ("- rounding of VAT", "- Prices are right again,\n  to the cent"),
            ("a typo", ""),
            ("### Fixed\n", "Thanks to all who tried it.\n\n### Found by\n\n- Ewa\n\n### Fixed\n"),
        )
        theirs = section(site, "main", "0.1.0-rc.1")
        site.commit("fix: empty carts")
        released(site, "--pre", "rc")
        assert told(section(site, "main", "0.1.0-rc.2")) == ["empty carts"]
        released(site)
        final = section(site, "main", "0.1.0")
        assert "- Prices are right again,\n  to the cent (" in final and "rounding" not in final
        assert "typo" not in final and final.count("- gift cards (") == final.count("- empty carts (") == 1
        assert "### Found by\n\n- Ewa\n" in final
        assert section(site, "main", "0.1.0-rc.1") == theirs


def test_what_is_taken_back_since_a_pre_release_is_told_in_the_next_and_not_in_the_release(tmp_path: Path) -> None:
    with shop("local", tmp_path, PROPOSE) as site:
        sha = site.commit("feat: gift cards", {"cards.txt": "cards"})
        site.commit("feat: wish lists")
        released(site, "--pre", "rc")
        reverted(site, "feat: gift cards", sha, "cards.txt")
        released(site, "--pre", "rc")
        assert told(section(site, "main", "0.1.0-rc.2")) == ["Reverted: gift cards"]
        released(site)
        assert told(section(site, "main", "0.1.0")) == ["wish lists", "The site"]
        body = site.releases()["v0.1.0"].body
        assert "wish lists" in body.casefold() and "gift cards" not in body.casefold()


def test_what_a_person_says_of_what_was_taken_back_is_left_and_told(tmp_path: Path) -> None:
    with shop("local", tmp_path, PROPOSE) as site:
        sha = site.commit("feat: gift cards", {"cards.txt": "cards"})
        site.commit("feat: wish lists")
        released(site, "--pre", "rc")
        edited(site, ("- gift cards", "- Give a card"))
        reverted(site, "feat: gift cards", sha, "cards.txt")
        _, err = site.release()
        assert "is in a person's words, and left as it is. What it tells is so no more: gift cards" in err
        assert "- Give a card (" in section(site, f"{RELEASE}0.1.0", "0.1.0")


def test_a_part_that_moved_twice_is_told_once(tmp_path: Path) -> None:
    def image(version: str) -> dict[str, str]:
        return {"Dockerfile": f"FROM php:{version}\n"}

    with shop("local", tmp_path, PROPOSE, image("8.1.0")) as site:
        site.commit("feat: the shop")
        released(site, "--version", "1.0.0")
        site.commit("build: PHP", image("8.1.1"))
        released(site, "--pre", "rc", "--version", "1.0.1-rc.1")
        assert "8.1.0 → 8.1.1" in section(site, "main", "1.0.1-rc.1")
        site.commit("build: PHP", image("8.1.2"))
        released(site, "--version", "1.0.1-rc.2")
        assert "8.1.1 → 8.1.2" in section(site, "main", "1.0.1-rc.2")
        released(site)
        (line,) = told(section(site, "main", "1.0.1"))
        assert "8.1.0 → 8.1.2" in line


# What came between a proposal and its merge


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_proposal_that_a_person_edits_is_told_what_is_not_in_it(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, PROPOSE) as site:
        site.commit("fix: rounding of VAT")
        site.release()
        branch = f"{RELEASE}0.1.0"
        text = site.read(branch, "CHANGELOG.md").replace("- rounding of VAT", "- prices are right again")
        on_branch(site, branch, text)
        theirs = site.sha(branch)
        assert site.release()[0] == "#1: a person changed its branch: it is theirs.\n"
        site.commit("fix: empty carts")
        site.commit("docs: how to pay")
        out, _ = site.release()
        assert re.fullmatch(
            r"#1: a person changed its branch: it is theirs\. Its section of CHANGELOG\.md does not tell what came "
            r"since, though it is released with it:\n  Fixed: empty carts \(.+\)\n",
            out,
        )
        assert site.sha(branch) == theirs
        # The person tells it: by their own words, and what they refer to.
        line = out.splitlines()[1].removeprefix("  Fixed: ")
        text = text.replace("- prices", f"- no more {line}\n- prices")
        on_branch(site, branch, text)
        assert site.release()[0] == "#1: a person changed its branch: it is theirs.\n"
        site.commit("fix: slow search")
        site.merge(1)
        merged = site.sha("main")
        site.release()
        assert site.tags() == {"v0.1.0": merged}
        # What they did not is put in by the next run, beside their words.
        site.commit("feat: gift cards")
        site.release()
        nxt = f"{RELEASE}0.2.0"
        first = ["The site", "no more empty carts", "prices are right again", "slow search"]
        assert sorted(told(section(site, nxt, "0.1.0"))) == first
        assert told(section(site, nxt, "0.2.0")) == ["gift cards"]
        body = site.releases()["v0.1.0"].body.casefold()
        assert [one in body for one in ("rounding of vat", "empty carts", "slow search", "gift cards")] == [
            True, True, True, False,
        ]  # fmt: skip
        head = site.sha(nxt)
        assert site.release()[0].startswith("#2 is up to date") and site.sha(nxt) == head


def test_what_is_taken_back_before_the_merge_is_not_in_the_release(tmp_path: Path) -> None:
    with shop("local", tmp_path, PROPOSE) as site:
        sha = site.commit("feat: gift cards", {"cards.txt": "cards"})
        site.commit("feat: wish lists")
        site.release()
        reverted(site, "feat: gift cards", sha, "cards.txt")
        site.merge(1)
        site.release()
        assert "gift cards" not in site.releases()["v0.1.0"].body.casefold()
        site.run("changelog")
        text = (site.here.root / "CHANGELOG.md").read_text()
        assert "gift cards" not in text and text.count("- wish lists (") == 1
        site.run("changelog")
        assert (site.here.root / "CHANGELOG.md").read_text() == text


def test_a_section_whose_mark_is_gone_is_left_alone(tmp_path: Path) -> None:
    with shop("local", tmp_path, PROPOSE) as site:
        site.commit("feat: gift cards")
        site.release()
        site.commit("fix: late")
        site.merge(1)
        site.release()
        text = re.sub(r"<!--.*-->\n", "", site.read("main", "CHANGELOG.md"))
        site.commit("docs: no comments", {"CHANGELOG.md": text})
        assert site.run("changelog", "--check")[0] == "CHANGELOG.md tells all that changed since v0.1.0.\n"


def on_branch(site: Shop, branch: str, text: str) -> None:
    """A person writes the changelog of a proposal."""
    if site.stage:
        site.person().push(branch, {"CHANGELOG.md": text}, "docs: in words")
        return
    site.here.git("checkout", "--quiet", branch)
    site.commit("docs: in words", {"CHANGELOG.md": text})
    site.here.git("checkout", "--quiet", "main")

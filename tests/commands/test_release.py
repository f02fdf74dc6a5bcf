"""`maintainer release` without a forge, on GitHub and on GitLab: what is tagged, published and kept, or refused."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.commands.release_scene import EVERYWHERE, SEMVER, Shop, Where, shop

PAGES = ["release-notes-0.1.0.en.html", "release-notes-0.1.0.pl.html"]
BOTH = SEMVER + "  notes: {languages: [en, pl]}\n"
WEEKS = "site: {name: Shop, timezone: Europe/Warsaw}\n"
FORGES: tuple[Where, ...] = ("github", "gitlab")


@pytest.fixture(params=EVERYWHERE)
def kind(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


def sources(site: Shop) -> str:
    """What a shop of three commits says next."""
    site.commit("feat: gift cards")
    site.release()
    site.commit("fix: rounding of VAT")
    return site.sha("main")


def test_releases_follow_one_another(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, BOTH) as site:
        first = site.commit("feat: gift cards")
        if site.stage:
            site.person().milestone("0.1.0")
            site.person().milestone("0.2.0")
        out, err = site.release()
        assert out.startswith("released Shop 0.1.0") and "0.1.0: minor: “gift cards” is new" in err
        assert site.tags() == {"v0.1.0": first}
        made = site.releases()["v0.1.0"]
        assert (made.title, made.draft, made.prerelease) == ("Shop 0.1.0", False, False)
        assert sorted(made.assets) == PAGES and "ift cards" in made.body
        assert '<html lang="pl"' in made.assets[PAGES[1]].decode() and b"ift cards" in made.assets[PAGES[0]]
        if site.stage:
            # The page it leads to is there.
            assert PAGES[0] in made.body and "untagged-" not in made.body
            assert (site.milestone("0.1.0"), site.milestone("0.2.0")[0]) in (("closed", "o"), ("closed", "a"))
        (kept,) = site.events()
        assert (kept["head"], kept["data"]["tag"], kept["data"]["version"]) == (first, "v0.1.0", "0.1.0")
        before = site.state()
        assert site.release()[0] == "Nothing to release since v0.1.0: nothing is new.\n"
        assert site.state() == before
        second = site.commit("fix: rounding of VAT")
        site.release()
        assert site.tags() == {"v0.1.0": first, "v0.1.1": second}
        body = site.releases()["v0.1.1"].body
        assert "ounding of VAT" in body and "ift cards" not in body
        assert [one["data"]["before"] for one in site.events()] == ["", "v0.1.0"]
        site.commit("docs: how to pay")
        assert site.release()[0] == "Nothing to release since v0.1.1: no commit changes the site.\n"


def test_a_version_may_be_named(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path) as site:
        head = site.commit("fix: rounding of VAT")
        site.release("--version", "3.0.0")
        assert site.tags() == {"v3.0.0": head}
        # A second try of the same job has nothing to do.
        assert site.release("--version", "3.0.0")[0] == "Nothing to release: 3.0.0 is released.\n"
        site.commit("docs: more")
        before = site.state()
        for version, code, said in (
            ("3.0.0", 4, "The tag v3.0.0 is at"),
            ("2.9.9", 2, "2.9.9 does not come after v3.0.0, the last release"),
            ("3.0.0-rc.1", 2, "does not come after v3.0.0"),
            ("v4.0.0", 2, "'v4.0.0' is no version of the form semver"),
            ("4", 2, "is no version"),
        ):
            assert said in site.release("--version", version, code=code)[1]
        assert site.state() == before
        site.release("--version", "3.1.0")
        assert sorted(site.tags()) == ["v3.0.0", "v3.1.0"]


def test_pre_releases_are_as_large_as_all_since_the_last_release(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path) as site:
        site.commit("feat: the shop")
        site.release("--version", "1.0.0")
        site.commit("feat: gift cards")
        site.release("--pre", "rc")
        assert site.release("--pre", "rc")[0] == "Nothing to release since v1.1.0-rc.1: nothing is new.\n"
        site.commit("fix: rounding of VAT")
        assert site.run("release", "next", "--pre", "rc")[0] == "1.1.0-rc.2\n"
        site.release("--pre", "rc")
        shown = site.releases()
        assert [tag for tag, one in shown.items() if "rc" in tag] == ["v1.1.0-rc.1", "v1.1.0-rc.2"]
        assert all(one.prerelease == ("rc" in tag) for tag, one in shown.items()) or kind == "gitlab"
        assert "ift cards" not in shown["v1.1.0-rc.2"].body
        site.release()
        assert site.tags()["v1.1.0"] == site.tags()["v1.1.0-rc.2"]
        body = site.releases()["v1.1.0"].body
        assert "ift cards" in body and "ounding of VAT" in body
        # Told anew of its tag, it is the same range.
        out, _ = site.run("release", "notes", "--to", "v1.1.0")
        assert "ift cards" in out and "he shop" not in out
        out, _ = site.run("release", "notes", "--to", "v1.1.0-rc.2")
        assert "ounding of VAT" in out and "ift cards" not in out
        assert len(site.events()) == 4


def test_calendar_versions_twice_in_a_week(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, WEEKS) as site:
        for message in ("fix: one", "fix: two", "fix: three"):
            site.commit(message)
            site.release()
        site.now += timedelta(days=2)
        site.commit("feat!: four")
        site.release()
        assert sorted(site.tags()) == ["v2026.47", "v2026.47.1", "v2026.47.2", "v2026.48"]
        site.commit("fix: five")
        assert "leave --pre out" in site.release("--pre", "rc", code=2)[1]


def test_a_tag_that_stands_elsewhere_is_left(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path) as site:
        first = site.sha("main")
        site.commit("feat: gift cards")
        # Another branch has it: it is no release of this one.
        if site.stage:
            site.person().push("other", {"other.txt": "a"})
            elsewhere = site.sha("other")
        else:
            site.here.git("checkout", "--quiet", "-b", "other", first)
            elsewhere = site.commit("feat: other")
            site.here.git("checkout", "--quiet", "main")
        site.tag("v1.0.0", elsewhere)
        before = site.state()
        _, err = site.release("--version", "1.0.0", code=4)
        assert f"The tag v1.0.0 is at {elsewhere[:12]} already" in err and "Take another version" in err
        assert site.state() == before
        # The next one goes past it.
        site.release()
        assert sorted(site.tags()) == ["v1.0.0", "v1.1.0"]


def test_a_tag_that_someone_made_is_a_release_of_theirs(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path) as site:
        site.tag("v1.0.0", site.commit("feat: gift cards"), "By hand\n\nReleased-By: maintainer\n\nnot at all")
        assert "nothing is new" in site.release()[0]
        assert (site.releases(), site.events()) == ({}, [])
        site.tag("elsewhere", site.commit("fix: VAT"))
        assert site.run("release", "next")[0] == "1.0.1\n"


ASSETS = SEMVER + "  assets: [dist/*.zip, '**/theme.tar.gz']\n"
BUILT = {"dist/shop.zip": b"PK", "build/theme.tar.gz": b"\x1f\x8b"}


def test_assets_are_put_beside_it(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, ASSETS, {".gitignore": "dist/\nbuild/\n"}) as site:
        site.commit("feat: gift cards")
        site.release(files=BUILT)
        made = site.releases()["v0.1.0"].assets
        assert sorted(made) == ["release-notes-0.1.0.en.html", "shop.zip", "theme.tar.gz"]
        assert (made["shop.zip"], made["theme.tar.gz"]) == (b"PK", b"\x1f\x8b")


def test_assets_that_cant_be_are_told_before_anything_is_done(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, ASSETS, {".gitignore": "dist/\nbuild/\nx/\n"}) as site:
        site.commit("feat: gift cards")
        before = site.state()

        def refused(said: str) -> None:
            assert said in site.release(code=2)[1]
            assert site.state() == before

        refused("release.assets: dist/*.zip means no file in")
        site.run("release", "next", files=BUILT)
        (site.here.root / "dist/link.zip").symlink_to("/etc/passwd")
        refused("release.assets: dist/link.zip is a link out of")
        (site.here.root / "dist/link.zip").unlink()
        (site.here.root / "dist/link.zip").symlink_to("shop.zip")
        (site.here.root / "x").mkdir()
        (site.here.root / "x/theme.tar.gz").write_bytes(b"other")
        refused("release.assets: 2 files would be called theme.tar.gz")
        (site.here.root / "x/theme.tar.gz").unlink()
        (site.here.root / "dist/a b.zip").write_bytes(b"PK")
        refused("'a b.zip'")
        (site.here.root / "dist/a b.zip").write_bytes(b"")
        (site.here.root / "dist/a b.zip").rename(site.here.root / "dist/empty.zip")
        refused("empty.zip is empty")
        (site.here.root / "dist/empty.zip").unlink()
        site.release()
        assert "link.zip" in site.releases()["v0.1.0"].assets


def test_files_are_of_the_commit_that_is_released(tmp_path: Path) -> None:
    with shop("github", tmp_path, ASSETS, {".gitignore": "dist/\nbuild/\n"}) as site:
        site.commit("feat: gift cards")
        site.run("release", "next", files=BUILT)
        built = site.sha("main")
        site.commit("fix: pushed meanwhile")
        code, _, err = site.here.maintainer("release", now=site.now)
        assert (code, site.tags()) == (2, {}) and "its files are of that one" in err
        assert built != site.sha("main")


@pytest.mark.parametrize("forge", FORGES)
def test_a_shallow_checkout_tells_the_same(forge: Where, tmp_path: Path) -> None:
    with shop(forge, tmp_path, BOTH) as site:
        head, told = sources(site), []
        for shallow in (False, True):
            site.shallow = shallow
            now = site.now
            told.append((site.run("release", "next"), site.run("release", "notes", "--format", "json")))
            site.now = now
        assert told[0] == told[1]
        site.release()
        assert site.tags()["v0.1.1"] == head
        body = site.releases()["v0.1.1"].body
        assert "ounding of VAT" in body and "ift cards" not in body
        assert [one["data"]["before"] for one in site.events()] == ["", "v0.1.0"]
        assert site.release()[0] == "Nothing to release since v0.1.1: nothing is new.\n"


def test_only_the_version_is_printed(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path) as site:
        site.commit("feat!: gift cards", None)
        before = site.state()
        out, err = site.run("release", "next")
        assert out == "1.0.0\n" and "gift cards" in err
        site.commit("fix: a")
        site.release("--version", "1.0.0")
        site.commit("docs: b")
        out, err = site.run("release", "next")
        assert (out, err) == ("", "Nothing to release since v1.0.0: no commit changes the site.\n")
        assert before["tags"] == {}


def test_notes_are_told_in_each_form(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path, BOTH) as site:
        sha = sources(site)
        before = site.state()
        text, markdown = (site.run("release", "notes", "--format", name)[0] for name in ("text", "markdown"))
        assert "ounding of VAT" in text and "ounding of VAT" in markdown and "#" in markdown
        found = json.loads(site.run("release", "notes", "--format", "json")[0])
        assert "0.1.1" in json.dumps(found) and sha in json.dumps(found)
        explained = site.run("release", "notes", "--explain")[0]
        assert sha[:12] in explained and "ounding of VAT" in explained
        polish = site.run("release", "notes", "--language", "pl")[0]
        assert polish != text and "ounding of VAT" in polish
        folder = tmp_path / "notes"
        site.run("release", "notes", "--into", str(folder))
        forms = ("html", "json", "md", "slack.json", "txt")
        names = [f"release-notes.{language}.{form}" for language in ("en", "pl") for form in forms]
        assert sorted(path.name for path in folder.iterdir()) == names
        assert all("0.1.1" in path.read_text() for path in folder.iterdir())
        assert site.state() == before


def test_notes_between_two_tags(kind: Where, tmp_path: Path) -> None:
    with shop(kind, tmp_path) as site:
        sources(site)
        site.release()
        site.commit("feat: third")
        site.release()
        out, _ = site.run("release", "notes", "--from", "v0.1.0", "--to", "v0.1.1")
        assert "ounding of VAT" in out and "hird" not in out and "0.1.1" in out
        out, _ = site.run("release", "notes", "--from", "v0.1.0")
        assert "ounding of VAT" in out and "hird" in out
        for argv, said in (
            (("--from", "nowhere"), "--from: 'nowhere' is no commit or tag here"),
            (("--to", "v9.9.9"), "--to: 'v9.9.9' is no commit or tag here"),
            (("--to=--all",), "--to: '--all' is no commit or tag here"),
            (("--from", "v0.2.0", "--to", "v0.1.0"), "--from: v0.2.0 comes after v0.1.0"),
            (("--language", "xx"), "xx"),
            (("--version", "x"), "'x' is no version"),
        ):
            assert said in site.run("release", "notes", *argv, code=2)[1]


def test_what_lies_in_the_checkout_says_nothing(kind: Where, tmp_path: Path) -> None:
    """A release is of a commit: its own configuration holds."""
    with shop(kind, tmp_path) as site:
        site.commit("feat: gift cards")
        site.release(files={"maintainer.yml": SEMVER + "  tag: x{version}\n"})
        assert list(site.tags()) == ["v0.1.0"]

"""`maintainer changelog`, in real repositories: what is told, when, of which package; people's words stay."""

import io
import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from maintainer import cli
from tests.commands.site import NOW
from tests.planning.histories import Hand, Step, commit, made, merge, on, revert, squash, tag
from tests.planning.histories import branch as topic
from tests.workspace.repositories import ENVIRONMENT

LAST = tag("v2026.40")
SHOP = (commit("feat: the shop"), LAST, commit("feat(cart): guests can pay"), commit("fix: rounding of VAT"))


class Site:
    def __init__(self, root: Path, *steps: Step) -> None:
        self.hand: Hand = made(root, steps)
        self.root = root
        self.file = root / "CHANGELOG.md"

    def does(self, *steps: Step) -> None:
        for step in steps:
            step(self.hand)

    def run(self, *argv: str, code: int = 0) -> tuple[str, str]:
        out, err = io.StringIO(), io.StringIO()
        argv = ("-C", str(self.root), "changelog", *argv)
        found = cli.run(argv, environment=ENVIRONMENT, now=NOW, out=out, err=err)
        assert found == code, (out.getvalue(), err.getvalue())
        return out.getvalue(), err.getvalue()

    def sha(self, subject: str) -> str:
        return self.hand.sha(subject)[:7]

    def kept(self) -> Step:
        """The file as it is now, committed."""
        return commit("docs: the changelog", "CHANGELOG.md", content=self.file.read_text())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site", *SHOP)


def test_what_changed_since_the_last_release_is_told(site: Site) -> None:
    out, _ = site.run()
    assert out == (
        "CHANGELOG.md now tells all that changed since v2026.40:\n"
        f"  + Added: **cart:** guests can pay ({site.sha('feat(cart): guests can pay')})\n"
        f"  + Fixed: rounding of VAT ({site.sha('fix: rounding of VAT')})\n"
    )
    assert f"### Fixed\n\n- rounding of VAT ({site.sha('fix: rounding of VAT')})\n" in site.file.read_text()


def test_its_own_commit_is_nothing_to_tell(site: Site) -> None:
    site.run()
    before = site.file.read_bytes()
    site.does(site.kept(), topic("x"), commit("chore: tidy"), on("main"), merge("x"))
    out, _ = site.run("--check")
    assert out == "CHANGELOG.md tells all that changed since v2026.40.\n"
    site.run()
    assert site.file.read_bytes() == before


def test_check_tells_what_is_missing_and_writes_nothing(site: Site) -> None:
    out, _ = site.run("--check", code=1)
    assert out.startswith("CHANGELOG.md does not tell all that changed since v2026.40:\n  + Added: ")
    assert not site.file.exists()


def test_what_is_taken_back_goes(site: Site) -> None:
    site.run()
    site.does(site.kept(), revert("fix: rounding of VAT"))
    out, _ = site.run()
    assert f"  - rounding of VAT ({site.sha('fix: rounding of VAT')})\n" in out
    assert "VAT" not in site.file.read_text()


def test_what_was_released_and_taken_back_is_told(site: Site) -> None:
    site.does(tag("v2026.41"), revert("fix: rounding of VAT"))
    site.run()
    assert "### Changed\n\n- Reverted: rounding of VAT (" in site.file.read_text()


def test_what_a_person_rewrote_or_deleted_stays_so(site: Site) -> None:
    site.run()
    text = site.file.read_text()
    guests = next(line for line in text.splitlines() if "guests" in line)
    text = text.replace(guests, "- Customers need no account any more.").replace(
        "### Fixed\n", "### Fixed\n\nNothing.\n"
    )
    site.file.write_text("\n".join(line for line in text.split("\n") if "VAT" not in line))
    site.does(site.kept(), commit("perf: a faster search"))
    _, err = site.run()
    after = site.file.read_text()
    assert "- Customers need no account any more.\n" in after and "guests" not in after and "VAT" not in after
    assert "### Changed\n\n- a faster search (" in after and err == ""


def test_what_a_person_touched_and_is_so_no_more_is_said(site: Site) -> None:
    site.run()
    site.file.write_text(site.file.read_text().replace("- rounding of VAT", "- VAT is right"))
    site.does(site.kept(), revert("fix: rounding of VAT"))
    _, err = site.run()
    assert "- VAT is right (" in site.file.read_text()
    assert (
        "CHANGELOG.md:17 is in a person's words, and left as it is. What it tells is so no more: rounding of VAT" in err
    )


def test_after_a_rebase_nothing_is_told_twice(site: Site) -> None:
    site.run()
    site.does(site.kept())
    text = site.file.read_text()
    site.hand.git("rebase", "-q", "--force-rebase", "v2026.40")
    site.hand.git("reflog", "expire", "--expire=now", "--all")
    site.hand.git("gc", "-q", "--prune=now")
    site.run()
    after = site.file.read_text()
    assert after != text and len(after) == len(text)
    assert after.count("guests can pay") == after.count("VAT") == 1


def test_a_squash_is_told_by_its_items(site: Site) -> None:
    site.does(topic("x"), commit("feat: gift cards"), commit("fix: empty carts"), on("main"), squash("x"))
    site.run()
    text = site.file.read_text()
    assert "- gift cards (" in text and "- empty carts (" in text


def test_every_line_has_a_source(site: Site) -> None:
    out, _ = site.run("--explain")
    assert out == (
        f"Added: **cart:** guests can pay\n    commit {site.hand.sha('feat(cart): guests can pay')}\n"
        f"Fixed: rounding of VAT\n    commit {site.hand.sha('fix: rounding of VAT')}\n"
    )
    assert not site.file.exists()


def test_the_section_is_printed(site: Site) -> None:
    out, _ = site.run("--print")
    assert out.startswith("### Added\n\n- **cart:** guests can pay (") and "maintainer: told" not in out
    assert not site.file.exists()


def test_for_programs(site: Site) -> None:
    out, _ = site.run("--check", "--format", "json", code=1)
    (file,) = json.loads(out)["files"]
    assert (file["file"], file["since"], file["changes"]) == ("CHANGELOG.md", "v2026.40", True)
    assert [one["section"] for one in file["lines"]] == ["Added", "Fixed"]
    assert file["lines"][0]["sources"] == [
        {"kind": "commit", "id": site.hand.sha("feat(cart): guests can pay"), "url": ""}
    ]


def test_from_and_to_are_any_commits(site: Site) -> None:
    out, _ = site.run("--from", "v2026.40", "--to", "HEAD~1", "--print")
    assert "guests" in out and "VAT" not in out
    _, err = site.run("--from", "nowhere", code=2)
    assert "'nowhere' is no commit here" in err


def test_without_a_release_the_whole_history_counts(tmp_path: Path) -> None:
    out, err = Site(tmp_path / "site", commit("feat: the shop")).run()
    assert "+ Added: the shop (" in out
    assert "no tag like v{version} is a release, so all of the history counts. Name where to begin with --from" in err


def test_in_polish_with_types_of_its_own(site: Site) -> None:
    (site.root / "maintainer.yml").write_text("language: pl\nchangelog: {types: {chore: Changed, fix: hidden}}\n")
    site.does(commit("chore: tidy"))
    site.run()
    text = site.file.read_text()
    assert "## [Niewydane]" in text and "### Dodano\n\n- **cart:**" in text and "### Zmieniono\n\n- tidy (" in text
    assert "VAT" not in text


PACKAGES = "changelog: {packages: [{name: cart, path: packages/cart}, {name: tax, path: packages/tax, file: TAX.md}]}\n"


@pytest.fixture
def packages(tmp_path: Path) -> Site:
    return Site(
        tmp_path / "site",
        commit("chore: settings", "maintainer.yml", content=PACKAGES),
        LAST,
        tag("cart@2026.39"),
        commit("feat: gift cards", "packages/cart/a"),
        commit("fix: rounding", "packages/tax/a"),
        commit("feat: a page for the press", "page"),
    )


def test_each_package_has_its_own_file(packages: Site) -> None:
    packages.run()
    root, cart, tax = (
        (packages.root / path).read_text() for path in ("CHANGELOG.md", "packages/cart/CHANGELOG.md", "TAX.md")
    )
    told = [[word in text for word in ("press", "gift", "rounding")] for text in (root, cart, tax)]
    assert told == [[True, False, False], [False, True, False], [False, False, True]]


def test_what_is_printed_of_several_says_which_file(packages: Site) -> None:
    for option in ("--print", "--explain"):
        out, _ = packages.run(option)
        heads = [line for line in out.splitlines() if line.startswith("## ")]
        assert heads == ["## CHANGELOG.md", "## packages/cart/CHANGELOG.md", "## TAX.md"]
        first, cart, tax = re.split(r"(?m)^## .*\n\n", out)[1:]
        assert "press" in first and "gift" in cart and "rounding" in tax and first.endswith("\n\n")
        assert "##" not in packages.run(option, "--package", "cart")[0].replace("###", "")


def test_one_package_is_kept(packages: Site) -> None:
    out, _ = packages.run("--package", "cart")
    assert "packages/cart/CHANGELOG.md now tells all that changed since cart@2026.39" in out
    assert not packages.file.exists()
    _, err = packages.run("--package", "nobody", code=2)
    assert "There is no package 'nobody'. changelog.packages has: cart, tax." in err


# the file


def test_bytes_that_are_no_text_survive(site: Site) -> None:
    site.file.write_bytes(b"# C\xff\r\n\r\n## Unreleased\r\n\r\n### Added\r\n\r\n- \xe9\r\n")
    site.file.chmod(0o640)
    site.run()
    data = site.file.read_bytes()
    assert data.startswith(b"# C\xff\r\n\r\n## Unreleased\r\n\r\n<!-- ") and b"- \xe9\r\n- **cart:**" in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert stat.S_IMODE(site.file.stat().st_mode) == 0o640
    assert sorted(one.name for one in site.root.iterdir() if one.name.startswith(".")) == [".git"]


@pytest.mark.parametrize("place", ["outside", "missing"])
def test_a_link_is_not_followed(site: Site, place: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("private")
    site.file.symlink_to(tmp_path / place)
    _, err = site.run(code=2)
    assert "CHANGELOG.md is no regular file" in err
    assert outside.read_text() == "private" and not (tmp_path / "missing").exists()


def test_a_folder_that_is_a_link_is_not_followed(packages: Site, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (packages.root / "packages" / "cart" / "a").unlink()
    (packages.root / "packages" / "cart").rmdir()
    (packages.root / "packages" / "cart").symlink_to(tmp_path / "elsewhere")
    _, err = packages.run("--package", "cart", code=2)
    assert "packages/cart is not inside the checkout: it is a link" in err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(site: Site) -> None:
    site.file.write_text("# Changelog\n")
    chattr = shutil.which("chattr") or "false"
    if subprocess.run([chattr, "+i", site.file], capture_output=True).returncode:
        if os.geteuid() == 0:
            pytest.skip("root may write anywhere here")
        site.root.chmod(0o555)
    try:
        _, err = site.run(code=3)
    finally:
        subprocess.run([chattr, "-i", site.file], capture_output=True)
        site.root.chmod(0o755)
    assert f"{site.file} can't be used: " in err
    assert sorted(one.name for one in site.root.iterdir() if one.name.startswith(".")) == [".git"]


def test_an_unclosed_fence_is_told(site: Site) -> None:
    site.file.write_text("```\n# Changelog\n")
    _, err = site.run(code=2)
    assert "CHANGELOG.md: nothing can be put into it, as a code fence or a comment in it is never closed." in err
    assert site.file.read_text() == "```\n# Changelog\n"


def test_outside_of_a_repository(tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert cli.run(["-C", str(tmp_path), "changelog"], environment=ENVIRONMENT, now=NOW, out=out, err=err) == 2
    assert "is not in git" in err.getvalue()

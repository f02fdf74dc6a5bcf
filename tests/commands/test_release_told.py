"""What release notes tell, and leave out, by the configuration."""

from pathlib import Path

from tests.commands.release_scene import SEMVER, shop

PACKAGE = '{{"name": "shop", "dependencies": {{"is-number": "{}"}}}}\n'


def test_of_a_first_release_nothing_moved(tmp_path: Path) -> None:
    with shop("local", tmp_path, SEMVER) as site:
        site.commit("feat: gift cards", {"package.json": PACKAGE.format("6.0.0")})
        told, _ = site.run("release", "notes", "--offline")
        assert "This is the first release." in told and "is-number" not in told
        site.release()
        site.commit("chore: is-number", {"package.json": PACKAGE.format("7.0.0")})
        told, _ = site.run("release", "notes", "--offline")
        assert "* is-number 6.0.0 → 7.0.0\n" in told


def test_hidden_types_are_told_nowhere_but_for_what_breaks(tmp_path: Path) -> None:
    with shop("local", tmp_path, SEMVER + "changelog:\n  types: {other: hidden, perf: hidden}\n") as site:
        site.commit("feat: gift cards")
        site.release()
        for message in ("perf: faster carts", "Room: words of ours", "Tidy up", "fix: rounding", "perf!: keys change"):
            site.commit(message)
        told, _ = site.run("release", "notes", "--offline", "--tone", "technical")
        assert "Rounding" in told and "Keys change" in told
        assert not any(words in told for words in ("aster carts", "ords of ours", "idy up"))

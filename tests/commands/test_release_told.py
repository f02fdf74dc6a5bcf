"""What release notes tell, and leave out, by the configuration and by what is asked for."""

import json
from pathlib import Path

import pytest

from tests.commands.release_scene import SEMVER, shop
from tests.loopback import Reply

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


def test_what_could_not_be_found_out_is_told_in_the_notes_and_by_the_release(tmp_path: Path) -> None:
    with shop("local", tmp_path, SEMVER + "language: pl\n", {"package.json": PACKAGE.format("6.0.0")}) as site:
        site.release("--version", "1.0.0")
        site.commit("chore: is-number", {"package.json": PACKAGE.format("7.0.0")})
        site.here.server.answers |= {"/v1/querybatch": Reply(403), "/is-number": Reply(403)}
        told, _ = site.run("release", "notes")
        summary, _, details = told.partition("\n\n\n")
        assert summary.count("Nie wszystko udało się ustalić") == 1 and "answered" not in summary
        assert "Czego nie udało się ustalić\n" in details and "* Jakie luki są znane: „" in details
        _, err = site.release("--version", "1.0.1")
        assert "Could not find out which vulnerabilities are known: “" in err
        assert "Could not find out what publishers say of is-number: “" in err


def test_two_languages_are_printed_one_at_a_time_or_written(tmp_path: Path) -> None:
    with shop("local", tmp_path, SEMVER + "  notes: {languages: [pl, en]}\n") as site:
        site.commit("feat: gift cards")
        _, err = site.run("release", "notes", "--offline", "--language", "en", "--language", "pl", code=2)
        assert err == ("--language: en and pl can't be printed together. Ask for one, or write them with --into DIR.\n")
        twice, _ = site.run("release", "notes", "--offline", "--language", "en", "--language", "en")
        assert "Security:" in twice and "Bezpieczeństwo" not in twice
        # Of the configured languages the first is printed.
        assert "Bezpieczeństwo:" in site.run("release", "notes", "--offline")[0]


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ((), ["html", "json", "md", "slack.json", "txt"]),
        (("text",), ["txt"]),
        (("markdown",), ["md"]),
        (("json",), ["json"]),
    ],
    ids=["all", "text", "markdown", "json"],
)
def test_a_folder_has_every_form_or_the_one_asked_for(tmp_path: Path, given: tuple[str, ...], ends: list[str]) -> None:
    with shop("local", tmp_path) as site:
        site.commit("feat: gift cards")
        asked = ("--language", "pl", "--language", "en", "--into", str(tmp_path / "notes"))
        out, err = site.run("release", "notes", "--offline", *asked, *(("--format", *given) if given else ()))
        there = sorted(path.name for path in (tmp_path / "notes").iterdir())
        assert there == [f"release-notes.{language}.{end}" for language in ("en", "pl") for end in ends]
        assert out == "" and err.count("wrote ") == len(there)
        for path in (tmp_path / "notes").glob("*.json"):
            assert json.loads(path.read_text())


def test_explanations_are_plain_text_and_printed(tmp_path: Path) -> None:
    with shop("local", tmp_path) as site:
        site.commit("feat: gift cards")
        assert "leave --format out" in site.run("release", "notes", "--explain", "--format", "json", code=2)[1]
        with pytest.raises(SystemExit):
            site.run("release", "notes", "--explain", "--into", str(tmp_path / "notes"))
        assert "Gift cards\n    commit " in site.run("release", "notes", "--offline", "--explain")[0]


def test_notes_take_the_versions_that_a_release_takes(tmp_path: Path) -> None:
    with shop("local", tmp_path) as site:
        site.commit("feat: gift cards")
        site.release("--version", "3.0.0")
        assert site.run("release", "notes", "--offline", "--version", "3.0.0")[0].startswith("Shop 3.0.0\n")
        site.commit("fix: rounding")
        for version, code in (("3.0.0", 4), ("2.9.9", 2), ("3.0.0-rc.1", 2), ("v4.0.0", 2), ("4", 2)):
            refused = site.release("--version", version, code=code)
            assert site.run("release", "notes", "--offline", "--version", version, code=code) == refused
        assert site.run("release", "notes", "--offline", "--version", "3.1.0")[0].startswith("Shop 3.1.0\n")


def test_an_agency_signs_what_is_printed(tmp_path: Path) -> None:
    brand = "  notes: {brand: {name: Studio, footer: Questions? help@studio.example}}\n"
    with shop("local", tmp_path, SEMVER + brand) as site:
        site.commit("feat: gift cards")
        assert site.run("release", "notes", "--offline")[0].endswith("\n\nStudio · Questions? help@studio.example\n")
        told, _ = site.run("release", "notes", "--offline", "--format", "markdown")
        assert told.endswith("\n\n*Studio · Questions? <help@studio.example>*\n")

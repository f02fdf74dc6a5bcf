"""A fleet's summary in every form: the gravest first, nothing invented, nothing from outside that acts."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, sync_playwright

from maintainer.planning.fleet import Shard
from maintainer.text import result as results
from maintainer.text.result import COUNTS, Behind, Broken, Held, Result, Severity, Standing, Vulnerable
from maintainer.writers import fleet_ci, fleet_page, fleet_rows, fleet_text
from maintainer.writers.fleet_rows import Summary, summary

HOSTILE = "<script>alert(1)</script> @everyone fixes #1 | `x` \u202e\x1b[31m ![x](https://evil.example) ::error::x"


def site(name: str, *lists: Any, **counts: int) -> Result:
    """A site whose standing has these lists' values; what is not counted is as many as listed."""
    found: dict[type, list[Any]] = {Behind: [], Vulnerable: [], Held: [], Broken: []}
    for one in lists:
        found[type(one)].append(one)
    listed = {
        "behind": len(found[Behind]), "vulnerable": len(found[Vulnerable]), "held": len(found[Held]),
        "problems": len(found[Broken]),
    }  # fmt: skip
    standing = Standing(dict.fromkeys(COUNTS, 0) | listed | counts, *(tuple(one) for one in found.values()))
    return Result(
        name, f"github:acme/{name}", "p", "e", "run", "2026-11-21T08:00:00+00:00", 2.0, 3, 0, standing=standing
    )  # fmt: skip


def failed(name: str, error: str) -> Result:
    return Result(name, "sites/x", "p", "e", "run", "2026-11-21T08:00:00+00:00", 1.0, 0, 2, error=error)


def hole(name: str = "cf7", severity: Severity = "high", to: str = "5.9.8") -> Vulnerable:
    return Vulnerable(name, "5.9.3", to, severity, ("CVE-2026-1",))


def behind(name: str = "woo", bump: str = "patch") -> Behind:
    return Behind(name, "1.0", "1.1", bump, "allow")


def held(name: str = "seo", until: str = "2026-12-01T00:00:00+01:00") -> Held:
    return Held(name, "2", "Black Week", until)


def whole() -> Summary:
    return summary(
        [
            site("fine"),
            site("waits", behind("seo"), held()),
            site("late", behind(), behind("php", "major")),
            site("part", behind(), Broken("acme/private", "satis answered 401.", 3)),
            failed("broken", "maintainer.yml:1:1: no."),
            site("low", hole(severity="low")),
            site("grave", hole("x", "critical", ""), hole()),
            site("grave2", hole()),
        ],
        ["gone"],
    )


def test_the_gravest_is_first() -> None:
    assert [(row.site, row.state) for row in whole().rows] == [
        ("grave", "vulnerable"), ("grave2", "vulnerable"), ("low", "vulnerable"), ("broken", "failed"),
        ("gone", "missing"), ("part", "incomplete"), ("late", "behind"), ("waits", "held"), ("fine", "fine"),
    ]  # fmt: skip


def test_what_is_unknown_is_never_fine() -> None:
    made = summary([failed("a", "x"), site("b", Broken("s", "down", 3))], ["c"])
    assert "fine" not in made.states
    assert made.sentence() == "3 sites: 1 failed, 1 no result, 1 in part unknown"


def test_a_row_says_what_to_look_at_first() -> None:
    notes = {row.site: row.note for row in whole().rows}
    assert notes["grave"] == "x 5.9.3, and nothing mends it yet (critical) and 1 more"
    assert notes["grave2"] == "cf7 5.9.3 → 5.9.8 (high)"
    assert notes["late"] == "1 of them major"
    assert notes["waits"] == "until 2026-11-30 23:00 UTC: Black Week"
    assert notes["part"] == "acme/private: satis answered 401."


def test_a_package_is_told_once_with_all_its_sites() -> None:
    made = whole()
    assert [(one.name, one.severity, one.sites) for one in made.vulnerable] == [
        ("x", "critical", ("grave",)),
        ("cf7", "high", ("low", "grave", "grave2")),
    ]
    assert [(one.name, one.sites) for one in made.held] == [("seo", ("waits",))]
    assert made.behind[0] == ("woo", 2)


def test_sites_are_linked_on_forges_everyone_knows() -> None:
    assert {row.link for row in whole().rows if row.result and row.site != "broken"} == {
        f"https://github.com/acme/{name}" for name in ("fine", "waits", "late", "part", "low", "grave", "grave2")
    }
    assert next(row.link for row in whole().rows if row.site == "broken") == ""


def test_a_result_is_read_as_it_was_written() -> None:
    made = site("a", hole(), behind(), held(), Broken("s", HOSTILE, 3))
    assert results.read(results.text(made).encode()) == made
    for other in (b"{}", b"[]", b"{", b"\xff", b'{"schema": 2}', results.text(made).replace('"high"', '"x"').encode()):
        with pytest.raises(ValueError):
            results.read(other)


def test_a_name_that_is_not_utf_8_is_kept_as_far_as_it_goes() -> None:
    made = results.read(results.text(site("a", behind("caf\udce9 ś"))).encode())
    assert made.standing
    assert made.standing.behind[0].name == "caf? ś"


def hostile() -> Summary:
    return summary(
        [
            site(HOSTILE, Vulnerable(HOSTILE, HOSTILE, HOSTILE, "high", (HOSTILE,)), Behind(*[HOSTILE] * 5)),
            site("b", Held(HOSTILE, HOSTILE, HOSTILE, HOSTILE), Broken(HOSTILE, HOSTILE, 3)),
            failed("c", HOSTILE),
        ]
    )


def test_nothing_from_outside_acts() -> None:
    page = fleet_page.page(hostile(), HOSTILE, "now")
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["https://github.com/acme/b"]
    assert "\x1b" not in page
    assert "\u202e" not in page
    markdown = fleet_text.markdown(hostile())
    assert "<script" not in markdown
    assert "@everyone" not in markdown
    assert "![" not in markdown
    terminal = fleet_text.terminal(hostile(), width=100, colour=False)
    assert "\x1b" not in terminal + markdown
    assert "\u202e" not in terminal + markdown


def test_markdown_is_one_table_row_a_site() -> None:
    rows = [line for line in fleet_text.markdown(hostile()).splitlines() if line.startswith("| ")]
    assert all(re.sub(r"\\.", "", line).count("|") in (5, 9) for line in rows), rows


def test_hundreds_of_sites_fit_a_step_summary() -> None:
    many = summary([site(f"s{n}", behind(), hole(f"p{n}")) for n in range(3000)])
    markdown = fleet_text.markdown(many)
    assert "2500 more sites are not shown." in markdown
    assert len(markdown.encode()) < 1024 * 1024


def test_a_fleet_without_results_says_so() -> None:
    assert summary([]).sentence() == "no site has a result"
    assert "no site has a result" in fleet_text.terminal(summary([]), width=80, colour=False)


# the page in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "chromium is missing: run `make tools`"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [320, 400, 1280])
@pytest.mark.parametrize("which", ["whole", "hostile"])
def test_the_page_fits(tmp_path: Path, browser: Browser, width: int, which: str) -> None:
    long = site("x" * 100, Behind("y" * 300, "1", "z" * 300, "major", "allow"), Held("w" * 300, "v" * 99, "u" * 300))
    made = whole() if which == "whole" else summary([*(row.result for row in hostile().rows if row.result), long])
    file = tmp_path / "page.html"
    file.write_text(fleet_page.page(made, "Fleet", "now"), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto(file.as_uri())
    for summary_ in page.locator("summary").all():
        summary_.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    page.close()


# the CI's forms

SHARDS = (Shard(1, ("a b", "c/d"), 30.0), Shard(2, ("e",), 20.0), Shard(3, ("f",), 5.0))


def test_a_matrix_is_one_line() -> None:
    text = fleet_ci.github(SHARDS)
    assert text.count("\n") == 1
    assert json.loads(text)["include"][0] == {"shard": 1, "sites": ["a b", "c/d"]}
    assert fleet_ci.github(()) == '{"include":[]}\n'


def test_a_matrix_fits_a_jobs_output() -> None:
    many = [Shard(n + 1, tuple(f"site-{n}-{m}" + "x" * 80 for m in range(30)), 1.0) for n in range(256)]
    text = fleet_ci.github(many)
    assert len(text) < 512 * 1024
    assert json.loads(text)["include"][255] == {"shard": 256}


def child(count: int, parallel: int) -> dict[str, Any]:
    made = fleet_ci.gitlab(
        [Shard(n + 1, (f"s{n}",), 1.0) for n in range(count)],
        parallel=parallel, plan="p.json", results="results", inventory="a fleet's.yml", image="python:3.11",
        before=["pip install maintainer"],
    )  # fmt: skip
    document: dict[str, Any] = yaml.safe_load(made)
    return document


@pytest.mark.parametrize(("count", "parallel"), [(1, 8), (5, 2), (200, 10)])
def test_at_most_so_many_jobs_run_at_once(count: int, parallel: int) -> None:
    jobs = [job for name, job in child(count, parallel).items() if name.startswith("shard ")]
    assert len(jobs) == count
    assert len({job["resource_group"] for job in jobs}) == min(count, parallel)


def test_the_page_is_made_when_every_shard_is_through() -> None:
    made = child(3, 2)
    assert made["stages"] == ["sites", "status"]
    assert "needs" not in made["status"], "a job with needs would not wait for its stage"
    assert made["status"]["when"] == "always"
    assert "p.json" in made["shard 1"]["artifacts"]["paths"], "the parent's artifact comes by the shards"
    assert made["shard 1"]["script"] == [
        "maintainer fleet run --inventory 'a fleet'\"'\"'s.yml' --plan p.json --shard 1 --results results"
    ]


@pytest.mark.parametrize("count", [0, 1, 200])
def test_the_child_pipeline_is_one_by_gitlabs_schema(tmp_path: Path, count: int) -> None:
    file = tmp_path / "child.gitlab-ci.yml"
    file.write_text(yaml.safe_dump(child(count, 4)))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_order_of_states_has_words_and_marks() -> None:
    assert set(fleet_rows.ORDER) == set(fleet_rows.WORDS) == set(fleet_rows.MARKS)

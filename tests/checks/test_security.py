"""What sites give away and protect less is found by its rule, with its cause; what only looks like it is not."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from maintainer.checks.security import NAME, Security
from maintainer.checks.security_places import Exposure, known, of_tree
from maintainer.evidence import Page, Verdict
from tests.checks.sites import bench, judged, said
from tests.loopback import Loopback, Reply, Request, Served
from tests.shops.exposed import AS_GOOD, EXPOSED, LOG, WEAKER, echoing, everything, plain
from tests.shops.shop import SOUND, answer, serving


def looked(
    folder: Path,
    head: Mapping[str, Served] | Loopback,
    base: Mapping[str, Served] | Loopback | None = SOUND,
    check: Security | None = None,
) -> tuple[Verdict, ...]:
    with bench(folder, head, base, pages=[Page("/cart/"), Page("/gone/", 404)]) as given:
        return judged((check or Security()).measure(given), NAME, baseline=base is not None)


def test_a_site_beside_itself_passes(tmp_path: Path) -> None:
    verdicts = looked(tmp_path, SOUND)
    assert said(verdicts, "fail") == said(verdicts, "inconclusive") == []
    passed = {(rule, where) for rule, where, _ in said(verdicts, "pass")}
    assert {("secrets", "/.env"), ("csp", "/"), ("cookies", "/cart/"), ("xmlrpc", "/xmlrpc.php")} <= passed
    assert all(where != "/gone/" for _, where in passed)


@pytest.mark.parametrize("fault", EXPOSED)
def test_what_is_given_away_is_found(tmp_path: Path, fault: str) -> None:
    wanted = EXPOSED[fault]
    found = said(looked(tmp_path, {**SOUND, **wanted.changed}), "fail")
    assert [(rule, where) for rule, where, _ in found] == [(wanted.rule, wanted.where)]
    assert wanted.names in found[0][2]


@pytest.mark.parametrize("fault", EXPOSED)
def test_what_was_given_away_before_is_told(tmp_path: Path, fault: str) -> None:
    wanted = EXPOSED[fault]
    site = {**SOUND, **wanted.changed}
    verdicts = looked(tmp_path, site, site)
    assert said(verdicts, "fail") == []
    told = [reason for rule, where, reason in said(verdicts, "pass") if (rule, where) == (wanted.rule, wanted.where)]
    assert told and told[0].startswith("as before: ") and wanted.names in told[0]


def test_without_a_baseline_secrets_fail_and_what_is_usual_is_told(tmp_path: Path) -> None:
    given = {**SOUND, **EXPOSED["environment"].changed, **EXPOSED["XML-RPC"].changed}
    verdicts = looked(tmp_path, given, None)
    assert [(rule, where) for rule, where, _ in said(verdicts, "fail")] == [("secrets", "/.env")]
    assert ("xmlrpc", "/xmlrpc.php", "answers XML-RPC, by which passwords are guessed many at a time") in said(
        verdicts, "pass"
    )
    assert {rule for rule, _, _ in said(verdicts, "skipped")} >= {"csp", "framing", "cookies"}


ANSWERS: Mapping[str, Callable[[Request], Reply]] = {
    "a page for everything": everything,
    "an archive for everything": echoing(b"PK\x03\x04" + b"\0" * 100, "application/zip"),
    "settings for everything": echoing("NAME=value\n", "text/plain"),
    "a log for everything": echoing(LOG, "text/plain"),
    "JSON for everything": echoing('{"require": {}, "dependencies": {}}', "application/json"),
    "users for everything": echoing('[{"slug": "ada"}]', "application/json"),
    "refusals": lambda _: Reply(403, "ref: refs/heads/main"),
    "login for everything": lambda request: (
        Reply(302, "", {"location": "/wp-login.php"}) if "login" not in request.path else answer(200, "<form>")
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_site_that_answers_everything_gives_nothing_away(tmp_path: Path, name: str) -> None:
    server = serving(SOUND)
    sound = server.reply

    def catching(request: Request) -> Reply:
        if request.path in ("/", "/cart/") and not request.query:
            return sound(request)
        return ANSWERS[name](request)

    server.reply = catching  # type: ignore[method-assign]
    with server:
        assert said(looked(tmp_path, server), "fail") == []


def test_a_page_that_says_not_found_with_200_is_no_log(tmp_path: Path) -> None:
    page = answer(200, f"<!DOCTYPE html><html><body>{LOG}</body></html>")
    assert said(looked(tmp_path, {**SOUND, "/debug.log": page}), "fail") == []


@pytest.mark.parametrize("name", WEAKER)
def test_what_protects_less_is_found(tmp_path: Path, name: str) -> None:
    before, after, rule, words = WEAKER[name]
    found = said(looked(tmp_path, {**SOUND, "/": after}, {**SOUND, "/": before}), "fail")
    assert (rule, "/") in [(one, where) for one, where, _ in found]
    assert words in "; ".join(reason for one, _, reason in found if one == rule)


@pytest.mark.parametrize("name", [*WEAKER, *AS_GOOD])
def test_what_protects_alike_or_more_passes(tmp_path: Path, name: str) -> None:
    before, after = AS_GOOD[name] if name in AS_GOOD else (WEAKER[name][1], WEAKER[name][1])
    assert said(looked(tmp_path, {**SOUND, "/": after}, {**SOUND, "/": before}), "fail") == []


def test_a_private_path_is_private_until_anybody_can_read_it(tmp_path: Path) -> None:
    check = Security((Exposure("/export/orders.csv", "private", None, "can be read by anybody"),))
    wall = Reply(302, "", {"location": "/wp-login.php"})
    assert said(looked(tmp_path, {**SOUND, "/export/orders.csv": wall}, SOUND, check), "fail") == []
    given = {**SOUND, "/export/orders.csv": plain("id;name\n1;Ada\n", "text/csv")}
    assert said(looked(tmp_path, given, SOUND, check), "fail") == [
        ("private", "/export/orders.csv", "can be read by anybody")
    ]


def test_a_private_path_of_a_site_that_answers_everything_is_unknown(tmp_path: Path) -> None:
    check = Security((Exposure("/export/orders.csv", "private", None, "can be read by anybody"),))
    server = serving(SOUND)
    server.reply = everything  # type: ignore[method-assign]
    with server:
        ((_, where, reason),) = said(looked(tmp_path, server, None, check), "inconclusive")
    assert where == "/export/orders.csv" and "an address that nobody has" in reason


def test_a_site_that_is_asked_too_often_is_no_pass(tmp_path: Path) -> None:
    server = serving(SOUND)
    sound, asked = server.reply, list[str]()

    def limited(request: Request) -> Reply:
        asked.append(request.path)
        return Reply(429, "") if len(asked) > 20 else sound(request)

    server.reply = limited  # type: ignore[method-assign]
    with server:
        verdicts = looked(tmp_path, server, None)
    unknown = [reason for rule, _, reason in said(verdicts, "inconclusive") if rule == "exposed"]
    assert len(unknown) == 1
    assert "answers 429: not now, and" in unknown[0] and "verify.bounds.at_once" in unknown[0]


def test_a_theme_with_much_style_still_names_its_author(tmp_path: Path) -> None:
    style = f"<style>{'a{color:red}' * 5000}</style>"
    page = answer(200, f'<!DOCTYPE html><html><head>{style}</head><body class="archive author author-ada author-1">')
    found = said(looked(tmp_path, {**SOUND, "/?author=1": page}), "fail")
    assert [(rule, where) for rule, where, _ in found] == [("users", "/?author=1")]


NOT_ASKED = [
    "wp-content/plugins/a/data.sql", "wp-content/themes/a/backup.zip", "web/app/plugins/a/debug.log", "vendor/a.sql",
    "wp-includes/a.php~", ".env.example", "downloads/catalogue.zip", "src/info.txt", "a\nb.sql",
]  # fmt: skip


def test_what_others_have_too_is_not_asked_for() -> None:
    assert of_tree(NOT_ASKED) == ()


def test_no_more_than_some_files_of_the_repository_are_asked_for() -> None:
    assert len(of_tree(f"data/{number}.sql" for number in range(1000))) == 40


def test_files_of_the_repository_are_asked_for_where_they_would_be(tmp_path: Path) -> None:
    tracked = ["web/exports/2026 orders.sql", "web/.env.example", "vendor/a/b.sql", "web/app/a.php.old", "readme.md"]
    places = of_tree(tracked)
    assert [place.path for place in places] == ["/exports/2026%20orders.sql", "/app/a.php.old"]
    found = looked(
        tmp_path,
        {**SOUND, "/exports/2026%20orders.sql": plain("INSERT INTO orders VALUES (1);\n")},
        SOUND,
        Security(places),
    )
    assert [(rule, where) for rule, where, _ in said(found, "fail")] == [("dumps", "/exports/2026%20orders.sql")]


def test_backups_named_like_the_host_are_looked_for() -> None:
    paths = {one.path for one in known(["www.shop.example:8080", "127.0.0.1:80"])}
    assert {"/shop.example.zip", "/shop.sql", "/shop.tar.gz"} <= paths
    assert not any("127" in path for path in paths)


def test_every_rule_is_written_and_has_a_fault() -> None:
    page = (Path(__file__).parents[2] / "docs/checks/security.md").read_text(encoding="utf-8")
    rows = [re.findall(r"`([\w-]+)`", cell) for cell in re.findall(r"^\| ((?:`[\w-]+` ?)+)\|", page, re.MULTILINE)]
    written = {rule for row in rows for rule in row}
    faults = {one.rule for one in EXPOSED.values()} | {rule for _, _, rule, _ in WEAKER.values()}
    elsewhere = {"private", "hsts", "checksums", "advisories", "sbom"}
    assert written == faults | elsewhere
    assert {one.rule for one in known([])} <= written


def test_a_wall_is_no_site(tmp_path: Path) -> None:
    verdicts = looked(tmp_path, {**SOUND, "/": Reply(401, "")})
    assert [one.outcome for one in verdicts] == ["inconclusive"]
    assert "wants credentials (401)" in verdicts[0].reason


def test_a_baseline_that_is_closed_leaves_secrets_to_fail_and_the_rest_unknown(tmp_path: Path) -> None:
    given = {**SOUND, **EXPOSED["environment"].changed, **EXPOSED["listing"].changed}
    verdicts = looked(tmp_path, given, {**SOUND, "/": Reply(503, "")})
    assert [where for _, where, _ in said(verdicts, "fail")] == ["/.env"]
    unknown = {where: reason for _, where, reason in said(verdicts, "inconclusive")}
    assert "whether that is new is not known" in unknown["/wp-content/uploads/"]


def test_when_the_time_is_over_nothing_passes(tmp_path: Path) -> None:
    with bench(tmp_path, SOUND, seconds=0) as given:
        verdicts = judged(Security().measure(given), NAME, baseline=False)
    assert said(verdicts, "pass") == said(verdicts, "fail") == []
    assert "the time was over" in said(verdicts, "inconclusive")[0][2]

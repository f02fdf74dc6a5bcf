"""Each kind of hostile text at each place of what we write; and any text at all in what makes it harmless."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer import cli
from maintainer.commands.context import Context
from maintainer.model import (
    Advisory,
    Ask,
    Change,
    Decided,
    Dependency,
    Finding,
    Leave,
    Looked,
    Note,
    Open,
    Plan,
    Problem,
    Proposal,
    Release,
    Source,
    Span,
    Update,
)
from maintainer.platforms.base import Annotation, Status
from maintainer.text import inert
from maintainer.writers import annotations, dashboard, page, plan_rows, plan_text, proposal, sanitise
from tests.commands import neutral
from tests.commands.hostile import PAYLOADS
from tests.forges.github import GithubFake
from tests.platforms.github_site import Site

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")

Place = Callable[[str], str]


def moved(text: str = "x", **more: str) -> Update:
    """An update, with the text where `more` names it."""
    said = {"name": "is-odd", "file": "package.json", "current": "3.0.0", "to": "3.0.1", "advisory": "GHSA-x"} | more
    source = Source("npm", said["name"])
    dependency = Dependency(
        "npm", said["file"], said["name"], source, "npm", Span(0, 5), said["current"], said["current"], said["current"]
    )
    advisories = (Advisory(said["advisory"], text, "high", aliases=(said["advisory"],)),) if text else ()
    return Update(dependency, Release(said["to"]), said["to"], "major", advisories)


def body(text: str, **fields: object) -> str:
    change = fields.pop("change", None) or Change("is-odd 3.0.0 → 3.0.1", "maintainer/npm-is-odd", (moved(),))
    return proposal.body(proposal.Brief(change, boxes=True, **fields))  # type: ignore[arg-type]


def changed(**more: str) -> Change:
    return Change("is-odd", "maintainer/npm-is-odd", (moved(**more),))


def issue(**fields: object) -> str:
    plan = fields.pop("plan", None) or Plan((), (), (), ())
    seen = dashboard.Seen(plan, **fields)  # type: ignore[arg-type]
    return dashboard.region(seen, UTC_ZONE, NOW)


def standing(text: str, state: str = "open") -> Proposal:
    return Proposal(7, "maintainer/npm-is-odd", text, (), state, "a", "a", "main", url="http://forge.example/7")  # type: ignore[arg-type]


def planned(text: str) -> Plan:
    update = moved(text, name=text, file=text, current=text, to=text, advisory=text)
    looked = Looked(update.dependency, text, (Decided(update, Ask(text)),), text)
    found = Finding("modified", text, text, text, "high")
    actions = (Open(Change(text, "maintainer/x", (update,))), Leave(Change(text, "maintainer/y", (update,)), text))
    return Plan((looked,), (found, Finding("eol", text, text, text)), actions, (Problem(text, text, text),))


def whole(text: str) -> str:
    return issue(plan=planned(text), headline=text)


#: Our Markdown, by where the text in it comes from.
MARKDOWN: dict[str, Place] = {
    "title": lambda text: body(text, change=Change(text, "maintainer/x", (moved(),))),
    "package name": lambda text: body(text, change=changed(name=text)),
    "file name": lambda text: body(text, change=changed(file=text), files=(text,)),
    "versions": lambda text: body(text, change=changed(current=text, to=text)),
    "advisory": lambda text: body(text, change=changed(text=text, advisory=text)),
    "changelog": lambda text: body(text, notes={"is-odd": [Note("3.0.1", text)]}),
    "changelog in HTML": lambda text: body(
        text, notes={"is-odd": [Note("3.0.1", f"<p>a</p><ul><li>{text}</li></ul>")]}
    ),
    "changelog's version": lambda text: body(text, notes={text: [Note(text, "words")]}),
    "why now": lambda text: body(text, why=(text,)),
    "verified": lambda text: body(text, checked=(text,)),
    "not verified": lambda text: body(text, unchecked=(text, text)),
    "assessment": lambda text: body(text, assessment=(text,)),
    "database": lambda text: body(text, database=text),
    "approval": lambda text: proposal.assessment(proposal.Brief(changed(name=text), (text,), assessment=(text,))),
    "dashboard: title of a proposal": lambda text: issue(proposals=[standing(text)]),
    "dashboard: what waits": lambda text: issue(waiting=[("maintainer/x", text, [text])]),
    "dashboard: a plan's rows": whole,
    "closing reason": lambda text: f"Closed: {inert.sentence(text)}.",
    "summary": lambda text: plan_text.markdown(text, plan_rows.rows(planned(text), UTC_ZONE), text),
}
CASES = [(place, kind) for place in MARKDOWN for kind in PAYLOADS]


@pytest.mark.parametrize(("place", "kind"), CASES, ids=[f"{place}-{kind}" for place, kind in CASES])
def test_in_our_markdown_it_only_shows(place: str, kind: str) -> None:
    for text in (PAYLOADS[kind], PAYLOADS[kind] * 40, f"\n{PAYLOADS[kind]}", f"a{PAYLOADS[kind]}"):
        assert neutral.markdown(MARKDOWN[place](text), "forge.example", r"(?<![\w/])[#!]7(?= )") == []


@pytest.mark.parametrize("kind", PAYLOADS)
def test_our_table_stays_a_table(kind: str) -> None:
    for text in (PAYLOADS[kind], PAYLOADS[kind] * 40):
        html = str(page.rendered(body(text, change=changed(text=text, name=text, file=text, to=text, advisory=text))))
        assert html.count("<td>") == 5 and html.count("<table>") == 1


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_page_is_made_of_our_elements_alone(kind: str) -> None:
    text = PAYLOADS[kind]
    lines = (("add", f"+{text}"),)
    patch = page.FilePatch(text, 1, 0, lines)
    view = page.View(
        "1", text, "open", text, body(text, notes={text: [Note(text, text)]}), 1, text, text, text, text, text,
        (text,), (text,), (patch,), 1, 1, 0,
    )  # fmt: skip
    for made in (page.proposal(view), page.index([view], text, text)):
        assert not re.search(r"<(?:script|img|iframe|input|svg|object)\b|\son\w+=[^&]*>", made, re.IGNORECASE)
        assert "evil.example'" not in re.sub(r">[^<]*<", "><", made)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_in_a_terminal_and_a_ci_log_it_does_nothing(kind: str) -> None:
    for text in (PAYLOADS[kind], f"{'x ' * 60}{PAYLOADS[kind]}", PAYLOADS[kind] * 10):
        rows = plan_rows.rows(planned(text), UTC_ZONE)
        for width in (40, 120):
            table = plan_text.table([(text, text)], width=width, colour=False)
            shown = plan_text.terminal(text, rows, text, width=width, colour=False)
            document = plan_text.document(body(text, notes={text: [Note(text, text)]}), width=width, colour=False)
            for made in (table, shown, document):
                assert neutral.log(inert.printed(made)) == []


@pytest.mark.parametrize("kind", PAYLOADS)
def test_an_annotation_is_one_command_and_a_finding_plain_words(kind: str) -> None:
    found = annotations.annotations(planned(PAYLOADS[kind]))
    assert found
    for line in annotations.github(found).splitlines():
        assert re.fullmatch(r"::(error|warning|notice) (file=[^,:]*,line=\d+,)?title=[^,:]*::[^\r\n]*", line)
    for one in json.loads(annotations.gitlab(found)):
        assert not neutral.STEERS.search(one["description"])


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_check_on_github_says_it_as_plain_words(kind: str, tmp_path: Path) -> None:
    text = PAYLOADS[kind]
    with GithubFake(tmp_path / "forge") as forge:
        forge.add_repository("shop/site", {"package.json": "1.0.0"})
        site = Site(forge, tmp_path)
        head = site.opened().head
        noted = [Annotation("themes/\udcff.css", 1, "warning", text, text)]
        site.run().board.status(Status(head, "maintainer/gate", "failure", text), noted)
        (check,) = site.repository.checks
        assert neutral.markdown(check.summary or "") == []
        assert neutral.line(check.title or "") == []
        (shown,) = check.annotations
        assert not neutral.STEERS.search(f"{shown['path']}{shown['title']}{shown['message']}")


@pytest.mark.parametrize("kind", PAYLOADS)
def test_what_is_said_on_the_way_and_at_the_end_steers_nothing(kind: str, tmp_path: Path) -> None:
    name = PAYLOADS[kind].replace("\0", "")[:100].encode("utf-8", "replace").decode()
    out, err = io.StringIO(), io.StringIO()
    code = cli.run(["-C", name, "plan"], environment={}, now=NOW, out=out, err=err)
    assert code == 2 and neutral.log(err.getvalue()) == []
    said = io.StringIO()
    Context(tmp_path, {}, NOW, out, said).say(PAYLOADS[kind])
    assert not neutral.STEERS.search(said.getvalue())


ANY = st.text(
    alphabet=st.one_of(st.sampled_from(list("<>@#!/[]()`*_-~&\\\n\r:;.www.fixesGH-12/ ")), st.characters()),
    max_size=200,
)


@given(ANY, st.integers(20, 250))
def test_a_subject_is_one_line_that_does_nothing(outside: str, limit: int) -> None:
    made = inert.subject(outside, limit)
    assert neutral.line(made) == [] and len(made) <= limit
    assert inert.subject(made, limit) == made


@given(ANY)
def test_a_sentence_is_markdown_that_only_shows(outside: str) -> None:
    assert neutral.markdown(f"Closed: {inert.sentence(outside)}.") == []


@given(ANY)
def test_a_line_and_a_text_are_markdown_that_only_shows(outside: str) -> None:
    assert neutral.markdown(sanitise.safe(outside)) == []
    assert neutral.markdown(f"| {sanitise.line(outside)} |") == []


@given(ANY)
def test_printed_nothing_is_a_command_and_json_says_the_same(outside: str) -> None:
    assert neutral.log(inert.printed(inert.shown(outside))) == []
    document = json.dumps({"a": outside})
    assert json.loads(inert.printed(document, json=True)) == {"a": outside}
    assert not re.search(r"##\w*\[", inert.printed(document, json=True))

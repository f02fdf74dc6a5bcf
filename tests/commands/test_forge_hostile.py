"""Text from outside that wants something, at all places it can come from, on both forges: nothing of it is done.

Each kind of text (`hostile.PAYLOADS`) stands at once in names, versions, files, headers, notes, advisories, owners of
one site, and in what people write on its proposals; what we write, print and report of it is judged by `neutral`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from maintainer.text import description
from maintainer.workspace.history import BRANCH
from tests.commands import neutral
from tests.commands.hostile import PAYLOADS
from tests.commands.site import FILES, NOW, checksums, packument, plugin, wordpress_plugin, zipped
from tests.commands.stage import FORGES, Forge, Stage, stage
from tests.loopback import Request

LABEL = "maintainer-dashboard"
#: Our own numbers, and the addresses of our own proposals.
OURS = r"(?<![\w/])[#!]\d+(?= )"


def flat(payload: str, limit: int = 180) -> str:
    """The payload where only one line fits."""
    return " ".join(payload.split())[:limit]


def files(payload: str) -> dict[str, bytes]:
    """The site, with the payload in whatever of it can hold one."""
    line = flat(payload)
    folder = payload.replace("/", "\u2044").replace("\0", "")[:80]
    names = {"is-odd": "3.0.0", line: "npm:is-odd@3.0.0", "evil": line, f"@evil/{flat(payload, 20)}": "1.0.0"}
    return dict(FILES) | {
        "package.json": json.dumps({"name": line, "dependencies": names}, indent=1).encode(),
        f"themes/{folder}/package.json": b'{"dependencies": {"sass": "1.70.0"}}',
        "themes/\udcff\udcfe/package.json": b'{"dependencies": {"is-odd": "3.0.0"}}',
        **{f"wp-content/plugins/shop-cart/{path}": data for path, data in installed(payload).items()},
        "CODEOWNERS": f"* @ada {line}\n".encode(),
        "maintainer.yml": b"updates:\n  limits: {per_run: 50, open: 50}\n",
    }


def installed(payload: str) -> dict[str, bytes]:
    """The plugin that stands in the site, as its author published it."""
    line = flat(payload)
    header = f"<?php\n/*\nPlugin Name: {line}\nVersion: 1.3.0\nAuthor: {line}\nRequires PHP: {line}\n*/\n"
    readme = f"=== {line} ===\nTested up to: {line}\nRequires PHP: {line}\n"
    return plugin("1.3.0") | {"shop-cart.php": header.encode(), "readme.txt": readme.encode()}


def outside(site: Stage, payload: str) -> None:
    """Registries and publishers that say it."""
    server, line = site.here.server, flat(payload)
    odd, sass = packument("is-odd", "3.0.0", "3.0.1", f"3.0.2-{line}"), packument("sass", "1.70.0", "2.0.0")
    for known in (odd, sass):
        known |= {
            "description": payload,
            "homepage": line,
            "repository": {"url": "git+https://github.com/evil/odd.git"},
        }
        known["versions"]["3.0.0" if known is odd else "1.70.0"] |= {"deprecated": payload, "engines": {"node": line}}
    sass["versions"]["2.0.0"] |= {"engines": {"node": line}}
    cart = wordpress_plugin(server, "shop-cart", "1.3.0", "1.4.0")
    html = f"<h4>1.4.0</h4><ul><li>Breaking: {payload}</li></ul><p>{payload}</p>{payload}"
    cart |= {"name": payload, "requires_php": line, "tested": line, "sections": {"changelog": html}}
    told = {"body": f"# Breaking\n- {payload}\n\n{payload}\n", "published_at": "2026-10-01T00:00:00Z"}

    def batch(request: Request) -> Any:
        queries = json.loads(request.body)["queries"]
        return {"results": [{"vulns": [{"id": "GHSA-x"}]} if q["package"]["name"] == "is-odd" else {} for q in queries]}

    server.answers |= {
        "/is-odd": odd,
        "/sass": sass,
        "/plugins/info/1.2/": lambda _: cart,
        "/plugin/shop-cart.1.3.0.zip": zipped(installed(payload)),
        "/plugin-checksums/shop-cart/1.3.0.json": checksums(installed(payload)),
        "/repos/evil/odd/releases": [{"tag_name": f"v{at}", **told} for at in ("3.0.1", "2.0.0")],
        "/repos/actions/cache/tags": [
            {"name": name, "commit": {"sha": str(at) * 40}}
            for at, name in enumerate(("v4.0.0", "v4.1.0", f"v4.2.0{line}"))
        ],
        "/repos/actions/cache/releases": [{"tag_name": "v4.1.0", "name": line, **told}],
        "/v1/querybatch": batch,
        "/v1/vulns/GHSA-x": {
            "id": "GHSA-x",
            "aliases": [line, f"CVE-2026-1 {line}"],
            "summary": payload,
            "details": payload,
            "database_specific": {"severity": "HIGH"},
            "affected": [
                {
                    "package": {"ecosystem": "npm", "name": "is-odd"},
                    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.0.1"}]}],
                }
            ],
        },
    }


@dataclass
class Told:
    """What was written where, by a name for each place."""

    host: str
    markdown: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    log: dict[str, str] = field(default_factory=dict)
    json: dict[str, str] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    history: str = ""


def played(kind: Forge, payload: str, folder: Path) -> Told:
    """A first run, people who answer, and a second run."""
    with stage(kind, folder, files(payload)) as site:
        outside(site, payload)
        told = Told(site.forge.origin.removeprefix("http://").partition(":")[0])
        reports = folder / "reports"
        site.person("ada")
        printed(told, site, "plan", "--format", "markdown")
        printed(told, site, "plan", "--format", "json")
        printed(told, site, "doctor")
        printed(told, site, "run", "--reports", str(reports))
        written(told, site, "first")
        answered(site, payload)
        later = NOW + timedelta(days=1)
        printed(told, site, "run", now=later)
        printed(told, site, "-C", str(folder / payload.replace("/", "")[:40]), "plan")
        written(told, site, "second", whole=False)
        told.reports = {path.name: path.read_text() for path in reports.iterdir()}
        for branch in site.repository.branches():
            told.lines |= {
                f"commit of {branch}": one.message.partition("\n")[0]
                for one in site.repository.commits("main", branch)
                if branch.startswith("maintainer/")
            }
        told.actions = [one for one in getattr(site.forge, "quick_actions", []) if not one.startswith("ada ")]
        told.history = (site.repository.read(f"refs/heads/{BRANCH}", "2026-11.jsonl") or b"").decode()
        told.ran = [str(path) for path in folder.rglob("pwned*")]
    return told


def printed(told: Told, site: Stage, *argv: str, **how: Any) -> None:
    code, out, err = site.maintainer(*argv, expected=None, **how)
    assert code == (2 if "-C" in argv else 0), (argv, out, err)
    name = " ".join(word for word in argv if "/" not in word)
    into = told.json if "json" in argv else told.markdown if "markdown" in argv else told.log
    into[f"{name} {len(into)}"] = out
    told.log[f"{name}: said {len(told.log)}"] = err


def written(told: Told, site: Stage, when: str, *, whole: bool = True) -> None:
    """Titles, descriptions and comments of ours; after people wrote, our own region of a description."""
    for name, title, body, comments in standing(site):
        ours = body if whole else body.partition(description.BEGIN)[2].rpartition(description.END)[0]
        told.markdown[f"{when} {name}"] = ours
        if whole:
            told.lines[f"{when} title of {name}"] = title
        told.markdown |= {f"{when} comment {at} on {name}": text for at, text in enumerate(comments)}


def standing(site: Stage) -> list[tuple[str, str, str, list[str]]]:
    """(name, title, description, our comments) of all proposals and issues."""
    found = []
    if site.kind == "github":
        repository = site.forge.repository()
        for number, issue in repository.issues.items():
            said = [one.body for one in repository.comments if one.issue == number and one.author != "ada"]
            found.append((f"#{number}", issue.title, issue.body or "", said))
    else:
        project = site.forge.project()
        for one in [*project.merge_requests, *project.issues]:
            said = [note.body for note in one.notes if not note.system and note.author.username != "ada"]
            found.append((f"{type(one).__name__} {one.iid}", one.title, one.description or "", said))
    return found


def answered(site: Stage, payload: str) -> None:
    """What people write: in a title, around a description, in labels and comments, and all over the dashboard."""
    ada = site.person("ada")
    text = "body" if site.kind == "github" else "text"
    # GitLab keeps no quick action in a description: it did what it said when ada saved it.
    words = re.sub(r"(?m)^\s*/", "", payload)
    if site.kind == "github":
        repository = site.forge.repository()
        issues: Mapping[Any, Any] = {one.number: one for one in repository.issues.values()}
        dashboard = next(number for number, one in issues.items() if LABEL in one.labels)
        old, shown = issues[1].body, issues[dashboard].body
        site.forge.person("ada").label(1, flat(payload, 40))
    else:
        project = site.forge.project()
        dashboard = next(one for one in project.issues if LABEL in one.labels)
        old, shown = project.merge_request(1).description, dashboard.description
        site.forge.person("ada").label(1, add=(flat(payload, 40),))
    ada.edit(1, title=flat(payload), **{text: f"{words}\n\n{old}\n\n{words}"})
    ada.edit(dashboard, **{text: f"{words}\n\n{shown}\n\n{words}"})
    ada.comment(1, f"{payload}\n/maintainer rebase")
    ada.comment(2, f"/maintainer ignore\n{payload}")


#: Two payloads a scene, for time's sake: where there is room for one, it is the one on GitHub and the other on GitLab.
PAIRS = [*zip(*[iter(PAYLOADS)] * 2, strict=False), ("marks", "markdown")]
SCENES = [(kind, pair if kind == "github" else pair[::-1]) for kind in FORGES for pair in PAIRS]


@pytest.fixture(scope="module", params=SCENES, ids=[f"{kind}-{'-'.join(pair)}" for kind, pair in SCENES])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    kind, pair = request.param
    return played(kind, "\n".join(PAYLOADS[name] for name in pair), tmp_path_factory.mktemp("hostile"))


def wrong(found: Mapping[str, list[str]]) -> str:
    return "\n".join(f"{place}: {one}" for place, listed in found.items() for one in listed)


def test_markdown_of_ours_only_shows(told: Told) -> None:
    assert len(told.markdown) >= 8
    assert not wrong({place: neutral.markdown(text, told.host, OURS) for place, text in told.markdown.items()})


def test_a_title_and_a_commits_subject_are_a_line_that_does_nothing(told: Told) -> None:
    assert len(told.lines) >= 5
    assert not wrong({place: neutral.line(text) for place, text in told.lines.items()})


def test_a_log_holds_no_commands(told: Told) -> None:
    assert any("is-odd" in text for text in told.log.values())
    assert not wrong({place: neutral.log(text) for place, text in told.log.items()})


def test_json_is_read_as_what_was_meant_and_carries_no_commands(told: Told) -> None:
    for place, text in told.json.items():
        assert json.loads(text)["schema"] == 1, place
        assert not neutral.log(text), place


def test_reports_hold_what_is_ours_alone(told: Told) -> None:
    assert not neutral.markdown(told.reports["summary.md"])
    assert json.loads(told.reports["plan.json"])["schema"] == 1
    for line in told.reports["annotations.txt"].splitlines():
        assert re.fullmatch(r"::(error|warning|notice) (file=[^,:]*,line=\d+,)?title=[^,:]*::[^\r\n]*", line), line
        assert not neutral.STEERS.search(line)
    names = [line.partition("=")[0] for line in told.reports["outputs.env"].splitlines()]
    assert all(re.fullmatch("MAINTAINER_[A-Z_]+", name) for name in names) and len(names) == len(set(names))
    for issue in json.loads(told.reports["codequality.json"]):
        assert not neutral.STEERS.search(issue["description"])


def test_history_has_an_event_a_line(told: Told) -> None:
    lines = told.history.split("\n")[:-1]
    assert lines and all(json.loads(line) for line in lines)
    assert not neutral.STEERS.search("".join(lines)) and "\n" not in "".join(lines)


def test_nothing_of_it_is_carried_out(told: Told) -> None:
    assert (told.actions, told.ran) == ([], [])


@pytest.mark.parametrize("kind", FORGES)
def test_a_default_branch_may_be_called_anything(kind: Forge, tmp_path: Path) -> None:
    name = "rel/@ada-#1-!1-$(touch${IFS}pwned)-`touch`;|&<b>'\"%0A##vso\u202e"
    with stage(kind, tmp_path) as site:
        site.person("ada").rename_branch("main", name)
        told = Told("127.0.0.1")
        printed(told, site, "run")
        written(told, site, "first")
        assert len(told.lines) >= 3
        assert not wrong({place: neutral.markdown(text, told.host, OURS) for place, text in told.markdown.items()})
        assert not wrong({place: neutral.log(text) for place, text in told.log.items()})
        assert not list(tmp_path.rglob("pwned*"))

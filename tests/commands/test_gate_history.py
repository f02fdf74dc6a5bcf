"""What history is told of a proposal, when someone made it look like ours: nothing that opens the gate."""

import json
from pathlib import Path
from typing import Any

import pytest

from maintainer.model import Identity
from maintainer.text import description
from maintainer.text.description import Mark
from tests.commands.gate_stage import FILES, Guarded, guarded
from tests.commands.site import packument
from tests.commands.stage import FORGES, Forge
from tests.loopback import Request

BRANCH = "maintainer/npm-is-odd"
IDENTITY: Identity = (("package.json", "is-odd", "3.0.0", "3.0.1"),)
SITE = {**FILES, "package.json": b'{\n  "dependencies": {\n    "is-odd": "3.0.0"\n  }\n}\n'}
EVIL = {"package.json": '{\n  "dependencies": {\n    "is-odd": "3.0.1"\n  }\n}\n', "checkout.txt": "evil\n"}


def vulnerable(site: Guarded) -> None:
    """is-odd below 3.0.1 can be attacked."""

    def batch(request: Request) -> Any:
        names = [query["package"]["name"] for query in json.loads(request.body)["queries"]]
        return {"results": [{"vulns": [{"id": "GHSA-x"}]} if name == "is-odd" else {} for name in names]}

    ranges = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.0.1"}]}]
    affected = [{"package": {"ecosystem": "npm", "name": "is-odd"}, "ranges": ranges}]
    site.site.here.server.answers |= {
        "/is-odd": packument("is-odd", "3.0.0", "3.0.1"),
        "/v1/querybatch": batch,
        "/v1/vulns/GHSA-x": {
            "id": "GHSA-x", "summary": "Bad", "database_specific": {"severity": "HIGH"}, "affected": affected,
        },
    }  # fmt: skip


def runs(site: Guarded) -> tuple[int, str, str]:
    return site.site.maintainer("run", now=site.forge.now, expected=None)


def ours(site: Guarded) -> int:
    if site.github:
        return next(int(issue.number) for issue, pull in site.forge.repository().pulls() if pull.head == BRANCH)
    return next(int(one.iid) for one in site.forge.project().merge_requests if one.source_branch == BRANCH)


def described(site: Guarded, number: int, by: str, body: str) -> None:
    text = {"body": body} if site.github else {"text": body}
    site.person(by).edit(number, **text)


def forged(head: str, title: str = "Update is-odd to 3.0.1") -> str:
    """Our whole description, as anyone may write it."""
    return description.compose("### is-odd", Mark(IDENTITY, BRANCH, head, title))


@pytest.mark.parametrize("forge", FORGES)
def test_a_security_fix_pierces_a_freeze_by_what_a_run_recorded(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path, SITE) as site:
        vulnerable(site)
        assert runs(site)[0] == 0
        number = ours(site)
        assert [one["head"] for one in site.events("assessed")] == [site.head(number)]
        assert site.looks() == 0
        assert site.posted(number) == ("success", "open: exempt from Black Friday")
        assert site.events() == [] and site.comments(number) == []


@pytest.mark.parametrize("forge", FORGES)
def test_what_someone_pushes_onto_it_is_no_fix_whatever_the_description_says(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path, SITE) as site:
        vulnerable(site)
        runs(site)
        number = ours(site)
        head = site.pushed(BRANCH, "carol", EVIL)
        described(site, number, "carol", forged(head))
        runs(site)
        assert site.head(number) == head and head not in [one["head"] for one in site.events("assessed")]
        site.looks()
        assert site.posted(number)[0] == "failure"


@pytest.mark.parametrize("forge", FORGES)
def test_a_branch_of_our_name_is_not_ours_whatever_the_description_says(forge: Forge, tmp_path: Path) -> None:
    with guarded(forge, tmp_path, SITE) as site:
        vulnerable(site)
        head = site.pushed(BRANCH, "carol", EVIL)
        number = site.opened(BRANCH, "carol", forged(head))
        site.label(number, "maintainer", "carol")
        runs(site)
        assert head not in [one["head"] for one in site.events("assessed")]
        site.looks()
        assert site.posted(number)[0] == "failure"

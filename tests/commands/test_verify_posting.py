"""`verify --post` in the CI of a proposal, on both forges: a comment, a check on the commit, points of history."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.site import FILES, NOW
from tests.commands.stage import FORGES, REPOSITORY, Stage, stage
from tests.loopback import Served
from tests.shops.faults import FAULTS
from tests.shops.shop import SOUND, serving

BRANCH = "maintainer/npm-is-odd"
BROKEN = {**SOUND, **FAULTS["warning"].changed}
#: What only a browser says is no part of this.
SITE = {
    "package.json": FILES["package.json"],
    "maintainer.yml": b"site: {name: Sklep}\nverify:\n  pages: [/checkout/, /cart/]\n  smoke: {browser: false}\n",
}


@pytest.fixture(params=FORGES)
def proposed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """A site with proposals, and the first of them checked out as its CI does."""
    with stage(request.param, tmp_path, SITE) as made:
        made.maintainer("run")
        check_out(made)
        yield made


def check_out(made: Stage) -> None:
    made.here.git("fetch", "--quiet", str(made.repository.path), f"refs/heads/{BRANCH}")
    made.here.git("checkout", "--quiet", "--detach", "--force", "FETCH_HEAD")
    made.here.environment |= ci(made)


def number(made: Stage) -> int:
    listed = made.state()["pulls" if made.kind == "github" else "merge_requests"]
    branch = "head" if made.kind == "github" else "source_branch"
    found = next(one for one in listed if one[branch] == BRANCH)
    return int(found["number" if made.kind == "github" else "iid"])


def head(made: Stage) -> str:
    return made.repository.refs()[f"refs/heads/{BRANCH}"]


def ci(made: Stage) -> dict[str, str]:
    """What the CI of the proposal says of it."""
    if made.kind == "gitlab":
        return {
            "CI_MERGE_REQUEST_IID": str(number(made)),
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head(made),
            "CI_JOB_URL": "https://gitlab.example/shop/site/-/jobs/7",
        }
    event = made.here.root.parent / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": number(made), "head": {"sha": head(made)}}}))
    return {
        "GITHUB_REF": f"refs/pull/{number(made)}/merge",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "77",
    }


def verify(made: Stage, head: Mapping[str, Served], *more: str, later: int = 0) -> tuple[int, str, str]:
    with serving(SOUND) as before, serving(head) as after:
        options = ["--only", "smoke", "--into", "results", "--post", "--url", after.url, "--baseline", before.url]
        return made.here.maintainer("verify", *options, *more, now=NOW + timedelta(minutes=later))


def comments(made: Stage) -> list[str]:
    if made.kind == "github":
        pull = next(one for one in made.state()["pulls"] if one["number"] == number(made))
        return [one["body"] for one in pull["comments"]]
    request = next(one for one in made.state()["merge_requests"] if one["iid"] == number(made))
    return [body for _, body in request["notes"]]


def verdicts(made: Stage) -> dict[str, str]:
    """The last word of each check or status on the proposal's commit."""
    if made.kind == "github":
        repository = made.forge.repository()
        found = {one.name: one.conclusion or "pending" for one in repository.checks if one.sha == head(made)}
        return found | {one.context: one.state for one in repository.statuses if one.sha == head(made)}
    return {one.name: one.state for one in made.forge.project().statuses if one.sha == head(made)}


def history(made: Stage) -> list[dict[str, Any]]:
    text = made.repository.git("show", f"maintainer-history:{NOW:%Y-%m}.jsonl")
    return [json.loads(line) for line in text.splitlines()]


FAILED = {"github": "failure", "gitlab": "failed"}


def test_what_fails_is_told_on_the_proposal_and_what_is_mended_replaces_it(proposed: Stage) -> None:
    code, _, err = verify(proposed, BROKEN)
    assert code == 1, err
    (said,) = comments(proposed)
    assert said.startswith("### ✘ Verified: fail")
    assert "PHP warning" in said and "✘ smoke fails" in said
    assert verdicts(proposed) == {"maintainer/verify": FAILED[proposed.kind]}
    code, _, err = verify(proposed, SOUND, later=10)
    assert code == 0, err
    (said,) = comments(proposed)
    assert said.startswith("### ✔ Verified: pass")
    assert verdicts(proposed) == {"maintainer/verify": "success"}


def test_the_comment_leads_to_the_report(proposed: Stage) -> None:
    verify(proposed, BROKEN)
    (said,) = comments(proposed)
    there = {
        "github": f"/{REPOSITORY}/actions/runs/77#artifacts",
        "gitlab": "/shop/site/-/jobs/7/artifacts/file/results/report.html",
    }
    assert f"{there[proposed.kind]})" in said and "[full report](" in said


def test_history_has_the_verdict_and_the_medians_of_each_run(proposed: Stage) -> None:
    verify(proposed, SOUND)
    verify(proposed, BROKEN, later=10)
    sound, broken = [one for one in history(proposed) if one["kind"] == "verified"]
    assert (sound["site"], sound["head"], sound["proposal"]) == ("Sklep", head(proposed), number(proposed))
    assert sound["data"]["verdict"] == "pass" and sound["data"]["counts"]["fail"] == 0
    assert broken["data"]["verdict"] == "fail" and broken["data"]["counts"]["fail"] > 0
    assert sound["data"]["checks"] == ["smoke"]
    medians = [row for one in history(proposed) if one["kind"] == "measured" for row in one["data"]["medians"]]
    assert all(len(row) == 6 and row[0] == "smoke" for row in medians)
    assert any(isinstance(row[4], float) and isinstance(row[5], float) for row in medians)


def test_a_merge_of_the_proposal_is_told_on_the_proposals_commit(proposed: Stage) -> None:
    """What actions/checkout and merged results pipelines leave: a commit that no branch has."""
    proposed.check_out()
    proposed.here.git("merge", "--quiet", "--no-ff", "--message", "Merge", head(proposed))
    verify(proposed, SOUND)
    assert verdicts(proposed) == {"maintainer/verify": "success"}


def test_results_of_something_else_are_no_verdict_on_the_proposal(proposed: Stage) -> None:
    proposed.check_out()
    code, _, err = verify(proposed, SOUND)
    assert code == 3
    assert "Not posted, the check: this is" in err and "Check out the proposal" in err
    assert verdicts(proposed) == {}


def test_a_token_that_may_not_write_costs_the_posting_alone(proposed: Stage) -> None:
    if proposed.kind == "github":
        token = proposed.forge.token(kind="fine-grained", permissions={"contents": "read", "pull_requests": "read"})
    else:
        token = "glpat-OfAGuest"
        proposed.forge.token(token, kind="project", project=REPOSITORY, scopes=["read_api"])
    proposed.here.environment["MAINTAINER_TOKEN"] = token
    code, out, err = verify(proposed, BROKEN)
    assert code == 1
    assert "Not posted, the comment" in err and "Not posted, history" in err
    assert token not in out + err
    for path in (proposed.here.root / "results").rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes(), path
    assert verify(proposed, SOUND)[0] == 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MAINTAINER_PLATFORM", "local", "--post: there is no forge here"),
        ("MAINTAINER_TOKEN", "", "No token for github"),
    ],
)
def test_where_nothing_can_be_posted_nothing_is_looked_at(tmp_path: Path, name: str, value: str, said: str) -> None:
    with stage("github", tmp_path, SITE) as made:
        made.here.environment[name] = value
        code, out, err = made.here.maintainer("verify", "--url", "http://127.0.0.1:1", "--post")
    assert code == 2 and not out
    assert said in err


def test_a_proposals_number_that_is_none_posts_no_comment(proposed: Stage) -> None:
    for name in ("GITHUB_REF", "CI_MERGE_REQUEST_IID"):
        proposed.here.environment.pop(name, None)
    code, _, err = verify(proposed, SOUND)
    assert code == 0, err
    assert comments(proposed) == []
    assert verdicts(proposed) == {"maintainer/verify": "success"}

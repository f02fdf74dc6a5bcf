"""Endpoints of pull requests: https://docs.github.com/en/rest/pulls"""

from collections.abc import Mapping
from typing import Any

from tests.forges.github_call import Call, Route, created
from tests.forges.github_changes import closed, merge, noticed, pull_ref, reopened, same
from tests.forges.github_commits import commit_json
from tests.forges.github_json import node_id
from tests.forges.github_rights import Needs, Refused, invalid
from tests.forges.github_world import Activity, Issue, Pull, Repository, Review, at_least
from tests.loopback import Reply


def listed(call: Call) -> Reply:
    query = call.query
    state = query.get("state", "open")
    chosen = [issue for issue, pull in call.repository.pulls() if _matches(issue, pull, state, query)]
    order = query.get("sort", "created")
    newest = query.get("direction", "desc" if order == "created" else "asc") == "desc"
    chosen.sort(
        key=lambda issue: (issue.updated if order == "updated" else issue.created, issue.number), reverse=newest
    )
    return call.page(chosen, lambda issue: call.json.pull(call.repository, issue, whole=False))


def _matches(issue: Issue, pull: Pull, state: str, query: Mapping[str, str]) -> bool:
    head = query.get("head", "")
    # A head without its owner is no filter at all, to the surprise of many.
    if ":" in head and head.lower() != f"{pull.owner}:{pull.head}".lower():
        return False
    return state in ("all", issue.state) and query.get("base", pull.base) == pull.base


def got(call: Call) -> Any:
    issue, _ = call.pull()
    return call.json.pull(call.repository, issue)


def opened(call: Call) -> Reply:
    data = call.data
    repository = call.repository
    if call.token and call.token.kind == "actions" and not repository.actions_may_open:
        raise Refused(403, "GitHub Actions is not permitted to create or approve pull requests.")
    owner, _, branch = data.get("head", "").rpartition(":")
    head = _head_repository(call, owner)
    base = data.get("base", "")
    missing = [name for name in ("title", "head", "base") if not data.get(name)]
    if missing:
        raise Refused(
            422, "Validation Failed", [{"resource": "PullRequest", "code": "missing_field", "field": missing[0]}]
        )
    base_sha = repository.git.sha(f"refs/heads/{base}")
    if base_sha is None:
        raise invalid("PullRequest", code="invalid", name="base")
    sha = head.git.sha(f"refs/heads/{branch}") if head else None
    if head is None or sha is None:
        raise invalid("PullRequest", code="invalid", name="head")
    pull = Pull(head.full_name, branch, sha, base, base_sha, draft=data.get("draft") or False, owner=head.owner)
    if any(other.state == "open" for other in same(repository, pull)):
        raise invalid("PullRequest", f"A pull request already exists for {head.owner}:{branch}.")
    if head is not repository:
        repository.git.git("fetch", "--quiet", str(head.git.path), sha)
    if repository.git.is_ancestor(sha, base_sha):
        raise invalid(
            "PullRequest", f"No commits between {_named(repository, head, base)} and {_named(head, head, branch)}"
        )
    issue = call.forge.new_issue(repository, data["title"], call.body("PullRequest"), call.login, pull)
    pull_ref(repository, head, issue, pull)
    return created(call.json.pull(repository, issue))


def _named(repository: Repository, head: Repository, branch: str) -> str:
    return branch if repository is head else f"{repository.owner}:{branch}"


def _head_repository(call: Call, owner: str) -> Repository | None:
    """The repository itself, or the fork that a head `owner:branch` speaks of."""
    repository = call.repository
    if owner.lower() in ("", repository.owner.lower()):
        return repository
    forks = (fork for fork in call.world.repositories.values() if fork.fork_of == repository.full_name)
    return next((fork for fork in forks if fork.owner.lower() == owner.lower()), None)


def edited(call: Call) -> Any:
    """`draft` can't be changed here: only GraphQL does."""
    issue, pull = call.pull()
    data = call.data
    issue.body = call.body("PullRequest", issue.body)
    issue.title = data.get("title") or issue.title
    if "base" in data and data["base"] != pull.base:
        base = call.repository.git.sha(f"refs/heads/{data['base']}")
        if base is None:
            raise invalid("PullRequest", code="invalid", name="base")
        pull.base, pull.base_sha = data["base"], base
    issue.updated = call.world.tick()
    turn(call, issue)
    return call.json.pull(call.repository, issue)


def turn(call: Call, issue: Issue) -> None:
    """Open or close it as the call's `state` says. Raises `Refused`."""
    state = call.data.get("state", issue.state)
    if state == issue.state:
        return
    if state not in ("open", "closed"):
        raise invalid("PullRequest" if issue.pull else "Issue", code="invalid", name="state")
    if state == "closed":
        closed(call.world, issue, call.login, call.data.get("state_reason"))
    else:
        reopened(call.world, call.repository, issue)


def merged(call: Call) -> Any:
    issue, pull = call.pull()
    if call.data.get("sha", pull.sha) != pull.sha:
        raise Refused(409, "Head branch was modified. Review and try the merge again.")
    title = call.data.get("commit_title", "")
    commit = merge(call.world, call.repository, issue, call.login, call.data.get("merge_method", "merge"), title)
    return {"sha": commit, "merged": True, "message": "Pull Request successfully merged"}


def is_merged(call: Call) -> Reply:
    _, pull = call.pull()
    if not pull.merged:
        raise Refused(404, "Not Found")
    return Reply(204)


def reviewers(call: Call) -> Any:
    _, pull = call.pull()
    return {"users": [call.json.user(login) for login in pull.reviewers], "teams": []}


def asked(call: Call) -> Reply:
    issue, pull = call.pull()
    wanted = call.data.get("reviewers", [])
    if call.data.get("team_reviewers"):
        raise Refused(422, "Could not resolve to a node with the global id of a team.")
    for login in wanted:
        if not at_least(call.world.role(call.repository, login), "triage"):
            raise Refused(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or teams you specified "
                f"is not a collaborator of the {call.repository.full_name} repository.",
            )
        if login == issue.author:
            raise Refused(422, "Review cannot be requested from pull request author.")
    pull.reviewers += [login for login in wanted if login not in pull.reviewers]
    issue.updated = call.world.tick()
    return Reply(201, call.json.pull(call.repository, issue, whole=False))


def unasked(call: Call) -> Any:
    issue, pull = call.pull()
    pull.reviewers = [login for login in pull.reviewers if login not in call.data.get("reviewers", [])]
    return call.json.pull(call.repository, issue, whole=False)


def files(call: Call) -> Reply:
    _, pull = call.pull()
    git = call.repository.git
    names = {"A": "added", "M": "modified", "D": "removed"}
    blobs = git.files(pull.sha)
    return call.page(
        list(git.changed(pull.base_sha, pull.sha).items()),
        lambda change: {
            "sha": blobs.get(change[0]),
            "filename": change[0],
            "status": names.get(change[1], "changed"),
            "additions": 0,
            "deletions": 0,
            "changes": 0,
            "blob_url": f"{call.json.page(call.repository)}/blob/{pull.sha}/{change[0]}",
            "raw_url": f"{call.json.page(call.repository)}/raw/{pull.sha}/{change[0]}",
            "contents_url": f"{call.json.at(call.repository)}/contents/{change[0]}?ref={pull.sha}",
        },
    )


def commits(call: Call) -> Reply:
    """Oldest first."""
    _, pull = call.pull()
    found = call.repository.git.commits(pull.base_sha, pull.sha)[::-1]
    return call.page(found, lambda one: commit_json(call.json, call.repository, one.sha))


def reviews(call: Call) -> Reply:
    issue, _ = call.pull()
    url = f"{call.json.at(call.repository)}/pulls/{issue.number}"
    page = f"{call.json.page(call.repository)}/pull/{issue.number}"

    def shown(review: Review) -> dict[str, Any]:
        return {
            "id": review.id,
            "node_id": node_id("PRR", review.id),
            "user": call.json.user(review.author),
            "body": review.body,
            "state": review.state,
            "html_url": page,
            "pull_request_url": url,
            "_links": {"html": {"href": page}, "pull_request": {"href": url}},
            "submitted_at": review.at,
            "commit_id": review.sha,
            "author_association": call.json.association(call.repository, review.author),
        }

    return call.page([one for one in call.repository.reviews if one.issue == issue.number], shown)


def of_commit(call: Call) -> Reply:
    """Those that brought a commit of the default branch; of any other commit those it is in, open or merged."""
    repository, sha = call.repository, call.repository.git.sha(call.values["commit_sha"])
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {call.values['commit_sha']}")
    git, base = repository.git, repository.git.sha(repository.default_branch) or ""

    def brought(issue: Issue, pull: Pull) -> bool:
        if git.is_ancestor(sha, base):
            own = {pull.merge_commit} | {one.sha for one in git.commits(pull.base_sha, pull.sha)}
            return bool(pull.merged) and sha in own
        return (issue.state == "open" or bool(pull.merged)) and git.is_ancestor(sha, pull.sha)

    found = [issue for issue, pull in repository.pulls() if brought(issue, pull)]
    return call.page(found, lambda issue: call.json.pull(repository, issue, whole=False))


def activity(call: Call) -> Reply:
    """https://docs.github.com/en/rest/repos/repos#list-repository-activities; the newest first unless asked."""
    query = call.query
    ref = query.get("ref", "")
    whole = ref if ref.startswith("refs/") or not ref else f"refs/heads/{ref}"
    found = [one for one in call.repository.activities if whole in ("", one.ref)]
    found = found if query.get("direction") == "asc" else found[::-1]

    def shown(one: Activity) -> dict[str, Any]:
        return {
            "id": one.id,
            "node_id": node_id("PSH", one.id),
            "before": one.before,
            "after": one.after,
            "ref": one.ref,
            "timestamp": one.at,
            "activity_type": one.kind,
            "actor": call.json.user(one.by),
        }

    return call.page([one for one in found if query.get("activity_type") in (None, one.kind)], shown)


def updated(call: Call) -> Reply:
    """Merges the base into the head."""
    _, pull = call.pull()
    head = call.world.repository(pull.head_repository or "")
    if head is None or call.data.get("expected_head_sha", pull.sha) != pull.sha:
        raise invalid("PullRequest", "expected head sha didn't match current head ref.")
    head.git.merge(pull.head, f"refs/heads/{pull.base}", by=call.world.account(call.login).by)
    noticed(call.world, head, call.login)
    return Reply(202, {"message": "Updating pull request branch.", "url": call.json.at(call.repository)})


_READ = Needs("pull_requests:read")
_WRITE = Needs("pull_requests:write", "write")
_PULLS = "/repos/{owner}/{repo}/pulls"
ROUTES = {
    f"GET {_PULLS}": Route(listed, _READ),
    f"POST {_PULLS}": Route(opened, Needs("pull_requests:write")),
    "GET /repos/{owner}/{repo}/activity": Route(activity, Needs("contents:read")),
    "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls": Route(of_commit, _READ),
    f"GET {_PULLS}/{{pull_number}}": Route(got, _READ),
    f"PATCH {_PULLS}/{{pull_number}}": Route(edited, _WRITE),
    f"GET {_PULLS}/{{pull_number}}/files": Route(files, _READ),
    f"GET {_PULLS}/{{pull_number}}/commits": Route(commits, _READ),
    f"GET {_PULLS}/{{pull_number}}/reviews": Route(reviews, _READ),
    f"GET {_PULLS}/{{pull_number}}/merge": Route(is_merged, Needs("contents:read")),
    f"PUT {_PULLS}/{{pull_number}}/merge": Route(merged, Needs("contents:write", "write")),
    f"PUT {_PULLS}/{{pull_number}}/update-branch": Route(updated, _WRITE),
    f"GET {_PULLS}/{{pull_number}}/requested_reviewers": Route(reviewers, _READ),
    f"POST {_PULLS}/{{pull_number}}/requested_reviewers": Route(asked, _WRITE),
    f"DELETE {_PULLS}/{{pull_number}}/requested_reviewers": Route(unasked, _WRITE),
}

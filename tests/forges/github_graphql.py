"""GitHub's GraphQL API as far as it goes: repositories with their pull requests and issues, and what REST can't do.

Fields are named as in https://docs.github.com/en/graphql/reference; one that is missing here is one line to add.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.forges import graphql
from tests.forges.github_checks import rollup
from tests.forges.github_connection import Node, chosen, connection, label, state
from tests.forges.github_json import Json, node_id, node_number
from tests.forges.github_mergeable import mergeable_state
from tests.forges.github_mutations import MUTATIONS
from tests.forges.github_rights import Token, visible
from tests.forges.github_world import (
    CheckRun,
    Comment,
    Issue,
    Labelling,
    Pull,
    Repository,
    Review,
    Status,
    World,
)

if TYPE_CHECKING:
    from tests.forges.github import GithubFake

_MERGEABLE = {True: "MERGEABLE", False: "CONFLICTING", None: "UNKNOWN"}
_ROLES = {"none": None, "read": "READ", "triage": "TRIAGE", "write": "WRITE", "maintain": "MAINTAIN", "admin": "ADMIN"}


@dataclass(frozen=True)
class Nodes:
    """Makes the objects of one caller."""

    world: World
    json: Json
    token: Token

    def query(self) -> Node:
        limit: dict[str, Any] = {"limit": 5000, "cost": 1, "remaining": 4999, "used": 1, "nodeCount": 1}
        limit |= {"resetAt": "2026-11-21T09:00:00Z"}
        return {
            "__typename": "Query",
            # A user, also where it is a bot: unlike an author's, its login has the "[bot]".
            "viewer": (self.actor(self.token.login) or {}) | {"__typename": "User", "login": self.token.login},
            "rateLimit": limit,
            "repository": self.found,
            "node": lambda arguments: self.node(arguments["id"]),
            "nodes": lambda arguments: [lambda _, one=one: self.node(one) for one in arguments["ids"]],
        }

    def found(self, arguments: Mapping[str, Any]) -> Node:
        name = f"{arguments['owner']}/{arguments['name']}"
        known = self.world.repository(name)
        if known is None or not visible(self.world, self.token, known):
            raise graphql.Refused(f"Could not resolve to a Repository with the name '{name}'.", "NOT_FOUND")
        return self.repository(known)

    def node(self, identity: str) -> Node:
        number = node_number(identity)
        for repository in self.world.repositories.values():
            if not visible(self.world, self.token, repository):
                continue
            if repository.id == number:
                return self.repository(repository)
            for issue in repository.issues.values():
                if issue.id == number:
                    return self.issue(repository, issue)
        raise graphql.Refused(f"Could not resolve to a node with the global id of '{identity}'", "NOT_FOUND")

    def actor(self, login: str | None) -> Node | None:
        if login is None:
            return None
        account = self.world.account(login)
        return {
            "__typename": account.kind,
            "login": account.login.removesuffix("[bot]") if account.kind == "Bot" else account.login,
            "id": node_id("U", account.id),
            "databaseId": account.id,
            "url": f"{self.json.html}/{account.login}",
        }

    def forbidden(self, repository: Repository, *permissions: str) -> None:
        """Raises `graphql.Refused` where a private repository's reader lacks one of the permissions."""
        if not repository.private or self.token.kind == "pat":
            return
        if not all(self.token.covers(repository) and self.token.permits(one) for one in permissions):
            by = "integration" if self.token.integration else "personal access token"
            raise graphql.Refused(f"Resource not accessible by {by}", "FORBIDDEN")

    def repository(self, repository: Repository) -> Node:
        pulls = [issue for issue, _ in repository.pulls()]
        others = [issue for issue in repository.issues.values() if issue.pull is None]

        def listed(items: list[Issue], name: str, needs: str) -> Callable[[Mapping[str, Any]], Node]:
            def page(arguments: Mapping[str, Any]) -> Node:
                self.forbidden(repository, needs)
                return connection(chosen(items, arguments), lambda one: self.issue(repository, one), name)(arguments)

            return page

        return {
            "__typename": "Repository",
            "id": node_id("R", repository.id),
            "databaseId": repository.id,
            "name": repository.name,
            "nameWithOwner": repository.full_name,
            "owner": self.actor(repository.owner),
            "url": self.json.page(repository),
            "isArchived": repository.archived,
            "isPrivate": repository.private,
            "isFork": repository.fork_of is not None,
            "autoMergeAllowed": repository.allow_auto_merge,
            "deleteBranchOnMerge": repository.delete_branch_on_merge,
            "viewerPermission": _ROLES[self.json.role(repository)],
            "defaultBranchRef": lambda _: self.ref(repository, f"refs/heads/{repository.default_branch}"),
            "ref": lambda arguments: self.ref(repository, arguments["qualifiedName"]),
            "pullRequests": listed(pulls, "pullRequests", "pull_requests:read"),
            "issues": listed(others, "issues", "issues:read"),
            "pullRequest": lambda arguments: self.numbered(repository, pulls, arguments, "PullRequest"),
            "issue": lambda arguments: self.numbered(repository, others, arguments, "Issue"),
            "labels": connection(list(repository.labels.values()), label, "labels"),
            "object": lambda arguments: self.commit(repository, arguments.get("oid") or arguments["expression"]),
        }

    def numbered(self, repository: Repository, among: list[Issue], arguments: Mapping[str, Any], kind: str) -> Node:
        for issue in among:
            if issue.number == arguments["number"]:
                return self.issue(repository, issue)
        raise graphql.Refused(f"Could not resolve to a {kind} with the number of {arguments['number']}.", "NOT_FOUND")

    def ref(self, repository: Repository, name: str) -> Node | None:
        whole = name if name.startswith("refs/") else f"refs/heads/{name}"
        sha = repository.git.refs(whole).get(whole)
        if sha is None:
            return None
        return {
            "__typename": "Ref",
            "name": whole.split("/", 2)[2],
            "prefix": "/".join(whole.split("/")[:2]) + "/",
            "target": lambda _: self.commit(repository, sha),
        }

    def commit(self, repository: Repository, name: str) -> Node | None:
        # Commits stay: git is asked for each once.
        sha = name if name in repository.known else repository.git.sha(name)
        if sha is None:
            return None
        if name == sha:
            repository.known.add(sha)

        def about(read: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], Any]:
            return lambda _: read(repository.git.commit_of(sha))

        return {
            "__typename": "Commit",
            "oid": sha,
            "abbreviatedOid": sha[:7],
            "message": about(lambda found: found.message),
            "messageHeadline": about(lambda found: found.message.partition("\n")[0]),
            "committedDate": about(lambda found: found.when),
            "author": about(lambda found: {"name": found.author, "email": found.email}),
            "signature": lambda _: {"isValid": True, "wasSignedByGitHub": True} if sha in repository.signed else None,
            "statusCheckRollup": lambda _: self.rollup(repository, sha),
            "status": lambda _: self.status(repository, sha),
            "checkSuites": lambda arguments: self.suites(repository, sha, arguments),
        }

    def suites(self, repository: Repository, sha: str, arguments: Mapping[str, Any]) -> Node:
        """One for each App; here they are all of one. Filtered by a check's name, it is there where the check is."""
        self.forbidden(repository, "checks:read")
        name = (arguments.get("filterBy") or {}).get("checkName")
        found = [one for one in repository.checks if one.sha == sha and name in (None, one.name)]

        def suite(runs: list[CheckRun]) -> Node:
            def listed(inner: Mapping[str, Any]) -> Node:
                wanted = inner.get("filterBy") or {}
                kept = [one for one in runs if wanted.get("checkName") in (None, one.name)]
                if wanted.get("checkType", "ALL") == "LATEST":
                    kept = list({one.name: one for one in kept}.values())
                return connection(kept, lambda one: self.check(repository, one), "checkRuns")(inner)

            return {"__typename": "CheckSuite", "checkRuns": listed}

        return connection([found] if found else [], suite, "checkSuites")(arguments)

    def rollup(self, repository: Repository, sha: str) -> Node | None:
        self.forbidden(repository, "statuses:read")
        found = rollup(repository, sha)
        if found is None:
            return None
        return {
            "__typename": "StatusCheckRollup",
            "state": found,
            "contexts": connection(_newest(repository, sha), lambda one: self.check(repository, one), "contexts"),
        }

    def check(self, repository: Repository, one: Status | CheckRun) -> Any:
        if isinstance(one, Status):
            return {
                "__typename": "StatusContext",
                "context": one.context,
                "state": one.state.upper(),
                "description": one.description,
                "targetUrl": one.target,
                "createdAt": one.created,
                "isRequired": lambda arguments: self.required(repository, one.context, arguments),
            }

        def run(_: Mapping[str, Any]) -> Node:
            # Fine-grained tokens can't be given `checks` at all.
            self.forbidden(repository, "checks:read")
            return {
                "__typename": "CheckRun",
                "name": one.name,
                "externalId": one.external or None,
                "title": one.title,
                "summary": one.summary,
                "status": one.status.upper(),
                "conclusion": one.conclusion and one.conclusion.upper(),
                "detailsUrl": one.details,
                "startedAt": one.started,
                "completedAt": one.completed,
                "isRequired": lambda arguments: self.required(repository, one.name, arguments),
            }

        return run

    def required(self, repository: Repository, name: str, arguments: Mapping[str, Any]) -> bool:
        for issue, pull in repository.pulls():
            if arguments.get("pullRequestNumber") == issue.number or arguments.get("pullRequestId") == node_id(
                "PR", issue.id
            ):
                return pull.base in repository.protected and name in repository.protected[pull.base].checks
        raise graphql.Refused("A pull request ID or pull request number is required.", "ARGUMENT_ERROR")

    def status(self, repository: Repository, sha: str) -> Node | None:
        found = [one for one in _newest(repository, sha) if isinstance(one, Status)]
        if not found:
            return None
        states = {one.state for one in found}
        worst = "FAILURE" if states & {"failure", "error"} else "PENDING" if "pending" in states else "SUCCESS"
        return {
            "__typename": "Status",
            "state": worst,
            "contexts": [self.check(repository, one) for one in found],
            "context": lambda arguments: next(
                (self.check(repository, one) for one in found if one.context == arguments["name"]), None
            ),
        }

    def issue(self, repository: Repository, issue: Issue) -> Node:
        comments = [one for one in repository.comments if one.issue == issue.number]
        shown: Node = {
            "__typename": "PullRequest" if issue.pull else "Issue",
            "id": node_id("PR" if issue.pull else "I", issue.id),
            "databaseId": issue.id,
            "number": issue.number,
            "title": issue.title,
            "body": issue.body or "",
            "state": state(issue),
            "closed": issue.state == "closed",
            "locked": False,
            "url": f"{self.json.page(repository)}/{'pull' if issue.pull else 'issues'}/{issue.number}",
            "author": self.actor(issue.author),
            "createdAt": issue.created,
            "updatedAt": issue.updated,
            "closedAt": issue.closed,
            "labels": connection([repository.labels[name] for name in issue.labels], label, "labels"),
            "assignees": connection(issue.assignees, self.actor, "assignees"),
            "comments": connection(comments, self.comment, "comments"),
            "repository": lambda _: self.repository(repository),
        }
        return shown | self.pull(repository, issue, issue.pull) if issue.pull else shown

    def comment(self, comment: Comment) -> Node:
        return {
            "__typename": "IssueComment",
            "id": node_id("IC", comment.id),
            "databaseId": comment.id,
            "body": comment.body,
            "author": self.actor(comment.author),
            "createdAt": comment.created,
            "updatedAt": comment.updated,
            "lastEditedAt": comment.edited,
        }

    def labelling(self, one: Labelling) -> Node:
        """Its label has the name it had then."""
        return {
            "__typename": "LabeledEvent" if one.added else "UnlabeledEvent",
            "createdAt": one.at,
            "actor": self.actor(one.by),
            "label": {"__typename": "Label", "name": one.label},
        }

    def review(self, repository: Repository, review: Review) -> Node:
        return {
            "__typename": "PullRequestReview",
            "state": review.state,
            "body": review.body,
            "author": self.actor(review.author),
            "submittedAt": review.at,
            "commit": lambda _: self.commit(repository, review.sha),
        }

    def pull(self, repository: Repository, issue: Issue, pull: Pull) -> Node:
        head = self.world.repository(pull.head_repository) if pull.head_repository else None
        shas = [pull.sha]

        def timeline(arguments: Mapping[str, Any]) -> Node:
            kinds = arguments.get("itemTypes") or ("LABELED_EVENT", "UNLABELED_EVENT")
            events = [one for one in repository.labellings if one.issue == issue.number]
            kept = [one for one in events if ("LABELED_EVENT" if one.added else "UNLABELED_EVENT") in kinds]
            return connection(kept, self.labelling, "timelineItems")(arguments)

        def reviews(arguments: Mapping[str, Any]) -> Node:
            found = [one for one in repository.reviews if one.issue == issue.number]
            kept = [one for one in found if one.state in (arguments.get("states") or (one.state,))]
            return connection(kept, lambda one: self.review(repository, one), "reviews")(arguments)

        def decision(_: Mapping[str, Any]) -> str | None:
            rules = repository.protected.get(pull.base)
            if len(repository.approvers(issue.number)) >= max(1, rules.approvals if rules else 1):
                return "APPROVED"
            return "REVIEW_REQUIRED" if rules and rules.approvals else None

        return {
            "isDraft": pull.draft,
            "merged": pull.merged is not None,
            "mergedAt": pull.merged,
            "mergedBy": self.actor(pull.merged_by),
            "mergeCommit": lambda _: self.commit(repository, pull.merge_commit) if pull.merge_commit else None,
            "mergeable": lambda _: _MERGEABLE[mergeable_state(repository, issue, pull)[0]],
            "mergeStateStatus": lambda _: mergeable_state(repository, issue, pull)[1].upper(),
            "isCrossRepository": pull.head_repository != repository.full_name,
            "headRefName": pull.head,
            "headRefOid": pull.sha,
            "headRef": lambda _: self.ref(head, pull.head) if head else None,
            "headRepository": lambda _: self.repository(head) if head else None,
            "headRepositoryOwner": self.actor(pull.owner),
            "baseRefName": pull.base,
            "baseRefOid": pull.base_sha,
            "reviewDecision": decision,
            "reviews": reviews,
            "timelineItems": timeline,
            "reviewRequests": connection(
                pull.reviewers, lambda one: {"requestedReviewer": self.actor(one)}, "reviewRequests"
            ),
            "autoMergeRequest": pull.auto_merge
            and {
                "enabledAt": pull.auto_merge.at,
                "enabledBy": self.actor(pull.auto_merge.by),
                "mergeMethod": pull.auto_merge.method.upper(),
            },
            "statusCheckRollup": lambda _: self.rollup(repository, pull.sha),
            "commits": connection(shas, lambda sha: {"commit": lambda _: self.commit(repository, sha)}, "commits"),
        }


def _newest(repository: Repository, sha: str) -> list[Status | CheckRun]:
    statuses = {one.context: one for one in repository.statuses if one.sha == sha}
    runs = {one.name: one for one in repository.checks if one.sha == sha}
    return [*runs.values(), *statuses.values()]


def answer(forge: "GithubFake", token: Token, sent: Mapping[str, Any]) -> Node:
    """The body of the answer to a query or mutation; what can't be read is told as GitHub does."""
    nodes = Nodes(forge.world, forge.json.seen_by(token), token)
    root = nodes.query()
    try:
        if graphql.parse(sent.get("query") or "").kind == "mutation":
            root = {"__typename": "Mutation"} | {name: _mutation(forge, nodes, name) for name in MUTATIONS}
    except graphql.Refused as refused:
        return {"errors": [refused.answer()]}
    return graphql.answer(sent["query"], sent.get("variables"), root)


def _mutation(forge: "GithubFake", nodes: Nodes, name: str) -> Callable[[Mapping[str, Any]], Node]:
    def done(arguments: Mapping[str, Any]) -> Node:
        given = arguments.get("input") or {}
        result = MUTATIONS[name](forge, nodes.token, given)
        shown: Node = {"clientMutationId": given.get("clientMutationId"), "actor": nodes.actor(nodes.token.login)}
        if isinstance(result, str):
            repository = forge.world.repository(given["branch"]["repositoryNameWithOwner"])
            assert repository
            return shown | {
                "commit": nodes.commit(repository, result),
                "ref": nodes.ref(repository, given["branch"]["branchName"]),
            }
        return shown | {"pullRequest": nodes.issue(*result)}

    return done

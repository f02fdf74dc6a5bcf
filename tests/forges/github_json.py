"""GitHub's objects as JSON: accounts, repositories, issues, pull requests. What the OpenAPI demands is all there."""

from dataclasses import dataclass, replace
from typing import Any

from tests.forges.github_mergeable import mergeable_state
from tests.forges.github_rights import Token
from tests.forges.github_world import Comment, Issue, Label, Milestone, Pull, Repository, World, at_least

_OF_USER = (
    "followers:followers following:following{/other_user} gists:gists{/gist_id} starred:starred{/owner}{/repo} "
    "subscriptions:subscriptions organizations:orgs repos:repos events:events{/privacy} received_events:received_events"
)
_OF_REPOSITORY = (
    "archive:{archive_format}{/ref} assignees:assignees{/user} blobs:git/blobs{/sha} branches:branches{/branch} "
    "collaborators:collaborators{/collaborator} comments:comments{/number} commits:commits{/sha} "
    "compare:compare/{base}...{head} contents:contents/{+path} contributors:contributors deployments:deployments "
    "downloads:downloads events:events forks:forks git_commits:git/commits{/sha} git_refs:git/refs{/sha} "
    "git_tags:git/tags{/sha} issue_comment:issues/comments{/number} issue_events:issues/events{/number} "
    "issues:issues{/number} keys:keys{/key_id} labels:labels{/name} languages:languages merges:merges "
    "milestones:milestones{/number} notifications:notifications{?since,all,participating} pulls:pulls{/number} "
    "releases:releases{/id} stargazers:stargazers statuses:statuses/{sha} subscribers:subscribers "
    "subscription:subscription tags:tags teams:teams trees:git/trees{/sha} hooks:hooks"
)


def _urls(base: str, names: str) -> dict[str, str]:
    pairs = (entry.split(":", 1) for entry in names.split())
    return {f"{name}_url": f"{base}/{path}" for name, path in pairs}


def node_id(kind: str, number: int) -> str:
    """`PR_00000007`: opaque to clients, read by `node_number`."""
    return f"{kind}_{number:08d}"


def node_number(node: str) -> int:
    """The id in a node's id; 0 for what is none."""
    digits = node.rpartition("_")[2]
    return int(digits) if digits.isdecimal() else 0


@dataclass(frozen=True)
class Json:
    """`api` is the REST API's root, `html` that of the pages. `token` is who looks: permissions depend on it."""

    world: World
    api: str
    html: str
    token: Token | None = None

    def seen_by(self, token: Token | None) -> "Json":
        return replace(self, token=token)

    def at(self, repository: Repository) -> str:
        return f"{self.api}/repos/{repository.full_name}"

    def page(self, repository: Repository) -> str:
        return f"{self.html}/{repository.full_name}"

    def user(self, login: str) -> dict[str, Any]:
        """A `simple-user`. Who is gone is `ghost`."""
        account = self.world.account(login)
        url = f"{self.api}/users/{account.login}"
        return {
            "login": account.login,
            "id": account.id,
            "node_id": node_id("U", account.id),
            "avatar_url": f"{self.html}/avatars/{account.id}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.html}/{account.login}",
            **_urls(url, _OF_USER),
            "type": account.kind,
            "user_view_type": "public",
            "site_admin": False,
        }

    def maybe_user(self, login: str | None) -> dict[str, Any] | None:
        return self.user(login) if login else None

    def repository(self, repository: Repository) -> dict[str, Any]:
        """A `full-repository`, which is a `minimal-repository` too."""
        base, page = self.at(repository), self.page(repository)
        owner = self.world.account(repository.owner)
        is_open = sum(issue.state == "open" for issue in repository.issues.values())
        shown = {
            "id": repository.id,
            "node_id": node_id("R", repository.id),
            "name": repository.name,
            "full_name": repository.full_name,
            "owner": self.user(repository.owner),
            "private": repository.private,
            "visibility": "private" if repository.private else "public",
            "html_url": page,
            "description": repository.description,
            "fork": repository.fork_of is not None,
            "url": base,
            **_urls(base, _OF_REPOSITORY),
            "git_url": page.replace("http:", "git:") + ".git",
            "ssh_url": f"git@github.example:{repository.full_name}.git",
            "clone_url": f"{page}.git",
            "svn_url": page,
            "mirror_url": None,
            "homepage": None,
            "language": None,
            "license": None,
            "size": 1,
            "default_branch": repository.default_branch,
            "topics": list(repository.topics),
            "archived": repository.archived,
            "disabled": False,
            "is_template": False,
            "web_commit_signoff_required": False,
            "allow_forking": True,
            "created_at": repository.created,
            "updated_at": repository.created,
            "pushed_at": repository.created,
            **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
            **dict.fromkeys(("has_pages", "has_discussions"), False),
            **dict.fromkeys(("open_issues", "open_issues_count"), is_open),
            **dict.fromkeys(
                ("forks", "forks_count", "watchers", "watchers_count", "stargazers_count", "network_count"), 0
            ),
            "subscribers_count": 0,
        }
        if owner.kind == "Organization":
            shown["organization"] = self.user(repository.owner)
        role = self.role(repository)
        if self.token:
            shown["permissions"] = permissions(role)
        if at_least(role, "write"):
            shown |= {
                "allow_merge_commit": "merge" in repository.methods,
                "allow_squash_merge": "squash" in repository.methods,
                "allow_rebase_merge": "rebase" in repository.methods,
                "allow_update_branch": False,
                "allow_auto_merge": repository.allow_auto_merge,
                "delete_branch_on_merge": repository.delete_branch_on_merge,
            }
        return shown

    def role(self, repository: Repository) -> str:
        """What the one who looks may do there."""
        token = self.token
        if token is None:
            return "read"
        if token.integration:
            return "write" if token.covers(repository) and token.permits("contents:write") else "read"
        return self.world.role(repository, token.login)

    def label(self, repository: Repository, label: Label) -> dict[str, Any]:
        return {
            "id": label.id,
            "node_id": node_id("LA", label.id),
            "url": f"{self.at(repository)}/labels/{label.name.replace(' ', '%20')}",
            "name": label.name,
            "description": label.description,
            "color": label.color,
            "default": False,
        }

    def labels(self, repository: Repository, names: list[str], described: bool = True) -> list[dict[str, Any]]:
        shown = [self.label(repository, repository.labels[name]) for name in names]
        return shown if described else [label | {"description": label["description"] or ""} for label in shown]

    def milestone(self, repository: Repository, milestone: Milestone) -> dict[str, Any]:
        states = [issue.state for issue in repository.issues.values() if issue.milestone == milestone.number]
        return {
            "url": f"{self.at(repository)}/milestones/{milestone.number}",
            "html_url": f"{self.page(repository)}/milestone/{milestone.number}",
            "labels_url": f"{self.at(repository)}/milestones/{milestone.number}/labels",
            "id": milestone.id,
            "node_id": node_id("MI", milestone.id),
            "number": milestone.number,
            "state": milestone.state,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.user(milestone.creator),
            "open_issues": states.count("open"),
            "closed_issues": states.count("closed"),
            "created_at": milestone.created,
            "updated_at": milestone.created,
            "closed_at": milestone.closed,
            "due_on": None,
        }

    def _common(self, repository: Repository, issue: Issue) -> dict[str, Any]:
        milestone = repository.milestones.get(issue.milestone or 0)
        assignees = [self.user(login) for login in issue.assignees]
        return {
            "number": issue.number,
            "state": issue.state,
            "locked": False,
            "title": issue.title,
            "body": issue.body,
            "user": self.user(issue.author),
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "milestone": self.milestone(repository, milestone) if milestone else None,
            "created_at": issue.created,
            "updated_at": issue.updated,
            "closed_at": issue.closed,
            "author_association": self.association(repository, issue.author),
            "active_lock_reason": None,
        }

    def association(self, repository: Repository, login: str) -> str:
        if login.lower() == repository.owner.lower():
            return "OWNER"
        return "COLLABORATOR" if at_least(self.world.role(repository, login), "triage") else "NONE"

    def issue(self, repository: Repository, issue: Issue) -> dict[str, Any]:
        """An `issue`; a pull request says so in `pull_request`."""
        base, page = self.at(repository), self.page(repository)
        url = f"{base}/issues/{issue.number}"
        shown = self._common(repository, issue) | {
            "id": issue.id,
            "node_id": node_id("PR" if issue.pull else "I", issue.id),
            "url": url,
            "repository_url": base,
            **_urls(url, "labels:labels{/name} comments:comments events:events timeline:timeline"),
            "html_url": f"{page}/{'pull' if issue.pull else 'issues'}/{issue.number}",
            "labels": self.labels(repository, issue.labels),
            "comments": sum(comment.issue == issue.number for comment in repository.comments),
            "state_reason": issue.reason,
            "closed_by": self.maybe_user(issue.closed_by),
            "reactions": reactions(url),
            "performed_via_github_app": None,
        }
        if issue.pull:
            shown["draft"] = issue.pull.draft
            shown["pull_request"] = {
                "url": f"{base}/pulls/{issue.number}",
                "html_url": f"{page}/pull/{issue.number}",
                "diff_url": f"{page}/pull/{issue.number}.diff",
                "patch_url": f"{page}/pull/{issue.number}.patch",
                "merged_at": issue.pull.merged,
            }
        return shown

    def comment(self, repository: Repository, comment: Comment) -> dict[str, Any]:
        issue = repository.issues[comment.issue]
        page = f"{self.page(repository)}/{'pull' if issue.pull else 'issues'}/{issue.number}"
        url = f"{self.at(repository)}/issues/comments/{comment.id}"
        return {
            "id": comment.id,
            "node_id": node_id("IC", comment.id),
            "url": url,
            "reactions": reactions(url),
            "html_url": f"{page}#issuecomment-{comment.id}",
            "issue_url": f"{self.at(repository)}/issues/{comment.issue}",
            "body": comment.body,
            "user": self.user(comment.author),
            "created_at": comment.created,
            "updated_at": comment.updated,
            "author_association": self.association(repository, comment.author),
            "performed_via_github_app": None,
        }

    def pull(self, repository: Repository, issue: Issue, whole: bool = True) -> dict[str, Any]:
        """A `pull-request`, or as lists have it without `whole`: a `pull-request-simple`."""
        pull = issue.pull
        assert pull
        base, page = self.at(repository), self.page(repository)
        url = f"{base}/pulls/{issue.number}"
        about = f"{base}/issues/{issue.number}"
        links = {
            "self": url,
            "html": f"{page}/pull/{issue.number}",
            "issue": about,
            "comments": f"{about}/comments",
            "review_comments": f"{url}/comments",
            "review_comment": f"{base}/pulls/comments{{/number}}",
            "commits": f"{url}/commits",
            "statuses": f"{base}/statuses/{pull.sha}",
        }
        shown = self._common(repository, issue) | {
            "id": issue.id,
            "node_id": node_id("PR", issue.id),
            "url": url,
            **{f"{name}_url": link for name, link in links.items() if name != "self"},
            "diff_url": f"{links['html']}.diff",
            "patch_url": f"{links['html']}.patch",
            "_links": {name: {"href": link} for name, link in links.items()},
            "labels": self.labels(repository, issue.labels, described=whole),
            "draft": pull.draft,
            "merged_at": pull.merged,
            "merge_commit_sha": pull.merge_commit,
            "requested_reviewers": [self.user(login) for login in pull.reviewers],
            "requested_teams": [],
            "head": self._end(pull.owner, pull.head, pull.sha, self._head_repository(pull)),
            "base": self._end(repository.owner, pull.base, pull.base_sha, repository),
            "auto_merge": pull.auto_merge
            and {
                "enabled_by": self.user(pull.auto_merge.by),
                "merge_method": pull.auto_merge.method,
                "commit_title": issue.title,
                "commit_message": "",
            },
        }
        return shown | self._figures(repository, issue, pull) if whole else shown

    def _figures(self, repository: Repository, issue: Issue, pull: Pull) -> dict[str, Any]:
        mergeable, state = mergeable_state(repository, issue, pull)
        commits = repository.git.commits(pull.base_sha, pull.sha)
        return {
            "merged": pull.merged is not None,
            "merged_by": self.maybe_user(pull.merged_by),
            "mergeable": mergeable,
            "rebaseable": mergeable,
            "mergeable_state": state,
            "comments": sum(comment.issue == issue.number for comment in repository.comments),
            "review_comments": 0,
            "maintainer_can_modify": False,
            "commits": len(commits),
            "additions": 0,
            "deletions": 0,
            "changed_files": len(repository.git.changed(pull.base_sha, pull.sha)),
        }

    def _head_repository(self, pull: Pull) -> Repository | None:
        return self.world.repository(pull.head_repository) if pull.head_repository else None

    def _end(self, owner: str, branch: str, sha: str, repository: Repository | None) -> dict[str, Any]:
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": self.user(owner),
            "repo": self.repository(repository) if repository else None,
        }


def reactions(url: str) -> dict[str, Any]:
    """Nobody reacts here."""
    kinds = ("total_count", "+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{url}/reactions"} | dict.fromkeys(kinds, 0)


def permissions(role: str) -> dict[str, bool]:
    """As a repository and a collaborator carry them."""
    names = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {name: at_least(role, wanted) for name, wanted in names.items()}

"""The JSON of GitLab's resources, as https://docs.gitlab.com/api/ shows them and `lib/api/entities` makes them."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tests.forges.gitlab_world import (
    Award,
    Freeze,
    Issuable,
    Issue,
    Label,
    Link,
    MergeRequest,
    Milestone,
    Note,
    Package,
    PackageFile,
    Pipeline,
    Project,
    Protected,
    Release,
    Status,
    User,
)
from tests.forges.repository import BareRepository

if TYPE_CHECKING:
    from tests.forges.gitlab import GitlabFake

_ROLES = {0: "No access", 30: "Developers + Maintainers", 40: "Maintainers", 50: "Owners", 60: "Admins"}


class Entities:
    def __init__(self, forge: "GitlabFake") -> None:
        self.forge = forge

    def user(self, user: User | None) -> Any:
        """As `UserBasic`; null for nobody."""
        if user is None:
            return None
        return {
            "id": user.id,
            "username": user.username,
            "public_email": None,
            "name": user.name,
            "state": "active",
            "locked": False,
            "avatar_url": None,
            "web_url": f"{self.forge.origin}/{user.username}",
        }

    def member(self, user: User, level: int) -> Any:
        return self.user(user) | {"access_level": level, "expires_at": None, "membership_state": "active"}

    def project(self, project: Project, level: int) -> Any:
        url = f"{self.forge.origin}/{project.path}"
        access = {"access_level": level, "notification_level": 3} if level else None
        empty = not project.repository.branches()
        return {
            "id": project.id,
            "description": None,
            "name": project.name,
            "name_with_namespace": project.path.replace("/", " / "),
            "path": project.name,
            "path_with_namespace": project.path,
            "created_at": project.created,
            "default_branch": None if empty else project.repository.default_branch,
            "tag_list": project.topics,
            "topics": project.topics,
            "ssh_url_to_repo": f"git@gitlab.example:{project.path}.git",
            "http_url_to_repo": f"{url}.git",
            "web_url": url,
            "readme_url": None,
            "avatar_url": None,
            "namespace": {
                "id": (self.forge.world.group(project.namespace) or (0,))[0],
                "name": project.namespace,
                "path": project.namespace.rsplit("/", 1)[-1],
                "kind": "group",
                "full_path": project.namespace,
                "parent_id": None,
                "avatar_url": None,
                "web_url": f"{self.forge.origin}/groups/{project.namespace}",
            },
            "empty_repo": empty,
            "archived": project.archived,
            "visibility": project.visibility,
            "issues_enabled": project.issues_enabled,
            "merge_requests_enabled": True,
            "jobs_enabled": True,
            "creator_id": 1,
            "forked_from_project": {"id": project.forked_from.id, "path_with_namespace": project.forked_from.path}
            if project.forked_from
            else None,
            "ci_push_repository_for_job_token_allowed": project.job_tokens_may_push,
            "merge_method": project.merge_method,
            "squash_option": "default_off",
            "only_allow_merge_if_pipeline_succeeds": project.only_allow_merge_if_pipeline_succeeds,
            "allow_merge_on_skipped_pipeline": None,
            "only_allow_merge_if_all_discussions_are_resolved": False,
            "remove_source_branch_after_merge": project.remove_source_branch_after_merge,
            "approvals_before_merge": project.approvals_before_merge,
            "permissions": {"project_access": access, "group_access": None},
        }

    def _issuable(self, target: Issuable) -> dict[str, Any]:
        kind = "merge_requests" if isinstance(target, MergeRequest) else "issues"
        sign = "!" if isinstance(target, MergeRequest) else "#"
        done, asked = (target.description or "").count("- [x]"), (target.description or "").count("- [ ]")
        return {
            "id": target.id,
            "iid": target.iid,
            "project_id": target.project.id,
            "title": target.title,
            "description": target.description,
            "state": target.state,
            "created_at": target.created,
            "updated_at": target.updated,
            "closed_by": self.user(target.closed_by),
            "closed_at": target.closed,
            "labels": target.labels,
            "milestone": self.milestone(target.milestone, target.project) if target.milestone else None,
            "author": self.user(target.author),
            "assignees": [self.user(user) for user in target.assignees],
            "assignee": self.user(target.assignees[0]) if target.assignees else None,
            "user_notes_count": sum(not note.system for note in target.notes),
            "upvotes": sum(award.name == "thumbsup" for award in target.awards),
            "downvotes": sum(award.name == "thumbsdown" for award in target.awards),
            "discussion_locked": target.discussion_locked,
            "web_url": f"{self.forge.origin}/{target.project.path}/-/{kind}/{target.iid}",
            "references": {
                "short": f"{sign}{target.iid}",
                "relative": f"{sign}{target.iid}",
                "full": f"{target.project.path}{sign}{target.iid}",
            },
            "time_stats": {
                "time_estimate": 0,
                "total_time_spent": 0,
                "human_time_estimate": None,
                "human_total_time_spent": None,
            },
            "task_completion_status": {"count": done + asked, "completed_count": done},
        }

    def issue(self, issue: Issue) -> Any:
        return self._issuable(issue) | {
            "type": "ISSUE",
            "issue_type": "issue",
            "confidential": issue.confidential,
            "merge_requests_count": 0,
            "due_date": None,
            "has_tasks": "- [" in (issue.description or ""),
            "severity": "UNKNOWN",
        }

    def merge_request(self, mr: MergeRequest) -> Any:
        """As in lists; asking counts down what is unchecked."""
        events = self.forge.events
        status = events.detailed_status(mr)
        conflicts = status != "checking" and mr.state == "opened" and events.conflicting(mr)
        merge_status = "checking" if status == "checking" else "cannot_be_merged" if conflicts else "can_be_merged"
        mr.unchecked = max(mr.unchecked - 1, 0)
        return self._issuable(mr) | {
            "merged_by": self.user(mr.merged_by),
            "merge_user": self.user(mr.merged_by or mr.auto_merge),
            "merged_at": mr.merged,
            "target_branch": mr.target_branch,
            "source_branch": mr.source_branch,
            "reviewers": [self.user(user) for user in mr.reviewers],
            "source_project_id": mr.source_project.id if mr.source_project else None,
            "target_project_id": mr.project.id,
            "draft": mr.draft,
            "imported": False,
            "work_in_progress": mr.draft,
            "merge_when_pipeline_succeeds": mr.auto_merge is not None,
            "merge_status": merge_status,
            "detailed_merge_status": status,
            "merge_after": None,
            "sha": mr.sha,
            "merge_commit_sha": mr.merge_commit_sha,
            "squash_commit_sha": mr.squash_commit_sha,
            "should_remove_source_branch": mr.remove_source_branch,
            "force_remove_source_branch": mr.force_remove_source_branch,
            "prepared_at": mr.created,
            "reference": f"!{mr.iid}",
            "squash": mr.squash,
            "squash_on_merge": mr.squash,
            "has_conflicts": conflicts,
            "blocking_discussions_resolved": True,
        }

    def whole_merge_request(self, mr: MergeRequest, user: User | None) -> Any:
        """As it is answered alone."""
        pipeline = mr.project.head_pipeline(mr)
        repository = mr.project.repository
        changed = len(repository.changed(mr.start_sha, mr.sha)) if mr.sha and mr.start_sha else 0
        return self.merge_request(mr) | {
            "subscribed": False,
            "changes_count": str(changed),
            "latest_build_started_at": pipeline.created if pipeline else None,
            "latest_build_finished_at": None,
            "first_deployed_to_production_at": None,
            "pipeline": self.pipeline(pipeline, mr.project) if pipeline else None,
            "head_pipeline": self.pipeline(pipeline, mr.project) if pipeline else None,
            "diff_refs": {"base_sha": mr.start_sha, "head_sha": mr.sha, "start_sha": mr.start_sha},
            "merge_error": None,
            "first_contribution": False,
            "user": {"can_merge": user is not None and self.forge.events.may_merge(mr, user)},
        }

    def note(self, note: Note, target: Issuable) -> Any:
        return {
            "id": note.id,
            "type": None,
            "body": note.body,
            "author": self.user(note.author),
            "created_at": note.created,
            "updated_at": note.updated,
            "system": note.system,
            "noteable_id": target.id,
            "noteable_type": type(target).__name__,
            "project_id": target.project.id,
            "resolvable": False,
            "confidential": False,
            "internal": False,
            "imported": False,
            "noteable_iid": target.iid,
            "commands_changes": {},
        }

    def award(self, award: Award, target: Issuable) -> Any:
        return {
            "id": award.id,
            "name": award.name,
            "user": self.user(award.user),
            "created_at": award.created,
            "updated_at": award.created,
            "awardable_id": target.id,
            "awardable_type": type(target).__name__,
            "url": None,
        }

    def milestone(self, milestone: Milestone, project: Project) -> Any:
        return {
            "id": milestone.id,
            "iid": milestone.iid,
            "project_id": project.id,
            "title": milestone.title,
            "description": milestone.description,
            "state": milestone.state,
            "due_date": None,
            "start_date": None,
            "expired": False,
            "web_url": f"{self.forge.origin}/{project.path}/-/milestones/{milestone.iid}",
        }

    def label(self, label: Label) -> Any:
        return {
            "id": label.id,
            "name": label.name,
            "description": label.description,
            "description_html": label.description or "",
            "text_color": "#FFFFFF",
            "color": label.color,
            "subscribed": False,
            "priority": None,
            "is_project_label": True,
            "archived": False,
        }

    def pipeline(self, pipeline: Pipeline, project: Project) -> Any:
        return {
            "id": pipeline.id,
            "iid": pipeline.iid,
            "project_id": project.id,
            "sha": pipeline.sha,
            "ref": pipeline.ref,
            "status": pipeline.status,
            "source": pipeline.source,
            "name": None,
            "created_at": pipeline.created,
            "updated_at": pipeline.updated,
            "web_url": f"{self.forge.origin}/{project.path}/-/pipelines/{pipeline.id}",
        }

    def status(self, status: Status) -> Any:
        return {
            "id": status.id,
            "sha": status.sha,
            "ref": status.ref,
            "status": status.state,
            "name": status.name,
            "target_url": status.target_url,
            "description": status.description,
            "created_at": status.created,
            "started_at": None,
            "finished_at": None,
            "allow_failure": False,
            "coverage": None,
            "pipeline_id": status.pipeline.id,
            "author": self.user(status.author),
        }

    def release(self, release: Release, project: Project) -> Any:
        sha = project.repository.sha(f"refs/tags/{release.tag}")
        return {
            "tag_name": release.tag,
            "name": release.name,
            "description": release.description,
            "created_at": release.created,
            "released_at": release.released,
            "upcoming_release": False,
            "author": self.user(release.author),
            "commit": self.commit(project.repository, sha) if sha else None,
            "commit_path": f"/{project.path}/-/commit/{sha}",
            "tag_path": f"/{project.path}/-/tags/{release.tag}",
            "assets": {
                "count": len(release.links),
                "sources": [],
                "links": [self.link(one, release, project) for one in release.links],
            },
            "evidences": [],
            "_links": {"self": f"{self.forge.origin}/{project.path}/-/releases/{release.tag}"},
        }

    def link(self, link: Link, release: Release, project: Project) -> Any:
        direct = f"{self.forge.origin}/{project.path}/-/releases/{release.tag}/downloads{link.path}"
        return {
            "id": link.id,
            "name": link.name,
            "url": link.url,
            "direct_asset_url": direct if link.path else link.url,
            "link_type": link.kind,
        }

    def package(self, package: Package) -> Any:
        return {
            "id": package.id,
            "name": package.name,
            "version": package.version,
            "package_type": "generic",
            "status": "default",
            "created_at": package.created,
            "tags": [],
        }

    def package_file(self, file: PackageFile, package: Package) -> Any:
        return {
            "id": file.id,
            "package_id": package.id,
            "created_at": file.created,
            "file_name": file.name,
            "size": len(file.data),
            "file_md5": None,
            "file_sha1": None,
            "file_sha256": sha256(file.data).hexdigest(),
        }

    def commit(self, repository: BareRepository, sha: str) -> Any:
        commit = repository.commit_of(sha)
        return {
            "id": commit.sha,
            "short_id": commit.sha[:8],
            "created_at": commit.when,
            "parent_ids": list(commit.parents),
            "title": commit.message.split("\n", 1)[0],
            "message": commit.message,
            "author_name": commit.author,
            "author_email": commit.email,
            "authored_date": commit.when,
            "committer_name": commit.author,
            "committer_email": commit.email,
            "committed_date": commit.when,
            "trailers": {},
            "extended_trailers": {},
        }

    def branch(self, project: Project, name: str, sha: str, level: int) -> Any:
        protections = self.forge.events.protections(project, name)
        return {
            "name": name,
            "commit": self.commit(project.repository, sha),
            "merged": False,
            "protected": bool(protections),
            "developers_can_push": any(one.push <= 30 for one in protections),
            "developers_can_merge": any(one.merge <= 30 for one in protections),
            "can_push": level >= max((one.push for one in protections), default=30),
            "default": name == project.repository.default_branch,
            "web_url": f"{self.forge.origin}/{project.path}/-/tree/{name}",
        }

    def protected(self, protected: Protected) -> Any:
        def access(level: int) -> Mapping[str, Any]:
            words = {"access_level": level, "access_level_description": _ROLES.get(level, str(level))}
            return {"id": protected.id, "deploy_key_id": None, "user_id": None, "group_id": None} | words

        return {
            "id": protected.id,
            "name": protected.name,
            "push_access_levels": [access(protected.push)],
            "merge_access_levels": [access(protected.merge)],
            "allow_force_push": protected.allow_force_push,
            "code_owner_approval_required": False,
            "inherited": False,
        }

    def freeze(self, freeze: Freeze) -> Any:
        return {
            "id": freeze.id,
            "freeze_start": freeze.start,
            "freeze_end": freeze.end,
            "cron_timezone": freeze.timezone,
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-01-01T00:00:00.000Z",
        }

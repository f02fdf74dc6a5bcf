"""People at the fake GitLab, who act as they would in its pages and with git."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.forges.git_server import Update
from tests.forges.gitlab_world import (
    Deployment,
    Freeze,
    Issuable,
    Issue,
    MergeRequest,
    Milestone,
    Note,
    Pipeline,
    Project,
    Status,
    User,
)
from tests.forges.repository import NOTHING

if TYPE_CHECKING:
    from tests.forges.gitlab import GitlabFake


class Person:
    """Someone with an account. `project` is the path of the project they are at; the first one if it isn't said."""

    def __init__(self, forge: "GitlabFake", user: User, project: Project) -> None:
        self.forge = forge
        self.user = user
        self.project = project
        self._events = forge.events

    def at(self, project: str) -> "Person":
        """The same person at another project."""
        return Person(self.forge, self.user, self.forge.project(project))

    # With git

    def push(self, branch: str, files: Mapping[str, bytes | str | None], message: str = "A change", **how: Any) -> str:
        """Commit files (None deletes) and push; the commit. `onto` and `amend` are `BareRepository.commit`'s."""
        with self.forge.lock:
            repository = self.project.repository
            old = repository.branches().get(branch, NOTHING)
            new = repository.commit(branch, files, message, by=self.user.username, **how)
            self._moved(branch, old, new)
        return new

    def point(self, branch: str, commit: str) -> None:
        """Put a branch at a commit, whatever was there."""
        with self.forge.lock:
            old = self.project.repository.branches().get(branch, NOTHING)
            new = self.project.repository.sha(commit)
            assert new, f"{commit} is missing"
            self.project.repository.update_ref(f"refs/heads/{branch}", new)
            self._moved(branch, old, new)

    def delete_branch(self, branch: str) -> None:
        with self.forge.lock:
            old = self.project.repository.branches()[branch]
            self.project.repository.delete_ref(f"refs/heads/{branch}")
            self._moved(branch, old, NOTHING)

    def merge_by_hand(self, base: str, head: str, how: str = "merge") -> str:
        """Merge one branch into another with git and push that; where the base is then."""
        with self.forge.lock:
            old = self.project.repository.branches()[base]
            new = self.project.repository.merge(base, head, how=how, by=self.user.username)
            self._moved(base, old, new)
        return new

    def rename_branch(self, old: str, new: str) -> None:
        """As GitLab has it: a new branch, made the default where the old one was, and the old one deleted."""
        with self.forge.lock:
            repository = self.project.repository
            sha = repository.branches()[old]
            repository.update_ref(f"refs/heads/{new}", sha)
            if repository.default_branch == old:
                repository.default_branch = new
            repository.delete_ref(f"refs/heads/{old}")
            self._moved(new, NOTHING, sha)
            self._moved(old, sha, NOTHING)

    def _moved(self, branch: str, old: str, new: str) -> None:
        self._events.pushed(self.project, [Update(f"refs/heads/{branch}", old, new)], self.user)

    def deploy(self, sha: str, state: str = "success", url: str | None = None, environment: str = "preview") -> None:
        """A deployment of the commit to an environment."""
        with self.forge.lock:
            there = self.project.deployments
            made = Deployment(
                self.forge.world.id(),
                len(there) + 1,
                sha,
                "main",
                state,
                environment,
                url,
                self.user,
                self.forge.tick(),
            )
            there.append(made)

    # At merge requests

    def open(
        self, source: str, target: str = "main", title: str = "A change", text: str = "", into: str = ""
    ) -> MergeRequest:
        """A merge request; `into` is the path of the project that this one is a fork of."""
        with self.forge.lock:
            there = self.forge.project(into) if into else self.project
            number = max((mr.iid for mr in there.merge_requests), default=0) + 1
            now = self.forge.tick()
            mr = MergeRequest(
                self.forge.world.id(), number, there, self.user, title, text, now, now,
                source_project=self.project, source_branch=source, target_branch=target,
            )  # fmt: skip
            self._events.attach(mr, self._events.source_branch(mr))
            there.merge_requests.append(mr)
        return mr

    def merge_request(self, iid: int) -> MergeRequest:
        mr = self.project.merge_request(iid)
        assert mr, f"There is no !{iid}"
        return mr

    def issue(self, iid: int) -> Issue:
        issue = self.project.issue(iid)
        assert issue, f"There is no #{iid}"
        return issue

    def close(self, target: int | Issuable) -> None:
        with self.forge.lock:
            self._events.close(self._at(target), self.user)

    def reopen(self, target: int | Issuable) -> None:
        with self.forge.lock:
            self._events.reopen(self._at(target), self.user)

    def merge(self, target: int | MergeRequest, *, squash: bool | None = None) -> bool:
        """Whether it could be merged."""
        with self.forge.lock:
            mr = self._at(target)
            assert isinstance(mr, MergeRequest), "Only merge requests are merged"
            return self._events.merge(mr, self.user, squash=squash)

    def comment(self, target: int | Issuable, body: str) -> Note:
        with self.forge.lock:
            kept = self._events.quick_actions(self._at(target), self.user, body)
            return self._events.note(self._at(target), self.user, kept)

    def edit_comment(self, target: int | Issuable, note: Note, body: str) -> None:
        with self.forge.lock:
            self._events.edit(self._at(target), note, self.user, body)

    def delete_comment(self, target: int | Issuable, note: Note) -> None:
        with self.forge.lock:
            self._at(target).notes.remove(note)

    def edit(self, target: int | Issuable, *, title: str | None = None, text: str | None = None) -> None:
        """Change the title, the description, or both."""
        with self.forge.lock:
            found = self._at(target)
            found.title = found.title if title is None else title
            found.description = found.description if text is None else text
            self._events.touch(found)
            self._events.auto_merge()

    def check(self, target: int | Issuable, text: str, ticked: bool = True) -> None:
        """Tick the checkbox of the description whose line has this text."""
        old, new = ("- [ ]", "- [x]") if ticked else ("- [x]", "- [ ]")
        with self.forge.lock:
            found = self._at(target)
            lines = (found.description or "").split("\n")
            at = [number for number, line in enumerate(lines) if text in line and old in line]
            assert len(at) == 1, f"{len(at)} lines have {old} and {text}"
            lines[at[0]] = lines[at[0]].replace(old, new, 1)
            found.description = "\n".join(lines)
            self._events.touch(found)

    def label(self, target: int | Issuable, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        with self.forge.lock:
            found = self._at(target)
            self._events.touch(found)
            self._events.label(found, [name for name in (*found.labels, *add) if name not in remove], self.user)

    def rename_label(self, old: str, new: str) -> None:
        with self.forge.lock:
            self._events.rename_label(self.project, old, new)

    def draft(self, target: int | MergeRequest, draft: bool = True) -> None:
        """Put `Draft: ` before the title, or take it away."""
        with self.forge.lock:
            found = self._at(target)
            self._events.carry_out(found, self.user, "draft" if draft else "ready", "")
            self._events.touch(found)
            self._events.auto_merge()

    def assign(self, target: int | Issuable, *users: str) -> None:
        with self.forge.lock:
            found = self._at(target)
            found.assignees = [self.forge.user(name) for name in users]
            self._events.touch(found)

    def retarget(self, target: int | MergeRequest, branch: str) -> None:
        with self.forge.lock:
            mr = self._at(target)
            assert isinstance(mr, MergeRequest), "Only merge requests have a target"
            mr.target_branch = branch
            self._events.attach(mr, mr.sha)
            self._events.touch(mr)

    def approve(self, target: int | MergeRequest) -> None:
        with self.forge.lock:
            mr = self._at(target)
            assert isinstance(mr, MergeRequest), "Only merge requests are approved"
            self._events.approve(mr, self.user)

    def unapprove(self, target: int | MergeRequest) -> None:
        with self.forge.lock:
            mr = self._at(target)
            assert isinstance(mr, MergeRequest), "Only merge requests are approved"
            self._events.unapprove(mr, self.user)

    def status(self, branch: str, state: str, name: str = "ci/tests", words: str | None = None) -> Status:
        """A status of a branch's head, as an outside service posts it: `pending`, `success` or `failed`."""
        with self.forge.lock:
            sha = self.project.repository.branches()[branch]
            pipeline = self._events.run_pipeline(self.project, branch, sha, state, "external")
            made = Status(
                self.forge.world.id(), sha, name, state, self.user, self.forge.tick(), branch, pipeline, words
            )
            self.project.statuses.append(made)
        return made

    def freeze(self, start: str, end: str, timezone: str = "UTC") -> Freeze:
        """A freeze period of the project: cron expressions in a zone."""
        with self.forge.lock:
            made = Freeze(self.forge.world.id(), start, end, timezone)
            self.project.freezes.append(made)
        return made

    def archive(self, archived: bool = True) -> None:
        self.project.archived = archived

    def open_issue(self, title: str, text: str = "") -> Issue:
        with self.forge.lock:
            number = max((issue.iid for issue in self.project.issues), default=0) + 1
            now = self.forge.tick()
            issue = Issue(self.forge.world.id(), number, self.project, self.user, title, text, now, now)
            self.project.issues.append(issue)
        return issue

    def tag(self, name: str, commit: str = "main") -> str:
        """A tag that is pushed; the commit it is at."""
        with self.forge.lock:
            sha = self.project.repository.sha(commit)
            assert sha, f"{commit} is missing"
            self.project.repository.update_ref(f"refs/tags/{name}", sha)
        return sha

    def milestone(self, title: str) -> Milestone:
        with self.forge.lock:
            made = Milestone(self.forge.world.id(), len(self.project.milestones) + 1, title)
            self.project.milestones.append(made)
        return made

    def pipeline(self, branch: str, status: str) -> Pipeline:
        """Run a pipeline for a branch's head, or move the one that runs; `status` is GitLab's (`running`, `failed`)."""
        with self.forge.lock:
            return self._events.run_pipeline(self.project, branch, self.project.repository.branches()[branch], status)

    def run(self, number: int, status: str) -> Pipeline:
        """The same of a merge request's own pipeline, for its head."""
        with self.forge.lock:
            mr = self.merge_request(number)
            return self._events.run_pipeline(self.project, mr.ref, str(mr.sha), status, "merge_request_event")

    def _at(self, target: int | Issuable) -> Issuable:
        return self.merge_request(target) if isinstance(target, int) else target

"""What happens at GitLab by itself: pushes reach merge requests, merges, auto-merge, quick actions, system notes."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.forges.git_server import Update
from tests.forges.gitlab_world import (
    Issuable,
    Label,
    Labelling,
    MergeRequest,
    Note,
    Pipeline,
    Project,
    Protected,
    Push,
    User,
    Version,
)
from tests.forges.push_rules import matches
from tests.forges.repository import NOTHING, Conflict

if TYPE_CHECKING:
    from tests.forges.gitlab import GitlabFake

ACTIVE = frozenset({"created", "waiting_for_resource", "preparing", "pending", "running"})
#: More branches than these that are pushed at once are one event.
EVENTS = 3
_WORST_FIRST = ("failed", "running", "pending", "canceled", "success", "skipped")
_FENCED = re.compile(r"^ {0,3}(```+|~~~+)[^\n]*\n[\s\S]*?^ {0,3}\1[^\n]*$|^>>>\n[\s\S]*?^>>>$", re.MULTILINE)
_QUICK = re.compile(
    r"^/(?P<command>close|reopen|merge|draft|ready|title|label|unlabel|assign|target_branch)\b"
    r"[ \t]*(?P<rest>[^\n]*)\n?",
    re.MULTILINE | re.IGNORECASE,
)


class Events:
    """Changes of the world, each by somebody. The forge's lock is held."""

    def __init__(self, forge: "GitlabFake") -> None:
        self.forge = forge
        #: Merge-trees that were asked before.
        self._conflicts: dict[tuple[str, str, str], bool] = {}

    # Merge requests and their branches

    def target(self, mr: MergeRequest) -> str | None:
        return mr.project.repository.head(mr.target_branch)

    def attach(self, mr: MergeRequest, sha: str | None) -> None:
        """Give a merge request its head: the target's repository gets the commits, as `refs/merge-requests/1/head`.

        Another head or another base makes a new version of it.
        """
        mr.sha = sha
        if not sha or not mr.source_project:
            return
        repository = mr.project.repository
        if mr.from_fork:
            repository.git("fetch", "--quiet", str(mr.source_project.repository.path), f"+{sha}:{mr.ref}")
        else:
            repository.update_ref(mr.ref, sha)
        base = self.target(mr)
        mr.start_sha = repository.merge_base(base, sha) if base else None
        last = mr.versions[-1] if mr.versions else None
        if last is None or (last.head, last.base) != (sha, mr.start_sha):
            mr.versions.append(Version(self.forge.world.id(), sha, mr.start_sha, self.forge.clock()))
        mr.unchecked = self.forge.checks_take

    def conflicting(self, mr: MergeRequest) -> bool:
        base = self.target(mr)
        if not base or not mr.sha:
            return False
        key = (str(mr.project.repository.path), base, mr.sha)
        if key not in self._conflicts:
            try:
                self._conflicts[key] = bool(mr.project.repository.conflicts(base, mr.sha))
            except Conflict:
                self._conflicts[key] = True
        return self._conflicts[key]

    def detailed_status(self, mr: MergeRequest) -> str:
        """https://docs.gitlab.com/api/merge_requests/#merge-status"""
        if mr.state != "opened":
            return "not_open"
        pipeline = mr.project.head_pipeline(mr)
        base = self.target(mr)
        if mr.unchecked:
            return "checking"
        if mr.draft:
            return "draft_status"
        if not base or not mr.sha or not self.source_branch(mr) or mr.start_sha == mr.sha:
            return "commits_status"
        if len(mr.approved_by) < mr.project.approvals_before_merge:
            return "not_approved"
        if mr.project.only_allow_merge_if_pipeline_succeeds and (not pipeline or pipeline.status != "success"):
            return "ci_still_running" if pipeline and pipeline.status in ACTIVE else "ci_must_pass"
        if self.conflicting(mr):
            return "conflict"
        if mr.project.merge_method != "merge" and not mr.project.repository.is_ancestor(base, mr.sha):
            return "need_rebase"
        return "mergeable"

    def source_branch(self, mr: MergeRequest) -> str | None:
        return mr.source_project.repository.head(mr.source_branch) if mr.source_project else None

    def pushed(self, project: Project, updates: Sequence[Update], user: User) -> None:
        """As `MergeRequests::RefreshService`: a lost source branch closes, a target that holds the head is a merge."""
        now, single = self.forge.tick(), len(updates) <= EVENTS
        for one in updates if single else updates[:1]:
            before, after = (None if not single or sha == NOTHING else sha for sha in (one.old, one.new))
            branch = one.branch if single else None
            made = Push(self.forge.world.id(), user, branch, before, after, now)
            project.pushes.append(made)
        for update in updates:
            if update.branch is None:
                continue
            for mr in self._open():
                if mr.source_project is project and mr.source_branch == update.branch:
                    self._source_moved(mr, update, user)
            for mr in self._open():
                if mr.project is project and mr.target_branch == update.branch:
                    self._target_moved(mr, update, user)

    def _open(self) -> list[MergeRequest]:
        return [mr for project in self.forge.world.projects for mr in project.merge_requests if mr.state == "opened"]

    def _source_moved(self, mr: MergeRequest, update: Update, user: User) -> None:
        if update.new == NOTHING:
            self.close(mr, user)
            self.system_note(mr, user, f"deleted the `{mr.source_branch}` branch")
            return
        mr.auto_merge = None
        old = mr.sha
        self.attach(mr, update.new)
        if update.old == NOTHING:
            self.system_note(mr, user, f"restored source branch `{mr.source_branch}`")
        elif old:
            commits = mr.project.repository.commits(old, update.new)
            listed = "".join(f"<li>{one.sha[:8]} - {one.message.splitlines()[0]}</li>" for one in reversed(commits))
            many = "commit" if len(commits) == 1 else "commits"
            self.system_note(mr, user, f"added {len(commits)} {many}\n\n<ul>{listed}</ul>")

    def _target_moved(self, mr: MergeRequest, update: Update, user: User) -> None:
        mr.unchecked = self.forge.checks_take
        if NOTHING in (update.old, update.new) or not mr.sha or mr.start_sha == mr.sha:
            return
        repository = mr.project.repository
        if repository.is_ancestor(mr.sha, update.new) and not repository.is_ancestor(mr.sha, update.old):
            self._merged(mr, user, update.new)

    # Closing and merging

    def close(self, target: Issuable, user: User) -> None:
        if target.state == "opened":
            target.state, target.closed, target.closed_by = "closed", self.touch(target), user
            if isinstance(target, MergeRequest):
                target.auto_merge = None

    def reopen(self, target: Issuable, user: User) -> None:
        """Does nothing for a merge request that lost its branch."""
        if target.state == "closed" and not (isinstance(target, MergeRequest) and not self.source_branch(target)):
            target.state, target.closed, target.closed_by = "opened", None, None
            self.touch(target)
            if isinstance(target, MergeRequest):
                self.attach(target, self.source_branch(target))

    def may_merge(self, mr: MergeRequest, user: User) -> bool:
        level = self.forge.world.level(user, mr.project)
        protections = self.protections(mr.project, mr.target_branch)
        return level >= min((min(one.merge, one.push) for one in protections), default=30)

    @staticmethod
    def protections(project: Project, branch: str) -> list[Protected]:
        return [one for one in project.protected if matches(branch, [one.name])]

    def merge(self, mr: MergeRequest, user: User, message: str = "", squash: bool | None = None) -> bool:
        """Merge by the project's method; False when git can't."""
        repository, head = mr.project.repository, mr.sha
        old = self.target(mr)
        assert head and old, "Nothing to merge"
        how = "ff" if mr.project.merge_method == "ff" else "merge"
        text = f"Merge branch '{mr.source_branch}' into '{mr.target_branch}'\n\n{mr.title}\n\n"
        try:
            if mr.squash if squash is None else squash:
                base = repository.merge_base(old, head)
                title = message or mr.title
                head = repository.commit_tree(repository.commit_of(head).tree, [base or old], title, user.username)
                mr.squash_commit_sha = head
            said = message or f"{text}See merge request {mr.project.path}!{mr.iid}"
            merged = repository.merge(mr.target_branch, head, how=how, message=said, by=user.username)
        except Conflict:
            return False
        self._merged(mr, user, merged if how == "merge" else None)
        source = self.source_branch(mr)
        updates = [Update(f"refs/heads/{mr.target_branch}", old, merged)]
        removes = mr.force_remove_source_branch if mr.remove_source_branch is None else mr.remove_source_branch
        if removes and source == mr.sha and mr.source_project and not self.protections(mr.project, mr.source_branch):
            mr.source_project.repository.delete_ref(f"refs/heads/{mr.source_branch}")
            updates.append(Update(f"refs/heads/{mr.source_branch}", source or NOTHING, NOTHING))
        self.pushed(mr.project, updates, user)
        return True

    def _merged(self, mr: MergeRequest, user: User, commit: str | None) -> None:
        mr.state, mr.merged, mr.merged_by = "merged", self.touch(mr), user
        mr.merge_commit_sha, mr.auto_merge = commit, None

    def auto_merge(self) -> None:
        """Merge what waits for its checks and passes them now."""
        for mr in self._open():
            pipeline = mr.project.head_pipeline(mr)
            running = pipeline is not None and pipeline.status in ACTIVE
            if mr.auto_merge and not running and self.detailed_status(mr) == "mergeable":
                self.merge(mr, mr.auto_merge)

    def run_pipeline(self, project: Project, ref: str, sha: str, status: str, source: str = "push") -> Pipeline:
        """A pipeline for a commit, new or with another status; merges what waited for it."""
        found = [one for one in project.pipelines if one.sha == sha and one.ref == ref]
        if found and source == "external":
            self.report(found[-1], status)
            return found[-1]
        now = self.forge.tick()
        if found and found[-1].status in ACTIVE:
            pipeline = found[-1]
            pipeline.status, pipeline.updated = status, now
        else:
            number = len(project.pipelines) + 1
            pipeline = Pipeline(self.forge.world.id(), number, sha, ref, status, now, now, source)
            project.pipelines.append(pipeline)
        if source != "external":
            pipeline.built = status
        self.auto_merge()
        return pipeline

    def report(self, pipeline: Pipeline, status: str) -> None:
        """What was posted to a pipeline says so together; what its own job says counts too."""
        among = (pipeline.built or status, status)
        pipeline.status = next(one for one in (*_WORST_FIRST, status) if one in among)
        pipeline.updated = self.forge.tick()
        self.auto_merge()

    # Notes, labels, quick actions

    def touch(self, target: Issuable) -> str:
        target.updated = self.forge.tick()
        return target.updated

    def note(self, target: Issuable, user: User, body: str) -> Note:
        now = self.touch(target)
        note = Note(self.forge.world.id(), user, body, now, now)
        target.notes.append(note)
        return note

    def system_note(self, target: Issuable, user: User, body: str, action: str | None = None) -> Note:
        note = self.note(target, user, body)
        note.system, note.action = True, action
        return note

    def edit(self, target: Issuable, note: Note, user: User, body: str) -> None:
        note.body, note.updated = body, self.touch(target)
        note.edited, note.edited_by = note.updated, user

    def approve(self, mr: MergeRequest, user: User) -> None:
        mr.approved_by.append(user)
        self.system_note(mr, user, "approved this merge request", "approved")
        self.auto_merge()

    def unapprove(self, mr: MergeRequest, user: User) -> None:
        mr.approved_by.remove(user)
        self.system_note(mr, user, "unapproved this merge request", "unapproved")

    def label(self, target: Issuable, names: Sequence[str], user: User) -> None:
        """Set the labels; those that the project doesn't have are created."""
        wanted, now = sorted(dict.fromkeys(names)), self.forge.clock()
        known = {label.name: label for label in target.project.labels}
        for name in wanted:
            if name not in known:
                known[name] = Label(self.forge.world.id(), name, updated=now)
                target.project.labels.append(known[name])
        changed = [(name, False) for name in target.labels if name not in wanted]
        changed += [(name, True) for name in wanted if name not in target.labels]
        for name, added in changed:
            target.labellings.append(Labelling(self.forge.world.id(), known.get(name), added, user, now))
        target.labels = wanted

    def rename_label(self, project: Project, old: str, new: str) -> None:
        """All that have it have it by its new name, and so do the events that tell who put it there."""
        label = next(one for one in project.labels if one.name == old)
        label.name, label.updated = new, self.forge.tick()
        for target in (*project.merge_requests, *project.issues):
            target.labels = sorted(new if name == old else name for name in target.labels)

    def quick_actions(self, target: Issuable, user: User, text: str) -> str:
        """Carry out the lines `/close` and the like, except in code and quotes; the text without them.

        https://docs.gitlab.com/user/project/quick_actions/: this is what makes foreign text in a body dangerous.
        """
        spans = [matched.span() for matched in _FENCED.finditer(text)]

        def carried_out(matched: re.Match[str]) -> str:
            if any(start <= matched.start() < end for start, end in spans):
                return matched[0]
            command, rest = matched["command"].lower(), matched["rest"].strip()
            self.forge.quick_actions.append(f"{user.username} /{command} {rest}".strip())
            self.carry_out(target, user, command, rest)
            return ""

        return _QUICK.sub(carried_out, text)

    def carry_out(self, target: Issuable, user: User, command: str, rest: str) -> None:
        """A quick action, `rest` being what stands behind it."""
        names = [name.strip('"') for name in re.findall(r'~("[^"]+"|\S+)', rest)]
        if command == "close":
            self.close(target, user)
        elif command == "reopen":
            self.reopen(target, user)
        elif command == "title" and rest:
            target.title = rest
        elif command == "label":
            self.label(target, [*target.labels, *names], user)
        elif command == "unlabel":
            self.label(target, [name for name in target.labels if names and name not in names], user)
        elif command == "assign":
            found = [self.forge.world.user(name) for name in re.findall(r"@([\w.-]+)", rest)]
            target.assignees = [*target.assignees, *(one for one in found if one and one not in target.assignees)]
        elif isinstance(target, MergeRequest):
            self._carry_out_on_merge_request(target, user, command, rest)

    def _carry_out_on_merge_request(self, mr: MergeRequest, user: User, command: str, rest: str) -> None:
        if command == "draft":
            mr.title = mr.title if mr.draft else f"Draft: {mr.title}"
        elif command == "ready":
            mr.title = re.sub(r"^\s*draft:\s*", "", mr.title, flags=re.IGNORECASE)
        elif command == "target_branch" and rest:
            mr.target_branch = rest
        elif command == "merge" and self.may_merge(mr, user) and self.detailed_status(mr) == "mergeable":
            self.merge(mr, user)

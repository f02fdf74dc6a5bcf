"""People at work on a repository of the fake GitHub: what a reviewer does on its pages or with git."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.forges.github_changes import closed, label_renamed, labelled, merge, noticed, pull_ref, renamed, reopened
from tests.forges.github_objects import ObjectStore
from tests.forges.github_world import (
    CheckRun,
    Comment,
    Deployment,
    DeploymentStatus,
    Issue,
    Milestone,
    Pull,
    Repository,
    Review,
    Status,
)

if TYPE_CHECKING:
    from tests.forges.github import GithubFake


@dataclass(frozen=True)
class Person:
    """Acts at once and without asking for rights; `number` is a pull request's or an issue's."""

    forge: "GithubFake"
    login: str
    repository: Repository

    def at(self, repository: str) -> "Person":
        """The same person at another repository."""
        return replace(self, repository=self.forge.repository(repository))

    # Git

    def push(
        self,
        branch: str,
        files: Mapping[str, bytes | str | None],
        message: str = "A change by hand",
        *,
        onto: str | None = None,
        amend: bool = False,
    ) -> str:
        """Commit files (None deletes) on a branch, by force with `amend` or `onto`: see `BareRepository.commit`."""
        with self.forge.lock:
            sha = self.repository.git.commit(branch, files, message, by=self.login, onto=onto, amend=amend)
            self._noticed()
        return sha

    def point(self, branch: str, commit: str) -> None:
        """Put a branch at a commit, whatever was there."""
        with self.forge.lock:
            sha = self.repository.git.sha(commit)
            assert sha, f"{commit} is missing"
            self.repository.git.update_ref(f"refs/heads/{branch}", sha)
            self._noticed()

    def merge_by_hand(self, base: str, head: str, how: str = "merge") -> str:
        """Merge one branch into another with git and push that."""
        with self.forge.lock:
            sha = self.repository.git.merge(base, head, how=how, by=self.login)
            self._noticed()
        return sha

    def delete_branch(self, branch: str) -> None:
        with self.forge.lock:
            self.repository.git.delete_ref(f"refs/heads/{branch}")
            self._noticed()

    def rename_branch(self, old: str, new: str) -> None:
        """On its page: pull requests into it follow."""
        with self.forge.lock:
            renamed(self.forge.world, self.repository, old, new)

    def _noticed(self) -> None:
        self.forge.tick()
        noticed(self.forge.world, self.repository, self.login)

    # Pull requests and issues

    def issue(self, number: int) -> Issue:
        return self.repository.issues[number]

    def pull(self, number: int) -> Pull:
        found = self.issue(number).pull
        assert found, f"#{number} is no pull request"
        return found

    def open_pull(self, head: str, base: str = "", title: str = "By hand", body: str = "", fork: str = "") -> int:
        """A pull request for a branch, of the repository itself or of a `fork` (`owner/name`); its number."""
        with self.forge.lock:
            source = self.forge.repository(fork) if fork else self.repository
            base = base or self.repository.default_branch
            sha, onto = source.git.sha(f"refs/heads/{head}"), self.repository.git.sha(f"refs/heads/{base}")
            assert sha and onto, f"{head} or {base} is missing"
            pull = Pull(source.full_name, head, sha, base, onto, owner=source.owner)
            issue = self.forge.new_issue(self.repository, title, body, self.login, pull)
            pull_ref(self.repository, source, issue, pull)
            return issue.number

    def open_issue(self, title: str, body: str = "") -> int:
        with self.forge.lock:
            return self.forge.new_issue(self.repository, title, body, self.login).number

    def close(self, number: int) -> None:
        with self.forge.lock:
            closed(self.forge.world, self.issue(number), self.login)

    def reopen(self, number: int) -> None:
        """Raises `github_rights.Refused` where GitHub's button is grey."""
        with self.forge.lock:
            reopened(self.forge.world, self.repository, self.issue(number))

    def merge(self, number: int, method: str = "merge") -> str:
        """The merge's commit. Raises `github_rights.Refused` where GitHub's button is grey."""
        with self.forge.lock:
            return merge(self.forge.world, self.repository, self.issue(number), self.login, method)

    def edit(self, number: int, *, title: str | None = None, body: str | None = None, base: str | None = None) -> None:
        with self.forge.lock:
            issue = self.issue(number)
            issue.title = issue.title if title is None else title
            issue.body = issue.body if body is None else body
            if base is not None:
                pull = self.pull(number)
                pull.base, pull.base_sha = base, self.repository.git.sha(f"refs/heads/{base}") or ""
            issue.updated = self.forge.tick()

    def check(self, number: int, text: str, ticked: bool = True) -> None:
        """Tick the checkbox of the body whose line has this text."""
        old, new = ("- [ ]", "- [x]") if ticked else ("- [x]", "- [ ]")
        lines = (self.issue(number).body or "").split("\n")
        found = [at for at, line in enumerate(lines) if text in line and old in line]
        assert found, f"#{number} has no checkbox with {text!r}:\n" + "\n".join(lines)
        lines[found[0]] = lines[found[0]].replace(old, new, 1)
        self.edit(number, body="\n".join(lines))

    def draft(self, number: int, draft: bool = True) -> None:
        with self.forge.lock:
            self.pull(number).draft = draft

    def approve(self, number: int) -> None:
        self.review(number, "APPROVED")

    def review(self, number: int, state: str, body: str = "") -> int:
        """Of the head as it is: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`; the review's id."""
        with self.forge.lock:
            made = Review(
                self.forge.world.id(), number, self.login, state, self.pull(number).sha, self.forge.tick(), body
            )
            self.repository.reviews.append(made)
            self.issue(number).updated = made.at
        return made.id

    def dismiss(self, review: int) -> None:
        """A review that takes a side takes none any more; when it was given stays."""
        with self.forge.lock:
            found = next(one for one in self.repository.reviews if one.id == review)
            assert found.state != "COMMENTED", "GitHub dismisses only what takes a side"
            found.state, self.issue(found.issue).updated = "DISMISSED", self.forge.tick()

    def label(self, number: int, *names: str) -> None:
        with self.forge.lock:
            labels = [*self.issue(number).labels, *names]
            labelled(self.forge.world, self.repository, self.issue(number), labels, self.login)

    def unlabel(self, number: int, *names: str) -> None:
        with self.forge.lock:
            labels = [name for name in self.issue(number).labels if name not in names]
            labelled(self.forge.world, self.repository, self.issue(number), labels, self.login)

    def rename_label(self, old: str, new: str) -> None:
        with self.forge.lock:
            label_renamed(self.forge.world, self.repository, self.repository.labels[old], new)

    # Releases and what they are told from

    def tag(self, name: str, commit: str = "main") -> str:
        """A tag that is pushed; the commit it is at."""
        with self.forge.lock:
            sha = self.repository.git.sha(commit)
            assert sha, f"{commit} is missing"
            self.repository.git.update_ref(f"refs/tags/{name}", sha)
        return sha

    def milestone(self, title: str) -> int:
        """An open one; its number."""
        with self.forge.lock:
            number = len(self.repository.milestones) + 1
            made = Milestone(self.forge.world.id(), number, title, self.login, self.forge.tick())
            self.repository.milestones[number] = made
        return number

    # Comments

    def comment(self, number: int, body: str) -> int:
        """The comment's id."""
        with self.forge.lock:
            return self.forge.new_comment(self.repository, self.issue(number), body, self.login).id

    def comments(self, number: int) -> list[Comment]:
        return [one for one in self.repository.comments if one.issue == number]

    def edit_comment(self, comment: int, body: str) -> None:
        with self.forge.lock:
            for one in self.repository.comments:
                if one.id == comment:
                    one.body, one.updated = body, self.forge.tick()
                    one.edited = one.updated

    def delete_comment(self, comment: int) -> None:
        with self.forge.lock:
            self.repository.comments[:] = [one for one in self.repository.comments if one.id != comment]

    # Checks

    def status(self, branch: str, state: str, context: str = "ci/tests", words: str | None = None) -> None:
        """A commit status on where a branch is now: `success`, `failure`, `error` or `pending`."""
        with self.forge.lock:
            sha = self.repository.git.sha(branch) or branch
            made = Status(self.forge.world.id(), sha, context, state, words, None, self.login, self.forge.tick())
            self.repository.statuses.append(made)

    def deploy(self, sha: str, state: str = "success", url: str = "", environment: str = "preview") -> None:
        """Tell a status of the commit's deployment to an environment, which begins with its first."""
        with self.forge.lock:
            known = self.repository.deployments
            found = next((one for one in known if (one.sha, one.environment) == (sha, environment)), None)
            if found is None:
                found = Deployment(self.forge.world.id(), sha, environment, self.login, self.forge.tick())
                known.append(found)
            words = {"failure": "The build failed", "inactive": ""}.get(state, "")
            when = self.forge.tick()
            found.statuses.append(DeploymentStatus(self.forge.world.id(), state, url, words, self.login, when))

    def check_run(self, branch: str, conclusion: str | None, name: str = "tests") -> None:
        """A check run that came to a conclusion, or is in progress (None)."""
        with self.forge.lock:
            sha, when = self.repository.git.sha(branch) or branch, self.forge.tick()
            status = "completed" if conclusion else "in_progress"
            done = when if conclusion else None
            run = CheckRun(self.forge.world.id(), name, sha, status, conclusion, when, done)
            self.repository.checks.append(run)

    # Repositories

    def fork(self, owner: str = "") -> str:
        """Fork it to an account, one's own by default; `owner/name`."""
        with self.forge.lock:
            owner = owner or self.login
            path = self.forge.folder / owner / f"{self.repository.name}.git"
            git = ObjectStore(self.repository.git.fork(path).path)
            made = Repository(
                self.forge.world.id(), owner, self.repository.name, git, self.forge.tick(), self.repository.private
            )
            made.fork_of = self.repository.full_name
            self.forge.world.account(owner)
            return self.forge.adopt(made).full_name

    def delete_fork(self, name: str) -> None:
        """Its pull requests stay open, with a head that has no repository."""
        with self.forge.lock:
            del self.forge.world.repositories[name.lower()]
            for issue, pull in self.repository.pulls():
                if pull.head_repository == name:
                    pull.head_repository = None
                    issue.updated = self.forge.tick()

    def archive(self, archived: bool = True) -> None:
        with self.forge.lock:
            self.repository.archived = archived

"""What changes pull requests: pushes, which GitHub notices by itself, and merges, closings and openings."""

from tests.forges.github_mergeable import blocked, conflicted, mergeable_state
from tests.forges.github_rights import Refused, invalid
from tests.forges.github_world import Activity, Issue, Label, Labelling, Pull, Repository, World
from tests.forges.repository import NOTHING, Conflict


def noticed(world: World, repository: Repository, by: str) -> None:
    """Bring all pull requests up to date with the branches as they are in git now, which `by` moved.

    A head that moves moves its pull request; one that is deleted closes it; one whose commits are all in the base after
    the base moved is merged; one that a force-push emptied is closed. A base that is deleted closes it as well.
    """
    heads = repository.git.branches()
    if heads == repository.heads:
        return
    moved = {
        branch for branch in heads.keys() | repository.heads.keys() if heads.get(branch) != repository.heads.get(branch)
    }
    _moved(world, repository, heads, by)
    for based in world.repositories.values():
        for issue, pull in based.pulls():
            if issue.state == "open" and pull.head_repository == repository.full_name and pull.head in moved:
                _head_moved(world, based, repository, issue, pull, by)
            if issue.state == "open" and based is repository and pull.base in moved:
                _base_moved(world, based, issue, pull, by)


def _moved(world: World, repository: Repository, heads: dict[str, str], by: str, how: str = "") -> None:
    """Remember where the branches are now, and that they moved."""
    known = repository.heads
    for branch in sorted(known.keys() | heads.keys()):
        before, after = known.get(branch, NOTHING), heads.get(branch, NOTHING)
        if before == after:
            continue
        kind = "branch_creation" if before == NOTHING else "branch_deletion" if after == NOTHING else how
        if not kind:
            kind = "push" if repository.git.is_ancestor(before, after) else "force_push"
        made = Activity(world.id(), f"refs/heads/{branch}", before, after, kind, by, world.clock())
        repository.activities.append(made)
    repository.heads = heads


def labelled(world: World, repository: Repository, issue: Issue, names: list[str], by: str) -> None:
    """The labels an issue has from now on; those that aren't there yet are made, in grey."""
    issue.updated = world.tick()
    wanted: list[str] = []
    for name in names:
        known = repository.label(name)
        if known is None:
            known = repository.labels[name] = Label(world.id(), name, updated=issue.updated)
        wanted.append(known.name)
    wanted = list(dict.fromkeys(wanted))
    gone = [(name, False) for name in issue.labels if name not in wanted]
    for name, added in [*gone, *((name, True) for name in wanted if name not in issue.labels)]:
        repository.labellings.append(Labelling(world.id(), issue.number, name, added, by, issue.updated))
    issue.labels = wanted


def label_renamed(world: World, repository: Repository, label: Label, name: str) -> None:
    """Every issue that has it has it by its new name; nobody is told to have put that there."""
    del repository.labels[label.name]
    for issue in repository.issues.values():
        issue.labels = [name if known == label.name else known for known in issue.labels]
    label.name, label.updated = name, world.tick()
    repository.labels[name] = label


def _head_moved(world: World, based: Repository, repository: Repository, issue: Issue, pull: Pull, by: str) -> None:
    sha = repository.heads.get(pull.head)
    if sha is None:
        closed(world, issue, by)
        return
    pull.sha = sha
    issue.updated = world.tick()
    pull_ref(based, repository, issue, pull)
    base = based.heads.get(pull.base)
    if base and based.heads.get(pull.base) == pull.base_sha and based.git.is_ancestor(sha, base):
        closed(world, issue, by)


def _base_moved(world: World, repository: Repository, issue: Issue, pull: Pull, by: str) -> None:
    base = repository.heads.get(pull.base)
    if base is None:
        closed(world, issue, by)
    elif repository.git.is_ancestor(pull.sha, base):
        merged(world, issue, pull, base, by)
    else:
        pull.base_sha = base


def pull_ref(based: Repository, repository: Repository, issue: Issue, pull: Pull) -> None:
    """`refs/pull/N/head`, and with it the objects of a fork."""
    ref = f"refs/pull/{issue.number}/head"
    if based is repository:
        based.git.update_ref(ref, pull.sha)
    else:
        based.git.git("fetch", "--quiet", str(repository.git.path), f"+{pull.sha}:{ref}")


def closed(world: World, issue: Issue, by: str, reason: str | None = None) -> None:
    issue.state, issue.closed, issue.closed_by = "closed", world.tick(), by
    issue.updated = issue.closed
    issue.reason = None if issue.pull else reason or "completed"
    if issue.pull:
        issue.pull.auto_merge = None


def merged(world: World, issue: Issue, pull: Pull, commit: str, by: str) -> None:
    closed(world, issue, by)
    pull.merged, pull.merged_by, pull.merge_commit = issue.closed, by, commit


def reopened(world: World, repository: Repository, issue: Issue) -> None:
    """Raises `Refused` for a pull request that is merged, or whose branch is gone or has another open one."""
    pull = issue.pull
    if pull:
        head = world.repository(pull.head_repository or "")
        sha = head.git.sha(f"refs/heads/{pull.head}") if head else None
        if pull.merged or sha is None:
            raise invalid(
                "PullRequest", "state cannot be changed. The pull request cannot be reopened.", "invalid", "state"
            )
        if any(other.state == "open" for other in same(repository, pull)):
            ends = f"from {pull.owner}:{pull.head} to {repository.owner}:{pull.base}"
            named = f"There is already an open pull request {ends}."
            raise invalid("PullRequest", f"state cannot be changed. {named}", "invalid", "state")
        if sha != pull.sha and head and not head.git.is_ancestor(pull.sha, sha):
            said = f"state cannot be changed. The {pull.head} branch was force-pushed or recreated."
            raise invalid("PullRequest", said, "invalid", "state")
        pull.sha = sha
    issue.state, issue.closed, issue.closed_by = "open", None, None
    issue.reason = None if pull else "reopened"
    issue.updated = world.tick()


def same(repository: Repository, pull: Pull) -> list[Issue]:
    """The pull requests from the same branch into the same base."""
    ends = (pull.owner, pull.head, pull.base)
    return [issue for issue, other in repository.pulls() if (other.owner, other.head, other.base) == ends]


def merge(world: World, repository: Repository, issue: Issue, by: str, method: str = "merge", title: str = "") -> str:
    """Merge it; the commit. Raises `Refused` for what conflicts, is a draft or is refused by the base's protection."""
    pull = issue.pull
    assert pull
    if issue.state == "closed" or conflicted(repository, pull):
        raise Refused(405, "Pull Request is not mergeable")
    if pull.draft:
        raise Refused(405, "Pull Request is still a draft")
    if method not in repository.methods:
        raise Refused(405, f"{method.capitalize()} merges are not allowed on this repository.")
    if why := blocked(repository, issue, pull):
        raise Refused(405, why)
    written = title or f"Merge pull request #{issue.number} from {pull.owner}/{pull.head}\n\n{issue.title}"
    if method == "squash" and not title:
        written = f"{issue.title} (#{issue.number})"
    try:
        author = world.account(by).by
        commit = repository.git.merge(pull.base, pull.sha, how=method, message=written, by=author)
    except Conflict:
        raise Refused(405, "Pull Request is not mergeable") from None
    _moved(world, repository, repository.git.branches(), by, "pr_merge")
    merged(world, issue, pull, commit, by)
    repository.signed.add(commit)
    for other, theirs in repository.pulls():
        if other.state == "open" and theirs.base == pull.base:
            _base_moved(world, repository, other, theirs, by)
    if repository.delete_branch_on_merge and pull.head_repository == repository.full_name:
        repository.git.delete_ref(f"refs/heads/{pull.head}")
        noticed(world, repository, by)
    return commit


def merge_automatically(world: World) -> list[Issue]:
    """Merge what is to be merged once its requirements are met and they are; those."""
    done = []
    for repository in world.repositories.values():
        for issue, pull in list(repository.pulls()):
            asked = pull.auto_merge
            if issue.state == "open" and asked and mergeable_state(repository, issue, pull)[1] in ("clean", "unstable"):
                merge(world, repository, issue, asked.by, asked.method)
                done.append(issue)
    return done


def renamed(world: World, repository: Repository, old: str, new: str) -> None:
    """Rename a branch as its page does: pull requests into it follow, those from it are closed.

    https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/renaming-a-branch
    """
    repository.git.rename_branch(old, new)
    if old in repository.protected:
        repository.protected[new] = repository.protected.pop(old)
    for issue, pull in repository.pulls():
        if issue.state == "open" and pull.base == old:
            pull.base = new
    noticed(world, repository, repository.owner)

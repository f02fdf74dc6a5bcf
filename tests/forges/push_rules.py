"""What the forges refuse to take from a push, in their words."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from tests.forges.git_server import Push, Refusal
from tests.forges.repository import NOTHING

WORKFLOWS = ".github/workflows/"


def matches(branch: str | None, patterns: Sequence[str]) -> bool:
    """Whether a branch is named by one of the patterns, in which `*` stands for anything."""
    return branch is not None and any(fnmatchcase(branch, pattern) for pattern in patterns)


def gitlab(
    push: Push, *, protected: Sequence[str], may_push: Sequence[str] = (), force: Sequence[str] = ()
) -> Refusal | None:
    """Protected branches are names with `*`; `may_push` are those this person may push to, `force` also by force.

    https://docs.gitlab.com/user/project/repository/branches/protected/; the words are those of
    `lib/gitlab/checks/branch_check.rb`. GitLab refuses a push whole.
    """
    for update in push.updates:
        if not matches(update.branch, protected):
            continue
        if update.new == NOTHING:
            return Refusal("GitLab: You are not allowed to delete protected branches from this project.")
        if not matches(update.branch, may_push):
            return Refusal("GitLab: You are not allowed to push code to protected branches on this project.")
        if push.forced(update) and not matches(update.branch, force):
            return Refusal("GitLab: You are not allowed to force push code to a protected branch on this project.")
    return None


def github(push: Push, *, protected: Sequence[str], workflows: bool, by: str = "a GitHub App") -> Refusal | None:
    """`workflows`: whether the token may change workflow files; else any branch whose new commits do is refused.

    `by` is `a GitHub App`, or `a Personal Access Token` (whose permission is called a scope). GitHub refuses by ref;
    here the other refs of the push are refused as well, as in an atomic push.
    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps (`workflow`)
    """
    for update in push.updates:
        if matches(update.branch, protected):
            said = f"error: GH006: Protected branch update failed for {update.ref}.\nerror: "
            said += (
                "Cannot delete this protected branch"
                if update.new == NOTHING
                else "Changes must be made through a pull request."
            )
            return Refusal(said, {update.ref: "protected branch hook declined"}, "atomic push failure")
        if update.branch and not workflows and (path := _workflow(push, update.new)):
            kind = "`workflows` permission" if by == "a GitHub App" else "`workflow` scope"
            reason = f"refusing to allow {by} to create or update workflow `{path}` without {kind}"
            return Refusal(f"error: {reason}", {update.ref: reason}, "atomic push failure")
    return None


def _workflow(push: Push, new: str) -> str:
    """A workflow file as no commit of the repository has it yet; empty for none."""
    if new == NOTHING:
        return ""
    known = set()
    for sha in push.repository.branches().values():
        known |= set(push.repository.files(sha, WORKFLOWS).items())
    fresh = set(push.repository.files(new, WORKFLOWS).items()) - known
    return min((path for path, _ in fresh), default="")

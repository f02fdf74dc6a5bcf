"""Commits that GitHub signs: what an App or a workflow commits through the API, under no other name than its own
(https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification).

The API can't make our trees (links, executable bits, large files), so the commit is pushed to a ref nobody looks at,
and GitHub makes another of the same tree, message and parents.
"""

from maintainer.platforms.branches import STAGED, Branches
from maintainer.platforms.github_client import Client


def signed(client: Client, branches: Branches, branch: str, commit: str) -> tuple[str, str]:
    """The commit that takes its place, and a sentence when GitHub did not sign it."""
    branches.stage(branch, commit)
    repository = client.repository
    pushed = repository.get_git_commit(commit)
    made = repository.create_git_commit(pushed.message, pushed.tree, pushed.parents)
    # PyGithub's reference, not loaded yet, would be edited at an address that GitHub only reads from.
    ref = f"{repository.url}/git/{STAGED}{branch}"
    client.requester.requestJsonAndCheck("PATCH", ref, input={"sha": made.sha, "force": True})
    branches.staged(branch, made.sha)
    if made.verification.verified:
        return made.sha, ""
    return made.sha, (
        f"GitHub signs no commits of {client.login}: use a GitHub App, or updates.author.signing: ssh (docs/github.md)."
    )

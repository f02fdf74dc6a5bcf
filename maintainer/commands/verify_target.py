"""What is verified: the commit with the change, the one before it, and where both are said to be looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from maintainer.config.environments import Environment, Environments, template
from maintainer.config.whole import Whole
from maintainer.errors import ConfigurationError
from maintainer.workspace.checkout import Checkout
from maintainer.workspace.git import Git

#: A label of a host name is no longer (RFC 1035).
LONGEST_LABEL = 63

#: Where CI says which branch is proposed: GitHub, GitLab.
BRANCH = ("GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME", "GITHUB_REF_NAME")
USUAL = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


@dataclass(frozen=True, slots=True)
class Commits:
    """`base` is the merge base with the branch the change goes to, None where there is none; `dirty` says that files
    differ from `head`. `branch` can stand in a host name; `number` is the proposal's, empty outside its CI."""

    head: str | None
    base: str | None
    branch: str
    number: str
    dirty: bool


def commits(checkout: Checkout, environment: Mapping[str, str], against: str | None) -> Commits:
    """What the repository and the CI say. Raises ConfigurationError for an `against` that is no commit."""
    git = checkout.git
    head = git.commit("HEAD") if git else None
    number = re.fullmatch(r"refs/pull/(\d+)/\w+", environment.get("GITHUB_REF", ""))
    stated = environment.get("CI_MERGE_REQUEST_IID", "")
    branch = next((environment[name] for name in BRANCH if environment.get(name)), "") or (git and git.branch()) or ""
    return Commits(
        head=head,
        base=_base(git, environment, against) if git and head else None,
        branch=label(branch),
        number=number[1] if number else stated if stated.isdecimal() else "",
        dirty=bool(git and head and git.run("status", "--porcelain", "-z", "--untracked-files=no").out),
    )


def changed(checkout: Checkout, of: Commits) -> frozenset[str] | None:
    """The paths of the files that differ from those of `of.base`, None where that can't be known."""
    if not checkout.git or not of.head or not of.base:
        return None
    paths = checkout.git.changed_files(of.base, of.head)
    stirred = checkout.git.run("diff", "-z", "--name-only", "--no-renames", "HEAD").text if of.dirty else ""
    return frozenset(filter(None, (*paths, *stirred.split("\0"))))


def label(branch: str) -> str:
    """A branch as forges make a part of a host name of it (GitLab's CI_COMMIT_REF_SLUG)."""
    return re.sub(r"[^a-z0-9]+", "-", branch.lower())[:LONGEST_LABEL].strip("-")


def _base(git: Git, environment: Mapping[str, str], against: str | None) -> str | None:
    if against and git.commit(against) is None:
        raise ConfigurationError(f"--against: {against} is no commit here. Fetch it, or name another branch.")
    target = environment.get("GITHUB_BASE_REF", "")
    stated = [against, environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"), f"origin/{target}" if target else None]
    for name in (*stated, *USUAL):
        if name and (found := git.commit(name)):
            done = git.run("merge-base", "HEAD", found, check=False)
            return done.text.strip() or None if done.code == 0 else None
    return None


def wanted(settings: Whole, url: str | None, baseline: str | None) -> Environments:
    """The sites as configured, at the addresses the command line gives. Raises ConfigurationError."""
    stated = settings.environments
    staging, base = stated.staging, stated.baseline
    if staging is None and settings.site.staging:
        staging = Environment(url=settings.site.staging)
    if url:
        staging = _at("--url", url, staging)
    if baseline:
        base = _at("--baseline", baseline, base or staging)
    return stated.model_copy(update={"staging": staging, "baseline": base})


def _at(option: str, url: str, known: Environment | None) -> Environment:
    """The site at that address, entered as the configured one is."""
    try:
        given = template(url)
    except ValueError as error:
        raise ConfigurationError(f"{option}: {error}") from None
    nothing_started = {
        "url": given,
        "deployment": None,
        "migrate": None,
        "start": (),
        "prepare": (),
        "stop": (),
        "pass_env": (),
    }
    return known.model_copy(update=nothing_started) if known else Environment(url=given)

"""`make demo FORGE=github|gitlab`: the demo's shop on a forge that stands in for the real one, on loopback.

The same sample repository as `make demo`, maintained as in CI: proposals are opened, people answer them, the next run
keeps their word. The forge is the one the tests use; no live forge is asked.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from maintainer import cli
from maintainer.commands import demo_site, demo_world
from maintainer.commands.context import Context
from maintainer.commands.outside import cache
from maintainer.process import minimal, run
from maintainer.writers import page
from tests.forges import demo_release
from tests.forges.github import GithubFake
from tests.forges.gitlab import GitlabFake

REPOSITORY = "shop/site"
TOKEN = "glpat-OfTheDemo"


def main(kind: str, into: Path) -> int:
    """The whole story in `into`; an exit code that isn't 0 where a command's wasn't."""
    if kind not in ("github", "gitlab"):
        print("FORGE is github or gitlab.", file=sys.stderr)
        return 2
    shutil.rmtree(into, ignore_errors=True)  # a second demo begins anew
    into.mkdir(parents=True)
    context = Context(into, dict(os.environ), datetime.now(UTC), sys.stdout, sys.stderr)
    context.say("Getting a real WordPress and a real plugin from the npm registry (once, 160 MB) ...")
    made_of = demo_site.material(cache(context) / "demo", context.environment)
    site = into / "site"
    with demo_world.world(made_of, into / "archives", context.now) as address, _forge(kind, into / "forge") as forge:
        demo_site.build(site, made_of, context.environment, f"{address}/composer")
        forge.now = context.now
        environment = {**context.environment, **demo_world.environment(address), **_hosted(kind, forge, site)}
        there = replace(context, root=site, environment=environment)
        code = _run(there, "first run: what is outdated is proposed")
        _people(kind, forge)
        code = _run(there, "second run: what people said holds") or code
        held, notes = demo_release.released(kind, forge, there, into / "release")
        code = held or code
        index = _pages(kind, forge.state(), into / "pages", context.now)
        context.out.write(f"\nLook at what the forge holds now:  {index}\n")
        context.out.write(f"What was released, as a page:      {notes}\n")
        context.out.write(f"{len(forge.api_requests())} requests to its API, of two runs and a release.\n")
    return code


def _forge(kind: str, folder: Path) -> AbstractContextManager[Any]:
    return GithubFake(folder) if kind == "github" else GitlabFake(folder)


def _hosted(kind: str, forge: Any, site: Path) -> Mapping[str, str]:
    """Put the sample's repository on the forge; the variables its CI would set."""
    common = {"MAINTAINER_PLATFORM": kind, "MAINTAINER_REPOSITORY": REPOSITORY}
    if kind == "github":
        bare = forge.add_repository(REPOSITORY).git
        more = {"GITHUB_API_URL": forge.url, "GITHUB_SERVER_URL": forge.git_url}
        more["MAINTAINER_TOKEN"] = forge.token(kind="app")
    else:
        bare = forge.add_repository(*REPOSITORY.split("/")).repository
        more = {"CI_API_V4_URL": forge.url, "CI_SERVER_URL": forge.origin, "MAINTAINER_TOKEN": TOKEN}
        forge.token(TOKEN, kind="project", project=REPOSITORY)
    push = ["git", "push", "--quiet", "--force", str(bare.path), "HEAD:refs/heads/main", "refs/tags/*:refs/tags/*"]
    done = run(push, cwd=site, environment=minimal(os.environ, GIT_CONFIG_GLOBAL="/dev/null"))
    assert done.code == 0, done.err.decode()
    return common | more


def _run(context: Context, title: str) -> int:
    print(f"\n--- {title}\n$ maintainer run\n", flush=True)
    argv = ["-C", str(context.root), "run"]
    return cli.run(argv, environment=context.environment, now=context.now, out=context.out, err=context.err)


def _people(kind: str, forge: Any) -> None:
    """A reviewer merges one, closes one, and asks for a third to be made anew."""
    ada = forge.person("ada")
    print("\n--- ada merges #1, closes #2, and ticks “recreate” in #3", flush=True)
    ada.merge(1)
    ada.close(2)
    ada.check(3, "recreate")


def _pages(kind: str, state: Mapping[str, Any], folder: Path, now: datetime) -> Path:
    """What a reviewer would see, as self-contained pages."""
    folder.mkdir()
    number, words = ("number", "body") if kind == "github" else ("iid", "description")
    branch, listed = ("head", "pulls") if kind == "github" else ("source_branch", "merge_requests")
    views = [
        page.View(
            name=str(one[number]),
            number=one[number],
            title=one["title"],
            state="open" if one["state"] in ("open", "opened") else one["state"],
            branch=one[branch],
            body=one[words],
            labels=tuple(one["labels"]),
        )
        for one in state[listed]
    ]
    views += [
        page.View(name=f"issue-{one[number]}", title=one["title"], state="waits", branch="dashboard", body=one[words])
        for one in state["issues"]
    ]
    for view in views:
        (folder / f"{view.name}.html").write_text(page.proposal(view), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(page.index(views, f"shop.example on {kind}", f"{now:%Y-%m-%d %H:%M %Z}"), encoding="utf-8")
    return index


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit(main(asked, (Path(".demo") / asked).resolve()))

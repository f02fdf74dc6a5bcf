"""The demo's proof: two proposals verified on the sites they make, beside the shop as it is; one is sound."""

import argparse
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from maintainer import errors
from maintainer.commands import verify
from maintainer.commands.context import Context
from maintainer.process import minimal, run

PERSON = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Shop developer"), ("EMAIL", "developer@shop.example"))
}
#: What opens a page on a desktop.
OPENERS = ("xdg-open", "open")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A branch of the shop: what it is, the exit code it must have, and what a person adds to it by hand."""

    name: str
    what: str
    branch: str
    code: int
    files: Mapping[str, str] = field(default_factory=dict)


def sound(branch: str) -> Proposed:
    """An update that `maintainer run` proposed."""
    return Proposed("sound", f"The update on {branch}", branch, 0)


#: It works where its author looked, on the home page.
BROKEN = Proposed(
    "broken",
    "A banner that a person added: it works on the home page, where its author looked",
    "main",
    1,
    {
        "wp-content/mu-plugins/delivery-banner.php": """<?php
/*
Plugin Name: Delivery banner
Update URI: false
*/
add_action( 'wp_footer', function () {
  if ( is_single() ) {
    printf( '<p class="delivery">%s</p>', example_delivery_time( get_the_ID() ) );
  }
} );
"""
    },
)


def verified(context: Context, proposed: Proposed, site: Path, into: Path) -> Path:
    """Verify it in a checkout of its own; the page it left. Raises ToolFailed where the verdict is another."""
    context.out.write(f"\n{proposed.what}\n$ maintainer verify\n\n")
    root, results = _checkout(context, proposed, site, into), into / "results" / proposed.name
    dump = _dump(site, into / "dump")
    environment = {**context.environment, "SHOP_DUMP": str(dump), "PHP_CLI_SERVER_WORKERS": "4"}
    args = argparse.Namespace(
        url=None,
        baseline=None,
        against="origin/main",
        only=[],
        skip=[],
        changed=False,
        post=False,
        into=str(results),
    )
    code = verify.main(replace(context, root=root, environment=environment), args)
    if code != proposed.code:
        raise errors.ToolFailed(f"verify ended with {code} on {proposed.branch}, and {proposed.code} was expected.")
    return results / "report.html"


def opened(context: Context, page: Path) -> None:
    """Show the page to a person who sits at a desktop; elsewhere its path is enough."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_DATA_DIRS", "DBUS_SESSION_BUS_ADDRESS", "HOME")
    given = {name: context.environment[name] for name in names if context.environment.get(name)}
    opener = next(
        (found for name in OPENERS if (found := shutil.which(name, path=context.environment.get("PATH")))), ""
    )
    if context.interactive and opener and ({"DISPLAY", "WAYLAND_DISPLAY"} & given.keys() or opener.endswith("/open")):
        with suppress(errors.ToolFailed):
            run([opener, str(page)], cwd=page.parent, environment=minimal(context.environment, **given), seconds=10)


def _dump(site: Path, into: Path) -> Path:
    """What the shop has beside its files: the configuration, and its database."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    shutil.copy(site / "wp-config.php", into)
    shutil.copytree(site / "wp-content/database", into / "database")
    return into


def _checkout(context: Context, proposed: Proposed, site: Path, into: Path) -> Path:
    root = into / proposed.name
    shutil.rmtree(root, ignore_errors=True)
    given = minimal(context.environment, HOME=context.environment.get("HOME", "/"), GIT_CONFIG_GLOBAL="/dev/null")
    _must(["git", "clone", "--quiet", f"--branch={proposed.branch}", str(site), str(root)], site, given)
    if proposed.files:
        _must(["git", "switch", "--quiet", "--create", "delivery-banner"], root, given)
        for path, text in proposed.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        _must(["git", "add", "--all"], root, given)
        _must(["git", "commit", "--quiet", "--message=Say when it will be delivered"], root, given | PERSON)
    return root


def _must(argv: list[str], cwd: Path, environment: Mapping[str, str]) -> None:
    done = run(argv, cwd=cwd, environment=environment)
    if done.code:
        raise errors.ToolFailed(f"{' '.join(argv[:2])} failed: {done.err.decode(errors='replace').strip()[-400:]}")

"""`init`: a maintainer.yml and a workflow that fit this site, made of what can be seen; nothing is overwritten."""

import argparse
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import maintainer
from maintainer.commands.context import Context
from maintainer.commands.site import Site, recognise
from maintainer.config.load import site_file
from maintainer.errors import ConfigurationError, MaintainerError, StaleEdit
from maintainer.workspace.checkout import Checkout, decode, open_checkout

#: Where each forge reads its workflow, and ours to put there.
WORKFLOWS = {
    "github": (".github/workflows/maintainer.yml", "github/maintainer.yml"),
    "gitlab": (".gitlab/maintainer.gitlab-ci.yml", "gitlab/maintainer.gitlab-ci.yml"),
}
#: Runtimes a configuration may state, with an example.
RUNTIMES = {
    "php": ("PHP", "8.3"),
    "node": ("Node", "22"),
    "python": ("Python", "3.13"),
    "wordpress": ("WordPress", "6.8"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a file: `left` means that another one is there and stays, `text` is what ours would say."""

    path: str
    did: Literal["written", "unchanged", "left"]
    text: str


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Write what is missing and say what to do next."""
    checkout = open_checkout(context.root, context.environment)
    site = look(checkout)
    made = [configuration(checkout.root, site)]
    if site.forge:
        path, ours = WORKFLOWS[site.forge]
        made.append(write(checkout.root, path, template(ours)))
    if context.format == "json":
        files = [{"path": one.path, "did": one.did, "ours": one.text} for one in made]
        answer = {"schema": 1, "site": asdict(site) | {"policy": site.policy}, "files": files}
        context.out.write(json.dumps(answer, indent=2) + "\n")
    else:
        tell(context, site, made, checkout.git is not None)
    return 0


def look(checkout: Checkout) -> Site:
    """The site in a checkout, tracked or about to be."""
    paths, remote = list(checkout.tracked()), ""
    if checkout.git is not None:
        others = checkout.git.run("ls-files", "-z", "--others", "--exclude-standard", check=False).text
        paths += [path for path in others.split("\0") if path]
        remote = checkout.git.run("remote", "get-url", "origin", check=False).text.strip()

    def read(path: str) -> str:
        try:
            return decode(checkout.read(path), path)
        except MaintainerError:
            return ""

    return recognise(sorted(paths), read, remote)


def configuration(root: Path, site: Site) -> Written:
    """Write maintainer.yml, unless there is a configuration, wherever it may be."""
    text = configured(site)
    try:
        there = site_file(root)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error.message} Then run `maintainer init` again.") from None
    return write(root, there.relative_to(root).as_posix() if there else "maintainer.yml", text)


def write(root: Path, path: str, text: str) -> Written:
    """Create a file that isn't there; raises StaleEdit where a link leads out of the repository."""
    target = root / path
    if target.exists() or target.is_symlink():
        same = False
        with suppress(OSError):
            same = target.is_file() and target.read_bytes() == text.encode()
        return Written(path, "unchanged" if same else "left", text)
    above = next(folder for folder in target.parents if folder.exists() or folder.is_symlink())
    if not above.resolve().is_relative_to(root.resolve()):
        raise StaleEdit(f"{path}: {above.name} is a link that leads out of the repository. Nothing was written there.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as stream:
            stream.write(text.encode())
    except OSError as error:
        raise ConfigurationError(f"{path} can't be written: {error.strerror}.") from None
    return Written(path, "written", text)


def template(name: str) -> str:
    """A workflow of ours: inside the installed package, or beside it in a checkout."""
    package = Path(maintainer.__path__[0])
    inside = package / "_workflows"
    folder = inside if inside.is_dir() else package.parent / "workflows"
    return (folder / name).read_bytes().decode()


def configured(site: Site) -> str:
    """The configuration for a site: what differs from the defaults, and what only its people know, as comments."""
    lines = [
        "# What maintainer may do here. Everything left out is a default with a reason:",
        "# `maintainer config show` prints all of it, `maintainer config check` says whether it can be used.",
        f"# Found here: {site.title}.",
        "",
    ]
    if site.policy != "default":
        lines += [
            "# Policies to build on: default (always beneath), ecommerce, brochure, strict.",
            f"extends: [{site.policy}]",
        ]
    else:
        lines += [
            "# Policies to build on beside default: ecommerce for shops, brochure for one morning a week, strict.",
            "# extends: [brochure]",
        ]
    lines += [
        "",
        "site:",
        "  # production: https://www.example.org",
        "  # staging: https://pr-{number}.staging.example.org",
        "  timezone: UTC # dates, hours and freezes are meant in this zone, such as Europe/Warsaw",
    ]
    for runtime, (name, example) in RUNTIMES.items():
        if runtime in site.versions:
            version, file = site.versions[runtime]
            lines.append(f"  # {name} {version}, as {one_line(file)} says")
        elif runtime == "php" and site.kind.startswith(("WordPress", "PHP")):
            lines.append(
                f"  # php: '{example}' # no file here says what the server runs: what it can't run is held back"
            )
    lines += [
        "",
        "# Proposals say that a freeze holds, from `lead` before the first day to the end of the last one; merging and",
        "# deploying are yours to stop, nothing enforces it yet. `applies_to: [propose]` stops proposing.",
        "# freeze:",
        "#   - name: Black Week",
        "#     from: 2026-11-23",
        "#     to: 2026-11-30",
        "#     lead: 72h",
        "",
        "# updates:",
        "#   own: [my-theme, my-plugin] # nobody publishes them, so nobody updates them",
        "#   rules:",
        "#     - packages: [acme/legacy]",
        "#       act: ignore",
        "#       reason: replaced in spring",
        "",
    ]
    return "\n".join(lines)


def one_line(path: str) -> str:
    """A path for a comment: a file name may hold anything, a line break too."""
    return "".join(character if character.isprintable() else "?" for character in path)


def tell(context: Context, site: Site, made: list[Written], in_git: bool) -> None:
    """What was found, what was written, what next."""
    out = context.out
    facts = [f"{RUNTIMES[name][0]} {version}" for name, (version, _) in site.versions.items()]
    print(f"Found: {' · '.join([site.title, *facts, *site.built_with])}", file=out)
    print(f"Forge: {({'github': 'GitHub', 'gitlab': 'GitLab'}).get(site.forge, 'none seen, so no workflow')}", file=out)
    for one in made:
        print(f"  {SAYS[one.did]}  {one.path}", file=out)
    for one in made:
        if one.did == "left":
            print(f"\n{one.path} is yours and stays as it is. Ours would say:\n", file=out)
            print("\n".join(f"    {line}".rstrip() for line in one.text.splitlines()), file=out)
    steps = ["maintainer plan             see what is outdated, and what would be done"]
    if not in_git:
        steps.insert(0, "git init, git add, git commit   changes are made on branches, so the site must be in git")
    if any(one.did == "written" for one in made):
        steps.append(f"git add {' '.join(one.path for one in made if one.did == 'written')}")
    if site.forge == "gitlab":
        steps.append(f"in .gitlab-ci.yml: include: [{{local: {WORKFLOWS['gitlab'][0]}}}]")
    if site.forge:
        steps.append("set the CI variable MAINTAINER_INSTALL to what pip shall install (the workflow says where)")
    print("\nNext:", file=out)
    for step in steps:
        print(f"  {step}", file=out)


SAYS = {"written": "written  ", "unchanged": "unchanged", "left": "left     "}

"""`init`: a maintainer.yml and a workflow that fit this site, made of what can be seen; nothing is overwritten.

What Renovate or Dependabot were told is carried over, and so are budgets of pages that other tools were told; what
can't be is told.
"""

import argparse
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import maintainer
from maintainer.commands.context import Context
from maintainer.commands.site import Read, Site, recognise
from maintainer.config.carried.carried import Carried
from maintainer.config.carried.found import bots, found
from maintainer.config.carried.written import comment, scalar, section, summary
from maintainer.config.load import site_file
from maintainer.config.spelling import printable
from maintainer.errors import ConfigurationError, MaintainerError, StaleEdit
from maintainer.workspace.checkout import Checkout, decode, open_checkout
from maintainer.writers.onboarding import Behind, Onboarding

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
#: Where no other bot is configured.
NOTHING = Carried()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a file: `left` means that another one is there and stays, `text` is what ours would say."""

    path: str
    did: Literal["written", "unchanged", "left"]
    text: str


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Write what is missing and say what to do next."""
    checkout = open_checkout(context.root, context.environment)
    site, carried = look(checkout), carry(checkout)
    made = [configuration(checkout.root, site, carried)]
    if site.forge:
        path, ours = WORKFLOWS[site.forge]
        made.append(write(checkout.root, path, template(ours)))
    if context.format == "json":
        files = [{"path": one.path, "did": one.did, "ours": one.text} for one in made]
        answer = {"schema": 1, "site": asdict(site) | {"policy": site.policy}, "files": files}
        if carried.files:
            behind = [asdict(entry) for entry in carried.not_carried]
            answer["carried"] = {"files": list(carried.files), "not_carried": behind}
        context.out.write(json.dumps(answer, indent=2) + "\n")
    else:
        tell(context, site, made, carried, checkout.git is not None)
    return 0


def look(checkout: Checkout) -> Site:
    """The site in a checkout, tracked or about to be."""
    remote = ""
    if checkout.git is not None:
        remote = checkout.git.run("remote", "get-url", "origin", check=False).text.strip()
    return recognise(there(checkout), reader(checkout), remote)


def carry(checkout: Checkout) -> Carried:
    """What the configurations of Renovate and Dependabot and the files of budgets in a checkout say here."""
    return found(there(checkout), reader(checkout))


def there(checkout: Checkout) -> list[str]:
    """The paths in a checkout, tracked or about to be."""
    paths = list(checkout.tracked())
    if checkout.git is not None:
        others = checkout.git.run("ls-files", "-z", "--others", "--exclude-standard", check=False).text
        paths += [path for path in others.split("\0") if path]
    return sorted(paths)


def reader(checkout: Checkout) -> Read:
    """Gives a file's text, empty when it can't be read."""

    def read(path: str) -> str:
        try:
            return decode(checkout.read(path), path)
        except MaintainerError:
            return ""

    return read


def configuration(root: Path, site: Site, carried: Carried) -> Written:
    """Write maintainer.yml, unless there is a configuration, wherever it may be."""
    text = configured(site, carried)
    try:
        stands = site_file(root)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error.message} Then run `maintainer init` again.") from None
    return write(root, stands.relative_to(root).as_posix() if stands else "maintainer.yml", text)


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


def configured(site: Site, carried: Carried = NOTHING) -> str:
    """The configuration for a site: what differs from the defaults, and what only its people know, as comments."""
    lines = [
        "# What maintainer may do here. Everything left out is a default with a reason:",
        "# `maintainer config show` prints all of it, `maintainer config check` says whether it can be used.",
        f"# Found here: {site.title}.",
    ]
    if carried.files:
        lines.append(f"# Carried over from {one_line(' and '.join(carried.files))}; `maintainer init` says what isn't.")
    lines.append("")
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
    lines += ["", *_site(site, carried), "", *_FREEZE, ""]
    lines += section(carried, "updates") or _UPDATES
    if registries := section(carried, "registries"):
        lines += ["", *registries]
    if verify := section(carried, "verify"):
        lines += ["", *_BUDGETS, *verify]
    return "\n".join([*lines, ""])


def _site(site: Site, carried: Carried) -> list[str]:
    """The section `site`."""
    lines = [
        "site:",
        "  # production: https://www.example.org",
        "  # staging: https://pr-{number}.staging.example.org",
    ]
    said = carried.settings.get("site", {})
    for key, value in said.items():
        lines += [f"  {comment(carried.sources[f'site.{key}'])}", f"  {key}: {scalar(value)}"]
    if "timezone" not in said:
        lines.append("  timezone: UTC # dates, hours and freezes are meant in this zone, such as Europe/Warsaw")
    for runtime, (name, example) in RUNTIMES.items():
        if runtime in said:
            continue
        if runtime in site.versions:
            version, file = site.versions[runtime]
            lines.append(f"  # {name} {version}, as {one_line(file)} says")
        elif runtime == "php" and site.kind.startswith(("WordPress", "PHP")):
            lines.append(
                f"  # php: '{example}' # no file here says what the server runs: what it can't run is held back"
            )
    return lines


_FREEZE = (
    "# Proposals say that a freeze holds, from `lead` before the first day to the end of the last one. Merges and",
    "# deploys are held where the gate is asked: docs/gate.md of maintainer. `applies_to: [propose]` stops proposing.",
    "# freeze:",
    "#   - name: Black Week",
    "#     from: 2026-11-23",
    "#     to: 2026-11-30",
    "#     lead: 72h",
)
_UPDATES = [
    "# updates:",
    "#   own: [my-theme, my-plugin] # nobody publishes them, so nobody updates them",
    "#   rules:",
    "#     - packages: [acme/legacy]",
    "#       act: ignore",
    "#       reason: replaced in spring",
]
_BUDGETS = [
    "# Lighthouse looks where it is asked to: `maintainer verify --only lighthouse`, or always by `skip: [visual]`."
]


def one_line(path: str) -> str:
    """A path for a comment: a file name may hold anything, a line break too."""
    return "".join(character if character.isprintable() else "?" for character in path)


def tell(context: Context, site: Site, made: list[Written], carried: Carried, in_git: bool) -> None:
    """What was found, what was written, what next."""
    out = context.out
    print(f"Found: {' · '.join([site.title, *facts(site)])}", file=out)
    print(f"Forge: {({'github': 'GitHub', 'gitlab': 'GitLab'}).get(site.forge, 'none seen, so no workflow')}", file=out)
    for one in made:
        print(f"  {SAYS[one.did]}  {one.path}", file=out)
    for one in made:
        if one.did == "left":
            print(f"\n{one.path} is yours and stays as it is. Ours would say:\n", file=out)
            print("\n".join(f"    {line}".rstrip() for line in one.text.splitlines()), file=out)
    tell_carried(context, carried)
    steps = ["maintainer plan             see what is outdated, and what would be done"]
    if not in_git:
        steps.insert(0, "git init, git add, git commit   changes are made on branches, so the site must be in git")
    if any(one.did == "written" for one in made):
        steps.append(f"git add {' '.join(one.path for one in made if one.did == 'written')}")
    steps += next_steps(site, carried)
    if bots(carried):
        others = one_line(" and ".join(bots(carried)))
        steps.append(f"remove {others} once maintainer has taken over: two bots open two proposals")
    print("\nNext:", file=out)
    for step in steps:
        print(f"  {step}", file=out)


def onboarding(site: Site, carried: Carried, files: Sequence[str], preview: str) -> Onboarding:
    """What the onboarding proposal says: `files` are what it adds, `preview` the first plan in Markdown."""
    behind = (Behind(f"{one.file} {one.where}".strip(), one.what, one.why, one.instead) for one in carried.not_carried)
    return Onboarding(
        site=site.title,
        facts=facts(site),
        files=tuple(files),
        others=carried.files,
        bots=bots(carried),
        carried=tuple(summary(carried)),
        behind=tuple(behind),
        preview=preview,
        steps=next_steps(site, carried),
    )


def facts(site: Site) -> tuple[str, ...]:
    """What a site runs on and is built with."""
    versions = (f"{RUNTIMES[name][0]} {version}" for name, (version, _) in site.versions.items())
    return (*versions, *site.built_with)


def next_steps(site: Site, carried: Carried) -> tuple[str, ...]:
    """What is left to do on the forge, and with what was carried over."""
    steps = []
    if site.forge == "gitlab":
        steps.append(f"in .gitlab-ci.yml: include: [{{local: {WORKFLOWS['gitlab'][0]}}}]")
    if site.forge:
        steps.append("set the CI variable MAINTAINER_INSTALL to what pip shall install (the workflow says where)")
    if carried.settings.get("verify", {}).get("budgets"):
        steps.append("maintainer verify --only lighthouse --url <address>   judge a page by the budgets")
    return tuple(steps)


def tell_carried(context: Context, carried: Carried) -> None:
    """What came from others' configurations, and, in full, what didn't."""
    if not carried.files:
        return
    out = context.out
    counts = [_count(carried, "updates", "rule")] if bots(carried) else []
    if len(bots(carried)) < len(carried.files):
        counts.append(_count(carried, "verify", "budget"))
    count = " and ".join(counts)
    print(f"\nCarried over from {one_line(' and '.join(carried.files))}: {count}.", file=out)
    if carried.not_carried:
        print("\nNot carried over:", file=out)
    for entry in carried.not_carried:
        print(f"  {printable(f'{entry.file} {entry.where}'.strip())}", file=out)
        print(f"      {printable(f'{entry.what}: {entry.why} {entry.instead}'.strip())}", file=out)


def _count(carried: Carried, section: str, one: str) -> str:
    count = len(carried.settings.get(section, {}).get(f"{one}s", ()))
    return f"1 {one}" if count == 1 else f"{count} {one}s"


SAYS = {"written": "written  ", "unchanged": "unchanged", "left": "left     "}

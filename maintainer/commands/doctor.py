"""`doctor`: which tools are present, what each is for and how to get it; what the token at hand can do on its forge."""

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from maintainer import process
from maintainer.commands import platform
from maintainer.commands.context import Context
from maintainer.commands.doctor_verify import PACKAGES, Package, at_work, own_browser
from maintainer.commands.outside import configuration, open_http
from maintainer.config.access import named
from maintainer.config.load import load
from maintainer.errors import ConfigurationError, MaintainerError
from maintainer.platforms.base import Ability
from maintainer.workspace.checkout import open_checkout

MISSING = 3
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
VERSION = re.compile(r"\d+(?:\.\d+)+")
FOREIGN = re.compile(r"(?:^|/)(?:vendor|node_modules)/")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program: `names` it may be installed under, what it is for, how to get it, and the files that need it."""

    names: tuple[str, ...]
    purpose: str
    get: str
    files: tuple[str, ...] = ()
    always: bool = False
    #: The oldest version that can do what is asked of it.
    at_least: str = ""
    #: The tool that brings it, in the version a lock file names, when it isn't there.
    brought_by: str = ""
    #: The checks of `verify` that need it, and the variable that may say where it is.
    checks: tuple[str, ...] = ()
    path_env: str = ""


TOOLS = (
    Tool(
        ("git",),
        "makes each change on a branch of its own",
        "apt-get install git; https://git-scm.com",
        always=True,
        at_least="2.38",  # merge-tree --write-tree
    ),
    Tool(
        ("composer",),
        "refreshes composer.lock",
        "apt-get install composer; https://getcomposer.org/download",
        ("composer.lock",),
    ),
    Tool(
        ("php",),
        "runs Composer",
        "apt-get install php-cli php-curl php-mbstring php-xml php-zip; https://www.php.net/downloads",
        ("composer.lock",),
    ),
    Tool(
        ("npm",),
        "refreshes package-lock.json",
        "apt-get install npm; https://nodejs.org/download",
        ("package-lock.json", "npm-shrinkwrap.json"),
    ),
    Tool(
        ("node",),
        "runs npm, pnpm, Yarn and Lighthouse",
        "apt-get install nodejs; https://nodejs.org/download",
        ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"),
        checks=("lighthouse",),
    ),
    Tool(
        ("pnpm",),
        "refreshes pnpm-lock.yaml",
        "npm install --global pnpm; https://pnpm.io",
        ("pnpm-lock.yaml",),
        brought_by="npm",
    ),
    Tool(
        ("yarn",),
        "refreshes yarn.lock",
        "npm install --global yarn; https://yarnpkg.com",
        ("yarn.lock",),
        brought_by="npm",
    ),
    Tool(("uv",), "refreshes uv.lock", "pip install uv; https://docs.astral.sh/uv", ("uv.lock",)),
    Tool(
        ("poetry",),
        "refreshes poetry.lock",
        "pipx install poetry; https://python-poetry.org",
        ("poetry.lock",),
        brought_by="uv",
    ),
    Tool(
        BROWSERS,
        "looks at pages as customers do",
        "apt-get install chromium; https://www.chromium.org; or playwright install chromium",
        checks=("e2e", "visual", "lighthouse"),
        path_env="CHROME_PATH",
    ),
    Tool(
        ("lighthouse",),
        "measures how fast pages are",
        "npm install --global lighthouse@12.8.2; https://github.com/GoogleChrome/lighthouse",
        checks=("lighthouse",),
    ),
)


@dataclass(frozen=True, slots=True)
class Examined:
    """A tool as found: `version` is empty when it is missing, `problem` says why it can't be used."""

    name: str
    purpose: str
    needed_by: str
    path: str
    version: str
    problem: str
    get: str
    #: The tool that brings it at need, empty when it is here or nothing does.
    brought_by: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether this site needs it and can't have it."""
        return bool(self.needed_by and self.problem) and not self.brought_by


@dataclass(frozen=True, slots=True)
class Found:
    """All that was examined: tools, variables nobody set, what the token can, what is wrong with forge and settings."""

    examined: Sequence[Examined]
    unset: Sequence[str]
    abilities: Sequence[Ability]
    forge_trouble: str
    trouble: str


#: Whether the token can, can't, or that can't be told without doing it.
MARKS = {True: "✔", False: "✘", None: "◌"}


def main(context: Context, args: argparse.Namespace) -> int:  # noqa: ARG001 - every command's signature
    """Examine every tool; 3 when one that is needed is missing."""
    try:
        tracked: Sequence[str] = open_checkout(context.root, context.environment).tracked()
    except MaintainerError:
        tracked = [path.name for path in context.root.iterdir() if path.is_file()]
    files = {
        path.rsplit("/", 1)[-1]: path for path in sorted(tracked, key=depth, reverse=True) if not FOREIGN.search(path)
    }
    unset, trouble, checks = wishes(context)
    with ThreadPoolExecutor(4) as pool:
        examined = list(pool.map(lambda tool: examine(tool, files, context.environment, checks), TOOLS))
    examined += [packaged(one, checks) for one in PACKAGES]
    abilities, forge_trouble = ([], "") if trouble else of_token(context)
    found = Found(examined, unset, abilities, forge_trouble, trouble)
    {"json": tell_json, "markdown": tell_markdown}.get(context.format, tell_text)(context, found)
    return MISSING if any(one.is_missing for one in examined) or unset or found.forge_trouble else 0


def depth(path: str) -> int:
    """How many folders a path is in."""
    return path.count("/")


def examine(
    tool: Tool, files: Mapping[str, str], environment: Mapping[str, str], checks: Mapping[str, str]
) -> Examined:
    """Find a tool on the PATH and ask its version; `checks` are those at work, with what asks for each."""
    needed = "every site" if tool.always else next((files[name] for name in tool.files if name in files), "")
    needed = needed or next((checks[name] for name in tool.checks if name in checks), "")
    name, path = tool.names[0], None
    for candidate in filter(None, (environment.get(tool.path_env, ""), *tool.names)):
        path = path or shutil.which(candidate, path=environment.get("PATH", ""))
    version, problem, brought_by = "", "" if path else "not found", ""
    if not path and tool.brought_by and shutil.which(tool.brought_by, path=environment.get("PATH", "")):
        brought_by = tool.brought_by
    if not path and tool.names == BROWSERS and own_browser(environment):
        brought_by = "playwright"
    if path:
        try:
            done = process.run(
                [path, "--version"],
                # Not in the site: Yarn and Corepack run what its files name.
                cwd=Path(tempfile.gettempdir()),
                environment=process.minimal(environment, **QUIET),
                seconds=20,
                limit=64 * 1024,
            )
        except MaintainerError as error:
            problem = error.message
        else:
            found = VERSION.search(done.text)
            version = found[0] if found else ""
            problem = "" if version and done.code == 0 else f"doesn't answer --version (exit {done.code})"
            if not problem and numbers(version) < numbers(tool.at_least):
                problem = f"is {version}, and {tool.at_least} is the least that will do"
    return Examined(name, tool.purpose, needed, path or "", version, problem, tool.get, brought_by)


def packaged(one: Package, checks: Mapping[str, str]) -> Examined:
    """A Python package, as it is installed beside ours."""
    needed = next((checks[name] for name in one.checks if name in checks), "")
    version = one.version()
    return Examined(one.name, one.purpose, needed, "", version, "" if version else "not installed", one.get)


def numbers(version: str) -> tuple[int, ...]:
    """The parts of a version to compare; none of an empty one."""
    return tuple(int(part[:9]) for part in version.split(".") if part)


#: Tools speak plainly, and ask nobody, when they are asked for their version.
QUIET = {"COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_NO_INTERACTION": "1", "COREPACK_ENABLE_DOWNLOAD_PROMPT": "0"}


def wishes(context: Context) -> tuple[list[str], str, Mapping[str, str]]:
    """The environment variables the configuration names and nobody set, what is wrong with the configuration, and the
    checks it asks for."""
    try:
        settings = load(context.root, context.environment, file=context.config).whole
    except ConfigurationError as error:
        return [], error.message, {}
    secret = [source.url_env for source in settings.calendars if source.url_env]
    unset = [name for name in (*named(settings.registries), *secret) if not context.environment.get(name)]
    return unset, "", at_work(settings)


def of_token(context: Context) -> tuple[Sequence[Ability], str]:
    """What the token of this run's forge can do, and why that could not be found out; nothing for a local one."""
    try:
        checkout = open_checkout(context.root, context.environment)
        if platform.chosen(context.environment) == "local" or checkout.git is None:
            return (), ""
        config = configuration(context, checkout.root)
        forge = platform.connect(context, config, checkout, open_http(context, config, checkout.root))
        return forge.board.abilities(), ""
    except MaintainerError as error:
        return (), error.message


def state(one: Examined) -> str:
    """In words, with the mark."""
    if not one.problem:
        return f"✔ {one.version}"
    if one.brought_by:
        return f"– {one.problem}, {one.brought_by} brings it"
    return f"✘ {one.problem}" if one.needed_by else f"– {one.problem}"


def tell_json(context: Context, found: Found) -> None:
    tools = [asdict(one) | {"missing": one.is_missing} for one in found.examined]
    answer = {
        "schema": 1,
        "tools": tools,
        "unset": list(found.unset),
        "token": [asdict(one) for one in found.abilities],
        "forge": found.forge_trouble,
        "configuration": found.trouble,
    }
    context.out.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def tell_markdown(context: Context, found: Found) -> None:
    print("| tool | state | for | needed by |\n|---|---|---|---|", file=context.out)
    for one in found.examined:
        _cells(context, (one.name, state(one), one.purpose, one.needed_by or "–"))
    if found.abilities:
        print("\n| the token can | | |\n|---|---|---|", file=context.out)
    for ability in found.abilities:
        _cells(context, (ability.what, MARKS[ability.able], ability.sentence))
    advise(context, found)


def _cells(context: Context, cells: Sequence[str]) -> None:
    print(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |", file=context.out)


def tell_text(context: Context, found: Found) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=context.out, width=context.width, force_terminal=context.colour, no_color=not context.colour)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("tool", "state", "for", "needed by"):
        table.add_column(column, overflow="fold")
    for one in found.examined:
        style = "red" if one.is_missing else "" if not one.problem else "dim"
        table.add_row(one.name, Text(state(one), style=style), one.purpose, Text(one.needed_by or "–"))
    console.print(table)
    if found.abilities:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("the token can", "", ""):
            table.add_column(column, overflow="fold")
        for ability in found.abilities:
            table.add_row(Text(ability.what), MARKS[ability.able], Text(ability.sentence))
        console.print()
        console.print(table)
    advise(context, found)


def advise(context: Context, found: Found) -> None:
    """What to do about what is missing."""
    sentences = [
        f"{one.name}: {one.problem}, and {one.needed_by} needs it. {one.get}"
        for one in found.examined
        if one.is_missing
    ]
    sentences += [f"{name} is named by the configuration and not set in this environment." for name in found.unset]
    sentences += [trouble for trouble in (found.forge_trouble, found.trouble) if trouble]
    print("\n" + "\n".join(sentences or ["Everything this site needs is here."]), file=context.out)

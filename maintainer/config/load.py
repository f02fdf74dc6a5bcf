"""From a repository to its configuration: the file, the policies beneath it, the environment above it."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import maintainer
from maintainer.config import access, rulebook, validation
from maintainer.config.merge import layered, refuse_twins
from maintainer.config.names import Service
from maintainer.config.secrets import looks_secret
from maintainer.config.settings import LOOKING, Settings
from maintainer.config.spelling import nearest, quoted
from maintainer.config.values import address
from maintainer.config.yaml_file import MAX_BYTES, Mark, Node, Scalar, Sequence, Table, dotted, parse, walk
from maintainer.errors import ConfigurationError
from maintainer.policy.rulebook import Rulebook

if TYPE_CHECKING:
    from maintainer.config.whole import Whole

FOLDERS = ("", ".github/", ".gitlab/")
NAMES = ("maintainer.yml", "maintainer.yaml")
ENVIRONMENT = "environment"
SERVICES: tuple[str, ...] = get_args(Service)
NOTHING = Table({}, {}, Mark("", 1, 1))
#: What YAML 1.1 makes a number or a boolean of, and so do editors and other programs.
MISREAD = re.compile(r"\d+\.\d+|(?i:yes|no|on|off)")


@dataclass(frozen=True)
class Config:
    """What the user wants.

    `file` is the site's own file from the root, empty when there is none. `origins` says for each effective value,
    by its dotted path, where it comes from; `tree` is all of it as written. `urls` are base URLs by service name.
    `notes` are sentences about what is right here and may be misread elsewhere.
    """

    settings: Settings
    rulebook: Rulebook
    origins: Mapping[str, str]
    tree: Table
    urls: Mapping[str, str]
    file: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def whole(self) -> "Whole":
        """The settings with those that looking at the site goes by."""
        return validation.whole(self.tree)


@dataclass(frozen=True, slots=True)
class Central:
    """What a fleet lays beneath each site's own file: policies, the lowest first, then a map over them.

    `policies` is the folder of those that we don't ship.
    """

    policies: Path | None = None
    extends: tuple[str, ...] = ()
    overrides: Table = NOTHING


def load(
    root: Path,
    environment: Mapping[str, str],
    policies: Path | None = None,
    *,
    file: Path | None = None,
    central: Central | None = None,
) -> Config:
    """The configuration of the repository at `root`, or that in `file`.

    `policies` is the folder of the policies we ship, found by itself when None. Raises ConfigurationError with one
    line for each mistake.
    """
    known = named(policies or shipped(), central.policies if central else None)
    root = repository(root)
    found = file or site_file(root)
    shown = _shown(found, root) if found else ""
    if central and found and not found.resolve().is_relative_to(root.resolve()):
        # What an error says of it would tell one site what lies beside it.
        raise ConfigurationError(f"{shown}: leads out of the repository through a link. Keep the file itself there.")
    own = read(found, shown) if found else NOTHING
    refuse_twins(own)
    asked = [name for name, _ in extended(own, known)]
    default = policy(known, "default")
    tree = beneath(known, default, central, asked)
    for name in asked:
        tree = layered(tree, policy(known, name))
    tree = overridden(layered(tree, own), environment)
    # What our own policy says is right: the tests read it.
    looking = any(tree.items.get(key) is not default.items.get(key) for key in (*LOOKING, "campaigns"))
    settings = validation.settings(tree, looking=looking)
    origins = {dotted(path): origin(node.at) for path, node in walk(tree) if isinstance(node, Scalar)}
    certificates = settings.registries.ca_file
    if certificates and not (root / certificates).is_file():
        key = "registries.ca_file"
        raise ConfigurationError(f"{origins[key]}: {key}: {root / certificates} is no file. Give one in PEM format.")
    return Config(
        settings=settings,
        rulebook=rulebook.rulebook(settings),
        origins=origins,
        tree=tree,
        urls=access.services(settings.registries, environment),
        file=shown,
        notes=tuple(notes(own)),
    )


def beneath(known: Mapping[str, Path], tree: Table, central: Central | None, asked: Collection[str] = ()) -> Table:
    """The default policy, `tree`, and what a fleet lays over it, but for the policies a site `asked` for itself."""
    for name in central.extends if central else ():
        if name not in ("default", *asked):
            tree = layered(tree, policy(known, name))
    return layered(tree, central.overrides) if central else tree


def repository(folder: Path) -> Path:
    """The folder of the repository that `folder` is in, or `folder` itself where there is none."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)


def shipped() -> Path:
    """The folder of the policies we ship: inside the installed package, or beside it in a checkout."""
    package = Path(maintainer.__path__[0])
    inside = package / "_policies"
    return inside if inside.is_dir() else package.parent / "policies"


def site_file(root: Path) -> Path | None:
    """The site's configuration; raises ConfigurationError when there are several."""
    places = [root / folder / name for folder in FOLDERS for name in NAMES]
    there = [place for place in places if place.exists() or place.is_symlink()]
    if len(there) > 1:
        names = " and ".join(_shown(place, root) for place in there)
        raise ConfigurationError(f"{names} are both there. Keep one; which of them is meant can't be known.")
    return there[0] if there else None


def read(path: Path, shown: str) -> Table:
    """The map in a file; raises ConfigurationError."""
    try:
        if not path.is_file():
            raise ConfigurationError(f"{shown}: is no file. Give a YAML file, or remove it.")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no path"
        raise ConfigurationError(f"{shown}: can't be read: {why}.") from None
    return parse(data, shown)


def names(policies: Path) -> list[str]:
    """The names of the policies in a folder."""
    return sorted(path.stem for path in policies.glob("*.yml"))


def named(policies: Path, central: Path | None = None) -> dict[str, Path]:
    """The files of all policies by name: ours, and a fleet's own. Raises ConfigurationError for a name of both."""
    found = {name: policies / f"{name}.yml" for name in names(policies)}
    theirs = {name: central / f"{name}.yml" for name in names(central)} if central else {}
    for name in sorted(found.keys() & theirs):
        raise ConfigurationError(
            f"policies/{name}.yml: {quoted(name)} is a policy we ship. Give the fleet's own another name."
        )
    return found | theirs


def policy(known: Mapping[str, Path], name: str) -> Table:
    """A policy by its name, one of `known`. Raises ConfigurationError."""
    made = read(known[name], f"policies/{name}.yml")
    if "extends" in made.keys:
        raise ConfigurationError(
            f"{made.keys['extends']}: extends: a policy builds on no other. Name both where this one is named."
        )
    refuse_twins(made)
    return made


def extended(own: Table, policies: Mapping[str, Path]) -> Iterator[tuple[str, Mark]]:
    """The policies a file names, in order, without `default`, which is always beneath."""
    given = own.items.get("extends")
    items = given.items if isinstance(given, Sequence) else [given]
    known = sorted(policies)
    for index, item in enumerate(items):
        if not isinstance(item, Scalar) or item.is_null or looks_secret(item.text):
            continue  # not text: told with all other mistakes
        if item.text not in known:
            key = dotted(("extends", index)) if isinstance(given, Sequence) else "extends"
            raise ConfigurationError(
                f"{item.at}: {key}: {quoted(item.text)} is no policy.{nearest(item.text, known)} "
                f"Allowed: {', '.join(known)}."
            )
        if item.text != "default":
            yield item.text, item.at


def variable(service: str) -> str:
    """The environment variable that sets the base URL of a service."""
    return f"MAINTAINER_{service.upper().replace('-', '_')}_URL"


def overridden(tree: Table, environment: Mapping[str, str]) -> Table:
    """The tree with the base URLs of the environment; raises ConfigurationError for one that is no URL."""
    items: dict[str, Node] = {}
    keys: dict[str, Mark] = {}
    for service in SERVICES:
        name = variable(service)
        if not environment.get(name):
            continue
        try:
            text = address(environment[name])
        except ValueError as error:
            raise ConfigurationError(f"{name} (environment): {error}") from None
        keys[service] = Mark(f"{ENVIRONMENT} {name}", 0, 0)
        items[service] = Scalar(text, keys[service])
    refuse_misspelt(environment)
    if not items:
        return tree
    at = Mark(ENVIRONMENT, 0, 0)
    urls = Table(items, keys, at)
    layer = Table({"registries": Table({"urls": urls}, {"urls": at}, at)}, {"registries": at}, at)
    return layered(tree, layer)


def refuse_misspelt(environment: Mapping[str, str]) -> None:
    """A base URL under nearly the right name would be a mirror that is not used: raise ConfigurationError."""
    known = [variable(service) for service in SERVICES]
    for name in environment:
        if name.startswith("MAINTAINER_") and name.endswith("_URL") and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
            if near:
                raise ConfigurationError(f"{name} (environment): no such setting. Did you mean {near[0]}?")


def origin(at: Mark) -> str:
    """Where a value comes from, in words: `maintainer.yml:9`, `policies/default.yml:14`, `environment NAME`."""
    return f"{at.file}:{at.line}" if at.line else at.file


def notes(own: Table) -> Iterator[str]:
    """What is read here as written, and may be read otherwise by editors and other programs."""
    for path, node in walk(own):
        if isinstance(node, Scalar) and node.plain and MISREAD.fullmatch(node.text):
            meant = f"the number {float(node.text)}" if node.text[0].isdigit() else "a boolean"
            yield (
                f"{node.at}: {dotted(path)}: {node.text} is read as written. Put it in quotes ('{node.text}'): "
                f"other readers of YAML take it for {meant}."
            )


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()

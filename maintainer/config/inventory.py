"""The inventory of a fleet: which sites there are, where their code lives, and what central policy lies beneath each.

It is read as strictly as `maintainer.yml`: each mistake with its file, line, column and key.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from maintainer.config import validation
from maintainer.config.fields import EnvironmentName, Flag, Globs, Section, Texts, described, listed, read
from maintainer.config.load import NOTHING, Central, beneath, named, policy, shipped
from maintainer.config.load import read as read_file
from maintainer.config.merge import layered, refuse_twins
from maintainer.config.repositories import Where, below, branch, name, named_for, owner, repository
from maintainer.config.spelling import nearest, quoted
from maintainer.config.yaml_file import Mark, Table, dotted
from maintainer.config.yaml_file import Path as Path_
from maintainer.errors import ConfigurationError

ALONE = Central()
#: More sites than this are several fleets.
MOST_SITES = 5000

Repository = Annotated[
    Where,
    read(repository),
    described(type="string", minLength=1, examples=["github:acme/shop", "gitlab:acme/shops/pl", "sites/shop"]),
]
Below = Annotated[str, read(below), described(type="string", minLength=1, examples=["policies"])]
Owner = Annotated[str, read(owner), described(type="string", pattern="^(github|gitlab):", examples=["github:acme"])]
Name = Annotated[str, read(name), described(type="string", minLength=1, maxLength=100, examples=["shop.example.pl"])]
Branch = Annotated[str, read(branch), described(type="string", minLength=1, examples=["main"])]
Variables = Annotated[
    tuple[EnvironmentName, ...],
    BeforeValidator(listed, json_schema_input_type=EnvironmentName | list[EnvironmentName]),
]
Overrides = Annotated[
    dict[str, Any] | None,
    Field(description="Settings as in maintainer.yml, over the policies and beneath the site's file."),
]


class Given(Section):
    """What sites are given."""

    tags: Annotated[Texts, Field(description="Words to choose sites by, such as woocommerce.")] = ()
    extends: Annotated[Texts, Field(description="Policies beneath, ours or the fleet's own, later over earlier.")] = ()
    environment: Annotated[
        Variables, Field(description="Variables that the site's own configuration may read, such as COMPOSER_AUTH.")
    ] = ()
    overrides: Overrides = None


class Site(Given):
    """One site."""

    repository: Annotated[Repository, Field(description="Where its code is.")]
    name: Annotated[Name | None, Field(description="Its name; the repository's otherwise.")] = None
    branch: Annotated[Branch | None, Field(description="The branch to work on; the repository's own otherwise.")] = None
    token_env: Annotated[
        EnvironmentName | None, Field(description="The variable that holds the token for its repository.")
    ] = None


class Owned(Given):
    """All repositories of an organisation or group that match."""

    owner: Annotated[Owner, Field(description="Whose repositories: an organisation, a user, or a group.")]
    topics: Annotated[Texts, Field(description="Topics a repository must have, all of them.")] = ()
    only: Annotated[Globs, Field(description="Globs over the repository's name without the owner; ! excludes.")] = ()
    archived: Annotated[Flag, Field(description="Whether archived ones are listed too.")] = False
    forks: Annotated[Flag, Field(description="Whether forks are listed too.")] = False
    token_env: Annotated[
        EnvironmentName | None, Field(description="The variable that holds the token for its repositories.")
    ] = None


class Fleet(Section):
    """The whole of the inventory."""

    policies: Annotated[Below, Field(description="The folder of the fleet's own policies, beside this file.")] = (
        "policies"
    )
    extends: Annotated[Texts, Field(description="Policies beneath every site, later ones over earlier.")] = ()
    environment: Annotated[Variables, Field(description="Variables that every site's own configuration may read.")] = ()
    overrides: Overrides = None
    sites: Annotated[tuple[Site, ...], Field(description="Sites one by one.")] = ()
    owners: Annotated[
        tuple[Owned, ...], Field(description="Organisations and groups whose repositories are sites.")
    ] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A site as a run needs it. `central` is what lies beneath its own file; `digest` changes when the entry does."""

    name: str
    where: Where
    branch: str = ""
    tags: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    token_env: str = ""
    central: Central = ALONE
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A repository of the owner at this index of `owners`: `path` as `acme/shop`."""

    owner: int
    path: str
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The inventory, in `folder`, which is what its paths are relative to."""

    folder: Path
    fleet: Fleet
    tree: Table

    def entries(self, found: Iterable[Found] = ()) -> tuple[Entry, ...]:
        """All sites: those named one by one, then those `found` of the owners; one that is both is named.

        Raises ConfigurationError for two of one name.
        """
        made = [
            self._entry(
                site, ("sites", at), site.name or named_for(site.repository), site.repository, site.branch or ""
            )
            for at, site in enumerate(self.fleet.sites)
        ]
        known = {entry.where.same for entry in made}
        for one in found:
            owned = self.fleet.owners[one.owner]
            where = repository(f"{owned.owner.partition(':')[0]}:{one.path}")
            if where.same not in known:
                known.add(where.same)
                made.append(self._entry(owned, ("owners", one.owner), one.path, where, branch(one.branch or "main")))
        if len(made) > MOST_SITES:
            raise ConfigurationError(
                f"{self.tree.at.file}: has {len(made)} sites; {MOST_SITES} are the most of one fleet."
            )
        names: dict[str, Entry] = {}
        for entry in made:
            other = names.setdefault(entry.name.casefold(), entry)
            if other is not entry:
                raise ConfigurationError(
                    f"{self.tree.at.file}: {other.where} and {entry.where} are both called {quoted(entry.name)}. "
                    "Name one of them in `sites`."
                )
        return tuple(made)

    def _entry(self, given: Site | Owned, path: Path_, called: str, where: Where, on: str) -> Entry:
        whole, overrides = (_overrides(self.tree, place) for place in ((), path))
        extends = tuple(dict.fromkeys((*self.fleet.extends, *given.extends)))
        central = Central(self.folder / self.fleet.policies, extends, layered(whole, overrides))
        environment = tuple(dict.fromkeys((*self.fleet.environment, *given.environment)))
        token = given.token_env or ""
        told = [called, str(where), on, extends, validation.plain(central.overrides), environment, token]
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
        return Entry(called, where, on, given.tags, environment, token, central, digest)


def load(path: Path, policies: Path | None = None) -> Inventory:
    """The inventory in a file. `policies` is the folder of those we ship, found by itself when None.

    Raises ConfigurationError with one line for each mistake: in the file, and in the policies it builds on.
    """
    tree = read_file(path, path.name)
    fleet = validation.document(tree, Fleet)
    made = Inventory(path.parent.resolve(), fleet, tree)
    known = named(policies or shipped(), made.folder / fleet.policies)
    validation.refuse([*_twins(made), *_unknown_policies(made, known), *_outside(made)])
    if not (fleet.sites or fleet.owners):
        raise ConfigurationError(
            f"{path.name}:1:1: names no site. Write `sites:` with a repository each, or `owners:`."
        )
    tried: set[str] = set()
    for entry in _samples(made):
        key = json.dumps([entry.central.extends, validation.plain(entry.central.overrides)], sort_keys=True)
        if key not in tried:
            tried.add(key)
            refuse_twins(entry.central.overrides)
            validation.settings(beneath(known, policy(known, "default"), entry.central))
    return made


def _samples(made: Inventory) -> Iterator[Entry]:
    """All sites, and of each owner what any of its repositories would be."""
    for at, site in enumerate(made.fleet.sites):
        yield made._entry(site, ("sites", at), "", site.repository, "")
    for at, owned in enumerate(made.fleet.owners):
        yield made._entry(owned, ("owners", at), "", Where("github", ""), "")


def _overrides(tree: Table, path: Path_) -> Table:
    found, node, _ = validation.find(tree, (*path, "overrides"))
    return node if len(found) == len(path) + 1 and isinstance(node, Table) else NOTHING


Mistakes = Iterator[tuple[Mark, str]]


def _twins(made: Inventory) -> Mistakes:
    """Two sites of one name would share a result, two of one repository their branches."""
    seen: dict[tuple[str, str], int] = {}
    for at, site in enumerate(made.fleet.sites):
        called = site.name or named_for(site.repository)
        for key, value, shown in (
            ("name", called.casefold(), called),
            ("repository", site.repository.same, str(site.repository)),
        ):
            first = seen.setdefault((key, value), at)
            if first != at:
                mark = validation.find(made.tree, ("sites", at, key))[2]
                line = validation.find(made.tree, ("sites", first, key))[2].line
                yield mark, f"sites[{at}].{key}: {quoted(shown)} is already in line {line}. Keep one of the two."


def _unknown_policies(made: Inventory, known: Mapping[str, Path]) -> Mistakes:
    places: list[tuple[Path_, Sequence[str]]] = [((), made.fleet.extends)]
    places += [(("sites", at), site.extends) for at, site in enumerate(made.fleet.sites)]
    places += [(("owners", at), owned.extends) for at, owned in enumerate(made.fleet.owners)]
    for place, extends in places:
        for at, one in enumerate(extends):
            if one not in known:
                path, _, mark = validation.find(made.tree, (*place, "extends", at))
                yield (
                    mark,
                    (
                        f"{dotted(path)}: {quoted(one)} is no policy.{nearest(one, known)} Allowed: "
                        f"{', '.join(sorted(known))}; the fleet's own are looked for in {made.fleet.policies}/."
                    ),
                )


def _outside(made: Inventory) -> Mistakes:
    """Paths that aren't there, or lead out of the folder through a link."""
    places: list[tuple[Path_, str, bool]] = [
        (("sites", at, "repository"), site.repository.place, True)
        for at, site in enumerate(made.fleet.sites)
        if site.repository.kind == "path"
    ]
    for path, text, needed in [*places, (("policies",), made.fleet.policies, False)]:
        there = made.folder / text
        if not there.resolve().is_relative_to(made.folder):
            why = "leads out of the inventory's folder through a link. Keep it below, or give a URL."
        elif needed and not there.is_dir():
            why = "is no folder beside the inventory. Clone it there, or give its URL."
        else:
            continue
        yield validation.find(made.tree, path)[2], f"{dotted(path)}: {quoted(text)} {why}"

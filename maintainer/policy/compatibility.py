"""Whether a site meets what a release requires, and what is in the way of a runtime.

    Facts(php=("8.1.2",), node=(), python=(), wordpress="6.4.5", woocommerce="", mysql="", mariadb="", plugins=None)
    check(requires, facts, schemes, already={}) -> Checked(unmet: tuple[Unmet, ...], unchecked: tuple[str, ...])
    blockers(runtime, version, installed, schemes) -> tuple[Blocker, ...]
    lift(unmet, coming: Mapping[str, Coming(version, title)], schemes) -> str

Requirements are named as in `Release.requires`. PHP's are read as Composer does, Node's as npm, Python's by PEP 440,
WordPress's and plugins' as WordPress does; a version alone ("Requires PHP: 7.4") is the lowest that will do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maintainer.errors import InvalidConstraint, InvalidVersion
from maintainer.model import Dependency, Listing
from maintainer.policy.wording import NAMES
from maintainer.versions.base import Scheme

#: Whose language a requirement is written in; what is not named here is WordPress's.
_SCHEMES = {"php": "composer", "node": "npm", "python": "pep440"}
#: `php:8.1` runs whatever 8.1.x is newest: such a fact meets a requirement that its newest or its first release meets.
_FLOATING = {"php": 3, "node": 3, "python": 3}
_BARE = re.compile(r"v?\d+(?:\.\d+)*\+?", re.ASCII)
_FLOOR = re.compile(r">=\s*v?(\d+(?:\.\d+)*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the site runs. Runtimes may differ between environments: each must do; empty means not known.

    `plugins` maps slugs to installed versions, None when the repository doesn't hold the site's plugins.
    """

    php: tuple[str, ...] = ()
    node: tuple[str, ...] = ()
    python: tuple[str, ...] = ()
    wordpress: str = ""
    woocommerce: str = ""
    mysql: str = ""
    mariadb: str = ""
    plugins: Mapping[str, str] | None = None

    def versions(self, requirement: str) -> tuple[str, ...]:
        """What stands against a requirement; empty when not known."""
        match requirement:
            case "php" | "node" | "python":
                runtime: tuple[str, ...] = getattr(self, requirement)
                return runtime
            case "wordpress" | "mysql" | "mariadb":
                version: str = getattr(self, requirement)
            case "woocommerce":
                version = self.woocommerce or (self.plugins or {}).get("woocommerce", "")
            case _:
                version = (self.plugins or {}).get(requirement.removeprefix("plugin:"), "")
        return (version,) if version else ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement the site doesn't meet; `has` is empty for a plugin that is missing."""

    requirement: str
    needs: str
    has: str

    @property
    def name(self) -> str:
        return NAMES.get(self.requirement) or f"the plugin {self.requirement.removeprefix('plugin:')}"

    @property
    def needed(self) -> str:
        """`PHP 8.2`, `PHP <8.0`, `the plugin woocommerce`."""
        floor = _FLOOR.fullmatch(self.needs.strip())
        text = floor[1] if floor else self.needs.strip().removesuffix("+")
        return f"{self.name} {text}" if text not in ("", "*") else self.name


@dataclass(frozen=True, slots=True)
class Checked:
    """What is not met, and the names of requirements nothing is known against."""

    unmet: tuple[Unmet, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """An installed thing that forbids a runtime; `successor` is its newest release that doesn't, if there is one."""

    name: str
    version: str
    needs: str
    runtime: str
    wanted: str
    successor: str = ""

    @property
    def sentence(self) -> str:
        thing = f"{self.name} {self.version}".strip()
        target = f"{NAMES.get(self.runtime, self.runtime)} {self.wanted}"
        if self.successor:
            return f"{thing} allows only {self.needs}: update it to {self.successor} first"
        return f"{thing}: no release for {target}+"


def check(
    requires: Mapping[str, str],
    facts: Facts,
    schemes: Mapping[str, Scheme],
    already: Mapping[str, str] | None = None,
) -> Checked:
    """Hold each requirement against what is known of the site.

    `already` is what the installed version requires: a plugin that was missing before is no reason against an update.
    """
    unmet: list[Unmet] = []
    unchecked: list[str] = []
    for requirement, needs in requires.items():
        versions = facts.versions(requirement)
        if not versions:
            if requirement.startswith("plugin:") and facts.plugins is not None and requirement not in (already or {}):
                unmet.append(Unmet(requirement, needs, ""))
            elif requirement != "woocommerce" or facts.plugins is None:
                unchecked.append(requirement)
            continue
        met = [allows(requirement, needs, version, schemes) for version in versions]
        failing = next((version for version, good in zip(versions, met, strict=True) if good is False), None)
        if failing is not None:
            unmet.append(Unmet(requirement, needs, failing))
        elif None in met:
            unchecked.append(requirement)
    return Checked(tuple(unmet), tuple(unchecked))


def allows(requirement: str, needs: str, version: str, schemes: Mapping[str, Scheme]) -> bool | None:
    """Whether `version` meets `needs`, None when either can't be read."""
    needs = needs.strip()
    if needs in ("", "*"):
        return True
    scheme = schemes.get(_SCHEMES.get(requirement, "wordpress"))
    if scheme is None:
        return None
    bare = _BARE.fullmatch(needs)
    if bare and (requirement != "node" or needs.endswith("+")):
        needs = f">={needs.removesuffix('+').removeprefix('v')}"
    try:
        return any(scheme.satisfies(needs, one) for one in _spelled(requirement, version))
    except (InvalidVersion, InvalidConstraint):
        return None


def _spelled(requirement: str, version: str) -> tuple[str, ...]:
    missing = _FLOATING.get(requirement, 0) - len(version.split("."))
    return (version + ".9999" * missing, version + ".0" * missing) if missing > 0 else (version,)


def blockers(
    runtime: str,
    version: str,
    installed: Sequence[tuple[Dependency, Listing | None]],
    schemes: Mapping[str, Scheme],
) -> tuple[Blocker, ...]:
    """The installed things that forbid `version` of a runtime, each once, by name."""
    found: dict[tuple[str, str], Blocker] = {}
    for dependency, listing in installed:
        needs = _requirement(dependency, listing, runtime)
        if not needs or allows(runtime, needs, version, schemes) is not False:
            continue
        current = dependency.current or ""
        found[dependency.name, current] = Blocker(
            dependency.name,
            current,
            needs,
            runtime,
            version,
            _successor(dependency, listing, runtime, version, schemes),
        )
    return tuple(found[key] for key in sorted(found))


def _requirement(dependency: Dependency, listing: Listing | None, runtime: str) -> str:
    if runtime in dependency.requires:
        return dependency.requires[runtime]
    releases = listing.releases if listing else ()
    return next((r.requires.get(runtime, "") for r in releases if r.version == dependency.current), "")


def _successor(
    dependency: Dependency, listing: Listing | None, runtime: str, version: str, schemes: Mapping[str, Scheme]
) -> str:
    """The newest later release that allows the runtime; one that says nothing of it allows it."""
    scheme = schemes.get(dependency.scheme)
    if scheme is None or listing is None or not dependency.current or not scheme.is_version(dependency.current):
        return ""
    later = [
        release.version
        for release in listing.releases
        if not release.withdrawn
        and scheme.is_version(release.version)
        and not scheme.is_prerelease(release.version)
        and scheme.compare(release.version, dependency.current) > 0
        and allows(runtime, release.requires.get(runtime, ""), version, schemes) is True
    ]
    return scheme.newest(later) or ""


@dataclass(frozen=True, slots=True)
class Coming:
    """A version another proposal would bring, and that proposal's title."""

    version: str
    title: str


def lift(unmet: Unmet, coming: Mapping[str, Coming], schemes: Mapping[str, Scheme]) -> str:
    """The title of the proposal after which a requirement is met, empty when there is none."""
    brought = coming.get(unmet.requirement)
    if brought and allows(unmet.requirement, unmet.needs, brought.version, schemes):
        return brought.title
    return ""

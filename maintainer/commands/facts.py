"""What the site runs: as its files pin it, else as the configuration says, else as production tells."""

import re
from collections.abc import Iterable, Mapping, Sequence

from maintainer import catalog
from maintainer.model import Dependency
from maintainer.planning.component import component
from maintainer.planning.cycle import numbers, shown
from maintainer.planning.group import RUNTIMES
from maintainer.policy.compatibility import Facts

_DATABASES = ("mysql", "mariadb")


def facts(dependencies: Iterable[Dependency], said: Mapping[str, str], production: Mapping[str, str]) -> Facts:
    """`said` are versions by name as the configuration has them, `production` as the live site does."""
    listed = list(dependencies)
    elsewhere = {**production, **said}
    runtimes = {name: _pinned(name, listed) or _all(elsewhere.get(name)) for name in RUNTIMES}
    components = {what: version for d in listed if (what := component(d)) and (version := installed(d))}
    plugins = {slug: version for (kind, slug), version in components.items() if kind == "plugin"}
    databases = {name: said.get(name) or _image(name, listed) or production.get(name, "") for name in _DATABASES}
    return Facts(
        php=runtimes["php"],
        node=runtimes["node"],
        python=runtimes["python"],
        wordpress=components.get(("core", "")) or elsewhere.get("wordpress", ""),
        woocommerce=plugins.get("woocommerce") or elsewhere.get("woocommerce", ""),
        mysql=databases["mysql"],
        mariadb=databases["mariadb"],
        plugins=plugins or None,
    )


def installed(dependency: Dependency) -> str:
    """The exact version the repository holds, empty when it states a range and no lock file."""
    scheme = catalog.SCHEMES[dependency.scheme]
    return (
        dependency.locked
        or scheme.pinned(dependency.constraint)
        or (dependency.current if dependency.committed else "")
        or ""
    )


def _pinned(runtime: str, dependencies: Sequence[Dependency]) -> tuple[str, ...]:
    pins = (d for d in dependencies if d.role == "pin" and d.section == runtime)
    stated = (numbers(d.current or d.constraint) or numbers(_line(d)) for d in pins)
    return tuple(dict.fromkeys(shown(found) for found in stated if found))


def _line(pin: Dependency) -> str:
    """The number of a line that is pinned by its name: 20 for `lts/iron`."""
    return catalog.SCHEMES["runtime"].lowest(pin.constraint) or "" if pin.scheme == "runtime" else ""


def _image(name: str, dependencies: Sequence[Dependency]) -> str:
    """The oldest database of this name among the images."""
    tags = (d.constraint for d in dependencies if d.source.datasource == "docker" and _named(d) == name)
    return shown(min(filter(None, map(numbers, tags)), default=()))


def _named(dependency: Dependency) -> str:
    return re.sub(r"^(?:docker\.io/)?(?:library/)?", "", dependency.source.package)


def _all(version: str | None) -> tuple[str, ...]:
    return (version,) if version else ()

"""What production runs, as it tells at `site.version_url` (docs/production.md), and where it is ahead of git."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from maintainer import catalog, errors
from maintainer.commands.facts import installed
from maintainer.http import Http
from maintainer.model import Dependency, Finding, Problem
from maintainer.planning.component import Component, component
from maintainer.policy import findings
from maintainer.text import foreign

#: The answer is a page; what is longer is something else.
LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Production:
    """`runs` are versions by name (`php`, `wordpress`, `mysql`), `components` those of plugins, themes and core."""

    runs: Mapping[str, str] = field(default_factory=dict)
    components: Mapping[Component, str] = field(default_factory=dict)


def ask(http: Http, url: str | None, file: str) -> tuple[Production, list[Problem]]:
    """What production answers; without an answer a problem of the configuration in `file`."""
    if not url:
        return Production(), []
    try:
        return read(http.get(url, headers={"accept": "application/json"}, limit=LIMIT).table()), []
    except errors.MaintainerError as error:
        sentence = f"{error} What production runs, and whether it is ahead of git, is not known."
        return Production(), [Problem(file, "site.version_url", sentence, error.exit_code)]


def read(answer: Mapping[str, object]) -> Production:
    """What is a version in the answer; all else is passed over."""
    names = ("wordpress", "php", "mysql", "mariadb")
    runs = {name: version for name in names if (version := foreign.version(answer, name))}
    components: dict[Component, str] = {("core", ""): runs["wordpress"]} if "wordpress" in runs else {}
    for kind in ("plugin", "theme"):
        for name, stated in foreign.table(answer, f"{kind}s").items():
            # WordPress itself names a plugin by its main file: woocommerce/woocommerce.php.
            slug = name.partition("/")[0].removesuffix(".php")
            if version := foreign.version(stated):
                components[kind, slug] = version
    if woocommerce := components.get(("plugin", "woocommerce")):
        runs["woocommerce"] = woocommerce
    return Production(runs, components)


def ahead(production: Production, dependencies: Iterable[Dependency]) -> Iterator[Finding]:
    """A finding for each part of WordPress that is newer in production than in git."""
    for dependency in dependencies:
        what = component(dependency)
        runs = production.components.get(what, "") if what else ""
        if runs and installed(dependency):
            found = findings.ahead(dependency, runs, catalog.SCHEMES[dependency.scheme])
            if found:
                yield found

"""Plugins and themes whose publisher the configuration tells: bought from a vendor, or the site's own."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from maintainer.config.registries import Vendor
from maintainer.config.settings import Settings
from maintainer.managers import wordpress_plugin, wordpress_theme
from maintainer.managers.base import Manager
from maintainer.model import Dependency, Finding, Found, Manifest, Source, Step, Update
from maintainer.policy.globs import any_matches
from maintainer.text.edits import line_of


@dataclass(frozen=True, slots=True)
class Informed:
    """A manager of committed code of which more is known than its files say: `known` is what of it is told on."""

    manager: Manager
    known: Callable[[Manifest, Found], Found]

    @property
    def FILES(self) -> tuple[str, ...]:  # noqa: N802 - as a module's constant
        return self.manager.FILES

    @property
    def BESIDE(self) -> tuple[str, ...]:  # noqa: N802
        return self.manager.BESIDE

    def extract(self, manifest: Manifest) -> Sequence[Found]:
        return tuple(self.known(manifest, found) for found in self.manager.extract(manifest))

    def steps(self, manifest: Manifest, updates: Sequence[Update]) -> Sequence[Step]:
        return self.manager.steps(manifest, updates)


#: The code in a file, whoever updates it, by manager.
STATED: Mapping[str, Callable[[Manifest], Dependency | None]] = MappingProxyType(
    {"wordpress_plugin": wordpress_plugin.plugin, "wordpress_theme": wordpress_theme.theme}
)


@dataclass(frozen=True, slots=True)
class _Bought:
    """What a site tells of its vendors and its own code; `stated` is one of `STATED`."""

    stated: Callable[[Manifest], Dependency | None]
    vendors: Sequence[Vendor]
    own: tuple[str, ...]
    #: The address of the site, which licences are given for.
    site: str

    def known(self, manifest: Manifest, found: Found) -> Found:
        """Code of the site's own as a finding, code of a vendor as published there; all else as it is."""
        theirs = isinstance(found, Finding) and found.kind == "own-updates"
        code = self.stated(manifest) if theirs else found
        if not isinstance(code, Dependency):
            return found
        folder = posixpath.basename(code.root).removesuffix(".php")
        names = (code.name, folder)
        if self.own and any_matches(self.own, names):
            line = line_of(manifest.text, code.at.start)
            sentence = f"{folder} is your own code (updates.own says so): left alone."
            return Finding("own-code", manifest.path, folder, sentence, line=line)
        vendor = next((vendor for vendor in self.vendors if any_matches(vendor.packages, names)), None)
        if vendor is None:
            return found
        return replace(code, source=Source("vendors", folder, (vendor.manifest(folder, self.site),)))


def with_vendors(managers: dict[str, Manager], settings: Settings) -> dict[str, Manager]:
    """The managers, those of plugins and themes with what the configuration says of their publishers."""
    vendors, own = settings.registries.vendors, settings.updates.own
    if not vendors and not own:
        return managers
    site = settings.site.production or ""
    bought = {name: _Bought(stated, vendors, own, site) for name, stated in STATED.items()}
    return managers | {name: Informed(managers[name], one.known) for name, one in bought.items()}

"""A bill of materials of what a repository states, as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/).

Package URLs as their types define them (https://github.com/package-url/purl-spec). `wordpress` is only a candidate
there, so plugins, themes and core are `generic`, with the address of their archive.
"""

import hashlib
import json
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from maintainer.model import Dependency, Source
from maintainer.version import VERSION

DOWNLOADS = "https://downloads.wordpress.org"
#: Sections of manifests whose packages never reach production.
DEVELOPMENT = ("require-dev", "devDependencies", "dev", "test", "tests", "lint", "docs")
#: What our managers say of a package beside what CycloneDX has a place for.
PREFIX = "maintainer:"
TYPES: Mapping[str, ComponentType] = {"docker": ComponentType.CONTAINER, "runtimes": ComponentType.PLATFORM}


@dataclass(frozen=True, slots=True)
class Part:
    """A dependency with the exact version the repository holds, empty where it only states a range."""

    dependency: Dependency
    version: str


def text(parts: Iterable[Part], *, name: str, version: str, at: datetime) -> str:
    """The bill of materials of the site `name` in the commit `version`; the same of the same, whenever it is made.

    What stands in several files is one component. `at` is when it is said to be made.
    """
    stated: dict[str, list[Part]] = {}
    for part in parts:
        if part.dependency.role != "support":
            stated.setdefault(purl(part).to_string(), []).append(part)
    site = Component(name=name, version=version, type=ComponentType.APPLICATION, bom_ref="site")
    tool = Component(name="maintainer", version=VERSION, type=ComponentType.APPLICATION, bom_ref="maintainer")
    bom = Bom(metadata=BomMetaData(component=site, timestamp=at))
    bom.metadata.tools.components.add(tool)
    bom.components.update(_component(ref, same) for ref, same in sorted(stated.items()))
    bom.register_dependency(site, bom.components)
    document: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    document["serialNumber"] = _serial(name, version, stated)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _component(ref: str, same: list[Part]) -> Component:
    first = same[0].dependency
    url = purl(same[0])
    scope = ComponentScope.REQUIRED if any(not _development(part) for part in same) else ComponentScope.EXCLUDED
    properties = {Property(name=f"{PREFIX}file", value=part.dependency.file) for part in same}
    properties |= {Property(name=f"{PREFIX}manager", value=part.dependency.manager) for part in same}
    if not same[0].version:
        properties |= {Property(name=f"{PREFIX}constraint", value=part.dependency.constraint) for part in same}
    kind = TYPES.get(first.source.datasource, ComponentType.LIBRARY)
    return Component(
        name=url.name,
        group=url.namespace,
        version=same[0].version or None,
        type=ComponentType.APPLICATION if first.manager == "wordpress_core" else kind,
        scope=scope,
        bom_ref=ref,
        purl=url,
        properties=properties,
    )


def _development(part: Part) -> bool:
    return part.dependency.section.rpartition(".")[2] in DEVELOPMENT


def purl(part: Part) -> PackageURL:
    """The package URL of what a dependency names at its version; `generic` for a name its type can't have."""
    name, version = _plain(part.dependency.source.package), _plain(part.version)
    source = replace(part.dependency.source, package=name)
    try:
        return _of_type(replace(part, dependency=replace(part.dependency, source=source), version=version))
    except ValueError:
        return PackageURL("generic", None, name.strip("/") or "unnamed", version or None)


def _of_type(part: Part) -> PackageURL:
    """Raises ValueError for a name its type can't have."""
    source, version = part.dependency.source, part.version or None
    kind, separator, rest = source.package.partition(":")
    match source.datasource:
        case "packagist":
            vendor, _, name = source.package.rpartition("/")
            return PackageURL("composer", vendor or None, name, version, _repository(source))
        case "npm":
            scope, _, name = source.package.rpartition("/")
            return PackageURL("npm", scope or None, name, version, _repository(source))
        case "pypi":
            return PackageURL("pypi", None, source.package, version, _repository(source))
        case "docker":
            return _image(part)
        case "forge-tags" if separator and kind in ("github", "gitlab"):
            owner, _, name = rest.rpartition("/")
            return PackageURL(kind, owner or None, name, version)
        case "wordpress" if separator or kind == "core":
            return _wordpress(kind, rest, part.version)
    return PackageURL("generic", None, rest or source.package, version)


def _wordpress(kind: str, slug: str, version: str) -> PackageURL:
    if kind == "core":
        archive = f"release/{slug}/wordpress-{version}.zip" if slug else f"release/wordpress-{version}.zip"
    else:
        archive = f"{kind}/{slug}.{version}.zip"
    named = slug if kind != "core" else "wordpress"
    return PackageURL(
        "generic", None, named, version or None, {"download_url": f"{DOWNLOADS}/{archive}"} if version else None
    )


def _image(part: Part) -> PackageURL:
    """An image by its digest where it is pinned by one: tags move. Its registry is a qualifier, Docker's is none."""
    stated = part.dependency.source.package
    first, _, rest = stated.partition("/")
    registry = first if rest and ("." in first or ":" in first or first == "localhost") else ""
    folder, name = posixpath.split(rest if registry else stated)
    version = part.dependency.digest or part.version or part.dependency.constraint
    official = folder == "library" or not folder
    elsewhere = {"repository_url": registry} if registry and registry != "docker.io" else None
    return PackageURL(
        "docker", None if official and not elsewhere else folder or None, name, version or None, elsewhere
    )


def _repository(source: Source) -> dict[str, str] | None:
    """The registry of what is published elsewhere than usual, without credentials."""
    if len(source.registries) != 1:
        return None
    parts = urlsplit(source.registries[0])
    host = parts.netloc.rpartition("@")[2]
    return {"repository_url": f"{parts.scheme}://{host}{parts.path.rstrip('/')}"} if host else None


def _plain(text: str) -> str:
    """The text without what is no character: files need not be UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _serial(name: str, version: str, refs: Iterable[str]) -> str:
    """A UUID of its content (version 8, RFC 9562)."""
    digest = hashlib.sha256("\n".join((name, version, *sorted(refs))).encode("utf-8", "replace")).hexdigest()
    return f"urn:uuid:{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"

"""The names configuration may use are those of the catalog and of the services that are asked."""

import re
from pathlib import Path
from typing import get_args

import maintainer
from maintainer import catalog
from maintainer.config import names

PACKAGE = Path(maintainer.__path__[0])


def test_managers() -> None:
    assert sorted(names.MANAGERS) == sorted(catalog.MANAGERS)


def test_datasources() -> None:
    assert sorted(get_args(names.Datasource)) == sorted(catalog.DATASOURCES)


def test_schemes() -> None:
    assert sorted(get_args(names.Scheme)) == sorted(catalog.SCHEMES)


def test_every_service_that_is_asked_can_be_told_where() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    asked = set(re.findall(r"""\.(?:base|all_bases)\(\s*["']([a-z0-9-]+)["']""", sources))
    assert asked <= set(get_args(names.Service))

"""What we have: every extension of every room, one line each."""

from maintainer.datasources import npm as npm_registry
from maintainer.datasources import packagist, pypi
from maintainer.datasources.base import Advisories, Datasource
from maintainer.managers import (
    compose,
    dockerfile,
    github_actions,
    gitlab_ci,
    npm,
    wordpress_core,
    wordpress_plugin,
    wordpress_theme,
)
from maintainer.managers.base import Manager
from maintainer.versions.base import Scheme

SCHEMES: dict[str, Scheme] = {}

#: In the order of precedence: of two managers that state the same place, the first one has it.
MANAGERS: dict[str, Manager] = {
    "wordpress_plugin": wordpress_plugin,
    "wordpress_theme": wordpress_theme,
    "wordpress_core": wordpress_core,
    "npm": npm,
    "dockerfile": dockerfile,
    "compose": compose,
    "github_actions": github_actions,
    "gitlab_ci": gitlab_ci,
}

DATASOURCES: dict[str, Datasource] = {
    "packagist": packagist,
    "npm": npm_registry,
    "pypi": pypi,
}

ADVISORIES: dict[str, Advisories] = {}

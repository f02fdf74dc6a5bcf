"""What we have: every extension of every room, one line each."""

from maintainer.datasources import docker as docker_registry
from maintainer.datasources import (
    forge_tags,
    osv,
    packagist,
    pypi,
    runtimes,
    vendors,
    wordfence,
    wordpress,
    wordpress_vulnerabilities,
)
from maintainer.datasources import npm as npm_registry
from maintainer.datasources.base import Advisories, Checksums, Datasource
from maintainer.managers import (
    compose,
    composer,
    dockerfile,
    github_actions,
    gitlab_ci,
    node_version,
    npm,
    php_version,
    pip,
    python_version,
    shopify,
    tool_versions,
    wordpress_core,
    wordpress_plugin,
    wordpress_theme,
    wp_env,
)
from maintainer.managers.base import Manager
from maintainer.versions import composer as composer_versions
from maintainer.versions import docker as docker_versions
from maintainer.versions import npm as npm_versions
from maintainer.versions import pep440, runtime
from maintainer.versions import wordpress as wordpress_versions
from maintainer.versions.base import Scheme

SCHEMES: dict[str, Scheme] = {
    "composer": composer_versions,
    "npm": npm_versions,
    "pep440": pep440,
    "wordpress": wordpress_versions,
    "docker": docker_versions,
    "runtime": runtime,
}

#: In the order of precedence: of two managers that state the same place, the first one has it.
MANAGERS: dict[str, Manager] = {
    "wordpress_plugin": wordpress_plugin,
    "wordpress_theme": wordpress_theme,
    "wordpress_core": wordpress_core,
    "composer": composer,
    "npm": npm,
    "pip": pip,
    "wp_env": wp_env,
    "dockerfile": dockerfile,
    "compose": compose,
    "github_actions": github_actions,
    "gitlab_ci": gitlab_ci,
    "php_version": php_version,
    "node_version": node_version,
    "python_version": python_version,
    "tool_versions": tool_versions,
    "shopify": shopify,
}

DATASOURCES: dict[str, Datasource] = {
    "wordpress": wordpress,
    "packagist": packagist,
    "npm": npm_registry,
    "pypi": pypi,
    "runtimes": runtimes,
    "docker": docker_registry,
    "forge-tags": forge_tags,
    "vendors": vendors,
}

ADVISORIES: dict[str, Advisories] = {
    "osv": osv,
    "wordpress-vulnerabilities": wordpress_vulnerabilities,
    "wordfence": wordfence,
}

#: Datasources that publish what each file of a release says.
CHECKSUMS: dict[str, Checksums] = {"wordpress": wordpress}

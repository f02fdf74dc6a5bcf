"""The names configuration may use for what other rooms hold; tests keep them the same as `catalog.py`."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from maintainer.config.fields import Text, listed

Datasource = Literal["wordpress", "packagist", "npm", "pypi", "runtimes", "docker", "forge-tags", "vendors"]
Scheme = Literal["composer", "npm", "pep440", "wordpress", "docker", "runtime"]

MANAGERS = (
    "composer",
    "npm",
    "pip",
    "wordpress_plugin",
    "wordpress_theme",
    "wordpress_core",
    "wp_env",
    "dockerfile",
    "compose",
    "github_actions",
    "gitlab_ci",
    "php_version",
    "node_version",
    "python_version",
    "tool_versions",
    "shopify",
)

#: Names of services whose base URL can be set: `registries.urls` and `MAINTAINER_<NAME>_URL`.
Service = Literal[
    "wordpress-api",
    "wordpress-downloads",
    "wordpress-svn",
    "wordpress-theme-svn",
    "packagist",
    "wpackagist",
    "wp-packages",
    "npm",
    "pypi",
    "pypi-json",
    "endoflife",
    "php",
    "nodejs",
    "docker",
    "docker-hub",
    "github",
    "gitlab",
    "osv",
    "wordpress-vulnerabilities",
    "wordfence",
    "shopify",
    "crux",
]

Datasources = Annotated[
    tuple[Datasource, ...], BeforeValidator(listed, json_schema_input_type=Datasource | list[Datasource])
]
#: Checked by `settings`, which knows the custom ones too.
Managers = Annotated[tuple[Text, ...], BeforeValidator(listed, json_schema_input_type=Text | list[Text])]

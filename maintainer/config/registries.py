"""The key `registries`: where to ask, and under which names the environment holds the keys."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from maintainer.config.fields import Address, EnvironmentName, Globs, ManifestAddress, Section, Text
from maintainer.config.fields import Host as HostName
from maintainer.config.names import Service
from maintainer.datasources import vendors


class Vendor(Section):
    """A vendor of premium plugins that publishes a manifest of its own."""

    name: Annotated[Text, Field(max_length=100, description="Its name.")]
    packages: Annotated[Globs, Field(min_length=1, description="Folder names of its plugins and themes.")]
    format: Annotated[
        Literal["plugin-update-checker", "edd"],
        Field(description="plugin-update-checker: url is the manifest; edd: the shop, asked for get_version."),
    ]
    url: Annotated[
        ManifestAddress,
        Field(description="Where it answers; {package} is the folder's name, {key} the key, {site} site.production."),
    ]
    item: Annotated[Text | None, Field(description="The number or name of the download, for edd.")] = None
    key_env: Annotated[
        EnvironmentName | None, Field(description="The environment variable that holds the licence key.")
    ] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if "{key}" in self.url and self.key_env is None:
            raise ValueError("wants a key in its url. Name the variable that holds it: key_env: ACME_KEY.")
        if self.format == "edd" and self.item is None:
            raise ValueError("is of the format edd, which asks by number or name. Write item: '1234'.")
        if self.format == "plugin-update-checker" and self.key_env is not None and "{key}" not in self.url:
            raise ValueError("has a key_env and no place for it. Write {key} where it belongs in url.")
        return self

    def manifest(self, package: str, site: str) -> str:
        """The address of a package's manifest, with `{ACME_KEY}` where the key belongs (see `Http.filled`)."""
        edd = self.format == "edd"
        return vendors.address(self.url, package, edd=edd, item=self.item or "", key=self.key_env or "", site=site)


class Host(Section):
    """Credentials for one host, beside those the package managers' own files have."""

    host: Annotated[HostName, Field(description="The host's name.")]
    token_env: Annotated[EnvironmentName | None, Field(description="The variable with a bearer token.")] = None
    user_env: Annotated[EnvironmentName | None, Field(description="The variable with the user's name.")] = None
    password_env: Annotated[EnvironmentName | None, Field(description="The variable with the password.")] = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if (self.token_env is None) == (self.user_env is None and self.password_env is None):
            raise ValueError("wants either token_env, or user_env and password_env.")
        if (self.user_env is None) != (self.password_env is None):
            raise ValueError("wants user_env and password_env together.")
        return self


class Registries(Section):
    """Where to ask; secrets come from the environment only."""

    urls: Annotated[
        dict[Service, Address],
        Field(description="Base URLs instead of the usual ones, by service; the environment goes before."),
    ] = {}  # noqa: RUF012 - pydantic gives each its own
    ca_file: Annotated[
        Text | None, Field(description="Certificates to trust beside the system's: a PEM file, from the root.")
    ] = None
    vendors: Annotated[tuple[Vendor, ...], Field(description="Vendors of premium plugins; by name.")] = ()
    hosts: Annotated[tuple[Host, ...], Field(description="Credentials by host.")] = ()
    wordfence_key_env: Annotated[
        EnvironmentName | None,
        Field(
            description="The variable with the key of Wordfence's vulnerability feed; without it the open one is used."
        ),
    ] = None

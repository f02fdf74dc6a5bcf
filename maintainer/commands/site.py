"""What a site is, as its files tell: the kind, what it runs on, how it is built, where it is hosted."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Forge = Literal["github", "gitlab", ""]
Read = Callable[[str], str]

#: What makes a site a shop, as package names: WooCommerce however it is installed, and shops of other kinds.
SHOPS = re.compile(
    r'"(?:[\w.-]+/)?woocommerce"|"@shopify/hydrogen|"@medusajs/|"@evershop/|"@shopware|"sylius/|"magento/|"prestashop/'
    r"|^django-oscar\b|^saleor\b|\bdjango-oscar\b",
    re.MULTILINE | re.IGNORECASE,
)
WORDPRESS_PACKAGE = re.compile(r'"(roots/wordpress|johnpbloch/wordpress[\w-]*)"')
MANIFESTS = ("composer.json", "package.json", "requirements.txt", "pyproject.toml")
IMAGE_PHP = re.compile(r"^\s*FROM\s+\S*(?:php:|php)(\d+\.\d+)", re.MULTILINE | re.IGNORECASE)
DEEP = re.compile(r"(?:^|/)(?:vendor|node_modules)/")
#: What comes with WordPress and its plugins says nothing of how the site is built.
BROUGHT = re.compile(r"(?:^|/)(?:wp-admin|wp-includes|(?:(?:client-)?mu-)?plugins/[^/]+|themes/twenty[a-z]+)/.")


@dataclass(slots=True)
class Site:
    """What was found; `versions` maps a runtime to what is stated and the file that states it."""

    kind: str = "nothing known"
    shop: bool = False
    built_with: list[str] = field(default_factory=list)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    forge: Forge = ""
    has_ci: bool = False

    @property
    def policy(self) -> str:
        """The policy of ours that fits."""
        return "ecommerce" if self.shop else "default"

    @property
    def title(self) -> str:
        """The kind, in words, with what it sells by."""
        return f"{self.kind}, a shop" if self.shop else self.kind


def recognise(tracked: Sequence[str], read: Read, remote: str) -> Site:
    """The site in these files. `read` gives a file's text, empty when it can't; `remote` is git's remote, or empty."""
    paths = [path for path in tracked if not DEEP.search(path)]
    site = Site(forge=forge(paths, remote), has_ci=any(is_ci(path) for path in paths))
    own = [path for path in paths if not BROUGHT.search(path)]
    manifests = {path: read(path) for path in own if path.rsplit("/", 1)[-1] in MANIFESTS and path.count("/") <= 2}
    site.kind = kind(paths, manifests)
    site.shop = (
        any(re.search(r"(?:^|/)plugins/woocommerce/woocommerce\.php$", path) for path in paths)
        or any(SHOPS.search(text) for text in manifests.values())
        or site.kind.startswith("Shopify")
    )
    names = {path.rsplit("/", 1)[-1] for path in own}
    site.built_with = list(dict.fromkeys(tool for file, tool in BUILT_WITH.items() if file in names))
    runtimes(site, paths, manifests, read)
    return site


#: A file and what is built with it.
BUILT_WITH = {
    "composer.json": "Composer",
    "package-lock.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "Yarn",
    "bun.lock": "Bun",
    "uv.lock": "uv",
    "poetry.lock": "Poetry",
    "requirements.txt": "pip",
    "Dockerfile": "Docker",
    **dict.fromkeys(("compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"), "Docker"),
}


def is_ci(path: str) -> bool:
    """Whether a file defines CI jobs."""
    return path == ".gitlab-ci.yml" or bool(re.fullmatch(r"\.github/workflows/[^/]+\.ya?ml", path))


def forge(paths: Sequence[str], remote: str) -> Forge:
    """By the host of the remote, else by the CI files that are there."""
    match = re.search(r"(?:@|://)(?:[^/@]*@)?([^/:]+)", remote)
    host = match[1].lower() if match else ""
    if "github" in host:
        return "github"
    if "gitlab" in host:
        return "gitlab"
    if any(path.startswith(".github/workflows/") for path in paths):
        return "github"
    return "gitlab" if ".gitlab-ci.yml" in paths else ""


def kind(paths: Sequence[str], manifests: dict[str, str]) -> str:
    """What people would call it."""
    names = set(paths)
    wordpress = next((p for p in paths if p.endswith("wp-includes/version.php")), None)
    composer = "".join(text for path, text in manifests.items() if path.endswith("composer.json"))
    package = "".join(text for path, text in manifests.items() if path.endswith("package.json"))
    if WORDPRESS_PACKAGE.search(composer):
        bedrock = "config/application.php" in names or any("web/app/" in path for path in paths)
        return "WordPress (Bedrock)" if bedrock else "WordPress (Composer)"
    if wordpress is not None:
        return "WordPress (classic)" if wordpress == "wp-includes/version.php" else "WordPress (in a subfolder)"
    if any(re.search(r"(?:^|/)(?:wp-content|web/app)/(?:plugins|themes|mu-plugins)/", path) for path in paths):
        return "WordPress (content only)"
    if any(re.fullmatch(r"(?:plugins|mu-plugins|themes)/[^/]+/(?:style\.css|[^/]+\.php)", path) for path in paths):
        return "WordPress (content only)"
    if any(path.endswith("shopify.app.toml") for path in paths):
        return "Shopify app"
    if any(path.endswith("layout/theme.liquid") for path in paths):
        return "Shopify theme"
    if composer:
        return "PHP site"
    if package:
        return "Node site"
    return "Python site" if manifests else "nothing known"


def runtimes(site: Site, paths: Sequence[str], manifests: dict[str, str], read: Read) -> None:
    """Note the versions the repository states: PHP, Node, Python, WordPress."""
    for path in paths:
        name = path.rsplit("/", 1)[-1]
        if name == ".php-version":
            note(site, "php", read(path), path)
        elif name in (".nvmrc", ".node-version"):
            note(site, "node", read(path), path)
        elif name == ".python-version":
            note(site, "python", read(path), path)
        elif name == "Dockerfile" and (found := IMAGE_PHP.search(read(path))):
            note(site, "php", found[1], path)
        elif path.endswith("wp-includes/version.php"):
            version = re.search(r"\$wp_version\s*=\s*['\"]([^'\"]+)", read(path))
            note(site, "wordpress", version[1] if version else "", path)
    for path, text in manifests.items():
        if path.endswith("composer.json"):
            platform = under(text, "config", "platform", "php") or under(text, "require", "php")
            note(site, "php", platform, path)
        elif path.endswith("package.json"):
            note(site, "node", under(text, "engines", "node"), path)


def note(site: Site, runtime: str, said: str, path: str) -> None:
    """Keep the first version stated that looks like one."""
    found = re.search(r"\d+(?:\.\d+){0,2}", said[:200])
    if found and runtime not in site.versions:
        site.versions[runtime] = (found[0], path)


def under(text: str, *keys: str) -> str:
    """The text under these keys of a JSON file, empty when there is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""

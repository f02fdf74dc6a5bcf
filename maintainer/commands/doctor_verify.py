"""What `verify` works with, for `doctor`: programs and Python packages, and which checks of this site need them."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from maintainer.config.verify import CHECKS
from maintainer.config.whole import Whole

EXTRA = "pip install 'maintainer[verify]'"


@dataclass(frozen=True, slots=True)
class Package:
    """A Python package beside ours: its name, what it is for, and the checks that need it."""

    name: str
    purpose: str
    get: str
    checks: tuple[str, ...]

    def version(self) -> str:
        """The installed one, empty where there is none."""
        try:
            return metadata.version(self.name)
        except metadata.PackageNotFoundError:
            return ""


PACKAGES = (
    Package("playwright", "drives the browser through flows and takes screenshots", EXTRA, ("e2e", "visual")),
    Package("locust", "sends the visitors of a load", EXTRA, ("load",)),
    Package("pillow", "compares screenshots", EXTRA, ("visual",)),
)


def at_work(settings: Whole) -> Mapping[str, str]:
    """The checks that look at this site, with what asks for each; none where no staging is configured."""
    if not (settings.environments.staging or settings.site.staging):
        return {}
    verify = settings.verify
    asked = {
        "e2e": "verify.flows" if verify.flows else "verify.browser_tests" if verify.browser_tests else "",
        "load": "verify.load" if verify.load.wanted else "",
    }
    chosen = [name for name in CHECKS if verify.looks(name)]
    return {name: asked.get(name, f"check {name}") for name in chosen if asked.get(name, name)}


def own_browser(environment: Mapping[str, str]) -> str:
    """The folder of the browser that `playwright install` brought, empty where there is none.

    https://playwright.dev/python/docs/browsers#managing-browser-binaries
    """
    stated, home = environment.get("PLAYWRIGHT_BROWSERS_PATH"), environment.get("HOME")
    folders = [Path(stated)] if stated else [Path(home) / ".cache/ms-playwright"] if home else []
    return next((str(found) for folder in folders for found in sorted(folder.glob("chromium*-*"), reverse=True)), "")

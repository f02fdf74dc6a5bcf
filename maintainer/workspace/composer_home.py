"""A private COMPOSER_HOME: the user's configuration and credentials, and the site's PHP instead of this machine's.

Composer resolves for `config.platform.php`. Set in the project it would change the lock's content-hash; set in the
home it doesn't, but Composer then notes it as `platform-overrides` in the lock file, which `without_override` takes
out again. A project's own `config.platform` replaces the home's (`Composer\\Config::merge`).
"""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from maintainer.errors import ToolFailed
from maintainer.workspace.package_managers import document

PHP = re.compile(r"\d+(\.\d+){0,3}")
OVERRIDE = re.compile(rb',\r?\n {4}"platform-overrides": \{[^{}]*\}')


def users_home(environment: Mapping[str, str]) -> Path | None:
    """Where Composer would look (its `Factory::getHomeDir`), None when the user has no such folder."""
    if named := environment.get("COMPOSER_HOME"):
        return Path(named)
    home = Path(environment["HOME"]) if environment.get("HOME") else None
    configured = environment.get("XDG_CONFIG_HOME")
    candidates = [home / ".composer"] if home else []
    candidates += [Path(configured) / "composer"] if configured else [home / ".config/composer"] if home else []
    return next((folder for folder in candidates if folder.is_dir()), None)


def cache(environment: Mapping[str, str], otherwise: Path) -> str:
    """The folder of the user's Composer cache, so that downloads are shared."""
    if named := environment.get("COMPOSER_CACHE_DIR"):
        return named
    if configured := environment.get("XDG_CACHE_HOME"):
        return str(Path(configured) / "composer")
    return str(Path(environment["HOME"]) / ".cache/composer" if environment.get("HOME") else otherwise)


def make_home(into: Path, project: Path, environment: Mapping[str, str], php: str, here: Callable[[], str]) -> bool:
    """Fill `into`; whether it says which PHP to resolve for. `here` is this machine's PHP.

    Raises `errors.ToolFailed` when the project can't be resolved for `php`.
    """
    if php and not PHP.fullmatch(php):
        raise ToolFailed(f"{php[:40]!r} is no version of PHP that Composer could resolve for.")
    into.mkdir(mode=0o700)
    theirs = users_home(environment)
    settings = document(theirs / "config.json") if theirs else {}
    if theirs and (theirs / "auth.json").is_file():
        shutil.copyfile(theirs / "auth.json", into / "auth.json")
        (into / "auth.json").chmod(0o600)
    config = document(project / "composer.json").get("config")
    platform = config.get("platform") if isinstance(config, dict) else None
    stated = isinstance(platform, dict) and "php" in platform
    overrides = bool(php) and not stated and not platform
    if platform and php and not stated and not f"{here()}.".startswith(f"{php}."):
        raise ToolFailed(
            f"composer.json's config.platform names no php, and the site runs PHP {php} where this machine has "
            f'{here() or "none"}: add `"php": "{php}"` to config.platform.'
        )
    if overrides:
        own = settings.get("config")
        settings["config"] = {**(own if isinstance(own, dict) else {}), "platform": {"php": php}}
    (into / "config.json").write_bytes(json.dumps(settings).encode())
    return overrides


def without_override(lock: Path, before: bytes) -> None:
    """Take our PHP out of a lock file that had none before."""
    if not lock.is_file() or b'"platform-overrides"' in before:
        return
    lock.write_bytes(OVERRIDE.sub(b"", lock.read_bytes(), count=1))

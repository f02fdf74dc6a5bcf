"""What visitors have, beside what Lighthouse sees: asked where a key is given, told, and judged by nobody."""

import re
from collections.abc import Mapping
from pathlib import Path

from maintainer.checks import lighthouse_field
from maintainer.commands.context import Context
from maintainer.config.load import Config
from maintainer.config.verify import Verify
from maintainer.evidence import FieldData
from maintainer.http import Http

#: Seconds of silence; it is asked once, as nothing depends on it.
SILENCE = 10


def field_data(context: Context, config: Config, root: Path) -> FieldData | None:
    """What production's visitors have on the pages Lighthouse looks at, or why it isn't known; None where no key is
    named."""
    verify, production = config.whole.verify, config.settings.site.production
    name = verify.lighthouse.crux_key_env
    if not name:
        return None
    if not production:
        return FieldData("", missing="where the shop's visitors are is not said in site.production.")
    key = _key(verify, context.environment)
    if not re.fullmatch(r"[\x21-\x7e]{1,400}", key):
        return FieldData("", missing=f"the variable {name} holds no key.")
    certificates = config.settings.registries.ca_file
    http = Http(
        bases=config.urls,
        environment=context.environment,
        ca=root / certificates if certificates else None,
        secrets={name: key},
        retries=0,
        seconds=SILENCE,
    )
    paths = [page.path for page in verify.pages] or ["/"]
    return lighthouse_field.ask(http, key, production, paths)


def secrets(verify: Verify, outer: Mapping[str, str]) -> tuple[str, ...]:
    """What must stand nowhere."""
    key = _key(verify, outer)
    return (key,) if key else ()


def _key(verify: Verify, outer: Mapping[str, str]) -> str:
    name = verify.lighthouse.crux_key_env
    return outer.get(name, "").strip() if name else ""

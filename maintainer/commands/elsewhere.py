"""The calendars that are kept elsewhere, where the configuration names any."""

from pathlib import Path
from typing import TYPE_CHECKING

from maintainer.commands.context import Context
from maintainer.commands.outside import open_http
from maintainer.config.load import Config
from maintainer.http import Http

if TYPE_CHECKING:
    from maintainer.commands.calendars import Read


def everywhere(context: Context, config: Config, root: Path, read: "Read", http: Http | None = None) -> Config:
    """The configuration with what they say now; `read` gives the files of what decides, `root` is the repository's."""
    if not config.settings.calendars:
        return config
    from maintainer.commands.calendars import own_periods, with_calendars  # reading iCalendar takes time to import

    http = http or open_http(context, config, root)
    return with_calendars(context, config, http, read, own_periods(context, http))

"""Changes of the calendar as changes of the text of a site's `maintainer.yml`, each read again before it is believed.

declared(file, freeze) -> Changed
lifted(file, name, now) -> Changed
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from maintainer.commands.context import Context
from maintainer.commands.freeze_forecast import coming, occurrences, origin
from maintainer.config.carried.written import scalar
from maintainer.config.freeze import Freeze
from maintainer.config.load import Config, load
from maintainer.config.validation import plain
from maintainer.errors import ConfigurationError, Unreadable
from maintainer.policy.wall_clock import clock
from maintainer.text.tree import Array, Table
from maintainer.text.yaml_items import added, extended, removed
from maintainer.text.yaml_tree import parse_table
from maintainer.writers.freeze_view import Times

KEY = "freeze"
DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class File:
    """A site's configuration: its path from the root, its text, and what it says."""

    path: str
    text: str
    config: Config
    context: Context
    root: Path

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.rulebook.timezone)

    def named(self, name: str) -> Freeze | None:
        """The freeze of that name, its own or a policy's."""
        return next((one for one in self.config.settings.freeze if one.name == name), None)

    def place(self, name: str) -> int | None:
        """Which of the file's own freezes has that name."""
        node = parse_table(self.text).get(KEY)
        items = node.items if isinstance(node, Array) else ()
        named = (item.text("name") if isinstance(item, Table) else "" for item in items)
        return next((at for at, found in enumerate(named) if found == name), None)


@dataclass(frozen=True, slots=True)
class Changed:
    """The file as it is to be. `times` is what is lifted of a freeze that recurs, None for all of it."""

    text: str
    config: Config
    times: Times | None = None


def read(context: Context, root: Path, path: str, text: str) -> File:
    """The configuration in a text; raises ConfigurationError as reading the file would."""
    with TemporaryDirectory(prefix="maintainer-freeze-") as folder:
        file = Path(folder) / "maintainer.yml"
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        try:
            config = load(root, context.environment, file=file)
        except ConfigurationError as error:
            raise ConfigurationError(error.message.replace(file.as_posix(), path)) from None
        origins = {key: value.replace(file.as_posix(), path) for key, value in config.origins.items()}
    made = Config(config.settings, config.rulebook, origins, config.tree, config.urls, path, config.notes)
    return File(path, text, made, context, root)


def declared(file: File, freeze: Mapping[str, Any]) -> Changed:
    """With one more freeze, whose values are as `maintainer.yml` has them. Raises ConfigurationError."""
    fields = [(key, _written(key, value)) for key, value in freeze.items()]
    return _changed(file, lambda text: added(text, KEY, fields), str(freeze["name"]), lambda: stated(freeze))


def stated(freeze: Mapping[str, Any]) -> Freeze:
    """What the values of a freeze mean."""
    return Freeze.model_validate(
        {key: tuple(value) if isinstance(value, list) else value for key, value in freeze.items()}
    )


def lifted(file: File, name: str, now: datetime) -> Changed | None:
    """Without the freeze, or, where it recurs, without the occurrence that holds or comes next; None where there is
    none any more. Raises ConfigurationError for one that isn't this file's."""
    freeze = file.named(name)
    assert freeze, "who calls knows it"
    at = file.place(name)
    if at is None:
        where = origin(file.config, KEY, name)
        raise ConfigurationError(f"{name} is written in {where}, which {file.path} builds on: change it there.")
    series = freeze.series(file.zone)
    times = coming(series, now)
    if times is None:
        return None
    if not series.rules:
        return _changed(file, lambda text: removed(text, KEY, at), name, lambda: None)
    start = clock(times.since, series.zone).replace(fold=0)
    around = occurrences(series, times.since - DAYS, times.since + DAYS)
    alone = sum(one.since.astimezone(series.zone).date() == start.date() for one in around)
    left: date | datetime = start.date() if alone == 1 else start
    said = left.isoformat() if not isinstance(left, datetime) else left.isoformat(timespec="minutes")
    wanted = freeze.model_copy(update={"excluded": (*freeze.excluded, left)})
    changed = _changed(file, lambda text: extended(text, KEY, at, "except", said), name, lambda: wanted)
    return Changed(changed.text, changed.config, times)


def _changed(file: File, edit: Callable[[str], str], name: str, wished: Callable[[], Freeze | None]) -> Changed:
    """The file after the edit, which says what it said, and of `name` what is wanted: else it is refused."""
    by_hand = f"{file.path}: this can't be written there by itself. Change `{KEY}` by hand."
    try:
        text = edit(file.text)
    except Unreadable as error:
        raise ConfigurationError(f"{by_hand} {error.message}") from None
    try:
        made = read(file.context, file.root, file.path, text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{by_hand} It would not be read any more: {error.message}") from None
    before, after = _others(file, name), _others(made, name)
    found, wanted = made.named(name), wished()
    same = found is wanted is None or (found and wanted and found.frozen(made.zone) == wanted.frozen(made.zone))
    if before != after or not same:
        raise ConfigurationError(f"{by_hand} It would say something else than was asked for.")
    return Changed(text, made.config)


def _others(file: File, name: str) -> object:
    """All that the configuration says but of the freeze of that name."""
    whole = dict(plain(file.config.tree))
    listed = whole.pop(KEY, None) or []
    return whole, [one for one in listed if not isinstance(one, dict) or one.get("name") != name]


def _written(key: str, value: Any) -> str:
    """A value as it stands in the file; times need no quotes."""
    if isinstance(value, list):
        return f"[{', '.join(value)}]"
    return str(value) if key in ("from", "to") else scalar(value)

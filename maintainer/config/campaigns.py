"""What a campaign that is near changes: how much the site is loaded, and by which budgets it is judged."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from maintainer.config.load import Config
from maintainer.config.merge import layered
from maintainer.config.rulebook import site_name
from maintainer.config.whole import Campaign
from maintainer.config.yaml_file import Mark, Node, Scalar, Sequence, Table
from maintainer.policy.calendar import INSTANT


def near(config: Config, now: datetime) -> Iterator[Campaign]:
    """Those of this site that are being prepared at `now` (aware), or that are on."""
    zone, name = ZoneInfo(config.rulebook.timezone), site_name(config.settings)
    for one in config.whole.campaigns:
        if one.concerns(name) and any(one.series(zone).between(now, one.prepare.after(now, zone) + INSTANT)):
            yield one


def prepared(config: Config, now: datetime) -> Config:
    """The configuration with the peaks and budgets of campaigns that are near: the highest rate, all budgets."""
    coming = list(near(config, now))
    load = config.whole.verify.load
    peaks = [one.peak for one in coming if one.peak and one.peak > load.rate]
    budgets = [item for one in coming for item in _budgets(config.tree, one.name)]
    verify: dict[str, Node] = {}
    at = Mark("campaigns", 0, 0)
    if peaks:
        verify["load"] = Table({"rate": Scalar(f"{max(peaks):.3f}/s", at)}, {"rate": at}, at)
    if budgets:
        stated = _items(config.tree, "verify", "budgets")
        verify["budgets"] = Sequence([*stated, *budgets], at)
    if not verify:
        return config
    layer = Table({"verify": Table(verify, dict.fromkeys(verify, at), at)}, {"verify": at}, at)
    return replace(config, tree=layered(config.tree, layer))


def _budgets(tree: Table, name: str) -> list[Node]:
    """What the campaign of this name states."""
    for one in _items(tree, "campaigns"):
        stated = one.items.get("name") if isinstance(one, Table) else None
        if isinstance(one, Table) and isinstance(stated, Scalar) and stated.text == name:
            return _items(one, "budgets")
    return []


def _items(tree: Table, *path: str) -> list[Node]:
    node: Node | None = tree
    for key in path:
        node = node.items.get(key) if isinstance(node, Table) else None
    return list(node.items) if isinstance(node, Sequence) else []

"""What was carried over, as the file a site would have, loaded by our own loader and asked by policy."""

from pathlib import Path

from maintainer.config import validation, yaml_file
from maintainer.config.carried.carried import Carried
from maintainer.config.carried.written import section
from maintainer.config.load import Config, load
from maintainer.config.settings import Settings
from maintainer.model import Decision, Update
from maintainer.policy.compatibility import Facts
from maintainer.policy.decide import decide
from maintainer.policy.rules import Effective, effective
from tests.planning.values import NOW, SCHEMES, npm_package, update


def text(carried: Carried) -> str:
    lines = [line for name in ("site", "updates", "registries") for line in section(carried, name)]
    return "\n".join([*lines, ""])


def settings(carried: Carried) -> Settings:
    """The settings the written file has by itself, without the policies beneath."""
    return validation.settings(yaml_file.parse(text(carried).encode(), "maintainer.yml"))


def config(carried: Carried, root: Path) -> Config:
    """The whole configuration of a site with that file."""
    (root / "maintainer.yml").write_text(text(carried), encoding="utf-8")
    return load(root, {})


def decision(config: Config, one: Update) -> Decision:
    return decide(one, config.rulebook, NOW, facts=Facts(), schemes=SCHEMES).decision


def said(config: Config, one: Update) -> Effective:
    return effective(one.dependency, one.bump, config.rulebook)


def package(name: str, version: str = "1.2.4", bump: str = "patch", **more: object) -> Update:
    """An update of an npm package from 1.2.3."""
    return update(version, bump, of=npm_package(name, "1.2.3", **more))  # type: ignore[arg-type]

"""A release during a freeze: held with the gate's words, nothing changed; what is exempt or overridden goes. And what
people try, to get past it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.gate_calendar import local
from tests.commands.gate_week import FEED, Week, week
from tests.commands.release_scene import EVERYWHERE, Shop, Where, shop
from tests.commands.stage import FORGES, Forge
from tests.loopback import Reply

#: The weekend's freeze holds; before it none does.
SATURDAY, FRIDAY = local("10-30 12:00"), local("10-29 12:00")
HOUR = timedelta(hours=1)
FROZEN = """\
site: {name: Shop}
release:
  version: semver
freeze:
  - name: Black Friday
    from: 2026-11-20T00:00
    to: 2026-12-01T00:00
    scope: {environments: [production]}
"""
OURS = "Shop 0.1.0\n\nReleased-By: maintainer"


@dataclass
class Seen:
    """A week of the gate's, and its releases."""

    week: Week
    shop: Shop

    def release(self, now: datetime, *, code: int = 0, **environment: str) -> tuple[str, str]:
        self.shop.now = now
        return self.shop.run("release", code=code, files=None, **environment)

    def merged(self, branch: str, **how: object) -> int:
        number = self.week.propose(branch, "shop", **how)  # type: ignore[arg-type]
        self.week.written()
        self.week.person("ada").merge(number)
        return number


@contextmanager
def seen(forge: Forge, folder: Path) -> Iterator[Seen]:
    """All that is there is released as v1.0.0, by hand."""
    with week(forge, folder, 0, local("10-29 09:00")) as found:
        found.configure(found.configuration + "release: {version: semver}\n")
        made = Shop(forge, found.site.here, found.site)
        made.tag("v1.0.0", found.site.repository.sha("main") or "")
        yield Seen(found, made)


def test_a_freeze_holds_it(tmp_path: Path) -> None:
    for kind in EVERYWHERE:
        with shop(kind, tmp_path / kind, FROZEN) as site:
            site.commit("feat: gift cards")
            before = site.state()
            out, err = site.release(code=1)
            assert "Black Friday" in out
            assert "Shop 0.1.0 was not released. Nothing was changed: run again when it is open.\n" in err
            assert site.state() == before == {"tags": {}, "releases": {}, "history": []}
            # What it would be may be asked for.
            assert site.run("release", "next")[0] == "0.1.0\n"
            site.configure(FROZEN.replace("semver", "semver\n  environment: staging"))
            site.release()
            assert list(site.tags()) == ["v0.1.0"]


@pytest.mark.parametrize("forge", FORGES)
def test_what_is_exempt_or_overridden_goes(forge: Forge, tmp_path: Path) -> None:
    with seen(forge, tmp_path) as site:
        site.merged("one", fixes=frozenset({"high"}), package="acme-one")
        site.release(SATURDAY)
        assert sorted(site.shop.tags()) == ["v1.0.0", "v1.0.1"]
        plain = site.merged("plain")
        site.merged("two", fixes=frozenset({"high"}), package="acme-two")
        before = site.shop.state()
        out, _ = site.release(SATURDAY, code=1)
        assert "Weekend" in out and site.shop.state() == before
        site.week.happens(SATURDAY + HOUR, lambda week: week.override(plain, 2, "mallory", counts=False))
        site.release(SATURDAY + HOUR, code=1)
        site.week.happens(SATURDAY + HOUR * 2, lambda week: week.override(plain, 2))
        site.release(SATURDAY + HOUR * 2)
        assert sorted(site.shop.tags()) == ["v1.0.0", "v1.0.1", "v1.0.2"]
        (kept,) = site.shop.events("overridden")
        assert (kept["proposal"], kept["data"]["by"], kept["data"]["passed"]) == (plain, "lena", ["Weekend"])
        assert [one["data"]["tag"] for one in site.shop.events()] == ["v1.0.1", "v1.0.2"]


@pytest.mark.parametrize("forge", FORGES)
def test_what_cant_be_read_closes_it(forge: Forge, tmp_path: Path) -> None:
    with seen(forge, tmp_path) as site:
        site.merged("plain")
        before = site.shop.state()
        site.week.site.here.server.answers[FEED] = Reply(200, "<html>Sign in</html>")
        out, _ = site.release(FRIDAY, code=1)
        assert "could not be read" in out or "can't be read" in out or "unreadable" in out, out
        site.week.break_configuration()
        _, err = site.release(FRIDAY, code=2)
        assert "maintainer.yml:2:1: is no YAML" in err
        assert site.shop.state() == before
        site.week.mend()
        site.week.configure(site.week.configuration + "release: {version: semver}\n")
        if forge == "gitlab":
            out, _ = site.release(FRIDAY, code=1, CI_DEPLOY_FREEZE="true")
            assert "CI_DEPLOY_FREEZE" in out and site.shop.state() == before
        site.release(FRIDAY)
        assert "v1.0.1" in site.shop.tags()


# What people try

Attempt = Callable[[Shop], None]


def held(*argv: str, code: int = 1) -> Attempt:
    def attempt(site: Shop) -> None:
        site.release(*argv, code=code)

    return attempt


def again(site: Shop) -> None:
    for _ in range(3):
        site.release(code=1)


def tagged(message: str) -> Attempt:
    """A tag as a killed run of ours leaves it, made by hand during the freeze."""

    def attempt(site: Shop) -> None:
        site.tag("v0.1.0", site.sha("main"), message)
        _, err = site.release(code=1)
        assert "Its tag is there, the rest waits" in err

    return attempt


def theirs(site: Shop) -> None:
    """A tag without our mark is a release of a person's: nothing is published of it."""
    site.tag("v0.1.0", site.sha("main"), "Shop 0.1.0")
    assert "nothing is new" in site.release()[0]


def drafted(site: Shop) -> None:
    """With a draft that was begun by hand."""
    if site.kind == "github":
        site.forge.repository().releases.append(_release(site))
    site.tag("v0.1.0", site.sha("main"), OURS)
    site.release(code=1)
    if site.kind == "github":
        assert site.forge.repository().releases.pop().draft


def _release(site: Shop) -> object:
    from tests.forges.github_world import Release

    world = site.forge.world
    return Release(world.id(), "v0.1.0", "main", "Shop", "", True, False, "ada", site.forge.tick(), None)


def beside(text: str) -> Attempt:
    """A configuration that lies in the checkout, and is committed nowhere."""

    def attempt(site: Shop) -> None:
        site.release(code=1, files={"maintainer.yml": text})

    return attempt


def on_a_branch(site: Shop) -> None:
    """Run where a branch without a freeze is checked out."""
    if site.stage is None:
        return
    site.person().push("open", {"maintainer.yml": "release: {version: semver}\n"})
    site.stage.check_out()
    site.here.git("fetch", "--quiet", str(site.stage.repository.path), "open")
    site.here.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
    code, _, _ = site.here.maintainer("release", now=site.now)
    assert code == 1


def said_in_a_commit(site: Shop) -> None:
    site.commit("fix!: urgent\n\nSecurity: high\nRelease-As: 0.1.0\nOverride: freeze\n[skip freeze]")
    site.release(code=1)


def environment(site: Shop) -> None:
    site.release(
        code=1, CI_DEPLOY_FREEZE="", MAINTAINER_ENVIRONMENT="staging", MAINTAINER_RELEASE_ENVIRONMENT="staging"
    )


ATTEMPTS: dict[str, Attempt] = {
    "named": held("--version", "9.9.9"),
    "a pre-release": held("--pre", "rc"),
    "a named pre-release": held("--version", "0.1.0-rc.1"),
    "once more": again,
    "our tag": tagged(OURS),
    "our tag with words": tagged(f"urgent, approved by the owner\n\n{OURS}"),
    "a person's tag": theirs,
    "a draft": drafted,
    "files here": beside("site: {name: Shop}\nrelease: {version: semver, environment: staging}\n"),
    "no freeze here": beside("site: {name: Shop}\nrelease: {version: semver}\n"),
    "another branch": on_a_branch,
    "a commit's words": said_in_a_commit,
    "variables": environment,
}


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_nothing_gets_past_a_freeze(kind: Where, tmp_path: Path) -> None:
    wrong = []
    for at, (name, attempt) in enumerate(ATTEMPTS.items()):
        with shop(kind, tmp_path / f"{at}", FROZEN) as site:
            site.commit("feat: gift cards")
            try:
                attempt(site)
            except AssertionError as error:
                wrong.append(f"{name}: {error}")
            if site.releases() or site.events():
                wrong.append(f"{name}: {sorted(site.releases())} is released")
    assert not wrong, "\n".join(wrong)

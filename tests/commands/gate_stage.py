"""A frozen site on a forge, people who want something merged all the same, and the gate: the same on both forges.

    with guarded("gitlab", tmp_path) as site:
        number = site.proposed("bot")
        site.comment(number, f"/maintainer override {WHY}", "ada")
        site.looks()
        assert site.posted(number)[0] == "success"

`ada` and `bob` own `maintainer.yml`: she by name, he in the team `@shop/owners`. `carol` may write, `eve` may not, and
`dave` is in the team and may not write. `bot` is ours, or another that may write.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from maintainer.commands.gate_weigh import digest
from maintainer.config.load import load
from maintainer.text.event import Event, line
from tests.commands.site import NOW
from tests.commands.stage import REPOSITORY, Forge, Stage, stage
from tests.forges.github_rights import ACTIONS
from tests.forges.gitlab_people import Person as GitlabPerson
from tests.forges.gitlab_world import DEVELOPER, GUEST
from tests.loopback import Reply

WHY = "the checkout is down, this mends it"
HISTORY, STATUS = "maintainer-history", "maintainer/gate"
BLACK_FRIDAY = """\
freeze:
  - name: Black Friday
    from: 2026-11-20T00:00
    to: 2026-12-01T00:00
"""
CONFIGURATION = f"""\
site: {{name: shop}}
gate:
  overrides: {{urgent: [P1, P2]}}
{BLACK_FRIDAY}"""
FILES: Mapping[str, bytes] = {
    "maintainer.yml": CONFIGURATION.encode(),
    "CODEOWNERS": b"* @carol\nmaintainer.yml @ada @shop/owners boss@shop.example\n",
    "readme.txt": b"Shop\n",
    "checkout.txt": b"one\n",
}
WRITERS = ("ada", "bob", "carol", "bot")


@dataclass
class Guarded:
    """`numbers` counts branches; `found` are the events that history has."""

    site: Stage
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    @property
    def github(self) -> bool:
        return self.site.kind == "github"

    @property
    def forge(self) -> Any:
        return self.site.forge

    def person(self, login: str) -> Any:
        may = login.lower() in WRITERS
        if self.github:
            return self.forge.person(login, "write" if may else "read")
        bot = login == "bot"
        self.forge.user(login.lower(), DEVELOPER if may else GUEST, bot=bot)
        return self.forge.person(login.lower())

    # Proposals

    def pushed(self, branch: str, by: str = "bot", files: Mapping[str, Any] | None = None, **how: Any) -> str:
        return str(self.person(by).push(branch, files or {f"{branch}.txt": branch}, **how))

    def proposed(self, by: str = "bot", files: Mapping[str, Any] | None = None, body: str = "", base: str = "") -> int:
        """Someone's proposal from a branch of the repository."""
        branch = f"change-{next(self.numbers)}"
        self.pushed(branch, by, files)
        return self.opened(branch, by, body, base)

    def opened(self, branch: str, by: str = "bot", body: str = "", base: str = "") -> int:
        who = self.person(by)
        if isinstance(who, GitlabPerson):
            return who.open(branch, base or "main", title=branch, text=body).iid
        return int(who.open_pull(branch, base, title=branch, body=body))

    def forked(self, by: str = "eve") -> int:
        """From a branch of a fork of theirs."""
        who, branch = self.person(by), f"fork-{next(self.numbers)}"
        if isinstance(who, GitlabPerson):
            self.forge.fork(REPOSITORY, f"{by}/site")
            there = who.at(f"{by}/site")
            there.push(branch, {"x.txt": "x"})
            return there.open(branch, into=REPOSITORY).iid
        fork = who.fork()
        who.at(fork).push(branch, {"x.txt": "x"})
        return int(who.open_pull(branch, fork=fork))

    def branch(self, number: int) -> str:
        if self.github:
            return str(self.forge.repository().issues[number].pull.head)
        return str(self.forge.project().merge_request(number).source_branch)

    def head(self, number: int) -> str:
        if self.github:
            return str(self.forge.repository().issues[number].pull.sha)
        return str(self.forge.project().merge_request(number).sha)

    def push(self, number: int, by: str = "bot", **files: str) -> str:
        """One more commit."""
        return self.pushed(self.branch(number), by, files or {"more.txt": f"{self.forge.now}"})

    def close(self, number: int) -> None:
        self.person("ada").close(number)

    def merge(self, number: int) -> None:
        self.person("ada").merge(number)

    # What people say

    def comment(self, number: int, text: str, by: str) -> Callable[..., None]:
        """What it gives edits the comment, by someone."""
        made = self.person(by).comment(number, text)

        def edit(words: str, who: str = by) -> None:
            person = self.person(who)
            if isinstance(person, GitlabPerson):
                person.edit_comment(number, made, words)
            else:
                person.edit_comment(made, words)

        return edit

    def override(self, number: int, by: str = "ada", how: str = "") -> Callable[..., None]:
        return self.comment(number, f"/maintainer override{how} {WHY}", by)

    def unsaid(self, number: int) -> None:
        """The first comment is deleted."""
        ada = self.person("ada")
        if isinstance(ada, GitlabPerson):
            ada.delete_comment(number, next(one for one in ada.merge_request(number).notes if not one.system))
        else:
            ada.delete_comment(ada.comments(number)[0].id)

    def label(self, number: int, name: str = "freeze-override", by: str = "ada") -> None:
        who = self.person(by)
        if isinstance(who, GitlabPerson):
            who.label(number, add=(name,))
        else:
            who.label(number, name)

    def unlabel(self, number: int, name: str = "freeze-override", by: str = "ada") -> None:
        who = self.person(by)
        if isinstance(who, GitlabPerson):
            who.label(number, remove=(name,))
        else:
            who.unlabel(number, name)

    def rename_label(self, old: str, new: str, by: str = "carol") -> None:
        self.person(by).rename_label(old, new)

    def approve(self, number: int, by: str = "bob") -> None:
        self.person(by).approve(number)

    def unapprove(self, number: int, by: str = "bob") -> None:
        who = self.person(by)
        if isinstance(who, GitlabPerson):
            who.unapprove(number)
        else:
            given = [one for one in who.repository.reviews if (one.issue, one.author) == (number, by)]
            who.dismiss(given[-1].id)

    # The base branch and history

    def commit(self, files: Mapping[str, Any]) -> str:
        """On the default branch."""
        return self.pushed("main", "ada", files)

    def record(self, kind: str, number: int, head: str, data: Mapping[str, Any], site: str = "shop") -> None:
        """A line of history, as a run of ours writes it."""
        there = self.site.repository
        before = (there.read(HISTORY, "2026-11.jsonl") if HISTORY in there.branches() else None) or b""
        text = line(Event(self.forge.now, site, kind, data, head, number))
        self.pushed(HISTORY, "bot", {"2026-11.jsonl": before + text + b"\n"})

    def assessed(self, number: int, head: str = "", severity: str = "high", **more: Any) -> None:
        part = {"file": "package.json", "manager": "npm", "names": ["is-odd"], "severities": [severity]}
        self.record("assessed", number, head or self.head(number), {"parts": [part], "whole": True} | more)

    def verified(self, number: int, head: str = "", **more: Any) -> None:
        head = head or self.head(number)
        base = self.site.repository.merge_base("main", head)
        known = {"base": base, "wanted": self.wanted(), "partial": False, "verdict": "pass"}
        self.record("verified", number, head, known | more)

    def wanted(self) -> str:
        root = self.site.here.root.parent / "wanted"
        root.mkdir(exist_ok=True)
        (root / "maintainer.yml").write_bytes(self.site.repository.read("main", "maintainer.yml") or b"")
        return digest(load(root, {}))

    # The gate

    def gate(self, *argv: str, minutes: float = 1, **environment: str) -> tuple[int, str, str]:
        """Run it in CI, some minutes after what was done last."""
        now = max(self.forge.now, NOW) + timedelta(minutes=minutes)
        before = self.site.here.environment
        self.site.here.environment = {**before, **environment}
        try:
            return self.site.maintainer("gate", *argv, now=now, expected=None)
        finally:
            self.site.here.environment = before

    def looks(self, minutes: float = 1) -> int:
        """At all open proposals; the exit code."""
        return self.gate("--all", "--post", minutes=minutes)[0]

    def asked(self, number: int, **environment: str) -> tuple[int, dict[str, Any]]:
        code, out, err = self.gate("--number", str(number), "--format", "json", minutes=1, **environment)
        return code, json.loads(out) if out else {"sentence": err, "refused": [], "reasons": []}

    def posted(self, number: int) -> tuple[str, str]:
        """State and sentence of the newest status on its head; empty where there is none."""
        return self.status(self.head(number))

    def status(self, commit: str) -> tuple[str, str]:
        if self.github:
            there = self.forge.repository()
            runs = [one for one in there.checks if (one.name, one.sha) == (STATUS, commit)]
            if runs:
                return str(runs[-1].conclusion), str(runs[-1].title)
            told = [one for one in there.statuses if (one.context, one.sha) == (STATUS, commit)]
        else:
            told = [one for one in self.forge.project().statuses if (one.name, one.sha) == (STATUS, commit)]
        return ("failure" if told[-1].state == "failed" else told[-1].state, told[-1].description) if told else ("", "")

    def comments(self, number: int) -> list[str]:
        """The gate's own."""
        if self.github:
            said = [one.body for one in self.forge.repository().comments if one.issue == number]
        else:
            said = [one.body for one in self.forge.project().merge_request(number).notes if not one.system]
        return [one for one in said if one.startswith("**Gate:**")]

    def events(self, kind: str = "overridden", number: int | None = None) -> Sequence[dict[str, Any]]:
        """What history has of a kind."""
        there = self.site.repository
        if HISTORY not in there.branches():
            return []
        names = [name for name in there.files(HISTORY) if name.endswith(".jsonl")]
        rows = [json.loads(row) for name in names for row in (there.read(HISTORY, name) or b"").splitlines()]
        return [one for one in rows if one["kind"] == kind and number in (None, one["proposal"])]


@contextmanager
def guarded(kind: Forge, folder: Path, files: Mapping[str, bytes] = FILES) -> Iterator[Guarded]:
    """Its token sees who is in a team."""
    with stage(kind, folder, files) as site:
        made = Guarded(site)
        for login in ("ada", "bob", "carol", "eve", "dave", "bot"):
            made.person(login)
        if made.github:
            site.here.environment["MAINTAINER_TOKEN"] = site.forge.token(
                permissions={**ACTIONS, "members": "read", "workflows": "write"}
            )
            site.forge.team("shop/owners", "bob", "dave", "bot")
        else:
            ours = site.forge.world.tokens["glpat-OfTheSite"].user.username
            members = site.forge.world.groups.setdefault("shop/owners", {})
            members |= {"bob": DEVELOPER, "dave": GUEST, "bot": DEVELOPER, ours: GUEST}
        site.here.server.answers["/v1/querybatch"] = Reply(200, {"results": []})
        yield made

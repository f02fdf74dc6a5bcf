"""A forge's git over the network: which refs there are, fetching what they hold, moving them from where we saw them.

The last commit we pushed to a branch is a ref beside it, `refs/maintainer/pushed/<branch>`, moved in the same atomic
push: so whoever else pushes, amends or rebases is always told from us, whatever becomes of a description.
"""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from maintainer.errors import AccessDenied, ToolFailed, Unreachable
from maintainer.errors import StaleEdit as Stale
from maintainer.process import Finished
from maintainer.workspace.git import IN_THE_WAY, Git, said

#: What git and the forges say when a ref is not where it was expected.
_STALE = ("cannot lock ref", "reference already exists", "failed to update ref", "fetch first",
          "incorrect old value")  # fmt: skip
_DENIED = ("Authentication failed", "could not read Username", "could not read Password", "error: 401", "error: 403",
           "denied", "not allowed", "Repository not found", "not found", "archived", "read-only",
           "invalid credentials", "invalid header")  # fmt: skip
#: Seconds a forge may be silent; git itself would wait for ever
#: (https://git-scm.com/docs/git-config#Documentation/git-config.txt-httplowSpeedLimit).
SILENCE = 60

#: Variables of a proxy, which git reads as curl does.
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Move(NamedTuple):
    """A ref and the commits it shall move between; empty: it isn't there."""

    ref: str
    old: str
    new: str


class Remote:
    """The repository at `url`. `header` makes a whole header line that says who we are; `ca` is a PEM file to trust.

    A GitHub App's token lives an hour, and a run may be longer: so the header is asked for with each call.
    """

    def __init__(self, git: Git, url: str, header: Callable[[], str] | None = None, ca: Path | None = None) -> None:
        more = {"GIT_SSL_CAINFO": str(ca)} if ca else {}
        for name in _PROXIES:
            more |= {spelled: git.outer[spelled] for spelled in (name, name.upper()) if git.outer.get(spelled)}
        self.url = url
        self._here = git
        self._header = header or (lambda: "")
        self._ours = lru_cache(1)(lambda header: git.beside(None, _settings(url, header), **more))
        self._host = urlsplit(url).hostname or "the remote"

    @property
    def _git(self) -> Git:
        return self._ours(self._header())

    def refs(self, *patterns: str) -> dict[str, str]:
        """The commit of each ref that matches one of the patterns (`refs/heads/*`), by the ref's whole name."""
        listed = self._asked("ls-remote", "--quiet", "--refs", "--", self.url, *patterns)
        pairs = (row.split("\t", 1) for row in listed.text.split("\n") if "\t" in row)
        return {ref: commit for commit, ref in pairs}

    def fetch(self, refs: Mapping[str, str]) -> None:
        """Have the commits of these refs here, with all their history; no ref of ours moves.

        A shallow checkout is completed: what can't be compared with its past can't be judged.
        """
        lacking = self._lacking(refs)
        shallow = self._here.is_shallow()
        if not lacking and not shallow:
            return
        more = ("--unshallow",) if shallow else ()
        names = lacking or list(refs)[:1]
        self._asked("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
                    "--refmap=", *more, "--", self.url, *names)  # fmt: skip

    def push(self, moves: Sequence[tuple[str, str, str]]) -> None:
        """Move all of these refs (each a `Move`) or none. A push whose answer was lost is asked after, not repeated.

        Raises `errors.StaleEdit` when one of them is elsewhere by now, `errors.AccessDenied` with the forge's words.
        """
        asked = [Move(*move) for move in moves]
        leases = [f"--force-with-lease={move.ref}:{move.old}" for move in asked]
        wanted = [f"{move.new}:{move.ref}" for move in asked]
        done = self._git.run("push", "--quiet", "--porcelain", "--atomic", "--no-verify", "--no-signed",
                             "--recurse-submodules=no", *leases, "--", self.url, *wanted, check=False)  # fmt: skip
        if done.code == 0:
            return
        now = self.refs(*(move.ref for move in asked))
        if all(now.get(move.ref, "") == move.new for move in asked):
            return
        raise self._refused(done, asked, now)

    def _refused(self, done: Finished, moves: Sequence[Move], now: Mapping[str, str]) -> Exception:
        text = _words(done)
        first = moves[0].ref.removeprefix("refs/heads/")
        tagged = first.startswith("refs/tags/")
        elsewhere = any(now.get(move.ref, "") != move.old for move in moves)
        if not elsewhere and (blocking := IN_THE_WAY.search(text)):
            return ToolFailed(
                f"{first} can't be made on {self._host}: the branch {blocking[1]} stands where its folder would be. "
                "Rename that branch there, then run again."
            )
        if elsewhere or any(sign in text for sign in _STALE):
            return Stale(f"Someone moved {first} on {self._host} meanwhile: nothing was overwritten. Run again.")
        reason = _reason(done)
        if "workflow" in text and ("refusing to allow" in text or "permission" in text):
            return AccessDenied(
                f"{self._host} takes no change of a workflow file from this token ({reason}). GITHUB_TOKEN never may: "
                "use a GitHub App with the permission Workflows: write, or a personal access token with the scope "
                "`workflow` (docs/github.md)."
            )
        if any(sign in text for sign in _DENIED) or "rejected" in text or "declined" in text:
            return AccessDenied(
                f"{self._host} refuses the push of {first}: {reason}. The token needs to write the repository's "
                f"contents, and {'tags' if tagged else 'the branches maintainer/*'} must not be protected from it."
            )
        return Unreachable(f"{self._host} could not be pushed to: {reason}. Try again later, or check the network.")

    def _asked(self, *args: str) -> Finished:
        for last in (False, False, True):
            done = self._git.run(*args, check=False)
            if done.code == 0:
                return done
            text = _words(done)
            if any(sign in text for sign in _DENIED):
                raise AccessDenied(
                    f"{self._host} lets us not read {self.url}: {_reason(done)}. Check the repository's name, and that "
                    "the token may read its contents."
                )
            if last:
                break
        raise Unreachable(f"{self.url} could not be read: {_reason(done)}. Try again later, or check the network.")

    def _lacking(self, refs: Mapping[str, str]) -> list[str]:
        asked = "".join(f"{commit}\n" for commit in refs.values()).encode()
        rows = self._git.run("cat-file", "--batch-check=%(objectname)", stdin=asked).text.splitlines()
        absent = {row.split(" ")[0] for row in rows if row.endswith(" missing")}
        return [ref for ref, commit in refs.items() if commit in absent]


def _settings(url: str, header: str) -> Sequence[tuple[str, str]]:
    # The empty value drops what the checkout's configuration sends to that host itself.
    name = f"http.{url}.extraHeader"
    ours = ((name, ""), (name, header)) if header else ()
    patience = (("http.lowSpeedLimit", "1"), ("http.lowSpeedTime", str(SILENCE)))
    return (("http.userAgent", "git/maintainer"), *patience, *ours)


def basic(user: str, token: str) -> str:
    """The header line git sends for a user and a token (RFC 7617)."""
    return f"Authorization: Basic {base64.b64encode(f'{user}:{token}'.encode()).decode()}"


def _words(done: Finished) -> str:
    return (done.out + b"\n" + done.err).decode("utf-8", "replace")


def _reason(done: Finished) -> str:
    """What the forge itself said, else git."""
    lines = [line.strip() for line in _words(done).splitlines()]
    told: Iterable[str] = (line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:"))
    words = " ".join(line for line in told if line.strip("=- "))
    return words[:300].rstrip(".") or said(done).rstrip(".")

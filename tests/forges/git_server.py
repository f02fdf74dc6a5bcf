"""Git over HTTP, as a forge serves it: the real `git http-backend`, Basic auth, and a say in every push.

The repository's own `pre-receive` hook asks this server, which sees the new objects, so that what is refused was
never there. A forge gives four functions and hands over requests for `/{owner}/{name}.git/...`:

    server = GitServer(find=..., allowed=..., refuses=..., pushed=...)
    reply = server.answer(request)
"""

import base64
import binascii
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import IO

from maintainer.process import minimal
from tests.forges.repository import NOTHING, BareRepository
from tests.loopback import Reply, Request

_PATH = re.compile(r"^/(?P<name>[^/].*?)\.git/(?P<rest>info/refs|git-upload-pack|git-receive-pack|HEAD|objects/.*)$")


@dataclass(frozen=True)
class Access:
    """Who asks for what. `token` is the password (the user where there is none), None without any credentials.

    `repository` is the path without `.git`: `shop/site`. `write` is set for all requests of a push, its first too.
    """

    user: str
    token: str | None
    repository: str
    write: bool


@dataclass(frozen=True)
class Update:
    """A ref that a push moves; `NOTHING` (40 zeros) for old or new creates or deletes it."""

    ref: str
    old: str
    new: str

    @property
    def branch(self) -> str | None:
        return self.ref.removeprefix("refs/heads/") if self.ref.startswith("refs/heads/") else None


@dataclass(frozen=True)
class Push:
    """What a push would do, or did; `repository` sees the new objects."""

    access: Access
    repository: BareRepository
    updates: tuple[Update, ...]

    def description(self) -> str:
        return " ".join(["push", self.access.repository, *(update.ref for update in self.updates)])

    def forced(self, update: Update) -> bool:
        """Whether it loses commits."""
        if NOTHING in (update.old, update.new):
            return False
        return not self.repository.is_ancestor(update.old, update.new)


@dataclass(frozen=True)
class Refusal:
    """`said` is printed by the client behind `remote:`; `reasons` stand behind the refs, by ref.

    A push is refused whole; refs without a reason get `otherwise`.
    """

    said: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = "pre-receive hook declined"


def challenge(realm: str, said: str) -> Reply:
    """The 401 that makes a client send its credentials, or give up."""
    return Reply(401, said + "\n", {"WWW-Authenticate": f'Basic realm="{realm}"', "Content-Type": "text/plain"})


def denied(status: int, said: str) -> Reply:
    """A refusal that git prints: it shows plain text alone."""
    return Reply(status, said + "\n", {"Content-Type": "text/plain; charset=utf-8"})


@dataclass(frozen=True)
class GitServer:
    """`find` gives the repository at a path (`shop/site`), None for one that isn't there.

    `allowed` gives None, or the reply that refuses. `refuses` is asked in the `pre-receive` hook of each push: what it
    raises ends the push with nothing done, and comes out of `answer`. `pushed` is told the updates that were done,
    before the client is.
    """

    find: Callable[[str], BareRepository | None]
    allowed: Callable[[Access], Reply | None]
    refuses: Callable[[Push], Refusal | None]
    pushed: Callable[[Push], object]
    _able: dict[tuple[object, ...], Reply] = field(default_factory=dict, init=False, repr=False, compare=False)

    @staticmethod
    def serves(path: str) -> bool:
        return bool(_PATH.match(path))

    def answer(self, request: Request) -> Reply:
        """The answer to one of git's requests; 404 for what is none."""
        matched = _PATH.match(request.path)
        if not matched:
            return denied(404, "Not Found")
        write = "git-receive-pack" in (matched["rest"], request.query.removeprefix("service="))
        user, token = _credentials(request.headers.get("authorization", ""))
        access = Access(user, token, matched["name"], write)
        if refused := self.allowed(access):
            return refused
        repository = self.find(access.repository)
        if not repository:
            return denied(404, "Repository not found.")
        begins = _begins(request, repository)
        if begins in self._able:
            return self._able[begins]
        conversation = _Conversation(self, access, repository)
        reply = conversation.held(request, "/" + matched["rest"])
        if begins and reply.status == 200:
            self._able[begins] = reply
        if conversation.failure:
            raise conversation.failure
        if conversation.push and reply.status == 200:
            reply, done = _reported(reply, conversation.refusal)
            updates = tuple(update for update in conversation.push.updates if update.ref in done)
            if updates:
                self.pushed(Push(access, repository, updates))
        return reply


def _begins(request: Request, repository: BareRepository) -> tuple[object, ...]:
    """What the server's first words hang on: in the second version of the protocol they say what it can do, and name
    no refs (https://git-scm.com/docs/protocol-v2#_capability_advertisement). Empty for all else."""
    config = repository.path / "config"
    second = request.headers.get("git-protocol") == "version=2"
    if not second or not request.path.endswith("/info/refs") or request.query != "service=git-upload-pack":
        return ()
    return (repository.path, config.read_bytes()) if config.is_file() else ()


def _credentials(header: str) -> tuple[str, str | None]:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return "", None
    with suppress(binascii.Error, UnicodeDecodeError):
        user, _, password = base64.b64decode(encoded).decode().partition(":")
        return user, password or user
    return "", ""


class _Conversation:
    """One run of `git http-backend`, and its hook's question, if it asks."""

    def __init__(self, server: GitServer, access: Access, repository: BareRepository) -> None:
        self.server = server
        self.access = access
        self.repository = repository
        self.push: Push | None = None
        self.refusal: Refusal | None = None
        self.failure: Exception | None = None

    def held(self, request: Request, path: str) -> Reply:
        asking, ask = os.pipe()
        answer, answering = os.pipe()
        environment = {
            "GIT_PROJECT_ROOT": str(self.repository.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH_INFO": path,
            "REQUEST_METHOD": request.method,
            "QUERY_STRING": request.query,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "REMOTE_USER": self.access.user,
            "REMOTE_ADDR": "127.0.0.1",
            "FORGE_ASK": str(ask),
            "FORGE_ANSWER": str(answer),
        }
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
            given.write(request.body)
            given.seek(0)
            with os.fdopen(asking, "rb") as question, os.fdopen(answering, "wb") as verdict:
                backend = subprocess.Popen(
                    [f"{_programs()}/git-http-backend"],
                    stdin=given,
                    stdout=out,
                    stderr=subprocess.DEVNULL,
                    env=minimal(os.environ, **environment),
                    pass_fds=(ask, answer),
                )
                os.close(ask)
                os.close(answer)
                self._asked(question, verdict)
            backend.wait(120)
            out.seek(0)
            return _of_cgi(out.read())

    def _asked(self, question: IO[bytes], verdict: IO[bytes]) -> None:
        """Answer the hook; where git ends without asking, its end of the pipe closes and there is nothing to read."""
        quarantine = question.readline().decode().rstrip("\n")
        lines = []
        while (line := question.readline()) not in (b"", b"\n"):
            lines.append(line.decode().split())
        if not lines:
            return
        updates = tuple(Update(ref, old, new) for old, new, ref in lines)
        self.push = Push(self.access, self.repository.seeing(quarantine), updates)
        try:
            self.refusal = self.server.refuses(self.push)
        except Exception as failure:
            self.failure = failure
        if self.failure or self.refusal:
            verdict.write((self.refusal.said if self.refusal else "failed").encode() + b"\n")


@cache
def _programs() -> str:
    """The folder of git's own programs."""
    return subprocess.run(["git", "--exec-path"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def _of_cgi(output: bytes) -> Reply:
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    return Reply(int(headers.pop("Status", "200").split()[0]), body, headers)


# What a push is answered: pkt-lines (https://git-scm.com/docs/protocol-common) of three bands, of which the first holds
# the report on each ref (https://git-scm.com/docs/pack-protocol#_report_status), in pkt-lines too.


def _packets(data: bytes) -> Iterator[bytes]:
    """The lines' payloads; a flush is empty."""
    while data:
        size = int(data[:4], 16)
        yield data[4:size]
        data = data[max(size, 4) :]


def _packet(payload: bytes) -> bytes:
    return b"%04x%s" % (len(payload) + 4, payload) if payload else b"0000"


def _reported(reply: Reply, refusal: Refusal | None) -> tuple[Reply, set[str]]:
    """The reply with the reasons of the refusal, and the refs that were moved."""
    packets = list(_packets(reply.encoded()))
    report = b"".join(packet[1:] for packet in packets if packet[:1] == b"\1")
    lines, moved = [], set()
    for line in _packets(report):
        verdict, _, rest = line.decode().rstrip("\n").partition(" ")
        if verdict == "ok":
            moved.add(rest)
        elif verdict == "ng" and refusal:
            ref = rest.split(" ", 1)[0]
            line = f"ng {ref} {refusal.reasons.get(ref, refusal.otherwise)}\n".encode()
        lines.append(_packet(line))
    shown = [_packet(packet) for packet in packets if packet and packet[:1] != b"\1"]
    body = b"".join([*shown, _packet(b"\1" + b"".join(lines)), b"0000"])
    return replace(reply, body=body), moved

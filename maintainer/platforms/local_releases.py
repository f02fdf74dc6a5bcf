"""Releases without a forge: a record of each in the git folder, and its files in a folder beside it.

Nothing here has an address: what people open is written by whoever publishes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import quote

from pydantic import TypeAdapter

from maintainer import errors
from maintainer.platforms import kept
from maintainer.platforms.base import Published
from maintainer.platforms.local import LocalProposals
from maintainer.platforms.local_cases import US
from maintainer.platforms.releases import Asset, Flagged, no_release, no_tag
from maintainer.releasing import Merge

#: A file's name is cut to so many characters, and has a digest then.
LONGEST_NAME = 120


class Commits(Protocol):
    """What names lead to in a repository. `workspace.git.Git` is the real one."""

    def commit(self, name: str) -> str | None:
        """The commit of a ref, None where there is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """A release as it is kept. `files` are the SHA-256 digests of what was put beside it, by name."""

    tag: str
    title: str
    body: str
    commit: str
    draft: bool = False
    prerelease: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    schema: Literal[1] = 1


class LocalReleases:
    """`Releases` in `folder`, with what the `proposals` there tell. A file is written before the record that has it."""

    def __init__(self, git: Commits, folder: Path, proposals: LocalProposals) -> None:
        self._git = git
        self._folder = folder / "releases"
        self._proposals = proposals

    def published(self, tag: str) -> Published | None:
        record = self._read(tag)
        return _published(record) if record else None

    def publish(self, release: Published) -> Published:
        there = self._read(release.tag)
        commit = self._git.commit(f"refs/tags/{release.tag}")
        draft = release.draft and (there is None or there.draft)
        if not draft and commit is None and (there is None or there.draft):
            raise no_tag(release.tag, "this repository")
        known = there or Record(release.tag, "", "", "")
        made = replace(
            known,
            title=release.title or release.tag,
            body=release.body,
            commit=commit or release.commit or known.commit,
            draft=draft,
            prerelease=release.prerelease,
        )
        if made != there:
            self._write(made)
        return _published(made)

    def assets(self, tag: str) -> Sequence[str]:
        record = self._read(tag)
        return sorted(record.files) if record else []

    def attach(self, tag: str, asset: Asset) -> str:
        record = self._read(tag)
        if record is None:
            raise no_release(tag, "this repository")
        path = self.files(tag) / asset.name
        if record.files.get(asset.name) != asset.digest or not path.is_file():
            kept.write(path, asset.data)
            self._write(replace(record, files={**record.files, asset.name: asset.digest}))
        return ""

    def files(self, tag: str) -> Path:
        """The folder of a release's files."""
        return self._folder / _named(tag)

    def close_milestone(self, title: str) -> str:  # noqa: ARG002 - there are none here
        return ""

    def merged(self, since: datetime) -> Sequence[Merge]:
        """Ours alone, since when a run saw that they were: what others merged, the commits tell."""
        merges = [
            Merge(
                number=one.number,
                title=one.written.title,
                at=datetime.fromisoformat(one.changed),
                body=one.written.body,
                author=US,
                bot=True,
                labels=one.written.labels,
                head=one.pushed,
                identity=one.written.identity,
            )
            for one in self._proposals.records()
            if one.state == "merged" and one.base == self._proposals.base
        ]
        return sorted((one for one in merges if one.at >= since), key=lambda one: (one.at, one.number))

    def flagged(self, label: str) -> Sequence[Flagged]:  # noqa: ARG002 - there are no issues here
        return ()

    def commit_url(self, sha: str) -> str:  # noqa: ARG002 - see the top
        return ""

    def issue_url(self, reference: str) -> str:  # noqa: ARG002 - see the top
        return ""

    def compare_url(self, base: str, head: str) -> str:  # noqa: ARG002 - see the top
        return ""

    def _path(self, tag: str) -> Path:
        return self._folder / f"{_named(tag)}.json"

    def _read(self, tag: str) -> Record | None:
        path = self._path(tag)
        try:
            return kept.load(_records(), path.read_bytes()) if path.is_file() else None
        except ValueError:
            raise errors.ConfigurationError(
                f"{path} is no release's record any more, or a newer maintainer's. Restore it, or delete it to have "
                "the release published anew."
            ) from None

    def _write(self, record: Record) -> None:
        kept.write(self._path(record.tag), kept.dump(_records(), record))


@cache
def _records() -> TypeAdapter[Record]:
    """Made once there is a record to read or write, which takes a while."""
    return TypeAdapter(Record)


def _named(tag: str) -> str:
    """A tag as the name of a file."""
    name = quote(tag, safe="", errors="surrogateescape")
    digest = sha256(tag.encode("utf-8", "surrogateescape")).hexdigest()
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}-{digest[:16]}"


def _published(record: Record) -> Published:
    return Published(
        record.tag, record.title, record.body, record.commit, draft=record.draft, prerelease=record.prerelease
    )

"""Comments on pull requests: those people write, and ours, of which there is one of each kind, edited in place."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from github.IssueComment import IssueComment

from maintainer import errors
from maintainer.platforms.github_client import Client

#: The longest text GitHub takes, in characters.
LONGEST = 65_536

_OURS = re.compile(r"<!-- maintainer:comment (\S{1,100}) -->\s*\Z")


@dataclass(frozen=True, slots=True)
class Comment:
    """`key` is empty for what is no living comment, whoever wrote it."""

    id: int
    number: int
    login: str
    body: str

    @property
    def key(self) -> str:
        found = _OURS.search(self.body)
        return found[1] if found else ""


class Comments:
    """All of one repository."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[tuple[int, str], Comment] = {}

    def since(self, when: datetime) -> Sequence[Comment]:
        """Those that were written or edited at or after `when`, oldest first."""
        listed = self._client.repository.get_issues_comments(sort="created", direction="asc", since=when)
        found = [_comment(one) for one in listed]
        for one in found:
            if one.key:
                self._known.setdefault((one.number, one.key), one)
        return found

    def write(self, number: int, key: str, body: str) -> None:
        """The one comment of this key says `body`: nothing is asked where it is known to already.

        Of two runs that write it at once the older comment stays.
        """
        text = f"{body[: LONGEST - 200].rstrip()}\n\n<!-- maintainer:comment {key} -->"
        known = self._known.get((number, key))
        if known and known.body == text and known.login == self._client.login:
            return
        issue = self._client.repository.get_issue(number)
        found = self._ours(number, key)
        if not found:
            issue.create_comment(text)
            found = self._ours(number, key)
        for double in found[1:]:
            with suppress(errors.NotFound):  # the other run was quicker
                double.delete()
        for one in found[:1]:
            if _plain(one.body) != text:
                one.edit(text)
            self._known[number, key] = Comment(one.id, number, self._client.login, text)

    def _ours(self, number: int, key: str) -> list[IssueComment]:
        """What people write with our mark is theirs."""
        listed = self._client.repository.get_issue(number).get_comments()
        told = ((one, _comment(one)) for one in listed)
        found = [one for one, comment in told if comment.key == key and comment.login == self._client.login]
        return sorted(found, key=lambda one: one.id)


def _comment(one: IssueComment) -> Comment:
    number = one.issue_url.rpartition("/")[2]
    return Comment(
        one.id, int(number) if number.isdecimal() else 0, one.user.login if one.user else "", _plain(one.body)
    )


def _plain(body: str | None) -> str:
    return (body or "").replace("\r\n", "\n")

"""What a commit message says it takes back.

git writes `Revert "subject"` and `This reverts commit <hash>.` (https://git-scm.com/docs/git-revert), GitHub
`Reverts owner/repository#12`, GitLab `This reverts merge request !12`. Conventional Commits leave it to tools and
recommend `revert: words` with `Refs: <hash>, <hash>`. A part of a commit that is taken back is no revert of it.
"""

import re
from dataclasses import dataclass

_HASH = r"[0-9a-f]{7,64}"
_COMMITS = re.compile(
    rf"This[ ]reverts[ ]commits?[ ]({_HASH}(?:(?:,?[ ]and[ ]|,?[ ]|,?\n){_HASH}){{0,200}})"
    r"(?:[ ]\([^()\n]{0,300}\))?(?:[.;]|[ ]*$|(?=,\s?reversing\b))",
    re.VERBOSE | re.MULTILINE,
)
_REVERSING = re.compile(r",?\s?reversing\s{1,3}changes\s{1,3}made\s{1,3}to\s{1,3}([0-9a-f]{7,64})\.?")
_PROPOSAL = re.compile(
    r"^[ \t]{0,40}(?:Reverts?[ ](?:[\w.-]{1,100}/[\w.-]{1,100})?(\#\d{1,9})"
    r"|This[ ]reverts[ ]merge[ ]request[ ](?:[\w./-]{1,200})?(![0-9]{1,9}))\.?[ \t]*$",
    re.MULTILINE | re.VERBOSE,
)
_QUOTED = re.compile(r'([Rr]evert|[Rr]eapply)[ ]"(.+)"')
_WORDS = re.compile(_HASH)
#: More than this in one message is nobody's revert.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is taken back: `commits` are hashes, maybe short ones; `mainline` is the parent a merge is taken back to.

    `proposals` are `#12` or `!12`; `subject` is that of the commit, empty where it isn't told.
    """

    commits: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    subject: str = ""
    mainline: str = ""


def quoted(subject: str) -> str:
    """The subject of what a subject takes back, empty when it takes nothing back.

    `Reapply "x"` takes back `Revert "x"` (git 2.43).
    """
    found = _QUOTED.fullmatch(subject) if subject.endswith('"') else None
    if not found:
        return ""
    return f'Revert "{found[2]}"' if found[1].lower() == "reapply" else found[2]


def undoing(subject: str, body: str) -> tuple[Undoing | None, str]:
    """What is taken back, and the body without the sentences that say so."""
    named = quoted(subject)
    commits: list[str] = []
    proposals: list[str] = []
    mainline = ""
    if "everts" in body or "Revert " in body:
        for found in _COMMITS.finditer(body):
            commits += _WORDS.findall(found[1])
        back = _REVERSING.search(body) if commits and "reversing" in body else None
        mainline = back[1] if back else ""
        proposals = [one or other for one, other in _PROPOSAL.findall(body)]
        if commits:
            body = _REVERSING.sub("", _COMMITS.sub("", body))
        body = _PROPOSAL.sub("", body)
    if not (named or commits or proposals):
        return None, body
    return Undoing(tuple(dict.fromkeys(commits))[:MOST], tuple(dict.fromkeys(proposals))[:MOST], named, mainline), body


def hashes(text: str) -> tuple[str, ...]:
    """The hashes in the value of a footer."""
    return tuple(dict.fromkeys(re.findall(rf"\b{_HASH}\b", text)))[:MOST]

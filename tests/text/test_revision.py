"""A pinned revision is a tag, or a commit with its tag in the comment behind it, however that is written."""

import pytest

from maintainer.model import Span
from maintainer.text import revision

COMMIT = "4" * 40


@pytest.mark.parametrize(
    ("behind", "version"),
    [
        (" # v4.1.2", "v4.1.2"),
        (" # 4.1.2", "4.1.2"),
        ("  #v4", "v4"),
        ("' # v4", "v4"),
        ('"} # v4', "v4"),
        (" # tag=v4.1.2", "v4.1.2"),
        (" # renovate: tag=v4.1.2", "v4.1.2"),
        (" # ratchet:actions/checkout@v4", "v4"),
        (" # pin@v4.1", "v4.1"),
        (" # pinned to v4.1.", "v4.1"),
        (" # actions/checkout@v4.1.2", "v4.1.2"),
        (" # v2.0.0-beta.1, see #12", "v2.0.0-beta.1"),
        (" # v4 (2024-01-01)", "v4"),
        (" # main", ""),
        (" # fixed in 4.2", ""),
        (" # 3rd try", ""),
        ("\n# v4", ""),
        ("", ""),
    ],
)
def test_a_commit_has_its_version_in_a_comment(behind: str, version: str) -> None:
    text = f"- uses: a/b@{COMMIT}{behind}\n"
    at = Span(text.index(COMMIT), text.index(COMMIT) + 40)
    found = revision.read(text, at)
    assert found and (found.version, found.commit) == (version, COMMIT)
    covered = text[slice(*found.at)]
    assert covered.startswith(COMMIT) and covered.endswith(version)
    assert version or found.at == at


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("v4", True),
        ("4.1.2", True),
        ("v1.2.3-rc.1", True),
        ("main", False),
        ("release/v1", False),
        ("v4.x", False),
        ("4" * 12 + "ab", False),
        ("latest", False),
        ("", False),
    ],
)
def test_other_names_are_no_version(written: str, tag: bool) -> None:
    assert bool(revision.read(written, Span(0, len(written)))) is tag

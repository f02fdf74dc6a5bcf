"""What ends a vulnerability."""

import pytest

from maintainer.model import Advisory
from maintainer.planning.security import affected, fixing
from tests.planning.values import SCHEMES, advisory, release

NPM = SCHEMES["npm"]


@pytest.mark.parametrize(
    ("one", "version", "expected"),
    [
        (advisory(affected=["<1.5.0"]), "1.4.9", True),
        (advisory(affected=["<1.5.0"]), "1.5.0", False),
        (advisory(affected=["<1.5.0", ">=2.0.0 <2.1.0"]), "2.0.3", True),
        (advisory(affected=["<1.5.0", ">=2.0.0 <2.1.0"]), "1.6.0", False),
        (advisory(affected=["rubbish!"]), "9.0.0", True),
        (advisory(affected=["<1.5.0"]), "rubbish", True),
        (advisory(affected=["<2.0.0"], fixed=("1.4.9",)), "1.4.9", False),
        (advisory(affected=[], fixed=("1.5.0",)), "1.4.9", True),
        (advisory(affected=[], fixed=("1.5.0",)), "1.5.1", False),
        (advisory(affected=[], fixed=("rubbish",)), "1.5.1", True),
        (advisory(affected=[]), "9.0.0", True),
    ],
)
def test_what_is_affected(one: Advisory, version: str, expected: bool) -> None:
    assert affected(version, one, NPM) is expected


def test_a_fix_ends_all_of_them() -> None:
    releases = [release(version) for version in ("1.10.0", "1.5.0", "1.6.0", "1.9.0")]
    both = [advisory(affected=["<1.5.0"]), advisory(affected=["<1.6.0"])]
    assert [one.version for one in fixing(releases, both, NPM)] == ["1.6.0", "1.9.0", "1.10.0"]
    assert fixing(releases, [advisory(affected=["*"])], NPM) == []

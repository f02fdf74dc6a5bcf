import pytest

from maintainer.model import Advisory
from maintainer.text import advisory


@pytest.mark.parametrize(
    ("id", "aliases", "shown"),
    [
        ("CVE-2026-1", (), "CVE-2026-1"),
        ("CVE-2026-1", ("CVE-2026-2",), "CVE-2026-1"),
        ("GHSA-aaaa", ("PYSEC-1", "CVE-2026-2"), "CVE-2026-2"),
        ("GHSA-aaaa", ("PYSEC-1",), "GHSA-aaaa"),
    ],
)
def test_a_vulnerability_is_called_by_its_cve(id: str, aliases: tuple[str, ...], shown: str) -> None:
    assert advisory.name(Advisory(id, "", aliases=aliases)) == shown

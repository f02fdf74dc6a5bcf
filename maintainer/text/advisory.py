"""What a known vulnerability is called."""

from maintainer.model import Advisory


def name(advisory: Advisory) -> str:
    """The name most people know it by: its CVE where it has one."""
    return next((name for name in (advisory.id, *advisory.aliases) if name.startswith("CVE-")), advisory.id)

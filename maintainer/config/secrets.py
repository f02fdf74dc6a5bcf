"""What looks like a secret, so that it is refused in a configuration and masked in a report."""

import json
import re
from collections.abc import Iterator, Mapping

#: The published shapes of tokens: GitHub, GitLab, npm, PyPI, Slack, AWS, Stripe, Google, JWT, PEM, basic credentials.
SHAPES = re.compile(
    r"""gh[pousr]_[A-Za-z0-9]{16,} | github_pat_[A-Za-z0-9_]{20,} | gl(?:pat|ptt|dt|rt|cbt|ft|soat)-[A-Za-z0-9_.-]{16,}
    | npm_[A-Za-z0-9]{20,} | pypi-[A-Za-z0-9_-]{20,} | xox[abposr]-[A-Za-z0-9-]{10,} | (?:AKIA|ASIA)[A-Z0-9]{16}
    | (?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,} | AIza[A-Za-z0-9_-]{30,} | shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,}
    | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]* | -----BEGIN[ A-Z]*PRIVATE\ KEY-----
    | (?i:\b(?:bearer|basic)\ +[A-Za-z0-9+/=._~-]{16,})""",
    re.VERBOSE,
)
#: `https://user:password@host` and `?token=...`; `{key}` is no secret, but a place for one, and
#: `ssh://git@host` is how every forge is spoken to.
IN_URL = re.compile(
    r"(?i)(?<=://)(?!git@)[^/?#@\s]+(?=@)|(?<=[?&])(?:[a-z0-9_-]*(?:token|secret|password|key|licen[cs]e|signature))=(?!\{)[^&#\s]+"
)
#: Names whose values are secrets, whatever they look like.
NAMES = re.compile(
    r"(?i)(token|secret|passwo?r?d|passphrase|(?:^|_)pass$|credential|api_?key|licen[cs]e_?key|auth$|_key$|^key$|_pat$)"
)
MASK = "***"


def looks_secret(text: str) -> bool:
    """Whether the text holds a token, a private key, or credentials in a URL."""
    return bool(SHAPES.search(text) or IN_URL.search(text))


def masked(text: str, environment: Mapping[str, str]) -> str:
    """The text without what looks like a secret, and without the values of the environment's secret names."""
    for value in sorted(set(secrets_of(environment)), key=len, reverse=True):
        text = text.replace(value, MASK)
    return IN_URL.sub(MASK, SHAPES.sub(MASK, text))


def secrets_of(environment: Mapping[str, str]) -> Iterator[str]:
    """The values under secret names, and the strings inside those that are JSON (Composer's `COMPOSER_AUTH`)."""
    for name, value in environment.items():
        if not NAMES.search(name) or len(value) < 4:
            continue
        yield value
        try:
            yield from strings(json.loads(value))
        except (ValueError, RecursionError):
            continue


def strings(value: object) -> Iterator[str]:
    """The strings of a JSON value that are long enough to be secrets."""
    if isinstance(value, str) and len(value) >= 4:
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from strings(child)
    elif isinstance(value, list):
        for child in value:
            yield from strings(child)

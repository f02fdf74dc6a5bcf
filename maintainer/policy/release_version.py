"""The next version of a site, and which of its tags are releases.

    next_version(rule, tags, step, now) -> version

Semantic Versioning 2.0.0 (https://semver.org): what breaks takes the next major version, what is new the next minor
one, all else a patch; before 1.0.0 what breaks takes a minor one (its item 4 allows anything there). Calendar
Versioning (https://calver.org): its tokens, and a part in brackets that is left out while it is 0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from maintainer.errors import ConfigurationError, InvalidVersion
from maintainer.releasing import Step
from maintainer.versions import npm
from maintainer.versions.npm_range import parse_version

Key = tuple[object, ...]

#: The tokens of calver.org: how one is written, and what it looks like. A year beside a week is ISO 8601's.
_TOKENS = {
    "YYYY": r"[1-9]\d{3}",
    "YY": r"[1-9]\d{0,2}|0",
    "0Y": r"\d{2,3}",
    "MM": r"1[0-2]|[1-9]",
    "0M": r"0[1-9]|1[0-2]",
    "WW": r"[1-4]\d|5[0-3]|[1-9]",
    "0W": r"0[1-9]|[1-4]\d|5[0-3]",
    "DD": r"[12]\d|3[01]|[1-9]",
    "0D": r"0[1-9]|[12]\d|3[01]",
    "MICRO": r"0|[1-9]\d{0,5}",
}
_TOKEN = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))
_FORM = re.compile(rf"(?:{_TOKEN.pattern})(?:[.\-_](?:{_TOKEN.pattern}))*(?:\[[.\-_]MICRO\])?")
SEMVER = "semver"


@dataclass(frozen=True)
class Rule:
    """How releases are named: `form` is `semver` or a form of calendar versions (`YYYY.0W[.MICRO]`).

    `tag` is how a tag is written, with `{version}` in it.
    """

    form: str = "YYYY.0W[.MICRO]"
    tag: str = "v{version}"

    @property
    def is_calendar(self) -> bool:
        return self.form != SEMVER

    def key(self, version: str) -> Key | None:
        """By which its versions are ordered; None for what is none."""
        if not self.is_calendar:
            try:
                return parse_version(version) if not version.startswith(("v", "=")) else None
            except InvalidVersion:
                return None
        found = self._shape.fullmatch(version)
        return tuple(int(part or 0) for part in found.groups()) if found else None

    def named(self, tag: str) -> str:
        """The version of a tag, empty for a tag that is no release's."""
        before, _, after = self.tag.partition("{version}")
        if len(tag) < len(before) + len(after) or not tag.startswith(before) or not tag.endswith(after):
            return ""
        version = tag[len(before) : len(tag) - len(after)]
        return version if self.key(version) is not None else ""

    def is_prerelease(self, version: str) -> bool:
        """Whether it comes before the release it is named after (`2.0.0-rc.1`); calendar versions have none."""
        return not self.is_calendar and bool(version) and npm.is_prerelease(version)

    def tagged(self, version: str) -> str:
        return self.tag.replace("{version}", version)

    def last(self, tags: Iterable[str], *, stable: bool = False) -> str:
        """Of tags the one of the highest version, empty where none is a release's; `stable`: no pre-release."""
        known = [(key, tag) for tag in tags if (version := self.named(tag)) and (key := self.key(version)) is not None]
        if stable:
            known = [(key, tag) for key, tag in known if not self.is_prerelease(self.named(tag))]
        return max(known)[1] if known else ""

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        required, _, micro = self.form.partition("[")
        pattern = _pattern(required)
        return re.compile(f"{pattern}(?:{_pattern(micro.removesuffix(']'))})?" if micro else pattern)


def check(form: str) -> str:
    """The form as given; raises ValueError for one that can't be used, with what is wrong."""
    if form == SEMVER:
        return form
    tokens = _TOKEN.findall(form)
    if not _FORM.fullmatch(form) or not tokens:
        raise ValueError(f"{form!r} is no form of versions. Write semver, or one of calver.org: YYYY.0W[.MICRO].")
    if len(set(tokens)) != len(tokens) or sum(one in ("YYYY", "YY", "0Y") for one in tokens) != 1:
        raise ValueError(f"{form!r} needs one year, and each part once, such as YYYY.0M.MICRO.")
    if any(one in ("WW", "0W") for one in tokens) and any(one in ("MM", "0M", "DD", "0D") for one in tokens):
        raise ValueError(
            f"{form!r} has a week and a month or day: weeks go over the ends of months. Write one of them."
        )
    order = [_RANK[one] for one in tokens]
    if order != sorted(order):
        raise ValueError(f"{form!r} does not go from the year on down: such versions are in no order of time.")
    return form


_RANK = {"YYYY": 0, "YY": 0, "0Y": 0, "MM": 1, "0M": 1, "WW": 1, "0W": 1, "DD": 2, "0D": 2, "MICRO": 3}


def next_version(rule: Rule, tags: Iterable[str], step: Step, now: datetime, pre: str = "") -> str:
    """The version after those of `tags`; `now` is on the site's clock. `pre` names a pre-release (`rc`): `2.0.0-rc.1`.

    Raises `errors.ConfigurationError` where the form has no version left that is higher.
    """
    tags = list(tags)
    last = rule.named(rule.last(tags))
    if rule.is_calendar:
        if pre:
            raise ConfigurationError(
                "A pre-release has a name of its own in Semantic Versioning alone: leave --pre out."
            )
        return _of_the_day(rule, last, now)
    if pre and not re.fullmatch(r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*", pre):
        raise ConfigurationError(
            f"--pre: {pre!r} can name no pre-release. Take letters, digits and hyphens, such as rc."
        )
    stable = rule.named(rule.last(tags, stable=True))
    wanted = _stepped(stable, step)
    if not pre:
        return wanted
    before = [rule.named(tag) for tag in tags if rule.named(tag).startswith(f"{wanted}-{pre}.")]
    numbers = [int(end) for one in before if (end := one.removeprefix(f"{wanted}-{pre}.")).isdigit()]
    return f"{wanted}-{pre}.{max(numbers, default=0) + 1}"


def _stepped(last: str, step: Step) -> str:
    if not last:
        return "0.1.0" if step != "major" else "1.0.0"
    major, minor, patch = (int(part) for part in re.split(r"[-+]", last, maxsplit=1)[0].split("."))
    if step == "major" and major:
        return f"{major + 1}.0.0"
    if step == "patch":
        return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor + 1}.0"


def _of_the_day(rule: Rule, last: str, now: datetime) -> str:
    required, _, optional = rule.form.partition("[")
    optional = optional.removesuffix("]")
    first = _written(required, now, 0)
    before = rule.key(last) if last else None
    if before is None or _is_later(rule, first, before):
        return first
    micro = int(str(before[-1])) + 1 if "MICRO" in rule.form else 0
    told = _written(required, now, micro) + _written(optional, now, micro)
    if _is_later(rule, told, before):
        return told
    if "MICRO" in rule.form:
        raise ConfigurationError(
            f"{last} is released, and its day is after {first}: is this machine's clock right? Or name a version with "
            "--version."
        )
    raise ConfigurationError(
        f"{last} is released, and release.form {rule.form} has no higher version until its next day. Add [.MICRO] to "
        "it, or name a version with --version."
    )


def _is_later(rule: Rule, version: str, before: Key) -> bool:
    key = rule.key(version)
    return key is not None and key > before


def _written(form: str, now: datetime, micro: int) -> str:
    weeks = "WW" in form or "0W" in form
    year, week, _ = now.isocalendar() if weeks else (now.year, 0, 0)
    said = {
        "YYYY": f"{year}", "YY": f"{year - 2000}", "0Y": f"{year - 2000:02}", "MM": f"{now.month}",
        "0M": f"{now.month:02}", "WW": f"{week}", "0W": f"{week:02}", "DD": f"{now.day}", "0D": f"{now.day:02}",
        "MICRO": f"{micro}",
    }  # fmt: skip
    return _TOKEN.sub(lambda found: said[found[0]], form)


def _pattern(form: str) -> str:
    parts = re.split(f"({_TOKEN.pattern})", form)
    return "".join(f"({_TOKENS[part]})" if part in _TOKENS else re.escape(part) for part in parts)

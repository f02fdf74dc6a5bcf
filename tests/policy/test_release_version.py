"""Which tags are releases, and what the next version is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.errors import ConfigurationError
from maintainer.policy.release_version import SEMVER, Rule, check, next_version
from maintainer.releasing import Step

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WEEKS = Rule()
PLAIN = Rule("YYYY.MM.MICRO", "{version}")
SEM = Rule(SEMVER)


@pytest.mark.parametrize(
    ("tags", "step", "version"),
    [
        ([], "patch", "0.1.0"),
        ([], "minor", "0.1.0"),
        ([], "major", "1.0.0"),
        (["v1.2.3"], "patch", "1.2.4"),
        (["v1.2.3"], "minor", "1.3.0"),
        (["v1.2.3"], "major", "2.0.0"),
        (["v0.4.2"], "major", "0.5.0"),
        (["v0.4.2"], "minor", "0.5.0"),
        (["v0.4.2"], "patch", "0.4.3"),
        (["v1.9.0", "v1.10.0", "v1.2.0"], "patch", "1.10.1"),
        (["v1.2.3", "v2.0.0-rc.1"], "major", "2.0.0"),
        (["v1.2.3+build.7"], "patch", "1.2.4"),
        (["1.9.0", "shop-3.0.0", "v1.2", "v01.2.3", "vv9.9.9", "v=9.9.9", "v1.2.3"], "patch", "1.2.4"),
    ],
)
def test_a_step_of_semantic_versioning(tags: list[str], step: Step, version: str) -> None:
    assert next_version(SEM, tags, step, NOW) == version


def test_pre_releases_count_up_toward_their_release() -> None:
    tags = ["v1.2.3"]
    for wanted in ("1.3.0-rc.1", "1.3.0-rc.2", "1.3.0-rc.3"):
        assert next_version(SEM, tags, "minor", NOW, "rc") == wanted
        tags.append(f"v{wanted}")
    assert next_version(SEM, tags, "minor", NOW, "beta") == "1.3.0-beta.1"
    assert next_version(SEM, tags, "minor", NOW) == "1.3.0"
    assert (SEM.last(tags), SEM.last(tags, stable=True)) == ("v1.3.0-rc.3", "v1.2.3")


@pytest.mark.parametrize(
    ("form", "tags", "version"),
    [
        ("YYYY.0W[.MICRO]", [], "2026.48"),
        ("YYYY.0W[.MICRO]", ["2026.47"], "2026.48"),
        ("YYYY.0W[.MICRO]", ["2026.48"], "2026.48.1"),
        ("YYYY.0W[.MICRO]", ["2026.48", "2026.48.9"], "2026.48.10"),
        ("YYYY.0W[.MICRO]", ["2026.48.9", "2026.05.11"], "2026.48.10"),
        ("YYYY.MM.MICRO", [], "2026.11.0"),
        ("YYYY.MM.MICRO", ["2026.11.0"], "2026.11.1"),
        ("YYYY.MM.MICRO", ["2026.9.14", "2026.10.2"], "2026.11.0"),
        ("YY.0M.0D", ["26.11.23"], "26.11.24"),
        ("0Y.MM-MICRO", ["26.11-4"], "26.11-5"),
        ("YYYY-0M-0D[-MICRO]", ["2026-11-24"], "2026-11-24-1"),
        ("YYYY_MM", ["2026_10"], "2026_11"),
    ],
)
def test_a_version_of_the_calendar(form: str, tags: list[str], version: str) -> None:
    assert next_version(Rule(check(form), "{version}"), tags, "patch", NOW) == version


@pytest.mark.parametrize(("form", "last"), [("YYYY.0M.0D", "2026.11.24"), ("YYYY.MM", "2026.11")])
def test_a_second_release_needs_a_number_of_its_own(form: str, last: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Add \[\.MICRO\] to it"):
        next_version(Rule(form, "{version}"), [last], "patch", NOW)


def test_a_clock_that_went_back_is_told() -> None:
    with pytest.raises(ConfigurationError, match="is this machine's clock right"):
        next_version(WEEKS, ["v2026.49"], "patch", NOW)


def test_a_week_has_the_year_of_its_thursday() -> None:
    """ISO 8601: 31 December 2025 is in the first week of 2026, 1 January 2027 in the last one of 2026."""
    assert next_version(WEEKS, [], "patch", datetime(2025, 12, 31, tzinfo=UTC)) == "2026.01"
    assert next_version(WEEKS, [], "patch", datetime(2027, 1, 1, tzinfo=UTC)) == "2026.53"


@pytest.mark.parametrize(
    "form",
    ["", "v1", "YYYY.", "MM.DD", "YYYY.MM.WW", "DD.MM.YYYY", "YYYY.YYYY", "YYYY.YY", "YYYY.[MICRO]x", "YYYY MM", "x.y"],
)
def test_a_form_that_orders_nothing_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match=r"no form of versions|needs one year|weeks go over the ends|no order of time"):
        check(form)


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("shop@1.2.3", "1.2.3"),
        ("shop@1.2.3-rc.1", "1.2.3-rc.1"),
        ("shop@", ""),
        ("shop-1.2.3", ""),
        ("theme@1.2.3", ""),
        ("shop@v1.2.3", ""),
    ],
)
def test_a_package_knows_its_tags(tag: str, version: str) -> None:
    assert Rule(SEMVER, "shop@{version}").named(tag) == version


FORMS = st.sampled_from(["YYYY.0W[.MICRO]", "YYYY.MM.MICRO", "YYYY.WW.MICRO", "YY.0M.0D[-MICRO]", "0Y.0M[.MICRO]"])


@given(form=FORMS, days=st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_versions_of_the_calendar_only_rise(form: str, days: list[int]) -> None:
    rule, now = Rule(check(form), "r{version}"), datetime(2025, 12, 1, tzinfo=UTC)
    tags: list[str] = []
    for passed in days:
        now += timedelta(days=passed)
        version = next_version(rule, tags, "patch", now)
        assert rule.named(rule.tagged(version)) == version
        keys = [rule.key(rule.named(tag)) for tag in tags]
        assert all(key is not None and key < (rule.key(version) or ()) for key in keys)
        tags.append(rule.tagged(version))
    assert rule.last(reversed(tags)) == tags[-1]


STEPS = st.sampled_from(["major", "minor", "patch"])


@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_semantic_versions_only_rise(steps: list[Step]) -> None:
    tags: list[str] = []
    for step in steps:
        version = next_version(SEM, tags, step, NOW)
        assert all((SEM.key(SEM.named(tag)) or ()) < (SEM.key(version) or ()) for tag in tags)
        tags.append(SEM.tagged(version))

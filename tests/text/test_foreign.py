import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text import foreign

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b"]), inner),
)


@given(ANYTHING)
def test_no_value_surprises(value: object) -> None:
    for path in ((), ("a",), ("a", "b")):
        assert isinstance(foreign.table(value, *path), dict)
        assert all(isinstance(item, dict) for item in foreign.tables(value, *path))
        foreign.text(value, *path).encode()
        foreign.version(value, *path)
        foreign.url(value, *path)
        foreign.when(value, *path)
    foreign.array(value, "a", "b")


@pytest.mark.parametrize(
    ("stated", "time"),
    [
        ("2024-05-02T10:02:03Z", datetime(2024, 5, 2, 10, 2, 3, tzinfo=UTC)),
        ("2024-05-02T12:02:03+02:00", datetime(2024, 5, 2, 10, 2, 3, tzinfo=UTC)),
        ("2024-05-02", datetime(2024, 5, 2, tzinfo=UTC)),
        ("2024-05-02 10:02:03", datetime(2024, 5, 2, 10, 2, 3, tzinfo=UTC)),
        ("2024-05-02 10:02am GMT", datetime(2024, 5, 2, 10, 2, tzinfo=UTC)),
        ("2024-05-02 12:02am GMT", datetime(2024, 5, 2, 0, 2, tzinfo=UTC)),
        ("2024-05-02 12:02pm GMT", datetime(2024, 5, 2, 12, 2, tzinfo=UTC)),
        ("2024-05-02 1:02PM GMT", datetime(2024, 5, 2, 13, 2, tzinfo=UTC)),
        ("Thu, 02 May 2024 10:02:03 GMT", datetime(2024, 5, 2, 10, 2, 3, tzinfo=UTC)),
        ("2024-13-02", None),
        ("0000-00-00 00:00:00", None),
        ("yesterday", None),
        (5, None),
        (None, None),
    ],
)
def test_times_are_read_in_utc(stated: object, time: datetime | None) -> None:
    assert foreign.when(stated) == time


@pytest.mark.parametrize("text", ["1.0", "2.0.0-beta.1", "v4", "8.2-fpm", "1!2.0+local", "2024.1~rc"])
def test_versions_stay_as_they_are(text: str) -> None:
    assert foreign.version(text) == text


@pytest.mark.parametrize("text", ["", "../1", "1 0", "1\n0", "$(x)", "`x`", "1;x", "<1>", "a" * 101, "\x1b[31m"])
def test_what_could_be_no_version_is_none(text: str) -> None:
    assert foreign.version(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd",
        "javascript:x",
        "//x.example",
        "http://",
        "https://x.example/a b",
        "http://[",
        "http://x:99999999/",
    ],
)
def test_only_http_addresses_are_addresses(text: str) -> None:
    assert foreign.url(text) == ""


def test_a_number_of_thousands_of_digits_is_no_text() -> None:
    assert foreign.text(10**5000) == ""
    assert foreign.text(json.loads('"\\ud800"')) == "?"

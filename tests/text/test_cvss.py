import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.text import cvss


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        # The examples of FIRST's own guide (https://www.first.org/cvss/v3.1/examples).
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:N", 5.4),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
        ("CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("cvss:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", None),
        ("CVSS:3.1/AV:N", None),
        ("", None),
    ],
)
def test_base_scores(vector: str, score: float | None) -> None:
    assert cvss.base_score(vector) == score


@pytest.mark.parametrize(
    ("score", "name"), [(0.0, "low"), (3.9, "low"), (4.0, "medium"), (6.9, "medium"), (7.0, "high"), (9.0, "critical")]
)
def test_a_score_has_a_name(score: float, name: str) -> None:
    assert cvss.severity(score) == name


def test_what_is_no_score_is_unknown() -> None:
    assert {cvss.severity(float("nan")), cvss.severity(11), cvss.of_vector("x"), cvss.of_word("?")} == {"unknown"}


@given(st.text())
def test_any_text_may_be_a_vector(text: str) -> None:
    cvss.base_score(text)
    cvss.base_score("CVSS:3.1/" + text)

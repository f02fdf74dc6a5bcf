"""Reviewers from CODEOWNERS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintainer.policy.owners import owners

RULES = """\
# the shop
*                     @all
wp-content/plugins/** @shop/plugins
*.lock                @shop/platform  # and a comment

[Docs][2] @writers
/docs/
/docs/legal/ @lawyer
"""


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["index.php"], ("@all",)),
        (["wp-content/plugins/cart/cart.php"], ("@shop/plugins",)),
        (["wp-content/plugins/cart/cart.php", "composer.lock"], ("@shop/plugins", "@shop/platform")),
        (["docs/a.md"], ("@writers",)),
        (["docs/legal/terms.md"], ("@lawyer",)),
        ([], ()),
    ],
)
def test_the_last_rule_that_matches_names_the_owners(paths: list[str], expected: tuple[str, ...]) -> None:
    assert owners(RULES, paths) == expected


def test_owners_of_everything_are_nobody_in_particular() -> None:
    assert owners("\n".join(f"f{n} @u{n}" for n in range(11)), [f"f{n}" for n in range(11)]) == ()


@given(st.text(max_size=200))
def test_any_text_is_understood_or_names_nobody(text: str) -> None:
    assert isinstance(owners(text, ["a/b.php"]), tuple)

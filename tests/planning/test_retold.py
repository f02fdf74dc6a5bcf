"""Commits that only moved a part are told by it; whatever else they did, they tell themselves."""

import pytest

from maintainer.changes import Changed, Entry, Source
from maintainer.planning.retold import movers, retold
from maintainer.releasing import Moved, Part

SHA = Source("commit", "a" * 40)


def moved(part: Part, *files: str) -> Moved:
    return Moved(part, "It", "it", "npm", "1", "2", "major", (SHA, Source("proposal", "7")), files)


NPM = moved("package", "web/package.json")
CART = moved("plugin", "wp-content/plugins/cart/cart.php")
HELLO = moved("plugin", "wp-content/plugins/hello.php")
CORE = moved("core", "wp-includes/version.php")


@pytest.mark.parametrize(
    ("parts", "paths", "dropped"),
    [
        ([NPM], ["web/package.json"], True),
        ([NPM], ["web/package.json", "web/package-lock.json"], True),
        ([NPM], ["web/package.json", "package-lock.json"], False),
        ([NPM], ["web/package.json", "web/cart.js"], False),
        ([CART], ["wp-content/plugins/cart/cart.php", "wp-content/plugins/cart/a/b.js"], True),
        ([CART], ["wp-content/plugins/cart/cart.php", "wp-content/plugins/cart-pro/b.js"], False),
        ([CART, NPM], ["wp-content/plugins/cart/a.js", "web/package.json"], True),
        ([HELLO], ["wp-content/plugins/hello.php"], True),
        ([HELLO], ["wp-content/plugins/hello.php", "wp-content/plugins/other.php"], False),
        ([CORE], ["wp-includes/version.php", "wp-admin/a.php", "wp-login.php"], True),
        ([CORE], ["wp-includes/version.php", "wp-content/themes/shop/wp-a.php"], False),
        ([CORE], ["wp-includes/version.php", "src/cart.php"], False),
        ([NPM], [], False),
        ([], ["web/package.json"], False),
    ],
)
def test_a_commit_that_only_moved_parts_is_dropped(parts: list[Moved], paths: list[str], dropped: bool) -> None:
    found = retold(Changed((Entry("other", "Update it", (SHA,)),)), movers(parts), {SHA.id: paths})
    assert (found.entries == ()) is dropped
    assert [one.source for one in found.left_out] == ([SHA] if dropped else [])


def test_a_scope_says_that_it_is_an_update() -> None:
    entry = Entry("fix", "it 2", (SHA,), ("Deps",))
    assert retold(Changed((entry,)), movers([NPM]), {SHA.id: ["web/package.json"]}).entries == ()


@pytest.mark.parametrize(
    "entry",
    [
        Entry("feat", "Carts", (SHA,)),
        Entry("chore", "Update it", (SHA,), breaking=("keys",)),
        Entry("other", "Update it", (SHA, Source("commit", "b" * 40))),
        Entry("other", "Update it", (Source("proposal", "7"),)),
    ],
)
def test_what_says_more_is_told(entry: Entry) -> None:
    assert retold(Changed((entry,)), movers([NPM]), {SHA.id: ["web/package.json"]}).entries == (entry,)

"""Signing in and searching on a real WordPress 6.5 on SQLite, as the presets do, and what is broken in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.http_visit import Missed, Visitor, free_port
from maintainer.process import started
from tests.checks.e2e_scene import check, gone_through, shared, site
from tests.shops.wordpress import WordPress, material

PASSWORD = """
require getcwd() . '/wp-load.php';
wp_set_password( 'pass-word-1', 1 );
"""
FLOWS = """\
verify:
  flows:
    - name: sign in
      preset: login
      with: {user: developer, logged_in: Howdy}
      env: {password: SHOP_PASSWORD}
      retries: 0
      step: 20s
    - name: search
      preset: search
      with: {term: Hello, found: Hello world!}
      retries: 0
      step: 20s
"""


@pytest.fixture(scope="module")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WordPress, str]]:
    folder = tmp_path_factory.mktemp("wordpress")
    made = WordPress(folder / "site", material(), {})
    made.php(PASSWORD)
    port = free_port()
    argv = ["php", "-S", f"127.0.0.1:{port}", "-t", "."]
    with started(argv, cwd=made.root, environment=made.environment, log=folder / "php.log"):
        url = f"http://127.0.0.1:{port}"
        while isinstance(Visitor(url, environment={}).visit(url + "/wp-login.php"), Missed):
            pass
        yield made, url


@pytest.mark.bench  # it needs a real WordPress, which is made of packages of npm that `make test` does not fetch
def test_signing_in_and_searching_pass_and_what_breaks_them_is_named(
    wordpress: tuple[WordPress, str], tmp_path: Path
) -> None:
    made, url = wordpress
    with shared() as browser:
        seen = gone_through(check(FLOWS, browser), tmp_path, site(url))
        assert seen.said("fail") + seen.said("inconclusive") == []
        assert [where for rule, where, _ in seen.said("pass") if rule == "completes"] == [
            "sign in on desktop as guest",
            "search on desktop as guest",
        ]
        wrong = gone_through(check(FLOWS, browser, SHOP_PASSWORD="another-1"), tmp_path, site(url))
        ((_, where, reason),) = wrong.said("fail")
        assert where == "sign in on desktop as guest"
        assert (
            "“be logged in”" in reason and "The password you entered for the username developer is incorrect" in reason
        )
        made.breaks("add_action( 'pre_get_posts', function () { wc_no_such_function(); } );")
        broken = gone_through(check(FLOWS, browser), tmp_path, site(url))
        assert any("wc_no_such_function" in reason or "500" in reason for _, _, reason in broken.said("fail")), broken

"""Where a repository is on its forge, by what runs us and what is configured."""

import pytest

from maintainer.commands.platform import address
from maintainer.http import Http


@pytest.mark.parametrize(
    ("forge", "api", "git"),
    [
        ("github", "https://api.github.com", "https://github.com/shop/site.git"),
        ("github", "https://api.shop.ghe.com", "https://shop.ghe.com/shop/site.git"),
        ("github", "https://github.example/api/v3", "https://github.example/shop/site.git"),
        ("github", "https://api.github.example/api/v3/", "https://api.github.example/shop/site.git"),
        ("gitlab", "https://gitlab.example/git", "https://gitlab.example/git/shop/site.git"),
        ("gitlab", "https://gitlab.example:8443/api/v4", "https://gitlab.example:8443/shop/site.git"),
    ],
)
def test_git_is_where_people_look(forge: str, api: str, git: str) -> None:
    assert address(forge, {"MAINTAINER_REPOSITORY": "shop/site"}, Http(bases={forge: api})).git == git

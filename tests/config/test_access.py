"""Tokens of the environment reach the hosts they are for, and no other."""

import pytest

from maintainer.config import access
from maintainer.config.registries import Registries


@pytest.mark.parametrize(
    ("environment", "host", "sent"),
    [
        ({"GITHUB_TOKEN": "one"}, "api.github.com", {"authorization": "Bearer one"}),
        ({"GH_TOKEN": "two"}, "api.github.com", {"authorization": "Bearer two"}),
        ({"GITLAB_TOKEN": "three"}, "gitlab.com", {"authorization": "Bearer three"}),
        ({"GITHUB_TOKEN": "one"}, "github.com", {}),
        ({"GITHUB_TOKEN": "one"}, "api.github.com.evil.example", {}),
        ({"GITLAB_TOKEN": "three"}, "api.github.com", {}),
        ({"GITHUB_TOKEN": ""}, "api.github.com", {}),
    ],
)
def test_a_forges_own_token_is_for_its_api(environment: dict[str, str], host: str, sent: dict[str, str]) -> None:
    assert access.credentials(Registries(), environment).headers("https", host, None, "/repos/o/r/tags") == sent


def test_a_forges_token_follows_its_configured_address_and_stays_below_it() -> None:
    registries = Registries(urls={"github": "https://git.shop.example/api/v3"})
    known = access.credentials(registries, {"GITHUB_TOKEN": "one"})
    assert known.headers("https", "git.shop.example", None, "/api/v3/repos/o/r") == {"authorization": "Bearer one"}
    assert known.headers("https", "git.shop.example", None, "/elsewhere") == {}
    assert known.headers("https", "api.github.com", None, "/repos/o/r") == {}

import pytest

from maintainer.datasources.repository_url import repository_url


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("git+https://github.com/acme/thing.git", "https://github.com/acme/thing"),
        ("git://github.com/acme/thing.git", "https://github.com/acme/thing"),
        ("git+ssh://git@github.com/acme/thing.git", "https://github.com/acme/thing"),
        ("git@gitlab.example:group/sub/thing.git", "https://gitlab.example/group/sub/thing"),
        ("https://user:token@github.com/acme/thing", "https://github.com/acme/thing"),
        ("https://git.example:8443/acme/thing/", "https://git.example:8443/acme/thing"),
        ({"type": "git", "url": "https://github.com/acme/thing", "directory": "x"}, "https://github.com/acme/thing"),
        ("acme/thing", "https://github.com/acme/thing"),
        ("github:acme/thing", "https://github.com/acme/thing"),
        ("gitlab:acme/thing", "https://gitlab.com/acme/thing"),
        ("bitbucket:acme/thing", "https://bitbucket.org/acme/thing"),
        ("gist:0123456789abcdef", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://", ""),
        ("", ""),
        (None, ""),
        (["x"], ""),
        ({"url": {"url": "x"}}, ""),
        ("https://github.com/" + "a" * 10_000, ""),
    ],
)
def test_a_repository_is_known_however_it_is_written(stated: object, address: str) -> None:
    assert repository_url(stated) == address

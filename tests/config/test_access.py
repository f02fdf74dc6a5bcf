"""What the file names and the environment holds reaches the services it is for, and nothing else."""

from maintainer.config import access
from maintainer.config.registries import Host, Registries, Vendor
from maintainer.datasources import wordfence

ENVIRONMENT = {"ACME_KEY": "hunter2", "SATIS_USER": "ann", "SATIS_PASSWORD": "s3cret", "FEED": "feed-key", "OTHER": "x"}


def registries() -> Registries:
    return Registries.model_validate(
        {
            "hosts": [
                {"host": "Satis.example", "user_env": "SATIS_USER", "password_env": "SATIS_PASSWORD"},
                {"host": "api.example:8443", "token_env": "ACME_KEY"},
                {"host": "unset.example", "token_env": "NOBODY_SET_IT"},
            ],
            "vendors": [
                {
                    "name": "Acme",
                    "packages": "acme-*",
                    "format": "plugin-update-checker",
                    "url": "https://acme.example/{package}.json?license={key}&site={site}",
                    "key_env": "ACME_KEY",
                },
                {
                    "name": "Shop",
                    "packages": "old-gateway",
                    "format": "edd",
                    "url": "https://shop.example",
                    "item": "1234",
                    "key_env": "ACME_KEY",
                },
            ],
            "wordfence_key_env": "FEED",
        }
    )


def test_the_variables_that_are_named() -> None:
    names = ("ACME_KEY", "FEED", "NOBODY_SET_IT", "SATIS_PASSWORD", "SATIS_USER")
    assert access.named(registries()) == names
    assert access.secrets(registries(), ENVIRONMENT) == {
        name: ENVIRONMENT[name] for name in names if name in ENVIRONMENT
    }


def test_credentials_go_to_their_hosts_alone() -> None:
    known = access.credentials(registries(), ENVIRONMENT)
    assert known.headers("https", "satis.example", None, "/packages.json") == {
        "authorization": "Basic YW5uOnMzY3JldA=="
    }
    assert known.headers("https", "api.example", 8443, "/") == {"authorization": "Bearer hunter2"}
    for elsewhere in ("api.example", "unset.example", "evil.example", "satis.example.evil.example"):
        assert known.headers("https", elsewhere, None, "/") == {}
    assert known.headers("http", "satis.example", None, "/") == {}


def test_the_keyed_feed_is_asked_only_with_a_key() -> None:
    assert access.services(registries(), ENVIRONMENT) == {"wordfence": wordfence.BASE}
    assert access.services(registries(), {}) == {}
    headers = access.credentials(registries(), ENVIRONMENT).headers(
        "https", "www.wordfence.com", None, "/api/intelligence/v3/x"
    )
    assert headers == {"authorization": "Bearer feed-key"}


def test_a_manifests_address_has_a_place_for_the_key_and_not_the_key() -> None:
    acme, shop = registries().vendors
    assert acme.manifest("acme-slider", "https://shop.example.pl") == (
        "https://acme.example/acme-slider.json?license={ACME_KEY}&site=https%3A%2F%2Fshop.example.pl"
    )
    assert shop.manifest("old-gateway", "https://shop.example.pl") == (
        "https://shop.example?edd_action=get_version&item_id=1234&slug=old-gateway"
        "&url=https%3A%2F%2Fshop.example.pl&license={ACME_KEY}"
    )


def test_a_package_name_can_not_leave_its_place() -> None:
    acme = registries().vendors[0]
    assert isinstance(acme, Vendor)
    assert (
        acme.manifest("../x?a={OTHER}", "")
        == "https://acme.example/..%2Fx%3Fa%3D%7BOTHER%7D.json?license={ACME_KEY}&site="
    )
    assert isinstance(registries().hosts[0], Host)

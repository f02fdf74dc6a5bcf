import json
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from maintainer.config.clients import Clients, read_clients
from maintainer.credentials import basic, bearer
from maintainer.datasources import npm, pypi
from maintainer.errors import ConfigurationError
from maintainer.http import Http
from maintainer.model import Source

SECRET = "s3cr3t-t0ken"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "site").mkdir()
    return tmp_path / "home"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def read(home: Path, **environment: str) -> Clients:
    return read_clients(environment, home, home.parent / "site", home.parent / "etc")


def sent(clients: Clients, url: str) -> Mapping[str, str]:
    parts = urlsplit(url)
    return clients.credentials.headers(parts.scheme, parts.hostname or "", parts.port, parts.path)


# --- npm -------------------------------------------------------------------------------------------------------------


def test_npms_registry_is_the_environments_then_the_projects_then_the_users(home: Path) -> None:
    write(home / ".npmrc", "registry=https://user.example/npm/\n")
    assert read(home).npm_registry == "https://user.example/npm"
    write(home.parent / "site" / ".npmrc", '; a comment\n\nregistry = "https://project.example"\n')
    assert read(home).npm_registry == "https://project.example"
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        assert read(home, **{name: "https://environment.example"}).npm_registry == "https://environment.example"


def test_npms_user_file_may_be_elsewhere(home: Path) -> None:
    other = write(home / "ci" / "npmrc", "registry=https://ci.example\n")
    assert read(home, NPM_CONFIG_USERCONFIG=str(other)).npm_registry == "https://ci.example"


def test_npm_scopes_have_registries_and_tokens_of_their_own(home: Path) -> None:
    write(
        home.parent / "site" / ".npmrc",
        "@acme:registry=https://npm.acme.example/api/npm/\n"
        "//npm.acme.example/api/npm/:_authToken=${ACME_TOKEN}\n"
        "//basic.example/:username=me\n//basic.example/:_password=" + b64encode(b"pw").decode() + "\n"
        "//both.example:8443/:_auth=" + b64encode(b"me:pw").decode() + "\n",
    )
    clients = read(home, ACME_TOKEN=SECRET, npm_config_registry="https://npm.example")
    assert clients.npm_scopes == {"@acme": "https://npm.acme.example/api/npm"}
    assert clients.bases()["npm:@acme"] == "https://npm.acme.example/api/npm"
    assert sent(clients, "https://npm.acme.example/api/npm/@acme%2fx") == bearer(SECRET)
    assert sent(clients, "https://npm.acme.example/else") == {}
    assert sent(clients, "http://npm.acme.example/api/npm/x") == {}
    assert sent(clients, "https://basic.example/x") == basic("me", "pw")
    assert sent(clients, "https://both.example:8443/x") == basic("me", "pw")
    assert sent(clients, "https://both.example/x") == {}


def test_a_token_for_a_plain_http_registry_is_sent_there(home: Path) -> None:
    write(home / ".npmrc", "registry=http://npm.intern.example:4873/\n//npm.intern.example:4873/:_authToken=abc\n")
    assert sent(read(home), "http://npm.intern.example:4873/x") == bearer("abc")


def test_a_token_without_host_is_the_registrys(home: Path) -> None:
    write(home / ".npmrc", "registry=https://npm.example/own/\n_authToken=abc\n")
    assert sent(read(home), "https://npm.example/own/x") == bearer("abc")
    assert sent(read(home), "https://npm.example/other") == {}


def test_a_token_that_is_not_set_is_no_token(home: Path) -> None:
    write(home / ".npmrc", "registry=https://npm.example/\n//npm.example/:_authToken=${NPM_TOKEN}\n")
    assert sent(read(home), "https://npm.example/x") == {}


def test_userinfo_of_a_registry_becomes_a_credential(home: Path) -> None:
    clients = read(home, npm_config_registry=f"https://me:{SECRET}@npm.example/x")
    assert clients.npm_registry == "https://npm.example/x"
    assert sent(clients, "https://npm.example/x/y") == basic("me", SECRET)
    assert SECRET not in repr(clients.npm)


# --- pip and uv ------------------------------------------------------------------------------------------------------


def test_extra_python_indexes_are_asked_before_the_default(home: Path) -> None:
    clients = read(
        home,
        PIP_INDEX_URL="https://pip.example/simple/",
        PIP_EXTRA_INDEX_URL=f"https://me:{SECRET}@extra.example/simple file:///opt/wheels",
    )
    assert clients.pypi_indexes == ("https://extra.example/simple", "https://pip.example/simple")
    assert sent(clients, "https://extra.example/simple/x/") == basic("me", SECRET)
    lazily = clients.bases()["pypi"]
    assert not isinstance(lazily, str)
    assert lazily() == "https://extra.example/simple https://pip.example/simple"


def test_pips_files_win_in_pips_order(home: Path) -> None:
    write(home.parent / "etc" / "pip.conf", "[global]\nindex-url = https://system.example/simple\n")
    assert read(home).pypi_indexes == ("https://system.example/simple",)
    write(home / ".pip" / "pip.conf", "[global]\nindex_url = https://legacy.example/simple\n")
    assert read(home).pypi_indexes == ("https://legacy.example/simple",)
    own = "[global]\nindex-url=https://user.example/simple\nextra-index-url =\n  https://a.example/s\n  https://b.example/s\n"
    write(home / ".config" / "pip" / "pip.conf", own)
    assert read(home).pypi_indexes == ("https://a.example/s", "https://b.example/s", "https://user.example/simple")
    named = write(home / "pip.ini", "[install]\nindex-url = https://named.example/simple\n")
    assert read(home, PIP_CONFIG_FILE=str(named)).pypi_indexes[-1] == "https://named.example/simple"
    assert read(home, PIP_INDEX_URL="https://env.example/simple").pypi_indexes[-1] == "https://env.example/simple"
    assert read(home, PIP_CONFIG_FILE="/dev/null", UV_INDEX_URL="https://x.example").pypi_indexes == (
        "https://x.example",
    )


def test_uvs_indexes_go_before_pips(home: Path) -> None:
    write(home / ".config" / "pip" / "pip.conf", "[global]\nindex-url = https://pip.example/simple\n")
    write(home / ".config" / "uv" / "uv.toml", 'index-url = "https://uv.example/simple"\n')
    assert read(home).pypi_indexes == ("https://uv.example/simple",)
    write(
        home.parent / "site" / "pyproject.toml",
        '[tool.uv]\n[[tool.uv.index]]\nname = "own-one"\nurl = "https://own.example/simple"\n'
        '[[tool.uv.index]]\nname = "torch"\nurl = "https://torch.example/simple"\nexplicit = true\n'
        '[[tool.uv.index]]\nname = "usual"\nurl = "https://usual.example/simple"\ndefault = true\n',
    )
    clients = read(home, UV_INDEX_OWN_ONE_USERNAME="me", UV_INDEX_OWN_ONE_PASSWORD=SECRET)
    assert clients.pypi_indexes == ("https://own.example/simple", "https://usual.example/simple")
    assert sent(clients, "https://own.example/simple/x/") == basic("me", SECRET)
    clients = read(home, UV_DEFAULT_INDEX="main=https://main.example/simple", UV_INDEX="https://a.example?x=1")
    assert clients.pypi_indexes[0] == "https://a.example?x=1"
    assert clients.pypi_indexes[-1] == "https://main.example/simple"


def test_without_any_configuration_the_client_librarys_constant_is_the_index(home: Path) -> None:
    import pypi_simple

    assert read(home).pypi_indexes == (pypi_simple.PYPI_SIMPLE_ENDPOINT.rstrip("/"),)


# --- Composer --------------------------------------------------------------------------------------------------------


def test_every_kind_of_composer_auth_is_understood(home: Path) -> None:
    auth = {
        "http-basic": {"Basic.example:8443": {"username": "me", "password": SECRET}},
        "bearer": {"bearer.example": SECRET},
        "github-oauth": {"github.com": SECRET, "ghe.example": "other"},
        "gitlab-oauth": {"gitlab.com": SECRET, "gitlab.example": {"token": SECRET, "refresh-token": "r"}},
        "gitlab-token": {"tokens.example": SECRET, "deploy.example": {"username": "deploy", "token": SECRET}},
        "bitbucket-oauth": {
            "bitbucket.org": {"consumer-key": "k", "consumer-secret": "s", "access-token": SECRET},
            "other.example": {"consumer-key": "k", "consumer-secret": "s"},
        },
        "forgejo-token": {"forgejo.example": {"username": "me", "token": SECRET}},
        "custom-headers": {"custom.example": ["X-Key: " + SECRET, "X-More: a:b"]},
        "client-certificate": {"certificate.example": {"local_cert": "/x"}},
        "something-new": 5,
    }
    clients = read(home, COMPOSER_AUTH=json.dumps(auth))
    assert sent(clients, "https://basic.example:8443/p") == basic("me", SECRET)
    assert sent(clients, "https://bearer.example/p") == bearer(SECRET)
    assert sent(clients, "https://github.com/x") == sent(clients, "https://api.github.com/x") == bearer(SECRET)
    assert sent(clients, "https://ghe.example/x") == bearer("other")
    assert sent(clients, "https://gitlab.com/x") == sent(clients, "https://gitlab.example/x") == bearer(SECRET)
    assert sent(clients, "https://tokens.example/x") == {"private-token": SECRET}
    assert sent(clients, "https://deploy.example/x") == basic("deploy", SECRET)
    assert sent(clients, "https://bitbucket.org/x") == bearer(SECRET)
    assert sent(clients, "https://forgejo.example/x") == basic("me", SECRET)
    assert sent(clients, "https://custom.example/x") == {"x-key": SECRET, "x-more": "a:b"}
    assert [text for text in clients.unsupported if "client certificates" in text]
    assert [text for text in clients.unsupported if "other.example" in text]
    assert SECRET not in " ".join(clients.unsupported)


def test_composers_places_in_order(home: Path) -> None:
    def auth(token: str) -> str:
        return json.dumps({"bearer": {"satis.example": token}})

    write(home / ".composer" / "auth.json", auth("legacy"))
    assert sent(read(home), "https://satis.example/") == bearer("legacy")
    write(home / ".config" / "composer" / "auth.json", auth("config"))
    assert sent(read(home), "https://satis.example/") == bearer("config")
    write(home / "c" / "auth.json", auth("named"))
    assert sent(read(home, COMPOSER_HOME=str(home / "c")), "https://satis.example/") == bearer("named")
    write(home.parent / "site" / "auth.json", auth("project"))
    assert sent(read(home, COMPOSER_HOME=str(home / "c")), "https://satis.example/") == bearer("project")
    assert sent(read(home, COMPOSER_AUTH=auth("environment")), "https://satis.example/") == bearer("environment")


# --- .netrc ----------------------------------------------------------------------------------------------------------


def test_netrc_is_for_a_machine_on_any_port_and_its_default_for_none(home: Path) -> None:
    write(home / ".netrc", f"machine satis.example login me password {SECRET}\ndefault login any password any\n")
    clients = read(home)
    assert sent(clients, "https://satis.example:8443/x") == basic("me", SECRET)
    assert sent(clients, "https://other.example/x") == {}
    elsewhere = write(home / "netrc", "machine other.example login me password pw\n")
    assert sent(read(home, NETRC=str(elsewhere)), "https://other.example/x") == basic("me", "pw")


# --- what is malformed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "content", "says"),
    [
        ("site/auth.json", '{\n"bearer": {"a.example": "' + SECRET + '",}\n}', "auth.json, line 2"),
        ("site/auth.json", '["' + SECRET + '"]', "auth.json must be an object"),
        ("site/auth.json", '{"http-basic": "' + SECRET + '"}', "http-basic"),
        ("site/auth.json", '{"http-basic": {"a.example": "' + SECRET + '"}}', "http-basic.a.example"),
        ("site/auth.json", '{"bearer": {"a.example": ["' + SECRET + '"]}}', "bearer.a.example"),
        ("site/auth.json", '{"bearer": {"a.example": "' + SECRET + '\\r\\nX-Other: 1"}}', "one line"),
        ("site/auth.json", "[" * 100_000, "auth.json"),
        ("home/.npmrc", f"\nregistry={SECRET}\n", ".npmrc, line 2"),
        ("home/.npmrc", f"registry=ftp://me:{SECRET}@npm.example/\n", ".npmrc, line 1"),
        ("home/.npmrc", f"\n//npm.example/:_auth={SECRET}\n", ".npmrc, line 2"),
        ("home/.npmrc", "registry=https://${HOST}/\n", "HOST is not set"),
        ("home/.config/pip/pip.conf", f"\n{SECRET}\n", "pip.conf, line 2"),
        ("home/.config/pip/pip.conf", f"[global]\na=1\na={SECRET}\n", "pip.conf, line 3"),
        ("home/.config/uv/uv.toml", f'\nindex-url = "https://me:{SECRET}@x\n', "uv.toml, line 2"),
        ("home/.netrc", f"\nmachine a.example login me {SECRET}\n", ".netrc, line 3"),
    ],
)
def test_what_is_malformed_is_said_with_its_place_and_without_its_secret(
    home: Path, place: str, content: str, says: str
) -> None:
    write(home.parent / place, content)
    with pytest.raises(ConfigurationError) as caught:
        read(home)
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)


def test_composer_auth_of_the_environment_is_named(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="COMPOSER_AUTH, line 1") as caught:
        read(home, COMPOSER_AUTH="{" + SECRET)
    assert SECRET not in str(caught.value)


def test_a_file_in_another_encoding_or_too_large_is_said(home: Path) -> None:
    (home / ".npmrc").write_bytes(b"registry=\xff")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        read(home)
    (home / ".npmrc").write_bytes(b"#" * 2_000_000)
    with pytest.raises(ConfigurationError, match="1 MiB"):
        read(home)


def test_npm_that_can_not_be_asked_is_a_configuration_error_once_it_is_needed(home: Path) -> None:
    clients = read(home, PATH=str(home))
    with pytest.raises(ConfigurationError, match="MAINTAINER_NPM_URL"):
        _ = clients.npm_registry


# --- for real --------------------------------------------------------------------------------------------------------


def test_the_clients_own_configuration_of_this_machine_finds_real_packages() -> None:
    environment = dict(os.environ)
    clients = read_clients(environment, Path.home(), Path(__file__).parent)
    http = Http(bases=clients.bases(), credentials=clients.credentials, environment=environment)
    assert "7.0.0" in {release.version for release in npm.releases(http, Source("npm", "is-number")).releases}
    listing = pypi.releases(http, Source("pypi", "six"))
    found = {release.version: release for release in listing.releases}
    assert "1.16.0" in found
    assert pypi.details(http, Source("pypi", "six"), found["1.16.0"]).hashes

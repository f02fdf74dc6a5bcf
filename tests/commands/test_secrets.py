"""No credential is in anything that is shown, kept, or sent to a host it is not for."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintainer.config.npm_client import read_npm
from tests.commands.site import FILES, Site, site
from tests.loopback import Loopback, Reply

SECRETS = {
    "GITHUB_TOKEN": "ghsecret-1-of-the-run", "NPM_TOKEN": "npmsecret-2-of-the-run", "NETRC_PASSWORD": "netrcsecret-3",
    "GITLAB_TOKEN": "glsecret-4-of-the-run", "WORDFENCE": "wfsecret-5-of-the-run", "VENDOR_KEY": "vendorsecret-6",
}  # fmt: skip
PLUGIN = b"<?php\n/*\nPlugin Name: Forms\nVersion: 1.0\nUpdate URI: https://vendor.example/forms\n*/\n"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        home = Path(made.environment["HOME"])
        own = f"//{made.server.host}/:_authToken=${{NPM_TOKEN}}\nregistry={made.server.url}/\n"
        (home / ".npmrc").write_text(own)
        (home / ".netrc").write_text(f"machine 127.0.0.1 login ada password {SECRETS['NETRC_PASSWORD']}\n")
        auth = json.dumps({"http-basic": {"satis.example": {"username": "u", "password": "composersecret-7"}}})
        made.environment |= SECRETS | {"COMPOSER_AUTH": auth, "PIP_INDEX_URL": "https://u:pipsecret-8@pip.example/s"}
        made.server.answers["/vendor.json"] = {"new_version": "1.1", "download_url": f"{made.server.url}/forms.zip"}
        configuration = f"""\
registries:
  wordfence_key_env: WORDFENCE
  vendors:
    - name: Forms Ltd
      packages: [forms]
      format: plugin-update-checker
      url: {made.server.url}/vendor.json?key={{key}}
      key_env: VENDOR_KEY
"""
        files = {"maintainer.yml": configuration.encode(), "wp-content/plugins/forms/forms.php": PLUGIN}
        made.write({**FILES, **files}, "vendor")
        yield made


def kept(shop: Site) -> str:
    """All that is on disk afterwards but the user's own two files, and every object of the repository."""
    home = Path(shop.environment["HOME"])
    files = [path for folder in (shop.root, home) for path in folder.rglob("*") if path.is_file()]
    text = b"".join(path.read_bytes() for path in files if path.name not in (".npmrc", ".netrc"))
    objects = shop.git("cat-file", "--batch-all-objects", "--batch").out
    return (text + objects).decode("utf-8", "replace")


@pytest.mark.parametrize("status", [0, 401, 403, 404, 500])
def test_no_credential_is_shown_or_kept(shop: Site, status: int) -> None:
    if status:

        def echo(request: object) -> Reply:
            return Reply(status, {"message": str(getattr(request, "headers", "")), "q": getattr(request, "query", "")})

        for path in [path for path in shop.server.answers if path != "/v1/querybatch"]:
            shop.server.answers[path] = echo
    said = ""
    for command in (["plan"], ["plan", "--format", "json"], ["plan", "--format", "markdown"], ["run"],
                    ["proposals", "show", "1"], ["doctor"], ["config", "show"]):  # fmt: skip
        code, out, err = shop.maintainer(*command)
        assert code not in (2, 70) or command[0] == "proposals", err
        said += out + err
    said += kept(shop)
    for secret in (*SECRETS.values(), "composersecret-7", "pipsecret-8"):
        assert secret not in said
    assert any("authorization" in request.headers for request in shop.server.requests), "else nothing was tried"
    assert any(SECRETS["VENDOR_KEY"] in request.query for request in shop.server.requests)


def test_a_redirect_and_an_archive_elsewhere_get_no_credential(shop: Site) -> None:
    with Loopback({}) as other:
        home = Path(shop.environment["HOME"])
        (home / ".netrc").unlink()
        shop.server.answers["/is-odd"] = Reply(302, b"", {"location": f"{other.url}/is-odd"})
        shop.server.answers["/vendor.json"] = {"new_version": "1.1", "download_url": f"{other.url}/forms.zip"}
        shop.maintainer("run")
        assert {"/is-odd", "/forms.zip"} & set(other.paths())
        for request in other.requests:
            assert "authorization" not in request.headers
            assert not any(secret in f"{request.path}?{request.query}" for secret in SECRETS.values())


def test_a_repositorys_registry_gets_no_credential_that_names_no_host(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "site"
    for folder, text in ((home, "_authToken=mine\n"), (root, "registry=https://evil.example/\n")):
        folder.mkdir()
        (folder / ".npmrc").write_text(text)
    assert read_npm({}, home, root).credentials == ()
    (home / ".npmrc").write_text("_authToken=mine\nregistry=https://npm.example/\n")
    (root / ".npmrc").unlink()
    assert [one.host for one in read_npm({}, home, root).credentials] == ["npm.example"]

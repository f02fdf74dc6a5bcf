"""The inventory: strictly read, each mistake with its place, and nothing in it that git could take for an option."""

import os
from pathlib import Path

import jsonschema
import pytest
import yaml

from maintainer.config import inventory, inventory_schema
from maintainer.config.inventory import Found
from maintainer.config.load import load
from maintainer.config.repositories import Where, named_for, repository
from maintainer.config.repositories import name as checked
from maintainer.errors import ConfigurationError

AGENCY = "updates:\n  minimum_age: 5d\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites/shop").mkdir(parents=True)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/agency.yml").write_text(AGENCY)
    return tmp_path


def loaded(folder: Path, text: str) -> inventory.Inventory:
    (folder / "fleet.yml").write_text(text, encoding="utf-8")
    return inventory.load(folder / "fleet.yml")


WHOLE = """\
extends: [agency]
environment: COMPOSER_AUTH
overrides:
  site: {timezone: Europe/Warsaw}
sites:
  - repository: github:acme/shop
    name: shop.example.pl
    branch: production
    tags: [woocommerce, pl]
    extends: ecommerce
    environment: [SATIS_TOKEN]
    token_env: SHOP_TOKEN
    overrides:
      updates: {minimum_age: 9d}
  - repository: gitlab:acme/shops/de.git
  - repository: https://git.example.org/shops/fr.git
  - repository: ssh://git@git.example.org:2222/shops/es.git
  - repository: sites/shop
owners:
  - owner: github:acme
    topics: [wordpress]
    tags: wp
"""


def test_every_kind_of_site(folder: Path) -> None:
    entries = loaded(folder, WHOLE).entries([Found(0, "acme/new", "main"), Found(0, "acme/Shop", "main")])
    assert [entry.name for entry in entries] == [
        "shop.example.pl", "acme/shops/de", "git.example.org/shops/fr", "git.example.org/shops/es", "sites/shop",
        "acme/new",
    ]  # fmt: skip
    assert [str(entry.where) for entry in entries] == [
        "github:acme/shop", "gitlab:acme/shops/de", "https://git.example.org/shops/fr.git",
        "ssh://git@git.example.org:2222/shops/es.git", "sites/shop", "github:acme/new",
    ]  # fmt: skip
    shop, _, _, _, _, new = entries
    assert (shop.branch, shop.tags, shop.token_env) == ("production", ("woocommerce", "pl"), "SHOP_TOKEN")
    assert shop.environment == ("COMPOSER_AUTH", "SATIS_TOKEN")
    assert shop.central.extends == ("agency", "ecommerce")
    assert (new.tags, new.branch) == (("wp",), "main")
    assert len({entry.digest for entry in entries}) == 6


def test_layers_lie_in_the_documented_order(folder: Path, tmp_path: Path) -> None:
    shop, *others = loaded(folder, WHOLE).entries()
    site = tmp_path / "site"
    (site / ".git").mkdir(parents=True)
    config = load(site, {}, central=shop.central)
    assert config.settings.updates.minimum_age.days == 9
    assert config.origins["updates.minimum_age"] == "fleet.yml:14"
    assert config.settings.site.timezone == "Europe/Warsaw"
    assert load(site, {}, central=others[0].central).origins["updates.minimum_age"] == "policies/agency.yml:2"
    (site / "maintainer.yml").write_text("extends: agency\nsite: {timezone: UTC}\n")
    config = load(site, {}, central=shop.central)
    assert config.settings.updates.minimum_age.days == 5, "what the site names itself is its own word"
    assert config.origins["site.timezone"] == "maintainer.yml:2"
    assert "WooCommerce" in str(config.rulebook.rules), "the policies beneath it stay"


MISTAKES = [
    ("sites: [{repository: github:acme}]", '1:22: sites[0].repository: "github:acme" is no repository on github.'),
    ("sites: [{repository: 'github:acme/--upload-pack=x'}]", "1:22: sites[0].repository: "),
    ("sites: [{repository: 'github:acme/..'}]", "is no repository on github"),
    ("sites: [{repository: 'github:../x'}]", "is no repository on github"),
    ("sites: [{repository: 'github:acme/a/b'}]", "is no repository on github"),
    ("sites: [{repository: 'github:acme/a b'}]", "is no repository on github"),
    ("sites: [{repository: 'gitlab:acme/-x'}]", "is no repository on gitlab"),
    ("sites: [{repository: '--upload-pack=touch /tmp/x'}]", '"--upload-pack=touch /tmp/x" is no repository.'),
    ("sites: [{repository: '-x'}]", "is no repository."),
    ("sites: [{repository: 'ext::sh -c touch% x'}]", "is no repository."),
    ("sites: [{repository: 'fd::17'}]", "is no repository."),
    ("sites: [{repository: 'file:///etc'}]", "is no repository."),
    ("sites: [{repository: 'git://git.example.org/x'}]", "is no repository."),
    ("sites: [{repository: 'git@git.example.org:x'}]", "is no repository."),
    ("sites: [{repository: 'ssh://-oProxyCommand=x/y'}]", "is no SSH address."),
    ("sites: [{repository: 'ssh://git.example.org/-x'}]", "is no SSH address."),
    ("sites: [{repository: 'ssh://git:pw@git.example.org/x'}]", "looks like a secret"),
    ("sites: [{repository: 'https://user:pw@git.example.org/x'}]", "looks like a secret"),
    ("sites: [{repository: 'https://git.example.org/x?token=abcdef'}]", "looks like a secret"),
    ("sites: [{repository: 'https://git.example.org/x y'}]", "is no URL"),
    ("sites: [{repository: /etc}]", "is no repository."),
    ("sites: [{repository: ~/x}]", "is no repository."),
    ("sites: [{repository: ../x}]", "leads out of the inventory's folder"),
    ("sites: [{repository: sites/../../x}]", "leads out of the inventory's folder"),
    ("sites: [{repository: 'sites\\..\\..\\x'}]", "leads out of the inventory's folder"),
    ("sites: [{repository: sites/none}]", '1:22: sites[0].repository: "sites/none" is no folder beside'),
    ("sites: [{repository: out}]", '1:22: sites[0].repository: "out" leads out of the inventory\'s folder'),
    ("sites: [{repository: 'a\\u202eb'}]", "is no folder beside"),
    ('sites: [{repository: "a\\u202eb"}]', "is no repository."),
    ("policies: ../other\nsites: [{repository: sites/shop}]", "1:11: policies: "),
    ("policies: github:a/b\nsites: [{repository: sites/shop}]", "is no folder"),
    (
        "sites:\n- repository: github:acme/shop\n- repository: github:Acme/Shop.git",
        '3:15: sites[1].repository: "github:Acme/Shop" is already in line 2.',
    ),
    (
        "sites:\n- {repository: github:a/b, name: shop}\n- {repository: github:a/c, name: Shop}",
        '3:34: sites[1].name: "Shop" is already in line 2. Keep one of the two.',
    ),
    ("sites: [{repository: github:a/b, name: '../x'}]", "is no name here"),
    ("sites: [{repository: github:a/b, name: $(id)}]", "is no name here"),
    ("sites: [{repository: github:a/b, branch: --force}]", "is no branch"),
    ("sites: [{repository: github:a/b, branch: a..b}]", "is no branch"),
    ("sites: [{repository: github:a/b, branch: 'x:y'}]", "is no branch"),
    ("sites: [{repository: github:a/b, token_env: ghp_abc}]", "names an environment variable"),
    ("sites: [{repository: github:a/b, token: x}]", "name the variable, such as token_env"),
    ("sites: [{repositry: github:a/b}]", 'sites[0].repositry: is unknown. Did you mean "repository"?'),
    ("sites: [{name: x}]", "sites[0].repository: is missing. Where its code is."),
    ("sites: github:a/b", "1:8: sites: is a single value. Write a list here"),
    ("sites: [github:a/b]", "sites[0]: is a single value. Write a map here"),
    ("owners: [{owner: acme}]", '1:18: owners[0].owner: "acme" is no owner.'),
    ("owners: [{owner: 'github:acme/sub'}]", "is no owner"),
    ("owners: [{owner: 'github:acme', archived: yes}]", "is neither true nor false"),
    (
        "extends: agncy\nsites: [{repository: sites/shop}]",
        '1:10: extends: "agncy" is no policy. Did you mean "agency"?',
    ),
    ("sites: [{repository: sites/shop, extends: [agency, x]}]", '1:52: sites[0].extends[1]: "x" is no policy.'),
    (
        "sites: [{repository: sites/shop, overrides: {updates: {minimum_age: soon}}}]",
        '1:69: updates.minimum_age: "soon" is no duration.',
    ),
    ("owners: [{owner: 'github:a', overrides: {updats: {}}}]", 'updats: is unknown. Did you mean "updates"?'),
    ("sites: [{repository: sites/shop, overrides: 5}]", "sites[0].overrides: is a single value. Write a map here"),
    ("sites: []", "names no site"),
    ("", "names no site"),
    ("sites:\n- repository: &a github:a/b\n- repository: *a", "anchors and aliases"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_told_with_their_place(folder: Path, text: str, told: str) -> None:
    (folder / "out").symlink_to(os.sep)
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, text)
    assert caught.value.message.startswith("fleet.yml:")
    assert told in caught.value.message


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder, "sites:\n- {repository: ext::x}\n- {repository: github:a/b, branch: -x}\n- {nam: x}\n")
    assert [line.split(":")[1] for line in caught.value.message.splitlines()] == ["2", "3", "4", "4"]


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("updates: {minimum_age: soon}", "policies/agency.yml:1:24: updates.minimum_age"),
        ("extends: strict", "policies/agency.yml:1:1: extends: a policy builds on no other."),
        ("updates: {groups: [{name: a, bumps: patch}, {name: a, bumps: minor}]}", "Keep one of the two."),
    ],
    ids=["value", "extends", "twins"],
)
def test_a_policys_mistakes_are_told_before_any_site_is_asked(folder: Path, policy: str, told: str) -> None:
    (folder / "policies/agency.yml").write_text(policy)
    with pytest.raises(ConfigurationError, match=r"agency\.yml:1") as caught:
        loaded(folder, "extends: agency\nsites: [{repository: sites/shop}]")
    assert told in caught.value.message


def test_a_policy_of_ours_keeps_its_name(folder: Path) -> None:
    (folder / "policies/ecommerce.yml").write_text(AGENCY)
    with pytest.raises(ConfigurationError, match='"ecommerce" is a policy we ship'):
        loaded(folder, "sites: [{repository: sites/shop}]")


@pytest.mark.parametrize("text", ["github:acme/shop", "github:acme/shop.git", "github:ACME/Shop"])
def test_spellings_of_one_repository_are_one(text: str) -> None:
    assert repository(text).same == "github:acme/shop"


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (Where("path", "."), "site"),
        (Where("path", "sites/żółw"), "sites/-w"),
        (Where("url", "https://git.example.org:8443/a/b.git"), "git.example.org/a/b"),
        (Where("path", "_x/-y"), "x/-y"),
    ],
    ids=range(4),
)
def test_a_site_without_a_name_gets_one(where: Where, name: str) -> None:
    assert named_for(where) == name
    assert checked(name) == name


def test_two_of_an_owner_with_the_name_of_a_site_are_told(folder: Path) -> None:
    made = loaded(folder, "sites: [{repository: sites/shop, name: acme/new}]\nowners: [{owner: 'github:acme'}]")
    with pytest.raises(ConfigurationError, match='sites/shop and github:acme/new are both called "acme/new"'):
        made.entries([Found(0, "acme/new", "main")])


PUBLISHED = Path(__file__).parents[2] / "docs/schemas/inventory.schema.json"


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == inventory_schema.text(), (
        "run: maintainer config schema --fleet > docs/schemas/inventory.schema.json"
    )


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (WHOLE, True),
        ("sites: [{repository: github:a/b}]", True),
        ("extends: agency", False),
        ("sites: [{name: x}]", False),
        ("sites: [{repositry: github:a/b}]", False),
        ("owners: [{owner: acme}]", False),
        ("sites: [{repository: github:a/b, token_env: lower}]", False),
    ],
    ids=range(7),
)
def test_the_schema_says_what_is_read(text: str, fits: bool) -> None:
    assert jsonschema.Draft202012Validator(inventory_schema.schema()).is_valid(yaml.safe_load(text)) == fits


def test_hundreds_of_sites_are_read_quickly(folder: Path) -> None:
    sites = [{"repository": f"github:acme/s{n}", "extends": ["agency"], "tags": ["a"]} for n in range(1000)]
    assert len(loaded(folder, yaml.safe_dump({"sites": sites})).entries()) == 1000

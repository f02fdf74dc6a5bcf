"""A mistake is told with file, line, column, key, what is allowed, and the nearest right spelling."""

import pytest

from maintainer.config import validation
from maintainer.config.whole import Whole
from maintainer.config.yaml_file import parse
from maintainer.errors import ConfigurationError

TOKEN = "glpat-abcdefghij0123456789"

MISTAKES = {
    "freeze:\n- name: Black Week\n  from: 2026-11-23\n  to: 2026-11-30\n  lead: 72hours\n": [
        'm.yml:5:9: freeze[0].lead: "72hours" is no duration. Write 72h, 3d or PT72H.'
    ],
    "site:\n  timezne: UTC\n": [
        'm.yml:2:3: site.timezne: is unknown. Did you mean "timezone"? Allowed: name, production,'
    ],
    "timezone: UTC\n": ["m.yml:1:1: timezone: is unknown. It belongs elsewhere: site.timezone. Allowed: extends,"],
    "packageRules: []\n": ["m.yml:1:1: packageRules: is unknown. Here that is updates.rules. Allowed:"],
    "language: pll\n": ['m.yml:1:11: language: "pll" is not allowed here. Did you mean "pl"? Allowed: en, pl.'],
    "site: {timezone: Europe/Warsow}\n": ['"Europe/Warsow" is no time zone. Did you mean "Europe/Warsaw"?'],
    "updates: {rules: [{bumps: [majr], act: aprove}]}\n": [
        'updates.rules[0].bumps[0]: "majr" is not allowed here. Did you mean "major"? Allowed: patch, minor, major,',
        'updates.rules[0].act: "aprove" is not allowed here. Did you mean "approve"? Allowed: propose, approve',
    ],
    "updates: {rules: [{bumps: majr, act: ignore}]}\n": ['m.yml:1:27: updates.rules[0].bumps: "majr" is not allowed'],
    "updates: {rules: [{managers: compser, act: ignore}]}\n": [
        'm.yml:1:30: updates.rules[0].managers: "compser" is no manager. Did you mean "composer"? Allowed: composer,'
    ],
    "updates: {rules: [{packages: acme}]}\n": ["updates.rules[0]: changes nothing. Give it one of: act,"],
    "updates: {rules: [{packages: 'a[z-a]', act: ignore}]}\n": ["updates.rules[0].packages"],
    "updates: {rules: [{packages: [{a: b}], act: ignore}]}\n": ["updates.rules[0].packages[0]: is a map."],
    "updates: {rules: [{packages: acme, allowed: '<<9'}]}\n": [
        'updates.rules[0].allowed: "<<9" is no constraint in any scheme. Write it as the manifest would, such as <9.0.'
    ],
    "updates: {pins: [{package: acme, owner: Ada, until: 2027-01-01, allowed: lt nine}]}\n": [
        'updates.pins[0].allowed: "lt nine" is no constraint in any scheme.'
    ],
    "updates: {groups: [{name: all}]}\n": ["updates.groups[0]: would take every update. Give it one of: managers,"],
    "updates: {limits: 5}\n": ["m.yml:1:19: updates.limits: is a single value. Write a map here: per_run: …, open: …."],
    "updates: []\n": ["m.yml:1:1: updates: is a list. Write a map here:"],
    "updates: {rules: yes}\n": ["updates.rules: is a single value. Write a list here"],
    "updates: {limits: {open: -1}}\n": ['updates.limits.open: "-1" is no number from 0 to 1000.'],
    "updates: {limits: {open: 1e3}}\n": ['"1e3" is no number'],
    "updates: {prereleases: yes}\n": ['updates.prereleases: "yes" is neither true nor false. Write true.'],
    "updates: {minimum_age: 3}\n": ['updates.minimum_age: "3" is no duration.'],
    "updates: {minimum_age: [3d]}\n": ["updates.minimum_age: is a list. Write one value."],
    "updates: {windows: [mon-fry 09:00-17:00]}\n": ['updates.windows[0]: "mon-fry 09:00-17:00": "fry" is no day.'],
    "updates: {pins: [{package: x, until: 2026-12-31}]}\n": [
        "updates.pins[0].owner: is missing. Who answers for it: a person or a team."
    ],
    "updates: {pins: [{package: x, owner: me, until: soon}]}\n": ['updates.pins[0].until: "soon" is no date.'],
    "updates: {custom: [{name: a, files: x, pattern: '(a+)+'}]}\n": [
        "updates.custom[0]: the pattern repeats a group of nothing but repetitions"
    ],
    "updates: {custom: [{name: a, files: x, pattern: '('}]}\n": [
        "updates.custom[0]: the pattern is no regular expression"
    ],
    "updates:\n custom: [{name: npm, files: x, package: a, datasource: npm, scheme: npm, pattern: '(?P<version>.)'}]": [
        'updates.custom: "npm" is a manager of ours.'
    ],
    "updates:\n": ["m.yml:1:9: updates: nothing is written here. Write a value, or remove the key."],
    "site: {production: ~}\n": ["site.production: nothing is written here."],
    "site: {production: shop.example}\n": ['site.production: "shop.example" is no URL. Write https://www.example.org.'],
    "site: {php: 8.x}\n": ['site.php: "8.x" is no version. Write it in quotes'],
    "freeze: [{name: a, from: 2026-01-02, to: 2026-01-01}]\n": [
        "freeze[0]: ends (2026-01-01) before it begins (2026-01-02)."
    ],
    "freeze: [{name: a, from: 2026-01-01}]\n": ["m.yml:1:10: freeze[0]: lacks `to`. Write both, or `hours:"],
    "freeze: [{name: a, from: 2026-01-01, end: 2026-01-01}]\n": ["freeze[0].end: is unknown. Here that is to."],
    "freeze: [{name: a, from: 2026-01-01, to: 2026-01-01, applies_to: []}]\n": ["freeze[0].applies_to: is empty."],
    "freeze: {name: a}\n": ["m.yml:1:1: freeze: is a map. Write a list here"],
    "registries: {urls: {packagst: https://x.example}}\n": [
        'm.yml:1:21: registries.urls.packagst: "packagst" is not allowed here. Did you mean "packagist"?'
    ],
    "registries: {hosts: [{host: x.example}]}\n": ["registries.hosts[0]: wants either token_env, or user_env and"],
    "registries: {hosts: [{host: x.example, token: abc}]}\n": [
        "registries.hosts[0].token: secrets come from the environment only: name the variable, such as token_env."
    ],
    "registries: {hosts: [{host: 'https://x.example', token_env: A}]}\n": ['"https://x.example" is no host.'],
    "registries: {vendors: [{name: a, packages: a, format: edd, url: https://v.example}]}\n": [
        "asks by number or name"
    ],
    "verify: {pages: [shop/]}\n": ['m.yml:1:18: verify.pages[0]: "shop/" is no path. Write it from the first slash'],
    "verify: {only: smok}\n": ['"smok" is not allowed here. Did you mean "smoke"?'],
    "verify: {within: {check: 5 min}}\n": ['"5 min" is no span from 1s to 24h. Write 30s, 5m or 1h.'],
    "verify: {bounds: {pages: 0}}\n": ['"0" is no number from 1 to 10000.'],
    "verify: {pages: [{path: /, status: 20}]}\n": ['"20" is no status. Write a number such as 200.'],
    "environments: {staging: {}}\n": ["environments.staging: wants a url, a deployment, or start: the program"],
    "environments: {staging: 'https://{nmber}.x.example'}\n": [
        "only {branch}, {number}, {sha}, {port} may stand here."
    ],
    "environments: {staging: 'https://x.example:{port}'}\n": ["{port} is the port of a site that is started here."],
    "environments: {staging: {url: 'https://x.example', stop: [make, stop]}}\n": ["and nothing that is started here."],
    "environments: {staging: {start: php -S x}}\n": [
        "environments.staging.start: is a single value. Write a list here"
    ],
    "environments: {staging: {url: 'https://x.example', headers: [{name: x}]}}\n": ["wants either value, or value_env"],
    "environments: {staging: {url: 'https://x.example', basic_auth: {user: ada}}}\n": [
        "environments.staging.basic_auth.user_env: is missing.",
    ],
    "environments: {allow: ['https://cdn.example']}\n": ['"https://cdn.example" is no host.'],
    "watch: {pages: [/]}\nreport: {}\n": [
        "m.yml:1:1: watch: comes with a later release and would do nothing now. Remove it.",
        "m.yml:2:1: report: comes with a later release",
    ],
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_with_its_place(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        validation.settings(parse(text.encode(), "m.yml"))
    for says in MISTAKES[text]:
        assert says in caught.value.message
    assert all(line.startswith("m.yml:") for line in caught.value.message.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        f"registries: {{hosts: [{{host: x.example, token_env: {TOKEN}}}]}}",
        f"site: {{name: {TOKEN}}}",
        f"{TOKEN}: 1",
        f"updates: {{{TOKEN}: 1}}",
        f"updates: {{rules: [{{packages: '{TOKEN}', act: [1]}}]}}",
        f"updates: {{custom: [{{name: x, files: x, pattern: 'a{TOKEN}('}}]}}",
        f"site: {{production: 'https://x.example/?access_token={TOKEN}'}}",
        f"site: {{production: 'https://me:{TOKEN}@x.example'}}",
        f"registries: {{urls: {{{TOKEN}: https://x.example}}}}",
        f"extends: [{TOKEN}]",
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        validation.settings(parse(text.encode(), "m.yml"))
    assert "environment" in caught.value.message
    assert TOKEN not in caught.value.message
    assert TOKEN[6:] not in caught.value.message


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = "site:\n  timezone: x\n  colour: red\nlanguage: xx\nreport: {}\nupdates:\n"
    with pytest.raises(ConfigurationError) as caught:
        validation.settings(parse(text.encode(), "m.yml"))
    assert [line.split(":")[1] for line in caught.value.message.splitlines()] == ["2", "3", "4", "5", "6"]


def test_a_thousand_mistakes_are_twenty_and_a_count() -> None:
    text = "".join(f"k{number}: 1\n" for number in range(1000))
    with pytest.raises(ConfigurationError) as caught:
        validation.settings(parse(text.encode(), "m.yml"))
    assert caught.value.message.splitlines()[-1] == "… and 980 more."
    assert len(caught.value.message.splitlines()) == validation.MOST + 1


def test_every_synonym_leads_to_a_key_that_exists() -> None:
    known = {key for place in validation.sections(Whole) for key in validation.fields(place, Whole)}
    for meant in validation.SYNONYMS.values():
        if not meant.startswith("nothing"):
            assert meant.split(",")[0].rsplit(".", 1)[-1] in known

"""The published schema is current, is a schema, and agrees with what is read."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from maintainer.config import schema, validation
from maintainer.config.load import shipped
from maintainer.config.yaml_file import parse
from maintainer.errors import ConfigurationError

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / "maintainer.schema.json"


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema.text(), (
        "run: maintainer config schema > docs/schemas/maintainer.schema.json"
    )


def test_it_is_a_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--check-metaschema", str(PUBLISHED)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_key_is_described() -> None:
    made = schema.schema()
    for table in (made, *made["$defs"].values()):
        for key, about in table.get("properties", {}).items():
            assert about.get("description"), key


@pytest.mark.parametrize("policy", sorted(shipped().glob("*.yml")), ids=lambda path: path.stem)
def test_the_policies_fit_it(policy: Path) -> None:
    stated = yaml.safe_load(policy.read_text())
    # What YAML makes a date of is text for editors.
    jsonschema.validate(json.loads(json.dumps(stated, default=str)), schema.schema())


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("extends: ecommerce", True),
        ("extends: [ecommerce, strict]", True),
        ("extends: [shop]", False),
        ("updates: {minimum_age: P1DT12H}", True),
        ("updates: {minimum_age: 72hours}", False),
        ("updates: {minimum_age: 3}", False),
        ("updates: {limits: {open: 5}}", True),
        ("updates: {limits: {open: five}}", False),
        ("updates: {prereleases: true}", True),
        ("updates: {rules: [{packages: acme/*, bumps: [minor], act: approve}]}", True),
        ("updates: {rules: [{bumps: [minr], act: approve}]}", False),
        ("freeze: [{name: a, from: '2026-11-23', to: '2026-11-30T18:00'}]", True),
        ("freeze: [{name: a, from: tomorrow, to: '2026-11-30'}]", False),
        ("freeze: [{name: a, from: '2026-11-23'}]", False),
        ("registries: {urls: {packagist: https://m.example}}", True),
        ("registries: {urls: {packagst: https://m.example}}", False),
        ("verify: {pages: [/shop/, {path: /cart/, must: [Koszyk]}], bounds: {pages: 10}}", True),
        ("verify: {only: [smok]}", False),
        ("environments: {staging: 'https://pr-{number}.x.example', allow: [cdn.example]}", True),
        ("environments: {staging: {start: [php, -S, '127.0.0.1:{port}'], ready: {within: 30s}}}", True),
        ("environments: {staging: {start: [php], ready: {within: 30}}}", False),
        ("report: {}", False),
        ("colour: red", False),
    ],
)
def test_it_agrees_with_what_is_read(text: str, fits: bool) -> None:
    errors = list(jsonschema.Draft202012Validator(schema.schema()).iter_errors(yaml.safe_load(text)))
    try:
        validation.settings(parse(text.encode(), "m.yml"))
        readable = True
    except ConfigurationError:
        readable = False
    if text != "extends: [shop]":  # which policies there are is known to `load` alone
        assert readable is fits
    assert (errors == []) is fits
    json.dumps(schema.schema())

"""Every example in the documentation is tested: here, or where SAYS says.

The configurations (`yaml`), the words of commands, links and variables are tested in tests/test_docs.py.
"""

import json
import re
import shlex
import textwrap
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml

from maintainer.cases import Case, Remark
from maintainer.commands import grammar, production
from maintainer.policy.overrides import Terms, claims
from maintainer.process import minimal, run
from tests.commands.gate_stage import guarded
from tests.commands.site import site
from tests.commands.test_init import init, made
from tests.docs_dialect import READER
from tests.docs_terminal import folded
from tests.loopback import Reply
from tests.planning.test_joined import SQUASH, both, merge, told
from tests.test_docs import PAGES, ROOT

#: Blocks stand in lists too.
BLOCK = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A block of a page; `number` counts those of its language there, from 1."""

    page: str
    language: str
    number: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.page} {self.language} {self.number}"


def examples(page: str, text: str) -> list[Example]:
    found: list[Example] = []
    for indent, language, block in BLOCK.findall(text):
        number = 1 + sum(one.language == language for one in found)
        found.append(Example(page, language, number, textwrap.dedent(block) if indent else block))
    return found


EXAMPLES = {one.name: one for page, text in PAGES.items() for one in examples(page, text)}


def of(*languages: str) -> pytest.MarkDecorator:
    """A parameter for each example in one of these languages."""
    return pytest.mark.parametrize("name", [name for name, one in EXAMPLES.items() if one.language in languages])


# what shows an answer

#: Where what a page shows is compared with what is printed; of this module its function.
SAYS = {
    "README.md text 1": "tests/test_docs.py",
    "docs/changelog.md text 1": "tests/commands/test_changelog_docs.py",
    "docs/changelog.md text 2": "tests/commands/test_changelog_docs.py",
    "docs/changelog.md text 3": "tests/commands/test_changelog_docs.py",
    "docs/freeze.md console 1": "tests/commands/test_freeze_docs.py",
    "docs/freeze.md console 2": "tests/commands/test_freeze_docs.py",
    "docs/freeze.md console 3": "tests/commands/test_freeze_docs.py",
    "docs/freeze.md console 4": "tests/commands/test_freeze_docs.py",
    "docs/fleet.md console 1": "nothing is shown",
    "docs/gate.md console 1": "test_the_gate_answers_as_its_page_shows",
    "docs/gate-overrides.md text 1": "test_what_may_be_commented_is_heard",
    "docs/onboarding.md console 1": "test_init_answers_as_its_page_shows",
    "docs/release-notes.md text 1": "test_a_proposal_may_be_restated_as_its_page_shows",
    "docs/private.md text 1": "test_a_missing_credential_is_told_as_its_page_shows",
}


def test_every_answer_that_is_shown_is_compared() -> None:
    shown = {name for name, one in EXAMPLES.items() if one.language in ("console", "text")}
    shown = {name for name in shown if not name.startswith("docs/tutorial.md ")}
    assert shown - set(SAYS) == set(), "compare it with what is printed, and say in SAYS where"
    assert set(SAYS) - shown == set(), "it is shown no more"
    for where in SAYS.values():
        assert (ROOT / where).is_file() or where in globals() or where == "nothing is shown", where


def test_where_nothing_is_shown_there_are_commands_alone() -> None:
    for name, where in SAYS.items():
        if where == "nothing is shown":
            assert all(line.startswith("$ ") for line in EXAMPLES[name].text.splitlines())


def test_the_gate_answers_as_its_page_shows(tmp_path: Path) -> None:
    command, _, answer = EXAMPLES["docs/gate.md console 1"].text.partition("\n")
    freeze = "{name: Black Week, from: 2026-11-23, to: 2026-11-30, lead: 72h}"
    settings = f"site: {{name: shop, timezone: Europe/Warsaw}}\nfreeze: [{freeze}]\n"
    files = {"maintainer.yml": settings.encode(), "CODEOWNERS": b"maintainer.yml @shop/owners\n"}
    with guarded("github", tmp_path, files) as shop:
        number = shop.proposed("bot")
        assert command == "$ maintainer gate --number 7"
        code, out, _ = shop.gate("--number", str(number))
    assert (code, folded(out)) == (1, answer)


def test_init_answers_as_its_page_shows(tmp_path: Path) -> None:
    command, _, answer = EXAMPLES["docs/onboarding.md console 1"].text.partition("\n")
    rules = [
        {"matchPackageNames": ["@acme/*", "!@acme/slider"], "groupName": "acme"},
        {"matchPackageNames": ["left-pad"], "enabled": False},
        {"matchConfidence": ["high"], "automerge": True},
        {"matchPackageNames": ["react"], "matchUpdateTypes": ["major"], "enabled": False},
        {"matchManagers": ["npm"], "minimumReleaseAge": "7 days"},
    ]
    required = {"php": "8.2.*", "roots/wordpress": "6.4.5", "wpackagist-plugin/woocommerce": "9.*"}
    files = {
        "composer.json": json.dumps({"require": required, "config": {"platform": {"php": "8.2"}}}),
        "config/application.php": "<?php",
        "renovate.json": json.dumps({"packageRules": rules}),
    }
    assert command == "$ maintainer init"
    code, out, err = init(made(tmp_path, files, "git@github.com:acme/shop.git"))
    assert (code, err) == (0, "")
    assert folded(out).startswith(answer), out


def test_what_may_be_commented_is_heard() -> None:
    now = datetime(2026, 11, 21, 8, tzinfo=UTC)
    for line in EXAMPLES["docs/gate-overrides.md text 1"].text.splitlines():
        case = Case(1, "A", "bot", "a", "1" * 40, "main", remarks=(Remark("1", "ada", now, line),))
        (claim,) = claims(case, Terms())
        assert (claim.reason, claim.wrong) == ("the checkout is down, this mends it", "")
        assert (claim.until - now).total_seconds() == (5400 if "for 90m" in line else 7200)


def test_a_missing_credential_is_told_as_its_page_shows(tmp_path: Path) -> None:
    shown = EXAMPLES["docs/private.md text 1"].text.split()
    with site(tmp_path, {"readme.txt": b"Shop\n"}) as shop:
        there = f"{shop.server.url}/satis"
        shop.server.answers |= {
            "/satis/packages.json": {"metadata-url": "/satis/p2/%package%.json"},
            "/satis/p2/acme/private.json": Reply(401),
        }
        required = {"require": {"acme/private": "1.2.3"}, "repositories": [{"type": "composer", "url": there}]}
        shop.write({"composer.json": json.dumps(required).encode()})
        code, out, _ = shop.maintainer("plan")
    said = out.replace(there, "https://satis.example").replace(shop.server.url.removeprefix("http://"), "satis.example")
    assert code == 3
    assert " ".join(shown).removesuffix("...") in " ".join(said.split()), out


def test_a_proposal_may_be_restated_as_its_page_shows() -> None:
    _, found = both(SQUASH, merge("b", body=EXAMPLES["docs/release-notes.md text 1"].text))
    assert told(found) == [("feat", "gift cards can be paid with"), ("fix", "sums are rounded per line")]


# what programs read

SCHEMAS = {"docs/history.md json 1": "history"}
#: What is read by us and has no schema, and by what.
READ: Mapping[str, Callable[[Any], Any]] = {"docs/production.md json 1": production.read}


@of("json")
def test_json_is_as_its_schema_or_its_reader_wants_it(name: str) -> None:
    document = json.loads(EXAMPLES[name].text)
    if name in READ:
        assert READ[name](document)
    else:
        schema = json.loads((ROOT / f"docs/schemas/{SCHEMAS[name]}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)


def test_production_is_understood_whole() -> None:
    said = production.read(json.loads(EXAMPLES["docs/production.md json 1"].text))
    assert dict(said.components) == {
        ("core", ""): "6.5.5", ("plugin", "woocommerce"): "9.4.4", ("plugin", "acme-slider"): "2.0",
        ("theme", "storefront"): "4.6.0",
    }  # fmt: skip
    assert {"wordpress", "php", "mysql", "mariadb"} <= set(said.runs)


class Gitlab(yaml.SafeLoader):
    """With the tag of GitLab's own."""


Gitlab.add_constructor("!reference", lambda _, node: [one.value for one in node.value])


def steps(node: Any) -> list[Mapping[str, Any]]:
    """Every map within a document."""
    if isinstance(node, dict):
        return [node, *(one for value in node.values() for one in steps(value))]
    return [one for value in node for one in steps(value)] if isinstance(node, list) else []


def strings(node: Any) -> list[str]:
    """Every line of text within a document."""
    if isinstance(node, str):
        return node.splitlines()
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [line for one in inner for line in strings(one)]


def test_lines_are_found_wherever_they_stand() -> None:
    document = {"a": {"run": "one\ntwo"}, "script": ["three", None, ["four"]]}
    assert strings(document) == ["one", "two", "three", "four"]


@of("yml")
def test_a_job_runs_commands_that_exist(name: str) -> None:
    for line in strings(yaml.load(EXAMPLES[name].text, Loader=Gitlab)):
        if called := re.match(r"(?:\S*/)?maintainer ([a-z].*)", line):
            grammar.arguments().parse_args(shlex.split(called[1]))


@of("yml")
def test_yaml_of_others_is_yaml_and_gives_us_what_we_take(name: str) -> None:
    (document,) = yaml.load_all(EXAMPLES[name].text, Loader=Gitlab)
    taken = set(yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"])
    for step in steps(document):
        if str(step.get("uses", "")).startswith("acme/maintainer@"):
            assert set(step.get("with", ())) <= taken
        component = re.search(r"/acme/maintainer/([\w-]+)@", str(step.get("component", "")))
        if component:
            spec = next(yaml.load_all((ROOT / f"templates/{component[1]}.yml").read_text(), Loader=Gitlab))
            assert set(step.get("inputs", ())) <= set(spec["spec"]["inputs"])


@of("php")
def test_php_is_php(name: str, tmp_path: Path) -> None:
    text = EXAMPLES[name].text
    # A line of a header stands in a comment.
    (tmp_path / "a.php").write_text(text if text.startswith("<?php") else f"<?php\n/*\n{text}*/\n", encoding="utf-8")
    done = run(["php", "-l", "a.php"], cwd=tmp_path, environment=minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"}))
    assert done.code == 0, done.text


# shell


@of("sh", "console")
def test_a_shell_can_read_it(name: str, tmp_path: Path) -> None:
    one = EXAMPLES[name]
    lines = one.text.splitlines() if one.language == "sh" else re.findall(r"^\$ (.*)$", one.text, re.MULTILINE)
    environment = minimal({"PATH": "/usr/local/bin:/usr/bin:/bin"})
    done = run(["bash", "-n"], cwd=tmp_path, environment=environment, stdin="\n".join([*lines, ""]).encode())
    assert (done.code, done.err) == (0, b""), done.text


@of("sh")
def test_a_target_of_make_is_there(name: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([\w-]+)", EXAMPLES[name].text, re.MULTILINE)) <= targets


def test_a_module_that_python_is_given_is_there() -> None:
    given = {name for page in PAGES.values() for name in re.findall(r"python3? -m ((?:maintainer|tests)[\w.]*)", page)}
    assert len(given) >= 2
    assert {name for name in given if find_spec(name) is None} == set()


# nothing is left


def test_every_language_is_one_that_is_tested() -> None:
    known = {"yaml", "yml", "json", "php", "sh", "console", "text", "ics"}
    assert {name: one.language for name, one in EXAMPLES.items() if one.language not in known} == {}
    assert [name for name, one in EXAMPLES.items() if one.language == "ics"] == ["docs/calendars.md ics 1"]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CONTRIBUTING.md"])
def test_every_block_names_its_language(page: str) -> None:
    """CONTRIBUTING.md draws the house; nothing else stands in a block that no test looks at."""
    blocks = [token for token in READER.parse(PAGES[page]) if token.type in ("code_block", "fence")]
    assert [token.content for token in blocks if not token.info] == []
    assert len(blocks) == sum(one.page == page for one in EXAMPLES.values())


def test_blocks_in_lists_are_found() -> None:
    text = "1. a\n\n   ```yml\n   b:\n     - c\n   ```\n\n```sh\nd\n```\n"
    assert examples("p", text) == [Example("p", "yml", 1, "b:\n  - c\n"), Example("p", "sh", 1, "d\n")]

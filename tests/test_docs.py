"""The documentation is true: every name, command, option, key, link and picture in it exists."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import maintainer
from maintainer import catalog
from maintainer.commands import grammar
from maintainer.config.load import load, variable
from maintainer.config.names import Service
from maintainer.model import Listing
from maintainer.writers import plan_rows

ROOT = Path(__file__).parent.parent
PACKAGE = Path(maintainer.__path__[0])
SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
}
EVERY_PAGE = pytest.mark.parametrize("page", PAGES)

FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


# tables


def rows(page: str, heading: str = "") -> list[str]:
    """The names in the first column of a page's tables, below a heading if one is given."""
    text = PAGES[page]
    if heading:
        text = re.split(r"^#+ ", text.partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_every_manager_has_one_row() -> None:
    assert rows("docs/managers.md") == list(catalog.MANAGERS)
    assert sorted(rows("README.md", "## What it finds")) == sorted(catalog.MANAGERS)


def test_every_datasource_has_one_row() -> None:
    assert rows("docs/datasources.md", "## Where releases are published") == list(catalog.DATASOURCES)


def test_every_advisory_source_has_one_row() -> None:
    assert rows("docs/datasources.md", "## Where vulnerabilities are told") == list(catalog.ADVISORIES)


def test_every_service_has_one_row_with_its_variable() -> None:
    told = re.findall(r"^\| `([^`]+)` \| `(MAINTAINER_\w+_URL)` \|", PAGES["docs/datasources.md"], re.MULTILINE)
    assert sorted(told) == sorted((service, variable(service)) for service in get_args(Service))


def test_every_kind_of_finding_has_one_row() -> None:
    assert rows("docs/findings.md") == sorted(kinds())


def test_findings_that_want_a_hand_are_findings() -> None:
    assert kinds() >= plan_rows.BY_HAND


def test_every_word_of_the_plan_has_one_row() -> None:
    assert rows("docs/plan.md", "## The words of the table") == list(plan_rows.ORDER)


@pytest.mark.parametrize(("page", "heading"), [("README.md", "## Exit codes"), ("docs/plan.md", "## Exit codes")])
def test_every_exit_code_is_told(page: str, heading: str) -> None:
    text = re.split(r"^## ", PAGES[page].partition(f"\n{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    told = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    assert set(re.findall(r"(?:^|  )(\d+)  \w", grammar.EXIT_CODES, re.MULTILINE)) <= set(told)
    assert len(told) == len(set(told))


# kinds of findings


def kinds() -> set[str]:
    """Every `kind` that a Finding is made with, followed through the functions and variables that pass it on."""
    return {kind for text in SOURCES.values() for kind in Kinds(ast.parse(text))}


class Kinds:
    """The kinds of the findings one module makes."""

    def __init__(self, module: ast.Module) -> None:
        self.functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]

    def __iter__(self) -> Iterator[str]:
        yield from self.passed("Finding", "kind", 0)

    def passed(self, name: str, argument: str, position: int) -> Iterator[str]:
        """What calls of a function pass as an argument; `position` counts without `self`."""
        for function in self.functions:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and self.called(call) == name:
                    given = [keyword.value for keyword in call.keywords if keyword.arg == argument]
                    yield from self.values((given or [call.args[position]])[0], function)

    def values(self, node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Attribute(attr="status"):
                yield from set(get_args(get_type_hints(Listing)["status"])) - {"active"}
            case ast.Name(id=name):
                named = [argument.arg for argument in function.args.args if argument.arg != "self"]
                if name in named:
                    yield from self.passed(function.name, name, named.index(name))
                else:
                    yield from self.assigned(name, function)
            case other:
                raise AssertionError(f"{function.name} makes a finding of a kind nobody can tell: {ast.dump(other)}")

    def assigned(self, name: str, function: ast.FunctionDef) -> Iterator[str]:
        pairs = [
            (target, node.value)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
        ]
        for target, value in pairs:
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs += zip(target.elts, value.elts, strict=True)
        found = [value for target, value in pairs if isinstance(target, ast.Name) and target.id == name]
        assert found, f"{function.name} makes a finding of a kind that nothing sets: {name}"
        for value in found:
            yield from self.values(value, function)

    @staticmethod
    def called(call: ast.Call) -> str:
        return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def test_kinds_are_followed_through_what_passes_them_on() -> None:
    module = ast.parse(
        "def a(x):\n if x:\n  kind, why = 'one', ''\n else:\n  kind = 'two'\n return Finding(kind, why)\n"
        "class B:\n"
        " def say(self, kind, more):\n  return Finding(kind=kind)\n"
        " def b(self):\n  return self.say('three', 1)\n"
    )
    assert set(Kinds(module)) == {"one", "two", "three"}


# commands


def commands(text: str) -> Iterator[str]:
    """The command lines of ours in blocks of a shell, and between single backquotes."""
    for language, block in FENCE.findall(text):
        if language in ("sh", "console"):
            for line in block.splitlines():
                stated = re.match(r"(?:\$ )?(?:\S*/)?maintainer( .*)?$", line)
                if stated:
                    yield f"maintainer{stated[1] or ''}"
    yield from re.findall(r"(?<!`)`(maintainer -?[a-z-][^`\n]*)`(?!`)", FENCE.sub("", text))


@pytest.mark.parametrize("page", [page for page in PAGES if page != "docs/cli.md"])  # that is made of the grammar
def test_every_command_exists(page: str) -> None:
    for line in commands(PAGES[page]):
        words = shlex.split(line.partition(" >")[0].partition(" |")[0], comments=True)[1:]
        if words[-1:] not in (["--help"], ["--version"]):
            try:
                grammar.arguments().parse_args(words)
            except SystemExit:
                pytest.fail(f"{page}: {line}")


def test_commands_are_found_where_they_stand() -> None:
    text = "`maintainer plan`, `maintainer.yml`\n```sh\n.venv/bin/maintainer demo # all\nmaintainer run\n```\n"
    assert list(commands(text)) == ["maintainer demo # all", "maintainer run", "maintainer plan"]


# configuration


def examples(language: str) -> list[tuple[str, str]]:
    return [(page, block) for page, text in PAGES.items() for known, block in FENCE.findall(text) if known == language]


@pytest.mark.parametrize(("page", "example"), examples("yaml"))
def test_every_example_of_a_configuration_can_be_used(tmp_path: Path, page: str, example: str) -> None:
    (tmp_path / "maintainer.yml").write_text(example, encoding="utf-8")
    for certificates in re.findall(r"ca_file: (\S+)", example):
        (tmp_path / certificates).parent.mkdir()
        (tmp_path / certificates).write_bytes(b"")
    assert load(tmp_path, {}).notes == ()


def test_the_readme_needs_ten_lines_for_it() -> None:
    (block,) = [block for page, block in examples("yaml") if page == "README.md"]
    assert 3 <= len(block.splitlines()) <= 10


@EVERY_PAGE
def test_every_variable_exists(page: str) -> None:
    ours = {variable(service) for service in get_args(Service)}
    configured = set(re.findall(r"_env: (\w+)", "".join(PAGES.values())))
    for named in re.findall(r"\b(?:pass_)?env: [\[{]([^\]}]*)", "".join(PAGES.values())):
        configured |= set(re.findall(r"[A-Z][A-Z0-9_]+", named))
    # Some names are put together in the code, and whole in its tests.
    others = [path for folder in ("workflows", "templates") for path in (ROOT / folder).rglob("*.yml")]
    others += [ROOT / "action.yml", *(ROOT / "tests" / "config").glob("*.py"), *(ROOT / "tests/workflows").glob("*.py")]
    code = "".join((*SOURCES.values(), *(path.read_text(encoding="utf-8") for path in others)))
    for name in re.findall(r"(?<![A-Z0-9_{$])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?:_\*)?", PAGES[page]):
        assert name in ours | configured or name.removesuffix("*") in code, name


# links


@EVERY_PAGE
def test_every_link_leads_somewhere(page: str) -> None:
    text = FENCE.sub("", PAGES[page])
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), target


def anchors(text: str) -> set[str]:
    """What forges call a page's headings."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_linked() -> None:
    linked = {
        ((ROOT / page).parent / target.partition("#")[0]).resolve()
        for page, text in PAGES.items()
        for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text))
        if not re.match(r"https?:", target)
    }
    alone = {page for page in PAGES if page != "README.md" and (ROOT / page).resolve() not in linked}
    assert alone == set()


# the plan in the README


def test_the_plan_in_the_readme_speaks_as_the_product_does() -> None:
    (block,) = [block for language, block in FENCE.findall(PAGES["README.md"]) if language == "text"]
    headline, table, summary = block.strip().split("\n\n")
    assert " · " in headline
    assert re.search(r" · \d+ dependencies in [\d.]+ s$", summary)
    shown = [line for line in table.splitlines() if not line.startswith(" ")]
    assert len(shown) >= 5
    for line in shown:
        assert any(line.startswith(f"{status}  ") for status in plan_rows.ORDER), line

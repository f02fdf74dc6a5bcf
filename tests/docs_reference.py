"""The reference pages, made of the product itself: `python -m tests.docs_reference`, or `make reference`, writes them.

docs/cli.md is the grammar of the command line, docs/policies.md is policies/ with its comments, docs/schemas.md is
about docs/schemas/. The generated part of docs/configuration.md and the schemas that come from code are written along.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from maintainer.commands import grammar
from maintainer.config import inventory_schema, schema
from maintainer.config.load import shipped
from tests.docs_policies import policy, sentence

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MADE = "<!-- generated: make reference -->"
BAR = "\\|"
KEYS = "<!-- generated: maintainer config schema --format markdown -->"


def pages() -> dict[str, str]:
    """Every generated file, by its path in the repository, as it has to be."""
    configuration = (DOCS / "configuration.md").read_text(encoding="utf-8").partition(KEYS)[0]
    return {
        "docs/cli.md": commands(),
        "docs/policies.md": policies(),
        "docs/schemas.md": schemas(),
        "docs/configuration.md": f"{configuration}{KEYS}\n\n{schema.reference()}<!-- end -->\n",
        "docs/schemas/maintainer.schema.json": schema.text(),
        "docs/schemas/inventory.schema.json": inventory_schema.text(),
    }


def cell(text: object) -> str:
    """Text in a cell of a table: on one line, no markup."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def table(*head: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    return ["", f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(row)} |" for row in rows)]


# the command line


def commands() -> str:
    """docs/cli.md."""
    parser = grammar.arguments()
    lines = [
        "# Commands", "", MADE, "",
        "`maintainer COMMAND --help` says the same at a terminal. Options take their value after a space or after `=`.",
        "",
        "## Everywhere", "",
        "These stand before or after the name of any command.",
        *options(parser),
        *(line for name, below, says in verbs(parser, "maintainer") for line in command(name, below, says)),
        "", "## Exit codes",
        *table("code", "it means", rows=[(code, cell(means)) for code, means in exit_codes()]),
        "",
        "What each means for a plan: [exit codes](plan.md#exit-codes).",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def verbs(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Each command below this one, and those below it: its whole name, its grammar, and what it does."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for verb, below in action.choices.items():
                yield f"{name} {verb}", below, told.get(verb, "")
                yield from verbs(below, f"{name} {verb}")


def command(name: str, parser: argparse.ArgumentParser, says: str) -> list[str]:
    """The section of one command: what it does, its arguments, its options."""
    words = name.split()
    needed = [
        str(action.metavar or action.dest).upper() for action in arguments(parser) if action.nargs not in ("?", "*")
    ]
    below = [below.rpartition(" ")[2] for below, _, _ in verbs(parser, name) if len(below.split()) == len(words) + 1]
    usage = " ".join([name, *needed, *(["VERB"] if below else [])])
    lines = ["", f"{'#' * len(words)} {name}", "", sentence(parser.description or says)]
    if usage != name:
        lines += ["", f"`{usage}`"]
    if below:
        links = [f"[{verb}](#{'-'.join((*words, verb))})" for verb in below]
        lines += ["", f"Verbs: {', '.join(links)}."]
    about = [page for page in (words[-1], f"{words[-1]}s", "-".join(words[1:])) if (DOCS / f"{page}.md").exists()]
    if about and (len(words) == 2 or about[0] != words[-1]):
        lines += ["", f"More: [{about[0]}]({about[0]}.md)."]
    return lines + options(parser, everywhere=False)


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What stands behind the command without dashes."""
    given = [action for action in parser._actions if not action.option_strings]
    return [action for action in given if not isinstance(action, argparse._SubParsersAction)]


def options(parser: argparse.ArgumentParser, everywhere: bool = True) -> list[str]:
    """The table of a command's arguments and options; those of every command are told once."""
    shared = {option for action in grammar.shared()._actions for option in action.option_strings}
    rows = [
        (name(action), takes(action), cell(sentence(helped(action, parser))))
        for action in [*arguments(parser), *(action for action in parser._actions if action.option_strings)]
        if action.help != argparse.SUPPRESS and (everywhere or not shared.intersection(action.option_strings))
        if not isinstance(action, argparse._HelpAction)
    ]
    return table("option", "takes", "what it says", rows=rows) if rows else []


def name(action: argparse.Action) -> str:
    named = (
        ", ".join(f"`{option}`" for option in action.option_strings)
        or f"`{str(action.metavar or action.dest).upper()}`"
    )
    return f"{named} (required)" if action.required and action.option_strings else named


def takes(action: argparse.Action) -> str:
    """What an option's value is."""
    if action.choices is not None:
        return ", ".join(f"`{choice}`" for choice in action.choices)
    if action.nargs == 0 or not action.option_strings:
        return ""
    value = f"`{action.metavar or action.dest.upper()}`"
    return f"{value}, or nothing" if action.nargs == "?" else value


def helped(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    return (action.help or "") % {**vars(action), "prog": parser.prog}


def exit_codes() -> Iterator[tuple[str, str]]:
    """Each exit code and its meaning, as the help says them."""
    told = re.findall(r"(?:^|\s{2,})(\d+)  (.+?)(?=\s{2,}|$)", grammar.EXIT_CODES, re.MULTILINE)
    yield from sorted(told, key=lambda pair: int(pair[0]))


# policies


def policies() -> str:
    """docs/policies.md."""
    lines = [
        "# Policies", "", MADE, "",
        "A policy is a piece of configuration with its reasons, to build on: `extends: [ecommerce]`. `default` is",
        "beneath every site, named or not. How layers become one: [configuration](configuration.md#policies).",
        "`maintainer config show` says of each effective value which policy it comes from.",
    ]  # fmt: skip
    order = sorted(shipped().glob("*.yml"), key=lambda path: (path.stem != "default", path.stem))
    for path in order:
        said = policy(path.read_text(encoding="utf-8"))
        rows = [
            (f"`{row.key}`", f"`{row.value.replace('|', BAR)}`" if row.value else "", cell(row.why))
            for row in said.rows
        ]
        lines += ["", f"## {path.stem}", "", said.about, "", f"The file: [{path.name}](../policies/{path.name})."]
        lines += table("key", "set to", "why", rows=rows)
    return "\n".join(lines) + "\n"


# schemas


def schemas() -> str:
    """docs/schemas.md."""
    lines = [
        "# Schemas", "", MADE, "",
        "The forms of what programs read and write, as JSON Schema (2020-12). A `schema` in a document is the version",
        "of its form: it is raised by a change that could break a reader.",
    ]  # fmt: skip
    for path in sorted((DOCS / "schemas").glob("*.json")):
        form = json.loads(path.read_text(encoding="utf-8"))
        lines += ["", f"## {path.name.removesuffix('.schema.json')}", "", f"{form['title'].rstrip('.')}."]
        lines[-1] += f" {cell(form['description'])}" if form.get("description") else ""
        about = pages_about(path.name)
        lines += ["", f"The schema: [{path.name}](schemas/{path.name})."]
        lines[-1] += f" More: {', '.join(f'[{page.stem}]({page.name})' for page in about)}." if about else ""
        lines += fields(form)
    return "\n".join(lines) + "\n"


def pages_about(file: str) -> list[Path]:
    """The pages that lead to a schema, but for lists of them."""
    found = sorted(DOCS.glob("*.md"))
    return [
        page for page in found if page.stem != "schemas" and f"(schemas/{file})" in page.read_text(encoding="utf-8")
    ]


def fields(form: dict[str, Any]) -> list[str]:
    """The table of a form's fields, or of the forms that it is one of."""
    if "properties" in form:
        needed = form.get("required", form["properties"])
        listed = [
            (f"`{key}`" + ("" if key in needed else " (may be missing)"), of) for key, of in form["properties"].items()
        ]
        return table("field", "what it is", rows=[(key, told(of, form)) for key, of in listed])
    forms = {one["$ref"].rpartition("/")[2]: told(one, form) for one in form.get("oneOf", ())}
    if not any(forms.values()):
        return ["", f"It is one of {', '.join(f'`{one}`' for one in forms)}."] if forms else []
    return table("form", "what it is", rows=[(f"`{one}`", says) for one, says in forms.items()])


def told(of: Any, form: dict[str, Any]) -> str:
    """What a field's description says, or that of what it refers to."""
    if not isinstance(of, dict):
        return ""
    for place in (of, *of.get("anyOf", ()), of.get("items", {})):
        if place.get("description"):
            return cell(sentence(place["description"]))
        if "$ref" in place:
            return told(form["$defs"].get(place["$ref"].rpartition("/")[2]), form)
    return ""


if __name__ == "__main__":
    for path, text in pages().items():
        (ROOT / path).write_text(text, encoding="utf-8")

"""Budgets that Lighthouse CI, Lighthouse and sitespeed.io were told in a repository, one part for each file.

found(paths, read) -> parts, None for a file that only has the name

Lighthouse CI reads the first of its files, in this order; a program among them is not run here, so one that is data is
read instead. https://github.com/GoogleChrome/lighthouse-ci/blob/main/docs/configuration.md#configuration-file
"""

import re
from collections.abc import Callable, Collection, Iterator

from maintainer.config.carried import budget_files
from maintainer.config.carried.carried import Carried, NotCarried, part

ENDINGS = ("json", "yml", "yaml")
PROGRAMS = ("js", "cjs", "mjs")
#: Where these files stand: at the root, or with what runs them.
FOLDERS = ("", ".github/", ".github/lighthouse/", "lighthouse/", "sitespeed/")
BUDGETS = ("budget.json", "budgets.json", "lighthouse-budget.json", "sitespeed-budget.json")
#: A path as Lighthouse CI names it, in data and in programs.
NAMED = re.compile(r"""\bbudgets?(?:File|Path)["']?\s{0,9}:\s{0,9}["']?(?:\./)?([\w./-]{1,200})""", re.ASCII)
UNREAD = "it is a program, and programs are not run to read what they say."

Read = Callable[[str], str]


def found(paths: Collection[str], read: Read) -> Iterator[Carried | None]:
    """What is carried over of each file; one that can't be read is listed with its mistake."""
    named = ""
    if ours := next((file for file in _configurations(ENDINGS) if file in paths), ""):
        text = read(ours)
        named = _named(text)
        yield part(budget_files.lighthouse_ci, text, ours)
    elif program := next((file for file in _configurations(PROGRAMS) if file in paths), ""):
        named = _named(read(program))
        yield Carried((program,), not_carried=(NotCarried(program, "", "the whole file", UNREAD, _printed(program)),))
    listed = [folder + name for folder in FOLDERS for name in BUDGETS]
    for file in dict.fromkeys([*listed, named]):
        if file in paths:
            yield part(budget_files.budget_json, read(file), file)


def _configurations(endings: tuple[str, ...]) -> Iterator[str]:
    for folder in FOLDERS:
        for ending in endings:
            yield f"{folder}.lighthouserc.{ending}"
            yield f"{folder}lighthouserc.{ending}"


def _named(text: str) -> str:
    """The file of budgets that a configuration names, by its path from the root."""
    match = NAMED.search(text)
    return match[1] if match else ""


def _printed(program: str) -> str:
    folder, _, _ = program.rpartition("/")
    data = f"{folder}/lighthouserc.json" if folder else "lighthouserc.json"
    return f"""Print it, and run init again: node -p 'JSON.stringify(require("./{program}"))' > {data}"""

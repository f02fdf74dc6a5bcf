"""The languages of reports: English, in which everything is written, and those that have a catalogue.

A catalogue is a folder of TOML files beside this module (`languages/pl/`), read only when its language is asked for:
tables of English templates and their like (maintainer/text/language.py says what stands in them). What programs read
(JSON, JUnit, SARIF) is English in any case.
"""

import tomllib
from functools import cache
from importlib.resources import files

from maintainer.text.language import ENGLISH, Language

#: How they write 1.5, by language.
DECIMAL = {"pl": ","}


@cache
def language(name: str) -> Language:
    """By its code, one that the configuration allows."""
    if name == ENGLISH.name:
        return ENGLISH
    pairs, forms = dict[str, str](), dict[str, dict[str, str]]()
    for table, entries in catalogue(name).items():
        if table.startswith("forms."):
            forms[table.removeprefix("forms.")] = entries
        else:
            pairs |= entries
    return Language(name, pairs, forms, DECIMAL[name])


def catalogue(name: str) -> dict[str, dict[str, str]]:
    """Its tables by their names, `forms.unit` for those of forms. Raises ValueError where a sentence is there twice."""
    found: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    folder = files("maintainer.writers").joinpath("languages", name)
    for file in sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name):
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        forms = tables.pop("forms", {})
        for table, entries in tables.items():
            if twice := seen & set(entries) or found.keys() & {table}:
                raise ValueError(f"{file.name}, {table}: {sorted(twice)} are there twice")
            seen |= set(entries)
            found[table] = entries
        for table, entries in forms.items():
            found[f"forms.{table}"] = found.get(f"forms.{table}", {}) | entries
    return found

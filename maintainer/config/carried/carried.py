"""What another bot's configuration says, in our words: settings that can be used, and what has none.

`Draft` takes them one by one. Each is checked by the settings' own fields on the way in, so what is carried over can
be loaded; what can't be used is listed with the reason, and nothing raises. Text from outside that looks like a
secret is neither carried over nor repeated.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from maintainer.config.budgets import Budget
from maintainer.config.names import MANAGERS
from maintainer.config.registries import Registries
from maintainer.config.secrets import MASK, looks_secret
from maintainer.config.settings import Site
from maintainer.config.spelling import printable, quoted
from maintainer.config.updates import Author, Custom, Limits, Matching, Rule, Updates
from maintainer.config.verify import Verify
from maintainer.errors import ConfigurationError

#: More of each than this is no configuration a person keeps, and more characters no file of ours.
MOST = 500
LARGEST = 200_000
TOO_MANY = "there are more of them than a person keeps."
LONGEST_REASON = 500
#: What a rule can say, beside what it applies to and why.
EFFECTS = frozenset(Rule.model_fields) - frozenset(Matching.model_fields) - {"reason"}
_SECTIONS: Mapping[str, type[BaseModel]] = {
    "site": Site,
    "updates": Updates,
    "updates.author": Author,
    "updates.limits": Limits,
    "registries": Registries,
    "verify": Verify,
}


@dataclass(frozen=True, slots=True)
class NotCarried:
    """One thing that has no place here: where it stands, what it is, why it stays behind, what to do instead."""

    file: str
    where: str
    what: str
    why: str
    instead: str = ""

    def __str__(self) -> str:
        said = f"{self.file} {self.where}: {self.what}: {self.why}"
        return f"{said} {self.instead}".strip()


@dataclass(frozen=True, slots=True)
class Carried:
    """What was carried over, as a map fit for maintainer.yml; what wasn't; and where each value comes from.

    `sources` maps the dotted path of a value (`updates.rules[0]`) to the file and the place in it.
    """

    files: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    not_carried: tuple[NotCarried, ...] = ()


@dataclass(slots=True)
class Draft:
    """What is being carried over from `file`."""

    file: str
    settings: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    not_carried: list[NotCarried] = field(default_factory=list)
    size: int = 0

    def leave(self, where: str, what: str, why: str, instead: str = "") -> None:
        """List what isn't carried over."""
        if len(self.not_carried) > MOST:
            return
        shown = where if len(where) <= 200 else where[:200] + "…"
        where, what = (MASK if looks_secret(one) else printable(one) for one in (shown, what))
        entry = NotCarried(self.file, where, what, why, instead)
        if len(self.not_carried) == MOST:
            entry = NotCarried(self.file, "", "the rest", f"more than {MOST} things can't be carried over.")
        if len(self.not_carried) <= MOST and entry not in self.not_carried:
            self.not_carried.append(entry)

    def say(self, path: str, value: Any, where: str, what: str) -> None:
        """Set a value, such as `updates.limits.open`; what is set already stays."""
        section, _, key = path.rpartition(".")
        if wrong := mistake(_SECTIONS[section], {key: value}):
            return self.leave(where, what, wrong)
        table = self.settings
        for step in section.split("."):
            table = table.setdefault(step, {})
        if key in table and table[key] != value:
            return self.leave(where, what, f"{path} is {_shown(table[key])} already.", f"Choose one in {path}.")
        table[key] = value
        self.sources.setdefault(path, self._from(where))
        return None

    def add(self, path: str, values: Sequence[str], where: str, what: str) -> None:
        """Append to a list, such as `updates.labels`, what isn't in it."""
        section, _, key = path.rpartition(".")
        if len(values) > MOST:
            self.leave(where, what, TOO_MANY)
        for value in values[:MOST]:
            if wrong := mistake(_SECTIONS[section], {key: [value]}):
                self.leave(where, what, wrong)
                continue
            listed = self._list(section, key)
            if value not in listed and len(listed) < MOST and self._fits(value):
                listed.append(value)
                self.sources.setdefault(path, self._from(where))

    def rule(self, rule: Mapping[str, Any], where: str, what: str) -> bool:
        """Append a rule; whether it could be used."""
        if not EFFECTS & rule.keys():
            return False
        rules = self._list("updates", "rules")
        if len(rules) >= MOST or any(isinstance(one, list) and len(one) > MOST for one in rule.values()):
            wrong = TOO_MANY
        else:
            wrong = mistake(Rule, rule) or self._unknown_manager(rule) or ("" if self._fits(rule) else TOO_MANY)
        if wrong:
            if not rules:
                del self.settings["updates"]["rules"]
            self.leave(where, what, wrong)
            return False
        made = {key: rule[key] for key in Rule.model_fields if key in rule}
        if made not in rules:
            rules.append(made)
            self.sources[f"updates.rules[{len(rules) - 1}]"] = self._from(where)
        return True

    def custom(self, custom: Mapping[str, Any], where: str, what: str) -> bool:
        """Append a manager of their own; whether it could be used."""
        return self._append("updates", "custom", Custom, custom, where, what)

    def budget(self, budget: Mapping[str, Any], where: str, what: str) -> bool:
        """Append a budget; whether it could be used."""
        return self._append("verify", "budgets", Budget, budget, where, what)

    def customs(self) -> list[str]:
        """The names of the managers made so far."""
        return [made["name"] for made in self.settings.get("updates", {}).get("custom", ())]

    def url(self, service: str, address: str, where: str, what: str) -> None:
        """Set the base URL of a service."""
        if wrong := mistake(Registries, {"urls": {service: address}}):
            return self.leave(where, what, wrong, "Set registries.urls by hand.")
        urls = self.settings.setdefault("registries", {}).setdefault("urls", {})
        if urls.setdefault(service, address) != address:
            return self.leave(where, what, f"registries.urls.{service} is {quoted(urls[service])} already.")
        self.sources.setdefault(f"registries.urls.{service}", self._from(where))
        return None

    def carried(self) -> Carried:
        """All of it."""
        settings = {section: kept for section, table in self.settings.items() if (kept := _kept(table))}
        return Carried((self.file,), settings, self.sources, tuple(self.not_carried))

    def _list(self, section: str, key: str) -> list[Any]:
        listed: list[Any] = self.settings.setdefault(section, {}).setdefault(key, [])
        return listed

    def _append(
        self, section: str, key: str, model: type[BaseModel], value: Mapping[str, Any], where: str, what: str
    ) -> bool:
        listed = self._list(section, key)
        wrong = TOO_MANY if len(listed) >= MOST else mistake(model, value)
        if not wrong and not self._fits(value):
            wrong = TOO_MANY
        if wrong:
            if not listed:
                del self.settings[section][key]
            self.leave(where, what, wrong)
            return False
        listed.append(dict(value))
        self.sources[f"{section}.{key}[{len(listed) - 1}]"] = self._from(where)
        return True

    def _fits(self, value: Any) -> bool:
        self.size += len(json.dumps(value))
        return self.size <= LARGEST

    def _from(self, where: str) -> str:
        return f"{self.file} {printable(where)}".strip()

    def _unknown_manager(self, rule: Mapping[str, Any]) -> str:
        known = (*MANAGERS, *self.customs())
        unknown = [name for name in rule.get("managers", ()) if name not in known]
        return f"{quoted(unknown[0])} is no manager here." if unknown else ""


def _kept(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without the lists and maps that stayed empty; no hours, written out, are any."""
    return {key: value for key, value in table.items() if value not in ([], {}) or key == "windows"}


def part(carry: Callable[[str, str], Carried | None], text: str, file: str) -> Carried | None:
    """What a file says here; of one that can't be read its mistake."""
    try:
        return carry(text, file)
    except ConfigurationError as error:
        why = error.message.removeprefix(f"{file}:").strip()
        broken = NotCarried(file, "", "the whole file", why, "Mend it and run `maintainer init` again.")
        return Carried((file,), not_carried=(broken,))


def mistake(section: type[BaseModel], values: Mapping[str, Any]) -> str:
    """Why these values can't be used in a section, as a sentence; empty when they can."""
    for text in texts(values):
        if looks_secret(text):
            return "it looks like a secret, and secrets come from the environment only."
        if not text.isprintable():
            return "it holds characters that nobody sees."
    given = _as_written(values)
    try:
        section.model_validate(given)
    except ValidationError as error:
        found = [detail for detail in error.errors(include_url=False) if detail["loc"][:1] and _given(detail, given)]
        found = found or [detail for detail in error.errors(include_url=False) if detail["type"] != "missing"]
        if found:
            return _sentence(found[0]["msg"])
    return ""


def _given(detail: Any, given: Any) -> bool:
    return detail["loc"][0] in given and detail["type"] != "missing"


def _sentence(message: str) -> str:
    bare = message.removeprefix("Value error, ").strip()
    return bare if bare.endswith(".") else f"{bare}."


def texts(value: Any) -> Iterator[str]:
    """All texts in a value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from texts(key)
            yield from texts(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from texts(child)


def _as_written(value: Any) -> Any:
    """The value as our reader of YAML gives it: texts, lists and maps."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case Mapping():
            return {str(key): _as_written(child) for key, child in value.items()}
        case list() | tuple():
            return [_as_written(child) for child in value]
    return value


def _shown(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else printable(json.dumps(value)[:60])


def shown(key: str, value: Any = None) -> str:
    """An option for people: `automerge: true`, and only its name where the value is long or may be a secret."""
    name = quoted(key)[1:-1]
    if value is None or isinstance(value, dict) or (isinstance(value, list) and len(value) != 1):
        return name
    one = value[0] if isinstance(value, list) else value
    if isinstance(one, dict | list):
        return name
    return f"{name}: {_shown(one)}"


def reason(text: Any) -> str:
    """A description as the reason of a rule; empty where it can't be one."""
    lines = [part for part in text if isinstance(part, str)] if isinstance(text, list) else [text]
    joined = " ".join(" ".join(line.split()) for line in lines if isinstance(line, str))
    return "" if looks_secret(joined) or not joined.isprintable() else joined[:LONGEST_REASON]


def combined(parts: Sequence[Carried]) -> Carried:
    """Several configurations as one: lists add up, and of two values the first one's stays."""
    whole = Draft("")
    for part in parts:
        whole.file = part.files[0] if part.files else ""
        _join(whole, part)
    files = tuple(file for part in parts for file in part.files)
    left = tuple(entry for part in parts for entry in part.not_carried) + tuple(whole.not_carried)
    return replace(whole.carried(), files=files, not_carried=left)


def _join(whole: Draft, part: Carried) -> None:
    for path, value in _values(part.settings):
        where = part.sources.get(path, "").removeprefix(whole.file).strip()
        if path == "updates.rules":
            for index, rule in enumerate(value):
                source = part.sources.get(f"{path}[{index}]", "").removeprefix(whole.file).strip()
                whole.rule(rule, source, "a rule")
        elif path == "updates.custom":
            for index, custom in enumerate(value):
                source = part.sources.get(f"{path}[{index}]", "").removeprefix(whole.file).strip()
                whole.custom(custom, source, "a manager")
        elif path == "verify.budgets":
            for index, budget in enumerate(value):
                source = part.sources.get(f"{path}[{index}]", "").removeprefix(whole.file).strip()
                whole.budget(budget, source, "a budget")
        elif path == "registries.urls":
            for service, address in value.items():
                source = part.sources.get(f"{path}.{service}", "").removeprefix(whole.file).strip()
                whole.url(service, address, source, f"{service}: its address")
        elif isinstance(value, list) and path not in ("updates.windows",):
            whole.add(path, value, where, path)
        else:
            whole.say(path, value, where, path)


def _values(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The values by dotted path, customs before the rules that name them."""
    found = [
        (f"{section}.{key}", value)
        for section, table in settings.items()
        for key, value in table.items()
        if f"{section}.{key}" not in _SECTIONS
    ]
    for section in ("limits", "author"):
        table = settings.get("updates", {}).get(section, {})
        found += [(f"updates.{section}.{key}", value) for key, value in table.items()]
    yield from sorted(found, key=lambda pair: pair[0] != "updates.custom")

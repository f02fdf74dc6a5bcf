"""A small GraphQL: parses a query and answers exactly what it selects, from plain data.

answer(query, variables, {"viewer": {"login": "ada"}}) == {"data": {"viewer": {"login": "ada"}}}

An object is a mapping of its fields; a field that takes arguments, or is costly, is a function of the mapping of them.
What such a function refuses is null, with an error at its path. What a query selects and the object doesn't have is an
error, as with a schema. Fragments, aliases, variables with defaults and the directives `@include` and `@skip` are
understood (https://spec.graphql.org/October2021/).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r'(?P<skip>[\s,\ufeff]+|#[^\n]*)|(?P<block>"""[\s\S]*?""")|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[_A-Za-z]\w*)|(?P<mark>\.\.\.|[!$&()\[\]{}:=@|])"
)


class Refused(Exception):
    """What the server says to a query it doesn't carry out; `kind` is GitHub's `type` of the error."""

    def __init__(self, message: str, kind: str = "", path: Sequence[str | int] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.path = tuple(path)

    def answer(self) -> dict[str, Any]:
        """An entry of `errors`."""
        more = {"type": self.kind, "path": list(self.path)} if self.kind else {}
        return more | {"message": str(self)}


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass(frozen=True)
class Selection:
    """A field, or with `on` a fragment's fields for a type (any type when it is empty)."""

    name: str
    alias: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    within: tuple["Selection", ...] = ()
    on: str | None = None
    spread: str = ""
    directives: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class Document:
    """One operation (`query` or `mutation`) and its fragments."""

    kind: str = "query"
    name: str = ""
    defaults: dict[str, Any] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    within: tuple[Selection, ...] = ()
    fragments: dict[str, Selection] = field(default_factory=dict)


def answer(query: str, variables: Mapping[str, Any] | None, root: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the response: `data`, `errors`, or both (a field that is refused is null)."""
    try:
        document = parse(query)
        given = document.defaults | dict(variables or {})
        _all_used(document)
        for name in sorted(document.required - given.keys()):
            raise Refused(f"Variable ${name} of a non-null type was provided invalid value")
        asked = _Asked(document, given)
        data = asked.select(document.within, root, "Query" if document.kind == "query" else "Mutation", ())
    except Refused as refused:
        return {"errors": [refused.answer()]}
    return {"data": data} | ({"errors": asked.errors} if asked.errors else {})


class _Asked:
    def __init__(self, document: Document, variables: Mapping[str, Any]) -> None:
        self.document = document
        self.variables = variables
        self.errors: list[dict[str, Any]] = []

    def select(
        self, within: Sequence[Selection], node: Mapping[str, Any], kind: str, path: tuple[str | int, ...]
    ) -> dict[str, Any]:
        kind = node.get("__typename", kind)
        found: dict[str, Any] = {}
        for selection in self._flat(within, kind):
            name = selection.alias or selection.name
            if selection.name == "__typename":
                found[name] = kind
            elif selection.name not in node:
                raise Refused(f"Field '{selection.name}' doesn't exist on type '{kind}'")
            else:
                found[name] = self._field(selection, node[selection.name], (*path, name))
        return found

    def _flat(self, within: Sequence[Selection], kind: str) -> Iterator[Selection]:
        for selection in within:
            if not self._included(selection):
                continue
            fragment = selection
            if selection.spread:
                if selection.spread not in self.document.fragments:
                    raise Refused(f"Fragment {selection.spread} was used, but not defined")
                fragment = self.document.fragments[selection.spread]
            if fragment.on is None:
                yield selection
            elif fragment.on in ("", kind, "Node", "Actor"):
                yield from self._flat(fragment.within, kind)

    def _included(self, selection: Selection) -> bool:
        for name, arguments in selection.directives.items():
            if bool(self._value(arguments.get("if"))) != (name == "include"):
                return False
        return True

    def _field(self, selection: Selection, value: Any, path: tuple[str | int, ...]) -> Any:
        arguments = {name: self._value(given) for name, given in selection.arguments.items()}
        if arguments and not callable(value):
            raise Refused(f"Field '{selection.name}' doesn't accept argument '{next(iter(arguments))}'")
        return self._shaped(selection, value, path, arguments)

    def _shaped(
        self, selection: Selection, value: Any, path: tuple[str | int, ...], arguments: Mapping[str, Any]
    ) -> Any:
        if callable(value):
            try:
                value = value(arguments)
            except Refused as refused:
                self.errors.append(Refused(str(refused), refused.kind, path).answer())
                return None
        if isinstance(value, list):
            return [self._shaped(selection, item, (*path, index), {}) for index, item in enumerate(value)]
        if isinstance(value, Mapping):
            if not selection.within:
                raise Refused(f"Field must have selections (field '{selection.name}' has no selections)")
            kind = selection.name[:1].upper() + selection.name[1:]
            return self.select(selection.within, value, kind, path)
        if selection.within and value is not None:
            raise Refused(f"Selections can't be made on scalars (field '{selection.name}')")
        return value

    def _value(self, given: Any) -> Any:
        if isinstance(given, Variable):
            return self.variables.get(given.name)
        if isinstance(given, list):
            return [self._value(item) for item in given]
        if isinstance(given, dict):
            return {name: self._value(item) for name, item in given.items()}
        return given


def _all_used(document: Document) -> None:
    """Raises `Refused` for a variable or a fragment that is declared and not used (October2021, 5.5.1.4 and 5.8.4)."""
    variables: set[str] = set()
    fragments: set[str] = set()

    def look(given: Any) -> None:
        if isinstance(given, Variable):
            variables.add(given.name)
        elif isinstance(given, Selection):
            fragments.add(given.spread)
            for inner in (*given.arguments.values(), *given.directives.values(), *given.within):
                look(inner)
        elif isinstance(given, Mapping | list | tuple):
            for inner in given.values() if isinstance(given, Mapping) else given:
                look(inner)

    for one in (*document.within, *document.fragments.values()):
        look(one)
    for name in sorted(document.declared - variables):
        raise Refused(f"Variable ${name} is declared by {document.name or 'anonymous query'} but not used")
    for name in sorted(document.fragments.keys() - fragments):
        raise Refused(f"Fragment {name} was defined, but not used")


def parse(query: str) -> Document:
    """Raises `Refused` for what isn't GraphQL."""
    return _Parser(list(_tokens(query))).document()


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise Refused(f'Expected one of SCHEMA, SCALAR, TYPE, ..., actual: "{query[position]}"')
        position = match.end()
        if match.lastgroup and match.lastgroup != "skip":
            yield match.lastgroup, match.group()


@dataclass
class _Parser:
    tokens: list[tuple[str, str]]
    at: int = 0

    def document(self) -> Document:
        document = Document()
        while self.at < len(self.tokens):
            if self._is("{"):
                document.within = self._selections()
                continue
            word = self._take()
            if word == "fragment":
                name = self._take()
                self._expect("on")
                kind = self._take()
                document.fragments[name] = Selection("", within=self._selections(), on=kind)
            elif word in ("query", "mutation"):
                document.kind = word
                document.name = "" if self._is("{") or self._is("(") else self._take()
                self._variables(document)
                document.within = self._selections()
            else:
                raise Refused(f'Parse error on "{word}"')
        if not document.within:
            raise Refused("A query attribute must be specified and must be a string.")
        return document

    def _variables(self, document: Document) -> None:
        if not self._has("("):
            return
        while not self._has(")"):
            self._expect("$")
            name = self._take()
            document.declared.add(name)
            self._expect(":")
            while not (self._is("$") or self._is(")") or self._is("=")):
                required = self._take() == "!"
            if required:
                document.required.add(name)
            if self._has("="):
                document.defaults[name] = self._value()

    def _selections(self) -> tuple[Selection, ...]:
        self._expect("{")
        found = []
        while not self._has("}"):
            found.append(self._selection())
        return tuple(found)

    def _selection(self) -> Selection:
        if self._has("..."):
            if self._has("on"):
                kind = self._take()
                return Selection("", directives=self._directives(), within=self._selections(), on=kind)
            if self._is("{") or self._is("@"):
                return Selection("", directives=self._directives(), within=self._selections(), on="")
            return Selection("", spread=self._take(), directives=self._directives())
        name = alias = self._take()
        if self._has(":"):
            name = self._take()
        arguments, directives = self._arguments(), self._directives()
        within = self._selections() if self._is("{") else ()
        return Selection(name, alias, arguments, within, directives=directives)

    def _directives(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        while self._has("@"):
            name = self._take()
            found[name] = self._arguments()
        return found

    def _arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._has("("):
            while not self._has(")"):
                name = self._take()
                self._expect(":")
                found[name] = self._value()
        return found

    def _value(self) -> Any:
        if self._has("$"):
            return Variable(self._take())
        if self._has("["):
            return list(self._until("]", self._value))
        if self._has("{"):
            return dict(self._until("}", self._pair))
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "block":
            return text[3:-3]
        if kind in ("string", "number"):
            return json.loads(text)
        return {"true": True, "false": False, "null": None}.get(text, text)

    def _pair(self) -> tuple[str, Any]:
        name = self._take()
        self._expect(":")
        return name, self._value()

    def _until(self, end: str, read: Callable[[], Any]) -> Iterator[Any]:
        while not self._has(end):
            yield read()

    def _is(self, text: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][1] == text

    def _has(self, text: str) -> bool:
        found = self._is(text)
        self.at += found
        return found

    def _take(self) -> str:
        if self.at >= len(self.tokens):
            raise Refused("Parse error: unexpected end of document")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def _expect(self, text: str) -> None:
        if (word := self._take()) != text:
            raise Refused(f'Expected "{text}", actual: "{word}"')

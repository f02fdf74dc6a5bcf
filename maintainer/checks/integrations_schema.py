"""JSON that says what a schema wants (https://json-schema.org), told without what stands in it.

A schema refers to nothing outside of itself: no host is asked for one.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing.exceptions import Unresolvable
from referencing.jsonschema import EMPTY_REGISTRY

#: So many faults are looked for; a feed that is wrong is wrong in every item.
MOST = 50
KINDS = {"dict": "an object", "list": "a list", "str": "a text", "bool": "a truth", "NoneType": "nothing (null)"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where: `key` is the same for every item of a list."""

    key: str
    sentence: str


def validator(schema: Any) -> Validator:
    """A validator of the dialect that `$schema` names, else of 2020-12. Raises ValueError for what is no schema."""
    if not isinstance(schema, dict | bool):
        raise ValueError("it is neither an object nor true or false")
    made = validator_for(schema, default=Draft202012Validator)
    try:
        made.check_schema(schema)  # type: ignore[arg-type] # true and false are schemas, too
    except (SchemaError, RecursionError) as error:
        where = "/".join(map(str, getattr(error, "absolute_path", ()))) or "its root"
        raise ValueError(f"{where}: {str(getattr(error, 'message', 'nested too deeply'))[:200]}") from None
    return made(schema, registry=EMPTY_REGISTRY, format_checker=made.FORMAT_CHECKER)


def faults(schema: Any, value: Any) -> Iterator[Fault]:
    """What of the value is not as the schema wants it, one fault of each kind. Raises ValueError as `validator`."""
    seen: dict[str, Fault] = {}
    try:
        for error in islice(validator(schema).iter_errors(value), MOST):
            fault = _fault(error)
            seen.setdefault(fault.key, fault)
    except Unresolvable as error:
        raise ValueError(f"it refers to {str(error.ref)[:200]}, which is not in it") from None
    except RecursionError:
        raise ValueError("it goes round in circles") from None
    yield from seen.values()


def _fault(error: ValidationError) -> Fault:
    path = list(error.absolute_path)
    at = "/" + "/".join(map(str, path)) if path else "the whole answer"
    key = "/".join("*" if isinstance(part, int) else str(part) for part in path) + f" {error.validator}"
    wanted = json.dumps(error.validator_value, ensure_ascii=False, default=str)[:120]
    kind = type(error.instance).__name__
    match error.validator:
        case "type":
            says = f"is {KINDS.get(kind, 'a number')} and should be {wanted}"
        case "required":
            stated = error.instance if isinstance(error.instance, Mapping) else {}
            listed = error.validator_value if isinstance(error.validator_value, list) else []
            lacking = [str(name) for name in listed if name not in stated]
            says, key = f"lacks {', '.join(lacking)[:200]}", f"{key} {' '.join(lacking)}"
        case _:
            says = f"is not as the schema wants it ({error.validator}: {wanted})"
    return Fault(key, f"{at[:200]} {says}")

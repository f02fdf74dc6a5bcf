"""The JSON Schema of `maintainer.yml`, for editors, made of the settings."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from maintainer.config.load import names, shipped
from maintainer.config.names import MANAGERS
from maintainer.config.settings import LATER, Settings


class _Plain(GenerateJsonSchema):
    """Without defaults, which `policies/default.yml` holds with its reasons, without titles and without null."""

    def default_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        made = super().generate(schema, mode)
        for definition in (made, *made.get("$defs", {}).values()):
            definition.pop("title", None)
        return made


def schema() -> dict[str, Any]:
    """The schema, in the dialect 2020-12."""
    made = Settings.model_json_schema(schema_generator=_Plain)
    made["properties"]["extends"] |= _one_or_many(names(shipped()))
    for matching in ("Rule", "Group"):
        made["$defs"][matching]["properties"]["managers"]["examples"] = [[name] for name in MANAGERS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "maintainer.yml",
        "$comment": f"To come, and refused until then: {', '.join(LATER)}.",
        **made,
    }


def _one_or_many(allowed: list[str]) -> dict[str, Any]:
    one = {"enum": allowed}
    return {"anyOf": [one, {"type": "array", "items": one}]}


def text() -> str:
    """The schema as `docs/schemas/maintainer.schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"

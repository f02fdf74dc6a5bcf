"""The JSON Schema of `fleet.yml`, for editors, made of the inventory's settings."""

import json
from typing import Any

from maintainer.config.inventory import Fleet
from maintainer.config.schema import Plain


def schema() -> dict[str, Any]:
    """The schema, in the dialect 2020-12."""
    made = Fleet.model_json_schema(schema_generator=Plain)
    made["anyOf"] = [{"required": ["sites"]}, {"required": ["owners"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "fleet.yml", **made}


def text() -> str:
    """The schema as `docs/schemas/inventory.schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"

"""The JSON Schema of `maintainer.yml`, for editors, made of the settings."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from maintainer.config.load import names, shipped
from maintainer.config.names import MANAGERS
from maintainer.config.settings import LATER
from maintainer.config.whole import Whole


class Plain(GenerateJsonSchema):
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
    made = Whole.model_json_schema(schema_generator=Plain)
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


def reference() -> str:
    """All keys as Markdown, a table for each map: the part of docs/configuration.md that is generated."""
    made = schema()
    tables = [("Top level", made)]
    tables += [(_title(place), made["$defs"][place]) for place in ORDER]
    return "\n".join(line for title, table in tables for line in _section(title, table)) + "\n"


#: The maps in the order a reader meets them, and the path of each.
ORDER = {
    "Site": "site",
    "Updates": "updates",
    "Author": "updates.author",
    "Limits": "updates.limits",
    "Rule": "updates.rules[]",
    "Group": "updates.groups[]",
    "Pin": "updates.pins[]",
    "Custom": "updates.custom[]",
    "Freeze": "freeze[]",
    "Pierced": "freeze[].exempt",
    "Scope": "freeze[].scope",
    "Window": "windows[]",
    "Exempt": "windows[].exempt",
    "Source": "calendars[]",
    "Campaign": "campaigns[]",
    "Gate": "gate",
    "Overrides": "gate.overrides",
    "Environments": "environments",
    "Environment": "environments.staging",
    "Ready": "environments.staging.ready",
    "Named": "environments.staging.headers[]",
    "BasicAuth": "environments.staging.basic_auth",
    "Verify": "verify",
    "Wanted": "verify.pages[]",
    "Smoke": "verify.smoke",
    "Login": "verify.smoke.login",
    "Flow": "verify.flows[]",
    "Step": "verify.flows[].steps[]",
    "Wait": "verify.flows[].steps[].wait",
    "Expect": "verify.flows[].steps[].expect",
    "Total": "verify.flows[].steps[].expect.total",
    "Remember": "verify.flows[].steps[].remember.*",
    "Program": "verify.browser_tests",
    "Integration": "verify.integrations[]",
    "Items": "verify.integrations[].items",
    "Fresh": "verify.integrations[].fresh",
    "Queue": "verify.integrations[].queue",
    "Security": "verify.security",
    "Budget": "verify.budgets[]",
    "Lighthouse": "verify.lighthouse",
    "Bounds": "verify.bounds",
    "Within": "verify.within",
    "Changelog": "changelog",
    "Package": "changelog.packages[]",
    "Release": "release",
    "Stated": "release.files[]",
    "Notes": "release.notes",
    "Brand": "release.notes.brand",
    "Registries": "registries",
    "Vendor": "registries.vendors[]",
    "Host": "registries.hosts[]",
}


def _title(place: str) -> str:
    return f"`{ORDER[place]}`"


def _section(title: str, table: dict[str, Any]) -> list[str]:
    rows = [f"### {title}", "", "| key | what it says | what it takes |", "|---|---|---|"]
    for key, about in table["properties"].items():
        needed = " (required)" if key in table.get("required", ()) else ""
        rows.append(f"| `{key}`{needed} | {_cell(about['description'])} | {_cell(_takes(about))} |")
    return [*rows, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _takes(about: dict[str, Any]) -> str:
    """The values a key takes: a choice, a number, an example."""
    if "anyOf" in about and "$ref" in about["anyOf"][1]:  # the one thing most say of it, or all of it
        return f"{_takes(about['anyOf'][0])}, or see below"
    if "anyOf" in about:  # one value, or a list of such
        return f"{_takes(about['anyOf'][0])}, or a list of them"
    if "enum" in about:
        return ", ".join(f"`{value}`" for value in about["enum"])
    match about.get("type"):
        case "boolean":
            return "`true`, `false`"
        case "integer":
            return f"{about['minimum']} to {about['maximum']}"
        case "array":
            return (
                "a list"
                if "$ref" in about["items"] or "$ref" in str(about["items"].get("anyOf"))
                else f"a list of: {_takes(about['items'])}"
            )
        case "object":
            return "a map"
    if "examples" in about:
        return ", ".join(f"`{value}`" for value in about["examples"])
    return "see below" if "$ref" in about or "allOf" in about else "text"

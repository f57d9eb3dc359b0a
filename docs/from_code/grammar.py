"""Generate the page about scenario files from their JSON Schema."""

import json
from collections.abc import Iterator
from typing import Any

from from_code.markdown import code, table
from mockserver.config.schema_checks import load_scenario_schema

START = """# Scenario files

Scenario files are YAML or JSON. `mockserver check` checks them against this schema, checks their
meaning, and simulates the scenarios. `mockserver schema` prints the JSON Schema for editors. The
page of each vendor lists further keys that its accounts can have.
"""
TOP = "file"


def page() -> str:
    schema = load_scenario_schema()
    parts = [START, *_entry(TOP, schema)]
    for name, entry in schema["$defs"].items():
        parts += _entry(name, entry)
    return "\n".join(parts)


def _entry(name: str, entry: dict[str, Any]) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{_sentence(entry['description'])}\n"
    if keys := entry.get("properties"):
        required = entry.get("required", ())
        rows = (
            (code(key) + _required_mark(key in required), *_description_and_form(value))
            for key, value in keys.items()
        )
        yield table(("key", "description", "form"), rows)


def _description_and_form(entry: Any) -> tuple[str, str]:
    """Return (description, form); the form of a reference is a link to its section."""
    if not isinstance(entry, dict):
        return "", ""
    name = entry.get("$ref", "").removeprefix("#/$defs/").partition("/")[0]
    form = f"[{name}](#{name})" if name else _form(entry)
    return entry.get("description", ""), form


def _form(entry: dict[str, Any]) -> str:
    if "enum" in entry:
        return ", ".join(code(json.dumps(value)) for value in entry["enum"])
    types = entry.get("type", "")
    return types if isinstance(types, str) else " or ".join(types)


def _required_mark(required: bool) -> str:  # noqa: FBT001 - the only argument
    return " (required)" if required else ""


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."

"""What may stand in a scenario file, from the schema that judges it."""

import json
from collections.abc import Iterator
from typing import Any

from from_code.markdown import code, table
from mockserver.config.schema_checks import load_scenario_schema

START = """# Scenario files

YAML or JSON; `mockserver check` judges them by this form, by their meaning, and by playing them.
`mockserver schema` prints the JSON Schema for editors. What stands under `account` depends on the
provider; its own keys are on the provider's page.
"""
TOP = "file"


def page() -> str:
    whole = load_scenario_schema()
    parts = [START, *_entry(TOP, whole)]
    for name, entry in whole["$defs"].items():
        parts += _entry(name, entry)
    return "\n".join(parts)


def _entry(name: str, entry: dict[str, Any]) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{_sentence(entry['description'])}\n"
    if keys := entry.get("properties"):
        needed = entry.get("required", ())
        rows = ((code(key) + _star(key in needed), *_told(one)) for key, one in keys.items())
        yield table(("key", "what it says", "form"), rows)


def _told(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict):
        return "", ""
    name = entry.get("$ref", "").rpartition("/")[2]
    form = f"[{name}](#{name})" if name else _form(entry)
    return entry.get("description", ""), form


def _form(entry: dict[str, Any]) -> str:
    if "enum" in entry:
        return ", ".join(code(json.dumps(one)) for one in entry["enum"])
    kinds = entry.get("type", "")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _star(needed: bool) -> str:  # noqa: FBT001 - one place
    return " (needed)" if needed else ""


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."

"""Every operation of the control API, from its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from from_code.markdown import block, code, table
from mockserver.config.registry import load_control_openapi

START = """# Control API

Below `/_mock`, and below `/_sandbox/<name>/_mock` for a sandbox. Beyond loopback it asks for
`Authorization: Bearer <token>`. Errors are `application/problem+json`.
"""


def page() -> str:
    parts = [START]
    for path, methods in load_control_openapi()["paths"].items():
        parts += [f"## {path}\n"]
        for method, operation in methods.items():
            parts += _operation(method.upper(), path, operation)
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"**{method}** {code(path)}: {operation['summary']}.\n"
    if asked := operation.get("parameters"):
        yield table(
            ("parameter", "in", "what it says"),
            ((code(one["name"]), one["in"], one.get("description", "")) for one in asked),
        )
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        if "example" in content:
            yield f"A body, {code(media)}:\n"
            yield block(json.dumps(content["example"], indent=2), "json")
    answers = operation["responses"].items()
    yield table(("status", "when"), ((status, one["description"]) for status, one in answers))

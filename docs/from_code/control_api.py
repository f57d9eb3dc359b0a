"""Generate the page of the control API from its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from from_code.markdown import block, code, table
from mockserver.config.registry import load_control_openapi

START = """# Control API

All paths are below `/_mock`, or below `/_sandbox/<name>/_mock` for a named sandbox. A server that
listens beyond loopback requires `Authorization: Bearer <token>`. Errors are
`application/problem+json`.
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
    if parameters := operation.get("parameters"):
        yield table(
            ("parameter", "in", "description"),
            (
                (code(parameter["name"]), parameter["in"], parameter.get("description", ""))
                for parameter in parameters
            ),
        )
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if "example" in content:
            yield f"Example of a body, {code(media_type)}:\n"
            yield block(json.dumps(content["example"], indent=2), "json")
    responses = operation["responses"].items()
    rows = ((status, response["description"]) for status, response in responses)
    yield table(("status", "when"), rows)

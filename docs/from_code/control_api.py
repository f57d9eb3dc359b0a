"""Generate the page of the control API from its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from from_code.markdown import block, code, table
from mockserver.config.registry import load_control_openapi
from mockserver.web.problem_kinds import PROBLEM_KINDS
from mockserver.web.problems import TYPE_PREFIX

START = """# Control API

All paths are below `/_mock`, or below `/_sandbox/<name>/_mock` for a named sandbox. A server that
listens beyond loopback requires `Authorization: Bearer <token>`. Errors are
`application/problem+json`; [Problems](#problems) lists their types.

Each answer has the header `X-Mock-Position`, such as `9f2c41d7.0-120`. It names the last entry of
the journal that the answer includes. Send it as `Last-Event-ID` to `/_mock/events`, and the stream
continues after that entry. If the sandbox has been reset or created again since then, the stream
begins with the event `reset`: read everything again. The event `gap` says how many entries you
`missed`. After 15 real seconds without an event, the stream sends a comment with the position.
"""

PROBLEMS = """## Problems

The mock server's own errors are problems as in RFC 9457. You can get them from the control API,
and from the vendors' routes. The `type` of a problem is stable, and the header `X-Mock-Problem`
has its last part. `title` and `detail` are for people: the title is the type in a few words, and
the detail says what was wrong and what would be right. Some types have further members, such as
`nearest`.
"""


def page() -> str:
    parts = [START]
    for path, methods in load_control_openapi()["paths"].items():
        parts += [f"## {path}\n"]
        for method, operation in methods.items():
            parts += _operation(method.upper(), path, operation)
    parts += [PROBLEMS, _problem_table()]
    return "\n".join(parts)


def _problem_table() -> str:
    rows = (
        (code(f"{TYPE_PREFIX}{name}"), kind.status, kind.meaning)
        for name, kind in PROBLEM_KINDS.items()
    )
    return table(("type", "status", "meaning"), rows)


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

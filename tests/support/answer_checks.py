"""Checks every answer of the control API in this process against its OpenAPI document.

The fixture `checked_answers` in `tests/conftest.py` applies it to the whole suite.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from jsonschema_rs import Draft202012Validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mockserver.config.registry import load_control_openapi

PROBLEM: Final = "application/problem+json"
PROBLEM_SCHEMA: Final = {"$ref": "#/components/schemas/Problem"}

Report = Callable[[str], None]


def check_answers(app: ASGIApp, report: Report, seen: set[str]) -> ASGIApp:
    """Wrap the control application.

    `report` gets a sentence for each answer that differs from its schema; `seen` gets
    the operation and status of each answer that was checked, such as `calls 200`.
    """

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        parts: list[bytes] = []
        start: Message = {}

        async def record(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                start.update(message)
            elif scope["method"] != "HEAD":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    check_answer(scope, start, b"".join(parts), report, seen)

        await app(scope, receive, record if scope["type"] == "http" else send)

    return checked


def find_problems(method: str, path: str, status: int, media_type: str, body: Any) -> list[str]:
    """Return how an answer differs from its schema; nothing if there is no schema for it."""
    validator = _answer_validator(method, path, status, media_type)
    errors = validator.iter_errors(body) if validator else ()
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in errors]


def check_answer(scope: Scope, start: Message, body: bytes, report: Report, seen: set[str]) -> None:
    headers = {name.lower(): value.decode("latin-1") for name, value in start["headers"]}
    media_type = headers.get(b"content-type", "").partition(";")[0]
    method, path, status = scope["method"], scope["path"], start["status"]
    operation = find_operation(method, path)
    if operation:
        seen.add(f"{operation['operationId']} {status}")
    if operation and status < 400 and not _is_documented(operation, status):
        report(f"{method} {path} answered with {status}, which is not documented")
    if media_type in ("application/json", PROBLEM):
        problems = find_problems(method, path, status, media_type, json.loads(body))
        for problem in problems:
            report(f"{method} {path} {status}: {problem}")


def _is_documented(operation: dict[str, Any], status: int) -> bool:
    return bool({str(status), "default"} & operation["responses"].keys())


@cache
def _document() -> dict[str, Any]:
    return load_control_openapi()


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    return [
        (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), entry)
        for path, entry in _document()["paths"].items()
    ]


@cache
def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """Return the operation of the document that has this method and path, if any."""
    entries = [entry for pattern, entry in _patterns() if pattern.fullmatch(path)]
    return next((entry[method.lower()] for entry in entries if method.lower() in entry), None)


@cache
def _answer_validator(method: str, path: str, status: int, media_type: str) -> Any:
    """Return the validator of an answer; every problem has the same schema."""
    operation = find_operation(method, path)
    responses = operation["responses"] if operation else {}
    content = responses.get(str(status), {}).get("content", {})
    schema = PROBLEM_SCHEMA if media_type == PROBLEM else content.get(media_type, {}).get("schema")
    return _build_validator(json.dumps(schema)) if schema else None


@cache
def _build_validator(schema: str) -> Any:
    components = {"schemas": dict(_closed_schemas())}
    return Draft202012Validator({**json.loads(schema), "components": components})


def _closed_schemas() -> Iterator[tuple[str, Any]]:
    """Yield the schemas of the document; an object has no keys beyond those that it names.

    The document itself leaves them open: a client has to ignore keys that it does not know.
    """
    yield from (
        (name, _close(schema)) for name, schema in _document()["components"]["schemas"].items()
    )


def _close(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_close(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: value if key == "if" else _close(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        closed.setdefault("additionalProperties", False)
    return closed

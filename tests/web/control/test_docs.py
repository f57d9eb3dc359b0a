"""The OpenAPI document of the control API is valid, complete and has working examples."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.config.registry import load_control_openapi
from mockserver.web.control.app import build_routes
from tests.support.control_routes import ROUTE_CASES, STREAM, request_content, request_path
from tests.support.edge_site import EdgeSite
from tests.support.site import read_problem

DOCUMENT = load_control_openapi()
PREFIX = "/_mock"
METHODS = ("get", "put", "post", "delete", "options", "patch")
OPERATIONS = [
    (method, path, operation)
    for path, entry in DOCUMENT["paths"].items()
    for method, operation in entry.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
PARAMETERS = {"name": "mine", "id": "x1", "request": "r9", "provider": "mobtexting",
              "operation": "c2c", "account": "mobtexting-default"}  # fmt: skip

TEXT = {"type": "string", "minLength": 1}
MEDIA = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "required": ["schema"],
        "properties": {"schema": {"type": "object"}, "example": {"type": "object"}},
        "additionalProperties": False,
    },
}
LINKS = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "required": ["operationId", "parameters"],
        "additionalProperties": False,
        "properties": {
            "operationId": {"enum": [operation["operationId"] for *_, operation in OPERATIONS]},
            "parameters": {
                "additionalProperties": {"pattern": r"^\$(response\.body#/|request\.path\.)"}
            },
        },
    },
}
OPERATION = {
    "type": "object",
    "required": ["operationId", "summary", "responses"],
    "additionalProperties": False,
    "properties": {
        "operationId": TEXT,
        "summary": TEXT,
        "description": TEXT,
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "in", "schema"],
                "additionalProperties": False,
                "properties": {
                    "name": TEXT,
                    "in": {"enum": ["path", "query"]},
                    "description": TEXT,
                    "required": {"const": True},
                    "schema": {"type": "object"},
                },
                "if": {"properties": {"in": {"const": "path"}}},
                "then": {"required": ["required"]},
            },
        },
        "requestBody": {
            "type": "object",
            "required": ["required", "content"],
            "additionalProperties": False,
            "properties": {"required": {"const": True}, "content": MEDIA},
        },
        "responses": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^([2-5][0-9][0-9]|default)$"},
            "additionalProperties": {
                "type": "object",
                "required": ["description"],
                "additionalProperties": False,
                "properties": {"description": TEXT, "content": MEDIA, "links": LINKS},
            },
        },
    },
}
OPENAPI = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "additionalProperties": False,
    "properties": {
        "openapi": {"pattern": r"^3\.1\.[0-9]+$"},
        "info": {"type": "object", "required": ["title", "version"]},
        "servers": {"type": "array", "items": {"type": "object", "required": ["url"]}},
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/_mock/"},
            "additionalProperties": {
                "type": "object",
                "propertyNames": {"enum": METHODS},
                "additionalProperties": OPERATION,
            },
        },
        "components": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"schemas": {"type": "object"}},
        },
    },
}


def fill_path(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: PARAMETERS[match[1]], path)


def values_of(value: Any, key: str) -> Iterator[Any]:
    """Yield every value of `key` at any depth of a JSON value."""
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == key)
        yield from (item for inner in value.values() for item in values_of(inner, key))
    elif isinstance(value, list):
        yield from (item for inner in value for item in values_of(inner, key))


def test_the_openapi_document_has_exactly_the_existing_routes() -> None:
    routes = {
        (method.lower(), f"{PREFIX}{route.path}")
        for route in build_routes()
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert {(method, path) for method, path, _ in OPERATIONS} == routes


def test_a_link_names_the_path_parameters_of_its_target_operation() -> None:
    paths = {operation["operationId"]: path for _, path, operation in OPERATIONS}
    links = [
        (set(re.findall(r"{(\w+)}", paths[link["operationId"]])), set(link["parameters"]))
        for *_, operation in OPERATIONS
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) >= 10
    assert [required for required, given in links if required != given] == []


def test_the_openapi_document_is_valid() -> None:
    errors = [error.message for error in Draft202012Validator(OPENAPI).iter_errors(DOCUMENT)]
    assert errors == []


def test_every_schema_in_the_document_is_a_valid_json_schema() -> None:
    for schema in (*values_of(DOCUMENT, "schema"), *DOCUMENT["components"]["schemas"].values()):
        Draft202012Validator.check_schema(schema)


def test_every_reference_in_the_document_resolves_and_every_schema_is_referenced() -> None:
    references = set(values_of(DOCUMENT, "$ref"))
    names = DOCUMENT["components"]["schemas"].keys()
    assert references == {f"#/components/schemas/{name}" for name in names}


def test_operation_ids_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_the_documented_path_parameters_are_those_in_the_path(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    documented = [
        parameter["name"]
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "path"
    ]
    assert (method, documented) == (method, re.findall(r"\{(\w+)\}", path))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_error_responses_are_documented_as_problem_json(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    errors = {
        status: response
        for status, response in operation["responses"].items()
        if status >= "4" and status != "default"
    }
    media_types = {media_type for response in errors.values() for media_type in response["content"]}
    assert (method, path, media_types) == (
        method,
        path,
        {"application/problem+json"} if errors else set(),
    )


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_the_example_body_of_an_operation_is_accepted(
    edge: EdgeSite, method: str, path: str, operation: dict[str, Any]
) -> None:
    """404 for an unknown id, and 408 and 417 for what is not there, are accepted; 422 is not."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return
    example = {**media["example"], **({"timeout": 0} if path.endswith("/wait") else {})}
    response = edge.request(method.upper(), fill_path(path), json=example)
    assert response.status_code in (200, 201, 404, 408, 417)
    assert str(response.status_code) in operation["responses"]


def test_a_request_body_is_documented_for_exactly_the_routes_that_read_one() -> None:
    documented = {
        (method.upper(), path.removeprefix(PREFIX))
        for method, path, operation in OPERATIONS
        if "requestBody" in operation
    }
    receivers = {route for route in ROUTE_CASES if route[1] == "/receive/{name}"}
    assert (
        documented
        == {route for route, case in ROUTE_CASES.items() if case.body is not None} - receivers
    )


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTE_CASES if route != STREAM and route[1] != "/wait"],
    ids=" ".join,
)
def test_the_responses_of_every_route_are_documented(
    edge: EdgeSite, route: tuple[str, str]
) -> None:
    """Each route is requested with an existing id and with an unknown one."""
    edge.click_to_call("waits-for-a-person")
    edge.click_to_call()
    edge.advance()
    operation = DOCUMENT["paths"][f"{PREFIX}{route[1]}"][route[0].lower()]
    for path in (request_path(route), fill_path(f"{PREFIX}{route[1]}")):
        response = edge.request(route[0], path, **request_content(route))
        documented = operation["responses"][str(response.status_code)]
        media_type = response.headers.get("content-type", "").partition(";")[0]
        documented_types = documented.get("content", {})
        assert not response.content or media_type in documented_types


def test_the_openapi_document_is_served(edge: EdgeSite) -> None:
    assert edge.get_json("/_mock/openapi.json") == DOCUMENT


def test_the_docs_page_shows_every_operation_with_its_example_and_responses(edge: EdgeSite) -> None:
    response = edge.request("GET", "/_mock/docs")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    headings = re.findall(r"<h3><code>(\w+) ([^<]+)</code></h3>", response.text)
    assert headings == [(method.upper(), path) for method, path, _ in OPERATIONS]
    assert "<h1>Control API of the mock server</h1>" in response.text
    examples = [
        json.loads(unescape(text)) for text in re.findall(r"<pre>(.*?)</pre>", response.text)
    ]
    assert examples == list(values_of(DOCUMENT, "example"))
    assert (
        "<p>204: Done; 404: No such sandbox; 409: The default sandbox cannot be deleted</p>"
        in response.text
    )


@pytest.mark.parametrize("path", ["/_mock/openapi.json", "/_mock/docs"])
def test_the_documents_are_read_only(edge: EdgeSite, path: str) -> None:
    assert read_problem(edge.request("POST", path))[:2] == (405, "method-not-allowed")

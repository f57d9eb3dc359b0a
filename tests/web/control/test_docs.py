"""The control API's own document: it has exactly the routes, it is valid, its examples work."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.config.registry import load_control_openapi
from mockserver.core.configuration import Configuration
from mockserver.web.control.app import build_routes
from tests.support.control_routes import ROUTE_CASES, STREAM, request_content, request_path
from tests.support.edge_site import EdgeSite, build_edge_site, read_problem

DOCUMENT = load_control_openapi()
PREFIX = "/_mock"
METHODS = ("get", "put", "post", "delete", "options", "patch")
OPERATIONS = [
    (method, path, one)
    for path, entry in DOCUMENT["paths"].items()
    for method, one in entry.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
PARAMETERS = {"name": "mine", "id": "x1", "request": "r9", "provider": "mobtexting",
              "account": "mobtexting-default"}  # fmt: skip

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
            "operationId": {"enum": [one["operationId"] for *_, one in OPERATIONS]},
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
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "in", "schema"],
                "additionalProperties": False,
                "properties": {
                    "name": TEXT,
                    "in": {"enum": ["path", "query"]},
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
            "propertyNames": {"pattern": "^[2-5][0-9][0-9]$"},
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


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: PARAMETERS[found[1]], path)


def told(value: Any, key: str) -> Iterator[Any]:
    """Every value of a key, wherever it stands."""
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == key)
        yield from (one for inner in value.values() for one in told(inner, key))
    elif isinstance(value, list):
        yield from (one for inner in value for one in told(inner, key))


def test_the_document_has_exactly_the_routes_that_there_are() -> None:
    there = {
        (method.lower(), f"{PREFIX}{route.path}")
        for route in build_routes()
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert {(method, path) for method, path, _ in OPERATIONS} == there


def test_a_link_names_the_parameters_of_where_it_leads() -> None:
    there = {one["operationId"]: path for _, path, one in OPERATIONS}
    links = [
        (set(re.findall(r"{(\w+)}", there[link["operationId"]])), set(link["parameters"]))
        for *_, one in OPERATIONS
        for response in one["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) >= 10
    assert [wanted for wanted, named in links if wanted != named] == []


def test_the_document_is_an_openapi_document() -> None:
    errors = [one.message for one in Draft202012Validator(OPENAPI).iter_errors(DOCUMENT)]
    assert errors == []


def test_every_schema_in_it_is_one() -> None:
    for schema in (*told(DOCUMENT, "schema"), *DOCUMENT["components"]["schemas"].values()):
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere() -> None:
    references = set(told(DOCUMENT, "$ref"))
    assert references == {"#/components/schemas/Problem"}
    assert DOCUMENT["components"]["schemas"].keys() == {"Problem"}


def test_operations_have_names_of_their_own() -> None:
    names = [one["operationId"] for _, _, one in OPERATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_parameters_of_the_path_are_those_that_stand_in_it(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    known = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
    assert (method, known) == (method, re.findall(r"\{(\w+)\}", path))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_problems_have_their_own_type(method: str, path: str, operation: dict[str, Any]) -> None:
    refused = {status: one for status, one in operation["responses"].items() if status >= "4"}
    kinds = {kind for one in refused.values() for kind in one["content"]}
    assert (method, path, kinds) == (
        method,
        path,
        {"application/problem+json"} if refused else set(),
    )


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_its_example_is_accepted(
    edge: EdgeSite, method: str, path: str, operation: dict[str, Any]
) -> None:
    """404 for an id that is none, 408 for what does not come in time; never 422."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return
    example = {**media["example"], **({"timeout": 0} if path.endswith("/wait") else {})}
    answer = edge.request(method.upper(), filled(path), json=example)
    assert answer.status_code in (200, 201, 404, 408)
    assert str(answer.status_code) in operation["responses"]


def test_every_route_that_reads_a_body_has_an_example() -> None:
    shown = {
        (method.upper(), path.removeprefix(PREFIX))
        for method, path, one in OPERATIONS
        if "requestBody" in one
    }
    inboxes = {route for route in ROUTE_CASES if route[1] == "/inbox/{name}"}
    assert (
        shown == {route for route, line in ROUTE_CASES.items() if line.body is not None} - inboxes
    )


@pytest.mark.parametrize(
    "route", [one for one in ROUTE_CASES if one != STREAM and one[1] != "/wait"], ids=" ".join
)
def test_what_a_route_answers_is_documented(edge: EdgeSite, route: tuple[str, str]) -> None:
    """In earnest, and for an id that is none."""
    edge.click_to_call("waits-for-a-person")
    edge.click_to_call()
    edge.advance()
    entry = DOCUMENT["paths"][f"{PREFIX}{route[1]}"][route[0].lower()]
    for path in (request_path(route), filled(f"{PREFIX}{route[1]}")):
        answer = edge.request(route[0], path, **request_content(route))
        documented = entry["responses"][str(answer.status_code)]
        kind = answer.headers.get("content-type", "").partition(";")[0]
        kinds = documented.get("content", {})
        assert not answer.content or kind in kinds


def test_the_document_is_served(edge: EdgeSite) -> None:
    assert edge.get_json("/_mock/openapi.json") == DOCUMENT


def test_docs_show_every_operation_with_its_example_and_its_answers(edge: EdgeSite) -> None:
    answer = edge.request("GET", "/_mock/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    shown = re.findall(r"<h3><code>(\w+) ([^<]+)</code></h3>", answer.text)
    assert shown == [(method.upper(), path) for method, path, _ in OPERATIONS]
    assert "<h1>Control API of the mock server</h1>" in answer.text
    examples = [json.loads(unescape(one)) for one in re.findall(r"<pre>(.*?)</pre>", answer.text)]
    assert examples == list(told(DOCUMENT, "example"))
    assert "<p>204: Done; 404: No such sandbox; 409: The default one stays</p>" in answer.text


@pytest.mark.parametrize("path", ["/_mock/openapi.json", "/_mock/docs"])
def test_nothing_is_written_to_the_documents(edge: EdgeSite, path: str) -> None:
    assert read_problem(edge.request("POST", path))[:2] == (405, "method not allowed")

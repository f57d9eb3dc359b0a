"""From an OpenAPI document to a check: fields in, violations out."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.catalog.schemas import checks, examples, form, operations
from mockserver.core.rules import Violation

PERSON = {
    "type": "object",
    "required": ["name", "phone"],
    "properties": {
        "name": {"type": "string"},
        "phone": {"$ref": "#/components/schemas/Phone"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address": {"type": "object", "required": ["city"], "properties": {"city": {}}},
        "level": {"enum": ["1", 1], "description": "only 1"},
    },
    "dependentRequired": {"level": ["tags"]},
}
DOCUMENT: Mapping[str, Any] = {
    "paths": {
        "/people": {
            "post": {
                "operationId": "create",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": PERSON},
                        "text/plain": {"schema": False},
                    }
                },
            },
            "get": {"operationId": "list"},
        },
        "/health": {"get": {"operationId": "health"}},
    },
    "components": {
        "schemas": {"Phone": {"pattern": "^[0-9]+$", "type": "string", "description": "digits"}}
    },
}
RIGHT = {"name": "Ann", "phone": "123"}


def test_operations_by_name() -> None:
    assert list(operations(DOCUMENT)) == ["create", "list", "health"]


def test_form_is_that_of_the_first_media_type() -> None:
    assert form(DOCUMENT, "create") == {**PERSON, "components": DOCUMENT["components"]}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        (RIGHT, []),
        ({**RIGHT, "unknown": object()}, []),
        ({**RIGHT, "level": "1", "tags": []}, []),
        ({}, [("name", "required", ""), ("phone", "required", "")]),
        ({"name": "", "phone": None}, [("name", "required", ""), ("phone", "required", "")]),
        ({**RIGHT, "level": ""}, []),
        ({"name": 0, "phone": "1"}, [("name", "type", "")]),
        ({"name": False, "phone": "1"}, [("name", "type", "")]),
        ({**RIGHT, "phone": "x"}, [("phone", "pattern", "digits")]),
        ({**RIGHT, "phone": 5}, [("phone", "type", "digits")]),
        ({**RIGHT, "tags": ["a", 1, 2]}, [("tags.1", "type", ""), ("tags.2", "type", "")]),
        ({**RIGHT, "address": {}}, [("address.city", "required", "")]),
        ({**RIGHT, "level": True, "tags": []}, [("level", "enum", "only 1")]),
        ({**RIGHT, "level": 1}, [("", "dependentRequired", "")]),
        (
            {"phone": "x", "level": 2, "tags": "no"},
            [
                ("level", "enum", "only 1"),
                ("name", "required", ""),
                ("phone", "pattern", "digits"),
                ("tags", "type", ""),
            ],
        ),
    ],
)
def test_check_says_field_keyword_and_what_would_pass(
    fields: Mapping[str, object], found: list[tuple[str, str, str]]
) -> None:
    violations = checks(lambda: DOCUMENT)("create")(fields)
    assert violations == tuple(Violation(*one) for one in found)


def test_checks_read_the_document_when_the_first_request_comes() -> None:
    read: list[str] = []

    def document() -> Mapping[str, Any]:
        read.append("read")
        return DOCUMENT

    check = checks(document)("create")
    assert read == []
    for fields in (RIGHT, {}, RIGHT):
        check(fields)
    assert read == ["read"]


def parameter(name: str, place: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": "string"}, **more}


SHARED: Mapping[str, Any] = {
    "paths": {
        "/calls/{id}": {
            "servers": [{"url": "https://h.test"}],
            "get": {
                "operationId": "read",
                "parameters": [
                    parameter("id", "path", required=True, example="7"),
                    {"$ref": "#/components/parameters/Page"},
                    parameter("x-token", "header", required=True),
                ],
            },
            "post": {
                "x-operations": [
                    {
                        "operationId": "one",
                        "parameters": [parameter("id", "path", required=True, example="7")],
                        "requestBody": {
                            "content": {
                                "text/plain": {"schema": False},
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/Body"},
                                    "examples": {"a": {"value": {"to": "1"}}, "b": {"value": {}}},
                                },
                            }
                        },
                    },
                    {"operationId": "two"},
                ]
            },
        }
    },
    "components": {
        "parameters": {"Page": parameter("page", "query")},
        "schemas": {
            "Body": {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}}
        },
    },
}


def test_operations_that_share_a_path_and_a_method() -> None:
    assert list(operations(SHARED)) == ["read", "one", "two"]


@pytest.mark.parametrize(
    ("operation", "required", "properties"),
    [("read", ["id"], ["id", "page"]), ("one", ["to", "id"], ["to", "id"]), ("two", [], [])],
)
def test_form_of_body_path_and_query(
    operation: str, required: list[str], properties: list[str]
) -> None:
    made = form(SHARED, operation)
    assert (made["type"], made["required"]) == ("object", required)
    assert list(made["properties"]) == properties


@pytest.mark.parametrize(
    ("operation", "shown"),
    [("read", ({"id": "7"},)), ("one", ({"id": "7", "to": "1"}, {"id": "7"})), ("two", ({},))],
)
def test_examples_of_body_path_and_query(
    operation: str, shown: tuple[Mapping[str, str], ...]
) -> None:
    assert examples(SHARED, operation) == shown


def test_check_over_path_and_body() -> None:
    check = checks(lambda: SHARED)("one")
    assert check({"id": "7", "to": "1"}) == ()
    assert check({"to": 1}) == (
        Violation("id", "required"),
        Violation("to", "type", ""),
    )

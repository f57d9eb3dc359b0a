"""From an OpenAPI document to a check: fields in, violations out."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.openapi_checks import (
    build_check_factory,
    iter_operations,
    operations,
    parameter_schema,
    request_examples,
)
from mockserver.core.http import Upload
from mockserver.core.rulebook import Violation

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
    assert parameter_schema(DOCUMENT, "create") == {**PERSON, "components": DOCUMENT["components"]}


def asked(name: str, where: str, **more: Any) -> Mapping[str, Any]:
    return {"name": name, "in": where, "schema": {"type": "string"}, **more}


CALL: Mapping[str, Any] = {
    "type": "object",
    "required": ["to"],
    "properties": {"to": {"$ref": "#/components/schemas/Phone"}, "file": {"minLength": 3}},
}
SHARED = {
    "/calls/{id}": {
        "get": {
            "operationId": "show",
            "parameters": [
                asked("id", "path", required=True, example="7"),
                asked("X-Key", "header", required=True, example="secret"),
                {"$ref": "#/components/parameters/Page"},
                asked("note", "query", schema={"$ref": "#/components/schemas/Phone"}),
            ],
        },
        "post": {
            "operationId": "change",
            "parameters": [
                asked("id", "path", required=True, example="7"),
                asked("to", "query", required=True),
            ],
            "requestBody": {
                "content": {
                    "multipart/form-data": {"schema": False},
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Call", "description": "a call"},
                        "examples": {"a": {"value": {"to": "1"}}, "b": {"value": {"id": "8"}}},
                    },
                }
            },
        },
    },
    "/calls": {
        "servers": [{"url": "https://a.test"}],
        "summary": "all of them",
        "post": {
            "operationId": "any",
            "x-operations": [
                {"operationId": "one", "requestBody": {"content": {"a/b": {"schema": CALL}}}},
                {"operationId": "two", "parameters": [asked("page", "query", example=2)]},
                {"operationId": "none"},
            ],
        },
    },
}
SEVERAL: Mapping[str, Any] = {
    "paths": SHARED,
    "components": {
        "schemas": {**DOCUMENT["components"]["schemas"], "Call": CALL},
        "parameters": {"Page": asked("page", "query", example="2", required=False)},
    },
}
TEXT, BARE = {"type": "string"}, {"type": "object"}


@pytest.mark.parametrize(
    ("operation", "schema"),
    [
        (
            "show",
            {
                **BARE,
                "required": ["id"],
                "properties": {
                    "id": TEXT,
                    "page": TEXT,
                    "note": {"$ref": "#/components/schemas/Phone"},
                },
            },
        ),
        (
            "change",
            {
                **CALL,
                "description": "a call",
                "required": ["to", "id"],
                "properties": {**CALL["properties"], "id": TEXT, "to": TEXT},
            },
        ),
        ("one", CALL),
        ("two", {**BARE, "required": [], "properties": {"page": TEXT}}),
        ("none", {**BARE, "required": [], "properties": {}}),
    ],
)
def test_form_of_parameters_and_body_together(operation: str, schema: Mapping[str, Any]) -> None:
    assert parameter_schema(SEVERAL, operation) == {**schema, "components": SEVERAL["components"]}


@pytest.mark.parametrize(
    ("operation", "shown"),
    [
        ("show", ({"id": "7", "page": "2"},)),
        ("change", ({"id": "7", "to": "1"}, {"id": "8"})),
        ("one", ()),
        ("two", ({"page": 2},)),
        ("none", ({},)),
    ],
)
def test_examples_of_parameters_and_bodies(
    operation: str, shown: tuple[Mapping[str, Any], ...]
) -> None:
    assert request_examples(SEVERAL, operation) == shown


def test_places_of_operations_that_share_one() -> None:
    assert [
        (path, method, one["operationId"]) for path, method, one in iter_operations(SEVERAL)
    ] == [
        ("/calls/{id}", "GET", "show"),
        ("/calls/{id}", "POST", "change"),
        ("/calls", "POST", "one"),
        ("/calls", "POST", "two"),
        ("/calls", "POST", "none"),
    ]
    assert list(operations(SEVERAL)) == ["show", "change", "one", "two", "none"]


@pytest.mark.parametrize(
    ("operation", "fields", "found"),
    [
        ("show", {"id": "7"}, []),
        ("show", {}, [("id", "required", "")]),
        ("show", {"id": "7", "note": "x"}, [("note", "pattern", "digits")]),
        ("change", {"id": "7"}, [("to", "required", "")]),
        ("change", {"id": "7", "to": "x"}, []),
        ("one", {"to": "x"}, [("to", "pattern", "digits")]),
        ("none", {"whatever": 1}, []),
        # files
        (
            "one",
            {
                "to": "1",
                "file": Upload(filename="a.wav", content_type="audio/wav", data=b"\xff\x00a"),
            },
            [],
        ),
        (
            "one",
            {"to": "1", "file": Upload(filename="", content_type="x/y", data=b"\xff\x00")},
            [("file", "minLength", "")],
        ),
        (
            "one",
            {"to": "1", "file": Upload(filename="a.wav", content_type="x/y", data=b"")},
            [("file", "minLength", "")],
        ),
        (
            "one",
            {"to": Upload(filename="", content_type="x/y", data=b"")},
            [("to", "required", "")],
        ),
    ],
)
def test_check_of_parameters_wherever_they_are_sent(
    operation: str, fields: Mapping[str, object], found: list[tuple[str, str, str]]
) -> None:
    violations = build_check_factory(lambda: SEVERAL)(operation)(fields)
    assert violations == tuple(Violation(*one) for one in found)


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
    violations = build_check_factory(lambda: DOCUMENT)("create")(fields)
    assert violations == tuple(Violation(*one) for one in found)


def test_checks_read_the_document_when_the_first_request_comes() -> None:
    read: list[str] = []

    def document() -> Mapping[str, Any]:
        read.append("read")
        return DOCUMENT

    check = build_check_factory(document)("create")
    assert read == []
    for fields in (RIGHT, {}, RIGHT):
        check(fields)
    assert read == ["read"]

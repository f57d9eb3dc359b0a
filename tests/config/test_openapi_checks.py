"""Checks built from an OpenAPI document: from request fields to violations."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.openapi_checks import (
    build_acceptor,
    build_check,
    build_validator_factory,
    iter_operations,
    operations,
    parameter_schema,
    request_examples,
    request_form,
)
from mockserver.core.bound_provider import UNDECIDED, RequestForm
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
VALID = {"name": "Ann", "phone": "123"}


def test_operations_are_indexed_by_name() -> None:
    assert list(operations(DOCUMENT)) == ["create", "list", "health"]


def test_the_schema_of_an_operation_is_that_of_its_first_media_type() -> None:
    assert parameter_schema(DOCUMENT, "create") == {**PERSON, "components": DOCUMENT["components"]}


def parameter(name: str, location: str, **fields: Any) -> Mapping[str, Any]:
    return {"name": name, "in": location, "schema": {"type": "string"}, **fields}


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
                parameter("id", "path", required=True, example="7"),
                parameter("X-Key", "header", required=True, example="secret"),
                {"$ref": "#/components/parameters/Page"},
                parameter("note", "query", schema={"$ref": "#/components/schemas/Phone"}),
            ],
        },
        "post": {
            "operationId": "change",
            "parameters": [
                parameter("id", "path", required=True, example="7"),
                parameter("to", "query", required=True),
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
                {"operationId": "two", "parameters": [parameter("page", "query", example=2)]},
                {"operationId": "none"},
            ],
        },
    },
}
SEVERAL: Mapping[str, Any] = {
    "paths": SHARED,
    "components": {
        "schemas": {**DOCUMENT["components"]["schemas"], "Call": CALL},
        "parameters": {"Page": parameter("page", "query", example="2", required=False)},
    },
}
TEXT, OBJECT = {"type": "string"}, {"type": "object"}


@pytest.mark.parametrize(
    ("operation", "schema"),
    [
        (
            "show",
            {
                **OBJECT,
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
        ("two", {**OBJECT, "required": [], "properties": {"page": TEXT}}),
        ("none", {**OBJECT, "required": [], "properties": {}}),
    ],
)
def test_the_schema_of_an_operation_joins_parameters_and_body(
    operation: str, schema: Mapping[str, Any]
) -> None:
    assert parameter_schema(SEVERAL, operation) == {**schema, "components": SEVERAL["components"]}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("show", ({"id": "7", "page": "2"},)),
        ("change", ({"id": "7", "to": "1"}, {"id": "8"})),
        ("one", ()),
        ("two", ({"page": 2},)),
        ("none", ({},)),
    ],
)
def test_the_examples_of_an_operation_join_parameters_and_body(
    operation: str, expected: tuple[Mapping[str, Any], ...]
) -> None:
    assert request_examples(SEVERAL, operation) == expected


def test_operations_that_share_a_path_are_listed_separately() -> None:
    assert [
        (path, method, operation["operationId"])
        for path, method, operation in iter_operations(SEVERAL)
    ] == [
        ("/calls/{id}", "GET", "show"),
        ("/calls/{id}", "POST", "change"),
        ("/calls", "POST", "one"),
        ("/calls", "POST", "two"),
        ("/calls", "POST", "none"),
    ]
    assert list(operations(SEVERAL)) == ["show", "change", "one", "two", "none"]


@pytest.mark.parametrize(
    ("operation", "fields", "expected"),
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
            [("to", "required", "digits")],
        ),
    ],
)
def test_parameters_are_checked_wherever_they_are_sent(
    operation: str, fields: Mapping[str, object], expected: list[tuple[str, str, str]]
) -> None:
    violations = build_check(build_validator_factory(lambda: SEVERAL), operation)(fields)
    assert violations == tuple(Violation(*violation) for violation in expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (VALID, []),
        ({**VALID, "unknown": object()}, []),
        ({**VALID, "level": "1", "tags": []}, []),
        ({}, [("name", "required", ""), ("phone", "required", "digits")]),
        ({"name": "", "phone": None}, [("name", "required", ""), ("phone", "required", "digits")]),
        ({**VALID, "level": ""}, []),
        ({"name": 0, "phone": "1"}, [("name", "type", "")]),
        ({"name": False, "phone": "1"}, [("name", "type", "")]),
        ({**VALID, "phone": "x"}, [("phone", "pattern", "digits")]),
        ({**VALID, "phone": 5}, [("phone", "type", "digits")]),
        ({**VALID, "tags": ["a", 1, 2]}, [("tags.1", "type", ""), ("tags.2", "type", "")]),
        ({**VALID, "address": {}}, [("address.city", "required", "")]),
        ({**VALID, "level": True, "tags": []}, [("level", "enum", "only 1")]),
        ({**VALID, "level": 1}, [("", "dependentRequired", "")]),
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
def test_a_violation_has_a_field_a_keyword_and_a_description(
    fields: Mapping[str, object], expected: list[tuple[str, str, str]]
) -> None:
    violations = build_check(build_validator_factory(lambda: DOCUMENT), "create")(fields)
    assert violations == tuple(Violation(*violation) for violation in expected)


@pytest.mark.parametrize(
    ("part", "passing"),
    [
        ({"description": "a text", "examples": ["mine", "yours"]}, ("a text", '"mine"')),
        ({"examples": [[{"a": "\N{EURO SIGN}"}]]}, ("", '[{"a": "\N{EURO SIGN}"}]')),
        ({"examples": []}, ("", "")),
        ({"$ref": "#/components/schemas/Phone"}, ("digits", "")),
        (True, ("", "")),
    ],
)
def test_a_violation_has_the_description_and_the_first_example_of_its_field(
    part: Any, passing: tuple[str, str]
) -> None:
    body = {"type": "object", "required": ["mine"], "properties": {"mine": part}}
    content = {"application/json": {"schema": body}}
    operation = {"operationId": "any", "requestBody": {"content": content}}
    document = {**SEVERAL, "paths": {"/": {"post": operation}}}
    check = build_check(build_validator_factory(lambda: document), "any")
    expected = ("mine", "required", *passing)
    assert check({}) == (Violation(*expected),)


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        (VALID, True),
        ({**VALID, "tags": ["a"], "size": [1, {"more": None}]}, True),
        ({}, False),
        ({**VALID, "tags": [1]}, False),
        ({**VALID, "other": ""}, False),  # counts as not sent: the check removes it
        ({**VALID, "other": None}, False),
        ({**VALID, "other": 1.0}, False),  # the validators differ: the check decides
        ({**VALID, "other": [{"size": 1.5}]}, False),
    ],
)
def test_fields_are_accepted_at_once_if_both_validators_read_them_alike(
    fields: Mapping[str, object], *, accepted: bool
) -> None:
    acceptor = build_acceptor(build_validator_factory(lambda: DOCUMENT))
    assert acceptor("create")(fields) is accepted


@pytest.mark.parametrize(
    "value", [Upload(filename="a", content_type="b", data=b"c"), "\ud800", object()]
)
def test_an_acceptor_raises_an_error_for_fields_that_it_cannot_read(value: object) -> None:
    acceptor = build_acceptor(build_validator_factory(lambda: DOCUMENT))
    with pytest.raises(UNDECIDED):
        acceptor("create")({**VALID, "other": value})


def test_the_document_is_read_once_at_the_first_check() -> None:
    reads: list[str] = []

    def document() -> Mapping[str, Any]:
        reads.append("read")
        return DOCUMENT

    check = build_check(build_validator_factory(document), "create")
    assert reads == []
    for fields in (VALID, {}, VALID):
        check(fields)
    assert reads == ["read"]


@pytest.mark.parametrize(
    ("operation", "form"),
    [
        (
            "create",
            RequestForm(
                method="POST", media_type="application/json", names=(*PERSON["properties"],)
            ),
        ),
        ("list", RequestForm(method="GET", media_type="", names=())),
    ],
)
def test_the_form_of_an_operation_is_method_media_type_and_fields(
    operation: str, form: RequestForm
) -> None:
    assert request_form(DOCUMENT, operation) == form

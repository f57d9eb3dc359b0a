"""What a form can complain about, and which of it a rulebook leaves without words."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.openapi_checks import parameter_schema
from mockserver.core.http import Response
from mockserver.core.provider import BoundProvider, Endpoint, EndpointResult
from mockserver.core.rulebook import (
    Evidence,
    Fault,
    Rule,
    ViolationTest,
    malformed_field,
    missing_field,
)
from tests.support.conformance import PROVIDERS
from tests.support.form_audit import complaints, violations_without_rule

DOCUMENT: Mapping[str, Any] = {
    "components": {
        "schemas": {
            "Text": {"type": "string", "description": "text"},
            "Tree": {"properties": {"left": {"$ref": "#/components/schemas/Tree"}}, "minItems": 1},
        }
    }
}


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({}, []),
        ({"type": "object", "description": "x"}, []),
        (True, []),
        ({"additionalProperties": False}, [("", "additionalProperties")]),
        ({"additionalProperties": True}, []),
        ({"required": ["a", "b"]}, [("a", "required"), ("b", "required")]),
        ({"properties": {"a": {}, "b": {"title": "x", "format": "date"}}}, []),
        (
            {"properties": {"a": {"type": "string", "pattern": "x"}}},
            [("a", "type"), ("a", "pattern")],
        ),
        ({"properties": {"a": {"$ref": "#/components/schemas/Text"}}}, [("a", "type")]),
        (
            {"properties": {"a": {"$ref": "#/components/schemas/Text", "maxLength": 3}}},
            [("a", "type"), ("a", "maxLength")],
        ),
        (
            {
                "properties": {
                    "a": {"items": {"required": ["b"], "properties": {"b": {"enum": [1]}}}}
                }
            },
            [("a.0.b", "required"), ("a.0.b", "enum")],
        ),
        (
            {
                "allOf": [{"required": ["a"]}],
                "if": {"required": ["z"]},
                "then": {"required": ["b"]},
            },
            [("a", "required"), ("b", "required")],
        ),
        ({"properties": {"a": {"anyOf": [{"type": "string"}]}}}, [("a", "anyOf")]),
        ({"properties": {"a": {"$ref": "#/components/schemas/Tree"}}}, [("a", "minItems")]),
    ],
)
def test_complaints_of_a_form(schema: Any, found: list[tuple[str, str]]) -> None:
    assert [one[:2] for one in complaints(DOCUMENT, schema)] == found


FAULT = Fault(name="wrong", status=400, message="wrong", evidence=Evidence.ASSUMED)
FORM: Mapping[str, Any] = {
    "type": "object",
    "required": ["to"],
    "properties": {
        "to": {"type": "string"},
        "key": {"type": "string"},
        "calls": {"items": {"properties": {"n": {"minimum": 1, "maximum": 9}}}},
    },
}


def listed(**more: object) -> Mapping[str, Any]:
    entry = {
        "operationId": "dial",
        "requestBody": {"content": {"application/json": {"schema": FORM}}},
        **more,
    }
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "key"}}
    return {"paths": {"/dial": {"post": entry}}, "components": {"securitySchemes": schemes}}


def answered(_: object) -> EndpointResult:
    return EndpointResult(response=Response(status=200))


def ruled(*rules: Rule) -> Endpoint:
    return Endpoint(
        operation="dial",
        method="POST",
        host="a.test",
        path="/dial",
        rules=(rules,),
        respond=answered,
    )


NEEDED, TEXT, NUMBER = (
    missing_field("to", FAULT),
    malformed_field("to", FAULT),
    malformed_field("calls.*.n", FAULT),
)
SMALL = Rule(test=ViolationTest(field="calls.*.n", keywords=frozenset({"minimum"})), fault=FAULT)


@pytest.mark.parametrize(
    ("rules", "more", "left"),
    [
        ((NEEDED, TEXT, NUMBER), {}, []),
        ((TEXT, NUMBER), {}, [("to", "required")]),
        ((NEEDED, NUMBER), {}, [("to", "type")]),
        ((NEEDED, TEXT), {}, [("calls.0.n", "minimum"), ("calls.0.n", "maximum")]),
        ((NEEDED, TEXT, SMALL), {}, [("calls.0.n", "maximum")]),
        ((NEEDED, TEXT), {"x-items": ["calls"]}, []),
        ((NEEDED, TEXT, NUMBER), {"parameters": [{"name": "q", "in": "query", "required": True}]},
         [("q", "required")]),
    ],
)  # fmt: skip
def test_unworded(
    rules: tuple[Rule, ...], more: Mapping[str, object], left: list[tuple[str, str]]
) -> None:
    listing: BoundProvider = PROVIDERS["mobtexting"]._replace(document=lambda: listed(**more))
    assert [one[:2] for one in violations_without_rule(listing, ruled(*rules))] == left
    assert parameter_schema(listing.document(), "dial")["type"] == "object"

"""The audit that finds schema violations without a rule in the rulebook."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.openapi_checks import parameter_schema
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Response
from mockserver.core.provider import Endpoint, EndpointResult
from mockserver.core.rulebook import (
    Evidence,
    Fault,
    Rule,
    ViolationTest,
    malformed_field,
    missing_field,
)
from tests.support.conformance import PROVIDERS
from tests.support.form_audit import schema_violations, violations_without_rule

DOCUMENT: Mapping[str, Any] = {
    "components": {
        "schemas": {
            "Text": {"type": "string", "description": "text"},
            "Tree": {"properties": {"left": {"$ref": "#/components/schemas/Tree"}}, "minItems": 1},
        }
    }
}


@pytest.mark.parametrize(
    ("schema", "expected"),
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
def test_schema_violations_lists_each_keyword_that_can_fail(
    schema: Any, expected: list[tuple[str, str]]
) -> None:
    assert [
        (violation.field, violation.keyword) for violation in schema_violations(DOCUMENT, schema)
    ] == expected


FAULT = Fault(name="wrong", status=400, message="wrong", evidence=Evidence.ASSUMED)
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["to"],
    "properties": {
        "to": {"type": "string"},
        "key": {"type": "string"},
        "calls": {"items": {"properties": {"n": {"minimum": 1, "maximum": 9}}}},
    },
}


def document_with(**changes: object) -> Mapping[str, Any]:
    entry = {
        "operationId": "dial",
        "requestBody": {"content": {"application/json": {"schema": SCHEMA}}},
        **changes,
    }
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "key"}}
    return {"paths": {"/dial": {"post": entry}}, "components": {"securitySchemes": schemes}}


def respond(_: object) -> EndpointResult:
    return EndpointResult(response=Response(status=200))


def build_endpoint(*rules: Rule) -> Endpoint:
    return Endpoint(
        operation="dial",
        method="POST",
        host="a.test",
        path="/dial",
        rules=(rules,),
        respond=respond,
    )


TO_REQUIRED, TO_MALFORMED, N_MALFORMED = (
    missing_field("to", FAULT),
    malformed_field("to", FAULT),
    malformed_field("calls.*.n", FAULT),
)
N_TOO_SMALL = Rule(
    test=ViolationTest(field="calls.*.n", keywords=frozenset({"minimum"})), fault=FAULT
)


@pytest.mark.parametrize(
    ("rules", "changes", "expected"),
    [
        ((TO_REQUIRED, TO_MALFORMED, N_MALFORMED), {}, []),
        ((TO_MALFORMED, N_MALFORMED), {}, [("to", "required")]),
        ((TO_REQUIRED, N_MALFORMED), {}, [("to", "type")]),
        ((TO_REQUIRED, TO_MALFORMED), {}, [("calls.0.n", "minimum"), ("calls.0.n", "maximum")]),
        ((TO_REQUIRED, TO_MALFORMED, N_TOO_SMALL), {}, [("calls.0.n", "maximum")]),
        ((TO_REQUIRED, TO_MALFORMED), {"x-items": ["calls"]}, []),
        (
            (TO_REQUIRED, TO_MALFORMED, N_MALFORMED),
            {"parameters": [{"name": "q", "in": "query", "required": True}]},
            [("q", "required")],
        ),
    ],
)
def test_violations_without_a_rule_are_those_that_no_rule_matches(
    rules: tuple[Rule, ...], changes: Mapping[str, object], expected: list[tuple[str, str]]
) -> None:
    bound: BoundProvider = PROVIDERS["mobtexting"]._replace(
        document=lambda: document_with(**changes)
    )
    assert [
        (violation.field, violation.keyword)
        for violation in violations_without_rule(bound, build_endpoint(*rules))
    ] == expected
    assert parameter_schema(bound.document(), "dial")["type"] == "object"

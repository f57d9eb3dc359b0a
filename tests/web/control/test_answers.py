"""Every answer of the control API has a schema, and the answers of all tests follow it."""

import asyncio
from typing import Any

import httpx
import pytest

from mockserver.config.registry import load_control_openapi
from mockserver.web.views.serializers import CALL_FIELDS, MARKS, REQUEST_FIELDS, WEBHOOK_FIELDS
from tests.support.answer_checks import check_answers, find_operation, find_problems
from tests.support.control_routes import ROUTE_CASES, STREAM, request_content, request_path
from tests.support.edge_site import EdgeSite

DOCUMENT = load_control_openapi()
CALL: dict[str, Any] = {
    "id": "c1", "vendor_id": "7", "provider": "toy", "account": "shop", "operation": "place",
    "scenarios": ["answered"], "state": "queued", "outcome": None, "vendor_status": "NEW",
    "created_at": "2026-01-01T09:00:00.000Z", "starts_at": "2026-01-01T09:00:00.000Z",
    "ended_at": None, "waiting": [], "legs": [], "leg_names": {}, "events": [],
    "parameters": {}, "webhooks": [],
    "attempts": [
        {"number": 1, "redial_index": 0, "number_index": 0, "legs": [], "ended_at": None,
         "started_at": "2026-01-01T09:00:00.000Z", "outcome": None}
    ],
}  # fmt: skip


def json_schemas(method: str, path: str) -> list[Any]:
    """The schemas of the JSON answers of an operation."""
    operation = find_operation(method, f"/_mock{path}")
    assert operation
    contents = [response.get("content", {}) for response in operation["responses"].values()]
    return [
        media["schema"]
        for content in contents
        for media_type, media in content.items()
        if media_type.endswith("json")
    ]


@pytest.mark.parametrize(("method", "path"), ROUTE_CASES, ids=map(" ".join, ROUTE_CASES))
def test_every_json_answer_has_a_named_schema(method: str, path: str) -> None:
    for schema in json_schemas(method, path):
        name = schema["$ref"].removeprefix("#/components/schemas/")
        assert DOCUMENT["components"]["schemas"][name]["type"] in ("object", "array")


@pytest.mark.parametrize(
    ("name", "fields"),
    [("Call", CALL_FIELDS), ("Request", (*REQUEST_FIELDS, *MARKS)), ("Webhook", WEBHOOK_FIELDS)],
)
def test_a_wait_can_match_exactly_the_documented_fields(name: str, fields: tuple[str, ...]) -> None:
    assert tuple(DOCUMENT["components"]["schemas"][name]["properties"]) == fields


def test_every_named_schema_is_used() -> None:
    text = str(DOCUMENT)
    assert [
        name
        for name in DOCUMENT["components"]["schemas"]
        if f"'#/components/schemas/{name}'" not in text
    ] == []


@pytest.mark.parametrize("route", [route for route in ROUTE_CASES if route != STREAM], ids=" ".join)
def test_the_answer_of_every_route_follows_its_schema(
    edge: EdgeSite, route: tuple[str, str], answer_problems: list[str]
) -> None:
    response = edge.request(route[0], request_path(route), **request_content(route))
    is_expected = response.status_code in {*range(500), ROUTE_CASES[route].status}
    assert (is_expected, answer_problems) == (True, [])


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"state": "over"}, ['state: "over" is not one of']),
        ({"outcome": 1}, ["outcome: 1 is not one of"]),
        ({"extra": 1}, [": Additional properties are not allowed"]),
        ({"created_at": "2026-01-01 09:00"}, ["created_at: "]),
        ({"waiting": [{"for": "press"}]}, ['waiting.0: "leg" is a required property']),
        ({"legs": [{"name": "a"}]}, ["legs.0: "] * 6),
    ],
)
def test_the_check_finds_an_answer_that_differs_from_its_schema(
    changes: dict[str, Any], problems: list[str]
) -> None:
    found = find_problems("GET", "/_mock/calls/c1", 200, "application/json", CALL | changes)
    assert [text.startswith(start) for text, start in zip(found, problems, strict=True)] == [
        True
    ] * len(problems)


@pytest.mark.parametrize(
    ("status", "body", "problems"),
    [
        (200, b'{"now": "2026-01-01T09:00:00.000Z"}', []),
        (200, b'{"now": null}', ['POST /_mock/reset 200: now: null is not of type "string"']),
        (201, b"{}", ["POST /_mock/reset answered with 201, which is not documented"]),
    ],
)
def test_the_check_reports_a_wrong_or_undocumented_answer(
    status: int, body: bytes, problems: list[str]
) -> None:
    async def app(_: Any, __: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    reported: list[str] = []
    seen: set[str] = set()

    async def main() -> None:
        transport = httpx.ASGITransport(check_answers(app, reported.append, seen))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock.test") as client:
            await client.post("/_mock/reset")

    asyncio.run(main())
    assert (reported, seen) == (problems, {f"reset {status}"})

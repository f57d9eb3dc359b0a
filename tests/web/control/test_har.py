"""The archive of requests and webhooks is a valid HAR 1.2, without secrets."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.edge_site import EdgeSite
from tests.support.site import BEARER, ORIGIN

SCHEMA = Path(__file__).parents[2] / "golden" / "har-1.2.schema.json"


def entries(edge: EdgeSite, prefix: str = "") -> list[Any]:
    """The entries of the archive, which fits the schema."""
    archive = edge.get_json(f"{prefix}/_mock/har")
    problems = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(archive)
    assert [problem.message for problem in problems] == []
    return list(archive["log"]["entries"])


def headers_of(message: Any) -> dict[str, str]:
    return {pair["name"]: pair["value"] for pair in message["headers"]}


def test_an_empty_sandbox_has_an_archive_without_entries(edge: EdgeSite) -> None:
    assert entries(edge) == []


def test_requests_and_attempts_come_in_their_order(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.advance()
    edge.click_to_call(to="1")
    shown = [(entry["_id"], entry["response"]["status"]) for entry in entries(edge)]
    assert shown == [("r1", 200), ("w1", 200), ("r2", 422)]


def test_a_request_is_there_with_its_body_and_response(edge: EdgeSite) -> None:
    edge.click_to_call(path="/api/v2/voice/c2c?note=a%20b")
    [entry] = entries(edge)
    request, response = entry["request"], entry["response"]
    assert (request["method"], request["url"]) == (
        "POST",
        f"{ORIGIN}/api/v2/voice/c2c?note=a%20b",
    )
    assert request["queryString"] == [{"name": "note", "value": "a b"}]
    assert json.loads(request["postData"]["text"])["to"] == "918867136000"
    assert request["postData"]["mimeType"] == "application/json"
    assert request["bodySize"] == len(request["postData"]["text"].encode())
    assert response["statusText"] == "OK"
    assert response["content"]["mimeType"] == "application/json"
    assert json.loads(response["content"]["text"])["status"] == 200
    assert (entry["startedDateTime"], entry["_calls"]) == ("2026-01-01T09:00:00.000Z", ["c1"])


def test_an_attempt_is_there_with_what_its_receiver_has_responded(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.advance()
    entry = entries(edge)[1]
    assert entry["request"]["url"] == f"{ORIGIN}/_mock/receive/mobtexting"
    assert headers_of(entry["request"])["content-type"] == "application/json"
    assert json.loads(entry["request"]["postData"]["text"])["status"] == "COMPLETED"
    assert entry["response"]["content"]["text"] == "thanks"
    assert entry["response"]["content"]["mimeType"] == "text/plain"
    assert (entry["startedDateTime"], entry["time"]) == ("2026-01-01T09:00:10.000Z", 7)
    marks = ("_id", "_call", "_kind", "_state", "_attempt", "_error")
    assert [entry[name] for name in marks] == ["w1", "c1", "completed", "delivered", 1, None]


def test_an_attempt_without_a_response_says_why(edge: EdgeSite) -> None:
    async def hang_up(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=None, error="reset")

    edge.dispatcher.receive = hang_up
    edge.click_to_call()
    edge.advance()
    entry = entries(edge)[1]
    assert (entry["response"]["status"], entry["_error"]) == (0, "reset")
    assert entry["response"]["comment"] == (
        "there was no response: reset: "
        "the receiver closed the connection before its response was complete"
    )


@pytest.mark.parametrize(
    ("scenario", "index", "status", "comment"),
    [
        (
            {"webhooks": {"any": {"attempts": [503]}}},
            1,
            503,
            "a scenario simulates this attempt: the receiver was not asked",
        ),
        ({"responses": [{"break": "reset"}]}, 0, 0, "a scenario has broken the connection"),
    ],
    ids=["simulated", "broken"],
)
def test_what_a_scenario_orders_is_marked(
    edge: EdgeSite, scenario: Any, index: int, status: int, comment: str
) -> None:
    edge.request("PUT", "/_mock/scenarios/mine", json=scenario)
    edge.click_to_call("mine")
    edge.advance()
    response = entries(edge)[index]["response"]
    assert (response["status"], response["comment"]) == (status, comment)


def test_a_request_that_we_refuse_is_there(edge: EdgeSite) -> None:
    edge.request("GET", "/nothing")
    [entry] = entries(edge)
    assert (entry["response"]["status"], entry["request"]["url"]) == (404, f"{ORIGIN}/nothing")
    assert "no emulated API has GET /nothing" in entry["response"]["content"]["text"]


def test_an_archive_has_no_secrets(edge: EdgeSite) -> None:
    edge.click_to_call(path=f"/api/v2/voice/c2c?api_key={BEARER}")
    edge.advance()
    [entry, _] = entries(edge)
    assert headers_of(entry["request"])["authorization"].startswith("Bearer ***")
    assert BEARER not in json.dumps(entry)


def test_a_sandbox_has_an_archive_of_its_own(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.click_to_call(path="/_sandbox/mine/api/v2/voice/c2c")
    assert [entry["_id"] for entry in entries(edge, "/_sandbox/mine")] == ["r1"]

"""A redelivery sends a finished webhook once more."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.dispatchers import RecordingDispatcher
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import build_client, read_problem

KEYS = ["id", "provider", "call", "kind", "method", "url", "headers", "body", "state",
        "next_attempt_at", "attempts", "copy_of", "altered"]  # fmt: skip


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """A site with an ended call whose webhook was delivered."""
    edge = build_edge_site(configuration)
    edge.click_to_call()
    edge.advance()
    return edge


def redeliver(edge: EdgeSite, name: str = "w1") -> Any:
    return edge.request("POST", f"/_mock/webhooks/{name}/redeliver")


def get_webhook(edge: EdgeSite, index: int = 0) -> Any:
    return edge.get_json("/_mock/webhooks")["webhooks"][index]


def statuses(edge: EdgeSite) -> list[Any]:
    return [attempt["status"] for attempt in get_webhook(edge)["attempts"]]


def respond_with(edge: EdgeSite, *next_statuses: int) -> None:
    """Let the receiver respond with these statuses to the next attempts, then with 200."""
    remaining = list(next_statuses)

    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=remaining.pop(0) if remaining else 200)

    edge.default.scheduler.deliveries.dispatcher = RecordingDispatcher(receive)


def test_a_redelivery_returns_the_webhook_as_pending_and_due_now(edge: EdgeSite) -> None:
    before = get_webhook(edge)
    response = redeliver(edge)
    assert response.status_code == 202
    webhook = response.json()
    assert list(webhook) == KEYS
    assert webhook == {
        **before,
        "state": "pending",
        "next_attempt_at": edge.get_json("/_mock/clock")["now"],
    }
    assert response.headers["x-mock-now"] == webhook["next_attempt_at"]


def test_a_redelivered_webhook_is_sent_once_more_as_time_advances(edge: EdgeSite) -> None:
    first = get_webhook(edge)
    redeliver(edge)
    assert len(edge.dispatcher.deliveries) == 1
    assert edge.advance()["attempts"] == 1
    second = get_webhook(edge)
    assert [attempt["number"] for attempt in second["attempts"]] == [1, 2]
    assert second == {**first, "attempts": second["attempts"]}
    bodies = [delivery.webhook.body for delivery in edge.dispatcher.deliveries]
    assert bodies == [first["body"]] * 2


def test_a_webhook_can_be_redelivered_any_number_of_times(edge: EdgeSite) -> None:
    for _ in range(3):
        assert redeliver(edge).status_code == 202
        edge.advance()
    assert [attempt["number"] for attempt in get_webhook(edge)["attempts"]] == [1, 2, 3, 4]


def test_redelivering_a_pending_webhook_is_a_conflict(edge: EdgeSite) -> None:
    assert redeliver(edge).status_code == 202
    assert read_problem(redeliver(edge)) == (409, "webhook-in-flight", "w1 is on its way already")
    edge.advance()
    assert statuses(edge) == [200, 200]


def test_redelivering_a_webhook_during_its_delivery_is_a_conflict(edge: EdgeSite) -> None:
    responses = []

    async def receive(_: Delivery) -> DeliveryResult:
        async with build_client(edge.app) as client:
            responses.append(await client.post("/_mock/webhooks/w1/redeliver"))
        return DeliveryResult(status=200)

    edge.default.scheduler.deliveries.dispatcher = RecordingDispatcher(receive)
    redeliver(edge)
    edge.advance()
    assert [read_problem(response) for response in responses] == [
        (409, "webhook-in-flight", "w1 is on its way already")
    ]
    assert statuses(edge) == [200, 200]


@pytest.mark.parametrize(
    ("next_statuses", "state"), [([200], "delivered"), ([500], "failed"), ([302], "failed")]
)
def test_a_redelivered_webhook_gets_the_state_of_its_new_result(
    edge: EdgeSite, next_statuses: list[int], state: str
) -> None:
    respond_with(edge, *next_statuses)
    redeliver(edge)
    edge.advance()
    assert (get_webhook(edge)["state"], statuses(edge)) == (state, [200, *next_statuses])


def test_a_failed_webhook_can_be_redelivered(configuration: Configuration) -> None:
    edge = build_edge_site(configuration)
    respond_with(edge, 500)
    edge.click_to_call()
    edge.advance()
    assert get_webhook(edge)["state"] == "failed"
    redeliver(edge)
    edge.advance()
    assert (get_webhook(edge)["state"], statuses(edge)) == ("delivered", [500, 200])


def test_a_dropped_webhook_can_be_redelivered(configuration: Configuration) -> None:
    edge = build_edge_site(configuration)
    edge.click_to_call("lost-report")
    edge.advance()
    assert (get_webhook(edge)["state"], edge.dispatcher.deliveries) == ("dropped", [])
    redeliver(edge)
    edge.advance()
    assert (get_webhook(edge)["state"], len(edge.dispatcher.deliveries)) == ("delivered", 1)


def test_only_the_named_one_of_two_duplicate_webhooks_is_redelivered(
    configuration: Configuration,
) -> None:
    edge = build_edge_site(configuration)
    edge.click_to_call("doubled-report")
    edge.advance()
    redeliver(edge, "w2")
    edge.advance()
    attempt_counts = [
        len(webhook["attempts"]) for webhook in edge.get_json("/_mock/webhooks")["webhooks"]
    ]
    assert attempt_counts == [1, 2]


def test_a_redelivered_webhook_is_sent_by_itself_when_the_clock_runs(
    configuration: Configuration,
) -> None:
    edge = build_edge_site(configuration, mode="instant")

    async def redeliver_with_running_clock() -> list[Mapping[str, Any]]:
        edge.default.start()
        async with build_client(edge.app) as client:
            body = {"for": "webhook", "timeout": 20, "match": {"state": "delivered"}}
            headers = {"authorization": "Bearer key"}
            await client.post(CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=headers)
            await client.post("/_mock/wait", json=body)
            await client.post("/_mock/webhooks/w1/redeliver")
            body["match"] = {"attempts.1.status": 200}
            response = await client.post("/_mock/wait", json=body)
        await edge.default.stop()
        webhooks: list[Mapping[str, Any]] = response.json()["webhooks"]
        return webhooks

    [webhook] = asyncio.run(redeliver_with_running_clock())
    assert (webhook["state"], len(webhook["attempts"])) == ("delivered", 2)


def test_a_redelivery_is_journaled(edge: EdgeSite) -> None:
    before = len(edge.get_json("/_mock/journal")["entries"])
    redeliver(edge)
    edge.advance()
    entries = edge.get_json("/_mock/journal")["entries"][before:]
    assert [entry["type"] for entry in entries] == ["command", "delivery-attempt", "clock"]
    assert (entries[0]["path"], entries[0]["call"]) == ("/webhooks/w1/redeliver", "c1")
    assert (entries[1]["webhook"], entries[1]["number"]) == ("w1", 2)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("w11", "no webhook is named w11: did you mean 'w1'?"),
        ("nothing", "no webhook is named nothing: GET /_mock/webhooks lists them"),
    ],
)
def test_redelivering_an_unknown_webhook_is_not_found(edge: EdgeSite, name: str, hint: str) -> None:
    assert read_problem(redeliver(edge, name)) == (404, "unknown-webhook", hint)


def test_redelivering_a_webhook_after_a_reset_is_not_found(edge: EdgeSite) -> None:
    edge.request("POST", "/_mock/reset")
    assert read_problem(redeliver(edge))[0] == 404


def test_a_webhook_can_be_redelivered_only_in_its_own_sandbox(edge: EdgeSite) -> None:
    response = edge.request("POST", "/_sandbox/t1/_mock/webhooks/w1/redeliver")
    assert read_problem(response)[0] == 404
    assert get_webhook(edge)["state"] == "delivered"

"""A webhook that is over is sent once more."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.edge_site import EdgeSite, build_client, build_edge_site, read_problem

KEYS = ["id", "provider", "call", "kind", "method", "url", "headers", "body", "state", "next_at",
        "attempts"]  # fmt: skip


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """With a call that is over and whose report was delivered."""
    edge = build_edge_site(configuration)
    edge.click_to_call()
    edge.advance()
    return edge


def again(edge: EdgeSite, name: str = "w1") -> Any:
    return edge.request("POST", f"/_mock/webhooks/{name}/redeliver")


def webhook(edge: EdgeSite, place: int = 0) -> Any:
    return edge.get_json("/_mock/webhooks")["webhooks"][place]


def statuses(edge: EdgeSite) -> list[Any]:
    return [one["status"] for one in webhook(edge)["attempts"]]


def answering(edge: EdgeSite, *answers: int) -> None:
    """What the receiver says to the next attempts, then 200."""
    rest = list(answers)

    async def carry(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=rest.pop(0) if rest else 200)

    edge.default.scheduler.dispatcher = type("Moody", (), {"deliver": staticmethod(carry)})()


def test_it_answers_with_the_webhook_that_is_on_its_way_again(edge: EdgeSite) -> None:
    before = webhook(edge)
    answer = again(edge)
    assert answer.status_code == 202
    told = answer.json()
    assert list(told) == KEYS
    assert told == {**before, "state": "pending", "next_at": edge.get_json("/_mock/clock")["now"]}
    assert answer.headers["x-mock-now"] == told["next_at"]


def test_it_is_sent_when_time_goes_on_and_counted_as_one_more_attempt(edge: EdgeSite) -> None:
    first = webhook(edge)
    again(edge)
    assert len(edge.dispatcher.deliveries) == 1
    assert edge.advance()["attempts"] == 1
    told = webhook(edge)
    assert [one["number"] for one in told["attempts"]] == [1, 2]
    assert told == {**first, "attempts": told["attempts"]}
    assert [one.webhook.body for one in edge.dispatcher.deliveries] == [first["body"]] * 2


def test_as_often_as_one_likes(edge: EdgeSite) -> None:
    for _ in range(3):
        assert again(edge).status_code == 202
        edge.advance()
    assert [one["number"] for one in webhook(edge)["attempts"]] == [1, 2, 3, 4]


def test_not_while_it_is_on_its_way(edge: EdgeSite) -> None:
    assert again(edge).status_code == 202
    assert read_problem(again(edge)) == (409, "conflict", "w1 is on its way already")
    edge.advance()
    assert statuses(edge) == [200, 200]


def test_not_while_it_is_being_delivered(edge: EdgeSite) -> None:
    told = []

    async def carry(_: Delivery) -> DeliveryResult:
        async with build_client(edge.app) as there:
            told.append(await there.post("/_mock/webhooks/w1/redeliver"))
        return DeliveryResult(status=200)

    edge.default.scheduler.dispatcher = type("Nosy", (), {"deliver": staticmethod(carry)})()
    again(edge)
    edge.advance()
    assert [read_problem(one) for one in told] == [(409, "conflict", "w1 is on its way already")]
    assert statuses(edge) == [200, 200]


@pytest.mark.parametrize(
    ("answers", "state"), [([200], "delivered"), ([500], "failed"), ([302], "failed")]
)
def test_it_may_end_otherwise_than_before(edge: EdgeSite, answers: list[int], state: str) -> None:
    answering(edge, *answers)
    again(edge)
    edge.advance()
    assert (webhook(edge)["state"], statuses(edge)) == (state, [200, *answers])


def test_one_that_has_failed_may_be_delivered_after_all(configuration: Configuration) -> None:
    edge = build_edge_site(configuration)
    answering(edge, 500)
    edge.click_to_call()
    edge.advance()
    assert webhook(edge)["state"] == "failed"
    again(edge)
    edge.advance()
    assert (webhook(edge)["state"], statuses(edge)) == ("delivered", [500, 200])


def test_one_that_was_dropped_is_sent_after_all(configuration: Configuration) -> None:
    edge = build_edge_site(configuration)
    edge.click_to_call("lost-report")
    edge.advance()
    assert (webhook(edge)["state"], edge.dispatcher.deliveries) == ("dropped", [])
    again(edge)
    edge.advance()
    assert (webhook(edge)["state"], len(edge.dispatcher.deliveries)) == ("delivered", 1)


def test_of_two_that_are_alike_only_one_is_sent(configuration: Configuration) -> None:
    edge = build_edge_site(configuration)
    edge.click_to_call("doubled-report")
    edge.advance()
    again(edge, "w2")
    edge.advance()
    told = [len(one["attempts"]) for one in edge.get_json("/_mock/webhooks")["webhooks"]]
    assert told == [1, 2]


def test_by_itself_where_time_flows_by_itself(configuration: Configuration) -> None:
    edge = build_edge_site(configuration, mode="instant")

    async def scenario() -> list[Mapping[str, Any]]:
        edge.default.start()
        async with build_client(edge.app) as there:
            body = {"for": "webhook", "timeout": 20, "match": {"state": "delivered"}}
            click = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
            headers = {"authorization": "Bearer key"}
            await there.post("/api/v2/voice/c2c", json=click, headers=headers)
            await there.post("/_mock/wait", json=body)
            await there.post("/_mock/webhooks/w1/redeliver")
            body["match"] = {"attempts.1.status": 200}
            answer = await there.post("/_mock/wait", json=body)
        await edge.default.stop()
        told: list[Mapping[str, Any]] = answer.json()["webhooks"]
        return told

    [told] = asyncio.run(scenario())
    assert (told["state"], len(told["attempts"])) == ("delivered", 2)


def test_it_is_a_fact_of_the_journal(edge: EdgeSite) -> None:
    before = len(edge.get_json("/_mock/journal")["facts"])
    again(edge)
    edge.advance()
    told = edge.get_json("/_mock/journal")["facts"][before:]
    assert [one["fact"] for one in told] == ["control", "attempt", "clock"]
    assert (told[0]["path"], told[0]["call"]) == ("/webhooks/w1/redeliver", "c1")
    assert (told[1]["webhook"], told[1]["number"]) == ("w1", 2)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("w11", "no webhook is named w11: did you mean 'w1'?"),
        ("nothing", "no webhook is named nothing: GET /_mock/webhooks lists them"),
    ],
)
def test_one_that_is_not_there(edge: EdgeSite, name: str, hint: str) -> None:
    assert read_problem(again(edge, name)) == (404, "not found", hint)


def test_after_a_reset_there_is_none(edge: EdgeSite) -> None:
    edge.request("POST", "/_mock/reset")
    assert read_problem(again(edge))[0] == 404


def test_only_in_its_own_sandbox(edge: EdgeSite) -> None:
    answer = edge.request("POST", "/_sandbox/t1/_mock/webhooks/w1/redeliver")
    assert read_problem(answer)[0] == 404
    assert webhook(edge)["state"] == "delivered"

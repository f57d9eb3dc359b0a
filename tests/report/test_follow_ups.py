"""Requests to the vendor's API that follow a webhook."""

from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry
from mockserver.core.selection import ScenarioSet
from mockserver.core.webhook import DeliveryAttempt, DeliveryResult
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.report.follow_ups import FollowUp, find_follow_ups
from tests.support import read
from tests.support.builders import build_delivery, build_webhook
from tests.support.simulation import START, play_until_idle
from tests.support.vendors import effebot

URL = "http://app.test/report?id=7"


def request(name: str, at: int, **more: Any) -> JournalEntry:
    """The entry of a request to the operation `c2c`."""
    exchange = Exchange(
        id=name,
        at=at,
        provider="mobtexting",
        operation="c2c",
        request=Request(method="POST", path="/"),
        response=Response(status=200),
        fault=None,
        explanation="",
        scenario_names=(),
        scenarios=ScenarioSet(by_name={}, default=""),
        **more,
    )
    return JournalEntry(at=at, type="request", call_id="", payload=exchange)


def poll(call_id: str, at: int) -> JournalEntry:
    event = Event(at=at, type="poll")
    return JournalEntry(at=at, type="event", call_id=call_id, payload=event)


def attempt(name: str, call_id: str, begin: int, end: int, **result: Any) -> JournalEntry:
    """The entry of an attempt that has begun and ended at these times."""
    made = DeliveryAttempt(
        number=1, at=begin, result=DeliveryResult(**{"status": 200, "error": None, **result})
    )
    webhook = build_webhook(call_id=call_id, url=URL)
    delivery = build_delivery(id=name, webhook=webhook, attempts=(made,))
    return JournalEntry(at=end, type="delivery-attempt", call_id=call_id, payload=delivery)


MOVES_C1: dict[str, Any] = {"call_ids": ("c1",)}
PLACES_C1: dict[str, Any] = {"call_ids": ("c1",), "placed_calls": {0: "c1"}}

RUNS: dict[str, tuple[tuple[JournalEntry, ...], list[tuple[str, str, str]]]] = {
    "nothing": ((), []),
    "a request before the webhook": ((request("r1", 0), attempt("w1", "c1", 5, 6)), []),
    "a request for nothing of the call": ((attempt("w1", "c1", 5, 6), request("r1", 9)), []),
    "a request that moves the call": (
        (attempt("w1", "c1", 5, 6), request("r1", 9, **MOVES_C1)),
        [("r1", "w1", "same-call")],
    ),
    "a request that moves the call before its webhook": (
        (request("r1", 0, **MOVES_C1), attempt("w1", "c1", 5, 6)),
        [],
    ),
    "a read of the call": (
        (attempt("w1", "c1", 5, 6), request("r1", 9), poll("c1", 9)),
        [("r1", "w1", "same-call")],
    ),
    "a read of another call": (
        (attempt("w1", "c1", 5, 6), request("r1", 9), poll("c2", 9)),
        [],
    ),
    "the latest webhook of the call": (
        (attempt("w1", "c1", 1, 2), attempt("w2", "c1", 3, 4), request("r1", 9, **MOVES_C1)),
        [("r1", "w2", "same-call")],
    ),
    "a request while the receiver has not answered": (
        (request("r1", 5), attempt("w1", "c1", 5, 6)),
        [("r1", "w1", "unanswered")],
    ),
    "a request for the call while the receiver has not answered": (
        (request("r1", 5, **MOVES_C1), attempt("w1", "c1", 5, 6)),
        [("r1", "w1", "same-call")],
    ),
    "a request for another call while the receiver has not answered": (
        (attempt("w1", "c1", 1, 2), request("r1", 5, **MOVES_C1), attempt("w2", "c2", 5, 6)),
        [("r1", "w1", "same-call")],
    ),
    "the webhook that has waited longest": (
        (request("r1", 5), attempt("w1", "c1", 4, 6), attempt("w2", "c2", 3, 7)),
        [("r1", "w2", "unanswered")],
    ),
    "the first of the webhooks of one instant": (
        (request("r1", 5), attempt("w1", "c1", 5, 6), attempt("w2", "c2", 5, 7)),
        [("r1", "w1", "unanswered")],
    ),
    "the webhook before the response to the request that caused it": (
        (request("r1", 5, **PLACES_C1), attempt("w1", "c1", 5, 6)),
        [],
    ),
    "a simulated attempt": (
        (request("r1", 5), attempt("w1", "c1", 5, 6, simulated=True), request("r2", 9, **MOVES_C1)),
        [],
    ),
}


@pytest.mark.parametrize(("entries", "found"), RUNS.values(), ids=RUNS)
def test_a_follow_up_names_request_webhook_and_reason(
    entries: tuple[JournalEntry, ...], found: list[tuple[str, str, str]]
) -> None:
    assert [*find_follow_ups(entries)] == [
        FollowUp(request=name, operation="c2c", webhook=webhook, url=URL, because=because)
        for name, webhook, because in found
    ]


def test_a_vendor_request_that_reads_a_call_follows_its_latest_webhook(state: SandboxState) -> None:
    effebot.request(state, "create", webhookUrl=URL)
    delivery = play_until_idle(state)[-1]
    status = effebot.request(state, "get", now=START + 3_600_000)
    [followed] = find_follow_ups(read.journal(state))
    assert (followed.request, followed.webhook) == (status.id, delivery.id)
    assert (followed.operation, followed.because) == ("get", "same-call")

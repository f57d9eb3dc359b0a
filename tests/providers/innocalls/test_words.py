"""Every word of Innocalls' responses and webhooks is listed with how we know of it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.providers.innocalls.words import WORDS
from tests.support import read
from tests.support.simulation import play_until_idle
from tests.support.vendors import response_body
from tests.support.vendors.innocalls import request

SCENARIOS = ("answered", "callee-busy", "no-answer", "hangs-up-early")


def unlisted(body: Any) -> list[tuple[str, object]]:
    """Return (field, word) of each word in a status that is not listed."""
    status = body["data"]["callStatus"]
    names = ("callStatus", "firstRecipientStatus", "secondRecipientStatus")
    return [
        (name, status[name])
        for name in names
        if status[name] not in WORDS[f"data.callStatus.{name}"]
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_call_status_has_listed_words_only(state: SandboxState, scenario: str) -> None:
    request(state, "bridge", scenario)
    vendor_id = read.calls(state)["c1"].spec.vendor_id
    while due := read.peek(state):
        run_due_item(state)
        status = request(state, "call-status", now=due.at, call_id=vendor_id)
        assert unlisted(response_body(status)) == []


@pytest.mark.parametrize("scenario", [*SCENARIOS, "dispatch-confirmed"])
def test_a_webhook_has_listed_words_only(state: SandboxState, scenario: str) -> None:
    request(state, "dispatch", scenario, webhook="http://localhost/hook")
    play_until_idle(state)
    queries = [
        parse_qs(urlsplit(delivery.webhook.url).query)
        for delivery in read.deliveries(state).values()
    ]
    assert queries
    for name in ("action", "disposition"):
        words = {word for query in queries for word in query.get(name, ())}
        assert words <= WORDS[f"{name} of a webhook"].keys()


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("authorize", {}),
        ("order-confirmation", {}),
        ("dispatch", {}),
        ("order-confirmation", {"phone": None}),
    ],
)
def test_a_response_has_listed_words_only(
    state: SandboxState, operation: str, more: dict[str, Any]
) -> None:
    exchange = request(state, operation, **more)
    body = response_body(exchange)
    assert str(body["success"]).lower() in WORDS["success"]
    assert exchange.fault or body["data"]["message"] in WORDS["data.message"]

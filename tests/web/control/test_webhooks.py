"""The control API lists webhooks with their states and delivery attempts."""

import pytest

from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.site import read_problem
from tests.support.site_client import ORIGIN, SiteClient

KEYS = [
    "id", "provider", "call", "kind", "method", "url", "headers", "body", "state",
    "next_attempt_at",
    "attempts", "copy_of", "altered",
]  # fmt: skip
ACCOUNT_PATH = "/_mock/accounts/mobtexting/mobtexting-default"


def webhook_ids(site: SiteClient, query: str = "") -> list[str]:
    return [webhook["id"] for webhook in site.get_json(f"/_mock/webhooks{query}")["webhooks"]]


def test_the_webhook_list_is_empty_at_first(site: SiteClient) -> None:
    assert site.get_json("/_mock/webhooks") == {"webhooks": [], "evicted": 0, "total": 0}


def test_a_delivered_webhook_is_listed_with_its_attempts(site: SiteClient) -> None:
    site.click_to_call()
    site.advance()
    [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
    assert list(webhook) == KEYS
    assert webhook.pop("body")["status"] == "COMPLETED"
    assert webhook == {
        "id": "w1",
        "provider": "mobtexting",
        "call": "c1",
        "kind": "completed",
        "method": "POST",
        "url": f"{ORIGIN}/_mock/receive/mobtexting",
        "headers": {},
        "state": "delivered",
        "next_attempt_at": None,
        "attempts": [
            {
                "number": 1,
                "at": "2026-01-01T09:00:10.000Z",
                "status": 200,
                "error": None,
                "duration_ms": 7,
                "response": "thanks",
                "reason": None,
            }
        ],
        "copy_of": None,
        "altered": None,
    }


def test_a_webhook_shows_the_url_of_an_external_receiver(site: SiteClient) -> None:
    site.request("PATCH", ACCOUNT_PATH, json={"webhooks": {"any": "https://receiver.test/x"}})
    site.click_to_call()
    site.advance()
    [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
    assert webhook["url"] == "https://receiver.test/x"


@pytest.mark.parametrize(
    ("result", "state", "expected"),
    [
        (DeliveryResult(status=202), "delivered", (202, None)),
        (DeliveryResult(status=500), "failed", (500, None)),
        (DeliveryResult(status=201), "failed", (201, None)),  # the vendor takes 200 and 202 alone
        (DeliveryResult(status=None, error="timeout"), "failed", (None, "timeout")),
        (
            DeliveryResult(status=None, error="refused-target", reason="public"),
            "refused",
            (None, "refused-target"),
        ),
    ],
)
def test_a_webhook_shows_the_state_and_result_of_its_delivery(
    site: SiteClient, result: DeliveryResult, state: str, expected: tuple[int | None, str | None]
) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        return result

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance()
    [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
    assert webhook["state"] == state
    assert [(attempt["status"], attempt["error"]) for attempt in webhook["attempts"]] == [expected]


def test_a_webhook_is_pending_until_its_last_retry(site: SiteClient) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=503)

    site.dispatcher.receive = receive
    site.request("PATCH", ACCOUNT_PATH, json={"retry": {"waits": ["60s"], "satisfied_by": [200]}})
    site.click_to_call()
    site.advance(by=20)
    [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
    assert (webhook["state"], webhook["next_attempt_at"]) == ("pending", "2026-01-01T09:01:10.000Z")
    site.advance()
    [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
    assert (webhook["state"], webhook["next_attempt_at"], len(webhook["attempts"])) == (
        "failed",
        None,
        2,
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["w1", "w2", "w3"]),
        ("?provider=mobtexting", ["w1", "w2", "w3"]),
        ("?provider=phonon", []),
        ("?call=c2", ["w2"]),
        ("?call=c9", []),
        ("?state=failed", ["w2"]),
        ("?state=delivered&kind=completed", ["w1", "w3"]),
        ("?kind=report", []),
        ("?limit=2", ["w1", "w2"]),
        ("?after=w2", ["w3"]),
        ("?state=delivered&after=w1", ["w3"]),
    ],
)
def test_webhooks_are_filtered_and_paginated(
    site: SiteClient, query: str, expected: list[str]
) -> None:
    async def receive(delivery: Delivery) -> DeliveryResult:
        return DeliveryResult(status=500 if delivery.webhook.call_id == "c2" else 200)

    site.dispatcher.receive = receive
    for _ in range(3):
        site.click_to_call()
    site.advance()
    assert webhook_ids(site, query) == expected


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?limit=x", "limit must be a whole number"),
        ("?after=w1", "nothing here has the id 'w1' to come after"),
    ],
)
def test_an_invalid_page_of_the_webhook_list_is_rejected(
    site: SiteClient, query: str, detail: str
) -> None:
    response = site.request("GET", f"/_mock/webhooks{query}")
    assert read_problem(response) == (422, "invalid-query", detail)


@pytest.mark.parametrize(
    "body", [b"NaN", b'"\\ud800"', b"[" * 5_000], ids=["NaN", "surrogate", "deep"]
)
def test_a_webhook_with_a_hostile_response_body_can_be_shown(site: SiteClient, body: bytes) -> None:
    async def receive(_: Delivery) -> DeliveryResult:
        return DeliveryResult(status=200, body=body)

    site.dispatcher.receive = receive
    site.click_to_call()
    site.advance()
    assert site.request("GET", "/_mock/webhooks").status_code == 200

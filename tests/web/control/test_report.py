"""What the receivers of a sandbox did, as the control API reports it."""

from mockserver.core.webhook import Delivery, DeliveryResult
from tests.support.edge_site import EdgeSite
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import BEARER, HEADERS, build_client

DUPLICATED = {"webhooks": {"any": {"duplicate": 2}}}


def test_a_sandbox_without_webhooks_has_no_receivers(edge: EdgeSite) -> None:
    assert edge.get_json("/_mock/report") == {"receivers": [], "evicted": 0}


def test_a_report_has_what_a_receiver_did(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/twice", json=DUPLICATED)
    edge.click_to_call("twice")

    async def receive(delivery: Delivery) -> DeliveryResult:
        status = 500 if delivery.copy_of else 200
        return DeliveryResult(status=status, body=b'{"done":true}', duration_ms=7)

    edge.dispatcher.receive = receive
    edge.advance()
    assert edge.get_json("/_mock/report")["receivers"] == [
        {
            "url": "{origin}/_mock/receive/mobtexting",
            "kinds": ["completed"],
            "states": {"delivered": 1, "failed": 1},
            "attempts": 2,
            "unasked": 0,
            "statuses": {"200": 1, "500": 1},
            "errors": {},
            "failures": 1,
            "failed_webhooks": {"500": ["w2"]},
            "latency_ms": {"p50": 7, "p99": 7},
            "differing_copies": [
                {
                    "webhooks": ["w1", "w2"],
                    "differs": ["status"],
                    "answers": [
                        {
                            "webhook": "w1",
                            "attempt": 1,
                            "status": 200,
                            "error": None,
                            "body": {"done": True},
                        },
                        {
                            "webhook": "w2",
                            "attempt": 1,
                            "status": 500,
                            "error": None,
                            "body": {"done": True},
                        },
                    ],
                }
            ],
            "follow_ups": [],
        }
    ]


def test_a_report_has_the_requests_that_followed_a_webhook(edge: EdgeSite) -> None:
    edge.click_to_call()

    async def call_again(delivery: Delivery) -> DeliveryResult:
        if delivery.id == "w1":
            async with build_client(edge.app) as client:
                await client.post(CLICK_TO_CALL_PATH, json=CLICK_TO_CALL, headers=HEADERS)
        return DeliveryResult(status=200)

    edge.dispatcher.receive = call_again
    edge.advance()
    [receiver] = edge.get_json("/_mock/report")["receivers"]
    assert receiver["follow_ups"] == [
        {"request": "r2", "operation": "c2c", "webhook": "w1", "because": "unanswered"}
    ]


def test_a_report_has_no_secrets(edge: EdgeSite) -> None:
    account = {"webhooks": {"any": f"http://user:{BEARER}@app.test/report?token={BEARER}"}}
    edge.request("PATCH", "/_mock/accounts/mobtexting/mobtexting-default", json=account)
    edge.click_to_call()
    edge.advance()
    text = edge.request("GET", "/_mock/report").text
    assert ("@app.test/report" in text, BEARER in text) == (True, False)

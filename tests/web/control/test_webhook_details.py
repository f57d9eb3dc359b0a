"""A webhook says which one it copies, how it was altered, and why an attempt failed."""

import pytest

from mockserver.core.webhook import ERROR_REASONS, Delivery, DeliveryResult
from tests.support.dispatchers import Receiver
from tests.support.site_client import SiteClient

SCENARIO = "/_mock/scenarios/mine"


def receiver_with_result(result: DeliveryResult) -> Receiver:
    async def receive(_: Delivery) -> DeliveryResult:
        return result

    return receive


def play(site: SiteClient, **delivery: object) -> None:
    """Place a call whose report is delivered as a scenario says, and play it to its end."""
    body = {"webhooks": {"any": delivery}}
    assert site.request("PUT", SCENARIO, json=body).status_code == 200
    site.click_to_call("mine")
    site.advance()


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        ({"after": "1s"}, [("w1", None, None)]),
        ({"duplicate": 3}, [("w1", None, None), ("w2", "w1", None), ("w3", "w1", None)]),
        ({"corrupt": "truncate"}, [("w1", None, "truncate")]),
        (
            {"corrupt": "garbage", "duplicate": 2},
            [("w1", None, "garbage"), ("w2", "w1", "garbage")],
        ),
        ({"drop": "all"}, [("w1", None, None)]),
    ],
)
def test_a_webhook_names_the_one_it_copies_and_how_it_was_altered(
    site: SiteClient,
    delivery: dict[str, object],
    expected: list[tuple[str, str | None, str | None]],
) -> None:
    play(site, **delivery)
    webhooks = site.get_json("/_mock/webhooks")["webhooks"]
    assert [(each["id"], each["copy_of"], each["altered"]) for each in webhooks] == expected


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (DeliveryResult(status=200), None),
        (DeliveryResult(status=500), None),
        *(
            (DeliveryResult(status=None, error=error), reason)
            for error, reason in ERROR_REASONS.items()
        ),
        (
            DeliveryResult(
                status=None, error="refused-target", reason="8.8.8.8 (public) is not allowed"
            ),
            "8.8.8.8 (public) is not allowed",
        ),
    ],
)
def test_a_failed_attempt_has_a_reason_in_webhook_journal_and_timeline(
    site: SiteClient, result: DeliveryResult, reason: str | None
) -> None:
    site.dispatcher.receive = receiver_with_result(result)
    site.click_to_call()
    site.advance()
    [webhook] = site.get_json("/_mock/webhooks")["webhooks"]
    entries = site.get_json("/_mock/journal")["entries"]
    [entry] = [entry for entry in entries if entry["type"] == "delivery-attempt"]
    [line] = [
        line
        for line in site.request("GET", "/_mock/timeline").text.splitlines()
        if " attempt 1 " in line
    ]
    assert ([attempt["reason"] for attempt in webhook["attempts"]], entry["reason"]) == (
        [reason],
        reason,
    )
    assert line.endswith(f" ({reason})") == (reason is not None)

"""The lifecycle of an Effebot call: statuses, webhooks, planned calls, recordings, records."""

import io
import wave
from typing import Any

import pytest

from mockserver.core.http import Upload
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_for
from tests.support.vendors import response_body
from tests.support.vendors.effebot import ACCOUNT_KEY, call_details, patch_account, request

HOOK = "http://localhost:3000/status"


def statuses(deliveries: list[Delivery]) -> list[tuple[int, Any]]:
    tries = []
    for delivery in deliveries:
        assert delivery.webhook.body is not None
        api_calls: Any = delivery.webhook.body["apiCalls"]
        tries.append((api_calls[0]["webhookTry"], api_calls[0]["calls"][0]["status"]))
    return tries


def test_a_status_webhook_is_sent_on_every_change_of_status(state: SandboxState) -> None:
    request(state, "create", webhookUrl=HOOK)
    deliveries = play_until_idle(state)
    assert [status for _, status in statuses(deliveries)] == [
        "processed",
        "started",
        "answered",
        "finished",
    ]
    assert {delivery.webhook.url for delivery in deliveries} == {HOOK}
    details = response_body(request(state, "get"))
    assert (details["webhookSent"], details["webhookTry"], details["webhookUrl"]) == (1, 1, HOOK)


def test_an_unanswered_call_is_canceled(state: SandboxState) -> None:
    request(state, "create", "no-answer", webhookUrl=HOOK)
    assert [status for _, status in statuses(play_until_idle(state))] == [
        "processed",
        "started",
        "canceled",
    ]
    assert (call_details(state)["hangupCause"], call_details(state)["cost"]) == ("no-answer", "0")


@pytest.mark.parametrize(
    ("results", "attempt_times", "sent"),
    [([500, 500, 200], [0, 60, 120], 1), ([500] * 9, [0, 60, 120], 0), ([202, 200], [0, 60], 1)],
)
def test_a_failed_status_webhook_is_tried_three_times_one_minute_apart(
    state: SandboxState, results: list[int], attempt_times: list[int], sent: int
) -> None:
    results_left = list(results)

    def receive(delivery: Delivery) -> DeliveryResult:
        last = statuses([delivery])[0][1] == "finished"
        return DeliveryResult(status=results_left.pop(0) if last else 200)

    request(state, "create", webhookUrl=HOOK)
    play_until_idle(state, receive)
    last = list(read.deliveries(state).values())[-1]
    assert [(attempt.at - START - 8_000) // 1_000 for attempt in last.attempts] == attempt_times
    details = response_body(request(state, "get"))
    assert (details["webhookSent"], details["webhookTry"]) == (sent, len(attempt_times))


def test_a_planned_call_can_be_rescheduled_or_removed(state: SandboxState) -> None:
    later = START // 1_000 + 3_600
    request(state, "create", plannedAt=later)
    request(state, "create", plannedAt=later)
    request(state, "update", callList=[{"id": 1, "replannedAt": later + 60}])
    request(state, "remove", id=2)
    play_until_idle(state)
    assert (call_details(state)["startedAt"], call_details(state)["status"]) == (
        later + 60,
        "finished",
    )
    assert (call_details(state, 2)["startedAt"], call_details(state, 2)["status"]) == (
        None,
        "canceled",
    )


def test_a_planned_call_rescheduled_into_the_past_starts_at_once(state: SandboxState) -> None:
    request(state, "create", plannedAt=START // 1_000 + 3_600)
    request(state, "update", callList=[{"id": 1, "replannedAt": 12345}])
    play_until_idle(state)
    assert call_details(state)["startedAt"] == START // 1_000


@pytest.mark.parametrize("operation", ["remove", "update"])
def test_a_started_call_cannot_be_removed_or_rescheduled(
    state: SandboxState, operation: str
) -> None:
    request(state, "create")
    run_for(state, 1_000)
    move = {"callList": [{"id": 1, "replannedAt": 1}]}
    exchange = request(
        state, operation, now=START + 1_000, **(move if operation == "update" else {"id": 1})
    )
    assert exchange.fault == "call-already-started"


def test_create_returns_one_item_per_distinct_number(state: SandboxState) -> None:
    numbers = ["99999999991", "99999999992", "99999999991"]
    items = response_body(request(state, "create", phone=None, phones=numbers))
    assert [(item["id"], item["phone"]) for item in items] == [(1, numbers[0]), (2, numbers[1])]


def test_the_wrapped_quirk_wraps_responses_in_status_and_data(state: SandboxState) -> None:
    patch_account(state, {"quirks": ["wrapped"]})
    body = response_body(request(state, "create"))
    assert (body["status"], body["data"][0]["needRecording"]) == ("success", 0)
    assert response_body(request(state, "get"))["data"][0]["calls"][0]["status"] == "created"
    assert response_body(request(state, "user-info"))["data"]["id"] == 1


def test_call_details_link_the_recording(state: SandboxState) -> None:
    request(state, "create", "presses-one", needRecording=1)
    play_until_idle(state)
    assert call_details(state)["recordFilePath"] == read.calls(state)["c1"].spec.recording_url


def test_webhooks_carry_x_forwarded_for_if_the_account_sets_it(state: SandboxState) -> None:
    patch_account(state, {"forwarded_for": "209.97.136.240"})
    request(state, "create", webhookUrl=HOOK)
    assert {delivery.webhook.headers["x-forwarded-for"] for delivery in play_until_idle(state)} == {
        "209.97.136.240"
    }


def test_a_template_is_read_out(state: SandboxState) -> None:
    request(state, "create-with-template")
    play_until_idle(state)
    texts = [event.data["text"] for event in read.calls(state)["c1"].events if event.type == "play"]
    assert texts == ["We remind you of your appointment"]
    assert response_body(request(state, "get-templates", onlyModerated=1)) == [
        {"id": 1, "name": "Reminder"}
    ]
    assert len(response_body(request(state, "get-templates"))) == 2


def silent_wav(millis: int) -> bytes:
    """Return a silent WAV that lasts `millis` ms."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * 8 * millis)
    return buffer.getvalue()


def test_an_uploaded_record_is_kept_and_played_back(state: SandboxState) -> None:
    upload = Upload(filename="a.wav", content_type="audio/wav", data=silent_wav(2_500))
    record = response_body(request(state, "create-record", name="Mine", source="file", file=upload))
    assert read.accounts(state)[ACCOUNT_KEY].records["records"]["1343"].length == 2_500
    assert record["path"] == "http://h/effebot/storage/effebot-default/1343.wav"
    response = request(state, "play-record", account="effebot-default", file="1343.wav").response
    assert (response.body, response.headers["content-type"]) == (upload.data, "audio/wav")


def test_a_synthesized_record_is_a_wav_as_long_as_its_text(state: SandboxState) -> None:
    request(state, "create-record", name="Mine", source="text", text="x" * 45)
    body = request(state, "play-record", account="effebot-default", file="1343.wav").response.body
    assert isinstance(body, bytes)
    with wave.open(io.BytesIO(body)) as file:
        assert file.getnframes() * 1_000 // file.getframerate() == 3_000


def test_a_new_record_cannot_be_used_before_moderation(state: SandboxState) -> None:
    request(state, "create-record", name="Mine", source="text", text="Hello")
    assert request(state, "create", record={"id": 1343}).fault == "record-in-moderation"
    patch_account(state, {"records": {"1343": {"moderated": "true"}}})
    assert request(state, "create", record={"id": 1343}).fault is None


def test_an_outgoing_number_is_confirmed_by_its_pin(state: SandboxState) -> None:
    call = {"outgoingPhone": "99999999996"}
    assert request(state, "create", **call).fault == "outgoing-phone-unconfirmed"
    assert request(state, "confirm-phone", phone="99999999996", pin=43).fault == "wrong-pin"
    for pin in (42, "0042"):
        assert (
            response_body(request(state, "confirm-phone", phone="99999999996", pin=pin))["data"]
            == "done"
        )
    assert request(state, "create", **call).fault is None


def test_a_blocked_number_is_not_called(state: SandboxState) -> None:
    request(state, "block-phones", phones=[{"phone": "99999999999", "comment": "no"}])
    request(state, "create")
    play_until_idle(state)
    assert (call_details(state)["status"], call_details(state)["startedAt"]) == ("canceled", None)


@pytest.mark.parametrize(("all_numbers", "count"), [(None, 2), (False, 2), (True, 3), ("1", 3)])
def test_numbers_of_the_system_are_listed_only_with_all(
    state: SandboxState, all_numbers: object, count: int
) -> None:
    assert len(response_body(request(state, "get-phones", all=all_numbers))["data"]) == count

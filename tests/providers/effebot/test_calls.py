"""A call's life at Effebot: statuses and their webhooks, plans, retries, recordings, records."""

import io
import wave
from typing import Any

import pytest

from mockserver.core.http import Upload
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, play_until_idle, run_for
from tests.support.vendors.effebot import (
    ACCOUNT_KEY,
    call_details,
    patch_account,
    request,
    response_body,
)

HOOK = "http://localhost:3000/status"


def statuses(sent: list[Delivery]) -> list[tuple[int, Any]]:
    told = []
    for one in sent:
        assert one.webhook.body is not None
        listed: Any = one.webhook.body["apiCalls"]
        told.append((listed[0]["webhookTry"], listed[0]["calls"][0]["status"]))
    return told


def test_webhook_on_every_change_of_status(state: SandboxState) -> None:
    request(state, "create", webhookUrl=HOOK)
    sent = play_until_idle(state)
    assert [status for _, status in statuses(sent)] == [
        "processed",
        "started",
        "answered",
        "finished",
    ]
    assert {one.webhook.url for one in sent} == {HOOK}
    told = response_body(request(state, "get"))
    assert (told["webhookSent"], told["webhookTry"], told["webhookUrl"]) == (1, 1, HOOK)


def test_call_that_nobody_answers_is_canceled(state: SandboxState) -> None:
    request(state, "create", "no-answer", webhookUrl=HOOK)
    assert [status for _, status in statuses(play_until_idle(state))] == [
        "processed",
        "started",
        "canceled",
    ]
    assert (call_details(state)["hangupCause"], call_details(state)["cost"]) == ("no-answer", "0")


@pytest.mark.parametrize(
    ("answers", "tries", "sent"),
    [([500, 500, 200], [0, 60, 120], 1), ([500] * 9, [0, 60, 120], 0), ([202, 200], [0, 60], 1)],
)
def test_status_webhook_is_tried_three_times_a_minute_apart(
    state: SandboxState, answers: list[int], tries: list[int], sent: int
) -> None:
    left = list(answers)

    def receive(delivery: Delivery) -> DeliveryResult:
        last = statuses([delivery])[0][1] == "finished"
        return DeliveryResult(status=left.pop(0) if last else 200)

    request(state, "create", webhookUrl=HOOK)
    play_until_idle(state, receive)
    last = list(read.deliveries(state).values())[-1]
    assert [(one.at - START - 8_000) // 1_000 for one in last.attempts] == tries
    told = response_body(request(state, "get"))
    assert (told["webhookSent"], told["webhookTry"]) == (sent, len(tries))


def test_planned_moved_and_removed(state: SandboxState) -> None:
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


def test_moved_into_the_past_starts_at_once(state: SandboxState) -> None:
    request(state, "create", plannedAt=START // 1_000 + 3_600)
    request(state, "update", callList=[{"id": 1, "replannedAt": 12345}])
    play_until_idle(state)
    assert call_details(state)["startedAt"] == START // 1_000


@pytest.mark.parametrize("operation", ["remove", "update"])
def test_started_call_refuses(state: SandboxState, operation: str) -> None:
    request(state, "create")
    run_for(state, 1_000)
    move = {"callList": [{"id": 1, "replannedAt": 1}]}
    told = request(
        state, operation, now=START + 1_000, **(move if operation == "update" else {"id": 1})
    )
    assert told.fault == "call-already-started"


def test_one_item_for_each_number(state: SandboxState) -> None:
    numbers = ["99999999991", "99999999992", "99999999991"]
    told = response_body(request(state, "create", phone=None, phones=numbers))
    assert [(one["id"], one["phone"]) for one in told] == [(1, numbers[0]), (2, numbers[1])]


def test_wrapped_is_what_public_clients_read(state: SandboxState) -> None:
    patch_account(state, {"quirks": ["wrapped"]})
    told = response_body(request(state, "create"))
    assert (told["status"], told["data"][0]["needRecording"]) == ("success", 0)
    assert response_body(request(state, "get"))["data"][0]["calls"][0]["status"] == "created"
    assert response_body(request(state, "user-info"))["data"]["id"] == 1


def test_recording_can_be_heard(state: SandboxState) -> None:
    request(state, "create", "presses-one", needRecording=1)
    play_until_idle(state)
    assert call_details(state)["recordFilePath"] == read.calls(state)["c1"].spec.recording_url


def test_source_address_is_told_where_the_account_wants_it(state: SandboxState) -> None:
    patch_account(state, {"forwarded_for": "209.97.136.240"})
    request(state, "create", webhookUrl=HOOK)
    assert {one.webhook.headers["x-forwarded-for"] for one in play_until_idle(state)} == {
        "209.97.136.240"
    }


def test_template_is_read_out(state: SandboxState) -> None:
    request(state, "create-with-template")
    play_until_idle(state)
    texts = [event.data["text"] for event in read.calls(state)["c1"].events if event.type == "play"]
    assert texts == ["We remind you of your appointment"]
    assert response_body(request(state, "get-templates", onlyModerated=1)) == [
        {"id": 1, "name": "Reminder"}
    ]
    assert len(response_body(request(state, "get-templates"))) == 2


def tone(millis: int) -> bytes:
    """A silent WAV of that length."""
    told = io.BytesIO()
    with wave.open(told, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * 8 * millis)
    return told.getvalue()


def test_upload_is_kept_and_played(state: SandboxState) -> None:
    upload = Upload(filename="a.wav", content_type="audio/wav", data=tone(2_500))
    made = response_body(request(state, "create-record", name="Mine", source="file", file=upload))
    assert read.accounts(state)[ACCOUNT_KEY].records["records"]["1343"].length == 2_500
    assert made["path"] == "http://h/effebot/storage/effebot-default/1343.wav"
    heard = request(state, "play-record", account="effebot-default", file="1343.wav").response
    assert (heard.body, heard.headers["content-type"]) == (upload.data, "audio/wav")


def test_synthesised_record_opens_as_a_wav_of_its_length(state: SandboxState) -> None:
    request(state, "create-record", name="Mine", source="text", text="x" * 45)
    heard = request(state, "play-record", account="effebot-default", file="1343.wav").response.body
    assert isinstance(heard, bytes)
    with wave.open(io.BytesIO(heard)) as file:
        assert file.getnframes() * 1_000 // file.getframerate() == 3_000


def test_new_record_has_to_be_moderated_first(state: SandboxState) -> None:
    request(state, "create-record", name="Mine", source="text", text="Hello")
    assert request(state, "create", record={"id": 1343}).fault == "record-in-moderation"
    patch_account(state, {"records": {"1343": {"moderated": "true"}}})
    assert request(state, "create", record={"id": 1343}).fault is None


def test_number_is_confirmed_by_its_pin(state: SandboxState) -> None:
    call = {"outgoingPhone": "99999999996"}
    assert request(state, "create", **call).fault == "outgoing-phone-unconfirmed"
    assert request(state, "confirm-phone", phone="99999999996", pin=43).fault == "wrong-pin"
    for pin in (42, "0042"):
        assert (
            response_body(request(state, "confirm-phone", phone="99999999996", pin=pin))["data"]
            == "done"
        )
    assert request(state, "create", **call).fault is None


def test_blocked_number_is_not_called(state: SandboxState) -> None:
    request(state, "block-phones", phones=[{"phone": "99999999999", "comment": "no"}])
    request(state, "create")
    play_until_idle(state)
    assert (call_details(state)["status"], call_details(state)["startedAt"]) == ("canceled", None)


@pytest.mark.parametrize(("all_", "numbers"), [(None, 2), (False, 2), (True, 3), ("1", 3)])
def test_numbers_of_the_system_only_if_all_are_wanted(
    state: SandboxState, all_: object, numbers: int
) -> None:
    assert len(response_body(request(state, "get-phones", all=all_))["data"]) == numbers

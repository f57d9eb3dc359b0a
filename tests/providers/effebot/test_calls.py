"""A call's life at Effebot: statuses and their webhooks, plans, retries, recordings, records."""

import io
import wave
from typing import Any

import pytest

from mockserver.core.http import Upload
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import START, play, until
from tests.providers.effebot.conftest import KEY, ask, body, got, patch

HOOK = "http://localhost:3000/status"


def statuses(sent: list[Delivery]) -> list[tuple[int, Any]]:
    told = []
    for one in sent:
        assert one.webhook.body is not None
        listed: Any = one.webhook.body["apiCalls"]
        told.append((listed[0]["webhookTry"], listed[0]["calls"][0]["status"]))
    return told


def test_webhook_on_every_change_of_status(store: SandboxState) -> None:
    ask(store, "create", webhookUrl=HOOK)
    sent = play(store)
    assert [status for _, status in statuses(sent)] == [
        "processed",
        "started",
        "answered",
        "finished",
    ]
    assert {one.webhook.url for one in sent} == {HOOK}
    told = body(ask(store, "get"))
    assert (told["webhookSent"], told["webhookTry"], told["webhookUrl"]) == (1, 1, HOOK)


def test_call_that_nobody_answers_is_canceled(store: SandboxState) -> None:
    ask(store, "create", "no-answer", webhookUrl=HOOK)
    assert [status for _, status in statuses(play(store))] == ["processed", "started", "canceled"]
    assert (got(store)["hangupCause"], got(store)["cost"]) == ("no-answer", "0")


@pytest.mark.parametrize(
    ("answers", "tries", "sent"),
    [([500, 500, 200], [0, 60, 120], 1), ([500] * 9, [0, 60, 120], 0), ([202, 200], [0, 60], 1)],
)
def test_status_webhook_is_tried_three_times_a_minute_apart(
    store: SandboxState, answers: list[int], tries: list[int], sent: int
) -> None:
    left = list(answers)

    def receive(delivery: Delivery) -> DeliveryResult:
        last = statuses([delivery])[0][1] == "finished"
        return DeliveryResult(left.pop(0) if last else 200)

    ask(store, "create", webhookUrl=HOOK)
    play(store, receive)
    last = list(store.deliveries.values())[-1]
    assert [(one.at - START - 8_000) // 1_000 for one in last.attempts] == tries
    told = body(ask(store, "get"))
    assert (told["webhookSent"], told["webhookTry"]) == (sent, len(tries))


def test_planned_moved_and_removed(store: SandboxState) -> None:
    later = START // 1_000 + 3_600
    ask(store, "create", plannedAt=later)
    ask(store, "create", plannedAt=later)
    ask(store, "update", callList=[{"id": 1, "replannedAt": later + 60}])
    ask(store, "remove", id=2)
    play(store)
    assert (got(store)["startedAt"], got(store)["status"]) == (later + 60, "finished")
    assert (got(store, 2)["startedAt"], got(store, 2)["status"]) == (None, "canceled")


def test_moved_into_the_past_starts_at_once(store: SandboxState) -> None:
    ask(store, "create", plannedAt=START // 1_000 + 3_600)
    ask(store, "update", callList=[{"id": 1, "replannedAt": 12345}])
    play(store)
    assert got(store)["startedAt"] == START // 1_000


@pytest.mark.parametrize("operation", ["remove", "update"])
def test_started_call_refuses(store: SandboxState, operation: str) -> None:
    ask(store, "create")
    until(store, 1_000)
    move = {"callList": [{"id": 1, "replannedAt": 1}]}
    told = ask(
        store, operation, now=START + 1_000, **(move if operation == "update" else {"id": 1})
    )
    assert told.fault == "call-already-started"


def test_one_item_for_each_number(store: SandboxState) -> None:
    numbers = ["99999999991", "99999999992", "99999999991"]
    told = body(ask(store, "create", phone=None, phones=numbers))
    assert [(one["id"], one["phone"]) for one in told] == [(1, numbers[0]), (2, numbers[1])]


def test_wrapped_is_what_public_clients_read(store: SandboxState) -> None:
    patch(store, {"quirks": ["wrapped"]})
    told = body(ask(store, "create"))
    assert (told["status"], told["data"][0]["needRecording"]) == ("success", 0)
    assert body(ask(store, "get"))["data"][0]["calls"][0]["status"] == "created"
    assert body(ask(store, "user-info"))["data"]["id"] == 1


def test_recording_can_be_heard(store: SandboxState) -> None:
    ask(store, "create", "presses-one", needRecording=1)
    play(store)
    assert got(store)["recordFilePath"] == store.calls["c1"].spec.recording_url


def test_source_address_is_told_where_the_account_wants_it(store: SandboxState) -> None:
    patch(store, {"forwarded_for": "209.97.136.240"})
    ask(store, "create", webhookUrl=HOOK)
    assert {one.webhook.headers["x-forwarded-for"] for one in play(store)} == {"209.97.136.240"}


def test_template_is_read_out(store: SandboxState) -> None:
    ask(store, "create-with-template")
    play(store)
    texts = [event.data["text"] for event in store.calls["c1"].events if event.type == "play"]
    assert texts == ["We remind you of your appointment"]
    assert body(ask(store, "get-templates", onlyModerated=1)) == [{"id": 1, "name": "Reminder"}]
    assert len(body(ask(store, "get-templates"))) == 2


def tone(millis: int) -> bytes:
    """A silent WAV of that length."""
    told = io.BytesIO()
    with wave.open(told, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * 8 * millis)
    return told.getvalue()


def test_upload_is_kept_and_played(store: SandboxState) -> None:
    upload = Upload("a.wav", "audio/wav", tone(2_500))
    made = body(ask(store, "create-record", name="Mine", source="file", file=upload))
    assert store.accounts[KEY].records["records"]["1343"].length == 2_500
    assert made["path"] == "http://h/effebot/storage/effebot-default/1343.wav"
    heard = ask(store, "play-record", account="effebot-default", file="1343.wav").response
    assert (heard.body, heard.headers["content-type"]) == (upload.data, "audio/wav")


def test_synthesised_record_opens_as_a_wav_of_its_length(store: SandboxState) -> None:
    ask(store, "create-record", name="Mine", source="text", text="x" * 45)
    heard = ask(store, "play-record", account="effebot-default", file="1343.wav").response.body
    assert isinstance(heard, bytes)
    with wave.open(io.BytesIO(heard)) as file:
        assert file.getnframes() * 1_000 // file.getframerate() == 3_000


def test_new_record_has_to_be_moderated_first(store: SandboxState) -> None:
    ask(store, "create-record", name="Mine", source="text", text="Hello")
    assert ask(store, "create", record={"id": 1343}).fault == "record-in-moderation"
    patch(store, {"records": {"1343": {"moderated": "true"}}})
    assert ask(store, "create", record={"id": 1343}).fault is None


def test_number_is_confirmed_by_its_pin(store: SandboxState) -> None:
    call = {"outgoingPhone": "99999999996"}
    assert ask(store, "create", **call).fault == "outgoing-phone-unconfirmed"
    assert ask(store, "confirm-phone", phone="99999999996", pin=43).fault == "wrong-pin"
    for pin in (42, "0042"):
        assert body(ask(store, "confirm-phone", phone="99999999996", pin=pin))["data"] == "done"
    assert ask(store, "create", **call).fault is None


def test_blocked_number_is_not_called(store: SandboxState) -> None:
    ask(store, "block-phones", phones=[{"phone": "99999999999", "comment": "no"}])
    ask(store, "create")
    play(store)
    assert (got(store)["status"], got(store)["startedAt"]) == ("canceled", None)


@pytest.mark.parametrize(("all_", "numbers"), [(None, 2), (False, 2), (True, 3), ("1", 3)])
def test_numbers_of_the_system_only_if_all_are_wanted(
    store: SandboxState, all_: object, numbers: int
) -> None:
    assert len(body(ask(store, "get-phones", all=all_))["data"]) == numbers

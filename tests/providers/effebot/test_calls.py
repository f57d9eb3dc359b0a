"""The lifecycle of an Effebot call: statuses, webhooks, planned calls, recordings, records."""

import io
import wave
from decimal import Decimal
from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.core.http import Upload
from mockserver.core.webhook import Delivery, DeliveryResult
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.engine.webhooks import redeliver
from tests.support import read
from tests.support.simulation import START, Receiver, play_until_idle, run_for
from tests.support.vendors import response_body
from tests.support.vendors.effebot import ACCOUNT_KEY, call_details, patch_account, request

HOOK = "http://localhost:3000/status"
NUMBERS = "phones"
"""The key of an account for its caller numbers."""
PLANNED = START // 1_000 + 3_600
MANAGER_AND_SMS = [{"digit": 2, "managerPhone": "99999999998", "smsText": "x"}]


def sent_details(delivery: Delivery) -> Any:
    """Return the call details that a status webhook carries."""
    assert delivery.webhook.body is not None
    details: Any = delivery.webhook.body["apiCalls"]
    return details[0]


def statuses(deliveries: list[Delivery]) -> list[tuple[int, Any]]:
    return [
        (sent_details(delivery)["webhookTry"], sent_details(delivery)["calls"][0]["status"])
        for delivery in deliveries
    ]


def test_a_status_webhook_is_sent_on_every_change_of_status(state: SandboxState) -> None:
    request(state, "create", webhookUrl=HOOK)
    deliveries = play_until_idle(state)
    assert statuses(deliveries) == [
        (1, "processed"),
        (1, "started"),
        (1, "answered"),
        (1, "finished"),
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
    assert (call_details(state)["hangupCause"], call_details(state)["cost"]) == (
        "no-answer",
        "0.00",
    )


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


def test_the_webhook_of_the_end_tells_the_cost_and_the_end_at_which_it_is_charged(
    state: SandboxState,
) -> None:
    request(state, "create", "effebot-presses-two", webhookUrl=HOOK, ivrs=MANAGER_AND_SMS)
    last = sent_details(play_until_idle(state)[-1])
    assert last["calls"] == [call_details(state)]
    assert last["calls"][0]["cost"] == "0.13"
    kinds = [(entry.type, getattr(entry.payload, "type", "")) for entry in read.journal(state)]
    ended = kinds.index(("event", "ended"))
    assert [kind for kind in kinds[:ended] if kind[0] == "charge" or kind[1] == "paid"] == [
        ("charge", ""),
        ("event", "paid"),
    ] * 3


def test_a_read_right_after_a_hangup_tells_the_cost_that_is_charged(state: SandboxState) -> None:
    request(state, "create")
    run_for(state, 3_000)
    hang_up(state, 3_000)
    details = call_details(state, now=START + 3_000)
    assert (details["status"], details["cost"]) == ("finished", "0.05")
    assert read.accounts(state)[ACCOUNT_KEY].balance == Decimal("99.95")


def hang_up(state: SandboxState, at: int) -> None:
    cause = {"cause": "normal"}
    apply_event(state, "c1", Event(at=START + at, type="hangup", leg="a", data=cause))


def respond_to(status: str, *results: int) -> Receiver:
    """Respond with these results to the attempts that tell this status, with 200 to others."""
    left = list(results)

    def receive(delivery: Delivery) -> DeliveryResult:
        is_meant = sent_details(delivery)["calls"][0]["status"] == status
        return DeliveryResult(status=left.pop(0) if left and is_meant else 200)

    return receive


def test_a_later_attempt_tells_the_call_as_it_is_by_then(state: SandboxState) -> None:
    request(state, "create", webhookUrl=HOOK)
    deliveries = play_until_idle(state, respond_to("started", 500))
    assert [
        (each.id, *row) for each, row in zip(deliveries, statuses(deliveries), strict=True)
    ] == [
        ("w1", 1, "processed"),
        ("w2", 1, "started"),
        ("w3", 1, "answered"),
        ("w4", 1, "finished"),
        ("w2", 2, "finished"),
    ]
    assert [sent_details(each)["webhookSent"] for each in deliveries] == [0, 0, 0, 0, 1]
    assert sent_details(deliveries[-1])["calls"][0]["cost"] == "0.05"


def test_each_attempt_of_a_webhook_counts_itself_and_is_in_the_journal(
    state: SandboxState,
) -> None:
    request(state, "create", "no-answer", webhookUrl=HOOK)
    play_until_idle(state, respond_to("canceled", 500, 500, 200))
    attempts = [
        entry.payload
        for entry in read.journal(state)
        if isinstance(entry.payload, Delivery) and entry.payload.id == "w3"
    ]
    assert [
        (sent_details(each)["webhookTry"], sent_details(each)["webhookSent"]) for each in attempts
    ] == [
        (1, 0),
        (2, 0),
        (3, 0),
    ]
    redeliver(state, "w3", START + 10**6)
    assert [
        (sent_details(each)["webhookTry"], sent_details(each)["webhookSent"])
        for each in play_until_idle(state)
    ] == [(4, 1)]
    details = response_body(request(state, "get"))
    assert (details["webhookTry"], details["webhookSent"]) == (4, 1)


def test_an_attempt_on_its_way_is_counted_and_nothing_is_sent_before_its_result(
    state: SandboxState,
) -> None:
    request(state, "create", "no-answer", webhookUrl=HOOK)
    assert response_body(request(state, "get"))["webhookTry"] == 0
    run_for(state, 10**6)
    details = response_body(request(state, "get"))
    assert (details["webhookTry"], details["webhookSent"]) == (1, 0)


def test_a_copy_that_is_received_tells_that_the_end_was_sent(state: SandboxState) -> None:
    request(state, "create", "doubled-report", "no-answer", webhookUrl=HOOK)
    play_until_idle(state, lambda each: DeliveryResult(status=200 if each.copy_of else 404))
    assert response_body(request(state, "get"))["webhookSent"] == 1


def test_what_happens_on_the_way_does_not_change_what_was_sent(state: SandboxState) -> None:
    request(state, "create", "late-report", webhookUrl=HOOK)
    assert [status for _, status in statuses(play_until_idle(state))] == [
        "processed",
        "started",
        "answered",
        "finished",
    ]


def test_a_lost_webhook_that_is_redelivered_tells_the_call_as_it_is_by_then(
    state: SandboxState,
) -> None:
    request(state, "create", "lost-report", webhookUrl=HOOK)
    play_until_idle(state)
    redeliver(state, "w1", START + 10**6)
    assert statuses(play_until_idle(state)) == [(1, "finished")]


def test_the_bare_webhook_quirk_sends_the_details_as_the_page_says(state: SandboxState) -> None:
    patch_account(state, {"quirks": ["bare-webhook"]})
    request(state, "create", webhookUrl=HOOK)
    [*_, last] = play_until_idle(state, lambda _: DeliveryResult(status=500))
    details = response_body(request(state, "get"))
    assert (last.webhook.body, details["webhookTry"]) == (details, 3)


def test_reading_a_call_does_not_change_when_it_was_updated(state: SandboxState) -> None:
    request(state, "create")
    play_until_idle(state)
    for later in (60_000, 3_660_000):
        details = call_details(state, now=START + later)
        play_until_idle(state)
        assert details["updatedAt"] - START // 1_000 == 8


def test_a_call_that_has_not_begun_was_updated_when_it_was_created(state: SandboxState) -> None:
    request(state, "create")
    assert call_details(state)["updatedAt"] == START // 1_000


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


@pytest.mark.parametrize("is_blocked", [True, False])
@pytest.mark.parametrize("operation", ["remove", "update"])
def test_a_canceled_call_cannot_be_removed_or_rescheduled(
    state: SandboxState, operation: str, *, is_blocked: bool
) -> None:
    request(state, "create", plannedAt=PLANNED)
    if is_blocked:
        request(state, "block-phones", phones=[{"phone": "99999999999"}])
        play_until_idle(state)
    else:
        request(state, "remove", id=1)
    request(state, "create", phone="99999999998", plannedAt=PLANNED + 1)
    move = {"callList": [{"id": 1, "replannedAt": PLANNED}]}
    refused = request(state, operation, **(move if operation == "update" else {"id": 1}))
    assert (refused.fault, refused.response.status) == ("call-already-canceled", 422)
    assert [(each.field, each.sample) for each in refused.findings[0]] == [
        ("callList.0.id" if operation == "update" else "id", '"2"')
    ]


def test_create_returns_one_item_per_distinct_number(state: SandboxState) -> None:
    numbers = ["99999999991", "99999999992", "99999999991"]
    items = response_body(request(state, "create", phone=None, phones=numbers))
    assert [(item["id"], item["phone"]) for item in items] == [(1, numbers[0]), (2, numbers[1])]


@pytest.mark.parametrize("quirks", [[], ["wrapped"]])
@pytest.mark.parametrize(("phone", "is_named"), [("99999999999", True), ("99999999991", False)])
def test_a_phone_beside_phones_without_it_is_not_called_and_the_response_says_so(
    state: SandboxState, quirks: list[str], phone: str, *, is_named: bool
) -> None:
    patch_account(state, {"quirks": quirks})
    exchange = request(state, "create", phone=phone, phones=["99999999991", "99999999992"])
    assert [call.legs[0].number for call in read.calls(state).values()] == [
        "99999999991",
        "99999999992",
    ]
    explanation = exchange.response.headers.get("x-mock-explain", "")
    note = f"phone {phone} is not called, as phones has the numbers to call (assumed)"
    assert explanation.endswith(note) == is_named


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


@pytest.mark.parametrize("moderation", [True, False])
def test_a_template_is_not_called_before_it_is_moderated(
    state: SandboxState, *, moderation: bool
) -> None:
    patch_account(state, {"moderation": moderation})
    refused = request(state, "create-with-template", templateId=2)
    assert (refused.fault, refused.findings[0][0].sample) == ("template-in-moderation", '"1"')
    patch_account(state, {"templates": {"2": {"moderated": True}}})
    assert request(state, "create-with-template", templateId=2).fault is None


def test_an_account_without_languages_of_its_own_has_six(state: SandboxState) -> None:
    data = response_body(request(state, "get-languages"))["data"]
    assert [(each["id"], each["defaultLangCode"]) for each in data] == [
        (1, "en-US"),
        (2, "en-GB"),
        (3, "de-DE"),
        (4, "es-ES"),
        (5, "fr-FR"),
        (6, "ru-RU"),
    ]


def test_the_languages_of_an_account_are_listed_and_accepted_and_no_others(
    state: SandboxState,
) -> None:
    languages = [{"code": "pt-BR", "name": "Português", "id": 40}, {"code": "tr-TR"}]
    patch_account(state, {"languages": languages})
    assert response_body(request(state, "get-languages"))["data"] == [
        {"id": 40, "name": "Português", "defaultLangCode": "pt-BR"},
        {"id": 2, "name": "tr-TR", "defaultLangCode": "tr-TR"},
    ]
    assert request(state, "create", lang="tr-TR").fault is None
    refused = request(state, "create", lang="en-US")
    assert (refused.fault, refused.findings[0][0].sample) == ("language-unknown", '"pt-BR"')


TWO_DUTY_NUMBERS = {"99999999994": {"duty": True}, "99999999995": {"duty": True}}


def chosen_callers(state: SandboxState) -> dict[str, list[object]]:
    """Return the caller numbers that were chosen for each call."""
    return {
        name: [event.data["caller"] for event in call.events if event.type == "caller-chosen"]
        for name, call in read.calls(state).items()
    }


def test_a_duty_number_is_chosen_for_each_call_and_every_one_at_times(state: SandboxState) -> None:
    patch_account(state, {NUMBERS: TWO_DUTY_NUMBERS})
    callees = [str(99999990000 + number) for number in range(40)]
    request(state, "create", outgoingPhone=None, dutyPhone=1, phone=None, phones=callees)
    chosen = chosen_callers(state)
    assert {len(each) for each in chosen.values()} == {1}
    assert {each[0] for each in chosen.values()} == {"99999999994", "99999999995"}


@pytest.mark.parametrize(
    ("account", "fields"),
    [({}, {}), ({NUMBERS: None}, {"outgoingPhone": None, "dutyPhone": 1})],
)
def test_no_number_is_chosen_beside_one_of_the_request_or_of_an_account_without_numbers(
    state: SandboxState, account: dict[str, Any], fields: dict[str, Any]
) -> None:
    patch_account(state, account)
    assert request(state, "create", **fields).fault is None
    assert chosen_callers(state) == {"c1": []}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"isManagerDeliveryPhone": 1}, "99999999999"),
        ({"isManagerDeliveryPhone": 1, "outgoingPhone": None, "dutyPhone": 1}, "99999999995"),
        ({"isManagerDeliveryPhone": 0}, None),
        ({}, None),
    ],
)
def test_the_ring_of_the_manager_tells_the_caller_number_that_the_manager_is_shown(
    state: SandboxState, fields: dict[str, Any], shown: str | None
) -> None:
    request(state, "create", "effebot-presses-two", ivrs=MANAGER_AND_SMS, **fields)
    play_until_idle(state)
    [ring] = [
        event
        for event in read.calls(state)["c1"].events
        if (event.type, event.leg) == ("ring", "b")
    ]
    assert ring.data.get("from") == shown


@pytest.mark.parametrize(("number", "is_possible"), [("79000000001", True), ("x", False)])
def test_a_caller_number_can_be_ordered_if_it_is_one(
    state: SandboxState, number: str, *, is_possible: bool
) -> None:
    request(state, "create", plannedAt=PLANNED)
    event = Event(at=START, type="caller-chosen", data={"caller": number})
    if is_possible:
        apply_event(state, "c1", event)
        assert chosen_callers(state) == {"c1": [number]}
        return
    with pytest.raises(IllegalTransition) as error:
        apply_event(state, "c1", event)
    assert str(error.value) == "caller-chosen needs a caller of 11 digits, not 'x'"


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


def test_a_number_that_is_blocked_after_its_call_was_planned_is_not_dialed(
    state: SandboxState,
) -> None:
    request(state, "create", plannedAt=PLANNED, webhookUrl=HOOK)
    request(state, "create", plannedAt=PLANNED, phone="99999999998")
    request(state, "block-phones", phones=[{"phone": "99999999999"}])
    assert call_details(state, now=START)["status"] == "created"
    assert statuses(play_until_idle(state)) == [(1, "canceled")]
    details = call_details(state)
    assert (details["startedAt"], details["finishedAt"]) == (None, PLANNED)
    assert (details["status"], details["hangupCause"]) == ("canceled", None)
    assert [event.type for event in read.calls(state)["c1"].events if event.type != "poll"] == [
        "placed",
        "begin",
        "attempt-ended",
        "ended",
    ]
    assert call_details(state, 2)["status"] == "finished"


def test_a_number_that_is_taken_off_the_block_list_in_time_is_dialed(state: SandboxState) -> None:
    request(state, "create", plannedAt=PLANNED)
    request(state, "block-phones", phones=[{"phone": "99999999999"}])
    patch_account(state, {"blocked": {"99999999999": None}})
    play_until_idle(state)
    assert call_details(state)["status"] == "finished"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ({}, (False, 0)),
        ({"system": True}, (True, 1)),
        ({"overall": True}, (False, 1)),
        ({"system": True, "overall": False}, (True, 0)),
    ],
)
def test_a_number_is_shared_as_it_is_one_of_the_system_unless_the_account_says_otherwise(
    state: SandboxState, phone: dict[str, bool], shown: tuple[bool, int]
) -> None:
    patch_account(state, {NUMBERS: {"99999999990": phone}})
    data = response_body(request(state, "get-phones", all=True))["data"]
    [number] = [each for each in data if each["phone"] == "99999999990"]
    assert (number["isSystem"], number["overall"]) == shown


@pytest.mark.parametrize(("all_numbers", "count"), [(None, 2), (False, 2), (True, 3), ("1", 3)])
def test_numbers_of_the_system_are_listed_only_with_all(
    state: SandboxState, all_numbers: object, count: int
) -> None:
    assert len(response_body(request(state, "get-phones", all=all_numbers))["data"]) == count

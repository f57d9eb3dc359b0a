"""Effebot's IVR: which entry of the request key presses, words and silence choose."""

from typing import Any

import pytest

from mockserver.core.behavior import LegAction, LegBehavior, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, only_providers, play_until_idle, state_with_scenarios
from tests.support.vendors import response_body
from tests.support.vendors.effebot import ACCOUNT_KEY, call_details, patch_account, request

MANAGER = [{"digit": 2, "managerPhone": "99999999998"}]


def acting_callee(*actions: tuple[str, str]) -> LegBehavior:
    """Return a leg that answers after 2 s and then does one action per second."""
    behavior_actions = tuple(
        LegAction(
            delay=fixed_duration(1_000),
            event_type=event_type,
            data={"digits": value} if event_type == "press" else {"words": value},
        )
        for event_type, value in actions
    )
    return LegBehavior(actions=behavior_actions)


def play_ivr(
    configuration: Configuration,
    ivrs: list[dict[str, Any]],
    *actions: tuple[str, str],
    **legs: LegBehavior,
) -> SandboxState:
    scenario = Scenario(name="mine", legs={"a": acting_callee(*actions), **legs})
    state = state_with_scenarios(only_providers(configuration, "effebot"), scenario)
    request(state, "create", ivrs=ivrs)
    play_until_idle(state)
    return state


def events(state: SandboxState, *event_types: str) -> list[tuple[int, str, Any]]:
    return [
        (event.at - START, event.type, event.data.get("text", event.data.get("number")))
        for event in read.calls(state)["c1"].events
        if event.type in event_types
    ]


def test_a_matching_digit_plays_a_record_sends_an_sms_and_blocks_the_number(
    configuration: Configuration,
) -> None:
    entry = {"digit": 1, "record": {"id": 1342}, "smsText": "Thanks", "needBlock": 1}
    state = play_ivr(configuration, [entry], ("press", "1"))
    assert events(state, "play", "sms") == [
        (2_000, "play", "Greeting"),
        (3_000, "play", "Second record"),
        (3_000, "sms", "Thanks"),
    ]
    details = call_details(state)
    assert (
        details["ivrDigit"],
        details["ivrAnswers"],
        details["ivrIdList"],
        details["toBlock"],
    ) == (
        1,
        "|1",
        [1],
        1,
    )
    assert "99999999999" in read.accounts(state)[ACCOUNT_KEY].records["blocked"]
    assert response_body(request(state, "create"))["id"] == 2
    assert call_details(state, 2)["status"] == "canceled"


def test_a_matching_digit_dials_the_manager_and_bridges(configuration: Configuration) -> None:
    state = play_ivr(configuration, MANAGER, ("press", "2"))
    assert events(state, "ring", "bridge") == [
        (0, "ring", None),
        (3_000, "ring", "99999999998"),
        (5_000, "bridge", None),
    ]
    details = call_details(state)
    times = ("startedAt", "answeredAt", "managerStartedAt", "managerAnsweredAt", "finishedAt")
    assert [details[name] - START // 1_000 for name in times] == [0, 2, 3, 5, 11]
    assert (details["managerStatus"], details["status"]) == ("finished", "finished")


def test_a_busy_manager_has_the_manager_status_canceled(configuration: Configuration) -> None:
    state = play_ivr(configuration, MANAGER, ("press", "2"), b=LegBehavior(outcome="busy"))
    details = call_details(state)
    assert (details["managerStatus"], details["managerAnsweredAt"]) == ("canceled", None)


def test_an_unmatched_digit_is_recorded_and_the_next_digit_counts(
    configuration: Configuration,
) -> None:
    state = play_ivr(configuration, [{"digit": 1, "smsText": "x"}], ("press", "9"), ("press", "1"))
    details = call_details(state)
    assert (details["ivrAnswers"], details["ivrIdList"], details["ivrDigit"]) == ("|9|1", [1], 1)


@pytest.mark.parametrize(
    ("words", "spoken", "entries"),
    [
        ("Yes|No|don\u2019t know", "yes", [1]),
        ("Yes|No|don\u2019t know", "DON'T KNOW", [1]),
        ("YesINo", "no", [1]),
        ("Yes|No", "maybe", []),
        ("Yes|No", "Yes No", []),
    ],
)
def test_key_words_are_compared_without_regard_to_case(
    configuration: Configuration, words: str, spoken: str, entries: list[int]
) -> None:
    state = play_ivr(configuration, [{"keyWords": words, "smsText": "x"}], ("say", spoken))
    details = call_details(state)
    assert (details["ivrIdList"], details["ivrAnswers"], details["ivrDigit"]) == (
        entries,
        f"|{spoken}",
        None,
    )


SILENCE: list[dict[str, Any]] = [{"digit": 1, "smsText": "x"}, {"record": {"text": "Still there?"}}]


@pytest.mark.parametrize(("wait", "at"), [(None, 10_000), ("0s", 7_000), ("2s", 9_000)])
def test_the_entry_without_digit_is_taken_after_a_moment_of_silence_after_the_prompt(
    configuration: Configuration, wait: str | None, at: int
) -> None:
    scenario = Scenario(name="mine", legs={"a": LegBehavior(talk=fixed_duration(60_000))})
    state = state_with_scenarios(only_providers(configuration, "effebot"), scenario)
    patch_account(state, {"answer_wait": wait})
    request(state, "create", ivrs=SILENCE)
    play_until_idle(state)
    assert events(state, "play") == [(2_000, "play", "Greeting"), (at, "play", "Still there?")]
    assert call_details(state)["ivrIdList"] == [2]


@pytest.mark.parametrize(
    ("ms_after_the_answer", "digits", "entries"),
    [
        (4_999, "1", [1]),
        (5_001, "1", [1]),
        (8_000, "1", [1]),
        (8_000, "9", []),
        (8_001, "1", [2, 1]),
    ],
)
def test_a_digit_within_the_moment_after_the_prompt_leads_to_its_own_entry_alone(
    configuration: Configuration, ms_after_the_answer: int, digits: str, entries: list[int]
) -> None:
    press = LegAction(
        delay=fixed_duration(ms_after_the_answer), event_type="press", data={"digits": digits}
    )
    scenario = Scenario(name="mine", legs={"a": LegBehavior(actions=(press,))})
    state = state_with_scenarios(only_providers(configuration, "effebot"), scenario)
    request(state, "create", ivrs=SILENCE)
    play_until_idle(state)
    assert call_details(state)["ivrIdList"] == entries


def test_nothing_is_taken_and_nothing_rejected_once_the_silent_callee_has_hung_up(
    configuration: Configuration,
) -> None:
    state = play_ivr(configuration, SILENCE)
    assert events(state, "silence", "hangup", "branch") == [(8_000, "hangup", None)]
    assert "event-rejected" not in {entry.type for entry in read.journal(state)}


def test_a_digit_before_the_end_of_the_prompt_skips_the_entry_for_silence(
    configuration: Configuration,
) -> None:
    ivrs: list[dict[str, Any]] = [
        {"digit": 1, "smsText": "x"},
        {"record": {"text": "Still there?"}},
    ]
    state = play_ivr(configuration, ivrs, ("press", "1"))
    assert call_details(state)["ivrIdList"] == [1]


@pytest.mark.parametrize(("text", "end"), [("x" * 30, 7_000), ("x" * 45, 8_000)])
def test_a_prompt_lasts_one_second_per_fifteen_characters(
    configuration: Configuration, text: str, end: int
) -> None:
    state = state_with_scenarios(
        only_providers(configuration, "effebot"),
        Scenario(name="mine", legs={"a": LegBehavior(talk=fixed_duration(60_000))}),
    )
    request(state, "create", record={"text": text}, ivrs=[{"smsText": "x"}])
    play_until_idle(state)
    assert events(state, "sms") == [(end, "sms", "x")]


def test_an_action_webhook_carries_the_parameters_of_the_request(
    configuration: Configuration,
) -> None:
    entry = {
        "keyWords": "yes",
        "webhookUrl": "http://h/x",
        "webhookParameters": '{"a": [1], "b": "c"}',
    }
    state = state_with_scenarios(
        only_providers(configuration, "effebot"),
        Scenario(name="mine", legs={"a": acting_callee(("say", "Yes"))}),
    )
    request(state, "create", ivrs=[entry])
    [delivery] = play_until_idle(state)
    assert (delivery.webhook.kind, delivery.webhook.url) == ("action", "http://h/x")
    assert delivery.webhook.body == {
        "call": {"phone": "99999999999", "answer": "Yes"},
        "a": [1],
        "b": "c",
    }


def test_a_parameter_named_call_takes_the_place_of_the_default_one(
    configuration: Configuration,
) -> None:
    entry = {"digit": 1, "webhookUrl": "http://h/x", "webhookParameters": '{"call": "mine"}'}
    scenario = Scenario(name="mine", legs={"a": acting_callee(("press", "1"))})
    state = state_with_scenarios(only_providers(configuration, "effebot"), scenario)
    request(state, "create", ivrs=[entry])
    assert [each.webhook.body for each in play_until_idle(state)] == [{"call": "mine"}]


def test_digits_of_the_manager_choose_no_entry(configuration: Configuration) -> None:
    state = play_ivr(configuration, MANAGER, ("press", "2"), b=acting_callee(("press", "2")))
    assert [event for event in read.calls(state)["c1"].events if event.type == "branch"] == [
        Event(at=START + 3_000, type="branch", data={"answer": "2", "entry": 0, "block": "0"})
    ]


ENTRY_FIELDS = (
    *("digit", "keyWords", "needBlock", "record"),
    *("managerPhone", "smsText", "webhookUrl", "webhookParameters"),
)


@pytest.mark.parametrize("blank", [None, ""])
def test_a_blank_field_of_an_entry_counts_as_not_sent(
    configuration: Configuration, blank: str | None
) -> None:
    without = {
        **dict.fromkeys(ENTRY_FIELDS, blank),
        "record": {"id": blank, "text": "Still there?"},
    }
    entries = [{**dict.fromkeys(ENTRY_FIELDS, blank), "digit": 1, "smsText": "x"}, without]
    pressing = play_ivr(configuration, entries, ("press", "1"))
    assert events(pressing, "sms", "play") == [(2_000, "play", "Greeting"), (3_000, "sms", "x")]
    assert call_details(pressing)["toBlock"] == 0
    scenario = Scenario(name="mine", legs={"a": LegBehavior(talk=fixed_duration(60_000))})
    silent = state_with_scenarios(only_providers(configuration, "effebot"), scenario)
    request(silent, "create", ivrs=entries)
    play_until_idle(silent)
    assert call_details(silent)["ivrIdList"] == [2]


@pytest.mark.parametrize("blank", [None, ""])
@pytest.mark.parametrize(
    ("record", "prompt", "fault"),
    [
        ({"id": 1}, "Greeting", None),
        ({"text": "Hi"}, "Hi", None),
        ({}, None, "record-required"),
    ],
)
def test_a_blank_field_of_the_record_counts_as_not_sent(
    state: SandboxState,
    record: dict[str, object],
    prompt: str | None,
    fault: str | None,
    blank: str | None,
) -> None:
    sent = {**dict.fromkeys(("id", "text", "gender"), blank), **record}
    assert request(state, "create", record=sent).fault == fault
    play_until_idle(state)
    played = [
        event.data["text"]
        for call in read.calls(state).values()
        for event in call.events
        if event.type == "play"
    ]
    assert played == [prompt] * (prompt is not None)


@pytest.mark.parametrize("blank", [None, ""])
@pytest.mark.parametrize(
    ("field", "fault"), [("phones", "phones-invalid"), ("ivrs", "ivrs-invalid")]
)
def test_a_blank_item_of_a_list_is_refused(
    state: SandboxState, field: str, fault: str, blank: str | None
) -> None:
    assert request(state, "create", **{field: [blank]}).fault == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1}', None),
        ("", None),
        ("{a: 1}", "ivrs-webhookparameters-invalid"),
        ("[1]", "ivrs-webhookparameters-invalid"),
    ],
)
def test_webhook_parameters_must_be_the_text_of_a_json_object(
    state: SandboxState, text: str, fault: str | None
) -> None:
    entry = {"digit": 1, "webhookUrl": "http://h/x", "webhookParameters": text}
    assert request(state, "create", ivrs=[entry]).fault == fault

"""What digits, words and silence lead to: the request decides, people only answer."""

from typing import Any

import pytest

from mockserver.core.behavior import LegAction, LegBehavior, fixed_duration
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, only_providers, play_until_idle, state_with_scenarios
from tests.support.vendors.effebot import ACCOUNT_KEY, call_details, request, response_body

MANAGER = [{"digit": 2, "managerPhone": "99999999998"}]


def person(*deeds: tuple[str, str]) -> LegBehavior:
    """Answers after 2 s, then does one thing a second."""
    made = tuple(
        LegAction(
            delay=fixed_duration(1_000),
            event_type=verb,
            data={"digits": said} if verb == "digits" else {"words": said},
        )
        for verb, said in deeds
    )
    return LegBehavior(actions=made)


def lived(
    configuration: Configuration,
    ivrs: list[dict[str, Any]],
    *deeds: tuple[str, str],
    **legs: LegBehavior,
) -> SandboxState:
    story = Scenario(name="told", legs={"a": person(*deeds), **legs})
    state = state_with_scenarios(only_providers(configuration, "effebot"), story)
    request(state, "create", ivrs=ivrs)
    play_until_idle(state)
    return state


def events(state: SandboxState, *verbs: str) -> list[tuple[int, str, Any]]:
    return [
        (event.at - START, event.type, event.data.get("text", event.data.get("number")))
        for event in read.calls(state)["c1"].events
        if event.type in verbs
    ]


def test_digit_plays_texts_and_blocks(configuration: Configuration) -> None:
    entry = {"digit": 1, "record": {"id": 1342}, "smsText": "Thanks", "needBlock": 1}
    state = lived(configuration, [entry], ("digits", "1"))
    assert events(state, "play", "sms") == [
        (2_000, "play", "Greeting"),
        (3_000, "play", "Second record"),
        (3_000, "sms", "Thanks"),
    ]
    told = call_details(state)
    assert (told["ivrDigit"], told["ivrAnswers"], told["ivrIdList"], told["toBlock"]) == (
        1,
        "|1",
        [0],
        1,
    )
    assert "99999999999" in read.accounts(state)[ACCOUNT_KEY].records["blocked"]
    assert response_body(request(state, "create"))["id"] == 2
    assert call_details(state, 2)["status"] == "canceled"


def test_digit_forwards_to_the_manager(configuration: Configuration) -> None:
    state = lived(configuration, MANAGER, ("digits", "2"))
    assert events(state, "ring", "bridge") == [
        (0, "ring", None),
        (3_000, "ring", "99999999998"),
        (5_000, "bridge", None),
    ]
    told = call_details(state)
    times = ("startedAt", "answeredAt", "managerStartedAt", "managerAnsweredAt", "finishedAt")
    assert [told[name] - START // 1_000 for name in times] == [0, 2, 3, 5, 11]
    assert (told["managerStatus"], told["status"]) == ("finished", "finished")


def test_manager_who_is_busy(configuration: Configuration) -> None:
    state = lived(configuration, MANAGER, ("digits", "2"), b=LegBehavior(outcome="busy"))
    told = call_details(state)
    assert (told["managerStatus"], told["managerAnsweredAt"]) == ("canceled", None)


def test_unmatched_key_is_noted_and_the_next_one_counts(configuration: Configuration) -> None:
    state = lived(configuration, [{"digit": 1, "smsText": "x"}], ("digits", "9"), ("digits", "1"))
    told = call_details(state)
    assert (told["ivrAnswers"], told["ivrIdList"], told["ivrDigit"]) == ("|9|1", [0], 1)


@pytest.mark.parametrize(
    ("words", "heard", "taken"),
    [
        ("Yes|No|don\u2019t know", "yes", [0]),
        ("Yes|No|don\u2019t know", "DON'T KNOW", [0]),
        ("YesINo", "no", [0]),
        ("Yes|No", "maybe", []),
        ("Yes|No", "Yes No", []),
    ],
)
def test_words_are_compared_without_case(
    configuration: Configuration, words: str, heard: str, taken: list[int]
) -> None:
    state = lived(configuration, [{"keyWords": words, "smsText": "x"}], ("speech", heard))
    told = call_details(state)
    assert (told["ivrIdList"], told["ivrAnswers"], told["ivrDigit"]) == (taken, f"|{heard}", None)


def test_silence_takes_the_entry_without_a_digit_when_the_prompt_is_over(
    configuration: Configuration,
) -> None:
    ivrs: list[dict[str, Any]] = [
        {"digit": 1, "smsText": "x"},
        {"record": {"text": "Still there?"}},
    ]
    state = lived(configuration, ivrs)
    assert events(state, "play") == [(2_000, "play", "Greeting"), (7_000, "play", "Still there?")]
    assert call_details(state)["ivrIdList"] == [1]


def test_answer_before_the_end_of_the_prompt_spares_the_entry_for_silence(
    configuration: Configuration,
) -> None:
    ivrs: list[dict[str, Any]] = [
        {"digit": 1, "smsText": "x"},
        {"record": {"text": "Still there?"}},
    ]
    state = lived(configuration, ivrs, ("digits", "1"))
    assert call_details(state)["ivrIdList"] == [0]


@pytest.mark.parametrize(("text", "over"), [("x" * 30, 4_000), ("x" * 45, 5_000)])
def test_prompt_takes_a_second_for_fifteen_characters(
    configuration: Configuration, text: str, over: int
) -> None:
    state = state_with_scenarios(
        only_providers(configuration, "effebot"),
        Scenario(name="told", legs={"a": LegBehavior(talk=fixed_duration(60_000))}),
    )
    request(state, "create", record={"text": text}, ivrs=[{"smsText": "x"}])
    play_until_idle(state)
    assert events(state, "sms") == [(over, "sms", "x")]


def test_action_webhook_has_the_caller_s_parameters(configuration: Configuration) -> None:
    entry = {
        "keyWords": "yes",
        "webhookUrl": "http://h/x",
        "webhookParameters": '{"a": [1], "b": "c"}',
    }
    state = state_with_scenarios(
        only_providers(configuration, "effebot"),
        Scenario(name="told", legs={"a": person(("speech", "Yes"))}),
    )
    request(state, "create", ivrs=[entry])
    [sent] = play_until_idle(state)
    assert (sent.webhook.kind, sent.webhook.url) == ("action", "http://h/x")
    assert sent.webhook.body == {
        "call": {"phone": "99999999999", "answer": "Yes"},
        "a": [1],
        "b": "c",
    }


def test_manager_who_speaks_chooses_nothing(configuration: Configuration) -> None:
    state = lived(configuration, MANAGER, ("digits", "2"), b=person(("digits", "2")))
    assert [one for one in read.calls(state)["c1"].events if one.type == "branch"] == [
        Event(at=START + 3_000, type="branch", data={"answer": "2", "entry": 0, "block": "0"})
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"a": 1}', None),
        ("", None),
        ("{a: 1}", "ivrs-webhookparameters-invalid"),
        ("[1]", "ivrs-webhookparameters-invalid"),
    ],
)
def test_parameters_are_the_text_of_a_json_object(
    state: SandboxState, text: str, fault: str | None
) -> None:
    entry = {"digit": 1, "webhookUrl": "http://h/x", "webhookParameters": text}
    assert request(state, "create", ivrs=[entry]).fault == fault

"""Limits, redials and the report of Mobtexting calls."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, LegBehavior
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import PROVIDER
from tests.support import read
from tests.support.builders import STAY_ON_LINE
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

NO_ANSWER = PRESETS["no-answer"]


def attempt_starts(state: SandboxState) -> list[int]:
    """Return the start of each attempt, in ms after `START`."""
    return [event.at - START for event in read.calls(state)["c1"].events if event.type == "begin"]


@pytest.mark.parametrize(
    ("duration", "end"), [(1, 64_000), ("2", 124_000), ("1000000", 60_000_004_000)]
)
def test_duration_ends_a_bridged_call_after_so_many_minutes(
    configuration: Configuration, duration: object, end: int
) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE})
    )
    click_to_call(state, duration=duration)
    [delivery] = play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (call.outcome, call.ended_at) == ("completed", START + end)
    assert Event(at=START + end, type="hangup", leg="b", data={"cause": "normal"}) in call.events
    assert delivery.webhook.body is not None
    assert delivery.webhook.body["billing"] == str(end // 1_000 - 4)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"duration": ""},
        # longer than any clock runs
        {"duration": 4_000_000_000},
        {"duration": 10**14},
        {"duration": "9" * 5_000},
    ],
)
def test_a_call_without_duration_has_no_limit(
    configuration: Configuration, fields: dict[str, Any]
) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE})
    )
    click_to_call(state, **fields)
    assert (play_until_idle(state), read.calls(state)["c1"].phase) == ([], "bridged")


@pytest.mark.parametrize(("duration", "end"), [(1, 62_000), ("2", 122_000)])
def test_duration_ends_a_flow_call_after_so_many_minutes(
    configuration: Configuration, duration: object, end: int
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE}))
    click_to_call(state, to="flow:220", duration=duration)
    [delivery] = play_until_idle(state)
    call = read.calls(state)["c1"]
    assert Event(at=START + end, type="hangup", leg="a", data={"cause": "normal"}) in call.events
    assert delivery.webhook.body is not None
    assert (delivery.webhook.body["status"], delivery.webhook.body["duration"]) == (
        "RECEIVED",
        str(end // 1_000),
    )


def test_duration_counts_the_conversation_and_not_the_ringing(configuration: Configuration) -> None:
    """The B-leg does not answer, so no conversation can become too long."""
    state = state_with_scenarios(
        configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE, "b": PRESETS["person"]})
    )
    click_to_call(state, duration=1)
    assert (play_until_idle(state), read.wait_reasons(state)["c1"]) == (
        [],
        (WaitReason(reason="person", leg="b"),),
    )


@pytest.mark.parametrize(
    ("attempts", "starts"),
    [
        (0, [0]),
        ("0", [0]),
        (1, [0, 87_000]),
        ("1", [0, 87_000]),
        (2, [0, 87_000, 174_000]),
        ("2", [0, 87_000, 174_000]),
        (None, [0, 87_000, 174_000]),
        ("", [0, 87_000, 174_000]),
    ],
)
def test_an_unanswered_call_is_redialed_as_often_as_attempts_says(
    state: SandboxState, attempts: object, starts: list[int]
) -> None:
    click_to_call(state, "no-answer", attempts=attempts)
    deliveries = play_until_idle(state)
    assert (attempt_starts(state), [delivery.next_attempt_at for delivery in deliveries]) == (
        starts,
        [START + starts[-1] + 27_000],
    )


@pytest.mark.parametrize(
    ("legs", "starts"),
    [
        ({"b": NO_ANSWER}, [0, 87_000, 174_000]),
        ({"a": NO_ANSWER}, [0, 85_000, 170_000]),
        ({}, [0]),
        ({"a": PRESETS["busy"]}, [0]),
        ({"b": PRESETS["busy"]}, [0]),
        ({"b": PRESETS["rejected"]}, [0]),
        ({"b": PRESETS["unreachable"]}, [0]),
        ({"a": DEFAULT_BEHAVIOR.replace(hangup=DEFAULT_BEHAVIOR.ring), "b": NO_ANSWER}, [0]),
    ],
)
def test_a_call_is_redialed_only_if_a_leg_did_not_answer(
    configuration: Configuration, legs: Mapping[str, LegBehavior], starts: list[int]
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=legs))
    click_to_call(state)
    assert (len(play_until_idle(state)), attempt_starts(state)) == (1, starts)


@pytest.mark.parametrize(
    ("redial_after", "starts"),
    [(None, [0, 87_000]), (0, [0, 27_000]), (500, [0, 27_500]), (300_000, [0, 327_000])],
)
def test_a_redial_comes_after_the_pause_of_the_account(
    state: SandboxState, redial_after: int | None, starts: list[int]
) -> None:
    change_account(state, redial_after=redial_after)
    click_to_call(state, "no-answer", attempts=1)
    play_until_idle(state)
    assert attempt_starts(state) == starts


def test_an_unanswered_flow_call_is_redialed(state: SandboxState) -> None:
    click_to_call(state, "no-answer", to="flow:220", attempts=1)
    assert (len(play_until_idle(state)), attempt_starts(state)) == (1, [0, 85_000])


@pytest.mark.parametrize(
    ("webhooks", "webhook_id", "url"),
    [
        ({}, None, "{origin}/_mock/receive/mobtexting"),
        ({}, "w1", "{origin}/_mock/receive/mobtexting"),
        ({"any": "http://any/"}, None, "http://any/"),
        ({"any": "http://any/", "w1": "http://w1/"}, "w1", "http://w1/"),
        ({"any": "http://any/", "w1": "http://w1/"}, "w2", "http://any/"),
    ],
)
def test_the_report_goes_to_the_webhook_url_of_the_account(
    state: SandboxState, webhooks: Mapping[str, str], webhook_id: str | None, url: str
) -> None:
    change_account(state, webhooks=webhooks)
    click_to_call(state, webhook_id=webhook_id)
    [delivery] = play_until_idle(state)
    webhook = delivery.webhook
    assert (webhook.kind, webhook.method, webhook.url) == ("completed", "POST", url)
    assert [webhook.kind] == list(PROVIDER.webhooks)


def test_the_report_goes_to_the_inbox_if_its_webhook_was_removed(state: SandboxState) -> None:
    change_account(state, webhooks={"w1": "http://w1/"})
    click_to_call(state, webhook_id="w1")
    change_account(state, webhooks={"w2": "http://w2/"})
    assert [delivery.webhook.url for delivery in play_until_idle(state)] == [
        "{origin}/_mock/receive/mobtexting"
    ]

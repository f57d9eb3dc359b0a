"""What follows an event at Mobtexting: the limit, the redials, one report."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, STAY_ON_LINE, LegBehavior
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting import PROVIDER
from tests.support import read
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

SILENT = PRESETS["no-answer"]


def began(state: SandboxState) -> list[int]:
    """When each attempt began."""
    return [event.at - START for event in read.calls(state)["c1"].events if event.type == "begin"]


@pytest.mark.parametrize(("duration", "at"), [(1, 64_000), ("2", 124_000), ("10", 604_000)])
def test_limited_ends_the_call_after_so_many_minutes(
    configuration: Configuration, duration: object, at: int
) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE})
    )
    click_to_call(state, duration=duration)
    [sent] = play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (call.outcome, call.ended_at) == ("completed", START + at)
    assert Event(at=START + at, type="hangup", leg="b", data={"cause": "normal"}) in call.events
    assert sent.webhook.body is not None
    assert sent.webhook.body["billing"] == str(at // 1_000 - 4)


@pytest.mark.parametrize("fields", [{}, {"duration": ""}])
def test_limited_not_unless_asked(configuration: Configuration, fields: dict[str, Any]) -> None:
    state = state_with_scenarios(
        configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE, "b": STAY_ON_LINE})
    )
    click_to_call(state, **fields)
    assert (play_until_idle(state), read.calls(state)["c1"].phase) == ([], "bridged")


@pytest.mark.parametrize(("duration", "at"), [(1, 62_000), ("2", 122_000)])
def test_limited_ends_a_flow_as_well(
    configuration: Configuration, duration: object, at: int
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE}))
    click_to_call(state, to="flow:220", duration=duration)
    [sent] = play_until_idle(state)
    call = read.calls(state)["c1"]
    assert Event(at=START + at, type="hangup", leg="a", data={"cause": "normal"}) in call.events
    assert sent.webhook.body is not None
    assert (sent.webhook.body["status"], sent.webhook.body["duration"]) == (
        "RECEIVED",
        str(at // 1_000),
    )


def test_limited_counts_the_conversation_not_the_ringing(configuration: Configuration) -> None:
    """Nobody on b answers: there is no conversation that could be too long."""
    state = state_with_scenarios(
        configuration, Scenario(name="mine", legs={"a": STAY_ON_LINE, "b": PRESETS["person"]})
    )
    click_to_call(state, duration=1)
    assert (play_until_idle(state), read.wait_reasons(state)["c1"]) == (
        [],
        (WaitReason(reason="person", leg="b"),),
    )


@pytest.mark.parametrize(
    ("attempts", "begins"),
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
def test_redialled_as_often_as_asked(
    state: SandboxState, attempts: object, begins: list[int]
) -> None:
    click_to_call(state, "no-answer", attempts=attempts)
    sent = play_until_idle(state)
    assert (began(state), [delivery.next_attempt_at for delivery in sent]) == (
        begins,
        [START + begins[-1] + 27_000],
    )


@pytest.mark.parametrize(
    ("legs", "begins"),
    [
        ({"b": SILENT}, [0, 87_000, 174_000]),
        ({"a": SILENT}, [0, 85_000, 170_000]),
        ({}, [0]),
        ({"a": PRESETS["busy"]}, [0]),
        ({"b": PRESETS["busy"]}, [0]),
        ({"b": PRESETS["rejected"]}, [0]),
        ({"b": PRESETS["unreachable"]}, [0]),
        ({"a": DEFAULT_BEHAVIOR._replace(hangup=DEFAULT_BEHAVIOR.ring), "b": SILENT}, [0]),
    ],
)
def test_redialled_only_when_somebody_left_it_unanswered(
    configuration: Configuration, legs: Mapping[str, LegBehavior], begins: list[int]
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=legs))
    click_to_call(state)
    assert (len(play_until_idle(state)), began(state)) == (1, begins)


def test_redialled_flow(state: SandboxState) -> None:
    click_to_call(state, "no-answer", to="flow:220", attempts=1)
    assert (len(play_until_idle(state)), began(state)) == (1, [0, 85_000])


@pytest.mark.parametrize(
    ("webhooks", "webhook_id", "url"),
    [
        ({}, None, "{origin}/_mock/inbox/mobtexting"),
        ({}, "w1", "{origin}/_mock/inbox/mobtexting"),
        ({"any": "http://any/"}, None, "http://any/"),
        ({"any": "http://any/", "w1": "http://w1/"}, "w1", "http://w1/"),
        ({"any": "http://any/", "w1": "http://w1/"}, "w2", "http://any/"),
    ],
)
def test_reported_where_the_account_says(
    state: SandboxState, webhooks: Mapping[str, str], webhook_id: str | None, url: str
) -> None:
    change_account(state, webhooks=webhooks)
    click_to_call(state, webhook_id=webhook_id)
    [sent] = play_until_idle(state)
    webhook = sent.webhook
    assert (webhook.kind, webhook.method, webhook.url) == ("completed", "POST", url)
    assert (webhook.kind,) == PROVIDER.webhooks


def test_reported_to_the_inbox_when_the_hook_has_gone(state: SandboxState) -> None:
    change_account(state, webhooks={"w1": "http://w1/"})
    click_to_call(state, webhook_id="w1")
    change_account(state, webhooks={"w2": "http://w2/"})
    assert [sent.webhook.url for sent in play_until_idle(state)] == [
        "{origin}/_mock/inbox/mobtexting"
    ]

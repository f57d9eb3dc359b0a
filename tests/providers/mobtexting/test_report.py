"""The Mobtexting report: its nine statuses, the recording URL and the quirk's key."""

from typing import Any

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    PRESETS,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.seeded import recording_token
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.providers.mobtexting import PROVIDER
from tests.support import read
from tests.support.builders import STAY_ON_LINE
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    run_for,
    state_with_scenarios,
)

HANGS_UP_EARLY = DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(1_000))
NETWORK_FAILURE = PRESETS["network-failure"]

Words = tuple[str, str, str, str]


def report(state: SandboxState, *scenarios: str, **fields: Any) -> dict[str, Any]:
    click_to_call(state, *scenarios, **fields)
    deliveries = play_until_idle(state)
    assert len(deliveries) == 1
    return dict(deliveries[0].webhook.body or {})


def words(body: dict[str, Any]) -> Words:
    return body["status"], body["status1"], body["status2"], body["hangup_by"]


BEHAVIORS_AND_WORDS: dict[str, tuple[dict[str, LegBehavior], Words]] = {
    "both talk": ({}, ("COMPLETED", "RECEIVED", "ANSWER", "agent")),
    "b ends it": (
        {"a": STAY_ON_LINE},
        ("COMPLETED", "RECEIVED", "ANSWER", "caller"),
    ),
    "b busy": ({"b": PRESETS["busy"]}, ("MISSED", "RECEIVED", "BUSY", "caller")),
    "b rejects": ({"b": PRESETS["rejected"]}, ("MISSED", "RECEIVED", "BUSY", "caller")),
    "b silent": ({"b": PRESETS["no-answer"]}, ("MISSED", "RECEIVED", "NOANSWER", "caller")),
    "b unreachable": (
        {"b": PRESETS["unreachable"]},
        ("MISSED", "RECEIVED", "CHANUNAVAIL", "caller"),
    ),
    "b lost": ({"b": NETWORK_FAILURE}, ("MISSED", "RECEIVED", "CHANUNAVAIL", "caller")),
    "b wrong number": (
        {"b": PRESETS["invalid-number"]},
        ("MISSED", "RECEIVED", "CONGESTION", "caller"),
    ),
    "a gives up": (
        {"a": HANGS_UP_EARLY, "b": PRESETS["no-answer"]},
        ("MISSED", "RECEIVED", "CANCEL", "agent"),
    ),
    "a busy": ({"a": PRESETS["busy"]}, ("BUSY", "BUSY", "", "agent")),
    "a silent": ({"a": PRESETS["no-answer"]}, ("NOANSWER", "NOANSWER", "", "agent")),
    "a unreachable": (
        {"a": PRESETS["unreachable"]},
        ("CHANUNAVAIL", "CHANUNAVAIL", "", "agent"),
    ),
    "a wrong number": (
        {"a": PRESETS["invalid-number"]},
        ("CONGESTION", "CONGESTION", "", "agent"),
    ),
}


@pytest.mark.parametrize("name", BEHAVIORS_AND_WORDS)
def test_report_statuses_follow_from_what_the_legs_do(
    configuration: Configuration, name: str
) -> None:
    legs, expected = BEHAVIORS_AND_WORDS[name]
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=legs))
    assert words(report(state, attempts=0)) == expected


def test_the_report_of_a_flow_call_has_the_status_of_its_only_leg(state: SandboxState) -> None:
    assert words(report(state, to="flow:220")) == ("RECEIVED", "RECEIVED", "", "agent")


def test_the_report_of_a_call_hung_up_while_it_rings_says_cancel(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 0)
    apply_event(
        state,
        "c1",
        Event(at=START + 1_000, type="hangup", leg="a", data={"cause": "normal"}, source="control"),
    )
    [delivery] = play_until_idle(state)
    assert words(dict(delivery.webhook.body or {})) == ("CANCEL", "CANCEL", "", "agent")


def test_the_words_of_a_report_are_those_of_the_provider() -> None:
    for field, index in (("status", 0), ("status1", 1), ("status2", 2), ("hangup_by", 3)):
        told = {expected[index] for _, expected in BEHAVIORS_AND_WORDS.values()} - {""}
        assert told <= PROVIDER.words[field].keys()


def test_reports_reach_all_nine_documented_statuses() -> None:
    reached = {
        status
        for _, (*statuses, _) in BEHAVIORS_AND_WORDS.values()
        for status in statuses
        if status
    }
    assert reached == {
        "ANSWER",
        "BUSY",
        "NOANSWER",
        "CANCEL",
        "CONGESTION",
        "CHANUNAVAIL",
        "RECEIVED",
        "MISSED",
        "COMPLETED",
    }


def test_the_report_is_of_the_last_dial_attempt(state: SandboxState) -> None:
    body = report(state, "third-time-lucky")
    assert words(body) == ("COMPLETED", "RECEIVED", "ANSWER", "agent")
    assert (body["start_at"], body["end_at"]) == ("2026-01-01 14:32:54", "2026-01-01 14:33:04")


RECORDING_URL = f"/_media/default/{recording_token('seed', 'c1')}.wav"


@pytest.mark.parametrize(
    ("scenario", "fields", "url"),
    [
        ("answered", {"record": "1"}, RECORDING_URL),
        ("answered", {"record": 1}, RECORDING_URL),
        ("answered", {"record": "1", "to": "flow:220"}, RECORDING_URL),
        ("callee-busy", {"record": "1", "attempts": 0}, ""),
        ("no-answer", {"record": "1", "attempts": 0}, ""),
        ("no-answer", {"record": "1", "attempts": 0, "to": "flow:220"}, ""),
        ("answered", {"record": "0"}, ""),
        ("answered", {"record": 0}, ""),
        ("answered", {"record": ""}, ""),
        ("answered", {}, ""),
        ("callee-busy", {"record": "1", "to": "flow:220"}, ""),
        ("report-before-reply", {"record": 1}, ""),
    ],
)
def test_the_report_has_a_recording_url_if_one_was_requested_and_made(
    state: SandboxState, scenario: str, fields: dict[str, Any], url: str
) -> None:
    assert report(state, scenario, **fields)["recording_url"] == url
    assert list(read.call_ids_by_recording(state).values()) == ["c1"]


@pytest.mark.parametrize(
    ("quirks", "fields", "webhook_id"),
    [
        ((), {"webhook_id": "w1"}, None),
        (("webhook-id",), {"webhook_id": "w1"}, "w1"),
        (("webhook-id",), {"webhook_id": 5}, "5"),
        (("webhook-id",), {"webhook_id": 0}, "0"),
        (("webhook-id",), {"webhook_id": ""}, ""),
        (("webhook-id",), {}, ""),
    ],
)
def test_the_webhook_id_quirk_adds_the_key_to_the_report(
    state: SandboxState, quirks: tuple[str, ...], fields: dict[str, Any], webhook_id: str | None
) -> None:
    change_account(state, quirks=frozenset(quirks))
    body = report(state, **fields)
    expected = {} if webhook_id is None else {"webhook_id": webhook_id}
    assert {name: body[name] for name in list(body)[: len(expected)]} == expected
    assert (len(body), "webhook_id" in body) == (15 + len(expected), webhook_id is not None)


def test_the_provider_lists_the_webhook_id_quirk() -> None:
    assert list(PROVIDER.quirks) == ["errors-as-200", "webhook-id"]

"""Calls and events are printed key by key as the contract says."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.core.time import SECOND
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import run_due_item
from mockserver.web.redaction import mask
from mockserver.web.views.serializers import serialize_call, serialize_event
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL, START, click_to_call, play_until_idle
from tests.support.site_client import key_structure

SALT = "seed"
T0 = "2026-01-01T09:00:00.000Z"
T2 = "2026-01-01T09:00:02.000Z"
T5 = "2026-01-01T09:00:05.000Z"
LEG_A = {
    "name": "a", "role": "from", "number": "918867135000", "state": "ended",
    "answered_at": T2, "ended_at": T5, "cause": "normal",
}  # fmt: skip
LEG_B = {
    "name": "b", "role": "to", "number": "918867136000", "state": "ended",
    "answered_at": None, "ended_at": T5, "cause": "busy",
}  # fmt: skip
BUSY = {
    "id": "c1",
    "vendor_id": "a1d75043-6986-4e76-b7e9-79f1d76f14ef",
    "provider": "mobtexting",
    "account": "mobtexting-default",
    "operation": "c2c",
    "scenarios": ["callee-busy"],
    "state": "ended",
    "outcome": "busy",
    "vendor_status": "MISSED",
    "created_at": T0,
    "starts_at": T0,
    "ended_at": T5,
    "waiting": [],
    "legs": [LEG_A, LEG_B],
    "leg_names": {"callee": "b", "a": "a", "b": "b", "from": "a", "to": "b"},
    "attempts": [
        {
            "number": 1, "redial_index": 0, "number_index": 0, "started_at": T0, "ended_at": T5,
            "outcome": "busy", "legs": [LEG_A, LEG_B],
        }
    ],
    "events": [
        {"at": T0, "event": "placed", "leg": None},
        {"at": T0, "event": "begin", "leg": None},
        {"at": T0, "event": "ring", "leg": "a"},
        {"at": T2, "event": "answer", "leg": "a"},
        {"at": T2, "event": "ring", "leg": "b"},
        {"at": T5, "event": "hangup", "leg": "b", "cause": "busy", "q850": 17},
        {"at": T5, "event": "hangup", "leg": "a", "cause": "normal", "q850": 16},
        {"at": T5, "event": "attempt-ended", "leg": None, "outcome": "busy"},
        {"at": T5, "event": "ended", "leg": None, "outcome": "busy"},
    ],
    "parameters": CLICK_TO_CALL,
    "webhooks": ["w1"],
}  # fmt: skip


def test_an_ended_call_is_printed_with_every_key_in_order(state: SandboxState) -> None:
    click_to_call(state, "callee-busy")
    play_until_idle(state)
    printed = serialize_call(state, read.calls(state)["c1"])
    assert printed == BUSY
    assert key_structure(printed) == key_structure(BUSY)


def test_a_queued_call_has_idle_legs_and_no_end(state: SandboxState) -> None:
    click_to_call(state)
    printed = serialize_call(state, read.calls(state)["c1"])
    idle = {"state": "idle", "answered_at": None, "ended_at": None, "cause": None}
    legs = [LEG_A | idle, LEG_B | idle]
    attempt = {**BUSY["attempts"][0], "ended_at": None, "outcome": None, "legs": legs}  # type: ignore[index] # a list
    assert printed == {
        **BUSY,
        "scenarios": ["answered"],
        "state": "queued",
        "outcome": None,
        "vendor_status": "queued",
        "ended_at": None,
        "legs": legs,
        "attempts": [attempt],
        "events": [{"at": T0, "event": "placed", "leg": None}],
        "webhooks": [],
    }


@pytest.mark.parametrize(
    ("behavior", "until", "expected"),
    [
        ("person", 2 * SECOND, [{"for": "person", "leg": "b"}]),
        ("answered", 2 * SECOND, []),
    ],
)
def test_waiting_lists_a_leg_only_if_a_person_must_act(
    configuration: Configuration, behavior: str, until: int, expected: list[dict[str, str]]
) -> None:
    scenario = Scenario(name="s", legs={"callee": PRESETS[behavior]})
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"s": scenario}, "s", number_plan=False)),
        START,
    )
    click_to_call(state)
    while (due := read.peek(state)) and due.at <= START + until:
        run_due_item(state)
    assert serialize_call(state, read.calls(state)["c1"])["waiting"] == expected


def test_waiting_lists_a_hangup_if_nothing_else_is_due(configuration: Configuration) -> None:
    forever = PRESETS["answered"].replace(stays=True)
    scenario = Scenario(name="s", legs={"a": forever, "b": forever})
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"s": scenario}, "s", number_plan=False)),
        START,
    )
    click_to_call(state)
    play_until_idle(state)
    assert serialize_call(state, read.calls(state)["c1"])["waiting"] == [
        {"for": "hangup", "leg": None}
    ]


def test_a_call_lists_every_dial_attempt_with_its_times(state: SandboxState) -> None:
    click_to_call(state, "no-answer", attempts=1)
    play_until_idle(state)
    printed = serialize_call(state, read.calls(state)["c1"])
    assert [attempt["number"] for attempt in printed["attempts"]] == [1, 2]
    assert [(attempt["started_at"], attempt["ended_at"]) for attempt in printed["attempts"]] == [
        (T0, "2026-01-01T09:00:27.000Z"),
        ("2026-01-01T09:01:27.000Z", "2026-01-01T09:01:54.000Z"),
    ]
    assert printed["attempts"][1]["legs"] == printed["legs"]


def test_redials_are_counted_from_zero(state: SandboxState) -> None:
    click_to_call(state, "no-answer", attempts=2)
    play_until_idle(state)
    printed = serialize_call(state, read.calls(state)["c1"])
    assert [attempt["redial_index"] for attempt in printed["attempts"]] == [0, 1, 2]


def test_credentials_in_call_parameters_are_masked(state: SandboxState) -> None:
    click_to_call(state, access_token="k-123")
    parameters = serialize_call(state, read.calls(state)["c1"])["parameters"]
    assert parameters == {**CLICK_TO_CALL, "access_token": mask("k-123", state.configuration.seed)}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event(at=START, type="placed"), {"at": T0, "event": "placed", "leg": None}),
        (
            Event(at=START, type="press", leg="a", data={"digits": "1"}),
            {"at": T0, "event": "press", "leg": "a", "digits": "1"},
        ),
        (
            Event(at=START, type="hangup", leg="b", data={"cause": "rejected"}),
            {"at": T0, "event": "hangup", "leg": "b", "cause": "rejected", "q850": 21},
        ),
    ],
)
def test_an_event_is_printed_with_its_data(event: Event, expected: dict[str, object]) -> None:
    assert list(serialize_event(event).items()) == list(expected.items())

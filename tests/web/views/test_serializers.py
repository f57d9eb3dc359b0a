"""Calls and their events as the contract prints them, key by key."""

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario, ScenarioSet
from mockserver.core.time import SECOND
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import step
from mockserver.web.views.redaction import mask
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
    "scenario": ["callee-busy"],
    "state": "ended",
    "outcome": "busy",
    "vendor_status": "MISSED",
    "created_at": T0,
    "starts_at": T0,
    "ended_at": T5,
    "waiting": [],
    "legs": [LEG_A, LEG_B],
    "attempts": [
        {
            "number": 1, "redial": 0, "target": 0, "started_at": T0, "ended_at": T5,
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
    "wanted": CLICK_TO_CALL,
    "webhooks": ["w1"],
}  # fmt: skip


def test_a_call_that_is_over(state: SandboxState) -> None:
    click_to_call(state, "callee-busy")
    play_until_idle(state)
    told = serialize_call(state, read.calls(state)["c1"])
    assert told == BUSY
    assert key_structure(told) == key_structure(BUSY)


def test_a_call_that_has_not_begun(state: SandboxState) -> None:
    click_to_call(state)
    told = serialize_call(state, read.calls(state)["c1"])
    idle = {"state": "idle", "answered_at": None, "ended_at": None, "cause": None}
    legs = [LEG_A | idle, LEG_B | idle]
    attempt = {**BUSY["attempts"][0], "ended_at": None, "outcome": None, "legs": legs}  # type: ignore[index] # a list
    assert told == {
        **BUSY,
        "scenario": ["answered"],
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
    ("behaviour", "until", "expected"),
    [
        ("person", 2 * SECOND, [{"for": "person", "leg": "b"}]),
        ("answered", 2 * SECOND, []),
    ],
)
def test_whom_a_call_waits_for(
    configuration: Configuration, behaviour: str, until: int, expected: list[dict[str, str]]
) -> None:
    story = Scenario(name="s", legs={"callee": PRESETS[behaviour]})
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"s": story}, "s", number_plan=False)), START
    )
    click_to_call(state)
    while (due := read.peek(state)) and due.at <= START + until:
        step(state)
    assert serialize_call(state, read.calls(state)["c1"])["waiting"] == expected


def test_a_call_that_only_waits_for_a_hangup(configuration: Configuration) -> None:
    forever = PRESETS["answered"]._replace(talk=None)
    story = Scenario(name="s", legs={"a": forever, "b": forever})
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"s": story}, "s", number_plan=False)), START
    )
    click_to_call(state)
    play_until_idle(state)
    assert serialize_call(state, read.calls(state)["c1"])["waiting"] == [
        {"for": "hangup", "leg": None}
    ]


def test_every_attempt_of_a_call(state: SandboxState) -> None:
    click_to_call(state, "no-answer", attempts=1)
    play_until_idle(state)
    told = serialize_call(state, read.calls(state)["c1"])
    assert [one["number"] for one in told["attempts"]] == [1, 2]
    assert [(one["started_at"], one["ended_at"]) for one in told["attempts"]] == [
        (T0, "2026-01-01T09:00:27.000Z"),
        ("2026-01-01T09:01:27.000Z", "2026-01-01T09:01:54.000Z"),
    ]
    assert told["attempts"][1]["legs"] == told["legs"]


def test_redials_count_from_nought(state: SandboxState) -> None:
    click_to_call(state, "no-answer", attempts=2)
    play_until_idle(state)
    told = serialize_call(state, read.calls(state)["c1"])
    assert [one["redial"] for one in told["attempts"]] == [0, 1, 2]


def test_credentials_among_the_parameters_are_masked(state: SandboxState) -> None:
    click_to_call(state, access_token="k-123")
    wanted = serialize_call(state, read.calls(state)["c1"])["wanted"]
    assert wanted == {**CLICK_TO_CALL, "access_token": mask("k-123", state.configuration.seed)}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event(at=START, type="placed"), {"at": T0, "event": "placed", "leg": None}),
        (
            Event(at=START, type="digits", leg="a", data={"digits": "1"}),
            {"at": T0, "event": "digits", "leg": "a", "digits": "1"},
        ),
        (
            Event(at=START, type="hangup", leg="b", data={"cause": "rejected"}),
            {"at": T0, "event": "hangup", "leg": "b", "cause": "rejected", "q850": 21},
        ),
    ],
)
def test_an_event(event: Event, expected: dict[str, object]) -> None:
    assert list(serialize_event(event).items()) == list(expected.items())

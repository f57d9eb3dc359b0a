"""Call flows: when legs are dialed, and whose end ends the call."""

from collections.abc import Mapping

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    PRESETS,
    LegAction,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Call, Event, Leg
from mockserver.core.call_flows import CALL_FLOWS, compile_script, follow_up
from mockserver.core.causes import CAUSES
from mockserver.core.conversation import next_due_step
from mockserver.core.lifecycle import transition
from mockserver.core.script import DueStep, Script, WaitReason, advance
from tests.support.builders import build_call, build_call_spec

ANSWERS = [("begin", "", 0), ("ring", "a", 0), ("answer", "a", 2_000), ("ring", "b", 2_000)]
BRIDGED = [*ANSWERS, ("answer", "b", 4_000), ("bridge", "", 4_000)]
STAYS = DEFAULT_BEHAVIOR.replace(stays=True)

LoggedEvent = tuple[str, str, int]


def end_events(at: int, *hung_up: str) -> list[LoggedEvent]:
    hangups = [("hangup", leg, at) for leg in hung_up]
    return [*hangups, ("attempt-ended", "", at), ("ended", "", at)]


def find_next_step(script: Script, call: Call) -> tuple[DueStep | None, tuple[WaitReason, ...]]:
    """Return what is due next, and check that repeated calls return the same."""
    results = [next_due_step(script, call, "seed") for _ in range(3)]
    assert results[0] == results[1] == results[2]
    return results[0]


def apply_event(call: Call, event: Event | None) -> Call:
    while event is not None:
        call = transition(call, event)
        event = follow_up(call, event.at)
    return call


def run_to_end(
    flow: str, behaviors: Mapping[str, LegBehavior]
) -> tuple[Call, tuple[WaitReason, ...]]:
    """Return the call once nothing is due anymore, and what it then waits for."""
    script = compile_script(CALL_FLOWS[flow], behaviors)
    legs = tuple(Leg(name=name, role=name, number="1") for name in behaviors)
    call = build_call(spec=build_call_spec(provider="p", account="shop", flow=flow), legs=legs)
    due_step, wait_reasons = find_next_step(script, call)
    while due_step is not None:
        call = apply_event(advance(script, call, due_step), due_step.event)
        due_step, wait_reasons = find_next_step(script, call)
    return call, wait_reasons


def event_log(call: Call) -> list[LoggedEvent]:
    return [(event.type, event.leg, event.at) for event in call.events]


def leg_behaviors(
    a: LegBehavior = DEFAULT_BEHAVIOR, b: LegBehavior = DEFAULT_BEHAVIOR
) -> Mapping[str, LegBehavior]:
    return {"a": a, "b": b}


@pytest.mark.parametrize(
    ("behaviors", "expected", "outcome"),
    [
        pytest.param(
            leg_behaviors(), [*BRIDGED, *end_events(10_000, "a", "b")], "completed", id="answered"
        ),
        pytest.param(
            leg_behaviors(b=PRESETS["busy"].replace(ring=fixed_duration(3_000))),
            [*ANSWERS, *end_events(5_000, "b", "a")],
            "busy",
            id="callee-busy",
        ),
        pytest.param(
            leg_behaviors(b=PRESETS["no-answer"]),
            [*ANSWERS, *end_events(27_000, "b", "a")],
            "no-answer",
            id="no-answer",
        ),
        pytest.param(
            leg_behaviors(a=PRESETS["busy"]),
            [*ANSWERS[:2], *end_events(2_000, "a")],
            "busy",
            id="a-busy",
        ),
        pytest.param(
            leg_behaviors(a=PRESETS["no-answer"]),
            [*ANSWERS[:2], *end_events(25_000, "a")],
            "no-answer",
            id="a-no-answer",
        ),
        pytest.param(
            leg_behaviors(
                a=DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(1_500)), b=PRESETS["no-answer"]
            ),
            [*ANSWERS, *end_events(3_500, "a", "b")],
            "cancelled",
            id="a-hangs-up-while-b-rings",
        ),
        pytest.param(
            leg_behaviors(b=PRESETS["machine"]),
            [*BRIDGED, ("machine", "b", 4_000), *end_events(10_000, "a", "b")],
            "completed",
            id="b-machine",
        ),
        pytest.param(
            leg_behaviors(b=DEFAULT_BEHAVIOR.replace(talk=fixed_duration(5_999))),
            [*BRIDGED, *end_events(9_999, "b", "a")],
            "completed",
            id="the-shorter-talk-counts",
        ),
        pytest.param(
            leg_behaviors(b=DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(1))),
            [*BRIDGED, *end_events(4_001, "b", "a")],
            "completed",
            id="b-hangs-up-by-the-clock",
        ),
        pytest.param(
            leg_behaviors(b=DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(7_000))),
            [*BRIDGED, *end_events(11_000, "b", "a")],
            "completed",
            id="hangup-of-b-alone",
        ),
    ],
)
def test_b_after_a_dials_b_once_a_answers_to_the_millisecond(
    behaviors: Mapping[str, LegBehavior], expected: list[LoggedEvent], outcome: str
) -> None:
    call, wait_reasons = run_to_end("b-after-a", behaviors)
    assert (event_log(call), call.outcome, wait_reasons) == (expected, outcome, ())


def test_a_ringing_b_leg_ends_with_cause_normal_when_a_hangs_up() -> None:
    call, _ = run_to_end(
        "b-after-a",
        leg_behaviors(DEFAULT_BEHAVIOR.replace(hangup=fixed_duration(1_500)), PRESETS["no-answer"]),
    )
    assert [leg.cause for leg in call.legs] == ["normal", "normal"]


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "normal"])
def test_the_cause_of_the_b_leg_decides_the_outcome_of_b_after_a(cause: str) -> None:
    call, _ = run_to_end("b-after-a", leg_behaviors(b=PRESETS[cause]))
    assert (call.outcome, [leg.cause for leg in call.legs]) == (
        CAUSES[cause].outcome,
        ["normal", cause],
    )


def test_one_leg_dials_a_alone_to_the_millisecond() -> None:
    call, wait_reasons = run_to_end("one-leg", {"a": DEFAULT_BEHAVIOR})
    assert event_log(call) == [*ANSWERS[:3], *end_events(8_000, "a")]
    assert (call.outcome, wait_reasons) == ("completed", ())


@pytest.mark.parametrize(
    ("actions", "expected", "end"),
    [
        ((("press", 3_000), ("press", 2_000)), [("press", 5_000), ("press", 7_000)], 13_000),
        ((("say", 1_000),), [("say", 3_000)], 9_000),
        ((("press", 0), ("say", 0)), [("press", 2_000), ("say", 2_000)], 8_000),
    ],
)
def test_each_leg_action_counts_its_delay_from_the_one_before(
    actions: tuple[tuple[str, int], ...], expected: list[tuple[str, int]], end: int
) -> None:
    leg_actions = tuple(
        LegAction(delay=fixed_duration(after), event_type=event_type, data={"digits": "1"})
        for event_type, after in actions
    )
    call, _ = run_to_end("one-leg", {"a": DEFAULT_BEHAVIOR.replace(actions=leg_actions)})
    assert event_log(call) == [
        *ANSWERS[:3],
        *((event_type, "a", at) for event_type, at in expected),
        *end_events(end, "a"),
    ]
    assert call.events[3].data == {"digits": "1"}


def test_a_leg_that_does_not_answer_performs_no_actions() -> None:
    behavior = PRESETS["busy"].replace(
        actions=(LegAction(delay=fixed_duration(1_000), event_type="press", data={"digits": "1"}),)
    )
    call, _ = run_to_end("one-leg", {"a": behavior})
    assert event_log(call) == [*ANSWERS[:2], *end_events(2_000, "a")]


@pytest.mark.parametrize(
    ("behaviors", "expected", "wait_reason"),
    [
        (leg_behaviors(STAYS, STAYS), BRIDGED, WaitReason(reason="hangup")),
        (leg_behaviors(PRESETS["person"]), ANSWERS[:2], WaitReason(reason="person", leg="a")),
        (leg_behaviors(STAYS, PRESETS["person"]), ANSWERS, WaitReason(reason="person", leg="b")),
        (leg_behaviors(b=PRESETS["person"]), ANSWERS, WaitReason(reason="person", leg="b")),
        ({"a": STAYS}, ANSWERS[:3], WaitReason(reason="hangup")),
    ],
)
def test_a_call_without_due_steps_waits_for_a_person_or_a_hangup(
    behaviors: Mapping[str, LegBehavior], expected: list[LoggedEvent], wait_reason: WaitReason
) -> None:
    call, wait_reasons = run_to_end("b-after-a" if "b" in behaviors else "one-leg", behaviors)
    assert (event_log(call), call.outcome, wait_reasons) == (expected, None, (wait_reason,))


def build_leg(name: str, state: str) -> Leg:
    return Leg(
        name=name, role=name, number="1", state=state, cause="busy" if state == "ended" else None
    )


def build_flow_call(flow: str, phase: str, states: str) -> Call:
    state_names = {"i": "idle", "r": "ringing", "a": "answered", "e": "ended"}
    legs = tuple(
        build_leg(name, state_names[initial]) for name, initial in zip("ab", states, strict=False)
    )
    return build_call(
        spec=build_call_spec(provider="p", account="shop", flow=flow), legs=legs, phase=phase
    )


@pytest.mark.parametrize(
    ("flow", "phase", "states", "event"),
    [
        ("b-after-a", "placed", "ii", None),
        ("b-after-a", "ended", "ee", None),
        ("b-after-a", "begun", "ii", None),
        ("b-after-a", "begun", "ai", None),
        ("b-after-a", "begun", "ar", None),
        ("b-after-a", "begun", "aa", Event(at=9, type="bridge")),
        ("b-after-a", "bridged", "aa", None),
        ("b-after-a", "begun", "ae", Event(at=9, type="hangup", leg="a", data={"cause": "normal"})),
        (
            "b-after-a",
            "bridged",
            "ea",
            Event(at=9, type="hangup", leg="b", data={"cause": "normal"}),
        ),
        ("b-after-a", "begun", "er", Event(at=9, type="hangup", leg="b", data={"cause": "normal"})),
        ("b-after-a", "begun", "ei", Event(at=9, type="attempt-ended", data={"outcome": "busy"})),
        ("b-after-a", "bridged", "ee", Event(at=9, type="attempt-ended", data={"outcome": "busy"})),
        ("b-after-a", "over", "ee", Event(at=9, type="ended", data={"outcome": "busy"})),
        ("branch", "bridged", "ea", Event(at=9, type="hangup", leg="b", data={"cause": "normal"})),
        ("branch", "bridged", "ae", Event(at=9, type="hangup", leg="a", data={"cause": "normal"})),
        ("queue", "bridged", "ea", Event(at=9, type="hangup", leg="b", data={"cause": "normal"})),
        ("queue", "begun", "ae", None),
        ("one-leg", "begun", "a", None),
        ("one-leg", "begun", "e", Event(at=9, type="attempt-ended", data={"outcome": "busy"})),
    ],
)
def test_the_follow_up_event_follows_from_the_legs(
    flow: str, phase: str, states: str, event: Event | None
) -> None:
    assert follow_up(build_flow_call(flow, phase, states), 9) == event


def test_in_a_queue_leg_a_hangs_up_after_an_answered_leg_b_ended() -> None:
    call = build_flow_call("queue", "bridged", "ae")
    leg_a, leg_b = call.legs
    talked = call.replace(legs=(leg_a, leg_b.replace(answered_at=5)))
    assert follow_up(talked, 9) == Event(at=9, type="hangup", leg="a", data={"cause": "normal"})


def test_the_first_remaining_leg_hangs_up_first() -> None:
    call = build_flow_call("b-after-a", "bridged", "ea")
    three_legs = call.replace(legs=(*call.legs, build_leg("c", "ringing")))
    assert follow_up(three_legs, 9) == Event(at=9, type="hangup", leg="b", data={"cause": "normal"})


@pytest.mark.parametrize("answered_at", [None, 5])
def test_the_end_of_a_leg_that_is_not_fatal_has_no_follow_up(
    monkeypatch: pytest.MonkeyPatch, answered_at: int | None
) -> None:
    queue = CALL_FLOWS["b-after-a"]._replace(fatal_legs=frozenset("a"))
    monkeypatch.setattr("mockserver.core.call_flows.CALL_FLOWS", {"queue": queue})
    call = build_flow_call("queue", "begun", "ae")
    leg_a, leg_b = call.legs
    call = call.replace(legs=(leg_a, leg_b.replace(answered_at=answered_at)))
    assert follow_up(call, 9) is None


@pytest.mark.parametrize(
    ("a", "b", "outcome"),
    [
        ((5, "normal"), None, "no-answer"),
        ((5, "normal"), (None, "busy"), "no-answer"),
        ((5, "normal"), (7, "normal"), "completed"),
        ((None, "busy"), None, "busy"),
        ((None, "busy"), (None, "rejected"), "busy"),
    ],
)
def test_the_outcome_of_a_queue_depends_on_whether_b_answered(
    a: tuple[int | None, str], b: tuple[int | None, str] | None, outcome: str
) -> None:
    sides = (("a", a), ("b", b))
    legs = tuple(
        build_leg(name, "ended").replace(answered_at=side[0], cause=side[1])
        for name, side in sides
        if side
    )
    call = build_flow_call("queue", "begun", "").replace(legs=legs)
    assert follow_up(call, 9) == Event(at=9, type="attempt-ended", data={"outcome": outcome})


def test_each_call_flow_names_its_callee() -> None:
    callees = {name: flow.callee for name, flow in CALL_FLOWS.items()}
    assert callees == {
        "one-leg": "a",
        "b-after-a": "b",
        "callee-first": "a",
        "branch": "a",
        "queue": "a",
        "agent-first": "b",
    }

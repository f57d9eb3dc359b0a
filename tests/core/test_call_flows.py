"""What people do to each other, to the millisecond, and who ends a call."""

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
from mockserver.core.lifecycle import transition
from mockserver.core.script import DueStep, Script, WaitReason, advance, next_step
from tests.support.builders import build_call, build_call_spec

ANSWERS = [("begin", "", 0), ("ring", "a", 0), ("answer", "a", 2_000), ("ring", "b", 2_000)]
BRIDGED = [*ANSWERS, ("answer", "b", 4_000), ("bridge", "", 4_000)]
STAYS = DEFAULT_BEHAVIOR._replace(talk=None)

Line = tuple[str, str, int]


def over(at: int, *hung_up: str) -> list[Line]:
    gone = [("hangup", leg, at) for leg in hung_up]
    return [*gone, ("attempt-ended", "", at), ("ended", "", at)]


def ask(script: Script, call: Call) -> tuple[DueStep | None, tuple[WaitReason, ...]]:
    """What comes next; that asking more often changes nothing is checked at every event."""
    answers = [next_step(script, call, "seed") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    return answers[0]


def happened(call: Call, event: Event | None) -> Call:
    while event is not None:
        call = transition(call, event)
        event = follow_up(call, event.at)
    return call


def lived(shape: str, how: Mapping[str, LegBehavior]) -> tuple[Call, tuple[WaitReason, ...]]:
    """The call when nothing is due any more, and who is then awaited."""
    script = compile_script(CALL_FLOWS[shape], how)
    legs = tuple(Leg(name=name, role=name, number="1") for name in how)
    call = build_call(spec=build_call_spec(provider="p", account="shop", flow=shape), legs=legs)
    coming, awaited = ask(script, call)
    while coming is not None:
        call = happened(advance(script, call, coming), coming.event)
        coming, awaited = ask(script, call)
    return call, awaited


def told(call: Call) -> list[Line]:
    return [(event.type, event.leg, event.at) for event in call.events]


def both(
    a: LegBehavior = DEFAULT_BEHAVIOR, b: LegBehavior = DEFAULT_BEHAVIOR
) -> Mapping[str, LegBehavior]:
    return {"a": a, "b": b}


@pytest.mark.parametrize(
    ("how", "lines", "became"),
    [
        pytest.param(both(), [*BRIDGED, *over(10_000, "a", "b")], "completed", id="answered"),
        pytest.param(
            both(b=PRESETS["busy"]._replace(ring=fixed_duration(3_000))),
            [*ANSWERS, *over(5_000, "b", "a")],
            "busy",
            id="callee-busy",
        ),
        pytest.param(
            both(b=PRESETS["no-answer"]),
            [*ANSWERS, *over(27_000, "b", "a")],
            "no-answer",
            id="no-answer",
        ),
        pytest.param(
            both(a=PRESETS["busy"]), [*ANSWERS[:2], *over(2_000, "a")], "busy", id="a-busy"
        ),
        pytest.param(
            both(a=PRESETS["no-answer"]),
            [*ANSWERS[:2], *over(25_000, "a")],
            "no-answer",
            id="a-no-answer",
        ),
        pytest.param(
            both(a=DEFAULT_BEHAVIOR._replace(hangup=fixed_duration(1_500)), b=PRESETS["no-answer"]),
            [*ANSWERS, *over(3_500, "a", "b")],
            "cancelled",
            id="a-hangs-up-while-b-rings",
        ),
        pytest.param(
            both(b=PRESETS["machine"]),
            [*BRIDGED, ("machine", "b", 4_000), *over(10_000, "a", "b")],
            "completed",
            id="b-machine",
        ),
        pytest.param(
            both(b=DEFAULT_BEHAVIOR._replace(talk=fixed_duration(5_999))),
            [*BRIDGED, *over(9_999, "b", "a")],
            "completed",
            id="the-shorter-talk-counts",
        ),
        pytest.param(
            both(a=STAYS, b=STAYS._replace(hangup=fixed_duration(1))),
            [*BRIDGED, *over(4_001, "b", "a")],
            "completed",
            id="b-hangs-up-by-the-clock",
        ),
        pytest.param(
            both(b=STAYS._replace(hangup=fixed_duration(7_000))),
            [*BRIDGED, *over(10_000, "a", "b")],
            "completed",
            id="hangup-later-than-the-talk",
        ),
    ],
)
def test_b_after_a_to_the_millisecond(
    how: Mapping[str, LegBehavior], lines: list[Line], became: str
) -> None:
    call, awaited = lived("b-after-a", how)
    assert (told(call), call.outcome, awaited) == (lines, became, ())


def test_b_gets_cause_normal_when_a_gives_up() -> None:
    call, _ = lived(
        "b-after-a",
        both(DEFAULT_BEHAVIOR._replace(hangup=fixed_duration(1_500)), PRESETS["no-answer"]),
    )
    assert [leg.cause for leg in call.legs] == ["normal", "normal"]


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "normal"])
def test_b_after_a_outcome_is_that_of_the_cause(cause: str) -> None:
    call, _ = lived("b-after-a", both(b=PRESETS[cause]))
    assert (call.outcome, [leg.cause for leg in call.legs]) == (
        CAUSES[cause].outcome,
        ["normal", cause],
    )


def test_one_leg_to_the_millisecond() -> None:
    call, awaited = lived("one-leg", {"a": DEFAULT_BEHAVIOR})
    assert told(call) == [*ANSWERS[:3], *over(8_000, "a")]
    assert (call.outcome, awaited) == ("completed", ())


@pytest.mark.parametrize(
    ("deeds", "lines", "end"),
    [
        ((("digits", 3_000), ("digits", 2_000)), [("digits", 5_000), ("digits", 7_000)], 13_000),
        ((("speech", 1_000),), [("speech", 3_000)], 9_000),
        ((("digits", 0), ("speech", 0)), [("digits", 2_000), ("speech", 2_000)], 8_000),
    ],
)
def test_deeds_each_after_the_one_before(
    deeds: tuple[tuple[str, int], ...], lines: list[tuple[str, int]], end: int
) -> None:
    done = tuple(
        LegAction(delay=fixed_duration(after), event_type=verb, data={"digits": "1"})
        for verb, after in deeds
    )
    call, _ = lived("one-leg", {"a": DEFAULT_BEHAVIOR._replace(actions=done)})
    assert told(call) == [
        *ANSWERS[:3],
        *((verb, "a", at) for verb, at in lines),
        *over(end, "a"),
    ]
    assert call.events[3].data == {"digits": "1"}


def test_deeds_never_done_when_the_leg_does_not_answer() -> None:
    keyed = PRESETS["busy"]._replace(
        actions=(LegAction(delay=fixed_duration(1_000), event_type="digits", data={"digits": "1"}),)
    )
    call, _ = lived("one-leg", {"a": keyed})
    assert told(call) == [*ANSWERS[:2], *over(2_000, "a")]


@pytest.mark.parametrize(
    ("how", "lines", "awaited"),
    [
        (both(STAYS, STAYS), BRIDGED, WaitReason(reason="hangup")),
        (both(PRESETS["person"]), ANSWERS[:2], WaitReason(reason="person", leg="a")),
        (both(STAYS, PRESETS["person"]), ANSWERS, WaitReason(reason="person", leg="b")),
        (both(b=PRESETS["person"]), ANSWERS, WaitReason(reason="person", leg="b")),
        ({"a": STAYS}, ANSWERS[:3], WaitReason(reason="hangup")),
    ],
)
def test_nobody_but_the_outside_goes_on(
    how: Mapping[str, LegBehavior], lines: list[Line], awaited: WaitReason
) -> None:
    call, waiting = lived("b-after-a" if "b" in how else "one-leg", how)
    assert (told(call), call.outcome, waiting) == (lines, None, (awaited,))


def leg(name: str, state: str) -> Leg:
    return Leg(
        name=name, role=name, number="1", state=state, cause="busy" if state == "ended" else None
    )


def made(shape: str, phase: str, states: str) -> Call:
    words = {"i": "idle", "r": "ringing", "a": "answered", "e": "ended"}
    legs = tuple(leg(name, words[letter]) for name, letter in zip("ab", states, strict=False))
    return build_call(
        spec=build_call_spec(provider="p", account="shop", flow=shape), legs=legs, phase=phase
    )


@pytest.mark.parametrize(
    ("shape", "phase", "states", "event"),
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
def test_follows_from_the_legs(shape: str, phase: str, states: str, event: Event | None) -> None:
    assert follow_up(made(shape, phase, states), 9) == event


def test_follows_who_was_waited_for_parts_once_both_have_talked() -> None:
    call = made("queue", "bridged", "ae")
    one, two = call.legs
    talked = call._replace(legs=(one, two._replace(answered_at=5)))
    assert follow_up(talked, 9) == Event(at=9, type="hangup", leg="a", data={"cause": "normal"})


def test_follows_the_first_of_those_on_the_line_hangs_up_first() -> None:
    call = made("b-after-a", "bridged", "ea")
    three = call._replace(legs=(*call.legs, leg("c", "ringing")))
    assert follow_up(three, 9) == Event(at=9, type="hangup", leg="b", data={"cause": "normal"})


@pytest.mark.parametrize("answered_at", [None, 5])
def test_follows_a_leg_whose_end_is_not_fatal(
    monkeypatch: pytest.MonkeyPatch, answered_at: int | None
) -> None:
    queue = CALL_FLOWS["b-after-a"]._replace(fatal_legs=frozenset("a"))
    monkeypatch.setattr("mockserver.core.call_flows.CALL_FLOWS", {"queue": queue})
    call = made("queue", "begun", "ae")
    one, two = call.legs
    call = call._replace(legs=(one, two._replace(answered_at=answered_at)))
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
def test_follows_outcome_of_who_waits_for_another(
    a: tuple[int | None, str], b: tuple[int | None, str] | None, outcome: str
) -> None:
    sides = (("a", a), ("b", b))
    legs = tuple(
        leg(name, "ended")._replace(answered_at=one[0], cause=one[1]) for name, one in sides if one
    )
    call = made("queue", "begun", "")._replace(legs=legs)
    assert follow_up(call, 9) == Event(at=9, type="attempt-ended", data={"outcome": outcome})


def test_shapes_say_whom_the_client_wanted_to_reach() -> None:
    callees = {name: shape.callee for name, shape in CALL_FLOWS.items()}
    assert callees == {"one-leg": "a", "b-after-a": "b", "branch": "a", "queue": "a"}

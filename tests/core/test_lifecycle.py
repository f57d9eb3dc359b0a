"""The lifecycle: every legal transition, and the reason why any other is illegal."""

from itertools import product

import pytest

from mockserver.core.call import Call, Event, IllegalTransition, Leg, build_dial_event
from mockserver.core.lifecycle import transition
from tests.support.builders import build_call, build_call_spec

SPEC = build_call_spec(account="shop", created_at=1_000)
A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")

LEG_STATES = ("idle", "ringing", "answered", "ended", "left")
LEG_TRANSITIONS = {
    "ring": {"idle": "ringing", "left": "ringing"},
    "answer": {"ringing": "answered"},
    "hangup": {"answered": "ended", "ringing": "ended"},
    "press": {"answered": "answered"},
    "say": {"answered": "answered"},
    "machine": {"answered": "answered"},
    "play": {"answered": "answered"},
    "sms": {"answered": "answered"},
    "leave": {"answered": "left"},
}
PHASES = dict.fromkeys(("placed", "begun", "over"), "queued") | {
    name: name for name in ("bridged", "ended")
}
"""Phase -> state of a call in this phase whose legs are idle."""
CALL_TRANSITIONS = {
    "begin": {"placed": "begun"},
    "bridge": {"begun": "bridged"},
    "attempt-ended": {"begun": "over", "bridged": "over"},
    "ended": {"over": "ended", "placed": "ended"},
    "poll": {phase: phase for phase in ("placed", "begun", "bridged", "over", "ended")},
    "continue": {phase: phase for phase in ("begun", "bridged")},
    "dance": {},
}


def call_in_phase(phase: str = "begun", *legs: Leg) -> Call:
    return build_call(spec=SPEC, legs=legs or (A, B), starts_at=1_000, phase=phase)


@pytest.mark.parametrize(
    ("event_type", "before", "after"),
    [
        (event_type, *pair)
        for event_type, pairs in LEG_TRANSITIONS.items()
        for pair in pairs.items()
    ],
)
@pytest.mark.parametrize("phase", ["begun", "bridged"])
def test_a_leg_event_moves_a_leg_to_its_next_state(
    phase: str, event_type: str, before: str, after: str
) -> None:
    call = transition(
        call_in_phase(phase, A.replace(state=before), B), Event(at=5_000, type=event_type, leg="a")
    )
    assert [leg.state for leg in call.legs] == [after, "idle"]


@pytest.mark.parametrize(
    ("event_type", "before"),
    [
        pair
        for pair in product(LEG_TRANSITIONS, LEG_STATES)
        if pair[1] not in LEG_TRANSITIONS[pair[0]]
    ],
)
def test_a_leg_event_is_illegal_in_other_states_of_the_leg(event_type: str, before: str) -> None:
    with pytest.raises(IllegalTransition) as error:
        transition(
            call_in_phase("begun", A, B.replace(state=before)),
            Event(at=5_000, type=event_type, leg="b"),
        )
    allowed = " or ".join(LEG_TRANSITIONS[event_type])
    assert str(error.value) == (
        f"{event_type} is not possible while leg b is {before}, only while {allowed}"
    )


@pytest.mark.parametrize(
    ("event_type", "before", "phase"),
    list(product(LEG_TRANSITIONS, LEG_STATES, ("placed", "over", "ended"))),
)
def test_a_leg_event_is_illegal_outside_an_attempt(
    event_type: str, before: str, phase: str
) -> None:
    with pytest.raises(IllegalTransition) as error:
        transition(
            call_in_phase(phase, A.replace(state=before)),
            Event(at=5_000, type=event_type, leg="a"),
        )
    assert str(error.value) == f"{event_type} is not possible while the call is {PHASES[phase]}"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Event(at=1, type="answer", leg="c"), "this call has no leg c, only a and b"),
        (Event(at=1, type="sing", leg="a"), "sing is nothing that can happen to a leg"),
        (Event(at=1, type="begin", leg="a"), "begin is nothing that can happen to a leg"),
        (Event(at=1, type="answer"), "answer is not possible while the call is queued"),
        (
            build_dial_event(1, "c", "x", "3").replace(type="answer"),
            "this call has no leg c, only a and b",
        ),
    ],
)
def test_an_event_of_an_unknown_type_or_leg_is_illegal(event: Event, reason: str) -> None:
    with pytest.raises(IllegalTransition) as error:
        transition(call_in_phase(), event)
    assert str(error.value) == reason


def test_an_event_of_leg_b_is_illegal_in_a_call_with_one_leg() -> None:
    with pytest.raises(IllegalTransition, match=r"^this call has no leg b, only a$"):
        transition(call_in_phase("begun", A), Event(at=1, type="answer", leg="b"))


@pytest.mark.parametrize(("event_type", "phase"), list(product(CALL_TRANSITIONS, PHASES)))
def test_a_call_event_moves_a_call_to_its_next_phase_or_is_illegal(
    event_type: str, phase: str
) -> None:
    event = Event(at=5_000, type=event_type)
    if phase in CALL_TRANSITIONS[event_type]:
        assert transition(call_in_phase(phase), event).phase == CALL_TRANSITIONS[event_type][phase]
        return
    with pytest.raises(IllegalTransition) as error:
        transition(call_in_phase(phase), event)
    assert str(error.value) == f"{event_type} is not possible while the call is {PHASES[phase]}"


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        (A, Event(at=5, type="ring", leg="a"), A.replace(state="ringing", ringing_at=5)),
        (
            A.replace(state="ringing", ringing_at=5),
            Event(at=7, type="answer", leg="a"),
            A.replace(state="answered", ringing_at=5, answered_at=7),
        ),
        (
            A.replace(state="answered", answered_at=7),
            Event(at=9, type="hangup", leg="a"),
            A.replace(state="ended", answered_at=7, ended_at=9, cause="normal"),
        ),
        (
            A.replace(state="ringing"),
            Event(at=9, type="hangup", leg="a", data={"cause": "busy"}),
            A.replace(state="ended", ended_at=9, cause="busy"),
        ),
        (
            A.replace(state="answered", answered_at=7),
            Event(at=9, type="press", leg="a", data={"digits": "1"}),
            A.replace(state="answered", answered_at=7),
        ),
        (
            A.replace(state="answered", answered_at=7),
            Event(at=9, type="leave", leg="a", data={"cause": "busy"}),
            A.replace(state="left", answered_at=7, ended_at=9, cause="normal"),
        ),
    ],
)
def test_a_leg_event_sets_the_times_and_cause_of_the_leg(
    before: Leg, event: Event, after: Leg
) -> None:
    call = transition(call_in_phase("begun", before, B), event)
    assert (call.legs, call.events) == ((after, B), (event,))


@pytest.mark.parametrize(
    ("existing", "added"),
    [
        (None, True),
        (B, True),
        (B.replace(state="left", answered_at=1, ended_at=2), True),
        (B.replace(state="ended", ended_at=2, cause="busy"), True),
        (B.replace(state="ended", answered_at=1, ended_at=2), False),
        (B.replace(state="ringing"), False),
        (B.replace(state="answered", answered_at=1), False),
    ],
)
def test_dialing_adds_a_leg_unless_it_is_ringing_or_answered_or_ended_after_an_answer(
    existing: Leg | None,
    added: bool,  # noqa: FBT001 - what the table expects
) -> None:
    call, event = (
        call_in_phase("begun", *filter(None, (A, existing))),
        build_dial_event(5, "b", "manager", "3"),
    )
    if added:
        new = Leg(
            name="b", role="manager", number="3", state="ringing", ringing_at=5, added_later=True
        )
        assert transition(call, event).legs == (A, new)
        return
    with pytest.raises(IllegalTransition, match=r"^ring is not possible while leg b is "):
        transition(call, event)


@pytest.mark.parametrize("event_type", ["attempt-ended", "ended"])
def test_the_end_keeps_an_outcome_that_is_already_set(event_type: str) -> None:
    call = call_in_phase("begun" if event_type == "attempt-ended" else "over").replace(
        outcome="no-answer"
    )
    assert transition(call, Event(at=5, type=event_type)).outcome == "no-answer"


@pytest.mark.parametrize(
    ("phase", "event", "changes"),
    [
        ("placed", Event(at=5, type="begin"), {"phase": "begun", "attempt_started_at": 5}),
        ("begun", Event(at=5, type="bridge"), {"phase": "bridged"}),
        (
            "bridged",
            Event(at=5, type="attempt-ended"),
            {"phase": "over", "attempt_ended_at": 5, "outcome": "cancelled"},
        ),
        (
            "over",
            Event(at=5, type="ended"),
            {"phase": "ended", "ended_at": 5, "outcome": "cancelled"},
        ),
        (
            "over",
            Event(at=5, type="ended", data={"outcome": "busy"}),
            {"phase": "ended", "ended_at": 5, "outcome": "busy"},
        ),
    ],
)
def test_a_call_event_sets_the_phase_times_and_outcome_of_the_call(
    phase: str, event: Event, changes: dict[str, object]
) -> None:
    call = call_in_phase(phase)
    assert transition(call, event) == call.replace(**{"events": (event,), **changes})

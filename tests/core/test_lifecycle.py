"""The lifecycle, pair by pair: the next state, or the sentence that refuses it."""

from itertools import product

import pytest

from mockserver.core.call import Call, Event, IllegalTransition, Leg, build_dial_event
from mockserver.core.lifecycle import transition
from tests.support.builders import build_call, build_call_spec

ORDER = build_call_spec(account="shop", created_at=1_000)
A, B = Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2")

LEG_STATES = ("idle", "ringing", "answered", "ended", "left")
LEG_VERBS = {
    "ring": {"idle": "ringing", "left": "ringing"},
    "answer": {"ringing": "answered"},
    "hangup": {"answered": "ended", "ringing": "ended"},
    "digits": {"answered": "answered"},
    "speech": {"answered": "answered"},
    "machine": {"answered": "answered"},
    "play": {"answered": "answered"},
    "sms": {"answered": "answered"},
    "leave": {"answered": "left"},
}
PHASES = dict.fromkeys(("placed", "begun", "over"), "queued") | {
    name: name for name in ("bridged", "ended")
}
"""Phase -> the state of a call in it whose legs are idle."""
CALL_VERBS = {
    "begin": {"placed": "begun"},
    "bridge": {"begun": "bridged"},
    "attempt-ended": {"begun": "over", "bridged": "over"},
    "ended": {"over": "ended", "placed": "ended"},
    "polled": {phase: phase for phase in ("placed", "begun", "bridged", "over", "ended")},
    "continue": {phase: phase for phase in ("begun", "bridged")},
    "dance": {},
}


def called(phase: str = "begun", *legs: Leg) -> Call:
    return build_call(spec=ORDER, legs=legs or (A, B), starts_at=1_000, phase=phase)


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [(verb, *pair) for verb, pairs in LEG_VERBS.items() for pair in pairs.items()],
)
@pytest.mark.parametrize("phase", ["begun", "bridged"])
def test_apply_leg_event_possible(phase: str, verb: str, before: str, after: str) -> None:
    call = transition(
        called(phase, A._replace(state=before), B), Event(at=5_000, type=verb, leg="a")
    )
    assert [leg.state for leg in call.legs] == [after, "idle"]


@pytest.mark.parametrize(
    ("verb", "before"),
    [pair for pair in product(LEG_VERBS, LEG_STATES) if pair[1] not in LEG_VERBS[pair[0]]],
)
def test_apply_leg_event_impossible_in_its_state(verb: str, before: str) -> None:
    with pytest.raises(IllegalTransition) as refused:
        transition(
            called("begun", A, B._replace(state=before)), Event(at=5_000, type=verb, leg="b")
        )
    only = " or ".join(LEG_VERBS[verb])
    assert str(refused.value) == (
        f"{verb} is not possible while leg b is {before}, only while {only}"
    )


@pytest.mark.parametrize(
    ("verb", "before", "phase"), list(product(LEG_VERBS, LEG_STATES, ("placed", "over", "ended")))
)
def test_apply_leg_event_impossible_outside_an_attempt(verb: str, before: str, phase: str) -> None:
    with pytest.raises(IllegalTransition) as refused:
        transition(called(phase, A._replace(state=before)), Event(at=5_000, type=verb, leg="a"))
    assert str(refused.value) == f"{verb} is not possible while the call is {PHASES[phase]}"


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (Event(at=1, type="answer", leg="c"), "this call has no leg c, only a and b"),
        (Event(at=1, type="sing", leg="a"), "sing is nothing that can happen to a leg"),
        (Event(at=1, type="begin", leg="a"), "begin is nothing that can happen to a leg"),
        (Event(at=1, type="answer"), "answer is not possible while the call is queued"),
        (
            build_dial_event(1, "c", "x", "3")._replace(type="answer"),
            "this call has no leg c, only a and b",
        ),
    ],
)
def test_apply_nonsense(event: Event, sentence: str) -> None:
    with pytest.raises(IllegalTransition) as refused:
        transition(called(), event)
    assert str(refused.value) == sentence


def test_apply_to_a_leg_that_a_short_call_lacks() -> None:
    with pytest.raises(IllegalTransition, match=r"^this call has no leg b, only a$"):
        transition(called("begun", A), Event(at=1, type="answer", leg="b"))


@pytest.mark.parametrize(("verb", "phase"), list(product(CALL_VERBS, PHASES)))
def test_apply_call_event(verb: str, phase: str) -> None:
    event = Event(at=5_000, type=verb)
    if phase in CALL_VERBS[verb]:
        assert transition(called(phase), event).phase == CALL_VERBS[verb][phase]
        return
    with pytest.raises(IllegalTransition) as refused:
        transition(called(phase), event)
    assert str(refused.value) == f"{verb} is not possible while the call is {PHASES[phase]}"


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        (A, Event(at=5, type="ring", leg="a"), A._replace(state="ringing", ringing_at=5)),
        (
            A._replace(state="ringing", ringing_at=5),
            Event(at=7, type="answer", leg="a"),
            A._replace(state="answered", ringing_at=5, answered_at=7),
        ),
        (
            A._replace(state="answered", answered_at=7),
            Event(at=9, type="hangup", leg="a"),
            A._replace(state="ended", answered_at=7, ended_at=9, cause="normal"),
        ),
        (
            A._replace(state="ringing"),
            Event(at=9, type="hangup", leg="a", data={"cause": "busy"}),
            A._replace(state="ended", ended_at=9, cause="busy"),
        ),
        (
            A._replace(state="answered", answered_at=7),
            Event(at=9, type="digits", leg="a", data={"digits": "1"}),
            A._replace(state="answered", answered_at=7),
        ),
        (
            A._replace(state="answered", answered_at=7),
            Event(at=9, type="leave", leg="a", data={"cause": "busy"}),
            A._replace(state="left", answered_at=7, ended_at=9, cause="normal"),
        ),
    ],
)
def test_apply_stamps_the_leg(before: Leg, event: Event, after: Leg) -> None:
    call = transition(called("begun", before, B), event)
    assert (call.legs, call.events) == ((after, B), (event,))


@pytest.mark.parametrize(
    ("known", "joined"),
    [
        (None, True),
        (B, True),
        (B._replace(state="left", answered_at=1, ended_at=2), True),
        (B._replace(state="ended", ended_at=2, cause="busy"), True),
        (B._replace(state="ended", answered_at=1, ended_at=2), False),
        (B._replace(state="ringing"), False),
        (B._replace(state="answered", answered_at=1), False),
    ],
)
def test_apply_a_dialling_joins_unless_that_leg_has_been_on_the_line(
    known: Leg | None,
    joined: bool,  # noqa: FBT001 - what the table expects
) -> None:
    call, event = (
        called("begun", *filter(None, (A, known))),
        build_dial_event(5, "b", "manager", "3"),
    )
    if joined:
        new = Leg(
            name="b", role="manager", number="3", state="ringing", ringing_at=5, added_later=True
        )
        assert transition(call, event).legs == (A, new)
        return
    with pytest.raises(IllegalTransition, match=r"^ring is not possible while leg b is "):
        transition(call, event)


@pytest.mark.parametrize("verb", ["attempt-ended", "ended"])
def test_apply_an_end_keeps_an_outcome_that_is_told_already(verb: str) -> None:
    call = called("begun" if verb == "attempt-ended" else "over")._replace(outcome="no-answer")
    assert transition(call, Event(at=5, type=verb)).outcome == "no-answer"


@pytest.mark.parametrize(
    ("phase", "event", "stamped"),
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
def test_apply_stamps_the_call(phase: str, event: Event, stamped: dict[str, object]) -> None:
    call = called(phase)
    assert transition(call, event) == Call(**{**call._asdict(), "events": (event,), **stamped})

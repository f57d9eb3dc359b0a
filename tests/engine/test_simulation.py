"""The simulation: a call from its request to its end."""

import pytest

from mockserver.core.account import SaveRecord
from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, LegBehavior, fixed_duration
from mockserver.core.call import Event, PlannedCall
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.provider import Effects, EndpointResult, EventContext
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.fake_vendor import (
    BOUND_FAKE_VENDOR,
    FAKE_VENDOR,
    Agent,
    build_shop,
    build_state,
    event_log,
    place_calls,
)
from tests.support.simulation import (
    CLICK_TO_CALL,
    START,
    all_attempts,
    click_to_call,
    next_due,
    play_until_idle,
    run_for,
    run_until,
    state_with_provider,
    state_with_scenarios,
)

PERSON = PRESETS["person"]
TALKS = DEFAULT_BEHAVIOR.replace(talk=fixed_duration(5_000))
HANGUP = (WaitReason(reason="hangup"),)
PRESS = Event(at=START + 2_000, type="press", leg="a", data={"digits": "1"})

LoggedEntry = tuple[int, str, str, str]


def journal_log(state: SandboxState, kind: str = "") -> list[LoggedEntry]:
    return [
        (
            entry.at - START,
            entry.type,
            getattr(entry.payload, "type", ""),
            getattr(entry.payload, "leg", ""),
        )
        for entry in read.journal(state)
        if kind in ("", entry.type)
    ]


def test_the_journal_of_a_whole_call_has_every_event_and_delivery_attempt(
    state: SandboxState,
) -> None:
    click_to_call(state)
    play_until_idle(state)
    assert journal_log(state) == [
        (0, "request", "", ""),
        (0, "event", "placed", ""),
        (0, "event", "begin", ""),
        (0, "event", "ring", "a"),
        (2_000, "event", "answer", "a"),
        (2_000, "event", "ring", "b"),
        (4_000, "event", "answer", "b"),
        (4_000, "event", "bridge", ""),
        (10_000, "event", "hangup", "a"),
        (10_000, "event", "hangup", "b"),
        (10_000, "event", "attempt-ended", ""),
        (10_000, "event", "ended", ""),
        (10_000, "delivery-attempt", "", ""),
    ]
    assert {entry.call_id for entry in read.journal(state)} == {"c1"}


def test_a_refused_request_is_journaled_and_places_no_call(state: SandboxState) -> None:
    exchange = click_to_call(state, to=None)
    assert list(read.journal(state)) == [
        JournalEntry(at=START, type="request", call_id="", payload=exchange)
    ]
    assert (list(read.exchanges(state)), read.calls(state), next_due(state)) == (
        [exchange],
        {},
        None,
    )


def test_an_unanswered_call_is_redialed_60_seconds_after_each_attempt(state: SandboxState) -> None:
    click_to_call(state, "no-answer")
    sent = play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [attempt.started_at - START for attempt in call.attempts] == [0, 87_000]
    assert (call.redial_index, call.attempt_started_at, call.outcome) == (
        2,
        START + 174_000,
        "no-answer",
    )
    assert [(delivery.id, delivery.next_attempt_at) for delivery in sent] == [
        ("w1", START + 201_000)
    ]


def test_redial_indexes_count_from_zero(state: SandboxState) -> None:
    click_to_call(state, "no-answer")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [attempt.redial_index for attempt in all_attempts(call)] == [
        0,
        1,
        2,
    ]


def test_the_next_due_item_is_the_earliest(state: SandboxState) -> None:
    assert next_due(state) is None
    click_to_call(state, now=START + 5)
    click_to_call(state, now=START)
    assert next_due(state) == START


def test_a_request_places_every_call_of_its_effects(configuration: Configuration) -> None:
    def plan_two_calls(context: RequestContext) -> tuple[PlannedCall, ...]:
        return tuple(
            PlannedCall(flow="one-leg", numbers={"a": context.text(name)}, parameters={})
            for name in ("from", "to")
        )

    def respond_with_two_calls(context: RequestContext) -> EndpointResult:
        calls = (context.place(0), context.place(1))
        response = (
            configuration.providers["mobtexting"].provider.endpoints[0].respond(context).response
        )
        return EndpointResult(response=response, effects=Effects(calls=calls))

    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]
    state = state_with_provider(
        configuration,
        endpoints=(
            endpoint._replace(planned_calls=plan_two_calls, respond=respond_with_two_calls),
        ),
    )
    exchange = click_to_call(state)
    assert (exchange.call_ids, list(read.calls(state))) == (("c1", "c2"), ["c1", "c2"])
    assert [entry.call_id for entry in read.journal(state) if entry.type == "request"] == ["c1"]


def state_with_request_events(configuration: Configuration, *events: Event) -> SandboxState:
    """Return a state in which each request places a call and schedules these events."""
    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]

    def respond(context: RequestContext) -> EndpointResult:
        result, scheduled = endpoint.respond(context), tuple(("c1", event) for event in events)
        return result.replace(effects=result.effects.replace(events=scheduled))

    return state_with_provider(configuration, endpoints=(endpoint._replace(respond=respond),))


def test_events_of_a_request_due_now_occur_at_once_and_others_when_due(
    configuration: Configuration,
) -> None:
    state = state_with_request_events(
        configuration, *(Event(at=START + at, type="poll") for at in (0, 5_000))
    )
    click_to_call(state)
    assert journal_log(state) == [
        *((0, "request", "", ""), (0, "event", "placed", ""), (0, "event", "poll", "")),
    ]
    run_for(state, 5_000)
    assert journal_log(state)[-1] == (5_000, "event", "poll", "")


def test_an_illegal_event_of_a_request_is_rejected(configuration: Configuration) -> None:
    state = state_with_request_events(configuration, Event(at=START, type="bridge"))
    click_to_call(state)
    reason = "bridge is not possible while the call is queued"
    assert [entry.payload for entry in read.journal(state) if entry.type == "event-rejected"] == [
        RejectedEvent(type="bridge", leg="", location="", reason=reason)
    ]


def test_a_request_that_frees_an_agent_assigns_it_to_a_waiting_call() -> None:
    effects = Effects(
        records=(
            SaveRecord(account=("toy", "shop"), kind="agents", identity="ann", record=Agent()),
        )
    )
    state = build_state(build_shop({"ann": "offline"}))
    place_calls(state)
    run_until(state, 0)
    endpoint = FAKE_VENDOR.endpoints[1]._replace(
        respond=lambda _: EndpointResult(response=Response(status=200), effects=effects)
    )
    handle(
        state,
        build_incoming_request(
            bound=BOUND_FAKE_VENDOR, endpoint=endpoint, request=Request(method="POST", path="/")
        ),
        7,
    )
    assert event_log(state, "offer") == [(7, "c1", "offer", "")]


@pytest.mark.parametrize(("size", "counted"), [(500, 0), (501, 1_002)])
def test_a_recorded_exchange_counts_twice_the_bytes_of_its_body_unless_they_are_few(
    state: SandboxState, size: int, counted: int
) -> None:
    bound = state.configuration.providers["mobtexting"]
    request = Request(method="POST", path="/", body=bytes(size))
    handle(
        state,
        build_incoming_request(bound=bound, endpoint=bound.provider.endpoints[0], request=request),
        START,
    )
    byte_counts = (read.exchanges(state).byte_count, read.journal(state).byte_count)
    assert byte_counts == (counted, counted)


def test_a_number_in_the_data_of_a_key_press_dials_no_leg(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 2_000)
    before = read.scripts(state)["c1"]
    apply_event(state, "c1", PRESS.replace(data={"digits": "1", "number": "9"}))
    assert read.scripts(state)["c1"] == before


@pytest.mark.parametrize(
    ("after", "rejected", "attempts", "outcome"),
    [
        (3_000, [], 1, "cancelled"),
        (86_000, [(88_000, "event-rejected", "hangup", "a")], 3, "no-answer"),
    ],
)
def test_a_scheduled_event_is_rejected_after_its_attempt(
    configuration: Configuration,
    after: int,
    rejected: list[LoggedEntry],
    attempts: int,
    outcome: str,
) -> None:
    """Scheduled at 2 s, an event at 5 s ends the first attempt; one at 88 s is rejected."""
    provider_on_event = configuration.providers["mobtexting"].provider.on_event

    def on_event(context: EventContext) -> Effects:
        if context.event.type != "answer" or context.call.attempts:
            return provider_on_event(context)
        return Effects(events=(("c1", Event(at=context.event.at + after, type="hangup", leg="a")),))

    state = state_with_provider(configuration, on_event=on_event)
    click_to_call(state, "no-answer")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (journal_log(state, "event-rejected"), len(call.attempts) + 1, call.outcome) == (
        rejected,
        attempts,
        outcome,
    )
    reason = "it belongs to an attempt that is over"
    assert [entry.payload for entry in read.journal(state) if entry.type == "event-rejected"] == [
        RejectedEvent(type="hangup", leg="a", location="", reason=reason) for _ in rejected
    ]


def test_a_scheduled_event_never_occurs_after_the_end_of_the_call(state: SandboxState) -> None:
    click_to_call(state, duration=1)
    run_for(state, 11_000)
    assert read.calls(state)["c1"].phase == "ended"
    assert read.peek(state) is None
    assert journal_log(state, "event-rejected") == []


def test_a_step_that_comes_too_late_is_rejected_and_the_call_goes_on(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 0)
    apply_event(state, "c1", Event(at=START + 500, type="answer", leg="a"))
    play_until_idle(state)
    assert journal_log(state)[3:8] == [
        (0, "event", "ring", "a"),
        (500, "event", "answer", "a"),
        (500, "event", "ring", "b"),
        (2_000, "event-rejected", "answer", "a"),
        (2_500, "event", "answer", "b"),
    ]
    assert journal_log(state)[-3:-1] == [
        (8_500, "event", "attempt-ended", ""),
        (8_500, "event", "ended", ""),
    ]


@pytest.mark.parametrize(
    ("legs", "wait_reason", "leg", "expected"),
    [
        ({"a": PERSON}, WaitReason(reason="person", leg="a"), "a", HANGUP),
        ({"b": PERSON}, WaitReason(reason="person", leg="b"), "b", HANGUP),
        ({"b": PERSON, "a": TALKS}, WaitReason(reason="person", leg="b"), "b", ()),
    ],
)
def test_an_answer_from_outside_ends_the_wait_for_a_person(
    configuration: Configuration,
    legs: dict[str, LegBehavior],
    wait_reason: WaitReason,
    leg: str,
    expected: tuple[WaitReason, ...],
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=legs))
    click_to_call(state)
    play_until_idle(state)
    assert read.wait_reasons(state) == {"c1": (wait_reason,)}
    apply_event(state, "c1", Event(at=START + 9_000, type="answer", leg=leg))
    play_until_idle(state)
    assert read.wait_reasons(state).get("c1", ()) == expected


def test_a_key_press_leaves_the_next_step_as_it_is(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 2_000)
    before = read.next_steps(state)["c1"]
    call = apply_event(state, "c1", PRESS)
    assert (call.events[-1], call, read.next_steps(state)["c1"]) == (
        PRESS,
        read.calls(state)["c1"],
        before,
    )


def test_what_is_played_late_has_no_time_before_the_last_event_of_its_call(
    state: SandboxState,
) -> None:
    """A request comes between: the B-leg was to answer after 4 s, the A-leg presses after 9 s."""
    click_to_call(state)
    run_for(state, 2_000)
    apply_event(state, "c1", PRESS.replace(at=START + 9_000))
    play_until_idle(state)
    events = [(event.type, event.at - START) for event in read.calls(state)["c1"].events]
    assert events[4:] == [
        ("ring", 2_000), ("press", 9_000), ("answer", 9_000), ("bridge", 9_000),
        ("hangup", 15_000), ("hangup", 15_000), ("attempt-ended", 15_000), ("ended", 15_000),
    ]  # fmt: skip


def test_a_request_with_an_invalid_credential_places_no_call(state: SandboxState) -> None:
    bound = state.configuration.providers["mobtexting"]
    requests = [
        Request(
            method="POST",
            path="/",
            headers={"authorization": f"Bearer {key}"},
            fields=CLICK_TO_CALL,
        )
        for key in ("invalid", "revoked", "")
    ]
    incoming = [
        build_incoming_request(bound=bound, endpoint=bound.provider.endpoints[0], request=item)
        for item in requests
    ]
    assert [handle(state, item, START).fault for item in incoming] == ["unauthenticated"] * 3
    assert read.calls(state) == {}

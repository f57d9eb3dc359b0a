"""The five verbs: what a call lives through from request to end."""

import pytest

from mockserver.core.account import SaveRecord
from mockserver.core.behavior import DEFAULT_BEHAVIOR, PRESETS, LegBehavior
from mockserver.core.call import Event, current_attempt
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.journal import JournalEntry, RejectedEvent
from mockserver.core.provider import Effects, EndpointResult, EventContext
from mockserver.core.rulebook import RequestContext
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
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
    click_to_call,
    next_due,
    play_until_idle,
    run_for,
    run_until,
    state_with_provider,
    state_with_scenarios,
)

PERSON = PRESETS["person"]
STAYS = DEFAULT_BEHAVIOR._replace(talk=None)
DIGITS = Event(at=START + 2_000, type="digits", leg="a", data={"digits": "1"})

Line = tuple[int, str, str, str]


def lines(state: SandboxState, kind: str = "") -> list[Line]:
    return [
        (
            fact.at - START,
            fact.type,
            getattr(fact.payload, "type", ""),
            getattr(fact.payload, "leg", ""),
        )
        for fact in read.journal(state)
        if kind in ("", fact.type)
    ]


def test_journal_of_a_whole_call(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    assert lines(state) == [
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
        (10_000, "attempt", "", ""),
    ]
    assert {fact.call_id for fact in read.journal(state)} == {"c1"}


def test_journal_of_a_refused_request(state: SandboxState) -> None:
    exchange = click_to_call(state, to=None)
    assert list(read.journal(state)) == [
        JournalEntry(at=START, type="request", call_id="", payload=exchange)
    ]
    assert (list(read.exchanges(state)), read.calls(state), next_due(state)) == (
        [exchange],
        {},
        None,
    )


def test_redial_nobody_answers(state: SandboxState) -> None:
    click_to_call(state, "no-answer")
    sent = play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [one.started_at - START for one in call.attempts] == [0, 87_000]
    assert (call.redial_index, call.attempt_started_at, call.outcome) == (
        2,
        START + 174_000,
        "no-answer",
    )
    assert [(delivery.id, delivery.next_attempt_at) for delivery in sent] == [
        ("w1", START + 201_000)
    ]


def test_redial_counts_its_attempts_from_zero(state: SandboxState) -> None:
    click_to_call(state, "no-answer")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert [one.redial_index for one in (*call.attempts, current_attempt(call))] == [0, 1, 2]


def test_next_due_is_the_earliest(state: SandboxState) -> None:
    assert next_due(state) is None
    click_to_call(state, now=START + 5)
    click_to_call(state, now=START)
    assert next_due(state) == START


def test_request_places_all_that_it_promises(configuration: Configuration) -> None:
    def twice(case: RequestContext) -> EndpointResult:
        calls = tuple(
            case.build_call("one-leg", {"a": case.text(name)}, None) for name in ("from", "to")
        )
        reply = configuration.providers["mobtexting"].provider.endpoints[0].respond(case).response
        return EndpointResult(response=reply, effects=Effects(calls=calls))

    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]
    state = state_with_provider(configuration, endpoints=(endpoint._replace(respond=twice),))
    exchange = click_to_call(state)
    assert (exchange.call_ids, list(read.calls(state))) == (("c1", "c2"), ["c1", "c2"])
    assert [fact.call_id for fact in read.journal(state) if fact.type == "request"] == ["c1"]


def answering(configuration: Configuration, *events: Event) -> SandboxState:
    """A store in which each request places a call and tells these events of it."""
    endpoint = configuration.providers["mobtexting"].provider.endpoints[0]

    def answer(case: RequestContext) -> EndpointResult:
        made, tell = endpoint.respond(case), tuple(("c1", event) for event in events)
        return made._replace(effects=made.effects._replace(events=tell))

    return state_with_provider(configuration, endpoints=(endpoint._replace(respond=answer),))


def test_request_what_it_tells_of_now_happens_at_once_and_the_rest_in_its_time(
    configuration: Configuration,
) -> None:
    state = answering(configuration, *(Event(at=START + at, type="polled") for at in (0, 5_000)))
    click_to_call(state)
    assert lines(state) == [
        *((0, "request", "", ""), (0, "event", "placed", ""), (0, "event", "polled", "")),
    ]
    run_for(state, 5_000)
    assert lines(state)[-1] == (5_000, "event", "polled", "")


def test_request_that_tells_what_cannot_be_is_moot(configuration: Configuration) -> None:
    state = answering(configuration, Event(at=START, type="bridge"))
    click_to_call(state)
    why = "bridge is not possible while the call is queued"
    assert [fact.payload for fact in read.journal(state) if fact.type == "moot"] == [
        RejectedEvent(type="bridge", leg="", location="", reason=why)
    ]


def test_request_gives_what_it_sets_free_to_who_waits() -> None:
    freed = Effects(
        records=(
            SaveRecord(account=("toy", "shop"), kind="agents", identity="ann", record=Agent()),
        )
    )
    state = build_state(build_shop({"ann": "offline"}))
    place_calls(state)
    run_until(state, 0)
    endpoint = FAKE_VENDOR.endpoints[1]._replace(
        respond=lambda _: EndpointResult(response=Response(status=200), effects=freed)
    )
    handle(
        state,
        IncomingRequest(
            bound=BOUND_FAKE_VENDOR, endpoint=endpoint, request=Request(method="POST", path="/")
        ),
        7,
    )
    assert event_log(state, "offer") == [(7, "c1", "offer", "")]


def test_request_weighs_twice_its_body(state: SandboxState) -> None:
    listing = state.configuration.providers["mobtexting"]
    sent = Request(method="POST", path="/", body=b"four")
    handle(
        state,
        IncomingRequest(bound=listing, endpoint=listing.provider.endpoints[0], request=sent),
        START,
    )
    assert (read.exchanges(state).byte_count, read.journal(state).byte_count) == (8, 8)


def test_happen_a_number_in_what_is_told_dials_nobody(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 2_000)
    before = read.scripts(state)["c1"]
    apply_event(state, "c1", DIGITS._replace(data={"digits": "1", "number": "9"}))
    assert read.scripts(state)["c1"] == before


@pytest.mark.parametrize(
    ("after", "moot", "attempts", "outcome"),
    [
        (3_000, [], 1, "cancelled"),
        (86_000, [(88_000, "moot", "hangup", "a")], 3, "no-answer"),
    ],
)
def test_told_belongs_to_its_attempt(
    configuration: Configuration, after: int, moot: list[Line], attempts: int, outcome: str
) -> None:
    """Told at 2 s: what comes at 5 s ends the first attempt, what comes at 88 s is moot."""
    inner = configuration.providers["mobtexting"].provider.on_event

    def announcing(moment: EventContext) -> Effects:
        if moment.event.type != "answer" or moment.call.attempts:
            return inner(moment)
        return Effects(events=(("c1", Event(at=moment.event.at + after, type="hangup", leg="a")),))

    state = state_with_provider(configuration, on_event=announcing)
    click_to_call(state, "no-answer")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (lines(state, "moot"), len(call.attempts) + 1, call.outcome) == (
        moot,
        attempts,
        outcome,
    )
    why = "it belongs to an attempt that is over"
    assert [fact.payload for fact in read.journal(state) if fact.type == "moot"] == [
        RejectedEvent(type="hangup", leg="a", location="", reason=why) for _ in moot
    ]


def test_told_after_the_call_has_ended_never_comes(state: SandboxState) -> None:
    click_to_call(state, duration=1)
    run_for(state, 11_000)
    assert read.calls(state)["c1"].phase == "ended"
    assert read.peek(state) is None
    assert lines(state, "moot") == []


def test_step_that_somebody_forestalled_is_moot_and_the_rest_goes_on(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 0)
    apply_event(state, "c1", Event(at=START + 500, type="answer", leg="a"))
    play_until_idle(state)
    assert lines(state)[3:8] == [
        (0, "event", "ring", "a"),
        (500, "event", "answer", "a"),
        (500, "event", "ring", "b"),
        (2_000, "moot", "answer", "a"),
        (2_500, "event", "answer", "b"),
    ]
    assert lines(state)[-3:-1] == [
        (8_500, "event", "attempt-ended", ""),
        (8_500, "event", "ended", ""),
    ]


@pytest.mark.parametrize(
    ("legs", "waiting", "answer", "then"),
    [
        ({"a": PERSON}, WaitReason(reason="person", leg="a"), "a", ()),
        ({"b": PERSON}, WaitReason(reason="person", leg="b"), "b", ()),
        (
            {"a": STAYS, "b": PERSON},
            WaitReason(reason="person", leg="b"),
            "b",
            (WaitReason(reason="hangup"),),
        ),
    ],
)
def test_happen_on_a_persons_phone(
    configuration: Configuration,
    legs: dict[str, LegBehavior],
    waiting: WaitReason,
    answer: str,
    then: tuple[WaitReason, ...],
) -> None:
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=legs))
    click_to_call(state)
    play_until_idle(state)
    assert read.wait_reasons(state) == {"c1": (waiting,)}
    apply_event(state, "c1", Event(at=START + 9_000, type="answer", leg=answer))
    play_until_idle(state)
    assert read.wait_reasons(state).get("c1", ()) == then


def test_happen_digits_leave_the_next_step_where_it_was(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 2_000)
    before = read.next_steps(state)["c1"]
    call = apply_event(state, "c1", DIGITS)
    assert (call.events[-1], call, read.next_steps(state)["c1"]) == (
        DIGITS,
        read.calls(state)["c1"],
        before,
    )


def test_request_by_a_strangers_credential_makes_no_call(state: SandboxState) -> None:
    listing = state.configuration.providers["mobtexting"]
    strangers = [
        Request(
            method="POST",
            path="/",
            headers={"authorization": f"Bearer {key}"},
            fields=CLICK_TO_CALL,
        )
        for key in ("invalid", "revoked", "")
    ]
    asked = [
        IncomingRequest(bound=listing, endpoint=listing.provider.endpoints[0], request=one)
        for one in strangers
    ]
    assert [handle(state, one, START).fault for one in asked] == ["unauthenticated"] * 3
    assert read.calls(state) == {}

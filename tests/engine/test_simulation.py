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
from tests.conftest import CLICK, START, acting, click, next_due, play, telling, until, until_at
from tests.toy import LISTING, TOY, Agent, ask, opened, shop, told

PERSON = PRESETS["person"]
STAYS = DEFAULT_BEHAVIOR._replace(talk=None)
DIGITS = Event(START + 2_000, "digits", "a", {"digits": "1"})

Line = tuple[int, str, str, str]


def lines(store: SandboxState, kind: str = "") -> list[Line]:
    return [
        (
            fact.at - START,
            fact.type,
            getattr(fact.payload, "type", ""),
            getattr(fact.payload, "leg", ""),
        )
        for fact in store.journal
        if kind in ("", fact.type)
    ]


def test_journal_of_a_whole_call(store: SandboxState) -> None:
    click(store)
    play(store)
    assert lines(store) == [
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
    assert {fact.call_id for fact in store.journal} == {"c1"}


def test_journal_of_a_refused_request(store: SandboxState) -> None:
    exchange = click(store, to=None)
    assert list(store.journal) == [JournalEntry(START, "request", "", exchange)]
    assert (list(store.exchanges), store.calls, next_due(store)) == ([exchange], {}, None)


def test_redial_nobody_answers(store: SandboxState) -> None:
    click(store, "no-answer")
    sent = play(store)
    call = store.calls["c1"]
    assert [one.started_at - START for one in call.attempts] == [0, 87_000]
    assert (call.redial_index, call.attempt_started_at, call.outcome) == (
        2,
        START + 174_000,
        "no-answer",
    )
    assert [(delivery.id, delivery.next_attempt_at) for delivery in sent] == [
        ("w1", START + 201_000)
    ]


def test_redial_counts_its_attempts_from_zero(store: SandboxState) -> None:
    click(store, "no-answer")
    play(store)
    call = store.calls["c1"]
    assert [one.redial_index for one in (*call.attempts, current_attempt(call))] == [0, 1, 2]


def test_next_due_is_the_earliest(store: SandboxState) -> None:
    assert next_due(store) is None
    click(store, now=START + 5)
    click(store, now=START)
    assert next_due(store) == START


def test_request_places_all_that_it_promises(world: Configuration) -> None:
    def twice(case: RequestContext) -> EndpointResult:
        calls = tuple(
            case.build_call("one-leg", {"a": case.text(name)}, None) for name in ("from", "to")
        )
        reply = world.providers["mobtexting"].provider.endpoints[0].respond(case).response
        return EndpointResult(reply, Effects(calls=calls))

    endpoint = world.providers["mobtexting"].provider.endpoints[0]
    store = acting(world, endpoints=(endpoint._replace(respond=twice),))
    exchange = click(store)
    assert (exchange.call_ids, list(store.calls)) == (("c1", "c2"), ["c1", "c2"])
    assert [fact.call_id for fact in store.journal if fact.type == "request"] == ["c1"]


def answering(world: Configuration, *events: Event) -> SandboxState:
    """A store in which each request places a call and tells these events of it."""
    endpoint = world.providers["mobtexting"].provider.endpoints[0]

    def answer(case: RequestContext) -> EndpointResult:
        made, tell = endpoint.respond(case), tuple(("c1", event) for event in events)
        return made._replace(effects=made.effects._replace(events=tell))

    return acting(world, endpoints=(endpoint._replace(respond=answer),))


def test_request_what_it_tells_of_now_happens_at_once_and_the_rest_in_its_time(
    world: Configuration,
) -> None:
    store = answering(world, *(Event(START + at, "polled") for at in (0, 5_000)))
    click(store)
    assert lines(store) == [
        *((0, "request", "", ""), (0, "event", "placed", ""), (0, "event", "polled", "")),
    ]
    until(store, 5_000)
    assert lines(store)[-1] == (5_000, "event", "polled", "")


def test_request_that_tells_what_cannot_be_is_moot(world: Configuration) -> None:
    store = answering(world, Event(START, "bridge"))
    click(store)
    why = "bridge is not possible while the call is queued"
    assert [fact.payload for fact in store.journal if fact.type == "moot"] == [
        RejectedEvent("bridge", "", "", why)
    ]


def test_request_gives_what_it_sets_free_to_who_waits() -> None:
    freed = Effects(records=(SaveRecord(("toy", "shop"), "agents", "ann", Agent()),))
    store = opened(shop({"ann": "offline"}))
    ask(store)
    until_at(store, 0)
    endpoint = TOY.endpoints[1]._replace(respond=lambda _: EndpointResult(Response(200), freed))
    handle(store, IncomingRequest(LISTING, endpoint, Request("POST", "/")), 7)
    assert told(store, "offer") == [(7, "c1", "offer", "")]


def test_request_weighs_twice_its_body(store: SandboxState) -> None:
    listing = store.configuration.providers["mobtexting"]
    sent = Request("POST", "/", body=b"four")
    handle(store, IncomingRequest(listing, listing.provider.endpoints[0], sent), START)
    assert (store.exchanges.byte_count, store.journal.byte_count) == (8, 8)


def test_happen_a_number_in_what_is_told_dials_nobody(store: SandboxState) -> None:
    click(store)
    until(store, 2_000)
    before = store.scripts["c1"]
    apply_event(store, "c1", DIGITS._replace(data={"digits": "1", "number": "9"}))
    assert store.scripts["c1"] == before


@pytest.mark.parametrize(
    ("after", "moot", "attempts", "outcome"),
    [
        (3_000, [], 1, "cancelled"),
        (86_000, [(88_000, "moot", "hangup", "a")], 3, "no-answer"),
    ],
)
def test_told_belongs_to_its_attempt(
    world: Configuration, after: int, moot: list[Line], attempts: int, outcome: str
) -> None:
    """Told at 2 s: what comes at 5 s ends the first attempt, what comes at 88 s is moot."""
    inner = world.providers["mobtexting"].provider.on_event

    def announcing(moment: EventContext) -> Effects:
        if moment.event.type != "answer" or moment.call.attempts:
            return inner(moment)
        return Effects(events=(("c1", Event(moment.event.at + after, "hangup", "a")),))

    store = acting(world, on_event=announcing)
    click(store, "no-answer")
    play(store)
    call = store.calls["c1"]
    assert (lines(store, "moot"), len(call.attempts) + 1, call.outcome) == (
        moot,
        attempts,
        outcome,
    )
    why = "it belongs to an attempt that is over"
    assert [fact.payload for fact in store.journal if fact.type == "moot"] == [
        RejectedEvent("hangup", "a", "", why) for _ in moot
    ]


def test_told_after_the_call_has_ended_never_comes(store: SandboxState) -> None:
    click(store, duration=1)
    until(store, 11_000)
    assert store.calls["c1"].phase == "ended"
    assert store.peek() is None
    assert lines(store, "moot") == []


def test_step_that_somebody_forestalled_is_moot_and_the_rest_goes_on(store: SandboxState) -> None:
    click(store)
    until(store, 0)
    apply_event(store, "c1", Event(START + 500, "answer", "a"))
    play(store)
    assert lines(store)[3:8] == [
        (0, "event", "ring", "a"),
        (500, "event", "answer", "a"),
        (500, "event", "ring", "b"),
        (2_000, "moot", "answer", "a"),
        (2_500, "event", "answer", "b"),
    ]
    assert lines(store)[-3:-1] == [
        (8_500, "event", "attempt-ended", ""),
        (8_500, "event", "ended", ""),
    ]


@pytest.mark.parametrize(
    ("legs", "waiting", "answer", "then"),
    [
        ({"a": PERSON}, WaitReason("person", "a"), "a", ()),
        ({"b": PERSON}, WaitReason("person", "b"), "b", ()),
        ({"a": STAYS, "b": PERSON}, WaitReason("person", "b"), "b", (WaitReason("hangup"),)),
    ],
)
def test_happen_on_a_persons_phone(
    world: Configuration,
    legs: dict[str, LegBehavior],
    waiting: WaitReason,
    answer: str,
    then: tuple[WaitReason, ...],
) -> None:
    store = telling(world, Scenario("mine", legs=legs))
    click(store)
    play(store)
    assert store.wait_reasons == {"c1": (waiting,)}
    apply_event(store, "c1", Event(START + 9_000, "answer", answer))
    play(store)
    assert store.wait_reasons.get("c1", ()) == then


def test_happen_digits_leave_the_next_step_where_it_was(store: SandboxState) -> None:
    click(store)
    until(store, 2_000)
    before = store.next_steps["c1"]
    call = apply_event(store, "c1", DIGITS)
    assert (call.events[-1], call, store.next_steps["c1"]) == (DIGITS, store.calls["c1"], before)


def test_request_by_a_strangers_credential_makes_no_call(store: SandboxState) -> None:
    listing = store.configuration.providers["mobtexting"]
    strangers = [
        Request("POST", "/", headers={"authorization": f"Bearer {key}"}, fields=CLICK)
        for key in ("invalid", "revoked", "")
    ]
    asked = [IncomingRequest(listing, listing.provider.endpoints[0], one) for one in strangers]
    assert [handle(store, one, START).fault for one in asked] == ["unauthenticated"] * 3
    assert store.calls == {}

"""Calls that wait for somebody: who gets whom, when, and what becomes of those who wait in vain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.account import Account
from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    IMMEDIATELY,
    PRESETS,
    STAY_ON_LINE,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.journal import RejectedEvent
from mockserver.core.provider import NO_EFFECTS
from mockserver.core.scenario import Scenario
from mockserver.core.script import Condition, Step, WaitReason
from mockserver.engine.dry_run import dry_run
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step, update_account
from tests.conftest import play, until_at
from tests.toy import LISTING, TOY, Agent, ask, opened, shop, told

IN_TURN = (
    Scenario("turns", numbers=("silent", "there")),
    Scenario("silent", legs={"b": PRESETS["no-answer"]}),
    Scenario("there", legs={"b": DEFAULT_BEHAVIOR}),
)


def states(store: SandboxState) -> dict[str, str]:
    return {
        name: one.state for name, one in store.accounts["toy", "shop"].records["agents"].items()
    }


def test_free_agent_is_offered_at_once_and_free_again_in_the_end() -> None:
    store = opened(shop({"ann": "available"}, "10"))
    ask(store)
    play(store)
    assert told(store) == [
        (0, "c1", "begin", ""),
        (0, "c1", "offer", ""),
        (0, "c1", "placed", ""),
        (0, "c1", "ring", "a"),
        (0, "c1", "ring", "b"),
        (2_000, "c1", "answer", "a"),
        (2_000, "c1", "answer", "b"),
        (2_000, "c1", "bridge", ""),
        (8_000, "c1", "attempt-ended", ""),
        (8_000, "c1", "ended", ""),
        (8_000, "c1", "hangup", "a"),
        (8_000, "c1", "hangup", "b"),
    ]
    assert (states(store), store.calls["c1"].outcome) == ({"ann": "available"}, "completed")
    account = store.accounts["toy", "shop"]
    assert (str(account.balance), account.document["balance"]) == ("9.94", "9.94")
    charged = [fact for fact in store.journal if fact.type == "charge"]
    assert [(fact.at, fact.call_id, fact.payload) for fact in charged] == [
        (8_000, "c1", {"provider": "toy", "account": "shop", "amount": "0.06", "reason": "talk"})
    ]


def test_agent_who_ignores_it_gives_way_to_the_next() -> None:
    store = opened(shop({"ann": "available", "bob": "available"}), *IN_TURN)
    ask(store)
    play(store)
    assert told(store, "offer", "bridge") == [
        (0, "c1", "offer", ""),
        (25_000, "c1", "offer", ""),
        (27_000, "c1", "bridge", ""),
    ]
    assert states(store) == {"ann": "ignoring", "bob": "available"}
    assert [leg.number for leg in store.calls["c1"].legs] == ["100", "bob"]


def test_who_waits_in_vain_gives_up() -> None:
    store = opened(shop({"ann": "offline"}))
    ask(store)
    until_at(store, 5_000)
    assert store.wait_reasons["c1"] == (WaitReason("agent"),)
    play(store)
    assert told(store, "abandon", "ended") == [
        (600_000, "c1", "abandon", ""),
        (600_000, "c1", "ended", ""),
    ]
    assert store.calls["c1"].outcome == "no-answer"
    assert (store.wait_reasons, store.resource_queue) == ({}, {})


def test_caller_who_hangs_up_in_the_queue_was_not_answered() -> None:
    store = opened(
        shop({}), Scenario("leaves", legs={"a": LegBehavior(hangup=fixed_duration(30_000))})
    )
    ask(store)
    play(store)
    assert told(store, "ended") == [(32_000, "c1", "ended", "")]
    assert store.calls["c1"].outcome == "no-answer"


def test_caller_who_is_busy_was_busy() -> None:
    store = opened(shop({}), Scenario("busy", legs={"a": PRESETS["busy"]}))
    ask(store)
    play(store)
    assert store.calls["c1"].outcome == "busy"


def test_longest_waiting_comes_first() -> None:
    store = opened(shop({"ann": "available"}))
    for _ in range(3):
        ask(store)
    play(store)
    assert told(store, "offer") == [
        (0, "c1", "offer", ""),
        (8_000, "c2", "offer", ""),
        (16_000, "c3", "offer", ""),
    ]


def test_account_that_is_amended_gives_at_once() -> None:
    store = opened(shop({"ann": "offline"}))
    ask(store)
    until_at(store, 5_000)
    there = store.accounts["toy", "shop"]._replace(records={"agents": {"ann": Agent()}})
    update_account(store, there, 9_000)
    assert told(store, "offer") == [(9_000, "c1", "offer", "")]
    assert states(store) == {"ann": "busy"}


def test_timeline_gives_too() -> None:
    account = shop({"ann": "offline"})._replace(timeline=((60_000, {"agents": {}}),))

    def read(name: str, provider: str, _: object) -> tuple[Account | None, tuple[object, ...]]:
        return shop({"ann": "available"})._replace(name=name, provider=provider), ()

    store = opened(account)
    store.configuration = store.configuration._replace(parse_account=read)
    ask(store)
    play(store)
    assert told(store, "offer") == [(60_000, "c1", "offer", "")]


def test_steps_that_offer_leave_the_queue_alone() -> None:
    steps = (
        Step(fixed_duration(90_000), "offer", data={"agent": "ann"}, behavior=PRESETS["no-answer"]),
        Step(IMMEDIATELY, "", condition=Condition("settled", "b")),
        Step(fixed_duration(5_000), "offer", data={"agent": "bob"}, behavior=STAY_ON_LINE),
        Step(IMMEDIATELY, "", condition=Condition("settled", "b")),
        Step(fixed_duration(30_000), "hold"),
        Step(fixed_duration(20_000), "resume"),
        Step(fixed_duration(1_000), "hangup", "b", {"cause": "normal"}),
    )
    store = opened(shop({"ann": "available", "bob": "available"}), Scenario("told", steps=steps))
    ask(store)
    play(store)
    assert told(store, "offer", "hold", "resume", "ended") == [
        (90_000, "c1", "offer", ""),
        (120_000, "c1", "offer", ""),
        (152_000, "c1", "hold", ""),
        (172_000, "c1", "resume", ""),
        (173_000, "c1", "ended", ""),
    ]


def test_queue_gives_again_once_the_steps_have_rung_whom_they_ring() -> None:
    ignores = Step(
        fixed_duration(90_000), "offer", data={"agent": "ann"}, behavior=PRESETS["no-answer"]
    )
    steps = (ignores, Step(fixed_duration(300_000), "hangup", "a", {"cause": "normal"}))
    store = opened(shop({"ann": "available", "bob": "available"}), Scenario("told", steps=steps))
    ask(store)
    play(store)
    assert told(store, "offer", "ended") == [
        (90_000, "c1", "offer", ""),
        (115_000, "c1", "offer", ""),
        (390_000, "c1", "ended", ""),
    ]


def test_nobody_queues_before_the_call_has_begun_or_once_it_is_over() -> None:
    greedy = TOY.resources["agent"]._replace(waits_for=lambda _: True)
    store = opened(shop({}), Scenario("busy", legs={"a": PRESETS["busy"]}))
    toy = LISTING._replace(provider=TOY._replace(resources={"agent": greedy}))
    store.configuration = store.configuration._replace(providers={"toy": toy})
    ask(store)
    queued = [dict(store.resource_queue)]
    while step(store) is None and store.peek() is not None:
        queued.append(dict(store.resource_queue))
    assert (queued[0], queued[1], store.resource_queue) == ({}, {"c1": "agent"}, {})


def test_offer_of_a_step_without_then_waits_for_a_person() -> None:
    offer = Step(IMMEDIATELY, "offer", data={"agent": "ann"}, behavior=PRESETS["person"])
    store = opened(shop({"ann": "available"}), Scenario("told", steps=(offer,)))
    ask(store)
    until_at(store, 5_000)
    assert store.wait_reasons["c1"] == (WaitReason("person", "b"),)


def test_transfer_lets_one_leave_and_another_come() -> None:
    store = opened(
        shop({"ann": "available", "bob": "offline"}),
        Scenario("stays", legs={"a": PRESETS["person"]}),
    )
    ask(store)
    until_at(store, 0)
    apply_event(store, "c1", Event(1_000, "answer", "a"))
    until_at(store, 3_000)
    apply_event(store, "c1", Event(4_000, "transfer"))
    until_at(store, 4_000)
    assert told(store, "leave", "offer") == [
        (0, "c1", "offer", ""),
        (4_000, "c1", "leave", "b"),
        (4_000, "c1", "offer", ""),
    ]
    assert (store.calls["c1"].phase, states(store)["ann"]) == ("begun", "busy")
    play(store)
    assert told(store, "bridge")[-1] == (6_000, "c1", "bridge", "")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Event(0, "hold"), "hold is not possible while queued, only while connected"),
        (Event(0, "rate"), "rate is not possible while queued, only while finished"),
        (Event(0, "offer", data={"agent": "eve"}), "there is no agent eve"),
        (Event(0, "offer"), "there is no agent "),
    ],
)
def test_act_that_cannot_be(event: Event, why: str) -> None:
    store = opened(shop({"ann": "offline"}))
    ask(store)
    until_at(store, 0)
    before = store.calls["c1"]
    with pytest.raises(IllegalTransition) as refused:
        apply_event(store, "c1", event)
    assert (str(refused.value), store.calls["c1"]) == (why, before)


def test_act_after_the_end_notes_and_nothing_else() -> None:
    store = opened(shop({"ann": "available"}))
    ask(store)
    play(store)
    ended = store.calls["c1"]
    rated = apply_event(store, "c1", Event(9_000, "rate"))
    assert rated == ended._replace(state="rated", events=(*ended.events, Event(9_000, "rate")))
    assert store.peek() is None


def test_what_was_told_for_after_the_end_comes_only_if_it_fits_there() -> None:
    store = opened(shop({"ann": "available"}))
    ask(store)
    from mockserver.engine.sandbox_state import ScheduledEvent  # noqa: PLC0415 - the engine alone makes it

    for at, verb in ((20_000, "rate"), (30_000, "hold"), (40_000, "polled")):
        store.schedule(at, "told", "c1", ScheduledEvent(0, Event(at, verb)))
    play(store)
    assert told(store, "rate", "hold", "polled") == [(20_000, "c1", "rate", "")]
    assert [fact for fact in store.journal if isinstance(fact.payload, RejectedEvent)] == []


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (
            (Step(IMMEDIATELY, "offer", data={"agent": "eve"}, location="f:1:1"),),
            "there is no agent eve",
        ),
        (
            (Step(IMMEDIATELY, "hold", location="f:1:1"),),
            "hold is not possible while offered, only while connected",
        ),
        (
            (
                Step(
                    IMMEDIATELY,
                    "offer",
                    data={"agent": "ann"},
                    behavior=DEFAULT_BEHAVIOR,
                    location="f:1:1",
                ),
            ),
            "",
        ),
    ],
    ids=["unknown agent", "hold in the queue", "fine"],
)
def test_rehearsal_knows_acts(steps: tuple[Step, ...], why: str) -> None:
    story = Scenario("told", "f:1:1", steps=steps)
    store = opened(shop({"ann": "available"}), story)
    assert [one.reason for one in dry_run(store.configuration, story)] == ([why] if why else [])


def test_rehearsal_brings_what_steps_want_where_nobody_is_free() -> None:
    wait = Step(IMMEDIATELY, "", condition=Condition("control"), location="f:1:1")
    store = opened(shop({"ann": "offline"}), Scenario("told", "f:1:1", steps=(wait,)))
    patient = LISTING._replace(provider=TOY._replace(on_event=lambda _: NO_EFFECTS))
    world = store.configuration._replace(providers={"toy": patient})
    assert dry_run(world, world.scenarios.by_name["told"]) == ()


@given(
    st.lists(st.integers(0, 20_000), min_size=1, max_size=12),
    st.integers(1, 3),
    st.integers(0, 3),
)
def test_nobody_is_on_two_calls_and_nobody_starves(
    starts: list[int], agents: int, silent: int
) -> None:
    names = {f"agent-{nth}": "available" for nth in range(agents)}
    quiet = {f"quiet-{nth}": "available" for nth in range(silent)}
    store = opened(shop({**quiet, **names}, "1000"))
    for at in sorted(starts):
        until_at(store, at)
        ask(store, now=at)
    while store.peek() is not None:
        step(store)
        busy = [
            leg.number
            for call in store.calls.values()
            for leg in call.legs
            if leg.name == "b" and leg.state in ("ringing", "answered")
        ]
        assert len(busy) == len(set(busy))
        assert {name for name, state in states(store).items() if state == "busy"} == set(busy)
    assert {call.outcome for call in store.calls.values()} == {"completed"}
    paid = [fact.payload for fact in store.journal if fact.type == "charge"]
    spent = sum(float(one["amount"]) for one in paid if isinstance(one, dict))
    assert round(1000 - spent, 2) == float(store.accounts["toy", "shop"].balance or 0)
    offers = [(at, int(call[1:])) for at, call, *_ in told(store, "offer")]
    assert [call for _, call in sorted(offers)] == sorted(call for _, call in offers)
